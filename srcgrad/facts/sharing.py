"""Which variables may share memory: groups, and what the groups of containers hold.

    v = x[1:3]       # v and x share memory: one group
    p = (x, y)       # p is a group of its own that holds the group of x and y

Without types everything that may share does; nothing is said about the order of things.
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.indices import is_picking
from srcgrad.facts.kinds import Arr, Cut, DictOf, Known, ListOf, Map, Other, Py, Rec, Seq
from srcgrad.facts.numbers import is_number
from srcgrad.facts.purity import CHANGES, POPS, is_product, is_pure, leaves_data, returns
from srcgrad.facts.regions import Regions
from srcgrad.facts.turns import same_turn
from srcgrad.program import ops, walk
from srcgrad.program.nodes import (
    UNDEFINED,
    Atom,
    Block,
    Const,
    Do,
    For,
    If,
    Let,
    Program,
    Stmt,
    Try,
    Var,
    While,
    With,
)

_HOLDERS = (ops.make_tuple, ops.make_list, ops.make_set, ops.make_dict)
_AGAIN = (reversed, iter, list, tuple, sorted)
_CHOOSE = (sum, max, min)
_PAIRS = (zip, enumerate)
_DEEP = (runtime.zeros_like, runtime.fresh)
_LIKE = (runtime.collect_like, runtime.turned_like, runtime.column, runtime.dict_like)
"""What makes a new container of the items of its first argument, and of new zeros."""
_OVERLAID = (
    np.broadcast_to, np.broadcast_arrays, np.diagonal, np.diag, runtime.unbroadcast,
    ops.method("diagonal"), ops.attribute("flat"), ops.attribute("base"),
)  # fmt: skip
"""Results that cannot be written to, or whose elements may share one place in memory."""
_OF_FIRST = (
    runtime.unbroadcast, runtime.given, np.broadcast_to, np.diagonal, np.diag, np.reshape,
    ops.method("reshape"),
)  # fmt: skip
"""Results that share memory with the first argument at most."""
HOLDING = CHANGES | frozenset({
    dict, list, set, tuple, sorted, frozenset, *_PAIRS, reversed, iter, *_HOLDERS, ops.dict_of,
    ops.unpack_star, copy.copy, map, filter,
})  # fmt: skip
"""What makes a new object that holds the old ones."""
_NUMERIC = frozenset({
    operator.sub, operator.truediv, operator.pow, operator.floordiv, operator.matmul,
    operator.neg, operator.pos,
})  # fmt: skip
"""Operators that lists and tuples do not have: what they give is new."""
_PERHAPS_JOINS = (operator.add, operator.mul)
_PLAIN = (type(None), bool, int, float, complex, str, bytes, slice, type, type(...), np.generic)


class Groups:
    """Variables that may share memory, joined; ``foreign`` groups have memory from outside.

    ``before`` are the groups of the same program and types with other writes in place.
    """

    def __init__(
        self,
        program: Program,
        types: Mapping[Var, Any],
        inplace: frozenset[Var],
        before: Groups | None = None,
    ) -> None:
        self.types = types
        self.inplace = inplace
        self.plain: dict[Var, bool] = {} if before is None else before.plain
        self.apart: set[Let] = set() if before is None else before.apart
        self.regions = Regions()
        self.of, self.unite = self.regions.of, self.regions.unite
        self.content = self.regions.content
        self.outside: list[Any] = list(program.params)
        self.frozen: list[Var] = []
        for var in program.params:
            self.of(var)
        self.steps = same_turn(program)
        self.block(program.body)
        self.members: dict[Any, list[Var]] = {}
        for var in list(self.regions.parent):
            if isinstance(var, Var):
                self.members.setdefault(self.of(var), []).append(var)
        self.foreign = self.regions.reached(self.outside) | set(map(self.of, self.frozen))
        self.holding = self.regions.holding()

    def holders(self, root: Any) -> set[Any]:
        """Return a group and all groups through which it can be reached."""
        found, queue = {root}, [root]
        while queue:
            new = self.holding.get(queue.pop(), set()) - found
            found |= new
            queue += new
        return found

    def put_in(self, container: Any, atom: Atom) -> None:
        """Let a container hold an item."""
        if isinstance(atom, Const):
            if not _is_plain_value(atom.value):
                self.share(self.content(container), atom)
        elif not self.is_plain(atom):
            self.regions.put(container, atom)

    def element(self, var: Any) -> Any:
        """Return the group of the items of a container or the rows of an array."""
        if (
            isinstance(self.types.get(var), (Seq, ListOf, Map, DictOf))
            or self.of(var) in self.regions.containers
        ):
            return self.content(var)
        if not isinstance(self.types.get(var), Arr):
            self.unite(var, self.content(var))
        return self.of(var)

    def share(self, one: Any, other: Atom) -> None:
        """Let a variable share the memory of an atom."""
        if isinstance(one, Var) and self.is_plain(one):
            return
        if isinstance(other, Const):
            if other.value is not UNDEFINED and not _is_plain_value(other.value):
                self.outside.append(one)
        elif not self.is_plain(other):
            self.unite(one, other)

    def is_plain(self, var: Var) -> bool:
        """Tell whether the value is known to have no memory that could be written."""
        known = self.plain.get(var)
        if known is None:
            known = self.plain[var] = self._is_plain(var)
        return known

    def _is_plain(self, var: Var) -> bool:
        kind = self.types.get(var)
        if isinstance(kind, Known):
            return _is_plain_value(kind.value)
        if isinstance(kind, Seq) and issubclass(kind.cls, tuple):  # an index
            return all(isinstance(one, Cut) or is_number(one) for one in kind.items)
        return is_number(kind) or isinstance(kind, Cut) or _is_range(kind)

    def block(self, block: Block) -> None:
        for stmt in block.stmts:
            self.statement(stmt)

    def statement(self, stmt: Stmt) -> None:
        match stmt:
            case Let():
                for target in stmt.targets:
                    self.of(target)
                self.let(stmt)
            case Do():
                if not leaves_data(stmt.fn):
                    self.outside += [atom for atom in walk.atoms(stmt) if isinstance(atom, Var)]
            case If() | Try() | With():
                self.outside += walk.inner(stmt)
                for arm in walk.arms(stmt):
                    self.block(arm)
                    self.copied(stmt.targets, arm.results)
            case For() | While():
                self.loop(stmt)

    def copied(self, targets: Iterable[Var], atoms: Iterable[Atom]) -> None:
        for target, atom in zip(targets, atoms, strict=True):
            self.of(target)
            self.share(target, atom)

    def loop(self, loop: For | While) -> None:
        self.copied(loop.carried, loop.init)
        if isinstance(loop, For):
            self.of(loop.each)
            if isinstance(loop.over, Const):
                self.share(loop.each, loop.over)
            elif not self.is_plain(loop.over):
                self.share_root(loop.each, self.element(loop.over))
        else:
            self.block(loop.test)
        self.block(loop.body)
        first = int(loop.exits)
        last = first + len(loop.carried)
        self.copied(loop.carried, loop.body.results[first:last])
        self.copied(loop.targets[first:last], loop.carried)
        for target, atom in zip(loop.targets[last:], loop.body.results[last:], strict=True):
            self.share(self.content(target), atom)

    def share_root(self, var: Var, root: Any) -> None:
        if not self.is_plain(var):
            self.unite(var, root)

    def let(self, let: Let) -> None:
        fn: Any = let.fn
        atoms = tuple(walk.atoms(let))
        target = let.targets[0] if let.targets else None
        if let in self.apart and target not in self.inplace:
            return
        plain = isinstance(fn, np.ufunc) or walk.among(fn, _NUMERIC)
        if plain and target not in self.inplace and self.makes_new(let):
            self.apart.add(let)
        elif walk.among(fn, CHANGES):
            self.changed(let)
        elif target in self.inplace:
            self.share(target, let.args[0])
            kind = self.types.get(let.args[0])  # type: ignore[arg-type]
            if isinstance(kind, (Seq, ListOf, Map, DictOf)):
                return  # an item is made anew
            if not isinstance(self.types.get(let.args[0]), Arr):  # type: ignore[arg-type]
                self.unite(target, self.content(target))
                self.hold_items(self.content(target), *let.args[1:])
        elif any(fn is holder for holder in _HOLDERS):
            for atom in atoms:
                self.put_in(target, atom)
        elif fn in _LIKE and isinstance(let.args[0], Var):
            inside = self.element(let.args[0])
            if fn is runtime.column:
                inside = self.content(inside)
            self.unite(self.content(target), inside)
        elif fn in _AGAIN:
            self.hold_items(self.content(target), *atoms)
        elif fn in _PAIRS:
            self.hold_items(self.content(self.content(target)), *atoms)
        elif fn in (ops.unpack, ops.unpack_star) or self.is_item(let):
            known = dict(self.steps.get(let, ()))
            for var in let.targets:
                if var in known:
                    self.share(var, known[var])  # no other item of what was collected
                else:
                    self.taken(var, let.args[0])
        elif fn is ops.method("get") and self.is_table(let.args[0]):
            for atom in (let.args[0], *let.args[2:]):
                self.taken(target, atom)
        elif fn in _CHOOSE:
            for atom in atoms:
                self.taken(target, atom)
        elif fn is ops.same:
            self.share(target, let.args[0])
        elif fn is operator.getitem and self.is_slice_of_list(let):
            self.hold_items(self.content(target), let.args[0])
        elif fn is operator.getitem:
            self.indexed(let)
        elif self.makes_new(let):
            self.apart.add(let)
        elif self.is_new_outside(let):
            for var in let.targets:
                self.hold_items(self.content(var), *atoms)
                if not self.holds_only(var, fn):
                    self.unite(var, self.content(var))  # an array is what its parts look into
        else:
            self.mixed(let, atoms)

    def changed(self, let: Let) -> None:
        """A new version of a list, dict or set; what is put in may be deep inside."""
        target, (old, *rest) = let.targets[0], let.args
        if target in self.inplace:
            self.share(target, old)
        else:
            self.hold_items(self.content(target), old)
        if let.fn in (runtime.extended, runtime.put_items, runtime.updated):
            self.hold_items(self.content(target), rest[-1])
            return
        inside = self.content(target)
        for _ in rest[depth_of(let) :]:
            inside = self.content(inside)
        if walk.among(let.fn, POPS):
            for item in let.targets[1:]:
                if not self.is_plain(item):
                    self.unite(item, inside)
        else:
            self.share(inside, rest[-1])

    def is_frozen(self, atom: Atom) -> bool:
        """Tell whether an atom overlays memory and is never written, as a broadcast array."""
        return isinstance(atom, Var) and self.of(atom) in map(self.of, self.frozen)

    def hold_items(self, root: Any, *atoms: Atom) -> None:
        for atom in atoms:
            if isinstance(atom, Const):
                self.share(root, atom)
            elif not self.is_plain(atom):
                self.unite(root, self.element(atom))

    def taken(self, var: Any, owner: Atom) -> None:
        """An item of a container, or (for a starred target) a list of items."""
        if isinstance(owner, Const) or self.is_plain(owner):
            self.share(var, owner)
        elif not self.is_plain(var):
            self.unite(var, self.element(owner))
            if self.is_frozen(owner):
                self.frozen.append(var)

    def is_item(self, let: Let) -> bool:
        """Tell whether the call is ``x[i]`` with one item as its result."""
        if let.fn is not operator.getitem:
            return False
        index = let.args[1]
        if isinstance(index, Const):
            return isinstance(index.value, (int, str))
        kind = self.types.get(index)
        return isinstance(kind, Py) or (isinstance(kind, Known) and isinstance(kind.value, str))

    def is_table(self, atom: Atom) -> bool:
        """Tell whether an atom is certainly a dict."""
        return isinstance(atom, Var) and isinstance(self.types.get(atom), (Map, DictOf))

    def is_slice_of_list(self, let: Let) -> bool:
        """Tell whether the call is ``xs[a:b]`` of a list or tuple: a new one with old items."""
        whole, index = let.args
        kind = self.types.get(whole) if isinstance(whole, Var) else None
        if not isinstance(kind, (Seq, ListOf)) or kind.cls not in (list, tuple):
            return False
        cut = self.types.get(index) if isinstance(index, Var) else Known(index.value)
        return isinstance(cut, Cut) or (isinstance(cut, Known) and isinstance(cut.value, slice))

    def indexed(self, let: Let) -> None:
        """What ``x[i]`` gives, other than one item of a container."""
        (target,), (owner, index) = let.targets, let.args
        if is_picking(index, self.types):
            return
        if self.is_container(owner):
            root = self.content(owner)
            self.unite(target, root)
            self.unite(self.content(target), self.content(owner))
            if self.is_frozen(owner):
                self.frozen.append(target)
            return
        self.share(target, owner)
        if not self.is_plain(target):
            self.unite(target, self.content(target))

    def holds_only(self, var: Var, fn: Any) -> bool:
        """Tell whether a new object certainly holds others, and is no array of numbers."""
        return isinstance(self.types.get(var), (Seq, ListOf, Map, Rec)) or walk.among(fn, HOLDING)

    def is_container(self, atom: Atom) -> bool:
        """Tell whether an atom holds items, and is none of its own items."""
        if isinstance(atom, Const) or self.is_plain(atom):
            return False
        root = self.of(atom)
        return root in self.regions.containers and self.content(atom) is not root

    def is_new_outside(self, let: Let) -> bool:
        """Tell whether the result is a new object, though it may hold old ones."""
        fn: Any = let.fn
        return (
            not isinstance(fn, Program)
            and is_pure(fn)
            and returns(fn) == "fresh"
            and not (any(k == "out" for k, _ in let.kwargs) or isinstance(fn, np.ufunc))
        )

    def mixed(self, let: Let, atoms: tuple[Atom, ...]) -> None:
        """A result that may share memory with anything among the arguments."""
        if isinstance(let.fn, Program) and "region" in let.fn.notes:
            if self.gives_new(let.fn):
                return
            self.frozen += let.targets  # it may be an array that cannot be written
            atoms = (*atoms, *let.targets[:1])
        if let.fn in _OF_FIRST:
            atoms = let.args[:1]
        if let.fn in _OVERLAID:  # looks at memory of others, and is itself never written
            for target in let.targets:
                self.frozen.append(target)
                for atom in atoms:
                    self.share(self.content(target), atom)
            return
        for target in let.targets:
            for atom in atoms:
                self.share(target, atom)
            if not self.is_plain(target):
                self.unite(target, self.content(target))
            if not is_pure(let.fn) or let.fn in (ops.read_global, ops.read_cell):
                self.outside.append(target)
        if not leaves_data(let.fn):
            self.outside += [atom for atom in atoms if isinstance(atom, Var)]

    def is_numeric(self, let: Let) -> bool:
        """Tell whether a sum or product is certainly none of lists."""
        kinds = [Known(a.value) if isinstance(a, Const) else self.types.get(a) for a in let.args]
        if let.fn is operator.add:
            return any(is_number(kind) or isinstance(kind, Arr) for kind in kinds)
        return any(map(_repeats_nothing, kinds))

    def gives_new(self, program: Program) -> bool:
        """Tell whether all that a function of a region returns is new, and nothing is it twice."""
        made = {
            var: stmt
            for stmt in program.body.stmts
            if isinstance(stmt, Let) and len(stmt.targets) == 1
            for var in stmt.targets
        }
        results = [atom for atom in program.body.results if isinstance(atom, Var)]
        news = all(var in made and self.makes_new(made[var]) for var in results)
        return news and len(set(results)) == len(results)

    def makes_new(self, let: Let) -> bool:
        """Tell whether the result shares memory with nothing."""
        fn: Any = let.fn
        if isinstance(fn, Program) or not is_pure(fn) or any(k == "out" for k, _ in let.kwargs):
            return False
        if isinstance(fn, np.ufunc):
            return len(let.args) <= fn.nin
        if walk.among(fn, _NUMERIC) or (fn in _PERHAPS_JOINS and self.is_numeric(let)):
            return True
        kind = returns(fn)
        if kind == "immutable" or fn in _DEEP or is_product(let):
            return True
        if kind != "fresh":
            return False
        array = all(isinstance(self.types.get(t), Arr) or self.is_plain(t) for t in let.targets)
        return array or str(getattr(fn, "__module__", "")).split(".")[0] == "numpy"


def depth_of(let: Let) -> int:
    """Return how many arguments after the first a change has of the container itself.

    Those beyond are indices of what is inside: ``xs[i][j] = v`` has one.
    """
    fn: Any = let.fn
    if fn in (runtime.put_item, runtime.put_entry, runtime.insert_item, runtime.put_items):
        return 2
    return 1


def _repeats_nothing(kind: Any) -> bool:
    """Tell whether a list cannot be multiplied by such a value."""
    match kind:
        case Arr(dtype=dtype, scalar=scalar):
            return not scalar or dtype.kind in "fc"
        case Py(cls):
            return issubclass(cls, (float, complex))
        case Known(value):
            return isinstance(value, (float, complex))
    return False


def _is_range(kind: Any) -> bool:
    return isinstance(kind, Other) and kind.cls in (range, slice)


def _is_plain_value(value: Any) -> bool:
    if type(value) is tuple:
        return all(map(_is_plain_value, value))
    return isinstance(value, _PLAIN)

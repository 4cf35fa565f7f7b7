"""Drop what nobody reads: statements, results of branches, carried and collected values.

Before::

    f(x):
        s = numpy.sin(x)
        t = numpy.cos(x)
        -> t

After::

    f(x):
        t = numpy.cos(x)
        -> t

What has an effect stays, and so does a statement of the user that may raise.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from srcgrad.facts.kinds import Arr, Type
from srcgrad.facts.purity import can_raise, is_pure_call
from srcgrad.facts.raising import is_quiet
from srcgrad.program import ops
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
from srcgrad.program.walk import (
    among,
    arms,
    atoms,
    blocks,
    inner,
    is_const,
    statements,
    substitute,
    with_blocks,
)
from srcgrad.tidy.constants import FOLDS
from srcgrad.tidy.puts import PUTS, Puts
from srcgrad.tidy.sides import is_tangent, mark_at
from srcgrad.tidy.walks import narrowed

Types = Mapping[Var, Type]
_CALCULATIONS = frozenset(FOLDS) | {fn for fn in vars(math).values() if callable(fn)}
T = TypeVar("T")


def prune(program: Program, types: Types | None = None, *, last: bool = False) -> Program:
    """Return the program without the statements and values that are not needed.

    The last time, a reading that nobody needs goes where a later one raises just as it does.

    >>> import numpy as np
    >>> from srcgrad.program.build import Builder
    >>> from srcgrad.program.show import show
    >>> b, x = Builder(), Var("x")
    >>> s, t = b.let(np.sin, x), b.let(np.cos, x)
    >>> print(show(prune(Program("f", (x,), b.block(t)))))
    f(x):
        cos = numpy.cos(x)
        -> cos
    """
    body = program.body
    last = last and any(among(getattr(s, "fn", None), PUTS) for s in statements(body))
    while True:
        needs = _Needs(types, program.notes.get("unbound", frozenset()), last)
        needs.index(body, None, False)
        needs.settle(body.results)
        body = needs.kept(body, body.results)
        mapping = _copies(body)
        if mapping:
            body = substitute(body, mapping)
            continue
        new = narrowed(body)
        if new is body:
            return replace(program, body=body)
        body = new


@dataclass(slots=True, eq=False)
class _Slot:
    """What has to be live for one variable: other atoms, and the statement that binds it."""

    sources: tuple[Atom, ...]
    stmt: Stmt | None


class _Needs:
    """The live variables and required statements of one program, by marking from the roots."""

    def __init__(self, types: Types | None, unbound: Collection[Var], last: bool) -> None:
        self.types = types
        self.unbound = unbound
        self.puts = Puts(types) if last else None
        self.hidden: Collection[Var] = getattr(types, "hidden", ())
        self.slots: dict[Var, _Slot] = {}
        self.numbers: dict[Var, float | None] = {}
        self.parent: dict[Stmt, Stmt | None] = {}
        self.roots: list[Stmt] = []
        self.live: set[Var] = set()
        self.required: set[Stmt] = set()
        self.todo: list[Var] = []

    def index(
        self,
        block: Block,
        parent: Stmt | None,
        derived: bool,
        watched: bool = False,
        tried: bool = False,
    ) -> None:
        """Note what there is; where the code is ``watched``, an exception decides what happens.

        What is ``tried`` behind the mark is the user's: it is computed again.
        """
        border = mark_at(block, derived)
        for place, stmt in enumerate(block.stmts):
            self.parent[stmt] = parent
            self._slots(stmt)
            ours = derived or place > border or is_tangent(stmt)
            if self._is_root(stmt, ours) or (
                ((watched and not ours) or tried) and not is_quiet(stmt)
            ):
                self.roots.append(stmt)
            if self.puts is not None:
                self.puts.note(stmt, parent)
            for child in blocks(stmt):
                inside = tried or (isinstance(stmt, Try) and child is stmt.body)
                self.index(child, stmt, ours, watched or inside or self._raises_all(stmt), inside)

    def _raises_all(self, stmt: Stmt) -> bool:
        """Tell whether NumPy may raise in a block where it only warns otherwise."""
        made = self._binder(stmt.manager) if isinstance(stmt, With) else None
        if not isinstance(made, Let) or made.fn is not np.errstate:
            return False
        given = [atom.value if isinstance(atom, Const) else None for _, atom in made.kwargs]
        return any(mode not in ("ignore", "warn") for mode in given)

    def _slots(self, stmt: Stmt) -> None:
        match stmt:
            case Let():
                slot = _Slot((), stmt)
                for var in stmt.targets:
                    self.slots[var] = slot
                number = self._number(stmt)
                if number is not None:
                    self.numbers[stmt.targets[0]] = number
            case If() | Try() | With():
                for var in inner(stmt):
                    self.slots[var] = _Slot((), stmt)
                rows = zip(*(arm.results for arm in arms(stmt)), strict=True)
                for var, ends in zip(stmt.targets, rows, strict=True):
                    self.slots[var] = _Slot(ends, stmt)
            case For() | While():
                skip = int(stmt.exits)
                carried = zip(stmt.carried, stmt.init, stmt.body.results[skip:], strict=False)
                for (var, *sources), out in zip(carried, stmt.targets[skip:], strict=False):
                    self.slots[var] = self.slots[out] = _Slot(tuple(sources), stmt)
                for var, atom in zip(stmt.targets, stmt.body.results, strict=True):
                    self.slots.setdefault(var, _Slot((atom,), stmt))
                if isinstance(stmt, For):
                    self.slots[stmt.each] = _Slot((), stmt)

    def _is_root(self, stmt: Stmt, derived: bool) -> bool:
        match stmt:
            case Do():
                return stmt.fn is not ops.mark
            case Let():
                if not is_pure_call(stmt):
                    return True
                if derived or self._unpacks(stmt):
                    return False
                # To read a name that the user may have left unbound raises, whatever is read.
                if any(atom in self.unbound for atom in atoms(stmt)):
                    return True
                if stmt.targets[0] in self.hidden:
                    return True
                return can_raise(stmt, self.types) and self.numbers.get(stmt.targets[0]) is None
            case If():
                return not derived and (self._unclear(stmt.test) or stmt.test in self.unbound)
        return False

    def _number(self, let: Let) -> float | None:
        """Return what a calculation with constants gives, if it can be done here."""
        fn: Any = let.fn
        if let.kwargs or not among(fn, _CALCULATIONS):
            return None
        values: list[Any] = []
        for atom in let.args:
            value = atom.value if type(atom) is Const else self.numbers.get(atom)  # type: ignore[arg-type]
            if type(value) is not int and type(value) is not float:
                return None
            values.append(value)
        try:
            found = FOLDS.get(fn, fn)(*values)
        except (ArithmeticError, ValueError, TypeError):
            return None
        return found if type(found) in (int, float) else None

    def _unclear(self, test: Atom) -> bool:
        """Tell whether the truth of a value may be ambiguous, as that of an array."""
        kind = self.types.get(test) if self.types and isinstance(test, Var) else None
        return isinstance(kind, Arr) and bool(kind.dims)

    def _unpacks(self, let: Let) -> bool:
        """Tell whether a statement unpacks the items of enumerate, zip or dict.items."""
        loop = self._binder(let.args[0]) if let.fn is ops.unpack else None
        over = self._binder(loop.over) if isinstance(loop, For) else None
        if not isinstance(over, Let) or not isinstance(loop, For) or let.args[0] is not loop.each:
            return False
        width = len(over.args) if over.fn is zip else 2
        return over.fn in (zip, enumerate, ops.method("items")) and len(let.targets) == width

    def _binder(self, atom: Atom) -> Stmt | None:
        slot = self.slots.get(atom) if isinstance(atom, Var) else None
        return slot.stmt if slot else None

    def settle(self, results: tuple[Atom, ...]) -> None:
        covers = self.puts.covers if self.puts is not None else {}
        late = [stmt for stmt in self.roots if stmt in covers]
        self._read(results)
        for stmt in self.roots:
            if stmt not in covers:
                self._require(stmt)
        self._spread()
        for stmt in late:
            if covers[stmt] not in self.required:
                self._require(stmt)
        self._spread()

    def _spread(self) -> None:
        while self.todo:
            slot = self.slots.get(self.todo.pop())
            if slot is not None:
                self._read(slot.sources)
                if slot.stmt is not None:
                    self._require(slot.stmt)

    def _read(self, read: tuple[Atom, ...]) -> None:
        for atom in read:
            if isinstance(atom, Var) and atom not in self.live:
                self.live.add(atom)
                self.todo.append(atom)

    def _require(self, stmt: Stmt) -> None:
        at: Stmt | None = stmt
        while at is not None and at not in self.required:
            self.required.add(at)
            match at:
                case Let() | Do():
                    self._read(tuple(atoms(at)))
                case If():
                    self._read((at.test,))
                case For():
                    self._read((at.over,))
                case While():
                    self._read(at.test.results)
                case With():
                    self._read((at.manager,))
            if isinstance(at, (For, While)) and at.exits:
                self._read(at.body.results[:1])
            at = self.parent[at]

    def kept(self, block: Block, results: tuple[Atom, ...]) -> Block:
        stmts = []
        for stmt in block.stmts:
            if isinstance(stmt, Do) or stmt in self.required:
                stmts.append(self._narrowed(stmt))
        return Block(tuple(stmts), results)

    def _narrowed(self, stmt: Stmt) -> Stmt:
        match stmt:
            case If():
                wanted = [var in self.live for var in stmt.targets]
                new = replace(
                    stmt,
                    targets=_chosen(stmt.targets, wanted),
                    then=self.kept(stmt.then, _chosen(stmt.then.results, wanted)),
                    orelse=self.kept(stmt.orelse, _chosen(stmt.orelse.results, wanted)),
                )
                return new if new.targets or not stmt.targets else replace(new, form="if")
            case For() | While():
                return self._loop(stmt)
            case Try() | With():
                return self._arms(stmt)
        return stmt

    def _arms(self, stmt: Try | With) -> Stmt:
        wanted = [var in self.live for var in stmt.targets]
        kept = [self.kept(arm, _chosen(arm.results, wanted)) for arm in arms(stmt)]
        return replace(with_blocks(stmt, kept), targets=_chosen(stmt.targets, wanted))  # type: ignore[call-arg,arg-type]

    def _loop(self, loop: For | While) -> Stmt:
        skip = int(loop.exits)
        count = skip + len(loop.carried)
        used = [
            var in self.live or out in self.live
            for var, out in zip(loop.carried, loop.targets[skip:], strict=False)
        ]
        collected = [var in self.live for var in loop.targets[count:]]
        wanted = [True] * skip + used + collected
        new = replace(
            loop,
            targets=_chosen(loop.targets, wanted),
            carried=_chosen(loop.carried, used),
            init=_chosen(loop.init, used),
            body=self.kept(loop.body, _chosen(loop.body.results, wanted)),
        )
        if isinstance(new, While):
            return replace(new, test=self.kept(new.test, new.test.results))
        return new if any(wanted) or new.form == "for" else replace(new, form="for")


def _chosen(items: tuple[T, ...], wanted: list[bool]) -> tuple[T, ...]:
    return tuple(item for item, yes in zip(items, wanted, strict=True) if yes)


def _same(a: Atom, b: Atom) -> bool:
    if isinstance(a, Const) and isinstance(b, Const):
        plain = isinstance(a.value, (bool, int, float, str, type(None)))
        if plain and type(a.value) is type(b.value):
            return repr(a.value) == repr(b.value)
        return a.value is b.value
    return a is b


def _copies(body: Block) -> dict[Var, Atom]:
    """Find variables that are only another name: equal arms, carried values never changed."""
    mapping: dict[Var, Atom] = {}

    def visit(block: Block) -> None:
        for stmt in block.stmts:
            if isinstance(stmt, (For, While)):
                _unchanged(stmt, mapping)
            for child in blocks(stmt):
                visit(child)
            if isinstance(stmt, (If, Try)):
                rows = zip(stmt.targets, *(arm.results for arm in arms(stmt)), strict=True)
                for var, left, right in rows:
                    left, right = _found(left, mapping), _found(right, mapping)
                    if _same(left, right) and not is_const(left, UNDEFINED):
                        mapping[var] = left

    visit(body)
    return {var: _found(atom, mapping) for var, atom in mapping.items()}


def _unchanged(loop: For | While, mapping: dict[Var, Atom]) -> None:
    skip = int(loop.exits)
    columns = zip(loop.carried, loop.init, loop.body.results[skip:], loop.targets[skip:])
    for var, init, result, out in columns:
        if result is var and not is_const(init, UNDEFINED):
            mapping[var] = mapping[out] = init


def _found(atom: Atom, mapping: dict[Var, Atom]) -> Atom:
    while isinstance(atom, Var) and atom in mapping:
        atom = mapping[atom]
    return atom

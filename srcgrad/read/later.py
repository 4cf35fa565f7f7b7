"""Look into an array later: what is handed on is the place, and the view is taken where it is read.

v = if c: u[:3] else: u[2:]         i = if c: slice(3) else: slice(2, None)
v[0] = y                      ->    v = u[i]
                                    v[0] = y

An array, among statements that write, is an object: u[i] is the same view whenever it is taken.
So are the items of a list of views, and what a loop hands to its next turn.  Of two arrays one is
chosen by its place in a list.
"""

from __future__ import annotations

import operator
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.indices import is_basic
from srcgrad.facts.kinds import UNKNOWN, Arr, Cut, ListOf, Py, Seq
from srcgrad.facts.typed import const_type
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import (
    Atom,
    Block,
    Const,
    For,
    If,
    Let,
    Program,
    Stmt,
    Var,
    While,
)
from srcgrad.program.walk import (
    among,
    atoms,
    blocks,
    inner,
    statements,
    substitute,
    targets,
    with_blocks,
)

_WHOLE = Const(slice(None))
_SPLITS: dict[Any, int | None] = {
    np.split: None,
    np.array_split: None,
    np.hsplit: 1,
    np.vsplit: 0,
    np.dsplit: 2,
}
_CUT = Cut(UNKNOWN, UNKNOWN, UNKNOWN)
_LAZY = (zip, enumerate)
_PUTS = frozenset({runtime.put_item, runtime.put_entry})
_OF_TABLES = frozenset({operator.getitem, len, ops.method("keys"), ops.contained}) | _PUTS


@dataclass(frozen=True)
class Views:
    """A list of parts of one array: their indices, along an axis, each of a type.

    A ``table`` is a dict of them.
    """

    parent: Var
    places: Var
    kind: Any = UNKNOWN
    axis: int = 0
    table: bool = False


class _Unclear(Exception):
    """What a loop hands on was no view in the end."""


def later(program: Program, types: Mapping[Var, Any]) -> Program:
    """Return the program with views taken where they are looked at; the same one if there are none.

    Parameters
    ----------
    program : Program
        As it was lifted.
    types : mapping
        What is known of its variables.
    """
    work = _Later(program, types)
    try:
        body = work.block(program.body, frozenset(program.params))
    except _Unclear:
        return program
    return replace(program, body=body) if work.changed else program


class _Later:
    def __init__(self, program: Program, types: Mapping[Var, Any]) -> None:
        self.types = dict(types)
        self.defined: dict[Var, Let] = {
            stmt.targets[0]: stmt
            for stmt in statements(program.body)
            if isinstance(stmt, Let) and len(stmt.targets) == 1
        }
        self.arms: dict[Var, tuple[Atom, Atom]] = {
            target: (one, other)
            for stmt in statements(program.body)
            if isinstance(stmt, If)
            for target, one, other in zip(
                stmt.targets, stmt.then.results, stmt.orelse.results, strict=True
            )
        }
        self.views: dict[Var, Views] = {}
        self.pairs: dict[Var, tuple[Atom, ...]] = {}
        self.firsts: dict[Var, Const] = {}
        self.taken: dict[Atom, Atom] = {
            var: let.args[1] for var, let in self.defined.items() if let.fn is operator.getitem
        }
        self.changed = False

    def block(
        self,
        block: Block,
        scope: frozenset[Var],
        start: Sequence[Stmt] = (),
        lists: Container[int] = (),
    ) -> Block:
        """Go through the statements of a block; it begins with some that were made before.

        Results that are ``lists`` of views are left to whoever asked.
        """
        b = Builder()
        b.stmts = list(start)
        for stmt in block.stmts:
            b.origin = stmt.origin
            self.statement(stmt, scope, b)
            scope = scope | {var for made in b.stmts[-8:] for var in targets(made)}
            scope = scope | set(targets(stmt))
        results = tuple(
            atom if k in lists else self.whole(atom, b) for k, atom in enumerate(block.results)
        )
        return Block(tuple(b.stmts), results)

    def statement(self, stmt: Stmt, scope: frozenset[Var], b: Builder) -> None:
        match stmt:
            case Let():
                self.let(stmt, scope, b)
            case If():
                self.branch(stmt, scope, b)
            case For() | While():
                self.loop(stmt, scope, b)
            case _:
                inside = scope | set(inner(stmt))
                stmt = with_blocks(stmt, [self.block(one, inside) for one in blocks(stmt)])
                b.add(self.read(stmt, b))

    # lists of views

    def read(self, stmt: Stmt, b: Builder) -> Stmt:
        """Make those lists of views that a statement reads as a whole."""
        used = {atom for atom in _atoms(stmt) if atom in self.views}
        made = {var: self.whole(var, b) for var in used}
        return substitute(Block((stmt,), ()), made).stmts[0] if made else stmt

    def whole(self, atom: Atom, b: Builder) -> Atom:
        """Return a list of views as a list of arrays."""
        if not isinstance(atom, Var) or atom not in self.views:
            return atom
        views = self.views[atom]
        if views.table:
            raise _Unclear
        each, again = Var("i"), Var(atom.hint, atom.user)
        body = Builder(b.origin)
        part = self.part(views, each, body, "")
        kind = self.types.get(atom)
        loop = For(
            (again,), each, views.places, (), (), body.block(part), b.origin, form="comprehension"
        )
        b.add(loop)
        if isinstance(kind, (Seq, ListOf)) and kind.cls is tuple:
            return b.let(tuple, again, hint=atom.hint)
        return again

    def part(self, views: Views, place: Atom, b: Builder, hint: str) -> Var:
        """Take one view of a list of them."""
        if isinstance(place, Var):
            self.types[place] = views.kind
        if views.axis:
            full = [b.let(slice, Const(None), Const(None), Const(None)) for _ in range(views.axis)]
            place = b.let(ops.make_tuple, *full, place)
            self.types[place] = Seq(tuple, (_CUT,) * (views.axis + 1))
        return b.let(operator.getitem, views.parent, place, hint=hint)

    def note(self, target: Var, views: Views) -> None:
        self.views[target] = views
        self.changed = True

    def named(self, target: Var, views: Views, place: Atom, b: Builder) -> None:
        """Let a variable be one view of a list of them."""
        made = self.part(views, place, b, target.hint)
        let = b.stmts[-1]
        assert isinstance(let, Let) and let.targets == (made,)
        b.stmts[-1] = self.defined[target] = replace(let, targets=(target,))

    def let(self, stmt: Let, scope: frozenset[Var], b: Builder) -> None:
        first = stmt.args[0] if stmt.args else None
        views = self.views.get(first) if isinstance(first, Var) else None
        if (
            stmt.fn in (list, tuple)
            and len(stmt.args) == 1
            and views is None
            and self.rows(stmt, b)
        ):
            return
        if among(stmt.fn, _SPLITS) and self.split(stmt, b):
            return
        if stmt.fn is ops.unpack_star and self.starred(stmt, b):
            return
        if stmt.fn is ops.dict_of and stmt.args[1] in self.views:
            views = self.views[stmt.args[1]]  # type: ignore[index]
            places = b.let(ops.dict_of, stmt.args[0], views.places)
            self.note(stmt.targets[0], replace(views, places=places, table=True))
            return
        if stmt.fn is ops.make_list and self.display(stmt, b):
            return
        if stmt.fn is ops.contained and stmt.args[1] in self.views:
            views = self.views[stmt.args[1]]  # type: ignore[index]
        if views is not None and self.of_views(stmt, views, b):
            return
        if stmt.fn in _LAZY and any(atom in self.views for atom in stmt.args):
            self.defined[stmt.targets[0]] = stmt
            return  # see `walk`
        b.add(self.read(stmt, b))

    def of_views(self, stmt: Let, views: Views, b: Builder) -> bool:
        """Read from a list of views, or put another one in."""
        if views.table and not among(stmt.fn, _OF_TABLES):
            raise _Unclear
        if stmt.fn is operator.getitem:
            (target,), (_, index) = stmt.targets, stmt.args
            place = b.let(operator.getitem, views.places, index)
            if isinstance(self.types.get(target), (Seq, ListOf)):
                self.note(target, replace(views, places=place))
            else:
                self.named(target, views, place, b)
        elif stmt.fn is len or (views.table and stmt.fn is ops.method("keys")):
            b.add(replace(stmt, args=(views.places,)))
        elif stmt.fn is ops.contained:
            b.add(substitute(Block((stmt,), ()), {stmt.args[1]: views.places}).stmts[0])  # type: ignore[dict-item]
        elif stmt.fn is ops.unpack:
            places = tuple(Var("") for _ in stmt.targets)
            b.add(Let(places, ops.unpack, (views.places, *stmt.args[1:]), (), stmt.origin))
            for target, place in zip(stmt.targets, places, strict=True):
                self.named(target, views, place, b)
        elif stmt.fn is reversed:
            self.note(stmt.targets[0], replace(views, places=b.let(reversed, views.places)))
        elif stmt.fn in (list, tuple):
            self.note(stmt.targets[0], replace(views, places=b.let(list, views.places)))
        elif stmt.fn is ops.list_append:
            where = self.place_in(stmt.args[1], views.parent)
            if where is None or views.axis:
                return False
            made = b.let(ops.list_append, views.places, where, hint=views.places.hint)
            self.note(stmt.targets[0], replace(views, places=made))
        elif among(stmt.fn, _PUTS) and self.puts_back(stmt):
            self.note(stmt.targets[0], views)
        else:
            return False
        return True

    def puts_back(self, stmt: Let) -> bool:
        """Tell whether a list gets back the very item that was taken of it, and written."""
        if len(stmt.args) != 3:
            return False
        _, index, value = stmt.args
        taken = self.taken.get(self.named_first(value))
        if isinstance(taken, Const) and isinstance(index, Const):
            return bool(taken.value == index.value)
        return taken is not None and taken is index

    def named_first(self, atom: Atom) -> Atom:
        """Return the first name of an array that was written under several."""
        let = self.defined.get(atom) if isinstance(atom, Var) else None
        while let is not None and (among(let.fn, ops.PLAIN) or let.fn is ops.same):
            atom = let.args[0]
            let = self.defined.get(atom) if isinstance(atom, Var) else None
        return atom

    def rows(self, stmt: Let, b: Builder) -> bool:
        """``list(A)``: the rows of a matrix."""
        (whole,) = stmt.args
        if not _has_rank(self.types.get(whole), 2) or not isinstance(whole, Var):  # type: ignore[arg-type]
            return False
        places = b.let(range, b.let(len, whole))
        self.note(stmt.targets[0], Views(whole, places, Py(int)))
        return True

    def starred(self, stmt: Let, b: Builder) -> bool:
        """``first, *rest = A``: the rows of a matrix."""
        whole, before, behind = stmt.args
        if not _has_rank(self.types.get(whole), 2) or not isinstance(whole, Var):  # type: ignore[arg-type]
            return False
        assert isinstance(before, Const) and isinstance(behind, Const)
        rows = b.let(range, b.let(len, whole))
        places = tuple(Var("") for _ in stmt.targets)
        b.add(Let(places, ops.unpack_star, (rows, before, behind), (), stmt.origin))
        views = Views(whole, rows, Py(int))
        for k, (target, place) in enumerate(zip(stmt.targets, places, strict=True)):
            if k == before.value:
                self.note(target, replace(views, places=place))
            else:
                self.named(target, views, place, b)
        return True

    def split(self, stmt: Let, b: Builder) -> bool:
        """``np.split(u, n)``: parts of an array."""
        named = dict(stmt.kwargs)
        axis: Any = _SPLITS[stmt.fn]
        whole, *rest = stmt.args
        kind = self.types.get(whole) if isinstance(whole, Var) else None
        if not isinstance(kind, Arr) or not isinstance(whole, Var) or not kind.dims:
            return False
        if axis is None:
            given = named.pop("axis", rest.pop() if len(rest) > 1 else Const(0))
            axis = given.value if isinstance(given, Const) else None
        elif stmt.fn is np.hsplit and len(kind.dims) == 1:
            axis = 0
        if named or len(rest) != 1 or type(axis) is not int or not 0 <= axis < len(kind.dims):
            return False
        size = b.let(operator.getitem, b.let(np.shape, whole), Const(axis))
        cuts = b.let(runtime.cuts, size, rest[0], Const(stmt.fn is np.array_split))
        self.note(stmt.targets[0], Views(whole, cuts, _CUT, axis))
        return True

    def display(self, stmt: Let, b: Builder) -> bool:
        """``[u[:2], u[2:]]``: parts of one array."""
        found = [self.places(atom) for atom in stmt.args]
        shared = set.intersection(*map(set, found)) if found else set()
        parents = [var for var in (found[0] if found else ()) if var in shared]
        views = [one for one in found if any(place is not _WHOLE for place in one.values())]
        if not parents or not views:
            return False
        parent = parents[0]
        where = [one[parent] for one in found]
        places = b.let(ops.make_list, *where)
        self.note(stmt.targets[0], Views(parent, places, self.kind_of(where[0])))
        return True

    def kind_of(self, place: Atom) -> Any:
        return const_type(place.value) if isinstance(place, Const) else self.types.get(place)

    # single views

    def places(self, atom: Atom) -> dict[Var, Atom]:
        """Return the arrays and lists that a variable looks into, with where."""
        found: dict[Var, Atom] = {}
        while isinstance(atom, Var) and _has_rank(self.types.get(atom), 1):
            let = self.defined.get(atom)
            if let is not None and (among(let.fn, ops.PLAIN) or let.fn is ops.same):
                atom = let.args[0]
                continue
            found[atom] = _WHOLE
            if let is not None and let.fn is operator.getitem:
                parent, index = let.args
                if isinstance(parent, Var) and self.is_view(parent, index):
                    found[parent] = index
            break
        return found

    def is_view(self, parent: Var, index: Atom) -> bool:
        kind = self.types.get(parent)
        if isinstance(kind, (Seq, ListOf)):
            return kind.cls is list
        return _has_rank(kind, 1) and is_basic(index, self.types)

    def place_in(self, atom: Atom, parent: Var) -> Atom | None:
        """Return where a variable looks into an array, if it does."""
        return self.places(atom).get(parent)

    def common(
        self, one: Atom, other: Atom, scope: frozenset[Var]
    ) -> tuple[Var, Atom, Atom] | None:
        """Return what two variables both look into, and where."""
        mine, theirs = self.places(one), self.places(other)
        for parent, place in mine.items():
            if parent in theirs and parent in scope:
                return parent, place, theirs[parent]
        return None

    def branch(self, stmt: If, scope: frozenset[Var], b: Builder) -> None:
        then, orelse = (self.block(one, scope) for one in (stmt.then, stmt.orelse))
        made = list(stmt.targets)
        arms = [list(then.results), list(orelse.results)]
        after: list[Let] = []
        for k, target in enumerate(stmt.targets):
            if not _has_rank(self.types.get(target), 1):
                continue
            here = scope | set(self.pairs)
            found = self.common(arms[0][k], arms[1][k], here) or self.chosen(
                arms[0][k], arms[1][k], here, b
            )
            if found is not None and arms[0][k] is arms[1][k]:
                self.defined[target] = Let((target,), ops.same, (arms[0][k],))
            if found is None or found[1] is found[2]:
                continue
            parent, arms[0][k], arms[1][k] = found
            made[k] = Var("i")
            self.types[made[k]] = self.kind_of(found[1])
            let = Let((target,), operator.getitem, (parent, made[k]), (), stmt.origin)
            self.defined[target] = let
            after.append(let)
            self.changed = True
        new = [Block(arm.stmts, tuple(rs)) for arm, rs in zip((then, orelse), arms, strict=True)]
        b.add(replace(stmt, targets=tuple(made), then=new[0], orelse=new[1]), *after)

    def chosen(
        self, one: Atom, other: Atom, scope: frozenset[Var], b: Builder
    ) -> tuple[Var, Atom, Atom] | None:
        """Put two arrays into a list, of which one is chosen."""
        kinds = [self.types.get(atom) if isinstance(atom, Var) else None for atom in (one, other)]
        if one is other or one not in scope or other not in scope:
            return None
        if not all(_has_rank(kind, 1) for kind in kinds):
            return None
        a, c = kinds
        assert isinstance(a, Arr) and isinstance(c, Arr)
        if a.dtype != c.dtype or len(a.dims) != len(c.dims):
            return None
        for both, items in self.pairs.items():
            if both in scope and one in items and other in items:
                return both, Const(items.index(one)), Const(items.index(other))
        both = b.let(ops.make_list, one, other, hint="both")
        self.pairs[both] = (one, other)
        self.types[both] = Seq(list, (a, c))
        return both, Const(0), Const(1)

    # loops

    def loop(self, stmt: For | While, scope: frozenset[Var], b: Builder) -> None:
        start: list[Stmt] = []
        stmt = self.walk(stmt, b, start) if isinstance(stmt, For) else stmt
        skip, n = int(stmt.exits), len(stmt.carried)
        carried, made = list(stmt.carried), list(stmt.targets)
        init = list(stmt.init)
        kinds: dict[int, Any] = {}
        growing = self.growing(stmt, scope, b, kinds)
        for k, (parent, places) in growing.items():
            inside, outside = Var(places.hint), Var(places.hint)
            before = self.views.get(stmt.init[k])  # type: ignore[arg-type]
            if before is not None:
                self.note(stmt.carried[k], replace(before, places=inside))
            else:
                self.note(stmt.carried[k], Views(parent, inside, kinds[k]))
            carried[k], init[k], made[skip + k] = inside, places, outside
        guess = self.guess(stmt, scope, b)
        looks: dict[int, Let] = {}
        for k, parent in guess.items():
            carried[k] = Var("i")
            first = self.firsts.get(stmt.carried[k]) or self.place_in(init[k], parent) or _WHOLE
            init[k] = first
            self.types[carried[k]] = self.kind_of(first)
            let = Let((stmt.carried[k],), operator.getitem, (parent, carried[k]), (), stmt.origin)
            looks[k] = self.defined[stmt.carried[k]] = let
        inside_scope = scope | set(inner(stmt)) | set(carried)
        lists = {skip + k for k in growing}
        body = self.block(stmt.body, inside_scope, [*start, *looks.values()], lists)
        results = list(body.results)
        raw = stmt.body.results
        for k in growing:
            views = self.views.get(raw[skip + k])  # type: ignore[arg-type]
            if views is None:
                raise _Unclear
            results[skip + k] = views.places
            self.note(stmt.targets[skip + k], replace(views, places=made[skip + k]))
        after: list[Stmt] = []
        for k, parent in guess.items():
            place = self.place_in(raw[skip + k], parent)
            if place is None:
                raise _Unclear
            results[skip + k] = place
            target, made[skip + k] = stmt.targets[skip + k], Var("i")
            self.types[made[skip + k]] = self.kind_of(place)
            let = Let((target,), operator.getitem, (parent, made[skip + k]), (), stmt.origin)
            self.defined[target] = let
            after.append(let)
            self.changed = True
        for k in range(skip + n, len(made)):
            self.collected(stmt, k, scope, results, made)
        b.add(self.read(self.rebuilt(stmt, made, carried, init, body, results, looks), b), *after)

    def rebuilt(
        self,
        stmt: For | While,
        made: list[Var],
        carried: list[Var],
        init: list[Atom],
        body: Block,
        results: list[Atom],
        looks: Mapping[int, Let],
    ) -> For | While:
        known = dict(
            targets=tuple(made),
            carried=tuple(carried),
            init=tuple(init),
            body=Block(body.stmts, tuple(results)),
        )
        if isinstance(stmt, For):
            return replace(stmt, **known)  # type: ignore[arg-type]
        again = {k: Var(let.targets[0].hint, let.targets[0].user) for k, let in looks.items()}
        first = tuple(replace(looks[k], targets=(var,)) for k, var in again.items())
        new = {stmt.carried[k]: var for k, var in again.items()}
        test = substitute(stmt.test, new)
        test = Block((*first, *test.stmts), test.results)
        return replace(stmt, test=test, **known)  # type: ignore[arg-type]

    def guess(self, stmt: For | While, scope: frozenset[Var], b: Builder) -> dict[int, Var]:
        """Return what carried variables look into in every turn, where it is the same array."""
        skip = int(stmt.exits)
        numbers = {var: k for k, var in enumerate(stmt.carried)}
        parents: dict[int, list[Var]] = {}
        ends: dict[int, Atom] = {}
        for k, var in enumerate(stmt.carried):
            ends[k] = self.named_first(stmt.body.results[skip + k])
            if _has_rank(self.types.get(var), 1) and ends[k] is not var:
                parents[k] = [p for p in self.places(stmt.init[k]) if p in scope]
        while True:
            left = {k: self.still(parents, k, stmt, ends[k], numbers) for k in parents}
            if left == parents:
                break
            parents = left
        found = {k: seen[0] for k, seen in parents.items() if seen}
        found.update(self.circle(stmt, {k for k in parents if k not in found}, ends, numbers, b))
        return found

    def still(
        self,
        parents: Mapping[int, list[Var]],
        k: int,
        stmt: For | While,
        end: Atom,
        numbers: Mapping[Var, int],
    ) -> list[Var]:
        other = numbers.get(end)  # type: ignore[arg-type]
        if other is not None:
            return [p for p in parents[k] if p in parents.get(other, ())]
        seen = self.reached(end, stmt.carried[k])
        return [p for p in parents[k] if seen and all(p in places for places in seen)]

    def circle(
        self,
        stmt: For | While,
        left: set[int],
        ends: Mapping[int, Atom],
        numbers: Mapping[Var, int],
        b: Builder,
    ) -> dict[int, Var]:
        """Put arrays that change places in a loop into a list: what is handed on is their place."""
        inits = [stmt.init[k] for k in sorted(left)]
        kinds = [self.types.get(stmt.carried[k]) for k in sorted(left)]
        inside = all(numbers.get(ends[k], -1) in left for k in left)  # type: ignore[arg-type]
        if len(left) < 2 or not inside or not all(isinstance(atom, Var) for atom in inits):
            return {}
        if len(set(inits)) < len(inits) or len({_sort(kind) for kind in kinds}) > 1:
            return {}
        both = b.let(ops.make_list, *inits, hint="both")
        self.pairs[both] = tuple(inits)
        self.types[both] = Seq(list, tuple(kinds))  # type: ignore[arg-type]
        for k, (place, atom) in zip(sorted(left), enumerate(inits), strict=True):
            assert isinstance(atom, Var)
            self.firsts[stmt.carried[k]] = Const(place)
        return dict.fromkeys(left, both)

    def reached(self, atom: Atom, var: Var) -> list[dict[Var, Atom]]:
        """Return what a variable may look into at the end of a turn, arm by arm."""
        atom = self.named_first(atom)
        if atom is var:
            return []
        made = self.arms.get(atom) if isinstance(atom, Var) else None
        if made is None:
            return [self.places(atom)]
        return [places for one in made for places in self.reached(one, var)]

    def growing(
        self, stmt: For | While, scope: frozenset[Var], b: Builder, kinds: dict[int, Any]
    ) -> dict[int, tuple[Var, Var]]:
        """Find the lists that a loop only adds views of one array to."""
        found: dict[int, tuple[Var, Var]] = {}
        skip = int(stmt.exits)
        for k, var in enumerate(stmt.carried):
            init, result = stmt.init[k], stmt.body.results[skip + k]
            appended = self.appended(result, var)
            if appended is None or not isinstance(init, Var):
                continue
            before = self.views.get(init)
            if before is not None and not appended:
                found[k] = (before.parent, before.places)
            if not appended:
                continue
            let = self.defined.get(init)
            shared = [p for p in self.places(appended[0]) if p in scope]
            shared = [p for p in shared if all(p in self.places(one) for one in appended)]
            if before is not None and before.parent in shared and not before.axis:
                found[k] = (before.parent, before.places)
            elif before is None and shared and self.is_empty(let):
                found[k] = (shared[0], b.let(ops.make_list, hint=init.hint))
                kinds[k] = self.kind_of(self.places(appended[0])[shared[0]])
        return found

    def is_empty(self, let: Let | None) -> bool:
        return let is not None and let.fn is ops.make_list and not let.args

    def appended(self, atom: Atom, var: Var) -> list[Atom] | None:
        """Return what was added to a list since it was another variable; None if more was done."""
        found: list[Atom] = []
        while isinstance(atom, Var) and atom is not var:
            let = self.defined.get(atom)
            if let is not None and let.fn is ops.list_append:
                found.append(let.args[1])
            elif let is None or not among(let.fn, _PUTS) or not self.puts_back(let):
                return None
            atom = let.args[0]
        return found

    def collected(
        self,
        stmt: For | While,
        k: int,
        scope: frozenset[Var],
        results: list[Atom],
        made: list[Var],
    ) -> None:
        """Let a loop collect where it looks, instead of what it sees."""
        for parent, place in self.places(stmt.body.results[k]).items():
            if parent in scope and place is not _WHOLE:
                results[k], made[k] = place, Var("places")
                self.note(stmt.targets[k], Views(parent, made[k], self.kind_of(place)))
                return

    def walk(self, stmt: For, b: Builder, start: list[Stmt]) -> For:
        """Walk along where a list of views looks."""
        views = self.views.get(stmt.over) if isinstance(stmt.over, Var) else None
        inside = Builder(stmt.origin)
        if views is not None and views.table:
            return replace(stmt, over=views.places)
        hands_on = any(_has_rank(self.types.get(var), 1) for var in stmt.carried)
        if views is None and hands_on and _has_rank(self.types.get(stmt.over), 2):  # type: ignore[arg-type]
            assert isinstance(stmt.over, Var)
            views = Views(stmt.over, b.let(range, b.let(len, stmt.over)), Py(int))
            self.changed = True
        if views is not None:
            each = Var("i")
            self.named(stmt.each, views, each, inside)
            start += inside.stmts
            return replace(stmt, each=each, over=views.places)
        let = self.defined.get(stmt.over) if isinstance(stmt.over, Var) else None
        if let is None or let.fn not in _LAZY or not any(a in self.views for a in let.args):
            return stmt
        if any(self.views[a].table for a in let.args if a in self.views):  # type: ignore[index]
            raise _Unclear
        args = [self.views[a].places if a in self.views else a for a in let.args]  # type: ignore[index]
        over = b.let(let.fn, *args)
        each = Var("t")
        columns: list[Views | None] = [self.views.get(a) for a in let.args]  # type: ignore[arg-type]
        if let.fn is enumerate:
            columns = [None, columns[0]]
        found = inside.lets(("",) * len(columns), ops.unpack, each, Const(len(columns)))
        items = [
            var if views is None else self.part(views, var, inside, "")
            for var, views in zip(found, columns, strict=True)
        ]
        pair = Let((stmt.each,), ops.make_tuple, tuple(items), (), stmt.origin)
        for made in inside.stmts:
            if isinstance(made, Let) and made.fn is operator.getitem:
                self.defined[made.targets[0]] = made
        start += [*inside.stmts, pair]
        return replace(stmt, each=each, over=over)


def _sort(kind: Any) -> Any:
    return (kind.dtype, len(kind.dims)) if isinstance(kind, Arr) else None


def _has_rank(kind: Any, least: int) -> bool:
    return isinstance(kind, Arr) and not kind.scalar and len(kind.dims) >= least


def _atoms(stmt: Stmt) -> list[Var]:
    return [atom for atom in atoms(stmt) if isinstance(atom, Var)]

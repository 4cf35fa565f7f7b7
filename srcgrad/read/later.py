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
from dataclasses import replace
from typing import Any

from srcgrad.facts.indices import is_basic
from srcgrad.facts.kinds import ListOf, Seq
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
from srcgrad.read.later_branches import branch
from srcgrad.read.later_lists import display, of_views, rows, split, starred
from srcgrad.read.later_loops import loop
from srcgrad.read.later_nouns import CUT, LAZY, SPLITS, WHOLE, Unclear, Views, has_rank


def later(program: Program, types: Mapping[Var, Any]) -> Program:
    """Return the program with views taken where they are looked at; the same one if there are none.

    Parameters
    ----------
    program : Program
        As it was lifted.
    types : mapping
        What is known of its variables.
    """
    work = Later(program, types)
    try:
        body = work.block(program.body, frozenset(program.params))
    except Unclear:
        return program
    return replace(program, body=body) if work.changed else program


class Later:
    """Goes through a program; ``views`` are the lists of parts, ``changed`` tells of any."""

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
                branch(self, stmt, scope, b)
            case For() | While():
                loop(self, stmt, scope, b)
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
            raise Unclear
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
            self.types[place] = Seq(tuple, (CUT,) * (views.axis + 1))
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
            and rows(self, stmt, b)
        ):
            return
        if among(stmt.fn, SPLITS) and split(self, stmt, b):
            return
        if stmt.fn is ops.unpack_star and starred(self, stmt, b):
            return
        if stmt.fn is ops.dict_of and stmt.args[1] in self.views:
            views = self.views[stmt.args[1]]  # type: ignore[index]
            places = b.let(ops.dict_of, stmt.args[0], views.places)
            self.note(stmt.targets[0], replace(views, places=places, table=True))
            return
        if stmt.fn is ops.make_list and display(self, stmt, b):
            return
        if stmt.fn is ops.contained and stmt.args[1] in self.views:
            views = self.views[stmt.args[1]]  # type: ignore[index]
        if views is not None and of_views(self, stmt, views, b):
            return
        if stmt.fn in LAZY and any(atom in self.views for atom in stmt.args):
            self.defined[stmt.targets[0]] = stmt
            return  # see `walk`
        b.add(self.read(stmt, b))

    def kind_of(self, place: Atom) -> Any:
        return const_type(place.value) if isinstance(place, Const) else self.types.get(place)

    def places(self, atom: Atom) -> dict[Var, Atom]:
        """Return the arrays and lists that a variable looks into, with where."""
        found: dict[Var, Atom] = {}
        while isinstance(atom, Var) and has_rank(self.types.get(atom), 1):
            let = self.defined.get(atom)
            if let is not None and (among(let.fn, ops.PLAIN) or let.fn is ops.same):
                atom = let.args[0]
                continue
            found[atom] = WHOLE
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
        return has_rank(kind, 1) and is_basic(index, self.types)

    def place_in(self, atom: Atom, parent: Var) -> Atom | None:
        """Return where a variable looks into an array, if it does."""
        return self.places(atom).get(parent)


def _atoms(stmt: Stmt) -> list[Var]:
    return [atom for atom in atoms(stmt) if isinstance(atom, Var)]

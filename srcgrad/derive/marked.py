"""Find the loops of which only snapshots are kept, and see to it that they can be cut into parts.

for i, x in enumerate(xs):      ->      pairs = list(enumerate(xs))
    u = f(u, x, i)                      for i, x in pairs:          # with snapshots
                                            u = f(u, x, i)
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from srcgrad.errors import Problem, Unreadable, refusal
from srcgrad.facts.kinds import UNKNOWN, Arr, DictOf, ListOf, Map, Other, Seq, Type, Unknown
from srcgrad.facts.purity import is_iterator, is_pure
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, Const, For, Let, Program, Stmt, Var, While
from srcgrad.program.walk import among, blocks, statements, with_blocks

_METHODS = frozenset(map(ops.method, ("items", "values", "keys")))
_ENDLESS = frozenset({itertools.count, itertools.cycle, itertools.repeat})
_FILES = (list, tuple, range)


def marked(program: Program, snapshots: Any, types: Mapping[Var, Type]) -> Program:
    """Return the program with ``snapshots`` for its outermost loops that ask for none themselves.

    Raises
    ------
    Unreadable
        If a loop with snapshots goes along something whose length is not known beforehand.
    """
    loops = (s for s in statements(program.body) if isinstance(s, (For, While)))
    if snapshots is None and not any(loop.snapshots is not None for loop in loops):
        return program
    work = _Marking(program, types)
    body = work.block(program.body, snapshots)
    if work.problems:
        raise refusal(work.problems)
    return replace(program, body=body)


def unmarked(program: Program) -> Program:
    """Return the program with loops of which everything is kept."""
    return replace(program, body=_unmarked(program.body))


def _unmarked(block: Block) -> Block:
    stmts: list[Stmt] = []
    for stmt in block.stmts:
        stmt = with_blocks(stmt, [_unmarked(child) for child in blocks(stmt)])
        if isinstance(stmt, (For, While)):
            stmt = replace(stmt, snapshots=None)
        stmts.append(stmt)
    return Block(tuple(stmts), block.results)


class _Marking:
    def __init__(self, program: Program, types: Mapping[Var, Type]) -> None:
        self.types = types
        self.problems: list[Problem] = []
        self.defs: dict[Atom, Let] = {
            var: stmt
            for stmt in statements(program.body)
            if isinstance(stmt, Let)
            for var in stmt.targets
        }

    def block(self, block: Block, snapshots: Any) -> Block:
        stmts: list[Stmt] = []
        for stmt in block.stmts:
            inner = snapshots
            if isinstance(stmt, (For, While)):
                inner = None
                stmt = replace(stmt, snapshots=stmt.snapshots or snapshots)
            new = with_blocks(stmt, [self.block(child, inner) for child in blocks(stmt)])
            if isinstance(new, For) and new.snapshots is not None:
                new = self.cut(new, stmts)
            stmts.append(new)
        return Block(tuple(stmts), block.results)

    def cut(self, loop: For, stmts: list[Stmt]) -> For:
        """Let a loop go along something of which there are parts."""
        over = loop.over
        let = self.defs.get(over)
        kind = self.types.get(over, UNKNOWN) if isinstance(over, Var) else UNKNOWN
        if (let is not None and let.fn is range) or self.has_parts(over, kind):
            return loop
        finite = let is not None and walks(let) and self.ends(let)
        if finite or isinstance(kind, (Map, DictOf)) or (isinstance(kind, Unknown) and calm(let)):
            items = Var("items")
            stmts.append(Let((items,), list, (over,), (), loop.origin))
            return replace(loop, over=items)
        self.problems.append(
            Problem(
                Unreadable,
                loop.origin,
                "cannot take snapshots of this loop",
                "Where it ends is not known before it begins: what it goes along has no parts.",
                "Make a list of it first, and go along that.",
            )
        )
        return loop

    def has_parts(self, over: Atom, kind: Type) -> bool:
        """Tell whether something has a length and slices."""
        if isinstance(over, Const):
            return isinstance(over.value, (*_FILES, str))
        match kind:
            case Arr():
                return True
            case Seq(cls=cls) | ListOf(cls=cls) | Other(cls):
                return issubclass(cls, _FILES)
        return False

    def ends(self, let: Let) -> bool:
        """Tell whether what zip and the like go along comes to an end."""
        for atom in let.args:
            inner = self.defs.get(atom)
            if inner is not None and walks(inner):
                if not self.ends(inner):
                    return False
                continue
            kind = self.types.get(atom, UNKNOWN) if isinstance(atom, Var) else UNKNOWN
            if isinstance(kind, Other) and not issubclass(kind.cls, _FILES):
                return False
        return not among(let.fn, _ENDLESS)


def calm(let: Let | None) -> bool:
    """Tell whether something of which nothing is known has an end: it is no call of who knows."""
    return let is None or (is_pure(let.fn) and not walks(let))


def walks(let: Let) -> bool:
    """Tell whether a call gives something that goes along what it is given."""
    return is_iterator(let.fn) or among(let.fn, _METHODS)

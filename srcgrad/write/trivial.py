"""What a person would rather write twice than name: ``x.T``, ``x.shape[0]``, a global variable."""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterable, Iterator
from typing import TypeGuard

from srcgrad.facts.purity import is_pure
from srcgrad.program import ops, walk
from srcgrad.program.nodes import Atom, Const, Do, For, Let, Program, Stmt, Var, While
from srcgrad.write.forms import Folds

_TRIVIAL = frozenset(map(ops.attribute, ("T", "shape", "size", "ndim", "dtype")))
_STEPS = frozenset({operator.add, operator.sub})
_READS = frozenset({ops.read_global, ops.read_cell})


class Trivial:
    """Knows which variables keep their value wherever a trivial expression may move."""

    def __init__(self, program: Program, folds: Folds, written: Collection[Var]) -> None:
        self.exprs = folds.exprs
        self.count = folds.count
        self.written = written
        self.accepted: set[Var] = set()
        self.copied = _copied(program)
        self.counters = set(_counters(program))
        self.calls_out = any(
            isinstance(stmt, (Let, Do)) and not _keeps_globals(stmt)
            for stmt in walk.statements(program.body)
        )

    def is_trivial(self, stmt: Stmt, reads: Iterable[Var]) -> bool:
        """Tell whether a person would rather write the expression twice than name it."""
        if not isinstance(stmt, Let) or not self.count.get(stmt.targets[0]):
            return False
        if stmt.targets[0].user:
            return False
        if stmt.fn in _READS:
            return not self.calls_out
        if any(var in self.copied or var in self.written for var in reads):
            return False
        if stmt.fn is operator.getitem:
            inner = self.exprs.get(stmt.args[0]) if isinstance(stmt.args[0], Var) else None
            shape = isinstance(inner, Let) and inner.fn is ops.attribute("shape")
            return shape and isinstance(stmt.args[1], Const)
        if walk.among(stmt.fn, _STEPS):
            return len(stmt.args) == 2 and self.is_place(*stmt.args)
        if stmt.fn in (slice, ops.make_tuple):
            return bool(stmt.args) and all(map(self.is_index, stmt.args))
        return stmt.fn in _TRIVIAL

    def is_place(self, first: Atom, second: Atom) -> bool:
        """Tell whether a sum or difference is like ``i + 1`` or ``len(x) - 1``."""
        inner = self.exprs.get(first) if isinstance(first, Var) else None
        length = isinstance(inner, Let) and inner.fn is len and isinstance(inner.args[0], Var)
        small = isinstance(second, Const) and type(second.value) is int
        return small and (length or first in self.counters)

    def is_index(self, atom: Atom) -> bool:
        """Tell whether an atom can be part of an index that is written more than once."""
        if isinstance(atom, Const) or atom in self.accepted:
            return True
        stmt = self.exprs.get(atom)
        if stmt is None:
            return True
        if not isinstance(stmt, Let) or stmt.fn is not operator.getitem or self.calls_out:
            return False
        return isinstance(stmt.args[1], Const)


def _counters(program: Program) -> Iterator[Var]:
    """Yield the variables that run through a range, alone or in a zip, in whatever direction."""
    calls = {stmt.targets[0]: stmt for stmt in walk.statements(program.body) if _is_call(stmt)}

    def counts(atom: Atom) -> bool:
        let = calls.get(atom)  # type: ignore[arg-type]
        if let is not None and let.fn is reversed:
            let = calls.get(let.args[0])  # type: ignore[arg-type]
        return let is not None and let.fn is range

    for stmt in walk.statements(program.body):
        if not isinstance(stmt, For):
            continue
        over = calls.get(stmt.over)  # type: ignore[arg-type]
        if counts(stmt.over):
            yield stmt.each
        elif over is not None and over.fn is zip:
            for opened in stmt.body.stmts[:1]:
                if isinstance(opened, Let) and opened.args[:1] == (stmt.each,):
                    pairs = zip(opened.targets, over.args, strict=False)
                    yield from (var for var, source in pairs if counts(source))


def _is_call(stmt: Stmt) -> TypeGuard[Let]:
    return isinstance(stmt, Let) and len(stmt.targets) == 1


def _keeps_globals(stmt: Let | Do) -> bool:
    return is_pure(stmt.fn) or stmt.fn in (print, ops.raise_, ops.assert_, ops.mark)


def _copied(program: Program) -> set[Var]:
    """The variables that start or end a version of another one."""
    found: set[Var] = set()

    def add(atoms: Iterable[Atom]) -> None:
        found.update(atom for atom in atoms if isinstance(atom, Var))

    for stmt in walk.statements(program.body):
        if isinstance(stmt, (For, While)):
            add(stmt.init)
            add(stmt.carried)
        for block in walk.blocks(stmt):
            add(block.results)
    return found

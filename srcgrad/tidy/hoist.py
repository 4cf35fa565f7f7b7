"""Compute before a loop what is the same in every turn.

Before::

    f(x, n):
        mark('backward')
        d = for i in n carrying [t=1.0]:
            cos = numpy.cos(x)
            mul = operator.mul(t, cos)
            -> mul
        -> d

After::

    f(x, n):
        mark('backward')
        cos = numpy.cos(x)
        d = for i in n carrying [t=1.0]:
            mul = operator.mul(t, cos)
            -> mul
        -> d

A statement of a forward loop moves only if a backward loop computes the same, so that both can
share it.  What may raise, or warn in a loop that may have no turn, stays where it is.
"""

from __future__ import annotations

import operator
from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad.facts.kinds import Arr, Seq, Type
from srcgrad.facts.purity import (
    can_raise,
    is_cheap,
    is_iterator,
    is_pure_call,
    is_read,
    leaves_data,
)
from srcgrad.program.nodes import Atom, Block, Const, Do, For, Let, Program, Stmt, Var, While
from srcgrad.program.walk import blocks, has_loop, inner, statements, targets, with_blocks
from srcgrad.tidy.share import constant_key, is_sharable, sorted_kwargs
from srcgrad.tidy.sides import is_tangent, mark_at
from srcgrad.tidy.sight import ARITHMETIC, POW, number

Types = Mapping[Var, Type]

_CALM = frozenset({
    np.sin, np.cos, np.tanh, np.arctan, np.abs, np.negative, np.add, np.subtract, np.multiply,
    operator.add, operator.sub, operator.mul, operator.neg, operator.matmul, np.matmul, np.dot,
    np.outer, np.sign, np.maximum, np.minimum, np.where, np.sum, np.transpose, np.stack,
    np.concatenate, np.reshape,
})  # fmt: skip
"""What does not warn of numbers that a loop without turns would never have met."""


def hoist(program: Program, types: Types | None = None) -> Program:
    """Return the program with what does not change in loops computed before them."""
    if not has_loop(program.body):
        return program
    numbers = _Numbers()
    numbers.block(program.body)
    work = _Hoisting(types, numbers)
    work.wanted(program.body, False)
    if not work.shared:
        return program
    return replace(program, body=work.block(program.body, False))


class _Numbers:
    """Gives one number to all variables that hold the same computation."""

    def __init__(self) -> None:
        self.keys: dict[Hashable, int] = {}
        self.of: dict[Var, int] = {}
        self.turning: set[Var] = set()

    def block(self, block: Block) -> None:
        for stmt in block.stmts:
            if isinstance(stmt, Let) and len(stmt.targets) == 1 and _is_movable(stmt):
                args = tuple(map(self.atom, stmt.args))
                kwargs = tuple((name, self.atom(atom)) for name, atom in sorted_kwargs(stmt))
                key = (stmt.fn, args, kwargs)
                self.of[stmt.targets[0]] = self.keys.setdefault(key, len(self.keys))
                if stmt.fn is range and all(type(value) is int for value in _values(stmt)):
                    self.turning.update(stmt.targets if range(*_values(stmt)) else ())
            for child in blocks(stmt):
                self.block(child)

    def atom(self, atom: Atom) -> Hashable:
        if isinstance(atom, Const):
            return constant_key(atom)
        return self.of.get(atom, atom)


def _values(let: Let) -> list[Any]:
    return [atom.value if isinstance(atom, Const) else None for atom in let.args]


def _is_movable(let: Let) -> bool:
    return is_pure_call(let) and not is_iterator(let.fn) and not is_read(let.fn)


class _Hoisting:
    def __init__(self, types: Types | None, numbers: _Numbers) -> None:
        self.types = types
        self.numbers = numbers
        self.shared: set[int] = set()

    def wanted(self, block: Block, derived: bool) -> None:
        """Find what backward loops compute again in every turn."""
        border = mark_at(block, derived)
        for place, stmt in enumerate(block.stmts):
            ours = derived or place > border or is_tangent(stmt)
            for child in blocks(stmt):
                self.wanted(child, ours)
            if not isinstance(stmt, (For, While)):
                continue
            collected = set() if ours else _collected(stmt)
            for let in self.steady(stmt):
                (var,) = let.targets
                if (ours and self.is_worth(let)) or (var in collected and not var.user):
                    self.shared.add(self.numbers.of[var])

    def block(self, block: Block, derived: bool) -> Block:
        border = mark_at(block, derived)
        stmts: list[Stmt] = []
        for place, stmt in enumerate(block.stmts):
            ours = derived or place > border or is_tangent(stmt)
            new = with_blocks(stmt, [self.block(child, ours) for child in blocks(stmt)])
            if isinstance(new, (For, While)):
                moved, new = self.loop(new, ours)
                stmts += moved
            stmts.append(new)
        return Block(tuple(stmts), block.results)

    def loop(self, loop: For | While, derived: bool) -> tuple[list[Let], Stmt]:
        chosen = self.steady(loop)
        if derived:
            chosen = [let for let in chosen if self.is_worth(let)]
        else:
            chosen = [let for let in chosen if self.is_shared(let)]
        moved = _with_arguments(chosen, loop.body.stmts)
        if not moved:
            return [], loop
        gone = set(moved)
        kept = tuple(stmt for stmt in loop.body.stmts if stmt not in gone)
        return moved, replace(loop, body=Block(kept, loop.body.results))

    def is_shared(self, let: Let) -> bool:
        (var,) = let.targets
        return self.numbers.of[var] in self.shared and not var.user

    def steady(self, loop: For | While) -> list[Let]:
        """Return what may be moved, in order."""
        calls = (stmt for stmt in statements(loop.body) if isinstance(stmt, (Let, Do)))
        if not all(leaves_data(stmt.fn) for stmt in calls):
            return []
        runs = self.runs(loop)
        varying = _all_bound(loop)
        found = []
        for stmt in loop.body.stmts:
            if isinstance(stmt, Let) and self.is_steady(stmt, varying, runs):
                varying.difference_update(stmt.targets)
                found.append(stmt)
        return found

    def is_steady(self, let: Let, varying: set[Var], runs: bool) -> bool:
        read = (*let.args, *(atom for _, atom in let.kwargs))
        if len(let.targets) != 1 or not _is_movable(let) or not varying.isdisjoint(read):
            return False
        if not is_sharable(let) and not is_cheap(let.fn):
            return False
        calm = runs or let.fn in _CALM or is_cheap(let.fn) or _is_whole_power(let)
        return calm and not can_raise(let, self.types)

    def is_worth(self, let: Let) -> bool:
        """A sum of two numbers is written again, as a person would."""
        if not is_sharable(let):
            return False
        kind = self.types.get(let.targets[0]) if self.types else None
        return let.fn not in ARITHMETIC or (isinstance(kind, Arr) and bool(kind.dims))

    def runs(self, loop: For | While) -> bool:
        """Tell whether a loop certainly has a turn."""
        if not isinstance(loop, For) or not isinstance(loop.over, Var):
            return False
        if loop.over in self.numbers.turning:
            return True
        kind = self.types.get(loop.over) if self.types else None
        if isinstance(kind, Seq):
            return bool(kind.items)
        first = kind.dims[0] if isinstance(kind, Arr) and kind.dims else None
        return isinstance(first, int) and first > 0


def _is_whole_power(let: Let) -> bool:
    power = number(let.args[1]) if let.fn in POW else None
    return type(power) is int and power > 0


def _collected(loop: For | While) -> set[Atom]:
    """Return what a loop collects in lists that are ours."""
    first = len(loop.carried) + int(loop.exits)
    pairs = zip(loop.targets[first:], loop.body.results[first:], strict=True)
    return {atom for var, atom in pairs if not var.user}


def _all_bound(loop: For | While) -> set[Var]:
    found = set(inner(loop))
    for stmt in loop.body.stmts:
        found.update(targets(stmt))
    return found


def _with_arguments(chosen: list[Let], stmts: tuple[Stmt, ...]) -> list[Let]:
    """Add the statements of the loop that the chosen ones read, in order."""
    makers = {var: stmt for stmt in stmts if isinstance(stmt, Let) for var in stmt.targets}
    needed: set[Let] = set()
    todo = list(chosen)
    while todo:
        let = todo.pop()
        if let not in needed:
            needed.add(let)
            atoms = (*let.args, *(atom for _, atom in let.kwargs))
            todo += [makers[atom] for atom in atoms if isinstance(atom, Var) and atom in makers]
    return [stmt for stmt in stmts if isinstance(stmt, Let) and stmt in needed]

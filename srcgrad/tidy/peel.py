"""Put constant factors behind a region into it, and take those that it begins with before it.

t = with <region f_vjp>:            d = with <region f_vjp>:
    -> g * cos(z)                       t = g * cos(z)
d = 0.7 * t                 ->          -> 0.7 * t

A factor is simplified with what makes the value that it stands at.  So a gradient with regions is
rounded as the one without: both have  0.7 * g * cos(z).
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from srcgrad.program.nodes import Block, Const, Let, Program, Stmt, Var, With
from srcgrad.program.regions import is_region
from srcgrad.program.walk import among, atoms, blocks, bound, statements, uses, with_blocks
from srcgrad.tidy.sides import mark_at

_FACTORS = frozenset({operator.mul, np.multiply, operator.truediv, np.divide})
_SIGNS = frozenset({operator.neg, np.negative})
_ROUNDS = 8
"""How many factors may stand behind each other."""


def peeled(program: Program) -> Program:
    """Return the program with factors moved to where they are simplified."""
    if not any(map(is_region, statements(program.body))):
        return program
    count = uses(program.body)
    return replace(program, body=_block(program.body, False, count))


def _block(block: Block, derived: bool, count: Mapping[Var, int]) -> Block:
    border = mark_at(block, derived)
    stmts: list[Stmt] = []
    for place, stmt in enumerate(block.stmts):
        ours = derived or place > border
        stmt = with_blocks(stmt, [_block(child, ours, count) for child in blocks(stmt)])
        if ours and is_region(stmt):
            before, stmt = _before(stmt, count)
            for let in before:
                _add(let, stmts, count)
            stmts.append(stmt)
        elif ours and isinstance(stmt, Let):
            _add(stmt, stmts, count)
        else:
            stmts.append(stmt)
    return Block(tuple(stmts), block.results)


def _add(let: Let, stmts: list[Stmt], count: Mapping[Var, int]) -> None:
    """Add a statement; a factor of what a region returns goes into the region."""
    core = _core(let)
    if core is not None and count.get(core) == 1:
        for place, stmt in enumerate(stmts):
            if is_region(stmt) and core in stmt.targets:
                stmts[place] = _into(stmt, stmt.targets.index(core), let)
                return
    stmts.append(let)


def _into(stmt: With, k: int, let: Let) -> With:
    """Return a region that ends with a factor of its result number k."""
    (target,), core = let.targets, stmt.targets[k]
    made, source = Var(target.hint, target.user), stmt.body.results[k]
    args = tuple(source if atom is core else atom for atom in let.args)
    results = (*stmt.body.results[:k], made, *stmt.body.results[k + 1 :])
    body = Block((*stmt.body.stmts, replace(let, targets=(made,), args=args)), results)
    return replace(stmt, targets=(*stmt.targets[:k], target, *stmt.targets[k + 1 :]), body=body)


def _before(stmt: With, count: Mapping[Var, int]) -> tuple[list[Let], With]:
    """Return the factors of what a region is given, and the region without them."""
    inside, before = bound(stmt.body), list[Let]()
    stmts = list(stmt.body.stmts)
    for _ in range(_ROUNDS):
        found = next((let for let in stmts if _begins(let, inside, count)), None)
        if found is None or not isinstance(found, Let):
            break
        stmts.remove(found)
        inside.discard(found.targets[0])
        before.append(found)
    if not before:
        return [], stmt
    return before, replace(stmt, body=Block(tuple(stmts), stmt.body.results))


def _begins(stmt: Stmt, inside: set[Var], count: Mapping[Var, int]) -> bool:
    core = _core(stmt)
    return core is not None and core not in inside and count.get(core) == 1


def _core(stmt: Stmt) -> Var | None:
    """Return what a statement is a multiple of."""
    if not isinstance(stmt, Let) or len(stmt.targets) != 1 or stmt.kwargs:
        return None
    if not among(stmt.fn, _SIGNS) and not among(stmt.fn, _FACTORS):
        return None
    read = [atom for atom in atoms(stmt) if isinstance(atom, Var)]
    numbers = [atom.value for atom in stmt.args if isinstance(atom, Const)]
    plain = all(type(number) in (int, float) for number in numbers)
    return read[0] if len(read) == 1 and plain else None

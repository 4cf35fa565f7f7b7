"""Overwrite a part of a cotangent only after what was there has been used up.

Before::

    part = d_u[1:-1]
    d_u.1 = put(d_u, 1:-1, 0.0)     # so part has to be copied
    d_h = part * h

After::

    part = d_u[1:-1]
    d_h = part * h
    d_u.1 = put(d_u, 1:-1, 0.0)

A derived write moves down to the first statement that reads its result, where views of what it
overwrites are read on the way.
"""

from __future__ import annotations

import operator
from dataclasses import replace

from srcgrad import runtime
from srcgrad.program import ops
from srcgrad.program.nodes import Block, Do, Let, Program, Stmt, Var
from srcgrad.program.walk import among, blocks, calls, free_in, with_blocks
from srcgrad.tidy.sides import mark_at

_PUTS = frozenset({runtime.put})
_LOOKS = frozenset({operator.getitem, runtime.unbroadcast})


def sink(program: Program) -> Program:
    """Return the program with derived writes further down."""
    if not calls(program.body, _PUTS):
        return program
    return replace(program, body=_sunk(program.body, False))


def _sunk(block: Block, derived: bool) -> Block:
    border = mark_at(block, derived)
    stmts: list[Stmt] = []
    for place, stmt in enumerate(block.stmts):
        inside = derived or place > border
        stmts.append(with_blocks(stmt, [_sunk(child, inside) for child in blocks(stmt)]))
    for at in range(len(stmts) - 1, -1, -1):
        stmt = stmts[at]
        if (derived or at > border) and isinstance(stmt, Let) and among(stmt.fn, _PUTS):
            to = _goal(stmts, at, stmt)
            if to > at + 1:
                stmts[at:to] = [*stmts[at + 1 : to], stmt]
    return Block(tuple(stmts), block.results)


def _goal(stmts: list[Stmt], at: int, put: Let) -> int:
    """Return before which statement a write is to come, or its own place."""
    looks = _views(stmts, at, put)
    goal = last = at + 1
    for place in range(at + 1, len(stmts)):
        stmt = stmts[place]
        read = free_in(stmt)
        if put.targets[0] in read or _writes(stmt, put) or isinstance(stmt, Do):
            break
        last = place + 1
        if not looks.isdisjoint(read):
            goal = last
    return goal


def _views(stmts: list[Stmt], at: int, put: Let) -> set[Var]:
    """Return the views of what a write overwrites that were taken before it."""
    found: set[Var] = set()
    for stmt in stmts[:at]:
        if isinstance(stmt, Let) and among(stmt.fn, _LOOKS) and len(stmt.targets) == 1:
            if stmt.args[0] is put.args[0] or stmt.args[0] in found:
                found.add(stmt.targets[0])
    return found


def _writes(stmt: Stmt, put: Let) -> bool:
    """Tell whether a statement would go on with the very array that the write is to change."""
    if not isinstance(stmt, Let) or not stmt.args:
        return False
    again = among(stmt.fn, _PUTS | {runtime.put_add}) or among(stmt.fn, ops.PLAIN)
    return again and stmt.args[0] is put.args[0]

"""Make a function of each region, so that what is inside it is gone when it is over.

y = with <region block>:          def block(x, w):
    z = x @ w               ->        z = x @ w
    -> tanh(z)                        return tanh(z)

                                  y = block(x, w)

What a region reads of the outside become parameters.  `inlined` goes the other way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from srcgrad.program.nodes import Block, Const, Let, Program, Stmt, Var, With
from srcgrad.program.regions import Region, region_of
from srcgrad.program.walk import alike, blocks, copied, free, statements, with_blocks

REGION = "region"
"""The note of a program that was a region."""


def outline(program: Program, types: dict[Any, Any] | None) -> Program:
    """Return the program with a call in place of each region."""
    for one in recursive(program):
        one.body = _outlined(one.body, None)
    return replace(program, body=_outlined(program.body, types))


def inlined(program: Program) -> Program:
    """Return the program with a region in place of each call of one."""
    for one in recursive(program):
        one.body = _inlined(one.body)
    return replace(program, body=_inlined(program.body))


def recursive(program: Program) -> list[Program]:
    """Return the programs that are called and are no regions."""
    found: list[Program] = []
    waiting = [program]
    while waiting:
        for stmt in statements(waiting.pop().body):
            if isinstance(stmt, Let) and isinstance(stmt.fn, Program) and stmt.fn not in found:
                found.append(stmt.fn)
                waiting.append(stmt.fn)
    return [one for one in found if REGION not in one.notes]


def everywhere(program: Program, work: Callable[[Program], Program]) -> Program:
    """Apply a pass to the functions of regions, and then to the program."""
    if not any(type(s) is Let and type(s.fn) is Program for s in statements(program.body)):
        return work(program)
    return work(replace(program, body=_everywhere(program.body, work)))


def _everywhere(block: Block, work: Callable[[Program], Program]) -> Block:
    stmts: list[Stmt] = []
    for stmt in block.stmts:
        stmt = with_blocks(stmt, [_everywhere(child, work) for child in blocks(stmt)])
        if isinstance(stmt, Let) and isinstance(stmt.fn, Program) and REGION in stmt.fn.notes:
            stmt = replace(stmt, fn=everywhere(stmt.fn, work))
        stmts.append(stmt)
    new = Block(tuple(stmts), block.results)
    return block if alike(block, new) else new


def _outlined(block: Block, types: dict[Any, Any] | None) -> Block:
    stmts: list[Stmt] = []
    for stmt in block.stmts:
        stmt = with_blocks(stmt, [_outlined(child, types) for child in blocks(stmt)])
        region = region_of(stmt)
        if region is not None and isinstance(stmt, With):
            if not stmt.targets:
                stmts += stmt.body.stmts
                continue
            stmts.append(_called(stmt, region, types))
        else:
            stmts.append(stmt)
    return Block(tuple(stmts), block.results)


def _called(stmt: With, region: Region, types: dict[Any, Any] | None) -> Let:
    outer = tuple(free(stmt.body))
    inner = tuple(_param(var, region) for var in outer)
    if types is not None:
        types.update((new, types[old]) for new, old in zip(inner, outer) if old in types)
    mapping: dict[Var, Any] = dict(zip(outer, inner, strict=True))
    body = copied_with_types(stmt.body, mapping, types)
    program = Program(region.name, inner, body, stmt.origin, {REGION: region})
    return Let(stmt.targets, program, outer, (), stmt.origin)


def _param(var: Var, region: Region) -> Var:
    """Return a parameter: it is named as in the user's function, if it is one of that."""
    name = region.names.get(var)
    return Var(var.hint, var.user) if name is None else Var(name, True)


def copied_with_types(block: Block, mapping: dict[Var, Any], types: dict[Any, Any] | None) -> Block:
    """Copy a block; the types of the new variables are those of the old ones."""
    new = copied(block, mapping)
    if types is not None:
        pairs: Mapping[Var, Any] = mapping
        types.update((var, types[old]) for old, var in pairs.items() if old in types)
    return new


def _inlined(block: Block) -> Block:
    stmts: list[Stmt] = []
    for stmt in block.stmts:
        stmt = with_blocks(stmt, [_inlined(child) for child in blocks(stmt)])
        if isinstance(stmt, Let) and isinstance(stmt.fn, Program) and REGION in stmt.fn.notes:
            region = Const(stmt.fn.notes[REGION])
            inside = copied(stmt.fn.body, dict(zip(stmt.fn.params, stmt.args, strict=True)))
            stmts.append(With(stmt.targets, region, Var(""), _inlined(inside), stmt.origin))
        else:
            stmts.append(stmt)
    return Block(tuple(stmts), block.results)

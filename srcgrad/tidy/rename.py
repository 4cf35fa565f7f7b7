"""Give variables the user's names that their values were about to get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from srcgrad.program.nodes import Block, Do, For, Stmt, Var, While
from srcgrad.program.walk import blocks, substitute, with_blocks


def renamed(block: Block, names: Mapping[Var, Var]) -> Block:
    """Replace variables where they are bound and where they are read.

    The new ones must not be bound anywhere else any more.
    """
    if not names:
        return block
    return _bindings(substitute(block, dict(names)), names)


def _bindings(block: Block, names: Mapping[Var, Var]) -> Block:
    return Block(tuple(_binding(stmt, names) for stmt in block.stmts), block.results)


def _binding(stmt: Stmt, names: Mapping[Var, Var]) -> Stmt:
    if isinstance(stmt, Do):
        return stmt
    new = with_blocks(stmt, [_bindings(child, names) for child in blocks(stmt)])
    assert not isinstance(new, Do)
    new = replace(new, targets=tuple(names.get(var, var) for var in new.targets))
    if isinstance(new, (For, While)):
        new = replace(new, carried=tuple(names.get(var, var) for var in new.carried))
    return replace(new, each=names.get(new.each, new.each)) if isinstance(new, For) else new

"""The questions about a block's structure that folding and printing have to answer alike."""

from __future__ import annotations

from collections.abc import Mapping

from srcgrad.program import ops, walk
from srcgrad.program.nodes import UNDEFINED, Block, Const, Do, If, Let, Program, Var

Counts = Mapping[Var, int]


def counted(program: Program) -> dict[Var, int]:
    """Count the readings of every variable; ``a and b`` reads ``a`` once."""
    count = walk.uses(program.body)
    for stmt in walk.statements(program.body):
        if isinstance(stmt, If) and is_short(stmt) and isinstance(stmt.test, Var):
            count[stmt.test] -= 1
    return count


def is_short(stmt: If) -> bool:
    """Tell whether an If is ``test and other`` or ``test or other``."""
    if stmt.form not in ("and", "or") or len(stmt.targets) != 1:
        return False
    arm = stmt.orelse if stmt.form == "and" else stmt.then
    return not arm.stmts and arm.results[0] is stmt.test


def tail(block: Block, count: Counts) -> If | None:
    """Return the If that a block ends with, if its targets are results of the block only."""
    final = block.stmts[-1] if block.stmts else None
    if not isinstance(final, If) or not final.targets:
        return None
    inside: dict[Var, int] = {}
    for atom in block.results:
        if isinstance(atom, Var):
            inside[atom] = inside.get(atom, 0) + 1
    read = [var for var in final.targets if count.get(var, 0)]
    if not read or any(inside.get(var, 0) != count[var] for var in read):
        return None
    return final


def stops(block: Block) -> bool:
    """Tell whether a block always raises."""
    if not block.stmts:
        return False
    final = block.stmts[-1]
    if isinstance(final, Do):
        return final.fn is ops.raise_
    return isinstance(final, If) and stops(final.then) and stops(final.orelse)


def is_undefined(atom: object) -> bool:
    """Tell whether an atom is the value of an unbound variable."""
    return isinstance(atom, Const) and atom.value is UNDEFINED


def returns_early(program: Program, count: Counts) -> bool:
    """Tell whether the arms of the last If read better with a ``return`` each."""
    final = tail(program.body, count)
    if final is None:
        return False
    named = [var for var in final.targets if var.user and count.get(var, 0)]
    return not named or any(map(_has_mark, (final.then, final.orelse))) or stops(final.then)


def _has_mark(block: Block) -> bool:
    if any(isinstance(stmt, Do) and stmt.fn is ops.mark for stmt in block.stmts):
        return True
    final = block.stmts[-1] if block.stmts else None
    return isinstance(final, If) and (_has_mark(final.then) or _has_mark(final.orelse))


def unpacks(block: Block, each: Var, count: Counts) -> Let | None:
    """Return the statement ``a, b = each`` that a loop body starts with, if nothing else reads."""
    first = block.stmts[0] if block.stmts else None
    if isinstance(first, Let) and first.fn in (ops.unpack, ops.unpack_star):
        if first.args[0] is each and count.get(each) == 1:
            return first
    return None

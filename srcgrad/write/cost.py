"""How long an expression will be, before anything has its name."""

from __future__ import annotations

from collections.abc import Mapping

from srcgrad.program import ops, walk
from srcgrad.program.nodes import Atom, Const, Do, Let, Stmt, Var

Exprs = Mapping[Var, Stmt]


def size(stmt: Stmt, exprs: Exprs) -> int:
    """Guess the number of columns of a statement's expression, with all that is folded in."""
    total = sum(atom_size(atom, exprs) for atom in walk.atoms(stmt))
    if isinstance(stmt, (Let, Do)):
        return own_size(stmt) + total
    results = (atom for block in walk.blocks(stmt) for atom in block.results)
    return 10 + total + sum(atom_size(atom, exprs) for atom in results)


def atom_size(atom: Atom, exprs: Exprs) -> int:
    """Guess the number of columns of an atom."""
    if isinstance(atom, Const):
        return len(atom.spelled or repr(atom.value)) if _is_short_const(atom) else 6
    stmt = exprs.get(atom)
    return size(stmt, exprs) if stmt is not None else len(atom.hint) or 6


def own_size(stmt: Let | Do) -> int:
    """Guess how many columns a call takes beside its arguments."""
    fn = stmt.fn
    if isinstance(fn, (ops.Attribute, ops.Method)):
        return len(fn.name) + 3
    module = getattr(fn, "__module__", "")
    if module in ("_operator", "srcgrad.program.ops") or fn is slice:
        return 2 + 2 * len(stmt.args) // 2
    return len(getattr(fn, "__name__", "function")) + 2 * max(1, len(stmt.args))


def _is_short_const(atom: Const) -> bool:
    return atom.spelled is not None or isinstance(atom.value, (bool, int, float, type(None)))

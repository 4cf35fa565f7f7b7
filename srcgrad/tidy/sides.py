"""Which statements are ours: those after the mark ``# backward`` in a block, and all in them.

Tangents, which stand between the user's statements, tell by their origin.
"""

from __future__ import annotations

from srcgrad.program import ops
from srcgrad.program.nodes import Block, Const, Do, Stmt


def is_tangent(stmt: Stmt) -> bool:
    """Tell whether a statement was put beside the user's, to carry a tangent."""
    return stmt.origin is not None and stmt.origin.derived


def is_mark(stmt: Stmt) -> bool:
    """Tell whether a statement is the mark between the forward and the backward part."""
    return (
        isinstance(stmt, Do)
        and stmt.fn is ops.mark
        and isinstance(stmt.args[0], Const)
        and stmt.args[0].value == "backward"
    )


def is_again(stmt: Stmt) -> bool:
    """Tell whether a statement is the mark before what is computed again on the way back."""
    return (
        isinstance(stmt, Do)
        and stmt.fn is ops.mark
        and isinstance(stmt.args[0], Const)
        and stmt.args[0].value == "again"
    )


def of_user(block: Block, derived: bool) -> tuple[bool, int]:
    """Tell whether the first statements of a block are ours, and where ours begin in any case.

    What is computed again is the user's: it is to give the same to the last bit.
    """
    if derived and any(map(is_again, block.stmts)):
        return False, mark_at(block)
    return derived, mark_at(block, derived)


def mark_at(block: Block, derived: bool = False) -> int:
    """Return the position of the first backward statement of a block.

    That is 0 in a block that lies inside a backward statement (``derived``), and the number of
    statements where the block has no mark.
    """
    if derived:
        return 0
    for place, stmt in enumerate(block.stmts):
        if is_mark(stmt):
            return place
    return len(block.stmts)

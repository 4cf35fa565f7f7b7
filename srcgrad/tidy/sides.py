"""Which statements are ours: those after the mark ``# backward`` in a block, and all in them."""

from __future__ import annotations

from srcgrad.program import ops
from srcgrad.program.nodes import Block, Const, Do, Stmt


def is_mark(stmt: Stmt) -> bool:
    """Tell whether a statement is the mark between the forward and the backward part."""
    return (
        isinstance(stmt, Do)
        and stmt.fn is ops.mark
        and isinstance(stmt.args[0], Const)
        and stmt.args[0].value == "backward"
    )


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

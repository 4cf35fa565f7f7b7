"""A branch that is one expression stays one, with another beside it for its tangent.

y = a if c else b       ->      y = a if c else b
                                t_y = t_a if c else t_b
"""

from __future__ import annotations

from dataclasses import replace

from srcgrad.program.nodes import Block, If, Stmt, Var


def side_by_side(stmt: If, then: Block, orelse: Block, new: tuple[Var, ...]) -> list[Stmt]:
    """Return a branch with tangents; their variables are ``new``.

    The arms have the results of the branch, and those of the tangents after them.
    """
    if stmt.form == "if" or len(stmt.targets) != 1 or then.stmts or orelse.stmts:
        form = "if" if stmt.form in ("and", "or") else stmt.form
        return [replace(stmt, targets=(*stmt.targets, *new), then=then, orelse=orelse, form=form)]
    arms = [Block((), arm.results[1:]) for arm in (then, orelse)]
    return [stmt, If(new, stmt.test, arms[0], arms[1], stmt.origin, "ternary")]

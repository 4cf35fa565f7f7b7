"""Pay back what was attempted, along the path that was taken, and what ran inside a context.

try:                               y, failed = try: (f(x), False)
    y = f(x)                                   except E: (g(x), True)
except E:                   ->     # backward
    y = g(x)                       d_x = if failed: d_y * dg(x) else: d_y * df(x)

What was computed inside ``np.errstate`` or ``warnings.catch_warnings`` is paid back inside the
same, so that neither half warns of what the user has silenced.  The other contexts are entered
once, on the way there.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from srcgrad.derive.frames import Frame
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import (
    UNDEFINED,
    Block,
    Const,
    Do,
    If,
    Stmt,
    Try,
    Var,
    With,
)
from srcgrad.program.walk import among, free_in

if TYPE_CHECKING:
    from srcgrad.derive.reverse import _Reverser

AGAIN = (np.errstate, warnings.catch_warnings)
"""The contexts that what is paid back is put into as well."""

FILTERS = (warnings.simplefilter, warnings.filterwarnings)


def attempt(walker: _Reverser, stmt: Try, frame: Frame, b: Builder) -> Try:
    """Pay an attempt back as a branch on whether it failed; return it with that as a target."""
    if stops(stmt.handler):
        made = walker.branch(If(stmt.targets, Const(True), stmt.body, stmt.handler), frame, b)
        return replace(stmt, targets=made.targets, body=made.then, handler=made.orelse)
    size, arms = len(b.stmts), (stmt.handler, stmt.body)
    told = _tells(stmt)
    targets, failed, flipped = stmt.targets, Var("failed"), False
    if told is not None:
        failed, flipped = told
    else:
        targets = (*targets, failed)
        arms = tuple(Block(arm.stmts, (*arm.results, Const(arm is stmt.handler))) for arm in arms)  # type: ignore[assignment]
    then, orelse = reversed(arms) if flipped else arms
    made = walker.branch(If(targets, failed, then, orelse, stmt.origin), frame, b)
    if stmt.error in frame.owed:
        walker.payer.refuse(
            stmt.origin,
            "cannot differentiate through an exception",
            "What it carries depends on what is differentiated.",
            "Compute it anew in the handler.",
        )
    if len(b.stmts) == size:
        return stmt
    body, handler = (made.then, made.orelse) if flipped else (made.orelse, made.then)
    return replace(stmt, targets=made.targets, body=body, handler=handler)


def _tells(stmt: Try) -> tuple[Var, bool] | None:
    """Return a target that is true where the attempt failed, or where (True) it did not."""
    rows = zip(stmt.targets, stmt.body.results, stmt.handler.results, strict=True)
    for var, one, other in rows:
        values = [atom.value for atom in (one, other) if isinstance(atom, Const)]
        if len(values) == 2 and all(type(value) in (bool, int) for value in values):
            if bool(values[0]) != bool(values[1]):
                return var, bool(values[0])
    return None


def stops(block: Block) -> bool:
    """Tell whether a block always raises."""
    final = block.stmts[-1] if block.stmts else None
    return isinstance(final, Do) and final.fn is ops.raise_


def within(walker: _Reverser, stmt: With, frame: Frame, b: Builder) -> With:
    """Pay back what was computed inside a context."""
    size, branch = len(b.stmts), as_branch(stmt)
    made = walker.branch(branch, frame, b)
    for place in range(size, len(b.stmts)):
        back = b.stmts[place]
        if isinstance(back, If) and back.test is branch.test:
            b.stmts[place : place + 1] = _entered(walker, stmt, back)
    return replace(stmt, targets=made.targets, body=made.then)


def as_branch(stmt: With) -> If:
    """Return a context as a branch whose other arm is never taken."""
    never = Do(ops.raise_, (Const(None),), (), stmt.origin)
    dead = Block((never,), tuple(Const(UNDEFINED) for _ in stmt.targets))
    return If(stmt.targets, Const(True), stmt.body, dead, stmt.origin)


def _entered(walker: _Reverser, stmt: With, back: If) -> list[Stmt]:
    """Put the way back into a context of its own; what is entered once leaves it as it is."""
    made = walker.known.get(stmt.manager) if isinstance(stmt.manager, Var) else None
    if made is None or not among(made.fn, AGAIN):
        return [back]
    manager = Var(made.targets[0].hint)
    filters = tuple(inner for inner in stmt.body.stmts if _is_filter(inner))
    body = Block((*filters, *back.then.stmts), back.then.results)
    return [
        replace(made, targets=(manager,)),
        With(back.targets, manager, Var(""), body, stmt.origin),
    ]


def _is_filter(stmt: Stmt) -> bool:
    return isinstance(stmt, Do) and among(stmt.fn, FILTERS) and not free_in(stmt)

"""Settle attempts: a handler begins with everything as it was before.

try:                        u.2 = try:
    u[0] = f(x)      ->         -> put(u, 0, f(x))
except E: pass              except E: -> u
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Any

from srcgrad.facts.effects import is_made_in, writing
from srcgrad.program import ops
from srcgrad.program.nodes import Const, Do, If, Try
from srcgrad.program.walk import free, uses
from srcgrad.read.settle_branches import branch

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


def attempt(s: Settler, stmt: Try) -> None:
    """Settle an attempt: its handler begins with everything as it was before."""
    looked, last = _looked(s, stmt), stmt.body.stmts[-1] if stmt.body.stmts else None
    for inner, target in writing(stmt.body):
        if not s.tracked(target) or is_made_in(stmt.body, target) or inner is last:
            continue
        if looked is None or s.groups.of(target) in looked:
            s.refuse(
                "cannot follow a write inside 'try'",
                "How much had been written when the exception was raised would be lost.",
                "Compute the value inside the 'try' and write it after it.",
                inner.origin,
            )
            return
    place = len(s.b.stmts)
    branch(s, If(stmt.targets, Const(True), stmt.body, stmt.handler, stmt.origin))
    made = s.b.stmts[place]
    assert isinstance(made, If)
    s.b.stmts[place] = Try(
        made.targets, stmt.caught, stmt.error, made.then, made.orelse, stmt.origin
    )


def _looked(s: Settler, stmt: Try) -> Container[Any] | None:
    """Return what memory a handler looks at before it raises, or None where that may be any."""
    *_, last = stmt.handler.stmts or (None,)
    if not isinstance(last, Do) or last.fn is not ops.raise_:
        return None
    again = any(atom is stmt.error for atom in last.args)
    if uses(stmt.handler).get(stmt.error, 0) > again:
        return None  # an exception may carry arrays
    return s.groups.regions.reached(v for v in free(stmt.handler) if v is not stmt.error)

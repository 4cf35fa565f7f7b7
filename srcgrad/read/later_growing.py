"""Lists that a loop only adds parts of one array to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import (
    Atom,
    For,
    Let,
    Var,
    While,
)
from srcgrad.program.walk import (
    among,
)
from srcgrad.read.later_lists import puts_back
from srcgrad.read.later_nouns import PUTS

if TYPE_CHECKING:
    from srcgrad.read.later import Later


def growing_lists(
    work: Later, stmt: For | While, scope: frozenset[Var], b: Builder, kinds: dict[int, Any]
) -> dict[int, tuple[Var, Var]]:
    """Find the lists that a loop only adds views of one array to."""
    found: dict[int, tuple[Var, Var]] = {}
    skip = int(stmt.exits)
    for k, var in enumerate(stmt.carried):
        init, result = stmt.init[k], stmt.body.results[skip + k]
        appended = added(work, result, var)
        if appended is None or not isinstance(init, Var):
            continue
        before = work.views.get(init)
        if before is not None and not appended:
            found[k] = (before.parent, before.places)
        if not appended:
            continue
        let = work.defined.get(init)
        shared = [p for p in work.places(appended[0]) if p in scope]
        shared = [p for p in shared if all(p in work.places(one) for one in appended)]
        if before is not None and before.parent in shared and not before.axis:
            found[k] = (before.parent, before.places)
        elif before is None and shared and is_empty(work, let):
            found[k] = (shared[0], b.let(ops.make_list, hint=init.hint))
            kinds[k] = work.kind_of(work.places(appended[0])[shared[0]])
    return found


def is_empty(work: Later, let: Let | None) -> bool:
    """Tell whether a list is ``[]``."""
    return let is not None and let.fn is ops.make_list and not let.args


def added(work: Later, atom: Atom, var: Var) -> list[Atom] | None:
    """Return what was added to a list since it was another variable; None if more was done."""
    found: list[Atom] = []
    while isinstance(atom, Var) and atom is not var:
        let = work.defined.get(atom)
        if let is not None and let.fn is ops.list_append:
            found.append(let.args[1])
        elif let is None or not among(let.fn, PUTS) or not puts_back(work, let):
            return None
        atom = let.args[0]
    return found

"""Which part of an array a branch chooses, or which of two arrays.

v = if c: u[:3] else: u[2:]       i = if c: slice(3) else: slice(2, None)
v[0] = y                    ->    u[i][0] = y
"""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import TYPE_CHECKING

from srcgrad.facts.kinds import Arr, Seq
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import (
    Atom,
    Block,
    Const,
    If,
    Let,
    Var,
)
from srcgrad.read.later_nouns import has_rank

if TYPE_CHECKING:
    from srcgrad.read.later import Later


def common(
    work: Later, one: Atom, other: Atom, scope: frozenset[Var]
) -> tuple[Var, Atom, Atom] | None:
    """Return what two variables both look into, and where."""
    mine, theirs = work.places(one), work.places(other)
    for parent, place in mine.items():
        if parent in theirs and parent in scope:
            return parent, place, theirs[parent]
    return None


def branch(work: Later, stmt: If, scope: frozenset[Var], b: Builder) -> None:
    """Go through a branch: of two parts of one array, where they are is chosen."""
    then, orelse = (work.block(one, scope) for one in (stmt.then, stmt.orelse))
    made = list(stmt.targets)
    arms = [list(then.results), list(orelse.results)]
    after: list[Let] = []
    for k, target in enumerate(stmt.targets):
        if not has_rank(work.types.get(target), 1):
            continue
        here = scope | set(work.pairs)
        found = common(work, arms[0][k], arms[1][k], here) or chosen(
            work, arms[0][k], arms[1][k], here, b
        )
        if found is not None and arms[0][k] is arms[1][k]:
            work.defined[target] = Let((target,), ops.same, (arms[0][k],))
        if found is None or found[1] is found[2]:
            continue
        parent, arms[0][k], arms[1][k] = found
        made[k] = Var("i")
        work.types[made[k]] = work.kind_of(found[1])
        let = Let((target,), operator.getitem, (parent, made[k]), (), stmt.origin)
        work.defined[target] = let
        after.append(let)
        work.changed = True
    new = [Block(arm.stmts, tuple(rs)) for arm, rs in zip((then, orelse), arms, strict=True)]
    b.add(replace(stmt, targets=tuple(made), then=new[0], orelse=new[1]), *after)


def chosen(
    work: Later, one: Atom, other: Atom, scope: frozenset[Var], b: Builder
) -> tuple[Var, Atom, Atom] | None:
    """Put two arrays into a list, of which one is chosen."""
    kinds = [work.types.get(atom) if isinstance(atom, Var) else None for atom in (one, other)]
    if one is other or one not in scope or other not in scope:
        return None
    if not all(has_rank(kind, 1) for kind in kinds):
        return None
    a, c = kinds
    assert isinstance(a, Arr) and isinstance(c, Arr)
    if a.dtype != c.dtype or len(a.dims) != len(c.dims):
        return None
    for both, items in work.pairs.items():
        if both in scope and one in items and other in items:
            return both, Const(items.index(one)), Const(items.index(other))
    both = b.let(ops.make_list, one, other, hint="both")
    work.pairs[both] = (one, other)
    work.types[both] = Seq(list, (a, c))
    return both, Const(0), Const(1)

"""Which array the carried variables of a loop look into in every turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from srcgrad.facts.kinds import Seq
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import (
    Atom,
    Const,
    For,
    Var,
    While,
)
from srcgrad.read.later_lists import named_first
from srcgrad.read.later_nouns import has_rank, kind_key

if TYPE_CHECKING:
    from srcgrad.read.later import Later


def guessed(work: Later, stmt: For | While, scope: frozenset[Var], b: Builder) -> dict[int, Var]:
    """Return what carried variables look into in every turn, where it is the same array."""
    skip = int(stmt.exits)
    numbers = {var: k for k, var in enumerate(stmt.carried)}
    parents: dict[int, list[Var]] = {}
    ends: dict[int, Atom] = {}
    for k, var in enumerate(stmt.carried):
        ends[k] = named_first(work, stmt.body.results[skip + k])
        if has_rank(work.types.get(var), 1) and ends[k] is not var:
            parents[k] = [p for p in work.places(stmt.init[k]) if p in scope]
    while True:
        left = {k: still(work, parents, k, stmt, ends[k], numbers) for k in parents}
        if left == parents:
            break
        parents = left
    found = {k: seen[0] for k, seen in parents.items() if seen}
    found.update(circle(work, stmt, {k for k in parents if k not in found}, ends, numbers, b))
    return found


def still(
    work: Later,
    parents: Mapping[int, list[Var]],
    k: int,
    stmt: For | While,
    end: Atom,
    numbers: Mapping[Var, int],
) -> list[Var]:
    """Return those arrays that a carried variable still looks into at the end of a turn."""
    other = numbers.get(end)  # type: ignore[arg-type]
    if other is not None:
        return [p for p in parents[k] if p in parents.get(other, ())]
    seen = reached(work, end, stmt.carried[k])
    return [p for p in parents[k] if seen and all(p in places for places in seen)]


def circle(
    work: Later,
    stmt: For | While,
    left: set[int],
    ends: Mapping[int, Atom],
    numbers: Mapping[Var, int],
    b: Builder,
) -> dict[int, Var]:
    """Put arrays that change places in a loop into a list: what is handed on is their place."""
    inits = [stmt.init[k] for k in sorted(left)]
    kinds = [work.types.get(stmt.carried[k]) for k in sorted(left)]
    inside = all(numbers.get(ends[k], -1) in left for k in left)  # type: ignore[arg-type]
    if len(left) < 2 or not inside or not all(isinstance(atom, Var) for atom in inits):
        return {}
    if len(set(inits)) < len(inits) or len({kind_key(kind) for kind in kinds}) > 1:
        return {}
    both = b.let(ops.make_list, *inits, hint="both")
    work.pairs[both] = tuple(inits)
    work.types[both] = Seq(list, tuple(kinds))  # type: ignore[arg-type]
    for k, (place, atom) in zip(sorted(left), enumerate(inits), strict=True):
        assert isinstance(atom, Var)
        work.firsts[stmt.carried[k]] = Const(place)
    return dict.fromkeys(left, both)


def reached(work: Later, atom: Atom, var: Var) -> list[dict[Var, Atom]]:
    """Return what a variable may look into at the end of a turn, arm by arm."""
    atom = named_first(work, atom)
    if atom is var:
        return []
    made = work.arms.get(atom) if isinstance(atom, Var) else None
    if made is None:
        return [work.places(atom)]
    return [places for one in made for places in reached(work, one, var)]

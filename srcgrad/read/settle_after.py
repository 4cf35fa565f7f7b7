"""Say what the targets of a loop are: what it carries, and what it collects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcgrad.program.nodes import Atom, For, Var, While
from srcgrad.read import boxes, twins
from srcgrad.read.places import Place, Root, Same, State
from srcgrad.read.settle_names import Names
from srcgrad.read.settle_plans import Plan

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


def after(
    s: Settler,
    stmt: For | While,
    tracked: list[int],
    own: list[int],
    plan: Plan,
    outer: dict[Place, None],
    end: State,
    names: Names,
) -> None:
    """Say what the targets of a loop are."""
    skip = int(stmt.exits)
    made: dict[Var, Place] = {}
    for k in tracked:
        target, var = stmt.targets[skip + k], stmt.carried[k]
        s.tracks[target] = True
        if k not in own:
            start = stmt.init[k]
            assert isinstance(start, Var)
            s.refs[target] = Same(start)
            continue
        near = [place for place in outer if place.root in plan.reach.get(var, ())]
        foreign = frozenset(v for place in near for v in place.foreign)
        opaque = any(place.opaque for place in near)
        place = made[var] = s.root(target, foreign=foreign, opaque=opaque)
        links = names.links(var, names.outs)
        twins.link(s, place, links)
        for other in near:
            if other not in twins.linked(s, links):
                place.join(other)
        if var in plan.stale:
            s.state.stale[place] = plan.stale[var]
    for a, b in plan.ties:
        if a in made and b in made:
            made[a].entangle(made[b])
    collected = stmt.targets[skip + len(stmt.carried) :]
    for target, atom in zip(collected, stmt.body.results[skip + len(stmt.carried) :], strict=True):
        if not s.tracked(target):
            continue
        seen = [p for q in s.places(atom) for p in (*q.family(), *q.aliases, *q.inside())]
        near = [p for p in seen if p in outer]
        foreign = frozenset(v for place in near for v in place.foreign)
        place = s.root(target, foreign=foreign)
        place.boxed = boxes.wanted(s, target) and _is_collected_alone(s, stmt, atom, outer)
        for other in near:
            place.hold(other)
            if other.root in plan.written:
                s.state.stale[place] = stmt.origin


def _is_collected_alone(
    s: Settler, stmt: For | While, atom: Atom, outer: dict[Place, None]
) -> bool:
    """Tell whether every turn gives a list an array that nobody else has."""
    if not isinstance(atom, Var) or not s.tracked(atom):
        return False
    ref = s.refs.get(s.base(atom))
    others = [p for other in stmt.body.results if other is not atom for p in s.places(other)]
    if not isinstance(ref, Root) or ref.place in outer or ref.place in others:
        return False
    place = ref.place
    alone = place.alone() and not place.foreign
    return alone and place.sort == "array" and stmt.body.results.count(atom) == 1

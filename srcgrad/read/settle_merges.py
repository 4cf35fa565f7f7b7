"""Say what the targets of a branch are, each one of several variables.

v = if c: u else: w         v is a Place of its own, which may be that of u or of w
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from srcgrad.program.build import Builder
from srcgrad.program.nodes import UNDEFINED, Atom, Block, Const, If, Var, With
from srcgrad.program.walk import arms as arms_of
from srcgrad.program.walk import bound
from srcgrad.read import twins
from srcgrad.read.outside import taken_out
from srcgrad.read.places import Place, Same

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


@dataclass(frozen=True, slots=True)
class _Same:
    """Whether a target is another name of an array: at the ends of arms, and behind them."""

    target: Var
    var: Var
    flags: list[Atom]
    flag: Var


def sames_of(
    s: Settler,
    stmt: If | With,
    ends: Sequence[Sequence[Atom]],
    builders: Sequence[Builder],
    scope: Collection[Place],
) -> list[_Same]:
    """Return what is to be asked of targets that are perhaps other names of arrays."""
    if not s.asks:
        return []
    inside = {var for block in arms_of(stmt) for var in bound(block)}
    return [
        _Same(target, var, flags, twins.flag_of(s))
        for target, *row in zip(stmt.targets, *ends, strict=True)
        if s.tracked(target)
        for var, flags in twins.rows(s, target, row, builders, scope)
        if var not in inside
    ]


NOT_ASKED = Const(UNDEFINED)
"""Stands for what a target would be after a ``return``."""


def merge(
    s: Settler,
    targets: Sequence[Var],
    ends: Sequence[tuple[Sequence[Atom], Mapping[Place, Any]]],
    outer: set[Place],
    arms: Sequence[Block],
    sames: Sequence[_Same],
) -> None:
    """Say what the targets of a branch are, each one of several variables.

    ``ends`` are the results of the arms, each with what was stale at the end of its arm.
    """
    inner: dict[Place, list[Place]] = {}
    inside = {var for block in arms for var in bound(block)}
    for k, target in enumerate(targets):
        if not s.tracked(target):
            continue
        row = [results[k] for results, _ in ends if results[k] is not NOT_ASKED]
        sources = {place: None for atom in row for place in s.places(atom)}
        first = row[0]
        known = isinstance(first, Var) and all(
            isinstance(a, Var) and s.base(a) is s.base(first) for a in row
        )
        if known and isinstance(first, Var) and sources and outer.issuperset(sources):
            if s.base(first) not in inside:
                s.refs[target] = Same(first)
                continue
            if taken_out(s, target, s.base(first), inside):
                continue
        foreign = frozenset(var for place in sources for var in place.foreign)
        opaque = any(place.opaque for place in sources)
        opaque |= any(isinstance(a, Const) and not _is_plain(a.value) for a in row)
        made = s.root(target, foreign=foreign, opaque=opaque)
        links = [(same.var, same.flag) for same in sames if same.target is target]
        twins.link(s, made, links)
        told = twins.linked(s, links)
        for place in sources:
            if place in told:
                continue
            if place in outer:
                made.come_from(place)
            above = set() if place in outer else twins.above(place, outer)
            for other in (place.aliases | place.inside()) & outer - told | above - told:
                made.come_from(other)
            for other in inner.get(place, ()):
                made.entangle(other)
            inner.setdefault(place, []).append(made)
            for holder in place.holders & outer:
                holder.hold(made)
        for results, stale in ends:
            for place in s.places(results[k]):
                if place in stale:
                    s.state.stale[made] = stale[place]


def _is_plain(value: Any) -> bool:
    return value is None or value is UNDEFINED or isinstance(value, (bool, int, float, str))

"""Types of the schedules by which the way back goes from snapshot to snapshot."""

from __future__ import annotations

from srcgrad.facts.joins import Joiner
from srcgrad.facts.kinds import UNKNOWN, Arr, ListOf, Py, Seq, Type
from srcgrad.facts.sizes import Sizes

_INT = Py(int)
_SPANS = ListOf(list, Seq(tuple, (_INT, _INT)))


def spans(sizes: Sizes, *args: Type) -> Type:
    """``sweep(n, count)``: pairs of turns."""
    return _SPANS


def plan(sizes: Sizes, *args: Type) -> Type:
    """``backwards(n, count)``: pairs of turns to run forward, and the turns of a segment."""
    return ListOf(list, Seq(tuple, (_SPANS, _INT, _INT)))


def snapshot(sizes: Sizes, snapshots: Type, state: Type, count: Type) -> Type:
    """``snapshot(snapshots, state, count)``: the snapshots, and a turn."""
    more = Joiner(sizes)(snapshots, ListOf(list, state))
    return Seq(tuple, (more, _INT))


def whole_number(sizes: Sizes, *args: Type) -> Type:
    """``snapshots_in(size, *state)``: a number."""
    return _INT


def chained(sizes: Sizes, parts: Type) -> Type:
    """``chained(parts)``: the items of all."""
    part = parts.item if isinstance(parts, ListOf) else UNKNOWN
    match part:
        case ListOf():
            return ListOf(list, sizes.instantiate(part.item))
        case Arr(dtype, dims) if dims:
            return ListOf(list, Arr(dtype, dims[1:], len(dims) == 1))
    return UNKNOWN

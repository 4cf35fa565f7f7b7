"""Functions that sort, rank, look up or choose.  Ties share equally."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.program.ops import method
from srcgrad.rules.table import linear, pull, zero


@pull(np.sort)
def _sort(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = -1,
    kind: Any = None,
    order: Any = None,
    *,
    stable: Any = None,
) -> Any:
    shared = runtime.share_ties(g, y, axis)
    if axis is None:
        back = runtime.put(np.zeros_like(g), np.argsort(x, None), shared)
        return np.reshape(back, np.shape(x))
    if np.ndim(x) == 1:
        return runtime.put(np.zeros_like(g), np.argsort(x), shared)
    places = runtime.along_axis(np.argsort(x, axis), axis, np.shape(x))
    return runtime.put(np.zeros_like(g), places, shared)


# Which element went where is found by sorting both; elements around ``kth`` are in any order.
@pull(np.partition)
def _partition(
    g: Any, y: Any, x: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None
) -> Any:
    along = 0 if axis is None else axis
    ranked = np.take_along_axis(g, np.argsort(y, along), along)
    shared = runtime.share_ties(ranked, np.sort(y, along), along)
    if axis is None:
        back = runtime.put(np.zeros_like(g), np.argsort(x, None), shared)
        return np.reshape(back, np.shape(x))
    places = runtime.along_axis(np.argsort(x, axis), axis, np.shape(x))
    return runtime.put(np.zeros_like(g), places, shared)


@pull(runtime.share_ties)
def _share_ties(g: Any, y: Any, x: Any, by: Any, axis: Any = -1) -> Any:
    return runtime.share_ties(g, by, axis), np.zeros_like(by)


@linear(np.take_along_axis)
def _take_along_axis(g: Any, y: Any, x: Any, indices: Any, axis: Any = -1) -> Any:
    if axis is None:
        flat = runtime.put_add(np.zeros(np.size(x), y.dtype), np.ravel(indices), g)
        return np.reshape(flat, np.shape(x))
    grid = np.indices(np.shape(g), sparse=True)
    along = axis % np.ndim(x)
    places = tuple(indices if k == along else grid[k] for k in range(np.ndim(x)))
    return runtime.put_add(runtime.zeros_like(x), places, g)


@linear(np.delete)
def _delete(g: Any, y: Any, x: Any, obj: Any, axis: Any = None) -> Any:
    if axis is None:
        left = np.delete(np.arange(np.size(x)), obj)
        flat = runtime.put_add(np.zeros(np.size(x), y.dtype), left, g)
        return np.reshape(flat, np.shape(x))
    left = np.delete(np.arange(np.shape(x)[axis]), obj)
    total = np.moveaxis(runtime.zeros_like(x), axis, 0)
    return np.moveaxis(runtime.put_add(total, left, np.moveaxis(g, axis, 0)), 0, axis)


@pull(np.select)
def _select(g: Any, y: Any, condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    which = np.select(condlist, list(range(len(condlist))), -1)
    parts = [
        runtime.unbroadcast(np.where(which == k, g, 0.0), choice)
        for k, choice in enumerate(choicelist)
    ]
    return None, parts, runtime.unbroadcast(np.where(which == -1, g, 0.0), default)


# At a node the slope is that of the piece to its right; outside the nodes it is 0.
@pull(np.interp)
def _interp(
    g: Any,
    y: Any,
    x: Any,
    xp: Any,
    fp: Any,
    left: Any = None,
    right: Any = None,
    period: Any = None,
) -> Any:
    if period is not None:
        period = np.abs(period)
        order = np.argsort(xp % period)
        nodes, values = np.take(xp % period, order), np.take(fp, order)
        nodes = np.concatenate([nodes[-1:] - period, nodes, nodes[:1] + period])
        values = np.concatenate([values[-1:], values, values[:1]])
        to_x, to_nodes, to_values = between(g, x % period, nodes, values)
        to_xp = runtime.put(np.zeros(np.size(xp)), order, from_circle(to_nodes))
        to_fp = runtime.put(np.zeros(np.size(fp)), order, from_circle(to_values))
        return to_x, to_xp, to_fp, None, None
    before, after = x < np.take(xp, 0), x > np.take(xp, -1)
    to_left, to_right = np.sum(np.where(before, g, 0.0)), np.sum(np.where(after, g, 0.0))
    if left is not None:
        g = np.where(before, 0.0, g)
    if right is not None:
        g = np.where(after, 0.0, g)
    to_x, to_xp, to_fp = between(g, x, xp, fp)
    return to_x, to_xp, to_fp, to_left, to_right


def between(g: Any, x: Any, xp: Any, fp: Any) -> Any:
    """Pull back a piecewise linear function to places, nodes and values; constant outside."""
    last = np.size(xp) - 1
    i = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, max(last - 1, 0))
    j = np.minimum(i + 1, last)
    width = np.where(i < j, 1.0 * np.take(xp, j) - np.take(xp, i), 1.0)
    slope = (1.0 * np.take(fp, j) - np.take(fp, i)) / width
    inside = (x >= np.take(xp, 0)) & (x <= np.take(xp, -1))
    share = np.clip((x - np.take(xp, i)) / width, 0.0, 1.0)
    to_x = np.where(inside, g * slope, 0.0)
    to_xp = runtime.put_add(np.zeros(last + 1), i, -to_x * (1.0 - share))
    to_fp = runtime.put_add(np.zeros(last + 1), i, g * (1.0 - share))
    return (
        to_x,
        runtime.put_add(to_xp, j, -to_x * share),
        runtime.put_add(to_fp, j, g * share),
    )


def from_circle(d: Any) -> Any:
    """Undo the repetition of the last element in front and of the first at the end."""
    inner = runtime.put_add(d[1:-1], 0, d[-1])
    return runtime.put_add(inner, -1, d[0])


zero(method("argpartition"))

"""Functions that sort, rank, look up or choose.  Ties share equally."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.program.ops import method
from srcgrad.rules.reductions import kept
from srcgrad.rules.table import linear, pull, share, zero


@pull(np.sort)
def _sort(g: Any, y: Any, x: Any, axis: Any = -1, kind: Any = None, order: Any = None) -> Any:
    shared = runtime.share_ties(g, y, axis)
    if axis is None:
        ranks = np.argsort(np.argsort(x, None, kind), None)
        return np.reshape(shared[ranks], np.shape(x))
    ranks = np.argsort(np.argsort(x, axis, kind), axis)
    return np.take_along_axis(shared, ranks, axis)


# Which order the entries have on either side of the k-th is left to NumPy: they are found by rank.
@pull(np.partition)
def _partition(g: Any, y: Any, x: Any, kth: Any, axis: Any = -1) -> Any:
    along = 0 if axis is None else axis
    order = np.argsort(y, along)
    shared = np.take_along_axis(g, order, along)
    shared = runtime.share_ties(shared, np.sort(y, along), along)
    ranks = np.argsort(np.argsort(x, axis), along)
    return np.reshape(np.take_along_axis(shared, ranks, along), np.shape(x))


@pull(runtime.share_ties)
def _share_ties(g: Any, y: Any, x: Any, by: Any, axis: Any = -1) -> Any:
    return runtime.share_ties(g, by, axis), np.zeros_like(by)


def equal_share(x: Any, best: Any, axis: Any) -> Any:
    """Return the equal shares of the elements of ``x`` that are as large as ``best``."""
    hit = x == best
    return hit / np.sum(hit, axis=axis, keepdims=True, dtype=best.dtype)


# Of an even number of elements the middle two count half each.
@pull(np.median)
def _median(g: Any, y: Any, x: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    if isinstance(axis, tuple):
        raise runtime.refused()
    n = np.size(x) if axis is None else np.shape(x)[axis]
    ranked = np.sort(x, axis)
    along = 0 if axis is None else axis
    low = np.take(ranked, [(n - 1) // 2], along)
    high = np.take(ranked, [n // 2], along)
    shares = equal_share(x, low, axis) + equal_share(x, high, axis)
    return 0.5 * kept(g, axis, keepdims) * shares


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
def _interp(g: Any, y: Any, x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:
    if left is not None:
        g = np.where(x < np.take(xp, 0), 0.0, g)
    if right is not None:
        g = np.where(x > np.take(xp, -1), 0.0, g)
    i = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, np.size(xp) - 2)
    width = 1.0 * np.take(xp, i + 1) - np.take(xp, i)
    slope = (1.0 * np.take(fp, i + 1) - np.take(fp, i)) / width
    inside = (x >= np.take(xp, 0)) & (x <= np.take(xp, -1))
    share_right = np.clip((x - np.take(xp, i)) / width, 0.0, 1.0)
    to_fp = runtime.put_add(np.zeros(np.size(fp)), i, g * (1.0 - share_right))
    to_fp = runtime.put_add(to_fp, i + 1, g * share_right)
    return np.where(inside, g * slope, 0.0), None, to_fp


@pull(np.nansum)
def _nansum(
    g: Any, y: Any, x: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: Any = 0
) -> Any:
    return np.where(np.isnan(x), 0.0, kept(g, axis, keepdims))


@pull(np.nanmean)
def _nanmean(
    g: Any, y: Any, x: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: Any = 0
) -> Any:
    there = ~np.isnan(x)
    n = np.sum(there, axis=axis, keepdims=True, dtype=y.dtype)
    return np.where(there, kept(g, axis, keepdims) / n, 0.0)


@pull(np.nanmax)
def _nan_extreme(
    g: Any, y: Any, x: Any, axis: Any = None, out: None = None, keepdims: Any = False
) -> Any:
    return kept(g, axis, keepdims) * equal_share(x, np.asarray(kept(y, axis, keepdims)), axis)


share(np.nanmax, np.nanmin)
zero(method("argpartition"))

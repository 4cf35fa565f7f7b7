"""Medians, quantiles and percentiles.  Of equal elements each is owed the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import pull


def step(n: Any, method: Any) -> Any:
    """Return by how much a place among n sorted elements moves with q."""
    if method == "linear":
        return n - 1.0
    if method == "weibull":
        return n + 1.0
    if method == "median_unbiased":
        return n + 1.0 / 3.0
    if method == "normal_unbiased":
        return n + 0.25
    return 1.0 * n if method == "hazen" or method == "interpolated_inverted_cdf" else 0.0 * n


def rows(x: Any, axis: Any) -> Any:
    """Return an array with the axes of a reduction as its last one."""
    if np.ndim(x) == 1 and not isinstance(axis, tuple):
        return x
    if axis is None:
        return np.ravel(x)
    if isinstance(axis, tuple):
        moved = np.moveaxis(x, axis, range(-len(axis), 0))
        return np.reshape(moved, (*np.shape(moved)[: -len(axis)], -1))
    return np.moveaxis(x, axis, -1)


def unrows(d: Any, x: Any, axis: Any) -> Any:
    """Undo `rows` for a cotangent."""
    if np.ndim(x) == 1 and not isinstance(axis, tuple):
        return d
    if axis is None:
        return np.reshape(d, np.shape(x))
    if isinstance(axis, tuple):
        moved = np.shape(np.moveaxis(x, axis, range(-len(axis), 0)))
        return np.moveaxis(np.reshape(d, moved), range(-len(axis), 0), axis)
    return np.moveaxis(d, -1, axis)


def equal_share(x: Any, best: Any) -> Any:
    """Return the equal shares of the elements of each row that are as large as ``best``."""
    hit = x == best
    return hit / np.sum(hit, axis=-1, keepdims=True, dtype=best.dtype)


# Of an even number of elements the middle two count half each.
@pull(np.median)
def _median(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    out: None = None,
    overwrite_input: Any = False,
    keepdims: Any = False,
) -> Any:
    own = rows(x, axis)
    n = np.shape(own)[-1]
    ranked = np.partition(own, ((n - 1) // 2, n // 2), axis=-1)
    low, high = ranked[..., (n - 1) // 2, None], ranked[..., n // 2, None]
    shares = equal_share(own, low) + equal_share(own, high)
    return unrows(0.5 * column(g, own) * shares, x, axis)


def column(g: Any, own: Any) -> Any:
    """Return one number for each row as a column."""
    return g if np.ndim(own) == 1 else np.reshape(g, (*np.shape(own)[:-1], 1))


@pull(np.quantile)
def _quantile(
    g: Any,
    y: Any,
    x: Any,
    q: Any,
    axis: Any = None,
    out: None = None,
    overwrite_input: Any = False,
    method: Any = "linear",
    keepdims: Any = False,
    *,
    weights: Any = None,
) -> Any:
    to_x, to_q = quantile_pulled(g, y, x, q, axis, method, weights)
    return to_x, to_q, None, None, None, None, None, runtime.zeros_like(weights)


@pull(np.percentile)
def _percentile(
    g: Any,
    y: Any,
    x: Any,
    q: Any,
    axis: Any = None,
    out: None = None,
    overwrite_input: Any = False,
    method: Any = "linear",
    keepdims: Any = False,
    *,
    weights: Any = None,
) -> Any:
    to_x, to_q = quantile_pulled(g, y, x, np.divide(q, 100.0), axis, method, weights)
    return to_x, to_q / 100.0, None, None, None, None, None, runtime.zeros_like(weights)


def quantile_pulled(g: Any, y: Any, x: Any, q: Any, axis: Any, method: Any, weights: Any) -> Any:
    """Pull back quantiles: each lies between two neighbours among the sorted elements."""
    own = rows(x, axis)
    if weights is not None:
        counted = rows(np.broadcast_to(weights, np.shape(x)), axis) > 0
        return unrows(of_weighted(g, y, own, q, counted), x, axis), 0.0 * np.asarray(q)
    n = np.shape(own)[-1]
    if method == "linear":
        at = np.multiply(q, n - 1.0)
    else:
        at = np.quantile(np.arange(n) * 1.0, q, method=method)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, n - 1)
    share = (at - low).astype(own.dtype)
    if np.ndim(q) > 0:
        to_x, to_q = of_several(g, own, np.ravel(low), np.ravel(high), np.ravel(share))
        to_q = np.reshape(to_q, np.shape(q))
    else:
        ranked = np.partition(own, (low, high), axis=-1)
        below, above = ranked[..., low, None], ranked[..., high, None]
        g = column(g, own)
        to_x = (1.0 - share) * g * equal_share(own, below)
        to_x = to_x + share * g * equal_share(own, above)
        to_q = np.sum(g * (above - below))
    moves = np.where((at > 0) & (at < n - 1), step(n, method), 0.0)
    return unrows(to_x, x, axis), to_q * moves


def of_several(g: Any, own: Any, low: Any, high: Any, share: Any) -> Any:
    """Pull back several quantiles of each row: what sorting owes to what was sorted."""
    g = np.moveaxis(np.reshape(g, (len(low), *np.shape(own)[:-1])), 0, -1)
    ranked = np.sort(own, axis=-1)
    owed = runtime.put_add(np.zeros_like(own), (..., low), g * (1.0 - share))
    owed = runtime.put_add(owed, (..., high), g * share)
    owed = runtime.share_ties(owed, ranked, -1)
    places = runtime.along_axis(np.argsort(own, axis=-1), -1, np.shape(own))
    apart = g * (ranked[..., high] - ranked[..., low])
    return (
        runtime.put(np.zeros_like(own), places, owed),
        np.sum(np.reshape(apart, (-1, len(low))), axis=0),
    )


def of_weighted(g: Any, y: Any, own: Any, q: Any, counted: Any) -> Any:
    """Pull back a quantile of weighted elements, which is one of them."""
    if np.ndim(q) > 0:
        raise runtime.refused()
    shape = (*np.shape(own)[:-1], 1)
    hit = (own == np.reshape(y, shape)) & counted
    return np.reshape(g, shape) * hit / np.sum(hit, axis=-1, keepdims=True, dtype=own.dtype)


@pull(np.nanmedian)
def _nanmedian(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    out: None = None,
    overwrite_input: Any = False,
    keepdims: Any = False,
) -> Any:
    return nanquantile_pulled(g, x, 0.5, axis, "linear")[0]


@pull(np.nanquantile)
def _nanquantile(
    g: Any,
    y: Any,
    x: Any,
    q: Any,
    axis: Any = None,
    out: None = None,
    overwrite_input: Any = False,
    method: Any = "linear",
    keepdims: Any = False,
) -> Any:
    return nanquantile_pulled(g, x, q, axis, method)


@pull(np.nanpercentile)
def _nanpercentile(
    g: Any,
    y: Any,
    x: Any,
    q: Any,
    axis: Any = None,
    out: None = None,
    overwrite_input: Any = False,
    method: Any = "linear",
    keepdims: Any = False,
) -> Any:
    to_x, to_q = nanquantile_pulled(g, x, np.divide(q, 100.0), axis, method)
    return to_x, to_q / 100.0


def nanquantile_pulled(g: Any, x: Any, q: Any, axis: Any, method: Any) -> Any:
    """Pull back quantiles of the elements that are not NaN; each row has its own number of them."""
    own = rows(x, axis)
    n = np.sum(~np.isnan(own), axis=-1, keepdims=True)
    ranked = np.sort(own, axis=-1)
    if np.ndim(q) == 0:
        g = np.reshape(g, np.shape(n))
        to_x, to_q = of_present(g, own, ranked, n, q, method)
        return unrows(to_x, x, axis), to_q
    g = np.reshape(g, (np.size(q), *np.shape(n)))
    total, to_q = np.zeros_like(own), []
    for k, one in enumerate(np.ravel(q)):
        to_x, slope = of_present(g[k], own, ranked, n, one, method)
        total = total + to_x
        to_q.append(slope)
    return unrows(total, x, axis), np.reshape(np.array(to_q), np.shape(q))


def of_present(g: Any, own: Any, ranked: Any, n: Any, q: Any, method: Any) -> Any:
    """Pull back one quantile of the first ``n`` of the sorted elements of each row."""
    if method == "linear":
        at = np.maximum(q * (n - 1.0), 0.0)
    else:
        order = np.arange(np.shape(own)[-1])
        at = np.nanquantile(
            np.where(order < n, order, np.nan), q, axis=-1, method=method, keepdims=True
        )
        at = np.where(n > 0, at, 0.0)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, np.maximum(n - 1, 0))
    share = (at - low).astype(own.dtype)
    below = np.take_along_axis(ranked, low, -1)
    above = np.take_along_axis(ranked, high, -1)
    to_x = (1.0 - share) * g * equal_share(own, below) + share * g * equal_share(own, above)
    moves = np.where((at > 0) & (at < n - 1), step(n, method), 0.0)
    return to_x, np.sum(g * (above - below) * moves)

"""Averages, covariances, histograms."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.reductions import count, kept
from srcgrad.rules.table import pull


@pull(np.average)
def _average(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    weights: Any = None,
    returned: Any = False,
    *,
    keepdims: Any = False,
) -> Any:
    mean, to_mean = (y[0], g[0]) if returned else (y, g)
    owed = kept(to_mean, axis, keepdims)
    if weights is None:
        return np.broadcast_to(owed / count(y, x, axis), np.shape(x)), None, None
    wide = weights
    if np.ndim(weights) < np.ndim(x):
        rest = np.ndim(x) - np.ndim(weights)
        wide = np.reshape(weights, (*np.shape(weights), *(1,) * rest))
        wide = np.moveaxis(wide, range(np.ndim(weights)), axis) if axis is not None else wide
    owed = owed / np.sum(wide, axis=axis, keepdims=True)
    to_x = np.broadcast_to(owed * wide, np.shape(x))
    to_weights = owed * (x - kept(mean, axis, keepdims))
    if returned:
        to_weights = to_weights + kept(g[1], axis, keepdims)
    return to_x, None, np.reshape(runtime.unbroadcast(to_weights, wide), np.shape(weights))


def table(m: Any, rowvar: Any) -> Any:
    """Return observations as the rows of a matrix, one for each variable."""
    if np.ndim(m) == 2 and not rowvar and len(m) != 1:
        return m.T
    return np.reshape(m, (1, -1)) if np.ndim(m) < 2 else m


def untable(d: Any, m: Any, rowvar: Any) -> Any:
    """Undo `table` for a cotangent."""
    if np.ndim(m) == 2 and not rowvar and len(m) != 1:
        return d.T
    return np.reshape(d, np.shape(m))


def joined(m: Any, y: Any, rowvar: Any) -> Any:
    """Return the variables of two sets of observations as rows of one matrix."""
    if y is None:
        return table(m, rowvar)
    return np.concatenate([table(m, rowvar), table(y, rowvar)])


def taken_apart(d: Any, m: Any, y: Any, rowvar: Any) -> Any:
    """Undo `joined` for a cotangent."""
    if y is None:
        return untable(d, m, rowvar), None
    n = len(table(m, rowvar))
    return untable(d[:n], m, rowvar), untable(d[n:], y, rowvar)


# A centred row sums to 0, so that centring owes nothing back.
@pull(np.cov)
def _cov(
    g: Any,
    c: Any,
    m: Any,
    y: Any = None,
    rowvar: Any = True,
    bias: Any = False,
    ddof: Any = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    x = joined(m, y, rowvar)
    less = (0 if bias else 1) if ddof is None else ddof
    g = np.reshape(g, (len(x), len(x)))
    if fweights is None and aweights is None:
        apart = x - np.mean(x, axis=1, keepdims=True)
        n = np.shape(x)[1] - less
        to_m, to_y = taken_apart((g + g.T) @ apart / n, m, y, rowvar)
        return to_m, to_y, None, None, None, None, None
    w = 1.0
    if fweights is not None:
        w = w * fweights
    if aweights is not None:
        w = w * aweights
    total = np.sum(w)
    n = total - less
    if aweights is not None and less != 0:
        n = total - less * np.sum(w * aweights) / total
    apart = x - np.sum(x * w, axis=1, keepdims=True) / total
    to_m, to_y = taken_apart((g + g.T) @ (apart * w) / n, m, y, rowvar)
    if aweights is None:
        return to_m, to_y, None, None, None, None, None
    often = 1.0 if fweights is None else fweights
    more = often - less * often / total * (2.0 * aweights - np.sum(w * aweights) / total)
    to_weights = often * np.sum(apart * (g @ apart), axis=0) - np.sum(g * c) * more
    return to_m, to_y, None, None, None, None, to_weights / n


@pull(np.corrcoef)
def _corrcoef(
    g: Any, c: Any, m: Any, y: Any = None, rowvar: Any = True, *, dtype: Any = None
) -> Any:
    x = joined(m, y, rowvar)
    g = np.reshape(g, (len(x), len(x)))
    apart = x - np.mean(x, axis=1, keepdims=True)
    length = np.sqrt(np.sum(apart * apart, axis=1, keepdims=True))
    unit = apart / length
    owed = (g + g.T) @ unit
    along = np.sum(owed * unit, axis=1, keepdims=True)
    return taken_apart((owed - along * unit) / length, m, y, rowvar)


# How many there are of each number jumps; of what they weigh the counts are sums.
@pull(np.bincount)
def _bincount(g: Any, y: Any, x: Any, weights: Any = None, minlength: Any = 0) -> Any:
    return None, None if weights is None else np.take(g, x)


# Which bin an element falls into jumps; counts are sums of weights, and where the edges are
# follows the smallest and the largest element.
@pull(np.histogram)
def _histogram(
    g: Any,
    y: Any,
    x: Any,
    bins: Any = 10,
    range: Any = None,
    density: Any = None,
    weights: Any = None,
) -> Any:
    edges = y[1]
    to_counts, to_edges = g[0], 1.0 * g[1]
    flat, last = np.ravel(x), len(edges) - 2
    place = np.searchsorted(edges, flat, side="right") - 1
    place = np.where(flat == edges[-1], last, place)
    inside = (place >= 0) & (place <= last)
    if density:
        width = np.diff(edges)
        share = y[0] * width
        total = 1.0 * np.sum(inside) if weights is None else np.sum(np.ravel(weights)[inside])
        to_width = -to_counts * y[0] / width
        to_edges = runtime.put_add(to_edges, slice(1, None), to_width)
        to_edges = runtime.put_add(to_edges, slice(None, -1), -to_width)
        to_counts = (to_counts / width - np.sum(to_counts / width * share)) / total
    to_weights = None
    if weights is not None:
        owed = np.where(inside, np.take(to_counts, np.clip(place, 0, last)), 0.0)
        to_weights = np.reshape(owed, np.shape(weights))
    if np.ndim(bins) > 0:
        return runtime.zeros_like(x), to_edges, None, None, to_weights
    if range is not None:
        return runtime.zeros_like(x), None, None, None, to_weights
    return ends_pulled(to_edges, x), None, None, None, to_weights


def ends_pulled(g: Any, x: Any) -> Any:
    """Pull equally spaced edges back to the smallest and the largest element; ties share."""
    s = np.linspace(0.0, 1.0, len(g))
    low, high = np.equal(x, np.min(x)), np.equal(x, np.max(x))
    return low * (np.dot(1.0 - s, g) / np.sum(low)) + high * (np.dot(s, g) / np.sum(high))


@pull(np.histogram_bin_edges)
def _histogram_bin_edges(
    g: Any, y: Any, x: Any, bins: Any = 10, range: Any = None, weights: Any = None
) -> Any:
    if np.ndim(bins) > 0:
        return runtime.zeros_like(x), g
    if range is not None:
        return runtime.zeros_like(x), None
    return ends_pulled(g, x), None


def bin_of(x: Any, edges: Any) -> Any:
    """Return the bin of each element, or -1; the last bin includes its end."""
    last = len(edges) - 2
    place = np.searchsorted(edges, x, side="right") - 1
    place = np.where(x == edges[-1], last, place)
    return np.where(place > last, -1, place)


@pull(np.histogram2d)
def _histogram2d(
    g: Any,
    h: Any,
    x: Any,
    y: Any,
    bins: Any = 10,
    range: Any = None,
    density: Any = None,
    weights: Any = None,
) -> Any:
    if density:
        raise runtime.refused()
    spaced = range is None and np.ndim(bins) == 0
    if np.ndim(bins) > 0 and (np.any(g[1]) or np.any(g[2])):
        raise runtime.refused()
    row, column = bin_of(x, h[1]), bin_of(y, h[2])
    owed = np.where((row >= 0) & (column >= 0), g[0][row, column], 0.0)
    return (
        ends_pulled(g[1], x) if spaced else runtime.zeros_like(x),
        ends_pulled(g[2], y) if spaced else runtime.zeros_like(y),
        None,
        None,
        None,
        None if weights is None else owed,
    )


# With respect to the weights; edges that follow the sample are not.
@pull(np.histogramdd)
def _histogramdd(
    g: Any,
    h: Any,
    sample: Any,
    bins: Any = 10,
    range: Any = None,
    density: Any = None,
    weights: Any = None,
) -> Any:
    if density or weights is None:
        raise runtime.refused()
    owed, inside = g[0], True
    places = [bin_of(column, edges) for column, edges in zip(np.transpose(sample), h[1])]
    inside = np.all(np.stack(places) >= 0, axis=0)
    return None, None, None, None, np.where(inside, owed[tuple(places)], 0.0)

"""Sums, products, extremes, moments and running totals along axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import linear, pull, share


def kept(g: Any, axis: Any, keepdims: Any) -> Any:
    """Return the cotangent of a reduction with the reduced axes back in place."""
    if axis is None or keepdims:
        return g
    return np.expand_dims(g, axis)


def only(where: Any, g: Any) -> Any:
    """Return what is owed to the elements that a reduction looks at."""
    return g if where is None else np.where(where, g, 0.0)


def degrees(x: Any, axis: Any, ddof: Any, correction: Any, where: Any) -> Any:
    """Return what the squares are divided by in a variance."""
    less = ddof if correction is None else correction
    return count(x, axis, where) - less if less else count(x, axis, where)


def count(x: Any, axis: Any, where: Any = None) -> Any:
    """Return how many elements each result of a reduction was made of."""
    if where is not None:
        return np.sum(np.broadcast_to(where, np.shape(x)), axis=axis, keepdims=True, dtype=float)
    if axis is None:
        return np.size(x)
    if isinstance(axis, tuple):
        return np.size(x) // max(np.size(np.sum(x, axis=axis)), 1)
    return np.shape(x)[axis]


@linear(np.sum)
def _sum(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = 0,
    *,
    where: Any = None,
) -> Any:
    return only(where, np.broadcast_to(kept(g, axis, keepdims), np.shape(x)))


@linear(np.mean)
def _mean(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = 0,
    *,
    where: Any = None,
) -> Any:
    spread = np.broadcast_to(kept(g, axis, keepdims) / count(x, axis, where), np.shape(x))
    return only(where, spread)


# Ties share equally, with the initial value too.
@pull(np.max)
def _extreme(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    out: None = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    best = x == kept(y, axis, keepdims)
    if where is not None:
        best = best & where
    if axis is None and initial is None:
        return best * (g / np.sum(best, dtype=y.dtype))
    ties = np.sum(best, axis=axis, keepdims=True, dtype=y.dtype)
    if initial is not None:
        ties = ties + (kept(y, axis, keepdims) == initial)
    return best * (kept(g, axis, keepdims) / ties)


share(np.max, np.min, np.amax, np.amin)


@pull(np.ptp)
def _ptp(g: Any, y: Any, x: Any, axis: Any = None, out: None = None, keepdims: Any = False) -> Any:
    high = x == np.max(x, axis=axis, keepdims=True)
    low = x == np.min(x, axis=axis, keepdims=True)
    high = high / np.sum(high, axis=axis, keepdims=True, dtype=y.dtype)
    low = low / np.sum(low, axis=axis, keepdims=True, dtype=y.dtype)
    return kept(g, axis, keepdims) * (high - low)


@pull(np.prod)
def _prod(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = 0,
    initial: Any = None,
    where: Any = None,
) -> Any:
    factors = x if where is None else np.where(where, x, 1.0)
    start = kept(g, axis, keepdims) if initial is None else kept(g, axis, keepdims) * initial
    if axis is None:
        return only(where, start * runtime.product_of_others(factors))
    return only(where, start * runtime.product_of_others(factors, axis))


def centred(x: Any, axis: Any, where: Any) -> Any:
    """Return the deviations from the mean, and 0 for what is left out."""
    if where is not None:
        return np.where(where, x - np.mean(x, axis=axis, keepdims=True, where=where), 0.0)
    if axis is None:
        return x - np.mean(x)
    return x - np.mean(x, axis=axis, keepdims=True)


@pull(np.var)
def _var(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = None,
    correction: Any = None,
) -> Any:
    n = degrees(x, axis, ddof, correction, where)
    return kept(g, axis, keepdims) * (2.0 / n) * centred(x, axis, where)


# Where all elements are equal, 0.
@pull(np.std)
def _std(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = None,
    correction: Any = None,
) -> Any:
    n = degrees(x, axis, ddof, correction, where)
    if axis is None and where is None:
        return g / (n * np.where(y > 0, y, 1.0)) * centred(x, axis, where)
    return kept(g / np.where(y > 0, y, 1.0), axis, keepdims) / n * centred(x, axis, where)


@linear(np.cumsum)
def _cumsum(g: Any, y: Any, x: Any, axis: Any = None, dtype: Any = None, out: None = None) -> Any:
    if np.ndim(x) == 1:
        return np.cumsum(g[::-1])[::-1]
    if axis is None:
        return np.reshape(np.cumsum(g[::-1])[::-1], np.shape(x))
    if axis == 0:
        return np.cumsum(g[::-1], axis=0)[::-1]
    return np.flip(np.cumsum(np.flip(g, axis), axis), axis)


@pull(np.cumprod)
def _cumprod(g: Any, y: Any, x: Any, axis: Any = None, dtype: Any = None, out: None = None) -> Any:
    if axis is None:
        return np.reshape(running_products(g, np.ravel(x)), np.shape(x))
    along = running_products(np.moveaxis(g, axis, 0), np.moveaxis(x, axis, 0))
    return np.moveaxis(along, 0, axis)


def running_products(g: Any, x: Any) -> Any:
    """Pull back a running product along the first axis, exactly also where elements are 0.

    ``rest[i]`` is the sum over ``k >= i`` of ``g[k]`` times the elements between i and k.
    """
    if len(x) == 0:
        return g
    before = [np.ones_like(x[0])]
    for i in range(len(x) - 1):
        before.append(before[-1] * x[i])
    rest = [g[-1]]
    for i in range(len(x) - 1, 0, -1):
        rest.append(g[i - 1] + x[i] * rest[-1])
    return np.stack(before) * np.stack(rest[::-1])

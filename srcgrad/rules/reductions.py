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


def degrees(x: Any, axis: Any, ddof: Any) -> Any:
    """Return what the squares are divided by in a variance."""
    return count(x, axis) - ddof if ddof else count(x, axis)


def count(x: Any, axis: Any) -> Any:
    """Return how many elements each result of a reduction was made of."""
    if axis is None:
        return np.size(x)
    if isinstance(axis, tuple):
        return np.size(x) // max(np.size(np.sum(x, axis=axis)), 1)
    return np.shape(x)[axis]


@linear(np.sum)
def _sum(
    g: Any, y: Any, x: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: Any = 0
) -> Any:
    return np.broadcast_to(kept(g, axis, keepdims), np.shape(x))


@linear(np.mean)
def _mean(
    g: Any, y: Any, x: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: Any = 0
) -> Any:
    return np.broadcast_to(kept(g, axis, keepdims) / count(x, axis), np.shape(x))


# Ties share equally.
@pull(np.max)
def _extreme(
    g: Any, y: Any, x: Any, axis: Any = None, out: None = None, keepdims: Any = False
) -> Any:
    best = x == kept(y, axis, keepdims)
    if axis is None:
        return best * (g / np.sum(best, dtype=y.dtype))
    ties = np.sum(best, axis=axis, keepdims=True, dtype=y.dtype)
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
    g: Any, y: Any, x: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: Any = 0
) -> Any:
    if axis is None:
        return g * runtime.product_of_others(x)
    return kept(g, axis, keepdims) * runtime.product_of_others(x, axis)


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
) -> Any:
    if axis is None:
        return (2.0 / degrees(x, axis, ddof)) * g * (x - np.mean(x))
    centred = x - np.mean(x, axis=axis, keepdims=True)
    return kept(g, axis, keepdims) * (2.0 / degrees(x, axis, ddof)) * centred


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
) -> Any:
    if axis is None:
        return g / (degrees(x, axis, ddof) * np.where(y > 0, y, 1.0)) * (x - np.mean(x))
    centred = x - np.mean(x, axis=axis, keepdims=True)
    share_of_g = kept(g / np.where(y > 0, y, 1.0), axis, keepdims) / degrees(x, axis, ddof)
    return share_of_g * centred


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

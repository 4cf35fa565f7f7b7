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


def degrees(y: Any, x: Any, axis: Any, ddof: Any, correction: Any, where: Any) -> Any:
    """Return what the squares are divided by in a variance."""
    less = ddof if correction is None else correction
    return count(y, x, axis, where) - less if less else count(y, x, axis, where)


def count(y: Any, x: Any, axis: Any, where: Any = None) -> Any:
    """Return how many elements each result of a reduction was made of."""
    if where is not None:
        there = np.broadcast_to(where, np.shape(x))
        return np.sum(there, axis=axis, keepdims=True, dtype=y.dtype)
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
    initial: Any = None,
    where: Any = None,
) -> Any:
    to_x = only(where, np.broadcast_to(kept(g, axis, keepdims), np.shape(x)))
    return to_x, None, None, None, None, None if initial is None else np.sum(g)


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
    spread = np.broadcast_to(kept(g, axis, keepdims) / count(y, x, axis, where), np.shape(x))
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
        return best * (g / np.sum(best, dtype=y.dtype)), None, None, None, None
    ties = np.sum(best, axis=axis, keepdims=True, dtype=y.dtype)
    if initial is None:
        return best * (kept(g, axis, keepdims) / ties), None, None, None, None
    start = kept(y, axis, keepdims) == initial
    part = kept(g, axis, keepdims) / (ties + start)
    return best * part, None, None, None, np.sum(start * part)


share(np.max, np.min, np.amax, np.amin)


@pull(np.ptp)
def _ptp(g: Any, y: Any, x: Any, axis: Any = None, out: None = None, keepdims: Any = False) -> Any:
    if axis is None:
        return shared(g, y, x, np.max(x), axis) - shared(g, y, x, np.min(x), axis)
    g, high = kept(g, axis, keepdims), np.max(x, axis=axis, keepdims=True)
    low = np.min(x, axis=axis, keepdims=True)
    return shared(g, y, x, high, axis) - shared(g, y, x, low, axis)


def shared(g: Any, y: Any, x: Any, extreme: Any, axis: Any) -> Any:
    """Return what is owed to the elements that are as large as an extreme, shared by ties."""
    best = x == extreme
    if axis is None:
        return best * (g / np.sum(best, dtype=y.dtype))
    return best * (g / np.sum(best, axis=axis, keepdims=True, dtype=y.dtype))


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
    to_x = only(where, kept(g, axis, keepdims) * others(factors, axis))
    if initial is None:
        return to_x, None, None, None, None, None
    product = np.prod(factors, axis=axis, keepdims=keepdims)
    return initial * to_x, None, None, None, None, np.sum(g * product)


def others(x: Any, axis: Any) -> Any:
    """Return, for each element, the product of all the others along an axis."""
    return runtime.product_of_others(x) if axis is None else runtime.product_of_others(x, axis)


def centred(x: Any, axis: Any, where: Any, mean: Any = None) -> Any:
    """Return the deviations from the mean, and 0 for what is left out."""
    if mean is not None:
        return only(where, x - mean)
    if where is not None:
        return np.where(where, x - np.mean(x, axis=axis, keepdims=True, where=where), 0.0)
    if axis is None:
        return x - np.mean(x)
    return x - np.mean(x, axis=axis, keepdims=True)


def to_mean(to_x: Any, mean: Any) -> Any:
    """Return what is owed to a mean that was given."""
    return None if mean is None else -runtime.unbroadcast(to_x, mean)


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
    mean: Any = None,
    correction: Any = None,
) -> Any:
    n = degrees(y, x, axis, ddof, correction, where)
    to_x = kept(g, axis, keepdims) * (2.0 / n) * centred(x, axis, where, mean)
    return to_x, None, None, None, None, None, None, to_mean(to_x, mean)


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
    mean: Any = None,
    correction: Any = None,
) -> Any:
    n = degrees(y, x, axis, ddof, correction, where)
    if axis is None and where is None and mean is None:
        to_x = g / (n * np.where(y > 0, y, 1.0)) * centred(x, axis, where)
    else:
        scale = kept(g / np.where(y > 0, y, 1.0), axis, keepdims) / n
        to_x = scale * centred(x, axis, where, mean)
    return to_x, None, None, None, None, None, None, to_mean(to_x, mean)

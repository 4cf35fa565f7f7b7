"""Cotangents of arrays: undo broadcasting, products of others, ties of sorted arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def unbroadcast(g: Any, like: Any) -> Any:
    """Sum a cotangent over the axes along which its variable was broadcast.

    Parameters
    ----------
    g : array or scalar
        The cotangent of a broadcast result.
    like : array or scalar
        The operand; the result has its shape.
    """
    shape = np.shape(like)
    if np.shape(g) == shape:
        return g
    if isinstance(like, (list, tuple)) and isinstance(g, (list, tuple)):
        raise TypeError("lists were joined where numbers were expected to be added")
    extra = np.ndim(g) - len(shape)
    if extra < 0:
        return np.broadcast_to(g, shape)
    if extra > 0:
        g = np.sum(g, axis=tuple(range(extra)))
    pairs = zip(shape[len(shape) - np.ndim(g) :], np.shape(g), strict=True)
    axes = tuple(i for i, (n, m) in enumerate(pairs) if n == 1 and m != 1)
    if axes:
        g = np.sum(g, axis=axes, keepdims=True)
    return g if np.shape(g) == shape else np.broadcast_to(g, shape)


def times(g: Any, partial: Any) -> Any:
    """Return ``g * partial``, and 0 wherever ``g`` is 0, even if the partial is not finite.

    Parameters
    ----------
    g : array or scalar
        A cotangent that is 0 where a branch of ``np.where`` was not taken.
    partial : array or scalar
        A partial derivative of what was computed there.
    """
    if isinstance(partial, float) and math.isfinite(partial):
        return g * partial
    with np.errstate(invalid="ignore"):
        return np.where(g == 0, 0.0 * g, g * partial)[()]


def product_of_others(x: Any, axis: Any = None) -> Any:
    """Return, for each element, the product of all the others along an axis.

    Parameters
    ----------
    x : array
        The factors; zeros among them are exact.
    axis : int or tuple of int, optional
        The axes along which to multiply; all of them if not given.
    """
    x = np.asarray(x)
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    moved = np.moveaxis(x, axes, range(len(axes)))
    rest = moved.shape[len(axes) :]
    rows = moved.reshape(math.prod(moved.shape[: len(axes)]), *rest)
    whole = np.prod(rows, axis=0)
    if rows.dtype.kind == "f" and np.all(np.abs(whole) > np.finfo(rows.dtype).tiny):
        if np.all(np.isfinite(whole)):  # nothing was lost to overflow or underflow
            return np.moveaxis((whole / rows).reshape(moved.shape), range(len(axes)), axes)
    before, after = np.ones_like(rows), np.ones_like(rows)
    np.cumprod(rows[:-1], axis=0, out=before[1:])
    np.cumprod(rows[:0:-1], axis=0, out=after[1:])
    others = (before * after[::-1]).reshape(moved.shape)
    return np.moveaxis(others, range(len(axes)), axes)


def share_ties(g: Any, y: Any, axis: Any = -1) -> Any:
    """Return ``g`` averaged over runs of equal elements of ``y``, which is sorted.

    Parameters
    ----------
    g : array
        The cotangent of a sorted array.
    y : array
        The sorted array.
    axis : int, optional
        The axis along which it is sorted; None for a flat one.
    """
    along = 0 if axis is None else axis
    rows = np.moveaxis(y, along, -1)
    if rows.shape[-1] < 2 or not np.any(rows[..., 1:] == rows[..., :-1]):
        return g
    starts = np.ones(rows.shape, bool)
    starts[..., 1:] = rows[..., 1:] != rows[..., :-1]
    runs = np.cumsum(starts).reshape(rows.shape) - 1
    values = np.moveaxis(g, along, -1)
    means = np.bincount(runs.ravel(), values.ravel()) / np.bincount(runs.ravel())
    return np.moveaxis(means[runs].astype(values.dtype), -1, along)

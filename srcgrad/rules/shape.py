"""Rearrangements: shapes, axes, repetition, triangles, padding."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import linear


@linear(np.reshape)
def _reshape(g: Any, y: Any, x: Any, *shape: Any, order: Any = "C", **options: Any) -> Any:
    if order == "A":
        raise runtime.refused()
    return np.reshape(g, np.shape(x), order=order)


# In which order "A" and "K" read depends on the memory of x.
@linear(np.ravel)
def _ravel(g: Any, y: Any, x: Any, order: Any = "C") -> Any:
    if order == "A" or order == "K":
        raise runtime.refused()
    return np.reshape(g, np.shape(x), order=order)


for reshaped in (np.squeeze, np.expand_dims):
    linear(reshaped, lambda g, y, x, axis=None: np.reshape(g, np.shape(x)))
for at_least in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
    linear(at_least, lambda g, y, x: np.reshape(g, np.shape(x)))


@linear(np.transpose)
def _transpose(g: Any, y: Any, x: Any, axes: Any = None) -> Any:
    if axes is None:
        return np.transpose(g)
    return np.moveaxis(g, range(np.ndim(g)), axes)


linear(np.swapaxes, lambda g, y, x, axis1, axis2: np.swapaxes(g, axis1, axis2))
linear(np.moveaxis, lambda g, y, x, source, destination: np.moveaxis(g, destination, source))
linear(
    np.rollaxis,
    lambda g, y, x, axis, start=0: np.moveaxis(g, start if start <= axis else start - 1, axis),
)
linear(np.matrix_transpose, lambda g, y, x: np.swapaxes(g, -1, -2))


linear(np.broadcast_to, lambda g, y, x, shape: runtime.unbroadcast(g, x))


# What is done forwards is undone backwards.
linear(np.flip, lambda g, y, x, axis=None: np.flip(g, axis))
linear(np.fliplr, lambda g, y, x: np.fliplr(g))
linear(np.flipud, lambda g, y, x: np.flipud(g))
linear(np.rot90, lambda g, y, x, k=1, axes=(0, 1): np.rot90(g, -k, axes))


@linear(np.roll)
def _roll(g: Any, y: Any, x: Any, shift: Any, axis: Any = None) -> Any:
    if np.ndim(shift) == 0:
        return np.roll(g, -shift, axis)
    return np.roll(g, tuple(-s for s in shift), axis)


@linear(np.tril)
def _tril(g: Any, y: Any, x: Any, k: Any = 0) -> Any:
    if np.ndim(x) < 2:
        raise runtime.refused()
    return np.tril(g, k)


@linear(np.triu)
def _triu(g: Any, y: Any, x: Any, k: Any = 0) -> Any:
    if np.ndim(x) < 2:
        raise runtime.refused()
    return np.triu(g, k)


@linear(np.diag)
def _diag(g: Any, y: Any, v: Any, k: int = 0) -> Any:
    if np.ndim(v) == 1:
        return np.diagonal(g, k)
    return spread(g, v, k)


def spread(g: Any, x: Any, k: Any) -> Any:
    """Return zeros of the shape of a matrix with ``g`` on one of its diagonals."""
    i = np.arange(len(g))
    return runtime.put_add(runtime.zeros_like(x), (i + max(-k, 0), i + max(k, 0)), g)


@linear(np.repeat)
def _repeat(g: Any, y: Any, x: Any, repeats: Any, axis: Any = None) -> Any:
    if isinstance(repeats, int) and axis is None:
        return np.sum(np.reshape(g, (*np.shape(x), repeats)), axis=-1)
    if axis is None:
        flat = np.zeros(np.size(x), y.dtype)
        places = np.repeat(np.arange(np.size(x)), repeats)
        return np.reshape(runtime.put_add(flat, places, g), np.shape(x))
    places = np.repeat(np.arange(np.shape(x)[axis]), repeats)
    return add_along(g, x, places, axis)


def add_along(g: Any, x: Any, places: Any, axis: Any) -> Any:
    """Return zeros like ``x`` with the slices of ``g`` along an axis added at places."""
    total = np.moveaxis(runtime.zeros_like(x), axis, 0)
    return np.moveaxis(runtime.put_add(total, places, np.moveaxis(g, axis, 0)), 0, axis)


@linear(np.resize)
def _resize(g: Any, y: Any, a: Any, new_shape: Any) -> Any:
    flat = np.zeros(np.size(a), y.dtype)
    places = np.arange(np.size(g)) % max(np.size(a), 1)
    return np.reshape(runtime.put_add(flat, places, np.ravel(g)), np.shape(a))


@linear(np.tile)
def _tile(g: Any, y: Any, x: Any, reps: Any) -> Any:
    shape = (1,) * (np.ndim(g) - np.ndim(x)) + np.shape(x)
    pairs = [n for whole, part in zip(np.shape(g), shape) for n in (whole // max(part, 1), part)]
    tiles = np.reshape(g, pairs)
    return np.reshape(np.sum(tiles, axis=tuple(range(0, len(pairs), 2))), np.shape(x))


# Constant padding only: the others repeat elements of x.
@linear(np.pad)
def _pad(
    g: Any, y: Any, x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = 0
) -> Any:
    if mode != "constant" or isinstance(pad_width, dict):
        raise runtime.refused()
    if np.ndim(x) == 1 and isinstance(pad_width, int):
        return g[pad_width : pad_width + len(x)]
    widths = np.broadcast_to(pad_width, (np.ndim(x), 2))
    return g[tuple(slice(w[0], w[0] + n) for w, n in zip(widths, np.shape(x)))]


@linear(np.diff)
def _diff(g: Any, y: Any, x: Any, n: int = 1, axis: int = -1) -> Any:
    if np.ndim(x) == 1:
        return (-1.0) ** n * np.diff(np.pad(g, n), n)
    padded = np.pad(np.moveaxis(g, axis, 0), [(n, n)] + [(0, 0)] * (np.ndim(g) - 1))
    return (-1.0) ** n * np.moveaxis(np.diff(padded, n, 0), 0, axis)


@linear(np.take)
def _take(g: Any, y: Any, x: Any, indices: Any, axis: Any = None) -> Any:
    if axis is None:
        flat = runtime.put_add(np.zeros(np.size(x), y.dtype), indices, g)
        return np.reshape(flat, np.shape(x))
    if np.ndim(indices) == 1:
        return add_along(g, x, indices, axis)
    return take_many(g, x, indices, axis % np.ndim(x))


def take_many(g: Any, x: Any, indices: Any, axis: Any) -> Any:
    """Pull back ``np.take`` along an axis with indices of any number of dimensions."""
    n = np.ndim(indices)
    total = np.moveaxis(runtime.zeros_like(x), axis, 0)
    first = np.moveaxis(g, range(axis, axis + n), range(n))
    return np.moveaxis(runtime.put_add(total, indices, first), 0, axis)


@linear(np.lib.stride_tricks.sliding_window_view)
def _sliding_window_view(g: Any, y: Any, x: Any, window_shape: Any, axis: Any = None) -> Any:
    order = np.reshape(np.arange(np.size(x)), np.shape(x))
    places = np.lib.stride_tricks.sliding_window_view(order, window_shape, axis)
    flat = runtime.put_add(np.zeros(np.size(x), y.dtype), np.ravel(places), np.ravel(g))
    return np.reshape(flat, np.shape(x))

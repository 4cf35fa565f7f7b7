"""Rearrangements: shapes, axes, repetition, triangles, padding."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import linear, pull, pull_each


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


def _at_least(i: int, g: Any, y: Any, *arrays: Any) -> Any:
    return np.reshape(g if len(arrays) == 1 else g[i], np.shape(arrays[i]))


for at_least in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
    pull_each(at_least, _at_least)


@linear(np.transpose)
def _transpose(g: Any, y: Any, x: Any, axes: Any = None) -> Any:
    if axes is None:
        return np.transpose(g)
    return np.moveaxis(g, range(np.ndim(g)), axes)


linear(np.swapaxes, lambda g, y, x, axis1, axis2: np.swapaxes(g, axis1, axis2))
linear(np.moveaxis, lambda g, y, x, source, destination: np.moveaxis(g, destination, source))
linear(np.matrix_transpose, lambda g, y, x: np.swapaxes(g, -1, -2))


linear(np.broadcast_to, lambda g, y, x, shape, subok=False: runtime.unbroadcast(g, x))


@linear(np.rollaxis)
def _rollaxis(g: Any, y: Any, x: Any, axis: Any, start: Any = 0) -> Any:
    axis, start = axis % np.ndim(x), start + np.ndim(x) if start < 0 else start
    return np.moveaxis(g, start if start <= axis else start - 1, axis)


@pull_each(np.broadcast_arrays)
def _broadcast_arrays(i: int, g: Any, y: Any, *arrays: Any, subok: Any = False) -> Any:
    return runtime.unbroadcast(g[i], arrays[i])


@pull_each(np.ix_)
def _ix(i: int, g: Any, y: Any, *arrays: Any) -> Any:
    return np.reshape(g[i], np.shape(arrays[i]))


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
    if np.ndim(x) < 2:  # the rows of a matrix are made of it
        return np.sum(np.tril(g, k), axis=0)
    return np.tril(g, k)


@linear(np.triu)
def _triu(g: Any, y: Any, x: Any, k: Any = 0) -> Any:
    if np.ndim(x) < 2:  # the rows of a matrix are made of it
        return np.sum(np.triu(g, k), axis=0)
    return np.triu(g, k)


@linear(np.diag)
def _diag(g: Any, y: Any, v: Any, k: int = 0) -> Any:
    if np.ndim(v) == 1:
        return np.diagonal(g, k)
    return spread(g, v, k)


linear(np.diagflat, lambda g, y, v, k=0: np.reshape(np.diagonal(g, k), np.shape(v)))


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


@linear(np.diff)
def _diff(
    g: Any,
    y: Any,
    x: Any,
    n: int = 1,
    axis: int = -1,
    prepend: Any = None,
    append: Any = None,
) -> Any:
    if prepend is None and append is None:
        if np.ndim(x) == 1:
            whole = (-1.0) ** n * np.diff(np.pad(g, n), n)
        else:
            padded = np.pad(np.moveaxis(g, axis, 0), [(n, n)] + [(0, 0)] * (np.ndim(g) - 1))
            whole = (-1.0) ** n * np.moveaxis(np.diff(padded, n, 0), 0, axis)
        return whole, None, None, None, None
    padded = np.pad(np.moveaxis(g, axis, 0), [(n, n)] + [(0, 0)] * (np.ndim(g) - 1))
    whole = (-1.0) ** n * np.diff(padded, n, 0)
    start = 0 if prepend is None else long(prepend, axis)
    end = start + np.shape(x)[axis]
    return (
        np.moveaxis(whole[start:end], 0, axis),
        None,
        None,
        None if prepend is None else end_of(whole[:start], prepend, axis),
        None if append is None else end_of(whole[end:], append, axis),
    )


def long(piece: Any, axis: Any) -> Any:
    """Return how long a piece is that is put before or after an array; a number is one element."""
    return 1 if np.ndim(piece) == 0 else np.shape(piece)[axis]


def end_of(part: Any, piece: Any, axis: Any) -> Any:
    """Return what is owed to such a piece."""
    return np.sum(part) if np.ndim(piece) == 0 else np.moveaxis(part, 0, axis)


@pull(np.ediff1d)
def _ediff1d(g: Any, y: Any, x: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    start = 0 if to_begin is None else np.size(to_begin)
    inner = g[start : start + max(np.size(x) - 1, 0)]
    whole = np.pad(inner, (1, 0)) - np.pad(inner, (0, 1))
    return (
        np.reshape(whole[: np.size(x)], np.shape(x)),
        None if to_end is None else np.reshape(g[start + len(inner) :], np.shape(to_end)),
        None if to_begin is None else np.reshape(g[:start], np.shape(to_begin)),
    )


@linear(np.take)
def _take(
    g: Any,
    y: Any,
    x: Any,
    indices: Any,
    axis: Any = None,
    out: None = None,
    mode: Any = "raise",
) -> Any:
    if mode != "raise":
        n = np.size(x) if axis is None else np.shape(x)[axis]
        indices = np.clip(indices, 0, n - 1) if mode == "clip" else np.mod(indices, n)
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

"""Products of vectors and matrices."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import linear, multilinear, pull, share


def turned(a: Any) -> Any:
    """Return a matrix, or each of a stack of them, transposed."""
    return a.T if np.ndim(a) == 2 else np.swapaxes(a, -1, -2)


@multilinear(np.matmul)
def _matmul(g: Any, y: Any, a: Any, b: Any) -> Any:
    return runtime.matmul_left(g, a, b), runtime.matmul_right(g, a, b)


share(np.matmul, operator.matmul)


@pull(np.dot)
def _dot(g: Any, y: Any, a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return (
            np.reshape(np.sum(g * b), np.shape(a)) if np.ndim(a) == 0 else g * b,
            np.reshape(np.sum(g * a), np.shape(b)) if np.ndim(b) == 0 else g * a,
        )
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        return g * b, g * a
    if np.ndim(a) == 2 and np.ndim(b) == 1:
        return np.outer(g, b), a.T @ g
    if np.ndim(a) == 1 and np.ndim(b) == 2:
        return b @ g, np.outer(a, g)
    if np.ndim(a) == 2 and np.ndim(b) == 2:
        return g @ b.T, a.T @ g
    if np.ndim(b) == 1:
        return g[..., None] * b, np.tensordot(g, a, np.ndim(g))
    rows = np.moveaxis(b, -2, 0)
    return (
        np.tensordot(g, turned_axes(rows), np.ndim(b) - 1),
        np.moveaxis(np.tensordot(np.moveaxis(a, -1, 0), g, np.ndim(a) - 1), 0, -2),
    )


def turned_axes(a: Any) -> Any:
    """Return an array with its first axis moved to the end."""
    return np.moveaxis(a, 0, -1)


@multilinear(np.outer)
def _outer(g: Any, y: Any, a: Any, b: Any) -> Any:
    return (
        np.reshape(g @ np.ravel(b), np.shape(a)),
        np.reshape(np.ravel(a) @ g, np.shape(b)),
    )


@multilinear(np.vdot)
def _vdot(g: Any, y: Any, a: Any, b: Any) -> Any:
    return g * np.reshape(b, np.shape(a)), g * np.reshape(a, np.shape(b))


@pull(np.inner)
def _inner(g: Any, y: Any, a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return (
            np.reshape(np.sum(g * b), np.shape(a)) if np.ndim(a) == 0 else g * b,
            np.reshape(np.sum(g * a), np.shape(b)) if np.ndim(b) == 0 else g * a,
        )
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        return g * b, g * a
    if np.ndim(a) == 2 and np.ndim(b) == 2:
        return g @ b, g.T @ a
    rows = np.moveaxis(g, range(np.ndim(a) - 1), range(1 - np.ndim(a), 0))
    return np.tensordot(g, b, np.ndim(b) - 1), np.tensordot(rows, a, np.ndim(a) - 1)


@multilinear(np.tensordot)
def _tensordot(g: Any, y: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    if isinstance(axes, int):
        return (
            np.tensordot(g, np.moveaxis(b, range(axes), range(-axes, 0)), np.ndim(b) - axes),
            np.tensordot(np.moveaxis(a, range(-axes, 0), range(axes)), g, np.ndim(a) - axes),
        )
    n = np.size(axes[0])
    last = -1 if n == 1 else range(-n, 0)
    first = 0 if n == 1 else range(n)
    to_a = np.tensordot(g, np.moveaxis(b, axes[1], last), np.ndim(b) - n)
    to_b = np.tensordot(np.moveaxis(a, axes[0], first), g, np.ndim(a) - n)
    return np.moveaxis(to_a, last, axes[0]), np.moveaxis(to_b, first, axes[1])


@linear(np.trace)
def _trace(
    g: Any,
    y: Any,
    x: Any,
    offset: Any = 0,
    axis1: Any = 0,
    axis2: Any = 1,
    dtype: Any = None,
) -> Any:
    rows, columns = np.shape(x)[axis1], np.shape(x)[axis2]
    ones = np.eye(rows, columns, offset, y.dtype)
    if np.ndim(x) == 2 and axis1 == 0:
        return g * ones
    return np.moveaxis(g[..., None, None] * ones, (-2, -1), (axis1, axis2))


@linear(np.diagonal)
def _diagonal(g: Any, y: Any, x: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    i = np.arange(np.shape(g)[-1])
    places = (i + max(-offset, 0), i + max(offset, 0))
    zeros = np.moveaxis(runtime.zeros_like(x), (axis1, axis2), (0, 1))
    return np.moveaxis(
        runtime.put_add(zeros, places, np.moveaxis(g, -1, 0)), (0, 1), (axis1, axis2)
    )


@multilinear(np.kron)
def _kron(g: Any, y: Any, a: Any, b: Any) -> Any:
    n = max(np.ndim(a), np.ndim(b))
    whole_a = np.reshape(a, (1,) * (n - np.ndim(a)) + np.shape(a))
    whole_b = np.reshape(b, (1,) * (n - np.ndim(b)) + np.shape(b))
    pairs = [m for pair in zip(np.shape(whole_a), np.shape(whole_b)) for m in pair]
    blocks = np.reshape(g, pairs)
    by_b = blocks * np.expand_dims(whole_b, tuple(range(0, 2 * n, 2)))
    by_a = blocks * np.expand_dims(whole_a, tuple(range(1, 2 * n, 2)))
    return (
        np.reshape(np.sum(by_b, axis=tuple(range(1, 2 * n, 2))), np.shape(a)),
        np.reshape(np.sum(by_a, axis=tuple(range(0, 2 * n, 2))), np.shape(b)),
    )


@pull(np.cross)
def _cross(
    g: Any,
    y: Any,
    a: Any,
    b: Any,
    axisa: Any = -1,
    axisb: Any = -1,
    axisc: Any = -1,
    axis: Any = None,
) -> Any:
    if axis is not None:
        axisa, axisb, axisc = axis, axis, axis
    rows_a, rows_b = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    na, nb = np.shape(rows_a)[-1], np.shape(rows_b)[-1]
    if na == 2 and nb == 2:  # of two vectors of two elements it is a number
        g = np.expand_dims(g, -1)
        to_a = np.concatenate([g * rows_b[..., 1:], -g * rows_b[..., :1]], -1)
        to_b = np.concatenate([-g * rows_a[..., 1:], g * rows_a[..., :1]], -1)
    else:
        # A vector of two elements counts as one of three whose last is 0.
        g = np.moveaxis(g, axisc, -1)
        to_a, to_b = np.cross(rows_b, g)[..., :na], np.cross(g, rows_a)[..., :nb]
    return (
        np.moveaxis(runtime.unbroadcast(to_a, rows_a), -1, axisa),
        np.moveaxis(runtime.unbroadcast(to_b, rows_b), -1, axisb),
    )


@pull(np.linalg.cross)
def _linalg_cross(g: Any, y: Any, a: Any, b: Any, *, axis: Any = -1) -> Any:
    return (
        runtime.unbroadcast(np.linalg.cross(b, g, axis=axis), a),
        runtime.unbroadcast(np.linalg.cross(g, a, axis=axis), b),
    )


@multilinear(np.linalg.vecdot)
def _linalg_vecdot(g: Any, y: Any, a: Any, b: Any, *, axis: Any = -1) -> Any:
    return np.expand_dims(g, axis) * b, np.expand_dims(g, axis) * a


@multilinear(np.vecdot)
def _vecdot(g: Any, y: Any, a: Any, b: Any, *, axis: Any = -1, keepdims: Any = False) -> Any:
    g = g if keepdims else np.expand_dims(g, axis)
    return g * b, g * a


if hasattr(np, "matvec"):  # NumPy 2.2

    @multilinear(np.matvec)
    def _matvec(g: Any, y: Any, a: Any, b: Any) -> Any:
        return g[..., :, None] * b[..., None, :], np.vecmat(g, a)

    @multilinear(np.vecmat)
    def _vecmat(g: Any, y: Any, a: Any, b: Any) -> Any:
        return np.matvec(b, g), a[..., :, None] * g[..., None, :]


share(np.matmul, np.linalg.matmul)
share(np.outer, np.linalg.outer)
share(np.tensordot, np.linalg.tensordot)
linear(np.linalg.matrix_transpose, lambda g, y, x: np.swapaxes(g, -1, -2))


@linear(np.linalg.trace)
def _linalg_trace(g: Any, y: Any, x: Any, *, offset: Any = 0, dtype: Any = None) -> Any:
    rows, columns = np.shape(x)[-2:]
    return np.expand_dims(g, (-2, -1)) * np.eye(rows, columns, offset, y.dtype)


@linear(np.linalg.diagonal)
def _linalg_diagonal(g: Any, y: Any, x: Any, *, offset: Any = 0) -> Any:
    i = np.arange(np.shape(g)[-1])
    places = (..., i + max(-offset, 0), i + max(offset, 0))
    return runtime.put_add(runtime.zeros_like(x), places, g)


@pull(np.convolve)
def _convolve(g: Any, y: Any, a: Any, v: Any, mode: str = "full") -> Any:
    whole = np.zeros(len(a) + len(v) - 1, y.dtype)
    start = 0
    if mode == "same":
        start = (min(len(a), len(v)) - 1) // 2
    if mode == "valid":
        start = min(len(a), len(v)) - 1
    whole = runtime.put_add(whole, slice(start, start + len(g), None), g)
    return np.convolve(whole, v[::-1], "valid"), np.convolve(whole, a[::-1], "valid")


# As np.convolve with the second argument reversed.
@pull(np.correlate)
def _correlate(g: Any, y: Any, a: Any, v: Any, mode: str = "valid") -> Any:
    whole = np.zeros(len(a) + len(v) - 1, y.dtype)
    start = 0
    if mode == "same":
        start = (min(len(a), len(v)) - 1) // 2
        if len(a) < len(v):
            start = min(len(a), len(v)) - 1 - start
    if mode == "valid":
        start = min(len(a), len(v)) - 1
    whole = runtime.put_add(whole, slice(start, start + len(g), None), g)
    return np.convolve(whole, v, "valid"), np.convolve(whole, a[::-1], "valid")[::-1]

"""Products of vectors and matrices, and the decompositions of ``numpy.linalg``."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import linear, multilinear, pull, pull_each, share


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
def _trace(g: Any, y: Any, x: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
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


@pull_each(np.einsum)
def _einsum(i: int, g: Any, y: Any, subscripts: Any, *operands: Any, optimize: Any = False) -> Any:
    if i == 0 or len(operands) > 4:
        return None
    x = operands[i - 1]
    back = einsum_back(i, g, runtime.einsum_turned(subscripts, i - 1), operands, optimize)
    lost = runtime.einsum_lost(subscripts, i - 1)
    if len(lost) > 0:
        back = np.expand_dims(back, lost)
    if runtime.einsum_repeats(subscripts, i - 1):
        back = back * runtime.einsum_diagonal(subscripts, i - 1, x)
    return runtime.unbroadcast(back, x)


def einsum_back(i: int, g: Any, turned_subscripts: Any, operands: Any, optimize: Any) -> Any:
    """Return the turned ``np.einsum``; the operands other than the one asked for keep in order."""
    if len(operands) == 1:
        return np.einsum(turned_subscripts, g)
    if len(operands) == 2:
        return np.einsum(turned_subscripts, g, operands[2 - i])
    first = operands[1 if i == 1 else 0]
    second = operands[2 if i < 3 else 1]
    if len(operands) == 3:
        if optimize is False:
            return np.einsum(turned_subscripts, g, first, second)
        return np.einsum(turned_subscripts, g, first, second, optimize=optimize)
    third = operands[3 if i < 4 else 2]
    if optimize is False:
        return np.einsum(turned_subscripts, g, first, second, third)
    return np.einsum(turned_subscripts, g, first, second, third, optimize=optimize)


# Of a stack of matrices too; ``inv(a).T`` turns one cotangent into the other.
@pull(np.linalg.inv)
def _inv(g: Any, y: Any, a: Any) -> Any:
    return -turned(y) @ g @ turned(y)


@pull(np.linalg.solve)
def _solve(g: Any, y: Any, a: Any, b: Any) -> Any:
    if np.ndim(a) == 2 and np.ndim(b) == 1:
        to_b = np.linalg.solve(a.T, g)
        return -np.outer(to_b, y), to_b
    if np.ndim(b) == 1:
        to_b = np.linalg.solve(turned(a), g[..., None])
        return -to_b * y[..., None, :], np.sum(to_b, axis=tuple(range(np.ndim(a) - 2)))[..., 0]
    to_b = np.linalg.solve(turned(a), g)
    return runtime.unbroadcast(-to_b @ turned(y), a), runtime.unbroadcast(to_b, b)


@pull(np.linalg.det)
def _det(g: Any, y: Any, a: Any) -> Any:
    if np.ndim(a) == 2:
        return g * y * np.linalg.inv(a).T
    return np.expand_dims(g * y, (-2, -1)) * turned(np.linalg.inv(a))


@pull(np.linalg.slogdet)
def _slogdet(g: Any, y: Any, a: Any) -> Any:
    if np.ndim(a) == 2:
        return g[1] * np.linalg.inv(a).T
    return np.expand_dims(g[1], (-2, -1)) * turned(np.linalg.inv(a))


@pull(np.linalg.cholesky)
def _cholesky(g: Any, y: Any, a: Any, *, upper: bool = False) -> Any:
    if upper:
        raise runtime.refused()
    inner = np.tril(turned(y) @ g)
    inner = inner - 0.5 * inner * np.eye(np.shape(y)[-1])
    back = turned(np.linalg.inv(y))
    whole = back @ inner @ turned(back)
    return 0.5 * (whole + turned(whole))


# Only the lower triangle is read, but a symmetric cotangent is given.
@pull(np.linalg.eigh)
def _eigh(g: Any, y: Any, a: Any, UPLO: str = "L") -> Any:
    values, vectors = y
    gaps = values[..., None, :] - values[..., :, None]
    inner = np.where(gaps == 0, 0.0, 1.0 / np.where(gaps == 0, 1.0, gaps))
    inner = inner * (turned(vectors) @ g[1]) + g[0][..., None] * np.eye(np.shape(a)[-1])
    whole = vectors @ inner @ turned(vectors)
    return 0.5 * (whole + turned(whole))


@pull(np.linalg.eigvalsh)
def _eigvalsh(g: Any, y: Any, a: Any, UPLO: Any = "L") -> Any:
    vectors = np.linalg.eigh(a, UPLO)[1]
    return (vectors * g[..., None, :]) @ turned(vectors)


@pull(np.cross)
def _cross(g: Any, y: Any, a: Any, b: Any, axisa: int = -1, axisb: int = -1) -> Any:
    if axisa != -1 or axisb != -1 or np.ndim(y) < max(np.ndim(a), np.ndim(b)):
        raise runtime.refused()  # of two vectors of two elements it is a number
    # A vector of two elements counts as one of three whose last is 0.
    to_a, to_b = np.cross(b, g)[..., : np.shape(a)[-1]], np.cross(g, a)[..., : np.shape(b)[-1]]
    return runtime.unbroadcast(to_a, a), runtime.unbroadcast(to_b, b)


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

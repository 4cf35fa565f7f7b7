"""Matrices made of vectors, and systems of such matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from srcgrad import runtime
from srcgrad.rules.table import linear, multilinear, pull, pull_each
from srcgrad.runtime import foreign_matrices as foreign


@linear(foreign.slanted_sums)
def _slanted_sums(g: Any, y: Any, x: Any) -> Any:
    rows, columns = np.shape(x)
    return g[np.arange(rows)[:, None] + np.arange(columns)]


@pull_each(linalg.block_diag)
def _block_diag(i: Any, g: Any, y: Any, *arrs: Any) -> Any:
    if np.ndim(arrs[i]) > 2:
        raise runtime.refused()
    row, column = 0, 0
    for before in arrs[:i]:
        rows, columns = np.shape(np.atleast_2d(before))
        row, column = row + rows, column + columns
    rows, columns = np.shape(np.atleast_2d(arrs[i]))
    part = g[row : row + rows, column : column + columns]
    return np.reshape(part, np.shape(arrs[i]))


# By the sums of what is owed along each diagonal, from the lowest to the highest.
@pull(linalg.toeplitz)
def _toeplitz(g: Any, y: Any, c: Any, r: Any = None) -> Any:
    if np.ndim(c) > 1:
        raise runtime.refused()
    n = np.size(c)
    sums = foreign.slanted_sums(g[::-1])
    below = sums[:n][::-1]
    if r is None:
        above = np.concatenate([np.zeros(1, y.dtype), sums[n:]])
        return np.reshape(below + above, np.shape(c)), None
    above = np.concatenate([np.zeros(1, y.dtype), sums[n:]])
    return np.reshape(below, np.shape(c)), np.reshape(above, np.shape(r))


@pull(linalg.hankel)
def _hankel(g: Any, y: Any, c: Any, r: Any = None) -> Any:
    if np.ndim(c) > 1:
        raise runtime.refused()
    n = np.size(c)
    sums = foreign.slanted_sums(g)
    if r is None:
        return np.reshape(sums[:n], np.shape(c)), None
    last = np.concatenate([np.zeros(1, y.dtype), sums[n:]])
    return np.reshape(sums[:n], np.shape(c)), np.reshape(last, np.shape(r))


@linear(linalg.circulant)
def _circulant(g: Any, y: Any, c: Any) -> Any:
    if np.ndim(c) > 1:
        raise runtime.refused()
    n = np.size(c)
    sums = foreign.slanted_sums(g[::-1])
    return sums[:n][::-1] + np.concatenate([np.zeros(1, y.dtype), sums[n:][::-1]])


@linear(linalg.convolution_matrix)
def _convolution_matrix(g: Any, y: Any, a: Any, n: Any, mode: Any = "full") -> Any:
    k = len(a)
    start = 0
    if mode == "same":
        start = (min(n, k) - 1) // 2
    if mode == "valid":
        start = min(n, k) - 1
    whole = np.zeros((n + k - 1, n), y.dtype)
    whole = runtime.put_add(whole, slice(start, start + len(g), None), g)
    return foreign.slanted_sums(whole[:, ::-1])[n - 1 : n - 1 + k]


@pull(linalg.companion)
def _companion(g: Any, y: Any, a: Any) -> Any:
    if np.ndim(a) > 1:
        raise runtime.refused()
    first = g[0] / a[0]
    return np.concatenate([[np.sum(first * a[1:]) / a[0]], -first])


@pull(linalg.fiedler)
def _fiedler(g: Any, y: Any, a: Any) -> Any:
    if np.ndim(a) > 1:
        raise runtime.refused()
    return np.sum((g + g.T) * np.sign(a[:, None] - a), axis=1)


@pull(linalg.leslie)
def _leslie(g: Any, y: Any, f: Any, s: Any) -> Any:
    if np.ndim(f) > 1:
        raise runtime.refused()
    return g[0], np.diagonal(g, -1)


@linear(linalg.diagsvd)
def _diagsvd(g: Any, y: Any, s: Any, M: Any, N: Any) -> Any:
    return np.diagonal(g)


@multilinear(linalg.khatri_rao)
def _khatri_rao(g: Any, y: Any, a: Any, b: Any) -> Any:
    if np.ndim(a) > 2:
        raise runtime.refused()
    parts = np.reshape(g, (np.shape(a)[0], np.shape(b)[0], -1))
    return np.sum(parts * b, axis=1), np.sum(parts * a[:, None], axis=0)


def crossed(to_rows: Any, x: Any) -> Any:
    """Return the sums of ``to_rows[i] * x[j]`` over equal ``i - j``, in rising order."""
    if np.ndim(x) == 1:
        return np.correlate(to_rows, x, "full")
    columns = zip(np.reshape(to_rows, (len(to_rows), -1)).T, np.reshape(x, (len(x), -1)).T)
    return sum([np.correlate(one, other, "full") for one, other in columns])


def split_sums(sums: Any, n: Any) -> Any:
    """Return what is owed to the first column and to the first row, whose head is not read."""
    return sums[n - 1 :], np.concatenate([np.zeros(1, sums.dtype), sums[: n - 1][::-1]])


def transposed(pair: Any) -> Any:
    """Return the first column and row of the transposed matrix; the head of a row is not read."""
    column, row = pair
    return np.concatenate([column[:1], row[1:]]), column


@pull(linalg.solve_toeplitz)
def _solve_toeplitz(g: Any, x: Any, c_or_cr: Any, b: Any, check_finite: Any = True) -> Any:
    if isinstance(c_or_cr, (tuple, list)):
        to_b = linalg.solve_toeplitz(transposed(c_or_cr), g)
        column, row = split_sums(-crossed(to_b, x), len(x))
        return [column, row], to_b
    to_b = linalg.solve_toeplitz(c_or_cr, g)
    column, row = split_sums(-crossed(to_b, x), len(x))
    return column + row, to_b


@pull(linalg.matmul_toeplitz)
def _matmul_toeplitz(
    g: Any, y: Any, c_or_cr: Any, x: Any, check_finite: Any = False, workers: Any = None
) -> Any:
    column, row = split_sums(crossed(g, x), len(x))
    if isinstance(c_or_cr, (tuple, list)):
        return [column, row], linalg.matmul_toeplitz(transposed(c_or_cr), g)
    return column + row, linalg.matmul_toeplitz(c_or_cr, g)


@pull(linalg.solve_circulant)
def _solve_circulant(
    g: Any,
    x: Any,
    c: Any,
    b: Any,
    singular: Any = "raise",
    tol: Any = None,
    caxis: Any = -1,
    baxis: Any = 0,
    outaxis: Any = 0,
) -> Any:
    if np.ndim(c) > 1 or baxis != 0 or outaxis != 0 or singular != "raise":
        raise runtime.refused()
    to_b = linalg.solve_circulant(np.roll(c[::-1], 1), g)
    n = len(c)
    sums = -crossed(to_b, x)
    return sums[n - 1 :] + np.concatenate([np.zeros(1, sums.dtype), sums[: n - 1]]), to_b

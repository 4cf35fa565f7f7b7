"""Factorisations: Cholesky, LU, QR, RQ, polar, and eigenvalues of symmetric matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from srcgrad import runtime
from srcgrad.rules.decompositions import gaps, square_qr
from srcgrad.rules.linalg import turned
from srcgrad.rules.table import pull, rule_of
from srcgrad.runtime import foreign_matrices as foreign

pull_cholesky = rule_of(np.linalg.cholesky)


@pull(linalg.cholesky)
def _cholesky(
    g: Any,
    y: Any,
    a: Any,
    lower: Any = False,
    overwrite_a: Any = False,
    check_finite: Any = True,
) -> Any:
    if overwrite_a:
        raise runtime.refused()
    return pull_cholesky(g, y, a) if lower else pull_cholesky(turned(g), turned(y), a)


# The other triangle of what cho_factor gives is that of the matrix itself, or, from SciPy 1.18 on,
# of zeros: SciPy is asked which.
def _with_rest(
    g: Any,
    y: Any,
    a: Any,
    lower: Any = False,
    overwrite_a: Any = False,
    check_finite: Any = True,
) -> Any:
    if overwrite_a:
        raise runtime.refused()
    if lower:
        return pull_cholesky(np.tril(g[0]), np.tril(y[0]), a) + np.triu(g[0], 1)
    return pull_cholesky(turned(np.triu(g[0])), turned(np.triu(y[0])), a) + np.tril(g[0], -1)


def _alone(
    g: Any,
    y: Any,
    a: Any,
    lower: Any = False,
    overwrite_a: Any = False,
    check_finite: Any = True,
) -> Any:
    if overwrite_a:
        raise runtime.refused()
    if lower:
        return pull_cholesky(np.tril(g[0]), np.tril(y[0]), a)
    return pull_cholesky(turned(np.triu(g[0])), turned(np.triu(y[0])), a)


_rest = linalg.cho_factor(np.array([[4.0, 1.0], [1.0, 3.0]]), lower=True)[0][0, 1]
pull(linalg.cho_factor, _with_rest if _rest else _alone)


def lu_pulled(to_l: Any, to_u: Any, lower: Any, upper: Any) -> Any:
    """Pull back the factors of a matrix whose rows are in their final order."""
    rows, columns = np.shape(lower)[0], np.shape(upper)[1]
    if rows > columns:
        to_rest = linalg.solve_triangular(upper, to_l[columns:].T).T
        to_u = to_u - lower[columns:].T @ to_rest
        first = square_lu(to_l[:columns], to_u, lower[:columns], upper)
        return np.concatenate([first, to_rest])
    if rows < columns:
        to_rest = linalg.solve_triangular(lower, to_u[:, rows:], 1, True, True)
        to_l = to_l - to_rest @ upper[:, rows:].T
        first = square_lu(to_l, to_u[:, :rows], lower, upper[:, :rows])
        return np.concatenate([first, to_rest], axis=1)
    return square_lu(to_l, to_u, lower, upper)


def square_lu(to_l: Any, to_u: Any, lower: Any, upper: Any) -> Any:
    """Pull back where both factors are square."""
    inner = np.tril(lower.T @ to_l, -1) + np.triu(to_u @ upper.T)
    left = linalg.solve_triangular(lower, inner, 1, True, True)
    return linalg.solve_triangular(upper, left.T).T


@pull(linalg.lu)
def _lu(
    g: Any,
    y: Any,
    a: Any,
    permute_l: Any = False,
    overwrite_a: Any = False,
    check_finite: Any = True,
    p_indices: Any = False,
) -> Any:
    if overwrite_a or np.ndim(a) > 2:
        raise runtime.refused()
    if permute_l:
        place = linalg.lu(a, p_indices=True)[0]
        back = np.argsort(place)
        return lu_pulled(g[0][back], g[1], y[0][back], y[1])[place]
    moved = lu_pulled(g[1], g[2], y[1], y[2])
    return moved[y[0]] if p_indices else y[0] @ moved


@pull(linalg.lu_factor)
def _lu_factor(g: Any, y: Any, a: Any, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    if overwrite_a or np.ndim(a) > 2:
        raise runtime.refused()
    k = min(np.shape(a))
    unit = np.eye(np.shape(a)[0], k, dtype=y[0].dtype)
    lower = np.tril(y[0][:, :k], -1) + unit
    moved = lu_pulled(np.tril(g[0][:, :k], -1), np.triu(g[0][:k]), lower, np.triu(y[0][:k]))
    return moved[np.argsort(foreign.permutation(y[1], np.shape(a)[0]))]


# Of the vectors that fill up a full q, and that may be any, nothing is known.
@pull(linalg.qr)
def _qr(
    g: Any,
    y: Any,
    a: Any,
    overwrite_a: Any = False,
    lwork: Any = None,
    mode: Any = "full",
    pivoting: Any = False,
    check_finite: Any = True,
) -> Any:
    if overwrite_a or mode == "raw":
        raise runtime.refused()
    rows, columns = np.shape(a)[-2:]
    k = min(rows, columns)
    place: Any = y[-1] if pivoting else None
    order = np.argsort(place) if pivoting else None
    moved = a[..., place] if pivoting else a
    if mode == "r":
        q, r = linalg.qr(moved, mode="economic")
        to_q, to_r = np.zeros_like(q), g[0][..., :k, :]
    else:
        if np.any(g[0][..., k:]):
            raise runtime.refused()
        q, r = y[0][..., :k], y[1][..., :k, :]
        to_q, to_r = g[0][..., :k], g[1][..., :k, :]
    if rows >= columns:
        to_a = square_qr(to_q, to_r, q, r)
    else:
        beside = to_r[..., rows:]
        to_q = to_q + moved[..., rows:] @ turned(beside)
        first = square_qr(to_q, to_r[..., :rows], q, r[..., :rows])
        to_a = np.concatenate([first, q @ beside], axis=-1)
    return to_a[..., order] if pivoting else to_a


# The QR factors of the transposed matrix, with rows and columns counted from the end.
@pull(linalg.rq)
def _rq(
    g: Any,
    y: Any,
    a: Any,
    overwrite_a: Any = False,
    lwork: Any = None,
    mode: Any = "full",
    check_finite: Any = True,
) -> Any:
    rows, columns = np.shape(a)[-2:]
    if overwrite_a or mode == "r" or rows > columns:
        raise runtime.refused()
    r, q = y
    to_r, to_q = g
    if mode == "full":
        k = columns - rows
        if np.any(to_q[:k]):
            raise runtime.refused()
        r, q, to_r, to_q = r[:, k:], q[k:], to_r[:, k:], to_q[k:]
    moved = square_qr(to_q[::-1].T, to_r[::-1, ::-1].T, q[::-1].T, r[::-1, ::-1].T)
    return moved.T[::-1]


def polar_pulled(to_u: Any, to_p: Any, u: Any, p: Any) -> Any:
    """Pull back ``a = u @ p``, of a matrix that has no more columns than rows."""
    inner = u.T @ to_u - to_p @ p
    skew = linalg.solve_sylvester(p, p, inner - inner.T)
    to_a = u @ (to_p + skew)
    if np.shape(u)[0] > np.shape(u)[1]:
        beside = np.linalg.solve(p, to_u.T).T
        to_a = to_a + beside - u @ (u.T @ beside)
    return to_a


@pull(linalg.polar)
def _polar(g: Any, y: Any, a: Any, side: Any = "right") -> Any:
    rows, columns = np.shape(a)
    if side == "right":
        if rows < columns:
            raise runtime.refused()
        return polar_pulled(g[0], g[1], y[0], y[1])
    if rows > columns:
        raise runtime.refused()
    return polar_pulled(g[0].T, g[1].T, y[0].T, y[1].T).T


def symmetric_pulled(to_values: Any, to_vectors: Any, values: Any, vectors: Any) -> Any:
    """Return what is owed to a symmetric matrix in the basis of its eigenvectors."""
    inner = gaps(values, values) * (turned(vectors) @ to_vectors)
    return inner + to_values[..., None] * np.eye(np.shape(values)[-1], dtype=values.dtype)


def even(a: Any) -> Any:
    """Return the symmetric part of a matrix."""
    return 0.5 * (a + turned(a))


@pull(linalg.eigh)
def _eigh(
    g: Any,
    y: Any,
    a: Any,
    b: Any = None,
    *,
    lower: Any = True,
    eigvals_only: Any = False,
    overwrite_a: Any = False,
    overwrite_b: Any = False,
    type: Any = 1,
    check_finite: Any = True,
    subset_by_index: Any = None,
    subset_by_value: Any = None,
    driver: Any = None,
) -> Any:
    some = subset_by_index is not None or subset_by_value is not None
    if overwrite_a or overwrite_b or some or type != 1:
        raise runtime.refused()
    if eigvals_only:
        return eigenvalues_pulled(g, a, b, lower)
    values, vectors = y
    inner = symmetric_pulled(g[0], g[1], values, vectors)
    to_a = even(vectors @ inner @ turned(vectors))
    if b is None:
        return to_a, None
    along = 0.5 * np.sum(vectors * g[1], axis=-2)
    scaled = inner * values[..., None, :] + along[..., None] * np.eye(
        np.shape(values)[-1], dtype=values.dtype
    )
    return to_a, -even(vectors @ scaled @ turned(vectors))


def eigenvalues_pulled(g: Any, a: Any, b: Any, lower: Any) -> Any:
    """Pull back the eigenvalues alone."""
    if b is None:
        vectors = linalg.eigh(a, lower=lower)[1]
        return (vectors * g[..., None, :]) @ turned(vectors), None
    values, vectors = linalg.eigh(a, b, lower=lower)
    to_a = (vectors * g[..., None, :]) @ turned(vectors)
    return to_a, -(vectors * (g * values)[..., None, :]) @ turned(vectors)


@pull(linalg.eigvalsh)
def _eigvalsh(
    g: Any,
    y: Any,
    a: Any,
    b: Any = None,
    *,
    lower: Any = True,
    overwrite_a: Any = False,
    overwrite_b: Any = False,
    type: Any = 1,
    check_finite: Any = True,
    subset_by_index: Any = None,
    subset_by_value: Any = None,
    driver: Any = None,
) -> Any:
    some = subset_by_index is not None or subset_by_value is not None
    if overwrite_a or overwrite_b or some or type != 1:
        raise runtime.refused()
    return eigenvalues_pulled(g, a, b, lower)


@pull(linalg.eigh_tridiagonal)
def _eigh_tridiagonal(
    g: Any,
    y: Any,
    d: Any,
    e: Any,
    eigvals_only: Any = False,
    select: Any = "a",
    select_range: Any = None,
    check_finite: Any = True,
    tol: Any = 0.0,
    lapack_driver: Any = "auto",
) -> Any:
    if select not in ("a", "all"):
        raise runtime.refused()
    if eigvals_only:
        vectors = linalg.eigh_tridiagonal(d, e)[1]
        half = vectors * g
    else:
        vectors = y[1]
        half = vectors @ symmetric_pulled(g[0], g[1], y[0], vectors)
    return along_diagonals(half, vectors)


@pull(linalg.eigvalsh_tridiagonal)
def _eigvalsh_tridiagonal(
    g: Any,
    y: Any,
    d: Any,
    e: Any,
    select: Any = "a",
    select_range: Any = None,
    check_finite: Any = True,
    tol: Any = 0.0,
    lapack_driver: Any = "auto",
) -> Any:
    if select not in ("a", "all"):
        raise runtime.refused()
    vectors = linalg.eigh_tridiagonal(d, e)[1]
    return along_diagonals(vectors * g, vectors)


def along_diagonals(half: Any, vectors: Any) -> Any:
    """Return the two diagonals of ``half @ vectors.T``, the second from both sides."""
    beside = np.sum(half[1:] * vectors[:-1] + half[:-1] * vectors[1:], axis=1)
    return np.sum(half * vectors, axis=1), beside

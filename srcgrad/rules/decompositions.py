"""The solvers and decompositions of ``numpy.linalg``."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.linalg import turned
from srcgrad.rules.norms import of_matrix
from srcgrad.rules.table import pull


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


# The determinant of a singular matrix has a derivative, too: what is left of it are cofactors.
@pull(np.linalg.det)
def _det(g: Any, y: Any, a: Any) -> Any:
    if not np.all(y):
        return np.expand_dims(g, (-2, -1)) * runtime.cofactors(a)
    if np.ndim(a) == 2:
        return g * y * np.linalg.inv(a).T
    return np.expand_dims(g * y, (-2, -1)) * turned(np.linalg.inv(a))


@pull(runtime.cofactors)
def _cofactors(g: Any, y: Any, a: Any) -> Any:
    det = np.linalg.det(a)
    if not np.all(det):
        raise runtime.refused()
    back = turned(np.linalg.inv(a))
    along = np.sum(g * back, axis=(-2, -1), keepdims=True)
    return np.expand_dims(det, (-2, -1)) * (along * back - back @ turned(g) @ back)


@pull(np.linalg.slogdet)
def _slogdet(g: Any, y: Any, a: Any) -> Any:
    if np.ndim(a) == 2:
        return g[1] * np.linalg.inv(a).T
    return np.expand_dims(g[1], (-2, -1)) * turned(np.linalg.inv(a))


@pull(np.linalg.cholesky)
def _cholesky(g: Any, y: Any, a: Any, *, upper: bool = False) -> Any:
    if upper:
        g, y = turned(g), turned(y)
    inner = np.tril(turned(y) @ g)
    inner = inner - 0.5 * inner * np.eye(np.shape(y)[-1], dtype=y.dtype)
    back = runtime.lower_inverse(y)
    whole = turned(back) @ inner @ back
    return 0.5 * (whole + turned(whole))


@pull(runtime.lower_inverse)
def _lower_inverse(g: Any, y: Any, a: Any) -> Any:
    return np.tril(-turned(y) @ g @ turned(y))


# Only the lower triangle is read, but a symmetric cotangent is given.
@pull(np.linalg.eigh)
def _eigh(g: Any, y: Any, a: Any, UPLO: str = "L") -> Any:
    values, vectors = y
    gaps = values[..., None, :] - values[..., :, None]
    inner = np.where(gaps == 0, 0.0, 1.0 / np.where(gaps == 0, 1.0, gaps))
    inner = inner * (turned(vectors) @ g[1]) + g[0][..., None] * np.eye(
        np.shape(a)[-1], dtype=values.dtype
    )
    whole = vectors @ inner @ turned(vectors)
    return 0.5 * (whole + turned(whole))


@pull(np.linalg.eigvalsh)
def _eigvalsh(g: Any, y: Any, a: Any, UPLO: Any = "L") -> Any:
    vectors = np.linalg.eigh(a, UPLO)[1]
    return (vectors * g[..., None, :]) @ turned(vectors)


def gaps(values: Any, others: Any) -> Any:
    """Return 1 over the differences of all values and all others, and 0 where there is none."""
    apart = others[..., None, :] - values[..., :, None]
    return np.where(apart == 0, 0.0, 1.0 / np.where(apart == 0, 1.0, apart))


# A vector is only known up to its length, which is 1; what is owed to its length is dropped.
@pull(np.linalg.eig)
def _eig(g: Any, y: Any, a: Any) -> Any:
    values, vectors = y
    if np.iscomplexobj(values):
        raise runtime.refused()
    along = np.sum(vectors * g[1], axis=-2, keepdims=True)
    inner = gaps(values, values) * (turned(vectors) @ (g[1] - vectors * along))
    inner = inner + g[0][..., None] * np.eye(np.shape(a)[-1], dtype=values.dtype)
    return np.linalg.solve(turned(vectors), inner @ turned(vectors))


@pull(np.linalg.eigvals)
def _eigvals(g: Any, y: Any, a: Any) -> Any:
    if np.iscomplexobj(y):
        raise runtime.refused()
    vectors = np.linalg.eig(a)[1]
    return np.linalg.solve(turned(vectors), g[..., None] * turned(vectors))


# Where two singular values are equal, their vectors are owed nothing for being told apart.
@pull(np.linalg.svd)
def _svd(
    g: Any,
    y: Any,
    a: Any,
    full_matrices: Any = True,
    compute_uv: Any = True,
    hermitian: Any = False,
) -> Any:
    if not compute_uv:
        return values_pulled(g, a)
    u, s, vh = y
    rows, columns = np.shape(a)[-2:]
    k = min(rows, columns)
    if full_matrices and rows != columns:
        if np.any(g[0][..., k:]) or np.any(g[2][..., k:, :]):
            raise runtime.refused()
        u, vh = u[..., :k], vh[..., :k, :]
    to_u, to_v = g[0][..., :k], turned(g[2][..., :k, :])
    v = turned(vh)
    apart = gaps(s, s) * gaps(-s, s)
    skew_u, skew_v = turned(u) @ to_u, turned(v) @ to_v
    inner = apart * (skew_u - turned(skew_u)) * s[..., None, :]
    inner = inner + s[..., :, None] * (apart * (skew_v - turned(skew_v)))
    inner = inner + g[1][..., None] * np.eye(k, dtype=s.dtype)
    whole = u @ inner @ vh
    scale = np.where(s == 0, 0.0, 1.0 / np.where(s == 0, 1.0, s))
    if rows > columns:
        beside = to_u * scale[..., None, :]
        whole = whole + (beside - u @ (turned(u) @ beside)) @ vh
    if rows < columns:
        beside = to_v * scale[..., None, :]
        whole = whole + u @ turned(beside - v @ (vh @ beside))
    return 0.5 * (whole + turned(whole)) if hermitian else whole


def values_pulled(g: Any, a: Any) -> Any:
    """Pull singular values back."""
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return (u * g[..., None, :]) @ vh


if hasattr(np.linalg, "svdvals"):
    pull(np.linalg.svdvals, lambda g, y, x: values_pulled(g, x))


@pull(np.linalg.qr)
def _qr(g: Any, y: Any, a: Any, mode: Any = "reduced") -> Any:
    rows, columns = np.shape(a)[-2:]
    if mode == "raw" or (mode == "complete" and rows > columns):
        raise runtime.refused()
    if mode == "r":
        q, r = np.linalg.qr(a)
        to_q, to_r = np.zeros_like(q), g
    else:
        q, r = y
        to_q, to_r = g
    if rows >= columns:
        return square_qr(to_q, to_r, q, r)
    left, right = r[..., :rows], a[..., rows:]
    beside = to_r[..., rows:]
    first = square_qr(to_q + right @ turned(beside), to_r[..., :rows], q, left)
    return np.concatenate([first, q @ beside], axis=-1)


def square_qr(to_q: Any, to_r: Any, q: Any, r: Any) -> Any:
    """Pull back where r is square."""
    m = r @ turned(to_r) - turned(to_q) @ q
    both = np.tril(m) + turned(np.tril(m, -1))
    return turned(np.linalg.solve(r, turned(to_q + q @ both)))


@pull(np.linalg.pinv)
def _pinv(
    g: Any, y: Any, a: Any, rcond: Any = None, hermitian: Any = False, *, rtol: Any = None
) -> Any:
    p, owed = turned(y), turned(g)
    to_a = (owed - a @ (y @ owed)) @ (y @ p) + (p @ y) @ (owed - (owed @ y) @ a) - p @ g @ p
    return 0.5 * (to_a + turned(to_a)) if hermitian else to_a


# The solution, the sum of squares of what is left, and the singular values.
@pull(np.linalg.lstsq)
def _lstsq(g: Any, y: Any, a: Any, b: Any, rcond: Any = None) -> Any:
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    k = y[2]
    inverse = (vh[:k].T / s[:k]) @ u[:, :k].T
    x = np.reshape(y[0], (len(y[0]), -1))
    to_x, left = np.reshape(g[0], np.shape(x)), np.reshape(b, (len(b), -1)) - a @ x
    to_b = inverse.T @ to_x
    to_a = (u * g[3]) @ vh - to_b @ x.T
    to_a = to_a + left @ (inverse @ to_b).T + (inverse.T @ x) @ (to_x - a.T @ to_b).T
    if len(y[1]) > 0:
        twice = 2.0 * left * g[1]
        to_a, to_b = to_a - twice @ x.T, to_b + twice
    return to_a, np.reshape(to_b, np.shape(b))


# Powers by squaring, and back the same way.
@pull(np.linalg.matrix_power)
def _matrix_power(g: Any, y: Any, a: Any, n: Any) -> Any:
    if n == 0:
        return runtime.zeros_like(a)
    if n > 0:
        return power_pulled(g, a, n)
    inverse = np.linalg.inv(a)
    back = turned(inverse)
    return -back @ power_pulled(g, inverse, -n) @ back


def power_pulled(g: Any, a: Any, n: Any) -> Any:
    """Pull back a positive power of a matrix."""
    if n == 1:
        return g
    if n == 2:
        return turned(a) @ g + g @ turned(a)
    bits = [int(bit) for bit in f"{n:b}"[1:]]
    power, steps = a, []
    for bit in bits:
        square = power @ power
        steps.append((bit, power, square))
        power = square @ a if bit else square
    to_a = np.zeros_like(a)
    for bit, root, square in steps[::-1]:
        if bit:
            to_a = to_a + turned(square) @ g
            g = g @ turned(a)
        g = turned(root) @ g + g @ turned(root)
    return to_a + g


@pull(np.linalg.tensorinv)
def _tensorinv(g: Any, y: Any, a: Any, ind: Any = 2) -> Any:
    rows = int(np.prod(np.shape(a)[:ind]))
    back = np.reshape(y, (-1, rows)).T
    return np.reshape(-back @ np.reshape(g, (-1, rows)) @ back, np.shape(a))


@pull(np.linalg.tensorsolve)
def _tensorsolve(g: Any, y: Any, a: Any, b: Any, axes: Any = None) -> Any:
    moved = a
    if axes is not None:
        moved = np.moveaxis(a, axes, range(np.ndim(a) - len(axes), np.ndim(a)))
    matrix = np.reshape(moved, (np.size(b), -1))
    to_b = np.linalg.solve(matrix.T, np.ravel(g))
    to_a = np.reshape(-np.outer(to_b, y), np.shape(moved))
    if axes is not None:
        to_a = np.moveaxis(to_a, range(np.ndim(a) - len(axes), np.ndim(a)), axes)
    return to_a, np.reshape(to_b, np.shape(b))


@pull(np.linalg.cond)
def _cond(g: Any, y: Any, a: Any, p: Any = None) -> Any:
    if p is None or p == 2 or p == -2:
        u, s, vh = np.linalg.svd(a, full_matrices=False)
        high = u[..., :, :1] * vh[..., :1, :] / s[..., None, :1]
        low = u[..., :, -1:] * vh[..., -1:, :] / s[..., None, -1:]
        sign = -1.0 if p == -2 else 1.0
        return sign * np.expand_dims(g * y, (-2, -1)) * (high - low)
    inverse = np.linalg.inv(a)
    one = np.linalg.norm(a, p, axis=(-2, -1))
    other = np.linalg.norm(inverse, p, axis=(-2, -1))
    back = turned(inverse)
    return norm_pulled(g * other, one, a, p) - back @ norm_pulled(g * one, other, inverse, p) @ back


def norm_pulled(g: Any, y: Any, x: Any, ord: Any) -> Any:
    """Pull a norm of the matrices on the last two axes back."""
    if ord == "fro":
        return np.expand_dims(g / y, (-2, -1)) * x
    return of_matrix(g, y, x, ord)

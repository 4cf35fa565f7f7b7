"""The solvers and decompositions of ``numpy.linalg`` of complex matrices.

What is conjugated and transposed in them makes the rules of real matrices hold for the conjugate
of a cotangent, with every transpose a conjugate transpose; the others are solved and multiplied
as real ones.  Of vectors that are known up to a phase the loss must not ask for more.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.complexes import pull
from srcgrad.rules.decompositions import gaps, norm_pulled, values_pulled
from srcgrad.rules.linalg import turned


def adjoint(a: Any) -> Any:
    """Return the conjugate transpose of a matrix, or of each of a stack of them."""
    return np.conj(a.T) if np.ndim(a) == 2 else np.conj(np.swapaxes(a, -1, -2))


# The logarithm of the determinant is a complex number: its size here, its angle in the sign.
@pull(np.linalg.slogdet)
def _slogdet(g: Any, y: Any, a: Any) -> Any:
    owed = g[1] + 1j * np.imag(g[0] * y[0])
    if np.ndim(a) == 2:
        return owed * np.linalg.inv(a).T
    return np.expand_dims(owed, (-2, -1)) * turned(np.linalg.inv(a))


@pull(np.linalg.cholesky)
def _cholesky(g: Any, y: Any, a: Any, *, upper: bool = False) -> Any:
    to_l, low = (turned(g), adjoint(y)) if upper else (np.conj(g), y)
    inner = np.tril(adjoint(low) @ to_l)
    inner = inner - 0.5 * inner * np.eye(np.shape(y)[-1])
    back = np.linalg.inv(low)
    whole = adjoint(back) @ inner @ back
    return np.conj(0.5 * (whole + adjoint(whole)))


# Only the lower triangle is read, but a Hermitian cotangent is given.
@pull(np.linalg.eigh)
def _eigh(g: Any, y: Any, a: Any, UPLO: str = "L") -> Any:
    values, vectors = y
    inner = gaps(values, values) * (adjoint(vectors) @ np.conj(g[1]))
    inner = inner + g[0][..., None] * np.eye(np.shape(a)[-1])
    whole = vectors @ inner @ adjoint(vectors)
    return np.conj(0.5 * (whole + adjoint(whole)))


@pull(np.linalg.eigvalsh)
def _eigvalsh(g: Any, y: Any, a: Any, UPLO: Any = "L") -> Any:
    vectors = np.linalg.eigh(a, UPLO)[1]
    return np.conj((vectors * g[..., None, :]) @ adjoint(vectors))


# A vector is of length 1: what is owed to its length is dropped.
@pull(np.linalg.eig)
def _eig(g: Any, y: Any, a: Any) -> Any:
    values, vectors = y
    along = np.real(np.sum(vectors * g[1], axis=-2, keepdims=True))
    inner = gaps(values, values) * (turned(vectors) @ (g[1] - np.conj(vectors) * along))
    inner = inner + g[0][..., None] * np.eye(np.shape(a)[-1])
    return np.linalg.solve(turned(vectors), inner @ turned(vectors))


@pull(np.linalg.eigvals)
def _eigvals(g: Any, y: Any, a: Any) -> Any:
    vectors = np.linalg.eig(a)[1]
    return np.linalg.solve(turned(vectors), g[..., None] * turned(vectors))


# A pair of vectors may turn by one angle together; what one alone turns by, the matrix does.
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
        return np.conj(values_pulled(g, a))
    u, s, vh = y
    rows, columns = np.shape(a)[-2:]
    k = min(rows, columns)
    if full_matrices and rows != columns:
        if np.any(g[0][..., k:]) or np.any(g[2][..., k:, :]):
            raise runtime.refused()
        u, vh = u[..., :k], vh[..., :k, :]
    to_u, to_v, v = np.conj(g[0][..., :k]), turned(g[2][..., :k, :]), adjoint(vh)
    apart, scale = gaps(s, s) * gaps(-s, s), np.where(s == 0, 0.0, 1.0 / np.where(s == 0, 1.0, s))
    skew_u, skew_v = adjoint(u) @ to_u, adjoint(v) @ to_v
    inner = apart * (skew_u - adjoint(skew_u)) * s[..., None, :]
    inner = inner + s[..., :, None] * (apart * (skew_v - adjoint(skew_v)))
    angle = np.imag(np.sum(np.conj(v) * to_v, axis=-2))
    inner = inner + (g[1] - 1j * angle * scale)[..., None] * np.eye(k)
    whole = u @ inner @ vh
    if rows > columns:
        beside = to_u * scale[..., None, :]
        whole = whole + (beside - u @ (adjoint(u) @ beside)) @ vh
    if rows < columns:
        beside = to_v * scale[..., None, :]
        whole = whole + u @ adjoint(beside - v @ (vh @ beside))
    return np.conj(0.5 * (whole + adjoint(whole)) if hermitian else whole)


if hasattr(np.linalg, "svdvals"):
    pull(np.linalg.svdvals)(lambda g, y, x: np.conj(values_pulled(g, x)))


@pull(np.linalg.qr)
def _qr(g: Any, y: Any, a: Any, mode: Any = "reduced") -> Any:
    rows, columns = np.shape(a)[-2:]
    if mode == "raw" or (mode == "complete" and rows > columns):
        raise runtime.refused()
    if mode == "r":
        q, r = np.linalg.qr(a)
        to_q, to_r = np.zeros_like(q), np.conj(g)
    else:
        q, r = y
        to_q, to_r = np.conj(g[0]), np.conj(g[1])
    if rows >= columns:
        return np.conj(square_qr(to_q, to_r, q, r))
    left, right = r[..., :rows], a[..., rows:]
    beside = to_r[..., rows:]
    first = square_qr(to_q + right @ adjoint(beside), to_r[..., :rows], q, left)
    return np.conj(np.concatenate([first, q @ beside], axis=-1))


def square_qr(to_q: Any, to_r: Any, q: Any, r: Any) -> Any:
    """Pull back where r is square; the diagonal of r is real."""
    m = np.tril(r @ adjoint(to_r) - adjoint(to_q) @ q)
    both = m + adjoint(m) - np.real(m) * np.eye(np.shape(r)[-1])
    return adjoint(np.linalg.solve(r, adjoint(to_q + q @ both)))


@pull(np.linalg.pinv)
def _pinv(
    g: Any, y: Any, a: Any, rcond: Any = None, hermitian: Any = False, *, rtol: Any = None
) -> Any:
    p, owed = adjoint(y), turned(g)
    to_a = (owed - a @ (y @ owed)) @ (y @ p) + (p @ y) @ (owed - (owed @ y) @ a)
    to_a = to_a - p @ np.conj(g) @ p
    return np.conj(0.5 * (to_a + adjoint(to_a)) if hermitian else to_a)


# The solution, the sum of squares of what is left, and the singular values.
@pull(np.linalg.lstsq)
def _lstsq(g: Any, y: Any, a: Any, b: Any, rcond: Any = None) -> Any:
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    k = y[2]
    inverse = (adjoint(vh[:k]) / s[:k]) @ adjoint(u[:, :k])
    x = np.reshape(y[0], (len(y[0]), -1))
    to_x, left = np.reshape(np.conj(g[0]), np.shape(x)), np.reshape(b, (len(b), -1)) - a @ x
    back = adjoint(inverse)
    to_b = back @ to_x
    to_a = (u * g[3]) @ vh - to_b @ adjoint(x)
    to_a = to_a + left @ adjoint(inverse @ to_b) + (back @ x) @ adjoint(to_x - adjoint(a) @ to_b)
    if len(y[1]) > 0:
        twice = 2.0 * left * g[1]
        to_a, to_b = to_a - twice @ adjoint(x), to_b + twice
    return np.conj(to_a), np.conj(np.reshape(to_b, np.shape(b)))


@pull(np.linalg.cond)
def _cond(g: Any, y: Any, a: Any, p: Any = None) -> Any:
    if p is None or p == 2 or p == -2:
        u, s, vh = np.linalg.svd(a, full_matrices=False)
        high = u[..., :, :1] * vh[..., :1, :] / s[..., None, :1]
        low = u[..., :, -1:] * vh[..., -1:, :] / s[..., None, -1:]
        sign = -1.0 if p == -2 else 1.0
        return sign * np.expand_dims(g * y, (-2, -1)) * np.conj(high - low)
    inverse = np.linalg.inv(a)
    one = np.linalg.norm(a, p, axis=(-2, -1))
    other = np.linalg.norm(inverse, p, axis=(-2, -1))
    back = adjoint(inverse)
    to_inverse = norm_pulled(g * one, other, inverse, p)
    return np.conj(norm_pulled(g * other, one, a, p) - back @ to_inverse @ back)


# A root moves against what is added to the polynomial, by the more the flatter it is there.
@pull(np.roots)
def _roots(g: Any, y: Any, p: Any) -> Any:
    if len(y) != len(p) - 1:
        raise runtime.refused()
    owed = -g / np.polyval(np.polyder(p), y)
    to_p = [np.sum(owed)]
    for _ in range(len(p) - 1):
        owed = owed * y
        to_p.append(np.sum(owed))
    return np.array(to_p[::-1])

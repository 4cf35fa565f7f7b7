"""Polynomials, highest power first, as the functions of NumPy have them."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import linear, pull


# Horner's scheme for the slope, and the powers of x one by one for the coefficients.
@pull(np.polyval)
def _polyval(g: Any, y: Any, p: Any, x: Any) -> Any:
    n, owed = len(p), 1.0 * g
    to_p = [np.sum(owed)]
    for _ in range(n - 1):
        owed = owed * x
        to_p.append(np.sum(owed))
    slope = np.polyval(np.polyder(p), x) if n > 1 else 0.0
    return np.array(to_p[::-1]), g * slope


def ending(g: Any, a: Any) -> Any:
    """Return the last coefficients, as many as ``a`` has."""
    return np.reshape(g[len(g) - np.size(a) :], np.shape(a))


pull(np.polyadd, lambda g, y, a, b: (ending(g, a), ending(g, b)))
pull(np.polysub, lambda g, y, a, b: (ending(g, a), -ending(g, b)))


# As np.convolve; of leading zeros, which it leaves out, nothing is known.
@pull(np.polymul)
def _polymul(g: Any, y: Any, a: Any, b: Any) -> Any:
    a_, b_ = np.ravel(a), np.ravel(b)
    if len(g) != len(a_) + len(b_) - 1:
        raise runtime.refused()
    return (
        np.reshape(np.convolve(g, b_[::-1], "valid"), np.shape(a)),
        np.reshape(np.convolve(g, a_[::-1], "valid"), np.shape(b)),
    )


@linear(np.polyder)
def _polyder(g: Any, y: Any, p: Any, m: Any = 1) -> Any:
    for k in range(m):
        g = (
            np.append(g * np.arange(len(p) - m + k, 0, -1, dtype=g.dtype), 0.0)
            if len(p) > m - k - 1
            else g
        )
    return np.pad(g, (len(p) - len(g), 0)) if len(g) < len(p) else g


@pull(np.polyint)
def _polyint(g: Any, y: Any, p: Any, m: Any = 1, k: Any = None) -> Any:
    to_k = []
    for _ in range(m):
        to_k.append(g[-1])
        g = g[:-1] / np.arange(len(g) - 1, 0, -1, dtype=g.dtype)
    if k is None:
        return g, None, None
    back = np.array(to_k[::-1])
    return g, None, np.reshape(back if np.size(k) == m else np.sum(back), np.shape(k))


# u = q v + r.  The first coefficients of u give q, one after the other, the others then r.
@pull(np.polydiv)
def _polydiv(g: Any, y: Any, u: Any, v: Any) -> Any:
    q, m = y[0], len(v) - 1
    if len(u) < len(v):
        return ending(g[1], u), np.zeros_like(v)
    to_r = np.pad(g[1], (m - len(g[1]), 0)) if len(g[1]) < m else g[1][len(g[1]) - m :]
    bottom = np.concatenate([np.zeros_like(q), to_r])
    to_q = g[0] - np.convolve(bottom, v[::-1], "valid")
    top = np.polydiv(np.concatenate([to_q[::-1], np.zeros(m)]), v)[0][::-1]
    to_u = np.concatenate([top, to_r])
    return to_u, -np.convolve(to_u, q[::-1], "valid")


@pull(np.poly)
def _poly(g: Any, y: Any, roots: Any) -> Any:
    if np.ndim(roots) != 1:
        raise runtime.refused()
    lower, slope = np.ones_like(roots), 0.0
    for k in range(1, len(y)):  # the coefficients of the product without each one root
        slope = slope - g[k] * lower
        lower = y[k] + roots * lower
    return slope


# A root moves against what is added to the polynomial, by the more the flatter it is there.
@pull(np.roots)
def _roots(g: Any, y: Any, p: Any) -> Any:
    if np.iscomplexobj(y) or len(y) != len(p) - 1:
        raise runtime.refused()
    owed = -g / np.polyval(np.polyder(p), y)
    to_p = [np.sum(owed)]
    for _ in range(len(p) - 1):
        owed = owed * y
        to_p.append(np.sum(owed))
    return np.array(to_p[::-1])


@pull(np.vander)
def _vander(g: Any, y: Any, x: Any, N: Any = None, increasing: Any = False) -> Any:
    n = np.shape(y)[1]
    if increasing:
        return np.sum(g[:, 1:] * y[:, :-1] * np.arange(1, n, dtype=y.dtype), axis=1)
    return np.sum(g[:, :-1] * y[:, 1:] * np.arange(n - 1, 0, -1, dtype=y.dtype), axis=1)


# The least squares of the powers of x, by columns of length 1 as NumPy solves it.
@pull(np.polyfit)
def _polyfit(
    g: Any,
    c: Any,
    x: Any,
    y: Any,
    deg: Any,
    rcond: Any = None,
    full: Any = False,
    w: Any = None,
    cov: Any = False,
) -> Any:
    if full or cov:
        raise runtime.refused()
    powers = np.vander(x, deg + 1)
    weight = np.ones_like(x) if w is None else w
    matrix = powers * weight[:, None]
    length = np.sqrt(np.sum(matrix * matrix, axis=0))
    inverse = np.linalg.pinv(matrix / length) / length[:, None]
    fit = np.reshape(c, (deg + 1, -1))
    owed = np.reshape(g, np.shape(fit))
    values = np.reshape(y, (len(x), -1))
    to_values = inverse.T @ owed
    left = (values - powers @ fit) * weight[:, None]
    to_matrix = left @ (inverse @ to_values).T - to_values @ fit.T
    slopes = powers[:, 1:] * np.arange(deg, 0, -1)
    return (
        weight * np.sum(to_matrix[:, :-1] * slopes, axis=1),
        np.reshape(to_values * weight[:, None], np.shape(y)),
        None,
        None,
        None,
        np.sum(to_matrix * powers, axis=1) + np.sum(to_values * values, axis=1),
    )

"""Curves through samples: polynomials between their places, splines, and straight lines.

CubicSpline(x, y)(q)    ->      piecewise(hermite(x, y, cubic_slopes(x, y)), x, q)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.runtime.ends import refused


def hermite(x: Any, y: Any, d: Any) -> Any:
    """Return the polynomials of third degree between places with values and slopes there.

    Highest power first, in the distance from the place before, as ``scipy.interpolate.PPoly``.
    """
    h = np.diff(x).reshape(-1, *[1] * (np.ndim(y) - 1))
    slope = np.diff(y, axis=0) / h
    t = (d[:-1] + d[1:] - 2.0 * slope) / h
    return np.stack([t / h, (slope - d[:-1]) / h - t, d[:-1], y[:-1]])


def hermite_back(g: Any, x: Any) -> tuple[Any, Any]:
    """Return the cotangents of the values and slopes from that of `hermite`."""
    h = np.diff(x).reshape(-1, *[1] * (g.ndim - 2))
    owed = g[0] / h - g[1]
    slope = (g[1] - 2.0 * owed) / h
    to_y, to_d = (np.zeros((len(x), *g.shape[2:]), g.dtype) for _ in range(2))
    to_y[:-1] += g[3] - slope / h
    to_y[1:] += slope / h
    to_d[:-1] += owed / h - g[1] / h + g[2]
    to_d[1:] += owed / h
    return to_y, to_d


def piecewise(c: Any, x: Any, q: Any, nu: int = 0, extrapolate: Any = True) -> Any:
    """Return the values of polynomials between the places ``x``, or their derivatives."""
    from scipy.interpolate import PPoly

    if np.iscomplexobj(c):
        raise refused()
    c, x = np.ascontiguousarray(c, float), np.ascontiguousarray(x, float)
    return PPoly.construct_fast(c, x, extrapolate)(q, nu)


def piecewise_back(g: Any, c: Any, x: Any, q: Any, nu: int = 0, extrapolate: Any = True) -> Any:
    """Return the cotangent of the coefficients from that of `piecewise`."""
    flat = np.ravel(q).astype(float)
    owed = np.reshape(g, (flat.size, -1)).astype(float)
    if extrapolate == "periodic":
        flat = x[0] + (flat - x[0]) % (x[-1] - x[0])
    elif not extrapolate:
        owed = np.where(((flat >= x[0]) & (flat <= x[-1]))[:, None], owed, 0.0)
    cell = np.clip(np.searchsorted(x, flat, "right") - 1, 0, len(x) - 2)
    rest = flat - x[cell]
    degree = len(c) - 1
    total = np.zeros((len(c), len(x) - 1, owed.shape[1]))
    for power in range(nu, degree + 1):
        factor = float(np.prod(np.arange(power - nu + 1, power + 1)))
        part = owed * (factor * rest ** (power - nu))[:, None]
        for k in range(owed.shape[1]):
            total[degree - power, :, k] = np.bincount(cell, part[:, k], len(x) - 1)
    return total.reshape(np.shape(c))


def antiderivative(c: Any, x: Any) -> Any:
    """Return the polynomials of the integral from the first place on."""
    c = np.asarray(c)
    h = np.diff(x).reshape(-1, *[1] * (c.ndim - 2))
    powers = np.arange(len(c), 0, -1).reshape(-1, *[1] * (c.ndim - 1))
    parts = c / powers
    whole = np.cumsum(np.sum(parts * h**powers, axis=0), axis=0)
    start = np.concatenate([np.zeros_like(whole[:1]), whole[:-1]])
    return np.concatenate([parts, start[None]])


def antiderivative_back(g: Any, x: Any) -> Any:
    """Return the cotangent of the polynomials from that of `antiderivative`."""
    h = np.diff(x).reshape(-1, *[1] * (g.ndim - 2))
    powers = np.arange(len(g) - 1, 0, -1).reshape(-1, *[1] * (g.ndim - 1))
    after = np.cumsum(g[-1][::-1], axis=0)[::-1]
    later = np.concatenate([after[1:], np.zeros_like(after[:1])])
    return (g[:-1] + later * h**powers) / powers


def interp_knots(x: Any, k: int = 3) -> Any:
    """Return the knots of ``scipy.interpolate.make_interp_spline``."""
    from scipy.interpolate import make_interp_spline

    return make_interp_spline(x, np.asarray(x, float), k).t


def interp_coefficients(x: Any, y: Any, k: int = 3) -> Any:
    """Return the coefficients of ``scipy.interpolate.make_interp_spline``."""
    from scipy.interpolate import make_interp_spline

    return make_interp_spline(x, y, k).c


def interp_back(g: Any, x: Any, k: int = 3) -> Any:
    """Return the cotangent of the values from that of the coefficients of a spline."""
    from scipy.interpolate import BSpline
    from scipy.sparse.linalg import spsolve

    if k < 2:
        return g
    matrix = BSpline.design_matrix(np.asarray(x, float), interp_knots(x, k), k)
    flat = np.reshape(g, (len(x), -1))
    return np.reshape(spsolve(matrix.T.tocsc(), flat), np.shape(g))


def bspline(t: Any, c: Any, q: Any, k: int, nu: int = 0, extrapolate: Any = True) -> Any:
    """Return the values of ``scipy.interpolate.BSpline(t, c, k)``, or their derivatives."""
    from scipy.interpolate import BSpline

    return BSpline(t, c, k, extrapolate)(q, nu)


def bspline_back(
    g: Any, t: Any, c: Any, q: Any, k: int, nu: int = 0, extrapolate: Any = True
) -> Any:
    """Return the cotangent of the coefficients from that of `bspline`."""
    from scipy.interpolate import BSpline

    flat = np.ravel(q).astype(float)
    n = len(t) - k - 1
    owed = np.reshape(g, (flat.size, -1))
    if extrapolate == "periodic":
        flat = t[k] + (flat - t[k]) % (t[n] - t[k])
    elif not extrapolate:
        there = (flat >= t[k]) & (flat <= t[n])
        flat, owed = np.where(there, flat, t[k]), np.where(there[:, None], owed, 0.0)
    knots = t[nu : len(t) - nu]
    back = BSpline.design_matrix(flat, knots, k - nu, bool(extrapolate)).T @ owed
    for order in range(k - nu + 1, k + 1):
        inside = t[k - order : len(t) - (k - order)]
        spans = (inside[order + 1 : -1] - inside[1 : -order - 1])[:, None]
        part = np.where(spans > 0, order / np.where(spans > 0, spans, 1.0), 0.0) * back
        none = np.zeros_like(part[:1])
        back = np.concatenate([none, part]) - np.concatenate([part, none])
    rest = np.zeros((len(c) - n, back.shape[1]))
    return np.reshape(np.concatenate([back, rest]), np.shape(c))

"""The slopes of curves at their knots: what SciPy finds, and from them back to the samples."""

from __future__ import annotations

from typing import Any

import numpy as np


def cubic_slopes(x: Any, y: Any, bc_type: Any = "not-a-knot") -> Any:
    """Return the slopes of ``scipy.interpolate.CubicSpline`` at its knots."""
    from scipy.interpolate import CubicSpline

    return CubicSpline(x, y, bc_type=bc_type)(x, 1)


def cubic_slopes_back(g: Any, x: Any, bc_type: Any = "not-a-knot") -> Any:
    """Return the cotangent of the values from that of the slopes of a spline through them."""
    from scipy.sparse.linalg import spsolve

    n, h = len(x), np.diff(np.asarray(x, float))
    if n == 2 and bc_type == "not-a-knot":
        owed = np.sum(g, axis=0, keepdims=True)
    else:
        left, right = _system(h, bc_type)
        flat = np.reshape(g, (n, -1)).astype(float)
        if bc_type == "periodic":
            flat = np.concatenate([flat[:1] + flat[-1:], flat[1:-1]])
        solved = np.reshape(spsolve(left.T.tocsc(), flat), flat.shape)
        owed = np.reshape(right.T @ solved, (n - 1, *np.shape(g)[1:]))
    owed = owed / h.reshape(-1, *[1] * (np.ndim(g) - 1))
    none = np.zeros_like(owed[:1])
    return np.concatenate([none, owed]) - np.concatenate([owed, none])


def _system(h: Any, bc_type: Any) -> tuple[Any, Any]:
    """Return the equations of the slopes at the knots: of those, and of the slopes between them."""
    from scipy import sparse

    n = len(h) + 1
    size = n - 1 if bc_type == "periodic" else n
    left, right = sparse.lil_matrix((size, size)), sparse.lil_matrix((size, n - 1))
    whole = bc_type == "periodic"
    for i in range(size) if whole else range(1, n - 1):
        before, after = h[i - 1], h[i]
        for k, value in ((i - 1, after), (i, 2.0 * (before + after)), (i + 1, before)):
            left[i, k % size] += value
        right[i, i - 1 if i else n - 2] += 3.0 * after
        right[i, i] += 3.0 * before
    if not whole:
        first, last = bc_type if isinstance(bc_type, (tuple, list)) else (bc_type, bc_type)
        both = n == 3 and first == last == "not-a-knot"
        _end(left, right, h, first, 0, 1, both)
        _end(left, right, h[::-1], last, n - 1, -1, both)
    return left.tocsc(), right.tocsr()


def _end(left: Any, right: Any, h: Any, kind: Any, at: int, step: int, parabola: bool) -> None:
    """Enter the equation of one end; ``h`` begins there."""
    slope = 0 if step > 0 else right.shape[1] - 1
    order = {"clamped": 1, "natural": 2}.get(kind) if isinstance(kind, str) else kind[0]
    if parabola:
        left[at, at], left[at, at + step], right[at, slope] = 1.0, 1.0, 2.0
    elif order == 1:
        left[at, at] = 1.0
    elif order == 2:
        left[at, at], left[at, at + step], right[at, slope] = 2.0 * h[0], h[0], 3.0 * h[0]
    elif len(h) == 1:
        left[at, at], right[at, slope] = 1.0, 1.0
    else:
        both = h[0] + h[1]
        left[at, at], left[at, at + step] = h[1], both
        right[at, slope] = (h[0] + 2.0 * both) * h[1] / both
        right[at, slope + step] = h[0] * h[0] / both


def pchip_slopes(x: Any, y: Any) -> Any:
    """Return the slopes of ``scipy.interpolate.PchipInterpolator`` at its knots."""
    from scipy.interpolate import PchipInterpolator

    return PchipInterpolator(x, y)(x, 1)


def pchip_slopes_back(g: Any, x: Any, y: Any) -> Any:
    """Return the cotangent of the values from that of `pchip_slopes`."""
    h = np.diff(np.asarray(x, float)).reshape(-1, *[1] * (np.ndim(y) - 1))
    m = np.diff(y, axis=0) / h
    owed = np.zeros_like(m)
    if len(m) == 1:
        owed += g[:1] + g[1:]
    else:
        same = np.sign(m[1:]) * np.sign(m[:-1]) > 0
        one, other = np.where(same, m[:-1], 1.0), np.where(same, m[1:], 1.0)
        w, v = 2.0 * h[1:] + h[:-1], h[1:] + 2.0 * h[:-1]
        mean = (w + v) / (w / one + v / other)
        share = np.where(same, g[1:-1], 0.0) * mean * mean / (w + v)
        owed[:-1] += share * w / one**2
        owed[1:] += share * v / other**2
        for end, step in ((0, 1), (-1, -1)):
            _pchip_end(owed, g[end], m, h, end, step)
    owed = owed / h
    none = np.zeros_like(owed[:1])
    return np.concatenate([none, owed]) - np.concatenate([owed, none])


def _pchip_end(owed: Any, g: Any, m: Any, h: Any, at: int, step: int) -> None:
    first, second = m[at], m[at + step]
    near, far = h[at], h[at + step]
    slope = ((2.0 * near + far) * first - near * second) / (near + far)
    flat = np.sign(slope) != np.sign(first)
    steep = (np.sign(first) != np.sign(second)) & (np.abs(slope) > 3.0 * np.abs(first))
    plain = ~flat & ~steep
    owed[at] += g * np.where(plain, (2.0 * near + far) / (near + far), 0.0)
    owed[at] += g * np.where(~flat & steep, 3.0, 0.0)
    owed[at + step] -= g * np.where(plain, near / (near + far), 0.0)


def akima_slopes(x: Any, y: Any) -> Any:
    """Return the slopes of ``scipy.interpolate.Akima1DInterpolator`` at its knots."""
    from scipy.interpolate import Akima1DInterpolator

    return Akima1DInterpolator(x, y)(x, 1)


def akima_slopes_back(g: Any, x: Any, y: Any) -> Any:
    """Return the cotangent of the values from that of `akima_slopes`."""
    h = np.diff(np.asarray(x, float)).reshape(-1, *[1] * (np.ndim(y) - 1))
    inner = np.diff(y, axis=0) / h
    if len(inner) == 1:
        owed = g[:1] + g[1:]
    else:
        start, end = 2.0 * inner[0] - inner[1], 2.0 * inner[-1] - inner[-2]
        m = np.stack([2.0 * start - inner[0], start, *inner, end, 2.0 * end - inner[-1]])
        wide = _akima_between(g, m)
        wide[1] += 2.0 * wide[0]
        wide[2] -= wide[0]
        wide[-2] += 2.0 * wide[-1]
        wide[-3] -= wide[-1]
        wide[2] += 2.0 * wide[1]
        wide[3] -= wide[1]
        wide[-3] += 2.0 * wide[-2]
        wide[-4] -= wide[-2]
        owed = wide[2:-2]
    owed = owed / h
    none = np.zeros_like(owed[:1])
    return np.concatenate([none, owed]) - np.concatenate([owed, none])


def _akima_between(g: Any, m: Any) -> Any:
    """Return what the slopes between knots are owed by those at the knots."""
    right, left = m[3:] - m[2:-1], m[1:-2] - m[:-3]
    f, s = np.abs(right), np.abs(left)
    known = f + s > 1e-9 * np.max(f + s)
    both = np.where(known, f + s, 1.0)
    owed = np.where(known, g, 0.0)
    share, middle = s / both, owed * (m[2:-1] - m[1:-2]) / both
    wide = np.zeros_like(m)
    wide[1:-2] += owed * (1.0 - share)
    wide[2:-1] += owed * share
    to_s, to_f = middle * (1.0 - share) * np.sign(left), -middle * share * np.sign(right)
    wide[1:-2] += to_s
    wide[:-3] -= to_s
    wide[3:] += to_f
    wide[2:-1] -= to_f
    rest = 0.5 * np.where(known, 0.0, g)
    wide[3:] += rest
    wide[:-3] += rest
    return wide

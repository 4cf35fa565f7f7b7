"""What the derivatives of SciPy's special functions need and SciPy lacks; it imports SciPy.

Read with the rules for SciPy only, never by importing srcgrad.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from scipy import special

_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
_SHIFTS = 16
_TERMS = 5000
_DROP = 38.0
"""What is smaller by this factor, as a power of e, is left out of an integral."""


def _floats(*args: Any) -> tuple[Any, ...]:
    """Return arrays of one shape and the dtype in which a ufunc would compute."""
    dtype = np.result_type(*args)
    dtype = dtype if dtype in (np.float32, np.float64) else np.dtype(float)
    return tuple(np.broadcast_arrays(*(np.asarray(arg, dtype) for arg in args)))


def psi_step(a: Any, b: Any) -> Any:
    """Return ``psi(a + b) - psi(a)``, exactly also where the two are nearly equal.

    Parameters
    ----------
    a, b : array or scalar
        Real numbers; neither ``a`` nor ``a + b`` a pole of the digamma function.
    """
    a, b = _floats(a, b)
    start = special.psi(a)
    step = np.array(special.psi(a + b) - start)
    lost = (np.abs(step) < 0.1 * np.abs(start)) & (a > 0) & (a + b > 0)
    if np.any(lost):
        step[lost] = _small_step(a[lost].astype(float), b[lost].astype(float))
    return step[()]


def _small_step(a: Any, b: Any) -> Any:
    """From poles to the left, each exact, and the asymptotic series of what is left."""
    total = np.zeros_like(a)
    for _ in range(_SHIFTS):
        total += b / a / (a + b)
        a = a + 1.0
    rise = np.log1p(b / a)
    total += rise + 0.5 * b / a / (a + b)
    for k, bernoulli in enumerate(_BERNOULLI, 1):
        total -= bernoulli / (2 * k) * a ** (-2 * k) * np.expm1(-2 * k * rise)
    return total


def gammainc_slope(a: Any, x: Any) -> Any:
    """Return the slope of the regularised lower incomplete gamma function in its parameter.

    It is an integral of one sign, from 0 or to infinity, taken by Gauss's rule.

    Parameters
    ----------
    a : array or scalar
        Positive numbers.
    x : array or scalar
        Numbers that are not negative.
    """
    a, x = _floats(a, x)
    known = (a > 0) & (x > 0) & np.isfinite(x) & np.isfinite(a)
    out = np.where((x == 0) | ((a > 0) & np.isinf(x)), 0.0, np.nan).astype(a.dtype)
    if np.any(known):
        out[known] = _gamma_slopes(a[known].astype(float), x[known].astype(float))
    return out[()]


def _gamma_slopes(a: Any, x: Any) -> Any:
    middle, log = special.psi(a), np.log(x)
    left = log < middle
    wide = np.minimum(np.sqrt(2.0 * _DROP / x) + 2.0 / x, np.log1p((_DROP + 2.0 * a) / x) + 3.0)
    length = np.where(left, (_DROP + x) / a, wide)
    side = np.where(left, -1.0, 1.0)
    for _ in range(40):
        drop, steep = _gamma_drop(a, x, side, length)
        length = length - (drop - _DROP) / steep
    total, start = np.zeros_like(a), np.zeros_like(a)
    nodes, weights = _gauss()
    for limit in (4.0, 40.0, np.inf):
        end = np.minimum(length, limit)
        for node, weight in zip(nodes, weights):
            s = start + (end - start) * node
            drop, _ = _gamma_drop(a, x, side, s)
            total += weight * (end - start) * np.exp(-drop) * (log + side * s - middle)
        start = end
    return -side * np.exp(a * log - x - special.gammaln(a)) * total


def _gamma_drop(a: Any, x: Any, side: Any, s: Any) -> Any:
    """By which power of e ``t ** a * exp(-t)`` falls from x to ``x * exp(side * s)``; its slope."""
    rise = x * np.expm1(side * s)
    return rise - a * side * s, side * (rise + x - a)


@cache
def _gauss() -> tuple[list[float], list[float]]:
    nodes, weights = np.polynomial.legendre.leggauss(40)
    return (0.5 * (nodes + 1.0)).tolist(), (0.5 * weights).tolist()


def dawsn_slope(x: Any) -> Any:
    """Return the slope of Dawson's integral, ``1 - 2 * x * dawsn(x)``, exactly for large x."""
    (x,) = _floats(x)
    large = np.abs(x) > 7.0
    step = 0.5 / np.square(np.where(large, x, 7.0))
    total = np.ones_like(x)
    for k in range(24, 0, -1):
        total = 1.0 + (2 * k + 1) * step * total
    return np.where(large, -step * total, 1.0 - 2.0 * x * special.dawsn(x)).astype(x.dtype)[()]


def erfcx_slope(x: Any) -> Any:
    """Return the slope of ``scipy.special.erfcx``, for large x by a continued fraction."""
    (x,) = _floats(x)
    large = x > 3.0
    far = np.where(large, x, 3.0)
    rest = np.zeros_like(x)
    for k in range(40, 0, -1):
        rest = 0.5 * k / (far + rest)
    near = np.where(large, 0.0, x)
    close = 2.0 * near * special.erfcx(near) - 1.1283791670955126
    return np.where(large, -1.1283791670955126 * rest / (far + rest), close).astype(x.dtype)[()]


def kve_slope(v: Any, x: Any) -> Any:
    """Return the slope of ``scipy.special.kve`` in x: for large x by its integral, of one sign.

    It is that of ``exp(-x * (cosh(t) - 1)) * cosh(v * t) * (1 - cosh(t))`` over all positive t.
    """
    v, x = _floats(v, x)
    near = special.kve(v, x) - 0.5 * (special.kve(v - 1.0, x) + special.kve(v + 1.0, x))
    out = np.array(near)
    large = (x > 8.0) & (np.abs(v) < x)
    if np.any(large):
        out[large] = _kve_slopes(v[large].astype(float), x[large].astype(float))
    return out[()]


def _kve_slopes(v: Any, x: Any) -> Any:
    width = (10.0 + np.abs(v) / np.sqrt(x)) / np.sqrt(x) / 60.0
    total = np.zeros_like(x)
    for k in range(1, 61):
        t = k * width
        rise = 2.0 * np.square(np.sinh(0.5 * t))
        total -= np.exp(-x * rise) * np.cosh(v * t) * rise
    return width * total


def zeta_slope(x: Any, q: Any) -> Any:
    """Return the slope of the Hurwitz zeta function in x: by Euler's and Maclaurin's sum.

    Parameters
    ----------
    x : array or scalar
        Numbers above 1.
    q : array or scalar
        Positive numbers.
    """
    x, q = _floats(x, q)
    known = (x > 1) & (q > 0)
    s, a = np.where(known, x, 2.0).astype(float), np.where(known, q, 1.0).astype(float)
    total = np.zeros_like(s)
    for _ in range(_SHIFTS):
        total -= np.log(a) * a**-s
        a = a + 1.0
    log, power = np.log(a), a**-s
    total -= a * power / (s - 1.0) * (log + 1.0 / (s - 1.0)) + 0.5 * log * power
    # The rising product s * (s + 1) * ... and its slope in s, from term to term.
    product, slope, size = s, np.ones_like(s), power / a
    for k, bernoulli in enumerate(_BERNOULLI, 1):
        total += bernoulli / math.factorial(2 * k) * size * (slope - log * product)
        for step in (2 * k - 1, 2 * k):
            product, slope = product * (s + step), slope * (s + step) + product
        size = size / (a * a)
    return np.where(known, total, np.nan).astype(x.dtype)[()]


def hyp1f1_slopes(a: Any, b: Any, z: Any) -> Any:
    """Return the slopes of Kummer's function in its two parameters, by its series.

    Parameters
    ----------
    a, b, z : array or scalar
        Real numbers, ``b`` not 0 and no negative whole number.  For negative ``z`` it is
        ``exp(z)`` times the function of ``b - a``, ``b`` and ``-z``, whose terms are of one sign.
    """
    a, b, z = _floats(a, b, z)
    left = z < 0
    first, size = np.where(left, b - a, a).astype(float), np.abs(z).astype(float)
    to_a, to_b = _kummer_slopes(first, b.astype(float), size)
    scale = np.exp(np.where(left, z, 0.0))
    to_b = scale * np.where(left, to_a + to_b, to_b)
    return (scale * np.where(left, -to_a, to_a)).astype(z.dtype)[()], to_b.astype(z.dtype)[()]


def _kummer_slopes(a: Any, b: Any, z: Any) -> tuple[Any, Any]:
    term, by_a, by_b = np.ones_like(z), np.zeros_like(z), np.zeros_like(z)
    to_a, to_b, total = np.zeros_like(z), np.zeros_like(z), np.ones_like(z)
    for k in range(_TERMS):
        ratio = z / ((b + k) * (k + 1.0))
        by_a = (by_a * (a + k) + term) * ratio
        by_b = (by_b - term / (b + k)) * (a + k) * ratio
        term = term * (a + k) * ratio
        to_a, to_b, total = to_a + by_a, to_b + by_b, total + term
        left = np.abs(by_a) + np.abs(by_b) + np.abs(term)
        done = left <= 1e-17 * (np.abs(to_a) + np.abs(to_b) + np.abs(total))
        if np.all((done & (k > z)) | np.isnan(total)):
            return to_a, to_b
    return np.where(done, to_a, np.nan), np.where(done, to_b, np.nan)

"""The error function and its relatives, the normal distribution, exponential integrals."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from srcgrad.rules.classes import partly
from srcgrad.rules.table import elementwise, pull
from srcgrad.runtime import foreign

# 2 / sqrt(pi), and its inverse.
elementwise(special.erf, lambda y, x: 1.1283791670955126 * np.exp(-x * x))
elementwise(special.erfc, lambda y, x: -1.1283791670955126 * np.exp(-x * x))
elementwise(special.erfi, lambda y, x: 1.1283791670955126 * np.exp(x * x))
elementwise(special.erfinv, lambda y, x: 0.886226925452758 * np.exp(y * y))
elementwise(special.erfcinv, lambda y, x: -0.886226925452758 * np.exp(y * y))
elementwise(special.erfcx, lambda y, x: foreign.erfcx_slope(x))
elementwise(special.dawsn, lambda y, x: foreign.dawsn_slope(x))
elementwise(foreign.erfcx_slope, lambda y, x: 2.0 * (special.erfcx(x) + x * y))
elementwise(foreign.dawsn_slope, lambda y, x: -2.0 * (special.dawsn(x) + x * y))

# 1 / sqrt(2 * pi), and its inverse.
elementwise(special.ndtr, lambda y, x: 0.3989422804014327 * np.exp(-0.5 * x * x))
elementwise(special.ndtri, lambda y, x: 2.5066282746310002 * np.exp(0.5 * y * y))
elementwise(
    special.ndtri_exp, lambda y, x: 1.2533141373155003 * special.erfcx(-0.7071067811865476 * y)
)


# On the left by the scaled function, where density and distribution are both nearly 0.
@elementwise(special.log_ndtr)
def _log_ndtr(y: Any, x: Any) -> Any:
    left = 0.7978845608028654 / special.erfcx(-0.7071067811865476 * np.minimum(x, 0.0))
    right = 0.3989422804014327 * np.exp(-0.5 * np.square(np.maximum(x, 0.0)) - np.maximum(y, -1.0))
    return np.where(x < 0, left, right)


@elementwise(special.owens_t)
def _owens_t(y: Any, h: Any, a: Any) -> Any:
    to_h = -0.19947114020071635 * np.exp(-0.5 * h * h) * special.erf(0.7071067811865476 * a * h)
    wide = 1.0 + a * a
    return to_h, 0.15915494309189535 * np.exp(-0.5 * h * h * wide) / wide


@pull(special.fresnel)
def _fresnel(g: Any, y: Any, x: Any) -> Any:
    angle = 1.5707963267948966 * x * x
    return g[0] * np.sin(angle) + g[1] * np.cos(angle)


# With the Faddeeva function w of z = (x + 1j * gamma) / (sigma * sqrt(2)), whose slope is known.
@elementwise(special.voigt_profile)
def _voigt_profile(y: Any, x: Any, sigma: Any, gamma: Any) -> Any:
    z = 0.7071067811865476 * (x + 1j * gamma) / sigma
    slope = 1.1283791670955126j - 2.0 * z * special.wofz(z)
    size = 0.28209479177387814 / (sigma * sigma)
    to_sigma = -y / sigma - 1.4142135623730951 * size * np.real(z * slope)
    return size * np.real(slope), to_sigma, -size * np.imag(slope)


elementwise(special.expi, lambda y, x: np.exp(x) / x)
elementwise(special.exp1, lambda y, x: -np.exp(-x) / x)


@elementwise(special.expn)
def _expn(y: Any, n: Any, x: Any) -> Any:
    first = n == 0
    known = np.where(first, x, 1.0)
    start = np.exp(-known) * (1.0 + known) / (known * known)
    return None, -np.where(first, start, special.expn(np.maximum(n - 1, 0), x))


@pull(special.sici)
def _sici(g: Any, y: Any, x: Any) -> Any:
    return g[0] * np.sinc(0.3183098861837907 * x) + g[1] * np.cos(x) / x


@pull(special.shichi)
def _shichi(g: Any, y: Any, x: Any) -> Any:
    nought = x == 0
    sine = np.where(nought, 1.0, np.sinh(x) / np.where(nought, 1.0, x))
    return g[0] * sine + g[1] * np.cosh(x) / x


# Near 1 the logarithm is as exact as the difference.
@elementwise(special.spence)
def _spence(y: Any, z: Any) -> Any:
    off = z - 1.0
    unit = off == 0
    return np.where(unit, -1.0, -np.log(z) / np.where(unit, 1.0, off))


partly("scipy.special", {"expn": "its order is a whole number"})

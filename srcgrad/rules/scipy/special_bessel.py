"""Bessel, Kelvin, Airy, Struve and parabolic cylinder functions, and their integrals: in x."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from srcgrad import runtime
from srcgrad.rules.classes import partly
from srcgrad.rules.table import elementwise, pull
from srcgrad.runtime import foreign

_ORDER = "how it moves with its order has no closed form; with its last argument it has one"

elementwise(special.j0, lambda y, x: -special.j1(x))
elementwise(special.j1, lambda y, x: 0.5 * (special.j0(x) - special.jv(2, x)))
elementwise(special.y0, lambda y, x: -special.y1(x))
elementwise(special.y1, lambda y, x: 0.5 * (special.y0(x) - special.yn(2, x)))
elementwise(special.i0, lambda y, x: special.i1(x))
elementwise(special.i1, lambda y, x: 0.5 * (special.i0(x) + special.iv(2, x)))
elementwise(special.k0, lambda y, x: -special.k1(x))
elementwise(special.k1, lambda y, x: -0.5 * (special.k0(x) + special.kn(2, x)))
elementwise(special.k0e, lambda y, x: foreign.kve_slope(0.0, x))
elementwise(special.k1e, lambda y, x: foreign.kve_slope(1.0, x))
elementwise(special.kve, lambda y, v, x: (None, foreign.kve_slope(v, x)))
# e ** -x * I0(x) is 1F1(1/2; 1; -2 x), and so on: no difference of nearly equal numbers.
elementwise(special.i0e, lambda y, x: -np.sign(x) * special.hyp1f1(1.5, 2.0, -2.0 * np.abs(x)))


@elementwise(special.i1e)
def _i1e(y: Any, x: Any) -> Any:
    size = np.abs(x)
    rest = size * special.hyp1f1(2.5, 4.0, -2.0 * size)
    return 0.5 * (special.hyp1f1(1.5, 3.0, -2.0 * size) - rest)


elementwise(special.jv, lambda y, v, x: (None, special.jvp(v, x)))
elementwise(special.yv, lambda y, v, x: (None, special.yvp(v, x)))
elementwise(special.yn, lambda y, v, x: (None, 0.5 * (special.yn(v - 1, x) - special.yn(v + 1, x))))
elementwise(special.iv, lambda y, v, x: (None, special.ivp(v, x)))
elementwise(special.kv, lambda y, v, x: (None, special.kvp(v, x)))
elementwise(special.kn, lambda y, v, x: (None, special.kvp(v, x)))
elementwise(
    special.jve, lambda y, v, x: (None, 0.5 * (special.jve(v - 1, x) - special.jve(v + 1, x)))
)
elementwise(
    special.yve, lambda y, v, x: (None, 0.5 * (special.yve(v - 1, x) - special.yve(v + 1, x)))
)


@elementwise(special.ive)
def _ive(y: Any, v: Any, x: Any) -> Any:
    return None, 0.5 * (special.ive(v - 1, x) + special.ive(v + 1, x)) - np.sign(x) * y


@elementwise(foreign.kve_slope)
def _kve_slope(y: Any, v: Any, x: Any) -> Any:
    return None, y - 0.5 * (foreign.kve_slope(v - 1.0, x) + foreign.kve_slope(v + 1.0, x))


elementwise(special.jvp, lambda y, v, z, n=1: (None, special.jvp(v, z, n + 1)))
elementwise(special.yvp, lambda y, v, z, n=1: (None, special.yvp(v, z, n + 1)))
elementwise(special.ivp, lambda y, v, z, n=1: (None, special.ivp(v, z, n + 1)))
elementwise(special.kvp, lambda y, v, z, n=1: (None, special.kvp(v, z, n + 1)))


# The slope of a slope from those of the neighbours: no division by z.
@elementwise(special.spherical_jn)
def _spherical_jn(y: Any, n: Any, z: Any, derivative: Any = False) -> Any:
    if not derivative:
        return None, special.spherical_jn(n, z, True)
    below = n * special.spherical_jn(np.maximum(n - 1, 0), z, True)
    return None, (below - (n + 1) * special.spherical_jn(n + 1, z, True)) / (2 * n + 1)


@elementwise(special.spherical_yn)
def _spherical_yn(y: Any, n: Any, z: Any, derivative: Any = False) -> Any:
    if not derivative:
        return None, special.spherical_yn(n, z, True)
    below = n * special.spherical_yn(np.maximum(n - 1, 0), z, True)
    return None, (below - (n + 1) * special.spherical_yn(n + 1, z, True)) / (2 * n + 1)


@elementwise(special.spherical_in)
def _spherical_in(y: Any, n: Any, z: Any, derivative: Any = False) -> Any:
    if not derivative:
        return None, special.spherical_in(n, z, True)
    below = n * special.spherical_in(np.maximum(n - 1, 0), z, True)
    return None, (below + (n + 1) * special.spherical_in(n + 1, z, True)) / (2 * n + 1)


@elementwise(special.spherical_kn)
def _spherical_kn(y: Any, n: Any, z: Any, derivative: Any = False) -> Any:
    if not derivative:
        return None, special.spherical_kn(n, z, True)
    below = n * special.spherical_kn(np.maximum(n - 1, 0), z, True)
    return None, -(below + (n + 1) * special.spherical_kn(n + 1, z, True)) / (2 * n + 1)


@pull(special.airy)
def _airy(g: Any, y: Any, z: Any) -> Any:
    return g[0] * y[1] + g[2] * y[3] + z * (g[1] * y[0] + g[3] * y[2])


@pull(special.airye)
def _airye(g: Any, y: Any, z: Any) -> Any:
    root = np.sqrt(np.maximum(z, 0.0))
    first = g[0] * (y[1] + root * y[0]) + g[1] * (z * y[0] + root * y[1])
    second = g[2] * (y[3] - root * y[2]) + g[3] * (z * y[2] - root * y[3])
    return np.where(z < 0, 0.0, first) + second


@pull(special.itairy)
def _itairy(g: Any, y: Any, x: Any) -> Any:
    there, back = special.airy(x), special.airy(-x)
    return g[0] * there[0] + g[1] * there[2] + g[2] * back[0] + g[3] * back[2]


@pull(special.itj0y0)
def _itj0y0(g: Any, y: Any, x: Any) -> Any:
    return g[0] * special.j0(x) + g[1] * special.y0(x)


@pull(special.iti0k0)
def _iti0k0(g: Any, y: Any, x: Any) -> Any:
    return g[0] * special.i0(x) + g[1] * special.k0(x)


@pull(special.it2j0y0)
def _it2j0y0(g: Any, y: Any, x: Any) -> Any:
    return (g[0] * (1.0 - special.j0(x)) - g[1] * special.y0(x)) / x


@pull(special.it2i0k0)
def _it2i0k0(g: Any, y: Any, x: Any) -> Any:
    return (g[0] * (special.i0(x) - 1.0) - g[1] * special.k0(x)) / x


elementwise(special.itstruve0, lambda y, x: special.struve(0.0, x))
elementwise(special.itmodstruve0, lambda y, x: special.modstruve(0.0, x))
elementwise(special.it2struve0, lambda y, x: -special.struve(0.0, x) / x)
elementwise(special.struve, lambda y, v, x: (None, special.struve(v - 1.0, x) - v * y / x))
elementwise(special.modstruve, lambda y, v, x: (None, special.modstruve(v - 1.0, x) - v * y / x))

elementwise(special.ber, lambda y, x: special.berp(x))
elementwise(special.bei, lambda y, x: special.beip(x))
elementwise(special.ker, lambda y, x: special.kerp(x))
elementwise(special.kei, lambda y, x: special.keip(x))
elementwise(special.kerp, lambda y, x: -special.kei(x) - y / x)
elementwise(special.keip, lambda y, x: special.ker(x) - y / x)


@elementwise(special.berp)
def _berp(y: Any, x: Any) -> Any:
    return -special.bei(x) - y / np.where(x == 0, 1.0, x)


@elementwise(special.beip)
def _beip(y: Any, x: Any) -> Any:
    nought = x == 0
    return special.ber(x) - np.where(nought, 0.5, y / np.where(nought, 1.0, x))


# Each with its slope; the slope of that is in the equation that both solve.
@pull(special.pbdv)
def _pbdv(g: Any, y: Any, v: Any, x: Any) -> Any:
    slope = g[0] * y[1] + g[1] * (0.25 * x * x - v - 0.5) * y[0]
    return None, runtime.unbroadcast(slope, x)


@pull(special.pbvv)
def _pbvv(g: Any, y: Any, v: Any, x: Any) -> Any:
    slope = g[0] * y[1] + g[1] * (0.25 * x * x - v - 0.5) * y[0]
    return None, runtime.unbroadcast(slope, x)


@pull(special.pbwa)
def _pbwa(g: Any, y: Any, a: Any, x: Any) -> Any:
    slope = g[0] * y[1] + g[1] * (a - 0.25 * x * x) * y[0]
    return None, runtime.unbroadcast(slope, x)


elementwise(
    special.wright_bessel, lambda y, a, b, x: (None, None, special.wright_bessel(a, a + b, x))
)
if hasattr(special, "log_wright_bessel"):
    elementwise(
        special.log_wright_bessel,
        lambda y, a, b, x: (None, None, np.exp(special.log_wright_bessel(a, a + b, x) - y)),
    )

partly(
    "scipy.special",
    {
        "jv jn yv yn jve yve iv ive kv kn kve jvp yvp ivp kvp struve modstruve": _ORDER,
        "spherical_jn spherical_yn spherical_in spherical_kn": "its order is a whole number",
        "pbdv pbvv pbwa wright_bessel log_wright_bessel": _ORDER.replace("order", "parameters"),
    },
)

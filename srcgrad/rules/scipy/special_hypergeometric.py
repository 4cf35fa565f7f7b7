"""Hypergeometric, Mathieu and spheroidal functions: in their last argument."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from srcgrad import runtime
from srcgrad.rules.classes import partly
from srcgrad.rules.table import elementwise, pull
from srcgrad.runtime import foreign

elementwise(special.hyp0f1, lambda y, v, z: (None, special.hyp0f1(v + 1.0, z) / v))


@elementwise(special.hyp1f1)
def _hyp1f1(y: Any, a: Any, b: Any, z: Any) -> Any:
    to_a, to_b = foreign.hyp1f1_slopes(a, b, z)
    return to_a, to_b, a / b * special.hyp1f1(a + 1.0, b + 1.0, z)


elementwise(
    special.hyperu, lambda y, a, b, z: (None, None, -a * special.hyperu(a + 1.0, b + 1.0, z))
)


@elementwise(special.hyp2f1)
def _hyp2f1(y: Any, a: Any, b: Any, c: Any, z: Any) -> Any:
    return None, None, None, a * b / c * special.hyp2f1(a + 1.0, b + 1.0, c + 1.0, z)


# Each gives its slope, too; the slope of that is in the equation that it solves.  The argument
# of the two angular ones is in degrees, their slopes are by radians.
@pull(special.mathieu_cem)
def _mathieu_cem(g: Any, y: Any, m: Any, q: Any, x: Any) -> Any:
    bend = (2.0 * q * special.cosdg(2.0 * x) - special.mathieu_a(m, q)) * y[0]
    slope = 0.017453292519943295 * (g[0] * y[1] + g[1] * bend)
    return None, None, runtime.unbroadcast(slope, x)


@pull(special.mathieu_sem)
def _mathieu_sem(g: Any, y: Any, m: Any, q: Any, x: Any) -> Any:
    bend = (2.0 * q * special.cosdg(2.0 * x) - special.mathieu_b(m, q)) * y[0]
    slope = 0.017453292519943295 * (g[0] * y[1] + g[1] * bend)
    return None, None, runtime.unbroadcast(slope, x)


def modified_cosine(g: Any, y: Any, m: Any, q: Any, x: Any) -> Any:
    bend = (special.mathieu_a(m, q) - 2.0 * q * np.cosh(2.0 * x)) * y[0]
    return None, None, runtime.unbroadcast(g[0] * y[1] + g[1] * bend, x)


def modified_sine(g: Any, y: Any, m: Any, q: Any, x: Any) -> Any:
    bend = (special.mathieu_b(m, q) - 2.0 * q * np.cosh(2.0 * x)) * y[0]
    return None, None, runtime.unbroadcast(g[0] * y[1] + g[1] * bend, x)


pull(special.mathieu_modcem1, modified_cosine)
pull(special.mathieu_modcem2, modified_cosine)
pull(special.mathieu_modsem1, modified_sine)
pull(special.mathieu_modsem2, modified_sine)


def prolate(g: Any, y: Any, m: Any, n: Any, c: Any, x: Any) -> Any:
    rest = 1.0 - x * x
    force = special.pro_cv(m, n, c) - np.square(c * x) - m * m / rest
    bend = (2.0 * x * y[1] - force * y[0]) / rest
    return None, None, None, runtime.unbroadcast(g[0] * y[1] + g[1] * bend, x)


def oblate(g: Any, y: Any, m: Any, n: Any, c: Any, x: Any) -> Any:
    rest = 1.0 - x * x
    force = special.obl_cv(m, n, c) + np.square(c * x) - m * m / rest
    bend = (2.0 * x * y[1] - force * y[0]) / rest
    return None, None, None, runtime.unbroadcast(g[0] * y[1] + g[1] * bend, x)


def oblate_radial(g: Any, y: Any, m: Any, n: Any, c: Any, x: Any) -> Any:
    rest = 1.0 + x * x
    force = special.obl_cv(m, n, c) - np.square(c * x) - m * m / rest
    bend = (force * y[0] - 2.0 * x * y[1]) / rest
    return None, None, None, runtime.unbroadcast(g[0] * y[1] + g[1] * bend, x)


pull(special.pro_ang1, prolate)
pull(special.pro_rad1, prolate)
pull(special.obl_ang1, oblate)
pull(special.obl_rad1, oblate_radial)

_LAST = "how it moves with its parameters has no closed form; with its last argument it has one"
partly(
    "scipy.special",
    {
        "hyp0f1 hyp2f1 hyperu": _LAST,
        "mathieu_cem mathieu_sem mathieu_modcem1 mathieu_modcem2": _LAST,
        "mathieu_modsem1 mathieu_modsem2": _LAST,
        "pro_ang1 pro_rad1 obl_ang1 obl_rad1": _LAST,
    },
)

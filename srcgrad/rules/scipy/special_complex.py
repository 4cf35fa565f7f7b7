"""Special functions of complex numbers: the analytic ones, by their complex derivative."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from srcgrad.rules import complexes
from srcgrad.rules.classes import partly
from srcgrad.rules.scipy import (  # noqa: F401
    special_bessel,
    special_errors,
    special_gamma,
    special_hypergeometric,
)
from srcgrad.rules.table import RuleFunction, elementwise


def analytic(fn: Any, partials: RuleFunction) -> None:
    """Enter the partial derivatives of a function that has complex results."""
    elementwise(fn, partials)
    complexes.elementwise(fn)(partials)


complexes.same(special.erf, special.erfc, special.erfi, special.ndtr, special.exp1, special.expi)
complexes.same(special.gamma, special.loggamma, special.jv, special.yv, special.iv, special.kv)
complexes.same(special.jvp, special.yvp, special.ivp, special.kvp, special.airy, special.fresnel)
complexes.same(special.hyp0f1, special.hyp1f1, special.hyp2f1)

analytic(
    special.hankel1,
    lambda y, v, z: (None, 0.5 * (special.hankel1(v - 1, z) - special.hankel1(v + 1, z))),
)
analytic(
    special.hankel2,
    lambda y, v, z: (None, 0.5 * (special.hankel2(v - 1, z) - special.hankel2(v + 1, z))),
)
analytic(
    special.hankel1e,
    lambda y, v, z: (
        None,
        0.5 * (special.hankel1e(v - 1, z) - special.hankel1e(v + 1, z)) - 1j * y,
    ),
)
analytic(
    special.hankel2e,
    lambda y, v, z: (
        None,
        0.5 * (special.hankel2e(v - 1, z) - special.hankel2e(v + 1, z)) + 1j * y,
    ),
)
analytic(special.h1vp, lambda y, v, z, n=1: (None, special.h1vp(v, z, n + 1)))
analytic(special.h2vp, lambda y, v, z, n=1: (None, special.h2vp(v, z, n + 1)))
analytic(special.wofz, lambda y, z: 1.1283791670955126j - 2.0 * z * y)


# By w * exp(w) = z: at z = 0, where the main branch is 0, its slope is 1.
def of_lambertw(w: Any, z: Any, k: Any = 0, tol: Any = 1e-8) -> Any:
    return 1.0 / (np.exp(w) * (1.0 + w)), None


analytic(special.lambertw, of_lambertw)

_ORDER = "how it moves with its order has no closed form; with its last argument it has one"
partly("scipy.special", {"hankel1 hankel2 hankel1e hankel2e h1vp h2vp": _ORDER})

"""The gamma function and its relatives: beta, factorials, incomplete integrals, zeta."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from srcgrad.rules.classes import partly
from srcgrad.rules.table import elementwise, pull
from srcgrad.runtime import foreign

elementwise(special.gamma, lambda y, x: y * special.psi(x))
elementwise(special.gammaln, lambda y, x: special.psi(x))
elementwise(special.loggamma, lambda y, x: special.psi(x))
elementwise(special.psi, lambda y, x: special.zeta(2.0, x))
elementwise(special.polygamma, lambda y, n, x: (None, special.polygamma(n + 1, x)))


@elementwise(special.zeta)
def _zeta(y: Any, x: Any, q: Any = None) -> Any:
    if q is None:
        return foreign.zeta_slope(x, 1.0), None
    return foreign.zeta_slope(x, q), -x * special.zeta(x + 1.0, q)


# At the poles of the gamma function, where 1 / gamma is 0, its slope is (-1) ** n * n!.
@elementwise(special.rgamma)
def _rgamma(y: Any, x: Any) -> Any:
    pole = (x <= 0) & (x == np.floor(x))
    depth = np.where(pole, -x, 0.0)
    at_pole = (1.0 - 2.0 * np.mod(depth, 2.0)) * special.gamma(depth + 1.0)
    return np.where(pole, at_pole, -y * special.psi(np.where(pole, 1.0, x)))


@pull(special.multigammaln)
def _multigammaln(g: Any, y: Any, a: Any, d: Any) -> Any:
    return g * np.sum(special.psi(np.expand_dims(a, -1) - 0.5 * np.arange(d)), axis=-1)


@elementwise(special.beta)
def _beta(y: Any, a: Any, b: Any) -> Any:
    return -y * foreign.psi_step(a, b), -y * foreign.psi_step(b, a)


elementwise(special.betaln, lambda y, a, b: (-foreign.psi_step(a, b), -foreign.psi_step(b, a)))


@elementwise(special.poch)
def _poch(y: Any, a: Any, m: Any) -> Any:
    return y * foreign.psi_step(a, m), y * special.psi(a + m)


@elementwise(special.binom)
def _binom(y: Any, n: Any, k: Any) -> Any:
    rest = special.psi(n - k + 1.0)
    return y * foreign.psi_step(n - k + 1.0, k), y * (rest - special.psi(k + 1.0))


# Whole numbers, or exact ones, are not moved.  Outside of 0 <= k <= n it is 0.
@elementwise(special.comb)
def _comb(y: Any, N: Any, k: Any, *, exact: Any = False, repetition: Any = False) -> Any:
    top = N + k - 1.0 if repetition else N
    inside = (k <= top) & (top >= 0) & (k >= 0)
    m, j = np.where(inside, top, 1.0), np.where(inside, k, 0.0)
    rest = special.psi(m - j + 1.0)
    to_n = y * foreign.psi_step(m - j + 1.0, j)
    to_k = y * (rest - special.psi(j + 1.0))
    return to_n, to_n + to_k if repetition else to_k


@elementwise(special.perm)
def _perm(y: Any, N: Any, k: Any, exact: Any = False) -> Any:
    inside = (k <= N) & (N >= 0) & (k >= 0)
    m, j = np.where(inside, N, 1.0), np.where(inside, k, 0.0)
    return y * foreign.psi_step(m - j + 1.0, j), y * special.psi(m - j + 1.0)


@elementwise(special.factorial)
def _factorial(y: Any, n: Any, exact: Any = False, extend: Any = "zero") -> Any:
    return y * special.psi(np.where(n < 0, 0.0, n) + 1.0)


def gamma_density(a: Any, x: Any) -> Any:
    """Return the slope of the regularised incomplete gamma function in x."""
    return np.exp(special.xlogy(a - 1.0, x) - x - special.gammaln(a))


def beta_density(a: Any, b: Any, x: Any) -> Any:
    """Return the slope of the regularised incomplete beta function in x."""
    return np.exp(special.xlogy(a - 1.0, x) + special.xlog1py(b - 1.0, -x) - special.betaln(a, b))


@elementwise(special.gammainc)
def _gammainc(y: Any, a: Any, x: Any) -> Any:
    return foreign.gammainc_slope(a, x), gamma_density(a, x)


@elementwise(special.gammaincc)
def _gammaincc(y: Any, a: Any, x: Any) -> Any:
    return -foreign.gammainc_slope(a, x), -gamma_density(a, x)


@elementwise(special.gammaincinv)
def _gammaincinv(x: Any, a: Any, p: Any) -> Any:
    density = gamma_density(a, x)
    return -foreign.gammainc_slope(a, x) / density, 1.0 / density


@elementwise(special.gammainccinv)
def _gammainccinv(x: Any, a: Any, p: Any) -> Any:
    density = gamma_density(a, x)
    return -foreign.gammainc_slope(a, x) / density, -1.0 / density


elementwise(special.betainc, lambda y, a, b, x: (None, None, beta_density(a, b, x)))
elementwise(special.betaincinv, lambda x, a, b, p: (None, None, 1.0 / beta_density(a, b, x)))
if hasattr(special, "betaincc"):
    elementwise(special.betaincc, lambda y, a, b, x: (None, None, -beta_density(a, b, x)))
    elementwise(special.betainccinv, lambda x, a, b, p: (None, None, -1.0 / beta_density(a, b, x)))


@elementwise(foreign.psi_step)
def _psi_step(y: Any, a: Any, b: Any) -> Any:
    end = special.zeta(2.0, a + b)
    return end - special.zeta(2.0, a), end


@elementwise(foreign.gammainc_slope)
def _gammainc_slope(y: Any, a: Any, x: Any) -> Any:
    return None, gamma_density(a, x) * (np.log(x) - special.psi(a))


partly(
    "scipy.special",
    {
        "polygamma": "its order is a whole number",
        "multigammaln": "its order is a whole number",
        "betainc betaincc betaincinv betainccinv": "how it moves with a and b has no closed form;"
        " with x it has one",
    },
)

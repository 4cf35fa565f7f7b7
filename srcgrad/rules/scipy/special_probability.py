"""Cumulative distribution functions and their inverses: by their densities."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from srcgrad.rules.classes import partly
from srcgrad.rules.scipy.special_gamma import beta_density, gamma_density
from srcgrad.rules.table import elementwise
from srcgrad.runtime import foreign

# The sign of the slope says which tail it is.


@elementwise(special.chdtr)
def _chdtr(y: Any, v: Any, x: Any) -> Any:
    a, half = 0.5 * v, 0.5 * x
    return 0.5 * foreign.gammainc_slope(a, half), 0.5 * gamma_density(a, half)


@elementwise(special.chdtrc)
def _chdtrc(y: Any, v: Any, x: Any) -> Any:
    a, half = 0.5 * v, 0.5 * x
    return -0.5 * foreign.gammainc_slope(a, half), -0.5 * gamma_density(a, half)


@elementwise(special.chdtri)
def _chdtri(x: Any, v: Any, p: Any) -> Any:
    a, half = 0.5 * v, 0.5 * x
    density = gamma_density(a, half)
    return -foreign.gammainc_slope(a, half) / density, -2.0 / density


@elementwise(special.gdtr)
def _gdtr(y: Any, a: Any, b: Any, x: Any) -> Any:
    density = gamma_density(b, a * x)
    return x * density, foreign.gammainc_slope(b, a * x), a * density


@elementwise(special.gdtrc)
def _gdtrc(y: Any, a: Any, b: Any, x: Any) -> Any:
    density = gamma_density(b, a * x)
    return -x * density, -foreign.gammainc_slope(b, a * x), -a * density


@elementwise(special.gdtrix)
def _gdtrix(x: Any, a: Any, b: Any, p: Any) -> Any:
    density = gamma_density(b, a * x)
    return -x / a, -foreign.gammainc_slope(b, a * x) / (a * density), 1.0 / (a * density)


@elementwise(special.gdtria)
def _gdtria(a: Any, p: Any, b: Any, x: Any) -> Any:
    density = gamma_density(b, a * x)
    return 1.0 / (x * density), -foreign.gammainc_slope(b, a * x) / (x * density), -a / x


# Poisson's: a sum over whole numbers up to k, and an integral in m.
elementwise(special.pdtr, lambda y, k, m: (None, -gamma_density(np.floor(k) + 1.0, m)))
elementwise(special.pdtrc, lambda y, k, m: (None, gamma_density(np.floor(k) + 1.0, m)))
elementwise(special.pdtri, lambda m, k, y: (None, -1.0 / gamma_density(np.floor(k) + 1.0, m)))


def binomial_density(k: Any, n: Any, p: Any) -> Any:
    """Return the slope in p of the chance of more than k of n."""
    whole = np.floor(k)
    last = whole >= n
    return np.where(last, 0.0, beta_density(whole + 1.0, np.where(last, 1.0, n - whole), p))


elementwise(special.bdtr, lambda y, k, n, p: (None, None, -binomial_density(k, n, p)))
elementwise(special.bdtrc, lambda y, k, n, p: (None, None, binomial_density(k, n, p)))
elementwise(special.bdtri, lambda p, k, n, y: (None, None, -1.0 / binomial_density(k, n, p)))
elementwise(special.nbdtr, lambda y, k, n, p: (None, None, beta_density(n, k + 1.0, p)))
elementwise(special.nbdtrc, lambda y, k, n, p: (None, None, -beta_density(n, k + 1.0, p)))
elementwise(special.nbdtri, lambda p, k, n, y: (None, None, 1.0 / beta_density(n, k + 1.0, p)))


def f_density(a: Any, b: Any, x: Any) -> Any:
    """Return the density of Snedecor's distribution."""
    ratio = a / b * x
    log = special.xlogy(0.5 * a - 1.0, ratio) - 0.5 * (a + b) * np.log1p(ratio)
    return a / b * np.exp(log - special.betaln(0.5 * a, 0.5 * b))


elementwise(special.fdtr, lambda y, a, b, x: (None, None, f_density(a, b, x)))
elementwise(special.fdtrc, lambda y, a, b, x: (None, None, -f_density(a, b, x)))
elementwise(special.fdtri, lambda x, a, b, p: (None, None, 1.0 / f_density(a, b, x)))


def t_density(df: Any, t: Any) -> Any:
    """Return the density of Student's distribution."""
    log = -0.5 * (df + 1.0) * np.log1p(t * t / df) - special.betaln(0.5, 0.5 * df)
    return np.exp(log) / np.sqrt(df)


elementwise(special.stdtr, lambda y, df, t: (None, t_density(df, t)))
elementwise(special.stdtrit, lambda t, df, p: (None, 1.0 / t_density(df, t)))


# The noncentral chi square: by those of more degrees of freedom; its density is a Bessel function.
def noncentral_density(x: Any, df: Any, nc: Any) -> Any:
    """Return the density of the noncentral chi square distribution."""
    root = np.sqrt(nc * x)
    power = 0.5 * df - 1.0
    bell = np.exp(-0.5 * np.square(np.sqrt(x) - np.sqrt(nc)))
    return 0.5 * bell * np.power(x / nc, 0.5 * power) * special.ive(power, root)


@elementwise(special.chndtr)
def _chndtr(y: Any, x: Any, df: Any, nc: Any) -> Any:
    there = nc > 0
    density = noncentral_density(x, df, np.where(there, nc, 1.0))
    central = 0.5 * gamma_density(0.5 * df, 0.5 * x)
    return np.where(there, density, central), None, 0.5 * (special.chndtr(x, df + 2.0, nc) - y)


@elementwise(special.chndtrix)
def _chndtrix(x: Any, p: Any, df: Any, nc: Any) -> Any:
    there = nc > 0
    density = noncentral_density(x, df, np.where(there, nc, 1.0))
    density = np.where(there, density, 0.5 * gamma_density(0.5 * df, 0.5 * x))
    return 1.0 / density, None, -0.5 * (special.chndtr(x, df + 2.0, nc) - p) / density


# The normal distribution, solved for its mean and for its deviation.
@elementwise(special.nrdtrimn)
def _nrdtrimn(mean: Any, p: Any, std: Any, x: Any) -> Any:
    z = special.ndtri(p)
    return -2.5066282746310002 * std * np.exp(0.5 * z * z), -z, 1.0


@elementwise(special.nrdtrisd)
def _nrdtrisd(std: Any, mean: Any, p: Any, x: Any) -> Any:
    z = special.ndtri(p)
    return -1.0 / z, -2.5066282746310002 * std * np.exp(0.5 * z * z) / z, 1.0 / z


@elementwise(special.tklmbda)
def _tklmbda(p: Any, x: Any, l: Any) -> Any:  # noqa: E741
    inside = (p > 0) & (p < 1)
    q = np.where(inside, p, 0.5)
    density = 1.0 / (np.power(q, l - 1.0) + np.power(1.0 - q, l - 1.0))
    return np.where(inside, density, 0.0), None


_SHAPE = "how it moves with its parameters has no closed form; with its last argument it has one"
_COUNT = "it counts whole numbers; with its last argument it has a derivative"
partly(
    "scipy.special",
    {
        "fdtr fdtrc fdtri stdtr stdtrit tklmbda": _SHAPE,
        "chndtr chndtrix": "how it moves with its degrees of freedom has no closed form",
        "pdtr pdtrc pdtri bdtr bdtrc bdtri nbdtr nbdtrc nbdtri": _COUNT,
    },
)

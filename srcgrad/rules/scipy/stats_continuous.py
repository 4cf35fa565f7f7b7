"""The formulas of the continuous distributions of ``scipy.stats``."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special, stats

from srcgrad.rules.scipy.stats_families import (
    anything,
    below_nought,
    continuous,
    outside_unit,
)

continuous(
    stats.norm,
    lambda z: -0.5 * z**2 - 0.9189385332046727,
    cdf=special.ndtr,
    sf=lambda z: special.ndtr(-z),
    logcdf=special.log_ndtr,
    logsf=lambda z: special.log_ndtr(-z),
    ppf=special.ndtri,
    isf=lambda q: -special.ndtri(q),
)
continuous(
    stats.expon,
    lambda z: -z,
    below_nought,
    cdf=lambda z: -np.expm1(-np.maximum(z, 0.0)),
    sf=lambda z: np.exp(-np.maximum(z, 0.0)),
    logsf=lambda z: -np.maximum(z, 0.0),
    ppf=lambda q: -np.log1p(-q),
    isf=lambda q: -np.log(q),
)
continuous(
    stats.uniform,
    lambda z: 0.0 * z,
    outside_unit,
    cdf=lambda z: np.clip(z, 0.0, 1.0),
    ppf=lambda q: q,
)
continuous(
    stats.laplace,
    lambda z: -np.abs(z) - 0.6931471805599453,
    cdf=lambda z: np.where(z > 0, 1.0 - 0.5 * np.exp(-np.abs(z)), 0.5 * np.exp(-np.abs(z))),
    sf=lambda z: np.where(z > 0, 0.5 * np.exp(-np.abs(z)), 1.0 - 0.5 * np.exp(-np.abs(z))),
    logcdf=lambda z: np.where(
        z > 0, np.log1p(-0.5 * np.exp(-np.abs(z))), -np.abs(z) - 0.6931471805599453
    ),
    logsf=lambda z: np.where(
        z > 0, -np.abs(z) - 0.6931471805599453, np.log1p(-0.5 * np.exp(-np.abs(z)))
    ),
    ppf=lambda q: np.where(
        q > 0.5, -np.log(2.0 * np.maximum(1.0 - q, 0.0)), np.log(2.0 * np.minimum(q, 0.5))
    ),
    isf=lambda q: np.where(
        q > 0.5, np.log(2.0 * np.maximum(1.0 - q, 0.0)), -np.log(2.0 * np.minimum(q, 0.5))
    ),
)
continuous(
    stats.logistic,
    lambda z: -np.abs(z) - 2.0 * np.log1p(np.exp(-np.abs(z))),
    cdf=special.expit,
    sf=lambda z: special.expit(-z),
    logcdf=special.log_expit,
    logsf=lambda z: special.log_expit(-z),
    ppf=special.logit,
    isf=lambda q: -special.logit(q),
)
continuous(
    stats.cauchy,
    lambda z: -1.1447298858494002 - np.log1p(z**2),
    cdf=lambda z: np.arctan2(1.0, -z) / np.pi,
    sf=lambda z: np.arctan2(1.0, z) / np.pi,
    ppf=lambda q: np.tan(np.pi * (q - 0.5)),
    isf=lambda q: -np.tan(np.pi * (q - 0.5)),
)
continuous(
    stats.gumbel_r,
    lambda z: -z - np.exp(-z),
    cdf=lambda z: np.exp(-np.exp(-z)),
    sf=lambda z: -np.expm1(-np.exp(-z)),
    logcdf=lambda z: -np.exp(-z),
    ppf=lambda q: -np.log(-np.log(q)),
    isf=lambda q: -np.log(-np.log1p(-q)),
)
continuous(
    stats.gumbel_l,
    lambda z: z - np.exp(z),
    cdf=lambda z: -np.expm1(-np.exp(z)),
    sf=lambda z: np.exp(-np.exp(z)),
    logsf=lambda z: -np.exp(z),
    ppf=lambda q: np.log(-np.log1p(-q)),
    isf=lambda q: np.log(-np.log(q)),
)
continuous(
    stats.halfnorm,
    lambda z: -0.5 * z**2 - 0.22579135264472744,
    below_nought,
    cdf=lambda z: special.erf(0.7071067811865476 * np.maximum(z, 0.0)),
    sf=lambda z: special.erfc(0.7071067811865476 * np.maximum(z, 0.0)),
    ppf=lambda q: special.ndtri(0.5 * (1.0 + q)),
    isf=lambda q: -special.ndtri(0.5 * q),
)
continuous(
    stats.halfcauchy,
    lambda z: -0.45158270528945486 - np.log1p(z**2),
    below_nought,
    cdf=lambda z: 0.6366197723675814 * np.arctan(np.maximum(z, 0.0)),
    sf=lambda z: 0.6366197723675814 * np.arctan2(1.0, np.maximum(z, 0.0)),
    ppf=lambda q: np.tan(0.5 * np.pi * q),
    isf=lambda q: 1.0 / np.tan(0.5 * np.pi * q),
)
continuous(
    stats.halflogistic,
    lambda z: 0.6931471805599453 - z - 2.0 * special.log1p(np.exp(-z)),
    below_nought,
    cdf=lambda z: np.tanh(0.5 * np.maximum(z, 0.0)),
    sf=lambda z: 2.0 * special.expit(-np.maximum(z, 0.0)),
    ppf=lambda q: 2.0 * np.arctanh(q),
)
continuous(
    stats.hypsecant,
    lambda z: -np.abs(z) - np.log1p(np.exp(-2.0 * np.abs(z))) - 0.45158270528945486,
    cdf=lambda z: 0.6366197723675814 * np.arctan(np.exp(z)),
    sf=lambda z: 0.6366197723675814 * np.arctan(np.exp(-z)),
    ppf=lambda q: np.log(np.tan(0.5 * np.pi * q)),
)
continuous(
    stats.rayleigh,
    lambda z: np.log(z) - 0.5 * z**2,
    below_nought,
    cdf=lambda z: -np.expm1(-0.5 * np.maximum(z, 0.0) ** 2),
    sf=lambda z: np.exp(-0.5 * np.maximum(z, 0.0) ** 2),
    logsf=lambda z: -0.5 * np.maximum(z, 0.0) ** 2,
    ppf=lambda q: np.sqrt(-2.0 * np.log1p(-q)),
    isf=lambda q: np.sqrt(-2.0 * np.log(q)),
)
continuous(
    stats.maxwell,
    lambda z: 2.0 * np.log(z) - 0.5 * z**2 - 0.22579135264472744,
    below_nought,
    cdf=lambda z: special.gammainc(1.5, 0.5 * np.maximum(z, 0.0) ** 2),
    sf=lambda z: special.gammaincc(1.5, 0.5 * np.maximum(z, 0.0) ** 2),
    ppf=lambda q: np.sqrt(2.0 * special.gammaincinv(1.5, q)),
    isf=lambda q: np.sqrt(2.0 * special.gammainccinv(1.5, q)),
)
continuous(
    stats.semicircular,
    lambda z: -0.45158270528945486 + 0.5 * special.log1p(-(z**2)),
    lambda z: np.abs(z) > 1,
)
continuous(
    stats.arcsine,
    lambda z: -1.1447298858494002 - 0.5 * np.log(z * (1.0 - z)),
    outside_unit,
    cdf=lambda z: 0.6366197723675814 * np.arcsin(np.sqrt(np.clip(z, 0.0, 1.0))),
    ppf=lambda q: np.sin(0.5 * np.pi * q) ** 2,
)
continuous(
    stats.moyal,
    lambda z: -0.5 * (z + np.exp(-z)) - 0.9189385332046727,
    cdf=lambda z: special.erfc(np.exp(-0.5 * z) * 0.7071067811865476),
    sf=lambda z: special.erf(np.exp(-0.5 * z) * 0.7071067811865476),
)

# With one shape.
continuous(
    stats.gamma,
    lambda z, a: special.xlogy(a - 1.0, z) - z - special.gammaln(a),
    below_nought,
    cdf=lambda z, a: special.gammainc(a, np.maximum(z, 0.0)),
    sf=lambda z, a: special.gammaincc(a, np.maximum(z, 0.0)),
    ppf=lambda q, a: special.gammaincinv(a, q),
    isf=lambda q, a: special.gammainccinv(a, q),
)
continuous(
    stats.invgamma,
    lambda z, a: -(a + 1.0) * np.log(z) - special.gammaln(a) - 1.0 / z,
    lambda z, a: z <= 0,
    cdf=lambda z, a: np.where(z <= 0, 0.0, special.gammaincc(a, 1.0 / np.where(z <= 0, 1.0, z))),
    sf=lambda z, a: np.where(z <= 0, 1.0, special.gammainc(a, 1.0 / np.where(z <= 0, 1.0, z))),
    ppf=lambda q, a: 1.0 / special.gammainccinv(a, q),
    isf=lambda q, a: 1.0 / special.gammaincinv(a, q),
)
continuous(
    stats.chi2,
    lambda z, df: (
        special.xlogy(0.5 * df - 1.0, z)
        - 0.5 * z
        - special.gammaln(0.5 * df)
        - 0.34657359027997264 * df
    ),
    below_nought,
    cdf=lambda z, df: special.gammainc(0.5 * df, 0.5 * np.maximum(z, 0.0)),
    sf=lambda z, df: special.gammaincc(0.5 * df, 0.5 * np.maximum(z, 0.0)),
    ppf=lambda q, df: 2.0 * special.gammaincinv(0.5 * df, q),
    isf=lambda q, df: 2.0 * special.gammainccinv(0.5 * df, q),
)
continuous(
    stats.chi,
    lambda z, df: (
        0.6931471805599453
        - 0.34657359027997264 * df
        - special.gammaln(0.5 * df)
        + special.xlogy(df - 1.0, z)
        - 0.5 * z**2
    ),
    below_nought,
    cdf=lambda z, df: special.gammainc(0.5 * df, 0.5 * np.maximum(z, 0.0) ** 2),
    sf=lambda z, df: special.gammaincc(0.5 * df, 0.5 * np.maximum(z, 0.0) ** 2),
    ppf=lambda q, df: np.sqrt(2.0 * special.gammaincinv(0.5 * df, q)),
    isf=lambda q, df: np.sqrt(2.0 * special.gammainccinv(0.5 * df, q)),
)


def t_logpdf(z: Any, df: Any) -> Any:
    """Return the logarithm of Student's density; of infinitely many degrees, the normal one."""
    constant = -special.betaln(0.5, 0.5 * df) - 0.5 * np.log(df)
    return constant - 0.5 * (df + 1.0) * np.log1p(z**2 / df)


continuous(
    stats.t,
    t_logpdf,
    cdf=lambda z, df: special.stdtr(df, z),
    sf=lambda z, df: special.stdtr(df, -z),
    ppf=lambda q, df: special.stdtrit(df, q),
    isf=lambda q, df: -special.stdtrit(df, q),
)
continuous(
    stats.pareto,
    lambda z, b: np.log(b) - (b + 1.0) * np.log(z),
    lambda z, b: z < 1,
    lambda: 2.0,
    cdf=lambda z, b: 1.0 - np.maximum(z, 1.0) ** -b,
    sf=lambda z, b: np.maximum(z, 1.0) ** -b,
    logsf=lambda z, b: -b * np.log(np.maximum(z, 1.0)),
    ppf=lambda q, b: (1.0 - q) ** (-1.0 / b),
    isf=lambda q, b: q ** (-1.0 / b),
)
continuous(
    stats.lomax,
    lambda z, c: np.log(c) - (c + 1.0) * np.log1p(z),
    below_nought,
    cdf=lambda z, c: -np.expm1(-c * np.log1p(np.maximum(z, 0.0))),
    sf=lambda z, c: np.exp(-c * np.log1p(np.maximum(z, 0.0))),
    logsf=lambda z, c: -c * np.log1p(np.maximum(z, 0.0)),
    ppf=lambda q, c: np.expm1(-np.log1p(-q) / c),
)
continuous(
    stats.lognorm,
    lambda z, s: -0.5 * (np.log(z) / s) ** 2 - np.log(s * z) - 0.9189385332046727,
    lambda z, s: z <= 0,
    cdf=lambda z, s: np.where(z <= 0, 0.0, special.ndtr(np.log(np.where(z <= 0, 1.0, z)) / s)),
    sf=lambda z, s: np.where(z <= 0, 1.0, special.ndtr(-np.log(np.where(z <= 0, 1.0, z)) / s)),
    logcdf=lambda z, s: np.where(
        z <= 0, -np.inf, special.log_ndtr(np.log(np.where(z <= 0, 1.0, z)) / s)
    ),
    logsf=lambda z, s: np.where(
        z <= 0, 0.0, special.log_ndtr(-np.log(np.where(z <= 0, 1.0, z)) / s)
    ),
    ppf=lambda q, s: np.exp(s * special.ndtri(q)),
    isf=lambda q, s: np.exp(-s * special.ndtri(q)),
)
continuous(
    stats.weibull_min,
    lambda z, c: np.log(c) + special.xlogy(c - 1.0, z) - np.power(z, c),
    below_nought,
    cdf=lambda z, c: -np.expm1(-np.power(np.maximum(z, 0.0), c)),
    sf=lambda z, c: np.exp(-np.power(np.maximum(z, 0.0), c)),
    logsf=lambda z, c: -np.power(np.maximum(z, 0.0), c),
    ppf=lambda q, c: np.power(-np.log1p(-q), 1.0 / c),
    isf=lambda q, c: np.power(-np.log(q), 1.0 / c),
)
continuous(
    stats.weibull_max,
    lambda z, c: np.log(c) + special.xlogy(c - 1.0, -z) - np.power(-z, c),
    lambda z, c: z > 0,
    lambda: -0.5,
    cdf=lambda z, c: np.exp(-np.power(np.maximum(-z, 0.0), c)),
    sf=lambda z, c: -np.expm1(-np.power(np.maximum(-z, 0.0), c)),
    logcdf=lambda z, c: -np.power(np.maximum(-z, 0.0), c),
    ppf=lambda q, c: -np.power(-np.log(q), 1.0 / c),
)


def gennorm_tail(z: Any, beta: Any) -> Any:
    """Return the chance of what is farther away from 0, on one side."""
    return 0.5 * special.gammaincc(1.0 / beta, np.abs(z) ** beta)


continuous(
    stats.gennorm,
    lambda z, beta: np.log(0.5 * beta) - special.gammaln(1.0 / beta) - np.abs(z) ** beta,
    cdf=lambda z, beta: np.where(z > 0, 1.0 - gennorm_tail(z, beta), gennorm_tail(z, beta)),
    sf=lambda z, beta: np.where(z > 0, gennorm_tail(z, beta), 1.0 - gennorm_tail(z, beta)),
)
continuous(
    stats.powerlaw,
    lambda z, a: np.log(a) + special.xlogy(a - 1.0, z),
    outside_unit,
    cdf=lambda z, a: np.power(np.clip(z, 0.0, 1.0), a),
    logcdf=lambda z, a: a * np.log(np.clip(z, 0.0, 1.0)),
    ppf=lambda q, a: np.power(q, 1.0 / a),
)
continuous(
    stats.loggamma,
    lambda z, c: c * z - np.exp(z) - special.gammaln(c),
    cdf=lambda z, c: special.gammainc(c, np.exp(z)),
    sf=lambda z, c: special.gammaincc(c, np.exp(z)),
    ppf=lambda q, c: np.log(special.gammaincinv(c, q)),
)
continuous(
    stats.fisk,
    lambda z, c: np.log(c) + special.xlogy(c - 1.0, z) - 2.0 * np.log1p(np.power(z, c)),
    below_nought,
    cdf=lambda z, c: 1.0 / (1.0 + np.power(np.maximum(z, 1e-300), -c)),
    sf=lambda z, c: 1.0 / (1.0 + np.power(np.maximum(z, 0.0), c)),
    ppf=lambda q, c: np.power(q / (1.0 - q), 1.0 / c),
)
continuous(
    stats.invgauss,
    lambda z, mu: -0.5 * np.log(z) * 3.0 - 0.9189385332046727 - (z - mu) ** 2 / (2.0 * z * mu**2),
    lambda z, mu: z <= 0,
)
continuous(
    stats.nakagami,
    lambda z, nu: (
        0.6931471805599453
        + special.xlogy(nu, nu)
        - special.gammaln(nu)
        + special.xlogy(2.0 * nu - 1.0, z)
        - nu * z**2
    ),
    below_nought,
    cdf=lambda z, nu: special.gammainc(nu, nu * np.maximum(z, 0.0) ** 2),
    sf=lambda z, nu: special.gammaincc(nu, nu * np.maximum(z, 0.0) ** 2),
)
continuous(
    stats.vonmises,
    lambda z, kappa: kappa * special.cosm1(z) - 1.8378770664093453 - np.log(special.i0e(kappa)),
)
continuous(
    stats.wrapcauchy,
    lambda z, c: np.log((1.0 - c**2) / (2.0 * np.pi * (1.0 + c**2 - 2.0 * c * np.cos(z)))),
    lambda z, c: (z < 0) | (z > 2.0 * np.pi),
    tests=lambda c: [c > 0, c < 1],
)
continuous(
    stats.skewnorm,
    lambda z, a: special.log_ndtr(a * z) - 0.5 * z**2 - 0.22579135264472744,
    tests=anything,
    cdf=lambda z, a: special.ndtr(z) - 2.0 * special.owens_t(z, a),
    sf=lambda z, a: special.ndtr(-z) + 2.0 * special.owens_t(z, a),
    logcdf=None,
    logsf=None,
)


def log_growth(z: Any, c: Any) -> Any:
    """Return ``log(1 + c * z) / c``, and z where c is 0."""
    nought = c == 0
    unit = np.where(nought, 1.0, c)
    return np.where(nought, z, np.log1p(np.maximum(unit * z, -1.0)) / unit)


continuous(
    stats.genpareto,
    lambda z, c: -(c + 1.0) * log_growth(z, c),
    lambda z, c: (z < 0) | (c * z < -1),
    lambda: 0.0,
    tests=anything,
    cdf=lambda z, c: -np.expm1(-log_growth(np.maximum(z, 0.0), c)),
    sf=lambda z, c: np.exp(-log_growth(np.maximum(z, 0.0), c)),
    ppf=lambda q, c: special.boxcox(1.0 / (1.0 - q), c),
)
continuous(
    stats.exponnorm,
    lambda z, K: -np.log(K) + 0.5 / K**2 - z / K + special.log_ndtr(z - 1.0 / K),
)
continuous(
    stats.rice,
    lambda z, b: np.log(z) - 0.5 * (z - b) ** 2 + np.log(special.i0e(z * b)),
    lambda z, b: z <= 0,
    tests=lambda b: [b >= 0],
)

# With two shapes or three.
continuous(
    stats.beta,
    lambda z, a, b: special.xlogy(a - 1.0, z) + special.xlog1py(b - 1.0, -z) - special.betaln(a, b),
    outside_unit,
    cdf=lambda z, a, b: special.betainc(a, b, np.clip(z, 0.0, 1.0)),
    sf=lambda z, a, b: special.betaincc(a, b, np.clip(z, 0.0, 1.0)),
    ppf=lambda q, a, b: special.betaincinv(a, b, q),
    isf=lambda q, a, b: special.betainccinv(a, b, q),
)
continuous(
    stats.betaprime,
    lambda z, a, b: special.xlogy(a - 1.0, z) - special.xlog1py(a + b, z) - special.betaln(a, b),
    below_nought,
)
continuous(
    stats.f,
    lambda z, m, n: (
        0.5 * special.xlogy(m, m)
        + 0.5 * special.xlogy(n, n)
        + special.xlogy(0.5 * m - 1.0, z)
        - 0.5 * (m + n) * np.log(n + m * z)
        - special.betaln(0.5 * m, 0.5 * n)
    ),
    below_nought,
    cdf=lambda z, m, n: special.fdtr(m, n, np.maximum(z, 0.0)),
    sf=lambda z, m, n: special.fdtrc(m, n, np.maximum(z, 0.0)),
    ppf=lambda q, m, n: special.fdtri(m, n, q),
)
continuous(
    stats.gengamma,
    lambda z, a, c: (
        np.log(np.abs(c)) + special.xlogy(c * a - 1.0, z) - np.power(z, c) - special.gammaln(a)
    ),
    below_nought,
    tests=lambda a, c: [a > 0, c != 0],
)


def log_rest(w: Any) -> Any:
    """Return ``log(1 - exp(-w))``."""
    small = w < 0.6931471805599453
    near = np.log(-np.expm1(-np.where(small, w, 1.0)))
    return np.where(small, near, np.log1p(-np.exp(-np.where(small, 1.0, w))))


continuous(
    stats.exponweib,
    lambda z, a, c: (
        np.log(a)
        + np.log(c)
        + special.xlogy(a - 1.0, -special.expm1(-np.power(z, c)))
        - np.power(z, c)
        + special.xlogy(c - 1.0, z)
    ),
    below_nought,
    cdf=lambda z, a, c: np.power(-np.expm1(-np.power(np.maximum(z, 0.0), c)), a),
    sf=lambda z, a, c: -np.expm1(a * log_rest(np.power(np.maximum(z, 0.0), c))),
)
continuous(
    stats.johnsonsu,
    lambda z, a, b: (
        np.log(b) - 0.5 * np.log1p(z**2) - 0.5 * (a + b * np.arcsinh(z)) ** 2 - 0.9189385332046727
    ),
    tests=lambda a, b: [b > 0],
    cdf=lambda z, a, b: special.ndtr(a + b * np.arcsinh(z)),
    sf=lambda z, a, b: special.ndtr(-a - b * np.arcsinh(z)),
    ppf=lambda q, a, b: np.sinh((special.ndtri(q) - a) / b),
)
continuous(
    stats.burr12,
    lambda z, c, d: (
        np.log(c) + np.log(d) + special.xlogy(c - 1.0, z) - (d + 1.0) * np.log1p(np.power(z, c))
    ),
    below_nought,
    cdf=lambda z, c, d: -np.expm1(-d * np.log1p(np.power(np.maximum(z, 0.0), c))),
    sf=lambda z, c, d: np.exp(-d * np.log1p(np.power(np.maximum(z, 0.0), c))),
)
continuous(
    stats.loguniform,
    lambda z, a, b: -np.log(z) - np.log(np.log(b) - np.log(a)),
    lambda z, a, b: (z < a) | (z > b),
    lambda: 1.0,
    tests=lambda a, b: [a > 0, b > a],
    cdf=lambda z, a, b: (np.log(np.clip(z, a, b)) - np.log(a)) / (np.log(b) - np.log(a)),
    ppf=lambda q, a, b: np.exp(np.log(a) + q * (np.log(b) - np.log(a))),
)


def log_mass(a: Any, b: Any) -> Any:
    """Return the logarithm of how much of the normal distribution is from a to b."""
    # By the nearer tail, whose two parts are both exact.
    flip = a > 0
    low, high = np.where(flip, -b, a), np.where(flip, -a, b)
    less, more = special.log_ndtr(low), special.log_ndtr(high)
    return more + np.log1p(-np.exp(less - more))


continuous(
    stats.truncnorm,
    lambda z, a, b: -0.5 * z**2 - 0.9189385332046727 - log_mass(a, b),
    lambda z, a, b: (z < a) | (z > b),
    lambda: 0.0,
    tests=lambda a, b: [b > a],
    cdf=lambda z, a, b: np.exp(log_mass(a, np.clip(z, a, b)) - log_mass(a, b)),
    sf=lambda z, a, b: np.exp(log_mass(np.clip(z, a, b), b) - log_mass(a, b)),
    logcdf=lambda z, a, b: log_mass(a, np.clip(z, a, b)) - log_mass(a, b),
    logsf=lambda z, a, b: log_mass(np.clip(z, a, b), b) - log_mass(a, b),
)

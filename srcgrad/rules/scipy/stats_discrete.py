"""The formulas of the discrete distributions of ``scipy.stats``, of k and of the parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special, stats

from srcgrad import runtime
from srcgrad.rules.scipy.stats_families import (
    Formula,
    bounded,
    define,
    logarithm,
    passed,
    positive,
    rest,
)


def counted(k: Any, loc: Any, tests: Any) -> Any:
    """Return the number for which the distribution without loc is asked."""
    k = runtime.doubles(k)
    if loc is not None:
        k = k - loc
    return passed(k, *tests)


def of_whole(outside: Formula) -> Formula:
    """Return a test of what is outside or no whole number."""
    return lambda k, *shapes: outside(k, *shapes) | (np.floor(k) < k)


def stepped(formula: Formula) -> Formula:
    """Return a formula that is asked for the whole number below."""
    return lambda k, *shapes: formula(np.floor(k), *shapes)


def exponential(formula: Formula) -> Formula:
    """Return the exponential of a formula."""
    return lambda *args: np.exp(formula(*args))


def discrete(
    dist: Any,
    mass: Formula,
    outside: Formula,
    middle: Formula = lambda: 1.0,
    tests: Formula = positive,
    cdf: Formula | None = None,
    sf: Formula | None = None,
) -> None:
    """Enter the formulas of a distribution.

    Parameters
    ----------
    dist : object
        The distribution.
    mass : callable
        The logarithm of the chance of a number, of ``(k, *shapes)``.
    outside : callable
        Which numbers it cannot give.
    middle : callable
        One that it can give.
    tests : callable
        Tests that the shapes have to pass.
    cdf, sf : callable, optional
        The chance of at most, and of more than, a whole number.
    """
    made = (_with_one, _with_two, _with_three)[dist.shapes.count(",")]
    log = bounded(mass, of_whole(outside), middle)
    formulas = {"logpmf": log, "pmf": exponential(log)}
    if cdf is not None:
        tail = sf or rest(cdf)
        formulas |= {"cdf": stepped(cdf), "sf": stepped(tail)}
        formulas |= {name: logarithm(formulas[name[3:]]) for name in ("logcdf", "logsf")}
    for name, formula in formulas.items():
        define(dist, name, made(formula, tests))


def _with_one(formula: Formula, tests: Formula) -> Formula:
    return lambda k, a, loc=None: formula(counted(k, loc, tests(a)), a)


def _with_two(formula: Formula, tests: Formula) -> Formula:
    return lambda k, a, b, loc=None: formula(counted(k, loc, tests(a, b)), a, b)


def _with_three(formula: Formula, tests: Formula) -> Formula:
    return lambda k, a, b, c, loc=None: formula(counted(k, loc, tests(a, b, c)), a, b, c)


def below_nought(k: Any, *shapes: Any) -> Any:
    return k < 0


def below_one(k: Any, *shapes: Any) -> Any:
    return k < 1


def beyond(k: Any, n: Any, *shapes: Any) -> Any:
    return (k < 0) | (k > n)


discrete(
    stats.bernoulli,
    lambda k, p: special.xlogy(k, p) + special.xlog1py(1.0 - k, -p),
    lambda k, p: (k < 0) | (k > 1),
    tests=lambda p: [p >= 0, p <= 1],
    cdf=lambda k, p: np.where(k < 0, 0.0, np.where(k < 1, 1.0 - p, np.minimum(k, 1.0))),
    sf=lambda k, p: np.where(k < 0, 1.0, np.where(k < 1, p, np.minimum(k, 1.0) - 1.0)),
)
discrete(
    stats.binom,
    lambda k, n, p: (
        special.gammaln(n + 1.0)
        - special.gammaln(k + 1.0)
        - special.gammaln(n - k + 1.0)
        + special.xlogy(k, p)
        + special.xlog1py(n - k, -p)
    ),
    beyond,
    lambda: 0.0,
    tests=lambda n, p: [n >= 0, p >= 0, p <= 1],
    cdf=lambda k, n, p: np.where(
        beyond(k, n), np.where(k < 0, 0.0, 1.0), special.bdtr(np.where(beyond(k, n), 0.0, k), n, p)
    ),
    sf=lambda k, n, p: np.where(
        beyond(k, n), np.where(k < 0, 1.0, 0.0), special.bdtrc(np.where(beyond(k, n), 0.0, k), n, p)
    ),
)
discrete(
    stats.poisson,
    lambda k, mu: special.xlogy(k, mu) - special.gammaln(k + 1.0) - mu,
    below_nought,
    tests=lambda mu: [mu >= 0],
    cdf=lambda k, mu: np.where(k < 0, 0.0, special.pdtr(np.where(k < 0, 0.0, k), mu)),
    sf=lambda k, mu: np.where(k < 0, 1.0, special.pdtrc(np.where(k < 0, 0.0, k), mu)),
)
discrete(
    stats.nbinom,
    lambda k, n, p: (
        special.gammaln(n + k)
        - special.gammaln(k + 1.0)
        - special.gammaln(n)
        + n * np.log(p)
        + special.xlog1py(k, -p)
    ),
    below_nought,
    tests=lambda n, p: [n > 0, p > 0, p <= 1],
    cdf=lambda k, n, p: np.where(k < 0, 0.0, special.betainc(n, np.where(k < 0, 0.0, k) + 1.0, p)),
    sf=lambda k, n, p: np.where(k < 0, 1.0, special.betaincc(n, np.where(k < 0, 0.0, k) + 1.0, p)),
)
discrete(
    stats.geom,
    lambda k, p: special.xlog1py(k - 1.0, -p) + np.log(p),
    below_one,
    tests=lambda p: [p > 0, p <= 1],
    cdf=lambda k, p: -np.expm1(special.xlog1py(np.maximum(k, 0.0), -p)),
    sf=lambda k, p: np.exp(special.xlog1py(np.maximum(k, 0.0), -p)),
)
discrete(
    stats.betabinom,
    lambda k, n, a, b: (
        special.betaln(k + a, n - k + b)
        - special.betaln(a, b)
        - np.log(n + 1.0)
        - special.betaln(n - k + 1.0, k + 1.0)
    ),
    beyond,
    lambda: 0.0,
    tests=lambda n, a, b: [n >= 0, a > 0, b > 0],
)
discrete(
    stats.dlaplace,
    lambda k, a: np.log(np.tanh(0.5 * a)) - a * np.abs(k),
    lambda k, a: False,
)
discrete(
    stats.planck,
    lambda k, lam: np.log(-np.expm1(-lam)) - lam * k,
    below_nought,
    cdf=lambda k, lam: -np.expm1(-lam * (np.maximum(k, -1.0) + 1.0)),
    sf=lambda k, lam: np.exp(-lam * (np.maximum(k, -1.0) + 1.0)),
)
discrete(
    stats.logser,
    lambda k, p: special.xlogy(k, p) - np.log(k) - np.log(-np.log1p(-p)),
    below_one,
    tests=lambda p: [p > 0, p < 1],
)
discrete(
    stats.yulesimon,
    lambda k, alpha: np.log(alpha) + special.betaln(k, alpha + 1.0),
    below_one,
)
discrete(
    stats.skellam,
    lambda k, m, n: (
        0.5 * k * np.log(m / n)
        - (np.sqrt(m) - np.sqrt(n)) ** 2
        + np.log(special.ive(np.abs(k), 2.0 * np.sqrt(m * n)))
    ),
    lambda k, m, n: False,
)

"""How distributions are read: the formula of the standard one, moved by loc and scale.

    stats.norm.logpdf(x, mu, s)     is      z = (x - mu) / s
                                            -0.5 * z**2 - 0.9189385332046727 - np.log(s)

Each is given as functions of the standardised number and of the shapes.  The values are those of
SciPy to within rounding: it computes some of them by other formulas.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.functionals import DEFINITIONS, FROZEN, NAMES

Formula = Callable[..., Any]


def standard(x: Any, loc: Any, scale: Any, tests: Any = None) -> Any:
    """Return the number for which the standard distribution is asked."""
    z = runtime.doubles(x)
    if loc is not None:
        z = z - loc
    if scale is not None:
        z = runtime.valid(z / scale, scale > 0)
    return z if tests is None else passed(z, *tests)


def passed(z: Any, *tests: Any) -> Any:
    """Return a number if the parameters of its distribution pass all tests."""
    for test in tests:
        z = runtime.valid(z, test)
    return z


def moved(y: Any, loc: Any, scale: Any) -> Any:
    """Return a number of the distribution for one of the standard distribution."""
    if scale is not None:
        y = runtime.valid(y * scale, scale > 0)
    if loc is not None:
        y = y + loc
    return y


def lowered(log: Any, scale: Any) -> Any:
    """Return the logarithm of a density for that of the standard one."""
    return log if scale is None else log - np.log(scale)


def positive(*shapes: Any) -> Any:
    """Tell whether the shapes are what most distributions ask for."""
    return [shape > 0 for shape in shapes]


def anything(*shapes: Any) -> Any:
    """Tell whether the shapes are any numbers."""
    return []


def nowhere(z: Any, *shapes: Any) -> Any:
    """Tell which numbers a distribution over all numbers cannot give: none."""
    return False


def below_nought(z: Any, *shapes: Any) -> Any:
    """Tell which numbers a distribution over the positive numbers cannot give."""
    return z < 0


def outside_unit(z: Any, *shapes: Any) -> Any:
    """Tell which numbers a distribution from 0 to 1 cannot give."""
    return (z < 0) | (z > 1)


def logarithm(function: Formula) -> Formula:
    """Return the logarithm of a formula."""
    return lambda *args: np.log(function(*args))


def rest(function: Formula) -> Formula:
    """Return what a formula leaves of 1."""
    return lambda *args: 1.0 - function(*args)


def at_rest(function: Formula) -> Formula:
    """Return a formula of what its first argument leaves of 1."""
    return lambda q, *shapes: function(1.0 - q, *shapes)


def continuous(
    dist: Any,
    density: Formula,
    outside: Formula = nowhere,
    middle: Formula = lambda: 0.5,
    tests: Formula = positive,
    **given: Formula | None,
) -> None:
    """Enter the formulas of a distribution.

    Parameters
    ----------
    dist : object
        The distribution.
    density : callable
        The logarithm of the standard density, of ``(z, *shapes)``.
    outside : callable
        Which numbers the standard distribution cannot give.
    middle : callable
        A number that it can give: where it is asked for others, for this one instead.
    tests : callable
        Tests that the shapes have to pass, of the shapes.
    **given
        The other formulas: ``cdf``, ``sf``, ``logcdf``, ``logsf``, ``ppf``, ``isf``; None for
        one that does not follow from the others either.
    """
    n = len(dist.shapes.split(",")) if dist.shapes else 0
    made = (_plain, _with_one, _with_two, _with_three)[n]
    formulas = {"logpdf": density if outside is nowhere else bounded(density, outside, middle)}
    _complete(given)
    kinds = {"logpdf": log_density, "ppf": quantile, "isf": quantile}
    for name, formula in {**formulas, **given}.items():
        if formula is not None:
            define(dist, name, made(kinds.get(name, cumulative), formula, tests))
    define(dist, "pdf", made(plain_density, formulas["logpdf"], tests))


def _complete(given: dict[str, Formula | None]) -> None:
    """Add what follows from other formulas."""
    cdf, ppf = given.get("cdf"), given.get("ppf")
    if cdf is not None:
        sf = given.get("sf") or rest(cdf)
        given["sf"] = sf
        given.setdefault("logcdf", logarithm(cdf))
        given.setdefault("logsf", logarithm(sf))
    if ppf is not None:
        given.setdefault("isf", at_rest(ppf))


def define(dist: Any, method: str, definition: Formula) -> None:
    """Say what is read in the place of a method of a distribution."""
    function = getattr(dist, method)
    DEFINITIONS[function] = definition
    first = "q" if method in ("ppf", "isf") else "k" if hasattr(dist, "pmf") else "x"
    shapes = [name.strip() for name in dist.shapes.split(",")] if dist.shapes else []
    last = ("loc",) if hasattr(dist, "pmf") else ("loc", "scale")
    NAMES[function] = dict.fromkeys((first, *shapes, *last))
    FROZEN[dist] = (*shapes, *last)


def bounded(density: Formula, outside: Formula, middle: Formula) -> Formula:
    """Return a density that is 0 for what a distribution cannot give."""

    def inside(z: Any, *shapes: Any) -> Any:
        out = outside(z, *shapes)
        return np.where(out, -np.inf, density(np.where(out, middle(), z), *shapes))

    return inside


def log_density(formula: Formula, x: Any, loc: Any, scale: Any, tests: Any, *shapes: Any) -> Any:
    return lowered(formula(standard(x, loc, scale, tests), *shapes), scale)


def plain_density(formula: Formula, x: Any, loc: Any, scale: Any, tests: Any, *shapes: Any) -> Any:
    return np.exp(lowered(formula(standard(x, loc, scale, tests), *shapes), scale))


def cumulative(formula: Formula, x: Any, loc: Any, scale: Any, tests: Any, *shapes: Any) -> Any:
    return formula(standard(x, loc, scale, tests), *shapes)


def quantile(formula: Formula, q: Any, loc: Any, scale: Any, tests: Any, *shapes: Any) -> Any:
    p = standard(q, None, None, tests)
    return moved(formula(runtime.valid(p, (p >= 0) & (p <= 1)), *shapes), loc, scale)


def _plain(kind: Formula, formula: Formula, tests: Formula) -> Formula:
    return lambda x, loc=None, scale=None: kind(formula, x, loc, scale, None)


def _with_one(kind: Formula, formula: Formula, tests: Formula) -> Formula:
    return lambda x, a, loc=None, scale=None: kind(formula, x, loc, scale, tests(a), a)


def _with_two(kind: Formula, formula: Formula, tests: Formula) -> Formula:
    return lambda x, a, b, loc=None, scale=None: kind(formula, x, loc, scale, tests(a, b), a, b)


def _with_three(kind: Formula, formula: Formula, tests: Formula) -> Formula:
    return lambda x, a, b, c, loc=None, scale=None: kind(
        formula, x, loc, scale, tests(a, b, c), a, b, c
    )

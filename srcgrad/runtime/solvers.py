"""Solutions of equations and integrals of functions, as SciPy finds them, and what they are owed.

A solution is a constant of its own search: what it owes goes through the equation that it solves.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.runtime.ends import refused

_PLACES = (
    -0.9956571630258081, -0.9739065285171717, -0.9301574913557082, -0.8650633666889845,
    -0.7808177265864169, -0.6794095682990244, -0.5627571346686047, -0.4333953941292472,
    -0.2943928627014602, -0.1488743389816312, 0.0,
)  # fmt: skip
_SHARES = (
    0.0116946388673719, 0.0325581623079647, 0.0547558965743520, 0.0750396748109200,
    0.0931254545836976, 0.1093871588022976, 0.1234919762620659, 0.1347092173114733,
    0.1427759385770601, 0.1477391049013385, 0.1494455540029169,
)  # fmt: skip
"""The rule of Gauss and Kronrod with 21 nodes, by which QUADPACK integrates: half of it."""


def found(
    solver: Callable[..., Any], function: Any, start: tuple[Any, ...], args: tuple[Any, ...],
    named: dict[str, Any],
) -> Any:  # fmt: skip
    """Return what a solver of SciPy finds for ``function(x, *args)``.

    Parameters
    ----------
    solver : callable
        Such as ``scipy.optimize.brentq``.
    function : callable
        The function that is 0 or least at the solution.
    start : tuple
        What the solver takes after the function.
    args, named
        What it takes by the name ``args``, and by other names.
    """
    return solver(function, *start, args=args, **named)


def found_at(raw: Any, start: Any) -> Any:
    """Return the solution in what a solver returned; ``start`` is like it."""
    return raw.x


def at_root(x: Any, value: Any, slope: Any) -> Any:
    """Return a root as it is; it moves as ``x - value / slope`` does."""
    return x


def at_solution(x: Any, value: Any, slopes: Any) -> Any:
    """Return a solution as it is; it moves as ``x - solve(slopes, value)`` does."""
    return x


def first_order(x: Any) -> Any:
    """Return a value that is right in itself, but does not move as it should."""
    return x


def pulled(function: Any, g: Any, x: Any, args: tuple[Any, ...]) -> Any:
    """Stand for the cotangent of ``x`` from ``g``, that of ``function(x, *args)``."""
    raise refused()


def bent(function: Any, g: Any, x: Any, args: tuple[Any, ...]) -> Any:
    """Stand for the change of the gradient of ``function(x, *args)`` as ``x`` moves along ``g``."""
    raise refused()


def square_pulled(function: Any, g: Any, x: Any, args: tuple[Any, ...]) -> Any:
    """Stand for `pulled`, of half the sum of the squares of a function."""
    raise refused()


def square_bent(function: Any, g: Any, x: Any, args: tuple[Any, ...]) -> Any:
    """Stand for `bent`, of half the sum of the squares of a function."""
    raise refused()


def quadrature(function: Any, ends: tuple[Any, Any], args: tuple[Any, ...], named: Any) -> Any:
    """Return an integral that ``scipy.integrate.quad`` finds, its error, and where it looked.

    Returns
    -------
    value, error : float
        As ``quad`` gives them.
    lower, upper, beside, weights : array
        Its last places are ``lower * a + upper * b + beside``, where an end that is not finite
        counts as 0; of finite ends, weights are of the length of the interval.
    """
    from scipy.integrate import IntegrationWarning, quad

    a, b = ends
    value, error, info, *said = quad(function, a, b, args=args, full_output=1, **named)
    if said:  # it says nothing itself where it is asked for more
        warnings.warn(said[0], IntegrationWarning, stacklevel=2)
    count = info["last"]
    lefts, rights = info["alist"][:count], info["blist"][:count]
    nodes, shares = (np.array([*half, *half[-2::-1]]) for half in (_PLACES, _SHARES))
    nodes[len(_PLACES) :] *= -1.0
    t = (0.5 * (lefts + rights)[:, None] + 0.5 * (rights - lefts)[:, None] * nodes).ravel()
    weights = (0.5 * (rights - lefts)[:, None] * shares).ravel()
    weights = -weights if b < a else weights  # then SciPy goes from b to a, and changes the sign
    none = np.zeros_like(t)
    if a == b:
        part = 0.5 * nodes + 0.5
        return value, error, 1.0 - part, part, 0.0 * part, 0.5 * shares
    if np.isfinite(a) and np.isfinite(b):
        part = (t - a) / (b - a)
        return value, error, 1.0 - part, part, none, weights / (b - a)
    weights, away = weights / t**2, (1.0 - t) / t
    if not np.isfinite(a) and not np.isfinite(b):
        both, none = np.concatenate([away, -away]), np.concatenate([none, none])
        return value, error, none, none, both, np.concatenate([weights, weights])
    away = away if max(a, b) == np.inf else -away
    lower = none + float(np.isfinite(a))
    return value, error, lower, 1.0 - lower, away, weights


def finite(x: Any) -> Any:
    """Return a number, or 0 if it is infinite."""
    return float(x) if np.isfinite(x) else 0.0


def span(a: Any, b: Any) -> Any:
    """Return the length of an interval, or 1 if it has none."""
    return float(b - a) if np.isfinite(a) and np.isfinite(b) else 1.0


def agreed(value: Any, total: Any) -> Any:
    """Return a value that another way of computing it agrees with: it moves as that does."""
    return value


# Only the value of the equation moves the solution: how steep it is says how far.
vars(at_root)["__srcgrad_moves_with__"] = 1
vars(at_solution)["__srcgrad_moves_with__"] = 1
vars(found)["__srcgrad_callback__"] = (1, 3)
vars(quadrature)["__srcgrad_callback__"] = (0, 2)

"""The operators of arithmetic: Python's, and NumPy's ufuncs of the same meaning."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from srcgrad.rules.table import elementwise, multilinear, pull, push, share, zero
from srcgrad.runtime import unbroadcast

elementwise(np.add, lambda z, x, y: (1.0, 1.0))
elementwise(np.subtract, lambda z, x, y: (1.0, -1.0))
elementwise(np.multiply, lambda z, x, y: (y, x))
elementwise(np.negative, lambda y, x: -1.0)
elementwise(np.positive, lambda y, x: 1.0)
elementwise(np.divide, lambda z, x, y: (1.0 / y, -z / y))
elementwise(np.reciprocal, lambda y, x: -y * y)
elementwise(np.square, lambda y, x: 2.0 * x)

# x % y is x - y * floor(x / y), whose floor is constant between its jumps.
elementwise(np.remainder, lambda z, x, y: (1.0, -np.floor_divide(x, y)))
elementwise(np.fmod, lambda z, x, y: (1.0, -np.rint((x - z) / y)))
zero(np.floor_divide, operator.floordiv)

share(np.add, operator.add)
share(np.subtract, operator.sub)
share(np.multiply, operator.mul)
share(np.negative, operator.neg)
share(np.positive, operator.pos)
share(np.divide, operator.truediv)
elementwise(operator.mod, lambda z, x, y: (1.0, -(x // y)))


@elementwise(np.power)
def _power(z: Any, x: Any, y: Any) -> Any:
    return _in_base(x, y), _in_exponent(z, x)


share(np.power, np.float_power, operator.pow)


def _in_base(x: Any, y: Any) -> Any:
    """``x**0`` is flat, also at 0, where ``0 * x**-1`` would say NaN."""
    if isinstance(y, (int, float)):
        return y * x ** (y - 1) if y != 0 else 0.0
    return np.where(y == 0, 0.0, y * x ** np.where(y == 0, 1.0, y - 1.0))


def _in_exponent(z: Any, x: Any) -> Any:
    """``0**y`` is flat for ``y > 0``; for a negative base there is no derivative, 0 is given."""
    if isinstance(x, (int, float)):
        return z * math.log(x) if x > 0 else 0.0
    return z * np.log(np.where(x > 0, x, 1.0))


@elementwise(np.maximum)
def _maximum(z: Any, x: Any, y: Any) -> Any:
    if isinstance(x, (int, float)):
        return _ahead(x, y, z), _ahead(y, x, z)
    first = _ahead(x, y, z)
    return first, 1.0 - first


@elementwise(np.minimum)
def _minimum(z: Any, x: Any, y: Any) -> Any:
    if isinstance(x, (int, float)):
        return _behind(x, y, z), _behind(y, x, z)
    first = _behind(x, y, z)
    return first, 1.0 - first


def _ahead(x: Any, y: Any, z: Any) -> Any:
    """1 where x is larger, one half where they tie, else 0; also where both are infinite."""
    if isinstance(y, (int, float)) and y == 0:
        return np.heaviside(x, 0.5) if np.ndim(x) == 0 else 0.5 * np.sign(x) + 0.5
    return 0.5 * np.add(x > y, x >= y, dtype=z.dtype)


def _behind(x: Any, y: Any, z: Any) -> Any:
    """1 where x is smaller, one half where they tie, else 0; also where both are infinite."""
    if isinstance(y, (int, float)) and y == 0:
        return np.heaviside(-x, 0.5) if np.ndim(x) == 0 else 0.5 - 0.5 * np.sign(x)
    return 0.5 * np.add(x < y, x <= y, dtype=z.dtype)


@elementwise(np.fmax)
def _fmax(z: Any, x: Any, y: Any) -> Any:
    alone = np.isnan(y)
    first = 0.5 * np.add((x > y) | alone, (x >= y) | alone, dtype=z.dtype)
    return first, 1.0 - first


@elementwise(np.fmin)
def _fmin(z: Any, x: Any, y: Any) -> Any:
    alone = np.isnan(y)
    first = 0.5 * np.add((x < y) | alone, (x <= y) | alone, dtype=z.dtype)
    return first, 1.0 - first


def inside(x: Any, low: Any, high: Any) -> Any:
    """Tell where a value lies between two bounds, of which one may be missing.

    On a boundary it counts as inside.
    """
    if low is None:
        return x <= high
    return x >= low if high is None else (x >= low) & (x <= high)


@pull(np.clip)
def _clip(
    g: Any,
    y: Any,
    x: Any,
    a_min: Any = None,
    a_max: Any = None,
    *,
    min: Any = None,
    max: Any = None,
) -> Any:
    low = a_min if min is None else min
    high = a_max if max is None else max
    if low is None and high is None:
        return g, None, None
    to_x = unbroadcast(np.where(inside(x, low, high), g, 0.0), x)
    if low is None:
        return to_x, None, unbroadcast(np.where(x > high, g, 0.0), high)
    if high is None:
        return to_x, unbroadcast(np.where(x < low, g, 0.0), low), None
    return (
        to_x,
        unbroadcast(np.where((x < low) & (low <= high), g, 0.0), low),
        unbroadcast(np.where((x > high) | (low > high), g, 0.0), high),
    )


@push(np.clip)
def _clip_pushed(
    t: Any,
    y: Any,
    x: Any,
    a_min: Any = None,
    a_max: Any = None,
    *,
    min: Any = None,
    max: Any = None,
) -> Any:
    low = a_min if min is None else min
    high = a_max if max is None else max
    return t if low is None and high is None else np.where(inside(x, low, high), t, 0.0)


# The two branches; the mask cuts the cotangent, whatever stands in the branch not taken.
@multilinear(np.where)
def _where(g: Any, y: Any, condition: Any, x: Any, other: Any) -> Any:
    return None, np.where(condition, g, 0.0), np.where(condition, 0.0, g)

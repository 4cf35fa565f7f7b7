"""The elementwise functions of one and two arguments: a partial derivative each."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import elementwise, linear, pull, push

elementwise(np.exp, lambda y, x: y)
elementwise(np.expm1, lambda y, x: np.exp(x))
elementwise(np.exp2, lambda y, x: 0.6931471805599453 * y)
elementwise(np.log, lambda y, x: 1.0 / x)
elementwise(np.log1p, lambda y, x: 1.0 / (1.0 + x))
elementwise(np.log2, lambda y, x: 1.4426950408889634 / x)
elementwise(np.log10, lambda y, x: 0.4342944819032518 / x)
elementwise(np.sqrt, lambda y, x: 0.5 / y)
elementwise(np.cbrt, lambda y, x: 1.0 / (3.0 * y * y))

elementwise(np.sin, lambda y, x: np.cos(x))
elementwise(np.cos, lambda y, x: -np.sin(x))
elementwise(np.tan, lambda y, x: 1.0 + y * y)
elementwise(np.arcsin, lambda y, x: 1.0 / np.sqrt((1.0 - x) * (1.0 + x)))
elementwise(np.arccos, lambda y, x: -1.0 / np.sqrt((1.0 - x) * (1.0 + x)))
elementwise(np.arctan, lambda y, x: 1.0 / (1.0 + x * x))
elementwise(np.sinh, lambda y, x: np.cosh(x))
elementwise(np.cosh, lambda y, x: np.sinh(x))
elementwise(np.tanh, lambda y, x: 1.0 - y * y)
elementwise(np.arcsinh, lambda y, x: 1.0 / np.hypot(x, 1.0))
elementwise(np.arccosh, lambda y, x: 1.0 / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0)))
elementwise(np.arctanh, lambda y, x: 1.0 / ((1.0 - x) * (1.0 + x)))

for to_radians in (np.deg2rad, np.radians):
    elementwise(to_radians, lambda y, x: 0.017453292519943295)
for to_degrees in (np.rad2deg, np.degrees):
    elementwise(to_degrees, lambda y, x: 57.29577951308232)

# At 0 the sign is 0: the middle of the subdifferential.
elementwise(np.absolute, lambda y, x: np.sign(x))
elementwise(np.fabs, lambda y, x: np.sign(x))
elementwise(np.copysign, lambda z, x, y: (np.sign(x) * np.sign(z), 0.0))
elementwise(np.ldexp, lambda z, x, y: (2.0**y, None))


def gap(z: Any, x: Any, y: Any) -> Any:
    """Return ``x - y``, and 0 where both are minus infinity, as their sum z is then."""
    if np.ndim(z) == 0:
        return x - y if z > -np.inf else 0.0
    some, nought = z > -np.inf, np.zeros_like(z)
    return np.where(some, x, nought) - np.where(some, y, nought)


# The shares are 1 / (1 + exp(y - x)) and the rest, written so that nothing overflows; smooth where
# x is y.
@elementwise(np.logaddexp)
def _logaddexp(z: Any, x: Any, y: Any) -> Any:
    d = gap(z, x, y)
    if np.ndim(z) == 0:
        rest = np.exp(-d if d >= 0 else d)
        small = rest / (1.0 + rest)
        big = 1.0 - small
        return big if d >= 0 else small, small if d >= 0 else big
    first = d >= 0
    rest = np.exp(np.where(first, -d, d))
    small = rest / (1.0 + rest)
    big = 1.0 - small
    return np.where(first, big, small), np.where(first, small, big)


@elementwise(np.logaddexp2)
def _logaddexp2(z: Any, x: Any, y: Any) -> Any:
    d = gap(z, x, y)
    first = d >= 0
    rest = np.exp2(np.where(first, -d, d))
    small = rest / (1.0 + rest)
    big = 1.0 - small
    return np.where(first, big, small), np.where(first, small, big)


# In floats, also where one of the two is of whole numbers; the squares could overflow.
@elementwise(np.arctan2)
def _arctan2(z: Any, y: Any, x: Any) -> Any:
    length = np.hypot(x, y)
    return x / length / length, -(y / length / length)


# At the origin 0.
@elementwise(np.hypot)
def _hypot(z: Any, x: Any, y: Any) -> Any:
    length = np.where(z > 0, z, 1.0)
    return x / length, y / length


@elementwise(np.sinc)
def _sinc(y: Any, x: Any) -> Any:
    """Near 0 by its series, which is right to any order; elsewhere by the formula."""
    near = np.abs(x) < 0.25
    u = np.square(np.pi * x)
    tail = 1.0 - u / 130.0 * (1.0 - u / 180.0 * (1.0 - u / 238.0 * (1.0 - u / 304.0)))
    head = 1.0 - u / 10.0 * (1.0 - u / 28.0 * (1.0 - u / 54.0 * (1.0 - u / 88.0 * tail)))
    slope = (np.cos(np.pi * x) - y) / np.where(near, 1.0, x)
    return np.where(near, -np.pi * np.pi / 3.0 * x * head, slope)


elementwise(runtime.doubles, lambda y, x: 1.0)
# NaN stays NaN, whatever is owed to it.
elementwise(runtime.valid, lambda y, x, test: (1.0, None))


elementwise(np.i0, lambda y, x: runtime.bessel_i1(x))


@elementwise(runtime.bessel_i1)
def _bessel_i1(y: Any, x: Any) -> Any:
    return np.i0(x) - np.where(x == 0, 0.5, y / np.where(x == 0, 1.0, x))


@pull(np.kaiser)
def _kaiser(g: Any, y: Any, m: Any, beta: Any) -> Any:
    if m == 1:
        return None, 0.0 * beta
    place = np.linspace(-1.0, 1.0, m)
    root = np.sqrt((1.0 - place) * (1.0 + place))
    slope = root * runtime.bessel_i1(beta * root) - y * runtime.bessel_i1(beta)
    return None, np.vdot(g, slope) / np.i0(beta)


@pull(np.nan_to_num)
def _nan_to_num(
    g: Any,
    y: Any,
    x: Any,
    copy: Any = True,
    nan: Any = 0.0,
    posinf: Any = None,
    neginf: Any = None,
) -> Any:
    return (
        np.where(np.isfinite(x), g, 0.0),
        None,
        runtime.unbroadcast(np.where(np.isnan(x), g, 0.0), nan),
        None if posinf is None else runtime.unbroadcast(np.where(np.isposinf(x), g, 0.0), posinf),
        None if neginf is None else runtime.unbroadcast(np.where(np.isneginf(x), g, 0.0), neginf),
    )


push(np.nan_to_num, lambda t, y, x, *options, **named: np.where(np.isfinite(x), t, 0.0))
linear(np.real, lambda g, y, x: g)
linear(np.conjugate, lambda g, y, x: g)
linear(np.real_if_close, lambda g, y, x, tol=100: g)


# Of the number 0 the second argument is given; elsewhere there are only steps.
elementwise(np.heaviside, lambda z, x, y: (0.0, np.where(x == 0, 1.0, 0.0)))


# The whole part jumps; the rest moves with x.
@pull(np.modf)
def _modf(g: Any, y: Any, x: Any) -> Any:
    return g[0]


@pull(np.frexp)
def _frexp(g: Any, y: Any, x: Any) -> Any:
    return np.ldexp(g[0], -y[1])


@pull(np.divmod)
def _divmod(g: Any, z: Any, x: Any, y: Any) -> Any:
    return runtime.unbroadcast(g[1], x), runtime.unbroadcast(-z[0] * g[1], y)


# A jump of a whole period is no change; where it jumps is not a smooth question.
@linear(np.unwrap)
def _unwrap(
    g: Any, y: Any, p: Any, discont: Any = None, axis: Any = -1, *, period: Any = None
) -> Any:
    return g

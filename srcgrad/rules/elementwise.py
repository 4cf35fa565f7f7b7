"""The elementwise functions of one and two arguments: a partial derivative each."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.table import elementwise, linear, pull, push, share

elementwise(np.exp, lambda y, x: y)
elementwise(np.expm1, lambda y, x: y + 1.0)
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
elementwise(np.arcsin, lambda y, x: 1.0 / np.sqrt(1.0 - x * x))
elementwise(np.arccos, lambda y, x: -1.0 / np.sqrt(1.0 - x * x))
elementwise(np.arctan, lambda y, x: 1.0 / (1.0 + x * x))
elementwise(np.sinh, lambda y, x: np.cosh(x))
elementwise(np.cosh, lambda y, x: np.sinh(x))
elementwise(np.tanh, lambda y, x: 1.0 - y * y)
elementwise(np.arcsinh, lambda y, x: 1.0 / np.sqrt(x * x + 1.0))
elementwise(np.arccosh, lambda y, x: 1.0 / np.sqrt(x * x - 1.0))
elementwise(np.arctanh, lambda y, x: 1.0 / (1.0 - x * x))

for to_radians in (np.deg2rad, np.radians):
    elementwise(to_radians, lambda y, x: 0.017453292519943295)
for to_degrees in (np.rad2deg, np.degrees):
    elementwise(to_degrees, lambda y, x: 57.29577951308232)

# At 0 the sign is 0: the middle of the subdifferential.
elementwise(np.absolute, lambda y, x: np.sign(x))
elementwise(np.fabs, lambda y, x: np.sign(x))
elementwise(np.copysign, lambda z, x, y: (np.where(np.signbit(y), -np.sign(x), np.sign(x)), 0.0))
elementwise(np.ldexp, lambda z, x, y: (2.0**y, None))

# The bound makes the share of two minus infinities 0, where the difference would say NaN.
elementwise(
    np.logaddexp,
    lambda z, x, y: (np.exp(x - np.maximum(z, -3e38)), np.exp(y - np.maximum(z, -3e38))),
)
elementwise(
    np.logaddexp2,
    lambda z, x, y: (np.exp2(x - np.maximum(z, -3e38)), np.exp2(y - np.maximum(z, -3e38))),
)


# In floats, also where one of the two is of whole numbers.
@elementwise(np.arctan2)
def _arctan2(z: Any, y: Any, x: Any) -> Any:
    square = 1.0 * x * x + 1.0 * y * y
    return x / square, -(y / square)


# At the origin 0.
@elementwise(np.hypot)
def _hypot(z: Any, x: Any, y: Any) -> Any:
    length = np.where(z > 0, z, 1.0)
    return x / length, y / length


@elementwise(np.sinc)
def _sinc(y: Any, x: Any) -> Any:
    """Near 0 by its series, which is right to any order; elsewhere by the formula."""
    near = np.abs(x) < 0.03
    u = np.square(np.pi * x)
    series = -np.pi * np.pi * x / 3.0 * (1.0 - u / 10.0 * (1.0 - u / 28.0 * (1.0 - u / 54.0)))
    return np.where(near, series, (np.cos(np.pi * x) - y) / np.where(near, 1.0, x))


pull(np.nan_to_num, lambda g, y, x, *options: np.where(np.isfinite(x), g, 0.0))
push(np.nan_to_num, lambda t, y, x, *options: np.where(np.isfinite(x), t, 0.0))
linear(np.real, lambda g, y, x: g)
linear(np.conjugate, lambda g, y, x: g)
share(np.real, np.real_if_close)

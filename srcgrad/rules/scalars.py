"""The module ``math`` and Python's own functions on numbers.

The partials use ``math`` as well, so that a scalar loss stays a scalar loss.  Where a derivative
is infinite, Python's numbers raise ZeroDivisionError as they do in a derivative by hand.
"""

from __future__ import annotations

import builtins
import math
import operator
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import elementwise, linear, pull, pull_each, share, zero


def sign(x: Any) -> Any:
    """Return the sign of a number; at 0 it is 0."""
    return 1.0 if x > 0 else (-1.0 if x < 0 else 0.0)


elementwise(math.exp, lambda y, x: y)
elementwise(math.expm1, lambda y, x: math.exp(x))
elementwise(math.exp2, lambda y, x: 0.6931471805599453 * y)
elementwise(math.log1p, lambda y, x: 1.0 / (1.0 + x))
elementwise(math.log2, lambda y, x: 1.4426950408889634 / x)
elementwise(math.log10, lambda y, x: 0.4342944819032518 / x)
elementwise(math.sqrt, lambda y, x: 0.5 / y)
elementwise(math.cbrt, lambda y, x: 1.0 / (3.0 * y * y))

elementwise(math.sin, lambda y, x: math.cos(x))
elementwise(math.cos, lambda y, x: -math.sin(x))
elementwise(math.tan, lambda y, x: 1.0 + y * y)
elementwise(math.asin, lambda y, x: 1.0 / math.sqrt((1.0 - x) * (1.0 + x)))
elementwise(math.acos, lambda y, x: -1.0 / math.sqrt((1.0 - x) * (1.0 + x)))
elementwise(math.atan, lambda y, x: 1.0 / (1.0 + x * x))
elementwise(math.sinh, lambda y, x: math.cosh(x))
elementwise(math.cosh, lambda y, x: math.sinh(x))
elementwise(math.tanh, lambda y, x: 1.0 - y * y)
elementwise(math.asinh, lambda y, x: 1.0 / math.hypot(x, 1.0))
elementwise(math.acosh, lambda y, x: 1.0 / (math.sqrt(x - 1.0) * math.sqrt(x + 1.0)))
elementwise(math.atanh, lambda y, x: 1.0 / ((1.0 - x) * (1.0 + x)))
elementwise(math.radians, lambda y, x: 0.017453292519943295)
elementwise(math.degrees, lambda y, x: 57.29577951308232)
elementwise(math.erf, lambda y, x: 1.1283791670955126 * math.exp(-x * x))
elementwise(math.erfc, lambda y, x: -1.1283791670955126 * math.exp(-x * x))

elementwise(math.fabs, lambda y, x: sign(x))
elementwise(math.copysign, lambda z, x, y: (sign(x) * math.copysign(1.0, y), 0.0))
elementwise(math.fmod, lambda z, x, y: (1.0, -round((x - z) / y)))
elementwise(math.remainder, lambda z, x, y: (1.0, -round((x - z) / y)))
elementwise(math.ldexp, lambda y, x, i: (2.0**i, None))


@elementwise(math.atan2)
def _atan2(z: Any, y: Any, x: Any) -> Any:
    length = math.hypot(x, y)
    return x / length / length, -y / length / length


@elementwise(math.log)
def _log(y: Any, x: Any, base: Any = None) -> Any:
    if base is None:
        return 1.0 / x, None
    return 1.0 / (x * math.log(base)), -y / (base * math.log(base))


@elementwise(math.pow)
def _pow(z: Any, x: Any, y: Any) -> Any:
    return y * x ** (y - 1) if y != 0 else 0.0, z * math.log(x) if x > 0 else 0.0


elementwise(math.lgamma, lambda y, x: runtime.polygamma(0, x))
elementwise(math.gamma, lambda y, x: y * runtime.polygamma(0, x))
elementwise(runtime.polygamma, lambda y, n, x: (None, runtime.polygamma(n + 1, x)))


@pull(math.modf)
def _modf(g: Any, y: Any, x: Any) -> Any:
    return g[0]


@pull(math.frexp)
def _frexp(g: Any, y: Any, x: Any) -> Any:
    return math.ldexp(g[0], -y[1])


@pull(math.prod)
def _prod(g: Any, y: Any, items: Any, *, start: Any = 1) -> Any:
    others = runtime.product_of_others(items)
    return [g * start * others[i] for i in range(len(items))], g * math.prod(items)


if hasattr(math, "sumprod"):  # Python 3.12

    @pull(math.sumprod)
    def _sumprod(g: Any, y: Any, p: Any, q: Any) -> Any:
        return [g * b for b in q], [g * a for a in p]


if hasattr(math, "fma"):  # Python 3.13
    elementwise(math.fma, lambda w, x, y, z: (y, x, 1.0))


# At the origin 0.
@pull_each(math.hypot)
def _hypot(i: int, g: Any, y: Any, *sides: Any) -> Any:
    return g * sides[i] / y if y > 0 else 0.0


@pull(math.dist)
def _dist(g: Any, y: Any, p: Any, q: Any) -> Any:
    pull_apart = [g * (a - b) / y if y > 0 else 0.0 for a, b in zip(p, q)]
    return pull_apart, [-d for d in pull_apart]


linear(math.fsum, lambda g, y, items: [g for _ in items])
linear(builtins.float, lambda g, y, x: g)

zero(math.floor, math.ceil, math.trunc, math.isnan, math.isinf, math.isfinite, math.isclose)
zero(math.ulp, math.nextafter)
zero(math.gcd, math.lcm, math.comb, math.perm, math.factorial, math.isqrt)
zero(builtins.int, builtins.bool, builtins.round, builtins.len, builtins.range, builtins.slice)
zero(builtins.isinstance, builtins.issubclass, builtins.callable, builtins.hasattr)
zero(builtins.type, builtins.id)
zero(builtins.all, builtins.any, builtins.print, builtins.chr, builtins.ord)
zero(runtime.stop_gradient, runtime.constant)


share(operator.pow, builtins.pow)


@elementwise(builtins.abs)
def _abs(y: Any, x: Any) -> Any:
    if isinstance(x, (int, float)):
        return sign(x)
    return np.sign(x)


@linear(builtins.sum)
def _sum(g: Any, y: Any, items: Any, start: Any = 0) -> Any:
    if isinstance(items, np.ndarray):
        return np.broadcast_to(g, np.shape(items)), runtime.unbroadcast(g, start)
    return [runtime.unbroadcast(g, item) for item in items], runtime.unbroadcast(g, start)


# Ties share equally.
@pull_each(builtins.max)
def _extreme(i: Any, g: Any, y: Any, *args: Any, default: Any = None) -> Any:
    if i == "default":
        return 0.0 if len(args[0]) > 0 else g
    if len(args) == 1:
        items = args[0]
        if isinstance(items, np.ndarray):
            return (items == y) * (g / np.count_nonzero(items == y))
        if not isinstance(items, (list, tuple)):
            items = list(items)
        return [g / items.count(y) if item == y else 0.0 for item in items]
    if len(args) == 2:
        return g * ((args[i] == y) - 0.5 * (args[0] == args[1]))
    return g / args.count(y) if args[i] == y else 0.0


share(builtins.max, builtins.min)
share(builtins.abs, operator.abs)

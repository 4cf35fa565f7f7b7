"""The module ``cmath`` and Python's own complex numbers."""

from __future__ import annotations

import builtins
import cmath
from typing import Any

from srcgrad.rules.table import elementwise, pull, zero

elementwise(cmath.exp, lambda y, x: y)
elementwise(cmath.sqrt, lambda y, x: 0.5 / y)
elementwise(cmath.log10, lambda y, x: 0.4342944819032518 / x)
elementwise(cmath.sin, lambda y, x: cmath.cos(x))
elementwise(cmath.cos, lambda y, x: -cmath.sin(x))
elementwise(cmath.tan, lambda y, x: 1.0 + y * y)
elementwise(cmath.asin, lambda y, x: 1.0 / cmath.sqrt((1.0 - x) * (1.0 + x)))
elementwise(cmath.acos, lambda y, x: -1.0 / cmath.sqrt((1.0 - x) * (1.0 + x)))
elementwise(cmath.atan, lambda y, x: 1.0 / (1.0 + x * x))
elementwise(cmath.sinh, lambda y, x: cmath.cosh(x))
elementwise(cmath.cosh, lambda y, x: cmath.sinh(x))
elementwise(cmath.tanh, lambda y, x: 1.0 - y * y)
elementwise(cmath.asinh, lambda y, x: 1.0 / cmath.sqrt(1.0 + x * x))
elementwise(cmath.acosh, lambda y, x: 1.0 / (cmath.sqrt(x - 1.0) * cmath.sqrt(x + 1.0)))
elementwise(cmath.atanh, lambda y, x: 1.0 / ((1.0 - x) * (1.0 + x)))


@elementwise(cmath.log)
def _log(y: Any, x: Any, base: Any = None) -> Any:
    if base is None:
        return 1.0 / x, None
    return 1.0 / (x * cmath.log(base)), -y / (base * cmath.log(base))


@pull(cmath.phase)
def _phase(g: Any, y: Any, x: Any) -> Any:
    return -(1j * g / x)


@pull(cmath.polar)
def _polar(g: Any, y: Any, x: Any) -> Any:
    return (g[0] * y[0] - 1j * g[1]) / x


@pull(cmath.rect)
def _rect(g: Any, y: Any, r: Any, phi: Any) -> Any:
    return g * cmath.exp(1j * phi), g * 1j * y


# Of what it is made, each is owed its own part; of a string nothing is known.
@pull(builtins.complex)
def _complex(g: Any, y: Any, real: Any = 0.0, imag: Any = 0.0) -> Any:
    return g, 1j * g


zero(cmath.isnan, cmath.isinf, cmath.isfinite, cmath.isclose)

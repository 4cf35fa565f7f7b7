"""The functions of ``scipy.integrate``."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import integrate, special

from srcgrad import runtime
from srcgrad.facts.foreign import enter, named
from srcgrad.facts.kinds import UNKNOWN, Arr, Known, Py, Seq, Type
from srcgrad.facts.shapes_probed import probed
from srcgrad.facts.sizes import Sizes


def _sampled(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``simpson(y, x)``: of vectors as many places as samples."""
    x = kinds[1] if len(kinds) > 1 else kwargs.get("x")
    y = kinds[0]
    if isinstance(x, Arr) and isinstance(y, Arr) and len(x.dims) == len(y.dims) == 1:
        sizes.equate(y.dims[0], x.dims[0])
    return probed(sizes, fn, kinds, kwargs)


def _quadrature(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    line = Arr(np.dtype(float), (sizes.fresh(),))
    return Seq(tuple, (Py(float), Py(float), line, line, line, line))


def _number(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    plain = [kind for kind in kinds if isinstance(kind, Py) or _is_number(kind)]
    return Py(float) if len(plain) == len(kinds) else UNKNOWN


def _is_number(kind: Type) -> bool:
    return isinstance(kind, Known) and type(kind.value) in (int, float)


def _first(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    return kinds[0]


_SAMPLED = "trapezoid simpson cumulative_trapezoid cumulative_simpson"

enter(named(integrate, _SAMPLED), _sampled)
enter(named(integrate, "romb"), probed)
enter([special.roots_legendre], probed)
enter([runtime.simpson_weights, runtime.simpson_spacing, runtime.romb_weights], probed)
enter([runtime.quadrature], _quadrature)
enter([runtime.finite, runtime.span], _number, "maybe")
enter([runtime.agreed], _first, "maybe")

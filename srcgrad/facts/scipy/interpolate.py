"""Curves and grids through samples: one value for each point, and for each value of a sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.foreign import enter
from srcgrad.facts.kinds import UNKNOWN, Arr, Py, Seq, Type
from srcgrad.facts.sizes import Sizes

_DOUBLE = np.dtype(float)


def _like(place: int) -> Any:
    """Return the rule of what is in double precision, and has the shape of an argument."""

    def types(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
        kind = kinds[place]
        real = isinstance(kind, Arr) and kind.dtype.kind in "fiu"
        return Arr(_DOUBLE, kind.dims) if real and kind.dims else UNKNOWN  # type: ignore[union-attr]

    return types


def _at(points: int, samples: int, axes: int) -> Any:
    """Return the rule of curves: the shape of the points, and what a sample has beside."""

    def types(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
        q, y = kinds[points], kinds[samples]
        if not isinstance(y, Arr) or not isinstance(q, (Arr, Py)) or y.dtype.kind not in "fiu":
            return UNKNOWN
        dims = q.dims if isinstance(q, Arr) else ()
        rest = y.dims[axes:]
        return Arr(_DOUBLE, (*dims, *rest))

    return types


def _hermite(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    y = kinds[1]
    if not isinstance(y, Arr) or not y.dims or y.dtype.kind not in "fiu":
        return UNKNOWN
    return Arr(_DOUBLE, (4, sizes.fresh(), *y.dims[1:]))


def _line(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    y, q = kinds[1:3]
    if not isinstance(y, Arr) or not isinstance(q, (Arr, Py)) or y.dtype.kind not in "fiu":
        return UNKNOWN
    return Arr(_DOUBLE, (*y.dims[:-1], *(q.dims if isinstance(q, Arr) else ())))


enter([runtime.hermite], _hermite)
enter([runtime.piecewise], _at(2, 0, 2))
enter([runtime.bspline], _at(2, 1, 1))
enter([runtime.line_at, runtime.line_slopes], _line)

enter([runtime.bspline_back, runtime.line_back], _like(2))
enter([runtime.piecewise_back], _like(1))
enter([runtime.cubic_slopes, runtime.pchip_slopes, runtime.akima_slopes], _like(1))
enter([runtime.interp_coefficients], _like(1))
enter([runtime.cubic_slopes_back, runtime.pchip_slopes_back, runtime.akima_slopes_back], _like(0))
enter([runtime.interp_back], _like(0), "maybe")
enter([runtime.grid_back, runtime.scattered_back], _like(2))
enter([runtime.grid_slopes, runtime.scattered_slopes], _like(3))


def _hermite_back(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    g, x = kinds
    if not isinstance(g, Arr) or not isinstance(x, Arr) or g.dtype.kind != "f":
        return UNKNOWN
    one = Arr(_DOUBLE, (*x.dims, *g.dims[2:]))
    return Seq(tuple, (one, one))


enter([runtime.hermite_back], _hermite_back)
enter([runtime.antiderivative, runtime.antiderivative_back])
enter([runtime.interp_knots, runtime.curve_at])
enter([runtime.as_points, runtime.points_back], None, "maybe")
enter([runtime.inside], _like(0), "maybe")
enter([runtime.grid_at, runtime.scattered_at, runtime.known_grid_at, runtime.known_grid_slopes])

"""``scipy.interpolate``: from the values of curves and grids back to what they are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import linear, pull

pull(runtime.as_points, lambda g, y, xi: runtime.points_back(g, xi))


def last_axes(g: Any, q: Any) -> Any:
    """Return the sum over the axes that a curve of several values adds to its points."""
    if np.ndim(g) == np.ndim(q):
        return g
    return np.sum(g, axis=tuple(range(np.ndim(q), np.ndim(g))))


@pull(runtime.hermite)
def _hermite(g: Any, c: Any, x: Any, y: Any, d: Any) -> Any:
    to_y, to_d = runtime.hermite_back(g, x)
    return None, to_y, to_d


@pull(runtime.piecewise)
def _piecewise(g: Any, y: Any, c: Any, x: Any, q: Any, nu: Any = 0, extrapolate: Any = True) -> Any:
    slopes = g * runtime.piecewise(c, x, q, nu + 1, extrapolate)
    back = runtime.piecewise_back(g, c, x, q, nu, extrapolate)
    return back, None, last_axes(slopes, q)


@pull(runtime.piecewise_back)
def _piecewise_back(
    h: Any, d: Any, g: Any, c: Any, x: Any, q: Any, nu: Any = 0, extrapolate: Any = True
) -> Any:
    slopes = g * runtime.piecewise(h, x, q, nu + 1, extrapolate)
    again = runtime.piecewise(h, x, q, nu, extrapolate)
    return again, runtime.zeros_like(c), None, last_axes(slopes, q)


@pull(runtime.cubic_slopes)
def _cubic_slopes(g: Any, s: Any, x: Any, y: Any, bc_type: Any = "not-a-knot") -> Any:
    return None, runtime.cubic_slopes_back(g, x, bc_type)


@pull(runtime.pchip_slopes)
def _pchip_slopes(g: Any, s: Any, x: Any, y: Any) -> Any:
    return None, runtime.pchip_slopes_back(g, x, y)


@pull(runtime.akima_slopes)
def _akima_slopes(g: Any, s: Any, x: Any, y: Any) -> Any:
    return None, runtime.akima_slopes_back(g, x, y)


@pull(runtime.interp_coefficients)
def _interp_coefficients(g: Any, c: Any, x: Any, y: Any, k: Any = 3) -> Any:
    return None, runtime.interp_back(g, x, k)


@pull(runtime.bspline)
def _bspline(
    g: Any, y: Any, t: Any, c: Any, q: Any, k: Any, nu: Any = 0, extrapolate: Any = True
) -> Any:
    slopes = g * runtime.bspline(t, c, q, k, nu + 1, extrapolate)
    return None, runtime.bspline_back(g, t, c, q, k, nu, extrapolate), last_axes(slopes, q)


@pull(runtime.bspline_back)
def _bspline_back(
    h: Any, d: Any, g: Any, t: Any, c: Any, q: Any, k: Any, nu: Any = 0, extrapolate: Any = True
) -> Any:
    slopes = g * runtime.bspline(t, h, q, k, nu + 1, extrapolate)
    again = runtime.bspline(t, h, q, k, nu, extrapolate)
    return again, None, runtime.zeros_like(c), last_axes(slopes, q)


@pull(runtime.line_at)
def _line_at(
    g: Any,
    v: Any,
    x: Any,
    y: Any,
    q: Any,
    kind: Any = "linear",
    bounds_error: Any = None,
    fill_value: Any = None,
) -> Any:
    slopes = g * runtime.line_slopes(x, y, q, kind, fill_value)
    lead = np.ndim(slopes) - np.ndim(q)
    to_q = np.sum(slopes, axis=tuple(range(lead))) if lead > 0 else slopes
    return None, runtime.line_back(g, x, y, q, kind, fill_value), to_q


@pull(runtime.grid_at)
def _grid_at(
    g: Any,
    v: Any,
    points: Any,
    values: Any,
    xi: Any,
    method: Any = "linear",
    bounds_error: Any = True,
    fill_value: Any = np.nan,
) -> Any:
    if method != "linear" and method != "nearest":
        raise runtime.refused()
    return (
        None,
        runtime.grid_back(g, points, values, xi, method, fill_value),
        runtime.grid_slopes(g, points, values, xi, method, fill_value),
    )


@pull(runtime.scattered_at)
def _scattered_at(
    g: Any,
    v: Any,
    points: Any,
    values: Any,
    xi: Any,
    method: Any = "linear",
    fill_value: Any = np.nan,
    rescale: Any = False,
) -> Any:
    if rescale or (method != "linear" and method != "nearest"):
        raise runtime.refused()
    return (
        None,
        runtime.scattered_back(g, points, values, xi, method),
        runtime.scattered_slopes(g, points, values, xi, method),
    )


@pull(runtime.antiderivative)
def _antiderivative(g: Any, y: Any, c: Any, x: Any) -> Any:
    return runtime.antiderivative_back(g, x)


# Turned round once more, each is what it was.
@pull(runtime.hermite_back)
def _hermite_back(h: Any, d: Any, g: Any, x: Any) -> Any:
    return runtime.hermite(x, h[0], h[1])


@pull(runtime.cubic_slopes_back)
def _cubic_slopes_back(h: Any, d: Any, g: Any, x: Any, bc_type: Any = "not-a-knot") -> Any:
    if not isinstance(bc_type, str) or bc_type == "periodic":
        raise runtime.refused()
    return runtime.cubic_slopes(x, h, bc_type)


@pull(runtime.interp_back)
def _interp_back(h: Any, d: Any, g: Any, x: Any, k: Any = 3) -> Any:
    return runtime.interp_coefficients(x, h, k)


@pull(runtime.line_back)
def _line_back(
    h: Any, d: Any, g: Any, x: Any, y: Any, q: Any, kind: Any = "linear", fill_value: Any = None
) -> Any:
    outside = 0.0 if fill_value is None else fill_value
    again = runtime.line_at(x, h, q, kind, False, outside)
    return again, None, runtime.zeros_like(y), g * runtime.line_slopes(x, h, q, kind, fill_value)


linear(runtime.inside, lambda g, y, q, x: g)

"""``scipy.interpolate``: curves and grids through samples, made and called.

What is read in the place of a class of SciPy is a class here, of the same arguments: the object is
not made, only what it holds.  A curve is linear in its coefficients, and those in the samples.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import interpolate

from srcgrad import runtime
from srcgrad.rules.classes import refuse
from srcgrad.rules.functionals import CALLED, DEFINITIONS
from srcgrad.rules.scipy.interpolate_curves import last_axes
from srcgrad.rules.table import pull, zero


class Piecewise:
    """Read in the place of ``scipy.interpolate.PPoly``."""

    def __init__(self, c: Any, x: Any, extrapolate: Any = None, axis: Any = 0) -> None:
        if axis != 0:
            raise runtime.refused()
        self.c = c
        self.x = x
        self.extrapolate = True if extrapolate is None else extrapolate

    def __call__(self, x: Any, nu: Any = 0, extrapolate: Any = None) -> Any:
        beyond = self.extrapolate if extrapolate is None else extrapolate
        return runtime.piecewise(self.c, self.x, x, nu, beyond)

    def derivative(self, nu: Any = 1) -> Any:
        """Return the derivative as a curve."""
        return Slope(self, nu)

    def antiderivative(self, nu: Any = 1) -> Any:
        """Return the integral from the first place on, as a curve."""
        if nu != 1:
            raise runtime.refused()
        return Piecewise(runtime.antiderivative(self.c, self.x), self.x, self.extrapolate)

    def integrate(self, a: Any, b: Any, extrapolate: Any = None) -> Any:
        """Return the integral between two places."""
        if extrapolate is not None or not self.extrapolate or self.extrapolate == "periodic":
            raise runtime.refused()
        whole = self.antiderivative()
        return whole(b) - whole(a)

    def roots(self, discontinuity: Any = True, extrapolate: Any = None) -> Any:
        raise runtime.refused()

    def solve(self, y: Any = 0.0, discontinuity: Any = True, extrapolate: Any = None) -> Any:
        raise runtime.refused()


class Slope:
    """The derivative of a curve, as a curve."""

    def __init__(self, curve: Any, nu: Any) -> None:
        self.curve = curve
        self.nu = nu

    def __call__(self, x: Any, nu: Any = 0, extrapolate: Any = None) -> Any:
        return self.curve(x, self.nu + nu, extrapolate)


def first_axis(axis: Any) -> None:
    """Refuse samples that lie along another axis than the first."""
    if axis != 0:
        raise runtime.refused()


def through(x: Any, y: Any, slopes: Any, axis: Any, beyond: Any) -> Any:
    """Return the curve with these values and slopes."""
    if axis != 0:
        raise runtime.refused()
    return Piecewise(runtime.hermite(x, y, slopes), x, beyond)


def hermite_spline(x: Any, y: Any, dydx: Any, axis: Any = 0, extrapolate: Any = None) -> Any:
    """Do what ``scipy.interpolate.CubicHermiteSpline`` does."""
    x, y, dydx = np.asarray(x), np.asarray(y), np.asarray(dydx)
    return through(x, y, dydx, axis, extrapolate)


def cubic_spline(
    x: Any,
    y: Any,
    axis: Any = 0,
    bc_type: Any = "not-a-knot",
    extrapolate: Any = None,
) -> Any:
    """Do what ``scipy.interpolate.CubicSpline`` does."""
    periodic = isinstance(bc_type, str) and bc_type == "periodic"
    beyond = "periodic" if extrapolate is None and periodic else extrapolate
    first_axis(axis)
    x, y = np.asarray(x), np.asarray(y)
    return through(x, y, runtime.cubic_slopes(x, y, bc_type), axis, beyond)


def monotone(x: Any, y: Any, axis: Any = 0, extrapolate: Any = None) -> Any:
    """Do what ``scipy.interpolate.PchipInterpolator`` does."""
    first_axis(axis)
    x, y = np.asarray(x), np.asarray(y)
    return through(x, y, runtime.pchip_slopes(x, y), axis, extrapolate)


def akima(x: Any, y: Any, axis: Any = 0, *, method: Any = "akima", extrapolate: Any = None) -> Any:
    """Do what ``scipy.interpolate.Akima1DInterpolator`` does."""
    if method != "akima":
        raise runtime.refused()
    beyond = False if extrapolate is None else extrapolate
    first_axis(axis)
    x, y = np.asarray(x), np.asarray(y)
    return through(x, y, runtime.akima_slopes(x, y), axis, beyond)


def pchip_values(xi: Any, yi: Any, x: Any, der: Any = 0, axis: Any = 0) -> Any:
    """Do what ``scipy.interpolate.pchip_interpolate`` does."""
    if not isinstance(der, int):
        raise runtime.refused()
    return monotone(xi, yi, axis)(x, der)


class Spline:
    """Read in the place of ``scipy.interpolate.BSpline``."""

    def __init__(self, t: Any, c: Any, k: Any, extrapolate: Any = True, axis: Any = 0) -> None:
        if axis != 0:
            raise runtime.refused()
        self.t = t
        self.c = c
        self.k = k
        self.extrapolate = extrapolate

    def __call__(self, x: Any, nu: Any = 0, extrapolate: Any = None) -> Any:
        beyond = self.extrapolate if extrapolate is None else extrapolate
        return runtime.bspline(self.t, self.c, x, self.k, nu, beyond)

    def derivative(self, nu: Any = 1) -> Any:
        """Return the derivative as a curve."""
        return Slope(self, nu)

    def antiderivative(self, nu: Any = 1) -> Any:
        raise runtime.refused()

    def integrate(self, a: Any, b: Any, extrapolate: Any = None) -> Any:
        raise runtime.refused()


def interpolating(
    x: Any,
    y: Any,
    k: Any = 3,
    t: Any = None,
    bc_type: Any = None,
    axis: Any = 0,
    check_finite: Any = True,
) -> Any:
    """Do what ``scipy.interpolate.make_interp_spline`` does."""
    first_axis(axis)
    if t is not None or (bc_type is not None and bc_type != "not-a-knot"):
        raise runtime.refused()
    x, y = np.asarray(x), np.asarray(y)
    return Spline(runtime.interp_knots(x, k), runtime.interp_coefficients(x, y, k), k, True, axis)


def spline_values(x: Any, tck: Any, der: Any = 0, ext: Any = 0) -> Any:
    """Do what ``scipy.interpolate.splev`` does."""
    if ext != 0:
        raise runtime.refused()
    t, c, k = tck
    return runtime.bspline(t, c, x, k, der)


def interpolated(x: Any, y: Any, w: Any = None, bbox: Any = (None, None), k: Any = 3,
                 ext: Any = 0) -> Any:  # fmt: skip
    """Do what ``scipy.interpolate.InterpolatedUnivariateSpline`` does."""
    if w is not None or ext != 0 or k % 2 == 0 or bbox[0] is not None or bbox[1] is not None:
        raise runtime.refused()
    return interpolating(x, y, k)


def fitted(x: Any, y: Any, w: Any = None, xb: Any = None, xe: Any = None, k: Any = 3,
           task: Any = 0, s: Any = None) -> Any:  # fmt: skip
    """Do what ``scipy.interpolate.splrep`` does where it goes through all samples."""
    if w is not None or xb is not None or xe is not None or task != 0 or k % 2 == 0:
        raise runtime.refused()
    if s is not None and s != 0:
        raise runtime.refused()
    x, y = np.asarray(x), np.asarray(y)
    c = np.concatenate([runtime.interp_coefficients(x, y, k), np.zeros(k + 1)])
    return runtime.interp_knots(x, k), c, k


class Line:
    """Read in the place of ``scipy.interpolate.interp1d``."""

    def __init__(
        self,
        x: Any,
        y: Any,
        kind: Any = "linear",
        axis: Any = -1,
        copy: Any = True,
        bounds_error: Any = None,
        fill_value: Any = None,
        assume_sorted: Any = False,
    ) -> None:
        if axis != -1 and not (axis == 0 and np.ndim(y) == 1):
            raise runtime.refused()
        self.x = np.asarray(x)
        self.y = np.asarray(y)
        self.kind = kind
        self.bounds_error = bounds_error
        self.fill_value = fill_value

    def __call__(self, x: Any) -> Any:
        if self.kind in ("linear", "nearest", "nearest-up", "previous", "next"):
            return runtime.line_at(self.x, self.y, x, self.kind, self.bounds_error, self.fill_value)
        if np.ndim(self.y) != 1 or self.bounds_error is not None:
            raise runtime.refused()
        if self.fill_value is None:
            x = runtime.inside(x, self.x)
        elif not isinstance(self.fill_value, str):
            raise runtime.refused()
        k = {"slinear": 1, "quadratic": 2, "cubic": 3}[self.kind]
        t, c = runtime.interp_knots(self.x, k), runtime.interp_coefficients(self.x, self.y, k)
        return runtime.bspline(t, c, x, k)


class Grid:
    """Read in the place of ``scipy.interpolate.RegularGridInterpolator``."""

    def __init__(
        self,
        points: Any,
        values: Any,
        method: Any = "linear",
        bounds_error: Any = True,
        fill_value: Any = np.nan,
    ) -> None:
        self.grid = points
        self.values = values
        self.method = method
        self.bounds_error = bounds_error
        self.fill_value = fill_value

    def __call__(self, xi: Any, method: Any = None) -> Any:
        chosen = self.method if method is None else method
        return grid_values(self.grid, self.values, xi, chosen, self.bounds_error, self.fill_value)


def grid_values(
    points: Any,
    values: Any,
    xi: Any,
    method: Any = "linear",
    bounds_error: Any = True,
    fill_value: Any = np.nan,
) -> Any:
    """Do what ``scipy.interpolate.interpn`` does."""
    places = xi if isinstance(xi, np.ndarray) else runtime.as_points(xi)
    return runtime.grid_at(points, values, places, method, bounds_error, fill_value)


def scattered_values(
    points: Any,
    values: Any,
    xi: Any,
    method: Any = "linear",
    fill_value: Any = np.nan,
    rescale: Any = False,
) -> Any:
    """Do what ``scipy.interpolate.griddata`` does."""
    known = points if isinstance(points, np.ndarray) else runtime.as_points(points)
    places = xi if isinstance(xi, np.ndarray) else runtime.as_points(xi)
    return runtime.scattered_at(known, values, places, method, fill_value, rescale)


class Scattered:
    """Read in the place of ``scipy.interpolate.LinearNDInterpolator``."""

    def __init__(
        self, points: Any, values: Any, fill_value: Any = np.nan, rescale: Any = False
    ) -> None:
        self.points = points
        self.values = values
        self.fill_value = fill_value
        self.rescale = rescale

    def __call__(self, xi: Any) -> Any:
        return scattered_values(
            self.points, self.values, xi, "linear", self.fill_value, self.rescale
        )


class Nearest:
    """Read in the place of ``scipy.interpolate.NearestNDInterpolator``."""

    def __init__(self, x: Any, y: Any, rescale: Any = False) -> None:
        self.points = x
        self.values = y
        self.rescale = rescale

    def __call__(self, xi: Any) -> Any:
        return scattered_values(self.points, self.values, xi, "nearest", np.nan, self.rescale)


DEFINITIONS |= {
    interpolate.LinearNDInterpolator: Scattered,
    interpolate.NearestNDInterpolator: Nearest,
    interpolate.InterpolatedUnivariateSpline: interpolated,
    interpolate.splrep: fitted,
    interpolate.PPoly: Piecewise,
    interpolate.CubicHermiteSpline: hermite_spline,
    interpolate.CubicSpline: cubic_spline,
    interpolate.PchipInterpolator: monotone,
    interpolate.Akima1DInterpolator: akima,
    interpolate.pchip_interpolate: pchip_values,
    interpolate.BSpline: Spline,
    interpolate.make_interp_spline: interpolating,
    interpolate.splev: spline_values,
    interpolate.interp1d: Line,
    interpolate.RegularGridInterpolator: Grid,
    interpolate.interpn: grid_values,
    interpolate.griddata: scattered_values,
}


# Curves that were made before: what they hold is constant, and their points move.
@pull(runtime.curve_at)
def _curve_at(g: Any, y: Any, curve: Any, q: Any, nu: Any = 0) -> Any:
    return None, last_axes(g * runtime.curve_at(curve, q, nu + 1), q)


def called_curve(curve: Any, x: Any, nu: Any = 0, extrapolate: Any = None) -> Any:
    """Do what a curve made before does where it is called."""
    if extrapolate is not None:
        raise runtime.refused()
    return runtime.curve_at(curve, x, nu)


def called_line(line: Any, x: Any) -> Any:
    """Do what an ``interp1d`` made before does where it is called."""
    return runtime.curve_at(line, x)


def called_fit(curve: Any, x: Any, nu: Any = 0, ext: Any = None) -> Any:
    """Do what a ``UnivariateSpline`` made before does where it is called."""
    if ext is not None:
        raise runtime.refused()
    return runtime.curve_at(curve, x, nu)


def called_grid(grid: Any, xi: Any, method: Any = None) -> Any:
    """Do what a ``RegularGridInterpolator`` made before does where it is called."""
    if method is not None:
        raise runtime.refused()
    places = xi if isinstance(xi, np.ndarray) else runtime.as_points(xi)
    return runtime.known_grid_at(grid, places)


@pull(runtime.known_grid_at)
def _known_grid_at(g: Any, y: Any, grid: Any, xi: Any) -> Any:
    return None, runtime.known_grid_slopes(g, grid, xi)


CALLED |= {
    interpolate.PPoly: called_curve,
    interpolate.BPoly: called_curve,
    interpolate.BSpline: called_curve,
    interpolate.interp1d: called_line,
    interpolate.UnivariateSpline: called_fit,
    interpolate.RegularGridInterpolator: called_grid,
}

zero(runtime.interp_knots)

_SMOOTHED = "its knots are chosen by how near it comes to the samples; use make_interp_spline"
_SURFACE = "its knots are chosen on a surface; use RegularGridInterpolator for values on a grid"
_POLYNOMIAL = "one polynomial through many samples; use CubicSpline or make_interp_spline"
_MANY = "its system of equations is solved inside; write the kernel and np.linalg.solve"
_PARTS = "it takes a spline apart; call the spline with nu= for its derivatives"

refuse(
    "scipy.interpolate",
    {
        "UnivariateSpline LSQUnivariateSpline make_smoothing_spline make_splrep": _SMOOTHED,
        "make_splprep make_lsq_spline generate_knots splprep": _SMOOTHED,
        "BivariateSpline SmoothBivariateSpline SmoothSphereBivariateSpline bisplev": _SURFACE,
        "LSQBivariateSpline LSQSphereBivariateSpline RectBivariateSpline bisplrep": _SURFACE,
        "RectSphereBivariateSpline CloughTocher2DInterpolator NdBSpline NdPPoly": _SURFACE,
        "interp2d": "SciPy has it no more; use RegularGridInterpolator",
        "BarycentricInterpolator KroghInterpolator barycentric_interpolate": _POLYNOMIAL,
        "krogh_interpolate lagrange approximate_taylor_polynomial pade AAA": _POLYNOMIAL,
        "FloaterHormannInterpolator": _POLYNOMIAL,
        "RBFInterpolator Rbf": _MANY,
        "BPoly": "its polynomials are sums of Bernstein's; use PPoly",
        "insert spalde splantider splder splint sproot": _PARTS,
    },
)

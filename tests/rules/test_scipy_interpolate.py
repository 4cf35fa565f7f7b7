"""The rules of ``scipy.interpolate``: curves and grids, made and called."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcgrad import check_grad, grad, value_and_grad
from srcgrad.errors import NoRule
from srcgrad.runtime import curves, grids
from srcgrad.runtime import slopes as knots

interpolate = pytest.importorskip("scipy.interpolate")
rng = np.random.default_rng(0)
PLACES = np.linspace(0.0, 1.0, 9)
VALUES = np.sin(5.0 * PLACES) + PLACES
POINTS = np.array([0.07, 0.31, 0.52, 0.68, 0.93])


def normal(*shape: int) -> Any:
    return rng.normal(size=shape)


def dot_test(f: Any, x: Any, g: Any, owed: Any) -> None:
    t, e = normal(*x.shape), 1e-6
    change = np.nansum(g * (f(x + e * t) - f(x - e * t))) / (2 * e)
    assert np.isclose(change, np.sum(owed * t), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("tail", ((), (3,)))
@pytest.mark.parametrize("n", (2, 3, 4, 5, 9))
def test_coefficients_of_curves(n: int, tail: tuple[int, ...]) -> None:
    x = np.cumsum(rng.uniform(0.2, 1, n))
    y, d = normal(n, *tail), normal(n, *tail)
    c = curves.hermite(x, y, d)
    np.testing.assert_allclose(c, interpolate.CubicHermiteSpline(x, y, d).c)
    g = normal(*c.shape)
    to_y, to_d = curves.hermite_back(g, x)
    dot_test(lambda v: curves.hermite(x, v, d), y, g, to_y)
    dot_test(lambda v: curves.hermite(x, y, v), d, g, to_d)
    a = curves.antiderivative(c, x)
    np.testing.assert_allclose(a, interpolate.PPoly(c, x).antiderivative().c)
    g = normal(*a.shape)
    dot_test(lambda v: curves.antiderivative(v, x), c, g, curves.antiderivative_back(g, x))
    for slopes, back in (
        (knots.pchip_slopes, knots.pchip_slopes_back),
        (knots.akima_slopes, knots.akima_slopes_back),
    ):
        g = normal(*y.shape)
        dot_test(lambda v, slopes=slopes: slopes(x, v), y, g, back(g, x, y))
    q = np.concatenate([rng.uniform(x[0] - 0.5, x[-1] + 0.5, 11), x])
    for beyond in (True, False, "periodic"):
        for nu in range(5):
            y = curves.piecewise(c, x, q, nu, beyond)
            g = np.where(np.isnan(y), 0, normal(*y.shape))
            t = normal(*c.shape)
            owed = np.sum(curves.piecewise_back(g, c, x, q, nu, beyond) * t)
            assert np.isclose(np.nansum(g * curves.piecewise(t, x, q, nu, beyond)), owed)


ENDS = (
    "not-a-knot", "natural", "clamped", "periodic", ((1, 0.3), (2, 0.4)), ("not-a-knot", "natural"),
)  # fmt: skip


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("n", (2, 3, 4, 9))
def test_slopes_of_cubic_splines(n: int, ends: Any) -> None:
    if n == 2 and ends == "periodic":
        return
    x, y, t = np.cumsum(rng.uniform(0.2, 1, n)), normal(n), normal(n)
    if ends == "periodic":
        y[-1], t[-1] = y[0], t[0]
    g, e = normal(n), 1e-6
    change = knots.cubic_slopes(x, y + e * t, ends) - knots.cubic_slopes(x, y - e * t, ends)
    owed = np.sum(knots.cubic_slopes_back(g, x, ends) * t)
    assert np.isclose(np.sum(g * change) / (2 * e), owed, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("k", (1, 2, 3, 5))
def test_splines(k: int) -> None:
    x = np.cumsum(rng.uniform(0.2, 1, 9))
    y = normal(9, 2)
    g = normal(9, 2)
    dot_test(lambda v: curves.interp_coefficients(x, v, k), y, g, curves.interp_back(g, x, k))
    t = curves.interp_knots(x, k)
    q = np.concatenate([rng.uniform(x[0] - 0.5, x[-1] + 0.5, 11), x])
    for beyond in (True, False, "periodic"):
        for nu in range(k + 1):
            c, d = normal(len(t) - k - 1), normal(len(t) - k - 1)
            y = curves.bspline(t, c, q, k, nu, beyond)
            g = np.where(np.isnan(y), 0, normal(*y.shape))
            owed = np.sum(curves.bspline_back(g, t, c, q, k, nu, beyond) * d)
            assert np.isclose(np.nansum(g * curves.bspline(t, d, q, k, nu, beyond)), owed)


@pytest.mark.parametrize("kind", ("linear", "nearest", "nearest-up", "previous", "next"))
def test_lines(kind: str) -> None:
    x = rng.permutation(np.cumsum(rng.uniform(0.2, 1, 6)))
    for fill, error in ((None, None), (0.3, False)):
        wide = 0.0 if fill is None else 0.5
        for tail in ((), (2,)):
            y = normal(*tail, 6)
            q = np.concatenate([rng.uniform(x.min() - wide, x.max() + wide, 9), x])
            g = normal(*tail, 15)
            owed = grids.line_back(g, x, y, q, kind, fill)
            dot_test(lambda v, q=q, f=fill, e=error: grids.line_at(x, v, q, kind, e, f), y, g, owed)


@pytest.mark.parametrize("tail", ((), (3,)))
@pytest.mark.parametrize("method", ("linear", "nearest"))
def test_grids(method: str, tail: tuple[int, ...]) -> None:
    lines = [np.cumsum(rng.uniform(0.2, 1, 4)), np.cumsum(rng.uniform(0.2, 1, 5))[::-1]]
    values = normal(4, 5, *tail)
    for fill, error in ((np.nan, True), (None, False), (0.3, False)):
        wide = 0.0 if error else 0.3
        xi = np.stack([rng.uniform(p.min() - wide, p.max() + wide, (2, 6)) for p in lines], -1)
        g = normal(2, 6, *tail)
        owed = grids.grid_back(g, lines, values, xi, method, fill)
        dot_test(
            lambda v, xi=xi, e=error, f=fill: grids.grid_at(lines, v, xi, method, e, f),
            values, g, owed,
        )  # fmt: skip
        if method == "linear":
            owed = grids.grid_slopes(g, lines, values, xi, method, fill)
            dot_test(
                lambda v, e=error, f=fill: grids.grid_at(lines, values, v, method, e, f),
                xi, g, owed,
            )  # fmt: skip


@pytest.mark.parametrize("method", ("linear", "nearest"))
def test_scattered_points(method: str) -> None:
    points, xi = rng.uniform(0, 1, (25, 2)), rng.uniform(0.3, 0.7, (7, 2))
    values, g = normal(25, 2), normal(7, 2)
    owed = grids.scattered_back(g, points, values, xi, method)
    dot_test(lambda v: grids.scattered_at(points, v, xi, method), values, g, owed)
    owed = grids.scattered_slopes(g, points, values, xi, method)
    dot_test(lambda v: grids.scattered_at(points, values, v, method), xi, g, owed)


def cubic(y, q):
    return np.sum(interpolate.CubicSpline(PLACES, y)(q) ** 2)


def natural(y, q):
    spline = interpolate.CubicSpline(PLACES, y, bc_type="natural")
    return np.sum(spline(q) ** 2) + np.sum(spline(q, 1) ** 2)


def monotone(y, q):
    return np.sum(interpolate.PchipInterpolator(PLACES, y)(q) ** 2)


def akima(y, q):
    return np.sum(interpolate.Akima1DInterpolator(PLACES, y)(q) ** 2)


def spline(y, q):
    return np.sum(interpolate.make_interp_spline(PLACES, y, k=3)(q) ** 2)


def between(y, q):
    line = interpolate.interp1d(PLACES, y)
    return np.sum(line(q) ** 2)


def between_smoothly(y, q):
    line = interpolate.interp1d(PLACES, y, kind="cubic")
    return np.sum(line(q) ** 2)


def slopes(y, q):
    return np.sum(interpolate.CubicSpline(PLACES, y).derivative()(q) ** 2)


def area(y, q):
    return interpolate.CubicSpline(PLACES, y).integrate(q[0], q[-1]) ** 2


def fitpack(y, q):
    return np.sum(interpolate.splev(q, interpolate.splrep(PLACES, y)) ** 2)


def univariate(y, q):
    return np.sum(interpolate.InterpolatedUnivariateSpline(PLACES, y)(q) ** 2)


CURVES = (
    cubic, natural, monotone, akima, spline, between, between_smoothly, slopes, area, fitpack,
    univariate,
)  # fmt: skip


@pytest.mark.parametrize("loss", CURVES)
def test_losses_of_curves(loss: Any) -> None:
    check_grad(loss, VALUES, POINTS, wrt=(0, 1))
    assert np.isclose(value_and_grad(loss)(VALUES, POINTS)[0], loss(VALUES, POINTS), rtol=1e-12)


@pytest.mark.parametrize("loss", (cubic, spline))
def test_gradients_of_gradients(loss: Any) -> None:
    check_grad(loss, VALUES, POINTS, wrt=(0, 1), order=2)


KNOWN = interpolate.CubicSpline(PLACES, VALUES)
KNOWN_LINE = interpolate.interp1d(PLACES, VALUES)
KNOWN_FIT = interpolate.UnivariateSpline(PLACES, VALUES, s=0.1)
KNOWN_GRID = interpolate.RegularGridInterpolator((PLACES, PLACES), normal(9, 9))


def test_curves_made_before() -> None:
    def known(q):
        return np.sum(KNOWN(q) ** 2) + np.sum(KNOWN_LINE(q)) + np.sum(KNOWN_FIT(q) ** 2)

    def given(q, curve):
        return np.sum(curve(q) ** 2)

    def on_grid(xi):
        return np.sum(KNOWN_GRID(xi) ** 2)

    check_grad(known, POINTS)
    check_grad(given, POINTS, KNOWN, order=2)
    check_grad(on_grid, np.stack([POINTS, POINTS[::-1] + 0.003], -1))


def test_points_one_by_one() -> None:
    def loss(values, a, b):
        return np.sum(interpolate.interpn((PLACES, PLACES), values, (a, b)) ** 2)

    check_grad(loss, normal(9, 9), POINTS + 0.003, POINTS[::-1] + 0.004, wrt=(0, 1, 2))


def test_the_errors_of_scipy_stay() -> None:
    with pytest.raises(ValueError, match="above the interpolation range"):
        grad(between)(VALUES, POINTS + 1.0)
    with pytest.raises(ValueError, match="above the interpolation range"):
        grad(between_smoothly)(VALUES, POINTS + 1.0)


def test_places_of_samples_are_refused() -> None:
    def loss(x):
        return interpolate.CubicSpline(x, VALUES)(0.5) ** 2

    with pytest.raises(NoRule):
        grad(loss)(PLACES)


def test_samples_along_another_axis_are_refused() -> None:
    def loss(y):
        return np.sum(interpolate.CubicSpline(PLACES, y, axis=1)(0.5) ** 2)

    with pytest.raises(NoRule):
        grad(loss)(normal(2, 9))


def test_complex_samples_are_refused() -> None:
    def loss(y):
        return np.abs(interpolate.CubicSpline(PLACES, y)(0.5)) ** 2

    with pytest.raises(NoRule):
        grad(loss)(VALUES + 1j)

"""The rules of ``scipy.integrate``, ``scipy.optimize`` and ``scipy.fft``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcgrad import check_grad, check_rule, grad, runtime, value_and_grad
from srcgrad.errors import NoRule, SrcgradError, Unreadable
from srcgrad.rules.functionals import DEFINITIONS

fft = pytest.importorskip("scipy.fft")
integrate = pytest.importorskip("scipy.integrate")
optimize = pytest.importorskip("scipy.optimize")
rng = np.random.default_rng(0)


def normal(*shape: int) -> Any:
    return rng.normal(size=shape)


@pytest.mark.parametrize("n", (2, 3, 4, 5, 6, 9))
def test_integrals_of_samples(n: int) -> None:
    x = np.cumsum(rng.uniform(0.2, 1, n))
    for y, axis in [(normal(n), -1), (normal(3, n), -1), (normal(n, 3), 0), (normal(2, n, 3), 1)]:
        check_rule(integrate.simpson, y, axis=axis)
        check_rule(integrate.simpson, y, x, axis=axis)
        wide = np.moveaxis(x * np.ones_like(np.moveaxis(y, axis, -1)), -1, axis)
        check_rule(integrate.simpson, y, wide, axis=axis)
        for function in (integrate.cumulative_trapezoid, integrate.cumulative_simpson):
            for options in ({}, {"dx": 0.3}, {"x": x}, {"x": x, "initial": 0}):
                found = DEFINITIONS[function](y, axis=axis, **options)
                np.testing.assert_allclose(found, function(y, axis=axis, **options), atol=1e-12)
        if n in (2, 3, 5, 9):
            found = DEFINITIONS[integrate.romb](y, 0.3, axis)
            np.testing.assert_allclose(found, integrate.romb(y, 0.3, axis), atol=1e-12)


def test_losses_of_samples() -> None:
    def running(y, x):
        return np.sum(integrate.cumulative_simpson(y**2, x=x) ** 2)

    def trapezoids(y, x):
        return np.sum(integrate.cumulative_trapezoid(y**2, x, initial=0) ** 2)

    def romberg(y):
        return integrate.romb(y**2, 0.1)

    x = np.cumsum(rng.uniform(0.2, 1, 7))
    check_grad(running, normal(7), x, wrt=(0, 1))
    check_grad(trapezoids, normal(7), x, wrt=(0, 1))
    check_grad(romberg, normal(9))


def bell(x, k):
    return np.exp(-k * x * x)


def between(k, a, b):
    return integrate.quad(lambda x: np.exp(-k * x * x), a, b)[0]


def from_zero(k):
    return integrate.quad(bell, 0, np.inf, args=(k,))[0]


def to_an_end(k, a):
    left, _ = integrate.quad(lambda x: np.exp(-k * x * x), -np.inf, a)
    return left + integrate.quad(lambda x: np.exp(-k * x * x), -np.inf, np.inf)[0]


def backwards(k):
    return integrate.quad(lambda x: np.exp(-k * x * x), np.inf, -np.inf)[0]


def to_zero(k, a):
    down = integrate.quad(lambda x: np.exp(-k * x * x), np.inf, a)[0]
    return down + 2.0 * integrate.quad(lambda x: np.exp(-k * x * x), a, -np.inf)[0]


def test_quad() -> None:
    check_grad(between, 0.7, 0.1, 1.4, wrt=(0, 1, 2))
    check_grad(between, 0.7, 1.4, 0.1, wrt=(0, 1, 2))
    check_grad(between, 0.7, 0.4, 0.4, wrt=(0, 1, 2))
    check_grad(from_zero, 0.7)
    check_grad(to_an_end, 0.7, 0.3, wrt=(0, 1))
    check_grad(backwards, 0.7)
    check_grad(to_zero, 0.7, 0.3, wrt=(0, 1))
    assert value_and_grad(between)(0.7, 0.1, 1.4)[0] == between(0.7, 0.1, 1.4)


def in_two_ways(k):
    return integrate.quad(
        lambda x: integrate.quad(lambda y: np.exp(-k * x * y), 0, x)[0], 0.0, 1.0
    )[0]


def by_an_integral(k):
    return optimize.brentq(lambda x: integrate.quad(lambda t: np.exp(-k * t), 0, x)[0] - 0.5, 0, 5)


def test_one_in_another() -> None:
    check_grad(in_two_ways, 0.7)
    check_grad(by_an_integral, 0.7)


def cube(x, k):
    return k * x**3 + x - 1


def by_brent(k):
    return optimize.brentq(cube, 0, 2, args=(k,)) ** 2


def by_a_closure(k):
    return optimize.bisect(lambda x: k * x**3 + x - 1, 0, 2) ** 2


def by_newton(k, a):
    def g(x, p):
        return p * x**3 + x - k

    return optimize.newton(g, 0.5, args=(a,))


def by_a_name(k):
    return optimize.root_scalar(cube, args=(k,), bracket=(0, 2)).root


def at_rest(k):
    return optimize.fixed_point(lambda x: np.cos(k * x), 0.5)


@pytest.mark.parametrize("loss", (by_brent, by_a_closure, by_a_name, at_rest))
def test_roots(loss: Any) -> None:
    check_grad(loss, 0.7)
    assert value_and_grad(loss)(0.7)[0] == loss(0.7)


def test_roots_in_two_parameters() -> None:
    check_grad(by_newton, 1.0, 2.0, wrt=(0, 1))


def pair(x, k):
    return np.array([k[0] * x[0] ** 3 + x[1] - 1, x[0] - k[1] * x[1] ** 3])


def hill(x, k):
    return np.sum((x - k) ** 4) + np.sum((x - 1) ** 2)


def system(k):
    return np.sum(optimize.fsolve(pair, np.array([0.5, 0.5]), args=(k,), xtol=1e-13) ** 2)


def system_by_name(k):
    return np.sum(optimize.root(lambda x: pair(x, k), np.array([0.5, 0.5]), tol=1e-13).x ** 2)


def lowest(k):
    found = optimize.minimize(hill, np.zeros(2), args=(k,), method="Newton-CG", tol=1e-13)
    return np.sum(found.x**2)


def how_low(k):
    return optimize.minimize(lambda x: hill(x, k), np.zeros(2)).fun


def closest(k):
    def residuals(x):
        return np.array([x[0] - k[0], 10 * (x[1] - x[0] ** 2), x[0] * x[1] - k[1]])

    found = optimize.least_squares(
        residuals, np.array([0.5, 0.5]), xtol=1e-15, ftol=1e-15, gtol=1e-15
    )
    return np.sum(found.x**2)


def lowest_of_one(k):
    return optimize.minimize_scalar(lambda x: (x - k[0]) ** 4 + (x - k[1]) ** 2, tol=1e-12).x


@pytest.mark.parametrize("loss", (system, system_by_name, how_low, closest, lowest_of_one))
def test_systems_and_minima(loss: Any) -> None:
    check_grad(loss, np.array([1.0, 2.0]))


def test_gradients_of_solutions_are_refused_again() -> None:
    with pytest.raises(SrcgradError):
        check_grad(by_brent, 0.7, order=2)


def test_a_function_that_reads_a_function_is_refused() -> None:
    def loss(k):
        def inner(x):
            return k * x

        return optimize.brentq(lambda x: inner(x) - 1.0, 0, 5)

    with pytest.raises(Unreadable, match="cannot hand this function on"):
        grad(loss)(0.7)


def swing(t, y, p):
    return np.array([y[1], -p[0] * y[0] - p[1] * y[1]])


def swing_on(y, t, a, b):
    return [y[1], -a * y[0] - b * y[1] * t]


TIMES = np.linspace(0.0, 2.0, 5)


def path(y0, p):
    found = integrate.solve_ivp(swing, (0, 2), y0, t_eval=TIMES, args=(p,), rtol=1e-10, atol=1e-12)
    return np.sum(found.y**2)


def late_path(y0, p):
    found = integrate.solve_ivp(
        swing, (0, 2), y0, t_eval=TIMES[2:], args=(p,), rtol=1e-10, atol=1e-12
    )
    return np.sum(found.y**2)


def end_of_path(y0, p):
    found = integrate.solve_ivp(
        lambda t, y: swing(t, y, p), (0, 2), y0, method="DOP853", rtol=1e-10, atol=1e-12
    )
    return np.sum(found.y[:, -1] ** 2)


def old_path(y0, p):
    return np.sum(
        integrate.odeint(swing_on, y0, TIMES, args=(p[0], p[1]), rtol=1e-10, atol=1e-12) ** 2
    )


@pytest.mark.parametrize("loss", (path, late_path, old_path))
def test_differential_equations(loss: Any) -> None:
    check_grad(loss, np.array([1.0, 0.3]), np.array([2.0, 0.4]), wrt=(0, 1))


def test_the_end_of_time_is_refused() -> None:
    def loss(end):
        found = integrate.solve_ivp(swing, (0, end), np.ones(2), args=(np.ones(2),))
        return np.sum(found.y[:, -1])

    with pytest.raises(NoRule):
        grad(loss)(2.0)


@pytest.mark.parametrize("name", ("dct", "idct", "dst", "idst"))
@pytest.mark.parametrize("kind", (1, 2, 3, 4))
def test_real_transforms(name: str, kind: int) -> None:
    function = getattr(fft, name)
    for norm in (None, "ortho", "forward"):
        for orthogonalize in (None, True, False):
            options = {"norm": norm, "orthogonalize": orthogonalize}
            for n in (None, 3, 7):
                check_rule(function, normal(5), kind, n, **options)
            check_rule(function, normal(5, 3), kind, None, 0, **options)
    many = getattr(fft, f"{name}n")
    check_rule(many, normal(4, 3), kind)
    check_rule(many, normal(4, 3, 2), kind, axes=(0, 1), norm="ortho")
    check_rule(many, normal(4, 3), kind, s=(5, 2))


def test_other_transforms() -> None:
    check_rule(fft.fht, normal(6), 0.3, 0.5, 0.1, 0.2)
    check_rule(fft.ifht, normal(6), 0.3, 0.5, 0.1, 0.2)
    check_rule(runtime.transform_back, normal(5), normal(5), "dct", 2, None, -1)


def spectra(x):
    whole = np.abs(fft.fft(x)) ** 2
    return np.sum(whole) + np.sum(np.abs(fft.rfft(x, 9)) ** 3) + np.sum(np.abs(fft.dct(x)))


def there_and_back(x):
    return np.sum(fft.irfft(fft.rfft(x) * np.exp(1j * np.arange(5))) ** 2)


def in_two_axes(x):
    return np.sum(np.abs(fft.fft2(x))) + np.sum(np.abs(fft.rfftn(x, axes=(0,))) ** 2)


def test_complex_transforms() -> None:
    check_grad(spectra, normal(8))
    check_grad(there_and_back, normal(8))
    check_grad(in_two_axes, normal(4, 6))


def test_transforms_that_may_write_are_refused() -> None:
    def loss(x):
        return np.sum(fft.dct(x, overwrite_x=True) ** 2)

    with pytest.raises(SrcgradError):
        grad(loss)(normal(8))

"""Rules of SciPy's special functions at hard points, against numbers of many digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

mp = pytest.importorskip("mpmath")
special = pytest.importorskip("scipy.special")

from srcgrad.runtime import foreign  # noqa: E402  imports SciPy
from tests.rules.test_hard_points import agrees, partials  # noqa: E402

HALF = mp.mpf(1) / 2


def normal(x: Any) -> Any:
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def slope(fn: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: mp.diff(fn, x, h=mp.mpf(10) ** -25)


ONE: dict[str, tuple[Callable[[Any], Any], list[float]]] = {
    "expit": (
        lambda x: 1 / (2 + mp.exp(x) + mp.exp(-x)),
        [-700.0, -40.0, -1e-300, 0.0, 1.5, 40.0, 700.0],
    ),
    "log_expit": (lambda x: 1 / (1 + mp.exp(x)), [-700.0, -1e-10, 0.0, 40.0, 700.0]),
    "logit": (lambda x: 1 / (x * (1 - x)), [1e-300, 1e-10, 0.5, 1 - 1e-10]),
    "exprel": (
        lambda x: (x * mp.exp(x) - mp.expm1(x)) / x**2,
        [-700.0, -30.0, -1.0, -1e-8, 1e-20, 1e-5, 0.1, 3.0, 700.0],
    ),
    "erf": (lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x), [-26.0, 1e-300, 0.5, 5.0, 26.0]),
    "erfcx": (
        lambda x: 2 * x * mp.exp(x * x) * mp.erfc(x) - 2 / mp.sqrt(mp.pi),
        [-20.0, 0.0, 1.0, 2.9, 3.1, 9.9, 100.0, 1e8],
    ),
    "dawsn": (
        lambda x: 1 - mp.sqrt(mp.pi) * x * mp.exp(-x * x) * mp.erfi(x),
        [0.0, 0.5, 2.0, 7.1, 10.1, 1e5],
    ),
    "log_ndtr": (lambda x: normal(x) / mp.ncdf(x), [-1e8, -40.0, -1.0, 0.0, 1e-300, 1.0, 30.0]),
    "ndtr": (normal, [-37.0, -1.0, 1e-300, 5.0, 37.0]),
    "psi": (lambda x: mp.psi(1, x), [1e-10, 0.5, 3.5, 1e5, 1e15]),
    "gammaln": (mp.digamma, [1e-10, 0.5, 1.0, 3.5, 1e5, 1e15]),
    "ellipk": (
        lambda m: (mp.ellipe(m) - (1 - m) * mp.ellipk(m)) / (2 * m * (1 - m)),
        [1e-12, 1e-5, 0.1, 0.9, 1 - 1e-10, -3.0, -1e8],
    ),
    "ellipe": (
        lambda m: (mp.ellipe(m) - mp.ellipk(m)) / (2 * m),
        [1e-12, 1e-5, 0.1, 0.9, 1 - 1e-10, -3.0],
    ),
    "i0e": (
        lambda x: mp.exp(-x) * (mp.besseli(1, x) - mp.besseli(0, x)),
        [1e-300, 1e-3, 1.0, 7.0, 30.0, 500.0, 1e6],
    ),
    "i1e": (
        lambda x: mp.exp(-x) * ((mp.besseli(0, x) + mp.besseli(2, x)) / 2 - mp.besseli(1, x)),
        [1e-300, 1e-3, 1.0, 7.0, 30.0, 500.0, 1e6],
    ),
    "i1": (lambda x: (mp.besseli(0, x) + mp.besseli(2, x)) / 2, [1e-300, 1e-3, 7.0, 300.0]),
    "k0e": (
        lambda x: mp.exp(x) * (mp.besselk(0, x) - mp.besselk(1, x)),
        [1e-300, 1e-3, 1.0, 7.0, 30.0, 500.0, 1e6],
    ),
    "k1e": (
        lambda x: mp.exp(x) * (mp.besselk(1, x) - (mp.besselk(0, x) + mp.besselk(2, x)) / 2),
        [1e-100, 1e-3, 1.0, 7.0, 30.0, 500.0, 1e6],
    ),
    "spence": (lambda z: mp.log(z) / (1 - z), [1e-300, 0.5, 1 - 1e-12, 1 + 1e-12, 3.0, 1e200]),
    "entr": (lambda x: -mp.log(x) - 1, [1e-300, 0.1, 1.0, 1e200]),
    "wrightomega": (
        lambda x: mp.lambertw(mp.exp(x)).real / (1 + mp.lambertw(mp.exp(x)).real),
        [-100.0, -1.0, 0.0, 1.0, 500.0],
    ),
    "exp1": (lambda x: -mp.exp(-x) / x, [1e-300, 1.0, 700.0]),
}

TWO: dict[str, tuple[tuple[Callable[..., Any] | None, ...], list[Any]]] = {
    "beta": (
        tuple(
            lambda a, b, k=k: mp.beta(a, b) * (mp.digamma((a, b)[k]) - mp.digamma(a + b))
            for k in (0, 1)
        ),
        [(1.5, 2.5), (1e-10, 1.0), (1.0, 1e-10)],
    ),
    "betaln": (
        tuple(lambda a, b, k=k: mp.digamma((a, b)[k]) - mp.digamma(a + b) for k in (0, 1)),
        [(1.5, 2.5), (1e10, 1.0), (1.0, 1e-10), (1e20, 1e-3), (1e5, 1e15)],
    ),
    "poch": (
        (
            lambda a, m: mp.rf(a, m) * (mp.digamma(a + m) - mp.digamma(a)),
            lambda a, m: mp.rf(a, m) * mp.digamma(a + m),
        ),
        [(1.5, 2.5), (1e8, 0.25), (2.0, 1e-10)],
    ),
    "xlogy": ((lambda x, y: mp.log(y), lambda x, y: x / y), [(2.0, 1e-300), (1e-300, 1e200)]),
    "xlog1py": (
        (lambda x, y: mp.log1p(y), lambda x, y: x / (1 + y)),
        [(2.0, 1e-300), (1e-300, 1e200), (1.0, -1 + 1e-10)],
    ),
    "boxcox": (
        (
            lambda x, p: x ** (p - 1),
            lambda x, p: (x**p * mp.log(x) - (x**p - 1) / p) / p,
        ),
        [(2.0, 1e-20), (2.0, 1e-10), (3.0, 2.0), (1e-3, -2.0), (1.0 + 1e-8, 0.5), (1e10, 5.0)],
    ),
    "inv_boxcox": (
        (
            lambda y, p: (1 + p * y) ** (1 / p - 1),
            lambda y, p: (1 + p * y) ** (1 / p) * (y / (p * (1 + p * y)) - mp.log1p(p * y) / p**2),
        ),
        [(2.0, 1e-12), (0.5, 0.3), (3.0, 2.0), (-1.0, 0.5)],
    ),
    "pseudo_huber": (
        (
            lambda d, r: (
                2 * d * (mp.sqrt(1 + (r / d) ** 2) - 1) - r * r / (d * mp.sqrt(1 + (r / d) ** 2))
            ),
            lambda d, r: r / mp.sqrt(1 + (r / d) ** 2),
        ),
        [(1.0, 1e-5), (1.0, 1.0), (1e-5, 1e3), (1e3, -1e-3)],
    ),
    "gammainc": (
        (
            lambda a, x: (
                mp.diff(lambda t: mp.gammainc(t, 0, x, regularized=True), a, h=1e-25)
                if x < a
                else -mp.diff(lambda t: mp.gammainc(t, x, regularized=True), a, h=1e-25)
            ),
            lambda a, x: mp.exp((a - 1) * mp.log(x) - x - mp.loggamma(a)),
        ),
        [(2.0, 1.0), (5.0, 20.0), (100.0, 130.0), (1.0, 200.0), (50.0, 0.5)],
    ),
    "zeta": (
        (
            lambda x, q: mp.zeta(x, q, 1),
            lambda x, q: -x * mp.zeta(x + 1, q),
        ),
        [(1.0 + 1e-6, 1.0), (2.0, 1e-3), (3.5, 20.0), (30.0, 2.0), (1.5, 1e6)],
    ),
    "agm": (
        (
            lambda a, b: mp.diff(lambda t: mp.agm(t, b), a, h=1e-25),
            lambda a, b: mp.diff(lambda t: mp.agm(a, t), b, h=1e-25),
        ),
        [(1.0, 1.0 + 1e-9), (1.0, 3.0), (1e-3, 1e3)],
    ),
}


@pytest.mark.parametrize("name", ONE)
def test_one_argument(name: str) -> None:
    exact, points = ONE[name]
    for x in points:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            (found,) = partials(getattr(special, name), (np.float64(x),))
        agrees(found, exact, (x,))


@pytest.mark.parametrize("name", TWO)
def test_two_arguments(name: str) -> None:
    exact, points = TWO[name]
    for at in points:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            found = partials(getattr(special, name), tuple(map(np.float64, at)))
        for part, function in zip(found, exact, strict=True):
            agrees(part, function, at)


def test_steps_of_psi() -> None:
    for a, b in [(1.0, 1e-10), (1e10, 1.0), (0.1, 1e-3), (1e-5, 1e-9), (30.0, 2.0), (1e5, -3.0)]:
        exact = lambda a, b: mp.digamma(a + b) - mp.digamma(a)
        agrees(float(foreign.psi_step(a, b)), exact, (a, b))

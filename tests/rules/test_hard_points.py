"""Rules at hard points, against numbers of many digits: as exact as the functions themselves.

To within ten units in the last place, times how much the derivative moves with its argument.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcgrad.rules.table import rule_for

mp = pytest.importorskip("mpmath")
mp.mp.dps = 60
EPS = np.finfo(float).eps
LARGE, SMALL = 1e200, 1e-200

ONE: dict[str, tuple[Any, Callable[[Any], Any], list[float]]] = {
    "exp": (np.exp, mp.exp, [-700.0, -1e-10, 0.0, 1e-300, 1.5, 700.0]),
    "expm1": (np.expm1, mp.exp, [-700.0, -40.0, -1e-10, 0.0, 1e-300, 1e-10, 1.5, 700.0]),
    "log": (np.log, lambda x: 1 / x, [SMALL, 1e-10, 1.0, 1.0 + 1e-15, LARGE]),
    "log1p": (np.log1p, lambda x: 1 / (1 + x), [-1 + 1e-15, -0.5, -1e-300, 1e-20, 1e-8, LARGE]),
    "sqrt": (np.sqrt, lambda x: 1 / (2 * mp.sqrt(x)), [1e-300, 1e-10, 1.0, LARGE]),
    "cbrt": (np.cbrt, lambda x: 1 / (3 * mp.cbrt(x) ** 2), [1e-150, 1e-10, 1.0, 1e150]),
    "sinc": (
        np.sinc,
        lambda x: (mp.cos(mp.pi * x) - mp.sin(mp.pi * x) / (mp.pi * x)) / x,
        [1e-20, 1e-8, 1e-4, 0.01, 0.0299, 0.0301, 0.1, 0.2499, 0.2501, 0.5, 1.0, 3.7, -0.2],
    ),
    "arcsin": (np.arcsin, lambda x: 1 / mp.sqrt(1 - x * x), [1e-300, 0.5, 1 - 1e-15, -1 + 1e-12]),
    "arccos": (np.arccos, lambda x: -1 / mp.sqrt(1 - x * x), [1e-300, 0.5, 1 - 1e-15]),
    "arctan": (np.arctan, lambda x: 1 / (1 + x * x), [1e-300, 0.5, 1e8, 1e150]),
    "arcsinh": (np.arcsinh, lambda x: 1 / mp.sqrt(1 + x * x), [SMALL, 0.5, 1e8, -LARGE]),
    "arccosh": (np.arccosh, lambda x: 1 / mp.sqrt(x * x - 1), [1 + 1e-12, 1.5, 1e8, LARGE]),
    "arctanh": (np.arctanh, lambda x: 1 / (1 - x * x), [1e-300, 0.5, 1 - 1e-15, -1 + 1e-12]),
    "sinh": (np.sinh, mp.cosh, [-700.0, 1e-300, 1e-8, 700.0]),
    "cosh": (np.cosh, mp.sinh, [-700.0, 1e-300, 1e-8, 700.0]),
    "i0": (np.i0, lambda x: mp.besseli(1, x), [-30.0, 1e-300, 1e-8, 3.0, 7.999, 8.001, 300.0]),
    "lgamma": (math.lgamma, mp.digamma, [1e-10, 0.5, 1.0, 3.5, 1e5, 1e15, -0.5, -3.3]),
    "math.expm1": (math.expm1, mp.exp, [-40.0, 1e-300, 1e-10]),
    "math.asinh": (math.asinh, lambda x: 1 / mp.sqrt(1 + x * x), [SMALL, 0.5, -LARGE]),
    "math.atanh": (math.atanh, lambda x: 1 / (1 - x * x), [1e-300, 0.5, 1 - 1e-15]),
}


def share(x: Any, y: Any) -> Any:
    return 1 / (1 + mp.exp(y - x))


TWO: dict[str, tuple[Any, tuple[Callable[..., Any], Callable[..., Any]], list[Any]]] = {
    "logaddexp": (
        np.logaddexp,
        (share, lambda x, y: share(y, x)),
        [
            (0.0, 0.0),
            (1e8, 1e8),
            (1e300, 1e300),
            (-1e300, 1e300),
            (700.0, -30.0),
            (-800.0, -801.0),
            (1e-300, 0.0),
            (5.0, 1e5),
            (1e15, 1e15 + 1.0),
        ],
    ),
    "logaddexp2": (
        np.logaddexp2,
        (lambda x, y: 1 / (1 + 2 ** (y - x)), lambda x, y: 1 / (1 + 2 ** (x - y))),
        [(0.0, 0.0), (1e8, 1e8), (1e300, 1e300), (700.0, -30.0), (-1080.0, -1081.0)],
    ),
    "hypot": (
        np.hypot,
        (lambda x, y: x / mp.hypot(x, y), lambda x, y: y / mp.hypot(x, y)),
        [(3.0, 4.0), (LARGE, LARGE), (SMALL, SMALL), (1.0, 1e-20), (-LARGE, 1.0)],
    ),
    "arctan2": (
        np.arctan2,
        (lambda y, x: x / (x * x + y * y), lambda y, x: -y / (x * x + y * y)),
        [(3.0, 4.0), (1e150, 1e150), (SMALL, SMALL), (1.0, 1e-20), (-1.0, 1e8)],
    ),
    "power": (
        np.power,
        (lambda x, y: y * x ** (y - 1), lambda x, y: x**y * mp.log(x)),
        [(2.0, 0.5), (1e-100, 2.5), (1e100, 2.5), (1.0 + 1e-10, 1e10), (0.5, -300.0)],
    ),
    "divide": (
        np.divide,
        (lambda x, y: 1 / y, lambda x, y: -x / y**2),
        [(1.0, 3.0), (LARGE, LARGE), (SMALL, SMALL), (1e-300, 1e10)],
    ),
    "remainder": (
        np.remainder,
        (lambda x, y: mp.mpf(1), lambda x, y: -mp.floor(x / y)),
        [(1.0, 0.1), (-1.0, 0.1), (3.0, 1.0), (1e10, 0.3), (7.5, -2.0)],
    ),
    "fmod": (
        np.fmod,
        (lambda x, y: mp.mpf(1), lambda x, y: -mp.mpf(int(x / y))),
        [(1.0, 0.1), (-1.0, 0.1), (3.0, 1.0), (1e10, 0.3), (7.5, -2.0)],
    ),
    "math.hypot": (
        math.hypot,
        (lambda x, y: x / mp.hypot(x, y), lambda x, y: y / mp.hypot(x, y)),
        [(3.0, 4.0), (LARGE, LARGE), (SMALL, SMALL)],
    ),
    "math.atan2": (
        math.atan2,
        (lambda y, x: x / (x * x + y * y), lambda y, x: -y / (x * x + y * y)),
        [(3.0, 4.0), (1e150, 1e150), (SMALL, SMALL)],
    ),
}


def condition(exact: Callable[..., Any], at: tuple[float, ...]) -> float:
    """By how much the derivative moves, relatively, with its arguments."""
    value, total = exact(*map(mp.mpf, at)), mp.mpf(1)
    if value == 0:
        return 1.0
    for i, x in enumerate(at):
        if x == 0.0:
            continue
        step = mp.mpf(x) * mp.mpf(10) ** -25
        moved = [mp.mpf(a) + (step if k == i else 0) for k, a in enumerate(at)]
        total += abs((exact(*moved) - value) / value) * mp.mpf(10) ** 25
    return float(min(total, mp.mpf(10) ** 30))


def partials(fn: Any, at: tuple[float, ...]) -> list[float]:
    """The slopes that a rule gives, whatever its kind."""
    rule, y = rule_for(fn), fn(*at)
    if rule.kind == "pull_each":
        return [float(rule.function(i, 1.0, y, *at)) for i in range(len(at))]
    if rule.kind == "elementwise":
        found = rule.function(y, *at)
    else:
        found = rule.function(1.0, y, *at)
    return [float(part) for part in (found if isinstance(found, tuple) else (found,))]


def agrees(found: float, exact: Callable[..., Any], at: tuple[float, ...]) -> None:
    value = exact(*map(mp.mpf, at))
    bound = 10.0 * EPS * condition(exact, at) * abs(value) + mp.mpf(2.3e-308)
    assert abs(mp.mpf(found) - value) <= bound, (found, float(value), at)


@pytest.mark.parametrize("name", ONE)
def test_one_argument(name: str) -> None:
    fn, exact, points = ONE[name]
    for x in points:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            (found,) = partials(fn, (x,))
        agrees(found, exact, (x,))


@pytest.mark.parametrize("name", TWO)
def test_two_arguments(name: str) -> None:
    fn, exact, points = TWO[name]
    for at in points:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            found = partials(fn, at)
        for part, function in zip(found, exact, strict=True):
            agrees(part, function, at)


def test_powers_of_zero() -> None:
    assert partials(np.power, (0.0, 2.0)) == [0.0, 0.0]
    assert partials(np.power, (0.0, 1.0)) == [1.0, 0.0]
    assert partials(np.power, (0.0, 0.0)) == [0.0, 0.0]
    rule = rule_for(np.power)
    x, y = np.array([0.0, 0.0, -2.0]), np.array([2.0, 0.0, 2.0])
    with np.errstate(all="raise"):
        found = rule.function(x**y, x, y)
    assert np.array_equal(found[0], [0.0, 0.0, -4.0]) and np.array_equal(found[1], [0, 0, 0])


def test_infinities() -> None:
    inf = math.inf
    with np.errstate(all="raise"):
        assert partials(np.logaddexp, (-inf, 0.5)) == [0.0, 1.0]
        assert partials(np.logaddexp, (-inf, -inf)) == [0.5, 0.5]
        assert partials(np.logaddexp, (inf, 0.0)) == [1.0, 0.0]


@pytest.mark.parametrize("scale", [1e-200, 1e-150, 1.0, 1e150])
def test_norms_of_small_and_large_vectors(scale: float) -> None:
    x = scale * np.array([3.0, 0.0, -4.0])
    for ord in (1, 3, np.inf, 2.5):
        y = np.linalg.norm(x, ord)
        if not 0.0 < y < math.inf:
            continue
        found = rule_for(np.linalg.norm).function(1.0, y, x, ord)
        if ord != np.inf:
            big = [abs(mp.mpf(v)) for v in x]
            length = mp.fsum(v**ord for v in big) ** (mp.mpf(1) / mp.mpf(ord))
            exact = [float((v / length) ** (ord - 1)) if v else 0.0 for v in big]
            assert np.allclose(found, np.sign(x) * exact, rtol=1e-13)


def test_norm_at_zero() -> None:
    zero = np.zeros(3)
    for ord in (None, 1, 2, 3, np.inf, 1.5):
        y = np.linalg.norm(zero, ord)
        with np.errstate(all="raise"):
            assert np.array_equal(rule_for(np.linalg.norm).function(1.0, y, zero, ord), zero)


def test_products_near_the_ends_of_the_range() -> None:
    """Where the product overflows or underflows, those of the others may not."""
    for x in ([1e-200, 1e-200], [1e200, 1e200, 1.0], [1e-200, 0.0, 3.0], [0.0, 0.0, 1.0]):
        others = [math.prod(x[:i] + x[i + 1 :]) for i in range(len(x))]
        with np.errstate(all="ignore"):
            found = rule_for(np.prod).function(1.0, np.prod(x), np.array(x))[0]
        assert np.array_equal(found, others), x

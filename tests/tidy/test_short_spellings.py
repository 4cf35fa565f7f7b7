"""Outer products added up at once, signs, values read again, choices: what the text looks like."""

from __future__ import annotations

from typing import Any

import numpy as np

import srcgrad
from srcgrad.runtime import times


def text(f: Any, *args: Any, wrt: Any = 0) -> str:
    return srcgrad.grad(f, wrt=wrt).source_for(*args)


def repeated(A: Any, x: Any) -> Any:
    for _ in range(4):
        x = np.tanh(A @ x)
    return np.sum(x)


def learning(A: Any, x: Any) -> Any:
    for _ in range(3):
        x = np.tanh(A @ x)
        A = A + 0.1 * np.outer(x, x)
    return np.sum(A @ x)


def test_outer_products_are_added_up_at_once() -> None:
    assert "np.outer" not in text(repeated, np.ones((3, 3)), np.ones(3))


def test_a_sum_that_is_read_in_the_loop_stays() -> None:
    assert "np.outer" in text(learning, np.ones((3, 3)), np.ones(3)).partition("# backward")[2]


def test_no_turn_gives_zeros() -> None:
    def none(A: Any, x: Any, turns: int) -> Any:
        for _ in range(turns):
            x = np.tanh(A @ x)
        return np.sum(x)

    found = srcgrad.grad(none)(np.ones((3, 3)), np.ones(3), 0)
    np.testing.assert_array_equal(found, np.zeros((3, 3)))


def overwritten(u: Any, c: float) -> Any:
    u = u.copy()
    for _ in range(3):
        u[1:-1] -= c * u[1:-1] * (u[2:] - u[:-2])
    return np.sum(u**2)


def test_what_is_written_back_is_not_read_again() -> None:
    back = text(overwritten, np.ones(6), 0.1).partition("# backward")[2]
    assert "u[1:-1] = u_before" in back and "= u[1:-1]" not in back


def test_a_squared_hinge_needs_no_mask() -> None:
    def hinge(x: Any) -> Any:
        return np.sum(np.maximum(x, 0.0) ** 2)

    assert ">=" not in text(hinge, np.ones(3))
    x = np.array([-1.0, 0.0, 2.0])
    np.testing.assert_array_equal(srcgrad.grad(hinge)(x), [0.0, 0.0, 4.0])


def test_ties_of_two_arrays_share() -> None:
    def larger(x: Any, y: Any) -> Any:
        return np.sum(np.maximum(x, y) * np.array([1.0, 2.0, 3.0]))

    x, y = np.array([1.0, 2.0, 0.0]), np.array([1.0, 0.0, 5.0])
    d_x, d_y = srcgrad.grad(larger, wrt=(0, 1))(x, y)
    np.testing.assert_array_equal(d_x, [0.5, 2.0, 0.0])
    np.testing.assert_array_equal(d_y, [0.5, 0.0, 3.0])


def test_infinite_ties_share() -> None:
    def larger(x: Any, y: Any) -> Any:
        return np.sum(np.exp(-(np.maximum(x, y) ** 2)))

    x, y = np.array([np.inf, 1.0]), np.array([np.inf, 2.0])
    with np.errstate(all="ignore"):
        d_x, d_y = srcgrad.grad(larger, wrt=(0, 1))(x, y)
    assert d_x[1] == 0.0 and d_y[1] != 0.0


def test_a_finite_number_is_a_plain_factor() -> None:
    g = np.array([0.0, 1.0])
    np.testing.assert_array_equal(times(g, 2.0), [0.0, 2.0])
    np.testing.assert_array_equal(times(g, np.inf), [0.0, np.inf])


def test_sizes_may_change_from_call_to_call() -> None:
    def f(x: Any, y: Any) -> Any:
        return np.sum(x * y)

    gradient = srcgrad.grad(f)
    for n, m in ((3, 3), (4, 4), (3, 3), (1, 3), (3, 1), (3, 3), (4, 4)):
        np.testing.assert_array_equal(
            gradient(np.ones(n), 2.0 * np.ones(m)), np.full(n, 2.0 * max(m // n, 1))
        )
    assert gradient(np.ones(3, np.float32), np.ones(3)).dtype == np.float32
    assert gradient(np.ones(3), np.ones(3)).dtype == np.float64


def test_a_python_float_gets_a_python_float() -> None:
    def f(u: Any, r: float, steps: int) -> Any:
        u = u.copy()
        for _ in range(steps):
            u[1:-1] += r * (u[2:] - u[:-2])
        return np.sum(u**2)

    found = srcgrad.grad(f, wrt=1)(np.ones(5, np.float32), 0.5, 2)
    assert isinstance(found, float)


def test_long_unpackings_are_wrapped() -> None:
    from tests.programs.cases import BY_NAME

    case = BY_NAME["bundle_adjustment"]
    lines = text(case.loss, *case.args(), wrt=case.wrt).splitlines()
    assert max(map(len, lines)) <= 100

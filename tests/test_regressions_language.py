"""Programs that once went wrong and end in an exception or a refusal: each does so rightly."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad.errors import SrcgradError, Unreadable


def both(function: Any, *args: Any) -> tuple[BaseException, BaseException]:
    """The exceptions of a function and of its gradient."""
    with pytest.raises(Exception) as of_primal:
        function(*args)
    with pytest.raises(Exception) as of_gradient:
        srcgrad.grad(function)(*args)
    return of_primal.value, of_gradient.value


def name_that_nobody_bound(x: float) -> float:
    missing_name  # type: ignore[name-defined]  # noqa: B018, F821
    return x


def function_of_no_arm(x: float) -> float:
    if x > 5.0:
        f = math.sin
    return f(x)


def read_in_the_first_turn(x: float) -> float:
    for i in range(3):
        if i == 2:
            y = x
        x = x * y
    return x


def stopped_walrus(x: float) -> float:
    if any((y := z) for z in []):
        return x
    return y * x


@pytest.mark.parametrize(
    "function", [name_that_nobody_bound, function_of_no_arm, read_in_the_first_turn, stopped_walrus]
)
def test_unbound_names_raise_as_in_python(function: Any) -> None:
    wanted, found = both(function, 0.5)
    assert type(found) is type(wanted)
    assert str(found) == str(wanted)


def wrapped_again(f: Any, x: float, n: int) -> float:
    return f(x) if n == 0 else wrapped_again(lambda z: f(z) * 0.5, x, n - 1)


def test_recursion_that_makes_functions_is_refused() -> None:
    def loss(x: float) -> float:
        return wrapped_again(lambda z: z * x, x, 3)

    with pytest.raises(Unreadable, match="cannot read the recursion of 'wrapped_again'"):
        srcgrad.grad(loss)(0.5)


def test_dict_of_what_is_used_up_is_refused() -> None:
    def loss(x: float) -> float:
        return dict(zip(["a", "b"], [x, x * x], strict=True))["b"]

    with pytest.raises(SrcgradError, match="cannot differentiate through this 'dict'"):
        srcgrad.grad(loss)(0.5)


def test_choice_of_functions_in_one_arm_only_at_every_stage() -> None:
    from srcgrad.pipeline import stages
    from srcgrad.program.evaluate import evaluate

    def loss(x: float) -> float:
        if not x:
            f = lambda z: x  # noqa: F841
        elif x > 5.0:
            return 0.5
        return x * x

    for name, program in stages(loss, (0,), (6.0,)):
        assert evaluate(program, 6.0) in (0.5, 0.0), name


def test_second_order_through_loops_keeps_scopes() -> None:
    def loss(v: Any) -> Any:
        s = np.sum(v)
        while s < 3.0:
            s = s * s
            for i in range(3):
                if s > 2.0:
                    break
                s = s + v[i]
        return s

    inner = srcgrad.grad(loss)

    def total(v: Any) -> Any:
        return np.sum(inner(v))

    v = np.array([0.6, 0.7, 0.8])
    found = srcgrad.grad(total)(v)
    steps = 1e-6 * np.eye(3)
    wanted = [(total(v + h) - total(v - h)) / 2e-6 for h in steps]
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


def integral(f: Any, a: float, b: float, n: int) -> float:
    if n == 0:
        return (b - a) * 0.5 * (f(a) + f(b))
    m = 0.5 * (a + b)
    return integral(f, a, m, n - 1) + integral(f, m, b, n - 1)


def test_recursion_with_a_function_that_reads_a_loop_variable() -> None:
    def loss(k: float, b: float) -> float:
        s = 0.0
        for i in range(2):
            s = s + integral(lambda t: math.exp(-k * t * t) + i * t, 0.0, b + i, 2)  # noqa: B023
        return s

    found = srcgrad.grad(loss, wrt=(0, 1))(0.5, 1.2)
    h = 1e-6
    wanted = (
        (loss(0.5 + h, 1.2) - loss(0.5 - h, 1.2)) / (2 * h),
        (loss(0.5, 1.2 + h) - loss(0.5, 1.2 - h)) / (2 * h),
    )
    np.testing.assert_allclose(found, wanted, rtol=1e-7)


def overwritten_before_it_is_used(x: float) -> float:
    if x > 5.0:
        y = x
    b = 2.0 + y
    b = x
    return b * x


def test_a_read_of_an_unbound_name_is_not_dropped() -> None:
    wanted, found = both(overwritten_before_it_is_used, 0.5)
    assert type(found) is type(wanted) and str(found) == str(wanted)
    assert srcgrad.grad(overwritten_before_it_is_used)(6.0) == 12.0


def _asks_what_is_missing(x):
    x + missing_here  # noqa: F821
    return x


def _binds_what_another_misses(x):
    missing_here = x * 2.0
    return _asks_what_is_missing(x) * missing_here


def test_a_missing_global_is_a_name_error_beside_a_variable_of_its_name() -> None:
    with pytest.raises(NameError, match="'missing_here' is not defined"):
        srcgrad.grad(_binds_what_another_misses)(2.0)


def returned_or_left(x: Any, n: int) -> Any:
    for i in range(n):
        x = np.sin(x) + x
        if np.sum(x) > 20.0:
            return np.sum(x**2)
        if i == 2:
            break
    return np.sum(x * x * x)


@pytest.mark.parametrize("start, n", [(0.1, 2), (0.1, 6), (1.0, 6)])
def test_second_derivatives_of_loops_that_are_left(start: float, n: int) -> None:
    x = np.linspace(start, 2.0 * start, 3)
    first = srcgrad.grad(returned_or_left)
    second = srcgrad.grad(lambda x, n: np.sum(first(x, n) * x))
    steps = 1e-6 * np.eye(3)
    wanted = [
        (first(x + h, n) @ (x + h) - first(x - h, n) @ (x - h)) / 2e-6 for h in steps
    ]  # fmt: skip
    np.testing.assert_allclose(second(x, n), wanted, rtol=1e-6, atol=1e-8)

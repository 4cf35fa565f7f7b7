"""Augmented assignments: refused where another name would see the write, accepted elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from srcgrad import errors, grad

X = np.arange(3.0) + 1.0


def differences(f, x):
    steps = np.eye(x.size) * 1e-6
    return np.array([(f(x.copy() + d) - f(x.copy() - d)) / 2e-6 for d in steps])


def starts_as_number(x):
    s = 0
    n = 0
    while n < 3:
        n += 1
        s += x * n
    return np.sum(s * s)


def made_here(x):
    s = np.zeros(3)
    for i in range(3):
        s += x * i
    return np.sum(s * s)


def in_an_arm(x):
    s = x * 2.0
    if s[0] > 0.0:
        s += x
    else:
        s -= x
    return np.sum(s * s)


def looked_at_before(x):
    s = x * 2.0
    t = np.sum(s)
    s *= 3.0
    return np.sum(s * t)


def another_name(x):
    a = x * 1.0
    b = a
    a += 1.0
    return np.sum(b * x)


def a_view(x):
    s = x * 2.0
    v = s[1:]
    s *= 3.0
    return np.sum(v * x[1:])


def in_a_list(x):
    s = x * 2.0
    kept = [s]
    s += 1.0
    return np.sum(kept[0] * x)


def appended_in_the_turn_before(x):
    s = np.zeros(3)
    hist = []
    for i in range(3):
        hist.append(s)
        s += x * (i + 1)
    return np.sum(hist[0] * x)


def an_argument(x):
    x += 1.0
    return np.sum(x * x)


def made_outside_the_loop(x):
    base = x * 1.0
    total = 0.0
    for i in range(2):
        t = base
        t += i
        total = total + np.sum(t * x)
    return total


def from_a_closure():
    held = np.ones(3)

    def f(x):
        s = held
        s += x
        return np.sum(s * s)

    return f


@pytest.mark.parametrize(
    "f",
    [
        starts_as_number,
        made_here,
        in_an_arm,
        looked_at_before,
        another_name,
        a_view,
        in_a_list,
        an_argument,
        made_outside_the_loop,
    ],
)
def test_a_write_is_seen_wherever_python_sees_it(f) -> None:
    before = X.copy()
    np.testing.assert_allclose(grad(f)(X), differences(f, X), rtol=1e-6)
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize(
    ("f", "what"),
    [
        (appended_in_the_turn_before, "cannot tell what 'hist' is here"),
        (from_a_closure(), "cannot write into 's'"),
    ],
)
def test_a_write_that_may_be_seen_is_refused(f, what) -> None:
    before = X.copy()
    with pytest.raises(errors.Aliased, match=what):
        grad(f)(X)
    np.testing.assert_array_equal(X, before)


def test_a_call_that_may_write_into_its_argument_is_refused() -> None:
    def f(x):
        y = x * 1.0
        z = np.nan_to_num(y, copy=False)
        return np.sum(y * z)

    with pytest.raises(errors.Aliased, match="which may write into its argument"):
        grad(f)(X)


def test_numbers_are_rebound() -> None:
    def f(x):
        y = x
        y *= 2.0
        return y * x

    assert grad(f)(3.0) == 12.0

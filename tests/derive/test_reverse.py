"""Reverse mode against finite differences, run by the evaluator: no tidying, no printing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcgrad import errors
from srcgrad.derive.reverse import reverse, split
from srcgrad.facts.typed import type_of
from srcgrad.facts.types import infer
from srcgrad.program.check import check
from srcgrad.program.evaluate import evaluate, evaluate_all
from srcgrad.read.lift import lift

RNG = np.random.default_rng(0)
A = RNG.normal(size=(3, 3))
V = RNG.normal(size=3)


def straight(x):
    h = np.tanh(x)
    return np.sum(h * h + x)


def shared_use(x):
    y = x * x
    return np.sum(y * x + y)


def power(x):
    return np.mean((x - 1.0) ** 2)


def matrix(x):
    return np.sum(np.tanh(A @ x) ** 2)


def branch(x):
    if x[0] > 0.0:
        y = x * x
    else:
        y = -x
    return np.sum(y)


def early(x):
    if x[0] > 100.0:
        return 2.0 * np.sum(x)
    y = np.sin(x)
    return np.sum(y * x)


def loop(x):
    h = x
    for _ in range(4):
        h = np.sin(h) * 1.5 + x
    return np.sum(h)


def loop_index(x):
    total = 0.0
    for i in range(len(x)):
        total = total + x[i] ** 2 * (i + 1)
    return total


def loop_items(x):
    total = 1.0
    for item in x:
        total = total * (item + 2.0)
    return total


def loop_break(x):
    total = x[0]
    for i in range(10):
        if i == 3:
            break
        total = total * 1.5 + x[1] * total
    return total * x[2]


def loop_return(x):
    total = x[0]
    for i in range(10):
        total = total * 1.5 + x[1] * total
        if i == 2:
            return total * 2.0
    return total * x[2]


def loop_continue(x):
    total = x[0]
    for i in range(5):
        if i % 2 == 0:
            continue
        total = total * x[1] + x[2] * i
    return total


def while_loop(x):
    y = np.sum(x * x) + 3.0
    while y > 0.5:
        y = y * 0.5 * np.cos(x[0]) ** 2
    return y * x[1]


def nested(x):
    total = 0.0
    for i in range(3):
        part = x[i]
        for j in range(i + 1):
            part = part * x[j] + 1.0
        total = total + part * part
    return total


def nested_branch_in_loop(x):
    total = x[0]
    for i in range(4):
        if i % 2 == 0:
            c = np.sin(total)
            total = total + c * x[1]
        else:
            total = total * x[2]
    return total


def comprehension(x):
    ys = [np.sin(v) * i for i, v in enumerate(x)]
    return ys[0] + ys[1] * ys[2]


def zipped(x):
    total = 0.0
    for a, b in zip(x, x * x):
        total = total + a * b
    return total


def gather(x):
    return np.sum(x[np.array([0, 0, 2])] ** 2)


def helper_branch(x):
    def f(v, k=2.0):
        return v * v * k if v > 0 else v

    return f(x[0]) + f(x[1], k=3.0) + f(x[2])


def maths(x):
    return math.exp(x[0]) * math.sin(x[1])


CASES: list[Callable[..., Any]] = [
    straight,
    shared_use,
    power,
    matrix,
    branch,
    early,
    loop,
    loop_index,
    loop_items,
    loop_break,
    loop_return,
    loop_continue,
    while_loop,
    nested,
    nested_branch_in_loop,
    comprehension,
    zipped,
    gather,
    helper_branch,
    maths,
]


def differences(f: Callable[..., Any], x: np.ndarray) -> np.ndarray:
    out = np.zeros_like(x)
    for i in np.ndindex(*x.shape):
        step = np.zeros_like(x)
        step[i] = 1e-6
        out[i] = (f(x + step) - f(x - step)) / 2e-6
    return out


@pytest.mark.parametrize("typed", [False, True], ids=["generic", "typed"])
@pytest.mark.parametrize("f", CASES, ids=lambda f: f.__name__)
def test_gradient(f: Callable[..., Any], typed: bool) -> None:
    program = check(lift(f), "lift")
    types = infer(program, [type_of(V)]) if typed else None
    gradient = check(reverse(program, (0,), types), "reverse")
    found = evaluate(gradient, V)
    np.testing.assert_allclose(found, differences(f, V), rtol=1e-6, atol=1e-7)
    again = check(reverse(program, (0,), types, value=True), "reverse")
    value, found = evaluate(again, V)
    assert value == f(V)


@pytest.mark.parametrize("f", CASES, ids=lambda f: f.__name__)
def test_split(f: Callable[..., Any]) -> None:
    first, second = split(lift(f), (0,))
    value, *kept = evaluate_all(check(first, "split"), V)
    (found,) = evaluate_all(check(second, "split"), 2.0, *kept)
    assert value == f(V)
    np.testing.assert_allclose(found, 2.0 * differences(f, V), rtol=1e-6, atol=1e-6)


def test_untaken_branch_of_where_does_not_poison() -> None:
    def f(x):
        return np.sum(np.where(x > 0.0, np.sqrt(x) + 1.0 / x, 2.0 * x))

    x = np.array([0.0, 4.0, 0.0])
    with np.errstate(all="ignore"):
        found = evaluate(reverse(lift(f), (0,)), x)
    np.testing.assert_allclose(found, [2.0, 0.25 - 1.0 / 16.0, 2.0])


def test_no_rule_is_refused_with_every_place() -> None:
    def f(x):
        return np.sum(np.unique(x)) + np.sum(np.floor(x)) + np.max(np.fix(np.unique(x + 1.0)))

    with pytest.raises(errors.NoRule) as caught:
        reverse(lift(f), (0,))
    assert len(caught.value.problems) >= 1

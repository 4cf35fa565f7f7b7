"""Kinks and hard points: ties, untaken branches that are not finite, zeros."""

from __future__ import annotations

import math

import numpy as np

from tests.zoo_case import Case, collector

CASES: list[Case] = []
case = collector(CASES)


def tied_max(x):
    return np.max(x)


case(
    tied_max,
    lambda r: (np.array([1.0, 3.0, 3.0]),),
    "kink",
    "golden",
    hand=lambda x: np.array([0.0, 0.5, 0.5]),
)


def tied_min_rows(A):
    return np.sum(np.min(A, axis=1))


case(
    tied_min_rows,
    lambda r: (np.array([[1.0, 1.0, 2.0], [4.0, 3.0, 5.0]]),),
    "kink",
    hand=lambda A: np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]]),
)


def tied_maximum(x, y):
    return np.sum(np.maximum(x, y)) + 3.0 * np.sum(np.minimum(x, y))


case(
    tied_maximum,
    lambda r: (np.array([1.0, 2.0]), np.array([1.0, 0.0])),
    "kink",
    wrt=(0, 1),
    hand=lambda x, y: (np.array([2.0, 1.0]), np.array([2.0, 3.0])),
)


def relu_at_zero(x):
    return np.sum(np.maximum(x, 0.0))


case(
    relu_at_zero,
    lambda r: (np.array([-1.0, 0.0, 2.0]),),
    "kink",
    hand=lambda x: np.array([0.0, 0.5, 1.0]),
)


def abs_at_zero(x):
    return np.sum(np.abs(x)) + abs(x[1])


case(
    abs_at_zero,
    lambda r: (np.array([-2.0, 0.0, 3.0]),),
    "kink",
    hand=lambda x: np.array([-1.0, 0.0, 1.0]),
)


def norm_at_zero(x):
    return np.linalg.norm(x)


case(norm_at_zero, lambda r: (np.zeros(3),), "kink", hand=lambda x: np.zeros(3))


def hypot_at_zero(x, y):
    return np.hypot(x, y)


case(hypot_at_zero, lambda r: (0.0, 0.0), "kink", wrt=(0, 1), hand=lambda x, y: (0.0, 0.0))


def std_of_equals(x):
    return np.std(x)


case(std_of_equals, lambda r: (np.full(3, 2.0),), "kink", hand=lambda x: np.zeros(3))


def prod_with_zero(x):
    return np.prod(x)


case(
    prod_with_zero, lambda r: (np.array([2.0, 0.0, 3.0]),), hand=lambda x: np.array([0.0, 6.0, 0.0])
)
case(
    prod_with_zero,
    lambda r: (np.array([2.0, 0.0, 0.0]),),
    name="prod_with_two_zeros",
    hand=lambda x: np.zeros(3),
)


def zero_to_the_power(x, n):
    return np.sum(x ** n) + x[0] ** 2


case(
    zero_to_the_power, lambda r: (np.array([0.0, 2.0]), 3), hand=lambda x, n: np.array([0.0, 12.0])
)
case(
    zero_to_the_power,
    lambda r: (np.array([0.0, 2.0]), 1),
    name="zero_to_the_power_1",
    hand=lambda x, n: np.array([1.0, 1.0]),
)
case(
    zero_to_the_power,
    lambda r: (np.array([0.0, 2.0]), 0),
    name="zero_to_the_power_0",
    hand=lambda x, n: np.array([0.0, 0.0]),
)


def power_of_zero_base(p):
    return np.sum(np.array([0.0, 2.0]) ** p)


case(power_of_zero_base, lambda r: (2.0,), hand=lambda p: 4.0 * math.log(2.0))


def negative_base(x):
    return np.sum(x ** 3) + np.sum(x ** 2.0)


case(negative_base, lambda r: (np.array([-1.0, 2.0]),), hand=lambda x: 3 * x ** 2 + 2 * x)


def where_untaken_log(x):
    return np.sum(np.where(x > 0.0, np.log(np.where(x > 0.0, x, 1.0)), 0.0))


case(
    where_untaken_log,
    lambda r: (np.array([-1.0, 0.0, 2.0]),),
    "kink",
    hand=lambda x: np.array([0.0, 0.0, 0.5]),
)


def where_poison_log(x):
    return np.sum(np.where(x > 0.0, np.log(x), 0.0))


case(
    where_poison_log,
    lambda r: (np.array([-1.0, 0.0, 2.0]),),
    "nan",
    "golden",
    hand=lambda x: np.array([0.0, 0.0, 0.5]),
)


def where_poison_sqrt(x):
    return np.sum(np.where(x > 0.0, np.sqrt(x), x * x))


case(
    where_poison_sqrt,
    lambda r: (np.array([-1.0, 0.0, 4.0]),),
    "nan",
    hand=lambda x: np.array([-2.0, 0.0, 0.25]),
)


def where_poison_division(x, y):
    return np.sum(np.where(y == 0.0, x, x / y))


case(
    where_poison_division,
    lambda r: (np.array([1.0, 2.0]), np.array([0.0, 4.0])),
    "nan",
    wrt=(0, 1),
    hand=lambda x, y: (np.array([1.0, 0.25]), np.array([0.0, -2.0 / 16.0])),
)


def where_poison_power(x):
    y = x ** 0.5
    return np.sum(np.where(x > 1.0, y, 1.0) * 2.0)


case(
    where_poison_power,
    lambda r: (np.array([0.0, -3.0, 4.0]),),
    "nan",
    hand=lambda x: np.array([0.0, 0.0, 0.5]),
)


def sinc_at_zero(x):
    return np.sum(np.sinc(x))


case(sinc_at_zero, lambda r: (np.array([0.0, 0.5]),))


def logsumexp_far(x):
    return np.logaddexp.reduce(x) if x.ndim == 0 else np.logaddexp(x[0], x[1])


case(
    logsumexp_far,
    lambda r: (np.array([1000.0, -1000.0]),),
    "may_refuse",
    hand=lambda x: np.array([1.0, 0.0]),
)


def softplus_far(x):
    return np.sum(np.logaddexp(0.0, x))


case(
    softplus_far,
    lambda r: (np.array([-800.0, 0.0, 800.0]),),
    hand=lambda x: np.array([0.0, 0.5, 1.0]),
)


def clip_at_edges(x):
    return np.sum(np.clip(x, 0.0, 1.0))


case(
    clip_at_edges, lambda r: (np.array([-1.0, 0.5, 2.0]),), hand=lambda x: np.array([0.0, 1.0, 0.0])
)


def piecewise_constant(x):
    return (
        np.sum(np.floor(x) + np.sign(x) + np.round(x) + np.ceil(x))
        + np.argmax(x)
        + np.sum(x > 0.0)
        + x[0] * 0.5
    )


case(piecewise_constant, lambda r: (np.array([0.3, 1.7]),), hand=lambda x: np.array([0.5, 0.0]))


def empty_sum(x):
    return np.sum(x) + np.sum(x * x) + 1.0


case(empty_sum, lambda r: (np.zeros(0),), hand=lambda x: np.zeros(0))


def large_values(x):
    return np.sum(np.tanh(x)) + np.sum(1.0 / (1.0 + np.exp(-x)))


case(large_values, lambda r: (np.array([-30.0, 0.0, 30.0]),))


def sqrt_of_square(x):
    return np.sum(np.sqrt(x * x + 1e-12))


case(
    sqrt_of_square,
    lambda r: (np.array([0.0, 1.0]),),
    "kink",
    hand=lambda x: np.array([0.0, 1.0 / np.sqrt(1.0 + 1e-12)]),
)

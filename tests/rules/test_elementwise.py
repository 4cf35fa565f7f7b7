from __future__ import annotations

import operator

import numpy as np
import pytest

from srcgrad import runtime
from srcgrad.rules.table import rule_for
from tests.rules.arrays import rand, single, strided
from tests.rules.compiled import check_rule

WHOLE = (-2.0, 2.0)
POSITIVE = (0.2, 2.5)
INSIDE = (-0.9, 0.9)
ABOVE = (1.1, 3.0)

ONE = [
    (np.negative, WHOLE),
    (np.positive, WHOLE),
    (np.reciprocal, POSITIVE),
    (np.square, WHOLE),
    (np.exp, WHOLE),
    (np.expm1, WHOLE),
    (np.exp2, WHOLE),
    (np.log, POSITIVE),
    (np.log1p, INSIDE),
    (np.log2, POSITIVE),
    (np.log10, POSITIVE),
    (np.sqrt, POSITIVE),
    (np.cbrt, POSITIVE),
    (np.sin, WHOLE),
    (np.cos, WHOLE),
    (np.tan, (-1.2, 1.2)),
    (np.arcsin, INSIDE),
    (np.arccos, INSIDE),
    (np.arctan, WHOLE),
    (np.sinh, WHOLE),
    (np.cosh, WHOLE),
    (np.tanh, WHOLE),
    (np.arcsinh, WHOLE),
    (np.arccosh, ABOVE),
    (np.arctanh, INSIDE),
    (np.deg2rad, WHOLE),
    (np.radians, WHOLE),
    (np.rad2deg, WHOLE),
    (np.degrees, WHOLE),
    (np.abs, WHOLE),
    (np.fabs, WHOLE),
    (np.sinc, WHOLE),
    (np.nan_to_num, WHOLE),
    (np.i0, WHOLE),
    (runtime.bessel_i1, WHOLE),
    (np.modf, POSITIVE),
    (np.frexp, (0.55, 0.95)),
    (np.real, WHOLE),
    (np.sign, WHOLE),
    (np.floor, (0.1, 0.9)),
    (np.ceil, (0.1, 0.9)),
    (np.rint, (0.1, 0.4)),
    (np.trunc, (0.1, 0.9)),
    (operator.neg, WHOLE),
    (operator.pos, WHOLE),
    (abs, WHOLE),
]

TWO = [
    (np.add, WHOLE),
    (np.subtract, WHOLE),
    (np.multiply, WHOLE),
    (np.divide, POSITIVE),
    (np.power, POSITIVE),
    (np.float_power, POSITIVE),
    (np.maximum, WHOLE),
    (np.minimum, WHOLE),
    (np.fmax, WHOLE),
    (np.fmin, WHOLE),
    (np.hypot, WHOLE),
    (np.arctan2, WHOLE),
    (np.logaddexp, WHOLE),
    (np.logaddexp2, WHOLE),
    (np.copysign, WHOLE),
    (np.remainder, ABOVE),
    (np.divmod, ABOVE),
    (np.fmod, ABOVE),
    (operator.add, WHOLE),
    (operator.sub, WHOLE),
    (operator.mul, WHOLE),
    (operator.truediv, POSITIVE),
    (operator.pow, POSITIVE),
    (operator.mod, ABOVE),
]


def named(case):
    return case.__name__ if callable(case) else ""


@pytest.mark.parametrize(("fn", "span"), ONE, ids=named)
def test_one_argument(fn, span):
    low, high = span
    for x in (
        rand(5, low=low, high=high),
        rand(2, 3, low=low, high=high),
        strided(2, 3, low=low, high=high),
        rand(low=low, high=high),
        rand(1, low=low, high=high),
        np.zeros((0, 3)),
        single(rand(4, low=low, high=high)),
        np.float64(low + 0.37 * (high - low)),
    ):
        check_rule(fn, x)


SHAPES = [
    ((4,), (4,)),
    ((2, 3), (3,)),
    ((3,), (2, 3)),
    ((2, 1), (1, 3)),
    ((), (3,)),
    ((3,), ()),
    ((), ()),
    ((1,), (1,)),
    ((0, 3), (3,)),
    ((1, 1), (2, 3)),
]


@pytest.mark.parametrize(("fn", "span"), TWO, ids=named)
@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_two_arguments(fn, span, shapes):
    low, high = span
    x = rand(*shapes[0], low=low, high=high)
    y = rand(*shapes[1], seed=1, low=low, high=high)
    check_rule(fn, x, y)


@pytest.mark.parametrize(("fn", "span"), TWO, ids=named)
def test_two_arguments_kinds(fn, span):
    low, high = span
    x, y = rand(2, 3, low=low, high=high), strided(2, 3, seed=1, low=low, high=high)
    check_rule(fn, x, y)
    if fn is not np.float_power:  # always in double precision
        check_rule(fn, single(x), single(y))
    check_rule(fn, x, 0.75)
    check_rule(fn, 0.75, x)
    check_rule(fn, np.float64(0.75), np.float64(1.3))
    check_rule(fn, 0.75, 1.3)
    if fn is not np.float_power:  # always in double precision
        check_rule(fn, single(x), 0.75)
        check_rule(fn, 0.75, single(x))


def test_power_by_whole_numbers():
    for exponent in (-2, -1, 0, 1, 2, 3):
        check_rule(operator.pow, rand(4), exponent)
        check_rule(operator.pow, single(rand(4)), exponent)
        check_rule(operator.pow, -1.5, exponent)
    check_rule(np.power, rand(4), np.array([0.0, 1.0, 2.0, 3.0])[::-1].astype(int))


def test_where():
    c = np.array([True, False, True])
    check_rule(np.where, c, rand(3), rand(3, seed=1))
    check_rule(np.where, c, rand(2, 3), rand(2, 1, seed=1))
    check_rule(np.where, c, rand(2, 3), 0.0)
    check_rule(np.where, c, single(rand(3)), single(rand(3, seed=1)))
    check_rule(np.where, np.array(True), rand(), rand(3))


def test_clip():
    x = rand(7)
    check_rule(np.clip, x, -1.03, 0.52)
    check_rule(np.clip, x, None, 0.52)
    check_rule(np.clip, x, -1.03, None)
    check_rule(np.clip, x, rand(7, seed=3) - 1.5, rand(7, seed=4) + 1.5)
    check_rule(np.clip, rand(2, 7), rand(7, seed=3) - 1.5, 1.0)
    check_rule(np.clip, single(x), -1.03, 0.52)


def test_options_of_nan_to_num():
    x = np.array([1.0, np.nan, np.inf, -np.inf, -2.0])
    rule = rule_for(np.nan_to_num)
    y = np.nan_to_num(x, nan=0.5, posinf=2.0, neginf=3.0)
    found = rule.function(np.arange(5.0), y, x, nan=0.5, posinf=2.0, neginf=3.0)
    assert np.array_equal(found[0], [0, 0, 0, 0, 4])
    assert found[2:] == (1.0, 2.0, 3.0)
    check_rule(np.nan_to_num, rand(3), nan=0.5, posinf=1.0)


def test_heaviside():
    check_rule(np.heaviside, rand(3), rand(3, seed=1))
    check_rule(np.heaviside, rand(3), 0.5)
    partials = rule_for(np.heaviside).function(np.zeros(2), np.array([0.0, 1.0]), 0.5)
    assert np.array_equal(partials[1], [1.0, 0.0])


def test_kaiser():
    for m in (1, 2, 5, 8):
        check_rule(np.kaiser, m, 3.5)


def test_unwrap():
    check_rule(np.unwrap, np.array([0.1, 2.9, 6.5, 9.0]))
    check_rule(np.unwrap, 3.0 * rand(3, 4), axis=0)
    check_rule(np.unwrap, 3.0 * rand(3, 4), None, -1, period=2.5)
    check_rule(np.unwrap, rand(5), 2.0)

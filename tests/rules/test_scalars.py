from __future__ import annotations

import math

import numpy as np
import pytest

from srcgrad import runtime
from srcgrad.rules.table import rule_for
from tests.rules.arrays import rand
from tests.rules.compiled import check_rule


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("exp", 0.7),
        ("expm1", 0.7),
        ("exp2", 0.7),
        ("log", 0.7),
        ("log1p", 0.7),
        ("log2", 0.7),
        ("log10", 0.7),
        ("sqrt", 0.7),
        ("cbrt", 0.7),
        ("sin", 0.7),
        ("cos", 0.7),
        ("tan", 0.7),
        ("asin", 0.7),
        ("acos", 0.7),
        ("atan", 0.7),
        ("sinh", 0.7),
        ("cosh", 0.7),
        ("tanh", 0.7),
        ("asinh", 0.7),
        ("acosh", 1.7),
        ("atanh", 0.7),
        ("radians", 0.7),
        ("degrees", 0.7),
        ("erf", 0.7),
        ("erfc", 0.7),
        ("fabs", -0.7),
        ("gamma", 2.3),
        ("lgamma", 0.7),
        ("gamma", -0.6),
        ("modf", 2.7),
        ("frexp", 2.7),
        ("floor", 0.7),
        ("ceil", 0.7),
        ("trunc", 0.7),
    ],
)
def test_math(name, at):
    fn = getattr(math, name)
    check_rule(fn, at)
    rule = rule_for(fn)
    if rule.kind == "elementwise":
        partial = rule.function(fn(at), at)
        partial = partial[0] if isinstance(partial, tuple) else partial
        assert type(partial) is float


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("pow", (0.7, 2.3)),
        ("pow", (-0.7, 2)),
        ("atan2", (0.7, -0.4)),
        ("copysign", (0.7, -0.4)),
        ("fmod", (2.7, 0.8)),
        ("remainder", (2.7, 0.8)),
        ("ldexp", (0.7, 3)),
        ("hypot", (0.7, -0.4)),
        ("hypot", (0.7, -0.4, 2.0)),
        ("log", (0.7, 3.0)),
        ("dist", ([0.7, 1.0], [0.2, -1.0])),
        ("fsum", ([0.7, 1.0],)),
    ],
)
def test_math_of_several(name, args):
    check_rule(getattr(math, name), *args)


def test_builtins():
    check_rule(abs, -1.5)
    check_rule(abs, rand(3))
    check_rule(float, 1.5)
    check_rule(float, np.float64(1.5))
    check_rule(int, 1.5)
    check_rule(round, 1.3)
    check_rule(sum, [1.0, 2.0])
    check_rule(sum, [1.0, 2.0], 3.0)
    check_rule(sum, [rand(2), rand(2, seed=1)])
    check_rule(sum, [rand(1), rand(2, seed=1)])
    check_rule(sum, rand(3))
    check_rule(sum, rand(3, 2))
    for fn in (max, min):
        check_rule(fn, 1.0, 2.0)
        check_rule(fn, np.float64(1.0), np.float64(2.0))
        check_rule(fn, 3.0, 2.0)
        check_rule(fn, 3.0, 2.0, 1.0)
        check_rule(fn, [3.0, 2.0, 1.0])
        check_rule(fn, rand(4))
    check_rule(pow, 1.5, 2)
    check_rule(pow, rand(3), 2)


def test_polygamma():
    for n in range(3):
        check_rule(runtime.polygamma, n, 1.3)
        check_rule(runtime.polygamma, n, -0.7)


def test_prod():
    check_rule(math.prod, [1.5, 2.0, -3.0])
    check_rule(math.prod, [1.5, 0.0, -3.0])
    check_rule(math.prod, (1.5, 0.0, 0.0))
    check_rule(math.prod, [2.0], start=3.0)


def test_what_came_later():
    if hasattr(math, "sumprod"):
        check_rule(math.sumprod, [1.5, 2.0], [0.5, -3.0])
    if hasattr(math, "fma"):
        check_rule(math.fma, 1.5, 2.0, -0.5)

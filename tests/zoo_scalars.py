"""Scalar code: Python numbers, the math module, operators of every kind."""

from __future__ import annotations

import math
import operator
from math import exp, sqrt as root

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


def rosenbrock(x, y):
    return (1.0 - x) ** 2 + 100.0 * (y - x ** 2) ** 2


def rosenbrock_hand(x, y):
    return -2.0 * (1.0 - x) - 400.0 * x * (y - x ** 2), 200.0 * (y - x ** 2)


case(rosenbrock, lambda r: (-1.2, 1.0), "golden", wrt=(0, 1), hand=rosenbrock_hand)
case(
    rosenbrock,
    lambda r: (np.float64(-1.2), np.float64(0.7)),
    wrt=(0, 1),
    name="rosenbrock_numpy_scalars",
    hand=rosenbrock_hand,
)
case(
    rosenbrock,
    lambda r: (np.array(-1.2), np.array(0.7)),
    wrt=("y", "x"),
    name="rosenbrock_0d",
    hand=lambda x, y: rosenbrock_hand(x, y)[::-1],
)
case(rosenbrock, lambda r: (-1, 2), wrt=(0, 1), name="rosenbrock_ints", hand=rosenbrock_hand)
case(rosenbrock, lambda r: (normal(r), normal(r)), wrt=("y",), name="rosenbrock_tuple_of_one")


def identity(x):
    return x


case(identity, lambda r: (0.3,), "golden", hand=lambda x: 1.0)


def nothing_of_x(x, y):
    """A result that does not depend on x."""
    return y * y


case(nothing_of_x, lambda r: (0.3, 0.5), "golden", hand=lambda x, y: 0.0)
case(
    nothing_of_x,
    lambda r: (normal(r, 3), 0.5),
    name="nothing_of_x_array",
    hand=lambda x, y: np.zeros(3),
)


def a_constant(x):
    return 4.0


case(a_constant, lambda r: (0.3,), hand=lambda x: 0.0)


def same_twice(x):
    return x + x


case(same_twice, lambda r: (0.3,), hand=lambda x: 2.0)


def math_module(x, y):
    a = math.sin(x) * math.cos(y) + math.tan(0.3 * x)
    b = math.exp(-x) + math.log(y) + math.log(y, 3) + math.log10(y) + math.log2(y) + math.log1p(y)
    c = math.sqrt(y) + math.atan2(x, y) + math.hypot(x, y) + math.pow(y, x)
    d = math.sinh(x) + math.cosh(x) + math.tanh(x) + math.asinh(x)
    e = math.atan(x) + math.asin(0.4 * x) + math.acos(0.4 * x) + math.acosh(y + 1.0)
    return a + b + c + d + e + math.atanh(0.4 * x) + math.expm1(x) + math.fabs(x)


case(math_module, lambda r: (positive(r), positive(r)), "golden", wrt=(0, 1))


def math_more(x):
    return math.erf(x) + math.erfc(x) + math.degrees(x) + math.radians(x) + math.exp2(x)


case(math_more, lambda r: (1.3,))


def math_gamma(x):
    return math.gamma(x) + math.lgamma(x)


case(math_gamma, lambda r: (1.3,), "may_refuse")


def from_math(x):
    return exp(-x) * root(x) + math.pi * x + math.e


case(from_math, lambda r: (1.3,))


def all_operators(x, y):
    a = +x - y * 3 / (y + 2.0)
    b = -(x ** 2) + x ** -1 + 2.0 ** x + y ** x
    c = (x // 0.3) * y + x % 0.7 + (-x) % y
    return a * b - c / a


case(all_operators, lambda r: (1.37, 0.81), wrt=(0, 1))


def builtins_of_numbers(x, y):
    return (
        abs(x)
        + abs(y)
        + max(x, y, 0.1) * 2
        + min(x, y) * 3
        + pow(x, 2)
        + sum([x, y, x * y])
        + float(2)
        + round(1.6)
    )


case(builtins_of_numbers, lambda r: (1.37, -0.81), wrt=(0, 1))


def builtin_max_of_list(x):
    return max([x[0] * 2, x[1], x[2]]) * min(x[0], x[1])


case(builtin_max_of_list, lambda r: (normal(r, 3),))


def operator_module(x, y):
    return operator.add(operator.mul(x, y), operator.truediv(x, operator.neg(y)))


case(operator_module, lambda r: (1.3, 0.4), wrt=(0, 1))


def augmented(x):
    s = 1.0
    s += x
    s -= 0.25 * x ** 2
    s *= x
    s /= 1.0 + x * x
    s **= 2
    return s


case(augmented, lambda r: (0.7,), "golden")


def annotated(x: float) -> float:
    a: float = x * 2.0
    b: "int" = 3
    c: float
    c = a * b
    return c * x


case(annotated, lambda r: (0.7,))


def chained_assignment(x):
    a = b = x * 2.0
    b = b * a
    a, b = b, a
    return a + b * x


case(chained_assignment, lambda r: (0.7,), "golden")


def walrus(x):
    if (y := x * x) > 0.25:
        y = y + (z := y * 2.0) * z
    return y + (w := x + 1.0) * w


case(walrus, lambda r: (0.7,))
case(walrus, lambda r: (0.2,), name="walrus_other_arm")


def several_statements(x): a = x * x; b = a + 1.0; return a / b


case(several_statements, lambda r: (0.7,))


def hostile_names(d_x, np_, _):
    d_d_x = d_x * np_
    err_saved = d_d_x * _
    g = err_saved * d_x
    return g + d_d_x


case(hostile_names, lambda r: (0.7, 0.3, 1.1), "golden", wrt=(0, 1, 2))


def parameter_called_np(np, x):
    return math.sin(x) * np + np * np


case(parameter_called_np, lambda r: (0.7, 0.3), wrt=(0, 1))


def unicode_names(θ, σ):
    μ = θ * σ
    return μ ** 2 / σ


case(unicode_names, lambda r: (0.7, 1.3), wrt=("θ", "σ"))


def parameter_reassigned(x):
    x = x * 2.0
    x = math.sin(x)
    x = x * x
    return x


case(parameter_reassigned, lambda r: (0.7,), "golden")


def long_chain(x):
    a = x * 1.5
    b = np.sin(a)
    c = a * b
    d = np.exp(-c)
    e = d + a
    g = e * b
    h = g - c * d
    return h


case(long_chain, lambda r: (0.7,), "golden")


def integer_constants(x, n):
    k = n // 2 + 1
    return x ** k + k * x + n % 3


case(integer_constants, lambda r: (0.7, 5))


def complex_inside(x):
    z = np.exp(1j * x) * (2.0 + x)
    return np.real(z) + np.abs(z) + z.imag * 2


case(complex_inside, lambda r: (0.7,), "may_refuse")


def float32_scalar(x):
    return x * x + x


case(float32_scalar, lambda r: (np.float32(0.7),), "float32", hand=lambda x: np.float32(2.4))


def formatted_text(x):
    label = f"{x:.3f} of {'x'!r:>5}"
    if label.startswith("0.7"):
        return x * 3.0
    return x


case(formatted_text, lambda r: (0.72,), hand=lambda x: 3.0)


def checks_first(x):
    """Docstrings, assert and raise."""
    assert x > 0.0, "x is positive"
    if x > 100.0:
        raise ValueError(f"{x} is too large")
    pass
    ...
    return math.log(x)


case(checks_first, lambda r: (0.7,), "golden")


def bool_arithmetic(x):
    up = x > 0.5
    return x * up + (x < 0.1) * 2.0 + (not up)


case(bool_arithmetic, lambda r: (0.7,), hand=lambda x: 1.0)

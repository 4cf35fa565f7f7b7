"""Helpers, defaults, closures, globals, functions as arguments, recursion."""

from __future__ import annotations

import functools
from functools import reduce
from typing import Any

import numpy as np
import numpy
from numpy import tanh as act

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)

RATE = 0.3
TABLE = {"scale": 2.0, "weights": np.array([1.0, 2.0, 3.0])}


def square(x):
    return x * x


def affine(x, a=2.0, *, b=1.0):
    return a * x + b


def total_of(*terms, weight=1.0, **named):
    s = 0.0
    for term in terms:
        s = s + term
    for name in named:
        s = s + named[name] * len(name)
    return s * weight


def twice(function, x):
    return function(function(x))


def power(x, n):
    if n == 0:
        return 1.0
    return x * power(x, n - 1)


def pair_of(x):
    return np.sin(x), np.cos(x)


def helper_call(x):
    y = square(x)
    return square(y) + square(x + 1.0)


case(helper_call, lambda r: (0.7,), "golden")


def helper_defaults(x):
    return affine(x) * affine(x, 3.0) + affine(a=x, x=2.0, b=x)


case(helper_defaults, lambda r: (0.7,))


def helper_star_args(x, y):
    more = {"c": x * y, "dd": y}
    both = (x, y)
    return total_of(x, y, x * y) + total_of(*both, weight=x, **more) + total_of()


case(helper_star_args, lambda r: (0.7, 0.4), wrt=(0, 1))


def helper_several_results(x):
    s, c = pair_of(x)
    both = pair_of(s)
    return s * c + both[0] * both[-1]


case(helper_several_results, lambda r: (0.7,))


def higher_order(x):
    return twice(np.sin, x) + twice(square, x) + twice(lambda v: v * x, x)


case(higher_order, lambda r: (0.7,))


def function_argument(f, x):
    return f(x) * x


case(function_argument, lambda r: (np.tanh, 0.7), wrt=1)
case(
    function_argument,
    lambda r: (square, 0.7),
    wrt="x",
    name="function_argument_own",
    hand=lambda f, x: 3 * x * x,
)


def recursion(x, n):
    return power(x, n) + x


case(recursion, lambda r: (0.7, 4), hand=lambda x, n: 4 * x ** 3 + 1.0)


def tree_sum(node):
    if isinstance(node, tuple):
        return tree_sum(node[0]) * tree_sum(node[1])
    return np.sin(node)


case(tree_sum, lambda r: (((0.3, 0.4), (0.5, (0.6, 0.7))),), "may_refuse")


def nested_function(x, y):
    scale = x * 2.0

    def inner(v, power=2):
        return scale * v ** power

    return inner(y) + inner(x, power=3)


case(nested_function, lambda r: (0.7, 0.4), "golden", wrt=(0, 1))


def lambdas(x):
    f = lambda v: v * x
    g = lambda v, k=3.0: f(v) + k
    return g(x) * f(2.0)


case(lambdas, lambda r: (0.7,))


def closure_read_late(x):
    k = 1.0

    def inner():
        return k * x

    a = inner()
    k = x * x
    return a + inner()


case(closure_read_late, lambda r: (0.7,), hand=lambda x: 1 + 3 * x * x)


def make_loss(scale, offset):
    def closure_loss(x):
        return scale * x ** 2 + offset * x

    return closure_loss


case(make_loss(2.0, 0.5), lambda r: (0.7,), hand=lambda x: 4 * x + 0.5)


def globals_read(x):
    return RATE * x ** 2 + TABLE["scale"] * x + np.sum(TABLE["weights"] * x)


case(globals_read, lambda r: (0.7,), "golden", hand=lambda x: 0.6 * x + 8.0)


def aliased_functions(x):
    mean = numpy.mean
    return mean(act(x)) + numpy.sum(np.sin(x)) + np.linalg.norm(x)


case(aliased_functions, lambda r: (normal(r, 4),))


def table_of_functions(x, name):
    table = {"tanh": np.tanh, "square": square}
    return table[name](x) + [np.sin, np.cos][0](x)


case(table_of_functions, lambda r: (0.7, "square"), "may_refuse")


def relu(x):
    return np.maximum(x, 0.0)


ACTIVATIONS = {"relu": relu, "tanh": np.tanh}


def global_table_of_functions(x, name):
    return np.sum(ACTIVATIONS[name](x))


case(global_table_of_functions, lambda r: (normal(r, 4), "relu"), "may_refuse")


def reduce_and_map(x):
    product = reduce(lambda a, b: a * b, [x, x + 1.0, 2.0])
    return product + sum(map(square, [x, 2.0 * x]))


case(reduce_and_map, lambda r: (0.7,), "may_refuse")


def partials(x):
    f = functools.partial(affine, b=x)
    return f(x) + f(2.0, a=x)


case(partials, lambda r: (0.7,), "may_refuse")


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def logistic(w, X, y):
    p = sigmoid(X @ w)
    return -np.mean(y * np.log(p) + (1.0 - y) * np.log(1.0 - p))


case(logistic, lambda r: (normal(r, 3), normal(r, 8, 3), (normal(r, 8) > 0) * 1.0), "golden")


def variadic(x, *rest, **named):
    s = x
    for item in rest:
        s = s * item
    return s + named.get("offset", 0.0)


case(variadic, lambda r: (0.7, 0.3, 0.2))


def keyword_only(x, *, power=2.0):
    return x ** power


case(keyword_only, lambda r: (0.7,), hand=lambda x: 1.4)


def positional_only(x, y, /, z=2.0):
    return x * y ** z


case(positional_only, lambda r: (0.7, 0.6), wrt=(0, 1))


def helper_with_loop(x):
    return np.sum(softmax(x) * np.arange(len(x)))


def softmax(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


case(helper_with_loop, lambda r: (normal(r, 5),), "golden")


def count_up(x, n):
    k = 0
    while k < n:
        x = x * 1.2
        if x > 3.0:
            return x
        k += 1
    return x + k


def helper_with_exits(x):
    return count_up(x, 3) * count_up(2.0 * x, 9)


case(helper_with_exits, lambda r: (0.7,))


def default_array(x, w=np.array([1.0, 2.0])):
    return np.sum(x * w)


case(default_array, lambda r: (0.7,), hand=lambda x: 3.0)


def is_a_scalar(x: Any):
    if isinstance(x, (int, float)):
        return x * x
    if np.ndim(x) == 1 or x.ndim == 2:
        return np.sum(x) * 2.0
    return x * 3.0


case(is_a_scalar, lambda r: (0.7,), hand=lambda x: 1.4)
case(
    is_a_scalar,
    lambda r: (positive(r, 2, 2),),
    name="is_a_scalar_array",
    hand=lambda x: np.full((2, 2), 2.0),
)


def weighted(*terms, scale=1.0, **named):
    s = 0.0
    for term in terms:
        s = s * 0.9 + term * scale
    for name, value in named.items():
        s = s - value * len(name)
    return s


def star_before_others(x, xs):
    return weighted(x, *xs, x * x, 1.5, zz=x) * weighted(*xs, x, scale=x)


case(star_before_others, lambda r: (normal(r), [normal(r), normal(r), normal(r)]), wrt=(0, 1))

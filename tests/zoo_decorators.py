"""Decorators of functions that are made inside the function."""

from __future__ import annotations

import functools

import numpy as np

from tests.zoo_case import Case, collector, normal

CASES: list[Case] = []
case = collector(CASES)


def twice(f):
    def inner(z):
        return f(f(z))

    return inner


def doubled(f):
    return lambda z: f(z) * 2.0


def scaled(c):
    def wrap(f):
        @functools.wraps(f)
        def inner(*args, **named):
            return f(*args, **named) * c

        return inner

    return wrap


def counted(f):
    calls = []

    @functools.wraps(f)
    def inner(*args, **named):
        result = f(*args, **named)
        calls.append(result)
        return result + len(calls)

    return inner


def decorated_twice(x):
    @twice
    @scaled(x[1])
    def g(z):
        return z * x[0] + x[2]

    return g(x[2])


def decorator_that_counts(x):
    @counted
    @np.vectorize
    def g(z):
        return z * 2.0 if z > 0.0 else z

    return np.sum(g(x) * x) + np.sum(g(x * 3.0))


def decorated_in_a_loop(x):
    fs = []
    for k in range(3):

        @scaled(x[k])
        def g(z):
            return z * z

        fs.append(g)
    return sum(g(x[0]) for g in fs)


def decorated_and_recursive(x):
    @doubled
    def g(z):
        if z > 3.0:
            return z
        return g(z + 1.0) * x[1]

    return g(x[0])


def decorator_made_inside(x):
    def shifted(f, by=x[1]):
        return lambda z: f(z + by)

    @shifted
    def g(z):
        return np.tanh(z) * x[0]

    return g(x[2]) + shifted(g)(x[0])


for function in (
    decorated_twice, decorator_that_counts, decorated_in_a_loop, decorated_and_recursive,
    decorator_made_inside,
):  # fmt: skip
    case(function, lambda r: (normal(r, 3),))

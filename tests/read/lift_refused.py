"""Functions that lifting refuses, and some for the tests of what it records."""

# ruff: noqa

from __future__ import annotations

import numpy as np

RATE = 0.5
STORE = [1.0]
RNG = np.random.default_rng(0)


def append_to_parameter(xs, x):
    xs.append(x)
    return xs


def append_after_escape(x):
    xs = []
    pair = (xs, 1)
    xs.append(x)
    return pair


def append_while_iterating(n):
    xs = [1.0]
    for x in xs:
        if x < n:
            xs.append(x + 1)
    return xs


def append_escaping_in_loop(n):
    xs, kept = [], []
    for i in range(n):
        xs.append(i)
        kept = [xs, kept]
    return kept


def sorts_in_place(xs):
    ys = [*xs]
    ys.sort()
    return ys


def fills(x):
    x.fill(0.0)
    return x


def writes_out(x):
    y = np.zeros(3)
    np.add(x, 1.0, out=y)
    return y


def adds_at(x):
    np.add.at(x, [0], 1.0)
    return x


def copies_to(x, y):
    np.copyto(x, y)
    return x


def updates(d):
    d.update(a=1)
    return d


def shuffles(x):
    RNG.shuffle(x)
    return x


def appends_in_comprehension(xs):
    ys = []
    [ys.append(x) for x in xs]
    return ys


def evaluates(x):
    return eval("x * 2")


def reads_locals(x):
    return locals()["x"]


def opens(name):
    return open(name).read()


def keeps_generator(xs):
    g = (x for x in xs)
    return sum(g)


def bare_raise(x):
    if x > 0:
        raise
    return x


def stores_function(x):
    return np.frompyfunc(lambda v: v * x, 1, 1)


def function_changes_in_loop(x, n):
    f = lambda v: v
    for _ in range(n):
        g = f
        f = lambda v: g(v) * 2
    return f(x)


def returns_function(x):
    return lambda v: v * x


def several(xs, x):
    xs.append(x)
    y = eval("x")
    xs.insert(0, x)
    return y


def helper(x, k=2.0):
    return x * k


def uses_helper(x):
    return helper(x) * RATE


def uses_builtin(x):
    return abs(x)


def takes_function(f, x):
    return f(x)


def takes_pi(x):
    return x * np.pi


def countdown(n):
    if n <= 0:
        return 0.0
    return 1.0 + countdown(n - 1)


namespace = {}
exec("def no_source(x):\n    return x + 1\n", namespace)
no_source = namespace["no_source"]


def calls_no_source(x):
    return no_source(x)

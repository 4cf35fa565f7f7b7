"""Loss functions for the tests of the interface: a module that pytest does not rewrite."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

import srcgrad

rate = 0.5
scales = {"a": 2.0}
tanh = np.tanh


class Pair(NamedTuple):
    first: object
    second: object


@dataclass
class Weights:
    w: object
    b: object


def square(x):
    return x * x


def mse(w, b, X, y):
    """Mean squared error."""
    err = X @ w + b - y
    return np.mean(err**2)


def plane(x, y):
    return x * y + math.sin(x)


def defaults(x, scale=3.0, *, shift=1.0):
    return scale * x * x + shift


def star(*xs):
    total = 0.0
    for x in xs:
        total = total + x * x
    return total


def keywords(x, **options):
    return x * options["a"] + options["b"]


def in_dict(p, x):
    h = np.tanh(x @ p["W"] + p["b"])
    return np.sum(h * h)


def in_list(ws, x):
    for w in ws:
        x = np.tanh(x @ w)
    return np.sum(x)


def in_pair(pair, x):
    return np.sum(pair.first * x) + pair.second


def in_weights(p, x):
    return np.sum(p.w * x) + 2.0 * p.b


def in_nest(p):
    return np.sum(p["layers"][0]["w"] ** 2) + p["layers"][1]["w"] * p["scale"]


def with_aux(w, x):
    h = np.tanh(w * x)
    return np.sum(h), {"h": h}


def aux_branch(x):
    if x > 0.0:
        return x * x, "positive"
    return -x, "negative"


def vector(x):
    return np.sin(x)


def two(x):
    return x, x


def nothing(x):
    y = x * x  # noqa: F841


def with_rate(x):
    return rate * x * x


def with_scales(x):
    return scales["a"] * x


def with_helper(x):
    return helper(x) * 2.0


def helper(x):
    return x * x


def with_alias(x):
    return tanh(x)


def chatty(x):
    print("once", x)
    return x * x


def guarded(x):
    assert x > 0.0, "x must be positive"
    return math.log(x)


def failing(x):
    if x > 0.0:
        raise LookupError(f"no {x}")
    return x * x


def indexed(x, i):
    return x[i] * 2.0


def noisy(x, rng):
    return np.sum(x * rng.normal(size=3))


def global_noise(x):
    return np.sum(x * np.random.normal(size=3))


def endless(x):
    while x < 1e300:
        x = x * 1.0000000001
    return x


def apply(f, x):
    return np.sum(f(x))


def stopped(x):
    return x * srcgrad.stop_gradient(x) + srcgrad.constant(x)


def recursive(x, n):
    if n == 0:
        return x
    return x * recursive(x, n - 1)


class Model:
    def __init__(self, c):
        self.c = c

    @srcgrad.grad(wrt="w")
    def loss(self, w):
        return self.c * w * w


@srcgrad.grad
def decorated(x):
    return x * x * x


@srcgrad.value_and_grad(wrt=("x", "y"))
def decorated_pair(x, y):
    return x * y


valued = srcgrad.value_and_grad(square)

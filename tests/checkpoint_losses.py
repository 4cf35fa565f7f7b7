"""Functions of which little is kept, or that are refused; the tests know their lines."""

from __future__ import annotations

import itertools

import numpy as np

from srcgrad import checkpoint, checkpointed


def recurrence(u, c, n):
    for _ in range(n):
        u = u + c * u * (1.0 - u)
    return np.sum(u**2)


def relaxation(u, c, n):
    turn = 0
    while turn < n and np.sum(u) > 0.0:
        u = u + c * u * (1.0 - u)
        turn += 1
    return np.sum(u**2)


def stencil(u0, c, n):
    u = u0.copy()
    for _ in range(n):
        u[1:-1] -= c * u[1:-1] * (u[2:] - u[:-2])
    return np.sum(u**2)


def _layer(x, w):
    a = np.sin(x) * w
    b = np.cos(a) * a
    c = np.tanh(b) * np.exp(-a)
    return c * c + x


layer = checkpoint(_layer)


def _layer_plain(x, w):
    a = np.sin(x) * w
    b = np.cos(a) * a
    c = np.tanh(b) * np.exp(-a)
    return c * c + x


def deep(x, w):
    for _ in range(10):
        x = layer(x, w)
    return np.sum(x)


def deep_plain(x, w):
    for _ in range(10):
        x = _layer_plain(x, w)
    return np.sum(x)


def second(first, count):
    """Return a function of as many arguments whose gradient is one of a gradient."""
    if count == 2:
        return lambda x, w: np.sum(first(x, w) * 0.5)
    return lambda x, w, n: np.sum(first(x, w, n) * 0.5)


# The lines below are named in the tests.


@checkpoint
def noisy(x, rng):
    return x * rng.normal(size=3)


def draws_in_helper(x, rng):
    return np.sum(noisy(x, rng) ** 2)


def draws_in_loop(x, rng):
    for _ in range(3):
        x = np.sin(x) * rng.normal(size=3)
    return np.sum(x)


def counts(x):
    for i in checkpointed(itertools.count(), 3):
        x = np.sin(x)
        if i > 3:
            break
    return np.sum(x)


def unknown_count(x, k):
    for _ in checkpointed(range(5), k):
        x = np.sin(x)
    return np.sum(x)


def wrong_count(x):
    for _ in checkpointed(range(5), "many"):
        x = np.sin(x)
    return np.sum(x)


def elsewhere(x):
    turns = list(checkpointed(range(5), 2))
    for _ in turns:
        x = np.sin(x)
    return np.sum(x)


@checkpoint
def halves(x):
    for _ in range(3):
        x = x / 2
        yield x


def goes_along(x):
    return np.sum(sum(halves(x)))

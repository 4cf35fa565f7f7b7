"""Functions in the form of rules."""

from __future__ import annotations

# ruff: noqa
import numpy as np


def product(z, x, y):
    return y, x


def by_rank(g, x):
    if np.ndim(g) == 0:
        return g * x, None
    scale = g * 2
    return scale, scale * x


def single(y, x):
    if x > 0:
        return y, x
    return y


def numbered(i, g, y, *args):
    if i == 0:
        return g
    return g * args[i]


def each(g, *args):
    return [g * a for a in args]


def summed(g, y, x, axis=None):
    if axis is not None:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, np.shape(x))

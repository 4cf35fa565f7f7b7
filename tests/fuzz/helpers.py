"""The helpers of random programs: those that a program uses stand above it."""

from __future__ import annotations

import re

from tests.fuzz.objects import CLASSES
from tests.fuzz.scope import Shape

HEAD = """
import copy
import math
from dataclasses import dataclass
import numpy as np

SIZES = {sizes}
"""
HELPERS = """
def bump(v, c):
    v[0] += c


def damp(v, c):
    v *= c
    return v


def tail(v):
    return v[1:]


def both(v):
    return v, v[::-1]


def swap(v, w):
    v[:], w[:] = w.copy(), v.copy()


def smooth(v, n, c=0.25):
    for _ in range(n):
        v[1:-1] = 0.5 * v[1:-1] + c * (v[2:] + v[:-2])


def rows(m, c):
    for row in m:
        row *= c
    return m[0]


def bent(v, c):
    w = v.copy()
    w[-1] = c
    if c > 0.5:
        return w
    w[0] *= c
    return np.tanh(w)


def total(v, n=0):
    s = 0.0
    for i in range(len(v)):
        if i > n:
            break
        s += v[i] * v[i]
    return s


def cut(v, k):
    return v[:k], v[k:]


def first(v, w, c):
    v[0] = c
    return v if c > 0.5 else w


def added(v, *others, scale=1.0):
    for other in others:
        v += other * scale
    return v


def grown(xs, c):
    xs.append(xs[-1] * c)
    return xs


def deep(v, n):
    if n == 0:
        return v
    v[n % len(v)] *= 0.5
    return deep(v, n - 1)
"""


def module(sizes: Shape, text: str) -> str:
    """Return the text of a module with a function, and those helpers that it uses."""
    parts: list[str] = []
    wanted, named = text, "\\b(def|class) (\\w+)"
    for part in reversed((HELPERS + "\n\n" + CLASSES).strip().split("\n\n\n")):
        found = re.search(named, part)
        if found is not None and re.search(rf"\b{found[2]}\b", wanted):
            parts.insert(0, part)
            wanted += part
    return HEAD.format(sizes=sizes) + "\n\n" + "\n\n\n".join([*parts, text])

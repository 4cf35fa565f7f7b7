"""Writes into the arrays of lists, dicts and objects that come as arguments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.zoo_case import Case, collector, normal

CASES: list[Case] = []
case = collector(CASES)


def listed(r):
    return normal(r, 3), [normal(r, 3), normal(r, 3)]


def keyed(r):
    return normal(r, 3), {"a": normal(r, 3), "b": normal(r, 3)}


def mixed(r):
    return normal(r, 3), {"w": normal(r, 3), "s": 1.3}


@dataclass
class Weights:
    w: np.ndarray
    s: float


def last_by_two_indices(p, xs):
    xs[-1][0] = p[0] * 2.0
    return np.sum(xs[1] * p) + xs[0][0]


case(last_by_two_indices, listed, "typed", wrt=(0, 1))


def number_beside_written(p, d):
    d["w"][0] = d["s"] * p[1]
    return np.sum(p * d["w"]) * d["s"] * len(d)


case(number_beside_written, mixed, "typed", wrt=(0, 1))


def field_beside_written(p, m):
    m.w[0] = m.s * p[1]
    return np.sum(p * m.w) * m.s


case(
    field_beside_written, lambda r: (normal(r, 3), Weights(normal(r, 3), 1.4)), "typed", wrt=(0, 1)
)


def list_after_write(p, xs):
    xs[0] *= p[0]
    ys = [*xs]
    return np.sum(ys[0] * p) + np.sum(np.stack(xs) * p)


case(list_after_write, listed, wrt=(0, 1))


def list_items_written_in_loop(p, xs):
    p[0] = 0.7
    for x in xs:
        x *= p
    return np.sum(xs[0]) * np.sum(xs[-1])


case(list_items_written_in_loop, listed, "typed", wrt=(0, 1))


def list_asked_by_index(p, xs):
    xs[0] *= p[0]
    s = 0.0
    for i in range(len(xs)):
        s += np.sum(xs[i]) * p[i]
    return s


case(list_asked_by_index, listed, wrt=(0, 1))


def dict_walked_after_write(p, d):
    d["a"][0] = p[0]
    s = 0.0
    for k, w in d.items():
        s += np.sum(w * p) * len(k)
    return s


case(dict_walked_after_write, keyed, "typed", wrt=(0, 1))


def copied_dict_has_the_same_arrays(p, d):
    d["a"][0] = p[0]
    e = dict(d)
    e["a"] *= 2.0
    return sum(w.sum() for w in d.values()) * e["a"].sum()


case(copied_dict_has_the_same_arrays, keyed, "typed", wrt=(0, 1))


def dict_written_in_arms(p, d):
    for i in range(2):
        d["a"][i] = p[0] * i
        if d["a"][0] > -1.0:
            d["b"] *= p
    return sum(w.sum() for w in d.values())


case(dict_written_in_arms, keyed, "typed", wrt=(0, 1))

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


@dataclass
class Folding:
    w: np.ndarray
    s: float

    def fold(self, v):
        self.s = self.s * 0.5 + np.sum(v * self.w)
        return self.w


def method_whose_result_is_dropped(p, m):
    m.w[0] = p[0] * m.s
    m.fold(p)
    return p.sum() * m.s


case(
    method_whose_result_is_dropped,
    lambda r: (normal(r, 3), Folding(normal(r, 3), 1.4)),
    "typed",
    "objects",
    wrt=(0, 1),
)


def buffers_in_turn_until_done(p, s, top):
    a, b = p.copy(), np.zeros_like(p)
    for _ in range(5):
        b[1:-1] = a[1:-1] + s * (a[2:] - a[:-2])
        b[0], b[-1] = a[0], s
        if b.sum() > top:
            break
        a, b = b, a
    return np.sum(a * a) + b[1]


case(buffers_in_turn_until_done, lambda r: (normal(r, 6), 0.3, 1e9), wrt=(0, 1))
case(
    buffers_in_turn_until_done,
    lambda r: (normal(r, 6), 0.3, -1e9),
    wrt=(0, 1),
    name="buffers_in_turn_left_early",
)


def buffers_perhaps_in_turn(p, s):
    a, b = p.copy(), np.ones_like(p)
    for i in range(4):
        b[1:] = a[:-1] * s + b[1:]
        a[0] += b[1] * b[2]
        if a[0] > 0.0 or i == 2:
            a, b = b, a
    return np.sum(a * a) + b[1]


case(buffers_perhaps_in_turn, lambda r: (normal(r, 6), 0.3), wrt=(0, 1))


def buffer_of_an_argument_in_turn(p, q, s):
    a, b = p, q
    while s < 3.0:
        b[:] = np.tanh(a) * s
        s = s * 1.5
        if b[0] > 0.5:
            break
        a, b = b, a
    return np.sum(p * q) + np.sum(a) * b[1]


case(
    buffer_of_an_argument_in_turn,
    lambda r: (normal(r, 3), normal(r, 3), 0.7),
    "may_refuse",
    wrt=(0, 1, 2),
)


def block_of_rows_flattened(p):
    a = np.outer(p, p)[:, :] * 0.3
    v = a[1:, :].reshape(-1)
    a[2] = p[0]
    return np.sum(v * v)


case(block_of_rows_flattened, lambda r: (normal(r, 4),), "typed")


def rows_with_numbers_in_written_list(p, q):
    m = np.outer(p, q)
    for row in [m[0], m[1]]:
        for i, z in enumerate(q):
            row[i] *= z
    return np.sum(m * m)


case(rows_with_numbers_in_written_list, lambda r: (normal(r, 3), normal(r, 3)), "typed", wrt=(0, 1))


def one_axis_in_another_shape(p, s):
    v = p[::2].reshape(-1, 1)
    w = np.reshape(p[::-2], (1, 2))
    p[0] = s * s
    w *= s
    return v.sum() * w.sum() * p.sum()


case(one_axis_in_another_shape, lambda r: (normal(r, 3), 0.4), "typed", wrt=(0, 1))


def list_written_while_walked(p, xs):
    u = p * 2.0
    for x in xs:
        np.copyto(u, p * 1.5, where=x < 0.3)
        xs[0][[0, 2]] += u[:2]
    return np.sum(xs[-1] * xs[0]) + u.sum()


case(list_written_while_walked, listed, "typed", wrt=(0, 1))

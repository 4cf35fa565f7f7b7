"""Lists and dicts that are known item by item, and cease to be: in loops, by what they are given."""

from __future__ import annotations

import numpy as np

from tests.zoo_case import Case, collector, normal

CASES: list[Case] = []
case = collector(CASES)


def two(n: int = 3):
    return lambda r: (normal(r, n), normal(r, n))


def list_that_is_changed_in_all_ways(x, y):
    us = [x.copy()]
    us.append(x * 2)
    us.insert(0, y * x)
    v = us.pop(1)
    v[0] = us[0][1] * x[2]
    us[-1][1] = v[0]
    us.extend([v, x.copy()])
    us[2][2] *= 3
    return sum(np.sum(u**2) for u in us) + np.sum(v)


def array_twice_in_a_list(x, y):
    us = [x.copy()]
    us.append(us[0])
    us[1][0] = 5 * x[1]
    w = us.pop()
    w[1] *= x[0]
    return sum(np.sum(u**2) for u in us)


def appended_and_written(x, y):
    h = []
    h.append(x.copy())
    h[-1][1:] = y[1:] * x[0]
    for k in range(2):
        h[0][k] *= y[2]
    return np.sum(h[0] ** 2)


def grown_by_a_loop_and_written(x, y):
    h = [x.copy()]
    for _ in range(2):
        h.append(h[-1] * y)
    for k in range(2):
        h[-1][:] = y * k + h[0]
    h[1][0] = h[-1][1]
    return sum(np.sum(u**2) for u in h)


def made_by_a_loop_and_written(x, y):
    h = []
    for k in range(3):
        h.append(x * k)
    total = np.sum(h, axis=0)
    h[0][1] = y[0]
    for k in range(2):
        h[-1][:] = y * k + h[0]
    return np.sum(h[0] * total) + np.sum(h[-1] ** 2)


def sum_of_a_list_is_new(x, y):
    h = [x.copy()]
    for _ in range(2):
        h.append(h[-1] * 2.0)
    u = sum(h)
    h[0][1:2] = 3.0
    u[u > 0] -= y[1]
    return np.sum(h[0] ** 2) + np.sum(u**2)


def list_that_grows_is_not_what_it_was(x, y):
    h = [x.copy()]
    for _ in range(2):
        h.append(x * 2.0)
    u = sum(h)
    u[u > y] -= y[0]
    return np.sum(u)


def pair_that_changes_from_turn_to_turn(x, n):
    pair = (0, x.copy())
    for _ in range(n):
        k, v = pair
        v[k] *= 2.0 + k
        pair = (k + 1, v * 1.5)
    return np.sum(pair[1] ** 2) * pair[0]


for function in (
    list_that_is_changed_in_all_ways, array_twice_in_a_list, appended_and_written,
    list_that_grows_is_not_what_it_was,
):  # fmt: skip
    case(function, two(), wrt=(0, 1))
for function in (
    grown_by_a_loop_and_written, made_by_a_loop_and_written, sum_of_a_list_is_new,
):  # fmt: skip
    case(function, two(), "typed", wrt=(0, 1))
case(pair_that_changes_from_turn_to_turn, lambda r: (normal(r, 3), 2))

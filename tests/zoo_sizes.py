"""Sizes of slices between whole numbers, arrays that are kept, sums and choices spelled short."""

from __future__ import annotations

import math

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


def triangle(A):
    A = A.copy()
    n = len(A)
    for k in range(n - 1):
        A[k + 1 :, k] /= 3.0 + A[k, k]
        A[k + 1 :, k + 1 :] -= np.outer(A[k + 1 :, k], A[k, k + 1 :])
    return np.sum(A**2)


def shrinking_tree(v, p, floor):
    v = v.copy()
    for n in range(len(v) - 2, -1, -1):
        v[: n + 1] = p * v[1 : n + 2] + (1.0 - p) * v[: n + 1]
        v[: n + 1] = np.maximum(v[: n + 1], floor[: n + 1])
    return v[0]


def clipped_windows(x, y):
    out = np.zeros(len(x))
    for k in range(len(x)):
        out[k : k + 2] += x[k : k + 2] * y[k : k + 2]  # the last one is shorter
    return np.sum(out**2)


def stretched_slice(u, a):
    u = u.copy()
    for t in range(3):
        u[1:-1] += a[1:-1] * u[2:]  # one entry of a for all of u, or as many
    return np.sum(u**2)


def negative_start(x):
    out = np.zeros(len(x))
    for k in range(3):
        out[k - 1 :] += x[k - 1 :] ** 2  # the first time the last entry only
    return np.sum(out * x)


def sliding(x, w):
    n, m = len(x), len(w)
    padded = np.zeros(n + m - 1)
    padded[m // 2 : m // 2 + n] = x
    out = np.zeros(n)
    for a in range(m):
        out += w[a] * padded[a : a + n]
    return np.sum(out**3)


def one_wide(x, s):
    out = x.copy()
    for k in range(len(x)):
        out[k : k + 1] *= s * x[k : k + 1]
    return np.sum(out)


def edges_of_cells(q, v):
    flux = np.empty(len(q) + 1)
    for t in range(3):
        flux[1:-1] = v[1:-1] * q[:-1]
        flux[0] = v[0] * q[-1]
        flux[-1] = flux[0]
        q = q - 0.1 * (flux[1:] - flux[:-1])
    return np.sum(q**2)


def strides_of_two(x):
    y = np.zeros(2 * len(x))
    for k in range(len(x)):
        y[2 * k : 2 * k + 2] = x[k] * np.array([1.0, 2.0])
    return np.sum(y**3)


case(triangle, lambda r: (0.3 * normal(r, 5, 5),))
case(shrinking_tree, lambda r: (positive(r, 6), 0.4, normal(r, 6)), wrt=(0, 1, 2))
case(clipped_windows, lambda r: (normal(r, 5), normal(r, 5)), wrt=(0, 1))
case(stretched_slice, lambda r: (normal(r, 6), normal(r, 3)), wrt=(0, 1))
case(stretched_slice, lambda r: (normal(r, 6), normal(r, 6)), wrt=(0, 1), name="slice_as_long")
case(negative_start, lambda r: (normal(r, 5),))
case(sliding, lambda r: (normal(r, 7), normal(r, 3)), wrt=(0, 1))
case(one_wide, lambda r: (normal(r, 4), 0.7), wrt=(0, 1))
case(edges_of_cells, lambda r: (normal(r, 5), normal(r, 6)), wrt=(0, 1))
case(edges_of_cells, lambda r: (normal(r, 2), normal(r, 3)), wrt=(0, 1), name="edges_of_two")
case(strides_of_two, lambda r: (normal(r, 4),))


def kept_after_writing(u, r, steps):
    states = []
    for t in range(steps):
        d = u.copy()
        d[1:-1] += r * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        d[0] = 0.0
        for i in range(1, len(d)):
            d[i] -= 0.3 * d[i - 1] ** 2
        states.append(d)
        u = d
    return sum(np.sum(s**2) for s in states) + states[0][2]


def shift_register(w, x, mu):
    w, window, loss = w.copy(), np.zeros(len(w)), 0.0
    for n in range(len(x)):
        window[1:] = window[:-1]
        window[0] = x[n]
        e = 1.0 - w @ window
        w += mu * e * window
        loss += e**2
    return loss


def restored_twice(u, steps):
    kept = []
    for t in range(steps):
        v = np.sin(u)
        for i in range(len(v) - 1):
            v[i + 1] *= v[i]
        for i in range(len(v) - 1, 0, -1):
            v[i - 1] += v[i] ** 2
        kept.append(v)
        u = v + u
    return np.sum(u) + np.sum(kept[0] * kept[-1])


def columns_kept(A):
    m, n = A.shape
    Q = np.zeros((m, n))
    for k in range(n):
        Q[:, k] = A[:, k] / np.sqrt(A[:, k] @ A[:, k])
        for j in range(k):
            Q[:, k] -= (Q[:, j] @ Q[:, k]) * Q[:, j]
    return np.sum(Q**3)


def parts_from_branches(c, x):
    c = c.copy()
    total = 0.0
    for k in range(len(c)):
        if k > 0:
            before = c[k - 1]
            c[k] = x * np.sin(c[k] * before)
        else:
            c[k] = c[k] * x
        total = total + np.sum(c[k] ** 2)
    return total


case(kept_after_writing, lambda r: (normal(r, 6), 0.2, 3), wrt=(0, 1))
case(shift_register, lambda r: (normal(r, 3), normal(r, 6), 0.1), wrt=(0, 1, 2))
case(restored_twice, lambda r: (normal(r, 4), 3))
case(columns_kept, lambda r: (normal(r, 4, 3),))
case(parts_from_branches, lambda r: (normal(r, 3, 4), 0.8), wrt=(0, 1))


def matrix_of_all_turns(A, x, turns):
    for t in range(turns):
        x = np.tanh(A @ x)
    return np.sum(x**2)


def two_products_a_turn(A, x, y):
    for t in range(3):
        x, y = np.tanh(A @ y), np.sin(A @ x)
    return x @ y


def matrix_that_learns(A, x):
    for t in range(3):
        x = np.tanh(A @ x)
        A = A + 0.1 * np.outer(x, x)
    return np.sum(A @ x)


def matrix_beside(A, x):
    total = np.sum(A**2)
    for t in range(3):
        x = A @ x
        total = total + np.sin(x) @ x
    return total


case(matrix_of_all_turns, lambda r: (normal(r, 3, 3), normal(r, 3), 4), wrt=(0, 1))
case(matrix_of_all_turns, lambda r: (normal(r, 3, 3), normal(r, 3), 0), name="matrix_of_no_turns")
case(two_products_a_turn, lambda r: (normal(r, 3, 3), normal(r, 3), normal(r, 3)), wrt=(0, 1))
case(matrix_that_learns, lambda r: (normal(r, 3, 3), normal(r, 3)), wrt=(0, 1))
case(matrix_beside, lambda r: (0.5 * normal(r, 3, 3), normal(r, 3)), wrt=(0, 1))


def squared_hinges(x, w):
    up = np.maximum(x - 1.0, 0.0) ** 2 + np.minimum(x + 0.5, 0.0) ** 2
    return np.sum(np.where(w > 0.0, w * up, np.exp(w) * np.maximum(x, 0.0) ** 3))


def larger_of_two(x, y):
    return np.sum(np.maximum(x, y) ** 2 * np.minimum(y, 2.0 * x))


def both_ways_of_a_size(x, y):
    r = np.where(x > y, x * y, x - y**2)
    return np.sum(r**2)


def mirror_images(r):
    y = r.copy()
    for k in range(1, len(r)):
        y[:k] += y[k] * y[:k][::-1]
        y[k] -= np.dot(r[:k][::-1], y[:k])
    return np.sum(y**2)


def rewards(x, rate):
    wealth = [1.0]
    for step in x:
        wealth.append(wealth[-1] * (1.0 + rate * step))
    growth = np.log(np.array(wealth[1:]) / np.array(wealth[:-1]))
    return np.mean(growth) + 0.5 * np.std(growth)


def taken_away(x, L):
    x = x.copy()
    for i in range(len(x)):
        x[i] = (x[i] - np.dot(L[i, :i], x[:i])) / (2.0 + L[i, i])
    return np.sum(x) - math.sqrt(1.0 + x[-1] ** 2)


case(squared_hinges, lambda r: (normal(r, 6), normal(r, 6)), wrt=(0, 1))
case(larger_of_two, lambda r: (normal(r, 5), normal(r, 5)), wrt=(0, 1))
case(both_ways_of_a_size, lambda r: (normal(r, 5), normal(r, 5)), wrt=(0, 1))
case(mirror_images, lambda r: (0.5 * normal(r, 5),))
case(rewards, lambda r: (positive(r, 5), 0.3), wrt=(0, 1))
case(taken_away, lambda r: (normal(r, 4), normal(r, 4, 4)), wrt=(0, 1))

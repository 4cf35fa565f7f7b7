"""Recursive helpers that write into the arrays they are given."""

from __future__ import annotations

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


def vec(n: int = 5):
    return lambda r: (normal(r, n),)


def pvec(n: int = 5):
    return lambda r: (positive(r, n),)


def mat(n: int = 3, m: int = 4):
    return lambda r: (normal(r, n, m),)


def rec_halves(u):
    if len(u) <= 1:
        return
    h = len(u) // 2
    rec_halves(u[:h])
    rec_halves(u[h:])
    u[:h] += 0.5 * u[h : 2 * h] ** 2


def halves_by_recursion(x):
    u = x.copy()
    rec_halves(u)
    return np.sum(u**2)


def fft_rec(re, im):
    n = len(re)
    if n == 1:
        return
    er, ei, orr, oi = (re[::2].copy(), im[::2].copy(), re[1::2].copy(), im[1::2].copy())
    fft_rec(er, ei)
    fft_rec(orr, oi)
    for k in range(n // 2):
        c, s = (np.cos(2 * np.pi * k / n), -np.sin(2 * np.pi * k / n))
        tr = c * orr[k] - s * oi[k]
        ti = c * oi[k] + s * orr[k]
        re[k] = er[k] + tr
        im[k] = ei[k] + ti
        re[k + n // 2] = er[k] - tr
        im[k + n // 2] = ei[k] - ti


def fourier_by_recursion(x):
    re, im = (x.copy(), np.zeros_like(x))
    fft_rec(re, im)
    return np.sum(re**3) + np.sum(im**2)


def quick(a, lo, hi):
    if lo >= hi:
        return
    p = a[hi]
    i = lo
    for j in range(lo, hi):
        if a[j] < p:
            a[i], a[j] = (a[j], a[i])
            i += 1
    a[i], a[hi] = (a[hi], a[i])
    quick(a, lo, i - 1)
    quick(a, i + 1, hi)


def quicksort(x):
    a = x.copy()
    quick(a, 0, len(a) - 1)
    return np.sum(a * np.arange(len(a)))


def fill_tree(node, out, i):
    out[i] = node["v"] ** 2
    if "l" in node:
        fill_tree(node["l"], out, 2 * i + 1)
    if "r" in node:
        fill_tree(node["r"], out, 2 * i + 2)


def tree_into_an_array(t):
    out = np.zeros(7)
    fill_tree(t, out, 0)
    return np.sum(out * np.arange(1.0, 8.0))


def memo_arr(n, x, tab):
    if not np.isnan(tab[n]):
        return tab[n]
    tab[n] = np.sin(memo_arr(n - 1, x, tab)) + 0.5 * memo_arr(n - 2, x, tab)
    return tab[n]


def memo_in_an_array(x):
    tab = np.full(7, np.nan)
    tab[0] = x
    tab[1] = x * x
    return memo_arr(6, x, tab) + tab[4]


def upd(u, n):
    if n == 0:
        return u
    u = u * 2.0
    u[0] = 1.0
    return upd(u, n - 1)


def new_array_each_time(x):
    y = upd(x, 2)
    return np.sum(y * x)


def aug(s, n):
    if n == 0:
        return s
    s += n
    return aug(s, n - 1)


def number_or_array_by_recursion(x):
    y = x.copy()
    return np.sum(aug(y, 3) * y) + aug(x[0], 2)


def even(u, n):
    if n == 0:
        return
    u[0] *= 1.1
    odd(u, n - 1)


def odd(u, n):
    if n == 0:
        return
    u[1] += u[0] ** 2
    even(u, n - 1)


def two_that_call_each_other(x):
    u = x.copy()
    even(u, 3)
    return np.sum(u**2)


def array_of_the_enclosing_function(x):
    u = x.copy()

    def go(n):
        if n == 0:
            return
        u[n % 3] *= 1.5
        go(n - 1)

    go(4)
    return np.sum(u**2)


def hanoi(n, a, b, c, out):
    if n == 0:
        return
    hanoi(n - 1, a, c, b, out)
    out[c] += 0.5 * out[a]
    hanoi(n - 1, b, a, c, out)


def towers(x):
    u = x.copy()
    hanoi(3, 0, 1, 2, u)
    return np.sum(u**2)


def mix(u, v, n):
    if n == 0:
        return u
    u[0] += v[1]
    w = mix(v, u, n - 1)
    w[1] *= 2.0
    return w


def arrays_that_change_places(x):
    u, v = (x.copy(), 2 * x)
    w = mix(u, v, 3)
    return np.sum(u**2) + np.sum(v) + w[0]


def one_array_twice(x):
    u = x.copy()
    w = mix(u, u, 2)
    return np.sum(u**2) + w[0]


def parts_that_overlap(x):
    u = x.copy()
    mix(u[:2], u[1:], 2)
    return np.sum(u**2)


def deep(ps, i):
    if i < 0:
        return
    ps[i][0] = 2.0 * ps[i][1]
    deep(ps, i - 1)


def arrays_in_a_list_by_recursion(x):
    ps = [x.copy(), 2 * x]
    deep(ps, 1)
    return np.sum(ps[0] * ps[1])


def tsum(t):
    if isinstance(t, (list, tuple)):
        return sum((tsum(q) for q in t))
    return np.sum(t**2)


def leaves_of_lists(t):
    return tsum(t)


def tmap(f, t):
    if isinstance(t, dict):
        return {k: tmap(f, v) for k, v in t.items()}
    if isinstance(t, list):
        return [tmap(f, v) for v in t]
    return f(t)


def flat(t):
    if isinstance(t, dict):
        out = []
        for v in t.values():
            out.extend(flat(v))
        return out
    if isinstance(t, list):
        return [a for q in t for a in flat(q)]
    return [t]


def map_over_a_tree(t):
    return np.sum(np.concatenate(flat(tmap(np.sin, t))) ** 2) + sum((np.sum(l) for l in flat(t)))


def depth(xs):
    if len(xs) == 1:
        return xs[0]
    h = len(xs) // 2
    return depth(xs[:h]) * depth(xs[h:]) + 1


def products_by_halves(x):
    return depth(x) + depth(list(x)) + depth([x[:2], x[2:4]]).sum()


case(halves_by_recursion, vec(8))
case(fourier_by_recursion, vec(8))
case(quicksort, vec(7), "typed")
case(
    tree_into_an_array,
    lambda r: (
        {"v": normal(r), "l": {"v": normal(r)}, "r": {"v": normal(r), "l": {"v": normal(r)}}},
    ),
)
case(memo_in_an_array, lambda r: (normal(r),), "typed")
case(new_array_each_time, lambda r: (normal(r, 4),))
case(number_or_array_by_recursion, lambda r: (normal(r, 4),), "typed")
case(two_that_call_each_other, lambda r: (normal(r, 4),))
case(array_of_the_enclosing_function, lambda r: (normal(r, 4),))
case(towers, lambda r: (normal(r, 3),))
case(arrays_that_change_places, lambda r: (normal(r, 3),), "may_refuse")
case(one_array_twice, lambda r: (normal(r, 3),), "may_refuse")
case(parts_that_overlap, lambda r: (normal(r, 4),), "may_refuse")
case(arrays_in_a_list_by_recursion, lambda r: (normal(r, 3),), "may_refuse")
case(leaves_of_lists, lambda r: ([normal(r, 2), [normal(r, 3), (normal(r, 1), normal(r, 2))]],))
case(map_over_a_tree, lambda r: ({"a": [normal(r, 2), normal(r, 3)], "b": {"c": normal(r, 2)}},))
case(products_by_halves, vec(4))

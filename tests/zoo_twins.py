"""Names that are another name of an array in some turns or on some paths, and arrays of their own
in others: writes by one are seen by the other where they are the same."""

from __future__ import annotations

import math

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


def vecs(n: int = 4):
    return lambda r: (normal(r, n), normal(r, n), positive(r))


def bound_anew_at_the_end_of_a_turn(x, y, s):
    p = x.copy()
    u = p
    for k in range(3):
        p[0] = u[1] * s + k
        p = 0.5 * u + y
    return np.sum(p**2) + np.sum(u**3)


def bound_anew_in_some_turns(x, y, s):
    p = x.copy()
    u = p
    for k in range(4):
        p[k] *= s
        if k == 1:
            p = np.tanh(u * y)
        u[0] += p[2]
    return np.sum(p**2) + np.sum(u**3)


def written_after_the_loop(x, y, s):
    p = x.copy()
    v = p[1:]
    for k in range(int(s > 5.0)):
        p = y * k
    p[1:] *= y[1:]
    v[0] = s
    return np.sum(p**2) + np.sum(v**3)


def own_or_not(v, c):
    if c > 1.0:
        v = v * c
    v[0] = v[1] * c
    return v


def helper_that_copies_sometimes(x, y, s):
    u = x.copy()
    a, b = own_or_not(u, s), own_or_not(u, 0.5)
    a[2] *= 3.0
    b[3] = a[2]
    return np.sum(u**2) + np.sum(a * y) + np.sum(b)


def one_of_two_and_new_ones(x, y, s):
    u, v = x.copy(), y * 1.0
    w = u
    for k in range(5):
        w[k % 4] = s * v[0] + u[1]
        if k % 3 == 0:
            w = v
        elif k % 3 == 1:
            w = np.sin(u + v)
        else:
            w = u
    return np.sum(u**2) + np.sum(v**2) + np.sum(w * x)


def buffers_swapped_in_some_turns(x, y, s):
    p, q = x.copy(), y.copy()
    old = p
    for k in range(4):
        p[k] = q[0] * s
        if k != 2:
            p, q = q, p
        old[1] += q[2]
    return np.sum(p**2) + np.sum(q**3) + np.sum(old)


def buffer_that_an_inner_loop_takes(x, y, s):
    a, b, kept = x.copy(), y * 2.0, x
    for k in range(3):
        b[...] = np.sin(a) * s
        for _ in range(k):
            kept = b
        a, b = b, a
    return np.sum(kept**2) + np.sum(a * b)


def a_view_or_an_array(x, y, s):
    u = x.copy()
    v = u[::-1]
    for k in range(2):
        v[0] = s * k
        u[1] = v[0] * y[1]
        v = np.cos(v)
    return np.sum(u**2) + np.sum(v)


def left_early_with_another_name(x, y, s):
    p = x.copy()
    u = p
    for k in range(4):
        p[k] = s
        if y[k] > 0.0:
            break
        p = u * 2.0
    p[0] = y[0]
    return np.sum(p**2) + np.sum(u**2)


def attempts_with_another_name(x, y, s):
    u, p = x.copy(), x * s
    for k in range(3):
        try:
            math.sqrt(y[k])
        except ValueError:
            u, p = p, u
        else:
            p[1] += s
        p, u = u, p
        u[0] = u[1] * s
    return np.sum(p**2) + np.sum(u)


def in_a_context(x, y, s):
    p = x.copy()
    u = p
    with np.errstate(all="ignore"):
        if s > 1.0:
            p = np.tanh(p)
        p[0] = y[0]
    p[1] = u[0]
    return np.sum(p**2) + np.sum(u * y)


for function in (
    bound_anew_at_the_end_of_a_turn, bound_anew_in_some_turns, written_after_the_loop,
    helper_that_copies_sometimes, one_of_two_and_new_ones, buffers_swapped_in_some_turns,
    buffer_that_an_inner_loop_takes, a_view_or_an_array, left_early_with_another_name,
    attempts_with_another_name, in_a_context,
):  # fmt: skip
    case(function, vecs(), "typed", wrt=(0, 1, 2))
for number in (0.5, 1.5):
    for function in (helper_that_copies_sometimes, in_a_context):
        name = f"{function.__name__}_{'yes' if number > 1.0 else 'no'}"
        case(function, lambda r, c=number: (normal(r, 4), normal(r, 4), c), "typed", name=name)

"""Corners of the language: what is bound late, changes its type, stops early or is read twice."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcgrad import grad, value_and_grad
from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


def any_stops(x):
    if any((y := z * x) > 2.0 for z in [1.0, 2.0, 3.0]):
        return y * x
    return x


case(any_stops, lambda r: (1.5,), hand=lambda x: 4.0 * x)


def any_of_two_loops(x):
    y = x
    if any((y := y * z * w) > 4.0 for z in [1.0, 2.0, 3.0] if z > 1.5 for w in [x, 1.0]):
        return y * x
    return x * y


case(any_of_two_loops, lambda r: (1.5,))
case(any_of_two_loops, lambda r: (0.1,), name="any_of_two_loops_none")


def all_stops_before_dividing(x):
    if all(x / a < 1.0 for a in [1.0, 0.0] for _ in range(2)):
        return x * x
    return x * x * x


case(all_stops_before_dividing, lambda r: (1.5,), hand=lambda x: 3.0 * x * x)


def walrus_of_the_turn_before(x):
    terms = [(y if i > 0 else 0.0) + (y := x * i) for i in range(3)]
    return sum(terms) * y


case(walrus_of_the_turn_before, lambda r: (1.5,))


def equal_keys(x, n):
    d = {"a": x, "b": x * x, "a": x * 3.0}  # noqa: F601
    e = {n % 2: x * x, n // 2 - 1: x}
    f = {i % 2: x * (i + 1) for i in range(n)}
    return d["a"] * d["b"] + e[0] * 3.0 + f[0] * f[1]


case(equal_keys, lambda r: (1.5, 2))
case(equal_keys, lambda r: (1.5, 4), name="equal_keys_apart")


def backwards_and_out(xs, v):
    s = 0.0
    for z, w in zip(reversed(xs), reversed(v)):
        s = s + z * z * w
        if z < 2.5:
            break
    for i, z in enumerate(reversed(xs)):
        s = s + z * i
        if i == 1:
            break
    return s + sum(p * q for p, q in zip(reversed(xs), v[:1]))


case(backwards_and_out, lambda r: ((1.0, 2.0, 3.0), normal(r, 3)), wrt=(0, 1))
case(
    backwards_and_out, lambda r: ([1.0, 2.0, 3.0], normal(r, 3)), wrt=(0, 1), name="backwards_list"
)


def items_backwards(d):
    s = 0.0
    for _, z in reversed(d.items()):
        s = s * z + z
    return s


case(items_backwards, lambda r: ({"a": 1.0, "b": 2.0, "c": 3.0},))


def lists_that_grow(xs):
    q = []
    for z in xs:
        q = q + [z * z]
        if len(q) > 1:
            q = q[1:] + q[:1]
    t = ()
    for z in xs:
        t += (z,)
    return sum(z * i for i, z in enumerate(q)) * t[0] + t[-1]


case(lists_that_grow, lambda r: ([1.0, 2.0, 3.0],))


def rows_of_lists(p):
    return sum(sum(z * z for z in row) for row in p)


case(rows_of_lists, lambda r: ([[1.0, 2.0], [3.0], []],))


def stack_of_work(x):
    stack = [(x, 0)]
    s = 0.0
    while stack:
        (z, depth), *stack = stack
        s = s + z
        if depth < 2:
            stack = stack + [(z * x, depth + 1), (z * 0.5, depth + 1)]
    return s


case(stack_of_work, lambda r: (0.5,))


def largest_or(x, xs):
    return max([], default=x) * max([x, 2.0 * x]) * min([z for z in xs if z > 3.0], default=x)


case(largest_or, lambda r: (0.5, [1.0]))


def whole_and_part(d, i):
    t = d["c"][i]
    return t * d["c"][0] + sum(d["c"])


case(whole_and_part, lambda r: ({"c": [0.1, 0.2]}, 0))


def read_for_nothing(d):
    t = d["c"][0 % 2]
    d["c"][0]
    return t


case(read_for_nothing, lambda r: ({"c": [0.1, 0.2]},), hand=lambda d: {"c": [1.0, 0.0]})


def bound_in_one_arm(x):
    for i in range(3):
        if i == 1:
            y = x * 2.0
        if i > 1:
            x = x * y
    return x


case(bound_in_one_arm, lambda r: (0.5,), hand=lambda x: 4.0 * x)


def bound_after_the_inner_loop(x):
    for i in range(3):
        for _ in range(i):
            x = x * y
        y = x + i
    return x


case(bound_after_the_inner_loop, lambda r: (0.6,))


def array_bound_late(x, M):
    for i in range(3):
        if i >= 1:
            y = M * x
        if i == 2:
            x = x + np.sum(y.T @ M)
        for j in range(i):
            x = x * 0.5 + y[0, j]
    return x


case(array_bound_late, lambda r: (0.6, normal(r, 2, 2)), wrt=(0, 1))


def containers_bound_late(x, d, n):
    if n > 1:
        if x > 0.9:
            return x * x
        e = {"a": d["a"] * 2.0}
    elif n > 0:
        e = d
    else:
        return x
    if x > 0.55 and n == 1:
        return x
    for i in range(n):
        if i == 1:
            f = (e["a"] * i, x)
        x = x + np.sum(e["a"])
        if i > 0:
            x = x * np.sum(f[0]) + f[1]
    return x + np.sum(e["a"] ** 2)


for n, x in ((2, 0.6), (2, 0.95), (1, 0.3), (1, 0.7), (0, 0.3)):
    case(
        containers_bound_late,
        lambda r, n=n, x=x: (x, {"a": normal(r, 2)}, n),
        wrt=(0, 1),
        name=f"containers_bound_late_{n}_{x}",
    )


def returns_from_deep_inside(x):
    for i in range(4):
        for j in range(3):
            if i * j > 4:
                return x * a
            if j == 1:
                a = x * i
                continue
            while x < 1.0:
                x = x * 1.5
                if x > 0.95:
                    break
            else:
                b = x
            if i == 2:
                x = x * b
    return x


case(returns_from_deep_inside, lambda r: (0.6,))


def leaves_before_it_is_bound(x, w):
    t = x
    if x < 0.0:
        t = w
    elif x > 3.0:
        return 1.0 * x
    return np.sum(t)


for x in (-0.5, 0.5, 3.5):
    case(
        leaves_before_it_is_bound,
        lambda r, x=x: (x, normal(r, 2)),
        wrt=(0, 1),
        name=f"leaves_before_it_is_bound_{x}",
    )


def number_then_array(x, v, n):
    t = x
    for _ in range(n):
        t = v
    s = x
    for i in range(n):
        s = v * x if i == 0 else s + x
    return np.sum(t) + np.sum(s)


case(number_then_array, lambda r: (0.5, normal(r, 3), 2), wrt=(0, 1))
case(number_then_array, lambda r: (0.5, normal(r, 3), 0), wrt=(0, 1), name="number_stays_number")


def which_function(x):
    if x < 0.1:
        f = lambda z: x * z
    elif x > 5.0:
        return 0.5 * x
    elif x > 0.3:
        f = math.sin
    else:

        def f(z):
            return z

    return f(x) if x > 0.35 else f(x) * 2.0


for x in (0.05, 6.0, 0.4, 0.32, 0.2):
    case(which_function, lambda r, x=x: (x,), name=f"which_function_{x}")


def composed(f, x, n):
    return x if n == 0 else f(composed(f, x, n - 1))


def recursion_with_functions(k, b):
    s = composed(lambda z: z * k, 2.0, 3) + composed(math.sin, k, 2)
    for i in range(2):
        s = s + composed(lambda t: t * b + i * k, s, 2)
    return s


case(recursion_with_functions, lambda r: (0.5, 1.2), wrt=(0, 1))


def lists_as_arrays(xs, v):
    near = [xs[0], xs[1] * xs[0]]
    return (
        np.dot(xs, xs)
        + np.sum(np.exp(xs))
        + np.mean(xs)
        + np.sum(xs * v)
        + np.linalg.norm(near)
        + np.dot(near, [1.0, 2.0])
    )


case(lists_as_arrays, lambda r: ([1.0, 2.0], normal(r, 2)), "lists", wrt=(0, 1))
case(
    lists_as_arrays,
    lambda r: ((1.0, 2.0), normal(r, 2)),
    "lists",
    wrt=(0, 1),
    name="tuples_as_arrays",
)


def dict_of_pairs(x):
    d = dict((str(i), x * i) for i in range(3))
    return d["2"] * d["1"]


case(dict_of_pairs, lambda r: (0.5,))


def cube(z):
    return z**3


def weighted(a, b):
    return a * a * b


def gradients_inside(x):
    s = 0.0
    for i in range(3):
        s = s + grad(cube)(x * i) * x
    d_a, d_b = grad(weighted, wrt=(0, 1))(x, x * 2.0)
    value, slope = value_and_grad(weighted)(x, 3.0)
    return s + d_a * d_b + value * slope + grad(grad(cube))(x)


case(gradients_inside, lambda r: (0.4,))


def stepwise(v):
    s = np.sum(v)
    while s < 3.0:
        s = s * s + 1.0
        for i in range(3):
            if i == 1:
                continue
            if s > 2.0:
                break
            s = s + v[i]
    return s


def gradient_of_loops_inside(v):
    return np.sum(grad(stepwise)(v) ** 2)


case(gradient_of_loops_inside, lambda r: (0.2 * positive(r, 3),))


def best_so_far(xs):
    best: Any = None
    for z in xs:
        if best is None or z > best[0]:
            best = (z, z * xs[0])
    return best[1]


case(best_so_far, lambda r: ([0.5, 1.5, 1.0],))

"""break, continue, early return and the else of a loop, anywhere."""

from __future__ import annotations

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


def early_return(x):
    if x < 0.0:
        return 2.0 * x
    y = x * x
    if y > 10.0:
        return y
    return y * x


case(early_return, lambda r: (-0.5,), "golden")
case(early_return, lambda r: (4.0,), name="early_return_2")
case(early_return, lambda r: (0.5,), name="early_return_3")


def break_in_for(x):
    s = 0.0
    for i in range(10):
        s = s + x ** i
        if s > 2.0:
            break
    return s * x


case(break_in_for, lambda r: (0.8,), "golden")
case(break_in_for, lambda r: (0.3,), name="break_in_for_never")


def break_first(x):
    for i in range(5):
        if x > 0:
            break
        x = x * 2.0
    return x * i


case(break_first, lambda r: (0.5,), hand=lambda x: 0.0)
case(break_first, lambda r: (-0.5,), name="break_first_never", hand=lambda x: 4 * 32.0)


def continue_in_for(x):
    s = 0.0
    for i in range(8):
        if i % 3 == 1:
            continue
        t = x * i
        if np.sin(t) < 0.0:
            continue
        s = s + t * t
    return s


case(continue_in_for, lambda r: (0.8,), "golden")


def return_in_loop(x):
    y = x
    for i in range(10):
        y = y * 1.5
        if y > 3.0:
            return y * y
    return y


case(return_in_loop, lambda r: (0.8,))
case(return_in_loop, lambda r: (0.01,), name="return_in_loop_never")


def return_in_nested_loops(A):
    s = 0.0
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            s = s + A[i, j] ** 2
            if s > 3.0:
                return s * A[i, j]
        s = s * 0.9
    return s


case(return_in_nested_loops, lambda r: (positive(r, 4, 3),))
case(
    return_in_nested_loops,
    lambda r: (0.1 * positive(r, 4, 3),),
    name="return_in_nested_loops_never",
)


def break_in_nested_loops(A, x):
    s = 0.0
    for row in A:
        t = 0.0
        for a in row:
            if a < -1.0:
                continue
            t = t + a * x
            if t > 1.5:
                break
        else:
            t = t * 2.0
        if s > 6.0:
            break
        s = s + t * t
    return s


case(break_in_nested_loops, lambda r: (normal(r, 5, 4), 0.8), "golden", wrt=(0, 1))
case(
    break_in_nested_loops,
    lambda r: (positive(r, 5, 4), 0.8),
    wrt=(0, 1),
    name="break_in_nested_loops_2",
)


def for_else(x, limit):
    for i in range(6):
        x = x * 1.3
        if x > limit:
            y = x * x
            break
    else:
        y = -x
    return y


case(for_else, lambda r: (1.0, 2.0), "golden")
case(for_else, lambda r: (1.0, 9.0), name="for_else_ran_out")


def while_else(x):
    n = 0
    while x < 5.0:
        x = x * 1.7
        n += 1
        if n == 3:
            break
    else:
        x = x * 10.0
    return x + n


case(while_else, lambda r: (1.0,), hand=lambda x: 1.7 ** 3)
case(while_else, lambda r: (2.0,), name="while_else_ran_out", hand=lambda x: 10 * 1.7 ** 2)


def while_true(x):
    k = 0
    while True:
        x = np.cos(x)
        k += 1
        if k >= 7:
            break
        if x < 0.0:
            continue
        x = x * 1.1
    return x


case(while_true, lambda r: (0.4,))


def while_true_return(a):
    x = a
    while True:
        new = 0.5 * (x + a / x)
        if abs(new - x) < 1e-9:
            return new
        x = new


case(while_true_return, lambda r: (2.0,), "golden", hand=lambda a: 0.5 / np.sqrt(a))


def return_from_while_in_for(xs):
    for x in xs:
        y = x
        while y < 4.0:
            y = y * 1.9
            if 2.0 < y < 2.4:
                return y * x
            if y > 3.5:
                break
    return y


case(return_from_while_in_for, lambda r: (np.array([1.0, 0.7, 1.2, 0.5]),))
case(
    return_from_while_in_for,
    lambda r: (np.array([1.0, 1.0]),),
    name="return_from_while_in_for_never",
)


def search_then_use(x, table):
    for k, edge in enumerate(table):
        if x < edge:
            break
    else:
        return x
    return (x - edge) ** 2 * (k + 1)


case(search_then_use, lambda r: (1.3, [0.5, 1.0, 2.0]), wrt=(0, 1))
case(search_then_use, lambda r: (3.0, [0.5, 1.0, 2.0]), wrt=(0, 1), name="search_then_use_none")


def state_space(A, x0, us, tol):
    x = x0
    cost = 0.0
    for u in us:
        x = np.tanh(A @ x) + u
        step = np.sum(x * x)
        cost = cost + step
        if step < tol:
            break
    return cost


case(
    state_space,
    lambda r: (0.4 * normal(r, 3, 3), normal(r, 3), 0.3 * normal(r, 6, 3), 0.05),
    "golden",
    wrt=("A", "x0", "us"),
)


def continue_at_top(xs):
    s = 1.0
    for x in xs:
        if x <= 0.0:
            continue
        s *= x
    return s


case(continue_at_top, lambda r: (normal(r, 6),))


def returns_in_all_arms(x, mode):
    if mode == 0:
        return x * x
    elif mode == 1:
        return np.sin(x)
    else:
        return x


case(returns_in_all_arms, lambda r: (0.3, 1))


def guard_with_raise(x):
    total = 0.0
    for item in x:
        if item > 100.0:
            raise OverflowError("too large")
        total += item ** 3
    return total


case(guard_with_raise, lambda r: (normal(r, 4),))

"""Branches and loops."""

from __future__ import annotations

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


def if_elif_else(x, kind):
    if kind == "sin":
        y = np.sin(x)
    elif kind == "square" and x > 0:
        y = x * x
    elif kind is None:
        y = 2.0 * x
    else:
        y = np.exp(x)
    return y * x


for kind in ("sin", "square", None, "exp"):
    case(
        if_elif_else,
        lambda r, kind=kind: (0.7, kind),
        *(["golden"] if kind == "sin" else []),
        name=f"if_elif_else_{kind}",
    )


def branch_on_array(x):
    if np.sum(x) > 0.0:
        y = x * x
    else:
        y = x * 3.0
    return np.sum(y)


case(branch_on_array, lambda r: (positive(r, 4),), "golden")
case(branch_on_array, lambda r: (-positive(r, 4),), name="branch_on_array_negative")


def nested_branches(x, y):
    if x > 0:
        if y > 0:
            z = x * y
        else:
            z = x - y
        z = z * z
    else:
        z = y
    return z + x


case(nested_branches, lambda r: (0.7, 0.4), wrt=(0, 1))
case(nested_branches, lambda r: (0.7, -0.4), wrt=(0, 1), name="nested_branches_2")
case(nested_branches, lambda r: (-0.7, -0.4), wrt=(0, 1), name="nested_branches_3")


def one_armed(x):
    y = x * 2.0
    if x > 0.5:
        y = y * x
    return y


case(one_armed, lambda r: (0.7,), "golden")
case(one_armed, lambda r: (0.3,), name="one_armed_not_taken")


def ternaries(x, y):
    a = x if x > y else y * 2.0
    return (a * a if a < 5.0 else a) + (0.0 if y else x)


case(ternaries, lambda r: (0.7, 0.4), wrt=(0, 1))
case(ternaries, lambda r: (0.7, 4.0), wrt=(0, 1), name="ternaries_2")


def boolean_operators(x, y):
    a = x or y
    b = x and y
    c = 0.0 or y * x
    inside = 0.0 < x <= 1.0 < y
    return a * b + c if inside and not (x > y) else a - b


case(boolean_operators, lambda r: (0.7, 1.4), wrt=(0, 1))
case(boolean_operators, lambda r: (0.7, 0.4), wrt=(0, 1), name="boolean_operators_2")
case(
    boolean_operators,
    lambda r: (0.0, 0.4),
    "kink",
    wrt=(0, 1),
    name="boolean_operators_zero",
    hand=lambda x, y: (-1.0, 1.0),
)


def power_loop(x, n):
    y = 1.0
    for _ in range(n):
        y = y * x
    return y


case(power_loop, lambda r: (1.1, 5), "golden", hand=lambda x, n: 5 * 1.1 ** 4)
case(power_loop, lambda r: (1.1, 0), name="power_loop_no_turn", hand=lambda x, n: 0.0)


def loop_over_array(x):
    total = 0.0
    for item in x:
        total = total * 0.9 + np.sin(item)
    return total


case(loop_over_array, lambda r: (normal(r, 5),), "golden")


def loop_over_rows(X, w):
    total = 0.0
    for row in X:
        total += np.tanh(row @ w)
    return total


case(loop_over_rows, lambda r: (normal(r, 4, 3), normal(r, 3)), wrt=(0, 1))


def loop_with_index(x, w):
    s = 0.0
    for i in range(1, len(x) - 1):
        s += w * (x[i + 1] - 2.0 * x[i] + x[i - 1]) ** 2
    return s


case(loop_with_index, lambda r: (normal(r, 6), 0.3), "golden", wrt=(0, 1))


def loop_downwards(x):
    s = 1.0
    for i in range(len(x) - 1, -1, -2):
        s = s * x[i] + i
    return s


case(loop_downwards, lambda r: (normal(r, 6),))


def loop_zip(xs, ys):
    s = 0.0
    for a, b in zip(xs, ys):
        s = s + a * b ** 2
    return s


case(loop_zip, lambda r: (normal(r, 4), normal(r, 4)), "golden", wrt=(0, 1))
case(loop_zip, lambda r: ([0.1, 0.2, 0.3], (1.0, 2.0)), wrt=(0, 1), name="loop_zip_uneven")


def loop_enumerate(x):
    s = 0.0
    for i, item in enumerate(x, start=1):
        s += item ** i
    return s


case(loop_enumerate, lambda r: (normal(r, 4),))


def loop_enumerate_zip(xs, ys):
    s = 0.0
    for i, (a, b) in enumerate(zip(xs, ys)):
        s = s * 0.5 + (i + 1) * a * b
    return s


case(loop_enumerate_zip, lambda r: (normal(r, 4), normal(r, 4)), wrt=(0, 1))


def loop_reversed(x):
    s = 0.0
    for item in reversed(x):
        s = s * 0.5 + item * item
    for i in reversed(range(3)):
        s = s * x[i]
    return s


case(loop_reversed, lambda r: (normal(r, 4),))
case(loop_reversed, lambda r: ([0.4, 0.5, 0.6],), name="loop_reversed_list")


def nested_loops(A, x):
    total = 0.0
    for i in range(A.shape[0]):
        row = 0.0
        for j in range(A.shape[1]):
            row += A[i, j] * x[j]
        total += row * row
    return total


case(nested_loops, lambda r: (normal(r, 3, 4), normal(r, 4)), "golden", wrt=(0, 1))


def loop_in_branch(x, n):
    if n > 2:
        y = x
        for k in range(n):
            y = np.sin(y) + x
    else:
        y = x * x
    return y


case(loop_in_branch, lambda r: (0.6, 4))
case(loop_in_branch, lambda r: (0.6, 1), name="loop_in_branch_other_arm")


def branch_in_loop(x):
    y = x
    for k in range(6):
        if y > 1.0:
            y = y * 0.3
        elif k % 2:
            y = y + x
        else:
            y = y * 2.0
    return y


case(branch_in_loop, lambda r: (0.6,), "golden")


def while_loop(x):
    n = 0
    while abs(x) > 0.1:
        x = x * 0.5
        n += 1
    return x * n


case(while_loop, lambda r: (3.0,), hand=lambda x: 5 / 32)


def newton_sqrt(a):
    x = a
    err = 1.0
    while err > 1e-8:
        new = 0.5 * (x + a / x)
        err = abs(new - x)
        x = new
    return x


case(newton_sqrt, lambda r: (2.0,), "golden", hand=lambda a: 0.5 / np.sqrt(a))


def starts_as_integer(X):
    s = 0
    for row in X:
        s = s + row
    return np.sum(s ** 2)


case(starts_as_integer, lambda r: (normal(r, 4, 3),), "golden")


def starts_as_none(x):
    best = None
    for item in x:
        if best is None or item > best:
            best = item
    return best * best


case(starts_as_none, lambda r: (np.array([0.3, 1.2, -0.5]),))


def scalar_then_array(x, w):
    h = 0.0
    for t in range(3):
        h = np.tanh(x * h + w)
    return h.sum()


case(scalar_then_array, lambda r: (normal(r, 3), normal(r, 3)), wrt=(0, 1))


def defined_in_loop(x):
    for k in range(3):
        y = x * k
    return y + k


case(defined_in_loop, lambda r: (0.6,), hand=lambda x: 2.0)


def swaps(a, b):
    for _ in range(5):
        a, b = b, a + 0.5 * b
    return a * b


case(swaps, lambda r: (0.3, 0.4), "golden", wrt=(0, 1))


def ode(y, k, dt, steps):
    for _ in range(steps):
        dy = -k * y + np.sin(y)
        y = y + dt * dy
    return y * y


case(ode, lambda r: (1.0, 0.5, 0.1, 12), "golden", wrt=("y", "k"))


def loop_over_list_of_lists(rows):
    s = 0.0
    for row in rows:
        for item in row:
            s += item * s + item
    return s


case(loop_over_list_of_lists, lambda r: ([[0.1, 0.2], [0.3], []],))


def loop_unused_result(x):
    s = 0.0
    junk = 0.0
    for i in range(4):
        junk = junk + np.cos(x * i)
        s = s + x
    return s


case(loop_unused_result, lambda r: (0.3,), hand=lambda x: 4.0)

"""Views and other names of arrays that are written: whoever looks sees what stands there now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.zoo_case import Case, collector, normal

CASES: list[Case] = []
case = collector(CASES)


def vector(n: int = 5):
    return lambda r: (normal(r, n),)


def two(n: int = 5):
    return lambda r: (normal(r, n), normal(r, n))


def matrix(n: int = 3, m: int = 4):
    return lambda r: (normal(r, n, m),)


# other names


def other_name(x):
    a = x * 2.0
    b = a
    a[0] = x[1] ** 2
    b[2] *= a[0]
    return np.sum(a * b * x)


def other_name_augmented(x):
    a = x * 1.0
    b = a
    a += b
    b *= x
    a[1:] -= b[:-1]
    return np.sum(a * a) + np.sum(b)


def copy_breaks_the_tie(x):
    a = x * x
    b = a.copy()
    a[:2] = 0.0
    b[3] *= a[4]
    c = np.array(b)
    b *= 2.0
    return np.sum(a * b * c)


def own_name_copied(x):
    x = x.copy()
    x[0] = x[1] * x[2]
    x = x.copy()
    y = x
    x = x * 2.0
    y[1] = 5.0 * y[0]
    return np.sum(x * y)


def parameter_written(x):
    x[0] = x[1] ** 2
    x[2:] *= x[0]
    return np.sum(x * x)


def parameter_augmented(x, y):
    x += y
    y *= x
    x -= 1.0
    return np.sum(x * y)


def parameter_and_another_name(x):
    z = x
    z[1:] += z[:-1] ** 2
    return np.dot(x, z)


# views before and after writes, both ways


def view_read_after_write_to_base(x):
    u = x * 2.0
    v = u[1:3]
    u[1] = x[0] ** 2
    u[2:] *= x[3]
    return np.sum(v * v) + np.sum(u)


def base_read_after_write_to_view(x):
    u = x * 2.0
    v = u[1:4]
    v[0] = 10.0 * x[0]
    v *= x[4]
    v[1:] += v[:-1]
    return np.sum(u**2)


def both_ways(x):
    u = x.copy()
    v = u[2:]
    w = u[1:4]
    v[0] = w[0] * x[0]
    w[1:] += v[1:]
    u[3] = v[0] * w[2]
    return np.sum(u * u) + np.sum(v * x[2:]) + np.dot(w, w)


def view_taken_twice(x):
    u = x.copy()
    a = u[:3]
    s = np.sum(a * a)
    u[0] = s
    b = u[:3]
    t = np.sum(a * b)
    b[1] = t
    return np.sum(a) * s + t


def value_before_the_write(x):
    u = x.copy()
    before = u[1] * u[2]
    v = u[1:3] * 1.0
    u[1:3] = 7.0
    return before * np.sum(v * v) + np.sum(u)


def number_taken_before_the_write(x):
    u = x.copy()
    a = u[1]
    u[1] = 2.0 * a
    b = u[1]
    u[1] += b * a
    return a * b * u[1]


# views of views


def views_of_views_again(x):
    u = x.copy()
    v = u[1:]
    w = v[::2]
    w[1] = w[0] * x[0]
    v[1:3] *= 2.0
    u[::-1][0] += w[1]
    return np.sum(u * u) + np.sum(w * v[:3])


def reversed_view(x):
    u = x.copy()
    r = u[::-1]
    r[0] = x[0] ** 2
    r[1:3] = u[:2]
    u[2] *= r[2]
    return np.sum(r * np.arange(5.0) * u)


def rows_of_a_view(A):
    B = A.copy()
    C = B[1:, ::2]
    r = C[0]
    r[1] = r[0] * A[0, 0]
    C[1] += r
    return np.sum(B * B * A)


def view_with_newaxis(x):
    u = x.copy()
    c = u[:, None]
    c[1] = x[0] ** 2
    c[2:] *= 3.0
    d = u[None]
    d[0, 0] = x[4]
    return np.sum(c @ d)


def transposed(A):
    B = A.copy()
    T = B.T
    T[1, 0] = A[2, 2] ** 2
    T[2] *= T[1]
    B[0] += T[0, 0]
    return np.sum(T @ B)


def transposed_functions(A):
    B = A.copy()
    np.transpose(B)[1, :2] = A[0, :2]
    B.transpose()[2:] *= 3.0
    np.swapaxes(B, 0, 1)[0, 0] = A[1, 1] ** 2
    return np.sum(B * A)


def transposed_three_axes(A):
    B = A * 2.0
    B.transpose(2, 0, 1)[1, 0] = A[0, :, 0]
    np.moveaxis(B, 0, 2)[0, 1] *= A[0, 0, 0]
    B.swapaxes(0, 2)[0, 1, :] += A[1, 1, 0]
    return np.sum(B**2)


def reshaped(x):
    u = x * 2.0
    M = u.reshape(2, 3)
    M[0, 1] = x[0] ** 2
    M[1] *= M[0]
    u[5] += M[0, 2]
    return np.sum(M * M) + np.sum(u)


def raveled(A):
    B = A.copy()
    f = B.ravel()
    f[1:5] = A[0, 0] * f[2:6]
    np.ravel(B)[7] *= 2.0
    B.reshape(-1)[0] = A[1, 1] ** 2
    return np.sum(B * A)


def flattened_is_a_copy(A):
    B = A.copy()
    f = B.flatten()
    f[0] = A[1, 1] ** 2
    B[1] *= f[:4]
    return np.sum(B * B) + np.sum(f)


def reshape_of_a_transpose_is_a_copy(A):
    B = A.copy()
    f = B.T.copy().reshape(-1)
    f[1] = A[0, 0]
    return np.sum(B * A) + np.sum(f**2)


def squeezed_and_expanded(x):
    u = x.copy()
    c = np.expand_dims(u, 1)
    c[0, 0] = x[1] ** 2
    s = np.squeeze(c)
    s[2:] *= x[0]
    s[1] += c[2, 0]
    return np.sum(u**3)


def at_least(x, c):
    u = x.copy()
    a = np.atleast_1d(u)
    a[0] = c * c
    b = np.atleast_2d(u)
    b[0, 1:] *= c
    return np.sum(u**2) + np.sum(b)


def diagonal_read_after_write(A):
    B = A.copy()
    d = np.diag(B)
    s = np.sum(d * d)
    B[1, 1] = A[0, 1] ** 2
    return np.sum(np.diagonal(B) * A[0, :3]) + s + np.trace(B)


def diagonal_view_after_write(A):
    B = A.copy()
    d = np.diagonal(B)
    B[1, 1] = A[0, 1] ** 2
    return np.sum(d * d)


def asarray_is_the_same(x):
    u = x * 2.0
    v = np.asarray(u)
    v[1:] = x[:-1] ** 2
    w = np.asanyarray(v)
    w *= u
    return np.sum(u * x)


def flipped(A):
    B = A.copy()
    np.flip(B, axis=0)[0] = A[0] ** 2
    np.fliplr(B)[:, 0] *= A[:, 0]
    np.flipud(B)[1:] += 1.0
    return np.sum(B * B)


def split_parts_again(x):
    u = x * 1.0
    a, b = u[:3], u[3:]
    a += b[0]
    b[:] = a[1:3] * x[0]
    return np.sum(u * u)


def broadcast_is_read(x):
    u = x.copy()
    B = np.broadcast_to(x, (3, 5)).copy()
    B[1] = u * u
    u[0] = B[2, 1]
    return np.sum(B * u)


# rows as loop variables


def rows_written(A):
    B = A.copy()
    for row in B:
        row *= 2.0
        row[1:] += row[0] * row[:-1]
    return np.sum(B * A)


def rows_written_in_pairs(A, v):
    B, C = A.copy(), np.zeros((3, 4))
    for b, c, f in zip(B, C, v):
        c[:] = b * f
        b[0] = c[1] ** 2
    return np.sum(B * C)


def rows_written_with_number(A):
    B = A * 1.0
    for i, row in enumerate(B):
        row[i] = np.sum(row) * A[0, i]
        if i == 1:
            row[0] *= i
    return np.sum(B**2)


def rows_while_base_is_written(A):
    B = A.copy()
    for i, row in enumerate(B):
        if i + 1 < len(B):
            B[i + 1] += row**2
        row[0] = 0.5
    return np.sum(B * A)


def pairs_of_a_written_array(x):
    u = x.copy()
    k = 0
    for a, b in zip(u[:-1], u[1:]):
        u[k + 1] = a * b + b
        k += 1
    return np.sum(u * x)


def backwards_while_written(x):
    u = x.copy()
    i, s = len(x) - 1, 0.0
    for v in reversed(u):
        if i > 0:
            u[i - 1] += 0.5 * v * v
        i -= 1
        s += v
    return s + np.sum(u)


def rows_kept_in_a_dict(A):
    B = A.copy()
    rows = {i: B[i] for i in range(3)}
    B[1] *= 2.0
    return np.sum(rows[1] * A[0])


def rows_kept_in_a_list(A):
    B = A.copy()
    rows = list(B)
    rows[1][:] = A[0] ** 2
    return np.sum(B * A)


def row_taken_of_kept_rows(A):
    B = A.copy()
    rows = [row for row in B]
    row = rows[1]
    B[1] *= 2.0
    return np.sum(row * A[0])


def transposes_in_one_block(A):
    B = np.stack([A.T, A.T])
    f = B.reshape(-1)
    f[1] = A[0, 0] ** 2
    return np.sum(B * B) + np.sum(f)


def flattened_column_by_column(A):
    B = A.copy()
    f = B.ravel("F")
    f[1] = A[0, 0] ** 2
    return np.sum(B * B) + np.sum(f)


def _squared_halves(u, lo, hi):
    if hi - lo < 1:
        return 0.0
    m = (lo + hi) // 2
    u[m] = u[m] ** 2
    return _squared_halves(u, lo, m) + _squared_halves(u, m + 1, hi)


def recursion_that_writes(x):
    u = x.copy()
    _squared_halves(u, 0, 4)
    return np.sum(u * x)


def _grown(u, n):
    u += n
    return u if n < 1 else _grown(u, n - 1)


def recursion_that_augments(x):
    u = x.copy()
    return np.sum(_grown(u, 2) * u)


def columns_written(A):
    B = A.copy()
    for column in B.T:
        column /= np.sqrt(np.sum(column**2))
    return np.sum(B**3)


def entries_do_not_write(x):
    u = x.copy()
    for e in u:
        e += 1.0
        u[0] += e
    return np.sum(u * x)


def rows_by_index(A):
    B = A.copy()
    for i in range(3):
        row = B[i]
        row[i:] *= A[i, 0]
        row -= np.mean(row)
    return np.sum(B**3)


def view_kept_over_turns(x):
    u = x.copy()
    v = u[1:]
    for i in range(4):
        v[i] = v[i] * u[i]
        u[0] += v[i]
    return np.sum(v * u[:-1])


def last_row_after_the_loop(A):
    B = A.copy()
    row = B[0]
    for i in range(3):
        row = B[i]
        row[0] = A[i, 1] ** 2
    return np.sum(B * B) + np.sum(B[2] * 2.0)


# containers of arrays


def views_in_a_tuple(x):
    u = x.copy()
    parts = (u[:2], u[2:])
    parts[0][1] = x[3] ** 2
    a, b = parts
    b *= a[1]
    return np.sum(u * u) + np.sum(parts[1])


def arrays_in_a_list(x):
    u, v = x.copy(), x * x
    both = [u, v]
    both[0][0] = v[1]
    u[1:] *= both[1][:-1]
    both[1] -= u
    return np.sum(u * v)


def arrays_of_a_list_in_turn(x):
    u, v = x.copy(), x * x
    for w in (u, v):
        w *= 0.5
    return np.sum(u * v)


def arrays_in_a_dict_again(x):
    state = {"u": x.copy(), "v": np.zeros(5)}
    state["v"][1:] = state["u"][:-1] ** 2
    u = state["u"]
    u *= state["v"]
    state["u"][0] = x[0]
    return np.sum(state["u"] * x) + np.sum(state["v"])


def dict_parameter_written(p):
    p["w"][0] = p["b"] * p["w"][1]
    w = p["w"]
    w *= 2.0
    return np.sum(p["w"] ** 2)


def dict_parameter_several(p, x):
    p["a"] += x
    p["b"][1:] = p["a"][1:] * p["b"][:-1]
    p["a"][:2] = p["b"][1:3]
    return np.sum(p["a"] * p["b"])


def list_parameter_written(ws):
    ws[0][1:] *= ws[1][:-1]
    a, b = ws
    b -= a
    return np.sum(a * b)


@dataclass
class State:
    """A position, a speed and a mass."""

    x: Any
    v: Any
    m: float


def dataclass_parameter_written(s):
    for _ in range(3):
        s.v -= 0.1 * s.x / s.m
        s.x[:] = s.x + 0.1 * s.v
        s.x[0] *= 0.9
    return np.sum(s.x**2) + np.sum(s.v * s.x)


# helpers


def _normalise(v):
    v /= np.sqrt(np.sum(v * v))


def _smooth(u, c):
    u[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    u[0] = u[1]


def _inside(u):
    return u[1:-1]


def _scaled(u, c):
    u *= c
    return u


def _swap(a, i, j):
    a[i], a[j] = a[j], a[i]


def _halves(u):
    n = len(u) // 2
    return u[:n], u[n:]


def helper_writes_its_argument(x, c):
    u = x.copy()
    _smooth(u, c)
    _smooth(u[1:], c * c)
    _normalise(u)
    return np.sum(u**3)


def helper_returns_a_view_again(x):
    u = x * 2.0
    inner = _inside(u)
    inner *= x[1:-1]
    _inside(inner)[0] = x[0]
    return np.sum(u**2)


def helper_returns_its_argument(x, c):
    u = x.copy()
    v = _scaled(u, c)
    v[0] = u[1] * c
    return np.sum(u * v)


def helper_swaps(x):
    u = x.copy()
    for i in range(2):
        _swap(u, i, 4 - i)
        u[i] *= x[i]
    return np.dot(u, np.arange(5.0))


def helper_returns_two_views(x):
    u = x.copy()
    lo, hi = _halves(u)
    lo *= hi[:2]
    hi[0] = lo[1]
    return np.sum(u**2)


def helper_in_an_expression(x):
    u = x.copy()

    def bump(k):
        u[k] = u[k] ** 2 + u[k - 1]
        return u[k]

    total = u[1] + bump(1) * u[1]
    total += bump(2) - u[2] * bump(1)
    return total + np.sum(u)


def closure_writes_again(x):
    grid = np.zeros((2, 5))

    def deposit(k, v):
        grid[k] += v
        grid[k, 0] = v[1] * grid[k, 2]

    deposit(0, x)
    deposit(1, x * x)
    deposit(0, grid[1])
    return np.sum(grid**2)


def step_of_a_simulation(u, v, dt):
    u = u.copy()
    v = v.copy()

    def step():
        u[1:-1] += dt * (v[2:] - v[:-2])
        v[1:-1] += dt * (u[2:] - u[:-2]) * u[1:-1]

    for _ in range(3):
        step()
    return np.sum(u * v)


def returns_none_when_called(x):
    def run(state, n):
        for i in range(n):
            state[i + 1] += np.sin(state[i])

    state = x.copy()
    run(state, 4)
    return np.sum(state**2)


def same_array_twice(x):
    def combine(a, b):
        a[0] = b[1] ** 2
        b[2] = a[0] * a[1]
        return np.sum(a * b)

    u = x.copy()
    return combine(u, u) + np.sum(u)


def overlapping_arguments(x):
    def combine(a, b):
        a[1:] += b[:-1]
        b *= a
        return np.dot(a, b)

    u = x.copy()
    return combine(u[:4], u[1:]) + np.sum(u)


# branches that choose between arrays


def one_of_two_names(x, c):
    u = x.copy()
    v = u if c > 0.0 else u
    v[0] = c * x[1]
    return np.sum(u * v)


def view_taken_in_an_arm(x, c):
    u = x.copy()
    if c > 0.0:
        w = u[1:]
        w *= c
    else:
        w = u[:-1]
        w[0] = c
    return np.sum(u**2)


def copy_in_an_arm(x, c):
    u = x.copy()
    if c > 0.0:
        u = u.copy()
        u[0] = c * c
    else:
        u[1] = c
    u[2] *= u[0]
    return np.sum(u**2)


def conditional_copy(x, inplace):
    v = x if inplace else x.copy()
    v[1:] *= v[:-1]
    return np.sum(v**2)


case(other_name, vector())
case(other_name_augmented, vector(), "typed")
case(copy_breaks_the_tie, vector())
case(own_name_copied, vector())
case(parameter_written, vector())
case(parameter_augmented, two(), wrt=(0, 1))
case(parameter_and_another_name, vector())
case(view_read_after_write_to_base, vector())
case(base_read_after_write_to_view, vector(), "typed")
case(both_ways, vector())
case(view_taken_twice, vector())
case(value_before_the_write, vector())
case(number_taken_before_the_write, vector(3), "typed")
case(views_of_views_again, vector(6))
case(reversed_view, vector())
case(rows_of_a_view, matrix(), "typed")
case(view_with_newaxis, vector())
case(transposed, lambda r: (normal(r, 3, 3),))
case(transposed_functions, lambda r: (normal(r, 3, 3),))
case(transposed_three_axes, lambda r: (normal(r, 2, 2, 2),))
case(reshaped, vector(6), "typed")
case(raveled, matrix(), "typed")
case(flattened_is_a_copy, matrix())
case(reshape_of_a_transpose_is_a_copy, matrix())
case(squeezed_and_expanded, vector())
case(at_least, lambda r: (normal(r, 4), normal(r)), "typed", wrt=(0, 1))
case(diagonal_read_after_write, matrix())
case(diagonal_view_after_write, matrix())
case(asarray_is_the_same, vector(), "typed")
case(flipped, lambda r: (normal(r, 3, 3),))
case(split_parts_again, vector(), "typed")
case(broadcast_is_read, vector())
case(rows_written, matrix(), "typed")
case(rows_written_in_pairs, lambda r: (normal(r, 3, 4), normal(r, 3)), "typed", wrt=(0, 1))
case(rows_written_with_number, matrix(), "typed")
case(rows_while_base_is_written, matrix(), "typed")
case(recursion_that_writes, vector(4), "may_refuse", "typed")
case(recursion_that_augments, vector(4), "typed")
case(pairs_of_a_written_array, vector(), "typed")
case(backwards_while_written, vector(), "typed")
for function in (
    rows_kept_in_a_dict,
    rows_kept_in_a_list,
    row_taken_of_kept_rows,
    transposes_in_one_block,
    flattened_column_by_column,
):  # refused: which memory is written is not certain
    case(function, matrix(), "may_refuse", "typed")
case(columns_written, matrix(), "typed")
case(entries_do_not_write, vector(), "typed")
case(rows_by_index, matrix(), "typed")
case(view_kept_over_turns, vector())
case(last_row_after_the_loop, matrix(), "typed")
case(views_in_a_tuple, vector(), "typed")
case(arrays_in_a_list, vector(), "typed")
case(arrays_of_a_list_in_turn, vector(), "may_refuse")
case(arrays_in_a_dict_again, vector(), "typed")
case(dict_parameter_written, lambda r: ({"w": normal(r, 3), "b": normal(r)},), "typed")
case(
    dict_parameter_several,
    lambda r: ({"a": normal(r, 4), "b": normal(r, 4)}, normal(r, 4)),
    "typed",
    wrt=(0, 1),
)
case(list_parameter_written, lambda r: ([normal(r, 4), normal(r, 4)],), "typed")
case(
    dataclass_parameter_written,
    lambda r: (State(normal(r, 3), normal(r, 3), 2.0),),
    "may_refuse",
)
case(helper_writes_its_argument, lambda r: (normal(r, 6), 0.3), "typed", wrt=(0, 1))
case(helper_returns_a_view_again, vector(6), "typed")
case(helper_returns_its_argument, lambda r: (normal(r, 4), normal(r)), "typed", wrt=(0, 1))
case(helper_swaps, vector(), "typed")
case(helper_returns_two_views, vector(4), "typed")
case(helper_in_an_expression, vector(), "typed")
case(closure_writes_again, vector())
case(step_of_a_simulation, lambda r: (normal(r, 5), normal(r, 5), 0.2), wrt=(0, 1, 2))
case(returns_none_when_called, vector())
case(same_array_twice, vector())
case(overlapping_arguments, vector(), "typed")
case(one_of_two_names, lambda r: (normal(r, 4), 0.7), wrt=(0, 1))
case(view_taken_in_an_arm, lambda r: (normal(r, 4), 0.7), "typed", wrt=(0, 1))
case(copy_in_an_arm, lambda r: (normal(r, 4), 0.7), wrt=(0, 1))
case(conditional_copy, lambda r: (normal(r, 4), True))
case(conditional_copy, lambda r: (normal(r, 4), False), name="conditional_copy_made")

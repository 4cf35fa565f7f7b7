"""Writes into arrays that several names, views and buffers look at."""

from __future__ import annotations

import numpy as np

from tests.zoo_case import Case, collector, normal

CASES: list[Case] = []
case = collector(CASES)


def one(r):
    return (normal(r, 6),)


def two(r):
    return normal(r, 6), normal(r, 6)


def wide(r):
    return (normal(r, 4, 5),)


def square(r):
    return (normal(r, 4, 4),)


def view_before_and_after(x, y):
    u = x.copy()
    v = u[1:4]
    u[2] = y[0] * u[1]
    v *= y[1:4]
    w = u[::2]
    v[0] += w[1]
    return np.sum(u * w.sum())


case(view_before_and_after, two, "typed", wrt=(0, 1))


def mirror_image(x, y):
    u = x * 1.0
    v = u[::-1]
    u += 0.5 * v
    v[:3] *= y[:3]
    u[:] = u * v
    return np.sum(u ** 2)


case(mirror_image, two, "typed", wrt=(0, 1))


def transposed_rows(A):
    B = A.copy()
    T = B.T
    T[1:] *= B[:, :4].T
    B += 0.1 * A
    T[0] = T[2] + T[0]
    return np.sum(B ** 3)


case(transposed_rows, wide, "typed")


def transposed_slices(A):
    B = A.copy()
    T = B.T
    T[1:] *= 2.0
    B += 0.1 * A
    T[:-1] += A[1:] @ A
    T[0, 1:] *= T[1:, 0]
    return np.sum(B ** 3)


case(transposed_slices, square, "typed")


def transposed_part(A):
    B = A.copy()
    T = B[1:].T
    T[1:] = A[1:, 1:] * T[:-1].sum()
    B += 0.1 * A
    return np.sum(B ** 3)


case(transposed_part, square)


def mirrored_transpose(A):
    B = A.copy()
    T = B.T[::-1]
    T[...] = A * T[0]
    B[0, 1] = 3.0 * A[2, 2]
    return np.sum(B ** 3)


case(mirrored_transpose, square)


def slice_as_argument(A, part):
    B = A.copy()
    v = B[part]
    v[0] = 3.0 * A[1, 1]
    return np.sum(B ** 2)


case(slice_as_argument, lambda r: (normal(r, 4, 5), slice(1, 3)), "typed")
case(slice_as_argument, lambda r: (normal(r, 4, 5), 2), "typed", name="row_as_argument")


def views_of_views(A):
    u = A.copy()
    v = u[:-1]
    v[-1] *= 2.0
    w = v[-1]
    w[-2:] *= 3.0
    z = u[-2:]
    z[-1, -1] *= z[0, 0]
    z[1:][0] *= 2.0
    s = u[::2]
    s[1] *= s[0, 0]
    s[1:, 1::2] *= 3.0
    s[::-1][0] *= 0.5
    return np.sum(u ** 2)


case(views_of_views, wide, "typed")


def clipped_slices(A):
    u = A.copy()
    v = u[1:3]
    v[:10] *= 2.0
    v[-10:] *= A[0, 0]
    v[1:10] *= 0.5
    v[-1:5] *= v[0, 0]
    b = u[3:1:-1]
    b[0] *= 2.0
    b[1:] *= A[1, 1]
    b[-1] *= 0.5
    return np.sum(u ** 2)


case(clipped_slices, wide)


def sliced_by_symbols(A, i):
    u = A.copy()
    v = u[i:]
    v[i] *= 2.0
    v[i:][0] *= A[0, 0]
    w = u[:i]
    w[-i] *= 0.5
    z = u[-i:]
    z[0] *= A[1, 1]
    z[:-1] *= 2.0
    return np.sum(u ** 2)


case(sliced_by_symbols, lambda r: (normal(r, 4, 5), 1))


def new_axes(x):
    u = x.copy()
    v = u[:, None]
    v *= v
    w = u.reshape(2, 3)
    w[0] += w[1]
    w[:, 1] = w[:, 0] * u[5]
    return np.sum(u * np.arange(1, 7))


case(new_axes, one, "typed")


def rows_of_a_matrix(A):
    B = A.copy()
    for i, row in enumerate(B):
        if i > 0:
            row -= 0.3 * B[i - 1]
            row /= 1.5 + np.sum(row ** 2)
        row[1:] += row[:-1]
    return np.sum(B[-1] * B[0])


case(rows_of_a_matrix, wide, "typed")


def row_to_row(A):
    u = A.copy()
    for t in range(3):
        r = u[t]
        r *= 2.0
        q = u[t + 1]
        q += r
        r[0] = q[1]
        u[t, 1:] = r[:-1]
    return np.sum(u ** 2)


case(row_to_row, wide, "typed")


def exchange(a, b):
    t = a.copy()
    a[:] = b
    b[:] = t * 2.0
    return b[1:3]


def helper_returns_a_view(x, y):
    a = x.copy()
    b = y.copy()
    v = exchange(a, b)
    v += a[1:3] * b[0]
    b[2] *= v[0]
    return np.sum(a * b) + v[1]


case(helper_returns_a_view, two, "typed", wrt=(0, 1))


def add_to(target, source):
    target += source
    target[0] = target[1] * source[0]


def helper_gets_views(x, y):
    u = x.copy()
    add_to(u[1:4], y[:3])
    add_to(u[::2], u[1::2])
    return np.sum(u ** 2)


case(helper_gets_views, two, "typed", wrt=(0, 1))


def overlapping_slices(x):
    u = x.copy()
    u[1:] += u[:-1] * u[1:]
    u[:-1] = u[1:] * u[:-1]
    u[2:] -= u[:-2] ** 2
    return np.sum(u * np.arange(6))


case(overlapping_slices, one)


def two_buffers(x):
    a = x.copy()
    b = np.zeros(6)
    for t in range(5):
        b[1:-1] = a[2:] * a[:-2]
        b[0] = a[0]
        b[-1] = a[-1] * 0.5
        a, b = b, a
    return np.sum(a) + 2 * np.sum(b)


case(two_buffers, one)


def three_buffers(x):
    a = x.copy()
    b = x * 0.5
    c = np.empty(6)
    for t in range(4):
        c[:] = 2 * b - a + 0.1 * b * a
        a, b, c = b, c, a
    return np.sum(a * b) + np.sum(c)


case(three_buffers, one)


def view_moves_on(x):
    u = x.copy()
    v = u[2:4]
    for t in range(3):
        u[1:3] *= v
        v = u[t : t + 2]
        v += 0.1
    return np.sum(u ** 2) + v[0]


case(view_moves_on, one, "typed")


def base_is_bound_anew(A):
    u = A.copy()
    r = u[1]
    u = u * 2.0
    r[0] = 5.0 * A[0, 0]
    u[1] *= r
    return np.sum(u ** 2)


case(base_is_bound_anew, wide)


def number_before_the_write(A):
    u = A.copy()
    r = u[1]
    u[1] = A[2]
    s = r[0]
    u[1, 0] = 7.0 * A[0, 0]
    return np.sum(u ** 2) * s * r[0]


case(number_before_the_write, wide, "typed")


def masks_and_sums(x, y):
    u = x.copy()
    m = u > 0
    u[m] *= y[m]
    u[~m] = u[m].sum()
    u[u > 0.5] -= 0.1 * u[0]
    return np.sum(u ** 2)


case(masks_and_sums, two, wrt=(0, 1))


def into_out(x, y):
    u = np.empty(6)
    np.multiply(x, y, out=u)
    np.exp(u, out=u)
    np.add(u[1:], u[:-1], out=u[1:])
    np.subtract(u, x, u)
    v = u[2:5]
    np.sin(v, out=v)
    return np.sum(u * y)


case(into_out, two, wrt=(0, 1))


def out_where(x, y):
    u = np.zeros(6)
    np.add(x, y, out=u, where=x > 0)
    np.copyto(u, y ** 2, where=y > 0)
    np.putmask(u, x < -0.5, x * y)
    return np.sum(u ** 2)


case(out_where, two, "may_refuse", wrt=(0, 1))


def symmetric_by_loops(A):
    A = A.copy()
    n = len(A)
    for i in range(n):
        for j in range(i, n):
            s = 0.0
            for k in range(i):
                s += A[k, i] * A[k, j]
            A[i, j] -= 0.1 * s
            if i != j:
                A[j, i] = A[i, j] * A[i, i]
    return np.sum(A ** 2)


case(symmetric_by_loops, square)


def rows_change_places(A):
    B = A.copy()
    B[[0, 2]] = B[[2, 0]]
    B[0], B[1] = B[1].copy(), B[0].copy()
    B[3] -= B[0] * B[1]
    return np.sum(B ** 2 * np.arange(20).reshape(4, 5))


case(rows_change_places, wide)


def rows_overwrite_each_other(A):
    B = A.copy()
    B[0], B[1] = B[1], B[0]
    return np.sum(B ** 2 * np.arange(20).reshape(4, 5))


case(rows_overwrite_each_other, wide, "typed")


def entries_change_places(x):
    u = x.copy()
    u[0], u[1] = u[1], u[0]
    u[2:4], u[4:6] = u[4:6], u[2:4]
    return np.sum(u ** 2 * np.arange(6))


case(entries_change_places, one, "typed")


def broadcast_into(x):
    B = np.zeros((3, 6))
    B[:] = x
    B[1] *= x
    B[:, 2] = x[0]
    B *= x
    B[:, :3] += B[:1, :3]
    return np.sum(B ** 2)


case(broadcast_into, one)


def write_then_break(x, y):
    u = x.copy()
    for i in range(6):
        u[i] *= y[i]
        if i >= 3 and u[i] < 5:
            break
        u[i + 1] += u[i]
    return np.sum(u ** 2) + i


case(write_then_break, two, wrt=(0, 1))


def write_then_return(x):
    u = x.copy()
    for i in range(5):
        u[i + 1] += u[i] ** 2
        if u[i + 1] > 1.0:
            u[i] = 0.0
            return np.sum(u ** 2)
    u *= 2
    return np.sum(u)


case(write_then_return, one)


def write_until_small(x):
    u = x.copy()
    n = 0
    while np.sum(u ** 2) > 0.5 and n < 20:
        u[n % 6] *= 0.3
        u[1:] = u[1:] * 0.9 + 0.01 * u[0]
        n += 1
    return np.sum(u)


case(write_until_small, one)


def closure_writes(x):
    u = x.copy()

    def bump(i, k):
        u[i] += k * u[i - 1]

    for i in range(1, 6):
        bump(i, 0.5)
    return np.sum(u ** 2)


case(closure_writes, one)


def writes_into_arguments(x, y):
    x[1:] *= y[:-1]
    y[0] = x[2]
    x += y
    return np.sum(x * y)


def written_arguments(x, y):
    return writes_into_arguments(x.copy(), y.copy())


case(written_arguments, two, wrt=(0, 1))


def integers_beside(x):
    idx = np.arange(6)
    idx[1:4] = idx[1:4][::-1]
    c = np.zeros(6, dtype=int)
    c[idx] += 2
    u = x[idx]
    u[c > 1] *= 3
    k = 0
    for j in range(6):
        if u[j] > 0:
            k += 1
            u[j] *= k
    return np.sum(u)


case(integers_beside, one)


def scratch_is_used_again(x, y):
    acc = np.zeros(6)
    tmp = np.empty(6)
    for i in range(3):
        tmp[:] = x * (i + 1)
        for j in range(2):
            tmp[j:] += y[j] * tmp[: 6 - j]
        acc += tmp * tmp
    return np.sum(acc) + tmp[0]


case(scratch_is_used_again, two, wrt=(0, 1))


def numbers_then_writes(x):
    u = x.copy()
    u[0] = u[1] * u[2]
    v = [u[i] * i for i in range(6)]
    u[3] = 9.0
    w = np.array(v)
    w[1:] += u[1:]
    return np.sum(w ** 2)


case(numbers_then_writes, one)


def sorted_then_written(x):
    u = x.copy()
    u[1] *= 3
    u.sort()
    u[0] *= u[-1]
    v = np.sort(u)[::-1]
    v[0] = v[1] * u[2]
    return np.sum(v * np.arange(6))


case(sorted_then_written, one)


def views_in_a_list(x):
    u = x.copy()
    parts = [u[0:2], u[2:4], u[4:6]]
    for p in parts:
        p *= p[0]
    return np.sum(u ** 2)


case(views_in_a_list, one, "may_refuse", "typed")


def arrays_in_a_dict(x):
    state = {"u": x.copy(), "v": np.zeros(6)}
    for t in range(3):
        state["v"][1:] += state["u"][:-1] * state["u"][1:]
        state["u"] -= 0.1 * state["v"]
    return np.sum(state["u"] ** 2)


case(arrays_in_a_dict, one, "may_refuse")


def split_parts(A):
    B = A.copy()
    left, right = np.split(B, [2], axis=1)
    left *= 2
    right[:] = right * left[:, :1]
    a, b, *c = B
    a += b
    return np.sum(B ** 2)


case(split_parts, wide, "may_refuse")


def as_arrays(x):
    u = x.copy()
    v = np.asarray(u)
    v[0] *= u[1]
    w = np.array(u)
    w[1] = 7
    u[2] += w[0]
    return np.sum(u ** 2) + np.sum(w * v)


case(as_arrays, one, "typed")


def repeated_indices(x, y):
    i = np.array([0, 1, 1, 3, 0])
    u = x.copy()
    u[i] += y[:5]
    u[i] = u[i] * y[1:]
    np.add.at(u, i, y[:5] * u[i])
    return np.sum(u ** 2)


case(repeated_indices, two, wrt=(0, 1))


def diagonals(A):
    B = A.copy()
    np.fill_diagonal(B, B.sum(axis=0) * B[0, 1])
    B[np.arange(4), np.arange(4)] *= A[0]
    np.fill_diagonal(B[1:3, 1:3], B[0, 0])
    return np.sum(B ** 2)


case(diagonals, square, "may_refuse")


def flat_places(A):
    B = A.copy()
    B.flat[3] = B[0, 0] * B[1, 1]
    B.flat[5:8] = 1.0
    return np.sum(B ** 2)


case(flat_places, wide, "typed")


def view_of_the_diagonal(A):
    B = A.copy()
    d = np.diagonal(B)
    D = np.diag(A[0])
    B[0] *= 2.0
    D[0, 1] = B[1, 1]
    return np.sum(d ** 2) + np.sum(B) + np.sum(D ** 3)


case(view_of_the_diagonal, square)


def view_by_broadcasting(A):
    B = A.copy()
    row = B[0]
    b = np.broadcast_to(row, (3, 5))
    B[0, 1] = A[1, 1]
    c = np.broadcast_to(B, (2, 4, 5))
    B[1] *= 2.0
    return np.sum(b ** 2) + np.sum(c ** 3)


case(view_by_broadcasting, wide, "typed")


def methods_by_other_names(x, y):
    u = x.copy()
    np.ndarray.sort(u)
    v = y.copy()
    fill = v[:2].fill
    fill(x[0])
    getattr(v[2:4], "fill")(u[1])
    np.ndarray.fill(v[4:], u[2] * y[3])
    return np.sum(u * v)


case(methods_by_other_names, two, wrt=(0, 1))

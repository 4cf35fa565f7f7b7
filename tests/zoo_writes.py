"""Writes into arrays, in every form that NumPy has for them."""

from __future__ import annotations

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


def vector(n: int = 5):
    return lambda r: (normal(r, n),)


def two(n: int = 5):
    return lambda r: (normal(r, n), normal(r, n))


def matrix(n: int = 3, m: int = 4):
    return lambda r: (normal(r, n, m),)


# one entry


def write_entry(x):
    y = x.copy()
    y[1] = x[0] * x[2]
    return np.sum(y * y * x)


def write_entry_twice(x):
    y = np.zeros(4)
    y[1] = x[0] ** 2
    s = y[1] * x[1]
    y[1] = x[2] * s
    return np.sum(np.sin(y)) + s


def write_negative_index(x):
    y = np.sin(x)
    y[-1] = x[0]
    y[-2] = y[-1] * x[1]
    return np.sum(y**2)


def write_computed_index(x, k):
    y = x * x
    y[k % 3] = x[k - 1] * y[k % 3]
    y[int(2 * k) // 3 + 1] += x[0]
    return np.dot(y, x)


def write_argmax(x):
    y = x.copy()
    y[np.argmax(x)] = 0.0
    y[np.argmin(np.abs(x))] *= 3.0
    return np.sum(y**3)


def write_two_indices(A):
    B = A * 2.0
    B[0, 1] = A[1, 0] * A[2, 2]
    B[-1, -1] += B[0, 1]
    return np.sum(B * A)


def write_row_then_entry(A):
    B = np.zeros((3, 4))
    B[1] = A[0] * A[2]
    B[1][2] = A[0, 0]
    B[2][1:3] += B[1][2:]
    return np.sum(B**2 * A)


def write_to_itself(x):
    y = x.copy()
    y[0] = y[0] * y[1]
    y[1] = y[0] + y[1] ** 2
    y[2] = y[2]
    return np.sum(y * x)


case(write_entry, vector())
case(write_entry_twice, vector(3))
case(write_negative_index, vector(4))
case(write_computed_index, lambda r: (normal(r, 4), 2))
case(write_argmax, vector(6))
case(write_two_indices, lambda r: (normal(r, 3, 3),))
case(write_row_then_entry, matrix())
case(write_to_itself, vector(4))


# slices


def write_slice(x, y):
    z = x * y
    z[1:3] = x[:2] ** 2
    z[3:] = 2.0 * z[1:3]
    return np.sum(z * x)


def write_slice_with_steps(x):
    y = np.zeros(7)
    y[::2] = x[:4] * x[3:]
    y[1::2] = np.sin(x[::3])
    y[5:1:-2] += x[:2]
    return np.sum(y**2)


def write_reversed(x):
    y = x.copy()
    y[::-1] = y * x
    y[3::-1] -= x[:4]
    return np.dot(y, np.arange(1.0, 6.0))


def write_symbolic_slice(x, k):
    n = len(x)
    y = np.ones(n)
    y[k : n - k] = x[k:-k] ** 2
    y[-k:] = x[:k]
    y[: n // 2] += y[n - n // 2 :]
    return np.sum(y**3)


def write_middle_of_matrix(A):
    B = A.copy()
    B[1:-1, 1:-1] = A[2:, 1:-1] * A[:-2, 1:-1] - A[1:-1, 2:] + A[1:-1, :-2]
    return np.sum(B**2)


def write_columns(A, v):
    B = np.zeros((4, 3))
    B[:, 0] = v
    B[:, 1:] = A[:, :2] * v[:, None]
    B[..., -1] += A[..., 0]
    return np.sum(B * B)


def write_with_ellipsis(A):
    B = np.empty_like(A)
    B[...] = A**2
    B[..., 0, :] = A[..., 1, :]
    B[0, ...] *= 2.0
    return np.sum(B * A)


def write_with_newaxis(x):
    B = np.zeros((3, 4))
    B[None, :, 1:2] = x[None, :3, None]
    B[:, None, 2] = x[1:, None]
    return np.sum((B + 1.0) ** 3)


def write_slice_object(x):
    inner = slice(1, -1)
    y = x.copy()
    y[inner] = x[inner] * x[0]
    return np.sum(y**2)


def write_empty_slice(x):
    y = x * 1.0
    y[3:3] = 7.0
    y[5:] += x[5:]
    return np.sum(y * y)


case(write_slice, two())
case(write_slice_with_steps, vector(7))
case(write_reversed, vector())
case(write_symbolic_slice, lambda r: (normal(r, 6), 2))
case(write_middle_of_matrix, lambda r: (normal(r, 4, 5),))
case(write_columns, lambda r: (normal(r, 4, 3), normal(r, 4)), wrt=(0, 1))
case(write_with_ellipsis, lambda r: (normal(r, 2, 3, 2),))
case(write_with_newaxis, vector(4))
case(write_slice_object, vector())
case(write_empty_slice, vector())


# right-hand sides that are broadcast, and that overlap


def write_scalar_to_slice(x, c):
    y = x.copy()
    y[1:4] = c * c
    y[0] += c
    return np.sum(y * y * x)


def write_row_to_matrix(x, v):
    B = np.zeros((3, 4))
    B[:] = v * x[0]
    B[1:] += v
    B[:, 1:3] -= x[:, None]
    return np.sum(B**2)


def write_size_one(x):
    B = np.ones((3, 4))
    B[1:, :] = x[:1] * x[1]
    B[0] *= x[2:3]
    return np.sum(B * B)


def write_list_of_numbers(x):
    y = np.zeros(4)
    y[1:3] = [x[0] * x[1], x[2]]
    y[3] = x[0]
    return np.sum(np.exp(y))


def overlap_stencil(u):
    u = u.copy()
    u[1:-1] = u[2:] + u[:-2]
    u[1:-1] = u[2:] * u[:-2]
    return np.sum(u**2)


def overlap_shift(u):
    v = u * 1.0
    v[1:] += v[:-1]
    v[:-1] *= v[1:]
    v[1:] = v[:-1]
    return np.sum(v * np.arange(5.0))


def overlap_swap(x):
    y = x.copy()
    y[0], y[1] = y[1], y[0]
    y[[2, 3]] = y[[3, 2]]
    y[3:], y[:2] = y[:2] * y[3:], 2.0 * y[3:]
    return np.dot(y, np.array([1.0, 2.0, 3.0, 4.0, 5.0]))


def overlap_swap_of_slices(x):
    y = x * 1.0
    y[:2], y[2:4] = y[2:4].copy(), y[:2].copy()
    y[::2] = y[::-2]
    return np.dot(y**2, np.arange(1.0, 6.0))


case(write_scalar_to_slice, lambda r: (normal(r, 5), normal(r)), wrt=(0, 1))
case(write_row_to_matrix, lambda r: (normal(r, 3), normal(r, 4)), wrt=(0, 1))
case(write_size_one, vector(3))
case(write_list_of_numbers, vector(3))
case(overlap_stencil, vector(6))
case(overlap_shift, vector())
case(overlap_swap, vector(), "typed")
case(overlap_swap_of_slices, vector())


# augmented forms


def augment_every_operator(x, y):
    a = x.copy()
    a[0] += y[0]
    a[1] -= y[1] * a[0]
    a[2] *= a[1]
    a[3] /= y[2]
    a[1:3] **= 2
    a[:2] /= y[3:]
    a[2:] *= y[:3]
    return np.sum(a * x)


def augment_whole_array(x, y):
    a = x * 2.0
    a += y
    a *= a
    a -= x
    a /= y
    a **= 2
    return np.sum(a)


def augment_floor_and_modulo(x):
    a = x * 3.0
    a[:2] %= 0.7
    n = x * 5.0
    n //= 2.0
    return np.sum(a * x) + np.sum(n * x)


def augment_matmul(A, B):
    C = A.copy()
    C @= B
    C[0] @= B
    return np.sum(C**2)


def augment_broadcast(A, v):
    B = A.copy()
    B += v
    B[1:, 1:] *= v[1:]
    B[:, 0] -= 2.0
    B[0] += v[0] * v[1]
    return np.sum(B**2)


def augment_by_power_of_itself(x):
    a = np.abs(x) + 1.0
    a[1:] **= a[:-1]
    a **= 0.5
    return np.sum(a)


def augment_with_itself(x):
    a = x.copy()
    a += a
    a[1:] -= a[1:] * a[1:]
    a *= a
    return np.sum(a)


def augment_scalar_or_array(x, c):
    s = c
    s += 1.0
    t = s
    t *= c
    v = x * s
    w = v
    w += t
    return np.sum(v * v) + s * t


def augment_entry_of_entry(x):
    a = x.copy()
    a[0] += a[1] * a[2]
    a[a[0] > -9.0] *= 2.0
    a[1] -= a[0] ** 2
    return np.sum(np.tanh(a))


case(augment_every_operator, lambda r: (positive(r, 5), positive(r, 5)), wrt=(0, 1))
case(augment_whole_array, lambda r: (positive(r, 4), positive(r, 4)), wrt=(0, 1))
case(augment_floor_and_modulo, lambda r: (np.array([0.31, 0.52, 0.73]),))
case(augment_matmul, lambda r: (normal(r, 3, 3), normal(r, 3, 3)), wrt=(0, 1))
case(augment_broadcast, lambda r: (normal(r, 3, 4), normal(r, 4)), wrt=(0, 1))
case(augment_by_power_of_itself, vector(4))
case(augment_with_itself, vector(4))
case(augment_scalar_or_array, lambda r: (normal(r, 4), normal(r)), "typed", wrt=(0, 1))
case(augment_entry_of_entry, vector(4))


# integers, masks and their products as indices


def write_at_integers(x):
    y = np.zeros(6)
    i = np.array([4, 1, 3])
    y[i] = x[:3] * x[2:]
    y[i[:2]] *= x[0]
    return np.sum(y**2 + y)


def write_repeated_last_wins(x):
    y = x[:3] * 2.0
    y[[0, 1, 0, 0]] = x[1:] ** 2
    return np.dot(y, x[:3])


def write_repeated_matrix_rows(A, i):
    B = np.ones((2, 4))
    B[i] = A * A
    return np.sum(B * A[:2])


def augment_repeated_is_buffered(x, i):
    y = x[:3] * 2.0
    y[i] += x[1:]
    y[i] *= x[:4]
    return np.sum(y**2)


def add_at_is_not_buffered(x, i):
    y = x[:3] * 2.0
    np.add.at(y, i, x[1:] ** 2)
    np.subtract.at(y, i[:2], x[0])
    return np.sum(y**3)


def write_at_pairs(A, v):
    B = A.copy()
    B[np.arange(3), [1, 0, 2]] = v
    B[[0, 1], :2] += v[:2]
    return np.sum(B**2)


def write_at_ix(A, v):
    B = np.zeros((4, 4))
    B[np.ix_([0, 2], [1, 3])] = A[:2, :2]
    B[np.ix_([1, 3], [0, 1, 2])] += A[:2, :3] * v
    return np.sum(B * B)


def write_at_mask(x):
    y = x * 2.0
    y[x > 0.0] = 0.0
    y[x < -0.5] = x[x < -0.5] ** 2
    return np.sum(y * x)


def write_scalar_at_mask(x, c):
    y = x * x
    m = x > 0.0
    y[m] = c
    y[~m] *= c
    return np.sum(y * x)


def write_at_mask_of_rows(A, v):
    B = A * 1.0
    B[A[:, 0] > 0.0] = v
    B[A[:, 1] < 0.0, 1:3] += v[:2]
    return np.sum(B * B * A)


def write_mask_two_dimensions(A):
    B = A * A
    B[(A > 0.0) & (A < 1.0)] -= 1.0
    B[np.abs(A) > 1.0] = 0.5
    return np.sum(B * A)


def write_at_nonzero(x):
    y = x.copy()
    y[np.nonzero(x > 0.0)[0]] = x[0]
    y[np.where(x < 0.0)] *= 3.0
    return np.sum(y**2)


def write_at_sorted_order(x):
    rank = np.empty(5)
    order = np.argsort(x)
    rank[order] = x * np.arange(5.0)
    return np.dot(rank, x)


def write_at_negative_integers(x):
    y = np.zeros(4)
    y[np.array([-1, 0])] = x[:2] * x[2:]
    y[[-1, 3]] = x[1:3]
    return np.sum((y + 1.0) ** 2)


case(write_at_integers, vector())
case(write_repeated_last_wins, vector())
case(
    write_repeated_matrix_rows,
    lambda r: (normal(r, 3, 4), np.array([1, 0, 1])),
)
case(augment_repeated_is_buffered, lambda r: (normal(r, 5), np.array([0, 2, 0, 2])))
case(add_at_is_not_buffered, lambda r: (normal(r, 5), np.array([0, 2, 0, 2])))
case(write_at_pairs, lambda r: (normal(r, 3, 4), normal(r, 3)), wrt=(0, 1))
case(write_at_ix, lambda r: (normal(r, 3, 3), normal(r, 3)), wrt=(0, 1))
case(write_at_mask, vector(8))
case(write_scalar_at_mask, lambda r: (normal(r, 6), normal(r)), wrt=(0, 1))
case(write_at_mask_of_rows, lambda r: (normal(r, 5, 4), normal(r, 4)), wrt=(0, 1))
case(write_mask_two_dimensions, matrix())
case(write_at_nonzero, vector(6))
case(write_at_sorted_order, vector())
case(write_at_negative_integers, vector(4))


# functions that write


def out_of_functions(x, y):
    a = np.empty(4)
    np.multiply(x, y, out=a)
    np.add(a, x, a)
    b = np.zeros(4)
    np.sin(a, out=b)
    c = np.exp(b, out=a)
    return np.sum(a * b * c)


def out_into_a_part(x, y):
    a = np.zeros(6)
    np.multiply(x, y, out=a[1:5])
    np.subtract(a[2:], x, out=a[:4])
    return np.sum(a**2)


def out_of_dot_and_sum(A, x):
    y = np.zeros(3)
    np.dot(A, x, out=y)
    s = np.zeros(4)
    np.sum(A * A, axis=0, out=s)
    np.matmul(A, s, out=y[:])
    return np.sum(y * y) + np.sum(s * x)


def out_of_clip_and_cumsum(x):
    y = np.empty(5)
    np.cumsum(x, out=y)
    np.clip(y, -1.0, 1.0, out=y)
    np.maximum(y, 0.1, out=y)
    return np.sum(y * x)


def out_where_again(x):
    y = np.ones(5)
    np.log(x, out=y, where=x > 0.0)
    np.divide(x, y, out=y, where=y > 0.2)
    return np.sum(y * x)


def copyto_whole(x, c):
    y = np.zeros(5)
    np.copyto(y, x * x)
    np.copyto(y[:2], c)
    np.copyto(y, -x, where=x > 0.0)
    return np.sum(y * y)


def put_flat(A, v, i):
    B = A * 1.0
    np.put(B, i, v * v)
    B.put([1, 2], 3.0)
    np.put(B, [0, 5, -1], v[0])
    return np.sum(B * A)


def put_in_turns(A, v):
    B = A * 1.0
    np.put(B, [0, 5, -1], v)
    return np.sum(B * A)


def put_along_an_axis(A, v):
    B = A * 2.0
    i = np.argmax(A, axis=1)[:, None]
    np.put_along_axis(B, i, v[:, None], axis=1)
    np.put_along_axis(B, np.argsort(A, axis=0), A * A, 0)
    return np.sum(B * A)


def place_and_putmask(x, c):
    y = x * 2.0
    np.place(y, x > 0.0, c)
    np.putmask(y, x < -0.5, x * x)
    return np.sum(y * x)


def fill_the_diagonal(A, c):
    B = A @ A
    np.fill_diagonal(B, c * c)
    return np.sum(B * A)


def fill_all(x, c):
    y = np.empty(4)
    y.fill(c)
    y[1:].fill(2.0)
    y *= x
    return np.sum(y * y)


def sort_in_place(x):
    y = x * 2.0
    y.sort()
    y[::-1].sort()
    return np.dot(y, np.arange(5.0) ** 2)


def sort_rows_in_place(A):
    B = A.copy()
    B.sort(axis=0)
    B[0].sort()
    return np.sum(B * np.arange(12.0).reshape(3, 4))


def write_flat(A):
    B = A * 2.0
    B.flat[1] = A[0, 0] ** 2
    B.flat[2:5] = A.flat[:3] * A[1, 1]
    B.flat[-1] += A[0, 1]
    return np.sum(B * A)


def write_all_of_flat(A):
    B = A * 2.0
    B.flat = B.ravel()[::-1] * A[0, 0]
    return np.sum(B * A)


def write_real_part(x):
    y = x.copy()
    y.real[1:] = x[:-1] ** 2
    r = y.real
    r += x
    return np.sum(y * y)


def accumulate_into_bins(x, w, i):
    bins = np.zeros(3)
    np.add.at(bins, i, w * x)
    counts = np.zeros(3, dtype=int)
    np.add.at(counts, i, 1)
    return np.sum(bins**2 / counts)


case(out_of_functions, two(4), wrt=(0, 1))
case(out_into_a_part, two(4), wrt=(0, 1))
case(out_of_dot_and_sum, lambda r: (normal(r, 3, 4), normal(r, 4)), wrt=(0, 1))
case(out_of_clip_and_cumsum, vector())
case(out_where_again, lambda r: (np.array([0.3, -1.0, 2.0, 0.7, 1.5]),))
case(copyto_whole, lambda r: (normal(r, 5), normal(r)), wrt=(0, 1))
case(put_flat, lambda r: (normal(r, 3, 4), normal(r, 3), np.array([3, 7, -2])), wrt=(0, 1))
case(put_in_turns, lambda r: (normal(r, 3, 4), normal(r, 2)), "may_refuse", wrt=(0, 1))
case(put_along_an_axis, lambda r: (normal(r, 3, 4), normal(r, 3)), wrt=(0, 1))
case(place_and_putmask, lambda r: (normal(r, 6), normal(r)), "typed", wrt=(0, 1))
case(fill_the_diagonal, lambda r: (normal(r, 3, 3), normal(r)), "typed", wrt=(0, 1))
case(fill_all, lambda r: (normal(r, 4), normal(r)), wrt=(0, 1))
case(sort_in_place, vector())
case(sort_rows_in_place, matrix(), "typed")
case(write_flat, matrix(), "may_refuse")
case(write_all_of_flat, matrix(), "may_refuse")
case(write_real_part, vector(4), "typed")
case(
    accumulate_into_bins,
    lambda r: (normal(r, 5), normal(r, 5), np.array([0, 1, 0, 2, 1])),
    wrt=(0, 1),
)


# kinds of arrays


def integers_alongside(x):
    count = np.zeros(3, dtype=int)
    y = np.zeros(3)
    for i in range(5):
        k = (2 * i) % 3
        y[k] += x[i] ** 2
        count[k] += 1
    return np.sum(y / count)


def booleans_alongside(x):
    seen = np.zeros(5, dtype=bool)
    total = 0.0
    for i in range(5):
        j = (i * 3) % 5
        if not seen[j] and x[j] > -0.5:
            seen[j] = True
            total += x[j] * x[i]
    y = x.copy()
    y[seen] *= 2.0
    return total + np.sum(y**2)


def permuted_indices(x):
    p = np.arange(5)
    for i in range(4):
        p[i], p[4 - i] = p[4 - i], p[i]
        p[1:3] = p[2:4] + 0
    return np.sum(x[p] ** 2 * np.arange(5.0))


def float32_written_with_float64(x):
    y = np.zeros(4, dtype=np.float32)
    y[:] = x * x
    y[1:] += x[:-1]
    y *= 2.0
    return np.sum(y * y)


def _float32_by_hand(x):
    y = x * x
    y[1:] += x[:-1]
    return 8.0 * (2.0 * y * x + np.append(y[1:], 0.0))


def float64_written_with_float32(x):
    y = np.zeros(4)
    y[1:] = x[1:] * x[:-1]
    y[0] = x[2]
    y += x
    return np.sum(y**2)


def no_dimensions(c, x):
    a = np.array(0.0)
    a[()] = c * c
    a += x[0]
    a[...] *= x[1]
    return a * np.sum(x)


def no_dimensions_view(x):
    a = np.zeros(3)
    b = a[1:2].reshape(())
    b[...] = x[0] ** 2
    return np.sum((a + x) ** 2)


def one_entry_only(x):
    a = np.zeros(1)
    a[0] = x[0] * x[0]
    a += x
    a[:] *= x
    return a[0] * np.sum(x[:1])


def nothing_in_it(x):
    a = np.zeros(0)
    a[:] = x[:0]
    a += x[3:]
    x = x.copy()
    x[1:1] = a
    return np.sum(a) + np.sum(x**2)


def integer_argument(k, x):
    y = np.zeros(4)
    y[k] = x[: len(k)] ** 2
    k = k.copy()
    k[0] = 3
    y[k] += x[1 : 1 + len(k)]
    return np.sum(y**2)


case(integers_alongside, vector())
case(booleans_alongside, vector())
case(permuted_indices, vector())
case(
    float32_written_with_float64,
    vector(4),
    "float32",
    hand=_float32_by_hand,
)
case(float64_written_with_float32, lambda r: (normal(r, 4).astype(np.float32),), "float32")
case(no_dimensions, lambda r: (normal(r), normal(r, 2)), wrt=(0, 1))
case(no_dimensions_view, vector(3))
case(one_entry_only, vector(1))
case(nothing_in_it, vector(3))
case(integer_argument, lambda r: (np.array([2, 0]), normal(r, 4)), wrt=1)

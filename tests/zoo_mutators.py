"""Calls that write into arrays in every form that NumPy has for them."""

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


def every_at_of_a_row(x, i):
    y = np.ones(4)
    np.add.at(y, i, x)
    np.subtract.at(y, i, x**2)
    np.multiply.at(y, i, x)
    np.divide.at(y, i, 1.0 + x**2)
    return np.sum(y**2)


def at_of_one_operand(x, i):
    y = np.ones(4)
    np.maximum.at(y, i, x)
    z = np.full(4, 9.0)
    np.minimum.at(z, i, x)
    np.power.at(z, [0, 1], 2)
    w = x.copy()
    np.negative.at(w, [0, 2])
    np.exp.at(w, [1, 1])
    return np.sum(y**2) + np.sum(z**2) + np.sum(w)


def at_of_a_matrix(A, v, i, j):
    B = A.copy()
    np.add.at(B, (i, j), v)
    np.multiply.at(B, (i, j), v)
    np.add.at(B, i, 1.0 * B[:1])
    np.add.at(B[0], j, v)
    return np.sum(B**2)


def copy_where(x, m):
    y = np.zeros(5)
    np.copyto(y, x**2, where=x > 0)
    np.copyto(y[1:], 3.0 * x[:-1], where=m[1:])
    np.copyto(dst=y[:2], src=x[3:])
    np.copyto(y, x[0], where=m)
    return np.sum(y * x)


def put_with_modes(A, x):
    B = A.copy()
    np.put(B, [0, 5, -1], x[:3])
    B.put([2, 3], x[3:])
    np.put(B, [1, 1], x[:2])
    np.put(B[1], [0], x[4])
    np.put(B, 7, x[0])
    np.put(B, [3, 99], x[:2], mode="clip")
    np.put(B, [3, 13], x[1:3], mode="wrap")
    return np.sum(B**2)


def put_along_axes(A, v):
    B = A.copy()
    i = np.argmax(A, axis=1)[:, None]
    np.put_along_axis(B, i, v[:, None], axis=1)
    np.put_along_axis(B, np.argsort(A, axis=0)[:1], 2.0 * v[0], axis=0)
    np.put_along_axis(B, np.array([0, 5]), v[:2], None)
    np.put_along_axis(B, i, 0.0, 1)
    np.put_along_axis(B, i, v[:, None] ** 2, axis=-1)
    return np.sum(B**2)


def placed_in_turns(A, v):
    B = A.copy()
    np.place(B, B > 0, v)
    np.place(B, A < -0.5, [1.0, 2.0])
    np.putmask(B, A > 1, A**2)
    np.putmask(B, A < 0, v)
    np.place(B[0], A[0] > 0, v[:1])
    return np.sum(B**2)


def diagonals_filled(A, v, c):
    B = A.copy()
    np.fill_diagonal(B, v)
    C = np.zeros((3, 3))
    np.fill_diagonal(C, c)
    np.fill_diagonal(C[1:, 1:], v[:2])
    D = np.zeros((3, 3, 3))
    np.fill_diagonal(D, v)
    E = np.zeros((7, 3))
    np.fill_diagonal(E, v[:2], wrap=True)
    F = np.zeros((7, 3))
    np.fill_diagonal(F, c)
    return np.sum(B**2) + np.sum(np.exp(C)) + np.sum(D**2) + np.sum(E**2) + np.sum(F**2)


def parts_filled(x, c):
    y = np.empty(5)
    y.fill(c)
    y[1:3].fill(x[0])
    y[3:].fill(0)
    z = np.zeros((2, 2))
    z.fill(x.sum())
    z[0].fill(2)
    z.T[0].fill(c)
    return np.sum(y * x) + np.sum(z**2)


def sorted_in_their_place(A):
    B = A.copy()
    B.sort()
    B[0].sort()
    B.sort(axis=0)
    B[:, 1].sort()
    B.ravel().sort()
    B[1, ::-1].sort()
    B.sort(axis=-1, kind="stable")
    B[2].partition(1)
    return np.sum(B * np.arange(12.0).reshape(3, 4))


def flat_everywhere(A, x):
    B = A.copy()
    B.flat[0] = x[0]
    B.flat[2:5] = x[:3]
    B.flat[::3] += x[:4]
    B.flat[[1, 7]] = x[3:]
    B.flat[5] *= 2.0
    B.flat = x
    B.flat[B.flat > 0] = 1.0
    B[1:, 1:].flat[0] = x[1]
    B[1:].flat = 2.0 * x
    return np.sum(B**2)


def flat_in_a_loop(A):
    B = A * 2.0
    for k in range(B.size):
        B.flat[k] = B.flat[k] * k
    s = 0.0
    for v in B.flat:
        s += v**2
    return s + B.flat[3]


def real_part_of_floats(x):
    y = x.copy()
    y.real = y**2
    y.real[0] = 3.0 * x[1]
    r = y.real
    r[1] = x[0]
    y.real *= 2.0
    return np.sum(y**2)


def outputs_of_functions(x, y):
    z = np.empty_like(x)
    np.multiply(x, y, z)
    np.exp(z, out=z)
    np.add(z, x, out=z[:])
    np.subtract(z[1:], z[:-1], out=z[1:])
    w = np.zeros((2, 5))
    np.outer(x[:2], y, out=w)
    np.dot(w, x, out=z[:2])
    np.maximum(z, 0.1, out=z, where=x > 0)
    s = np.empty(1)
    np.sum(z, keepdims=True, out=s)
    return s[0] + np.sum(z * y)


def outputs_of_reductions(A, x):
    y = np.empty(3)
    np.matmul(A, x, out=y)
    c = np.empty((3, 4))
    np.cumsum(A, axis=1, out=c)
    m = np.empty(4)
    np.mean(c, axis=0, out=m)
    mx = np.empty(3)
    np.max(A, axis=1, out=mx)
    e = np.empty(3)
    np.einsum("ij,j->i", A, x, out=e)
    t = np.empty(2)
    np.take(x, [0, 2], out=t)
    k = np.empty((3, 8))
    np.concatenate([A, c], axis=1, out=k)
    st = np.empty((2, 3))
    np.stack([y, e], out=st)
    return np.sum(y * e) + np.sum(m * x) + mx.sum() + t.prod() + np.sum(k**2) + np.sum(st)


def outputs_of_methods(A):
    s = np.zeros(4)
    A.sum(axis=0, out=s)
    A.sum(0, None, s)
    p = np.zeros(3)
    A.mean(1, out=p)
    q = np.zeros(3)
    A.dot(s, out=q)
    return s @ s + p @ q


def output_and_result_are_one(x):
    z = np.zeros(5)
    r = np.add(x, 1.0, out=z)
    r *= 2.0
    z[0] = 5.0 * x[1]
    return np.sum(r * z)


def every_augmented_operator(x):
    y = x.copy()
    y[0] += x[1]
    y[1] -= x[2]
    y[2] *= x[0]
    y[3] /= x[1]
    y[4] **= 2
    y[0] **= x[3]
    y[1] //= 0.3
    y[2] %= 0.7
    y[1:3] += x[2:4]
    y[:2] -= x[3:]
    y[2:] *= y[:3]
    y[::2] /= x[::2]
    y[1:4] **= 2
    y[3:] %= 1.5
    y[:1] //= 0.5
    y += x
    y -= 0.5 * x
    y *= x
    y /= 1.0 + x
    y **= 2
    y %= 3.0
    return np.sum(y * np.arange(1.0, 6.0))


def augmented_by_matmul(A, B):
    C = A.copy()
    C[:2, :2] @= B
    C[1:, 1:] @= B.T
    D = C[:2, :2]
    D @= B
    return np.sum(C**2)


def stack_augmented_by_matmul(T, B):
    U = T.copy()
    U[0] @= B
    for k in range(3):
        U[k] @= B
    U @= B
    return np.sum(np.tanh(U))


def right_sides_that_overlap(u):
    u = u.copy()
    u[1:-1] = u[2:] + u[:-2]
    u[1:] += u[:-1]
    u[:-1] *= u[1:]
    u[::-1] -= 0.5 * u
    u[:] = u[::-1]
    u[2:] = u[:-2]
    return np.sum(u**2)


def matrices_that_overlap(A):
    A = A.copy()
    A[1:] += A[:-1]
    A[:, 1:] *= A[:, :-1]
    A[:] = A.T
    A += A.T
    A[0], A[1] = (A[1], A[0])
    A[[0, 2]] = A[[2, 0]]
    return np.sum(A**2 * np.arange(9.0).reshape(3, 3))


def rows_that_change_places(A):
    A = A.copy()
    A[0], A[1] = (A[1].copy(), A[0].copy())
    A[:, 0], A[:, 2] = (A[:, 2], A[:, 0].copy())
    return np.sum(A**3)


def new_axes_written(x):
    B = np.ones((4, 4))
    B[:, None, 0] = x[:, None] ** 2
    B[None, 1] *= x
    return np.sum(B * np.arange(16.0).reshape(4, 4))


def ellipses_written(T):
    U = T.copy()
    U[..., 0] = T[..., 1] ** 2
    U[0, ...] += T[1]
    U[1, ..., 2] *= U[0, ..., 0]
    return np.sum(U * U)


def tuples_as_indices(T, i):
    U = T.copy()
    ix = (0, i)
    U[ix] = 3.0 * T[1, i]
    U[1, slice(None), 0] *= 2
    U[0][i][1] = T[0, 0, 0]
    U[np.newaxis, 0] += 1
    U[:, [0, 2]] *= 2
    U[0, [0, 1], [1, 2]] = T[1, 0, :2]
    U[:, [True, False, True], 1] = T[:, :2, 0]
    return np.sum(U**2)


def masks_augmented(x, c):
    y = x.copy()
    m = x > 0
    y[m] += c
    y[m] *= x[m]
    y[~m] **= 2
    y[m & (x < 1)] /= 3.0
    y[x > 5] -= 1.0
    y[np.where(m)[0]] *= 2
    y[np.where(m)] += 1
    y[np.flatnonzero(m)] -= x[m]
    y[m] %= 2.0
    y[[0, 0]] += c
    y[[True, False, True, False, False]] *= c
    return np.sum(y**2)


def symbolic_slices(x, i, j, st):
    y = x.copy()
    y[i:j:st] = x[i:j:st] ** 2
    y[-i] += y[j - 1]
    y[i : i + 2] *= x[j - 2 : j]
    y[j:] = 0
    y[:-j] += 1.0
    y[j::-st] *= 2
    return np.sum(y**2)


def arrays_without_dimensions(x):
    s = np.zeros(())
    s += x.sum()
    s[...] = s * 2
    s[()] += x[0]
    s *= s
    t = np.array(0.0)
    t += s
    a = np.array([1.0])
    a[0] += t
    a += x[1]
    return t + a[0] * s


def chained_assignments(x):
    a = b = np.zeros(3)
    a[0] = x[0]
    b[1] = x[1]
    y = z = x.copy()
    y *= 2
    c, d = (np.zeros(2), np.zeros(2))
    c[:] = d[:] = x[:2]
    a[2] = b[0] = c[0] = x[2] ** 2
    return np.sum(a * b) + np.sum(y * z * x) + np.sum(c * d)


def targets_of_every_kind(x, A):
    B = np.zeros((2, 3))
    B[0], B[1] = (A[1], A[0] * 2)
    y = np.zeros(4)
    y[0], *rest = x
    y[1], y[2] = x[2:4]
    (y[3], B[0, 0]), c = ((x[0] * x[1], x[2]), 3.0)
    for i, y[i % 4] in enumerate(x):
        pass
    for B[1, 1] in x:
        B[0, 1] += B[1, 1] ** 2
    return np.sum(B**2) + y @ y * c + rest[0]


def integers_and_masks_written(x):
    n = np.zeros(3, int)
    n[1] += 2
    n[0] = 1
    perm = np.arange(5)
    perm[0], perm[4] = (perm[4], perm[0])
    perm[1:3] = perm[1:3][::-1]
    seen = np.zeros(5, bool)
    seen[perm[0]] = True
    seen |= x > 0
    seen[2] ^= True
    seen[1:] &= x[1:] < 1.0
    n += 1
    n *= 2
    n //= 2
    n %= 4
    n <<= 1
    n >>= 1
    y = x[perm].copy()
    y[seen] *= 2.0
    cnt = np.zeros(4, dtype=np.int64)
    for v in x:
        cnt[int(abs(v)) % 4] += 1
    return np.sum(y * x) * n.sum() + y[n[1]] + np.sum(y[:4] * cnt)


def integer_arguments_written(x, idx, mask):
    idx[0] = 2
    idx += 1
    mask[:] = ~mask
    mask[idx[1]] = True
    return np.sum(x[idx] ** 2) + np.sum(x[mask] ** 3)


def number_or_array(x, c):
    c += 1.0
    c *= 2.0
    x = x * c
    x += c
    return np.sum(x**2)


def two_names_of_a_number_or_array(x, w):
    y = x
    y += w
    return np.sum(x * y * w)


def triangles_written(A):
    A = A.copy()
    n = len(A)
    for i in range(n):
        for j in range(i, n):
            A[i, j] = A[i, :i] @ A[:i, j] + A[i, j]
    for i in range(n - 1, -1, -1):
        A[i, i:] /= 2.0 + A[i, i] ** 2
    return A.sum()


def wavefront_of_minima(A):
    n, m = A.shape
    D = np.zeros((n + 1, m + 1))
    D[0, 1:] = np.cumsum(A[0])
    D[1:, 0] = np.cumsum(A[:, 0])
    for d in range(2, n + m + 1):
        for i in range(max(1, d - m), min(n, d - 1) + 1):
            j = d - i
            D[i, j] = A[i - 1, j - 1] + min(D[i - 1, j], D[i, j - 1], D[i - 1, j - 1])
    return D[n, m] ** 2


def red_and_black_rows(u, f):
    u = u.copy()
    for sweep in range(3):
        for color in (0, 1):
            for i in range(1, u.shape[0] - 1):
                j0 = 1 + (i + color) % 2
                u[i, j0:-1:2] = 0.25 * (
                    u[i - 1, j0:-1:2]
                    + u[i + 1, j0:-1:2]
                    + u[i, j0 - 1 : -2 : 2]
                    + u[i, j0 + 1 :: 2]
                    - f[i, j0:-1:2]
                )
    return np.sum(u**2)


def every_function_that_views(A):
    B = A.copy()
    B.T[0] = 2.0 * A[:, 1]
    np.transpose(B)[1, :2] += 1
    B.reshape(-1)[3] = A[0, 0]
    B.ravel()[4:6] *= 3
    np.ravel(B)[7] = 0.5 * A[1, 1]
    B.swapaxes(0, 1)[2] *= 2
    np.swapaxes(B, 0, 1)[3][0] = 2
    np.moveaxis(B, 0, 1)[0] -= 1
    np.squeeze(B[None])[0] *= 2
    np.expand_dims(B, 1)[0, 0, 0] = 3.0 * A[2, 2]
    np.atleast_2d(B)[1] *= 2
    np.atleast_3d(B)[0, 0, 0] += 1
    np.asarray(B)[2, 0] = A[2, 1]
    np.asanyarray(B)[2] *= 1.5
    np.flip(B)[0] *= 2
    np.flipud(B)[0, 1] = 2 * A[0, 1]
    np.fliplr(B)[0] += 1
    np.rot90(B)[0] *= 2
    B.view()[0, 0] = 4 * A[1, 0]
    np.rollaxis(B, 1)[0] += 1
    np.reshape(B, (2, 6))[1, ::2] *= 0.5
    B.reshape((4, 3), order="C")[0] += A[0, 0]
    np.ascontiguousarray(B)[0] *= 2
    B[...][0] += 1
    B[:][1] *= 2
    return np.sum(B**2)


def windows_of_a_written_array(x):
    u = x.copy()
    w = np.lib.stride_tricks.sliding_window_view(u, 3)
    u[2] = x[0] * x[1]
    return np.sum(w**2) + np.sum(np.broadcast_to(u, (3, 6)))


def converted_or_not(x, y):
    if y.ndim == 1:
        y = y[:, None]
    y *= 2.0
    z = np.asarray(x, dtype=float)
    z[0] = 3.0 * z[1]
    z = np.array(x, copy=False) if False else np.array(x)
    z[1] = 2
    return np.sum(y**2) + np.sum(z * x)


case(every_at_of_a_row, lambda r: (positive(r, 5), np.array([0, 1, 1, 3, 0])))
case(at_of_one_operand, lambda r: (1 + normal(r, 5), np.array([0, 1, 1, 3, 0])), "typed")
case(
    at_of_a_matrix,
    lambda r: (normal(r, 3, 4), normal(r, 3), np.array([0, 1, 1]), np.array([2, 2, 2])),
    "typed",
    wrt=(0, 1),
)
case(copy_where, lambda r: (normal(r, 5), np.array([True, False, False, True, False])))
case(put_with_modes, lambda r: (normal(r, 3, 4), normal(r, 5)), "typed", wrt=(0, 1))
case(put_along_axes, lambda r: (normal(r, 3, 4), normal(r, 3)), wrt=(0, 1))
case(placed_in_turns, lambda r: (normal(r, 3, 4), normal(r, 3)), "typed", wrt=(0, 1))
case(diagonals_filled, lambda r: (normal(r, 3, 3), normal(r, 3), normal(r)), "typed", wrt=(0, 1, 2))
case(parts_filled, lambda r: (normal(r, 5), normal(r)), wrt=(0, 1))
case(sorted_in_their_place, mat(), "typed")
case(flat_everywhere, lambda r: (normal(r, 3, 4), normal(r, 5)), "typed", wrt=(0, 1))
case(flat_in_a_loop, mat(), "typed")
case(real_part_of_floats, vec(), "typed")
case(outputs_of_functions, lambda r: (positive(r, 5), positive(r, 5)), wrt=(0, 1))
case(outputs_of_reductions, lambda r: (normal(r, 3, 4), normal(r, 4)), wrt=(0, 1))
case(outputs_of_methods, mat())
case(output_and_result_are_one, vec())
case(every_augmented_operator, pvec())
case(augmented_by_matmul, lambda r: (normal(r, 3, 3), normal(r, 2, 2)), "typed", wrt=(0, 1))
case(stack_augmented_by_matmul, lambda r: (normal(r, 3, 2, 2), normal(r, 2, 2)), wrt=(0, 1))
case(right_sides_that_overlap, vec(7))
case(matrices_that_overlap, mat(3, 3), "typed")
case(rows_that_change_places, mat(3, 3))
case(new_axes_written, vec(4))
case(ellipses_written, lambda r: (normal(r, 2, 3, 4),))
case(tuples_as_indices, lambda r: (normal(r, 2, 3, 4), 1), "typed")
case(masks_augmented, lambda r: (normal(r, 5), normal(r)), wrt=(0, 1))
case(symbolic_slices, lambda r: (normal(r, 8), 1, 6, 2))
case(arrays_without_dimensions, vec(3))
case(chained_assignments, vec(3), "typed")
case(targets_of_every_kind, lambda r: (normal(r, 5), normal(r, 2, 3)), wrt=(0, 1))
case(integers_and_masks_written, vec())
case(
    integer_arguments_written,
    lambda r: (
        normal(r, 6),
        np.array([0, 1, 3]),
        np.array([True, False, True, False, True, False]),
    ),
)
case(number_or_array, lambda r: (normal(r, 4), normal(r)), wrt=(0, 1))
case(number_or_array, lambda r: (normal(r, 4), normal(r, 4)), wrt=(0, 1), name="number_or_array_2")
case(two_names_of_a_number_or_array, lambda r: (normal(r), normal(r)), "typed", wrt=(0, 1))
case(
    two_names_of_a_number_or_array,
    lambda r: (normal(r, 3), normal(r, 3)),
    "typed",
    wrt=(0, 1),
    name="two_names_of_a_number_or_array_2",
)
case(triangles_written, mat(4, 4))
case(wavefront_of_minima, mat(3, 4))
case(red_and_black_rows, lambda r: (normal(r, 6, 6), normal(r, 6, 6)), wrt=(0, 1))
case(every_function_that_views, mat(), "typed")
case(windows_of_a_written_array, vec(6))
case(converted_or_not, lambda r: (normal(r, 3), normal(r, 3)), "typed", wrt=(0, 1))

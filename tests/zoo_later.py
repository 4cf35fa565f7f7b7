"""Views that are handed on: by branches, loops, lists and tuples."""

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


def list_of_views_by_a_loop(x):
    u = x.copy()
    parts = []
    for k in range(3):
        parts.append(u[2 * k : 2 * k + 2])
    for p in parts:
        p *= 2.0
    parts[0][0] = 5.0 * x[1]
    return np.sum(u**2)


def list_of_views(x):
    u = x.copy()
    parts = [u[2 * k : 2 * k + 2] for k in range(3)]
    for i, p in enumerate(parts):
        p *= i + 1.0
    return np.sum(u**2)


def list_of_views_of_a_number(x, n):
    u = x.copy()
    parts = [u[2 * k : 2 * k + 2] for k in range(n)]
    for i, p in enumerate(parts):
        p *= i + 1.0
    return np.sum(u**2)


def parts_of_a_split(x):
    u = x.copy()
    a, b, c = np.split(u, 3)
    a *= 2
    b[0] = a[1] * x[5]
    c += a
    return np.sum(u**2)


def split_before_the_write(x):
    u = x.copy()
    a, b = np.split(u, [2])
    u[0] = x[3] * x[4]
    u *= 2
    return np.sum(a**2) + np.sum(np.sin(b))


def uneven_parts(x, A):
    u = x.copy()
    parts = np.array_split(u, 4)
    parts[0][:] = parts[1][:2] * 2
    u[3] = 7.0 * x[0]
    B = A.copy()
    l, r = np.hsplit(B, 2)
    l += r
    t, m = np.vsplit(B, [1])
    m[0] *= t[0]
    for p in parts:
        p += 1
    return np.sum(u**2) + np.sum(B**2) + np.sum(parts[1])


def rows_in_a_list(A):
    B = A.copy()
    rows = list(B)
    rows[0][1] = 3.0 * A[2, 2]
    rows[1] *= 2
    B[2] = rows[0]
    for r in rows:
        r += 1.0
    return np.sum(B**2) + rows[2].sum()


def rows_of_a_copy(A):
    rows = list(A.copy())
    t = tuple(A * 2.0)
    for i in range(len(rows)):
        rows[i][i] = 1.0 * t[i][0]
    return sum((np.sum(r**2) for r in rows))


def row_before(A):
    B = A.copy()
    prev = B[0]
    for i in range(1, B.shape[0]):
        B[i] += 0.5 * prev**2
        prev = B[i]
    return np.sum(B**2)


def row_before_as_a_view(A):
    B = A.copy()
    prev = B[0]
    for i in range(1, len(B)):
        row = B[i]
        row[1:] = row[:-1] * prev[1:]
        row[0] += prev[-1]
        prev = row
    return B.sum() + np.sum(prev**2)


def columns_in_pairs(A, v):
    B = A.copy()
    for col, s in zip(B.T, v):
        col *= s
    for col in B.T:
        col -= col.mean()
    for i, col in enumerate(B.T):
        col[0] = v[i]
    for r, q in zip(B, A):
        r += q**2
    for r, q in zip(B, B[::-1]):
        r += 0.1
    return np.sum(B**3)


def view_by_a_test(x):
    u = x.copy()
    v = u[:3] if x[0] > 0 else u[2:]
    v[0] = 5.0 * x[1]
    v *= 2
    a = u[1:4]
    if x[1] > 0:
        a = u[:3]
    a += 1
    return np.sum(u**2)


def one_of_two_buffers(x):
    u = x.copy()
    w = 2.0 * x
    t = u if x[0] > 0 else w
    t[0] = 5.0 * x[1]
    t += 1
    return np.sum(u**2) + np.sum(w**3) + t.sum()


def pair_of_buffers(x):
    pair = (x.copy(), np.zeros_like(x))
    for t in range(4):
        a, b = pair
        b[:] = a * x
        b[0] = 1.0
        pair = (b, a)
    return np.sum(pair[0] ** 2)


def whole_or_part(x, c):
    u = x.copy()
    v = u
    if c > 0:
        v = u[1:]
    v *= c
    v[0] += x[2]
    u[1] *= 2.0
    return np.sum(u**2) + v[0]


def window_that_moves(A, n):
    B = A.copy()
    win = B[0:2]
    for i in range(n):
        win *= 0.5
        win[0] += B[i]
        win = B[i : i + 2]
    return np.sum(B**2) + win.sum()


def one_of_two_rows(A):
    B = A.copy()
    rows = [B[0], B[2]]
    k = int(A[0, 0] > 0)
    rows[k][1:] *= 2
    rows[1 - k] += rows[k]
    B[1] = rows[k]
    return np.sum(B**3)


def one_of_two_halves(x):
    u = x.copy()
    lo, hi = (u[:3], u[3:])
    small = lo if x[0] < 0 else hi
    small += 1.0
    lo[0] *= hi[1]
    return np.sum(u**2) + small.sum()


def columns_made_orthogonal(A):
    B = A.copy()
    cols = [B[:, j] for j in range(4)]
    for j in range(1, 4):
        cols[j] -= cols[j - 1] @ cols[j] * cols[j - 1]
    for c in cols:
        c /= 1.0 + np.sum(c**2)
    return np.sum(B**2 * A) + np.stack(cols)[0, 1] + len(cols)


def views_by_a_while_loop(x, n):
    u = x.copy()
    heads = []
    i = 0
    while i < n:
        heads.append(u[i : i + 2])
        i += 2
    for a, b in zip(heads, heads[1:]):
        b += a**2
    for k, h in enumerate(heads):
        h *= k + 1.0
    heads[-1][0] = u[0] * 3.0
    return np.sum(u**2) + heads[0].sum()


def blocks_along_an_axis(A, k):
    l, m, r = np.array_split(A.copy(), 3, axis=1)
    l[0, 0] = 3.0 * m[1, 0]
    m *= 2
    r[:, 0] -= l[:, 0]
    parts = [l, m, r]
    parts[k][1] = 0.0
    return np.sum(l**2) + np.sum(m**2) + np.sum(r**2)


def best_row(A, x):
    B = A.copy()
    best = B[0]
    for row in B:
        row *= x[0]
        if row[0] > best[0]:
            best = row
    best += 1.0
    return np.sum(B**2)


def rows_replaced(A, k):
    rows = list(A)
    s = rows[k].sum()
    rows[0] = rows[1] * 2.0
    t = tuple(A)
    return s * np.sum(np.array(rows) ** 2) * t[1][0]


def first_row_and_rest(A):
    B = A.copy()
    first, *rest = B
    first *= 2
    rest[0][1] = 4.0 * first[2]
    a, b, c = B
    a += b * c
    for r in rest:
        r -= first
    return np.sum(B**2)


def pair_by_a_flag(x, flag):
    u, w = (x.copy(), 2 * x)
    src, dst = (u, w) if flag else (w, u)
    for t in range(3):
        dst[1:] = np.sin(src[:-1])
        dst[0] = src[-1]
        src, dst = (dst, src)
    return np.sum(src**2) + u[1]


def pair_that_turns(x):
    u, w = (x.copy(), 2 * x)
    pair = (u, w)
    for t in range(3):
        src, dst = pair
        dst[1:] = np.sin(src[:-1])
        dst[0] = src[-1]
        pair = (dst, src)
    return np.sum(pair[0] ** 2) + u[1]


def dict_of_two_buffers(x):
    u, w = (x.copy(), 2 * x)
    state = {"old": u, "new": w}
    for t in range(3):
        state["new"][1:] = np.sin(state["old"][:-1])
        state["old"], state["new"] = (state["new"], state["old"])
    return np.sum(state["old"] ** 2)


def view_of_a_view(x):
    u = x.copy()
    v = u[::2]
    a = v[1:]
    b = v if x[0] > 0 else a
    b *= 3.0
    u[2] += 1.0
    a[0] *= b[0]
    return np.sum(u**2)


def transposed_or_not(x):
    u = x.copy()
    v = u.reshape(2, 3)
    w = v.T
    r = w[0] if x[1] > 0 else v[1]
    r += 2.0
    u[0] *= r[1]
    return np.sum(u**2)


def pick(u, i):
    return u[i] if i > 0 else u[0]


def row_by_a_helper(A, n):
    B = A.copy()
    for i in range(n):
        pick(B, i)[:] = pick(B, i - 1) * 2.0 + B[0]
    return np.sum(B**2)


def dict_of_rows(A, n):
    B = A.copy()
    d = {i: B[i] for i in range(n)}
    d[1] *= 2.0
    d[0][1] = 3.0 * A[1, 1]
    for k in d:
        d[k] += k
    return np.sum(B**2)


def view_that_widens(x, n):
    u = x.copy()
    v = u[1:3]
    for i in range(n):
        if i == 1:
            v = u[2:4]
        elif i == 2:
            v = u
        v *= 1.5
        u[0] += v[0]
    return np.sum(u**2)


def columns_with_names(x):
    p = np.zeros((4, 2))
    pos = p[:, 0]
    vel = p[:, 1]
    pos[:] = x
    for _ in range(3):
        vel -= 0.1 * pos
        pos += 0.1 * vel
    return np.sum(p**2)


def views_before_and_after(x):
    u = x.copy()
    v = u[1:4]
    s = v.sum()
    u[2] = 10.0 * x[0]
    s2 = v.sum()
    v[0] = s * s2
    w = v[1:]
    u[:] = u * 2
    w[0] += 1
    u = u * 3
    v[1] = 9.0
    return np.sum(u**2) + v @ x[:3] + w.sum()


case(list_of_views_by_a_loop, vec(6), "typed")
case(list_of_views, vec(6), "typed")
case(list_of_views_of_a_number, lambda r: (normal(r, 6), 3), "typed")
case(parts_of_a_split, vec(6), "typed")
case(split_before_the_write, vec(6), "typed")
case(uneven_parts, lambda r: (normal(r, 7), normal(r, 3, 4)), "typed", wrt=(0, 1))
case(rows_in_a_list, mat(), "typed")
case(rows_of_a_copy, mat(), "typed")
case(row_before, mat())
case(row_before_as_a_view, mat(), "typed")
case(columns_in_pairs, lambda r: (normal(r, 3, 4), normal(r, 4)), "typed", wrt=(0, 1))
case(view_by_a_test, vec(5), "typed")
case(view_by_a_test, vec(5), "typed", name="view_by_a_test_2")
case(one_of_two_buffers, vec(5), "typed")
case(one_of_two_buffers, vec(5), "typed", name="one_of_two_buffers_2")
case(pair_of_buffers, vec())
case(whole_or_part, lambda r: (normal(r, 5), 1.5), "typed", wrt=(0, 1))
case(whole_or_part, lambda r: (normal(r, 5), -1.5), "typed", wrt=(0, 1), name="whole_or_part_2")
case(window_that_moves, lambda r: (normal(r, 4, 3), 3), "typed")
case(one_of_two_rows, mat(), "typed")
case(one_of_two_rows, mat(), "typed", name="one_of_two_rows_2")
case(one_of_two_halves, lambda r: (normal(r, 6),), "typed")
case(one_of_two_halves, lambda r: (normal(r, 6),), "typed", name="one_of_two_halves_2")
case(columns_made_orthogonal, mat(), "typed")
case(views_by_a_while_loop, lambda r: (normal(r, 6), 6), "typed")
case(blocks_along_an_axis, lambda r: (normal(r, 3, 6), 1), "typed")
case(best_row, lambda r: (normal(r, 4, 3), normal(r, 2)), "typed", wrt=(0, 1))
case(rows_replaced, lambda r: (normal(r, 4, 3), 2))
case(first_row_and_rest, mat(3, 4), "typed")
case(pair_by_a_flag, lambda r: (normal(r, 4), True), "typed")
case(pair_by_a_flag, lambda r: (normal(r, 4), False), "typed", name="pair_by_a_flag_2")
case(pair_that_turns, vec(4), "typed")
case(dict_of_two_buffers, vec(4), "typed")
case(view_of_a_view, lambda r: (normal(r, 8),), "typed")
case(view_of_a_view, lambda r: (normal(r, 8),), "typed", name="view_of_a_view_2")
case(transposed_or_not, vec(6), "may_refuse")
case(transposed_or_not, vec(6), "may_refuse", name="transposed_or_not_2")
case(row_by_a_helper, lambda r: (normal(r, 4, 3), 4), "typed")
case(dict_of_rows, lambda r: (normal(r, 4, 3), 3), "typed")
case(view_that_widens, lambda r: (normal(r, 5), 4), "typed")
case(columns_with_names, vec(4))
case(views_before_and_after, vec())

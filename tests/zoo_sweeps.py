"""Writes in loops and branches: sweeps, tables, buffers, and what is left early."""

from __future__ import annotations

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


def spd(n: int = 4):
    """A symmetric positive definite matrix and a vector."""

    def make(r):
        A = r.normal(size=(n, n))
        return (A @ A.T + n * np.eye(n), r.normal(size=n))

    return make


def vector(n: int = 5):
    return lambda r: (normal(r, n),)


def square(n: int = 4):
    return lambda r: (normal(r, n, n),)


def running_sum(x):
    y = np.zeros(5)
    for i in range(5):
        y[i] = (y[i - 1] if i > 0 else 0.0) + x[i] ** 2
    return np.sum(y * x)


def recurrence(x):
    y = np.empty(6)
    y[0] = x[0]
    for i in range(1, 6):
        y[i] = y[i - 1] * x[i] + np.sin(y[i - 1])
    return np.sum(y)


def fibonacci_like(x):
    f = np.zeros(7)
    f[:2] = x[:2]
    for i in range(2, 7):
        f[i] = f[i - 1] * x[2] + f[i - 2] * f[i - 1]
    return f[-1]


def loop_of_nonlinear_stencil(u0, c):
    u = u0.copy()
    for _ in range(4):
        u[1:-1] -= c * u[1:-1] * (u[2:] - u[:-2])
    return np.sum(u**2)


def loop_over_two_fields(e, h, c):
    e, h = e.copy(), h.copy()
    for t in range(3):
        h[:-1] += c * (e[1:] - e[:-1])
        e[1:] += c * (h[1:] - h[:-1])
        e[0] = np.sin(0.1 * t) * c
    return np.sum(e * e) + np.sum(h**3)


def gauss_seidel(A, b):
    x = np.zeros(4)
    for _ in range(3):
        for i in range(4):
            s = 0.0
            for j in range(4):
                if j != i:
                    s += A[i, j] * x[j]
            x[i] = (b[i] - s) / A[i, i]
    return np.sum(x**2)


def jacobi_ping_pong(u0, f):
    u, v = u0.copy(), u0.copy()
    for _ in range(5):
        v[1:-1] = 0.5 * (u[2:] + u[:-2] * u[1:-1] - f[1:-1])
        u, v = v, u
    return np.sum(u * u) + np.sum(v)


def ping_pong_odd_turns(x, n):
    a, b = x.copy(), np.zeros(4)
    for k in range(n):
        b[:] = a * a + k
        b[0] = a[1]
        a, b = b, a
    return np.sum(a) + np.sum(b * x)


def three_buffers_again(x):
    a, b, c = x.copy(), x * 2.0, np.zeros(4)
    for _ in range(4):
        c[1:] = a[:-1] * b[1:]
        a, b, c = b, c, a
    return np.sum(a + 2.0 * b + 3.0 * c)


def red_black(u0):
    u = u0.copy()
    for _ in range(2):
        for colour in range(2):
            for i in range(1, 4):
                for j in range(1, 4):
                    if (i + j) % 2 == colour:
                        u[i, j] = 0.25 * (u[i + 1, j] + u[i - 1, j] + u[i, j + 1] * u[i, j - 1])
    return np.sum(u**2)


def red_black_by_slices(u0):
    u = u0.copy()
    for _ in range(3):
        u[1:-1:2] = 0.5 * (u[:-2:2] + u[2::2]) * u[1:-1:2]
        u[2:-1:2] = 0.5 * (u[1:-2:2] + u[3::2])
    return np.sum(u**2)


def wavefront(A):
    D = np.zeros((4, 5))
    D[0, :] = A[0, :]
    D[:, 0] = A[:, 0]
    for s in range(2, 8):
        for i in range(max(1, s - 4), min(4, s)):
            j = s - i
            D[i, j] = A[i, j] + D[i - 1, j] * D[i, j - 1] - 0.5 * D[i - 1, j - 1]
    return D[-1, -1]


def soft_alignment(A):
    n, m = A.shape
    D = np.full((n + 1, m + 1), 5.0)
    D[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            best = -np.log(np.exp(-D[i - 1, j]) + np.exp(-D[i, j - 1]) + np.exp(-D[i - 1, j - 1]))
            D[i, j] = A[i - 1, j - 1] ** 2 + best
    return D[n, m]


def lu_in_place(A):
    A = A.copy()
    n = A.shape[0]
    for k in range(n - 1):
        for i in range(k + 1, n):
            A[i, k] /= A[k, k]
            for j in range(k + 1, n):
                A[i, j] -= A[i, k] * A[k, j]
    return np.sum(np.log(np.abs(np.diag(A)))) + np.sum(np.tril(A, -1))


def lu_by_rows(A):
    A = A.copy()
    for k in range(3):
        A[k + 1 :, k] /= A[k, k]
        A[k + 1 :, k + 1 :] -= np.outer(A[k + 1 :, k], A[k, k + 1 :])
    return np.sum(A**2)


def cholesky_loop(A):
    n = len(A)
    L = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = A[i, j]
            for k in range(j):
                s -= L[i, k] * L[j, k]
            if i == j:
                L[i, j] = np.sqrt(s)
            else:
                L[i, j] = s / L[j, j]
    return np.sum(np.log(np.diag(L))) + np.sum(L)


def cholesky_in_place(A):
    A = A.copy()
    n = A.shape[0]
    for j in range(n):
        A[j, j] = np.sqrt(A[j, j] - A[j, :j] @ A[j, :j])
        for i in range(j + 1, n):
            A[i, j] = (A[i, j] - A[i, :j] @ A[j, :j]) / A[j, j]
        A[j, j + 1 :] = 0.0
    return np.sum(A * np.arange(n))


def triangular_solve(A, b):
    x = b.copy()
    for i in range(3, -1, -1):
        x[i] -= A[i, i + 1 :] @ x[i + 1 :]
        x[i] /= A[i, i]
    return np.sum(x**2)


def thomas(a, b, c, d):
    n = len(d)
    cp, dp, x = np.empty(n), np.empty(n), np.empty(n)
    cp[0] = c[0] / b[0]
    dp[0] = d[0] / b[0]
    for i in range(1, n):
        m = b[i] - a[i] * cp[i - 1]
        cp[i] = c[i] / m
        dp[i] = (d[i] - a[i] * dp[i - 1]) / m
    x[-1] = dp[-1]
    for i in range(n - 2, -1, -1):
        x[i] = dp[i] - cp[i] * x[i + 1]
    return np.sum(x**2)


def gram_schmidt(A):
    Q = A.copy()
    for j in range(3):
        for k in range(j):
            Q[:, j] -= (Q[:, k] @ Q[:, j]) * Q[:, k]
        Q[:, j] /= np.sqrt(np.sum(Q[:, j] ** 2))
    return np.sum(Q**3)


def while_to_convergence(x):
    y = x.copy()
    turns = 0
    while np.sum(y * y) > 0.1 and turns < 20:
        y[1:] *= 0.7
        y[0] = 0.5 * np.sin(y[1])
        turns += 1
    return np.sum(y * x)


def while_with_two_pointers(x):
    y = x.copy()
    i, j = 0, 4
    while i < j:
        y[i], y[j] = y[j] * y[i], y[i]
        i += 1
        j -= 1
    return np.dot(y, np.arange(5.0))


def bubble_sort_again(x):
    y = x.copy()
    for i in range(5):
        for j in range(4 - i):
            if y[j] > y[j + 1]:
                y[j], y[j + 1] = y[j + 1], y[j]
    return np.dot(y, np.arange(5.0) ** 2)


def break_after_write(x):
    y = np.zeros(6)
    for i in range(6):
        y[i] = x[i] * x[0]
        if i == 3:
            break
        y[i] += 1.0
    return np.sum(y**2)


def continue_before_write(x):
    y = x.copy()
    for i in range(1, 6):
        if y[i] < 0.0:
            y[i] = 0.0
            continue
        y[i] *= y[i - 1]
    return np.sum(y * x)


def early_return_after_write(x):
    y = x.copy()
    y[0] = y[1] ** 2
    if y[0] < 100.0:
        y[2] = y[0] * x[2]
        return np.sum(y**2)
    y[1] = 3.0
    return np.sum(y)


def early_return_not_taken(x):
    y = x.copy()
    y[0] = y[1] ** 2
    if y[0] > 100.0:
        y[2] = 0.0
        return np.sum(y**2)
    y[1] *= y[0]
    return np.sum(y * y * x)


def return_from_loop(x):
    y = x.copy()
    for i in range(1, 6):
        y[i] += y[i - 1] ** 2
        if i > 2:
            y[0] = 1.0
            return np.sum(y * x)
    return np.sum(y)


def arms_that_write(x, c):
    y = x.copy()
    if c > 0.0:
        y[1:] = x[:-1] * c
        y[0] += y[1]
    else:
        y[:-1] *= c
    z = y * y
    if c < 0.0:
        z += 1.0
    elif c > 5.0:
        z[:] = 0.0
    return np.sum(z * x)


def arms_in_a_loop(x):
    y = np.zeros(4)
    z = x.copy()
    for i in range(8):
        k = i % 4
        if z[k] > 0.0:
            y[k] += z[k] * x[0]
        else:
            z[k] = -z[k] * 0.5
    return np.sum(y * y) + np.sum(z)


def histogram_of_kernels(x, centres):
    h = np.zeros(3)
    for xi in x:
        for k, c in enumerate(centres):
            h[k] += np.exp(-((xi - c) ** 2))
    h /= np.sum(h)
    return -np.sum(h * np.log(h))


def polynomial_table(x):
    T = np.ones((5, 3))
    T[1] = x
    for n in range(2, 5):
        T[n] = 2.0 * x * T[n - 1] - T[n - 2]
    return np.sum(T**2)


def trajectory(x0, v0):
    n = 5
    xs = np.zeros((n, 2))
    v = v0.copy()
    xs[0] = x0
    for t in range(1, n):
        v -= 0.1 * xs[t - 1] * np.sum(xs[t - 1] ** 2)
        xs[t] = xs[t - 1] + 0.1 * v
    return np.sum(xs[-1] ** 2) + np.sum(xs[2] * v)


def leapfrog_bodies(p, v):
    p, v = p.copy(), v.copy()
    for _ in range(2):
        force = np.zeros_like(p)
        for i in range(3):
            for j in range(3):
                if i != j:
                    d = p[j] - p[i]
                    force[i] += d / (np.sum(d * d) + 0.1) ** 1.5
        v += 0.1 * force
        p += 0.1 * v
    return np.sum(p**2) + np.sum(v * p)


def convolution_by_loops(x, k):
    n, m = len(x), len(k)
    y = np.zeros(n - m + 1)
    for i in range(n - m + 1):
        for j in range(m):
            y[i] += x[i + j] * k[j]
    return np.sum(np.maximum(y, 0.1) ** 2)


def histories_of_copies(x):
    u = x.copy()
    hist = []
    for _ in range(3):
        hist.append(u.copy())
        u[1:] *= u[:-1]
    return np.sum(np.array(hist) ** 2) + np.sum(u)


def buffer_made_in_the_loop(A):
    total = 0.0
    for i in range(3):
        t = np.zeros(4)
        t[1:] = A[i, :3] ** 2
        t[0] = t[1] * A[i, 3]
        total += np.sum(t * A[i])
    return total


def carried_buffer_replaced(x):
    u = x.copy()
    for _ in range(3):
        u[0] = u[1] * u[2]
        new = np.zeros(4)
        new[1:] = u[:-1]
        new[0] = u[3] ** 2
        u = new
    return np.sum(u * x)


def floyd_warshall_soft(W):
    D = W.copy()
    n = D.shape[0]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                D[i, j] = -np.log(np.exp(-D[i, j]) + np.exp(-D[i, k] - D[k, j]))
    return np.sum(D * D)


def levinson_durbin(r):
    n = 3
    a = np.zeros(n + 1)
    a[0] = 1.0
    e = r[0]
    for k in range(1, n + 1):
        lam = 0.0
        for j in range(k):
            lam -= a[j] * r[k - j]
        lam /= e
        for j in range((k + 1) // 2 + 1):
            t = a[k - j] + lam * a[j]
            a[j] += lam * a[k - j]
            a[k - j] = t
        e *= 1.0 - lam * lam
    return np.sum(a**2) + e


def iir_filter(x, b, a):
    y = np.zeros_like(x)
    for t in range(len(x)):
        y[t] = b[0] * x[t]
        if t >= 1:
            y[t] += b[1] * x[t - 1] - a[0] * y[t - 1]
        if t >= 2:
            y[t] -= a[1] * y[t - 2]
    return np.sum(y**2)


def heat_in_two_dimensions(u0, k):
    u = u0.copy()
    for _ in range(3):
        lap = np.zeros_like(u)
        lap[1:-1, 1:-1] = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2]
        lap[1:-1, 1:-1] -= 4.0 * u[1:-1, 1:-1]
        u += k * lap
        u[0] = u[1]
        u[-1] = u[-2]
    return np.sum(u**2)


def symbolic_strides(x):
    y = x.copy()
    step = 1
    while step < 8:
        y[step:] += y[:-step] * 0.5
        y[::step] *= y[step % 3]
        step *= 2
    return np.sum(y)


def loop_without_turns(x, n):
    y = x.copy()
    for i in range(n):
        y[i] = y[i] ** 2
    y[0] *= x[1]
    return np.sum(y * y)


def loop_else_writes(x):
    y = x.copy()
    for i in range(4):
        y[i] *= y[i + 1]
        if y[i] > 1e6:
            break
    else:
        y[0] = y[1] * y[2]
    return np.sum(y**2)


case(running_sum, vector())
case(recurrence, vector(6))
case(fibonacci_like, vector(3))
case(loop_of_nonlinear_stencil, lambda r: (normal(r, 6), 0.3), wrt=(0, 1))
case(loop_over_two_fields, lambda r: (normal(r, 5), normal(r, 5), 0.3), wrt=(0, 1, 2))
case(gauss_seidel, spd(), wrt=(0, 1))
case(jacobi_ping_pong, lambda r: (normal(r, 6), normal(r, 6)), wrt=(0, 1))
case(ping_pong_odd_turns, lambda r: (normal(r, 4), 3))
case(ping_pong_odd_turns, lambda r: (normal(r, 4), 0), name="ping_pong_no_turns")
case(three_buffers_again, vector(4))
case(red_black, square(5))
case(red_black_by_slices, vector(7))
case(wavefront, lambda r: (normal(r, 4, 5),))
case(soft_alignment, lambda r: (normal(r, 3, 4),))
case(lu_in_place, lambda r: (normal(r, 4, 4) + 4.0 * np.eye(4),))
case(lu_by_rows, lambda r: (normal(r, 4, 4) + 4.0 * np.eye(4),))
case(cholesky_loop, lambda r: spd()(r)[:1], "typed")
case(cholesky_in_place, lambda r: spd()(r)[:1])
case(triangular_solve, spd(), wrt=(0, 1))
case(
    thomas,
    lambda r: (normal(r, 5), 4.0 + normal(r, 5), normal(r, 5), normal(r, 5)),
    wrt=(0, 1, 2, 3),
)
case(gram_schmidt, lambda r: (normal(r, 4, 3),))
case(while_to_convergence, vector())
case(while_with_two_pointers, vector(), "typed")
case(bubble_sort_again, vector(), "typed")
case(break_after_write, vector(6))
case(continue_before_write, vector(6))
case(early_return_after_write, vector())
case(early_return_not_taken, vector())
case(return_from_loop, vector(6))
case(arms_that_write, lambda r: (normal(r, 4), 0.7), wrt=(0, 1))
case(arms_that_write, lambda r: (normal(r, 4), -0.7), wrt=(0, 1), name="other_arms_that_write")
case(arms_in_a_loop, lambda r: (np.array([0.7, -0.4, 0.3, -1.2]),))
case(histogram_of_kernels, lambda r: (normal(r, 5), normal(r, 3)), wrt=(0, 1))
case(polynomial_table, vector(3))
case(trajectory, lambda r: (normal(r, 2), normal(r, 2)), wrt=(0, 1))
case(leapfrog_bodies, lambda r: (normal(r, 3, 2), normal(r, 3, 2)), wrt=(0, 1))
case(convolution_by_loops, lambda r: (normal(r, 6), normal(r, 3)), wrt=(0, 1))
case(histories_of_copies, vector(4))
case(buffer_made_in_the_loop, lambda r: (normal(r, 3, 4),))
case(carried_buffer_replaced, vector(4))
case(floyd_warshall_soft, lambda r: (positive(r, 3, 3),))
case(levinson_durbin, lambda r: (np.array([4.0, 1.0, 0.5, 0.3]) + 0.1 * normal(r, 4),), "typed")
case(iir_filter, lambda r: (normal(r, 5), normal(r, 2), normal(r, 2)), wrt=(0, 1, 2))
case(heat_in_two_dimensions, lambda r: (normal(r, 4, 5), 0.1), wrt=(0, 1))
case(symbolic_strides, vector(9))
case(loop_without_turns, lambda r: (normal(r, 4), 0))
case(loop_else_writes, vector(6))

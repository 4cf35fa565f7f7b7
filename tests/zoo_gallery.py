"""The functions of the gallery: what the output must look like."""

from __future__ import annotations

import numpy as np

from tests.zoo_case import Case, collector, normal

CASES: list[Case] = []
case = collector(CASES)


def mse(w, b, X, y):
    err = X @ w + b - y
    return np.mean(err ** 2)


def mse_hand(w, b, X, y):
    err = X @ w + b - y
    d_err = (2.0 / err.size) * err
    return X.T @ d_err, d_err.sum()


case(
    mse,
    lambda r: (normal(r, 3), normal(r), normal(r, 8, 3), normal(r, 8)),
    "golden",
    wrt=("w", "b"),
    hand=mse_hand,
    name="gallery_1_mse",
)


def mlp(W1, b1, W2, b2, x, y):
    h = np.tanh(x @ W1 + b1)
    out = h @ W2 + b2 + x
    return np.mean((out - y) ** 2)


def mlp_hand(W1, b1, W2, b2, x, y):
    h = np.tanh(x @ W1 + b1)
    diff = h @ W2 + b2 + x - y
    d_out = (2.0 / diff.size) * diff
    d_z = (d_out @ W2.T) * (1.0 - h * h)
    return x.T @ d_z, d_z.sum(axis=0), h.T @ d_out, d_out.sum(axis=0), d_out + d_z @ W1.T


case(
    mlp,
    lambda r: (
        normal(r, 3, 4),
        normal(r, 4),
        normal(r, 4, 3),
        normal(r, 3),
        normal(r, 5, 3),
        normal(r, 5, 3),
    ),
    "golden",
    wrt=("W1", "b1", "W2", "b2", "x"),
    hand=mlp_hand,
    name="gallery_2_mlp",
)
case(
    mlp,
    lambda r: (
        normal(r, 3, 4),
        normal(r, 4),
        normal(r, 4, 3),
        normal(r, 3),
        normal(r, 5, 3),
        normal(r, 5, 3),
    ),
    "golden",
    wrt=(0, 1, 2, 3),
    name="gallery_2_mlp_weights",
)


def heat(u0, dt, steps):
    u = u0.copy()
    for t in range(steps):
        u[1:-1] += dt * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u ** 2)


case(heat, lambda r: (normal(r, 7), 0.2, 4), wrt=(0, 1), name="gallery_3_both")


def f(x):
    if x > 1.0:
        y = x * x
    else:
        y = -x
    while y > 0.5:
        y = y * 0.5 * np.cos(x) ** 2
    return y


case(f, lambda r: (1.7,), "golden", name="gallery_4_f")
case(f, lambda r: (-1.3,), name="gallery_4_f_other_arm")
case(f, lambda r: (0.3,), name="gallery_4_f_no_turn")


def layer(W, b, x):
    return np.tanh(x @ W + b)


def loss(p, x, y):
    h = layer(p["W1"], p["b1"], x)
    out = h @ p["W2"] + p["b2"]
    return np.mean((out - y) ** 2) + 1e-3 * np.sum(p["W1"] ** 2)


case(
    loss,
    lambda r: (
        {"W1": normal(r, 3, 4), "b1": normal(r, 4), "W2": normal(r, 4, 2), "b2": normal(r, 2)},
        normal(r, 5, 3),
        normal(r, 5, 2),
    ),
    "golden",
    name="gallery_5_loss",
)


def exits(x):
    if x < 0.0:
        return 2.0 * x
    total = 0.0
    for k in range(1, 20):
        if k % 3 == 0:
            continue
        term = x ** k / k
        if term < 1e-3:
            break
        total = total + term
    return total


case(exits, lambda r: (0.6,), "golden", name="gallery_7_exits")
case(exits, lambda r: (-0.6,), name="gallery_7_exits_early")


def find_root(a, b):
    x = 1.0
    for i in range(50):
        step = (x * x * a - b) / (2.0 * a * x)
        x = x - step
        if abs(step) < 1e-10:
            return x * x * x
    return x


case(
    find_root,
    lambda r: (2.0, 5.0),
    "golden",
    wrt=(0, 1),
    name="gallery_7_find_root",
    hand=lambda a, b: (-1.5 * (b / a) ** 1.5 / a, 1.5 * (b / a) ** 0.5 / a),
)


def row_norms(x, cap):
    total = 0.0
    for row in x:
        size = np.sqrt(np.sum(row ** 2))
        if size > cap:
            break
        if row[0] < 0.0:
            continue
        total += size
    return total


case(
    row_norms,
    lambda r: (np.array([[1.0, 2.0], [-1.0, 0.5], [0.5, 0.2], [4.0, 4.0], [1.0, 1.0]]), 4.0),
    "golden",
    name="gallery_7_row_norms",
)


def gallery_3_heat(u0, dt, steps):
    u = u0.copy()
    for t in range(steps):
        u[1:-1] += dt * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u ** 2)


case(gallery_3_heat, lambda r: (normal(r, 9), 0.1, 4), "golden")
case(gallery_3_heat, lambda r: (normal(r, 9), 0.1, 4), "golden", wrt=(0, 1), name="gallery_3_rate")


def gallery_3_nonlinear(u0, c):
    u = u0.copy()
    for t in range(5):
        u[1:-1] -= c * u[1:-1] * (u[2:] - u[:-2])
    return np.sum(u ** 2)


case(gallery_3_nonlinear, lambda r: (normal(r, 9), 0.1), "golden")


def gallery_6_views(x):
    y = np.zeros(6)
    y[:] = x
    v = y[1:4]
    v[0] = 10.0 * x[0]
    v *= x[4]
    return np.sum(y ** 2) + v[1]


case(gallery_6_views, lambda r: (normal(r, 6),), "golden")


def changes_places(u0):
    u = u0.copy()
    v = np.zeros_like(u)
    for t in range(4):
        v[1:-1] = u[1:-1] ** 2 + u[2:]
        u, v = v, u
    return np.sum(u ** 3)


case(changes_places, lambda r: (r.uniform(0.1, 0.3, size=6),), "golden")


def forward_substitution(L, b):
    x = np.zeros_like(b)
    for i in range(len(b)):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]
    return np.sum(x ** 2)


case(
    forward_substitution,
    lambda r: (np.tril(normal(r, 4, 4)) + 4.0 * np.eye(4), normal(r, 4)),
    "golden",
    wrt=(0, 1),
)


def crout(A0):
    A = A0.copy()
    n = A.shape[0]
    for k in range(n):
        for i in range(k + 1, n):
            A[i, k] /= A[k, k]
            for j in range(k + 1, n):
                A[i, j] -= A[i, k] * A[k, j]
    return np.sum(np.log(np.abs(np.diag(A))))


case(crout, lambda r: (normal(r, 4, 4) + 4.0 * np.eye(4),), "golden")


def sweeps(u0, f):
    u = u0.copy()
    n = u.shape[0]
    for it in range(3):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1]) + f[i, j] * u[i, j]
    return np.sum(u * u)


case(sweeps, lambda r: (normal(r, 5, 5), normal(r, 5, 5)), "golden", wrt=(0, 1))

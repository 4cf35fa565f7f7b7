"""NumPy's less common functions in small losses."""

from __future__ import annotations

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


def robust_scale(x):
    centre = np.median(x)
    return np.sum(np.abs(x - centre) ** 3) / np.ptp(x)


case(robust_scale, lambda r: (normal(r, 7),), "golden")


def pinball(y, q, level):
    return np.mean(np.maximum(level * (y - q), (level - 1.0) * (y - q))) + np.quantile(y, level)


case(pinball, lambda r: (normal(r, 8), normal(r, 8), 0.3), wrt=(0, 1))


def whitened(X, w):
    C = np.cov(X, rowvar=False)
    L = np.linalg.cholesky(C + 0.1 * np.eye(C.shape[0]))
    return np.sum(np.linalg.solve(L, w) ** 2) + np.linalg.slogdet(C)[1]


case(whitened, lambda r: (normal(r, 8, 3), normal(r, 3)), wrt=(0, 1))


def low_rank(A, k):
    u, s, vh = np.linalg.svd(A, full_matrices=False)
    return np.sum(((u[:, :k] * s[:k]) @ vh[:k] - A) ** 2)


case(low_rank, lambda r: (normal(r, 5, 4), 2))


def curve_fit(y, x):
    c = np.polyfit(x, y, 2)
    return np.sum((np.polyval(c, x) - y) ** 2) + np.polyval(np.polyder(c), 0.5)


case(curve_fit, lambda r: (normal(r, 8), np.sort(normal(r, 8))), wrt=(0, 1))


def smoothed(x, kernel):
    padded = np.pad(x, 2, mode="reflect")
    return np.sum(np.convolve(padded, kernel / np.sum(kernel), "valid") ** 2)


case(smoothed, lambda r: (normal(r, 9), positive(r, 5)), wrt=(0, 1))


def steepness(u, h):
    du = np.gradient(u, h, edge_order=2)
    return np.trapezoid(du ** 2, dx=h)


case(steepness, lambda r: (normal(r, 9), 0.3), "golden", wrt=(0, 1))


def steepness_2d(u, x, y):
    gx, gy = np.gradient(u, x, y)
    return np.sum(np.hypot(gx, gy))


case(
    steepness_2d,
    lambda r: (normal(r, 4, 5), np.cumsum(positive(r, 4)), np.cumsum(positive(r, 5))),
    wrt=(0, 1, 2),
)


def of_each(x, c):
    f = np.vectorize(lambda a, b: a * a * b if a > 0 else np.sin(a) - b)
    return np.sum(f(x, c) ** 2)


case(of_each, lambda r: (normal(r, 2, 3), normal(r, 3)), wrt=(0, 1))


def of_each_row(A, p):
    def scaled(row, power):
        return row / np.sum(np.abs(row) ** power) ** (1.0 / power)

    return np.sum(np.apply_along_axis(scaled, 1, A, p) * A ** 2)


case(of_each_row, lambda r: (normal(r, 3, 4), 3.0), wrt=(0, 1))


def in_pieces(x, s):
    y = np.piecewise(x, [x < -0.5, x > 0.5], [lambda v: v ** 2, lambda v: s * v, 0.25])
    return np.sum(y * x)


case(in_pieces, lambda r: (normal(r, 6), 0.7), wrt=(0, 1))


def on_a_grid(a, b):
    field = np.fromfunction(lambda i, j: np.sin(a * i + b * j), (3, 4))
    return np.sum(field ** 2)


case(on_a_grid, lambda r: (normal(r), normal(r)), wrt=(0, 1))


def by_places(A):
    total = 0.0
    for (i, j), v in np.ndenumerate(A):
        total += (i + 1) * v ** (j + 1)
    return total


case(by_places, lambda r: (normal(r, 3, 2),))


def item_by_item(A):
    total = 1.0
    for v in A.flat:
        total = total * np.cos(v) + v
    return total


case(item_by_item, lambda r: (normal(r, 2, 2),))


def glued(x, y):
    rows = np.r_[x, 0.5, 2.0 * y]
    columns = np.c_[x, x ** 2]
    return np.sum(rows ** 2) + np.sum(columns ** 3)


case(glued, lambda r: (normal(r, 3), normal(r, 2)), wrt=(0, 1))


def blocks(A, b):
    K = np.block([[A, b[:, None]], [b, 1.0]])
    return np.linalg.det(K) + np.sum(np.linalg.pinv(K[:, :2]))


case(blocks, lambda r: (normal(r, 3, 3), normal(r, 3)), wrt=(0, 1))


def weighted_counts(x, w):
    counts, edges = np.histogram(x, bins=4, range=(-2.0, 2.0), weights=w)
    return np.sum(counts ** 2 * np.diff(edges)) + np.sum(np.bincount([0, 1, 1, 0, 2], w) ** 3)


case(weighted_counts, lambda r: (normal(r, 5), positive(r, 5)), wrt=1)


def put_for_all_rows(A, v):
    B = A * 1.0
    np.put_along_axis(B, np.array([[1]]), v, axis=1)
    return np.sum(B * A)


case(put_for_all_rows, lambda r: (normal(r, 3, 3), normal(r)), wrt=(0, 1))


def chain_of_products(A, B, v):
    y = np.linalg.multi_dot([A, B, v])
    return np.einsum(y, [0], y, [0]) + np.sum(np.linalg.matrix_power(A @ B, 3))


case(
    chain_of_products,
    lambda r: (normal(r, 3, 4), normal(r, 4, 3), normal(r, 3)),
    wrt=(0, 1, 2),
)


def running(x):
    return np.sum(np.maximum.accumulate(x) * np.cumprod(x)) + np.logaddexp.reduce(x)


case(running, lambda r: (normal(r, 6),))


def growth(first, last):
    return np.sum(np.geomspace(first, last, 5)) + np.sum(np.logspace(first, last, 4, base=2.0))


case(growth, lambda r: (positive(r), positive(r)), wrt=(0, 1))


def summarised(x, w):
    mean, total = np.average(x, axis=0, weights=w, returned=True)
    spread = np.var(x, axis=0, mean=np.mean(x, axis=0, keepdims=True), where=x > -1.0)
    return np.sum(mean * total) + np.sum(spread)


case(summarised, lambda r: (normal(r, 5, 2), positive(r, 5)), wrt=(0, 1))

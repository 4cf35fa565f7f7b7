"""Array rules: elementwise functions, broadcasting, reductions, products, shapes."""

from __future__ import annotations

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


def elementwise_functions(x, y):
    a = np.sin(x) + np.cos(x) * np.tan(0.3 * x) + np.exp(-x) + np.log(y) + np.sqrt(y)
    b = np.tanh(x) + np.arctan(x) + np.arcsin(0.2 * x) + np.sinh(0.5 * x) - np.cosh(0.5 * x)
    c = np.log1p(y) + np.expm1(0.1 * x) + np.log2(y) + np.log10(y) + np.exp2(0.2 * x) + np.square(x)
    d = np.reciprocal(y) + np.abs(x) + np.arctan2(x, y) + np.hypot(x, y) + np.logaddexp(x, y)
    return np.sum(a * b + c - d)


case(elementwise_functions, lambda r: (normal(r, 4), positive(r, 4)), wrt=(0, 1))


def elementwise_more(x, y):
    a = np.arccos(0.2 * x) + np.arcsinh(x) + np.arccosh(y + 1.0) + np.arctanh(0.2 * x) + np.cbrt(y)
    b = np.negative(x) + np.positive(x) + np.fabs(x) + np.power(y, x) + np.float_power(y, 1.5)
    c = np.deg2rad(x) + np.rad2deg(x) + np.sinc(x) + np.copysign(y, x) + np.logaddexp2(x, y)
    return np.sum(a + b * c) + np.sum(np.fmax(x, y) + np.fmin(x, 0.2) * np.remainder(x, y))


case(elementwise_more, lambda r: (normal(r, 4), positive(r, 4)), wrt=(0, 1))


def broadcasting(a, b, c):
    return np.sum((a + b) * c / (2.0 + a * a) - b)


case(broadcasting, lambda r: (normal(r, 3, 1), normal(r, 4), 0.7), "golden", wrt=(0, 1, 2))
case(
    broadcasting,
    lambda r: (normal(r, 2, 3, 4), normal(r, 1, 4), normal(r, 1, 1, 1)),
    wrt=(0, 1, 2),
    name="broadcasting_size_one",
)
case(
    broadcasting,
    lambda r: (np.array(0.3), normal(r, 1), normal(r, 3)),
    wrt=(0, 1, 2),
    name="broadcasting_0d",
)
case(
    broadcasting,
    lambda r: (normal(r, 0), normal(r, 1), 0.5),
    wrt=(0, 1, 2),
    name="broadcasting_empty",
)
case(
    broadcasting,
    lambda r: (normal(r, 2, 1), normal(r, 1, 2), normal(r, 2, 2)),
    wrt=(0, 1, 2),
    name="broadcasting_outer",
)


def operators_of_arrays(x, y):
    z = -x + y * 2 - x / y + y ** 2 + y ** x + 2.0 ** x
    return (z * z).sum() - (x // 0.7 * y).sum() + (abs(x) % y).sum()


case(operators_of_arrays, lambda r: (normal(r, 3), positive(r, 3)), wrt=(0, 1))


def reductions(X):
    a = np.sum(X) + np.sum(X, axis=0) @ np.arange(4.0) + np.mean(X, axis=1).sum() * 2
    b = np.prod(X[0]) + np.var(X) + np.std(X, axis=-1).sum() + np.max(X) * np.min(X, axis=0).sum()
    c = (np.mean(X, axis=(0, 1)) * np.sum(X, axis=(0, 1), keepdims=True)).sum()
    return a * b + c + np.cumsum(X, axis=1).prod() * 1e-3 + np.var(X, axis=0, ddof=1).sum()


case(reductions, lambda r: (normal(r, 3, 4),))


def standardise(X):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    return np.sum(Z ** 3) + Z[0, 0]


case(standardise, lambda r: (normal(r, 5, 3),), "golden")


def keepdims(X):
    m = np.max(X, axis=1, keepdims=True)
    e = np.exp(X - m)
    p = e / np.sum(e, axis=1, keepdims=True)
    return np.sum(p * np.arange(4.0))


case(keepdims, lambda r: (normal(r, 3, 4),), "golden")


def logsumexp(x):
    m = np.max(x)
    return m + np.log(np.sum(np.exp(x - m)))


case(logsumexp, lambda r: (normal(r, 5),), "golden")


def prod_and_cumprod(x):
    return np.prod(x) + np.sum(np.cumprod(x))


case(prod_and_cumprod, lambda r: (positive(r, 4),), "may_refuse")


def norms(x, A):
    a = (
        np.linalg.norm(x)
        + np.linalg.norm(x, 2) * np.linalg.norm(A)
        + np.linalg.norm(A, axis=1).sum()
    )
    return a + np.linalg.norm(x, 1) + np.linalg.norm(x, ord=np.inf) + np.linalg.norm(A, "fro")


case(norms, lambda r: (normal(r, 4), normal(r, 2, 3)), wrt=(0, 1))


def matmuls(A, B, x, y):
    return np.sum(A @ B) + x @ A @ y + np.sum(np.matmul(A, y) * x) + (x @ x) * (A.T @ x).sum()


case(
    matmuls,
    lambda r: (normal(r, 3, 4), normal(r, 4, 2), normal(r, 3), normal(r, 4)),
    "golden",
    wrt=(0, 1, 2, 3),
)


def batched_matmul(A, B):
    return np.sum((A @ B) ** 2)


case(batched_matmul, lambda r: (normal(r, 2, 3, 4), normal(r, 4, 2)), wrt=(0, 1))
case(
    batched_matmul,
    lambda r: (normal(r, 2, 1, 3, 4), normal(r, 5, 4, 2)),
    wrt=(0, 1),
    name="batched_matmul_broadcast",
)
case(
    batched_matmul,
    lambda r: (normal(r, 4), normal(r, 2, 4, 3)),
    wrt=(0, 1),
    name="batched_matmul_vector",
)


def products(x, y, A, B):
    a = np.dot(x, y) * np.inner(x, y) + np.outer(x, y).sum() + np.dot(A, B).sum() + np.vdot(A, A)
    b = np.tensordot(A, B, axes=1).sum() * np.tensordot(A, A, axes=([0, 1], [0, 1]))
    return a + b + np.sum(np.dot(A, x) ** 2) + np.trace(A) + np.inner(A, A).sum()


case(
    products,
    lambda r: (normal(r, 3), normal(r, 3), normal(r, 3, 3), normal(r, 3, 2)),
    wrt=(0, 1, 2, 3),
)


def einsums(A, B, x):
    a = np.einsum("ij,jk->ik", A, B)
    b = np.einsum("ij,j->i", A, x)
    return (
        np.sum(a) * np.einsum("i,i", b, b)
        + np.einsum("ij->", A)
        + np.einsum("bi,bi->b", A, A).sum()
    )


case(einsums, lambda r: (normal(r, 3, 4), normal(r, 4, 2), normal(r, 4)), "golden", wrt=(0, 1, 2))


def reshapes(X):
    a = X.reshape(2, 6) @ np.arange(6.0)
    b = X.ravel()[::2].sum() + X.flatten()[3] + np.reshape(X, (-1,))[1] + np.ravel(X)[2]
    c = np.transpose(X)[0] @ X[:, 0] + X.T.reshape(-1)[5] + X.transpose(1, 0)[2, 1]
    d = np.squeeze(X[None, :, :1], axis=(0, 2)).sum() + np.expand_dims(X, 1)[0, 0, 2]
    return a.sum() * b + c * d + np.swapaxes(X, 0, 1)[1].prod() + np.moveaxis(X, 0, -1)[0].sum()


case(reshapes, lambda r: (normal(r, 3, 4),))


def stacking(x, y):
    a = np.stack([x, y * 2.0])
    b = np.concatenate([x, y, x * y])
    c = np.vstack([x, y]) * np.hstack([x, y])[0] + np.column_stack((x, y)).T
    d = np.concatenate((a, c), axis=1)
    return (
        np.sum(a ** 2) + np.sum(b * np.arange(9.0)) + np.sum(d ** 3) + np.stack([x, y], axis=-1)[2, 1]
    )


case(stacking, lambda r: (normal(r, 3), normal(r, 3)), wrt=(0, 1))


def splitting(x):
    a, b, c = np.split(x, 3)
    d, e = np.split(x, [1])
    return np.sum(a * b) + np.sum(c ** 2) * d[0] + np.sum(e[:2] * c)


case(splitting, lambda r: (normal(r, 6),), "golden")


def made_arrays(x):
    n = len(x)
    grid = np.linspace(0.0, 1.0, n) + np.arange(n) + np.ones(n) * np.eye(n)[0] + np.zeros(n)
    return np.sum(x * grid) + np.sum(np.array([x[0], x[1] * 2.0]) ** 2) + np.full(n, x[0]).sum()


case(made_arrays, lambda r: (normal(r, 4),))


def linspace_of_active(a, b):
    return np.sum(np.linspace(a, b, 5) ** 2)


case(linspace_of_active, lambda r: (0.3, 0.9), wrt=(0, 1))


def broadcast_and_tile(x):
    a = np.broadcast_to(x, (3, 4))
    return (
        np.sum(a * np.arange(12.0).reshape(3, 4))
        + np.sum(np.tile(x, 2) ** 2)
        + np.sum(np.repeat(x, 2) * np.arange(8.0))
    )


case(broadcast_and_tile, lambda r: (normal(r, 4),))


def clipping(x):
    return (
        np.sum(np.clip(x, -0.5, 0.5) ** 2 * x)
        + np.sum(x.clip(0.1, None))
        + np.sum(np.maximum(x, 0.2) * np.minimum(x, 0.3))
    )


case(clipping, lambda r: (normal(r, 8),), "golden")


def where_branches(x, y):
    return np.sum(np.where(x > 0.0, x * y, x - y)) + np.sum(np.where(y > 0, y, 0.0) ** 2)


case(where_branches, lambda r: (normal(r, 6), normal(r, 6)), "golden", wrt=(0, 1))
case(
    where_branches,
    lambda r: (normal(r, 3, 1), normal(r, 4)),
    wrt=(0, 1),
    name="where_branches_broadcast",
)


def array_methods(x, A):
    a = (
        x.sum()
        + x.mean() * x.max()
        - x.min()
        + x.prod()
        + x.var()
        + x.std()
        + x.dot(x)
        + A.dot(x).sum()
    )
    return (
        a
        + A.sum(axis=0).max()
        + A.mean(-1).sum()
        + x.cumsum()[1]
        + A.T.sum()
        + A.trace()
        + (x.size + A.ndim + A.shape[0]) * x[0]
    )


case(array_methods, lambda r: (normal(r, 3), normal(r, 3, 3)), wrt=(0, 1))


def astype(x):
    return (
        np.sum(x.astype(np.float64) ** 2)
        + np.sum(np.asarray(x) * 2.0)
        + x.astype(float)[0]
        + x.copy()[1]
    )


case(astype, lambda r: (normal(r, 3),))
case(astype, lambda r: (normal(r, 3).astype(np.float32),), "float32", name="astype_from_float32")


def float32_net(W, b, x):
    h = np.tanh(x @ W + b)
    return np.mean(h * h) * np.float32(0.5)


case(
    float32_net,
    lambda r: (
        normal(r, 3, 4).astype("f4"),
        normal(r, 4).astype("f4"),
        normal(r, 5, 3).astype("f4"),
    ),
    "float32",
    wrt=(0, 1, 2),
)
case(
    float32_net,
    lambda r: (normal(r, 3, 4), normal(r, 4).astype("f4"), normal(r, 5, 3)),
    "float32",
    wrt=(0, 1, 2),
    name="float32_mixed",
)


def integer_data(w, counts):
    return np.sum(w * counts) + counts[0] * w[0]


case(integer_data, lambda r: (normal(r, 3), np.array([1, 2, 3])))


def views_as_input(x, A):
    return np.sum(x * np.arange(len(x))) + np.sum(A * A.T) + np.sum(A @ A)


case(views_as_input, lambda r: (normal(r, 10)[::3], normal(r, 6, 6)[::2, ::2].T), wrt=(0, 1))
case(
    views_as_input,
    lambda r: (normal(r, 4)[::-1], np.asfortranarray(normal(r, 3, 3))),
    wrt=(0, 1),
    name="views_as_input_reversed",
)
case(
    views_as_input,
    lambda r: (np.broadcast_to(np.array(0.7), (3,)), normal(r, 2, 2)),
    wrt=(0, 1),
    name="views_as_input_broadcast",
)


def cumulative(x):
    return np.sum(np.cumsum(x) ** 2) + np.sum(np.diff(x) ** 2)


case(cumulative, lambda r: (normal(r, 5),))


def many_uses(x):
    y = np.sin(x)
    return np.sum(y) + np.sum(y * x) + np.sum(y * y) + y @ x


case(many_uses, lambda r: (normal(r, 5),), "golden")


def size_one(x):
    return np.sum(x * np.ones((2, 3)))


case(size_one, lambda r: (normal(r, 1),), hand=lambda x: np.full(1, 6.0))
case(
    size_one, lambda r: (normal(r, 1, 1),), name="size_one_2d", hand=lambda x: np.full((1, 1), 6.0)
)


def zero_d_result(x):
    return np.array(np.sum(x ** 2))


case(zero_d_result, lambda r: (normal(r, 3),))


def triangles(A):
    return (
        np.sum(np.triu(A) ** 2)
        + np.sum(np.tril(A, -1))
        + np.sum(np.diag(A) ** 3)
        + np.sum(np.diagonal(A))
    )


case(triangles, lambda r: (normal(r, 3, 3),))


def flips(x):
    return x[::-1] @ x + np.flip(x) @ np.arange(4.0) + np.roll(x, 1) @ x


case(flips, lambda r: (normal(r, 4),))

"""Reading elements: ints, slices, None, Ellipsis, integer and boolean arrays."""

from __future__ import annotations

import numpy as np

from tests.zoo_case import Case, collector, normal

CASES: list[Case] = []
case = collector(CASES)


def by_integers(x, A):
    return x[0] * x[-1] + A[1, 2] * A[-1][0] + A[0] @ A[1]


case(by_integers, lambda r: (normal(r, 3), normal(r, 2, 3)), "golden", wrt=(0, 1))


def by_slices(x, A):
    return np.sum(x[1:] * x[:-1]) + np.sum(A[:, ::2]) * A[0, 1:].sum() + x[-2:].sum() + x[::-1] @ x


case(by_slices, lambda r: (normal(r, 4), normal(r, 3, 4)), "golden", wrt=(0, 1))


def by_none_and_ellipsis(x, T):
    return (
        np.sum(x[:, None] * x[None, :] * T[..., 0]) + T[0, ...].sum() + np.sum(x[np.newaxis] ** 2)
    )


case(by_none_and_ellipsis, lambda r: (normal(r, 3), normal(r, 3, 3, 2)), wrt=(0, 1))


def by_repeated_indices(x, index):
    return np.sum(x[index] * np.arange(5.0))


case(
    by_repeated_indices,
    lambda r: (normal(r, 3), np.array([0, 2, 2, 0, 2])),
    "golden",
    hand=lambda x, index: np.array([3.0, 0.0, 7.0]),
)
case(
    by_repeated_indices,
    lambda r: (normal(r, 3), [0, 2, 2, 0, -1]),
    name="by_list_of_indices",
    hand=lambda x, index: np.array([3.0, 0.0, 7.0]),
)


def by_mask(x):
    return np.sum(x[x > 0.0] ** 2)


case(by_mask, lambda r: (normal(r, 6),), "golden", hand=lambda x: np.where(x > 0, 2 * x, 0.0))


def by_mask_of_rows(A, keep):
    return np.sum(A[keep] ** 2) + np.sum(A[:, ~keep[:2]])


case(by_mask_of_rows, lambda r: (normal(r, 3, 2), np.array([True, False, True])))


def by_pairs(A, rows, cols):
    return np.sum(A[rows, cols] ** 2) + A[np.arange(3), cols[:3]].sum() + np.sum(A[:, cols])


case(by_pairs, lambda r: (normal(r, 3, 4), np.array([0, 1, 1, 2, 1]), np.array([3, 0, 0, 2, 0])))


def by_ix(A):
    return np.sum(A[np.ix_([0, 2], [1, 1])] ** 2)


case(by_ix, lambda r: (normal(r, 3, 4),), "may_refuse")


def cross_entropy(W, X, labels):
    logits = X @ W
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    logp = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(logp[np.arange(len(labels)), labels])


case(
    cross_entropy,
    lambda r: (normal(r, 4, 3), normal(r, 6, 4), np.array([0, 1, 2, 2, 1, 0])),
    "golden",
)


def take_and_along(x, index):
    return np.sum(np.take(x, index) ** 2) + np.sum(x.take([0, 0]))


case(take_and_along, lambda r: (normal(r, 4), np.array([1, 1, 3])))


def computed_index(x):
    k = int(np.argmax(x))
    order = np.argsort(x)
    return x[k] ** 2 + x[order][0] * x[order[1]] + np.sum(np.sort(x) * np.arange(4.0))


case(computed_index, lambda r: (normal(r, 4),))


def index_in_loop(x, order):
    s = 0.0
    for i in order:
        s = s * 0.7 + x[i]
    return s


case(index_in_loop, lambda r: (normal(r, 4), [2, 0, 2, 3]))


def slices_in_loop(x, width):
    s = 0.0
    for start in range(0, len(x) - width + 1):
        window = x[start : start + width]
        s += np.sum(window) ** 2
    return s


case(slices_in_loop, lambda r: (normal(r, 6), 3))


def empty_slice(x):
    return np.sum(x[3:1]) + x[:1].sum()


case(empty_slice, lambda r: (normal(r, 4),), hand=lambda x: np.array([1.0, 0.0, 0.0, 0.0]))


def slice_of_slice(A):
    v = A[1:][0]
    w = v[1:3]
    return w[0] * w[1] + v[0]


case(slice_of_slice, lambda r: (normal(r, 3, 4),))


def zero_d_index(x):
    return x[()] * 2.0 + x * x


case(zero_d_index, lambda r: (np.array(0.7),))


def stencil(u):
    lap = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * u[1:-1, 1:-1]
    return np.sum(lap ** 2)


case(stencil, lambda r: (normal(r, 5, 5),), "golden")


def writes_a_copy(x):
    y = np.zeros(4)
    y[0] = x[1] * 2.0
    y[1:3] += x[:2]
    return np.sum(y ** 2)


case(writes_a_copy, lambda r: (normal(r, 4),), "may_refuse")

"""The rules of ``scipy.spatial.distance``, against differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcgrad import check_grad, check_rule, grad
from srcgrad.errors import NoRule

distance = pytest.importorskip("scipy.spatial.distance")
rng = np.random.default_rng(3)
WEIGHTS = [5, 10, 20, 3]
SHARES = rng.uniform(0.1, 1.0, (9, 4))


def normal(*shape: int) -> Any:
    return rng.normal(size=shape)


METRICS = (
    "euclidean", "sqeuclidean", "cityblock", "chebyshev", "cosine", "correlation", "braycurtis",
    "canberra", "hamming", "e", "cb",
)  # fmt: skip


@pytest.mark.parametrize("metric", METRICS)
def test_all_pairs(metric: str) -> None:
    offset = 10.0 * np.arange(9)[:, None] + 3.0 if metric == "canberra" else 0.0
    rows = normal(9, 4) + offset
    check_rule(distance.cdist, rows[:3], rows[3:8], metric)
    check_rule(distance.cdist, rows[:1], rows[1:3], metric)
    if metric != "hamming":
        check_rule(distance.pdist, rows[:5], metric)
        check_rule(distance.pdist, rows[:2], metric)


@pytest.mark.parametrize("p", (1, 1.5, 3))
def test_minkowski(p: float) -> None:
    check_rule(distance.cdist, normal(3, 4), normal(5, 4), "minkowski", p=p)
    check_rule(distance.pdist, normal(3, 4), "minkowski", p=p)
    check_rule(distance.minkowski, normal(4), normal(4), p)


@pytest.mark.parametrize("metric", ("euclidean", "sqeuclidean", "cityblock", "minkowski"))
def test_weights(metric: str) -> None:
    check_rule(distance.cdist, normal(3, 4), normal(5, 4), metric, w=WEIGHTS)
    check_rule(distance.pdist, normal(5, 4), metric, w=WEIGHTS)


def test_metrics_with_parameters() -> None:
    root = normal(4, 4)
    inverse = root @ root.T + np.eye(4)
    variances = np.array([1, 2, 3, 4])
    check_rule(distance.cdist, normal(3, 4), normal(5, 4), "mahalanobis", VI=inverse)
    check_rule(distance.cdist, normal(3, 4), normal(5, 4), "seuclidean", V=variances)
    check_rule(distance.cdist, SHARES[:3], SHARES[3:], "jensenshannon")
    check_rule(distance.pdist, SHARES[:4], "jensenshannon")
    check_rule(distance.mahalanobis, normal(4), normal(4), inverse + 0.1 * root)
    check_rule(distance.seuclidean, normal(4), normal(4), rng.uniform(1, 2, 4))
    check_rule(distance.jensenshannon, SHARES[0], SHARES[1], 2)


@pytest.mark.parametrize("name", METRICS[:7])
def test_pairs(name: str) -> None:
    check_rule(getattr(distance, name), normal(5), normal(5))


def test_squareform_and_hausdorff() -> None:
    check_rule(distance.squareform, normal(6))
    square = normal(4, 4)
    square = square + square.T
    np.fill_diagonal(square, 0.0)
    check_rule(distance.squareform, square, "no", False)
    check_rule(distance.directed_hausdorff, normal(4, 2), normal(5, 2))


def test_equal_rows_are_owed_nothing() -> None:
    rows = np.array([[1.0, 2.0], [1.0, 2.0]])

    def loss(X):
        return np.sum(distance.pdist(X)) + np.sum(distance.cdist(X, X))

    np.testing.assert_array_equal(grad(loss)(rows), np.zeros((2, 2)))


def test_losses() -> None:
    def kernel(X, Y):
        return np.sum(np.exp(-distance.cdist(X, Y, "sqeuclidean")))

    def apart(X):
        return np.sum(np.exp(-distance.pdist(X)))

    X, Y = normal(4, 3), normal(3, 3)
    check_grad(kernel, X, Y, wrt=(0, 1), order=2)
    check_grad(apart, X, order=2)
    check_grad(kernel, X.astype(np.float32), Y.astype(np.float32), wrt=(0, 1))


def test_what_is_found_from_the_rows_is_refused() -> None:
    def loss(X):
        return np.sum(distance.cdist(X, X, "seuclidean"))

    with pytest.raises(NoRule):
        grad(loss)(normal(4, 3))

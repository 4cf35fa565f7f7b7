"""Reductions with ``where``, ``initial`` and ``correction``, as functions and as methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcgrad import check_grad, grad

M = np.array([[True, False, True], [True, True, False]])
ROW = np.array([True, False, True])
X = np.array([[0.5, -1.5, 2.0], [1.25, 0.75, -0.25]])

SUMS: dict[str, Callable[[Any], Any]] = {
    "sum": lambda x: np.sum(x**2, where=M),
    "sum axis": lambda x: np.sum(np.sum(x, axis=1, where=M) ** 2),
    "sum row": lambda x: np.sum(np.sum(x, axis=0, where=ROW, keepdims=True) ** 2),
    "sum method": lambda x: x.sum(where=M) ** 2,
    "mean": lambda x: np.mean(x, where=M) ** 2,
    "mean axis": lambda x: np.sum(np.mean(x, axis=-1, where=M) ** 2),
    "mean row": lambda x: np.sum(np.mean(x, axis=1, where=ROW) ** 2),
    "mean method": lambda x: np.sum(x.mean(axis=0, where=M, keepdims=True) ** 2),
    "prod": lambda x: np.prod(x, where=M),
    "prod axis": lambda x: np.sum(np.prod(x, axis=1, where=M) ** 2),
    "prod initial": lambda x: np.sum(np.prod(x, axis=0, initial=3.0) ** 2),
    "max": lambda x: np.max(x, where=M, initial=-5.0) ** 2,
    "max axis": lambda x: np.sum(np.max(x, axis=0, initial=0.9) ** 2),
    "max method": lambda x: np.sum(x.max(axis=1, where=M, initial=-5.0) ** 2),
    "min": lambda x: np.min(x, where=M, initial=5.0) ** 2,
    "min axis": lambda x: np.sum(np.min(x, axis=1, initial=-0.9, keepdims=True) ** 2),
    "var": lambda x: np.var(x, where=M),
    "var axis": lambda x: np.sum(np.var(x, axis=1, where=M, ddof=1) ** 2),
    "var correction": lambda x: np.sum(np.var(x, axis=1, correction=1) ** 2),
    "var method": lambda x: np.sum(x.var(axis=1, where=ROW)),
    "std": lambda x: np.std(x, where=M),
    "std axis": lambda x: np.sum(np.std(x, axis=1, where=M, keepdims=True) ** 2),
    "std correction": lambda x: np.sum(np.std(x, axis=0, correction=1)),
    "norm 2": lambda x: np.linalg.norm(x, 2),
    "norm 1": lambda x: np.linalg.norm(x, 1),
    "norm nuc": lambda x: np.linalg.norm(x, "nuc"),
    "norm inf": lambda x: np.linalg.norm(x, np.inf),
}


@pytest.mark.parametrize("name", SUMS)
def test_options(name: str) -> None:
    check_grad(SUMS[name], X)


def test_a_tie_with_the_initial_value_is_shared() -> None:
    def highest(x):
        return np.max(x, initial=2.0)

    assert np.array_equal(grad(highest)(np.array([2.0, 1.0, 2.0])), [1 / 3, 0.0, 1 / 3])
    assert np.array_equal(grad(highest)(np.array([3.0, 1.0])), [1.0, 0.0])
    assert np.array_equal(grad(highest)(np.zeros(0)), [])


def test_dtypes_stay() -> None:
    x = X.astype(np.float32)
    for f in SUMS.values():
        assert grad(f)(x).dtype == np.float32

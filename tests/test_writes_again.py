"""Writes and what is asked of them besides a gradient: second derivatives, and NumPy's errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad.errors import SrcgradError
from tests import oracle
from tests.zoo import BY_NAME

TWICE = (
    "write_entry_twice", "overlap_stencil", "overlap_shift", "augment_whole_array", "recurrence",
    "write_repeated_last_wins", "augment_with_itself", "write_at_mask", "cholesky_in_place",
    "lu_in_place", "both_ways", "polynomial_table", "while_to_convergence", "gram_schmidt",
    "augment_matmul", "write_reversed",
)  # fmt: skip


@pytest.mark.parametrize("name", TWICE)
def test_second_derivatives(name: str) -> None:
    case = BY_NAME[name]
    args = case.args()
    gradient = srcgrad.grad(case.function)
    v = np.random.default_rng(1).normal(size=args[0].shape)

    def slope_of_one(x: Any) -> Any:
        return np.sum(gradient(x) * v)

    def slope_of_two(x: Any, y: Any) -> Any:
        return np.sum(gradient(x, y) * v)

    again = srcgrad.grad(slope_of_one if len(args) == 1 else slope_of_two)
    h = 1e-5
    up, down = (gradient(args[0] + s * h * v, *args[1:]) for s in (1, -1))
    oracle.assert_close(again(*args), (up - down) / (2 * h), rtol=1e-4, atol=1e-5)
    assert oracle.same(args, case.args())


def wider(x, y):
    x = x.copy()
    x += y
    return np.sum(x)


def longer(x, y):
    x = x.copy()
    x[:2] = y
    return np.sum(x)


def outside(x, y):
    x = x.copy()
    x[7] = y[0]
    return np.sum(y)


def cut_off(x, y):
    n = np.zeros(3, dtype=int)
    n += y
    return np.sum(n * x)


def copied_cut_off(x, y):
    n = np.zeros(3, dtype=int)
    np.copyto(n, y)
    return np.sum(n * x)


X = np.arange(3.0) + 1.0


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (wider, (np.ones(1), X)),
        (wider, (X[:2], np.ones((3, 2)))),
        (longer, (X, X)),
        (outside, (X, X)),
        (cut_off, (X, X)),
        (copied_cut_off, (X, X)),
    ],
)
def test_what_numpy_does_not_store_is_not_differentiated(function: Any, args: Any) -> None:
    with pytest.raises((ValueError, IndexError, TypeError)) as raised:
        function(*args)
    for wrt in (0, 1):
        with pytest.raises((SrcgradError, raised.type)):
            srcgrad.grad(function, wrt=wrt)(*args)

from __future__ import annotations

import numpy as np
import pytest

from srcgrad.program.ops import method
from tests.rules.arrays import rand, single, strided
from tests.rules.compiled import check_rule

REDUCE = [np.sum, np.mean, np.max, np.min, np.prod, np.var, np.std, np.ptp]
METHODS = [method(name) for name in ("sum", "mean", "max", "min", "prod", "var", "std")]


def named(case):
    return getattr(case, "__name__", None) or getattr(case, "name", "")


@pytest.mark.parametrize("fn", [*REDUCE, *METHODS], ids=named)
def test_axes(fn):
    for x in (rand(5), rand(2, 3), strided(2, 3), rand(2, 3, 4), rand(1, 3), single(rand(2, 3))):
        check_rule(fn, x)
        check_rule(fn, x, axis=-1)
        check_rule(fn, x, axis=0)
        check_rule(fn, x, 0)
        check_rule(fn, x, axis=-1, keepdims=True)
        check_rule(fn, x, keepdims=True)
    check_rule(fn, rand(2, 3, 4), axis=(0, 2))
    check_rule(fn, rand(2, 3, 4), axis=(-1, 0), keepdims=True)
    check_rule(fn, rand(2, 3, 4), axis=(0, 1, 2))


@pytest.mark.parametrize("fn", [np.sum, np.mean, np.max, np.min, np.prod], ids=named)
def test_small(fn):
    check_rule(fn, rand())
    check_rule(fn, rand(1))
    check_rule(fn, rand(1, 1), axis=0)
    check_rule(fn, rand(0, 3), axis=1)
    if fn in (np.sum, np.prod):
        check_rule(fn, rand(0, 3))
        check_rule(fn, rand(0, 3), axis=0)


@pytest.mark.parametrize("fn", [np.var, np.std], ids=named)
def test_ddof(fn):
    check_rule(fn, rand(5), ddof=1)
    check_rule(fn, rand(3, 4), axis=0, ddof=2)
    check_rule(fn, rand(3, 4), axis=1, ddof=1, keepdims=True)


def test_sum_of_lists():
    check_rule(np.sum, [1.0, 2.0, 3.0])
    check_rule(np.mean, [rand(2), rand(2, seed=1)], axis=0)


def test_prod_with_zeros():
    check_rule(np.prod, np.array([1.5, 0.0, -2.0]))
    check_rule(np.prod, np.array([0.0, 0.0, -2.0]))
    check_rule(np.prod, np.array([[0.0, 1.0], [2.0, 0.0]]), axis=1)
    check_rule(np.prod, np.array([[0.0, 1.0], [2.0, 0.0]]), axis=(1, 0))


@pytest.mark.parametrize("fn", [np.cumsum, np.cumprod, method("cumsum")], ids=named)
def test_running(fn):
    for x in (rand(5), strided(2, 3), rand(2, 3, 4), rand(1), single(rand(4))):
        check_rule(fn, x)
        check_rule(fn, x, axis=-1)
        check_rule(fn, x, axis=0)
    check_rule(fn, rand(2, 3, 4), 1)
    check_rule(fn, np.array([0.0, 2.0, 0.0, 3.0]))
    check_rule(fn, np.zeros(0))


@pytest.mark.parametrize("ord", [None, 1, 2, 3, 2.5, np.inf, -np.inf, -1], ids=str)
def test_vector_norm(ord):
    for x in (rand(5), strided(2, 3)[0], single(rand(4)), rand(1)):
        check_rule(np.linalg.norm, x, ord)
        check_rule(np.linalg.norm, x, ord, keepdims=True)
    check_rule(np.linalg.norm, rand(3, 4), ord, axis=-1)
    check_rule(np.linalg.norm, rand(3, 4), ord, axis=0, keepdims=True)
    check_rule(np.linalg.norm, rand(2, 3, 4), ord, 1)
    if ord is not None:
        check_rule(np.linalg.vector_norm, rand(3, 4), ord=ord)
        check_rule(np.linalg.vector_norm, rand(3, 4), ord=ord, axis=1, keepdims=True)


@pytest.mark.parametrize("ord", [None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf], ids=str)
def test_matrix_norm(ord):
    check_rule(np.linalg.norm, rand(3, 4), ord)
    check_rule(np.linalg.norm, rand(4, 3), ord, keepdims=True)
    check_rule(np.linalg.norm, rand(2, 3, 4), ord, axis=(1, 2))
    check_rule(np.linalg.norm, rand(2, 3, 4), ord, axis=(-1, 0), keepdims=True)
    if ord is not None:
        check_rule(np.linalg.matrix_norm, rand(2, 3, 4), ord=ord)
        check_rule(np.linalg.matrix_norm, rand(2, 3, 4), ord=ord, keepdims=True)

"""Promise 6: kinks by a written rule."""

from __future__ import annotations

import math
import operator

import numpy as np
import pytest

from srcgrad.rules.table import rule_for


def pulled(fn, *args, g=1.0, **kwargs):
    """The cotangents of all arguments, or the partial derivatives of an elementwise function."""
    y = fn(*args, **kwargs)
    rule = rule_for(fn)
    if rule.kind == "elementwise":
        return rule.function(y, *args, **kwargs)
    if rule.kind == "pull_each":
        return tuple(rule.function(i, g, y, *args, **kwargs) for i in range(len(args)))
    found = rule.function(g, y, *args, **kwargs)
    alone = isinstance(found, tuple) and all(part is None for part in found[1:])
    return found[0] if alone else found


@pytest.fixture(autouse=True)
def _strict():
    with np.errstate(all="raise"):
        yield


def test_promise_6_ties_share_equally():
    x = np.array([1.0, 3.0, 3.0, 2.0])
    assert np.array_equal(pulled(np.max, x), [0, 0.5, 0.5, 0])
    assert np.array_equal(pulled(np.min, -x), [0, 0.5, 0.5, 0])
    tied = np.array([[1.0, 1.0], [2.0, 3.0]])
    assert np.array_equal(pulled(np.max, tied, axis=1, g=np.ones(2)), [[0.5, 0.5], [0, 1]])
    assert pulled(np.maximum, np.float64(2.0), np.float64(2.0)) == (0.5, 0.5)
    assert pulled(np.minimum, np.float64(2.0), np.float64(2.0)) == (0.5, 0.5)
    assert pulled(np.fmax, np.float64(2.0), np.float64(2.0)) == (0.5, 0.5)
    assert pulled(np.fmin, np.float64(2.0), np.float64(2.0)) == (0.5, 0.5)
    assert pulled(max, 2.0, 2.0) == (0.5, 0.5)
    assert pulled(min, 2.0, 2.0, 5.0) == (0.5, 0.5, 0.0)
    assert pulled(max, [2.0, 1.0, 2.0]) == ([0.5, 0.0, 0.5],)
    assert np.array_equal(pulled(np.sort, x, g=np.array([1.0, 2.0, 3.0, 7.0])), [1, 5, 5, 2])
    assert np.array_equal(pulled(np.median, x[1:]), [0.5, 0.5, 0])
    assert np.array_equal(
        pulled(np.linalg.norm, np.array([3.0, -3.0]), np.inf, g=np.float64(1.0)), [0.5, -0.5]
    )


def test_promise_6_ties_of_infinities():
    low = np.array([-np.inf, -np.inf, 0.0])
    first, second = pulled(np.maximum, low, np.array([-np.inf, 1.0, -np.inf]))
    assert np.array_equal(first, [0.5, 0, 1])
    assert np.array_equal(second, [0.5, 1, 0])
    with np.errstate(all="ignore"):
        for fn in (np.logaddexp, np.logaddexp2):
            for part in pulled(fn, low, low[::-1]):
                assert np.isfinite(part).all()
            assert np.array_equal(pulled(fn, -np.inf, -np.inf), (0.5, 0.5))


def test_promise_6_relu():
    x = np.array([-1.0, 0.0, 2.0])
    assert np.array_equal(pulled(np.maximum, x, 0.0)[0], [0, 0.5, 1])
    assert np.array_equal(pulled(np.minimum, x, 0)[0], [1, 0.5, 0])
    assert np.array_equal(pulled(np.maximum, 0.0, x)[1], [0, 0.5, 1])


def test_promise_6_zero_at_zero():
    z = np.zeros(3)
    assert np.array_equal(pulled(np.abs, z), z)
    assert np.array_equal(pulled(np.fabs, z), z)
    assert pulled(abs, 0.0) == 0.0
    assert pulled(math.fabs, 0.0) == 0.0
    assert pulled(math.hypot, 0.0, 0.0) == (0.0, 0.0)
    assert np.array_equal(pulled(np.hypot, z, z), [z, z])
    for ord in (None, 1, 2, 3, 1.5, np.inf):
        assert np.array_equal(pulled(np.linalg.norm, z, ord, g=np.float64(1.0)), z)
    for ord in ("fro", "nuc", 1, np.inf):
        zz = np.zeros((2, 2))
        assert np.array_equal(pulled(np.linalg.norm, zz, ord, g=np.float64(1.0)), zz)
    assert np.array_equal(pulled(np.linalg.norm, np.zeros((2, 3)), axis=1, g=np.ones(2)).sum(), 0)


def test_promise_6_finite_true_gradients():
    zeros = np.array([0.0, 2.0])
    assert np.array_equal(pulled(np.prod, zeros), [2, 0])
    assert np.array_equal(pulled(np.prod, np.array([0.0, 0.0, 5.0])), [0, 0, 0])
    assert np.array_equal(pulled(np.std, np.ones(3), g=np.float64(1.0)), np.zeros(3))
    assert pulled(np.sinc, np.float64(0.0)) == 0.0
    assert np.array_equal(pulled(np.sinc, zeros)[0], 0.0)
    assert np.array_equal(pulled(np.cumprod, np.array([2.0, 0.0, 3.0]), g=np.ones(3)), [1, 8, 0])


def test_promise_6_powers():
    x = np.array([0.0, 0.0, 2.0])
    for fn in (np.power, operator.pow):
        assert np.array_equal(pulled(fn, x, 2)[0], [0, 0, 4])
        assert np.array_equal(pulled(fn, x, 1)[0], [1, 1, 1])
        assert np.array_equal(pulled(fn, x, 0)[0] * np.ones(3), [0, 0, 0])
        assert np.array_equal(pulled(fn, x, np.array([0.0, 1.0, 2.0]))[0], [0, 1, 4])
        assert np.array_equal(pulled(fn, x, np.array([1.0, 2.0, 0.0]))[1][:2], [0, 0])
        assert np.array_equal(pulled(fn, 0.0, np.array([1.0, 2.0]))[1] * np.ones(2), [0, 0])
    assert pulled(operator.pow, 0.0, 0.0) == (0.0, 0.0)
    assert pulled(operator.pow, 0.0, 3.0) == (0.0, 0.0)
    assert pulled(operator.pow, -2.0, 3)[0] == 12.0
    assert pulled(math.pow, 0.0, 0.0) == (0.0, 0.0)


def test_promise_6_where_cuts():
    g = np.array([np.nan, 2.0])
    _, x, y = pulled(np.where, np.array([False, True]), np.ones(2), np.ones(2), g=g)
    assert x[0] == 0.0 and x[1] == 2.0 and y[1] == 0.0
    _, parts, _ = pulled(np.select, [np.array([False, True])], [np.ones(2)], g=g)
    assert parts[0][0] == 0.0


def test_sinc_near_zero_is_exact():
    x = np.array([1e-9, 1e-4, 0.0299, 0.0301, -0.02])
    mp = [-3.2898681336964528e-09, -3.2898680372e-04]
    found = pulled(np.sinc, x)
    assert np.allclose(found[:2], mp, rtol=1e-8)
    step = 1e-4
    differences = (np.sinc(x + step) - np.sinc(x - step)) / (2 * step)
    assert np.allclose(found, differences, atol=1e-7)


def test_clip_counts_its_bounds_as_inside():
    x = np.array([-1.0, 0.0, 0.5, 1.0, 2.0])
    ones = np.ones(5)
    inside, low, high = pulled(np.clip, x, np.zeros(5), np.ones(5), g=ones)
    assert np.array_equal(inside, [0, 1, 1, 1, 0])
    assert np.array_equal(low, [1, 0, 0, 0, 0])
    assert np.array_equal(high, [0, 0, 0, 0, 1])

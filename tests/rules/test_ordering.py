from __future__ import annotations

import numpy as np

from srcgrad import runtime
from tests.rules.arrays import rand, single, strided
from tests.rules.compiled import check_rule


def test_sort():
    for x in (rand(5), rand(2, 3), strided(2, 4), single(rand(4)), rand(1), np.zeros((0, 2))):
        check_rule(np.sort, x)
        check_rule(np.sort, x, axis=0)
        check_rule(np.sort, x, None)


def test_median():
    for x in (rand(5), rand(4), rand(2, 3), single(rand(4)), rand(1)):
        check_rule(np.median, x)
        check_rule(np.median, x, axis=0)
        check_rule(np.median, x, axis=-1, keepdims=True)
        check_rule(np.median, x, keepdims=True)


def test_look_up():
    x = rand(2, 3)
    check_rule(np.take_along_axis, x, np.array([[0, 0], [2, 1]]), 1)
    check_rule(np.take_along_axis, x, np.array([[0, 0, 1], [1, 0, 1]]), axis=0)
    check_rule(np.take_along_axis, x, np.argsort(x, axis=-1), axis=-1)
    check_rule(np.delete, rand(5), 2)
    check_rule(np.delete, rand(3, 4), [0, 2], axis=1)
    check_rule(np.delete, rand(2, 3), 0)


def test_select():
    x = rand(6)
    check_rule(np.select, [x < -1, x < 1], [rand(6, seed=1), rand(6, seed=2)])
    check_rule(np.select, [x < -1, x < 1], [rand(6, seed=1), 2.5], 1.5)


def test_interp():
    xp, fp = np.array([0.0, 1.0, 2.5, 4.0]), rand(4)
    check_rule(np.interp, np.array([0.3, 1.7, 3.9, -1.0, 5.0]), list(range(4)), fp)
    from srcgrad.rules.table import rule_for

    rule = rule_for(np.interp)
    x = np.array([0.3, 1.7, 3.9, -1.0, 5.0])
    d_x, _, d_fp, *_ = rule.function(np.ones(5), np.interp(x, xp, fp), x, xp, fp)
    assert np.allclose(d_x[3:], 0.0)
    assert np.allclose(np.sum(d_fp), 5.0)


def test_nan():
    x = np.array([[1.0, np.nan, 2.0], [0.5, 4.0, -1.0]])
    for fn, per in ((np.nansum, 1.0), (np.nanmean, 0.2)):
        from srcgrad.rules.table import rule_for

        found = rule_for(fn).function(1.0, fn(x), x)
        found = found[0] if isinstance(found, tuple) else found
        assert np.allclose(found, np.where(np.isnan(x), 0.0, per))
    for fn in (np.nansum, np.nanmean, np.nanmax, np.nanmin):
        check_rule(fn, rand(2, 3))
        check_rule(fn, rand(2, 3), axis=0)
        check_rule(fn, rand(2, 3), axis=1, keepdims=True)


def test_calculus():
    check_rule(runtime.product_of_others, rand(4))
    check_rule(runtime.product_of_others, np.array([0.0, 2.0, 0.0]))
    check_rule(runtime.product_of_others, rand(2, 3), 1)
    check_rule(runtime.product_of_others, rand(2, 3), None)
    check_rule(runtime.product_of_others, rand(2, 3, 2), (2, 0))
    check_rule(runtime.product_of_others, rand(1))
    check_rule(runtime.share_ties, rand(4), np.array([1, 1, 2, 2]))
    check_rule(np.trapezoid, rand(5))
    check_rule(np.trapezoid, rand(5), None, 0.5)
    check_rule(np.trapezoid, rand(5), np.sort(rand(5, seed=1)))
    check_rule(np.trapezoid, rand(2, 5), np.sort(rand(5, seed=1)))
    check_rule(np.trapezoid, rand(5, 2), np.sort(rand(5, seed=1)), axis=0)
    check_rule(np.trapezoid, rand(5, 2), rand(5, 2, seed=1), axis=0)
    check_rule(np.meshgrid, rand(3), rand(2))
    check_rule(np.meshgrid, rand(3), rand(2), indexing="ij")
    check_rule(np.meshgrid, rand(3), rand(2), rand(4))
    check_rule(np.vecdot, rand(4, 3), rand(3))
    check_rule(np.add.reduce, rand(2, 3))
    check_rule(np.add.reduce, rand(2, 3), axis=1)
    check_rule(np.polyval, rand(4), rand(3))

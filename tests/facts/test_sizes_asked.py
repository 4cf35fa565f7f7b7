"""What depends on small sizes: a program is made for them, and made again for others."""

from __future__ import annotations

import numpy as np
import pytest

from srcgrad import grad, vjp
from srcgrad.facts.values import pattern


def turned(a, b):
    s = 0.0
    for k in range(len(a)):
        s = s + np.sum(np.cross(a[k, 0:3], b[k]) ** 2)
    return s


def by_hand(a, b):
    return 2.0 * np.cross(b, np.cross(a, b))


def test_products_of_vectors_are_typed():
    source = grad(turned).source_for(np.ones((4, 3)), np.ones((4, 3)))
    assert "unbroadcast" not in source and "refused" not in source


def test_other_sizes_are_another_function():
    g, rng = grad(turned), np.random.default_rng(0)
    for n in (4, 5, 3, 4, 30, 40):
        a, b = rng.normal(size=(n, 3)), rng.normal(size=(n, 3))
        np.testing.assert_allclose(g(a, b), by_hand(a, b), rtol=1e-12)
    wide = rng.normal(size=(4, 5))
    b = rng.normal(size=(4, 3))
    found = g(wide, b)
    np.testing.assert_allclose(found[:, :3], by_hand(wide[:, :3], b), rtol=1e-12)
    assert not found[:, 3:].any()


def test_large_sizes_make_no_difference():
    assert pattern([np.ones((40, 3))], exact=True) == pattern([np.ones((50, 3))], exact=True)
    assert pattern([np.ones((4, 3))], exact=True) != pattern([np.ones((5, 3))], exact=True)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_vectors_of_two_numbers_after_vectors_of_three():
    def f(a, b):
        return np.sum(np.cross(a, b) ** 2)

    g, rng = grad(f), np.random.default_rng(0)
    a, b = rng.normal(size=3), rng.normal(size=3)
    np.testing.assert_allclose(g(a, b), by_hand(a, b), rtol=1e-12)
    try:
        f(a[:2], b[:2])
    except ValueError:  # a NumPy that takes vectors of three alone
        with pytest.raises(ValueError):
            g(a[:2], b[:2])
        return
    z = a[0] * b[1] - a[1] * b[0]
    np.testing.assert_allclose(g(a[:2], b[:2]), 2.0 * z * np.array([b[1], -b[0]]), rtol=1e-12)


def test_pullbacks_are_made_again_for_other_sizes():
    def f(a, b):
        return np.sum(np.cross(a, b) ** 2)

    rng = np.random.default_rng(1)
    for shape in ((3,), (4, 3), (1, 3), (4, 3), (40, 3), (3, 3)):
        a, b = rng.normal(size=shape), rng.normal(size=shape)
        _, pullback = vjp(f, a, b)
        np.testing.assert_allclose(pullback(1.0)[0], by_hand(a, b), rtol=1e-12)


def test_written_parts_of_one_element_after_longer_ones():
    def f(x, y):
        z = x.copy()
        z[1:-1] *= y
        return np.sum(z**2)

    g, rng = grad(f, wrt=(0, 1)), np.random.default_rng(2)
    for n, m in ((5, 3), (5, 1), (3, 1), (4, 2), (5, 3), (4, 1), (2, 1)):
        x, y = rng.uniform(0.5, 1.0, n), rng.uniform(0.5, 1.0, m)
        d_x, d_y = g(x, y)
        wanted = 2.0 * x
        wanted[1:-1] *= y**2
        inner = 2.0 * x[1:-1] ** 2 * y
        np.testing.assert_allclose(d_x, wanted, rtol=1e-12)
        np.testing.assert_allclose(d_y, inner.sum(keepdims=True) if m == 1 else inner, rtol=1e-12)

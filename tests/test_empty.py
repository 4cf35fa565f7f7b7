"""Moments of nothing owe nothing, and a variance without degrees of freedom is no number."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcgrad import grad


@pytest.mark.parametrize("moment", [np.mean, np.var, np.std], ids=lambda fn: fn.__name__)
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)], ids=str)
def test_moments_of_an_empty_array(moment: Callable[..., Any], shape: tuple[int, ...]) -> None:
    def all_of_it(x):
        return moment(x)

    def along_rows(x):
        return np.sum(moment(x, axis=0))

    x = np.zeros(shape)
    for f in (all_of_it, along_rows):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert grad(f)(x).shape == shape


def test_mean_of_what_a_mask_leaves() -> None:
    @grad
    def loss(x):
        return np.mean(x[x > 1.0] ** 2)

    assert np.array_equal(loss(np.array([2.0, 0.0, 4.0])), [2.0, 0.0, 4.0])
    assert "max(x_item.size, 1)" in loss.source_for(np.ones(3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.array_equal(loss(np.zeros(3)), np.zeros(3))


@pytest.mark.parametrize("n", [1, 2, 5])
def test_variance_with_degrees_of_freedom(n: int) -> None:
    def loss(x):
        return np.var(x, ddof=1)

    x = np.arange(float(n))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        got = grad(loss)(x)
    want = 2.0 * (x - x.mean()) / (n - 1) if n > 1 else [np.nan]
    np.testing.assert_allclose(got, want)


def test_what_happens_first_happens_before_sizes_are_checked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    @grad(wrt=("x", "y"))
    def loss(x, y):
        print("first")
        return np.sum(x * y)

    loss(np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match="broadcast"):
        loss(np.ones(3), np.ones(4))
    assert capsys.readouterr().out == "first\nfirst\n"


def test_labels_out_of_bounds_are_found() -> None:
    @grad
    def loss(logits, labels):
        picked = logits[np.arange(len(labels)), labels]
        return np.sum(picked)

    source = loss.source_for(np.ones((3, 2)), np.zeros(3, int))
    assert "    picked =" not in source
    with pytest.raises(IndexError, match="out of bounds"):
        loss(np.ones((3, 2)), np.array([0, 1, 2]))

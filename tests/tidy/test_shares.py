"""What a softmax owes to its maximum is nothing; what is added at an index needs no zeros."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcgrad import grad

RNG = np.random.default_rng(3)


def cross_entropy(logits, labels):
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(shifted), axis=1))
    return np.mean(log_sum - shifted[np.arange(len(labels)), labels])


def log_sum_exp(x):
    m = np.max(x, axis=1, keepdims=True)
    return np.sum(m[:, 0] + np.log(np.sum(np.exp(x - m), axis=1)))


def log_sum_exp_kept(x):
    m = np.max(x, axis=1, keepdims=True)
    return np.sum(m + np.log(np.sum(np.exp(x - m), axis=1, keepdims=True)))


def softmax_of(x: Any) -> Any:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("ties", [False, True])
def test_cross_entropy_is_that_of_the_textbook(dtype: Any, ties: bool) -> None:
    x = RNG.normal(size=(6, 4)).astype(dtype)
    if ties:
        x = np.round(x)
    labels = np.array([0, 3, 3, 1, 2, -1])
    wanted = softmax_of(x)
    wanted[np.arange(6), labels] -= 1.0
    found = grad(cross_entropy)(x, labels)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, wanted / 6, rtol=1e-5 if dtype == np.float32 else 1e-12)
    source = grad(cross_entropy).source_for(x, labels)
    assert "==" not in source and "zeros_like" not in source


@pytest.mark.parametrize("loss", [log_sum_exp, log_sum_exp_kept])
def test_log_sum_exp_gives_the_softmax(loss: Callable[..., Any]) -> None:
    x = RNG.normal(size=(5, 3))
    np.testing.assert_allclose(grad(loss)(x), softmax_of(x), rtol=1e-12)


def half_of_it(x):
    m = np.max(x, axis=1, keepdims=True)
    return np.sum(0.5 * m[:, 0] + np.log(np.sum(np.exp(x - m), axis=1)))


def other_axis(x):
    m = np.max(x, axis=0, keepdims=True)
    return np.sum(np.log(np.sum(np.exp(x - m), axis=1)))


def several_in_a_row(x, labels):
    shifted = x - np.max(x, axis=1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(shifted), axis=1))
    return np.sum(log_sum) - np.sum(shifted[np.zeros(len(labels), int), labels])


def one_label_for_all(x, labels):
    shifted = x - np.max(x, axis=1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(shifted), axis=1))
    return np.mean(log_sum - shifted[np.arange(1), labels])


@pytest.mark.parametrize(
    ("loss", "rest"),
    [
        (half_of_it, ()),
        (other_axis, ()),
        (several_in_a_row, (np.array([0, 1, 1, 2, 0]),)),
        (one_label_for_all, (np.array([0, 1, 1, 2, 0]),)),
        (one_label_for_all, (np.array([1]),)),
    ],
)
def test_what_is_owed_is_paid(loss: Callable[..., Any], rest: tuple[Any, ...]) -> None:
    x = RNG.normal(size=(5, 3))
    found = grad(loss)(x, *rest)
    step = 1e-6
    for place in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[place] += step
        down[place] -= step
        slope = (loss(up, *rest) - loss(down, *rest)) / (2 * step)
        assert abs(found[place] - slope) < 1e-7, place


def relu(x):
    return np.sum(np.maximum(x, 0.0) * np.arange(1.0, 5.0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_tie_with_zero_shares_equally(dtype: Any) -> None:
    x = np.array([-1.0, 0.0, -0.0, 2.0], dtype)
    found = grad(relu)(x)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, [0.0, 1.0, 1.5, 4.0])


def scaled(A, b):
    return np.sum(A * b * A)


def test_sums_over_rows_take_one_pass() -> None:
    A, b = RNG.normal(size=(7, 3)), RNG.normal(size=3)
    d_A, d_b = grad(scaled, wrt=(0, 1))(A, b)
    np.testing.assert_allclose(d_A, 2 * A * b)
    np.testing.assert_allclose(d_b, (A * A).sum(axis=0))

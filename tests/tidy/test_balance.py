"""A softmax owes nothing to what was subtracted from all its inputs, and to nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcgrad import check_grad, grad

V = np.array([[0.3, -1.2, 0.5], [2.0, 0.1, -0.4]])


def along(axis: Any, shift: Any) -> Callable[[Any], Any]:
    def loss(x):
        e = np.exp(x - np.max(x, axis=shift, keepdims=True))
        return np.sum(e / np.sum(e, axis=axis, keepdims=True) * V)

    return loss


def of_rows(x):
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return np.sum((e / np.sum(e, axis=1, keepdims=True)) @ V.T)


def log_softmax(x):
    shifted = x - x.max(axis=-1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return np.sum(logp * V)


def spread(x):
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return np.sum(e / np.sum(e, axis=1, keepdims=True) * V[:, :1])


@pytest.mark.parametrize("axis", [0, 1, -1, None])
@pytest.mark.parametrize("shift", [0, 1, None])
def test_axes(axis: Any, shift: Any) -> None:
    loss = along(axis, shift)
    x = np.array([[0.5, 1.0, -0.5], [0.2, -1.0, 3.0]])
    check_grad(loss, x)


@pytest.mark.parametrize("loss", [of_rows, log_softmax, spread])
def test_the_maximum_is_gone(loss: Callable[..., Any]) -> None:
    x = np.array([[0.5, 1.0, -0.5], [0.2, -1.0, 3.0]])
    check_grad(loss, x)
    assert "best" not in grad(loss).source_for(x)


def test_another_axis_is_not_the_same() -> None:
    source = grad(along(0, 1)).source_for(np.ones((2, 3)))
    assert "best" in source

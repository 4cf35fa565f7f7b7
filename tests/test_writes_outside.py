"""What one call would leave for the next is never written: defaults, classes, globals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcgrad import grad
from srcgrad.errors import Aliased

BUFFER = np.zeros(3)
WEIGHTS = np.arange(3.0)


def _filled(v: Any, buffer: Any = BUFFER) -> Any:
    buffer[:] = v[:3]
    return buffer.sum()


def _added(v: Any, buffer: Any = BUFFER) -> Any:
    buffer += v[:3]
    return buffer.sum()


def _remembered(v: Any, cache: Any = {}) -> Any:  # noqa: B006
    cache["v"] = v[0]
    return cache["v"]


def _joined(v: Any, items: Any = []) -> Any:  # noqa: B006
    items += [v[0]]
    return items[-1]


class _Shared:
    buffer = np.zeros(3)


def default_array(x: Any) -> Any:
    return _filled(x) ** 2


def default_array_augmented(x: Any) -> Any:
    return _added(x) ** 2


def default_dict(x: Any) -> Any:
    return _remembered(x) ** 2


def default_list(x: Any) -> Any:
    return _joined(x) ** 2


def array_of_a_class(x: Any) -> Any:
    _Shared.buffer[:] = x[:3]
    return _Shared.buffer.sum() * x[0]


@pytest.mark.parametrize(
    "function",
    [default_array, default_array_augmented, default_dict, default_list, array_of_a_class],
)
def test_what_outlives_the_call_is_not_written(function: Callable[..., Any]) -> None:
    with pytest.raises(Aliased, match="cannot write into"):
        grad(function)(np.ones(4))
    assert not _Shared.buffer.any()


def test_a_default_that_is_only_read() -> None:
    def weighted(x: Any, w: Any = WEIGHTS) -> Any:
        return np.sum(x * w)

    np.testing.assert_array_equal(grad(weighted)(np.ones(3)), np.arange(3.0))

"""What a refusal says to write instead is accepted, and right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcgrad import grad
from srcgrad.errors import SrcgradError
from tests import oracle

X = np.array([0.7, -1.2, 0.4, 1.9, -0.3])
SHARED = np.zeros(3)


def shared_written(x: Any) -> Any:
    SHARED[:] = x[:3]
    return SHARED.sum() * x[0]


def shared_copied(x: Any) -> Any:
    buffer = SHARED.copy()
    buffer[:] = x[:3]
    return buffer.sum() * x[0]


def item_put_twice(x: Any) -> Any:
    us = [x.copy(), 2.0 * x]
    us[0] = us[1]
    us[int(x[0] > 0)][0] = 3.0
    return np.sum(us[0] * us[1])


def copy_put(x: Any) -> Any:
    us = [x.copy(), 2.0 * x]
    us[0] = us[1].copy()
    us[int(x[0] > 0)][0] = 3.0
    return np.sum(us[0] * us[1])


def written_twice_in_try(x: Any) -> Any:
    u = x.copy()
    try:
        for k in (0, 9):
            u[k] = 2.0 * x[1]
    except IndexError:
        u[1] = x[0]
    return np.sum(u**2)


def computed_in_try(x: Any) -> Any:
    u = x.copy()
    u[0] = 2.0 * x[1]
    try:
        u[9] = 3.0
    except IndexError:
        u[1] = x[0]
    return np.sum(u**2)


def lazy_items(x: Any) -> Any:
    items = (v * v for v in x)
    return sum(items) * x[0]


def listed_items(x: Any) -> Any:
    items = [v * v for v in x]
    return sum(items) * x[0]


def an_iterator(x: Any) -> Any:
    rest = iter(x)
    first = next(rest)
    return sum(v * first for v in rest)


def a_loop(x: Any) -> Any:
    total = 0.0
    for v in x[1:]:
        total = total + v * x[0]
    return total


def _deep(us: Any, i: int) -> None:
    if i >= 0:
        us[i][0] *= 2.0
        _deep(us, i - 1)


def list_by_recursion(x: Any) -> Any:
    us = [x.copy(), x * x]
    _deep(us, 1)
    return np.sum(us[0] * us[1])


def _deep_of_two(u: Any, v: Any, i: int) -> None:
    if i > 0:
        u[0] *= 2.0
        v[0] *= 2.0
        _deep_of_two(u, v, i - 1)


def arrays_one_by_one(x: Any) -> Any:
    u, v = x.copy(), x * x
    _deep_of_two(u, v, 1)
    return np.sum(u * v)


def entry_added(d: Any) -> Any:
    d["new"] = d["x"] * 2.0
    return np.sum(d["new"] ** 2)


def entry_added_to_a_new_dict(d: Any) -> Any:
    d = dict(d)
    d["new"] = d["x"] * 2.0
    return np.sum(d["new"] ** 2)


def imaginary_part(x: Any) -> Any:
    u = x.copy()
    u.imag = 1.0
    return np.sum(u)


def two_parts(x: Any) -> Any:
    real, imag = x.copy(), np.zeros(5)
    imag[:] = 1.0
    return np.sum(real * imag)


PAIRS: list[tuple[Callable[..., Any], Callable[..., Any], Any]] = [
    (shared_written, shared_copied, X),
    (item_put_twice, copy_put, X),
    (written_twice_in_try, computed_in_try, X),
    (lazy_items, listed_items, X),
    (an_iterator, a_loop, X),
    (list_by_recursion, arrays_one_by_one, X),
    (entry_added, entry_added_to_a_new_dict, {"x": X}),
    (imaginary_part, two_parts, X),
]


@pytest.mark.parametrize("refused, accepted, given", PAIRS, ids=[p[0].__name__ for p in PAIRS])
def test_the_way_out_is_a_way_out(
    refused: Callable[..., Any], accepted: Callable[..., Any], given: Any
) -> None:
    with pytest.raises(SrcgradError, match=r"\n {4,}\^"):
        grad(refused)(given)
    found = grad(accepted)(given)
    oracle.assert_close(found, oracle.numeric_gradient(accepted, (given,), 0), rtol=1e-6, atol=1e-7)

"""A name that a loop or a branch binds to an array in a list, and writes to that array after it.

The name shows what is written; where it cannot be told whether it does, the program is refused.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcgrad import SrcgradError, value_and_grad


def in_the_same_loop(x, n):
    bufs, i, w = [x.copy(), x * 2], 0, x * 3
    for _k in range(n):
        w = bufs[i]
        bufs[i][0] /= 1.6
        i = 1 - i
    return np.sum(w * w) + np.sum(bufs[0]) + np.sum(bufs[1] ** 2)


def in_an_inner_loop(x, n):
    bufs, i, w = [x.copy(), x * 2], 0, x * 3
    for _k in range(n):
        for _j in range(2):
            w = bufs[i]
        bufs[i][0] /= 1.6
    return np.sum(w * w) + np.sum(bufs[0]) + np.sum(bufs[1] ** 2)


def before_the_write(x, n):
    bufs, i, w = [x.copy(), x * 2], n % 2, x * 3
    for _k in range(n):
        w = bufs[i]
    bufs[i][0] /= 1.6
    return np.sum(w * w)


def of_a_known_place(x, n):
    bufs, w = [x.copy(), x * 2], x * 3
    for _k in range(n):
        w = bufs[0]
    bufs[0][0] /= 1.6
    return np.sum(w * w)


def while_it_lasts(x, n):
    bufs, i, w = [x.copy(), x * 2], n % 2, x * 3
    while n > 0:
        for _j in range(n):
            w = bufs[i]
        bufs[i][0] *= 1.6
        bufs[1 - i][0] *= 0.3
        n -= 1
    return np.sum(w * w) + np.sum(bufs[0]) + np.sum(bufs[1] ** 2)


def in_a_branch(x, n):
    bufs, i, w = [x.copy(), x * 2], n % 2, x * 3
    if x[0] > 0.5:
        w = bufs[i]
    bufs[i][0] *= 1.6
    return np.sum(w * w) + np.sum(bufs[0]) + np.sum(bufs[1] ** 2)


def written_through_the_name(x, n):
    bufs, i, w = [x.copy(), x * 2], n % 2, x * 3
    for _k in range(n):
        w = bufs[i]
    w[0] /= 1.6
    return np.sum(w * w) + np.sum(bufs[0]) + np.sum(bufs[1] ** 2)


def collected(x, n):
    bufs, i, ws = [x.copy(), x * 2], n % 2, []
    for _k in range(n):
        ws.append(bufs[i])
        bufs[i][1] *= 1.6
        i = 1 - i
    return sum(np.sum(w * w) for w in ws) + np.sum(bufs[0]) + np.sum(bufs[1] ** 2)


def buffers_that_trade_places(x, n):
    a, b = np.tanh(x), np.exp(-x * x)
    w = b * 1.0
    for _i in range(3):
        b[:] = np.sin(a) * 0.7
        a, b = b, a
    for _row in a:
        for _k in range(n):
            w = b
        b[0] /= 1.6
    return np.sum(a) + np.sum(w * w) + 1.3 * np.sum(b * b)


CASES: list[Callable[..., Any]] = [
    *(in_the_same_loop, in_an_inner_loop, before_the_write, of_a_known_place, while_it_lasts),
    *(in_a_branch, written_through_the_name, collected, buffers_that_trade_places),
]
FOLLOWED = {"in_the_same_loop", "of_a_known_place", "buffers_that_trade_places"}


@pytest.mark.parametrize("first", [0.2, 0.9])
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_right_or_refused(function: Callable[..., Any], turns: int, first: float) -> None:
    x = np.array([first, 0.7, -0.4])
    try:
        value, found = value_and_grad(function)(x, turns)
    except SrcgradError as error:
        assert "^" in str(error) and function.__name__ not in FOLLOWED
        return
    assert value == pytest.approx(function(x.copy(), turns), rel=1e-12)
    step = 1e-6
    wanted = [
        (function(x + step * e, turns) - function(x - step * e, turns)) / (2 * step)
        for e in np.eye(3)
    ]
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def _halved_deep(v, n):
    if n:
        return v
    v[n] *= 0.5
    return _halved_deep(v, n - 1)


def of_a_recursion_in_a_loop(p, n):
    for _ in range(n):
        u = _halved_deep(p, 1)
        u[0] = 0.5
    return np.sum(p * p)


def test_a_refused_recursion_in_a_loop_is_no_crash() -> None:
    with pytest.raises(SrcgradError, match=r"\^"):
        value_and_grad(of_a_recursion_in_a_loop)(np.ones(3), 2)


def _defined(text: str) -> Callable[..., Any]:
    file = "<many branches>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    space: dict[str, Any] = {"np": np}
    exec(compile(text, file, "exec"), space)
    function: Callable[..., Any] = space["f"]
    return function


def test_many_branches_in_a_row_are_gone_through_once() -> None:
    """Each may leave a name with either of two arrays: not as many ways as there are paths."""
    lines = ["def f(x, n):", "    a, b = x.copy(), x * 2", "    c = a * b"]
    for k in range(40):
        lines.append(f"    if n > {k}:\n        c, b = b, c\n    b = np.sin(c)")
    lines.append("    return np.sum(c * b)")
    function = _defined("\n".join(lines) + "\n")
    x = np.array([0.3, 0.4])
    value, _ = value_and_grad(function)(x, 7)
    assert value == pytest.approx(function(x, 7))

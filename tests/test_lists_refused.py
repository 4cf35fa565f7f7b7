"""Changes of lists and dicts that are refused, in exact words; none of them gives a number."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad.errors import SrcgradError

namespace: dict[str, Any] = {"__name__": "elsewhere"}
exec("def change(items):\n    items.append(1.0)\n", namespace)
change = namespace["change"]


def to_parameter(xs, x):
    xs.append(x)
    return xs[-1] * x


def held_by_another(x):
    xs = [x]
    pair = (xs, 1.0)
    xs.append(x)
    return pair[0][-1]


def while_walking(x):
    xs = [x]
    for v in xs:
        xs.append(v)
    return xs[0]


def one_row_twice(x):
    T = [[0.0]] * 2
    T[0][0] = x
    return T[1][0]


def row_read_after(x):
    T = [[x], [0.0]]
    row = T[0]
    T[0][0] = 2.0 * x
    return row[0]


def rows_of_a_copy(x):
    T = [[x]]
    U = list(T)
    T[0][0] = 2.0 * x
    return U[0][0]


def one_of_two(x, flag):
    xs, ys = [x], [x * x]
    zs = xs if flag else ys
    xs.append(x)
    return zs[-1]


def name_bound_in_loop(x, n):
    xs, ys = [x], [x * x]
    for _ in range(n):
        ys = xs
    xs.append(3.0 * x)
    return ys[-1]


def list_kept_in_loop(x, n):
    kept, xs = [], [x]
    for i in range(n):
        xs.append(x * i)
        xs = [x]
        kept.append(xs)
    return sum([sum(one) for one in kept])


def handed_to_strangers(x):
    xs = [x]
    change(xs)
    return xs[-1] * x


def in_comprehension(x):
    xs = [x, x, x]
    return sum([xs.pop() for _ in range(3)])


def taken_before(x):
    xs = [x, x * x]
    return sum(xs + [xs.pop()])


def deque_handed_on(x):
    queue = deque([x])
    pair = (queue, 1.0)
    return pair[0][0] * x


def active_member(x):
    seen = {0.0}
    seen.add(x)
    return sum(seen) * x


CASES = [
    (to_parameter, ([1.0], 2.0), "cannot call 'append', which changes its object in place"),
    (held_by_another, (2.0,), "cannot change 'xs' in place here"),
    (while_walking, (2.0,), "cannot change 'xs' in place here"),
    (one_row_twice, (2.0,), "cannot change 'T' in place here"),
    (row_read_after, (2.0,), "cannot read 'row' here"),
    (rows_of_a_copy, (2.0,), "cannot change 'T' in place here"),
    (one_of_two, (2.0, True), "cannot change 'xs' in place here"),
    (name_bound_in_loop, (2.0, 2), "cannot change 'xs' in place here"),
    (list_kept_in_loop, (2.0, 3), "cannot change 'xs' in this loop"),
    (handed_to_strangers, (2.0,), "cannot read 'xs' here"),
    (in_comprehension, (2.0,), "cannot change 'xs' inside this expression"),
    (taken_before, (2.0,), "cannot use 'xs' here"),
    (deque_handed_on, (2.0,), "cannot hand a deque on"),
    (active_member, (2.0,), "cannot differentiate through"),
]


@pytest.mark.parametrize(("function", "args", "what"), CASES)
def test_is_refused(function: Any, args: tuple[Any, ...], what: str) -> None:
    wrt = "x"
    with np.errstate(all="ignore"), pytest.raises(SrcgradError) as caught:
        srcgrad.grad(function, wrt=wrt)(*args)
    text = str(caught.value)
    assert what in text.splitlines()[0]
    assert "^" in text and len(text.splitlines()) >= 5


def test_text_of_a_change_that_others_see() -> None:
    with pytest.raises(SrcgradError) as caught:
        srcgrad.grad(held_by_another)(2.0)
    _, *rest = str(caught.value).splitlines()
    assert [line.strip() for line in rest] == [
        "xs.append(x)",
        "^~~~~~~~~~~~",
        "Something else may look at it: it is not certainly known by its names alone.",
        "Make a new one and change that, for example list(xs) or dict(xs).",
    ]


def test_text_of_a_row_that_was_changed() -> None:
    with pytest.raises(SrcgradError) as caught:
        srcgrad.grad(row_read_after)(2.0)
    line = row_read_after.__code__.co_firstlineno + 3
    assert f"It is, or looks at, an item of 'T', which line {line} has changed:" in str(
        caught.value
    )


def test_arguments_stay_as_they_are() -> None:
    xs = [1.0, 2.0]

    def loss(xs):
        ys = list(xs)
        ys.append(ys[0] * ys[1])
        ys[0] = 3.0 * ys[2]
        del ys[1]
        return sum(ys)

    assert srcgrad.grad(loss)(xs) == [8.0, 4.0]
    assert xs == [1.0, 2.0]


def pick(xs, ys, flag):
    for _ in range(2):
        if flag:
            return xs
    return ys


def one_of_two_from_a_helper(x, flag):
    xs, ys = [x], [x * x]
    zs = pick(xs, ys, flag)
    xs.append(3.0 * x)
    return zs[-1]


def test_a_helper_that_returns_one_of_its_arguments() -> None:
    with pytest.raises(SrcgradError, match="cannot change 'xs' in place here"):
        srcgrad.grad(one_of_two_from_a_helper)(2.0, True)

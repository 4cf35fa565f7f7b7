"""Sizes of slices between whole numbers, and what a loop back knows of those of the loop."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad.facts.kinds import Arr, Int, Known, Line, Range, Size, Sym
from srcgrad.facts.linear import computed, dim_of, is_natural, number_in, span
from srcgrad.facts.sizes import Expr, Sizes, least

N = Sym(((0,), 0), True)
NONE = Known(None)


def plus(sizes: Sizes, a: Any, b: int) -> Any:
    return computed(sizes, "add", [a, Known(b)])


def test_slices_of_a_loop_have_sizes() -> None:
    sizes = Sizes()
    k = number_in(
        sizes, Range(range, Known(0), computed(sizes, "sub", [Size(int, N), Known(1)]), Known(1))
    )
    rest = span(sizes, N, plus(sizes, k, 1), NONE)
    assert rest is not None and rest == span(sizes, N, plus(sizes, k, 1), Size(int, N))
    head, shifted = (
        span(sizes, N, NONE, plus(sizes, k, 1)),
        span(sizes, N, plus(sizes, k, 1), plus(sizes, plus(sizes, k, 1), 1)),
    )
    assert head is not None and head == span(sizes, N, Known(1), plus(sizes, k, 2))
    assert shifted == 1


def test_what_may_be_cut_off_has_no_size() -> None:
    sizes = Sizes()
    k = number_in(sizes, Range(range, Known(0), Size(int, N), Known(1)))
    assert span(sizes, N, k, plus(sizes, k, 2)) is None  # beyond the end in the last turn
    assert span(sizes, N, plus(sizes, k, -1), NONE) is None  # from the end in the first
    assert span(sizes, N, sizes.number(), NONE) is None
    assert span(sizes, N, NONE, sizes.number()) is None


def test_backwards_ranges_are_bounded() -> None:
    sizes = Sizes()
    top = computed(sizes, "sub", [Size(int, N), Known(2)])
    assert top is not None
    k = number_in(sizes, Range(range, top, Known(-1), Known(-1)))
    assert span(sizes, N, plus(sizes, k, 1), NONE) is not None
    assert is_natural(sizes, k.line)


def test_numbers_and_sizes_have_one_form() -> None:
    sizes = Sizes()
    steps = sizes.number()
    size = dim_of(sizes, plus(sizes, steps, 1).line)
    assert isinstance(size, Sym) and isinstance(size.key, Expr) and size.key.op == "sum"
    assert sizes.less(size, 1) == dim_of(sizes, steps.line)
    assert computed(sizes, "sub", [steps, steps]) == Known(0)
    assert dim_of(sizes, Line(-1, ())) is None


def test_sizes_of_arguments_are_two_or_more() -> None:
    sizes = Sizes()
    assert least(N) == 2 and least(sizes.less(N, 1)) == 1 and least(sizes.less(N, 3)) == 0
    assert least(sizes.total([N, 1])) == 3 and least(sizes.fresh()) == 0


def kept_slices(x: Any, y: Any) -> Any:
    out = x.copy()
    for k in range(len(x)):
        part = x[k:] * y[k:]
        out[k:] += part * part
    return np.sum(out)


@pytest.mark.parametrize("n", [2, 5])
def test_what_was_collected_has_the_size_of_its_turn(n: int) -> None:
    text = srcgrad.grad(kept_slices, wrt=(0, 1)).source_for(np.ones(n), np.ones(n))
    assert "unbroadcast" not in text


def test_types_of_numbers_do_not_leak() -> None:
    assert isinstance(Sizes().number(), Int)
    assert Arr(np.dtype(float), (N,)) == Arr(np.dtype(float), (N,))

"""What rules cost: a bounded number of arrays, and no more than a small multiple of the time."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

from benchmarks import rules
from srcgrad import value_and_grad

CASES = rules.cases()
SPACE = rules.data(scale=10)
SHORT = [name for i, name in enumerate(CASES) if i % 8 == 0]
ARRAYS = 24
"""As many arrays of the larger of input and output may be there at once."""


def peak(name: str) -> tuple[float, float]:
    """Bytes at the peak of a gradient, and of the larger of what goes in and comes out."""
    text = CASES[name]
    function, args = rules.loss(text, SPACE)
    both = value_and_grad(function, wrt=tuple(range(len(args))))
    both(*args)
    result = eval(text, dict(SPACE))
    size = max(sum(np.asarray(a).nbytes for a in args), np.asarray(result).nbytes)
    tracemalloc.start()
    try:
        both(*args)
        return tracemalloc.get_traced_memory()[1], size
    finally:
        tracemalloc.stop()


def check(name: str) -> None:
    most, size = peak(name)
    assert most <= ARRAYS * size + 200_000, f"{name}: {most / size:.1f} arrays at once"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", SHORT)
def test_memory_is_a_few_arrays(name: str) -> None:
    check(name)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", [name for name in CASES if name not in SHORT])
def test_memory_of_the_others_is_a_few_arrays(name: str) -> None:
    check(name)


def test_exceptions_are_cases_with_a_theory() -> None:
    assert rules.EXCEPTIONS.keys() <= CASES.keys()
    assert all(rules.EXCEPTIONS.values())


@pytest.mark.timing
@pytest.mark.parametrize("name", ["exp", "sum axis", "cumsum", "matmul", "sort"])
def test_time_is_a_small_multiple(name: str) -> None:
    space: dict[str, Any] = rules.data()
    value, both = rules.measure(CASES[name], space, rounds=5)
    assert both / value < 12.0, "far above the bar, even on a busy machine"

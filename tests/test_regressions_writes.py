"""Programs that write into arrays and that once went wrong; most were found by random programs.

Parameters have the names and sizes that `tests.fuzz.arguments` knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.fuzz.judge import verdict_of

SIZES = (4, 3)
CASES: list[Callable[..., Any]] = []


def right(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function be one whose gradient is checked."""
    CASES.append(function)
    return function


def _damped(v: Any, c: Any) -> Any:
    v *= c
    return v


@right
def augmented_by_a_helper_whose_result_nobody_reads(p, s):
    _damped(p, s)
    return p.sum()


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_right(function: Callable[..., Any]) -> None:
    found = verdict_of(function, (1, 2, 3), twice=True)
    assert found.kind == "right", found.reason

"""Programs that write into arrays and that once went wrong; most were found by random programs.

Parameters have the names and sizes that `tests.fuzz.arguments` knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
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


@right
def part_of_a_cotangent_that_was_broadcast(p, s):
    p[::1] = p
    return np.sum(p)


@right
def written_under_two_names_where_one_arm_returned(p, q, s):
    u = p
    if s > 0:
        p -= q
    elif s > -0.3:
        return 0.5 * s
    u[1] = 0.5
    return p.sum()


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_right(function: Callable[..., Any]) -> None:
    found = verdict_of(function, (1, 2, 3), twice=True)
    assert found.kind == "right", found

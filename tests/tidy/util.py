"""What the tests of passes have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.program.check import check
from srcgrad.program.evaluate import evaluate_all
from srcgrad.program.nodes import Program
from srcgrad.program.show import show


def same_values(left: Any, right: Any) -> bool:
    """Tell whether two values agree up to rounding."""
    if isinstance(left, (tuple, list)):
        return len(left) == len(right) and all(map(same_values, left, right))
    return bool(np.allclose(left, right, rtol=1e-9, atol=1e-12, equal_nan=True))


def assert_keeps(program: Program, change: Callable[[Program], Program], *args: Any) -> Program:
    """Check that a pass keeps a program well formed and its results; return the new one."""
    check(program, "before")
    new = check(change(program), "after")
    with np.errstate(all="ignore"):
        before, after = evaluate_all(program, *args), evaluate_all(new, *args)
    assert same_values(before, after), f"{show(program)}\n\n{show(new)}\n{before}\n{after}"
    return new

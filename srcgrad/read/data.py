"""What is certainly a number or an array, and so no object of a class of the user's.

x * 2.0      a number if x is one
np.sin(x)    a number or an array
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from srcgrad.program import ops

_ARITHMETIC = frozenset(ops.OPERATORS.values()) | frozenset(ops.INPLACE.values())


def kind_of_value(value: Any) -> str:
    """Return ``"number"``, ``"data"`` for other arrays, or nothing for anything else."""
    if isinstance(value, (bool, int, float, complex, np.generic)):
        return "number"
    return "data" if isinstance(value, np.ndarray) else ""


def kind_of_result(fn: Any, kinds: Sequence[str]) -> str:
    """Return what an operation makes of operands of these kinds."""
    if not kinds or "" in kinds:
        return ""
    if isinstance(fn, np.ufunc):
        return "number" if all(kind == "number" for kind in kinds) else "data"
    try:
        if fn in _ARITHMETIC and fn is not operator.is_:
            return "number" if all(kind == "number" for kind in kinds) else "data"
    except TypeError:
        return ""
    if fn is ops.same:
        return kinds[0]
    name = getattr(fn, "__name__", "")
    return "number" if getattr(math, name, None) is fn else ""

"""What SciPy's solvers find: a float, or an array like the one they began with."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize

from srcgrad import runtime
from srcgrad.facts.foreign import enter
from srcgrad.facts.kinds import UNKNOWN, Arr, Known, Py, Seq, Type
from srcgrad.facts.sizes import Sizes

_FLOATS = (optimize.brentq, optimize.brenth, optimize.ridder, optimize.bisect)
_DOUBLE = np.dtype(float)


def _found(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    solver = kinds[0].value if isinstance(kinds[0], Known) else None
    if any(solver is one for one in _FLOATS):
        return Py(float)
    start = kinds[2]
    if solver is optimize.fsolve and isinstance(start, Seq) and start.items:
        return _at(sizes, fn, [kinds[0], start.items[0]], {})
    return UNKNOWN


def _at(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``found_at(raw, x0)``: like where it began."""
    start = kinds[1]
    vector = isinstance(start, Arr) and len(start.dims) == 1 and start.dtype.kind in "fiu"
    return Arr(_DOUBLE, start.dims) if vector and isinstance(start, Arr) else UNKNOWN


def _same(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    return kinds[0]


enter([runtime.found], _found, "maybe")
enter([runtime.found_at], _at, "maybe")
enter([runtime.at_root, runtime.at_solution, runtime.first_order], _same, "maybe")
enter([optimize.linear_sum_assignment])

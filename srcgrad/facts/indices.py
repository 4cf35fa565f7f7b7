"""Which indices are basic: they address every element once, and what they read is a view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from srcgrad.facts.kinds import Arr, Cut, Known, Num, Other, Py, Seq
from srcgrad.program.nodes import Atom, Const, Var

_BASIC = (int, type(None), type(...), slice)


def is_basic(index: Atom, types: Mapping[Var, Any]) -> bool:
    """Tell whether an index is certainly one of integers, slices, ``None`` and ``...``.

    >>> is_basic(Const((slice(None), 0)), {}), is_basic(Const([0, 0]), {})
    (True, False)
    """
    if isinstance(index, Const):
        return is_basic_value(index.value)
    return _is_basic_type(types.get(index))


def is_basic_value(value: Any) -> bool:
    """Tell whether a Python value is a basic index."""
    if type(value) is tuple:
        return all(map(is_basic_value, value))
    return type(value) in _BASIC or isinstance(value, np.integer)


def _is_basic_type(kind: Any) -> bool:
    match kind:
        case Seq():
            return kind.cls is tuple and all(map(_is_basic_type, kind.items))
        case Num():
            return all(map(_is_basic_type, kind.options))
        case Known():
            return is_basic_value(kind.value)
        case Arr():
            return kind.scalar and kind.dtype.kind in "iu"
        case Cut():
            return True
        case Other():
            return kind.cls is slice
        case Py():
            return kind.cls is int
    return False

"""Which indices are basic: they address every element once, and what they read is a view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from srcgrad.facts.kinds import Arr, Cut, Known, ListOf, Num, Other, Py, Seq
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let, Var

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


def is_picking(index: Atom, types: Mapping[Var, Any]) -> bool:
    """Tell whether an index certainly picks entries by arrays or lists: what it gives is new.

    >>> is_picking(Const([0, 0]), {}), is_picking(Const((slice(None), 0)), {})
    (True, False)
    """
    if isinstance(index, Const):
        value = index.value
        parts = value if type(value) is tuple else (value,)
        return any(isinstance(one, (list, np.ndarray)) and np.ndim(one) > 0 for one in parts)
    kind = types.get(index)
    kinds = kind.items if isinstance(kind, Seq) and kind.cls is tuple else (kind,)
    return any(map(_is_picking_type, kinds))


def _is_picking_type(kind: Any) -> bool:
    match kind:
        case Arr(dims=dims, scalar=False):
            return len(dims) > 0
        case Seq(cls=cls) | ListOf(cls=cls):
            return cls is list
        case Known(value):
            return isinstance(value, (list, np.ndarray)) and np.ndim(value) > 0
    return False


def is_distinct(index: Let | None, calls: Mapping[Var, Let], types: Mapping[Var, Any]) -> bool:
    """Tell whether an index ``(arange(n), labels)`` certainly addresses no element twice.

    Parameters
    ----------
    index : Let or None
        The call that made the index.
    calls : mapping
        The calls that made what it consists of.
    types : mapping
        The types of variables.
    """
    if index is None or index.fn is not ops.make_tuple:
        return False
    kinds = [types.get(atom) if isinstance(atom, Var) else None for atom in index.args]
    arrays = [kind for kind in kinds if isinstance(kind, Arr) and not kind.scalar]
    if any(kind.dtype.kind not in "iu" for kind in arrays):
        return False
    for atom, kind in zip(index.args, kinds, strict=True):
        made = calls.get(atom) if isinstance(atom, Var) else None
        if made is None or made.fn is not np.arange or len(made.args) != 1 or made.kwargs:
            continue
        if isinstance(kind, Arr) and all(other.dims in (kind.dims, ()) for other in arrays):
            return True
    return False


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

"""Types of arrays that are made: of lists, of numbers, filled, converted."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.facts.dtypes import array_of, call_dtype, dtype_arg
from srcgrad.facts.kinds import NONE, UNKNOWN, Arr, Known, ListOf, Num, Py, Seq, Size, Type
from srcgrad.facts.shapes_args import FLOAT, dim_arg, is_none, shape_arg
from srcgrad.facts.sizes import Dims, Sizes


def shape_of(sizes: Sizes, kind: Type) -> Dims | None:
    """Return ``np.shape(value)``."""
    array = array_of(kind)
    if array is not None:
        return array.dims
    stacked = as_array(sizes, kind)
    return stacked.dims if isinstance(stacked, Arr) else None


def as_array(sizes: Sizes, x: Type, dtype: Type = NONE, **options: Type) -> Type:
    """``np.array(x, dtype)`` of a number, an array, or a sequence of them."""
    if set(options) - {"copy"}:
        return UNKNOWN
    found = array_of(x)
    if found is None and isinstance(x, Seq) and x.cls in (list, tuple) and x.items:
        parts = [as_array(sizes, item) for item in x.items]
        arrays = [part for part in parts if isinstance(part, Arr)]
        first = arrays[0].dims if arrays else ()
        same = all(
            len(part.dims) == len(first) and all(map(sizes.same, part.dims, first))
            for part in arrays
        )
        joined = call_dtype(_array_dtype, [_scalar(item) for item in x.items])
        if len(arrays) == len(parts) and same and joined is not None:
            found = Arr(joined, (len(parts), *first))
    if isinstance(x, ListOf) and x.cls in (list, tuple) and _is_float(x.item):
        found = Arr(FLOAT, (sizes.fresh(),))  # also of an empty list
    if found is None or is_none(dtype):
        return found or UNKNOWN
    given = dtype_arg(dtype)
    return UNKNOWN if given is None or given.kind not in "biufc" else Arr(given, found.dims)


def _is_float(kind: Type) -> bool:
    """Tell whether a number is certainly a double."""
    match kind:
        case Num(options):
            return all(map(_is_float, options))
        case Py(cls):
            return cls is float
    return isinstance(kind, Arr) and kind.scalar and kind.dtype == FLOAT


def _array_dtype(*items: Any) -> Any:
    return np.array([np.asarray(item).ravel()[0] for item in items])


def _scalar(kind: Type) -> Type:
    if isinstance(kind, Arr):
        return Arr(kind.dtype, (), True)
    if isinstance(kind, Seq) and kind.items:
        found = as_array(Sizes(), kind)
        return _scalar(found) if isinstance(found, Arr) else UNKNOWN
    return kind


def filled(sizes: Sizes, shape: Type, dtype: Type = NONE) -> Type:
    """``np.zeros(shape, dtype)``, ``ones`` and ``empty``."""
    dims = shape_arg(sizes, shape)
    kind = FLOAT if is_none(dtype) else dtype_arg(dtype)
    if dims is None or kind is None or any(isinstance(d, int) and d < 0 for d in dims):
        return UNKNOWN
    return Arr(kind, dims)


def full(sizes: Sizes, shape: Type, value: Type, dtype: Type = NONE) -> Type:
    """``np.full(shape, value, dtype)``."""
    item = array_of(value)
    if item is None or item.dims:
        return UNKNOWN
    return filled(sizes, shape, Known(item.dtype) if is_none(dtype) else dtype)


def filled_like(sizes: Sizes, x: Type, dtype: Type = NONE) -> Type:
    """``np.zeros_like(x, dtype)``, ``ones_like`` and ``empty_like``."""
    array = array_of(x)
    if array is None:
        return UNKNOWN
    kind = array.dtype if is_none(dtype) else dtype_arg(dtype)
    return UNKNOWN if kind is None else Arr(kind, array.dims)


def full_like(sizes: Sizes, x: Type, value: Type, dtype: Type = NONE) -> Type:
    """``np.full_like(x, value, dtype)``."""
    return filled_like(sizes, x, dtype)


def eye(sizes: Sizes, n: Type, m: Type = NONE, k: Type = NONE, dtype: Type = NONE) -> Type:
    """``np.eye(n, m)``."""
    rows = dim_arg(sizes, n)
    columns = rows if is_none(m) else dim_arg(sizes, m)
    kind = FLOAT if is_none(dtype) else dtype_arg(dtype)
    if rows is None or columns is None or kind is None:
        return UNKNOWN
    return Arr(kind, (rows, columns))


def arange(sizes: Sizes, start: Type, stop: Type = NONE, step: Type = NONE) -> Type:
    """``np.arange(stop)`` and with more arguments."""
    kinds = [kind for kind in (start, stop, step) if not is_none(kind)]
    dtype = call_dtype(np.arange, kinds)
    if dtype is None or not all(isinstance(k, (Py, Known)) for k in kinds):
        return UNKNOWN
    if len(kinds) == 1 and isinstance(start, Size):
        return Arr(dtype, (start.dim,))  # of a number below 0 nothing, that of a size never is
    values = [kind.value for kind in kinds if isinstance(kind, Known)]
    if len(values) == len(kinds) and all(type(v) is int for v in values):
        return Arr(dtype, (len(range(*values)),)) if values[-1] or len(values) < 3 else UNKNOWN
    return Arr(dtype, (sizes.fresh(),))


def linspace(sizes: Sizes, start: Type, stop: Type, num: Type = Known(50)) -> Type:
    """``np.linspace(start, stop, num)`` between numbers."""
    count = dim_arg(sizes, num)
    ends = [array_of(start), array_of(stop)]
    if count is None or any(end is None or end.dims for end in ends):
        return UNKNOWN
    dtype = call_dtype(np.linspace, [start, stop])
    return UNKNOWN if dtype is None else Arr(dtype, (count,))


def astype(sizes: Sizes, x: Type, dtype: Type, copy: Type = Known(True)) -> Type:
    """``x.astype(dtype)``."""
    given = dtype_arg(dtype)
    if not isinstance(x, Arr) or given is None or given.kind not in "biufc":
        return UNKNOWN
    return Arr(given, x.dims, x.scalar)


def copied(sizes: Sizes, x: Type) -> Type:
    """``x.copy()``."""
    return x


def item(sizes: Sizes, x: Type, *index: Type) -> Type:
    """``x.item()``."""
    if isinstance(x, Arr) and x.dtype.kind in "biufc":
        found = call_dtype(_item, [Arr(x.dtype, (), True)])
        return Py(found) if isinstance(found, type) else UNKNOWN
    return UNKNOWN


def _item(x: Any) -> Any:
    return x.item()

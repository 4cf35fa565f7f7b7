"""Types of functions that make, reshape, join and split arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.facts.dtypes import array_of, call_dtype, dtype_arg
from srcgrad.facts.kinds import UNKNOWN, Arr, Dim, Int, Known, ListOf, Num, Py, Seq, Size, Type
from srcgrad.facts.linear import dim_of, settled
from srcgrad.facts.shapes_reduce import NONE, axes_of, reduced
from srcgrad.facts.sizes import Dims, Sizes, is_one, never_one

FLOAT = np.dtype(np.float64)


def is_none(kind: Type) -> bool:
    """Tell whether an argument is None."""
    return isinstance(kind, Known) and kind.value is None


def dim_arg(sizes: Sizes, kind: Type) -> Dim | None:
    """Return the size an int argument means; a number of which nothing is known is a new size."""
    match kind:
        case Known(value):
            return value if type(value) is int else None
        case Int(_, line):
            return dim_of(sizes, settled(sizes, line))
        case Size(_, dim):
            return dim
        case Py(cls):
            return sizes.fresh() if cls is int else None
        case Arr(dtype, _, scalar):
            return sizes.fresh() if scalar and dtype.kind in "iu" else None
    return None


def shape_arg(sizes: Sizes, kind: Type) -> tuple[Dim, ...] | None:
    """Return the shape an argument means."""
    if isinstance(kind, Seq):
        dims = [dim_arg(sizes, item) for item in kind.items]
        return None if None in dims else tuple(d for d in dims if d is not None)
    dim = dim_arg(sizes, kind)
    return None if dim is None else (dim,)


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


def reshape(sizes: Sizes, x: Type, *shape: Type, **options: Type) -> Type:
    """``x.reshape(2, 3)``, ``np.reshape(x, (2, -1))``."""
    array = array_of(x)
    if options or array is None or not shape:
        return UNKNOWN
    dims = shape_arg(sizes, shape[0] if len(shape) == 1 else Seq(tuple, shape))
    if dims is None:
        return UNKNOWN
    out = list(dims)
    if any(isinstance(d, int) and d < -1 for d in out) or out.count(-1) > 1:
        return UNKNOWN
    unclear = [k for k in (shape[0].items if isinstance(shape[0], Seq) else shape) if _open(k)]
    if unclear and -1 not in out and len(out) > 1:
        return Arr(array.dtype, tuple(d if isinstance(d, int) else sizes.fresh() for d in out))
    if -1 in out:
        out[out.index(-1)] = _missing(sizes, array.dims, [d for d in out if d != -1])
    elif len(out) == 1 and not unclear:
        sizes.equate(out[0], sizes.product(map(sizes.dim, array.dims)))
    elif unclear:
        out = [sizes.fresh()] * len(out)
    return Arr(array.dtype, tuple(out))


def _open(kind: Type) -> bool:
    """An int of unknown value may be -1."""
    return not isinstance(kind, (Known, Size))


def _missing(sizes: Sizes, dims: Dims, others: list[Dim]) -> Dim:
    left = [sizes.dim(dim) for dim in dims]
    for other in (sizes.dim(dim) for dim in others):
        match = next((i for i, d in enumerate(left) if sizes.same(d, other)), None)
        if match is not None and never_zero(other):
            del left[match]
        elif not is_one(other):
            return _divided(sizes, dims, others)
    return sizes.product(left)


def never_zero(dim: Dim) -> bool:
    """Tell whether a size is certainly not 0."""
    return isinstance(dim, int) and dim != 0


def _divided(sizes: Sizes, dims: Dims, others: list[Dim]) -> Dim:
    whole, part = sizes.product(map(sizes.dim, dims)), sizes.product(map(sizes.dim, others))
    if isinstance(whole, int) and isinstance(part, int) and part and whole % part == 0:
        return whole // part
    return sizes.of("missing", whole, part)


def ravel(sizes: Sizes, x: Type) -> Type:
    """``x.ravel()`` and ``x.flatten()``."""
    array = array_of(x)
    return UNKNOWN if array is None else Arr(array.dtype, (sizes.product(array.dims),))


def transpose(sizes: Sizes, x: Type, *axes: Type) -> Type:
    """``np.transpose(x, axes)`` and ``x.transpose(1, 0)``."""
    array = array_of(x)
    if array is None:
        return UNKNOWN
    if not axes or (len(axes) == 1 and is_none(axes[0])):
        return Arr(array.dtype, array.dims[::-1])
    order = axes_of(axes[0] if len(axes) == 1 else Seq(tuple, axes), len(array.dims))
    if order is None or len(order) != len(array.dims):
        return UNKNOWN
    return Arr(array.dtype, tuple(array.dims[axis] for axis in order))


def swapaxes(sizes: Sizes, x: Type, one: Type, two: Type) -> Type:
    """``np.swapaxes(x, 0, 1)``."""
    array = array_of(x)
    if array is None or is_none(one) or is_none(two):
        return UNKNOWN
    a, b = axes_of(one, len(array.dims)), axes_of(two, len(array.dims))
    if a is None or b is None or len(a) != 1 or len(b) != 1:
        return UNKNOWN
    dims = list(array.dims)
    dims[a[0]], dims[b[0]] = dims[b[0]], dims[a[0]]
    return Arr(array.dtype, tuple(dims))


def moveaxis(sizes: Sizes, x: Type, source: Type, destination: Type) -> Type:
    """``np.moveaxis(x, source, destination)``."""
    array = array_of(x)
    if array is None or is_none(source) or is_none(destination):
        return UNKNOWN
    old, new = axes_of(source, len(array.dims)), axes_of(destination, len(array.dims))
    if old is None or new is None or len(old) != len(new):
        return UNKNOWN
    order = [axis for axis in range(len(array.dims)) if axis not in old]
    for place, axis in sorted(zip(new, old, strict=True)):
        order.insert(place, axis)
    return Arr(array.dtype, tuple(array.dims[axis] for axis in order))


def rollaxis(sizes: Sizes, x: Type, axis: Type, start: Type = Known(0)) -> Type:
    """``np.rollaxis(x, axis)``."""
    return moveaxis(sizes, x, axis, start) if start == Known(0) else UNKNOWN


def squeeze(sizes: Sizes, x: Type, axis: Type = NONE) -> Type:
    """``np.squeeze(x, axis)``."""
    array = array_of(x)
    if array is None:
        return UNKNOWN
    if is_none(axis):
        if not all(is_one(dim) or never_one(dim) for dim in array.dims):
            return UNKNOWN
        return Arr(array.dtype, tuple(dim for dim in array.dims if not is_one(dim)))
    axes = axes_of(axis, len(array.dims))
    return UNKNOWN if axes is None else Arr(array.dtype, reduced(array.dims, axes, False))


def expand_dims(sizes: Sizes, x: Type, axis: Type) -> Type:
    """``np.expand_dims(x, axis)``."""
    array = array_of(x)
    if array is None or is_none(axis):
        return UNKNOWN
    count = len(axis.items) if isinstance(axis, Seq) else 1
    axes = axes_of(axis, len(array.dims) + count)
    if axes is None:
        return UNKNOWN
    rest = iter(array.dims)
    rank = len(array.dims) + count
    return Arr(array.dtype, tuple(1 if i in axes else next(rest) for i in range(rank)))


def broadcast_to(sizes: Sizes, x: Type, shape: Type) -> Type:
    """``np.broadcast_to(x, shape)``."""
    array, dims = array_of(x), shape_arg(sizes, shape)
    if array is None or dims is None or len(dims) < len(array.dims):
        return UNKNOWN
    return Arr(array.dtype, dims)


def _pieces(items: Type) -> list[Arr] | None:
    if not isinstance(items, Seq) or items.cls not in (list, tuple) or not items.items:
        return None
    arrays = [array_of(item) for item in items.items]
    return None if None in arrays else [array for array in arrays if array is not None]


def joint_dtype(arrays: list[Arr]) -> np.dtype[Any]:
    """Return the dtype of arrays put together."""
    return np.result_type(*[array.dtype for array in arrays])


def concatenate(sizes: Sizes, items: Type, axis: Type = Known(0)) -> Type:
    """``np.concatenate([a, b], axis)``."""
    arrays = _pieces(items)
    return UNKNOWN if arrays is None else _concatenated(sizes, arrays, axis)


def _concatenated(sizes: Sizes, arrays: list[Arr], axis: Type) -> Type:
    rank = len(arrays[0].dims)
    axes = axes_of(axis, rank)
    if is_none(axis) or axes is None or any(len(a.dims) != rank for a in arrays) or not rank:
        return UNKNOWN
    dims = list(arrays[0].dims)
    for i in range(rank):
        if i == axes[0]:
            dims[i] = sizes.total(sizes.dim(array.dims[i]) for array in arrays)
        else:
            for array in arrays[1:]:
                dims[i] = sizes.equate(dims[i], array.dims[i])
    return Arr(joint_dtype(arrays), tuple(dims))


def stack(sizes: Sizes, items: Type, axis: Type = Known(0)) -> Type:
    """``np.stack([a, b], axis)``."""
    arrays = _pieces(items)
    if arrays is None and isinstance(items, ListOf) and items.cls in (list, tuple):
        one = array_of(sizes.instantiate(items.item))  # stacked, all have one shape
        arrays = None if one is None else [one]
    if arrays is None or is_none(axis) or any(len(a.dims) != len(arrays[0].dims) for a in arrays):
        return UNKNOWN
    axes = axes_of(axis, len(arrays[0].dims) + 1)
    if axes is None or len(axes) != 1:
        return UNKNOWN
    dims = list(arrays[0].dims)
    for array in arrays[1:]:
        dims = [sizes.equate(a, b) for a, b in zip(dims, array.dims, strict=True)]
    dims.insert(axes[0], len(arrays) if isinstance(items, Seq) else sizes.fresh())
    return Arr(joint_dtype(arrays), tuple(dims))


def vstack(sizes: Sizes, items: Type) -> Type:
    """``np.vstack([a, b])``."""
    arrays = _pieces(items)
    if arrays is None:
        return UNKNOWN
    lifted = [Arr(a.dtype, (*(1,) * (2 - len(a.dims)), *a.dims)) for a in arrays]
    return _concatenated(sizes, lifted, Known(0))


def hstack(sizes: Sizes, items: Type) -> Type:
    """``np.hstack([a, b])``."""
    arrays = _pieces(items)
    if arrays is None:
        return UNKNOWN
    lifted = [a if a.dims else Arr(a.dtype, (1,)) for a in arrays]
    return _concatenated(sizes, lifted, Known(0 if len(lifted[0].dims) == 1 else 1))


def split(sizes: Sizes, x: Type, where: Type, axis: Type = Known(0)) -> Type:
    """``np.split(x, n, axis)`` into a known number of pieces."""
    array = array_of(x)
    if array is None or is_none(axis):
        return UNKNOWN
    axes = axes_of(axis, len(array.dims))
    if axes is None or len(axes) != 1:
        return UNKNOWN
    if isinstance(where, Known) and type(where.value) is int and 0 < where.value < 1000:
        count = where.value
        dim = array.dims[axes[0]]
        part: Dim = sizes.of("divided", dim, count)
        if isinstance(dim, int):
            if dim % count:
                return UNKNOWN
            part = dim // count
        pieces: list[Dim] = [part] * count
    elif isinstance(where, Seq):
        pieces = [sizes.fresh() for _ in range(len(where.items) + 1)]
    else:
        return UNKNOWN
    at = axes[0]
    made = [Arr(array.dtype, (*array.dims[:at], p, *array.dims[at + 1 :])) for p in pieces]
    return Seq(list, tuple(made))


def repeated(sizes: Sizes, x: Type, count: Type, axis: Type = NONE) -> Type:
    """``np.repeat(x, n, axis)``: the same rank, or one axis."""
    array, number = array_of(x), dim_arg(sizes, count)
    if array is None or number is None:
        return UNKNOWN
    if is_none(axis):
        return Arr(array.dtype, (sizes.product((*array.dims, number)),))
    axes = axes_of(axis, len(array.dims))
    if axes is None or len(axes) != 1:
        return UNKNOWN
    dims = list(array.dims)
    dims[axes[0]] = sizes.product((dims[axes[0]], number))
    return Arr(array.dtype, tuple(dims))


def flip(sizes: Sizes, x: Type, axis: Type = NONE) -> Type:
    """``np.flip(x, axis)``."""
    array = array_of(x)
    if array is None or axes_of(axis, len(array.dims)) is None:
        return UNKNOWN
    return array


def roll(sizes: Sizes, x: Type, shift: Type, axis: Type = NONE) -> Type:
    """``np.roll(x, shift, axis)``."""
    array = array_of(x)
    number = isinstance(shift, (Py, Known)) or (isinstance(shift, Arr) and not shift.dims)
    return array if array is not None and number else UNKNOWN


def triangle(sizes: Sizes, x: Type, k: Type = Known(0)) -> Type:
    """``np.tril(x, k)`` and ``np.triu``."""
    array = array_of(x)
    return array if array is not None and len(array.dims) > 1 else UNKNOWN


def atleast_1d(sizes: Sizes, x: Type) -> Type:
    """``np.atleast_1d(x)``."""
    array = array_of(x)
    return UNKNOWN if array is None else Arr(array.dtype, array.dims or (1,))


def atleast_2d(sizes: Sizes, x: Type) -> Type:
    """``np.atleast_2d(x)``."""
    array = array_of(x)
    if array is None:
        return UNKNOWN
    return Arr(array.dtype, (*(1,) * (2 - len(array.dims)), *array.dims))


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


def diag(sizes: Sizes, x: Type) -> Type:
    """``np.diag(v)`` of a vector; the diagonal of a matrix may be cut by either size."""
    array = array_of(x)
    if array is None or len(array.dims) not in (1, 2):
        return UNKNOWN
    if len(array.dims) == 1:
        return Arr(array.dtype, array.dims * 2)
    return diagonal(sizes, x)


def diagonal(sizes: Sizes, x: Type) -> Type:
    """``np.diagonal(x)`` of a matrix."""
    array = array_of(x)
    if array is None or len(array.dims) != 2:
        return UNKNOWN
    one, two = map(sizes.dim, array.dims)
    return Arr(array.dtype, (one if sizes.same(one, two) else sizes.of("least", one, two),))


def like_first(sizes: Sizes, x: Type, *more: Type) -> Type:
    """What has the type of its first argument, an array of floats."""
    array = array_of(x)
    if array is None or not array.dims or array.dtype.kind not in "fc":
        return UNKNOWN
    return array

"""Types of arrays joined, split and repeated."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.facts.dtypes import array_of
from srcgrad.facts.kinds import NONE, UNKNOWN, Arr, Dim, Known, ListOf, Seq, Type
from srcgrad.facts.shapes_args import dim_arg, is_none
from srcgrad.facts.shapes_reduce import axes_of
from srcgrad.facts.sizes import Sizes


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

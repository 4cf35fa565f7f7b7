"""Types of functions whose sizes depend on values, or that stand alone."""

from __future__ import annotations

import numpy as np

from srcgrad.facts.kinds import UNKNOWN, Arr, Known, Seq, Type
from srcgrad.facts.sizes import Sizes


def searchsorted(sizes: Sizes, a: Type, v: Type, side: Type = Known("left")) -> Type:
    """``np.searchsorted(a, v)``: one index for each value."""
    if not isinstance(v, Arr):
        return UNKNOWN
    return Arr(np.dtype(np.intp), v.dims, not v.dims)


def delete(sizes: Sizes, x: Type, index: Type, axis: Type = Known(None)) -> Type:
    """``np.delete(x, index, axis)`` of a vector: some of its entries."""
    if not isinstance(x, Arr) or len(x.dims) != 1:
        return UNKNOWN
    return Arr(x.dtype, (sizes.fresh(),))


def meshgrid(sizes: Sizes, *axes: Type, indexing: Type = Known("xy")) -> Type:
    """``np.meshgrid(x, y)`` of vectors: as many arrays of one shape."""
    if not isinstance(indexing, Known) or len(axes) < 2:
        return UNKNOWN
    arrays = [axis for axis in axes if isinstance(axis, Arr) and len(axis.dims) == 1]
    if len(arrays) != len(axes):
        return UNKNOWN
    dims = [array.dims[0] for array in arrays]
    if indexing.value == "xy":
        dims[:2] = dims[1::-1]
    cls = type(np.meshgrid([0], [0]))
    return Seq(cls, tuple(Arr(array.dtype, tuple(dims)) for array in arrays))


def pad(
    sizes: Sizes,
    x: Type,
    width: Type,
    mode: Type = Known("constant"),
    constant_values: Type = Known(0),
) -> Type:
    """``np.pad(x, width, mode)``: an array of the same rank."""
    if not isinstance(x, Arr) or not x.dims or x.dtype.kind not in "biufc":
        return UNKNOWN
    return Arr(x.dtype, tuple(sizes.fresh() for _ in x.dims))


def cross(sizes: Sizes, a: Type, b: Type) -> Type:
    """``np.cross(a, b)`` of vectors of two or three numbers, along the last axes."""
    if not isinstance(a, Arr) or not isinstance(b, Arr) or not a.dims or not b.dims:
        return UNKNOWN
    widths = (a.dims[-1], b.dims[-1])
    if not all(n in (2, 3) for n in widths):
        return UNKNOWN
    dims = sizes.broadcast([a.dims[:-1], b.dims[:-1]])
    if dims is None:
        return UNKNOWN
    return Arr(np.result_type(a.dtype, b.dtype), (*dims, 3) if 3 in widths else dims)

"""Arguments that say a shape, an axis or nothing."""

from __future__ import annotations

import numpy as np

from srcgrad.facts.kinds import Arr, Dim, Int, Known, Py, Seq, Size, Type
from srcgrad.facts.linear import dim_of, settled
from srcgrad.facts.sizes import Sizes

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

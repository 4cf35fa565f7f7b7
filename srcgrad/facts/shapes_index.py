"""Types of indexing: ints, slices, None, Ellipsis, integer and boolean arrays; containers."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.facts.joins import Joiner, items_of
from srcgrad.facts.kinds import (
    UNKNOWN,
    Arr,
    Cut,
    DictOf,
    Dim,
    Int,
    Known,
    Line,
    ListOf,
    Map,
    Other,
    Py,
    Seq,
    Size,
    Sym,
    Type,
)
from srcgrad.facts.linear import settled, span
from srcgrad.facts.shapes_random import GRIDS, grid
from srcgrad.facts.sizes import Dims, Expr, Sizes


def getitem(sizes: Sizes, x: Type, index: Type) -> Type:
    """``x[index]``."""
    match x:
        case Arr(scalar=False) if x.dtype.kind in "biufc":
            return _array(sizes, x, index)
        case Seq(cls, items):
            return _sequence(sizes, x, index)
        case ListOf(cls, item):
            if isinstance(index, Cut):
                return x if cls in (list, tuple) else UNKNOWN
            return sizes.instantiate(item) if cls in (list, tuple) else UNKNOWN
        case Map(_, keys, items):
            if isinstance(index, Known):
                for key, item in zip(keys, items, strict=True):
                    if type(key) is type(index.value) and key == index.value:
                        return item
            elif items:
                return sizes.instantiate(Joiner(sizes).item(Seq(tuple, items)))
        case DictOf(_, _, item):
            return sizes.instantiate(item)
        case Known(value) if isinstance(value, GRIDS):
            return grid(sizes, value, index)
        case Other(cls) if cls is range and _is_int(index):
            return Py(int)
        case Other(cls) if cls is range and isinstance(index, Cut):
            return x
    return UNKNOWN


def _sequence(sizes: Sizes, x: Seq, index: Type) -> Type:
    if isinstance(index, Known) and type(index.value) is int:
        if -len(x.items) <= index.value < len(x.items):
            return x.items[index.value]
        return UNKNOWN
    if isinstance(index, Cut):
        parts: list[Any] = [p.value if isinstance(p, Known) else 0.5 for p in _parts(index)]
        if 0.5 not in parts and x.cls in (list, tuple) and parts[2] != 0:
            return Seq(x.cls, x.items[slice(*parts)])
        if x.cls in (list, tuple) and x.items:
            return ListOf(x.cls, Joiner(sizes).item(x))
        return UNKNOWN
    return items_of(sizes, x, None)[0] if _is_int(index) and x.items else UNKNOWN


def _parts(cut: Cut) -> tuple[Type, Type, Type]:
    return cut.start, cut.stop, cut.step


def _is_int(kind: Type) -> bool:
    match kind:
        case Py(cls):
            return cls is int
        case Known(value):
            return type(value) is int
        case Arr(dtype, _, scalar):
            return scalar and dtype.kind in "iu"
    return False


def _array(sizes: Sizes, x: Arr, index: Type) -> Type:
    if isinstance(index, Seq) and index.cls is tuple:
        items = list(index.items)
    else:
        items = [index]
    places = [_place(sizes, item) for item in items]
    if any(place is None for place in places):
        return UNKNOWN
    used = sum(place[1] for place in places if place)
    dots = [i for i, item in enumerate(items) if isinstance(item, Known) and item.value is Ellipsis]
    if len(dots) > 1 or used > len(x.dims):
        return UNKNOWN
    rest = len(x.dims) - used
    at = dots[0] if dots else len(items)
    walk = items[:at] + [Cut(*[Known(None)] * 3)] * rest + items[at + bool(dots) :]
    return _walk(sizes, x, walk, bool(dots))


def _place(sizes: Sizes, item: Type) -> tuple[str, int] | None:
    """Return the kind of an index entry and how many axes it takes."""
    match item:
        case Known(None):
            return "new", 0
        case Known(value) if value is Ellipsis:
            return "dots", 0
        case Cut():
            return "cut", 1
        case Arr(dtype, dims, False) if dims and dtype.kind in "iub":
            return ("mask", len(dims)) if dtype.kind == "b" else ("many", 1)
        case Seq(cls, items) if cls is list and items and all(map(_is_int, items)):
            return "many", 1
    return ("int", 1) if _is_int(item) else None


def _walk(sizes: Sizes, x: Arr, walk: list[Type], dots: bool) -> Type:
    kinds = [_place(sizes, item) for item in walk]
    names = [kind[0] for kind in kinds if kind]
    fancy = any(name in ("many", "mask") for name in names)
    out: list[Dim] = []
    shapes: list[Dims] = []
    spots: list[int] = []
    at, axis = 0, 0
    for i, (item, name) in enumerate(zip(walk, names, strict=True)):
        if name == "new":
            out.append(1)
        elif name == "cut" and isinstance(item, Cut):
            out.append(cut_size(sizes, sizes.dim(x.dims[axis]), item))
            axis += 1
        else:
            if not spots:
                at = len(out)
            spots.append(i)
            if name == "mask" and isinstance(item, Arr):
                axis += len(item.dims)
                shapes.append((sizes.fresh(),))
                continue
            axis += 1
            if isinstance(item, Arr):
                shapes.append(item.dims)
            elif isinstance(item, Seq):
                shapes.append((len(item.items),))
    if not fancy:
        return Arr(x.dtype, tuple(out), not out and not dots)
    together = sizes.broadcast(shapes)
    if together is None:
        return UNKNOWN
    if spots[-1] - spots[0] != len(spots) - 1:
        at = 0
    return Arr(x.dtype, (*out[:at], *together, *out[at:]))


def cut_size(sizes: Sizes, dim: Dim, cut: Cut) -> Dim:
    """Return the size of ``x[start:stop:step]`` along an axis of this size."""
    values: list[Any] = [part.value if isinstance(part, Known) else part for part in _parts(cut)]
    if not all(v is None or type(v) is int for v in values):
        return _symbolic(sizes, dim, values)
    start, stop, step = values
    if isinstance(dim, int):
        return len(range(*slice(start, stop, step).indices(dim))) if step != 0 else sizes.fresh()
    if step in (None, 1):
        low = start or 0
        if low >= 0 and stop is None:
            return sizes.less(dim, low)
        if low >= 0 and stop is not None and stop < 0:
            return sizes.less(dim, low - stop)
        if low < 0 and stop is None:
            return sizes.of("upto", dim, -low)
        if low == 0 and stop is not None and stop >= 0:
            return 0 if stop == 0 else sizes.of("upto", dim, stop)
    elif step == -1 and start is None and stop is None:
        return dim
    return sizes.of("slice", dim, start, stop, step)


def _symbolic(sizes: Sizes, dim: Dim, values: list[Any]) -> Dim:
    """Parts that are themselves sizes or numbers still determine the size of the slice."""
    start, stop = (v if isinstance(v, Py) else Known(v) for v in values[:2])
    if values[2] in (None, 1):
        found = span(sizes, dim, start, stop)
        if found is not None:
            return found
    parts: list[Dim | None] = []
    for value in values:
        if value is None or type(value) is int:
            parts.append(value)
        elif isinstance(value, Size):
            parts.append(sizes.dim(value.dim))
        elif isinstance(value, Int):
            parts.append(Sym(Expr("line", _flat(settled(sizes, value.line)))))
        else:
            return sizes.fresh()
    if parts[0] in (None, 0) and parts[2] in (None, 1) and parts[1] is not None:
        if sizes.same(dim, parts[1]):
            return dim
    return sizes.of("slice", dim, *parts)


def _flat(line: Line) -> tuple[Any, ...]:
    return (line.number, *(part for term in line.terms for part in term))


def take(sizes: Sizes, x: Type, index: Type, axis: Type = Known(None)) -> Type:
    """``np.take(x, index, axis)`` for integers."""
    if not isinstance(x, Arr) or not isinstance(axis, Known):
        return UNKNOWN
    if not isinstance(index, Arr) or index.scalar or index.dtype.kind not in "iu":
        return UNKNOWN
    if axis.value is None and index.dims and x.dtype.kind in "biufc":
        return Arr(x.dtype, index.dims)
    if type(axis.value) is not int:
        return UNKNOWN
    rank = len(x.dims)
    if not -rank <= axis.value < rank or x.dtype.kind not in "biufc" or not index.dims:
        return UNKNOWN
    at = axis.value % rank
    return Arr(x.dtype, (*x.dims[:at], *index.dims, *x.dims[at + 1 :]))


def nonzero(sizes: Sizes, x: Type) -> Type:
    """``np.nonzero(x)``, ``np.where(x)``: an array of places for each axis."""
    if not isinstance(x, Arr) or not x.dims:
        return UNKNOWN
    places = Arr(np.dtype(np.intp), (sizes.fresh(),))
    return Seq(tuple, (places,) * len(x.dims))


def flatnonzero(sizes: Sizes, x: Type) -> Type:
    """``np.flatnonzero(x)``."""
    return Arr(np.dtype(np.intp), (sizes.fresh(),)) if isinstance(x, Arr) else UNKNOWN


def ix(sizes: Sizes, *indices: Type) -> Type:
    """``np.ix_(i, j)`` of integers and masks."""
    found: list[Type] = []
    for place, one in enumerate(indices):
        kind = _place(sizes, one)
        if kind is None or kind not in (("many", 1), ("mask", 1)):
            return UNKNOWN
        size: Dim = sizes.fresh()
        if kind[0] == "many":
            size = one.dims[0] if isinstance(one, Arr) else len(one.items)  # type: ignore[union-attr]
        dtype = one.dtype if isinstance(one, Arr) and kind[0] == "many" else np.dtype(np.intp)
        found.append(Arr(dtype, (*(1,) * place, size, *(1,) * (len(indices) - place - 1))))
    return Seq(tuple, tuple(found))

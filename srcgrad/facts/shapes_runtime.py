"""Types of what generated code calls besides NumPy."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcgrad.facts.dtypes import NUMBERS, array_of, call_dtype
from srcgrad.facts.joins import Joiner, items_of
from srcgrad.facts.kinds import (
    NONE,
    UNKNOWN,
    Arr,
    Cut,
    DictOf,
    Known,
    ListOf,
    Map,
    Num,
    Py,
    Rec,
    Seq,
    Type,
)
from srcgrad.facts.shapes_creation import shape_of
from srcgrad.facts.shapes_index import getitem
from srcgrad.facts.shapes_python import class_of
from srcgrad.facts.sizes import Sizes
from srcgrad.program.nodes import UNDEFINED


def float_like(x: Type) -> Type:
    """Return the type of a cotangent of a value: its structure and shapes, float dtypes."""
    match x:
        case Arr(dtype, dims, scalar) if dtype.kind in "biufc":
            if scalar and dtype.kind in "biu":
                return Py(float)
            return Arr(dtype if dtype.kind in "fc" else np.dtype(np.float64), dims, scalar)
        case Py(cls):
            return Py(complex if cls is complex else float)
        case Num(options):
            return Num(tuple(dict.fromkeys(map(float_like, options))))  # type: ignore[arg-type]
        case Known(value) if type(value) in NUMBERS:
            return Py(complex if type(value) is complex else float)
        case Known(value):
            return NONE if value is not UNDEFINED else UNKNOWN
        case Map(cls, keys, items):
            return Map(dict, keys, tuple(map(float_like, items)))
        case DictOf(_, key, item):
            return DictOf(dict, key, float_like(item))
        case Seq(cls, items) if issubclass(cls, (list, tuple)):
            return Seq(cls, tuple(map(float_like, items)))
        case ListOf(cls, item) if cls in (list, tuple):
            return ListOf(cls, float_like(item))
        case Rec(cls, fields, items):
            return Rec(cls, fields, tuple(map(float_like, items)))
    return UNKNOWN


def zeros_like(sizes: Sizes, x: Type) -> Type:
    """``runtime.zeros_like(x)``."""
    return float_like(x)


def fresh(sizes: Sizes, g: Type, like: Type, told: Type = NONE) -> Type:
    """``runtime.fresh(g, like)``."""
    match like:
        case Arr(dtype, dims, scalar) if dtype.kind in "biufc":
            if scalar and shape_of(sizes, g) != ():
                return UNKNOWN
            return Arr(dtype if dtype.kind in "fc" else np.dtype(np.float64), dims, scalar)
        case Map(_, keys, items) if isinstance(g, Map) and g.keys == keys:
            return Map(dict, keys, tuple(fresh(sizes, a, b) for a, b in zip(g.items, items)))
        case Seq(cls, items) if isinstance(g, Seq) and len(g.items) == len(items):
            return Seq(cls, tuple(fresh(sizes, a, b) for a, b in zip(g.items, items)))
        case Rec(cls, fields, items) if isinstance(g, Rec) and g.fields == fields:
            return Rec(cls, fields, tuple(fresh(sizes, a, b) for a, b in zip(g.items, items)))
        case Py() | Known() if isinstance(g, Arr) and not g.dims:
            out = call_dtype(_item, [Arr(g.dtype, (), True)])
            return Py(out) if isinstance(out, type) else UNKNOWN
        case Py() | Known() if isinstance(g, (Py, Known)):
            return g
    return UNKNOWN


def _item(x: Any) -> Any:
    return x.item()


def unbroadcast(sizes: Sizes, g: Type, like: Type) -> Type:
    """``runtime.unbroadcast(g, like)``: the dtype of ``g``, the shape of ``like``."""
    target = shape_of(sizes, like)
    array = array_of(g)
    if target is None or array is None:
        return UNKNOWN
    if all(map(sizes.same, array.dims, target)) and len(array.dims) == len(target):
        return Arr(array.dtype, target) if isinstance(g, Arr) and target else g
    if len(array.dims) < len(target) or not target and not array.dims:
        return UNKNOWN if not target else _grown(array, target)
    summed = call_dtype(np.sum, [Arr(array.dtype, (1,))])
    if summed != array.dtype:
        return UNKNOWN
    return Arr(array.dtype, target, not target)


def matmul_left(sizes: Sizes, g: Type, a: Type, b: Type) -> Type:
    """``runtime.matmul_left(g, a, b)``: the shape of ``a``."""
    one, two = array_of(g), array_of(b)
    if one is None or two is None or not isinstance(a, Arr):
        return UNKNOWN
    return Arr(np.result_type(one.dtype, two.dtype), a.dims)


def matmul_right(sizes: Sizes, g: Type, a: Type, b: Type) -> Type:
    """``runtime.matmul_right(g, a, b)``: the shape of ``b``."""
    return matmul_left(sizes, g, b, a)


def _grown(array: Arr, target: Any) -> Type:
    if array.dtype.kind not in "fc":
        return UNKNOWN
    return Arr(array.dtype, target)


def add(sizes: Sizes, a: Type, b: Type) -> Type:
    """``runtime.add(a, b)``."""
    from srcgrad.facts.shapes import result_type

    if a == NONE or b == NONE:
        return b if a == NONE else a
    match a, b:
        case Map(cls, keys, items), Map(_, others) if set(keys) <= set(others):
            pairs = [(x, b.items[others.index(k)]) for k, x in zip(keys, items, strict=True)]
            return Map(dict, keys, tuple(add(sizes, x, y) for x, y in pairs))
        case DictOf(_, key, item), DictOf(_, _, other):
            return DictOf(dict, key, _sum_of_items(sizes, item, other))
        case ListOf(cls, item), ListOf(_, other) if cls is list:
            return ListOf(list, _sum_of_items(sizes, item, other))
        case Seq(cls, items), Seq(_, others) if len(items) == len(others):
            return Seq(cls, tuple(add(sizes, x, y) for x, y in zip(items, others)))
        case Rec(cls, fields, items), Rec(_, others, more) if fields == others:
            return Rec(cls, fields, tuple(add(sizes, x, y) for x, y in zip(items, more)))
        case ((Arr() | Py() | Num() | Known()), (Arr() | Py() | Num() | Known())):
            return result_type(sizes, operator.add, [a, b], {})
    return UNKNOWN


def _sum_of_items(sizes: Sizes, item: Type, other: Type) -> Type:
    since = sizes.serial
    total = add(sizes, sizes.instantiate(item), sizes.instantiate(other))
    return sizes.as_item(total, since)


def put_add(sizes: Sizes, x: Type, index: Type, g: Type) -> Type:
    """``runtime.put_add(x, index, g)``: an array keeps its type."""
    if isinstance(x, Arr) and not x.scalar:
        _written(sizes, x, index, g)
        return x
    key = index.value if isinstance(index, Known) else None
    if isinstance(x, Map) and key in x.keys:
        at = x.keys.index(key)
        items = (*x.items[:at], add(sizes, x.items[at], g), *x.items[at + 1 :])
        return Map(x.cls, x.keys, items)
    if isinstance(x, Seq) and type(key) is int and -len(x.items) <= key < len(x.items):
        at = key % len(x.items)
        items = (*x.items[:at], add(sizes, x.items[at], g), *x.items[at + 1 :])
        return Seq(x.cls, items)
    if isinstance(x, DictOf):
        both = Joiner(sizes)(x.item, _sum_of_items(sizes, x.item, g))
        return UNKNOWN if both == UNKNOWN else DictOf(dict, x.key, both)
    if isinstance(index, Cut) and isinstance(g, Arr) and len(g.dims) == 1:
        index, g = Py(int), Arr(g.dtype, (), True)  # to each of some items one of an array
        x = x if isinstance(x, ListOf) else UNKNOWN
    if isinstance(x, (Seq, ListOf)) and x.cls is list and class_of(index) is int:
        since = sizes.serial
        item = items_of(sizes, x, None)[0]
        both = Joiner(sizes)(item, add(sizes, item, g))
        if both == UNKNOWN:
            return UNKNOWN
        return ListOf(list, sizes.as_item(both, since))
    return UNKNOWN


def put(sizes: Sizes, x: Type, index: Type, value: Type) -> Type:
    """``runtime.put(x, index, value)``: an array keeps its type."""
    if not isinstance(x, Arr) or x.scalar:
        return UNKNOWN
    _written(sizes, x, index, value)
    return x


def _written(sizes: Sizes, x: Arr, index: Type, value: Type) -> None:
    """Learn that a value fits where it is written."""
    place = getitem(sizes, x, index)
    if isinstance(place, Arr) and isinstance(value, Arr):
        sizes.into(place.dims, value.dims)


def given(sizes: Sizes, g: Type, like: Type) -> Type:
    """``runtime.given(g, like)``: a cotangent that is there stays as it is."""
    return g if isinstance(g, Arr) else UNKNOWN


def put_part(sizes: Sizes, g: Type, index: Type, value: Type) -> Type:
    """``runtime.put_part(g, index, value)``: a cotangent of the value."""
    if isinstance(g, Arr) and isinstance(value, Arr) and not value.scalar:
        return Arr(g.dtype, value.dims)
    return UNKNOWN


def cuts(sizes: Sizes, size: Type, sections: Type, uneven: Type) -> Type:
    """``runtime.cuts(size, sections, uneven)``: a list of slices."""
    return ListOf(list, Cut(Py(int), UNKNOWN, Known(None)))


def put_attr(sizes: Sizes, x: Type, name: Type, g: Type) -> Type:
    """``runtime.put_attr(x, name, g)``."""
    if isinstance(x, Rec) and isinstance(name, Known) and name.value in x.fields:
        at = x.fields.index(name.value)
        items = (*x.items[:at], add(sizes, x.items[at], g), *x.items[at + 1 :])
        return Rec(x.cls, x.fields, items)
    return UNKNOWN


def collect_like(sizes: Sizes, items: Type, like: Type) -> Type:
    """``runtime.collect_like(items, like)`` of an array is a cotangent of it."""
    if isinstance(like, Arr) and not like.scalar:
        return float_like(like)
    since, joiner = sizes.serial, Joiner(sizes)
    item = items_of(sizes, items, None)[0]
    if item == UNKNOWN:
        return UNKNOWN
    if isinstance(like, Seq) and issubclass(like.cls, (list, tuple)):
        return Seq(like.cls, tuple(joiner(item, float_like(one)) for one in like.items))
    if isinstance(like, ListOf) and like.cls in (list, tuple):
        both = joiner(item, float_like(sizes.instantiate(like.item)))
        return ListOf(like.cls, sizes.as_item(both, since))
    return UNKNOWN


def turned_like(sizes: Sizes, items: Type, like: Type) -> Type:
    """``runtime.turned_like(items, like)``."""
    if isinstance(like, Seq) and like.cls in (list, tuple):
        made = collect_like(sizes, items, Seq(like.cls, like.items[::-1]))
        return Seq(made.cls, made.items[::-1]) if isinstance(made, Seq) else made
    return collect_like(sizes, items, like)


def column(sizes: Sizes, rows: Type, index: Type, like: Type) -> Type:
    """``runtime.column(rows, index, like)``."""
    return collect_like(sizes, rows, like)

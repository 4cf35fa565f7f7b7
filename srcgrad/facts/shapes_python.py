"""Types of Python itself: containers, builtins, attributes; and of the runtime's functions."""

from __future__ import annotations

import dataclasses
import operator
from typing import Any

import numpy as np

from srcgrad.facts.dtypes import NUMBERS, array_of, call_dtype
from srcgrad.facts.joins import Joiner, items_of, truth
from srcgrad.facts.kinds import (
    UNKNOWN,
    Arr,
    Cut,
    DictOf,
    Known,
    ListOf,
    Map,
    Num,
    Other,
    Py,
    Range,
    Rec,
    Seq,
    Size,
    Type,
)
from srcgrad.facts.shapes_array import shape_of
from srcgrad.facts.shapes_index import getitem
from srcgrad.facts.sizes import Sizes, size_type
from srcgrad.program.nodes import UNDEFINED

NONE = Known(None)


def make_tuple(sizes: Sizes, *items: Type) -> Type:
    """``(a, b)``."""
    return Seq(tuple, items)


def make_list(sizes: Sizes, *items: Type) -> Type:
    """``[a, b]``."""
    return Seq(list, items)


def make_dict(sizes: Sizes, *both: Type) -> Type:
    """``{k: v}`` with known keys."""
    keys, items = both[::2], both[1::2]
    names = [key.value for key in keys if isinstance(key, Known)]
    if len(names) < len(keys) or not all(isinstance(n, (str, int, float)) for n in names):
        joined = [Joiner(sizes).item(Seq(tuple, part)) for part in (keys, items)]
        return DictOf(dict, *joined)
    last = dict(zip(names, items, strict=True))
    return Map(dict, tuple(last), tuple(last.values()))


def cut(sizes: Sizes, *parts: Type) -> Type:
    """``slice(start, stop, step)``."""
    if len(parts) != 3:
        parts = (NONE, *parts, NONE) if len(parts) == 1 else (*parts, NONE)
    return Cut(*parts) if len(parts) == 3 else UNKNOWN


def same(sizes: Sizes, x: Type) -> Type:
    """Whatever is passed through."""
    return x


def unpack(sizes: Sizes, x: Type, count: Type) -> Type:
    """``a, b = x``."""
    n = count.value if isinstance(count, Known) and type(count.value) is int else None
    return UNKNOWN if n is None else Seq(tuple, tuple(items_of(sizes, x, n)))


def unpack_star(sizes: Sizes, x: Type, before: Type, after: Type) -> Type:
    """``a, *b, c = x``."""
    if not isinstance(before, Known) or not isinstance(after, Known):
        return UNKNOWN
    n, m = before.value, after.value
    if isinstance(x, Seq) and len(x.items) >= n + m:
        end = len(x.items) - m
        return Seq(tuple, (*x.items[:n], Seq(list, x.items[n:end]), *x.items[end:]))
    since = sizes.serial
    kinds = items_of(sizes, x, n + m + 1)
    if UNKNOWN in kinds:
        return UNKNOWN
    middle = ListOf(list, sizes.as_item(kinds[-1], since))
    return Seq(tuple, (*kinds[:n], middle, *kinds[n : n + m]))


def list_append(sizes: Sizes, items: Type, item: Type) -> Type:
    """``items.append(item)``."""
    if isinstance(items, Seq) and items.cls is list:
        return Seq(list, (*items.items, item))
    if isinstance(items, ListOf) and items.cls is list:
        return Joiner(sizes)(items, Seq(list, (item,)))
    return UNKNOWN


def length(sizes: Sizes, x: Type) -> Type:
    """``len(x)``."""
    match x:
        case Arr(_, dims, False) if dims:
            return size_type(sizes.dim(dims[0]))
        case Seq(_, items) | Map(_, _, items):
            return Known(len(items))
        case Known(value) if type(value) is str:
            return Known(len(value))
        case ListOf() | DictOf():
            return Py(int)
        case Other(cls) if cls in (str, range):
            return Py(int)
    return UNKNOWN


def range_(sizes: Sizes, *bounds: Type) -> Type:
    """``range(n)``."""
    if len(bounds) == 1:
        bounds = (Known(0), *bounds)
    return Range(range, *bounds, *(Known(1),) * (3 - len(bounds)))


def enumerate_(sizes: Sizes, x: Type, start: Type = Known(0)) -> Type:
    """``enumerate(x)``."""
    return _of_tuples(sizes, enumerate, [Seq(tuple, (Py(int),)), x], plain=1)


def zip_(sizes: Sizes, *xs: Type, strict: Type = NONE) -> Type:
    """``zip(a, b)``."""
    return _of_tuples(sizes, zip, list(xs))


def _of_tuples(sizes: Sizes, cls: type, xs: list[Type], plain: int = 0) -> Type:
    since = sizes.serial
    items = [items_of(sizes, x, None)[0] for x in xs]
    return ListOf(cls, sizes.as_item(Seq(tuple, tuple(items)), since))


def reversed_(sizes: Sizes, x: Type) -> Type:
    """``reversed(x)``."""
    if isinstance(x, Range):
        return Range(reversed, x.start, x.stop, x.step)  # between the same bounds
    return _listed(sizes, reversed, x)


def list_(sizes: Sizes, x: Type | None = None) -> Type:
    """``list(x)``."""
    return _collected(sizes, list, x)


def tuple_(sizes: Sizes, x: Type | None = None) -> Type:
    """``tuple(x)``."""
    return _collected(sizes, tuple, x)


def sorted_(sizes: Sizes, x: Type, **options: Type) -> Type:
    """``sorted(x)``."""
    return _listed(sizes, list, x)


def _collected(sizes: Sizes, cls: type, x: Type | None) -> Type:
    if x is None:
        return Seq(cls, ())
    if isinstance(x, Seq):
        return Seq(cls, x.items)
    if isinstance(x, Map):
        return Seq(cls, tuple(Known(key) for key in x.keys))
    if isinstance(x, Arr) and x.dims and isinstance(x.dims[0], int) and x.dims[0] <= 64:
        return Seq(cls, tuple(items_of(sizes, x, x.dims[0])))
    return _listed(sizes, cls, x)


def _listed(sizes: Sizes, cls: type, x: Type) -> Type:
    since = sizes.serial
    item = items_of(sizes, x, None)[0]
    return UNKNOWN if item == UNKNOWN else ListOf(cls, sizes.as_item(item, since))


def dict_(sizes: Sizes, *args: Type, **items: Type) -> Type:
    """``dict(a=1)``."""
    if not args:
        return Map(dict, tuple(items), tuple(items.values()))
    if len(args) == 1 and isinstance(args[0], (Map, DictOf)) and not items:
        return args[0]
    return UNKNOWN


def isinstance_(sizes: Sizes, x: Type, classes: Type) -> Type:
    """``isinstance(x, C)``: known where the class of ``x`` is."""
    cls = class_of(x)
    wanted = [classes] if not isinstance(classes, Seq) else list(classes.items)
    answers = []
    for want in wanted:
        if cls is None or not isinstance(want, Known) or type(want.value) is not type:
            return Py(bool)
        answers.append(issubclass(cls, want.value))
    return Known(any(answers))


_SEQUENCE, _MAPPING = 1 << 5, 1 << 6
"""The flags of the classes that the patterns of ``match`` look into."""


def is_sequence(sizes: Sizes, x: Type) -> Type:
    """``runtime.is_sequence(x)``."""
    cls = class_of(x)
    return Py(bool) if cls is None else Known(bool(cls.__flags__ & _SEQUENCE))


def is_mapping(sizes: Sizes, x: Type) -> Type:
    """``runtime.is_mapping(x)``."""
    cls = class_of(x)
    return Py(bool) if cls is None else Known(bool(cls.__flags__ & _MAPPING))


def class_of(kind: Type) -> type | None:
    """Return the class of a value of this type, if that is certain."""
    match kind:
        case Arr(dtype, _, scalar):
            return dtype.type if scalar else np.ndarray
        case Known(value):
            return None if value is UNDEFINED else type(value)
        case Py(cls) | Seq(cls) | ListOf(cls) | Map(cls) | Rec(cls) | Other(cls):
            return cls
        case DictOf(cls):
            return cls
    return slice if isinstance(kind, Cut) else None


def type_(sizes: Sizes, x: Type) -> Type:
    """``type(x)``."""
    cls = class_of(x)
    return UNKNOWN if cls is None else Known(cls)


def converted(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``float(x)``, ``int(x)``, ``bool(x)``, ``complex(x)``."""
    if len(kinds) != 1:
        return Py(fn) if fn is complex and len(kinds) == 2 and not kwargs else UNKNOWN
    x = kinds[0]
    if fn is int and isinstance(x, (Size, Known)) and (class_of(x) is int):
        return x
    if fn is bool:
        known = truth(x)
        if known is not None:
            return Known(known)
    if isinstance(x, Known) and fn is float and type(x.value) in (int, float):
        return Known(float(x.value)) if abs(x.value) < 1e300 else Py(float)
    return Py(fn)


def sum_(sizes: Sizes, x: Type, start: Type = Known(0)) -> Type:
    """``sum(x)``: adding the items one after the other."""
    from srcgrad.facts.shapes import result_type

    if isinstance(x, Seq):
        total = start
        for item in x.items:
            total = result_type(sizes, operator.add, [total, item], {})
        return total
    item = items_of(sizes, x, None)[0]
    total, joiner = start, Joiner(sizes)
    for _ in range(4):
        new = joiner(total, result_type(sizes, operator.add, [total, item], {}))
        if new in (total, UNKNOWN):
            return new
        total = new
    return UNKNOWN


def extreme(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``max(a, b)`` and ``min``: one of the arguments, if they are of one type."""
    if kwargs:
        return UNKNOWN
    if len(kinds) == 1:
        return items_of(sizes, kinds[0], None)[0]
    if all(isinstance(k, (Py, Known)) or (isinstance(k, Arr) and k.scalar) for k in kinds):
        if any(isinstance(kind, Known) and type(kind.value) not in NUMBERS for kind in kinds):
            return UNKNOWN
        out = kinds[0]
        for kind in kinds[1:]:
            out = Joiner(sizes)(out, kind)
        return out
    return UNKNOWN


def text(sizes: Sizes, *xs: Type, **options: Type) -> Type:
    """Anything that gives a string."""
    return Other(str)


def truth_value(sizes: Sizes, *xs: Type) -> Type:
    """Anything that gives a bool."""
    return Py(bool)


def contained(sizes: Sizes, item: Type, container: Type) -> Type:
    """``key in mapping``: known for dicts of known keys."""
    if isinstance(container, Map) and isinstance(item, Known):
        if isinstance(item.value, (str, int)):
            return Known(item.value in container.keys)
    return Py(bool) if not isinstance(container, (Arr,)) else UNKNOWN


def not_contained(sizes: Sizes, item: Type, container: Type) -> Type:
    """``key not in mapping``."""
    found = contained(sizes, item, container)
    return Known(not found.value) if isinstance(found, Known) else found


def shape(sizes: Sizes, x: Type) -> Type:
    """``np.shape(x)``."""
    dims = shape_of(sizes, x)
    if dims is None:
        return UNKNOWN
    return Seq(tuple, tuple(size_type(sizes.dim(dim)) for dim in dims))


def ndim(sizes: Sizes, x: Type) -> Type:
    """``np.ndim(x)``."""
    dims = shape_of(sizes, x)
    return Py(int) if dims is None else Known(len(dims))


def size(sizes: Sizes, x: Type, axis: Type = NONE) -> Type:
    """``np.size(x)``."""
    dims = shape_of(sizes, x)
    if dims is None:
        return UNKNOWN
    if axis == NONE:
        return size_type(sizes.product(map(sizes.dim, dims)))
    if isinstance(axis, Known) and type(axis.value) is int:
        if -len(dims) <= axis.value < len(dims):
            return size_type(sizes.dim(dims[axis.value]))
    return UNKNOWN


def attribute_of(sizes: Sizes, name: str, x: Type) -> Type:
    """``x.name``."""
    match x:
        case Arr():
            return _of_array(sizes, name, x)
        case Rec(_, fields, items) if name in fields:
            return items[fields.index(name)]
        case Seq(cls, items) if hasattr(cls, "_fields") and name in cls._fields:
            return items[cls._fields.index(name)]
        case Py(cls) if name in ("real", "imag"):
            out = call_dtype(getattr, [x]) if cls is complex else cls
            return Py(float) if cls is complex else Py(int if cls is bool else out)
    return UNKNOWN


def _of_array(sizes: Sizes, name: str, x: Arr) -> Type:
    if name == "shape":
        return shape(sizes, Arr(np.dtype(float), x.dims))
    if name == "ndim":
        return Known(len(x.dims))
    if name == "size":
        return size(sizes, Arr(np.dtype(float), x.dims))
    if name == "dtype":
        return Known(x.dtype)
    if name == "T":
        return Arr(x.dtype, x.dims[::-1], x.scalar)
    if name == "mT" and len(x.dims) > 1:
        return Arr(x.dtype, (*x.dims[:-2], x.dims[-1], x.dims[-2]))
    if name in ("real", "imag") and x.dtype.kind in "biufc":
        dtype = np.zeros((), x.dtype).real.dtype
        return Arr(dtype, x.dims, x.scalar)
    if name in ("itemsize", "nbytes"):
        return Py(int)
    return UNKNOWN


def dict_method(sizes: Sizes, name: str, x: Map, args: list[Type]) -> Type:
    """``d.items()``, ``d.keys()``, ``d.values()``, ``d.get(key)``."""
    if name == "keys" and not args:
        return Seq(type({}.keys()), tuple(Known(key) for key in x.keys))
    if name == "values" and not args:
        return Seq(type({}.values()), x.items)
    if name == "items" and not args:
        both = zip(x.keys, x.items, strict=True)
        pairs = tuple(Seq(tuple, (Known(key), item)) for key, item in both)
        return Seq(type({}.items()), pairs)
    if name == "get" and args and isinstance(args[0], Known):
        if args[0].value in x.keys:
            return x.items[x.keys.index(args[0].value)]
        return args[1] if len(args) > 1 else NONE
    if name == "copy" and not args:
        return x
    return UNKNOWN


def table_method(sizes: Sizes, name: str, x: DictOf, args: list[Type]) -> Type:
    """The same of a dict whose keys are not known."""
    if name == "keys" and not args:
        return ListOf(type({}.keys()), x.key)
    if name == "values" and not args:
        return ListOf(type({}.values()), x.item)
    if name == "items" and not args:
        return ListOf(type({}.items()), Seq(tuple, (x.key, x.item)))
    if name == "get" and len(args) == 2:
        return Joiner(sizes)(sizes.instantiate(x.item), args[1])
    return x if name == "copy" and not args else UNKNOWN


def dict_of(sizes: Sizes, keys: Type, values: Type) -> Type:
    """``{k: v for ...}``."""
    if isinstance(keys, Seq) and isinstance(values, Seq) and len(keys.items) == len(values.items):
        both = zip(keys.items, values.items, strict=True)
        return make_dict(sizes, *(part for pair in both for part in pair))
    if not isinstance(keys, (Seq, ListOf)) or not isinstance(values, (Seq, ListOf)):
        return UNKNOWN
    joiner = Joiner(sizes)
    return DictOf(dict, joiner.item(keys), joiner.item(values))


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


def decided(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """Call a function of constants now."""
    if kwargs or not all(isinstance(kind, Known) for kind in kinds):
        return UNKNOWN
    try:
        return _constant(fn(*[kind.value for kind in kinds if isinstance(kind, Known)]))
    except Exception:
        return UNKNOWN


def _constant(value: Any) -> Type:
    if isinstance(value, tuple):
        return Seq(tuple, tuple(map(_constant, value)))
    return Known(value)


def constructed(cls: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """Return the type of a new namedtuple, or of a dataclass that only stores what it is given."""
    named = issubclass(cls, tuple) and hasattr(cls, "_fields")
    made = getattr(cls, "__dataclass_params__", None)
    if named and not getattr(cls.__new__, "__module__", "").startswith("namedtuple_"):
        return UNKNOWN
    if not named and (made is None or not made.init or hasattr(cls, "__post_init__")):
        return UNKNOWN
    fields = cls._fields if named else tuple(item.name for item in dataclasses.fields(cls))
    if not named and any(not f.init or f.kw_only for f in dataclasses.fields(cls)):
        return UNKNOWN
    given = dict(zip(fields, kinds)) | kwargs
    if len(given) != len(fields) or set(given) != set(fields):
        return UNKNOWN
    items = tuple(given[name] for name in fields)
    return Seq(cls, items) if named else Rec(cls, fields, items)

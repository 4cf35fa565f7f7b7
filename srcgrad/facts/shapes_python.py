"""Types of Python itself: containers, builtins, attributes; and of the runtime's functions."""

from __future__ import annotations

import dataclasses
import operator
from typing import Any

import numpy as np

from srcgrad.facts.dtypes import NUMBERS, call_dtype
from srcgrad.facts.joins import Joiner, items_of, truth
from srcgrad.facts.kinds import (
    NONE,
    UNKNOWN,
    Arr,
    Cut,
    DictOf,
    Known,
    ListOf,
    Map,
    Other,
    Py,
    Range,
    Rec,
    Seq,
    Size,
    Type,
)
from srcgrad.facts.shapes_creation import shape_of
from srcgrad.facts.sizes import Sizes, size_type
from srcgrad.program.nodes import UNDEFINED


def cut(sizes: Sizes, *parts: Type) -> Type:
    """``slice(start, stop, step)``."""
    if len(parts) != 3:
        parts = (NONE, *parts, NONE) if len(parts) == 1 else (*parts, NONE)
    return Cut(*parts) if len(parts) == 3 else UNKNOWN


def same(sizes: Sizes, x: Type) -> Type:
    """Whatever is passed through."""
    return x


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

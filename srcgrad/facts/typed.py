"""What type a value at hand has: an argument, a global, a constant of the program."""

from __future__ import annotations

import dataclasses
from itertools import count
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np

from srcgrad.facts.joins import join
from srcgrad.facts.kinds import (
    UNKNOWN,
    Arr,
    Cut,
    Dim,
    Known,
    ListOf,
    Map,
    Other,
    Py,
    Rec,
    Seq,
    Sparse,
    Sym,
    Type,
)
from srcgrad.facts.objects import MISSING as OBJECT_MISSING
from srcgrad.facts.objects import Step, Wanted, below, is_object_class, stored
from srcgrad.facts.sizes import Each, map_dims
from srcgrad.facts.sparse import is_sparse

LONG = 64
"""Lists of more items are described by one type for all of them."""
ROOT = ("",)
"""Where a value is found if nothing else is said."""


_PY = {cls: Py(cls) for cls in (bool, int, float, complex)}


_KNOWN = (type(None), str, FunctionType, BuiltinFunctionType, ModuleType, type, np.ufunc)


def type_of(value: Any, path: tuple[Any, ...] = ROOT, asked: Wanted | None = None) -> Type:
    """Return the type of a value: kind, dtype and which dimensions are 0 or 1, but no sizes.

    Parameters
    ----------
    value : object
        Any value; it is not changed and no method of it is called.
    path : tuple
        Where the value is found; the keys of its sizes begin with it.
    asked : tree of paths, optional
        The attributes that are looked at, of objects that are no dataclasses.
    """
    cls = type(value)
    if cls in _PY:
        return _PY[cls]
    if cls is np.ndarray:
        return Arr(value.dtype, _dims(value.shape, path))
    if isinstance(value, np.generic):
        return Arr(value.dtype, (), True)
    if cls is tuple or cls is list:
        return _sequence(value, path, asked)
    if cls is dict:
        items = tuple(
            type_of(item, (*path, key), below(asked, ("item", key))) for key, item in value.items()
        )
        return Map(cls, tuple(value), items)
    if isinstance(value, (*_KNOWN, np.dtype)):
        return Known(value)
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return Seq(cls, _items(value, path, asked))
    if dataclasses.is_dataclass(cls):
        names = tuple(item.name for item in dataclasses.fields(cls))
        return _record(value, names, path, asked)
    if is_sparse(cls) and len(value.shape) == 2 and isinstance(value.dtype, np.dtype):
        return Sparse(cls, value.dtype, _dims(value.shape, path))
    names = tuple(name for kind, name in asked or () if kind == "attribute")
    return _record(value, names, path, asked) if names and is_object_class(cls) else Other(cls)


def _record(
    value: Any, names: tuple[str, ...], path: tuple[Any, ...], asked: Wanted | None
) -> Type:
    parts = {name: stored(value, name) for name in names}
    there = tuple(name for name in names if parts[name] is not OBJECT_MISSING)
    kinds = tuple(
        type_of(parts[name], (*path, name), below(asked, ("attribute", name))) for name in there
    )
    return Rec(type(value), there, kinds)


def _items(value: Any, path: tuple[Any, ...], asked: Wanted | None) -> tuple[Type, ...]:
    fields = getattr(type(value), "_fields", None)
    steps: list[Step] = [("item", i) for i in range(len(value))]
    if fields is not None:
        steps = [("attribute", name) for name in fields]
    return tuple(
        type_of(v, (*path, i), below(asked, step))
        for i, (v, step) in enumerate(zip(value, steps, strict=True))
    )


def _dims(shape: tuple[int, ...], path: tuple[Any, ...]) -> tuple[Dim, ...]:
    return tuple(n if n < 2 else Sym((path, axis), True) for axis, n in enumerate(shape))


def _sequence(value: Any, path: tuple[Any, ...], asked: Wanted | None) -> Type:
    if len(value) <= LONG:
        return Seq(type(value), _items(value, path, asked))
    every = below(asked, ("item", None))
    seen = {type_of(item, path, every): None for item in value}
    item, *rest = seen
    for other in rest:
        item = join(item, other)
    return ListOf(type(value), _loose(item, path))


def _loose(kind: Type, path: tuple[Any, ...]) -> Type:
    serial = count(1)
    return map_dims(
        kind,
        lambda dim: dim if isinstance(dim, int) else Sym(Each(-next(serial)), dim.not_one),
    )


def const_type(value: Any) -> Type:
    """Return the type of a constant of the program, whose value will not change."""
    if type(value) in (int, float, str):
        return Known(value)
    if isinstance(value, np.ndarray):
        return Arr(value.dtype, value.shape) if type(value) is np.ndarray else UNKNOWN
    if isinstance(value, np.generic):
        return Arr(value.dtype, (), True)
    if isinstance(value, slice):
        return Cut(*map(const_type, (value.start, value.stop, value.step)))
    if type(value) is tuple:
        return Seq(tuple, tuple(const_type(item) for item in value))
    if type(value) is slice:
        return Cut(*map(const_type, (value.start, value.stop, value.step)))
    if isinstance(value, (list, dict, set)):
        return UNKNOWN
    if is_sparse(type(value)) and len(value.shape) == 2 and isinstance(value.dtype, np.dtype):
        return Sparse(type(value), value.dtype, value.shape)
    return Known(value)

"""Types where numbers are complex: what is one, and what is made real or complex."""

from __future__ import annotations

import cmath
import operator
from collections.abc import Iterable
from typing import Any

import numpy as np

from srcgrad.facts.dtypes import array_of, call_dtype
from srcgrad.facts.kinds import (
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
    Sparse,
    Type,
)
from srcgrad.facts.sizes import Sizes


def is_complex(kind: Type | None) -> bool | None:
    """Tell whether a number, or an array of numbers, is complex; None if that is not known."""
    match kind:
        case Arr(dtype) | Sparse(dtype=dtype):
            return dtype.kind == "c" if dtype.kind in "biufc" else None
        case Py(cls):
            return cls is complex
        case Known(value) if isinstance(value, (bool, int, float, complex, np.number)):
            return isinstance(value, (complex, np.complexfloating))
        case Num(options):
            found = {is_complex(option) for option in options}
            return found.pop() if len(found) == 1 else None
    return None


def leaves(kind: Type | None) -> Iterable[Type]:
    """Yield the types of the numbers in a container, and whatever may hold some."""
    match kind:
        case Seq(items=items) | Map(items=items) | Rec(items=items):
            for item in items:
                yield from leaves(item)
        case ListOf(item=item) | DictOf(item=item):
            yield from leaves(item)
        case Known(value) if not isinstance(value, (bool, int, float, complex, np.number)):
            return
        case Cut() | None:
            return
        case _:
            yield kind


def as_real(sizes: Sizes, g: Type) -> Type:
    """``runtime.as_real(g)``."""
    if is_complex(g) is False:
        return g
    match g:
        case Arr(dtype, dims, scalar) if dtype.kind == "c":
            return Arr(np.zeros((), dtype).real.dtype, dims, scalar)
        case Py() | Known() if is_complex(g):
            return Py(float)
    return UNKNOWN


def as_complex(sizes: Sizes, g: Type) -> Type:
    """``runtime.as_complex(g)``."""
    if is_complex(g):
        return g
    made = call_dtype(operator.add, [g, Known(0j)])
    if isinstance(g, Arr) and isinstance(made, np.dtype):
        return Arr(made, g.dims, g.scalar or not g.dims)
    return Py(complex) if made is complex else UNKNOWN


def as_kind(sizes: Sizes, g: Type, like: Type) -> Type:
    """``runtime.as_kind(g, like)``."""
    wanted = is_complex(like)
    if wanted is not None:
        return as_complex(sizes, g) if wanted else as_real(sizes, g)
    match g, like:
        case Seq(cls, items), Seq(_, others) if len(items) == len(others):
            return Seq(cls, tuple(as_kind(sizes, a, b) for a, b in zip(items, others)))
    return UNKNOWN


def of_parts(sizes: Sizes, real: Type, imag: Type) -> Type:
    """``runtime.of_parts(real, imag)``."""
    parts = [array_of(real), array_of(imag)]
    found = [part for part in parts if part is not None]
    dims = sizes.broadcast([part.dims for part in found])
    if len(found) < 2 or dims is None:
        return UNKNOWN
    dtypes = [kind.dtype if isinstance(kind, Arr) else None for kind in (real, imag)]
    return Arr(np.result_type(np.complex64, *(d for d in dtypes if d is not None)), dims)


def cut_or_fill(sizes: Sizes, g: Type, like: Type) -> Type:
    """``runtime.cut_or_fill(g, like)``."""
    if isinstance(g, Arr) and isinstance(like, Arr):
        return Arr(g.dtype, like.dims)
    return UNKNOWN


def of_cmath(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """A function of ``cmath``: Python's numbers, for numbers of any kind."""
    if kwargs or any(is_complex(kind) is None for kind in kinds):
        return UNKNOWN
    if any(isinstance(kind, Arr) and kind.dims for kind in kinds):
        return UNKNOWN
    try:
        made = fn(*[0.5] * len(kinds))
    except (ValueError, TypeError):
        return UNKNOWN
    if isinstance(made, tuple):
        return Seq(tuple, tuple(Py(type(item)) for item in made))
    return Py(type(made))


CMATH = frozenset(fn for name, fn in vars(cmath).items() if callable(fn) and name[0] != "_")


def tested(sizes: Sizes, x: Type) -> Type:
    """``np.iscomplexobj(x)``."""
    found = is_complex(x)
    return Py(bool) if found is None else Known(found)


def real_tested(sizes: Sizes, x: Type) -> Type:
    """``np.isrealobj(x)``."""
    found = is_complex(x)
    return Py(bool) if found is None else Known(not found)

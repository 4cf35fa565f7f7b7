"""What NumPy's promotion gives: asked of NumPy itself, on dummies of one entry, and remembered."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from srcgrad.facts.kinds import Arr, Known, Py, Type

NUMBERS = (bool, int, float, complex)
Sketch = Any


def sketch(kind: Type) -> Sketch | None:
    """Return what promotion sees of a value: a Python class, or a dtype and whether it has axes."""
    if type(kind) is Arr:  # first, since most values are arrays
        dtype = kind.dtype
        return (dtype, 2 if kind.scalar else min(len(kind.dims), 1)) if _numeric(dtype) else None
    if isinstance(kind, Py):
        return kind.cls
    if isinstance(kind, Known) and type(kind.value) in NUMBERS:
        return type(kind.value)
    return None


def _numeric(dtype: np.dtype[Any]) -> bool:
    return dtype.kind in "biufc"


def dummy(what: Sketch) -> Any:
    """Return a value of a sketch."""
    if isinstance(what, type):
        return what(1)
    dtype, axes = what
    return dtype.type(1) if axes == 2 else np.ones((1,) * axes, dtype)


@lru_cache(maxsize=4096)
def outcome(fn: Callable[..., Any], sketches: tuple[Sketch, ...], given: tuple[Any, ...]) -> Any:
    """Return the class or dtype (or a tuple of them) of a call, or None if it fails."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _name(fn(*map(dummy, sketches), **dict(given)))
    except Exception:
        return None


def _name(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_name, value))
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype
    return type(value) if type(value) in NUMBERS else None


def call_dtype(
    fn: Callable[..., Any], kinds: Sequence[Type], given: tuple[tuple[str, Any], ...] = ()
) -> Any:
    """Return the class or dtype that a call on values of these types gives, or None."""
    sketches = tuple(map(sketch, kinds))
    return None if None in sketches else outcome(fn, sketches, given)


def array_of(kind: Type) -> Arr | None:
    """Return the type of ``np.asarray(value)``."""
    match kind:
        case Arr(dtype, dims) if dtype.kind in "biufc":
            return Arr(dtype, dims)
        case Py() | Known():
            dtype = call_dtype(np.asarray, [kind])
            return None if dtype is None else Arr(dtype, ())
    return None


def dtype_arg(kind: Type) -> np.dtype[Any] | None:
    """Return the dtype that an argument ``dtype=`` means."""
    if isinstance(kind, Known) and (
        isinstance(kind.value, (str, np.dtype))
        or kind.value in NUMBERS
        or (isinstance(kind.value, type) and issubclass(kind.value, np.generic))
    ):
        try:
            return np.dtype(kind.value)
        except TypeError:
            return None
    return None

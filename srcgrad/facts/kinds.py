"""The nouns of the type analysis: what is known of a value without running the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Sym:
    """A size that is not known; two sizes are equal where their keys are.

    ``not_one`` tells that the size is certainly not 1 (0 is possible).
    """

    key: Any
    not_one: bool = False


Dim = int | Sym


@dataclass(frozen=True, slots=True)
class Py:
    """A Python number of exactly this class (bool, int, float, complex), value unknown."""

    cls: type


@dataclass(frozen=True, slots=True)
class Size(Py):
    """A Python int that is this size: ``x.shape[0]``, ``len(x)``, ``x.size``."""

    dim: Dim


@dataclass(frozen=True, slots=True)
class Line:
    """A whole number: ``number`` and so many times each of some that are not known."""

    number: int
    terms: tuple[tuple[Any, int], ...]


@dataclass(frozen=True, slots=True)
class Int(Py):
    """A Python int that is this number."""

    line: Line


@dataclass(frozen=True, slots=True)
class Arr:
    """An ndarray, or a NumPy scalar if ``scalar`` (then ``dims`` is empty)."""

    dtype: np.dtype[Any]
    dims: tuple[Dim, ...]
    scalar: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A known object: a constant number, None, a string, a function, a module, a dtype.

    Equal when it is the same object, or an equal number or string of the same class.
    """

    value: Any

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Known) or type(self.value) is not type(other.value):
            return False
        if isinstance(self.value, (bool, int, float, complex, str, bytes)):
            return repr(self.value) == repr(other.value)
        return self.value is other.value

    def __hash__(self) -> int:
        if isinstance(self.value, (bool, int, float, complex, str, bytes)):
            return hash(repr(self.value))
        return id(self.value)


@dataclass(frozen=True, slots=True)
class Seq:
    """A list, tuple or namedtuple of known length."""

    cls: type
    items: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list (or tuple) of unknown length whose items all have one type."""

    cls: type
    item: Type


@dataclass(frozen=True, slots=True)
class Map:
    """A dict of known keys, in order."""

    cls: type
    keys: tuple[Any, ...]
    items: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class DictOf:
    """A dict whose keys are not known, all of one type, as are all its items."""

    cls: type
    key: Type
    item: Type


@dataclass(frozen=True, slots=True)
class Rec:
    """An instance of a dataclass: its fields in order."""

    cls: type
    fields: tuple[str, ...]
    items: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """A slice made in the program, with the types of its three parts."""

    start: Type
    stop: Type
    step: Type


@dataclass(frozen=True, slots=True)
class Num:
    """One number, of one of several kinds: a Python number (`Py`) or a NumPy scalar (`Arr`)."""

    options: tuple[Py | Arr, ...]


@dataclass(frozen=True, slots=True)
class Other:
    """Some other object of this class (range, slice, Generator ...)."""

    cls: type


@dataclass(frozen=True, slots=True)
class Range(Other):
    """A range, with the types of its three parts."""

    start: Type
    stop: Type
    step: Type


@dataclass(frozen=True, slots=True)
class Sparse(Other):
    """A sparse matrix or array of SciPy, of two dimensions."""

    dtype: np.dtype[Any]
    dims: tuple[Dim, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing is known."""


UNKNOWN = Unknown()

Type = Py | Arr | Known | Seq | ListOf | Map | DictOf | Rec | Cut | Num | Other | Unknown
Types = dict[Any, Type]
NONE = Known(None)
"""The type of None."""

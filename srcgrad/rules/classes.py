"""What the public names of NumPy, SciPy, ``math``, ``cmath``, ``operator`` without a rule are.

A name is differentiable (it has a rule), zero (its rule says so), structural (the compiler reads
it, or it has no result to differentiate), a constant, or refused, with a reason of its own.
"""

from __future__ import annotations

import cmath
import importlib
import importlib.util
import math
import operator
import sys
from functools import cache
from typing import Any, Literal

import numpy as np

from srcgrad.program import ops
from srcgrad.rules.functionals import definition_of
from srcgrad.rules.table import read_chapters, rule_for

Class = Literal["differentiable", "zero", "structural", "constant", "refused"]

_ORDER = "complex numbers have no order: real parts come first, and that jumps"
_DISTINCT = "how many elements there are jumps where two meet; np.sort moves with its elements"
_TEXT = "its result is text"
_BYTES = "it looks at the bytes of numbers, which jump"
_MATRIX = "np.matrix is not NumPy's array; use arrays, @ and np.block"
_FILE = "it reads numbers from outside"
_DATES = "dates are no real numbers"
_ITERATOR = "an iterator of several arrays is not followed; loop over np.ndindex(x.shape)"

REFUSED: dict[str, dict[str, str]] = {
    "numpy": {
        "unique unique_all unique_counts unique_inverse unique_values": _DISTINCT,
        "union1d intersect1d setdiff1d setxor1d": _DISTINCT,
        "trim_zeros": "how many elements are left jumps where one becomes 0",
        "sort_complex": _ORDER,
        "poly1d": "a poly1d is no array; use np.polyval, np.polymul and the like on coefficients",
        "asmatrix bmat matrix": _MATRIX,
        "array2string array_repr array_str base_repr binary_repr typename": _TEXT,
        "format_float_positional format_float_scientific datetime_as_string mintypecode": _TEXT,
        "busday_count busday_offset busdaycalendar is_busday datetime64 datetime_data": _DATES,
        "timedelta64": _DATES,
        "bytes_ str_ character void object_ flexible record": "its values are no numbers",
        "frombuffer fromstring from_dlpack": _BYTES,
        "fromfile fromregex genfromtxt load loadtxt memmap": _FILE,
        "frompyfunc": "its results are Python objects; use np.vectorize",
        "nditer nested_iters broadcast": _ITERATOR,
        "flatiter": "it cannot be called; loop over x.flat",
        "recarray": "its values are records; use one array for each field",
        "ufunc": "it cannot be called",
    },
    "numpy.fft": {},
    "numpy.linalg": {},
    "math": {},
    "cmath": {},
    "operator": {
        "attrgetter itemgetter methodcaller": "what it looks at is known only when it runs;"
        " write the attribute, the index or the call",
        "call": "what is called is known only when it runs; write the call",
    },
    "ndarray": {
        "base data ctypes": "it is the memory of an array, not its numbers",
        "byteswap getfield tobytes dumps": _BYTES,
    },
}
"""Why a function has no derivative, or not here: each reason follows a colon or a 'since'."""

STRUCTURAL: dict[str, dict[str, str]] = {
    "numpy": {
        "copyto fill_diagonal place put put_along_axis putmask": "a write into an array",
        "vectorize": "read as a loop",
        "ndarray generic number inexact floating integer signedinteger unsignedinteger"
        " complexfloating": "a type",
        "errstate printoptions": "a setting, as a context",
        "seterr seterrcall setbufsize set_printoptions geterr geterrcall getbufsize"
        " get_printoptions": "a setting",
        "get_include show_config show_runtime info test": "about NumPy",
        "save savetxt savez savez_compressed": "writes a file",
    },
    "numpy.fft": {"test": "about NumPy"},
    "numpy.linalg": {"test": "about NumPy", "LinAlgError": "an exception"},
    "math": {},
    "cmath": {},
    "operator": {
        "setitem delitem iconcat": "a write, as the statement",
        "concat": "joins lists, as the operator",
    },
    "ndarray": {
        "fill partition put resize setfield setflags sort": "a write into the array",
        "dump tofile": "writes a file",
    },
}
"""What the compiler reads itself, or leaves alone since nothing comes of it."""

MODULES: dict[str, Any] = {
    "numpy": np,
    "numpy.linalg": np.linalg,
    "numpy.fft": np.fft,
    "math": math,
    "cmath": cmath,
    "operator": operator,
    "ndarray": np.ndarray,
}
"""Whose public names are looked at."""

CLASSIFIED: tuple[str, ...] = (
    "scipy.special",
    "scipy.linalg",
    "scipy.fft",
    "scipy.signal",
    "scipy.ndimage",
    "scipy.interpolate",
    "scipy.integrate",
    "scipy.optimize",
    "scipy.sparse",
    "scipy.sparse.linalg",
    "scipy.spatial.distance",
    "scipy.stats",
)
"""The modules of SciPy of which every public name is classified."""


@cache
def modules() -> dict[str, Any]:
    """Return the modules whose public names are looked at: of SciPy, too, if it is installed."""
    if importlib.util.find_spec("scipy") is None:
        return MODULES
    return MODULES | {name: importlib.import_module(name) for name in CLASSIFIED}


def names_of(module: str) -> list[str]:
    """Return the public names of a module, or the methods and attributes of arrays."""
    one = modules()[module]
    names = dir(one) if module in MODULES else sorted(one.__all__)
    return [name for name in names if not name.startswith("_")]


def thing(module: str, name: str) -> Any:
    """Return what a name is in a program: of arrays, a method or an attribute."""
    if module != "ndarray":
        return getattr(modules()[module], name)
    return (ops.method if callable(getattr(np.ndarray, name)) else ops.attribute)(name)


_Lines = dict[tuple[str, str], str]


def _table(tables: dict[str, dict[str, str]]) -> _Lines:
    return {
        (module, name): text
        for module, lines in tables.items()
        for names, text in lines.items()
        for name in names.split()
    }


_REFUSED, _STRUCTURAL = _table(REFUSED), _table(STRUCTURAL)
_PARTLY: _Lines = {}
_DESCRIBED: _Lines = {}


def refuse(module: str, lines: dict[str, str]) -> None:
    """Say why functions of a module have no derivative, or not here: names to reasons."""
    _REFUSED.update(_table({module: lines}))
    _by_id.clear()


def partly(module: str, lines: dict[str, str]) -> None:
    """Say why functions that have a rule are not differentiated in all of their arguments."""
    _PARTLY.update(_table({module: lines}))
    _by_id.clear()


def described(module: str, lines: dict[str, str]) -> None:
    """Say of names that are no functions how they are differentiated: names to how."""
    _DESCRIBED.update(_table({module: lines}))


def structural(module: str, lines: dict[str, str]) -> None:
    """Say of names of a module that there is nothing to differentiate: names to what they are."""
    _STRUCTURAL.update(_table({module: lines}))


def class_of(module: str, name: str) -> tuple[Class, str] | None:
    """Return the class of a public name and what is to say of it; None if it is not classified.

    >>> class_of("numpy", "sin"), class_of("numpy", "floor")
    (('differentiable', ''), ('zero', ''))
    >>> class_of("numpy", "trim_zeros")
    ('refused', 'how many elements are left jumps where one becomes 0')
    """
    one = thing(module, name)
    read_chapters()
    key = (module, name)
    if key in _STRUCTURAL:
        return "structural", _STRUCTURAL[key]
    if key in _REFUSED:
        return "refused", _REFUSED[key]
    if key in _DESCRIBED:
        return "differentiable", _DESCRIBED[key]
    if not callable(one):
        return ("differentiable", "") if one is np.r_ or one is np.c_ else ("constant", "")
    if definition_of(one) is not None:
        return "differentiable", ""
    rule = rule_for(one)
    if rule is None:
        return None
    return ("zero", "") if rule.kind == "zero" else ("differentiable", "")


def reason(fn: Any) -> str | None:
    """Return why a function has no derivative, if it is one of those that cannot have one.

    >>> reason(np.trim_zeros)
    'how many elements are left jumps where one becomes 0'
    >>> reason(np.sin) is None
    True
    """
    if isinstance(fn, (ops.Method, ops.Attribute)):
        return _REFUSED.get(("ndarray", fn.name))
    return _reasons().get(id(fn))


def _reasons() -> dict[int, str]:
    if read_chapters() or not _by_id:
        lines = {**_PARTLY, **_REFUSED}
        there = {name: sys.modules.get(name, MODULES.get(name)) for name, _ in lines}
        made = {
            id(getattr(there[module], name)): text
            for (module, name), text in lines.items()
            if module != "ndarray" and hasattr(there[module], name)
        }
        _by_id.update(made)
    return _by_id


_by_id: dict[int, str] = {}

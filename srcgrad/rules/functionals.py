"""Functions that are given functions, written in Python: they are read in the place of NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import read_chapters


def over_elements(function: Any, *arrays: Any, **named: Any) -> Any:
    """Do what ``np.vectorize(function)`` does."""
    if len(named) > 0 or len(arrays) > 3:
        raise runtime.refused()
    if len(arrays) == 1:
        values = [function(item) for item in np.ravel(arrays[0])]
        return shaped(values, arrays[0])
    wide = np.broadcast_arrays(*arrays)
    if len(arrays) == 2:
        values = [function(a, b) for a, b in zip(np.ravel(wide[0]), np.ravel(wide[1]))]
    else:
        triples = zip(np.ravel(wide[0]), np.ravel(wide[1]), np.ravel(wide[2]))
        values = [function(a, b, c) for a, b, c in triples]
    return shaped(values, wide[0])


def shaped(values: Any, like: Any) -> Any:
    """Return what came of all elements; were the first a whole number, all would be cut to some."""
    if not isinstance(values[0], (float, np.floating)):
        raise runtime.refused()
    return np.reshape(np.array(values), np.shape(like))


def along_axis(func1d: Any, axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """Do what ``np.apply_along_axis`` does."""
    rows = np.moveaxis(arr, axis, -1)
    flat = np.reshape(rows, (-1, np.shape(rows)[-1]))
    parts = np.stack([func1d(row, *args, **kwargs) for row in flat])
    whole = np.reshape(parts, (*np.shape(rows)[:-1], *np.shape(parts)[1:]))
    n, start = np.ndim(parts) - 1, axis % np.ndim(arr)
    return np.moveaxis(whole, range(np.ndim(whole) - n, np.ndim(whole)), range(start, start + n))


def over_axes(func: Any, a: Any, axes: Any) -> Any:
    """Do what ``np.apply_over_axes`` does."""
    for axis in np.ravel(axes):
        part = func(a, axis)
        a = part if np.ndim(part) == np.ndim(a) else np.expand_dims(part, axis)
    return a


def in_pieces(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """Do what ``np.piecewise`` does."""
    y = np.zeros_like(x)
    for k, piece in enumerate(funclist):
        condition = condlist[k] if k < len(condlist) else ~np.any(condlist, axis=0)
        y[condition] = piece(x[condition], *args, **kw) if callable(piece) else piece
    return y


def of_places(function: Any, shape: Any, *, dtype: Any = float, **kwargs: Any) -> Any:
    """Do what ``np.fromfunction`` does."""
    grid = np.indices(shape, dtype=dtype)
    return function(*[grid[k] for k in range(len(shape))], **kwargs)


def with_places(arr: Any) -> Any:
    """Do what ``np.ndenumerate`` does."""
    return zip(np.ndindex(*np.shape(arr)), np.ravel(arr))


DEFINITIONS: dict[Any, Any] = {
    np.ndenumerate: with_places,
    np.apply_along_axis: along_axis,
    np.apply_over_axes: over_axes,
    np.piecewise: in_pieces,
    np.fromfunction: of_places,
}
"""What is read in the place of a function of NumPy or SciPy."""

NAMES: dict[Any, dict[str, None]] = {}
"""The names of the arguments of such a function, where its definition calls them otherwise."""


CALLED: dict[type, Any] = {}
"""What is read in the place of a call of an object of a class of SciPy, by the class."""


def called_as(thing: Any) -> Any:
    """Return what is read in the place of a call of an object; it is given the object first."""
    module = type(thing).__module__ or ""
    if not module.startswith("scipy."):
        return None
    read_chapters()
    found = (CALLED.get(base) for base in type(thing).__mro__)
    return next((one for one in found if one is not None), None)


FROZEN: dict[Any, tuple[str, ...]] = {}
"""What a distribution is called with, to be asked later: the names of its parameters."""


def definition_of(function: Any) -> Any:
    """Return what is read in the place of a function, or None if it is not read so.

    >>> definition_of(np.piecewise) is in_pieces, definition_of(np.sin)
    (True, None)
    """
    try:
        found = DEFINITIONS.get(function)
        return DEFINITIONS.get(function) if found is None and read_chapters() else found
    except TypeError:
        return None


def argument_names(function: Any) -> dict[str, None] | None:
    """Return the names of the arguments of a function that is read elsewhere, in order."""
    try:
        return NAMES.get(function)
    except TypeError:
        return None


def parameters_of(dist: Any) -> tuple[str, ...] | None:
    """Return the names of the parameters that a distribution can be called with, or None."""
    try:
        found = FROZEN.get(dist)
        return FROZEN.get(dist) if found is None and read_chapters() else found
    except TypeError:
        return None

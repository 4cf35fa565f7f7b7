"""Functions that take, leave out or put in elements by condition or place."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.program.ops import method
from srcgrad.rules.shape import add_along
from srcgrad.rules.table import pull


@pull(np.compress)
def _compress(g: Any, y: Any, condition: Any, x: Any, axis: Any = None, out: None = None) -> Any:
    return None, kept_places(g, condition, x, axis)


@pull(method("compress"))
def _compress_method(
    g: Any, y: Any, x: Any, condition: Any, axis: Any = None, out: None = None
) -> Any:
    return kept_places(g, condition, x, axis)


def kept_places(g: Any, condition: Any, x: Any, axis: Any) -> Any:
    """Return zeros with what is owed to the elements that were kept."""
    places = np.flatnonzero(condition)
    if axis is None:
        return np.reshape(runtime.put(np.zeros(np.size(x), g.dtype), places, g), np.shape(x))
    return add_along(g, x, places, axis)


@pull(np.extract)
def _extract(g: Any, y: Any, condition: Any, x: Any) -> Any:
    return None, kept_places(g, condition, x, None)


@pull(np.insert)
def _insert(g: Any, y: Any, x: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    if axis is None:
        new = put_in(obj, np.size(x), np.size(y))
        return np.reshape(g[~new], np.shape(x)), None, runtime.unbroadcast(g[new], values)
    new = put_in(obj, np.shape(x)[axis], np.shape(y)[axis])
    part = np.compress(new, g, axis)
    if np.ndim(obj) == 0 and not isinstance(obj, slice):
        part = np.moveaxis(part, axis, 0)
    return np.compress(~new, g, axis), None, runtime.unbroadcast(part, values)


def put_in(obj: Any, n: Any, m: Any) -> Any:
    """Tell which of the m elements that n became were put in."""
    if not isinstance(obj, slice) and np.size(obj) == 1:
        obj = np.full(m - n, np.ravel(obj)[0])
    return np.insert(np.zeros(n, bool), obj, True)

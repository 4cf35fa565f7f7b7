"""Cotangents of lists, tuples, dicts and dataclasses have their structure: built, added, put."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from srcgrad.runtime.arrays import unbroadcast
from srcgrad.runtime.complexes import as_complex, is_complex


def zeros_like(x: Any) -> Any:
    """Return zeros of the structure, shape and float dtype of a value."""
    if isinstance(x, np.ndarray):
        inexact = np.issubdtype(x.dtype, np.inexact)
        return np.zeros(x.shape, x.dtype if inexact else np.float64)
    if isinstance(x, np.flatiter):
        return zeros_like(x.base.ravel())
    if isinstance(x, np.generic):
        return np.zeros((), x.dtype)[()] if np.issubdtype(x.dtype, np.inexact) else 0.0
    if isinstance(x, dict):
        return {key: zeros_like(item) for key, item in x.items()}
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*(zeros_like(item) for item in x))
    if isinstance(x, (list, tuple)):
        return type(x)(zeros_like(item) for item in x)
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        names = [field.name for field in dataclasses.fields(x)]
        return dataclasses.replace(x, **{name: zeros_like(getattr(x, name)) for name in names})
    return 0.0 if isinstance(x, (bool, int, float)) else 0j if isinstance(x, complex) else None


def add(a: Any, b: Any) -> Any:
    """Add two cotangents of one structure, leaf by leaf."""
    if isinstance(a, dict):
        if a.keys() != b.keys():  # what is not there is owed nothing
            return {key: add(a.get(key), b.get(key)) for key in (*a, *b)}
        return {key: add(item, b[key]) for key, item in a.items()}
    if isinstance(a, tuple) and hasattr(a, "_fields"):
        return type(a)(*(add(x, y) for x, y in zip(a, b, strict=True)))
    if isinstance(a, (list, tuple)):
        return type(a)(add(x, y) for x, y in zip(a, b, strict=True))
    if a is None or b is None:
        return b if a is None else a
    if dataclasses.is_dataclass(a) and not isinstance(a, type):
        names = [field.name for field in dataclasses.fields(a)]
        return dataclasses.replace(
            a, **{name: add(getattr(a, name), getattr(b, name)) for name in names}
        )
    return a + b


def given(g: Any, like: Any) -> Any:
    """Return a cotangent, or zeros like its variable where it is ``None``, for nothing."""
    return zeros_like(like) if g is None else g


def put_add(x: Any, index: Any, g: Any) -> Any:
    """Return a copy of a cotangent with ``g`` added at ``index``; repeated indices add up.

    Parameters
    ----------
    x : array, list, tuple or dict
        The cotangent of a container or array.
    index : index or key
        Where the value was read.
    g : array, scalar or container
        The cotangent of what was read there.
    """
    if isinstance(x, (int, float, complex, np.generic)):
        return x + np.reshape(g, ())[()]
    if isinstance(x, np.ndarray):
        total = as_complex(x.copy()) if is_complex(g) else x.copy()
        np.add.at(total, index, g)
        return total
    if isinstance(x, (np.generic, float)):  # x[()] of a 0-d array
        return x + g
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        items = put_add(list(x), index, g)
        return type(x)(*items)
    if isinstance(x, tuple):
        return tuple(put_add(list(x), index, g))
    out = x.copy()
    if isinstance(index, slice):
        out[index] = add(out[index], list(g))
    else:
        out[index] = add(out[index], g)
    return out


def put_attr(x: Any, name: str, g: Any) -> Any:
    """Return a copy of the cotangent of an object with ``g`` added to one attribute."""
    if isinstance(x, tuple):
        return x._replace(**{name: add(getattr(x, name), g)})  # type: ignore[attr-defined]
    return dataclasses.replace(x, **{name: add(getattr(x, name), g)})


def collect_like(items: Any, like: Any) -> Any:
    """Return the cotangent of something iterable from the cotangents of its items.

    Parameters
    ----------
    items : sequence
        One cotangent for each item that was looked at, in order; ``None`` for nothing.
    like : array, list, tuple or other iterable
        What the items were taken from; items that were not looked at get zeros.
    """
    if isinstance(like, np.ndarray):
        total = zeros_like(like)
        for i, item in enumerate(items):
            if item is not None:
                total[i] = item
        return total
    if not isinstance(like, (list, tuple)):
        return list(items)
    rest = [zeros_like(item) for item in like[len(items) :]]
    whole = [*items, *rest]
    if isinstance(like, tuple) and hasattr(like, "_fields"):
        return type(like)(*whole)
    return type(like)(whole)


def turned_like(items: Any, like: Any) -> Any:
    """Return the cotangent of a sequence from those of its items, which were taken backwards.

    Parameters
    ----------
    items : sequence
        One cotangent for each item that was looked at, the last item first.
    like : array, list or tuple
        The sequence; items that were not looked at get zeros.
    """
    if not isinstance(like, (np.ndarray, list, tuple)):
        like = list(like)
    return collect_like(items, like[::-1])[::-1]


def column(rows: Any, index: int, like: Any) -> Any:
    """Return the cotangent of one of the iterables that ``zip`` or ``enumerate`` walked along."""
    return collect_like([row[index] for row in rows], like)


def dict_like(items: Any, like: Any) -> Any:
    """Return the cotangent of a dict from those of its values, in order."""
    return {
        key: items[i] if i < len(items) else zeros_like(like[key]) for i, key in enumerate(like)
    }


def entries(g: Any, like: Any, hidden: Any) -> Any:
    """Return the part of the cotangent of a merged dict that belongs to one of its parts.

    Parameters
    ----------
    g : dict
        The cotangent of the whole.
    like : dict
        The part.
    hidden : container
        Keys that another part gave another value: nothing is owed to those.
    """
    if not isinstance(like, dict):
        return _pairs(g, like, hidden)
    return {key: zeros_like(item) if key in hidden else g[key] for key, item in like.items()}


def _pairs(g: Any, like: Any, hidden: Any) -> list[tuple[Any, Any]]:
    out: list[tuple[Any, Any]] = []
    for i, (key, item) in enumerate(like):
        gone = key in hidden or any(key == later for later, _ in like[i + 1 :])
        out.append((zeros_like(key), zeros_like(item) if gone else g[key]))
    return out


def unless_in(g: Any, key: Any, later: Any) -> Any:
    """Return a cotangent, or zeros if a later entry of the dict has the same key."""
    return zeros_like(g) if key in later else g


def unjoined(g: Any, first: Any, second: Any) -> tuple[Any, Any]:
    """Return the cotangents of ``first`` and ``second`` from that of ``first + second``.

    Parameters
    ----------
    g : array or sequence
        The cotangent of the sum.
    first, second : array or sequence
        The operands: two sequences are joined, anything else is added.
    """
    if isinstance(first, (list, tuple)) and isinstance(second, (list, tuple)):
        n = len(first)
        return collect_like(g[:n], first), collect_like(g[n:], second)
    return unbroadcast(g, first), unbroadcast(g, second)


def fold_repeats(g: Any, like: Any) -> Any:
    """Return the cotangent of a list from that of ``like * n``: the sum over the repeats."""
    total = zeros_like(like)
    for start in range(0, len(g), len(like) or 1):
        total = add(total, type(total)(g[start : start + len(like)]))
    return total

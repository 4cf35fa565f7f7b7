"""Arrays that were put together from nested lists, or with ``np.r_`` and ``np.c_``, taken apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.runtime.ends import refused


def unblock(g: Any, arrays: Any) -> Any:
    """Return the cotangents of the arrays in ``np.block(arrays)``, nested as they are.

    Parameters
    ----------
    g : array
        The cotangent of the block array.
    arrays : array or nested list of arrays
        As given to ``np.block``.
    """
    depth = _depth(arrays)
    return _parts(g, arrays, max(depth, np.ndim(g)), depth)


def _depth(arrays: Any) -> int:
    return 1 + max(map(_depth, arrays)) if isinstance(arrays, list) else 0


def _parts(g: Any, arrays: Any, rank: int, depth: int) -> Any:
    if not isinstance(arrays, list):
        return np.reshape(g, np.shape(arrays))
    sizes = [_shape(item, rank, depth - 1)[rank - depth] for item in arrays]
    parts = np.split(g, np.cumsum(sizes)[:-1], rank - depth)
    return [_parts(part, item, rank, depth - 1) for part, item in zip(parts, arrays, strict=True)]


def _shape(arrays: Any, rank: int, depth: int) -> list[int]:
    """Return the shape of a block."""
    if not isinstance(arrays, list):
        return [1] * (rank - np.ndim(arrays)) + list(np.shape(arrays))
    shapes = [_shape(item, rank, depth - 1) for item in arrays]
    axis = rank - depth
    return [*shapes[0][:axis], sum(s[axis] for s in shapes), *shapes[0][axis + 1 :]]


def joined_parts(g: Any, items: Any, columns: bool) -> Any:
    """Return the cotangents of the items of ``np.r_[items]``, or of ``np.c_[items]``.

    Parameters
    ----------
    g : array
        The cotangent of the joined array.
    items : array, number or tuple of those
        What stands in the brackets.
    columns : bool
        Whether it is ``np.c_``.
    """
    several = items if isinstance(items, tuple) else (items,)
    if any(isinstance(item, str) for item in several):
        raise refused()
    axis = -1 if columns else 0
    sizes = [_length(item, np.ndim(g), columns) for item in several]
    parts = np.split(g, np.cumsum(sizes)[:-1], axis)
    owed = tuple(
        part if isinstance(item, slice) else np.reshape(part, np.shape(item))
        for part, item in zip(parts, several, strict=True)
    )
    return owed if isinstance(items, tuple) else owed[0]


def _length(item: Any, rank: int, columns: bool) -> int:
    joined = np.c_[item] if columns else np.r_[item]
    if columns:
        return int(joined.shape[-1])
    return 1 if np.ndim(item) == 0 and not isinstance(item, slice) else int(joined.shape[0])

"""What is written to arrays, as values: other entries at an index, and what they are owed."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.runtime.arrays import unbroadcast


def put(x: Any, index: Any, value: Any) -> Any:
    """Return a copy of an array with other entries at ``index``: ``x[index] = value``.

    Parameters
    ----------
    x : array
        What is written to.
    index : index
        Where.
    value : array or scalar
        What is written there; of repeated indices the last one counts.
    """
    if isinstance(x, (int, float, complex, np.generic)):  # x[()] of a 0-d array
        return np.reshape(value, ())[()]
    out = x.copy()
    out[index] = value
    return out


def put_part(g: Any, index: Any, value: Any) -> Any:
    """Return what is owed to the value that `put` wrote at an index of arrays.

    What was overwritten by a later repetition of the same index is owed nothing.
    """
    if isinstance(index, (list, np.ndarray)) and np.ndim(index) == 1 and np.ndim(g):
        rows = np.asarray(index) % np.shape(g)[0]
        if len(np.unique(rows)) == len(rows):
            return unbroadcast(g[index], value)
    order = np.arange(np.size(g)).reshape(np.shape(g))
    places = order[index]
    last = np.full(np.size(g), -1)
    last[places.reshape(-1)] = np.arange(places.size)
    kept = last[places.reshape(-1)] == np.arange(places.size)
    part = np.where(kept.reshape(places.shape), g[index], 0.0)
    return unbroadcast(part.astype(g.dtype), value)


def along_axis(indices: Any, axis: int, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Return the index that ``np.put_along_axis(a, indices, v, axis)`` writes at."""
    axis = axis % len(shape)
    whole = (*shape[:axis], np.shape(indices)[axis], *shape[axis + 1 :])
    full = [np.broadcast_to(one, whole) for one in np.ix_(*map(range, whole))]
    full[axis] = np.broadcast_to(indices, whole)
    return tuple(full)


def cuts(size: int, sections: Any, uneven: bool) -> list[slice]:
    """Return the slices of an axis that `np.split` cuts an array into.

    Parameters
    ----------
    size : int
        How long the axis is.
    sections : int or sequence of int
        How many parts, or where to cut.
    uneven : bool
        Whether parts may differ in length, as those of `np.array_split` may.
    """
    if np.ndim(sections):
        ends = [int(end) for end in sections]
        return [slice(a, b) for a, b in zip([0, *ends], [*ends, None], strict=True)]
    count = int(sections)
    if size % count and not uneven:
        raise ValueError("array split does not result in an equal division")
    long, extra = size % count, size // count
    sizes = [extra + 1] * long + [extra] * (count - long)
    starts = [sum(sizes[:k]) for k in range(count)]
    return [slice(start, start + n) for start, n in zip(starts, sizes, strict=True)]

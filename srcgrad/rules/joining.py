"""Putting arrays together and taking them apart.

The cotangent of a list of arrays is a list, or an array whose rows are the items' cotangents.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.table import linear, pull


@linear(np.concatenate)
def _concatenate(g: Any, y: Any, arrays: Any, axis: Any = 0, out: Any = None) -> Any:
    if axis is None:
        return shaped(np.split(g, ends([np.size(a) for a in arrays])), arrays)
    if len(arrays) == 1:
        return [g]
    if len(arrays) == 2 and axis == 0:
        return [g[: len(arrays[0])], g[len(arrays[0]) :]]
    if len(arrays) == 2 and axis == -1:
        n = np.shape(arrays[0])[-1]
        return [g[..., :n], g[..., n:]]
    if len(arrays) == 2:
        return np.split(g, [np.shape(arrays[0])[axis]], axis)
    return np.split(g, ends([np.shape(a)[axis] for a in arrays]), axis)


def ends(sizes: Any) -> Any:
    """Return where to cut so that the parts have these sizes."""
    return np.cumsum(sizes)[:-1]


def shaped(parts: Any, arrays: Any) -> Any:
    """Return the parts with the shapes of the arrays."""
    return [np.reshape(part, np.shape(a)) for part, a in zip(parts, arrays)]


@linear(np.stack)
def _stack(g: Any, y: Any, arrays: Any, axis: Any = 0, out: Any = None) -> Any:
    return g if axis == 0 else np.moveaxis(g, axis, 0)


@linear(np.vstack)
def _vstack(g: Any, y: Any, arrays: Any) -> Any:
    sizes = [1 if np.ndim(a) < 2 else len(a) for a in arrays]
    return shaped(np.split(g, ends(sizes)), arrays)


@linear(np.hstack)
def _hstack(g: Any, y: Any, arrays: Any) -> Any:
    axis = 0 if np.ndim(g) == 1 else 1
    sizes = [1 if np.ndim(a) == 0 else np.shape(a)[axis] for a in arrays]
    return shaped(np.split(g, ends(sizes), axis), arrays)


@linear(np.column_stack)
def _column_stack(g: Any, y: Any, arrays: Any) -> Any:
    sizes = [1 if np.ndim(a) < 2 else np.shape(a)[1] for a in arrays]
    return shaped(np.split(g, ends(sizes), 1), arrays)


@linear(np.dstack)
def _dstack(g: Any, y: Any, arrays: Any) -> Any:
    sizes = [1 if np.ndim(a) < 3 else np.shape(a)[2] for a in arrays]
    return shaped(np.split(g, ends(sizes), 2), arrays)


@pull(np.append)
def _append(g: Any, y: Any, x: Any, values: Any, axis: Any = None) -> Any:
    if axis is None:
        n = np.size(x)
        return np.reshape(g[:n], np.shape(x)), np.reshape(g[n:], np.shape(values))
    parts = np.split(g, [np.shape(x)[axis]], axis)
    return parts[0], parts[1]


for split in (np.split, np.array_split):
    linear(split, lambda g, y, x, sections, axis=0: np.concatenate(g, axis))
linear(np.vsplit, lambda g, y, x, sections: np.concatenate(g))
linear(np.hsplit, lambda g, y, x, sections: np.concatenate(g, 0 if np.ndim(x) == 1 else 1))
linear(np.dsplit, lambda g, y, x, sections: np.concatenate(g, 2))

"""Putting arrays together and taking them apart.

The cotangent of a list of arrays is a list, or an array whose rows are the items' cotangents.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.program.ops import method
from srcgrad.rules.table import linear, pull


@linear(np.concatenate)
def _concatenate(
    g: Any,
    y: Any,
    arrays: Any,
    axis: Any = 0,
    out: Any = None,
    *,
    dtype: Any = None,
    casting: Any = None,
) -> Any:
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
def _stack(
    g: Any,
    y: Any,
    arrays: Any,
    axis: Any = 0,
    out: Any = None,
    *,
    dtype: Any = None,
    casting: Any = None,
) -> Any:
    return g if axis == 0 else np.moveaxis(g, axis, 0)


@linear(np.vstack)
def _vstack(g: Any, y: Any, arrays: Any, *, dtype: Any = None, casting: Any = None) -> Any:
    sizes = [1 if np.ndim(a) < 2 else len(a) for a in arrays]
    return shaped(np.split(g, ends(sizes)), arrays)


if hasattr(np, "row_stack"):
    linear(np.row_stack, _vstack)


@linear(np.hstack)
def _hstack(g: Any, y: Any, arrays: Any, *, dtype: Any = None, casting: Any = None) -> Any:
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
if hasattr(np, "unstack"):  # NumPy 2.1
    linear(np.unstack, lambda g, y, x, *, axis=0: np.stack(g, axis))
linear(np.vsplit, lambda g, y, x, sections: np.concatenate(g))
linear(np.hsplit, lambda g, y, x, sections: np.concatenate(g, 0 if np.ndim(x) == 1 else 1))
linear(np.dsplit, lambda g, y, x, sections: np.concatenate(g, 2))


linear(np.block, lambda g, y, arrays: runtime.unblock(g, arrays))


@pull(runtime.joined_parts)
def _joined_parts(h: Any, parts: Any, g: Any, items: Any, columns: Any) -> Any:
    return (np.c_[h] if columns else np.r_[h]), runtime.zeros_like(items), None


@pull(runtime.unblock)
def _unblock(h: Any, parts: Any, g: Any, arrays: Any) -> Any:
    return np.block(h), runtime.zeros_like(arrays)


# The transposed product of all others; each in the order that costs least.
@pull(np.linalg.multi_dot)
def _multi_dot(g: Any, y: Any, arrays: Any, *, out: None = None) -> Any:
    n = len(arrays)
    rows = 1 if np.ndim(arrays[0]) == 1 else len(arrays[0])
    g = np.reshape(g, (rows, -1))
    wide = [matrix(m, k == 0) for k, m in enumerate(arrays)]
    owed = []
    for i in range(n):
        chain = [
            wide[i - 1 - j].T if j < i else g if j == i else wide[n + i - j].T for j in range(n)
        ]
        owed.append(np.linalg.multi_dot(chain))
    return shaped(owed, arrays)


def matrix(m: Any, first: Any) -> Any:
    """Return a vector at the beginning of a product as a row, one at the end as a column."""
    if np.ndim(m) == 1:
        return np.reshape(m, (1, -1)) if first else np.reshape(m, (-1, 1))
    return m


# From which array each element comes jumps.
@pull(np.choose)
def _choose(g: Any, y: Any, which: Any, choices: Any, out: None = None, mode: Any = "raise") -> Any:
    return None, chosen(g, which, choices, mode)


@pull(method("choose"))
def _choose_method(
    g: Any, y: Any, which: Any, choices: Any, out: None = None, mode: Any = "raise"
) -> Any:
    return None, chosen(g, which, choices, mode)


def chosen(g: Any, which: Any, choices: Any, mode: Any) -> Any:
    """Return what is owed to each of the arrays that elements were chosen from."""
    n = len(choices)
    if mode == "wrap":
        which = np.mod(which, n)
    if mode == "clip":
        which = np.clip(which, 0, n - 1)
    return [runtime.unbroadcast(np.where(which == k, g, 0.0), choices[k]) for k in range(n)]

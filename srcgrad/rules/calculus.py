"""Products of others, integrals, grids: the rest of what scientists call."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import linear, multilinear, pull, pull_each


# The second derivative of a product.  With the elements moved by a small multiple of ``g``, the
# products before and after each element have values and slopes; both follow by the product rule.
@pull(runtime.product_of_others)
def _product_of_others(g: Any, y: Any, x: Any, axis: Any = None) -> Any:
    if axis is None:
        return np.reshape(others_pulled(np.ravel(g), np.ravel(x)), np.shape(x))
    if isinstance(axis, tuple):
        front = range(len(axis))
        moved = np.moveaxis(x, axis, front)
        rows = np.reshape(moved, (-1, *np.shape(moved)[len(axis) :]))
        back = others_pulled(np.reshape(np.moveaxis(g, axis, front), np.shape(rows)), rows)
        return np.moveaxis(np.reshape(back, np.shape(moved)), front, axis)
    return np.moveaxis(others_pulled(np.moveaxis(g, axis, 0), np.moveaxis(x, axis, 0)), 0, axis)


def others_pulled(g: Any, x: Any) -> Any:
    """Pull back ``product_of_others`` along the first axis."""
    before, before_slope = running(g, x)
    after, after_slope = running(np.flip(g, 0), np.flip(x, 0))
    return before * np.flip(after_slope, 0) + before_slope * np.flip(after, 0)


def running(g: Any, x: Any) -> Any:
    """Return the products of all earlier elements, and their slopes where x moves along g."""
    values, slopes = [np.ones_like(x[0])], [np.zeros_like(x[0])]
    for i in range(len(x) - 1):
        slopes.append(slopes[-1] * x[i] + values[-1] * g[i])
        values.append(values[-1] * x[i])
    return np.stack(values), np.stack(slopes)


@pull(np.trapezoid)
def _trapezoid(g: Any, z: Any, y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> Any:
    rows = np.moveaxis(y, axis, -1)
    ends = [(0, 0)] * np.ndim(rows[..., 0])
    width = dx
    if x is not None:
        width = np.diff(x) if np.ndim(x) == 1 else np.diff(np.moveaxis(x, axis, -1))
    g = np.expand_dims(g, -1)
    half = 0.5 * g * width * np.ones_like(rows[..., 1:])
    to_y = np.pad(half, [*ends, (0, 1)]) + np.pad(half, [*ends, (1, 0)])
    mean = 0.5 * (rows[..., 1:] + rows[..., :-1])
    if x is None:
        return np.moveaxis(to_y, -1, axis), None, np.sum(mean * g)
    slope = mean * g
    to_x = np.pad(slope, [*ends, (1, 0)]) - np.pad(slope, [*ends, (0, 1)])
    if np.ndim(x) != 1:
        to_x = np.moveaxis(to_x, -1, axis)
    return np.moveaxis(to_y, -1, axis), runtime.unbroadcast(to_x, x), None


@pull_each(np.meshgrid)
def _meshgrid(i: int, g: Any, y: Any, *arrays: Any, indexing: str = "xy", sparse: Any = 0) -> Any:
    own = 1 - i if indexing == "xy" and i < 2 and len(arrays) > 1 else i
    other = tuple(k for k in range(len(arrays)) if k != own)
    return np.reshape(np.sum(g[i], axis=other), np.shape(arrays[i]))


@multilinear(np.vecdot)
def _vecdot(g: Any, y: Any, a: Any, b: Any) -> Any:
    return np.expand_dims(g, -1) * b, np.expand_dims(g, -1) * a


@linear(np.add.reduce)
def _add_reduce(
    g: Any, y: Any, x: Any, axis: Any = 0, dtype: Any = None, out: None = None, keepdims: Any = 0
) -> Any:
    if axis is None or keepdims:
        return np.broadcast_to(g, np.shape(x))
    return np.broadcast_to(np.expand_dims(g, axis), np.shape(x))


# Highest power first, as np.polyval has it; Horner's scheme, forwards for the slope.
@pull(np.polyval)
def _polyval(g: Any, y: Any, p: Any, x: Any) -> Any:
    powers = [np.sum(g * x ** (len(p) - 1 - k)) for k in range(len(p))]
    return np.array(powers), g * np.polyval(np.polyder(p), x)

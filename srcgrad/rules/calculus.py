"""Products of others, integrals, grids: the rest of what scientists call."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import pull, pull_each


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
    if np.ndim(y) == 1 and np.ndim(dx) == 0:
        mean = 0.5 * (y[1:] + y[:-1])
        steps = np.full(len(y) - 1, dx, y.dtype) if x is None else np.diff(x)
        half = 0.5 * g * steps
        to_y = np.pad(half, (0, 1)) + np.pad(half, (1, 0))
        if x is None:
            return to_y, None, g * np.sum(mean)
        return to_y, np.pad(g * mean, (1, 0)) - np.pad(g * mean, (0, 1)), None
    rows = np.moveaxis(y, axis, -1)
    ends = [(0, 0)] * np.ndim(rows[..., 0])
    width = dx
    if np.ndim(dx) > 0:
        width = np.moveaxis(np.broadcast_to(dx, np.shape(np.diff(y, axis=axis))), axis, -1)
    if x is not None:
        width = np.diff(x) if np.ndim(x) == 1 else np.diff(np.moveaxis(x, axis, -1))
    g = np.expand_dims(g, -1)
    half = 0.5 * g * width * np.ones_like(rows[..., 1:])
    to_y = np.pad(half, [*ends, (0, 1)]) + np.pad(half, [*ends, (1, 0)])
    mean = 0.5 * (rows[..., 1:] + rows[..., :-1])
    if x is None:
        to_dx = mean * g if np.ndim(dx) == 0 else np.moveaxis(mean * g, -1, axis)
        to_dx = runtime.unbroadcast(to_dx, dx)
        return np.moveaxis(to_y, -1, axis), None, to_dx
    slope = mean * g
    to_x = np.pad(slope, [*ends, (1, 0)]) - np.pad(slope, [*ends, (0, 1)])
    if np.ndim(x) != 1:
        to_x = np.moveaxis(to_x, -1, axis)
    return np.moveaxis(to_y, -1, axis), runtime.unbroadcast(to_x, x), None


@pull_each(np.meshgrid)
def _meshgrid(
    i: int,
    g: Any,
    y: Any,
    *arrays: Any,
    copy: Any = True,
    sparse: Any = False,
    indexing: str = "xy",
) -> Any:
    own = 1 - i if indexing == "xy" and i < 2 and len(arrays) > 1 else i
    other = tuple(k for k in range(len(arrays)) if k != own)
    return np.reshape(np.sum(g[i], axis=other), np.shape(arrays[i]))


# Between two neighbours there is a slope; the derivative at a place is the mean of the slopes
# beside it, each weighted with the width of the other, and at an end it is the last slope, or
# what a line through the last two says.
@pull_each(np.gradient)
def _gradient(
    i: Any, g: Any, y: Any, f: Any, *spacing: Any, axis: Any = None, edge_order: Any = 1
) -> Any:
    if np.ndim(f) == 1 or isinstance(axis, int):
        along = 0 if axis is None else axis
        width = spacing[0] if len(spacing) > 0 else 1.0
        if i > 0:
            return width_pulled(g, y, f, width, along, edge_order)
        return differences_pulled(g, f, width, along, edge_order)
    axes = range(np.ndim(f)) if axis is None else axis
    if i > 0 and len(spacing) > 1:
        return width_pulled(g[i - 1], y[i - 1], f, spacing[i - 1], axes[i - 1], edge_order)
    to_f, to_width = runtime.zeros_like(f), 0.0
    for k, along in enumerate(axes):
        width = 1.0 if len(spacing) == 0 else spacing[k if len(spacing) > 1 else 0]
        owed, slope = (g, y) if len(axes) == 1 else (g[k], y[k])
        if i == 0:
            to_f = to_f + differences_pulled(owed, f, width, along, edge_order)
        else:
            to_width = to_width + width_pulled(owed, slope, f, width, along, edge_order)
    return to_f if i == 0 else to_width


def widths(f: Any, places: Any) -> Any:
    """Return the distances of neighbours along the first axis, in the shape of the slopes."""
    return np.reshape(np.diff(places), (len(f) - 1, *(1,) * (np.ndim(f) - 1))).astype(f.dtype)


def slopes_owed(g: Any, h: Any, edge_order: Any) -> Any:
    """Return what the derivative owes to the slopes between neighbours that are ``h`` apart."""
    inner = g[1:-1] / (h[1:] + h[:-1])
    owed = runtime.put_add(np.zeros_like(g[1:]), slice(None, -1), inner * h[1:])
    owed = runtime.put_add(owed, slice(1, None), inner * h[:-1])
    start = end = 0.0
    if edge_order == 2:
        start, end = h[0] / (h[0] + h[1]), h[-1] / (h[-1] + h[-2])
    return ends_of(owed, g, start, end, edge_order)


def ends_of(owed: Any, g: Any, start: Any, end: Any, edge_order: Any) -> Any:
    """Add what the ends owe: ``start`` and ``end`` say how far a line goes on from its middle."""
    owed = runtime.put_add(runtime.put_add(owed, 0, g[0]), -1, g[-1])
    if edge_order == 2:
        first, last = start * g[0], end * g[-1]
        owed = runtime.put_add(runtime.put_add(owed, 0, first), 1, -first)
        owed = runtime.put_add(runtime.put_add(owed, -1, last), -2, -last)
    return owed


def differences_pulled(g: Any, f: Any, width: Any, axis: Any, edge_order: Any) -> Any:
    """Pull ``np.gradient`` along one axis back to the values."""
    if np.ndim(f) > 1:
        g = np.moveaxis(g, axis, 0)
    if np.ndim(width) == 0:
        half = 0.5 * g[1:-1]
        owed = runtime.put_add(np.zeros_like(g[1:]), slice(None, -1), half)
        owed = runtime.put_add(owed, slice(1, None), half)
        owed = ends_of(owed, g, 0.5, 0.5, edge_order) / width
    else:
        h = widths(g, width)
        owed = slopes_owed(g, h, edge_order) / h
    whole = np.concatenate([-owed[:1], owed[:-1] - owed[1:], owed[-1:]])
    return whole if np.ndim(f) == 1 else np.moveaxis(whole, 0, axis)


def width_pulled(g: Any, y: Any, f: Any, width: Any, axis: Any, edge_order: Any) -> Any:
    """Pull ``np.gradient`` along one axis back to the distance, or to the places."""
    if np.ndim(width) == 0:
        return -np.sum(g * y) / width
    rows, g = np.moveaxis(f, axis, 0), np.moveaxis(g, axis, 0)
    h = widths(rows, width)
    slope = np.diff(rows, axis=0) / h
    owed = -slopes_owed(g, h, edge_order) * slope / h
    whole = h[1:] + h[:-1]
    apart = g[1:-1] * (slope[1:] - slope[:-1]) / (whole * whole)
    owed = runtime.put_add(owed, slice(None, -1), apart * h[1:])
    owed = runtime.put_add(owed, slice(1, None), -apart * h[:-1])
    if edge_order == 2:
        bend = (slope[0] - slope[1]) / ((h[0] + h[1]) * (h[0] + h[1])) * g[0]
        owed = runtime.put_add(runtime.put_add(owed, 0, bend * h[1]), 1, -bend * h[0])
        bend = (slope[-1] - slope[-2]) / ((h[-1] + h[-2]) * (h[-1] + h[-2])) * g[-1]
        owed = runtime.put_add(runtime.put_add(owed, -1, bend * h[-2]), -2, -bend * h[-1])
    to_h = np.sum(np.reshape(owed, (len(owed), -1)), axis=1)
    return np.pad(to_h, (1, 0)) - np.pad(to_h, (0, 1))

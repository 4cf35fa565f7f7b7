"""The margins, windows and splines of ``scipy.ndimage``, from the result back to the image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

_PADS = {
    "reflect": "symmetric",
    "grid-mirror": "symmetric",
    "mirror": "reflect",
    "nearest": "edge",
    "wrap": "wrap",
    "grid-wrap": "wrap",
    "constant": "constant",
    "grid-constant": "constant",
}
"""What NumPy calls the modes of ``scipy.ndimage``."""


def with_margins(x: Any, widths: Sequence[Any], mode: str, value: float = 0.0) -> Any:
    """Return an image with the margins that a filter of ``scipy.ndimage`` sees round it.

    Parameters
    ----------
    x : array
        The image.
    widths : sequence of (int, int)
        How wide the margins are, for each axis.
    mode : str
        As SciPy calls it.
    value : float
        What is in the margins where the mode is ``"constant"``.
    """
    if _PADS[mode] == "constant":
        return np.pad(x, widths, constant_values=value)
    return np.pad(x, widths, _PADS[mode])  # type: ignore[call-overload]


def without_margins(g: Any, widths: Sequence[Any], mode: str) -> Any:
    """Return the cotangent of an image from that of `with_margins` of it."""
    for axis, (before, after) in enumerate(widths):
        rows = np.moveaxis(g, axis, 0)
        n = len(rows) - before - after
        total = rows[before : before + n].copy()
        if _PADS[mode] != "constant" and before + after:
            places = np.pad(np.arange(n), (before, after), _PADS[mode])  # type: ignore[call-overload]
            np.add.at(total, places[:before], rows[:before])
            np.add.at(total, places[before + n :], rows[before + n :])
        g = np.moveaxis(total, 0, axis)
    return g


def chosen_back(
    g: Any, y: Any, x: Any, window: Any, mode: str, value: float = 0.0, origin: Any = 0
) -> Any:
    """Return the cotangent of an image from that of a filter that chooses an element of a window.

    Equal elements share what is owed to the one that was chosen.

    Parameters
    ----------
    g, y : array
        The cotangent of what was chosen, and what was chosen.
    x : array
        The image.
    window : array of bool
        The footprint of the filter.
    mode, value, origin
        As given to the filter.
    """
    window = np.asarray(window, bool)
    origins = np.broadcast_to(origin, x.ndim)
    starts = [n // 2 + int(o) for n, o in zip(window.shape, origins, strict=True)]
    widths = [(s, n - 1 - s) for s, n in zip(starts, window.shape, strict=True)]
    wide = with_margins(x, widths, mode, value)
    parts = [
        tuple(slice(k, k + n) for k, n in zip(spot, x.shape, strict=True))
        for spot in np.argwhere(window)
    ]
    count = np.zeros_like(y)
    for part in parts:
        count += wide[part] == y
    share = g / count
    owed = np.zeros_like(wide)
    for part in parts:
        owed[part] += np.where(wide[part] == y, share, 0.0)
    return without_margins(owed, widths, mode)


def _widths(rank: int, shape: Any, origin: Any, axis: int | None) -> list[tuple[int, int]]:
    """Return how wide the margins are that a filter sees, for each axis of the image."""
    if axis is not None:
        widths = [(0, 0)] * rank
        start = int(shape) // 2 + int(origin)
        widths[axis] = (start, int(shape) - 1 - start)
        return widths
    starts = [n // 2 + int(o) for n, o in zip(shape, np.broadcast_to(origin, rank), strict=True)]
    return [(s, n - 1 - s) for s, n in zip(starts, shape, strict=True)]


def correlated_back(
    g: Any, weights: Any, mode: str, origin: Any = 0, axis: int | None = None
) -> Any:
    """Return the cotangent of an image from that of its correlation with weights.

    Parameters
    ----------
    g : array
        The cotangent of ``scipy.ndimage.correlate(x, weights, ...)``.
    weights : array
        The weights; of ``correlate1d``, along ``axis``.
    mode, origin, axis
        As given to ``correlate`` or ``correlate1d``.
    """
    from scipy import ndimage

    shape = len(weights) if axis is not None else np.shape(weights)
    widths = _widths(g.ndim, shape, origin, axis)
    along = {} if axis is None else {"axis": axis}
    filtered = ndimage.convolve if axis is None else ndimage.convolve1d
    plain = _PADS[mode] == "constant"
    wide = g if plain else np.pad(g, widths)
    owed = filtered(wide, weights, mode="constant", origin=origin, **along)
    return owed if plain else without_margins(owed, widths, mode)


def correlated_weights(
    g: Any, x: Any, shape: Any, mode: str, value: float = 0.0, origin: Any = 0,
    axis: int | None = None,
) -> Any:  # fmt: skip
    """Return the cotangent of weights from that of the correlation of an image with them.

    Parameters
    ----------
    g : array
        The cotangent of ``scipy.ndimage.correlate(x, weights, ...)``.
    x : array
        The image.
    shape : int or tuple of int
        How many weights there are.
    mode, value, origin, axis
        As given to ``correlate`` or ``correlate1d``.
    """
    wide = with_margins(x, _widths(x.ndim, shape, origin, axis), mode, value)
    if axis is not None:
        rows = np.moveaxis(wide, axis, -1)
        turned = np.moveaxis(g, axis, -1)
        m = turned.shape[-1]
        return np.array([_dot(rows[..., k : k + m], turned) for k in range(shape)], g.dtype)
    total = np.empty(shape, g.dtype)
    for spot in np.ndindex(*shape):
        part = tuple(slice(k, k + n) for k, n in zip(spot, g.shape, strict=True))
        total[spot] = _dot(wide[part], g)
    return total


def _dot(a: Any, b: Any) -> Any:
    return np.sum(a * b) if np.iscomplexobj(a) else np.vdot(a, b)


def gaussian_back(
    g: Any, sigma: Any, order: Any, mode: Any, truncate: float = 4.0, radius: Any = None,
    axes: Any = None,
) -> Any:  # fmt: skip
    """Return the cotangent of an image from that of ``scipy.ndimage.gaussian_filter`` of it."""
    from scipy import ndimage

    axes = range(g.ndim) if axes is None else np.ravel(axes)
    each = [_each(part, len(axes)) for part in (sigma, order, mode, radius)]
    for axis, width, degree, margin, reach in zip(axes, *each, strict=True):
        if width <= 1e-15:
            continue
        size = int(truncate * float(width) + 0.5) if reach is None else int(reach)
        middle = np.zeros(2 * size + 1)
        middle[size] = 1.0
        taps = ndimage.gaussian_filter1d(
            middle, width, order=degree, mode="constant", truncate=truncate, radius=reach
        )
        g = correlated_back(g, taps[::-1], margin, 0, int(axis))
    return g


def _each(part: Any, count: int) -> list[Any]:
    return [part] * count if part is None or np.ndim(part) == 0 else list(part)


def uniform_back(g: Any, size: Any, mode: Any, origin: Any = 0, axes: Any = None) -> Any:
    """Return the cotangent of an image from that of ``scipy.ndimage.uniform_filter`` of it."""
    from scipy import ndimage

    axes = range(g.ndim) if axes is None else np.ravel(axes)
    each = [_each(part, len(axes)) for part in (size, mode, origin)]
    for axis, n, margin, first in zip(axes, *each, strict=True):
        if n < 2:
            continue
        widths = _widths(g.ndim, n, first, int(axis))
        turned = -int(first) - (1 - int(n) % 2)
        plain = _PADS[margin] == "constant"
        wide = g if plain else np.pad(g, widths)
        owed = ndimage.uniform_filter1d(wide, int(n), int(axis), mode="constant", origin=turned)
        g = owed if plain else without_margins(owed, widths, margin)
    return g


def extreme_back(
    g: Any, x: Any, size: Any, mode: Any, value: float = 0.0, origin: Any = 0, axes: Any = None,
    smallest: bool = True,
) -> Any:  # fmt: skip
    """Return the cotangent of an image from that of its smallest elements in square windows.

    Parameters
    ----------
    g : array
        The cotangent of ``scipy.ndimage.minimum_filter(x, size, ...)``.
    x : array
        The image.
    size, mode, value, origin, axes
        As given to ``minimum_filter``.
    smallest : bool
        Whether it was the smallest elements, or the largest.
    """
    from scipy import ndimage

    filtered = ndimage.minimum_filter1d if smallest else ndimage.maximum_filter1d
    axes = range(g.ndim) if axes is None else np.ravel(axes)
    each = [_each(part, len(axes)) for part in (size, mode, origin)]
    stages = []
    for axis, n, margin, first in zip(axes, *each, strict=True):
        if n < 2:
            continue
        y = filtered(x, int(n), int(axis), mode=margin, cval=value, origin=first)
        stages.append((y, x, int(axis), int(n), margin, first))
        x = y
    for y, x, axis, n, margin, first in reversed(stages):
        shape, origins = np.ones(x.ndim, int), np.zeros(x.ndim, int)
        shape[axis], origins[axis] = n, first
        g = chosen_back(g, y, x, np.ones(shape, bool), margin, value, origins)
    return g


def spread_labels(g: Any, x: Any, labels: Any = None, index: Any = None) -> Any:
    """Return for each pixel what is owed to the region that it is in.

    Parameters
    ----------
    g : array
        What is owed to the regions, as ``scipy.ndimage.sum_labels`` gives their sums.
    x : array
        The image.
    labels, index
        As given to ``sum_labels``.
    """
    if labels is None:
        return np.broadcast_to(g, x.shape)
    labels = np.broadcast_to(labels, x.shape)
    if index is None or np.ndim(index) == 0:
        return np.where(labels > 0 if index is None else labels == index, g, np.zeros_like(g))
    known, place = np.unique(index, return_inverse=True)
    total = np.bincount(np.ravel(place), np.ravel(g), len(known)).astype(g.dtype)
    spot = np.minimum(np.searchsorted(known, labels), len(known) - 1)
    return np.where(known[spot] == labels, total[spot], np.zeros_like(total[:1]))


def chosen_in_labels(g: Any, y: Any, x: Any, labels: Any = None, index: Any = None) -> Any:
    """Return the cotangent of an image from that of an element that each region was asked for.

    Equal elements share.  ``y`` is what was found, as ``scipy.ndimage.minimum`` gives it.
    """
    if labels is None:
        hit = x == y
        return np.where(hit, g / np.sum(hit), 0.0).astype(x.dtype)
    labels = np.broadcast_to(labels, x.shape)
    total = np.zeros_like(x)
    spots = [None] if index is None else np.ravel(index)
    for spot, owed, found in zip(spots, np.ravel(g), np.ravel(y), strict=True):
        hit = ((labels > 0) if spot is None else (labels == spot)) & (x == found)
        total += np.where(hit, owed / max(np.sum(hit), 1), 0.0).astype(x.dtype)
    return total

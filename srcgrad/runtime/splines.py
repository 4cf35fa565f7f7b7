"""Images between their pixels: what ``scipy.ndimage`` reads there, from the result back.

A value is a sum of pixels near by, or of the coefficients of a spline through them, each times a
weight; the weights are B-splines of the place.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from srcgrad.runtime.ends import refused
from srcgrad.runtime.images import with_margins, without_margins

_PADDED = {"nearest": 12, "grid-constant": 12}
"""By how many pixels an image is made wider before the spline is found, for these modes."""
_FEW = 32
"""Of so few pixels SciPy's reflecting splines are not quite that transpose: it cuts a sum short."""
_SAME = ("reflect", "grid-mirror", "grid-wrap", "nearest")
"""Where the coefficients of a spline, as a matrix, are their own transpose."""


def _margin(order: int, mode: str, prefilter: bool) -> int:
    return _PADDED.get(mode, 0) if prefilter and order > 1 else 0


def _weights(u: Any, order: int) -> list[Any]:
    """Return the B-splines that are not 0 at a fraction of a cell, in order."""
    found = [np.ones_like(u)]
    for k in range(1, order + 1):
        before = [0.0, *found, 0.0]
        found = [
            ((u + k - j) * before[j] + (1.0 - u + j) * before[j + 1]) / k for j in range(k + 1)
        ]
    return found


def _inside(places: Any, n: int, mode: str) -> Any:
    """Return for pixels outside of an axis which of it stand there."""
    if mode in ("reflect", "grid-mirror"):
        turn = np.mod(places, 2 * n)
        return np.where(turn < n, turn, 2 * n - 1 - turn)
    if mode == "grid-wrap":
        return np.mod(places, n)
    if mode in ("nearest", "grid-constant"):
        return np.clip(places, 0, n - 1)
    turn = np.mod(places, max(2 * n - 2, 1))
    return np.where(turn < n, turn, 2 * n - 2 - turn)


def _mapped(c: Any, n: int, mode: str) -> tuple[Any, Any]:
    """Return places along an axis as they are read, and which of them are read at all."""
    everywhere = np.ones(c.shape, bool)
    if mode == "constant":
        there = (c >= 0) & (c <= n - 1)
        return np.where(there, c, 0.0), there
    if mode == "wrap":
        out = (c < 0) | (c > n - 1)
        return np.where(out, np.mod(c, max(n - 1, 1)), c) if n > 1 else np.zeros_like(c), everywhere
    return c, everywhere


def _taps(c: Any, n: int, order: int, mode: str) -> tuple[Any, Any, Any, Any]:
    """Return the pixels that are read for places along an axis, weights, slopes, and which count.

    Each has one more axis, of ``order + 1`` pixels, in front.
    """
    c, there = _mapped(np.asarray(c, float), n, mode)
    cell = np.floor(c if order % 2 else c + 0.5)
    u = (c if order % 2 else c + 0.5) - cell
    places = cell.astype(np.intp) - order // 2 + np.arange(order + 1).reshape(-1, *[1] * c.ndim)
    weights = np.array(_weights(u, order))
    slopes = np.zeros_like(weights)
    if order > 0:
        lower = np.array(_weights(u, order - 1))
        slopes[1:] += lower
        slopes[:-1] -= lower
    slopes = slopes * there
    if mode == "constant":
        weights = weights * there
    known = (places >= 0) & (places < n) if mode == "grid-constant" else np.ones(places.shape, bool)
    return _inside(places, n, mode), weights, slopes, known


def _coefficients(x: Any, order: int, mode: str, cval: float, prefilter: bool) -> Any:
    from scipy import ndimage

    if not prefilter or order < 2:
        return np.asarray(x)
    margin = _margin(order, mode, prefilter)
    wide = with_margins(x, [(margin, margin)] * x.ndim, mode, cval) if margin else x
    return ndimage.spline_filter(wide, order, mode=mode)


def spline_back(g: Any, order: int = 3, axis: int = -1, mode: str = "mirror") -> Any:
    """Return the cotangent of a signal from that of ``scipy.ndimage.spline_filter1d`` of it."""
    from scipy import ndimage

    if order < 2:
        return g
    n = g.shape[axis]
    if mode in _SAME and mode != "grid-wrap" and n <= _FEW:
        matrix = ndimage.spline_filter1d(np.eye(n), order, 0, mode=mode)
        rows = np.moveaxis(g, axis, 0).reshape(n, -1)
        back = (matrix.T @ rows).reshape(np.moveaxis(g, axis, 0).shape)
        return np.moveaxis(back, 0, axis).astype(g.dtype)
    if mode in _SAME or n < 2:
        return ndimage.spline_filter1d(g, order, axis, mode=mode).astype(g.dtype)
    ends = np.ones(n, g.dtype)
    ends[0] = ends[-1] = 0.5
    rows = np.moveaxis(g, axis, -1) / ends
    back = ndimage.spline_filter1d(rows, order, -1, mode=mode) * ends
    return np.moveaxis(back, -1, axis).astype(g.dtype)


def _unfiltered(owed: Any, shape: Sequence[int], order: int, mode: str, prefilter: bool) -> Any:
    """Return what is owed to an image, from what is owed to the coefficients of its spline."""
    if prefilter and order > 1:
        for axis in range(owed.ndim):
            owed = spline_back(owed, order, axis, mode)
    margin = _margin(order, mode, prefilter)
    if margin:
        owed = without_margins(owed, [(margin, margin)] * owed.ndim, mode)
    return owed


def _corners(
    coordinates: Any, shape: Sequence[int], order: int, mode: str, margin: int
) -> Iterator[tuple[Any, list[Any], list[Any], Any]]:
    """Yield, for each of the pixels that are read, where it is, its weights and slopes."""
    each = [
        _taps(np.asarray(c) + margin, n, order, mode)
        for c, n in zip(coordinates, shape, strict=True)
    ]
    for spot in itertools.product(range(order + 1), repeat=len(each)):
        taps = [[part[k] for part in axis] for k, axis in zip(spot, each, strict=True)]
        places = tuple(tap[0] for tap in taps)
        known = np.logical_and.reduce([tap[3] for tap in taps])
        yield places, [tap[1] for tap in taps], [tap[2] for tap in taps], known


def sampled_back(
    g: Any, x: Any, coordinates: Any, order: int = 3, mode: str = "constant", prefilter: bool = True
) -> Any:
    """Return the cotangent of an image from that of its values at some places.

    Parameters
    ----------
    g : array
        The cotangent of ``scipy.ndimage.map_coordinates(x, coordinates, ...)``.
    x : array
        The image.
    coordinates : array
        The places, one row for each axis of the image.
    order, mode, prefilter
        As given to ``map_coordinates``.
    """
    if np.iscomplexobj(g):
        real, imaginary = (sampled_back(part, x, coordinates, order, mode, prefilter)
                           for part in (g.real, g.imag))  # fmt: skip
        return real + 1j * imaginary
    margin = _margin(order, mode, prefilter)
    shape = tuple(n + 2 * margin for n in x.shape)
    total = np.zeros(int(np.prod(shape)))
    for places, weights, _, known in _corners(coordinates, shape, order, mode, margin):
        flat = np.ravel_multi_index(places, shape).ravel()
        part = np.where(known, np.multiply.reduce(weights) * g, 0.0)
        total += np.bincount(flat, part.ravel(), total.size)
    owed = total.reshape(shape)
    return _unfiltered(owed, x.shape, order, mode, prefilter).astype(g.dtype)


def sampled_slopes(
    x: Any,
    coordinates: Any,
    order: int = 3,
    mode: str = "constant",
    cval: float = 0.0,
    prefilter: bool = True,
) -> Any:
    """Return how the values of an image at some places change as those move along each axis.

    Parameters
    ----------
    x : array
        The image.
    coordinates : array
        The places, one row for each axis of the image.
    order, mode, cval, prefilter
        As given to ``scipy.ndimage.map_coordinates``.
    """
    if np.iscomplexobj(x):
        raise refused()
    pixels = _coefficients(x, order, mode, cval, prefilter)
    margin = _margin(order, mode, prefilter)
    total = np.zeros(np.shape(coordinates))
    for places, weights, slopes, known in _corners(coordinates, pixels.shape, order, mode, margin):
        value = np.where(known, pixels[places], cval)
        for axis, slope in enumerate(slopes):
            others = weights[:axis] + weights[axis + 1 :]
            total[axis] += np.multiply.reduce([value, slope, *others])
    return total.astype(np.result_type(x, np.float32) if x.dtype.kind == "f" else float)


def resized_back(
    g: Any,
    x: Any,
    places: Sequence[Any],
    order: int = 3,
    mode: str = "constant",
    prefilter: bool = True,
) -> Any:
    """Return the cotangent of an image from that of its values on a grid.

    Parameters
    ----------
    g : array
        The cotangent of the values.
    x : array
        The image.
    places : sequence of arrays
        Where the lines of the grid cut each axis of the image.
    order, mode, prefilter
        As given to ``scipy.ndimage.zoom`` or ``shift``.
    """
    if np.iscomplexobj(g):
        real, imaginary = (resized_back(part, x, places, order, mode, prefilter)
                           for part in (g.real, g.imag))  # fmt: skip
        return real + 1j * imaginary
    margin = _margin(order, mode, prefilter)
    owed = np.asarray(g, float)
    for axis, (c, n) in enumerate(zip(places, x.shape, strict=True)):
        spots, weights, _, known = _taps(np.asarray(c) + margin, n + 2 * margin, order, mode)
        rows = np.moveaxis(owed, axis, 0)
        total = np.zeros((n + 2 * margin, *rows.shape[1:]))
        for spot, weight in zip(spots, weights * known, strict=True):
            np.add.at(total, spot, rows * weight.reshape(-1, *[1] * (rows.ndim - 1)))
        owed = np.moveaxis(total, 0, axis)
    return _unfiltered(owed, x.shape, order, mode, prefilter).astype(g.dtype)


def affine_places(matrix: Any, offset: Any, shape: Sequence[int]) -> Any:
    """Return where ``scipy.ndimage.affine_transform`` reads an image, one row for each axis of it.

    Parameters
    ----------
    matrix, offset : array
        As given to ``affine_transform``; ``matrix`` has a row for each axis of the image.
    shape : sequence of int
        The shape of the result.
    """
    grid = np.indices(shape, float)
    rows = []
    for row, start in zip(np.asarray(matrix), np.broadcast_to(offset, len(matrix)), strict=True):
        total = np.full(tuple(shape), start, float)
        for factor, line in zip(row, grid, strict=True):
            total += factor * line
        rows.append(total)
    return np.array(rows)


def zoom_places(before: Sequence[int], after: Sequence[int], grid_mode: bool = False) -> list[Any]:
    """Return where ``scipy.ndimage.zoom`` reads each axis of an image."""
    found = []
    for n, m in zip(before, after, strict=True):
        top, bottom = (n, m) if grid_mode else (n - 1, m - 1)
        factor = top / bottom if bottom else 1.0
        line = np.arange(m, dtype=float)
        found.append((line + 0.5) * factor - 0.5 if grid_mode else line * factor)
    return found

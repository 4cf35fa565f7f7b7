"""``scipy.ndimage``: filters that choose an element of each window, and what is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage

from srcgrad import runtime
from srcgrad.rules.functionals import DEFINITIONS
from srcgrad.rules.scipy.ndimage import plain, starts
from srcgrad.rules.table import pull


# The smallest element of a window is owed what it became; equal ones share.
@pull(ndimage.minimum_filter1d)
def _minimum_filter1d(
    g: Any,
    y: Any,
    x: Any,
    size: Any,
    axis: Any = -1,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Any:
    plain(output)
    return runtime.extreme_back(g, x, size, mode, cval, origin, axis, True)


@pull(ndimage.maximum_filter1d)
def _maximum_filter1d(
    g: Any,
    y: Any,
    x: Any,
    size: Any,
    axis: Any = -1,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Any:
    plain(output)
    return runtime.extreme_back(g, x, size, mode, cval, origin, axis, False)


@pull(ndimage.minimum_filter)
def _minimum_filter(
    g: Any,
    y: Any,
    x: Any,
    size: Any = None,
    footprint: Any = None,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Any:
    plain(output)
    if footprint is None:
        return runtime.extreme_back(g, x, size, mode, cval, origin, axes, True)
    if axes is not None:
        raise runtime.refused()
    return runtime.chosen_back(g, y, x, footprint, mode, cval, origin)


@pull(ndimage.maximum_filter)
def _maximum_filter(
    g: Any,
    y: Any,
    x: Any,
    size: Any = None,
    footprint: Any = None,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Any:
    plain(output)
    if footprint is None:
        return runtime.extreme_back(g, x, size, mode, cval, origin, axes, False)
    if axes is not None:
        raise runtime.refused()
    return runtime.chosen_back(g, y, x, footprint, mode, cval, origin)


def window(x: Any, size: Any, footprint: Any, axes: Any) -> Any:
    """Return the footprint of a filter that chooses from all elements in it."""
    if axes is not None:
        raise runtime.refused()
    if footprint is not None:
        return footprint
    return np.ones((size,) * np.ndim(x) if isinstance(size, int) else size)


@pull(ndimage.median_filter)
def _median_filter(
    g: Any,
    y: Any,
    x: Any,
    size: Any = None,
    footprint: Any = None,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Any:
    plain(output, mode)
    return runtime.chosen_back(g, y, x, window(x, size, footprint, axes), mode, cval, origin)


@pull(ndimage.percentile_filter)
def _percentile_filter(
    g: Any,
    y: Any,
    x: Any,
    percentile: Any,
    size: Any = None,
    footprint: Any = None,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Any:
    plain(output, mode)
    return runtime.chosen_back(g, y, x, window(x, size, footprint, axes), mode, cval, origin)


@pull(ndimage.rank_filter)
def _rank_filter(
    g: Any,
    y: Any,
    x: Any,
    rank: Any,
    size: Any = None,
    footprint: Any = None,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Any:
    plain(output, mode)
    return runtime.chosen_back(g, y, x, window(x, size, footprint, axes), mode, cval, origin)


def eroded(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    structure: Any = None,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Any:
    """Do what ``scipy.ndimage.grey_erosion`` does."""
    if structure is not None or output is not None:
        raise runtime.refused()
    return ndimage.minimum_filter(
        input, size, footprint, mode=mode, cval=cval, origin=origin, axes=axes
    )


def dilated(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    structure: Any = None,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Any:
    """Do what ``scipy.ndimage.grey_dilation`` does."""
    if structure is not None or output is not None or axes is not None:
        raise runtime.refused()
    shape = moved_sizes(input, size) if footprint is None else np.shape(footprint)
    start = [-o - (n + 1) % 2 for n, o in zip(shape, starts(input, origin))]
    turned = None if footprint is None else np.flip(footprint)
    return ndimage.maximum_filter(input, size, turned, mode=mode, cval=cval, origin=start)


def moved_sizes(x: Any, size: Any) -> Any:
    """Return the size of a window for each axis of an image."""
    return (size,) * np.ndim(x) if isinstance(size, int) else size


def opened(input: Any, size: Any = None, footprint: Any = None, **options: Any) -> Any:
    """Do what ``scipy.ndimage.grey_opening`` does."""
    return dilated(eroded(input, size, footprint, **options), size, footprint, **options)


def closed(input: Any, size: Any = None, footprint: Any = None, **options: Any) -> Any:
    """Do what ``scipy.ndimage.grey_closing`` does."""
    return eroded(dilated(input, size, footprint, **options), size, footprint, **options)


def thickness(input: Any, size: Any = None, footprint: Any = None, **options: Any) -> Any:
    """Do what ``scipy.ndimage.morphological_gradient`` does."""
    return dilated(input, size, footprint, **options) - eroded(input, size, footprint, **options)


def bend(input: Any, size: Any = None, footprint: Any = None, **options: Any) -> Any:
    """Do what ``scipy.ndimage.morphological_laplace`` does."""
    high, low = (
        dilated(input, size, footprint, **options),
        eroded(input, size, footprint, **options),
    )
    return high + low - 2.0 * input


def white_tophat(input: Any, size: Any = None, footprint: Any = None, **options: Any) -> Any:
    """Do what ``scipy.ndimage.white_tophat`` does."""
    return input - opened(input, size, footprint, **options)


def black_tophat(input: Any, size: Any = None, footprint: Any = None, **options: Any) -> Any:
    """Do what ``scipy.ndimage.black_tophat`` does."""
    return closed(input, size, footprint, **options) - input


DEFINITIONS |= {
    ndimage.grey_erosion: eroded,
    ndimage.grey_dilation: dilated,
    ndimage.grey_opening: opened,
    ndimage.grey_closing: closed,
    ndimage.morphological_gradient: thickness,
    ndimage.morphological_laplace: bend,
    ndimage.white_tophat: white_tophat,
    ndimage.black_tophat: black_tophat,
}

"""``scipy.ndimage``: filters of images, and images moved, turned and read between their pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage

from srcgrad import runtime
from srcgrad.rules.complexes import holds
from srcgrad.rules.table import linear, pull


def plain(output: Any, mode: Any = "reflect") -> None:
    """Refuse a call that says where its result goes, or a margin for each axis."""
    if output is not None or not isinstance(mode, str):
        raise runtime.refused()


@pull(ndimage.correlate1d)
def _correlate1d(
    g: Any,
    y: Any,
    x: Any,
    weights: Any,
    axis: Any = -1,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Any:
    plain(output, mode)
    return (
        runtime.correlated_back(g, weights, mode, origin, axis),
        runtime.correlated_weights(g, x, len(weights), mode, cval, origin, axis),
    )


# Convolution is correlation with the weights turned round; their middle is then the one before.
@pull(ndimage.convolve1d)
def _convolve1d(
    g: Any,
    y: Any,
    x: Any,
    weights: Any,
    axis: Any = -1,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Any:
    plain(output, mode)
    n = len(weights)
    start = -origin - (n + 1) % 2
    return (
        runtime.correlated_back(g, np.flip(weights), mode, start, axis),
        np.flip(runtime.correlated_weights(g, x, n, mode, cval, start, axis)),
    )


@pull(ndimage.correlate)
def _correlate(
    g: Any,
    y: Any,
    x: Any,
    weights: Any,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Any:
    plain(output, mode)
    return (
        runtime.correlated_back(g, weights, mode, origin),
        runtime.correlated_weights(g, x, np.shape(weights), mode, cval, origin),
    )


@pull(ndimage.convolve)
def _convolve(
    g: Any,
    y: Any,
    x: Any,
    weights: Any,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Any:
    plain(output, mode)
    start = [-o - (n + 1) % 2 for n, o in zip(np.shape(weights), starts(x, origin))]
    return (
        runtime.correlated_back(g, np.flip(weights), mode, start),
        np.flip(runtime.correlated_weights(g, x, np.shape(weights), mode, cval, start)),
    )


def starts(x: Any, origin: Any) -> Any:
    """Return the origin of a filter for each axis of an image."""
    return (origin,) * np.ndim(x) if isinstance(origin, int) else origin


@pull(runtime.correlated_back)
def _correlated_back(
    h: Any, d: Any, g: Any, weights: Any, mode: Any, origin: Any = 0, axis: Any = None
) -> Any:
    if axis is None:
        return (
            ndimage.correlate(h, weights, mode=mode, origin=origin),
            runtime.correlated_weights(g, h, np.shape(weights), mode, 0.0, origin),
        )
    return (
        ndimage.correlate1d(h, weights, axis, mode=mode, origin=origin),
        runtime.correlated_weights(g, h, len(weights), mode, 0.0, origin, axis),
    )


@pull(runtime.correlated_weights)
def _correlated_weights(
    h: Any,
    d: Any,
    g: Any,
    x: Any,
    shape: Any,
    mode: Any,
    value: Any = 0.0,
    origin: Any = 0,
    axis: Any = None,
) -> Any:
    back = runtime.correlated_back(g, h, mode, origin, axis)
    if axis is None:
        return ndimage.correlate(x, h, mode=mode, cval=value, origin=origin), back
    return ndimage.correlate1d(x, h, axis, mode=mode, cval=value, origin=origin), back


# An even filter is its own transpose where the margins are the image turned round, or nothing.
def even(order: Any, mode: Any) -> Any:
    """Tell whether a Gaussian filter is its own transpose."""
    return (
        isinstance(order, int)
        and order % 2 == 0
        and isinstance(mode, str)
        and mode in ("reflect", "constant", "wrap", "grid-mirror", "grid-constant", "grid-wrap")
    )


@linear(ndimage.gaussian_filter)
def _gaussian_filter(
    g: Any,
    y: Any,
    x: Any,
    sigma: Any,
    order: Any = 0,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    truncate: Any = 4.0,
    *,
    radius: Any = None,
    axes: Any = None,
) -> Any:
    plain(output)
    if not even(order, mode):
        return runtime.gaussian_back(g, sigma, order, mode, truncate, radius, axes)
    if truncate == 4.0 and radius is None and axes is None:
        return ndimage.gaussian_filter(g, sigma, order, mode=mode)
    return ndimage.gaussian_filter(
        g, sigma, order, mode=mode, truncate=truncate, radius=radius, axes=axes
    )


@linear(ndimage.gaussian_filter1d)
def _gaussian_filter1d(
    g: Any,
    y: Any,
    x: Any,
    sigma: Any,
    axis: Any = -1,
    order: Any = 0,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    truncate: Any = 4.0,
    *,
    radius: Any = None,
) -> Any:
    plain(output)
    if not even(order, mode):
        return runtime.gaussian_back(g, sigma, order, mode, truncate, radius, axis)
    if truncate == 4.0 and radius is None:
        return ndimage.gaussian_filter1d(g, sigma, axis, order, mode=mode)
    return ndimage.gaussian_filter1d(
        g, sigma, axis, order, mode=mode, truncate=truncate, radius=radius
    )


@linear(runtime.gaussian_back)
def _gaussian_back(
    h: Any,
    d: Any,
    g: Any,
    sigma: Any,
    order: Any,
    mode: Any,
    truncate: Any = 4.0,
    radius: Any = None,
    axes: Any = None,
) -> Any:
    return ndimage.gaussian_filter(
        h, sigma, order, mode=mode, truncate=truncate, radius=radius, axes=axes
    )


@linear(ndimage.uniform_filter)
def _uniform_filter(
    g: Any,
    y: Any,
    x: Any,
    size: Any = 3,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Any:
    plain(output)
    return runtime.uniform_back(g, size, mode, origin, axes)


@linear(ndimage.uniform_filter1d)
def _uniform_filter1d(
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
    return runtime.uniform_back(g, size, mode, origin, axis)


@linear(runtime.uniform_back)
def _uniform_back(
    h: Any, d: Any, g: Any, size: Any, mode: Any, origin: Any = 0, axes: Any = None
) -> Any:
    return ndimage.uniform_filter(h, size, mode=mode, origin=origin, axes=axes)


def slopes_back(g: Any, x: Any, axis: Any, across: Any, mode: Any) -> Any:
    """Pull the differences of an image along an axis, smoothed across the others, back to it."""
    for k in range(np.ndim(x)):
        weights = [-1.0, 0.0, 1.0] if k == axis % np.ndim(x) else across
        g = runtime.correlated_back(g, weights, mode, 0, k)
    return g


@linear(ndimage.prewitt)
def _prewitt(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = -1,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
) -> Any:
    plain(output, mode)
    return slopes_back(g, x, axis, [1.0, 1.0, 1.0], mode)


@linear(ndimage.sobel)
def _sobel(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = -1,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
) -> Any:
    plain(output, mode)
    return slopes_back(g, x, axis, [1.0, 2.0, 1.0], mode)


@linear(ndimage.laplace)
def _laplace(
    g: Any,
    y: Any,
    x: Any,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    *,
    axes: Any = None,
) -> Any:
    plain(output, mode)
    if mode == "reflect" and axes is None:  # the image turned round at its ends: symmetric
        return ndimage.laplace(g)
    along = range(np.ndim(x)) if axes is None else axes
    total = np.zeros_like(g)
    for k in along:
        total = total + runtime.correlated_back(g, [1.0, -2.0, 1.0], mode, 0, k)
    return total


def along_one(rank: Any, axis: Any, order: Any) -> Any:
    """Return the orders of a Gaussian filter that differentiates along one axis."""
    return [order if k == axis else 0 for k in range(rank)]


@linear(ndimage.gaussian_laplace)
def _gaussian_laplace(
    g: Any,
    y: Any,
    x: Any,
    sigma: Any,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    *,
    axes: Any = None,
    truncate: Any = 4.0,
    radius: Any = None,
) -> Any:
    plain(output, mode)
    if axes is not None:
        raise runtime.refused()
    if even(2, mode) and truncate == 4.0 and radius is None:
        return ndimage.gaussian_laplace(g, sigma, mode=mode)
    total = np.zeros_like(g)
    for k in range(np.ndim(x)):
        orders = along_one(np.ndim(x), k, 2)
        total = total + runtime.gaussian_back(g, sigma, orders, mode, truncate, radius)
    return total


# The length of the slope; where it is 0, it is owed nothing.
@pull(ndimage.gaussian_gradient_magnitude)
def _gaussian_gradient_magnitude(
    g: Any,
    y: Any,
    x: Any,
    sigma: Any,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    *,
    axes: Any = None,
    truncate: Any = 4.0,
    radius: Any = None,
) -> Any:
    plain(output, mode)
    if axes is not None:
        raise runtime.refused()
    share = np.where(y > 0, g, 0.0) / np.where(y > 0, y, 1.0)
    total = np.zeros_like(g)
    for k in range(np.ndim(x)):
        orders = along_one(np.ndim(x), k, 1)
        slope = ndimage.gaussian_filter(x, sigma, orders, None, mode, cval, truncate, radius=radius)
        owed = share * slope
        total = total + runtime.gaussian_back(owed, sigma, orders, mode, truncate, radius)
    return total


holds(ndimage.correlate1d, ndimage.convolve1d, ndimage.correlate, ndimage.convolve)
holds(ndimage.gaussian_filter, ndimage.gaussian_filter1d, ndimage.uniform_filter)
holds(ndimage.uniform_filter1d, runtime.correlated_back, runtime.correlated_weights)
holds(runtime.gaussian_back, runtime.uniform_back)

import srcgrad.rules.scipy.ndimage_places  # noqa: E402
import srcgrad.rules.scipy.ndimage_windows  # noqa: E402, F401

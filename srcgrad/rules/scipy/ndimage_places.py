"""``scipy.ndimage``: images read between their pixels, moved, turned, and taken by regions."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage, special

from srcgrad import runtime
from srcgrad.rules.classes import refuse
from srcgrad.rules.complexes import holds
from srcgrad.rules.functionals import DEFINITIONS
from srcgrad.rules.scipy.ndimage import plain
from srcgrad.rules.table import linear, pull, share, zero


@pull(ndimage.map_coordinates)
def _map_coordinates(
    g: Any,
    y: Any,
    x: Any,
    coordinates: Any,
    output: Any = None,
    order: Any = 3,
    mode: Any = "constant",
    cval: Any = 0.0,
    prefilter: Any = True,
) -> Any:
    plain(output)
    slopes = runtime.sampled_slopes(x, coordinates, order, mode, cval, prefilter)
    return runtime.sampled_back(g, x, coordinates, order, mode, prefilter), g * slopes


@pull(runtime.sampled_back)
def _sampled_back(
    h: Any,
    d: Any,
    g: Any,
    x: Any,
    coordinates: Any,
    order: Any = 3,
    mode: Any = "constant",
    prefilter: Any = True,
) -> Any:
    slopes = runtime.sampled_slopes(h, coordinates, order, mode, 0.0, prefilter)
    read = ndimage.map_coordinates(h, coordinates, order=order, mode=mode, prefilter=prefilter)
    return read, runtime.zeros_like(x), g * slopes


@pull(ndimage.affine_transform)
def _affine_transform(
    g: Any,
    y: Any,
    x: Any,
    matrix: Any,
    offset: Any = 0.0,
    output_shape: Any = None,
    output: Any = None,
    order: Any = 3,
    mode: Any = "constant",
    cval: Any = 0.0,
    prefilter: Any = True,
) -> Any:
    plain(output)
    if np.ndim(matrix) != 2 or np.shape(matrix)[1] != np.ndim(y):
        raise runtime.refused()
    places = runtime.affine_places(matrix, offset, np.shape(y))
    slopes = g * runtime.sampled_slopes(x, places, order, mode, cval, prefilter)
    rows = np.reshape(slopes, (np.shape(slopes)[0], -1))
    grid = np.reshape(np.indices(np.shape(y)), (np.ndim(y), -1))
    to_offset = np.sum(rows) if np.ndim(offset) == 0 else np.sum(rows, axis=1)
    return (
        runtime.sampled_back(g, x, places, order, mode, prefilter),
        rows @ grid.T,
        to_offset,
    )


def moved(x: Any, amount: Any) -> Any:
    """Return a distance for each axis of an image."""
    return (amount,) * np.ndim(x) if np.ndim(amount) == 0 else amount


@pull(ndimage.shift)
def _shift(
    g: Any,
    y: Any,
    x: Any,
    shift: Any,
    output: Any = None,
    order: Any = 3,
    mode: Any = "constant",
    cval: Any = 0.0,
    prefilter: Any = True,
) -> Any:
    plain(output)
    back = -np.asarray(shift)
    lines = [np.arange(n) - s for n, s in zip(np.shape(x), moved(x, shift))]
    places = runtime.affine_places(np.eye(np.ndim(x)), back, np.shape(y))
    slopes = g * runtime.sampled_slopes(x, places, order, mode, cval, prefilter)
    rows = np.reshape(slopes, (np.shape(slopes)[0], -1))
    return (
        runtime.resized_back(g, x, lines, order, mode, prefilter),
        -np.sum(rows) if np.ndim(shift) == 0 else -np.sum(rows, axis=1),
    )


@linear(ndimage.zoom)
def _zoom(
    g: Any,
    y: Any,
    x: Any,
    zoom: Any,
    output: Any = None,
    order: Any = 3,
    mode: Any = "constant",
    cval: Any = 0.0,
    prefilter: Any = True,
    *,
    grid_mode: Any = False,
) -> Any:
    plain(output)
    lines = runtime.zoom_places(np.shape(x), np.shape(y), grid_mode)
    return runtime.resized_back(g, x, lines, order, mode, prefilter)


def turned(
    input: Any,
    angle: Any,
    axes: Any = (1, 0),
    reshape: Any = True,
    output: Any = None,
    order: Any = 3,
    mode: Any = "constant",
    cval: Any = 0.0,
    prefilter: Any = True,
) -> Any:
    """Do what ``scipy.ndimage.rotate`` does."""
    if output is not None or np.ndim(input) != 2:
        raise runtime.refused()
    c, s = special.cosdg(angle), special.sindg(angle)
    matrix = np.array([[c, s], [-s, c]])
    shape = np.array(np.shape(input))
    size = shape
    if reshape:
        bounds = matrix @ np.array([[0, 0, shape[0], shape[0]], [0, shape[1], 0, shape[1]]])
        size = (np.ptp(bounds, axis=1) + 0.5).astype(int)
    offset = (shape - 1) / 2 - matrix @ ((size - 1) / 2)
    return ndimage.affine_transform(
        input, matrix, offset, tuple(size), None, order, mode, cval, prefilter
    )


@linear(ndimage.spline_filter1d)
def _spline_filter1d(
    g: Any,
    y: Any,
    x: Any,
    order: Any = 3,
    axis: Any = -1,
    output: Any = np.float64,
    mode: Any = "mirror",
) -> Any:
    return runtime.spline_back(g, order, axis, mode)


@linear(ndimage.spline_filter)
def _spline_filter(
    g: Any, y: Any, x: Any, order: Any = 3, output: Any = np.float64, mode: Any = "mirror"
) -> Any:
    for axis in range(np.ndim(x)):
        g = runtime.spline_back(g, order, axis, mode)
    return g


@linear(runtime.spline_back)
def _spline_back(
    h: Any, d: Any, g: Any, order: Any = 3, axis: Any = -1, mode: Any = "mirror"
) -> Any:
    return ndimage.spline_filter1d(h, order, axis, mode=mode)


# Each pixel is owed what the region that it is in is owed.
@linear(ndimage.sum_labels)
def _sum_labels(g: Any, y: Any, x: Any, labels: Any = None, index: Any = None) -> Any:
    return runtime.spread_labels(g, x, labels, index)


share(ndimage.sum_labels, ndimage.sum)


@pull(runtime.spread_labels)
def _spread_labels(h: Any, d: Any, g: Any, x: Any, labels: Any = None, index: Any = None) -> Any:
    return np.reshape(ndimage.sum_labels(h, labels, index), np.shape(g)), runtime.zeros_like(x)


def counted(x: Any, labels: Any, index: Any) -> Any:
    """Return how many pixels each region has."""
    return ndimage.sum_labels(np.ones_like(x), labels, index)


@linear(ndimage.mean)
def _mean(g: Any, y: Any, x: Any, labels: Any = None, index: Any = None) -> Any:
    return runtime.spread_labels(g / counted(x, labels, index), x, labels, index)


@pull(ndimage.variance)
def _variance(g: Any, y: Any, x: Any, labels: Any = None, index: Any = None) -> Any:
    share_ = 2.0 * g / counted(x, labels, index)
    mean = ndimage.mean(x, labels, index)
    return x * runtime.spread_labels(share_, x, labels, index) - runtime.spread_labels(
        share_ * mean, x, labels, index
    )


@pull(ndimage.standard_deviation)
def _standard_deviation(g: Any, y: Any, x: Any, labels: Any = None, index: Any = None) -> Any:
    share_ = np.where(y == 0, 0.0, g / np.where(y == 0, 1.0, y)) / counted(x, labels, index)
    mean = ndimage.mean(x, labels, index)
    return x * runtime.spread_labels(share_, x, labels, index) - runtime.spread_labels(
        share_ * mean, x, labels, index
    )


@pull(ndimage.minimum)
def _minimum(g: Any, y: Any, x: Any, labels: Any = None, index: Any = None) -> Any:
    return runtime.chosen_in_labels(g, y, x, labels, index)


share(ndimage.minimum, ndimage.maximum)


def middle_of_mass(input: Any, labels: Any = None, index: Any = None) -> Any:
    """Do what ``scipy.ndimage.center_of_mass`` does."""
    if labels is not None or index is not None:
        raise runtime.refused()
    total = np.sum(input)
    grid = np.indices(np.shape(input))
    return tuple([np.sum(input * grid[k]) / total for k in range(np.ndim(input))])


def ends(input: Any, labels: Any = None, index: Any = None) -> Any:
    """Do what ``scipy.ndimage.extrema`` does."""
    return (
        ndimage.minimum(input, labels, index),
        ndimage.maximum(input, labels, index),
        ndimage.minimum_position(input, labels, index),
        ndimage.maximum_position(input, labels, index),
    )


def middle(input: Any, labels: Any = None, index: Any = None) -> Any:
    """Do what ``scipy.ndimage.median`` does."""
    if labels is not None or index is not None:
        raise runtime.refused()
    return np.median(input)


DEFINITIONS |= {
    ndimage.median: middle,
    ndimage.rotate: turned,
    ndimage.center_of_mass: middle_of_mass,
    ndimage.extrema: ends,
}

zero(ndimage.minimum_position, ndimage.maximum_position, ndimage.label, ndimage.histogram)
zero(ndimage.distance_transform_cdt, ndimage.find_objects, ndimage.value_indices)
zero(ndimage.binary_closing, ndimage.binary_dilation, ndimage.binary_erosion)
zero(ndimage.binary_fill_holes, ndimage.binary_hit_or_miss, ndimage.binary_opening)
zero(ndimage.binary_propagation, ndimage.generate_binary_structure, ndimage.iterate_structure)
zero(ndimage.watershed_ift)

holds(ndimage.map_coordinates, ndimage.shift, ndimage.zoom, runtime.sampled_back)


# How far it is to the background does not move with an image, but jumps.
@pull(ndimage.distance_transform_edt)
def _distance_transform(g: Any, y: Any, input: Any) -> Any:
    return runtime.zeros_like(input)


pull(ndimage.distance_transform_bf, _distance_transform)

_CALLS = "what it calls for each window is not read; write it with slices, or use the named filter"
_MAPS = "where it reads is what a function says; use map_coordinates"
_SPECTRUM = "it works on a spectrum; multiply it by the filter's own, as exp(-(k * s) ** 2 / 2)"

refuse(
    "scipy.ndimage",
    {
        "generic_filter generic_filter1d generic_gradient_magnitude generic_laplace": _CALLS,
        "labeled_comprehension vectorized_filter": _CALLS,
        "geometric_transform": _MAPS,
        "fourier_ellipsoid fourier_gaussian fourier_shift fourier_uniform": _SPECTRUM,
    },
)

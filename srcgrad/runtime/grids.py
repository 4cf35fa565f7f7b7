"""Values between the places of samples: on a line, on a grid, and among scattered points."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from srcgrad.runtime.arrays import unbroadcast
from srcgrad.runtime.ends import refused


def line_at(
    x: Any, y: Any, q: Any, kind: str = "linear", bounds_error: Any = None, fill_value: Any = None
) -> Any:
    """Return the values of ``scipy.interpolate.interp1d(x, y, kind)``, along the last axis."""
    from scipy.interpolate import interp1d

    options = {} if fill_value is None else {"fill_value": fill_value}
    return interp1d(x, y, kind, bounds_error=bounds_error, **options)(q)


def as_points(xi: Any) -> Any:
    """Return points as an array with their coordinates last; given may be one array for each."""
    return np.stack(np.broadcast_arrays(*xi), -1) if isinstance(xi, tuple) else np.asarray(xi)


def points_back(g: Any, xi: Any) -> Any:
    """Return the cotangent of what was given from that of `as_points` of it."""
    if isinstance(xi, tuple):
        return tuple(unbroadcast(g[..., k], x) for k, x in enumerate(xi))
    return g


def inside(q: Any, x: Any) -> Any:
    """Return points as they are, if they are all between the least and the largest place.

    Raises
    ------
    ValueError
        As ``scipy.interpolate.interp1d`` does where one is outside.
    """
    for bad, word in ((q < np.min(x), "below"), (q > np.max(x), "above")):
        if np.any(bad):
            end = "minimum" if word == "below" else "maximum"
            raise ValueError(f"A value in x_new is {word} the interpolation range's {end} value.")
    return q


def _cells(x: Any, q: Any, kind: str, extrapolate: bool) -> tuple[Any, Any, Any]:
    """Return the place before each point, how far it is to the next, and which are inside."""
    places = np.asarray(x, float)
    there = np.ones(q.shape, bool) if extrapolate else (q >= places[0]) & (q <= places[-1])
    cell = np.clip(np.searchsorted(places, q) - 1, 0, len(places) - 2)
    if kind != "linear":
        cell = np.clip(np.searchsorted(places, q, "right") - 1, 0, len(places) - 2)
    return cell, (q - places[cell]) / (places[cell + 1] - places[cell]), there


def line_back(g: Any, x: Any, y: Any, q: Any, kind: str = "linear", fill_value: Any = None) -> Any:
    """Return the cotangent of the samples from that of `line_at`."""
    if np.iscomplexobj(g):
        raise refused()
    order = np.argsort(x)
    flat = np.ravel(q).astype(float)
    where = isinstance(fill_value, str)
    cell, share, there = _cells(np.asarray(x)[order], flat, kind, where)
    owed = np.reshape(g, (-1, flat.size)) * there
    if kind == "nearest":
        share = np.where(share > 0.5, 1.0, 0.0)
    elif kind == "nearest-up":
        share = np.where(share >= 0.5, 1.0, 0.0)
    elif kind in ("previous", "zero"):
        share = np.where(share >= 1.0, 1.0, 0.0)
    elif kind == "next":
        share = np.where(share > 0.0, 1.0, 0.0)
    n = len(order)
    rows = [
        np.bincount(cell, row * (1.0 - share), n) + np.bincount(cell + 1, row * share, n)
        for row in owed
    ]
    total = np.empty((len(rows), n))
    total[:, order] = np.array(rows)
    return np.reshape(total, np.shape(y))


def line_slopes(x: Any, y: Any, q: Any, kind: str = "linear", fill_value: Any = None) -> Any:
    """Return the slopes of `line_at` at its points."""
    if kind != "linear":
        return np.zeros((*np.shape(y)[:-1], *np.shape(q)))
    order = np.argsort(x)
    places, values = np.asarray(x, float)[order], np.asarray(y)[..., order]
    flat = np.asarray(q, float)
    cell, _, there = _cells(places, flat, kind, isinstance(fill_value, str))
    return (np.diff(values) / np.diff(places))[..., cell] * there


def grid_at(
    points: Sequence[Any], values: Any, xi: Any, method: str = "linear",
    bounds_error: bool = True, fill_value: Any = np.nan,
) -> Any:  # fmt: skip
    """Return the values of ``scipy.interpolate.RegularGridInterpolator`` at some points."""
    from scipy.interpolate import RegularGridInterpolator

    values = np.require(values, requirements="W")  # or SciPy computes in another order
    made = RegularGridInterpolator(
        tuple(points), values, method, bounds_error=bounds_error, fill_value=fill_value
    )
    return made(xi)


def _corners(
    points: Sequence[Any], xi: Any, method: str, extrapolate: bool
) -> Iterator[tuple[Any, list[Any], list[Any], Any]]:
    """Yield the corners of the cells that points are in, with weights and their slopes."""
    spots, there = [], np.ones(xi.shape[:-1], bool)
    for axis, line in enumerate(points):
        places, q = np.asarray(line, float), np.asarray(xi[..., axis], float)
        turned = places[0] > places[-1]
        places = places[::-1] if turned else places
        cell = np.clip(np.searchsorted(places, q, "right") - 1, 0, len(places) - 2)
        width = places[cell + 1] - places[cell]
        share = (q - places[cell]) / width
        there &= extrapolate | ((q >= places[0]) & (q <= places[-1]))
        slope = 1.0 / width
        if method == "nearest":
            share, slope = np.where(share <= 0.5, 0.0, 1.0), np.zeros_like(slope)
        n = len(places) - 1
        spots.append((n - cell if turned else cell, -1 if turned else 1, share, slope))
    for corner in itertools.product((0, 1), repeat=len(spots)):
        index = tuple(cell + k * step for k, (cell, step, _, _) in zip(corner, spots, strict=True))
        weights = [s if k else 1.0 - s for k, (_, _, s, _) in zip(corner, spots, strict=True)]
        slopes = [s if k else -s for k, (_, _, _, s) in zip(corner, spots, strict=True)]
        yield index, weights, slopes, there


def grid_back(
    g: Any, points: Sequence[Any], values: Any, xi: Any, method: str = "linear",
    fill_value: Any = np.nan,
) -> Any:  # fmt: skip
    """Return the cotangent of the values on a grid from that of `grid_at`."""
    if np.iscomplexobj(g):
        raise refused()
    xi = np.asarray(xi)
    total = np.zeros(np.shape(values))
    shape = total.shape[: len(points)]
    flat = total.reshape(int(np.prod(shape)), -1)
    owed = np.reshape(g, (*xi.shape[:-1], -1))
    for index, weights, _, there in _corners(points, xi, method, fill_value is None):
        place = np.ravel_multi_index(index, shape).ravel()
        part = (np.multiply.reduce(weights) * there)[..., None] * owed
        part = part.reshape(place.size, -1)
        for k in range(flat.shape[1]):
            flat[:, k] += np.bincount(place, part[:, k], len(flat))
    return total


def grid_slopes(
    g: Any, points: Sequence[Any], values: Any, xi: Any, method: str = "linear",
    fill_value: Any = np.nan,
) -> Any:  # fmt: skip
    """Return the cotangent of the points from that of `grid_at`."""
    xi, values = np.asarray(xi), np.asarray(values)
    total = np.zeros(xi.shape)
    rest = tuple(range(xi.ndim - 1, np.ndim(g)))
    for index, weights, slopes, there in _corners(points, xi, method, fill_value is None):
        owed = np.sum(values[index] * g, axis=rest) * there
        for axis, slope in enumerate(slopes):
            others = weights[:axis] + weights[axis + 1 :]
            total[..., axis] += np.multiply.reduce([owed, slope, *others])
    return total


def scattered_at(
    points: Any, values: Any, xi: Any, method: str = "linear", fill_value: Any = np.nan,
    rescale: bool = False,
) -> Any:  # fmt: skip
    """Return the values of ``scipy.interpolate.griddata``."""
    from scipy.interpolate import griddata

    return griddata(points, values, xi, method, fill_value, rescale)


def _triangles(points: Any, xi: Any) -> tuple[Any, Any, Any, Any]:
    """Return the corners round each point, their weights and slopes, and which are inside."""
    from scipy.spatial import Delaunay

    mesh = Delaunay(points)
    flat = np.reshape(xi, (-1, points.shape[1]))
    simplex = mesh.find_simplex(flat)
    inside = simplex >= 0
    turn = mesh.transform[simplex]
    n = points.shape[1]
    first = np.einsum("ijk,ik->ij", turn[:, :n], flat - turn[:, n])
    weights = np.concatenate([first, 1.0 - first.sum(axis=1, keepdims=True)], axis=1)
    slopes = np.concatenate([turn[:, :n], -turn[:, :n].sum(axis=1, keepdims=True)], axis=1)
    return mesh.simplices[simplex], weights, slopes, inside


def scattered_back(g: Any, points: Any, values: Any, xi: Any, method: str = "linear") -> Any:
    """Return the cotangent of the values at scattered points from that of `scattered_at`."""
    if np.iscomplexobj(g):
        raise refused()
    points = np.asarray(points)
    owed = np.reshape(g, (-1, np.size(values) // len(points)))
    total = np.zeros((len(points), owed.shape[1]))
    if method == "nearest":
        from scipy.spatial import cKDTree

        _, nearest = cKDTree(points).query(np.reshape(xi, (-1, points.shape[1])))
        np.add.at(total, nearest, owed)
    else:
        corners, weights, _, inside = _triangles(points, xi)
        part = np.where(inside[:, None, None], weights[:, :, None] * owed[:, None], 0.0)
        np.add.at(total, corners, part)
    return np.reshape(total, np.shape(values))


def scattered_slopes(g: Any, points: Any, values: Any, xi: Any, method: str = "linear") -> Any:
    """Return the cotangent of the places from that of `scattered_at`."""
    points = np.asarray(points)
    if method == "nearest":
        return np.zeros(np.shape(xi))
    corners, _, slopes, inside = _triangles(points, xi)
    flat = np.reshape(values, (len(points), -1))
    owed = np.reshape(g, (-1, flat.shape[1]))
    there = np.einsum("ick,ik->ic", flat[corners], np.where(inside[:, None], owed, 0.0))
    found = np.einsum("ic,icd->id", there, np.where(inside[:, None, None], slopes, 0.0))
    return np.reshape(found, np.shape(xi))


def curve_at(curve: Any, q: Any, nu: int = 0) -> Any:
    """Return the values of a curve that SciPy made, or its derivatives.

    Parameters
    ----------
    curve : callable
        Such as a ``CubicSpline``, a ``BSpline`` or an ``interp1d``.
    q : array
        The points.
    nu : int
        The order of the derivative.
    """
    if nu == 0:
        return curve(q)
    if not hasattr(curve, "_kind"):
        return curve(q, nu)
    if curve._kind in ("linear", "slinear") and nu == 1 and np.ndim(curve.y) == 1:
        fill = "extrapolate" if curve._extrapolate else None
        return line_slopes(curve.x, curve.y, q, "linear", fill)
    if curve._kind in ("nearest", "nearest-up", "previous", "next"):
        return np.zeros(np.shape(curve(q)))
    raise refused()


def known_grid_at(grid: Any, xi: Any) -> Any:
    """Return the values of a ``RegularGridInterpolator`` that was made before."""
    return grid(xi)


def known_grid_slopes(g: Any, grid: Any, xi: Any) -> Any:
    """Return the cotangent of the points from that of `known_grid_at`."""
    if grid.method not in ("linear", "nearest"):
        raise refused()
    return grid_slopes(g, grid.grid, grid.values, xi, grid.method, grid.fill_value)

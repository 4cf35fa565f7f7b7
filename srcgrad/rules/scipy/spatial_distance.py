"""``scipy.spatial.distance``: distances between rows, and between all pairs of rows.

Where two rows are equal their distance has a kink, and they are owed nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import distance

from srcgrad import runtime
from srcgrad.rules.table import linear, pull, zero


def safely(g: Any, y: Any) -> Any:
    """Return ``g / y``, and 0 where ``y`` is 0."""
    return np.where(y > 0, g, 0.0) / np.where(y > 0, y, 1.0)


@pull(distance.cdist)
def _cdist(
    g: Any,
    y: Any,
    XA: Any,
    XB: Any,
    metric: Any = "euclidean",
    *,
    p: Any = 2.0,
    w: Any = None,
    V: Any = None,
    VI: Any = None,
) -> Any:
    if not isinstance(metric, str):
        raise runtime.refused()
    if metric == "euclidean" and w is None:
        owed = safely(g, y)
        return rows_apart(owed, XA, XB), rows_apart(owed.T, XB, XA)
    if metric == "sqeuclidean" and w is None:
        owed = 2.0 * g
        return rows_apart(owed, XA, XB), rows_apart(owed.T, XB, XA)
    return (
        runtime.distances_back(g, y, XA, XB, metric, p, w, V, VI),
        runtime.distances_back(g.T, y.T, XB, XA, metric, p, w, V, VI),
    )


@pull(runtime.distances_back)
def _distances_back(
    h: Any,
    d: Any,
    g: Any,
    y: Any,
    a: Any,
    b: Any,
    metric: Any,
    p: Any = 2.0,
    w: Any = None,
    V: Any = None,
    VI: Any = None,
) -> Any:
    return runtime.distances_along(h, y, a, b, metric, p, w, V, VI)


def rows_apart(owed: Any, a: Any, b: Any) -> Any:
    """Return the sum of ``owed[i, j] * (a[i] - b[j])`` over ``j``."""
    return np.sum(owed, axis=1)[:, None] * a - owed @ b


# Each pair of rows is there once; with the distances as a square, each row has all its pairs.
@pull(distance.pdist)
def _pdist(
    g: Any,
    y: Any,
    X: Any,
    metric: Any = "euclidean",
    *,
    p: Any = 2.0,
    w: Any = None,
    V: Any = None,
    VI: Any = None,
) -> Any:
    if not isinstance(metric, str):
        raise runtime.refused()
    if metric == "euclidean" and w is None:
        owed = distance.squareform(safely(g, y))
        return rows_apart(owed, X, X)
    if metric == "sqeuclidean" and w is None:
        owed = distance.squareform(2.0 * g)
        return rows_apart(owed, X, X)
    square = distance.squareform(g)
    return runtime.distances_back(square, distance.squareform(y), X, X, metric, p, w, V, VI)


@linear(distance.squareform)
def _squareform(g: Any, y: Any, X: Any, force: Any = "no", checks: Any = True) -> Any:
    if np.ndim(X) == 1:
        return distance.squareform(g + g.T, checks=False)
    return np.triu(distance.squareform(g))


def share(g: Any, y: Any) -> Any:
    """Return ``g / y`` of one distance, and 0 where it is 0."""
    return g / y if y > 0 else 0.0


@pull(distance.euclidean)
def _euclidean(g: Any, y: Any, u: Any, v: Any, w: Any = None) -> Any:
    owed = share(g, y) * (u - v)
    owed = owed if w is None else w * owed
    return owed, -owed


@pull(distance.sqeuclidean)
def _sqeuclidean(g: Any, y: Any, u: Any, v: Any, w: Any = None) -> Any:
    owed = 2.0 * g * (u - v)
    owed = owed if w is None else w * owed
    return owed, -owed


@pull(distance.cityblock)
def _cityblock(g: Any, y: Any, u: Any, v: Any, w: Any = None) -> Any:
    owed = g * np.sign(u - v)
    owed = owed if w is None else w * owed
    return owed, -owed


def between(g: Any, y: Any, u: Any, v: Any, metric: Any, p: Any = 2.0, w: Any = None,
            V: Any = None, VI: Any = None) -> Any:  # fmt: skip
    """Pull the distance of two vectors back to both of them."""
    owed, found = np.reshape(g, (1, 1)), np.reshape(y, (1, 1))
    return (
        runtime.distances_back(owed, found, u[None], v[None], metric, p, w, V, VI)[0],
        runtime.distances_back(owed, found, v[None], u[None], metric, p, w, V, VI)[0],
    )


@pull(distance.chebyshev)
def _chebyshev(g: Any, y: Any, u: Any, v: Any, w: Any = None) -> Any:
    return between(g, y, u, v, "chebyshev", 2.0, w)


@pull(distance.minkowski)
def _minkowski(g: Any, y: Any, u: Any, v: Any, p: Any = 2, w: Any = None) -> Any:
    return between(g, y, u, v, "minkowski", p, w)


@pull(distance.cosine)
def _cosine(g: Any, y: Any, u: Any, v: Any, w: Any = None) -> Any:
    return between(g, y, u, v, "cosine", 2.0, w)


@pull(distance.correlation)
def _correlation(g: Any, y: Any, u: Any, v: Any, w: Any = None, centered: Any = True) -> Any:
    return between(g, y, u, v, "correlation" if centered else "cosine", 2.0, w)


@pull(distance.braycurtis)
def _braycurtis(g: Any, y: Any, u: Any, v: Any, w: Any = None) -> Any:
    return between(g, y, u, v, "braycurtis", 2.0, w)


@pull(distance.canberra)
def _canberra(g: Any, y: Any, u: Any, v: Any, w: Any = None) -> Any:
    return between(g, y, u, v, "canberra", 2.0, w)


@pull(distance.seuclidean)
def _seuclidean(g: Any, y: Any, u: Any, v: Any, V: Any) -> Any:
    owed = share(g, y) * (u - v) / V
    return owed, -owed, -0.5 * share(g, y) * ((u - v) / V) ** 2


@pull(distance.mahalanobis)
def _mahalanobis(g: Any, y: Any, u: Any, v: Any, VI: Any) -> Any:
    apart, scale = u - v, share(g, y)
    owed = 0.5 * scale * (VI @ apart + apart @ VI)
    return owed, -owed, 0.5 * scale * np.outer(apart, apart)


@pull(distance.jensenshannon)
def _jensenshannon(
    g: Any,
    y: Any,
    p: Any,
    q: Any,
    base: Any = None,
    *,
    axis: Any = 0,
    keepdims: Any = False,
) -> Any:
    if np.ndim(p) != 1 or np.ndim(q) != 1 or keepdims:
        raise runtime.refused()
    if base is None:
        return between(g, y, p, q, "jensenshannon")
    return between(g / np.log(base), y, p, q, "jensenshannon")


@pull(distance.directed_hausdorff)
def _directed_hausdorff(g: Any, y: Any, u: Any, v: Any, seed: Any = 0) -> Any:
    far, i, j = y
    owed = share(g[0], far) * (u[i] - v[j])
    return (
        runtime.put_add(runtime.zeros_like(u), i, owed),
        runtime.put_add(runtime.zeros_like(v), j, -owed),
    )


zero(distance.dice, distance.hamming, distance.jaccard, distance.rogerstanimoto)
zero(distance.russellrao, distance.sokalsneath, distance.yule)
zero(distance.is_valid_dm, distance.is_valid_y, distance.num_obs_dm, distance.num_obs_y)

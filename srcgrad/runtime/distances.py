"""Distances between all rows of two arrays, from them back to the rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.runtime.ends import refused

_NAMES = {
    "euclidean": "euclid eu e",
    "sqeuclidean": "sqe sqeuclid",
    "cityblock": "cblock cb c",
    "chebyshev": "chebychev cheby cheb ch",
    "minkowski": "mi m pnorm",
    "cosine": "cos",
    "correlation": "co",
    "mahalanobis": "mahal mah",
    "seuclidean": "se s",
    "braycurtis": "",
    "canberra": "",
    "jensenshannon": "js",
    "jumps": "hamming hamm ha h matching jaccard jacc ja j dice rogerstanimoto russellrao"
    " sokalsneath yule kulczynski1 sokalmichener",
}
"""The other names under which SciPy knows a distance; those that jump are owed nothing."""

_KNOWN = {alias: name for name, text in _NAMES.items() for alias in (name, *text.split())}


def distances_back(
    g: Any,
    y: Any,
    a: Any,
    b: Any,
    metric: str,
    p: float = 2.0,
    w: Any = None,
    V: Any = None,
    VI: Any = None,
) -> Any:
    """Return the cotangent of ``a`` from that of ``scipy.spatial.distance.cdist(a, b, metric)``.

    Where two rows are equal, they are owed nothing; the largest of equal differences share.

    Parameters
    ----------
    g, y : array
        The cotangent of the distances, and the distances.
    a, b : array
        The rows.
    metric : str
        As given to ``cdist``.
    p, w, V, VI
        As given to ``cdist``.
    """
    name = _KNOWN.get(str(metric).lower())
    a, b = np.asarray(a), np.asarray(b)
    if name == "jumps":
        return np.zeros_like(a)
    if name in ("euclidean", "sqeuclidean", "seuclidean", "mahalanobis"):
        return _quadratic(name, g, y, a, b, w, V, VI)
    if name in ("cosine", "correlation", "jensenshannon") and w is None:
        return _of_rows(name, g, y, a, b)
    if name in ("cityblock", "minkowski", "chebyshev", "braycurtis", "canberra"):
        return _by_columns(name, g, y, a, b, p, w)
    raise refused()


def _over(g: Any, y: Any) -> Any:
    return np.where(y > 0, g, 0.0) / np.where(y > 0, y, 1.0)


def _quadratic(name: str, g: Any, y: Any, a: Any, b: Any, w: Any, V: Any, VI: Any) -> Any:
    owed = 2.0 * g if name == "sqeuclidean" else _over(g, y)
    apart = np.sum(owed, axis=1)[:, None] * a - owed @ b
    if name == "mahalanobis":
        if VI is None or w is not None:  # it is found from the rows
            raise refused()
        return 0.5 * (apart @ VI + apart @ np.transpose(VI))
    if name == "seuclidean":
        if V is None or w is not None:
            raise refused()
        return apart / V
    return apart if w is None else apart * np.asarray(w, a.dtype)


def _of_rows(name: str, g: Any, y: Any, a: Any, b: Any) -> Any:
    if name == "jensenshannon":
        return _divergence(g, y, a, b)
    if name == "correlation":
        a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    long = np.sqrt(np.sum(a * a, axis=1))[:, None]
    other = np.sqrt(np.sum(b * b, axis=1))
    along = np.sum(g * (1.0 - y), axis=1)[:, None]
    owed = along * a / (long * long) - (g / other) @ b / long
    return owed - owed.mean(axis=1, keepdims=True) if name == "correlation" else owed


def _divergence(g: Any, y: Any, a: Any, b: Any) -> Any:
    total = np.sum(a, axis=1, keepdims=True)
    left, right = a / total, b / np.sum(b, axis=1, keepdims=True)
    owed = np.zeros_like(left)
    for j, share in enumerate(_over(g, y).T):
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(2.0 * left / (left + right[j]))
        owed += 0.25 * share[:, None] * np.where(left + right[j] > 0, logs, 0.0)
    mean = np.sum(np.where(left > 0, owed * left, 0.0), axis=1, keepdims=True)
    return (owed - mean) / total


def _by_columns(name: str, g: Any, y: Any, a: Any, b: Any, p: float, w: Any) -> Any:
    columns = [(a[:, k, None], b[:, k]) for k in range(a.shape[1])]
    if name == "chebyshev":
        if w is not None:
            raise refused()
        count = np.zeros_like(y)
        for one, other in columns:
            count += np.abs(one - other) == y
        g = g / count
    if name == "braycurtis":
        if w is not None:
            raise refused()
        whole = np.zeros_like(y)
        for one, other in columns:
            whole += np.abs(one + other)
        g = _over(g, whole)
    if name == "minkowski" and p != 1:
        g = np.where(y > 0, g, 0.0)
    found = np.empty_like(a)
    for k, (one, other) in enumerate(columns):
        weight = 1.0 if w is None else w[k]
        found[:, k] = weight * np.sum(g * _slope(name, y, one, other, p), axis=1)
    return found


def _slope(name: str, y: Any, one: Any, other: Any, p: float) -> Any:
    apart = one - other
    if name == "chebyshev":
        return np.where(np.abs(apart) == y, np.sign(apart), 0.0)
    if name == "braycurtis":
        return np.sign(apart) - y * np.sign(one + other)
    if name == "canberra":
        whole = np.abs(one) + np.abs(other)
        safe = np.where(whole > 0, whole, 1.0)
        return (np.sign(apart) - np.abs(apart) / safe * np.sign(one)) / safe
    if name == "minkowski" and p != 1:
        return np.sign(apart) * (np.abs(apart) / np.where(y > 0, y, 1.0)) ** (p - 1.0)
    return np.sign(apart)


def distances_along(
    h: Any, y: Any, a: Any, b: Any, metric: str, p: float = 2.0, w: Any = None, V: Any = None,
    VI: Any = None,
) -> Any:  # fmt: skip
    """Return how distances move as ``a`` moves along ``h``: row by row, as `distances_back`."""
    total = np.empty_like(y)
    for j in range(len(b)):
        one = np.ones((len(a), 1), y.dtype)
        slopes = distances_back(one, y[:, j : j + 1], a, b[j : j + 1], metric, p, w, V, VI)
        total[:, j] = np.sum(h * slopes, axis=1)
    return total

"""Norms of vectors and matrices.  Where a norm is 0 its gradient is given as 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.reductions import kept
from srcgrad.rules.table import pull


@pull(np.linalg.norm)
def _norm(g: Any, y: Any, x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    if ord is None or ord == "fro":
        return kept(g / nonzero(y), axis, keepdims) * x
    if axis is None and np.ndim(x) == 2:
        return kept_matrix(g, y, x, ord, keepdims)
    if isinstance(axis, tuple) and len(axis) == 2:
        if keepdims:
            g, y = np.squeeze(g, axis), np.squeeze(y, axis)
        last = of_matrix(g, y, np.moveaxis(x, axis, (-2, -1)), ord)
        return np.moveaxis(last, (-2, -1), axis)
    return of_vector(g, y, x, ord, axis, keepdims)


@pull(np.linalg.vector_norm)
def _vector_norm(
    g: Any, y: Any, x: Any, *, axis: Any = None, keepdims: Any = False, ord: Any = 2
) -> Any:
    return of_vector(g, y, x, ord, axis, keepdims)


@pull(np.linalg.matrix_norm)
def _matrix_norm(g: Any, y: Any, x: Any, *, keepdims: Any = False, ord: Any = "fro") -> Any:
    if ord == "fro":
        return kept(g / nonzero(y), (-2, -1), keepdims) * x
    if keepdims:
        return of_matrix(np.squeeze(g, (-2, -1)), np.squeeze(y, (-2, -1)), x, ord)
    return of_matrix(g, y, x, ord)


def kept_matrix(g: Any, y: Any, x: Any, ord: Any, keepdims: Any) -> Any:
    """Pull back a matrix norm of a single matrix."""
    if keepdims:
        return of_matrix(np.squeeze(g), np.squeeze(y), x, ord)
    return of_matrix(g, y, x, ord)


def nonzero(y: Any) -> Any:
    """Return a divisor for what is 0 anyway where ``y`` is 0."""
    return np.where(y > 0, y, 1.0)


def of_vector(g: Any, y: Any, x: Any, ord: Any, axis: Any, keepdims: Any) -> Any:
    """Pull back the norm of vectors along an axis."""
    if ord == 2:
        return kept(g / nonzero(y), axis, keepdims) * x
    if ord == 1:
        return kept(g, axis, keepdims) * np.sign(x)
    if ord == 0:
        return np.zeros_like(x)
    size = np.abs(x)
    if ord == np.inf or ord == -np.inf:
        best = size == kept(y, axis, keepdims)
        ties = np.sum(best, axis=axis, keepdims=True, dtype=y.dtype)
        return best * (kept(g, axis, keepdims) / ties) * np.sign(x)
    ratio = size / kept(nonzero(y), axis, keepdims)
    safe = np.where(x == 0, 1.0, ratio)
    return kept(g, axis, keepdims) * np.sign(x) * safe ** (ord - 1.0)


def of_matrix(g: Any, y: Any, x: Any, ord: Any) -> Any:
    """Pull back the norm of the matrices on the last two axes; ``g`` and ``y`` are reduced."""
    g, y = np.expand_dims(g, (-2, -1)), np.expand_dims(y, (-2, -1))
    if ord == "nuc" or ord == 2 or ord == -2:
        u, s, vh = np.linalg.svd(x, full_matrices=False)
        if ord == "nuc":
            return g * (u * (s > 0)[..., None, :]) @ vh
        if ord == 2:
            return g * u[..., :, :1] * vh[..., :1, :]
        return g * u[..., :, -1:] * vh[..., -1:, :]
    along = -2 if ord == 1 or ord == -1 else -1
    sums = np.sum(np.abs(x), axis=along, keepdims=True)
    best = sums == y
    ties = np.sum(best, axis=(-2, -1), keepdims=True, dtype=sums.dtype)
    return best * (g / ties) * np.sign(x)

"""The functions that leave NaN out: the rules of the plain ones, of what is there."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.reductions import kept, others, to_mean
from srcgrad.rules.table import pull, share


def there(x: Any, where: Any) -> Any:
    """Tell which elements count."""
    return ~np.isnan(x) if where is None else ~np.isnan(x) & where


@pull(np.nansum)
def _nansum(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = 0,
    initial: Any = None,
    where: Any = None,
) -> Any:
    to_x = np.where(there(x, where), kept(g, axis, keepdims), 0.0)
    return to_x, None, None, None, None, None if initial is None else np.sum(g)


@pull(np.nanprod)
def _nanprod(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = 0,
    initial: Any = None,
    where: Any = None,
) -> Any:
    known = there(x, where)
    factors = np.where(known, x, 1.0)
    to_x = np.where(known, kept(g, axis, keepdims) * others(factors, axis), 0.0)
    if initial is None:
        return to_x, None, None, None, None, None
    product = np.prod(factors, axis=axis, keepdims=keepdims)
    return initial * to_x, None, None, None, None, np.sum(g * product)


@pull(np.nanmean)
def _nanmean(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = 0,
    *,
    where: Any = None,
) -> Any:
    known = there(x, where)
    n = np.sum(known, axis=axis, keepdims=True, dtype=y.dtype)
    return np.where(known, kept(g, axis, keepdims) / n, 0.0)


@pull(np.nanmax)
def _nan_extreme(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    out: None = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    best = x == kept(y, axis, keepdims)
    if where is not None:
        best = best & where
    ties = np.sum(best, axis=axis, keepdims=True, dtype=x.dtype)
    if initial is None:
        return best * (kept(g, axis, keepdims) / ties), None, None, None, None
    start = kept(y, axis, keepdims) == initial
    part = kept(g, axis, keepdims) / (ties + start)
    return best * part, None, None, None, np.sum(start * part)


share(np.nanmax, np.nanmin)


def spread(x: Any, axis: Any, where: Any, mean: Any, less: Any) -> Any:
    """Return the deviations from the mean of what is there, and the degrees of freedom."""
    known = there(x, where)
    if mean is None:
        mean = (
            np.nanmean(x, axis=axis, keepdims=True)
            if where is None
            else np.nanmean(x, axis=axis, keepdims=True, where=where)
        )
    n = np.sum(known, axis=axis, keepdims=True, dtype=x.dtype) - less
    return np.where(known, x - mean, 0.0), n


@pull(np.nanvar)
def _nanvar(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = None,
    mean: Any = None,
    correction: Any = None,
) -> Any:
    apart, n = spread(x, axis, where, mean, ddof if correction is None else correction)
    to_x = kept(g, axis, keepdims) * (2.0 / n) * apart
    return to_x, None, None, None, None, None, None, to_mean(to_x, mean)


# Where all elements are equal, 0.
@pull(np.nanstd)
def _nanstd(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = None,
    mean: Any = None,
    correction: Any = None,
) -> Any:
    apart, n = spread(x, axis, where, mean, ddof if correction is None else correction)
    to_x = kept(g / np.where(y > 0, y, 1.0), axis, keepdims) / n * apart
    return to_x, None, None, None, None, None, None, to_mean(to_x, mean)

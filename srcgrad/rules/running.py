"""Running sums, products and extremes along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import linear, pull


@linear(np.cumsum)
def _cumsum(g: Any, y: Any, x: Any, axis: Any = None, dtype: Any = None, out: None = None) -> Any:
    return sums_to_come(g, x, axis)


def sums_to_come(g: Any, x: Any, axis: Any) -> Any:
    """Return for each place the sum of ``g`` from there on; ``g`` is flat where axis is None."""
    if np.ndim(x) == 1:
        return np.cumsum(g[::-1])[::-1]
    if axis is None:
        return np.reshape(np.cumsum(g[::-1])[::-1], np.shape(x))
    if axis == 0:
        return np.cumsum(g[::-1], axis=0)[::-1]
    return np.flip(np.cumsum(np.flip(g, axis), axis), axis)


@pull(np.cumprod)
def _cumprod(g: Any, y: Any, x: Any, axis: Any = None, dtype: Any = None, out: None = None) -> Any:
    return products_pulled(g, y, x, axis)


def products_pulled(g: Any, y: Any, x: Any, axis: Any) -> Any:
    """Pull back a running product, exactly also where elements are 0."""
    if np.all(x):
        return sums_to_come(g * y, x, axis) / x
    if axis is None:
        return np.reshape(running_products(g, np.ravel(x)), np.shape(x))
    along = running_products(np.moveaxis(g, axis, 0), np.moveaxis(x, axis, 0))
    return np.moveaxis(along, 0, axis)


def running_products(g: Any, x: Any) -> Any:
    """Pull back a running product along the first axis where elements are 0.

    ``rest[i]`` is the sum over ``k >= i`` of ``g[k]`` times the elements between i and k.
    """
    before = [np.ones_like(x[0])]
    for i in range(len(x) - 1):
        before.append(before[-1] * x[i])
    rest = [g[-1]]
    for i in range(len(x) - 1, 0, -1):
        rest.append(g[i - 1] + x[i] * rest[-1])
    return np.stack(before) * np.stack(rest[::-1])


def without_initial(g: Any, axis: Any, include_initial: Any) -> Any:
    """Return a cotangent without that of the element that running totals may begin with."""
    if not include_initial:
        return g
    return g[1:] if axis is None or axis == 0 else np.moveaxis(np.moveaxis(g, axis, 0)[1:], 0, axis)


@linear(np.nancumsum)
def _nancumsum(
    g: Any, y: Any, x: Any, axis: Any = None, dtype: Any = None, out: None = None
) -> Any:
    return np.where(np.isnan(x), 0.0, sums_to_come(g, x, axis))


@pull(np.nancumprod)
def _nancumprod(
    g: Any, y: Any, x: Any, axis: Any = None, dtype: Any = None, out: None = None
) -> Any:
    missing = np.isnan(x)
    return np.where(missing, 0.0, products_pulled(g, y, np.where(missing, 1.0, x), axis))


if hasattr(np, "cumulative_sum"):  # NumPy 2.1

    @linear(np.cumulative_sum)
    def _cumulative_sum(
        g: Any,
        y: Any,
        x: Any,
        *,
        axis: Any = None,
        dtype: Any = None,
        out: None = None,
        include_initial: Any = False,
    ) -> Any:
        return sums_to_come(without_initial(g, axis, include_initial), x, axis)

    @pull(np.cumulative_prod)
    def _cumulative_prod(
        g: Any,
        y: Any,
        x: Any,
        *,
        axis: Any = None,
        dtype: Any = None,
        out: None = None,
        include_initial: Any = False,
    ) -> Any:
        own = without_initial(y, axis, include_initial)
        return products_pulled(without_initial(g, axis, include_initial), own, x, axis)


# Each element of a running maximum is owed to the element that made it, the first of equal ones.
@pull(np.maximum.accumulate)
def _running_maximum(
    g: Any, y: Any, x: Any, axis: Any = 0, dtype: Any = None, out: None = None
) -> Any:
    return makers(g, y, x, axis)


@pull(np.minimum.accumulate)
def _running_minimum(
    g: Any, y: Any, x: Any, axis: Any = 0, dtype: Any = None, out: None = None
) -> Any:
    return makers(g, y, x, axis)


def makers(g: Any, y: Any, x: Any, axis: Any) -> Any:
    """Return what is owed to the elements of a running extreme."""
    values = np.moveaxis(y, axis, -1)
    first = np.ones_like(values[..., :1], dtype=bool)
    new = np.concatenate([first, values[..., 1:] != values[..., :-1]], axis=-1)
    makers = np.flatnonzero(new)
    owed = np.add.reduceat(np.ravel(np.moveaxis(g, axis, -1)), makers)
    total = runtime.put(np.zeros(np.size(y), g.dtype), makers, owed)
    return np.moveaxis(np.reshape(total, np.shape(values)), -1, axis)


@linear(np.add.accumulate)
def _running_sum(g: Any, y: Any, x: Any, axis: Any = 0, dtype: Any = None, out: None = None) -> Any:
    return sums_to_come(g, x, axis)


@pull(np.multiply.accumulate)
def _running_product(
    g: Any, y: Any, x: Any, axis: Any = 0, dtype: Any = None, out: None = None
) -> Any:
    return products_pulled(g, y, x, axis)

"""Functions that make arrays, from nothing or from numbers."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import elementwise, linear, pull, pull_each, zero

zero(np.zeros, np.ones, np.empty, np.eye, np.identity, np.tri, np.indices, np.ndindex)
zero(np.zeros_like, np.ones_like, np.empty_like)
zero(np.tril_indices, np.triu_indices, np.diag_indices, np.mask_indices)
zero(np.tril_indices_from, np.triu_indices_from, np.diag_indices_from)
zero(np.bartlett, np.blackman, np.hamming, np.hanning)
zero(np.bool_, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)


@linear(np.asarray)
def _asarray(g: Any, y: Any, x: Any, dtype: Any = None, ndmin: Any = 0, **options: Any) -> Any:
    if dtype is None or np.issubdtype(dtype, np.inexact):
        return g if ndmin == 0 else np.reshape(g, np.shape(x))
    return runtime.zeros_like(x)


for as_array in (np.array, np.asanyarray, np.asfortranarray, np.asarray_chkfinite, np.require):
    linear(as_array, _asarray)


@linear(np.ascontiguousarray)
def _ascontiguousarray(g: Any, y: Any, x: Any, dtype: Any = None, **options: Any) -> Any:
    if np.ndim(x) == 0:  # it becomes a vector
        return np.reshape(_asarray(g, y, x, dtype), ())
    return _asarray(g, y, x, dtype)


@linear(np.astype)
def _astype(g: Any, y: Any, x: Any, dtype: Any, **options: Any) -> Any:
    return _asarray(g, y, x, dtype)


linear(np.fromiter, lambda g, y, items, dtype, count=-1: [g[i] for i in range(len(items))])
linear(copy.deepcopy, lambda g, y, x: g)
linear(np.copy, lambda g, y, x, order="K", subok=False: g)
for number in (
    np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128, np.clongdouble,
):  # fmt: skip
    linear(number, lambda g, y, x=0.0: g)


@pull(np.full)
def _full(g: Any, y: Any, shape: Any, fill_value: Any, dtype: Any = None, order: str = "C") -> Any:
    return None, runtime.unbroadcast(g, fill_value)


@pull(np.full_like)
def _full_like(
    g: Any,
    y: Any,
    x: Any,
    fill_value: Any,
    dtype: Any = None,
    order: Any = "K",
    subok: Any = True,
    shape: Any = None,
) -> Any:
    return runtime.zeros_like(x), runtime.unbroadcast(g, fill_value)


@pull(np.linspace)
def _linspace(
    g: Any,
    y: Any,
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    retstep: Any = False,
    dtype: Any = None,
    axis: Any = 0,
) -> Any:
    if not retstep:
        return ends_owed(g, start, stop, num, endpoint, axis)
    step = g[1] / max(num - 1 if endpoint else num, 1)
    to_start, to_stop = ends_owed(g[0], start, stop, num, endpoint, axis)
    return to_start - runtime.unbroadcast(step, start), to_stop + runtime.unbroadcast(step, stop)


def ends_owed(g: Any, start: Any, stop: Any, num: Any, endpoint: Any, axis: Any) -> Any:
    """Return what equally spaced numbers owe to the first and to the last."""
    s = np.linspace(0.0, 1.0, num, endpoint)
    if np.ndim(g) > 1:
        g = np.moveaxis(g, axis, 0)
    to_start, to_stop = np.tensordot(1.0 - s, g, 1), np.tensordot(s, g, 1)
    return runtime.unbroadcast(to_start, start), runtime.unbroadcast(to_stop, stop)


@pull(np.geomspace)
def _geomspace(
    g: Any,
    y: Any,
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    dtype: Any = None,
    axis: Any = 0,
) -> Any:
    to_start, to_stop = ends_owed(g * y, start, stop, num, endpoint, axis)
    return to_start / start, to_stop / stop


@pull(np.logspace)
def _logspace(
    g: Any,
    y: Any,
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: Any = 0,
) -> Any:
    first, last, wide = start, stop, base
    if np.ndim(base) > 0:
        wide = np.expand_dims(base, axis)
        first, last = start + np.zeros_like(base), stop + np.zeros_like(base)
    power = np.linspace(first, last, num, endpoint, axis=axis)
    to_start, to_stop = ends_owed(g * y * np.log(wide), start, stop, num, endpoint, axis)
    to_base = runtime.unbroadcast(g * y * power / wide, wide)
    return to_start, to_stop, None, None, np.reshape(to_base, np.shape(base))


# How many numbers there are jumps; what they are moves with the start and the step.
@pull_each(np.arange)
def _arange(i: int, g: Any, y: Any, *args: Any, dtype: Any = None, device: Any = None) -> Any:
    if i == 0 and len(args) > 1:
        return np.sum(g)
    if i == 2:
        return np.vdot(g, np.arange(len(g)))
    return 0.0


# A draw moves with the place and the width of what it is drawn from.
elementwise(
    np.random.normal,
    lambda z, loc=0.0, scale=1.0, size=None: (1.0, (z - loc) / scale),
)
elementwise(
    np.random.uniform,
    lambda z, low=0.0, high=1.0, size=None: (
        (high - z) / (high - low),
        (z - low) / (high - low),
    ),
)

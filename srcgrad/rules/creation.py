"""Functions that make arrays, from nothing or from numbers."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import elementwise, linear, pull, pull_each, zero

zero(np.zeros, np.ones, np.empty, np.eye, np.identity, np.tri, np.indices, np.ndindex)
zero(np.zeros_like, np.ones_like, np.empty_like)
zero(np.tril_indices, np.triu_indices, np.diag_indices, np.mask_indices, np.ix_)
zero(np.bool_, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)


@linear(np.asarray)
def _asarray(g: Any, y: Any, x: Any, dtype: Any = None, **options: Any) -> Any:
    if dtype is None or np.issubdtype(dtype, np.inexact):
        return g
    return runtime.zeros_like(x)


for as_array in (np.array, np.asanyarray, np.ascontiguousarray, np.asfortranarray):
    linear(as_array, _asarray)
linear(copy.deepcopy, lambda g, y, x: g)
linear(np.copy, lambda g, y, x, order="K", subok=False: g)
for number in (np.float16, np.float32, np.float64, np.longdouble):
    linear(number, lambda g, y, x=0.0: g)


@pull(np.full)
def _full(g: Any, y: Any, shape: Any, fill_value: Any, dtype: Any = None, order: str = "C") -> Any:
    return None, runtime.unbroadcast(g, fill_value)


@pull(np.full_like)
def _full_like(g: Any, y: Any, x: Any, fill_value: Any, dtype: Any = None) -> Any:
    return runtime.zeros_like(x), runtime.unbroadcast(g, fill_value)


@pull(np.linspace)
def _linspace(
    g: Any,
    y: Any,
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    dtype: Any = None,
) -> Any:
    s = np.linspace(0.0, 1.0, num, endpoint)
    return np.tensordot(1.0 - s, g, 1), np.tensordot(s, g, 1)


# How many numbers there are jumps; what they are moves with the start and the step.
@pull_each(np.arange)
def _arange(i: int, g: Any, y: Any, *args: Any, dtype: Any = None) -> Any:
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

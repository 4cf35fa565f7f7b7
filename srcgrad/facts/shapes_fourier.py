"""Types of the one-dimensional transforms of ``numpy.fft``."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.facts.dtypes import array_of, call_dtype
from srcgrad.facts.kinds import NONE, UNKNOWN, Arr, Dim, Known, Py, Sym, Type
from srcgrad.facts.shapes_args import dim_arg, is_none
from srcgrad.facts.shapes_reduce import axes_of
from srcgrad.facts.sizes import Sizes

WHOLE = frozenset({np.fft.fft, np.fft.ifft})
HALF = frozenset({np.fft.rfft, np.fft.ihfft})
_WHOLE, _HALF = ("fft", "ifft"), ("rfft", "ihfft")
DOUBLE = frozenset({np.fft.irfft, np.fft.hfft})


def transform(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``np.fft.fft(x, n, axis, norm)`` and the like."""
    return _transform(sizes, fn, *kinds, **kwargs)


def _transform(
    sizes: Sizes, fn: Any, x: Type, n: Type = NONE, axis: Type = Known(-1), norm: Type = NONE
) -> Type:
    array = array_of(x)
    if array is None or not array.dims or is_none(axis):
        return UNKNOWN
    axes = axes_of(axis, len(array.dims))
    dtype = call_dtype(fn, [Arr(array.dtype, (1,)), Known(2)])
    size = sizes.dim(array.dims[axes[0]]) if axes else None
    given = None if is_none(n) else dim_arg(sizes, n)
    if not axes or size is None or not isinstance(dtype, np.dtype):
        return UNKNOWN
    if not is_none(n) and given is None:
        return UNKNOWN
    dims = list(array.dims)
    dims[axes[0]] = _size(sizes, fn, size, given)
    return Arr(dtype, tuple(dims))


def _size(sizes: Sizes, fn: Any, size: Dim, given: Dim | None) -> Dim:
    whole = size if given is None else given
    if fn.__name__ in _WHOLE:
        return whole
    if fn.__name__ in _HALF:
        return _half(sizes, whole)
    if given is not None:
        return given
    if isinstance(size, int):
        return 2 * (size - 1)
    return sizes.fresh(size.not_one)


def _half(sizes: Sizes, dim: Dim) -> Dim:
    """Return ``n // 2 + 1``: there is no transform of nothing, so that of two or more it is two."""
    if isinstance(dim, int):
        return dim // 2 + 1
    half = sizes.total((sizes.of("floordiv", dim, 2), 1))
    return half if isinstance(half, int) else Sym(half.key, dim.not_one)


def window(sizes: Sizes, n: Type, *more: Type) -> Type:
    """``np.hanning(n)`` and the like, and ``np.fft.fftfreq(n)``."""
    dim = dim_arg(sizes, n)
    plain = all(isinstance(kind, (Py, Known)) for kind in more)
    if dim is None or (isinstance(dim, int) and dim < 1) or not plain:
        return UNKNOWN
    return Arr(np.dtype(float), (dim,))

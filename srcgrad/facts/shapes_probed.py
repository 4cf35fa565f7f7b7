"""Types of NumPy's less common functions: asked of NumPy itself, on small arrays of two sizes.

np.quantile(x, 0.3, axis=0) of (n, k)   ->   called with (5, 6) and with (12, 11): (6,) and (11,)

Only of functions whose shapes follow from shapes: what depends on the numbers is not in the list.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from srcgrad.facts.kinds import UNKNOWN, Arr, Cut, Dim, Known, Py, Seq, Sym, Type
from srcgrad.facts.sizes import Sizes

_REDUCED = "quantile percentile nanmedian nanquantile nanpercentile average trapezoid cov corrcoef"
_ALONG = (
    "partition unwrap gradient cumulative_sum cumulative_prod nancumsum nancumprod take_along_axis"
    " ediff1d nan_to_num i0 interp polyval modf frexp divmod"
)
_REARRANGED = "rot90 rollaxis diagflat column_stack dstack block tile vander atleast_3d resize"
_POLYNOMIALS = "polyadd polysub polyint polyder polyfit"
_PRODUCTS = "kron convolve correlate cross vecdot matvec vecmat"
_SPACED = "geomspace logspace histogram"
_LINALG = (
    "svd svdvals qr pinv eigh eigvalsh slogdet cond matrix_norm vector_norm matrix_power lstsq"
    " cross vecdot multi_dot tensorinv outer matrix_transpose trace diagonal"
)
_UFUNCS = (np.add, np.multiply, np.maximum, np.minimum, np.fmax, np.fmin, np.subtract, np.logaddexp)
_FFT = "fft2 ifft2 rfft2 irfft2 fftn ifftn rfftn irfftn fftshift ifftshift"
_SQUARE = "eigh eigvalsh slogdet matrix_power"


def _named(module: Any, names: str) -> set[Any]:
    return {getattr(module, name) for name in names.split() if hasattr(module, name)}


PROBED = frozenset().union(
    *(_named(np, names) for names in (_REDUCED, _ALONG, _REARRANGED, _POLYNOMIALS)),
    *(_named(np, names) for names in (_PRODUCTS, _SPACED)),
    _named(np.linalg, _LINALG),
    _named(np.fft, _FFT),
    *({ufunc.reduce, ufunc.accumulate, ufunc.outer} for ufunc in _UFUNCS),
)
"""The functions whose types are asked for."""

_SQUARES = frozenset(_named(np.linalg, _SQUARE))
_UNSIZED = object()
# No two differences, sums or quotients of these are the same in both.
_RISING, _FALLING = [5, 8, 14, 25, 43], [47, 31, 22, 12, 9]


def probed(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """Return the type of a call as two trials of it show."""
    if fn in _SQUARES and kinds and isinstance(kinds[0], Arr) and len(kinds[0].dims) > 1:
        sizes.equate(kinds[0].dims[-2], kinds[0].dims[-1])
    names: dict[Any, Sym] = {}
    try:
        args = tuple(_sketch(sizes, kind, names) for kind in kinds)
        named = tuple((name, _sketch(sizes, kind, names)) for name, kind in kwargs.items())
        made = _outcome(fn, args, named, len(names))
    except (TypeError, ValueError):
        return UNKNOWN
    return UNKNOWN if made is None else _typed(sizes, made, list(names.values()))


def _sketch(sizes: Sizes, kind: Type, names: dict[Any, Sym]) -> Any:
    """Describe an argument by hashable tuples; sizes that are not known are numbered."""
    match kind:
        case Known(value) if value is None or isinstance(value, (bool, int, float, complex, str)):
            return ("value", type(value), value)
        case Known(value) if isinstance(value, (type, np.dtype)):
            return ("value", type(value), value)
        case Py(cls) if cls is float:
            return ("value", float, 0.4)
        case Py(cls) if cls is complex:
            return ("value", complex, 0.4 + 0.3j)
        case Arr(dtype, dims, scalar) if dtype.kind in "fc" and dtype.itemsize > 2:
            shape = tuple(_numbered(sizes.dim(dim), names) for dim in dims)
            return ("array", dtype, shape, scalar)
        case Seq(cls, items) if cls in (list, tuple):
            return ("items", cls, tuple(_sketch(sizes, item, names) for item in items))
        case Cut(start, stop, step):
            parts = tuple(_sketch(sizes, part, names) for part in (start, stop, step))
            return ("slice", parts)
    raise TypeError("this argument is not tried out")


def _numbered(dim: Dim, names: dict[Any, Sym]) -> Any:
    if isinstance(dim, int):
        return dim
    if dim.not_one or dim.key not in names:
        names[dim.key] = dim
    return ("size", list(names).index(dim.key))


@lru_cache(maxsize=4096)
def _outcome(fn: Callable[..., Any], args: Any, named: Any, count: int) -> Any:
    """Call a function twice: where one size grows from one to the next, the other falls."""
    if count > len(_RISING):
        return None
    rising, falling = _RISING[:count], _FALLING[:count]
    found = []
    for lengths in (rising, falling):
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                given = [_example(arg, lengths) for arg in args]
                y = fn(*given, **{name: _example(arg, lengths) for name, arg in named})
        except Exception:
            return None
        found.append(_seen(y))
    return _joined(found[0], found[1], [*zip(rising, falling, strict=True)])


def _example(sketch: Any, lengths: list[int]) -> Any:
    match sketch:
        case ("value", _, value):
            return value
        case ("items", cls, items):
            return cls(_example(item, lengths) for item in items)
        case ("slice", parts):
            return slice(*(_example(part, lengths) for part in parts))
    _, dtype, shape, scalar = sketch
    full = tuple(n if isinstance(n, int) else lengths[n[1]] for n in shape)
    values = np.random.default_rng(0).uniform(0.5, 1.5, full)
    if len(full) > 1 and full[-1] == full[-2]:
        values = values + 5.0 * np.eye(full[-1])
    array = np.asarray(values * (1.0 + 0.1j) if dtype.kind == "c" else values, dtype)
    return array[()] if scalar else array


def _seen(y: Any) -> Any:
    if isinstance(y, (tuple, list)):
        return (type(y), *map(_seen, y))
    if isinstance(y, np.generic):
        return (y.dtype, (), True)
    if type(y) is np.ndarray and y.dtype.kind in "biufc":
        return (y.dtype, y.shape, False)
    return _UNSIZED


def _joined(a: Any, b: Any, pairs: Sequence[tuple[int, int]]) -> Any:
    """Say in which size each axis is long, by what both trials have in common."""
    if a is _UNSIZED or b is _UNSIZED:
        return _UNSIZED
    if isinstance(a[0], type):
        if len(a) != len(b) or a[0] is not b[0]:
            return None
        return (a[0], *(_joined(x, y, pairs) for x, y in zip(a[1:], b[1:], strict=True)))
    if a[0] != b[0] or len(a[1]) != len(b[1]) or a[2] != b[2]:
        return None
    axes = []
    for pair in zip(a[1], b[1], strict=True):
        known = ("size", pairs.index(pair)) if pair in pairs else None
        axes.append(pair[0] if pair[0] == pair[1] else known)
    return (a[0], tuple(axes), a[2])


def _typed(sizes: Sizes, made: Any, symbols: list[Sym]) -> Type:
    if made is _UNSIZED or made is None:
        return UNKNOWN
    if isinstance(made[0], type):
        return Seq(made[0], tuple(_typed(sizes, item, symbols) for item in made[1:]))
    dtype, axes, scalar = made
    dims: list[Dim] = []
    for axis in axes:
        if axis is None:
            dims.append(sizes.fresh())
        else:
            dims.append(axis if isinstance(axis, int) else symbols[axis[1]])
    return Arr(dtype, tuple(dims), scalar)

"""Types of reductions, scans and linear algebra."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.facts.dtypes import array_of, call_dtype, dtype_arg
from srcgrad.facts.kinds import NONE, UNKNOWN, Arr, Known, Py, Seq, Type
from srcgrad.facts.sizes import Dims, Sizes, is_one

FALSE = Known(False)
REDUCTIONS = {np.sum, np.prod, np.mean, np.var, np.std, np.max, np.min, np.any, np.all}
REDUCTIONS |= {np.nansum, np.nanmean, np.nanmax, np.nanmin, np.median, np.ptp}
REDUCTIONS |= {np.nanprod, np.nanvar, np.nanstd}
POSITIONS = {np.argmax, np.argmin, np.count_nonzero}
SCANS = {np.cumsum, np.cumprod}
_OPTIONS = {"ddof", "initial", "correction", "where"}
_SLOGDET = type(np.linalg.slogdet(np.eye(1)))


def axes_of(kind: Type, rank: int) -> tuple[int, ...] | None:
    """Return the axes an argument means, none negative; None where it is not known."""
    if isinstance(kind, Known):
        if kind.value is None:
            return tuple(range(rank))
        given: tuple[Any, ...] = (kind.value,)
    elif isinstance(kind, Seq):
        given = tuple(item.value if isinstance(item, Known) else None for item in kind.items)
    else:
        return None
    if not all(type(axis) is int and -rank <= axis < rank for axis in given):
        return None
    axes = tuple(axis % rank for axis in given)
    return axes if len(set(axes)) == len(axes) else None


def flag(kind: Type) -> bool | None:
    """Return the truth of an option."""
    return bool(kind.value) if isinstance(kind, Known) and type(kind.value) is bool else None


def reduced(dims: Dims, axes: tuple[int, ...], keep: bool) -> Dims:
    """Return a shape without these axes, or with ones in their place."""
    if keep:
        return tuple(1 if axis in axes else dim for axis, dim in enumerate(dims))
    return tuple(dim for axis, dim in enumerate(dims) if axis not in axes)


def reduction(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``np.sum(x, axis=..., keepdims=...)`` and the like."""
    return _reduction(sizes, fn, *kinds, **kwargs)


def _reduction(
    sizes: Sizes,
    fn: Any,
    x: Type,
    axis: Type = NONE,
    *more: Type,
    keepdims: Type = FALSE,
    dtype: Type = NONE,
    **options: Type,
) -> Type:
    array, keep = array_of(x), flag(keepdims)
    if more or keep is None or array is None or not _OPTIONS.issuperset(options):
        return UNKNOWN
    axes = axes_of(axis, len(array.dims))
    if axes is None or ("initial" in options and not isinstance(options["initial"], (Py, Known))):
        return UNKNOWN
    given: tuple[tuple[str, Any], ...] = ()
    if not (isinstance(dtype, Known) and dtype.value is None):
        found = dtype_arg(dtype)
        if found is None:
            return UNKNOWN
        given = (("dtype", found),)
    out = call_dtype(fn, [Arr(array.dtype, (1,))], given)
    if out is None or isinstance(out, (type, tuple)):
        return UNKNOWN
    dims = reduced(array.dims, axes, keep)
    if keep and not dims and fn is np.median:
        return UNKNOWN
    return Arr(out, dims, not dims)


def position(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``np.argmax`` and the like: one axis or all."""
    axis = kwargs.get("axis", kinds[1] if len(kinds) > 1 else NONE)
    array = array_of(kinds[0])
    if array is None or not set(kwargs) <= {"axis", "keepdims"} or len(kinds) > 2:
        return UNKNOWN
    if fn is np.count_nonzero:
        return UNKNOWN
    axes, keep = axes_of(axis, len(array.dims)), flag(kwargs.get("keepdims", FALSE))
    if axes is None or keep is None:
        return UNKNOWN
    dims = reduced(array.dims, axes, keep)
    return Arr(np.dtype(np.intp), dims, not dims)


def scan(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``np.cumsum(x, axis)``: the shape of ``x``, or its entries in a row."""
    axis = kwargs.get("axis", kinds[1] if len(kinds) > 1 else NONE)
    array = array_of(kinds[0])
    if array is None or len(kinds) > 2 or not set(kwargs) <= {"axis"}:
        return UNKNOWN
    out = call_dtype(fn, [Arr(array.dtype, (1,))])
    if out is None:
        return UNKNOWN
    if isinstance(axis, Known) and axis.value is None:
        return Arr(out, (sizes.product(array.dims),))
    axes = axes_of(axis, len(array.dims))
    return UNKNOWN if axes is None else Arr(out, array.dims)


def sort(sizes: Sizes, x: Type, axis: Type = Known(-1)) -> Type:
    """``np.sort(x, axis)``."""
    array = array_of(x)
    if array is None or not array.dims:
        return UNKNOWN
    if isinstance(axis, Known) and axis.value is None:
        return Arr(array.dtype, (sizes.product(array.dims),))
    return array if axes_of(axis, len(array.dims)) is not None else UNKNOWN


def partition(sizes: Sizes, x: Type, kth: Type, axis: Type = Known(-1)) -> Type:
    """``np.partition(x, kth, axis)``."""
    return sort(sizes, x, axis)


def argsort(sizes: Sizes, x: Type, axis: Type = Known(-1)) -> Type:
    """``np.argsort(x, axis)``."""
    out = sort(sizes, x, axis)
    return Arr(np.dtype(np.intp), out.dims) if isinstance(out, Arr) else UNKNOWN


def diff(sizes: Sizes, x: Type, n: Type = Known(1), axis: Type = Known(-1)) -> Type:
    """``np.diff(x, n, axis)``."""
    array = array_of(x)
    if array is None or array.dtype.kind not in "iufc":
        return UNKNOWN
    axes = axes_of(axis, len(array.dims))
    if axes is None or len(axes) != 1 or not (isinstance(n, Known) and type(n.value) is int):
        return UNKNOWN
    if n.value < 0:
        return UNKNOWN
    dims = list(array.dims)
    dims[axes[0]] = sizes.less(sizes.dim(dims[axes[0]]), n.value)
    return Arr(array.dtype, tuple(dims))


def norm(
    sizes: Sizes, x: Type, ord: Type = NONE, axis: Type = NONE, keepdims: Type = FALSE
) -> Type:
    """``np.linalg.norm``."""
    array, keep = array_of(x), flag(keepdims)
    if array is None or keep is None:
        return UNKNOWN
    axes = axes_of(axis, len(array.dims))
    number = ord.value if isinstance(ord, Known) else 0
    plain = number is None or (type(number) in (int, float) and number not in (0,))
    if axes is None or not plain or (not array.dims and keep):
        return UNKNOWN
    if number is not None and (len(axes) != 1 or number not in (1, 2, np.inf, -np.inf)):
        return UNKNOWN
    out = call_dtype(np.linalg.norm, [Arr(array.dtype, (1,))])
    dims = reduced(array.dims, axes, keep)
    if out is None or isinstance(out, (type, tuple)):
        return UNKNOWN
    return Arr(out, dims, not dims)


def matmul(sizes: Sizes, a: Type, b: Type) -> Type:
    """``a @ b``."""
    if not (isinstance(a, Arr) and isinstance(b, Arr) and a.dims and b.dims):
        return UNKNOWN
    dtype = call_dtype(np.matmul, [a, b])
    if dtype is None:
        return UNKNOWN
    rows, inner_a = a.dims[:-2], a.dims[-1]
    stack, inner_b = b.dims[:-2], b.dims[-2] if len(b.dims) > 1 else b.dims[0]
    sizes.equate(inner_a, inner_b)
    front = sizes.broadcast([rows, stack])
    if front is None:
        return UNKNOWN
    dims = (*front, *a.dims[-2:-1], *(b.dims[-1:] if len(b.dims) > 1 else ()))
    return Arr(dtype, dims, not dims)


def dot(sizes: Sizes, a: Type, b: Type) -> Type:
    """``np.dot(a, b)``."""
    one, two = array_of(a), array_of(b)
    if one is None or two is None:
        return UNKNOWN
    dtype = call_dtype(np.dot, [Arr(one.dtype, ()), Arr(two.dtype, ())])
    if dtype is None:
        return UNKNOWN
    if not one.dims or not two.dims:
        dims = one.dims or two.dims
        return Arr(dtype, dims) if dims else UNKNOWN
    sizes.equate(one.dims[-1], two.dims[-2] if len(two.dims) > 1 else two.dims[0])
    dims = (*one.dims[:-1], *two.dims[:-2], *(two.dims[-1:] if len(two.dims) > 1 else ()))
    return Arr(dtype, dims, not dims)


def inner(sizes: Sizes, a: Type, b: Type) -> Type:
    """``np.inner(a, b)``."""
    one, two = array_of(a), array_of(b)
    if one is None or two is None or not one.dims or not two.dims:
        return dot(sizes, a, b)
    dtype = call_dtype(np.dot, [Arr(one.dtype, ()), Arr(two.dtype, ())])
    if dtype is None:
        return UNKNOWN
    sizes.equate(one.dims[-1], two.dims[-1])
    dims = (*one.dims[:-1], *two.dims[:-1])
    return Arr(dtype, dims, not dims)


def vdot(sizes: Sizes, a: Type, b: Type) -> Type:
    """``np.vdot(a, b)``: one number."""
    one, two = array_of(a), array_of(b)
    if one is None or two is None:
        return UNKNOWN
    dtype = call_dtype(np.vdot, [Arr(one.dtype, (1,)), Arr(two.dtype, (1,))])
    if one.dims and two.dims:
        sizes.equate(sizes.product(one.dims), sizes.product(two.dims))
    return UNKNOWN if dtype is None else Arr(dtype, (), True)


def outer(sizes: Sizes, a: Type, b: Type) -> Type:
    """``np.outer(a, b)``."""
    one, two = array_of(a), array_of(b)
    if one is None or two is None:
        return UNKNOWN
    dtype = call_dtype(np.outer, [Arr(one.dtype, (1,)), Arr(two.dtype, (1,))])
    dims = (sizes.product(one.dims), sizes.product(two.dims))
    return UNKNOWN if dtype is None else Arr(dtype, dims)


def tensordot(sizes: Sizes, a: Type, b: Type, axes: Type = Known(2)) -> Type:
    """``np.tensordot(a, b, axes)``."""
    one, two = array_of(a), array_of(b)
    if one is None or two is None:
        return UNKNOWN
    ra, rb = len(one.dims), len(two.dims)
    if isinstance(axes, Known) and type(axes.value) is int:
        n = axes.value
        if not 0 <= n <= min(ra, rb):
            return UNKNOWN
        pair: tuple[Any, Any] = (tuple(range(ra - n, ra)), tuple(range(n)))
    elif isinstance(axes, Seq) and len(axes.items) == 2:
        pair = (axes_of(axes.items[0], ra), axes_of(axes.items[1], rb))
    else:
        return UNKNOWN
    if None in pair or len(pair[0]) != len(pair[1]):
        return UNKNOWN
    dtype = call_dtype(np.dot, [Arr(one.dtype, ()), Arr(two.dtype, ())])
    if dtype is None:
        return UNKNOWN
    for i, j in zip(*pair, strict=True):
        sizes.equate(one.dims[i], two.dims[j])
    return Arr(dtype, (*reduced(one.dims, pair[0], False), *reduced(two.dims, pair[1], False)))


def einsum(sizes: Sizes, spec: Type, *operands: Type, optimize: Type = NONE) -> Type:
    """``np.einsum("ij,jk->ik", a, b)`` without an ellipsis."""
    arrays = [array_of(kind) for kind in operands]
    if not (isinstance(spec, Known) and type(spec.value) is str) or None in arrays:
        return UNKNOWN
    text = spec.value.replace(" ", "")
    if "." in text or not arrays:
        return UNKNOWN
    left, arrow, right = text.partition("->")
    if not arrow:
        right = "".join(sorted(c for c in set(left) if c.isalpha() and left.count(c) == 1))
    terms = left.split(",")
    if len(terms) != len(arrays):
        return UNKNOWN
    found = _letters(sizes, terms, [array for array in arrays if array is not None])
    dtype = call_dtype(np.multiply, [Arr(a.dtype, (1,)) for a in arrays if a is not None][:2])
    for array in arrays[2:]:
        if array is not None and dtype is not None:
            dtype = call_dtype(np.multiply, [Arr(dtype, (1,)), Arr(array.dtype, (1,))])
    if len(arrays) == 1:
        dtype = arrays[0].dtype if arrays[0] else None
    if found is None or dtype is None or not set(right) <= set(found):
        return UNKNOWN
    dims = tuple(found[letter] for letter in right)
    return Arr(dtype, dims) if dims else Arr(dtype, (), True)


def _letters(sizes: Sizes, terms: list[str], arrays: list[Arr]) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for term, array in zip(terms, arrays, strict=True):
        if len(term) != len(array.dims) or not term.isalpha() and term:
            return None
        for letter, dim in zip(term, array.dims, strict=True):
            old = found.get(letter, 1)
            both = sizes.broadcast([(old,), (dim,)]) if not is_one(old) else (dim,)
            if both is None:
                return None
            found[letter] = both[0]
    return found


def trace(sizes: Sizes, x: Type) -> Type:
    """``np.trace(x)`` of a matrix."""
    array = array_of(x)
    if array is None or len(array.dims) != 2:
        return UNKNOWN
    out = call_dtype(np.sum, [Arr(array.dtype, (1,))])
    return UNKNOWN if out is None else Arr(out, (), True)


def _square(sizes: Sizes, x: Type) -> Arr | None:
    if not isinstance(x, Arr) or len(x.dims) < 2 or x.dtype.kind not in "biufc":
        return None
    sizes.equate(x.dims[-1], x.dims[-2])
    solved = (np.float32, np.float64, np.complex64, np.complex128)
    return Arr(x.dtype, x.dims) if x.dtype in solved else None


def inverse(sizes: Sizes, x: Type) -> Type:
    """``np.linalg.inv`` and ``cholesky``: the type of a square matrix."""
    return _square(sizes, x) or UNKNOWN


def det(sizes: Sizes, x: Type) -> Type:
    """``np.linalg.det``."""
    array = _square(sizes, x)
    if array is None:
        return UNKNOWN
    return Arr(array.dtype, array.dims[:-2], len(array.dims) == 2)


def slogdet(sizes: Sizes, x: Type) -> Type:
    """``np.linalg.slogdet``: the sign and the logarithm, in a namedtuple."""
    one = det(sizes, x)
    if not isinstance(one, Arr):
        return UNKNOWN
    size = Arr(np.zeros((), one.dtype).real.dtype, one.dims, one.scalar)
    return Seq(_SLOGDET, (one, size))


def solve(sizes: Sizes, a: Type, b: Type) -> Type:
    """``np.linalg.solve(a, b)`` for one matrix."""
    array = _square(sizes, a)
    if array is None or len(array.dims) != 2 or not isinstance(b, Arr) or b.dtype != array.dtype:
        return UNKNOWN
    if len(b.dims) not in (1, 2):
        return UNKNOWN
    sizes.equate(array.dims[-1], b.dims[0])
    return Arr(array.dtype, b.dims)

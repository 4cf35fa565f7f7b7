"""Types of functions that make, reshape, join and split arrays."""

from __future__ import annotations

from srcgrad.facts.dtypes import array_of
from srcgrad.facts.kinds import NONE, UNKNOWN, Arr, Dim, Known, Py, Seq, Size, Type
from srcgrad.facts.shapes_args import is_none, shape_arg
from srcgrad.facts.shapes_reduce import axes_of, reduced
from srcgrad.facts.sizes import Dims, Sizes, is_one, never_one


def reshape(sizes: Sizes, x: Type, *shape: Type, **options: Type) -> Type:
    """``x.reshape(2, 3)``, ``np.reshape(x, (2, -1))``."""
    array = array_of(x)
    if options or array is None or not shape:
        return UNKNOWN
    dims = shape_arg(sizes, shape[0] if len(shape) == 1 else Seq(tuple, shape))
    if dims is None:
        return UNKNOWN
    out = list(dims)
    if any(isinstance(d, int) and d < -1 for d in out) or out.count(-1) > 1:
        return UNKNOWN
    unclear = [k for k in (shape[0].items if isinstance(shape[0], Seq) else shape) if _open(k)]
    if unclear and -1 not in out and len(out) > 1:
        return Arr(array.dtype, tuple(d if isinstance(d, int) else sizes.fresh() for d in out))
    if -1 in out:
        out[out.index(-1)] = _missing(sizes, array.dims, [d for d in out if d != -1])
    elif len(out) == 1 and not unclear:
        sizes.equate(out[0], sizes.product(map(sizes.dim, array.dims)))
    elif unclear:
        out = [sizes.fresh()] * len(out)
    return Arr(array.dtype, tuple(out))


def _open(kind: Type) -> bool:
    """An int of unknown value may be -1."""
    return not isinstance(kind, (Known, Size))


def _missing(sizes: Sizes, dims: Dims, others: list[Dim]) -> Dim:
    left = [sizes.dim(dim) for dim in dims]
    for other in (sizes.dim(dim) for dim in others):
        match = next((i for i, d in enumerate(left) if sizes.same(d, other)), None)
        if match is not None and never_zero(other):
            del left[match]
        elif not is_one(other):
            return _divided(sizes, dims, others)
    return sizes.product(left)


def never_zero(dim: Dim) -> bool:
    """Tell whether a size is certainly not 0."""
    return isinstance(dim, int) and dim != 0


def _divided(sizes: Sizes, dims: Dims, others: list[Dim]) -> Dim:
    whole, part = sizes.product(map(sizes.dim, dims)), sizes.product(map(sizes.dim, others))
    if isinstance(whole, int) and isinstance(part, int) and part and whole % part == 0:
        return whole // part
    return sizes.of("missing", whole, part)


def ravel(sizes: Sizes, x: Type) -> Type:
    """``x.ravel()`` and ``x.flatten()``."""
    array = array_of(x)
    return UNKNOWN if array is None else Arr(array.dtype, (sizes.product(array.dims),))


def transpose(sizes: Sizes, x: Type, *axes: Type) -> Type:
    """``np.transpose(x, axes)`` and ``x.transpose(1, 0)``."""
    array = array_of(x)
    if array is None:
        return UNKNOWN
    if not axes or (len(axes) == 1 and is_none(axes[0])):
        return Arr(array.dtype, array.dims[::-1])
    order = axes_of(axes[0] if len(axes) == 1 else Seq(tuple, axes), len(array.dims))
    if order is None or len(order) != len(array.dims):
        return UNKNOWN
    return Arr(array.dtype, tuple(array.dims[axis] for axis in order))


def swapaxes(sizes: Sizes, x: Type, one: Type, two: Type) -> Type:
    """``np.swapaxes(x, 0, 1)``."""
    array = array_of(x)
    if array is None or is_none(one) or is_none(two):
        return UNKNOWN
    a, b = axes_of(one, len(array.dims)), axes_of(two, len(array.dims))
    if a is None or b is None or len(a) != 1 or len(b) != 1:
        return UNKNOWN
    dims = list(array.dims)
    dims[a[0]], dims[b[0]] = dims[b[0]], dims[a[0]]
    return Arr(array.dtype, tuple(dims))


def moveaxis(sizes: Sizes, x: Type, source: Type, destination: Type) -> Type:
    """``np.moveaxis(x, source, destination)``."""
    array = array_of(x)
    if array is None or is_none(source) or is_none(destination):
        return UNKNOWN
    old, new = axes_of(source, len(array.dims)), axes_of(destination, len(array.dims))
    if old is None or new is None or len(old) != len(new):
        return UNKNOWN
    order = [axis for axis in range(len(array.dims)) if axis not in old]
    for place, axis in sorted(zip(new, old, strict=True)):
        order.insert(place, axis)
    return Arr(array.dtype, tuple(array.dims[axis] for axis in order))


def rollaxis(sizes: Sizes, x: Type, axis: Type, start: Type = Known(0)) -> Type:
    """``np.rollaxis(x, axis)``."""
    return moveaxis(sizes, x, axis, start) if start == Known(0) else UNKNOWN


def squeeze(sizes: Sizes, x: Type, axis: Type = NONE) -> Type:
    """``np.squeeze(x, axis)``."""
    array = array_of(x)
    if array is None:
        return UNKNOWN
    if is_none(axis):
        if not all(is_one(dim) or never_one(dim) for dim in array.dims):
            return UNKNOWN
        return Arr(array.dtype, tuple(dim for dim in array.dims if not is_one(dim)))
    axes = axes_of(axis, len(array.dims))
    return UNKNOWN if axes is None else Arr(array.dtype, reduced(array.dims, axes, False))


def expand_dims(sizes: Sizes, x: Type, axis: Type) -> Type:
    """``np.expand_dims(x, axis)``."""
    array = array_of(x)
    if array is None or is_none(axis):
        return UNKNOWN
    count = len(axis.items) if isinstance(axis, Seq) else 1
    axes = axes_of(axis, len(array.dims) + count)
    if axes is None:
        return UNKNOWN
    rest = iter(array.dims)
    rank = len(array.dims) + count
    return Arr(array.dtype, tuple(1 if i in axes else next(rest) for i in range(rank)))


def broadcast_to(sizes: Sizes, x: Type, shape: Type) -> Type:
    """``np.broadcast_to(x, shape)``."""
    array, dims = array_of(x), shape_arg(sizes, shape)
    if array is None or dims is None or len(dims) < len(array.dims):
        return UNKNOWN
    return Arr(array.dtype, dims)


def flip(sizes: Sizes, x: Type, axis: Type = NONE) -> Type:
    """``np.flip(x, axis)``."""
    array = array_of(x)
    if array is None or axes_of(axis, len(array.dims)) is None:
        return UNKNOWN
    return array


def roll(sizes: Sizes, x: Type, shift: Type, axis: Type = NONE) -> Type:
    """``np.roll(x, shift, axis)``."""
    array = array_of(x)
    number = isinstance(shift, (Py, Known)) or (isinstance(shift, Arr) and not shift.dims)
    return array if array is not None and number else UNKNOWN


def triangle(sizes: Sizes, x: Type, k: Type = Known(0)) -> Type:
    """``np.tril(x, k)`` and ``np.triu``."""
    array = array_of(x)
    return array if array is not None and len(array.dims) > 1 else UNKNOWN


def atleast_1d(sizes: Sizes, x: Type) -> Type:
    """``np.atleast_1d(x)``."""
    array = array_of(x)
    return UNKNOWN if array is None else Arr(array.dtype, array.dims or (1,))


def atleast_2d(sizes: Sizes, x: Type) -> Type:
    """``np.atleast_2d(x)``."""
    array = array_of(x)
    if array is None:
        return UNKNOWN
    return Arr(array.dtype, (*(1,) * (2 - len(array.dims)), *array.dims))


def diag(sizes: Sizes, x: Type) -> Type:
    """``np.diag(v)`` of a vector; the diagonal of a matrix may be cut by either size."""
    array = array_of(x)
    if array is None or len(array.dims) not in (1, 2):
        return UNKNOWN
    if len(array.dims) == 1:
        return Arr(array.dtype, array.dims * 2)
    return diagonal(sizes, x)


def diagonal(sizes: Sizes, x: Type) -> Type:
    """``np.diagonal(x)`` of a matrix."""
    array = array_of(x)
    if array is None or len(array.dims) != 2:
        return UNKNOWN
    one, two = map(sizes.dim, array.dims)
    return Arr(array.dtype, (one if sizes.same(one, two) else sizes.of("least", one, two),))


def like_first(sizes: Sizes, x: Type, *more: Type) -> Type:
    """What has the type of its first argument, an array of floats."""
    array = array_of(x)
    if array is None or not array.dims or array.dtype.kind not in "fc":
        return UNKNOWN
    return array

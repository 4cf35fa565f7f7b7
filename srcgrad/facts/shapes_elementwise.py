"""Types of elementwise operations: operators, ufuncs, the math module, where and clip."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from srcgrad.facts.dtypes import NUMBERS, array_of, call_dtype, dtype_arg
from srcgrad.facts.joins import Joiner, truth
from srcgrad.facts.kinds import (
    UNKNOWN,
    Arr,
    Int,
    Known,
    ListOf,
    Map,
    Num,
    Other,
    Py,
    Seq,
    Size,
    Type,
)
from srcgrad.facts.linear import computed
from srcgrad.facts.shapes_index import nonzero
from srcgrad.facts.sizes import Sizes, size_type
from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED

COMPARISONS = {operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne}
_SIGNS: list[Any] = [operator.neg, operator.pos, operator.invert, operator.abs, abs]
UNARY = set(_SIGNS)
BINARY = {
    fn
    for name, fn in ops.OPERATORS.items()
    if name not in ("UAdd", "USub", "Invert", "Not", "In", "NotIn", "Is", "IsNot", "MatMult")
}
EQUALITY = {operator.eq, operator.ne, np.equal, np.not_equal}
POWERS = {operator.pow, np.power, np.float_power, pow}
FOLDED: set[Any] = COMPARISONS | {
    operator.add,
    operator.sub,
    operator.mul,
    operator.floordiv,
    operator.mod,
}
FOLDED.update([operator.neg, operator.pos, operator.truediv])
UFUNCS = {fn for fn in vars(np).values() if isinstance(fn, np.ufunc) and fn.signature is None}
FUNCTIONS: set[Any] = {np.angle, np.sinc, np.nan_to_num, np.round, np.around, np.i0}
FUNCTIONS |= {np.fix, np.isclose, np.clip, np.heaviside}
_NAMES = {operator.add: "add", operator.sub: "sub", operator.mul: "mul", operator.neg: "neg"}
_PLAIN_MATH = (float, int, bool)


def elementwise(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """Return the type of a broadcasting call: dtypes by NumPy's promotion, shapes broadcast."""
    given: tuple[tuple[str, Any], ...] = ()
    if kwargs:
        dtype = dtype_arg(kwargs["dtype"]) if list(kwargs) == ["dtype"] else None
        if dtype is None:
            return UNKNOWN
        given = (("dtype", dtype),)
    dtype = call_dtype(fn, kinds, given)
    if dtype is None:
        return UNKNOWN
    if fn in POWERS and any(isinstance(kind, Arr) and kind.dtype.kind == "b" for kind in kinds):
        return UNKNOWN
    shapes = [kind.dims for kind in kinds if isinstance(kind, Arr)]
    dims = sizes.broadcast(shapes, learn=fn not in EQUALITY)
    if dims is None:
        return UNKNOWN
    if isinstance(dtype, tuple):
        return Seq(tuple, tuple(_result(one, dims) for one in dtype))
    return _result(dtype, dims)


def _result(dtype: Any, dims: Any) -> Type:
    if dtype is None:
        return UNKNOWN
    if isinstance(dtype, type):
        return Py(dtype)
    return Arr(dtype, dims, not dims)


def python_operator(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """Return the type of an operator of the language."""
    if Arr in map(type, kinds):  # nothing to fold
        return elementwise(sizes, fn, kinds, kwargs)
    if any(isinstance(kind, Known) and kind.value is UNDEFINED for kind in kinds):
        return UNKNOWN
    folded = fold(sizes, fn, kinds)
    if folded is not None:
        return folded
    if fn is operator.pow and not _real_power(*kinds):
        return _power(*kinds)
    if fn in (operator.lshift, operator.rshift) and not all(_is_int(kind) for kind in kinds):
        return UNKNOWN
    if fn in (operator.add, operator.mul) and any(map(_is_list, kinds)):
        return _sequence(sizes, fn, kinds)
    if fn is operator.add and all(_is_text(kind) for kind in kinds):
        return Other(str)
    return elementwise(sizes, fn, kinds, kwargs)


def fold(sizes: Sizes, fn: Any, kinds: list[Type]) -> Type | None:
    """Return the known result of an operator on known values or on sizes."""
    if fn not in FOLDED:
        return None
    plain = (bool, int, float, str)
    if all(isinstance(kind, Known) and type(kind.value) in plain for kind in kinds):
        values = [kind.value for kind in kinds if isinstance(kind, Known)]
        if any(isinstance(value, str) for value in values) and fn not in EQUALITY:
            return None
        try:
            return Known(fn(*values))
        except ArithmeticError:
            return UNKNOWN
    if any(isinstance(kind, Int) for kind in kinds) or fn is operator.sub:
        made = computed(sizes, _NAMES.get(fn, ""), kinds)
        if made is not None:
            return made
    if len(kinds) == 2 and all(_is_size(kind) for kind in kinds):
        a, b = (k.value if isinstance(k, Known) else k.dim for k in kinds)  # type: ignore[union-attr]
        if fn in EQUALITY and sizes.same(a, b):
            return Known(fn is operator.eq)
        if fn in EQUALITY and any(
            d == 1 and isinstance(o, Size) and o.dim.not_one  # type: ignore
            for d, o in ((a, kinds[1]), (b, kinds[0]))
        ):
            return Known(fn is operator.ne)
        if isinstance(a, int) and a < 0 or isinstance(b, int) and b < 0:
            return None
        if fn is operator.add:
            return size_type(sizes.total((a, b)))
        if fn is operator.mul:
            return size_type(sizes.product((a, b)))
        if fn in (operator.floordiv, operator.mod):
            return Size(int, sizes.of(fn.__name__, a, b))
    if fn in EQUALITY and len(kinds) == 2:
        return _none_compared(fn, kinds)
    return None


def _none_compared(fn: Any, kinds: list[Type]) -> Type | None:
    """``==`` of things of different kinds: a string is not None, a number is not a string."""
    classes = [_plain_class(kind) for kind in kinds]
    if None in classes or classes[0] is classes[1]:
        return None
    if all(cls in NUMBERS for cls in classes):
        return None
    return Known(fn is operator.ne)


def _plain_class(kind: Type) -> type | None:
    match kind:
        case Py(cls):
            return cls
        case Known(value) if isinstance(value, (*NUMBERS, str, type(None))):
            return type(value)
    return None


def _is_size(kind: Type) -> bool:
    return isinstance(kind, Size) or (isinstance(kind, Known) and type(kind.value) is int)


def _is_int(kind: Type) -> bool:
    return _plain_class(kind) in (bool, int)


def _is_text(kind: Type) -> bool:
    return (isinstance(kind, Known) and type(kind.value) is str) or kind == Other(str)


def _real_power(base: Type, exponent: Type) -> bool:
    """Tell whether a power of Python numbers is of the class that it is for ``1 ** 1``."""
    known = exponent.value if isinstance(exponent, Known) else None
    positive = isinstance(base, Known) and type(base.value) in _PLAIN_MATH and base.value > 0
    if _plain_class(base) is complex or _plain_class(exponent) is complex:
        return True
    if _is_int(exponent):
        if _plain_class(base) is float or isinstance(exponent, Size):
            return True
        return type(known) in (int, bool) and known is not None and known >= 0
    if type(known) is float:
        return positive or known.is_integer()
    return positive


def _power(base: Type, exponent: Type) -> Type:
    """Return what a power of Python numbers of unknown sign may be."""
    classes = {_plain_class(base), _plain_class(exponent)}
    if classes <= {bool, int}:
        return Num((Py(float), Py(int)))
    return Num((Py(complex), Py(float))) if classes <= {bool, int, float} else UNKNOWN


def _is_list(kind: Type) -> bool:
    return isinstance(kind, (Seq, ListOf))


def _sequence(sizes: Sizes, fn: Any, kinds: list[Type]) -> Type:
    a, b = kinds
    if fn is operator.add and isinstance(a, Seq) and isinstance(b, Seq):
        if a.cls is b.cls and a.cls in (list, tuple):
            return Seq(a.cls, a.items + b.items)
    if fn is operator.add and isinstance(a, (Seq, ListOf)) and isinstance(b, (Seq, ListOf)):
        if a.cls is b.cls and a.cls in (list, tuple):
            return ListOf(a.cls, Joiner(sizes).item(a, b))
        return UNKNOWN
    if not _is_list(a):
        a, b = b, a
    if fn is operator.mul and isinstance(a, (Seq, ListOf)) and _is_int(b):
        if not (isinstance(a, Seq) and isinstance(b, Known)) and a.cls in (list, tuple):
            return ListOf(a.cls, Joiner(sizes).item(a))
    if fn is operator.mul and isinstance(a, Seq) and isinstance(b, Known):
        if a.cls in (list, tuple) and type(b.value) is int and b.value * len(a.items) <= 1000:
            return Seq(a.cls, a.items * b.value)
    return UNKNOWN


def inplace(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """Return the type of ``x += v``: that of ``x + v``; an array keeps its own."""
    from srcgrad.facts.shapes import result_type

    plain = result_type(sizes, ops.PLAIN[fn], kinds, kwargs)
    left = kinds[0]
    if not isinstance(left, Arr) or left.scalar:
        return plain
    if len(kinds) == 2 and isinstance(kinds[1], Arr) and ops.PLAIN[fn] is not operator.matmul:
        sizes.into(left.dims, kinds[1].dims)
    return left


def identity_test(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``a is b``: known for None and for things that are certainly not the same."""
    answer: bool | None = None
    a, b = kinds
    if isinstance(a, Known) and isinstance(b, Known):
        if a.value is b.value:
            answer = True
        elif type(a.value) is not type(b.value) or not isinstance(
            a.value, (*NUMBERS, str, bytes, tuple)
        ):
            answer = False
    else:
        one, other = (a, b) if isinstance(a, Known) else (b, a)
        if isinstance(one, Known) and one.value is None:
            if isinstance(other, (Arr, Py, Seq, Map, Other)):
                answer = False
    return Py(bool) if answer is None else Known(answer is (fn is operator.is_))


def times(sizes: Sizes, g: Type, partial: Type) -> Type:
    """``runtime.times(g, partial)``: a product."""
    product = python_operator(sizes, operator.mul, [g, partial], {})
    if isinstance(product, Arr):
        dtype = call_dtype(np.where, [Known(True), g, product])
        dims = sizes.broadcast([part.dims for part in (g, product) if isinstance(part, Arr)])
        if dtype == product.dtype and dims is not None and product.dtype.kind in "fc":
            return Arr(product.dtype, dims, not dims)
    return UNKNOWN


def cast(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``np.float32(x)``: a scalar of a scalar, an array of an array."""
    array = array_of(kinds[0]) if len(kinds) == 1 and not kwargs else None
    return UNKNOWN if array is None else Arr(np.dtype(fn), array.dims, not array.dims)


def doubles(sizes: Sizes, x: Type) -> Type:
    """``runtime.doubles(x)``: the same numbers in double precision."""
    array = array_of(x)
    return UNKNOWN if array is None else Arr(np.dtype(float), array.dims, not array.dims)


def valid(sizes: Sizes, x: Type, test: Type) -> Type:
    """``runtime.valid(x, test)``: the same numbers, or NaN where a test does not hold."""
    array, tested = array_of(x), array_of(test)
    if array is None or tested is None or array.dtype.kind != "f":
        return UNKNOWN
    dims = sizes.broadcast([array.dims, tested.dims])
    return UNKNOWN if dims is None else Arr(array.dtype, dims, not dims)


CASTS = {np.float64, np.float32, np.float16, np.int64, np.int32, np.complex128, np.complex64}


def negation(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``not a``."""
    known = truth(kinds[0])
    return Py(bool) if known is None else Known(not known)


def math_function(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """A function of the math module: Python numbers out, for whatever converts to a float."""
    for kind in kinds:
        scalar = isinstance(kind, Arr) and not kind.dims and kind.dtype.kind in "biuf"
        if not scalar and _plain_class(kind) not in _PLAIN_MATH:
            return UNKNOWN
    if fn in (math.floor, math.ceil, math.trunc):
        plain = all(_plain_class(kind) for kind in kinds)
        return Py(int) if plain else UNKNOWN
    for trial in (0.5, 1.0, 1):
        try:
            out = type(fn(*[trial] * len(kinds)))
        except (ValueError, TypeError, ArithmeticError):
            continue
        return Py(out) if out in NUMBERS else UNKNOWN
    return UNKNOWN


MATH = {
    fn
    for name, fn in vars(math).items()
    if callable(fn) and name not in ("prod", "fsum", "dist", "sumprod", "nextafter")
}


def where(sizes: Sizes, test: Type, a: Type | None = None, b: Type | None = None) -> Type:
    """``np.where(test, a, b)``."""
    if a is None and b is None:
        return nonzero(sizes, test)
    parts = [array_of(kind) for kind in (test, a, b) if kind is not None]
    if a is None or b is None or None in parts:
        return UNKNOWN
    kinds = [test, a, b]
    dtype = call_dtype(np.where, kinds)
    dims = sizes.broadcast([part.dims for part in parts if part is not None])
    return UNKNOWN if dtype is None or dims is None else Arr(dtype, dims)


def clip(
    sizes: Sizes, x: Type, low: Type = Known(None), high: Type = Known(None), **bounds: Type
) -> Type:
    """``np.clip(x, low, high)``."""
    low = bounds.pop("min", bounds.pop("a_min", low))
    high = bounds.pop("max", bounds.pop("a_max", high))
    if bounds:
        return UNKNOWN
    out = x
    for bound, fn in ((low, np.maximum), (high, np.minimum)):
        if not (isinstance(bound, Known) and bound.value is None):
            out = elementwise(sizes, fn, [out, bound], {})
    if out is x:
        return UNKNOWN
    return out

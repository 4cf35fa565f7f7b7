"""Can a call raise?  Asked before a value that nobody reads is dropped.

An answer of False is a promise for ordinary values: numbers, arrays, containers of them, and
NumPy's default error state.  Without types, a call of one operand that fits every number and
array counts as safe, one of several operands does not, since their shapes may disagree.
"""

from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Mapping
from types import CellType
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import (
    UNKNOWN,
    Arr,
    Cut,
    DictOf,
    Dim,
    Known,
    ListOf,
    Map,
    Other,
    Py,
    Seq,
    Type,
)
from srcgrad.facts.sizes import least
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Do, If, Let, Program, Stmt, Var
from srcgrad.program.walk import among

Types = Mapping[Var, Type]

_ARITHMETIC = frozenset({*ops.OPERATORS.values(), *ops.INPLACE.values()}) - {
    operator.matmul, operator.imatmul, ops.contained, ops.not_contained, operator.is_,
    operator.is_not, operator.not_,
}  # fmt: skip
_DIVISIONS = frozenset({
    operator.truediv, operator.floordiv, operator.mod, operator.itruediv, operator.ifloordiv,
    operator.imod,
})  # fmt: skip
_POWERS = frozenset({operator.pow, operator.ipow, np.power, np.float_power})
_PRODUCTS = frozenset({operator.matmul, operator.imatmul, np.matmul, np.dot, np.inner, np.vdot})
_NEVER = frozenset({
    ops.mark, ops.same, ops.make_tuple, ops.make_list, ops.read_global, ops.read_cell,
    ops.fstring, ops.list_append, operator.is_, operator.is_not, slice, isinstance, callable,
    type, id, np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.empty_like, np.copy,
    np.asarray, np.array, np.ravel, np.real, np.imag, np.atleast_1d, np.atleast_2d, np.isscalar,
    np.nan_to_num, np.array_equal, runtime.zeros_like, zip, enumerate, tuple, list,
    runtime.is_sequence, runtime.is_mapping,
})  # fmt: skip
_REDUCTIONS = frozenset({
    np.sum, np.mean, np.prod, np.var, np.std, np.any, np.all, np.cumsum, np.cumprod,
    np.nansum, np.nanmean, np.count_nonzero,
    *map(ops.method, ("sum", "mean", "prod", "var", "std", "any", "all", "cumsum", "cumprod")),
})  # fmt: skip
_SAFE_METHODS = frozenset(
    map(
        ops.method,
        (
            "copy",
            "ravel",
            "flatten",
            "conj",
            "conjugate",
            "tolist",
            "items",
            "keys",
            "values",
            "transpose",
        ),
    )
)
_ARRAY_ATTRIBUTES = frozenset(
    ("T", "shape", "ndim", "size", "dtype", "real", "imag", "nbytes", "itemsize", "strides", "flat")
)
_SCALAR_ATTRIBUTES = frozenset(("real", "imag"))
_SAFE_MATH = frozenset({
    math.sin, math.cos, math.tan, math.atan, math.tanh, math.asinh, math.erf, math.erfc, math.fabs,
    math.atan2, math.copysign, math.degrees, math.radians, math.isnan, math.isinf, math.isfinite,
    math.hypot,
})  # fmt: skip


_QUIET = frozenset({
    ops.mark, ops.same, ops.make_tuple, ops.make_list, ops.list_append, operator.is_,
    operator.is_not, isinstance, callable, slice,
})  # fmt: skip


def is_quiet(stmt: Stmt) -> bool:
    """Tell whether a statement raises nothing, whatever it is given and in any error state."""
    if isinstance(stmt, (Let, Do)):
        return among(stmt.fn, _QUIET)
    if not isinstance(stmt, If):
        return False
    return all(is_quiet(inner) for arm in (stmt.then, stmt.orelse) for inner in arm.stmts)


def can_raise(let: Let, types: Types | None = None) -> bool:
    """Tell whether a call may raise for values of these types.

    >>> x, y, z = Var("x"), Var("y"), Var("z")
    >>> can_raise(Let((z,), np.sin, (x,))), can_raise(Let((z,), operator.add, (x, y)))
    (False, True)
    """
    known = [_type(atom, types) for atom in let.args]
    fn = let.fn
    if isinstance(fn, Program):
        return True
    if isinstance(fn, ops.Attribute):
        return _attribute(fn.name, known[0])
    if fn is operator.getitem:
        return _getitem(known[0], known[1])
    if fn in (ops.unpack, ops.unpack_star):
        return not (isinstance(known[0], Seq) and fn is ops.unpack
                    and len(known[0].items) == len(let.targets))  # fmt: skip
    if fn is ops.read_global:
        given = [atom.value for atom in let.args if isinstance(atom, Const)]
        return len(given) == 2 and given[1] not in given[0]
    if fn is ops.read_cell:
        return any(isinstance(atom, Const) and _is_empty(atom.value) for atom in let.args)
    if fn is ops.make_dict:
        return not all(isinstance(key, Const) for key in let.args[::2])
    try:
        return _by_table(fn, let, known)
    except TypeError:  # unhashable
        return True


def _is_empty(cell: Any) -> bool:
    return isinstance(cell, CellType) and cell == CellType()


def _by_table(fn: Any, let: Let, known: list[Type]) -> bool:
    if fn in _NEVER:
        return False
    if fn in _PRODUCTS:
        return not _fits_product(fn, known)
    if fn in _ARITHMETIC or isinstance(fn, np.ufunc):
        return _elementwise(fn, let.args, known)
    if fn in _REDUCTIONS:
        return _reduction(let, known[0])
    if fn in _SAFE_METHODS:
        return bool(let.args[1:])
    if fn in _SAFE_MATH:
        return any(isinstance(kind, Arr) and kind.dims for kind in known)
    if fn in (np.transpose, np.abs):
        return len(let.args) > 1 or bool(let.kwargs)
    if fn in (np.where, np.clip):
        return not _fit(known)
    return _builtin(fn, known)


def _builtin(fn: Any, known: list[Type]) -> bool:
    first = known[0] if known else UNKNOWN
    if fn is builtins.len:
        sized = isinstance(first, (Seq, ListOf, Map, DictOf)) or (
            isinstance(first, Arr) and first.dims
        )
        return not sized
    if fn in (float, complex, abs, bool, operator.not_, operator.truth):
        return not _is_number(first) and not (fn is abs and isinstance(first, Arr))
    if fn is int:
        return not (isinstance(first, Py) and first.cls in (int, bool))
    if fn is range:
        whole = all(
            (isinstance(kind, Py) and kind.cls in (int, bool)) or _whole(kind) for kind in known
        )
        return not whole or (len(known) == 3 and not (_whole(known[2]) and _value(known[2]) != 0))
    if fn in (min, max):
        return not (len(known) > 1 and all(map(_is_number, known)))
    if fn is reversed:
        return not isinstance(first, (Seq, ListOf)) and not (
            isinstance(first, Other) and first.cls is range
        )
    return True


def _type(atom: Atom, types: Types | None) -> Type:
    if isinstance(atom, Const):
        return Known(atom.value)
    return types.get(atom, UNKNOWN) if types else UNKNOWN


def _value(kind: Type) -> Any:
    return kind.value if isinstance(kind, Known) else None


def _whole(kind: Type) -> bool:
    return type(_value(kind)) is int


def _is_number(kind: Type) -> bool:
    if isinstance(kind, Known):
        return isinstance(kind.value, (bool, int, float, complex, np.number))
    return isinstance(kind, Py) or (isinstance(kind, Arr) and not kind.dims)


def _dims(kind: Type) -> tuple[Dim, ...] | None:
    if _is_number(kind):
        return ()
    return kind.dims if isinstance(kind, Arr) else None


def _fit(known: list[Type]) -> bool:
    """Tell whether shapes provably broadcast; a lone unknown among numbers does."""
    if sum(not _is_number(kind) for kind in known) <= 1:
        return True
    shapes = [_dims(kind) for kind in known]
    total: list[Dim] = []
    for shape in shapes:
        if shape is None:
            return False
        for place, dim in enumerate(reversed(shape)):
            if place == len(total):
                total.append(dim)
            elif total[place] == 1:
                total[place] = dim
            elif dim not in (1, total[place]):
                return False
    return True


def _elementwise(fn: Any, args: tuple[Atom, ...], known: list[Type]) -> bool:
    if not _fit(known):
        return True
    python = all(isinstance(kind, Py) or _python_constant(kind) for kind in known)
    variables = sum(isinstance(atom, Var) for atom in args)
    unsure = variables > 0 and not any(isinstance(kind, Arr) for kind in known)
    if (python or unsure) and fn in _DIVISIONS:
        return not _value(known[1])
    if fn in _POWERS:
        return not _safe_power(known, python or unsure)
    return False


def _python_constant(kind: Type) -> bool:
    return isinstance(kind, Known) and isinstance(kind.value, (bool, int, float, complex))


def _safe_power(known: list[Type], python: bool) -> bool:
    """A constant whole power never raises: the OverflowError of an unread value is let go."""
    power = _value(known[1])
    if isinstance(power, (int, float)) and power >= 0:
        return not python or float(power).is_integer()
    integers = [isinstance(kind, Arr) and kind.dtype.kind in "iub" for kind in known]
    return not python and not any(integers)


def _attribute(name: str, kind: Type) -> bool:
    if isinstance(kind, Arr):
        return name not in _ARRAY_ATTRIBUTES
    if _is_number(kind):
        return name not in _SCALAR_ATTRIBUTES
    if isinstance(kind, Known):
        return not hasattr(type(kind.value), name)
    return name not in getattr(kind, "fields", ())


def _getitem(kind: Type, index: Type) -> bool:
    key = _value(index)
    if isinstance(kind, Arr) and isinstance(index, Seq) and index.cls is tuple:
        return not _fits_index(kind, index.items)
    if isinstance(kind, (Seq, Arr)) and _is_slice(index):
        return isinstance(kind, Arr) and not kind.dims
    if isinstance(kind, Seq):
        return not (_whole(index) and -len(kind.items) <= key < len(kind.items))
    if isinstance(kind, Map):
        return not any(type(key) is type(name) and key == name for name in kind.keys)
    if isinstance(kind, Arr) and kind.dims and _whole(index):
        return not -least(kind.dims[0]) <= key < least(kind.dims[0])
    return True


def _fits_index(kind: Arr, items: tuple[Type, ...]) -> bool:
    """Tell whether a tuple of slices and whole numbers surely fits an array."""
    spent = 0
    for item in items:
        if isinstance(item, Known) and item.value is None:
            continue
        if spent >= len(kind.dims):
            return False
        if not _is_slice(item):
            size, place = least(kind.dims[spent]), _value(item)
            if not (_whole(item) and -size <= place < size):
                return False
        spent += 1
    return True


def _is_slice(kind: Type) -> bool:
    return (
        isinstance(kind, Cut)
        or (isinstance(kind, Other) and kind.cls is slice)
        or isinstance(_value(kind), slice)
    )


def _reduction(let: Let, kind: Type) -> bool:
    options = dict(let.kwargs)
    options.pop("keepdims", None)
    axis = let.args[1] if len(let.args) > 1 else options.pop("axis", Const(None))
    options.pop("axis", None)
    if isinstance(options.get("ddof"), Const):
        options.pop("ddof")
    if options or len(let.args) > 2:
        return True
    if not isinstance(axis, Const):
        return True
    if axis.value is None:
        return False
    dims = _dims(kind)
    axes = axis.value if isinstance(axis.value, tuple) else (axis.value,)
    return dims is None or not all(
        type(item) is int and -len(dims) <= item < len(dims) for item in axes
    )


def _fits_product(fn: Any, known: list[Type]) -> bool:
    if len(known) != 2 or not all(
        isinstance(kind, Arr) and 1 <= len(kind.dims) <= 2 for kind in known
    ):
        return False
    left, right = (kind.dims for kind in known if isinstance(kind, Arr))
    flat = len(left) == len(right) == 1
    return left[-1] == right[0] and (flat or fn not in (np.inner, np.vdot))

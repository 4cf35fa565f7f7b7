"""What a call's result shares with its arguments, and how a write to a view reaches its base.

v = np.transpose(u)        a view of u:      writing v = w is writing u = np.transpose(w)
v = u[1:3]                 a view of u:      writing v[0] = c is writing u[1] = c
v = u.reshape(3, 4)        a view if u is one block of memory, else perhaps
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np

from srcgrad.facts.indices import is_basic, is_picking
from srcgrad.facts.kinds import Arr, Known, Num, Py, Seq, Unknown
from srcgrad.facts.purity import VIEW, is_pure_call, returns
from srcgrad.facts.sharing import HOLDING
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Atom, Const, Let, Program, Var
from srcgrad.program.walk import among

Types = Mapping[Var, Any]
Relation = Literal["fresh", "same", "view", "reshaped", "maybe"]

_m, _a = ops.method, ops.attribute
_RESHAPES = frozenset({np.reshape, np.ravel, _m("reshape"), _m("ravel")})
_SAME = frozenset({np.asarray, np.asanyarray, ops.same, _m("view"), np.ascontiguousarray})
_OVERLAYS = frozenset({np.lib.stride_tricks.sliding_window_view})
"""What lays an array over another, of which nothing is written by it."""
_AT_LEAST = {np.atleast_1d: 1, np.atleast_2d: 2, np.atleast_3d: 3}
_CONJUGATES = frozenset({_m("conj"), _m("conjugate")})
"""Of real numbers these are the very same."""
_PARTS = frozenset({np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit, np.unravel_index})
_NEW = frozenset({np.diff, np.nan_to_num, np.meshgrid})
"""What gives the argument itself only where it is asked to by a keyword."""


def relation(let: Let, types: Types) -> Relation:
    """Tell how the array that a call gives is related to its first argument."""
    fn: Any = let.fn
    if isinstance(fn, Program) or not let.args:
        return "maybe" if isinstance(fn, Program) or let.kwargs else "fresh"
    if fn is operator.getitem:
        return _indexed(let, types)
    kind = types.get(let.args[0]) if isinstance(let.args[0], Var) else None
    array = isinstance(kind, Arr) and not kind.scalar
    if isinstance(fn, ops.Attribute):
        return _attribute(fn.name, kind)
    if fn is np.diag and isinstance(kind, Arr):
        return "fresh" if len(kind.dims) == 1 else "view"
    if among(fn, _PARTS):
        return "maybe"
    if among(fn, _SAME) and array and len(let.args) == 1 and not let.kwargs:
        return "reshaped" if fn is np.ascontiguousarray else "same"
    if array and (same := _converted(let, kind)) is not None:
        return same
    if among(fn, _AT_LEAST) and array and len(let.args) == 1:
        assert isinstance(kind, Arr)
        return "same" if len(kind.dims) >= _AT_LEAST[fn] else "view"
    if among(fn, _RESHAPES) and array:
        return "reshaped" if _is_row_by_row(let) else "maybe"
    if isinstance(kind, Arr) and kind.dtype.kind == "c" and among(fn, _CONJUGATES):
        return "fresh"
    if fn in (np.array, _m("astype")) and not any(n == "copy" for n, _ in let.kwargs):
        return "fresh" if len(let.args) <= 2 else "maybe"
    if (fn is np.einsum and len(let.args) > 2) or among(fn, _NEW):
        asked = let.kwargs or (fn is np.nan_to_num and len(let.args) > 1)
        return "maybe" if asked else "fresh"
    if fn is sum and len(let.args) == 1:
        return "fresh"  # it begins with 0 + the first item
    if among(fn, _OVERLAYS) and array:
        return "view"
    if among(fn, VIEW) and (array or isinstance(kind, Unknown | None)):
        return "view"
    if among(fn, HOLDING) and not isinstance(types.get(let.targets[0]), Arr):
        return "maybe"
    fresh = is_pure_call(let) and returns(fn) in ("fresh", "immutable")
    return "fresh" if fresh else "maybe"


def as_transposed(let: Let) -> Let:
    """``np.einsum("ij->ji", u)`` looks at u as ``np.transpose(u, (1, 0))`` does."""
    text = let.args[0].value if let.args and isinstance(let.args[0], Const) else None
    if let.fn is not np.einsum or not isinstance(text, str) or len(let.args) != 2 or let.kwargs:
        return let
    before, _, after = text.replace(" ", "").partition("->")
    if len(set(before)) < len(before) or sorted(before) != sorted(after) or "." in before:
        return let
    axes = Const(tuple(before.index(name) for name in after))
    return Let(let.targets, np.transpose, (let.args[1], axes), (), let.origin)


def _converted(let: Let, kind: Any) -> Relation | None:
    """Tell whether a conversion to a dtype gives the array itself or a copy; None if unknown."""
    named = dict(let.kwargs)
    asked = named.pop("dtype", let.args[1] if len(let.args) == 2 else None)
    converts = let.fn in (np.asarray, np.asanyarray)
    kept = named.pop("copy", Const(None if converts else True))
    if len(let.args) > 2 or named or not isinstance(asked, Const) or not isinstance(kept, Const):
        return None
    if not converts and let.fn not in (np.array, _m("astype")):
        return None
    try:
        other = np.dtype(asked.value) != kind.dtype
    except TypeError:
        return None
    return "fresh" if other or kept.value is True else "same"


def _is_row_by_row(let: Let) -> bool:
    """Tell whether a reshape counts through the entries in C order."""
    named = dict(let.kwargs)
    order = named.pop("order", Const("C"))
    place = {np.ravel: 1, _m("ravel"): 1, np.reshape: 2}.get(let.fn, len(let.args))
    order = (*let.args[place:], order)[0]
    return not named and isinstance(order, Const) and order.value == "C"


def _attribute(name: str, kind: Any) -> Relation:
    if name in ("T", "mT"):
        return "view"
    real = isinstance(kind, Arr) and kind.dtype.kind == "f"
    if name == "real" and real:
        return "same"
    if name in ("real", "imag") and isinstance(kind, Arr) and kind.dtype.kind == "c":
        return "view"
    return "view" if name == "flat" else "maybe"


def _indexed(let: Let, types: Types) -> Relation:
    whole, index = let.args
    if isinstance(index, Const) and isinstance(index.value, str):
        return "maybe"
    if not isinstance(types.get(whole), Arr | Unknown | None):  # type: ignore[arg-type]
        return "maybe"
    if is_basic(index, types):
        kind = types.get(let.targets[0])
        return "view" if isinstance(kind, Arr) or _has_slice(index, types) else "maybe"
    return "fresh" if is_picking(index, types) else "maybe"


def _has_slice(index: Atom, types: Types) -> bool:
    """Tell whether an index takes a part of an array, never one entry."""
    kind = types.get(index) if isinstance(index, Var) else Known(index.value)
    kinds = kind.items if isinstance(kind, Seq) else (kind,)
    return any(not is_int(one) and not isinstance(one, Unknown | None) for one in kinds)


def is_int(kind: Any) -> bool:
    """Tell whether an index of this type is one integer."""
    match kind:
        case Py(cls):
            return cls is int
        case Known(value):
            return type(value) is int
        case Arr():
            return kind.scalar and kind.dtype.kind in "iu"
        case Num():
            return all(map(is_int, kind.options))
    return False


def undone(let: Let, parent: Atom, new: Atom, b: Builder) -> Var | None:
    """Return the contents of a base whose view, taken by ``let``, has the contents ``new``."""
    fn: Any = let.fn
    rest = let.args[1:]
    if fn is operator.getitem:
        from srcgrad import runtime

        return b.let(runtime.put, parent, let.args[1], new)
    if among(fn, _INVERSES):
        return _INVERSES[fn](b, new, rest, dict(let.kwargs))
    if among(fn, _RESHAPES) or among(fn, _RESIZED):
        return b.let(np.reshape, new, b.let(np.shape, parent))
    if among(fn, _SAME):
        return b.let(ops.same, new)
    return part_written(b, fn, parent, new)


def part_written(b: Builder, fn: Any, whole: Atom, new: Atom) -> Var | None:
    """Return a complex array with another real or imaginary part."""
    from srcgrad import runtime

    if fn == _a("real"):
        return b.let(runtime.of_parts, new, b.let(_a("imag"), whole))
    if fn == _a("imag"):
        return b.let(runtime.of_parts, b.let(_a("real"), whole), new)
    return None


_RESIZED = frozenset({np.squeeze, _m("squeeze"), np.expand_dims, *_AT_LEAST})

Inverse = Callable[[Builder, Atom, tuple[Atom, ...], dict[str, Atom]], Var | None]


def _transposed(
    b: Builder, new: Atom, rest: tuple[Atom, ...], named: dict[str, Atom]
) -> Var | None:
    axes = [*rest, *named.values()]
    if not axes:
        return b.let(np.transpose, new)
    if len(axes) == 1 and isinstance(axes[0], Const) and axes[0].value is None:
        return b.let(np.transpose, new)
    values = [atom.value for atom in axes if isinstance(atom, Const)]
    order = values[0] if len(values) == 1 and isinstance(values[0], tuple) else tuple(values)
    if len(values) == len(axes) and all(type(axis) is int for axis in order):
        known = Const(tuple(int(axis) for axis in np.argsort(np.arange(len(order))[list(order)])))
        return b.let(np.transpose, new, known)
    made = axes[0] if len(axes) == 1 else b.let(ops.make_tuple, *axes)
    return b.let(np.transpose, new, b.let(np.argsort, made))


def _swapped(b: Builder, new: Atom, rest: tuple[Atom, ...], named: dict[str, Atom]) -> Var | None:
    return b.let(np.swapaxes, new, *rest, hint="", **named)


def _moved(b: Builder, new: Atom, rest: tuple[Atom, ...], named: dict[str, Atom]) -> Var | None:
    return None if named or len(rest) != 2 else b.let(np.moveaxis, new, rest[1], rest[0])


def _rolled(b: Builder, new: Atom, rest: tuple[Atom, ...], named: dict[str, Atom]) -> Var | None:
    if named or len(rest) != 1:
        return None
    return b.let(np.moveaxis, new, Const(0), rest[0])


def _again(fn: Any) -> Inverse:
    return lambda b, new, rest, named: b.let(fn, new, *rest, hint="", **named)


def _turned(b: Builder, new: Atom, rest: tuple[Atom, ...], named: dict[str, Atom]) -> Var | None:
    if named or len(rest) > 1:
        return None
    turns = rest[0] if rest else Const(1)
    return b.let(np.rot90, new, b.let(operator.neg, turns))


def _flat(b: Builder, new: Atom, rest: tuple[Atom, ...], named: dict[str, Atom]) -> Var | None:
    return None


_INVERSES: dict[Any, Inverse] = {
    _a("T"): _transposed,
    _a("mT"): _again(np.matrix_transpose) if hasattr(np, "matrix_transpose") else _flat,
    np.transpose: _transposed,
    _m("transpose"): _transposed,
    np.swapaxes: _swapped,
    _m("swapaxes"): _swapped,
    np.moveaxis: _moved,
    np.rollaxis: _rolled,
    np.flip: _again(np.flip),
    np.flipud: _again(np.flipud),
    np.fliplr: _again(np.fliplr),
    np.rot90: _turned,
}


def composed(
    let: Let, index: Atom, defined: Mapping[Var, Let], types: Types, b: Builder
) -> Atom | None:
    """Return the index into the base that is ``index`` into a view, or None.

    u[i][j] is u[i, j];  u[:, j][i] is u[i, j];  u[s][...] and u[s][:] are u[s]
    """
    if _is_transposed(let, types):
        return _crossed(index, defined, types, b)
    if let.fn is not operator.getitem:
        return None
    kind = types.get(index) if isinstance(index, Var) else None
    whole = isinstance(kind, Arr) and kind.dtype.kind in "iu"
    if not whole and not is_basic(index, types):
        return None
    if _is_all(index, defined):
        return let.args[1]
    outer = _parts(let.args[1], defined, types)
    inner = [index] if whole else _parts(index, defined, types)
    if outer is None or inner is None:
        return None
    waiting = list(inner)
    found: list[Atom] = []
    for atom in outer:
        cut = cut_of(atom, defined)
        if cut is None or not waiting:
            found.append(atom)
        elif _is_full(cut):
            found.append(waiting.pop(0))
        else:
            shifted = _shifted(cut, waiting.pop(0))
            if shifted is None:
                return None
            found.append(shifted)
    places = [*found, *waiting]
    return places[0] if len(places) == 1 else b.let(ops.make_tuple, *places)


def _is_transposed(let: Let, types: Types) -> bool:
    """Tell whether a view is that of a matrix with its two axes exchanged."""
    kind = types.get(let.args[0]) if isinstance(let.args[0], Var) else None
    plain = let.fn in (_a("T"), np.transpose, _m("transpose")) and len(let.args) == 1
    return plain and not let.kwargs and isinstance(kind, Arr) and len(kind.dims) == 2


def _crossed(index: Atom, defined: Mapping[Var, Let], types: Types, b: Builder) -> Atom | None:
    """T[i, j] is u[j, i], and T[i] is u[:, i]; not T[a:b], whose axes are exchanged."""
    parts = _parts(index, defined, types) if is_basic(index, types) else None
    if parts is None or len(parts) > 2 or all(cut_of(part, defined) for part in parts):
        return None
    full = b.let(slice, Const(None), Const(None), Const(None)) if len(parts) == 1 else parts[1]
    return b.let(ops.make_tuple, full, parts[0])


def _is_all(index: Atom, defined: Mapping[Var, Let]) -> bool:
    if isinstance(index, Const) and index.value is Ellipsis:
        return True
    cut = cut_of(index, defined)
    return cut is not None and _is_full(cut)


def _parts(index: Atom, defined: Mapping[Var, Let], types: Types) -> list[Atom] | None:
    """Return the integers and slices of a basic index, or None if there is anything else."""
    let = defined.get(index) if isinstance(index, Var) else None
    if isinstance(index, Const) and type(index.value) is tuple:
        parts: list[Atom] = [Const(item) for item in index.value]
    elif let is not None and let.fn is ops.make_tuple:
        parts = list(let.args)
    else:
        parts = [index]
    known = all(cut_of(atom, defined) or is_int(_kind(atom, types)) for atom in parts)
    return parts if known else None


def _kind(atom: Atom, types: Types) -> Any:
    return types.get(atom) if isinstance(atom, Var) else Known(atom.value)


def cut_of(atom: Atom, defined: Mapping[Var, Let]) -> tuple[Atom, ...] | None:
    """Return the three parts of a slice, or None if it is none."""
    if isinstance(atom, Const):
        if isinstance(atom.value, slice):
            return (Const(atom.value.start), Const(atom.value.stop), Const(atom.value.step))
        return None
    let = defined.get(atom)
    return let.args if let is not None and let.fn is slice else None


def _is_full(cut: tuple[Atom, ...]) -> bool:
    values = [atom.value if isinstance(atom, Const) else 0.5 for atom in cut]
    return values[0] in (None, 0) and values[1] is None and values[2] in (None, 1)


def _shifted(cut: tuple[Atom, ...], inner: Atom) -> Atom | None:
    """Return ``a + i`` for entry i of the slice ``a:b``, where that is certain."""
    values = [atom.value if isinstance(atom, Const) else 0.5 for atom in cut]
    if 0.5 in values or values[2] not in (None, 1) or not isinstance(inner, Const):
        return None
    start, stop = values[0] or 0, values[1]
    if type(inner.value) is not int or inner.value < 0 or start < 0:
        return None
    if stop is not None and (stop < 0 or start + inner.value >= stop):
        return None
    return Const(start + inner.value)

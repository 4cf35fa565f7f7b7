"""Settle augmented assignments: of arrays, of their parts, of what may be a number.

x += y           x.1 = iadd(x, y), and whoever looks at x's memory sees x.1
x[i] += y        x.1 = put_add(x, i, y), where every entry is met once
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.dtypes import call_dtype
from srcgrad.facts.indices import is_basic
from srcgrad.facts.kinds import Arr
from srcgrad.facts.shapes_index import getitem
from srcgrad.facts.sizes import Sizes, is_one, never_one
from srcgrad.facts.typed import const_type
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Do, Let, Var
from srcgrad.read import boxes
from srcgrad.read.places import Root, Same, View
from srcgrad.read.settle_entries import array_at
from srcgrad.read.settle_writes import entry_fn, put, target_of, write

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


def augmented(s: Settler, stmt: Let, first: Var) -> None:
    """``x += v`` on an array."""
    value = s.read(stmt.args[1], stmt.origin)
    target = stmt.targets[0]
    s.tracks[target] = True
    var = target_of(s, first, stmt)
    if var is None:
        s.refs[target] = Same(first)
        return
    ref = s.refs[s.base(var)]
    part = ref if isinstance(ref, View) and not boxes.is_box(s, ref.parent) else None
    part = part if part is not None and part.let.fn is operator.getitem else None
    if not _fits(s, s.types.get(first), stmt.fn, value):
        _refuse_cut(s, first, stmt)
    elif _outgrows(s, s.types.get(first), value, stmt.fn):
        _refuse_growth(s, first, stmt)
    elif part is not None and _adds(stmt.fn):
        put(s, var, Const(Ellipsis), _signed(s, stmt.fn, value), runtime.put_add)
    elif part is not None:
        index = part.let.args[1]
        old = s.b.let(operator.getitem, s.current(part.parent), index)
        put(s, part.parent, index, s.b.let(stmt.fn, old, value))
    elif _dtype_of(s, s.types.get(first), stmt.fn, value) != _own_dtype(s, first):
        put(s, var, Const(Ellipsis), s.b.let(_plain(stmt.fn), s.current(var), value))
    else:
        new = target if isinstance(ref, Root) else Var(target.hint, target.user)
        inside = isinstance(ref, View) and boxes.is_box(s, ref.parent)  # is made anew there
        fn = _plain(stmt.fn) if inside else stmt.fn
        s.b.add(Let((new,), fn, (s.current(var), value), (), stmt.origin))
        write(s, var, new)
    s.refs[target] = Same(first)


def perhaps_augmented(s: Settler, stmt: Let, first: Var) -> None:
    """``x += v`` on what may be an array, or may be a number that is bound anew.

    Nobody who looks at the memory of ``x`` under another name is certain what stands there.
    """
    target = stmt.targets[0]
    s.b.add(Let((target,), stmt.fn, s.mapped(stmt)[0], (), stmt.origin))
    s.tracks[target] = True
    places = s.places(first)
    s.root(target, foreign=frozenset(var for place in places for var in place.foreign))
    for place in places:
        for other in (place, *place.seen_by()):
            s.state.stale[other] = stmt.origin


def _dtype_of(s: Settler, kind: Any, fn: Any, value: Atom) -> Any:
    """Return the dtype of ``array op value``, or that of the array where it is not known."""
    other = const_type(value.value) if isinstance(value, Const) else s.types.get(value)
    assert isinstance(kind, Arr)
    made = call_dtype(_plain(fn), (kind, other)) if other is not None else None
    return made if isinstance(made, np.dtype) else kind.dtype


def _own_dtype(s: Settler, array: Var) -> Any:
    kind = s.types.get(array)
    assert isinstance(kind, Arr)
    return kind.dtype


def _fits(s: Settler, kind: Any, fn: Any, value: Atom) -> bool:
    """Tell whether NumPy stores ``array op= value``: it refuses to cut off fractions."""
    if not isinstance(kind, Arr) or kind.scalar:
        return True
    return np.can_cast(_dtype_of(s, kind, fn, value), kind.dtype, "same_kind")


def _outgrows(s: Settler, kind: Any, value: Atom, fn: Any) -> bool:
    """Tell whether ``array op value`` has more entries than the array, for which NumPy raises."""
    given = s.types.get(value) if isinstance(value, Var) else None
    if not isinstance(kind, Arr) or not isinstance(given, Arr) or fn is operator.imatmul:
        return False
    pairs = zip(kind.dims[::-1], given.dims[::-1], strict=False)
    wider = any(is_one(own) and never_one(other) for own, other in pairs)
    return wider or len(given.dims) > len(kind.dims)


def _refuse_growth(s: Settler, array: Var, stmt: Let) -> None:
    name = array.hint or "this array"
    s.refuse(
        f"cannot store this result in {name!r}",
        "It has more entries than the array, and NumPy raises an error there.",
        f"Bind a new array: {name} = {name} + ...",
        stmt.origin,
    )


def _refuse_cut(s: Settler, array: Atom, stmt: Let | Do) -> None:
    name = array.hint if isinstance(array, Var) and array.hint else "this array"
    s.refuse(
        f"cannot store this result in {name!r}",
        "It holds whole numbers or truth values, and NumPy raises an error where an augmented"
        " assignment would cut off fractions.",
        f"Make it an array of floats, or bind a new array: {name} = {name} + ...",
        stmt.origin,
    )


def _plain(fn: Any) -> Any:
    return ops.PLAIN[fn]


def _adds(fn: Any) -> bool:
    return fn in (operator.iadd, operator.isub)


def _signed(s: Settler, fn: Any, value: Atom) -> Atom:
    return s.b.let(operator.neg, value) if fn is operator.isub else value


def augment_item(s: Settler, stmt: Do) -> None:
    """``x[i] += v``: an addition where every entry is met once, else a value that is put."""
    fn, whole, index, value = stmt.args
    assert isinstance(fn, Const)
    entry = boxes.entry(s, whole, index) or array_at(s, whole, index)
    if entry is not None:  # the array is written, and put back where it was
        augmented(s, Let((Var(entry.hint),), fn.value, (entry, value), (), stmt.origin), entry)
        return
    value, index = s.read(value, stmt.origin), s.read(index, stmt.origin)
    if boxes.is_box(s, whole):
        assert isinstance(whole, Var)
        old = s.b.let(operator.getitem, s.read(whole), index)
        new = s.b.let(fn.value, old, value)
        boxes.replace(s, whole, entry_fn(s, whole), [index], new)
        return
    var = target_of(s, whole, stmt)
    if var is None:
        return
    if not _fits(s, _part_type(s, var, index), fn.value, value):
        _refuse_cut(s, whole, stmt)
        return
    once = is_basic(index, s.types) or _is_mask(s, index)
    if _adds(fn.value) and once and not _is_whole(s.types.get(var)):
        put(s, var, index, _signed(s, fn.value, value), runtime.put_add)
        return
    old = s.b.let(operator.getitem, s.current(var), index)
    put(s, var, index, s.b.let(fn.value, old, value))


def _part_type(s: Settler, var: Var, index: Atom) -> Any:
    kind = s.types.get(var)
    place = const_type(index.value) if isinstance(index, Const) else s.types.get(index)
    return getitem(Sizes(), kind, place) if kind is not None and place is not None else None


def _is_whole(kind: Any) -> bool:
    """Tell whether an array holds whole numbers: adding a fraction to an entry cuts it off."""
    return isinstance(kind, Arr) and kind.dtype.kind not in "fc"


def _is_mask(s: Settler, index: Atom) -> bool:
    kind = s.types.get(index) if isinstance(index, Var) else None
    return isinstance(kind, Arr) and kind.dtype.kind == "b"

"""How cotangents pass through the building, reading and walking of containers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad import runtime
from srcgrad.derive.fit import same_shape
from srcgrad.derive.frames import Frame, adjoint
from srcgrad.derive.lists import CHANGES, is_sum_of_lists, sum_of_lists
from srcgrad.facts.indices import is_basic
from srcgrad.facts.kinds import UNKNOWN, Arr, Cut, Known, ListOf, Map, Py, Seq, Type
from srcgrad.facts.shapes_index import getitem
from srcgrad.facts.typed import const_type
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Atom, Const, Let, Var

if TYPE_CHECKING:
    from srcgrad.derive.apply import Payer

Owed = Sequence[Atom | None]
Handler = Callable[["Payer", Let, Owed, Frame, Builder], None]


def _same(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    if owed[0] is not None:
        payer.pay(frame, let.args[0], owed[0], b)


def _items(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    for i, atom in enumerate(let.args):
        if atom in payer.live:
            payer.pay_item(frame, atom, b.let(operator.getitem, owed[0], i), b)


def _dict(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    keys = let.args[::2]
    for i, (key, atom) in enumerate(zip(keys, let.args[1::2], strict=True)):
        if atom not in payer.live:
            continue
        cot = b.let(operator.getitem, owed[0], key)
        later = [k for k in keys[i + 1 :] if not (isinstance(key, Const) and isinstance(k, Const))]
        if later:
            cot = b.let(runtime.unless_in, cot, key, b.let(ops.make_tuple, *later))
        payer.pay_item(frame, atom, cot, b)


def _dict_call(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    for name, atom in let.kwargs:
        if atom in payer.live:
            payer.pay(frame, atom, b.let(operator.getitem, owed[0], name), b, made=True)
    if let.args and let.args[0] in payer.live:
        kind = payer.kind(let.args[0])
        if isinstance(kind, ListOf) and kind.cls not in (list, tuple):
            payer.refuse(
                let.origin,
                "cannot differentiate through this 'dict'",
                f"It is made from a {kind.cls.__name__}, whose items are gone when it is made.",
                "Write a dict comprehension: {key: value for key, value in ...}.",
            )
            return
        hidden = b.let(ops.make_set, *(name for name, _ in let.kwargs))
        part = b.let(runtime.entries, owed[0], let.args[0], hidden)
        payer.pay(frame, let.args[0], part, b, made=True)


def _merged(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    first, second = let.args
    if first in payer.live:
        payer.pay(frame, first, b.let(runtime.entries, owed[0], first, second), b, made=True)
    if second in payer.live:
        nothing = b.let(ops.make_tuple)
        payer.pay(frame, second, b.let(runtime.entries, owed[0], second, nothing), b, made=True)


def _dict_of(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    if let.targets[0] in payer.gone:  # there may be more entries by now
        payer.pay(frame, let.args[1], b.let(runtime.items_at, owed[0], let.args[0]), b, made=True)
        return
    values = b.let(ops.method("values"), owed[0])
    payer.pay(frame, let.args[1], b.let(list, values), b, made=True)


_TURNED = Cut(Known(None), Known(None), Known(-1))
"""The index of ``v[::-1]``."""


def _getitem(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    whole, index = let.args
    if index in payer.live:  # np.r_[x, y]
        _gathered(payer, let, owed, frame, b)
        return
    if not isinstance(whole, Var) or whole not in payer.live:
        return
    before = frame.current(whole)
    if before is None and payer.deeper(let, owed[0], frame, b):
        return
    if before is None and isinstance(payer.kind(whole), Arr) and payer.kind(index) == _TURNED:
        turned = b.let(operator.getitem, owed[0], index)  # its own inverse
        payer.pay(frame, whole, turned, b, made=True)
        return
    if before is None:
        before = b.let(runtime.zeros_like, whole)
    elif isinstance(before, Var) and before.hint == adjoint(whole).hint:
        before.user = before.user and before in frame.totals.values()
    if payer.lacks(whole) and frame.current(whole) is not None:
        before = b.let(runtime.given, before, whole)
    name = adjoint(whole)
    total = b.let(runtime.put_add, before, index, owed[0], hint=name.hint)
    total.user = name.user
    frame.owed[whole] = total


def _gathered(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    """Pay back ``np.r_[x, y]`` and ``np.c_[x, y]``, where what is read stands in the brackets."""
    whole, index = let.args
    if not isinstance(whole, Const) or (whole.value is not np.r_ and whole.value is not np.c_):
        payer.refuse_call(let, [index])
        return
    parts = b.let(runtime.joined_parts, owed[0], index, whole.value is np.c_)
    payer.pay(frame, index, parts, b, made=True)


def _put(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    """What was written is owed what stands there; what was there before is owed nothing."""
    whole, index, value = let.args
    g = owed[0]
    assert g is not None
    if isinstance(value, Var) and value in payer.live:
        if is_basic(index, payer.types) or _is_mask(payer.kind(index)):
            part = _part(payer, let, g, b)
        else:
            part = b.let(runtime.put_part, g, index, value)
        payer.pay(frame, value, part, b, made=True)
    if isinstance(whole, Var) and whole in payer.live:
        name = adjoint(whole)
        rest = b.let(runtime.put, g, index, Const(0.0), hint=name.hint)
        rest.user = name.user
        payer.pay(frame, whole, rest, b)


def _part(payer: Payer, let: Let, g: Atom, b: Builder) -> Atom:
    """Return what is owed to a value that was written, or added, at an index."""
    whole, index, value = let.args
    part = b.let(operator.getitem, g, index)
    kind, own = payer.kind(whole), payer.kind(value)
    if isinstance(kind, (Seq, ListOf, Map)) or (
        isinstance(kind, Arr) and same_shape(_entry(payer, kind, payer.kind(index)), own)
    ):
        return part
    return b.let(runtime.unbroadcast, part, value)


def _entry(payer: Payer, kind: Arr, index: Type) -> Type:
    place = const_type(index.value) if isinstance(index, Known) else index
    return getitem(payer.sizes, kind, place)


def _put_add(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    """What was added at an index is owed what stands there, what it was added to all."""
    whole, _, value = let.args
    g = owed[0]
    assert g is not None
    if isinstance(value, Var) and value in payer.live:
        payer.pay(frame, value, _part(payer, let, g, b), b, made=True)
    payer.pay(frame, whole, g, b)


def _is_mask(kind: Type) -> bool:
    return isinstance(kind, Arr) and kind.dtype.kind == "b"


def _unpack(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    parts = [
        payer.zeros(var, b) if g is None else g for var, g in zip(let.targets, owed, strict=True)
    ]
    if let.fn is ops.unpack_star:
        before, after = (atom.value for atom in let.args[1:] if isinstance(atom, Const))
        head = b.let(ops.make_list, *parts[:before])
        tail = b.let(ops.make_list, *parts[len(parts) - after :])
        middle = b.let(list, parts[before])
        items = b.let(operator.add, b.let(operator.add, head, middle), tail)
    else:
        whole = payer.kind(let.args[0])
        if isinstance(whole, Seq) and whole.cls in (list, tuple):
            make = ops.make_list if whole.cls is list else ops.make_tuple
            payer.pay(frame, let.args[0], b.let(make, *parts), b, made=True)
            return
        items = b.let(ops.make_tuple, *parts)
    payer.pay(frame, let.args[0], b.let(runtime.collect_like, items, let.args[0]), b, made=True)


def walked_through(payer: Payer, items: Atom, over: Var, complete: bool, b: Builder) -> Atom:
    """Return the cotangent of what a loop walked along, from those of its items in order.

    ``complete`` tells that the loop looked at all of them.
    """
    kind = payer.kind(over)
    if complete and isinstance(kind, (Seq, ListOf)) and kind.cls in (list, tuple):
        return items if kind.cls is list else b.let(tuple, items)
    return b.let(runtime.collect_like, items, over)


def _walked(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    for i, source in enumerate(let.args):
        if source in payer.live:
            place = 1 if let.fn is enumerate else i
            payer.pay(frame, source, b.let(runtime.column, owed[0], place, source), b)
        if let.fn is enumerate:
            break


def _reversed(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    payer.pay(frame, let.args[0], b.let(runtime.turned_like, owed[0], let.args[0]), b, made=True)


def _copied(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    if let.args:
        whole = b.let(runtime.collect_like, owed[0], let.args[0])
        payer.pay(frame, let.args[0], whole, b)


def _values(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    payer.pay(frame, let.args[0], b.let(runtime.dict_like, owed[0], let.args[0]), b)


def _pairs(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    values = b.let(runtime.column, owed[0], 1, b.let(ops.method("values"), let.args[0]))
    payer.pay(frame, let.args[0], b.let(runtime.dict_like, values, let.args[0]), b)


def _joined(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    first, second = let.args
    n = b.let(len, first)
    head = b.let(operator.getitem, owed[0], b.let(slice, None, n, None))
    payer.pay(frame, first, b.let(runtime.collect_like, head, first), b, made=True)
    tail = b.let(operator.getitem, owed[0], b.let(slice, n, None, None))
    payer.pay(frame, second, b.let(runtime.collect_like, tail, second), b, made=True)


def _perhaps_joined(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    first, second = let.args
    parts = b.lets(("", ""), ops.unpack, b.let(runtime.unjoined, owed[0], first, second), 2)
    for atom, part in zip((first, second), parts, strict=True):
        payer.pay(frame, atom, part, b, made=True)


def _repeated(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    for atom in let.args:
        if isinstance(payer.kind(atom), (Seq, ListOf)):
            payer.pay(frame, atom, b.let(runtime.fold_repeats, owed[0], atom), b, made=True)


def list_operation(let: Let, kinds: Sequence[Type]) -> Handler | None:
    """Return how ``+`` and ``*`` are paid back where they join or repeat lists or tuples."""
    if is_sum_of_lists(let, kinds):
        return sum_of_lists
    lists = [isinstance(kind, (Seq, ListOf)) for kind in kinds]
    if let.fn in (operator.add, operator.iadd) and all(lists):
        return _joined
    if let.fn in (operator.add, operator.iadd) and any(lists):
        return _perhaps_joined if UNKNOWN in kinds else None
    if let.fn in (operator.mul, operator.imul) and any(lists):
        other = kinds[lists.index(False)] if not all(lists) else None
        whole = isinstance(other, Known) and type(other.value) is int
        return _repeated if whole or (isinstance(other, Py) and other.cls is int) else None
    return None


HANDLERS: dict[Any, Handler] = {
    ops.same: _same,
    ops.make_tuple: _items,
    ops.make_list: _items,
    ops.make_dict: _dict,
    ops.dict_of: _dict_of,
    dict: _dict_call,
    operator.or_: _merged,
    operator.ior: _merged,
    operator.getitem: _getitem,
    runtime.put: _put,
    runtime.put_add: _put_add,
    ops.unpack: _unpack,
    ops.unpack_star: _unpack,
    zip: _walked,
    enumerate: _walked,
    reversed: _reversed,
    list: _copied,
    tuple: _copied,
    ops.method("values"): _values,
    ops.method("items"): _pairs,
    **CHANGES,
}
"""The structural operations of a program and how each is paid back."""

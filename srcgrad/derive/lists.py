"""How cotangents pass through changes of lists and dicts: the change is undone.

xs.append(v)            d_v = d_xs.pop()
v = xs.pop()            d_xs.append(d_v)
xs[i] = v               d_v = d_xs[i]; d_xs[i] = 0.0
d["k"] = v              d_v = d_d.pop("k"), where there was no such entry before
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad import runtime
from srcgrad.derive.fit import same_shape
from srcgrad.derive.frames import Frame, adjoint
from srcgrad.facts.kinds import Arr, DictOf, Known, ListOf, Map, Num, Py, Seq, Type
from srcgrad.facts.numbers import is_number
from srcgrad.facts.shapes_lists import part_of
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Atom, Const, Let, Var

if TYPE_CHECKING:
    from srcgrad.derive.apply import Payer

Owed = Sequence[Atom | None]
Handler = Callable[["Payer", Let, Owed, Frame, Builder], None]


def _version(b: Builder, let: Let) -> None:
    """Name the cotangent that was just made as that of the container that was changed."""
    made = b.stmts[-1]
    old = let.args[0]
    assert isinstance(made, Let) and isinstance(old, Var)
    name = adjoint(old)
    made.targets[0].hint, made.targets[0].user = name.hint, name.user


def _popped(
    b: Builder, let: Let, g: Atom, *path: Any, fn: Any = runtime.pop_item
) -> tuple[Var, Var]:
    """Take an item out of a cotangent; return what is left, and the item."""
    rest, item = b.lets(("", ""), fn, g, *path)
    _version(b, let)
    return rest, item


def _give(payer: Payer, frame: Frame, atom: Atom, g: Var, b: Builder) -> None:
    payer.pay_item(frame, atom, g, b)
    g.hint = g.hint or "d_item"


def _append(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    """``xs.append(v)`` and ``d[k].append(v)``."""
    items, *path, item = let.args
    assert owed[0] is not None
    rest, part = _popped(b, let, owed[0], *path, Const(-1))
    _give(payer, frame, item, part, b)
    payer.pay(frame, items, rest, b)


def _pop(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    """``v = xs.pop(i)``: the item is put back."""
    whole, *path = let.args
    if len(let.targets) == 1:
        both = owed[0]
        g_rest: Atom | None
        g_item: Atom | None
        g_rest, g_item = b.lets(("", ""), ops.unpack, both, 2)
    else:
        rest, item = let.targets
        g_rest, g_item = owed
        g_rest = payer.zeros(rest, b) if g_rest is None else g_rest
        g_item = payer.zeros(item, b) if g_item is None else g_item
    key = path[-1]
    kind = _container(payer, let, path)
    hint = adjoint(whole).hint if isinstance(whole, Var) else ""
    if let.fn is runtime.pop_entry:
        back = b.let(runtime.put_entry, g_rest, *path, g_item, hint=hint)
    elif isinstance(key, Const) and key.value == -1 and len(path) == 1:
        back = b.let(ops.list_append, g_rest, g_item, hint=hint)
    elif isinstance(key, Const) and key.value == -1:
        back = b.let(runtime.append_inside, g_rest, *path[:-1], g_item, hint=hint)
    elif isinstance(kind, (Seq, ListOf)) and isinstance(key, Const) and key.value >= 0:
        back = b.let(runtime.insert_item, g_rest, *path, g_item, hint=hint)
    else:
        back = b.let(runtime.unpopped, g_rest, *path, g_item, hint=hint)
    _version(b, let)
    payer.pay(frame, whole, back, b)


def _insert(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    """``xs.insert(i, v)``."""
    items, index, item = let.args
    g = owed[0]
    assert g is not None
    first = isinstance(index, Const) and index.value == 0
    place = index if first else b.let(runtime.inserted_at, g, index)
    rest, part = _popped(b, let, g, place)
    _give(payer, frame, item, part, b)
    payer.pay(frame, items, rest, b)


def _put(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    """``xs[i] = v`` and ``d[k] = v``: what stood there before is owed nothing."""
    whole, *path, value = let.args
    g = owed[0]
    assert g is not None
    before = _before(payer, let)
    if before is None:
        rest, part = _popped(b, let, g, *path, fn=runtime.pop_entry)
        _give(payer, frame, value, part, b)
        payer.pay(frame, whole, rest, b)
        return
    part = g  # type: ignore[assignment]
    if value in payer.live or before is _ALIKE:
        for key in path:
            part = b.let(operator.getitem, part, key)
        payer.pay(frame, value, part, b, made=True)
    if whole not in payer.live:
        return
    if before is _ALIKE:
        before = b.let(np.zeros_like, part)
    if before is _ASKED:
        back = b.let(runtime.cleared, g, *path, _asked(payer, let))
    else:
        back = b.let(let.fn, g, *path, before)
    _version(b, let)
    payer.pay(frame, whole, back, b)


_ALIKE, _ASKED = Const("alike"), Const("asked")


def _before(payer: Payer, let: Let) -> Atom | None:
    """Return what is owed to what a put replaces; None where there was no such entry.

    ``_ALIKE`` are zeros like the new item, ``_ASKED`` tells that the program has to look.
    """
    whole, *path, value = let.args
    kinds = [payer.kind(atom) for atom in path]
    kind: Type | None = payer.kind(whole)
    for key in kinds[:-1]:
        kind = part_of(kind, key)
    if isinstance(kind, Map):
        if not isinstance(kinds[-1], Known):
            return _ASKED
        if kinds[-1].value not in kind.keys:
            return None
    elif not isinstance(kind, (Seq, ListOf, DictOf)):
        return _ASKED
    return _zero(payer, part_of(kind, kinds[-1]), payer.kind(value))


def _zero(payer: Payer, old: Type, new: Type) -> Const:
    match old:
        case Py() | Num() | Known(bool() | int() | float()) | Arr(scalar=True):
            return Const(0.0)
        case Known(None | str()):
            return Const(None)
        case Arr() if same_shape(old, new):
            return _ALIKE
    return _ASKED


def _asked(payer: Payer, let: Let) -> Var:
    """Let the program look, ahead of the put, at what it replaces."""
    whole, *path, _ = let.args
    before = Var("before")
    if len(path) == 1 and let.fn is runtime.put_entry:
        ahead = Let((before,), ops.method("get"), (whole, *path), (), let.origin)
    elif len(path) == 1:
        ahead = Let((before,), operator.getitem, (whole, *path), (), let.origin)
    else:
        ahead = Let((before,), runtime.item_before, (whole, *path), (), let.origin)
    payer.ahead.append(ahead)
    return before


def _container(payer: Payer, let: Let, path: Sequence[Atom]) -> Type:
    kind: Type = payer.kind(let.args[0])
    for key in path[:-1]:
        kind = part_of(kind, payer.kind(key))
    return kind


def holds_lists(kind: Type) -> bool:
    """Tell whether a list holds lists of numbers or arrays, and nothing else."""
    if not isinstance(kind, (Seq, ListOf)) or kind.cls is not list:
        return False
    rows = kind.items if isinstance(kind, Seq) else (kind.item,)
    items = [
        item
        for row in rows
        if isinstance(row, (Seq, ListOf)) and row.cls is list
        for item in (row.items if isinstance(row, Seq) else (row.item,))
    ]
    lists = all(isinstance(row, (Seq, ListOf)) and row.cls is list for row in rows)
    return lists and all(isinstance(item, Arr) or is_number(item) for item in items)


def add_inside(
    payer: Payer, place: tuple[Var, Atom, Atom], g: Atom | None, frame: Frame, b: Builder
) -> None:
    """Pay an entry of a row to the list of rows: ``d_T[i][j] += g``."""
    whole, first, index = place
    before = frame.current(whole)
    if before is None:
        before = b.let(runtime.zeros_like, whole, hint=adjoint(whole).hint)
    old = b.let(operator.getitem, b.let(operator.getitem, before, first), index)
    kind = part_of(part_of(payer.kind(whole), payer.kind(first)), payer.kind(index))
    new = b.let(operator.iadd if is_number(kind) else operator.add, old, g)
    name = adjoint(whole)
    total = b.let(runtime.put_item, before, first, index, new, hint=name.hint)
    total.user = name.user
    frame.owed[whole] = total


def _updated(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    """``d.update(more)``."""
    first, second = let.args
    if first in payer.live:
        payer.pay(frame, first, b.let(runtime.entries, owed[0], first, second), b, made=True)
    if second in payer.live:
        nothing = b.let(ops.make_tuple)
        payer.pay(frame, second, b.let(runtime.entries, owed[0], second, nothing), b, made=True)


def _extend(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    """``xs.extend(more)``."""
    first, second = let.args
    g = owed[0]
    kind = payer.kind(second)
    m: Atom = Const(len(kind.items)) if isinstance(kind, Seq) else b.let(len, second)
    n = b.let(operator.sub, b.let(len, g), m)
    if second in payer.live:
        part = b.let(operator.getitem, g, b.let(slice, n, None, None))
        if not isinstance(kind, (Seq, ListOf)) or kind.cls is not list:
            part = b.let(runtime.collect_like, part, second)
        payer.pay(frame, second, part, b, made=True)
    head = b.let(operator.getitem, g, b.let(slice, None, n, None))
    _version(b, let)
    payer.pay(frame, first, head, b)


def _put_items(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    """``xs[a:b] = more``."""
    items, index, more = let.args
    both = b.let(runtime.put_items_parts, owed[0], index, items, more)
    rest, part = b.lets(("", ""), ops.unpack, both, 2)
    if more in payer.live:
        payer.pay(frame, more, b.let(runtime.collect_like, part, more), b, made=True)
    payer.pay(frame, items, rest, b, made=True)


def _member(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    """``members.add(v)``: which of equal numbers a set holds is not to be told."""
    payer.refuse_call(let, list(let.args))


def _sum_of_lists(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    """``sum(lists, [])`` joins lists."""
    lists, start = let.args[0], let.args[1]
    both = b.let(runtime.unsummed, owed[0], lists, start)
    parts, first = b.lets(("", ""), ops.unpack, both, 2)
    payer.pay(frame, lists, parts, b, made=True)
    payer.pay(frame, start, first, b, made=True)


def _sorted(payer: Payer, let: Let, owed: Owed, frame: Frame, b: Builder) -> None:
    """``sorted(xs)`` of numbers."""
    kind = payer.kind(let.args[0])
    named = dict(let.kwargs)
    walked = isinstance(kind, (Seq, ListOf)) and kind.cls not in (list, tuple)
    if walked or named.keys() - {"reverse"}:
        payer.refuse_call(let, list(let.args))
        return
    part = b.let(runtime.unsorted, owed[0], let.args[0], *named.values())
    payer.pay(frame, let.args[0], part, b, made=True)


def is_sum_of_lists(let: Let, kinds: Sequence[Type]) -> bool:
    """Tell whether a sum begins with a list or tuple, and so joins its items."""
    return let.fn is sum and len(kinds) == 2 and isinstance(kinds[1], (Seq, ListOf))


sum_of_lists: Handler = _sum_of_lists

CHANGES: dict[Any, Handler] = {
    ops.list_append: _append,
    runtime.append_inside: _append,
    runtime.pop_item: _pop,
    runtime.pop_entry: _pop,
    runtime.updated: _updated,
    runtime.put_item: _put,
    runtime.put_entry: _put,
    runtime.insert_item: _insert,
    runtime.extended: _extend,
    runtime.put_items: _put_items,
    runtime.add_member: _member,
    runtime.drop_member: _member,
    sorted: _sorted,
}
"""The changes of lists and dicts and how each is undone."""

"""Lift changes of the items of lists and dicts that were made here.

T[i][j] = v            T.1 = put_item(T, i, j, v)
del xs[i]              xs.1, _ = pop_item(xs, i)
xs += more             xs.1 = extended(xs, more)
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from srcgrad import runtime
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let, Var
from srcgrad.read.containers import (
    KEEP,
    Place,
    change,
    current,
    forget,
    place_of,
    refuse,
    trouble,
    version,
)
from srcgrad.read.lifter import Lifter
from srcgrad.read.values import Mapped, Value


def put_item(at: Lifter, whole: Value, index: Atom, value: Value, node: Any) -> bool:
    """Lift ``xs[i] = v`` where xs is a container made here; tell whether it is one."""
    place = place_of(at, whole)
    if place is None:
        return False
    if place.path:
        forget(at, whole)
    if place.cls is dict:
        change(at, place, runtime.put_entry, [index, value], node, [(index, value)])
    elif _is_cut(at, index):
        if place.path:
            refuse(at, node, place.root.hint, "It is a slice of a list inside another.")
        elif (more := listed(at, value, node)) is not None:
            if change(at, place, runtime.put_items, [index, more], node) is not None:
                _enter_all(at, place, more)
    else:
        change(at, place, runtime.put_item, [index, value], node, [(index, value)])
    return True


def listed(at: Lifter, value: Value, node: Any) -> Value | None:
    """Return something iterable as a list, unless it is one."""
    if isinstance(value, Var) and value in at.lists.of and at.lists.of[value].cls is list:
        return value
    return at.let(list, value, node=node)


def _is_cut(at: Lifter, index: Atom) -> bool:
    if isinstance(index, Const):
        return isinstance(index.value, slice)
    return any(
        isinstance(stmt, Let) and stmt.targets == (index,) and stmt.fn is slice
        for stmt in at.out[-6:]
    )


def drop_item(at: Lifter, whole: Value, index: Atom, node: Any) -> bool:
    """Lift ``del xs[i]`` where xs is a container made here; tell whether it is one."""
    place = place_of(at, whole)
    if place is None:
        return False
    if place.path:
        forget(at, whole)
    if place.cls is list and _is_cut(at, index):
        change(at, place, runtime.put_items, [index, at.let(ops.make_list, node=node)], node)
    else:
        fn = runtime.pop_entry if place.cls is dict else runtime.pop_item
        change(at, place, fn, [index], node, gives=True)
    return True


def extend(at: Lifter, place: Place, more: Value, node: Any) -> None:
    """Lift ``xs += more``."""
    own = at.lists.of.get(more) if isinstance(more, Var) else None
    if own is not None and at.lists.owners(more) and own in (place.inner or ()):
        more = at.let(list, more, node=node)
    entered = at.lists.of.get(more) if isinstance(more, Var) else None
    if entered is None:
        more = at.let(list, more, node=node)
    if place.path:
        old = at.let(operator.getitem, place.root, place.path[-1], node=node)
        whole = at.let(operator.add, old, more, node=node)
        outer = Place(place.root, place.path[:-1], place.inner)
        fn = runtime.put_item
        change(at, outer, fn, [place.path[-1], whole], node)
        return
    change(at, place, runtime.extended, [more], node)
    _enter_all(at, place, more)


def _enter_all(at: Lifter, place: Place, more: Value) -> None:
    """Note that the items of another container stand in one, too."""
    source = at.lists.of.get(more) if isinstance(more, Var) else None
    owner = place.inner[0]
    if source is None:
        owner.others.append(None)
        return
    for item in source.items():
        if item is not None:
            item.escaped = True
        owner.others.append(item)


def augment_name(at: Lifter, old: Value, symbol: str, value: Value, node: Any) -> bool:
    """Lift ``xs += ys`` where xs is a container made here; tell whether it is one."""
    place = place_of(at, old)
    return place is not None and not place.path and _augment(at, place, symbol, value, node)


def augment_entry(at: Lifter, old: Var | Const, symbol: str, value: Value, node: Any) -> bool:
    """Lift ``xs[i] += ys`` where the entry is a container made here; tell whether it is one."""
    place = place_of(at, old)
    if place is None or place.cls not in (list, dict, set):
        return False
    if place.path:
        forget(at, old)
    return _augment(at, place, symbol, value, node)


def _augment(at: Lifter, place: Place, symbol: str, value: Value, node: Any) -> bool:
    if place.cls is list and symbol == "Add":
        extend(at, place, value, node)
    elif place.cls is list and symbol == "Mult":
        replaced(at, place, lambda now: at.let(operator.mul, now, value, node=node), node)
    elif place.cls is dict and symbol == "BitOr":
        update_entries(at, place, [value], node)
    elif place.cls is set:
        fn = ops.INPLACE[symbol]
        change(at, place, fn, [value], node)
    else:
        return False
    return True


def update_entries(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    """Change a dict or set by the entries of another."""
    if place.path:
        refuse(at, node, place.root.hint, "It updates a dict inside another container.")
        return None
    for more in args:
        if isinstance(more, Mapped):
            more = at.atom(more, node)
        elif not (isinstance(more, Var) and more in at.lists.of):
            more = at.let(dict, more, node=node)
        if change(at, place, runtime.updated, [more], node) is None:
            return None
        _enter_all(at, place, more)
    return KEEP


def replaced(at: Lifter, place: Place, make: Callable[[Var], Var], node: Any) -> Value | None:
    """Let a container have the contents of a new one."""
    place = current(at, place)
    why = trouble(at, place)
    if why is None and place.path:
        why = "It stands inside another container."
    if why is not None:
        refuse(at, node, place.root.hint or "this container", why)
        return None
    items = list(place.inner[0].items())
    kept = [(one, one.escaped) for one in items if one is not None]
    new = make(place.root)
    for one, escaped in kept:
        one.escaped = escaped
    version(at, place, new, node)
    return KEEP

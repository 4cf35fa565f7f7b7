"""Types of lists and dicts that were changed: `runtime.put_item` and the like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srcgrad.facts.joins import Joiner
from srcgrad.facts.kinds import UNKNOWN, Cut, DictOf, Known, ListOf, Map, Py, Seq, Type
from srcgrad.facts.sizes import Sizes
from srcgrad.program.nodes import UNDEFINED

Change = Callable[[Type], Type]


def part_of(kind: Type | None, key: Type) -> Type:
    """Return the type of an item of a list or dict."""
    value = key.value if isinstance(key, Known) else None
    if isinstance(kind, Map) and isinstance(key, Known) and value in kind.keys:
        return kind.items[kind.keys.index(value)]
    if isinstance(kind, Seq) and type(value) is int and -len(kind.items) <= value < len(kind.items):
        return kind.items[value]
    if isinstance(kind, Seq) and kind.items:
        first = kind.items[0]
        return first if all(item == first for item in kind.items) else UNKNOWN
    return kind.item if isinstance(kind, (ListOf, DictOf)) else UNKNOWN


def _inside(sizes: Sizes, whole: Type, path: list[Type], change: Change) -> Type:
    """Return the type of a container of which a part at the end of a path is changed."""
    if not path:
        return change(whole)
    part = part_of(whole, path[0])
    if isinstance(whole, (ListOf, DictOf)):
        part = sizes.instantiate(part)
    return _put(sizes, whole, path[0], _inside(sizes, part, path[1:], change))


def _put(sizes: Sizes, whole: Type, key: Type, value: Type) -> Type:
    known = key.value if isinstance(key, Known) else None
    if isinstance(whole, Map) and isinstance(key, Known) and isinstance(known, (str, int)):
        if known in whole.keys:
            at = whole.keys.index(known)
            return Map(whole.cls, whole.keys, (*whole.items[:at], value, *whole.items[at + 1 :]))
        return Map(whole.cls, (*whole.keys, known), (*whole.items, value))
    if isinstance(whole, (Map, DictOf)):
        since = sizes.serial
        entry = DictOf(dict, key, sizes.as_item(value, since))
        return Joiner(sizes).table(whole, entry)
    if isinstance(whole, Seq) and type(known) is int:
        n = len(whole.items)
        if -n <= known < n:
            at = known % n
            return Seq(whole.cls, (*whole.items[:at], value, *whole.items[at + 1 :]))
        return whole
    if isinstance(whole, (Seq, ListOf)) and whole.cls is list:
        joiner = Joiner(sizes)
        if isinstance(whole, Seq):
            return Seq(list, tuple(joiner(item, value) for item in whole.items))
        return joiner(whole, Seq(list, (value,)))
    return UNKNOWN


def put_item(sizes: Sizes, whole: Type, *path_and_value: Type) -> Type:
    """``whole[i] = v``."""
    *path, key, value = path_and_value
    return _inside(sizes, whole, path, lambda part: _put(sizes, part, key, value))


def append_inside(sizes: Sizes, whole: Type, *path_and_value: Type) -> Type:
    """``whole[i].append(v)``."""
    from srcgrad.facts.shapes_containers import list_append

    *path, value = path_and_value
    return _inside(sizes, whole, path, lambda part: list_append(sizes, part, value))


def pop_item(sizes: Sizes, whole: Type, *path: Type) -> Type:
    """``whole.pop(i)``: the rest, and the item."""
    found: list[Type] = []

    def change(part: Type) -> Type:
        rest, item = _without(sizes, part, path[-1])
        found.append(item)
        return rest

    rest = _inside(sizes, whole, list(path[:-1]), change)
    return Seq(tuple, (rest, found[0] if found else UNKNOWN))


def _without(sizes: Sizes, whole: Type, key: Type) -> tuple[Type, Type]:
    known = key.value if isinstance(key, Known) else None
    if isinstance(whole, Map) and isinstance(key, Known) and known in whole.keys:
        at = whole.keys.index(known)
        keys = (*whole.keys[:at], *whole.keys[at + 1 :])
        return Map(whole.cls, keys, (*whole.items[:at], *whole.items[at + 1 :])), whole.items[at]
    if isinstance(whole, (Map, DictOf)):
        table = Joiner(sizes).table(whole)
        assert isinstance(table, DictOf)
        return table, sizes.instantiate(table.item)
    if isinstance(whole, Seq) and whole.cls is list and type(known) is int:
        n = len(whole.items)
        if -n <= known < n:
            at = known % n
            return Seq(list, (*whole.items[:at], *whole.items[at + 1 :])), whole.items[at]
        return Known(UNDEFINED), Known(UNDEFINED)  # raises
    if isinstance(whole, Seq) and whole.cls is list and not whole.items:
        return Known(UNDEFINED), Known(UNDEFINED)
    if isinstance(whole, Seq) and whole.cls is list:
        item = Joiner(sizes).item(whole)
        return ListOf(list, item), sizes.instantiate(item)
    if isinstance(whole, ListOf) and whole.cls is list:
        return whole, sizes.instantiate(whole.item)
    return UNKNOWN, UNKNOWN


def insert_item(sizes: Sizes, items: Type, index: Type, value: Type) -> Type:
    """``items.insert(i, v)``."""
    known = index.value if isinstance(index, Known) else None
    if isinstance(items, Seq) and items.cls is list and type(known) is int:
        made = list(items.items)
        made.insert(known, value)
        return Seq(list, tuple(made))
    return _joined(sizes, items, Seq(list, (value,)))


def unpopped(sizes: Sizes, items: Type, index: Type, value: Type) -> Type:
    """``runtime.unpopped(items, i, v)``."""
    return _joined(sizes, items, Seq(list, (value,)))


def extended(sizes: Sizes, items: Type, more: Type) -> Type:
    """``items.extend(more)``."""
    if isinstance(items, Seq) and isinstance(more, Seq) and issubclass(more.cls, (list, tuple)):
        return Seq(list, (*items.items, *more.items))
    from srcgrad.facts.shapes_containers import list_

    return _joined(sizes, items, list_(sizes, more))


def _joined(sizes: Sizes, items: Type, more: Type) -> Type:
    """Join two lists to one of unknown length."""
    if not isinstance(items, (Seq, ListOf)) or not isinstance(more, (Seq, ListOf)):
        return UNKNOWN
    if items.cls is not list or more.cls is not list:
        return UNKNOWN
    made = Joiner(sizes).item(items, more)
    return ListOf(list, made)


def put_items(sizes: Sizes, items: Type, index: Type, more: Type) -> Type:
    """``items[a:b] = more``."""
    known = slice_of(index)
    if known is not None and isinstance(items, Seq) and isinstance(more, Seq):
        made = list(items.items)
        try:
            made[known] = list(more.items)
        except ValueError:
            return UNKNOWN
        return Seq(list, tuple(made))
    from srcgrad.facts.shapes_containers import list_

    return _joined(sizes, items, list_(sizes, more))


def slice_of(index: Type) -> slice | None:
    """Return the slice that an index is known to be."""
    if isinstance(index, Known) and isinstance(index.value, slice):
        return index.value
    if isinstance(index, Cut):
        parts = [index.start, index.stop, index.step]
        values = [p.value for p in parts if isinstance(p, Known)]
        if len(values) == 3 and all(v is None or type(v) is int for v in values):
            return slice(*values)
    return None


def whole_number(sizes: Sizes, *kinds: Any) -> Type:
    """Anything that gives a whole number."""
    return Py(int)


def cleared(sizes: Sizes, g: Type, *path_and_before: Type) -> Type:
    """``runtime.cleared(g, i, before)``: a list keeps its length."""
    from srcgrad.facts.shapes_runtime import float_like

    *path, before = path_and_before
    end = _end(g, path[:-1])
    if isinstance(end, DictOf):
        return g
    if before == UNKNOWN or isinstance(end, Map):
        return UNKNOWN
    return put_item(sizes, g, *path, float_like(before))


def _end(kind: Type, path: list[Type]) -> Type:
    for key in path:
        kind = part_of(kind, key)
    return kind


def listed(sizes: Sizes, g: Type, depth: Type) -> Type:
    """``runtime.listed(g, depth)``."""
    from srcgrad.facts.shapes_containers import list_

    if not isinstance(depth, Known) or isinstance(g, Map):
        return UNKNOWN
    made = list_(sizes, g)
    if depth.value < 2:
        return made
    if isinstance(made, Seq):
        return Seq(list, tuple(listed(sizes, one, Known(depth.value - 1)) for one in made.items))
    if isinstance(made, ListOf):
        since = sizes.serial
        inner = listed(sizes, sizes.instantiate(made.item), Known(depth.value - 1))
        return UNKNOWN if inner == UNKNOWN else ListOf(list, sizes.as_item(inner, since))
    return UNKNOWN


def updated(sizes: Sizes, whole: Type, more: Type) -> Type:
    """``whole.update(more)``."""
    if isinstance(whole, Map) and isinstance(more, Map):
        both = dict(zip(whole.keys, whole.items, strict=True))
        both.update(zip(more.keys, more.items, strict=True))
        return Map(whole.cls, tuple(both), tuple(both.values()))
    if isinstance(whole, (Map, DictOf)) and isinstance(more, (Map, DictOf)):
        return Joiner(sizes).table(whole, more)
    return UNKNOWN

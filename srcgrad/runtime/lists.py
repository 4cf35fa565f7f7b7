"""What is changed in lists and dicts, as values: each function returns a new version.

Where the old version is read no more, the generated source changes the container in place.
"""

from __future__ import annotations

import copy
import itertools
from typing import Any

from srcgrad.runtime.containers import collect_like, zeros_like


def _inside(whole: Any, path: tuple[Any, ...], change: Any) -> Any:
    """Return a copy of a container whose part at the end of a path is changed."""
    if not path:
        return change(whole)
    part = _inside(whole[path[0]], path[1:], change)
    out = copy.copy(whole)
    out[path[0]] = part
    return out


def put_item(whole: Any, *path_and_value: Any) -> Any:
    """Return a copy of a list or dict with another item: ``whole[i] = v``, ``whole[i][j] = v``.

    Parameters
    ----------
    whole : list or dict
        What is changed.
    path_and_value : objects
        The index, or several for what is inside, and the new item.
    """
    *path, key, value = path_and_value

    def change(part: Any) -> Any:
        out = copy.copy(part)
        out[key] = value
        return out

    return _inside(whole, tuple(path), change)


def put_entry(whole: Any, *path_and_value: Any) -> Any:
    """Return a copy of a dict with another entry: ``whole[key] = v``, ``whole[i][key] = v``."""
    return put_item(whole, *path_and_value)


def pop_item(whole: Any, *path: Any) -> tuple[Any, Any]:
    """Return a copy of a list or dict without an item, and that item: ``whole.pop(i)``.

    Parameters
    ----------
    whole : list or dict
        What is changed.
    path : objects
        The index, or several for what is inside.
    """
    found = []

    def change(part: Any) -> Any:
        out = copy.copy(part)
        found.append(out.pop(path[-1]))
        return out

    rest = _inside(whole, path[:-1], change)
    return rest, found[0]


def pop_entry(whole: Any, *path: Any) -> tuple[Any, Any]:
    """Return a copy of a dict without an entry, and that entry: ``whole.pop(key)``."""
    return pop_item(whole, *path)


def updated(whole: Any, more: Any) -> Any:
    """Return a dict with the entries of another one: ``whole.update(more)``."""
    return {**whole, **more}


def append_inside(whole: Any, *path_and_value: Any) -> Any:
    """Return a copy of a container with one more item in a list inside: ``whole[i].append(v)``.

    Parameters
    ----------
    whole : list or dict
        What is changed.
    path_and_value : objects
        The index of the list, or several, and the new item.
    """
    *path, value = path_and_value

    def change(part: Any) -> Any:
        out = copy.copy(part)
        out.append(value)
        return out

    return _inside(whole, tuple(path), change)


def insert_item(items: Any, index: Any, value: Any) -> Any:
    """Return a copy of a list with one more item: ``items.insert(index, value)``."""
    out = list(items)
    out.insert(index, value)
    return out


def unpopped(items: Any, index: Any, value: Any) -> Any:
    """Return the list that ``items`` and ``value`` were before ``pop(index)``."""
    return insert_item(items, index if index >= 0 else index + len(items) + 1, value)


def inserted_at(items: Any, index: Any) -> int:
    """Return where ``insert(index, value)`` has put its value in a list that is longer since."""
    n = len(items) - 1
    return int(max(index + n, 0) if index < 0 else min(index, n))


def extended(items: Any, more: Any) -> Any:
    """Return a copy of a list with more items: ``items.extend(more)``."""
    return [*items, *more]


def put_items(items: Any, index: Any, more: Any) -> Any:
    """Return a copy of a list with other items in a slice: ``items[a:b] = more``."""
    out = list(items)
    out[index] = more
    return out


def put_items_parts(g: Any, index: Any, items: Any, more: Any) -> tuple[Any, Any]:
    """Return what is owed to ``items`` and to ``more`` by what `put_items` made of them."""
    places: list[Any] = list(range(len(items)))
    marks = [(k,) for k in range(len(more))]
    places[index] = marks
    rest = [zeros_like(item) for item in items]
    part = [zeros_like(item) for item in more]
    for place, owed in zip(places, g, strict=True):
        if isinstance(place, tuple):
            part[place[0]] = owed
        else:
            rest[place] = owed
    return rest, part


def add_member(members: Any, item: Any) -> Any:
    """Return a set with one more member: ``members.add(item)``."""
    return {*members, item}


def drop_member(members: Any, item: Any) -> Any:
    """Return a set with one member less: ``members.discard(item)``."""
    return members - {item}


def place_of(items: Any, value: Any) -> int:
    """Return where ``items.remove(value)`` finds what it removes."""
    for index, item in enumerate(items):
        if item is value or item == value:
            return index
    raise ValueError("list.remove(x): x not in list")


def item_before(whole: Any, *path: Any) -> Any:
    """Return what stands in a list or dict where it is about to be replaced, if anything does."""
    for key in path[:-1]:
        whole = whole[key]
    if isinstance(whole, dict):
        return whole.get(path[-1])
    return whole[path[-1]]


def cleared(g: Any, *path_and_before: Any) -> Any:
    """Return what a container is owed without what is owed to an item that was replaced.

    Parameters
    ----------
    g : list or dict
        What the container is owed in which the item was replaced.
    path_and_before : objects
        Where, and what stood there before; ``None`` for nothing.
    """
    *path, before = path_and_before
    owner = g
    for key in path[:-1]:
        owner = owner[key]
    if before is None and isinstance(owner, dict):
        return pop_item(g, *path)[0]
    return put_item(g, *path, zeros_like(before))


def unsummed(g: Any, lists: Any, start: Any) -> tuple[Any, Any]:
    """Return what is owed to ``lists`` and ``start`` by ``sum(lists, start)``, which joins them."""
    at = len(start)
    first, parts = collect_like(g[:at], start), []
    for one in lists:
        parts.append(collect_like(g[at : at + len(one)], one))
        at += len(one)
    return collect_like(parts, lists), first


def listed(g: Any, depth: int) -> Any:
    """Return an array as lists of lists, so deep that those can grow and shrink.

    Parameters
    ----------
    g : array or list
        What lists are owed; their innermost items stay as they are.
    depth : int
        How many levels are to be lists.
    """
    if isinstance(g, dict):
        return {key: listed(item, depth - 1) for key, item in g.items()} if depth > 1 else g
    return [listed(item, depth - 1) for item in g] if depth > 1 else list(g)


def unsorted(g: Any, items: Any, reverse: bool = False) -> Any:
    """Return what is owed to the items of a list by ``sorted(items)``; ties share equally.

    Parameters
    ----------
    g : list
        What the sorted list is owed.
    items : iterable
        What was sorted.
    reverse : bool
        As given to ``sorted``.
    """
    values = list(items)
    order = sorted(range(len(values)), key=values.__getitem__, reverse=reverse)
    parts: list[Any] = [None] * len(values)
    start = 0
    for end in range(1, len(order) + 1):
        if end < len(order) and values[order[end]] == values[order[start]]:
            continue
        share = g[start] if end - start == 1 else sum(g[start:end]) / (end - start)
        for place in order[start:end]:
            parts[place] = share
        start = end
    return collect_like(parts, items)


def sorted_along(tangents: Any, items: Any, reverse: bool = False) -> list[Any]:
    """Return the tangents of ``sorted(items)``; of equal items each has the mean.

    Parameters
    ----------
    tangents : iterable
        Those of the items, in order.
    items : iterable
        What is sorted.
    reverse : bool
        As given to ``sorted``.
    """
    values, given = list(items), list(tangents)
    order = sorted(range(len(values)), key=values.__getitem__, reverse=reverse)
    out: list[Any] = []
    while len(out) < len(order):
        ties = [k for k in order[len(out) :] if values[k] == values[order[len(out)]]]
        mean = given[ties[0]]
        if len(ties) > 1:
            mean = sum(given[k] for k in ties) / len(ties)
        out += [mean] * len(ties)
    return out


def keyed(pairs: Any, tangents: Any) -> dict[Any, Any]:
    """Return the tangents of ``dict(pairs)``: those of the values, under the same keys."""
    if isinstance(pairs, dict):
        return dict(tangents)
    return {key: t for (key, _), (_, t) in zip(pairs, tangents, strict=True)}


def walked(tangents: Any, items: Any) -> Any:
    """Return what gives the tangents of the items of something; those of keys are 0.

    Parameters
    ----------
    tangents : like ``items``
        Its tangent; ``None`` for nothing.
    items : iterable
        What is walked along.
    """
    if isinstance(items, dict):
        return [0.0] * len(items)
    if tangents is None or isinstance(tangents, float):
        plain = isinstance(items, (list, tuple)) or hasattr(items, "dtype")
        return zeros_like(items) if plain else itertools.repeat(0.0)
    return tangents


def items_at(table: Any, keys: Any) -> list[Any]:
    """Return the items of a dict under some keys."""
    return [table[key] for key in keys]

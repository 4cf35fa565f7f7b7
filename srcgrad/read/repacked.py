"""Changes of lists and dicts that are known item by item: so is what they become.

us = [u]                          us.1 is [u, v]: its items are u and v themselves
us.1 = list_append(us, v)   ->    v.1 = put(v, 0, y)
us.1[-1][0] = y
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from srcgrad import runtime
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let, Var
from srcgrad.program.walk import among
from srcgrad.read.places import Same

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler

Items = list[Atom]


def repacked(s: Settler, stmt: Let) -> bool:
    """Settle another version of what is known item by item, if so is that."""
    if not among(stmt.fn, _CHANGES) or stmt.kwargs or not isinstance(stmt.args[0], Var):
        return False
    old, *given = stmt.args
    assert isinstance(old, Var)
    pack = s.packs.get(s.base(old))
    if pack is None or pack.fn not in (ops.make_list, ops.make_dict):
        return False
    if _puts_back(s, stmt, pack, given):
        s.tracks[stmt.targets[0]] = True
        s.refs[stmt.targets[0]] = Same(old)
        return True
    change: Callable[..., Any] = _CHANGES[stmt.fn]
    items = change(s, pack, list(pack.args), *given)
    if items is None:
        return False
    _take(s, stmt, pack, items)
    return True


def _take(s: Settler, stmt: Let, pack: Let, items: Items) -> None:
    target, *more = stmt.targets
    s.tracks[target] = True
    s.pack(target, Let((target,), pack.fn, tuple(items), (), stmt.origin))
    for taken in more:  # the item that was popped
        index = stmt.args[1]
        assert isinstance(index, Const)
        name_item(s, taken, pack.args[index.value], stmt)


def name_item(s: Settler, target: Var, item: Atom, stmt: Let) -> None:
    """Give an item of a container another name."""
    if isinstance(item, Var) and (s.tracked(item) or s.tracked(target)):
        s.tracks[target] = True
        s.refs[target] = Same(item)
        return
    s.b.add(Let((target,), ops.same, (item,), (), stmt.origin))
    if isinstance(item, Const) and isinstance(item.value, (int, str)):
        s.constants[target] = item


def item_of(pack: Let | None, key: Any) -> Atom | None:
    """Return the item of a container that is known item by item."""
    if pack is None:
        return None
    if pack.fn is ops.make_dict:
        found = None
        for name, value in zip(pack.args[::2], pack.args[1::2], strict=True):
            if not isinstance(name, Const):
                return None
            found = value if name.value == key else found
        return found
    inside = type(key) is int and -len(pack.args) <= key < len(pack.args)
    return pack.args[key] if inside else None


def _puts_back(s: Settler, stmt: Let, pack: Let, given: Items) -> bool:
    """Tell whether the very array that was written is put back, as ``d["u"] += v`` does."""
    if not among(stmt.fn, (runtime.put_entry, runtime.put_item)) or len(given) != 2:
        return False
    key, value = given
    item = item_of(pack, key.value) if isinstance(key, Const) else None
    return isinstance(item, Var) and isinstance(value, Var) and s.base(item) is s.base(value)


def _put(s: Settler, pack: Let, items: Items, *given: Atom) -> Items | None:
    if len(given) != 2:
        return None
    key, value = given
    if not isinstance(key, Const) or type(key.value) not in (int, str):
        return None
    if pack.fn is ops.make_dict:
        names = [name.value if isinstance(name, Const) else None for name in items[::2]]
        place = 2 * names.index(key.value) + 1 if key.value in names else len(items)
        items[place:] = [value, *items[place + 1 :]] if place < len(items) else [key, value]
        return items
    if item_of(pack, key.value) is None:
        return None
    items[key.value] = value
    return items


def _append(s: Settler, pack: Let, items: Items, value: Atom) -> Items | None:
    return [*items, value] if pack.fn is ops.make_list else None


def _insert(s: Settler, pack: Let, items: Items, index: Atom, value: Atom) -> Items | None:
    if pack.fn is not ops.make_list or not isinstance(index, Const):
        return None
    items.insert(index.value, value)
    return items


def _extend(s: Settler, pack: Let, items: Items, more: Atom) -> Items | None:
    other = s.packs.get(s.base(more)) if isinstance(more, Var) else None
    if other is None or other.fn is ops.make_dict or pack.fn is not ops.make_list:
        return None
    return [*items, *other.args]


def _pop(s: Settler, pack: Let, items: Items, *path: Atom) -> Items | None:
    if pack.fn is not ops.make_list or len(path) != 1:
        return None
    key = path[0].value if isinstance(path[0], Const) else None
    if type(key) is not int or not -len(items) <= key < len(items):
        return None
    del items[key]
    return items


_CHANGES: dict[Any, Callable[..., Items | None]] = {
    runtime.put_item: _put,
    runtime.put_entry: _put,
    ops.list_append: _append,
    runtime.insert_item: _insert,
    runtime.extended: _extend,
    runtime.pop_item: _pop,
}

"""Lift methods that change lists, dicts and sets that were made here.

xs.append(v)           xs.1 = list_append(xs, v)
v = xs.pop()           xs.1, v = pop_item(xs, -1)
d.update(e)            d.1 = ior(d, e)
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from srcgrad import runtime
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Var
from srcgrad.read.binding import Arguments, Spread
from srcgrad.read.container_items import extend, replaced, update_entries
from srcgrad.read.containers import KEEP, Place, change, current, forget, place_of, refuse
from srcgrad.read.lifter import Lifter
from srcgrad.read.values import Bound, Mapped, Value, holds_function


def default_item(at: Lifter, whole: Var, index: Atom, node: Any) -> Value | None:
    """Lift ``d[k]`` where d is a defaultdict: an entry that is missing is made."""
    owner = at.lists.of[whole]
    return _set_default(at, Place(whole, (), (owner,)), [index, owner.factory], node)


Method = Callable[[Lifter, Place, list[Value], Any], Value | None]


def change_call(at: Lifter, fn: Bound, given: Arguments, node: Any) -> Value | None:
    """Lift a call of a method that changes its container; None where it is none of those."""
    found = _METHODS.get(fn.name)
    place = place_of(at, fn.receiver) if found is not None else None
    if found is None or place is None or not given.known():
        return None
    methods, least, most = found
    method = methods.get(place.cls)
    args = [a for a in given.args if not isinstance(a, Spread)]
    if (
        method is None
        or not least <= len(args) <= most
        or (given.kwargs and fn.name not in ("update", "sort"))
    ):
        return None
    if place.path:
        forget(at, fn.receiver)
    if given.kwargs:
        args.append(Mapped(given.kwargs))
    elif fn.name == "sort" and args:
        return None
    value = method(at, place, args, node)
    return Const(None) if value is None else value


def _append(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    fn = runtime.append_inside if place.path else ops.list_append
    item = at.atom(args[0], node)
    done = change(at, place, fn, [item], node, [(None, item)])
    limit = place.inner[0].limit
    if done is not None and limit is not None:
        _shorten(at, place, limit, node)
    return done


def _shorten(at: Lifter, place: Place, limit: Atom, node: Any) -> None:
    """Keep only the last items of a deque that has a ``maxlen``."""
    now = current(at, place)
    n = at.let(len, now.root, node=node)
    long = at.let(operator.gt, n, limit, node=node)

    def drop() -> None:
        change(at, now, runtime.pop_item, [Const(0)], node, gives=True)

    at.fork(long, at.arm(drop), at.arm(lambda: None), node, "if")


def _extend(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    if place.inner[0].limit is not None:
        refuse(at, node, place.root.hint, "It is a deque with a maxlen, which drops items.")
        return None
    extend(at, place, args[0], node)
    return KEEP


def _insert(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    if place.path:
        refuse(at, node, place.root.hint, "It inserts into a list inside another.")
        return None
    item = at.atom(args[1], node)
    return change(at, place, runtime.insert_item, [args[0], item], node, [(None, item)])


def _append_left(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    return _insert(at, place, [Const(0), args[0]], node)


def _pop(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    key = args[0] if args else Const(-1)
    return change(at, place, runtime.pop_item, [key], node, gives=True)


def _pop_left(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    return change(at, place, runtime.pop_item, [Const(0)], node, gives=True)


def _pop_key(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    if len(args) == 1:
        return change(at, place, runtime.pop_entry, [args[0]], node, gives=True)
    key = at.atom(args[0], node)
    default = at.atom(args[1], node)
    inside = at.let(ops.contained, key, _part(at, place, node), node=node)
    taken = at.arm(lambda: change(at, place, runtime.pop_entry, [key], node, gives=True))
    return at.fork(inside, taken, at.arm(lambda: default), node, "if")


def _part(at: Lifter, place: Place, node: Any) -> Var:
    whole = current(at, place).root
    for key in place.path:
        whole = at.let(operator.getitem, whole, key, node=node)
    return whole


def _set_default(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    key = at.atom(args[0], node)
    made = args[1] if len(args) > 1 else Const(None)
    factory = made if holds_function(made) else None
    default = Const(None) if factory is not None else at.atom(made, node)
    absent = at.let(ops.not_contained, key, _part(at, place, node), node=node)

    def put() -> None:
        item = default if factory is None else at.atom(_made_by(at, factory, node), node)
        change(at, place, runtime.put_entry, [key, item], node, [(key, item)])

    at.fork(absent, at.arm(put), at.arm(lambda: None), node, "if")
    whole = current(at, place).root
    for step in (*place.path, key):
        whole = at.let(operator.getitem, whole, step, node=node)
    return whole


def _made_by(at: Lifter, factory: Value, node: Any) -> Value:
    from srcgrad.read.calls import call_value

    if isinstance(factory, Const) and factory.value in (int, float):
        return Const(factory.value())
    return call_value(at, factory, Arguments([]), node)


def _get(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    key = at.atom(args[0], node)
    default = at.atom(args[1], node) if len(args) > 1 else Const(None)
    whole = _part(at, place, node)
    inside = at.let(ops.contained, key, whole, node=node)
    found = at.arm(lambda: at.let(operator.getitem, whole, key, node=node))
    return at.fork(inside, found, at.arm(lambda: default), node, "ternary")


def _clear(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    return replaced(at, place, lambda old: at.let(_EMPTY[place.cls], node=node), node)


def _reverse(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    def turned(old: Var) -> Var:
        index = at.let(slice, Const(None), Const(None), Const(-1), node=node)
        return at.let(operator.getitem, old, index, node=node)

    return replaced(at, place, turned, node)


def _sort(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    from srcgrad.read.calls import call_value

    options = args[0].items if args and isinstance(args[0], Mapped) else {}

    def ordered(old: Var) -> Var:
        made = call_value(at, Const(sorted), Arguments([old], dict(options)), node)
        new = at.atom(made, node)
        assert isinstance(new, Var)
        return new

    return replaced(at, place, ordered, node)


def _remove(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    index = at.let(runtime.place_of, _part(at, place, node), args[0], node=node)
    return change(at, place, runtime.pop_item, [index], node, gives=True) and KEEP


def _add(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    if place.path:
        refuse(at, node, place.root.hint, "It is a set inside another container.")
        return None
    return change(at, place, runtime.add_member, [args[0]], node)


def _discard(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    if place.path:
        refuse(at, node, place.root.hint, "It is a set inside another container.")
        return None
    return change(at, place, runtime.drop_member, [args[0]], node)


_EMPTY: dict[type, Any] = {list: ops.make_list, dict: ops.make_dict, set: ops.make_set}


_METHODS: dict[str, tuple[dict[type, Method], int, int]] = {
    "append": ({list: _append}, 1, 1),
    "appendleft": ({list: _append_left}, 1, 1),
    "extend": ({list: _extend}, 1, 1),
    "insert": ({list: _insert}, 2, 2),
    "pop": ({list: _pop, dict: _pop_key}, 0, 2),
    "popleft": ({list: _pop_left}, 0, 0),
    "remove": ({list: _remove}, 1, 1),
    "sort": ({list: _sort}, 0, 1),
    "reverse": ({list: _reverse}, 0, 0),
    "clear": ({list: _clear, dict: _clear, set: _clear}, 0, 0),
    "setdefault": ({dict: _set_default}, 1, 2),
    "get": ({dict: _get}, 1, 2),
    "update": ({dict: update_entries}, 0, 1),
    "add": ({set: _add}, 1, 1),
    "discard": ({set: _discard}, 1, 1),
}
"""By name: how it is lifted for each class, and how many arguments it takes."""

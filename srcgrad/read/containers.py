"""Lift changes of lists, dicts and sets that were made here: every change is a new version.

xs.append(v)           xs.1 = list_append(xs, v)
v = xs.pop()           xs.1, v = pop_item(xs, -1)
T[i][j] = v            T.1 = put_item(T, i, j, v)
d.update(e)            d.1 = ior(d, e)

All names of the container mean the new version from there on.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from srcgrad import runtime
from srcgrad.errors import Aliased
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Fn, Let, Var
from srcgrad.program.walk import atoms
from srcgrad.read.binding import Arguments, Spread
from srcgrad.read.lifter import Lifter
from srcgrad.read.lists import Identity
from srcgrad.read.values import (
    Bound,
    Choice,
    Closure,
    Mapped,
    Pack,
    Partial,
    Stale,
    Value,
    holds_function,
)

_KEEP = Const(None)


@dataclass(frozen=True, eq=False, slots=True)
class Place:
    """A container made here: a variable, and the indices that lead to what is inside it.

    ``inner`` are the containers that may stand there.
    """

    root: Var
    path: tuple[Atom, ...]
    inner: tuple[Identity, ...]

    @property
    def cls(self) -> type:
        """The class of the container at the place."""
        return self.inner[0].cls


def place_of(at: Lifter, value: Value) -> Place | None:
    """Return where a value stands, if it is a container made here or certainly inside one."""
    if not isinstance(value, Var):
        return None
    if value in at.lists.of:
        return Place(value, (), (at.lists.of[value],))
    if value not in at.lists.paths:
        return None
    whole, key = at.lists.paths[value]
    outer = place_of(at, whole)
    if outer is None:
        return None
    found = [item for one in outer.inner for item in one.at(key)]
    inner = [item for item in found if item is not None]
    if not found or len(inner) < len(found) or len({item.cls for item in inner}) > 1:
        return None
    return Place(outer.root, (*outer.path, key), tuple(dict.fromkeys(inner)))


def current(at: Lifter, place: Place) -> Place:
    """Return a place in the present version of its container.

    The arguments of ``xs.append(xs.pop())`` change what its method was taken of.
    """
    if place.root not in at.lists.replaced:
        return place
    owner = at.lists.of[place.root]
    for value in at.state.values():
        if isinstance(value, Var) and at.lists.of.get(value) is owner:
            return Place(value, place.path, place.inner)
    return place


def _held(at: Lifter, var: Var) -> bool:
    """Tell whether something that is known item by item holds a variable."""
    return any(_holds(value, var) for value in at.state.values() if value is not var)


def _holds(value: Any, var: Var) -> bool:
    if value is var:
        return True
    parts: Sequence[Any] = ()
    match value:
        case Pack():
            parts = value.items
        case Mapped():
            parts = tuple(value.items.values())
        case Bound():
            parts = (value.receiver,)
        case Choice():
            parts = (value.then, value.orelse)
        case Partial():
            parts = (value.fn, *value.args, *value.kwargs.values())
        case Closure():
            parts = (*value.defaults, *value.kwdefaults.values())
    return any(_holds(part, var) for part in parts)


def _trouble(at: Lifter, place: Place, key: Atom | None = None) -> str | None:
    """Tell what keeps a container from being changed, if anything does.

    ``key`` is where an item is replaced: a loop along the container may do that where it is.
    """
    owner = at.lists.of[place.root]
    if owner.iterated and (key is None or place.path or key not in owner.walkers):
        return "A loop is walking along it, and would see the change."
    known = any(value is place.root for value in at.state.values())
    if owner.escaped or owner.held or not known or _held(at, place.root):
        return "Something else may look at it: it is not certainly known by its names alone."
    if place.path and (owner.shared or any(one.escaped or one.shared for one in place.inner)):
        return "Its items may be known elsewhere, or several of them may be one object."
    return None


def change(
    at: Lifter,
    place: Place,
    fn: Fn,
    args: Sequence[Value],
    node: Any,
    enters: Sequence[tuple[Atom | None, Value]] = (),
    gives: bool = False,
) -> Value | None:
    """Lift a change; return the item that it gives, None where it is refused."""
    place = current(at, place)
    given = [*place.path, *(at.atom(value, node) for value in args)]
    puts = fn in (runtime.put_item, runtime.put_entry)
    why = _trouble(at, place, given[-2] if puts else None)
    name = place.root.hint or "this container"
    if why is not None:
        refuse(at, node, name, why)
        return None
    at.fresh([place.root, *given], node)
    new, item = Var(""), Var("")
    targets = (new, item) if gives else (new,)
    at.out.append(Let(targets, fn, (place.root, *given), (), at.origin(node)))
    version(at, place, new, node)
    for key, value in enters:
        at.lists.enter(place.inner[0], key, value)
        for other in place.inner[1:]:
            other.others.append(place.inner[0].others[-1] if place.inner[0].others else None)
    if gives:
        at.lists.taken([item], new)
        return item
    return _KEEP


def version(at: Lifter, place: Place, new: Var, node: Any) -> None:
    """Let all names of a container mean a new version; what looked at it is not read again."""
    old, lists = place.root, at.lists
    if old.hint:
        at.name(new, old.hint)
    deep = bool(place.path)
    owner = lists.of[old]
    lists.changed(old, new, deep)
    seen = {owner, *place.inner}
    for one in place.inner:
        if one is not owner:
            one.changes += 1
    stale = Const(Stale(old.hint or "a container", at.origin(node).line))
    for slot, value in at.state.items():
        if value is old:
            at.state[slot] = new
        elif not isinstance(value, Var):
            continue
        elif (
            deep
            and lists.of.get(value) in place.inner
            or any(
                look.owner in seen and (look.whole or (deep and look.owner is owner))
                for look in lists.looks.get(value, ())
            )
        ):
            at.state[slot] = stale


def refuse(at: Lifter, node: Any, name: str, why: str) -> None:
    """Refuse a change of a container."""
    at.refuse(
        Aliased,
        node,
        f"cannot change {name!r} in place here",
        why,
        f"Make a new one and change that, for example list({name}) or dict({name}).",
    )


def _forget(at: Lifter, value: Value) -> None:
    """Take out the statement that read the inner container, which is changed where it is."""
    for i in range(len(at.out) - 1, -1, -1):
        stmt = at.out[i]
        if any(atom is value for atom in atoms(stmt)):
            return
        if isinstance(stmt, Let) and stmt.targets == (value,):
            if stmt.fn is operator.getitem:
                del at.out[i]
                _forget(at, stmt.args[0])
            return


def put_item(at: Lifter, whole: Value, index: Atom, value: Value, node: Any) -> bool:
    """Lift ``xs[i] = v`` where xs is a container made here; tell whether it is one."""
    place = place_of(at, whole)
    if place is None:
        return False
    if place.path:
        _forget(at, whole)
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
        _forget(at, whole)
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
    source = at.lists.of.get(more) if isinstance(more, Var) else None
    owner = place.inner[0]
    if source is None:
        owner.others.append(None)
        return
    for item in source.items():
        if item is not None:
            item.escaped = True
        owner.others.append(item)


def default_item(at: Lifter, whole: Var, index: Atom, node: Any) -> Value | None:
    """Lift ``d[k]`` where d is a defaultdict: an entry that is missing is made."""
    owner = at.lists.of[whole]
    return _set_default(at, Place(whole, (), (owner,)), [index, owner.factory], node)


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
        _forget(at, old)
    return _augment(at, place, symbol, value, node)


def _augment(at: Lifter, place: Place, symbol: str, value: Value, node: Any) -> bool:
    if place.cls is list and symbol == "Add":
        extend(at, place, value, node)
    elif place.cls is list and symbol == "Mult":
        _replaced(at, place, lambda now: at.let(operator.mul, now, value, node=node), node)
    elif place.cls is dict and symbol == "BitOr":
        _update(at, place, [value], node)
    elif place.cls is set:
        fn = ops.INPLACE[symbol]
        change(at, place, fn, [value], node)
    else:
        return False
    return True


# methods

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
        _forget(at, fn.receiver)
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
    return _KEEP


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


def _update(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
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
    return _KEEP


def _clear(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    return _replaced(at, place, lambda old: at.let(_EMPTY[place.cls], node=node), node)


def _reverse(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    def turned(old: Var) -> Var:
        index = at.let(slice, Const(None), Const(None), Const(-1), node=node)
        return at.let(operator.getitem, old, index, node=node)

    return _replaced(at, place, turned, node)


def _replaced(at: Lifter, place: Place, make: Callable[[Var], Var], node: Any) -> Value | None:
    """Let a container have the contents of a new one."""
    place = current(at, place)
    why = _trouble(at, place)
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
    return _KEEP


def _sort(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    from srcgrad.read.calls import call_value

    options = args[0].items if args and isinstance(args[0], Mapped) else {}

    def ordered(old: Var) -> Var:
        made = call_value(at, Const(sorted), Arguments([old], dict(options)), node)
        new = at.atom(made, node)
        assert isinstance(new, Var)
        return new

    return _replaced(at, place, ordered, node)


def _remove(at: Lifter, place: Place, args: list[Value], node: Any) -> Value | None:
    index = at.let(runtime.place_of, _part(at, place, node), args[0], node=node)
    return change(at, place, runtime.pop_item, [index], node, gives=True) and _KEEP


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
    "update": ({dict: _update}, 0, 1),
    "add": ({set: _add}, 1, 1),
    "discard": ({set: _discard}, 1, 1),
}
"""By name: how it is lifted for each class, and how many arguments it takes."""

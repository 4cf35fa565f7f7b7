"""Containers that were made here: where they stand, and new versions of them.

xs.append(v)           xs.1 = list_append(xs, v)
T[i][j] = v            T.1 = put_item(T, i, j, v)

All names of the container mean the new version from there on.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from srcgrad import runtime
from srcgrad.errors import Aliased
from srcgrad.program.nodes import Atom, Const, Fn, Let, Var
from srcgrad.program.walk import atoms
from srcgrad.read.lifter import Lifter
from srcgrad.read.lists import Identity
from srcgrad.read.values import Bound, Choice, Closure, Mapped, Pack, Partial, Stale, Value

KEEP = Const(None)


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


def trouble(at: Lifter, place: Place, key: Atom | None = None) -> str | None:
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
    why = trouble(at, place, given[-2] if puts else None)
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
    return KEEP


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


def forget(at: Lifter, value: Value) -> None:
    """Take out the statement that read the inner container, which is changed where it is."""
    for i in range(len(at.out) - 1, -1, -1):
        stmt = at.out[i]
        if any(atom is value for atom in atoms(stmt)):
            return
        if isinstance(stmt, Let) and stmt.targets == (value,):
            if stmt.fn is operator.getitem:
                del at.out[i]
                forget(at, stmt.args[0])
            return

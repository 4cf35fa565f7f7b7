"""What a turn of a loop gets and hands on: names, the attributes of objects, and what else changes.

p = Point(x, y)                    x.2, y.2 = for _ in xs carrying [x.1=x, y.1=y]:
for _ in xs:             ->            p.x is x.1, p.y is y.1
    p = p.moved(dt)                    -> x.3, y.3
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from srcgrad.errors import InternalError, Unreadable
from srcgrad.facts.objects import is_object_class
from srcgrad.origin import Origin
from srcgrad.program.nodes import UNDEFINED, Atom, Const, Var
from srcgrad.read.lifter import Lifter
from srcgrad.read.lists import Identity
from srcgrad.read.names import find_slot, function_scope
from srcgrad.read.structure import YIELDED, assigned, changed
from srcgrad.read.trees import RAISED, Tree
from srcgrad.read.values import (
    Fields,
    Slot,
    State,
    Thing,
    Value,
    fields_of,
    holds_function,
    is_kept,
    is_stale,
    now,
)

REBOUND = "is bound to other objects in a loop"


@dataclass(eq=False, slots=True)
class Again:
    """What a loop turned out to change, besides what its syntax tells, when it was read before.

    ``slots`` are other names of containers, attributes and names outside the function, ``stale``
    names that look into those; the values in ``plain`` are not always like those before the loop.
    """

    slots: dict[Slot, None] = field(default_factory=dict)
    stale: dict[Slot, Value] = field(default_factory=dict)
    plain: dict[Any, None] = field(default_factory=dict)

    def takes(self, more: Again) -> bool:
        """Add what was found; tell whether any of it is new."""
        before = len(self.slots), len(self.stale), len(self.plain)
        self.slots.update(more.slots)
        self.stale.update(more.stale)
        self.plain.update(more.plain)
        return before != (len(self.slots), len(self.stale), len(self.plain))


@dataclass(eq=False, slots=True)
class Turn:
    """A loop being lifted: what it carries, under which names, and since when.

    ``objects`` are those that are carried attribute by attribute; ``within`` tells of which
    object a name is an attribute, ``constant`` are attributes that are functions.
    """

    node: Any
    origin: Origin
    slots: list[Slot]
    carried: list[Var]
    init: list[Atom]
    start: State
    counts: dict[Identity, tuple[int, int]]
    stale: dict[Slot, Value]
    more: list[Slot] = field(default_factory=list)
    late: dict[Slot, Value] = field(default_factory=dict)
    born: int = field(default_factory=now)
    assigned: frozenset[Slot] = frozenset()
    objects: dict[Slot, Thing] = field(default_factory=dict)
    within: dict[Slot, tuple[Slot, str]] = field(default_factory=dict)
    constant: dict[Slot, Value] = field(default_factory=dict)
    plain: frozenset[Any] = frozenset()

    def lasting(self, slot: Slot) -> Any:
        """Return what names an attribute of a carried object in every attempt at the loop."""
        inside = self.within.get(slot)
        return slot if inside is None else (self.lasting(inside[0]), inside[1])


def _owners(at: Lifter, names: Sequence[str]) -> list[Slot]:
    slots = [find_slot(at.frame.scope, name) for name in names]
    return [slot for slot in slots if slot is not None]


def begin(at: Lifter, loop: Any, roots: Sequence[Any], again: Again) -> Turn:
    """Enter a loop: names that it assigns mean from now on what the turn before left."""
    live = at.frame.live[loop]
    wanted = live.turn | live.after
    stored = _owners(at, list(assigned(roots)))
    lost = {slot: at.state[slot] for slot in stored if is_stale(at.state.get(slot))}
    again.stale.update(lost)
    for slot, value in again.stale.items():
        at.state[slot] = value
    slots = [slot for slot in stored if slot not in again.stale]
    groups = [slots, _changed_slots(at, roots, again, slots)]
    turn = Turn(loop, at.origin(loop), [], [], [], {}, at.lists.counts(), dict(again.stale))
    turn.assigned, turn.plain = frozenset(stored), frozenset(again.plain)
    shared: dict[Atom, Var] = {}
    held: State = {}
    for slot in (slot for group in groups for slot in group):
        own = slot[0] is function_scope(at.frame.scope)
        if own and slot[1] not in wanted and slot[1] != YIELDED:
            continue
        value = at.present(Tree(at.out), at.state, slot)
        if isinstance(value, Thing):
            _begin_thing(at, turn, slot, value, held)
        elif isinstance(value, Var) and value in shared and slot in groups[1]:
            turn.more.append(slot)
            turn.start[slot] = shared[value]
        else:
            var = _begin_value(at, turn, slot, value)
            if slot in groups[1]:
                shared[turn.init[-1]] = var
    _check_names(at, turn, slots)
    at.state = {**at.state, **held}
    for slot in (*slots, *groups[1]):
        at.state.pop(slot, None)
    for slot, var, atom in zip(turn.slots, turn.carried, turn.init, strict=True):
        absent = isinstance(atom, Const) and atom.value is UNDEFINED
        if not absent or slot[1] in live.turn or isinstance(slot[0], Fields):
            at.state[slot] = var
    at.state.update(turn.start)
    at.state.update(turn.objects)
    turn.start = dict(at.state)
    at.lists.loops.append(turn)
    return turn


def _begin_value(at: Lifter, turn: Turn, slot: Slot, value: Value) -> Var:
    """Carry the value of one name."""
    if holds_function(value):
        refuse_function(at, turn.node, slot[1])
    atom = at.atom(value, turn.node)
    var = Var(slot[1])
    at.name(var, slot[1])
    at.lists.handed(atom, var)
    if at.absent(atom):
        at.maybe.add(var)
    at.handed_on([atom], turn.node)
    plain = turn.lasting(slot) in turn.plain
    example = at.seen.get(atom) if isinstance(atom, Var) else None
    if example is not None and not plain and is_object_class(example.cls):
        # Where it is from changes: what is true of this one need not be of the next.
        at.seen[var] = replace(example, fields=None)
    if at.kind_of(atom) and not plain:
        at.data[var] = at.kind_of(atom)
    turn.slots.append(slot)
    turn.carried.append(var)
    turn.init.append(atom)
    return var


def _begin_thing(at: Lifter, turn: Turn, slot: Slot, value: Thing, held: dict[Slot, Value]) -> None:
    """Carry an object that was made here, attribute by attribute."""
    fields = fields_of(value.cls)
    value.fields.fixed = value.fields.fixed or REBOUND
    fields.fixed = REBOUND
    turn.objects[slot] = Thing(value.cls, fields)
    for (scope, name), item in list(at.state.items()):
        if scope is not value.fields:
            continue
        inner = (fields, name)
        turn.within[inner] = (slot, name)
        if isinstance(item, Thing):
            _begin_thing(at, turn, inner, item, held)
        elif is_kept(item):
            turn.constant[inner] = held[inner] = item
        else:
            _begin_value(at, turn, inner, item)


def _changed_slots(
    at: Lifter, roots: Sequence[Any], again: Again, stored: Sequence[Slot]
) -> list[Slot]:
    """Return the names of containers that the loop changes, with all their other names."""
    slots = [*_owners(at, list(changed(roots))), *again.slots]
    values = [at.state.get(slot) for slot in slots]
    known = {v for v in values if isinstance(v, Var) and v in at.lists.of}
    taken = set(stored)
    found = [slot for slot, value in at.state.items() if value in known and slot not in taken]
    return [*found, *(slot for slot in again.slots if slot not in taken and slot not in found)]


def _check_names(at: Lifter, turn: Turn, stored: Sequence[Slot]) -> None:
    """Two names of one container stay that in a loop only if it binds neither anew."""
    for slot, atom in zip(turn.slots, turn.init, strict=True):
        if slot in stored and isinstance(atom, Var) and atom in at.lists.of:
            if any(value is atom for other, value in at.state.items() if other != slot):
                at.lists.escape(atom)


def end_of(at: Lifter, turn: Turn, piece: Tree, state: State, slot: Slot) -> Value:
    """Return what a name means at the end of a turn."""
    inside = turn.within.get(slot)
    if inside is None:
        return at.present(piece, state, slot)
    owner, name = inside
    thing = end_of(at, turn, piece, state, owner)
    if isinstance(thing, Thing) and thing.cls is turn.objects[owner].cls:
        return state.get((thing.fields, name), Const(UNDEFINED))
    if isinstance(thing, Const) and thing.value is UNDEFINED:
        return thing
    at.refuse(
        Unreadable,
        turn.node,
        f"cannot follow the object {owner[1]!r} through this loop",
        "It is an object made here before the loop, and another kind of value after a turn.",
        "Give it another name in the loop, or let it be of one class throughout.",
    )
    return Const(UNDEFINED)


def settled(at: Lifter, read: Callable[[Again], Again | None]) -> None:
    """Read a loop until all that it changes is known beforehand.

    ``read`` returns what it found on the way that it should have known.
    """
    again = Again()
    while True:
        kept = at.mark()
        found = read(again)
        if found is None:
            return
        at.back(kept)
        if not again.takes(found):
            raise InternalError("after lift: what a loop changes is not to be found")


def unforeseen(at: Lifter, turn: Turn, tree: Tree) -> Again | None:
    """Return the names outside a loop whose meaning it has changed though nobody knew."""
    found = Again()
    for piece, leaf in tree.leaves():
        if leaf.kind == RAISED:
            continue
        for slot, value in turn.start.items():
            if slot in turn.slots or slot in turn.more or slot[0].born >= turn.born:
                continue
            new = leaf.state.get(slot, value)
            if new is value or is_stale(value):
                continue
            if is_stale(new):
                found.stale[slot] = new
            elif slot not in turn.assigned:
                found.slots[slot] = None
        for slot in leaf.state:
            old = isinstance(slot[0], Fields) and slot[0].born < turn.born
            if old and slot not in turn.start:
                found.slots[slot] = None
        for slot, var in zip(turn.slots, turn.carried, strict=True):
            if var in at.seen or var in at.data:
                if not _alike(at, var, end_of(at, turn, piece, leaf.state, slot)):
                    found.plain[turn.lasting(slot)] = None
    return found if found.slots or found.stale or found.plain else None


def _alike(at: Lifter, var: Var, value: Value) -> bool:
    """Tell whether what a turn hands on is known to be like what it got."""
    if isinstance(value, Const) and value.value is UNDEFINED:
        return True
    if var in at.data:
        return at.kind_of(value) in (at.data[var], "number")
    mine, other = at.seen[var], at.seen.get(value) if isinstance(value, Var) else None
    if other is None or other.cls is not mine.cls or other.names != mine.names:
        return False
    return set(other.places) <= set(mine.places)


def refuse_function(at: Lifter, loop: Any, name: str) -> None:
    """Refuse to let a name mean another function after a turn."""
    at.refuse(
        Unreadable,
        loop,
        f"cannot change the function {name!r} in a loop",
        "Which function it is has to be known when the loop is read.",
        "Choose between the functions with 'if' where they are called.",
    )

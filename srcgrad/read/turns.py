"""What one turn of a loop hands to the next, how its turns end, and what follows the loop.

while s > 1:                  s.2 = while carrying [s.1=s] exits:
    s = s / 2          ->         s.3 = s.1 / 2
    if s < c: break               code, s.4 = if s.3 < c: (1, s.3) else: (0, s.3)
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import gast

from srcgrad.errors import Aliased, InternalError, Unreadable
from srcgrad.origin import Origin
from srcgrad.program.nodes import UNDEFINED, Atom, Const, Var
from srcgrad.read.blocks import Flow, branch, leave
from srcgrad.read.lifter import Lifter
from srcgrad.read.lists import Identity
from srcgrad.read.merging import Merger
from srcgrad.read.names import find_slot, function_scope
from srcgrad.read.structure import YIELDED, assigned, changed
from srcgrad.read.trees import BREAK, CODES, DONE, RAISED, RETURN, Leaf, Tree, within
from srcgrad.read.values import Slot, State, Value, holds_function, is_stale


@dataclass(eq=False, slots=True)
class Again:
    """What a loop turned out to change, besides what its syntax tells, when it was read before.

    ``slots`` are other names of containers, ``stale`` names that look into those.
    """

    slots: dict[Slot, None] = field(default_factory=dict)
    stale: dict[Slot, Value] = field(default_factory=dict)

    def takes(self, more: Again) -> bool:
        """Add what was found; tell whether any of it is new."""
        before = len(self.slots), len(self.stale)
        self.slots.update(more.slots)
        self.stale.update(more.stale)
        return before != (len(self.slots), len(self.stale))


@dataclass(eq=False, slots=True)
class Turn:
    """A loop being lifted: what it carries, under which names, and since when."""

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
    shared: dict[Atom, Var] = {}
    for slot in (slot for group in groups for slot in group):
        own = slot[0] is function_scope(at.frame.scope)
        if own and slot[1] not in wanted and slot[1] != YIELDED:
            continue
        value = at.state.get(slot, Const(UNDEFINED))
        if holds_function(value):
            _refuse_function(at, loop, slot[1])
        atom = at.atom(value, loop)
        if atom in shared and slot in groups[1]:
            turn.more.append(slot)
            turn.start[slot] = shared[atom]
            continue
        var = Var(slot[1])
        at.name(var, slot[1])
        at.lists.handed(atom, var)
        if at.absent(atom):
            at.maybe.add(var)
        if slot in groups[1]:
            shared[atom] = var
        turn.slots.append(slot)
        turn.carried.append(var)
        turn.init.append(atom)
    _check_names(at, turn, slots)
    at.state = dict(at.state)
    for slot in (*slots, *groups[1]):
        at.state.pop(slot, None)
    for slot, var, atom in zip(turn.slots, turn.carried, turn.init, strict=True):
        if not (isinstance(atom, Const) and atom.value is UNDEFINED and slot[1] not in live.turn):
            at.state[slot] = var
    at.state.update(turn.start)
    turn.start = dict(at.state)
    at.lists.loops.append(turn)
    return turn


def _changed_slots(
    at: Lifter, roots: Sequence[Any], again: Again, stored: Sequence[Slot]
) -> list[Slot]:
    """Return the names of containers that the loop changes, with all their other names."""
    slots = [*_owners(at, list(changed(roots))), *again.slots]
    values = [at.state.get(slot) for slot in slots]
    known = {v for v in values if isinstance(v, Var) and v in at.lists.of}
    taken = set(stored)
    return [slot for slot, value in at.state.items() if value in known and slot not in taken]


def _check_names(at: Lifter, turn: Turn, stored: Sequence[Slot]) -> None:
    """Two names of one container stay that in a loop only if it binds neither anew."""
    for slot, atom in zip(turn.slots, turn.init, strict=True):
        if slot in stored and isinstance(atom, Var) and atom in at.lists.of:
            if any(value is atom for other, value in at.state.items() if other != slot):
                at.lists.escape(atom)


def settled(at: Lifter, read: Callable[[Again], Again | None]) -> None:
    """Read a loop until all that it changes is known beforehand.

    ``read`` returns what it found on the way that it should have known.
    """
    again = Again()
    while True:
        kept = at.mark() if at.lists.of else None
        found = read(again)
        if found is None:
            return
        assert kept is not None
        at.back(kept)
        if not again.takes(found):
            raise InternalError("after lift: what a loop changes is not to be found")


def unforeseen(at: Lifter, turn: Turn, tree: Tree) -> Again | None:
    """Return the names outside a loop whose meaning it has changed though nobody knew."""
    found = Again()
    for _, leaf in tree.leaves():
        for slot, value in turn.start.items():
            if leaf.kind == RAISED or slot in turn.slots or slot in turn.more:
                continue
            new = leaf.state.get(slot, value)
            if new is value or is_stale(value):
                continue
            if is_stale(new):
                found.stale[slot] = new
            else:
                found.slots[slot] = None
    return found if found.slots or found.stale else None


def _refuse_function(at: Lifter, loop: Any, name: str) -> None:
    at.refuse(
        Unreadable,
        loop,
        f"cannot change the function {name!r} in a loop",
        "Which function it is has to be known when the loop is read.",
        "Choose between the functions with 'if' where they are called.",
    )


@dataclass(eq=False, slots=True)
class Ending:
    """How the turns of a loop end."""

    kinds: frozenset[str]
    results: tuple[Atom, ...]
    rebuilt: Callable[[list[Atom]], list[Value]] | None
    n_returned: int
    codes: dict[str, int]
    absent: tuple[bool, ...]
    leaves: tuple[Leaf, ...] = ()


def finish(at: Lifter, turn: Turn, tree: Tree, inside: set[Var], done_code: int = 3) -> Ending:
    """Close the body of a loop."""
    ends = [(t, leaf) for t, leaf in tree.leaves() if leaf.kind != RAISED]
    kinds = frozenset(leaf.kind for _, leaf in ends)
    codes = {**CODES, DONE: done_code}
    leaving = bool(kinds & {BREAK, RETURN, DONE})
    merger = Merger(at, tree, within(tree) | inside)
    pieces = [t for t, _ in ends]
    if leaving:
        merger.hints.append("code")
        for piece, leaf in tree.leaves():
            merger.columns[piece] = [Const(codes[leaf.kind])]
    else:
        merger.columns.update((piece, []) for piece in pieces)
    absent = []
    del at.lists.loops[at.lists.loops.index(turn) :]
    turn.late = _stale_at_end(at, turn, ends)
    for slot in turn.slots:
        row = [_handed_on(at, turn, leaf, slot) for _, leaf in ends]
        kept = [v for v, (_, leaf) in zip(row, ends, strict=True) if leaf.kind in (BREAK, DONE)]
        absent.append(any(map(at.absent, kept)))
        if ends:
            merger.column(pieces, row, slot[1])
        else:
            merger.hints.append(slot[1])
        for leaf in (leaf for _, leaf in ends if leaf.kind != RETURN):
            _check_lists(at, turn, slot, leaf)
    returns = [(t, leaf.value or Const(None)) for t, leaf in ends if leaf.kind == RETURN]
    left = [(leaf.value, leaf.state) for _, leaf in ends if leaf.kind == RETURN]
    at.lists.chosen(None, left, function_scope(at.frame.scope))
    before = len(merger.hints)
    rebuilt = None
    if returns:
        values: list[list[Value]] = [[value for _, value in returns]]
        rebuilt = merger.merge_all([t for t, _ in returns], values, ["result"])
    atoms = at.close(tree, merger.columns, merger.hints)
    leaves = tuple(leaf for _, leaf in ends)
    names = {slot[1] for slot in turn.slots}
    for atom in atoms:
        if isinstance(atom, Var) and atom not in at.named and atom.hint in names:
            at.name(atom, atom.hint)
    return Ending(
        kinds, tuple(atoms), rebuilt, len(merger.hints) - before, codes, tuple(absent), leaves
    )


def _stale_at_end(at: Lifter, turn: Turn, ends: Sequence[tuple[Tree, Leaf]]) -> dict[Slot, Value]:
    """Return the names that must not be read in the next turn, or after the loop."""
    live = at.frame.live[turn.node]
    found: dict[Slot, Value] = {}
    for _, leaf in ends:
        for slot in turn.slots:
            value = leaf.state.get(slot)
            if value is not None and is_stale(value):
                turn.stale[slot] = value
                if slot[1] in live.turn:
                    found[slot] = value
    return found


def _handed_on(at: Lifter, turn: Turn, leaf: Leaf, slot: Slot) -> Value:
    """Return what a name means at the end of a turn."""
    value = leaf.state.get(slot, Const(UNDEFINED))
    if is_stale(value):
        return Const(UNDEFINED)
    if not holds_function(value):
        return value
    _refuse_function(at, turn.node, slot[1])
    return Const(UNDEFINED)


def _check_lists(at: Lifter, turn: Turn, slot: Slot, leaf: Leaf) -> None:
    """Refuse changes in a loop of a container that some turn makes known to others.

    What a turn hands to the next is changed there by what was read of this one.
    """
    lists = at.lists
    value = leaf.state.get(slot)
    if value is None:
        return
    carried = turn.start.get(slot)
    for look in lists.looks.get(value, ()):  # type: ignore[arg-type]
        known = lists.looks.get(carried, ())  # type: ignore[arg-type]
        if not any(k.owner is look.owner and k.whole is look.whole for k in known):
            if _has_changed(turn, look.owner, not look.whole):
                _refuse_turn(at, turn, slot[1])
    identity = lists.of.get(carried)  # type: ignore[arg-type]
    if identity is None or not _has_changed(turn, identity):
        return
    if isinstance(value, Const) and value.value is UNDEFINED:
        return
    other = lists.of.get(value)  # type: ignore[arg-type]
    if other is identity:
        if identity.escaped or (identity.shared and _has_changed(turn, identity, True)):
            _refuse_turn(at, turn, slot[1])
        return
    names = [s for s, v in leaf.state.items() if v is value]
    seen = other is not None and any(
        look.owner is other
        for v in leaf.state.values()
        for look in lists.looks.get(v, ())  # type: ignore[arg-type]
    )
    deep = _has_changed(turn, identity, True)
    if other is None or other.escaped or other.held or len(names) > 1 or seen or deep:
        _refuse_turn(at, turn, slot[1])


def _has_changed(turn: Turn, identity: Identity, deep: bool = False) -> bool:
    changes, inside = turn.counts.get(identity, (0, 0))
    return identity.deep > inside if deep else identity.changes > changes


def _refuse_turn(at: Lifter, turn: Turn, name: str) -> None:
    at.refuse(
        Aliased,
        turn.node,
        f"cannot change {name!r} in this loop",
        "Something else may look at it, or at an item of it, when the next turn changes it.",
        f"Make a new one and change that, for example list({name}) or dict({name}).",
    )


def outcome(at: Lifter, turn: Turn, ending: Ending) -> tuple[tuple[Var, ...], Atom, Value | None]:
    """Return the targets of the loop, the exit code and the value of a return inside it.

    Names mean from now on what the loop has left.
    """
    leaving = bool(ending.kinds & {BREAK, RETURN, DONE})
    code = [Var("code")] if leaving else []
    finals = []
    runs_out = not (isinstance(turn.node, gast.While) and endless(turn.node.test))
    for k, (slot, carried) in enumerate(zip(turn.slots, turn.carried, strict=True)):
        final = Var(slot[1])
        at.name(final, slot[1])
        at.lists.handed(turn.init[k], final)
        at.lists.left(final, carried, [leaf.state.get(slot) for leaf in ending.leaves])
        if ending.absent[k] or (at.absent(turn.init[k]) and runs_out):
            at.maybe.add(final)
        at.state[slot] = final
        for other in turn.more:
            if turn.start[other] is carried:
                at.state[other] = final
        finals.append(final)
    at.lists.met([leaf.state for leaf in ending.leaves], at.state, turn.slots)
    at.state.update(turn.stale)
    returned = [Var("result") for _ in range(ending.n_returned)]
    targets = (*code, *finals, *returned)
    value = None
    if ending.rebuilt is not None:
        padding: list[Atom] = [*code, *finals]
        value = ending.rebuilt([*padding, *returned])[0]
    return targets, code[0] if code else Const(0), value


def after(
    at: Lifter, turn: Turn, ending: Ending, code: Atom, value: Value | None, flow: Flow
) -> None:
    """Go on behind a loop: its return, its else clause, the rest of the block."""
    kinds = ending.kinds & {BREAK, RETURN, DONE}
    orelse = turn.node.orelse
    if RETURN in kinds:
        runs_out = not (isinstance(turn.node, gast.While) and endless(turn.node.test))
        if not runs_out and kinds == {RETURN}:
            flow.here.end = Leaf(RETURN, at.state, value)
            return
        others = bool(kinds - {RETURN})
        leave(at, flow, code, [RETURN], value, ending.codes, others, turn.slots)
    if not orelse:
        return
    if DONE in kinds:
        test = code if kinds == {DONE} else at.let(operator.eq, code, Const(3), node=turn.node)
        branch(at, test, orelse, [], turn.node, flow)
    elif BREAK in kinds:
        branch(at, code, [], orelse, turn.node, flow)
    else:
        flow.push(orelse)


def endless(test: Any) -> bool:
    """Tell whether a test is always true."""
    return isinstance(test, gast.Constant) and bool(test.value)

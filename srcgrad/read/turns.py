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

from srcgrad.errors import Aliased
from srcgrad.program.nodes import UNDEFINED, Atom, Const, Var
from srcgrad.read.blocks import Flow, branch, leave, outlives
from srcgrad.read.carrying import REBOUND, Turn, end_of, refuse_function
from srcgrad.read.lifter import Lifter
from srcgrad.read.lists import Identity
from srcgrad.read.merging import Merger
from srcgrad.read.names import function_scope
from srcgrad.read.trees import BREAK, CODES, DONE, RAISED, RETURN, Leaf, Tree, within
from srcgrad.read.values import (
    Fields,
    Scope,
    Slot,
    Stale,
    State,
    Thing,
    Value,
    fields_of,
    holds_function,
    is_stale,
    same_value,
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
    leaves: tuple[tuple[Tree, Leaf], ...] = ()
    fields: State = field(default_factory=dict)


def finish(at: Lifter, turn: Turn, tree: Tree, inside: set[Var], done_code: int = 3) -> Ending:
    """Close the body of a loop."""
    ends = [(t, leaf) for t, leaf in tree.leaves() if leaf.kind != RAISED]
    kinds = frozenset(leaf.kind for _, leaf in ends)
    codes = {**CODES, DONE: done_code}
    leaving = bool(kinds & {BREAK, RETURN, DONE})
    merger = Merger(at, tree, within(tree) | inside)
    merger.born = turn.born
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
        row = [_handed_on(at, turn, piece, leaf, slot) for piece, leaf in ends]
        kept = [v for v, (_, leaf) in zip(row, ends, strict=True) if leaf.kind in (BREAK, DONE)]
        absent.append(any(map(at.absent, kept)))
        if ends:
            merger.column(pieces, row, slot[1])
        else:
            merger.hints.append(slot[1])
        for piece, leaf in ends:
            if leaf.kind != RETURN:
                _check_lists(at, turn, slot, piece, leaf)
    _check_constant(at, turn, ends)
    returns = [(t, leaf.value or Const(None)) for t, leaf in ends if leaf.kind == RETURN]
    left = [(leaf.value, leaf.state) for _, leaf in ends if leaf.kind == RETURN]
    at.lists.chosen(None, left, function_scope(at.frame.scope))
    before = len(merger.hints)
    rebuilt = None
    if returns:
        values: list[list[Value]] = [[value for _, value in returns]]
        rebuilt = merger.merge_all([t for t, _ in returns], values, ["result"])
    atoms = at.close(tree, merger.columns, merger.hints)
    count, fields = len(merger.hints) - before, merger.fields
    names = {slot[1] for slot in turn.slots}
    for atom in atoms:
        if isinstance(atom, Var) and atom not in at.named and atom.hint in names:
            at.name(atom, atom.hint)
    return Ending(kinds, tuple(atoms), rebuilt, count, codes, tuple(absent), tuple(ends), fields)


def _check_constant(at: Lifter, turn: Turn, ends: Sequence[tuple[Tree, Leaf]]) -> None:
    """Refuse to change a function that an object holds."""
    for slot, value in turn.constant.items():
        for piece, leaf in ends:
            other = end_of(at, turn, piece, leaf.state, slot)
            if other is not value and not same_value(other, value):
                refuse_function(at, turn.node, slot[1])


def _stale_at_end(at: Lifter, turn: Turn, ends: Sequence[tuple[Tree, Leaf]]) -> dict[Slot, Value]:
    """Return the names that must not be read in the next turn, or after the loop."""
    live = at.frame.live[turn.node]
    found: dict[Slot, Value] = {}
    for _, leaf in ends:
        for slot in turn.slots:
            value = leaf.state.get(slot)
            if value is not None and holds_function(value) and _is_new(turn, slot):
                line = turn.origin.line
                found[slot] = turn.stale[slot] = Const(Stale(slot[1], line, made=True))
            elif value is not None and is_stale(value):
                turn.stale[slot] = value
                if slot[1] in live.turn:
                    found[slot] = value
    return found


def _is_new(turn: Turn, slot: Slot) -> bool:
    """Tell whether a name of the function's own had no meaning before the loop."""
    first = turn.init[turn.slots.index(slot)]
    absent = isinstance(first, Const) and first.value is UNDEFINED
    return absent and not isinstance(slot[0], Fields)


def _handed_on(at: Lifter, turn: Turn, piece: Tree, leaf: Leaf, slot: Slot) -> Value:
    """Return what a name means at the end of a turn."""
    value = end_of(at, turn, piece, leaf.state, slot)
    if is_stale(value):
        return Const(UNDEFINED)
    if not holds_function(value):
        return value
    refuse_function(at, turn.node, slot[1])
    return Const(UNDEFINED)


def _check_lists(at: Lifter, turn: Turn, slot: Slot, piece: Tree, leaf: Leaf) -> None:
    """Refuse changes in a loop of a container that some turn makes known to others.

    What a turn hands to the next is changed there by what was read of this one.
    """
    lists = at.lists
    value = end_of(at, turn, piece, leaf.state, slot)
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
    after = _objects_after(at, turn)
    runs_out = not (isinstance(turn.node, gast.While) and endless(turn.node.test))
    for k, (slot, carried) in enumerate(zip(turn.slots, turn.carried, strict=True)):
        final = Var(slot[1])
        at.name(final, slot[1])
        at.lists.handed(turn.init[k], final)
        rests = [end_of(at, turn, piece, leaf.state, slot) for piece, leaf in ending.leaves]
        at.lists.left(final, carried, rests)
        if ending.absent[k] or (at.absent(turn.init[k]) and runs_out):
            at.maybe.add(final)
        if carried in at.seen:
            at.seen[final] = at.seen[carried]
        if carried in at.data:
            at.data[final] = at.data[carried]
        at.state[_later(slot, after)] = final
        for other in turn.more:
            if turn.start[other] is carried:
                at.state[other] = final
        finals.append(final)
    at.lists.met([leaf.state for _, leaf in ending.leaves], at.state, turn.slots)
    at.state.update(turn.stale)
    returned = [Var("result") for _ in range(ending.n_returned)]
    targets = (*code, *finals, *returned)
    value = None
    if ending.rebuilt is not None:
        padding: list[Atom] = [*code, *finals]
        value = ending.rebuilt([*padding, *returned])[0]
        at.state.update(ending.fields)
    return targets, code[0] if code else Const(0), value


def _objects_after(at: Lifter, turn: Turn) -> dict[Scope, Fields]:
    """Let names mean the objects that a loop has left; return where their attributes are kept."""
    after: dict[Scope, Fields] = {}
    for thing in turn.objects.values():
        after[thing.fields] = fields_of(thing.cls)
        after[thing.fields].fixed = REBOUND
    for slot, thing in turn.objects.items():
        at.state[_later(slot, after)] = Thing(thing.cls, after[thing.fields])
    for slot, constant in turn.constant.items():
        at.state[_later(slot, after)] = constant
    return after


def _later(slot: Slot, after: dict[Scope, Fields]) -> Slot:
    """Return where a name is kept when the loop is over."""
    return (after.get(slot[0], slot[0]), slot[1])


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
        lost = [slot for slot in turn.slots if not outlives(at, slot)]
        leave(at, flow, code, [RETURN], value, ending.codes, others, lost)
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

"""What one turn of a loop hands to the next, how its turns end, and what follows the loop.

while s > 1:                  s.2 = while carrying [s.1=s] exits:
    s = s / 2          ->         s.3 = s.1 / 2
    if s < c: break               code, s.4 = if s.3 < c: (1, s.3) else: (0, s.3)
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gast

from srcgrad.errors import Aliased, Unreadable
from srcgrad.origin import Origin
from srcgrad.program.nodes import UNDEFINED, Atom, Const, Var
from srcgrad.read.blocks import Flow, branch, leave
from srcgrad.read.lifter import Lifter
from srcgrad.read.merging import Merger
from srcgrad.read.names import find_slot
from srcgrad.read.structure import YIELDED, assigned
from srcgrad.read.trees import BREAK, CODES, DONE, RAISED, RETURN, Leaf, Tree, within
from srcgrad.read.values import Slot, Value, holds_function


@dataclass(eq=False, slots=True)
class Turn:
    """A loop being lifted: what it carries, under which names, and since when."""

    node: Any
    origin: Origin
    slots: list[Slot]
    carried: list[Var]
    init: list[Atom]
    appends: list[int]


def _owners(at: Lifter, names: Sequence[str]) -> list[Slot]:
    slots = [find_slot(at.frame.scope, name) for name in names]
    return [slot for slot in slots if slot is not None]


def begin(at: Lifter, loop: Any, roots: Sequence[Any]) -> Turn:
    """Enter a loop: names that it assigns mean from now on what the turn before left."""
    live = at.frame.live[loop]
    wanted = live.turn | live.after
    slots = _owners(at, list(assigned(roots)))
    carried_slots = [slot for slot in slots if slot[1] in wanted or slot[1] == YIELDED]
    turn = Turn(loop, at.origin(loop), [], [], [], [])
    for slot in carried_slots:
        value = at.state.get(slot, Const(UNDEFINED))
        if holds_function(value):
            _refuse_function(at, loop, slot[1])
        atom = at.atom(value, loop)
        var = Var(slot[1])
        at.name(var, slot[1])
        identity = at.lists.of.get(atom) if isinstance(atom, Var) else None
        if identity is not None:
            at.lists.of[var] = identity
        if at.absent(atom):
            at.maybe.add(var)
        turn.slots.append(slot)
        turn.carried.append(var)
        turn.init.append(atom)
        turn.appends.append(identity.appends if identity else 0)
    at.state = dict(at.state)
    for slot in slots:
        at.state.pop(slot, None)
    for slot, var, atom in zip(turn.slots, turn.carried, turn.init, strict=True):
        if not (isinstance(atom, Const) and atom.value is UNDEFINED and slot[1] not in live.turn):
            at.state[slot] = var
    return turn


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
    for slot, var in zip(turn.slots, turn.carried, strict=True):
        row = [_handed_on(at, turn, leaf, slot) for _, leaf in ends]
        kept = [v for v, (_, leaf) in zip(row, ends, strict=True) if leaf.kind in (BREAK, DONE)]
        absent.append(any(map(at.absent, kept)))
        if ends:
            merger.column(pieces, row, slot[1])
        else:
            merger.hints.append(slot[1])
        _check_lists(at, turn, var, row)
    returns = [(t, leaf.value or Const(None)) for t, leaf in ends if leaf.kind == RETURN]
    before = len(merger.hints)
    rebuilt = None
    if returns:
        values: list[list[Value]] = [[value for _, value in returns]]
        rebuilt = merger.merge_all([t for t, _ in returns], values, ["result"])
    atoms = at.close(tree, merger.columns, merger.hints)
    names = {slot[1] for slot in turn.slots}
    for atom in atoms:
        if isinstance(atom, Var) and atom not in at.named and atom.hint in names:
            at.name(atom, atom.hint)
    return Ending(kinds, tuple(atoms), rebuilt, len(merger.hints) - before, codes, tuple(absent))


def _handed_on(at: Lifter, turn: Turn, leaf: Leaf, slot: Slot) -> Value:
    """Return what a name means at the end of a turn."""
    value = leaf.state.get(slot, Const(UNDEFINED))
    if not holds_function(value):
        return value
    _refuse_function(at, turn.node, slot[1])
    return Const(UNDEFINED)


def _check_lists(at: Lifter, turn: Turn, var: Var, row: list[Value]) -> None:
    """Refuse appends in a loop to a list which some turn makes known to others."""
    identity = at.lists.of.get(var)
    if identity is None:
        return
    index = turn.carried.index(var)
    known = [v for v in row if not (isinstance(v, Const) and v.value is UNDEFINED)]
    stays = all(isinstance(v, Var) and at.lists.of.get(v) is identity for v in known)
    if stays and not identity.escaped:
        return
    if identity.appends > turn.appends[index] and identity.escaped:
        name = turn.slots[index][1]
        at.refuse(
            Aliased,
            turn.node,
            f"cannot append to {name!r} in this loop",
            "Something else may look at the list when the next turn appends to it.",
            f"Make a new list: {name} = [*{name}, value].",
        )
    if not stays:
        identity.escaped = True


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
        if carried in at.lists.of and not at.lists.of[carried].escaped:
            at.lists.of[final] = at.lists.of[carried]
        if ending.absent[k] or (at.absent(turn.init[k]) and runs_out):
            at.maybe.add(final)
        at.state[slot] = final
        finals.append(final)
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

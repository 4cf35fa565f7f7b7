"""Lift loops: what one turn hands to the next is spelled out.

for x in xs:            s.2 = for x in xs carrying [s.1=s]:
    s = s + x     ->        s.3 = s.1 + x
                            -> s.3
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gast

from srcgrad.errors import Aliased, Unreadable
from srcgrad.origin import Origin
from srcgrad.program.nodes import UNDEFINED, Atom, Block, Const, For, Var, While
from srcgrad.read.dispatch import expr
from srcgrad.read.expressions import truth
from srcgrad.read.lifter import (
    BREAK,
    CODES,
    DONE,
    FALL,
    RAISED,
    RETURN,
    Leaf,
    Lifter,
    Merger,
    Tree,
    within,
)
from srcgrad.read.names import find_slot
from srcgrad.read.statements import Flow, arm_of, assign, branch, leave, lifts_statement
from srcgrad.read.structure import assigned, exits
from srcgrad.read.values import Pack, Slot, Value, holds_function


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
    carried_slots = [slot for slot in slots if slot[1] in wanted]
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
        row: list[Value] = []
        for _, leaf in ends:
            value = leaf.state.get(slot, Const(UNDEFINED))
            if holds_function(value):
                _refuse_function(at, turn.node, slot[1])
                value = Const(UNDEFINED)
            row.append(value)
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


def _check_lists(at: Lifter, turn: Turn, var: Var, row: list[Value]) -> None:
    """Refuse appends in a loop to a list which some turn makes known to others."""
    identity = at.lists.of.get(var)
    if identity is None:
        return
    index = turn.carried.index(var)
    stays = all(isinstance(v, Var) and at.lists.of.get(v) is identity for v in row)
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
    endless = isinstance(turn.node, gast.While) and _endless(turn.node.test)
    for k, (slot, carried) in enumerate(zip(turn.slots, turn.carried, strict=True)):
        final = Var(slot[1])
        at.name(final, slot[1])
        if carried in at.lists.of and not at.lists.of[carried].escaped:
            at.lists.of[final] = at.lists.of[carried]
        if ending.absent[k] or (at.absent(turn.init[k]) and not endless):
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
        endless = isinstance(turn.node, gast.While) and _endless(turn.node.test)
        if endless and kinds == {RETURN}:
            flow.here.end = Leaf(RETURN, at.state, value)
            return
        others = bool(kinds - {RETURN})
        leave(at, flow, code, [RETURN], value, ending.codes, others)
    if not orelse:
        return
    if DONE in kinds:
        test = code if kinds == {DONE} else at.let(operator.eq, code, Const(3), node=turn.node)
        branch(at, test, orelse, [], turn.node, flow)
    elif BREAK in kinds:
        branch(at, code, [], orelse, turn.node, flow)
    else:
        flow.push(orelse)


def _endless(test: Any) -> bool:
    return isinstance(test, gast.Constant) and bool(test.value)


# for


@lifts_statement(gast.For)
def _for(at: Lifter, stmt: Any, flow: Flow) -> None:
    over = expr(at, stmt.iter)
    if isinstance(over, Pack) and (over.unrolled or holds_function(over)):
        _unroll(at, stmt, over, flow)
        return
    source = at.atom(over, stmt.iter)
    identity = at.lists.of.get(source) if isinstance(source, Var) else None
    before = dict(at.state)
    turn = begin(at, stmt, [stmt.target, *stmt.body])
    each = Var("")

    def bind_target(at: Lifter, flow: Flow) -> None:
        assign(at, stmt.target, each, stmt)

    if identity is not None:
        identity.iterated += 1
    tree = arm_of(at, [bind_target, *stmt.body])
    if identity is not None:
        identity.iterated -= 1
    ending = finish(at, turn, tree, {each, *turn.carried})
    at.state = {k: v for k, v in before.items() if k in at.state or k in turn.slots}
    targets, code, value = outcome(at, turn, ending)
    unused = [Var("result") for _ in range(ending.n_returned)]
    loop = For(
        targets,
        each,
        source,
        (*turn.carried, *unused),
        (*turn.init, *(Const(UNDEFINED) for _ in unused)),
        Block(tuple(tree.stmts), ending.results),
        turn.origin,
        exits=isinstance(code, Var),
    )
    at.out.append(loop)
    after(at, turn, ending, code, value, flow)


def _unroll(at: Lifter, stmt: Any, over: Pack, flow: Flow) -> None:
    """Write a loop over known items out, turn by turn."""
    if exits(stmt.body):
        at.refuse(
            Unreadable,
            stmt,
            "cannot leave a loop over functions or arguments early",
            "The loop is written out turn by turn, and where it ends has to be known.",
            "Use 'if' inside the loop instead of break, continue or return.",
        )
        return
    steps: list[Any] = []
    for item in over.items:

        def bind_item(at: Lifter, flow: Flow, item: Value = item) -> None:
            at.frame.stmt = stmt
            assign(at, stmt.target, item, stmt)

        steps += [bind_item, *stmt.body]
    flow.push([*steps, *stmt.orelse])


# while


@lifts_statement(gast.While)
def _while(at: Lifter, stmt: Any, flow: Flow) -> None:
    before = dict(at.state)
    turn = begin(at, stmt, [stmt.test, *stmt.body])
    start = at.state
    holder: list[Value] = []
    at.state = dict(start)
    test_tree = at.arm(lambda: holder.append(expr(at, stmt.test)))
    end = test_tree.end
    assert isinstance(end, Leaf)
    plain = end.kind == FALL and all(end.state.get(k) is v for k, v in start.items())
    plain = plain and end.state.keys() <= start.keys() | _temporary(at, end.state)
    known = truth(at, holder[0]) if holder else None
    at.state = start
    body: list[Any] = stmt.body
    if plain:
        out, at.out = at.out, test_tree.stmts
        test = Const(known) if known is not None else at.atom(holder[0], stmt.test)
        at.out = out
        block = Block(tuple(test_tree.stmts), (test,))
    else:
        block = Block((), (Const(True),))
        body = [_Tested(stmt).step]
    tree = arm_of(at, body)
    ending = finish(at, turn, tree, set(turn.carried), 3 if stmt.orelse else 1)
    at.state = {k: v for k, v in before.items() if k in at.state or k in turn.slots}
    targets, code, value = outcome(at, turn, ending)
    unused = [Var("result") for _ in range(ending.n_returned)]
    results = Block(tuple(tree.stmts), ending.results)
    at.out.append(
        While(
            targets,
            (*turn.carried, *unused),
            (*turn.init, *(Const(UNDEFINED) for _ in unused)),
            block,
            results,
            turn.origin,
            exits=isinstance(code, Var),
        )
    )
    after(at, turn, ending, code, value, flow)


def _temporary(at: Lifter, state: dict[Slot, Value]) -> set[Slot]:
    """Return the names that belong to calls and comprehensions inside the test."""
    return {slot for slot in state if slot[0] is not at.frame.scope}


@dataclass(frozen=True, slots=True)
class _Tested:
    """The body of a while loop whose test binds names: the test comes first in the body."""

    loop: Any

    def step(self, at: Lifter, flow: Flow) -> None:
        """Lift the test, and the body into one of its arms."""
        at.frame.stmt = self.loop
        value = expr(at, self.loop.test)
        test = at.atom(value, self.loop.test)

        def done(at: Lifter, flow: Flow) -> None:
            flow.here.end = Leaf(DONE, at.state)

        from srcgrad.read.lifter import Fork
        from srcgrad.read.statements import _nest

        leaving, rest = arm_of(at, [done]), Tree()
        fork = Fork(test, rest, leaving, at.origin(self.loop))
        _nest(at, flow, fork, rest, self.loop.body)

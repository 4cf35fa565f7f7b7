"""Lift blocks of statements: nest the rest of a block in an arm, or let the arms meet again.

    if c: return a            if c: -> a
    rest                ->    else: rest

Arms that both go on meet again; where one may also leave the block from deep inside, a code that
the branch gives tells which.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from srcgrad.program.nodes import Atom, Const
from srcgrad.read.dispatch import unknown
from srcgrad.read.lifter import Lifter
from srcgrad.read.merging import Merger, distinct
from srcgrad.read.names import function_scope
from srcgrad.read.structure import ending
from srcgrad.read.trees import BREAK, CODES, CONTINUE, DONE, FALL, RAISED, RETURN, Fork, Leaf, Tree
from srcgrad.read.values import Fields, Slot, Value

HANDLED = "handled"
_CODE = {**CODES, CONTINUE: 3, HANDLED: 4}

Step = Callable[["Lifter", "Flow"], None]


@dataclass(eq=False, slots=True)
class Flow:
    """Where the lifting of a block has come to: the present piece and what is still to do."""

    here: Tree
    work: list[Any] = field(default_factory=list)

    def push(self, stmts: Sequence[Any]) -> None:
        """Put statements before what is still to do."""
        self.work.extend(reversed(stmts))


Statement = Callable[[Lifter, Any, Flow], None]
STATEMENTS: dict[type, Statement] = {}


def lifts_statement(*kinds: type) -> Callable[[Statement], Statement]:
    """Register the function that lifts statements of some kinds."""

    def register(function: Statement) -> Statement:
        STATEMENTS.update((kind, function) for kind in kinds)
        return function

    return register


def lift_block(at: Lifter, stmts: Sequence[Any]) -> Tree:
    """Lift statements to a tree; early ends take the rest of the block into the other arm."""
    out, raised, stmt_before = at.out, at.raised, at.frame.stmt
    root = Tree()
    flow = Flow(root)
    flow.push(stmts)
    at.raised = False
    at.out = root.stmts
    while flow.here.end is None and flow.work:
        stmt = flow.work.pop()
        if callable(stmt):
            stmt(at, flow)
        else:
            at.frame.stmt = stmt
            lift = STATEMENTS.get(type(stmt))
            if lift is None:
                unknown(at, stmt)
            else:
                lift(at, stmt, flow)
        if at.raised and flow.here.end is None:
            flow.here.end = Leaf(RAISED, at.state)
    if flow.here.end is None:
        flow.here.end = Leaf(FALL, at.state)
    at.out, at.raised, at.frame.stmt = out, raised, stmt_before
    return root


def arm_of(at: Lifter, stmts: Sequence[Any]) -> Tree:
    """Lift statements as one arm, beginning with the present state."""
    state = at.state
    at.state = dict(state)
    tree = lift_block(at, stmts)
    at.state = state
    return tree


def branch(
    at: Lifter, test: Atom, body: Sequence[Any], orelse: Sequence[Any], node: Any, flow: Flow
) -> None:
    """Lift a branch: nest the rest of the block in an arm, or let the arms meet again."""
    where = at.origin(node)
    ends = _ends(body), _ends(orelse)
    if ends[0] == "exits":
        then, rest = arm_of(at, body), Tree()
        nest(at, flow, Fork(test, then, rest, where), rest, orelse)
    elif ends[1] == "exits":
        other, rest = arm_of(at, orelse), Tree()
        nest(at, flow, Fork(test, rest, other, where), rest, body)
    else:
        fork = Fork(test, arm_of(at, body), arm_of(at, orelse), where)
        meet(at, fork, flow)


def _ends(stmts: Sequence[Any]) -> str:
    return "falls" if any(callable(stmt) for stmt in stmts) else ending(stmts)


def nest(at: Lifter, flow: Flow, fork: Fork, rest: Tree, stmts: Sequence[Any]) -> None:
    """End the present piece by a fork; the block goes on in one of its arms."""
    flow.here.end = fork
    flow.here = rest
    flow.push(stmts)
    at.out, at.state = rest.stmts, dict(at.state)


def meet(at: Lifter, fork: Fork, flow: Flow) -> None:
    """Let the arms of a branch go on together, except where they leave the block for good."""
    tree = Tree(flow.here.stmts, fork)
    kinds = {leaf.kind for _, leaf in tree.leaves()}
    if kinds <= {FALL, RAISED}:
        at.join(tree)
    elif not flow.work or FALL not in kinds:
        flow.here.end = fork
    else:
        meet_with_code(at, tree, flow)


def meet_with_code(
    at: Lifter, tree: Tree, flow: Flow, final: Sequence[Any] = (), orelse: Sequence[Any] = ()
) -> None:
    """Let the arms meet; a code says which of them want to leave the block.

    Before any leaves it, ``final`` is done; ``orelse`` is for those that did not handle an error.
    """
    ends = [(t, leaf) for t, leaf in tree.leaves() if leaf.kind != RAISED]
    merger = Merger(at, tree)
    pieces = [t for t, _ in ends]
    codes: list[Value] = [Const(_CODE[leaf.kind]) for _, leaf in ends]
    rebuilt_code = merger.merge_all(pieces, [codes], ["code"])
    going = [(t, leaf) for t, leaf in ends if leaf.kind != RETURN]
    # What outlives the function counts where it returns, too.
    outer = [slot for slot in merger.changed([f.state for _, f in ends]) if outlives(at, slot)]
    slots = merger.changed([leaf.state for _, leaf in going]) if going else []
    slots = [slot for slot in slots if slot not in outer]
    shared_rows = [[at.present(t, leaf.state, slot) for t, leaf in ends] for slot in outer]
    shared = merger.merge_all(pieces, shared_rows, [name for _, name in outer])
    rows = [[at.present(t, leaf.state, slot) for t, leaf in going] for slot in slots]
    first, which = distinct(rows)
    hints = [slots[i][1] for i in first]
    rebuilt = merger.merge_all([t for t, _ in going], [rows[i] for i in first], hints)
    leaving = [(t, leaf.value or Const(None)) for t, leaf in ends if leaf.kind == RETURN]
    returned = None
    if leaving:
        row: list[list[Value]] = [[value for _, value in leaving]]
        returned = merger.merge_all([t for t, _ in leaving], row, ["result"])
    atoms = at.close(tree, merger.columns, merger.hints)
    code = at.atom(rebuilt_code(atoms)[0], None)
    state = dict(going[0][1].state) if going else dict(at.state)
    for slot, value, values in zip(outer, shared(atoms), shared_rows, strict=True):
        state[slot] = at.bound(slot, value, values)
    made = rebuilt(atoms)
    for slot, place, values in zip(slots, which, rows, strict=True):
        state[slot] = at.bound(slot, made[place], values)
    at.lists.met([leaf.state for _, leaf in going], state, slots)
    left = [(leaf.value, leaf.state) for _, leaf in ends if leaf.kind == RETURN]
    at.lists.chosen(None, left, function_scope(at.frame.scope))
    result = returned(atoms)[0] if returned else None
    state.update(merger.fields)
    at.state = state
    kinds = [k for k in (RETURN, BREAK, DONE, CONTINUE) if any(k == e.kind for _, e in ends)]
    present = {leaf.kind for _, leaf in ends}

    def go(at: Lifter, flow: Flow) -> None:
        if len(present) == 1 and kinds:
            state = {slot: v for slot, v in at.state.items() if slot not in slots or not result}
            flow.here.end = Leaf(kinds[0], state, result)
            return
        if kinds:
            leave(at, flow, code, kinds, result, _CODE, HANDLED in present, slots)
        if {FALL, HANDLED} <= present and orelse:
            test = at.let(operator.eq, code, Const(_CODE[HANDLED]), node=None) if kinds else code
            branch(at, test, [], orelse, at.frame.stmt, flow)
        elif FALL in present:
            flow.push(orelse)

    if final:
        flow.push([*final, go])
    else:
        go(at, flow)


def outlives(at: Lifter, slot: Slot) -> bool:
    """Tell whether a name is none of the function's own: an attribute, or an outer name."""
    if isinstance(slot[0], Fields):
        return True
    return function_scope(slot[0]) is not function_scope(at.frame.scope)


def leave(
    at: Lifter,
    flow: Flow,
    code: Atom,
    kinds: Sequence[str],
    value: Value | None,
    codes: dict[str, int],
    others: bool = False,
    lost: Sequence[Slot] = (),
) -> None:
    """Leave the block where a code says so; ``others`` tells of codes that do not leave it.

    What the ``lost`` names mean is not known any more where a function returns.
    """
    for k, kind in enumerate(kinds):
        last = k + 1 == len(kinds) and not others
        test: Atom = code
        if not last:
            test = at.let(operator.eq, code, Const(codes[kind]), node=None)
        done, rest = Tree(), Tree()
        done.end = Leaf(kind, dict(at.state))
        if kind == RETURN:
            state = {slot: v for slot, v in at.state.items() if slot not in lost}
            done.end = Leaf(kind, state, value)
        nest(at, flow, Fork(test, done, rest, at.origin(None)), rest, [])

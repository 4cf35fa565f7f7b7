"""Lift loops: what one turn hands to the next is spelled out.

for x in xs:            s.2 = for x in xs carrying [s.1=s]:
    s = s + x     ->        s.3 = s.1 + x
                            -> s.3
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gast

from srcgrad.errors import Unreadable
from srcgrad.program.nodes import UNDEFINED, Atom, Block, Const, For, Var, While
from srcgrad.read.assignments import assign
from srcgrad.read.blocks import Flow, arm_of, lifts_statement, nest
from srcgrad.read.carrying import Again, begin, settled, unforeseen
from srcgrad.read.checkpoints import asked
from srcgrad.read.dispatch import expr
from srcgrad.read.expressions import tested, truth
from srcgrad.read.generators import WALK, taken
from srcgrad.read.known_turns import keeps_made, known_turns
from srcgrad.read.lifter import Lifter
from srcgrad.read.seen import of_each, unrolled
from srcgrad.read.structure import exits
from srcgrad.read.trees import DONE, FALL, Fork, Leaf, Tree
from srcgrad.read.turns import after, finish, outcome
from srcgrad.read.values import Pack, Slot, Value, is_kept
from srcgrad.read.walking import Walk


@lifts_statement(gast.For)
def _for(at: Lifter, stmt: Any, flow: Flow) -> None:
    if not exits(stmt.body):
        taken(at, stmt.iter, WALK)
    snapshots, items = asked(at, stmt.iter)
    over = unrolled(at, expr(at, items), items)
    if isinstance(over, Pack) and (over.unrolled or is_kept(over)):
        _unroll(at, stmt, over, flow)
        return
    if not exits(stmt.body) and snapshots is None and keeps_made(at, stmt.body):
        turns = known_turns(at, over)
        if turns is not None:
            _unroll(at, stmt, turns, flow)
            return
    source = at.atom(over, items)
    settled(at, lambda again: _for_once(at, stmt, source, flow, again, snapshots))


def _for_once(
    at: Lifter, stmt: Any, source: Atom, flow: Flow, again: Again, snapshots: Any
) -> Again | None:
    before = dict(at.state)
    walk = Walk(at, stmt.target, source)
    turn = begin(at, stmt, [stmt.target, *stmt.body], again)
    each = Var("")
    of_each(at, source, each)

    def bind_target(at: Lifter, flow: Flow) -> None:
        at.lists.walked(each, source)
        assign(at, stmt.target, each, stmt)
        walk.begin(at, each)

    tree = arm_of(at, [bind_target, *stmt.body])
    source = walk.end(at, stmt)
    if found := unforeseen(at, turn, tree):
        return found
    ending = finish(at, turn, tree, {each, *turn.carried})
    if turn.late:
        return Again(stale=turn.late)
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
        snapshots=snapshots,
    )
    at.out.append(loop)
    after(at, turn, ending, code, value, flow)
    return None


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


@lifts_statement(gast.While)
def _while(at: Lifter, stmt: Any, flow: Flow) -> None:
    settled(at, lambda again: _while_once(at, stmt, flow, again))


def _while_once(at: Lifter, stmt: Any, flow: Flow, again: Again) -> Again | None:
    before = dict(at.state)
    turn = begin(at, stmt, [stmt.test, *stmt.body], again)
    start = at.state
    holder: list[Value] = []
    at.state = dict(start)
    test_tree = at.arm(lambda: holder.append(tested(at, stmt.test)))
    end = test_tree.end
    assert isinstance(end, Leaf)
    plain = end.kind == FALL and all(end.state.get(k) is v for k, v in start.items())
    plain = plain and end.state.keys() <= start.keys() | _temporary(at, end.state, turn.born)
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
    if found := unforeseen(at, turn, tree):
        return found
    ending = finish(at, turn, tree, set(turn.carried), 3 if stmt.orelse else 1)
    if turn.late:
        return Again(stale=turn.late)
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
    return None


def _temporary(at: Lifter, state: dict[Slot, Value], since: int) -> set[Slot]:
    """Return the names that belong to calls, comprehensions and objects inside the test."""
    return {slot for slot in state if slot[0] is not at.frame.scope and slot[0].born >= since}


@dataclass(frozen=True, slots=True)
class _Tested:
    """The body of a while loop whose test binds names: the test comes first in the body."""

    loop: Any

    def step(self, at: Lifter, flow: Flow) -> None:
        """Lift the test, and the body into one of its arms."""
        at.frame.stmt = self.loop
        value = tested(at, self.loop.test)
        test = at.atom(value, self.loop.test)

        def done(at: Lifter, flow: Flow) -> None:
            flow.here.end = Leaf(DONE, at.state)

        leaving, rest = arm_of(at, [done]), Tree()
        fork = Fork(test, rest, leaving, at.origin(self.loop))
        nest(at, flow, fork, rest, self.loop.body)

"""Settle loops: what a turn writes is carried on.

for i in range(n):            for i in range(n) carrying [u.1=u]:
    u[i] = f(u[i - 1])   ->       u.2 = put(u.1, i, f(u.1[i - 1]))
                                  -> u.2
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from srcgrad.facts.effects import is_write, writing
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Block, For, Var, While
from srcgrad.program.walk import statements
from srcgrad.read import twins
from srcgrad.read.arrays import is_array
from srcgrad.read.places import Place, Same, let_go
from srcgrad.read.settle_after import after
from srcgrad.read.settle_arms import into, peek, version
from srcgrad.read.settle_names import Names
from srcgrad.read.settle_plans import ROUNDS, Plan, is_known, learn, learn_ties
from srcgrad.read.settle_unrolled import written_out
from srcgrad.read.settle_walks import check_walk, walked

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


def loop(s: Settler, stmt: For | While) -> None:
    """Settle a loop: go through it until nothing more is learned of what it writes."""
    if isinstance(stmt, For) and written_out(s, stmt):
        return
    for var in stmt.carried:
        s.tracked(var)
    plan: Plan = s.memo.setdefault(stmt, Plan())
    state, out, problems = s.state, s.b, len(s.problems)
    if isinstance(stmt, While) and _writes(s, stmt.test):
        s.refuse(
            "cannot follow a write in the test of a loop",
            "The test is asked once more than the loop has turns.",
            "Write before the loop and at its end.",
            stmt.origin,
        )
        return
    let_go(state.values)
    ties = {place: place.ties() for place in state.values}
    for _ in range(ROUNDS):
        s.state, s.b = state.copy(), Builder(stmt.origin)
        for place, known in ties.items():
            place.tie(known)  # what the last time through was learned in vain
        del s.problems[problems:]
        size = plan.size()
        _turn(s, stmt, plan)
        if plan.size() == size:
            break
    else:
        s.refuse(
            "cannot follow the writes of this loop",
            "Which names mean which memory in which turn is too involved.",
            "Work on copies (x.copy()), so that the names are certainly apart.",
            stmt.origin,
        )
    made, after = s.b, s.state
    s.b, s.state = out, after
    s.b.add(*made.stmts)
    let_go(s.state.values)


def _writes(s: Settler, block: Block) -> bool:
    """Tell whether a block writes into arrays."""
    return any(is_write(stmt) or is_array(s.types.get(var)) for stmt, var in writing(block))


def _carries(s: Settler, stmt: For | While, k: int) -> bool:
    """Tell whether a carried variable is memory that is written somewhere."""
    skip = int(stmt.exits)
    atoms = (stmt.carried[k], stmt.init[k], stmt.body.results[skip + k])
    return s.tracked(stmt.carried[k]) or any(map(s.tracked, atoms[1:]))


def _turn(s: Settler, stmt: For | While, plan: Plan) -> None:
    """Go through a loop once, with what is known of it; learn what else it does."""
    skip, n, asked = int(stmt.exits), len(stmt.carried), plan.asked()
    outer = dict.fromkeys(s.state.values)
    over, first = walked(s, stmt, outer)
    tracked = [k for k in range(n) if _carries(s, stmt, k)]
    init = {k: peek(s, stmt.init[k]) for k in range(n)}
    held = [place for place in outer if place.root in plan.written]
    heads = {place: version(place) for place in held}
    starts = [s.state.values[place] for place in held]
    names = Names(s, stmt, plan, outer)
    before = (s.b, s.state)
    inside = s.state.copy()
    inside.stale.update((p, plan.stale[p.root]) for p in outer if p.root in plan.stale)
    inside.gone.update(plan.gone)
    inside.moved.update((p, None) for p in outer if p.root in plan.moved)
    s.b, s.state = Builder(stmt.origin), inside
    s.state.values.update(heads)
    for k in tracked:  # what no turn before the first has made is no memory of before
        start = stmt.init[k]
        if not isinstance(start, Var) or not is_known(s, start):
            plan.own[stmt.carried[k]] = None
    own = [k for k in tracked if stmt.carried[k] in plan.own]
    for k in tracked:
        s.tracks[stmt.carried[k]] = True
        if k in own:
            _own(s, stmt, k, plan, list(outer), names)
        else:
            start = stmt.init[k]
            assert isinstance(start, Var)
            s.refs[stmt.carried[k]] = Same(start)
    _tie(s, stmt, own, plan)
    head = s.b.stmts
    s.b.stmts = []
    test = _tested(s, stmt)
    if isinstance(stmt, For):
        first(s)
    s.block(stmt.body)
    results = [peek(s, atom) for atom in stmt.body.results]
    names.finish(s, stmt, plan)
    ends = [s.state.values[place] for place in held]
    body_b, end = s.b, s.state
    for place in outer:
        start = heads.get(place, before[1].values[place])
        if end.values[place] is not start:
            plan.written[place.root] = None
        if place in end.stale and place not in before[1].stale:
            plan.stale[place.root] = end.stale[place]
    if isinstance(stmt, For) and over[0] is stmt.each:
        check_walk(s, stmt, plan, before[1], end)
    for k in tracked:
        learn(s, stmt, k, plan, outer, before[1], end)
    learn_ties(s, stmt, own, plan)
    plan.gone.update(end.gone)
    plan.moved.update((p.root, None) for p in outer if p in end.moved)
    if s.asks and asked != plan.asked():
        plan.forget()
        for within in statements(stmt.body):
            s.memo.pop(within, None)
    s.b, s.state = before
    s.state.gone.update(end.gone)
    s.state.moved.update(end.moved)
    dropped = [k for k in tracked if k not in own]
    keep = [k for k in range(n) if k not in dropped]
    body = Block(
        (*head, *body_b.stmts),
        (
            *results[:skip],
            *(results[skip + k] for k in keep),
            *ends,
            *names.ends,
            *results[skip + n :],
        ),
    )
    outs = tuple(version(place) for place in held)
    targets = (
        *stmt.targets[:skip],
        *(stmt.targets[skip + k] for k in keep),
        *outs,
        *names.outs,
        *stmt.targets[skip + n :],
    )
    carried = (*(stmt.carried[k] for k in keep), *heads.values(), *names.heads)
    inits = (*(init[k] for k in keep), *starts, *names.starts)
    if isinstance(stmt, For):
        made: For | While = replace(
            stmt, targets=targets, each=over[0], over=over[1], carried=carried, init=inits,
            body=body, form="for" if held else stmt.form,
        )  # fmt: skip
    else:
        made = replace(
            stmt, targets=targets, carried=carried, init=inits, test=test, body=body
        )  # fmt: skip
    s.b.add(made)
    s.state.values.update(zip(held, outs, strict=True))
    s.state.stale.update((p, end.stale[p]) for p in outer if p in end.stale)
    after(s, stmt, tracked, own, plan, outer, end, names)


def _tested(s: Settler, stmt: For | While) -> Block:
    """Go through the test of a loop."""
    if isinstance(stmt, For):
        return Block((), ())
    before = into(s, s.state.copy())
    s.block(stmt.test)
    results = tuple(s.read(atom, stmt.origin) for atom in stmt.test.results)
    block = s.b.block(*results)
    s.b, s.state = before
    return block


def _own(
    s: Settler, stmt: For | While, k: int, plan: Plan, outer: list[Place], names: Names
) -> None:
    """Let a carried variable be memory of its own, though perhaps that of others before it."""
    var = stmt.carried[k]
    near = [place for place in outer if place.root in plan.reach.get(var, ())]
    foreign = frozenset(v for place in near for v in place.foreign)
    opaque = any(place.opaque for place in near)
    made = s.root(var, foreign=foreign, opaque=opaque)
    links = names.links(var, names.heads)
    twins.link(s, made, links)
    for place in near:
        if place not in twins.linked(s, links):
            made.join(place)
    if var in plan.stale:
        s.state.stale[made] = plan.stale[var]


def _tie(s: Settler, stmt: For | While, own: list[int], plan: Plan) -> None:
    for one, other in plan.ties:
        a, b = s.place(one), s.place(other)
        if a is not None and b is not None:
            a.entangle(b)
            b.entangle(a)

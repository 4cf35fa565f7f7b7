"""What a loop is taken to do, until going through it shows more.

a, b = b, a          what is carried as a may be the memory of a or of b before the loop
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from srcgrad.program.nodes import Atom, Block, For, If, Var, While
from srcgrad.program.walk import arms as arms_of
from srcgrad.program.walk import bound
from srcgrad.program.walk import inner as inner_of
from srcgrad.read import twins
from srcgrad.read.places import Place, Root, State

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


ROUNDS = 24
"""How often a loop or a function is gone through at most, until what it writes is known."""


@dataclass(eq=False, slots=True)
class Plan:
    """What a loop is taken to do, until going through it shows more.

    ``written`` are the roots of places that it writes, ``own`` the carried variables that are
    not the same memory in every turn, ``stale`` the roots that a turn may find stale, ``ties``
    the pairs of carried variables that may be the same memory, ``links`` the pairs of a carried
    variable and an array that it may be, with whether it can be asked if it is.
    """

    written: dict[Var, None] = field(default_factory=dict)
    own: dict[Var, None] = field(default_factory=dict)
    stale: dict[Var, Any] = field(default_factory=dict)
    gone: dict[Var, Any] = field(default_factory=dict)
    moved: dict[Var, None] = field(default_factory=dict)
    ties: dict[tuple[Var, Var], None] = field(default_factory=dict)
    reach: dict[Var, dict[Var, None]] = field(default_factory=dict)
    links: dict[tuple[Var, Var], bool] = field(default_factory=dict)

    def size(self) -> tuple[int, ...]:
        """Return numbers that change whenever something is learned."""
        sizes = (self.own, self.written, self.stale, self.gone, self.moved, self.ties)
        return (
            *(len(table) for table in sizes), sum(map(len, self.reach.values())), *self.asked()
        )  # fmt: skip

    def asked(self) -> tuple[int, ...]:
        """Return numbers that change whenever something else is asked."""
        return len(self.own), len(self.links), sum(self.links.values())

    def separate(self, var: Var) -> None:
        """Take a carried variable for memory of its own; what else was seen has to be anew."""
        self.own[var] = None
        self.links.clear()
        self.forget()

    def forget(self) -> None:
        """Forget what was seen of a loop that was taken to do something else."""
        for table in (self.written, self.stale, self.gone, self.moved, self.ties, self.reach):
            table.clear()

    def linked(self, var: Var) -> list[Var]:
        """Return the arrays of which it is asked whether a carried variable is one."""
        return [array for (one, array), told in self.links.items() if one is var and told]


def is_known(s: Settler, var: Var) -> bool:
    """Tell whether a variable is memory that is followed, or known item by item."""
    base = s.base(var)
    return base in s.refs or base in s.packs


def learn(
    s: Settler,
    stmt: For | While,
    k: int,
    plan: Plan,
    outer: dict[Place, None],
    start: State,
    end: State,
) -> None:
    """Learn what memory a carried variable is in the next turn."""
    var, after = stmt.carried[k], stmt.body.results[int(stmt.exits) + k]
    if var not in plan.own:
        first = stmt.init[k]
        same = isinstance(after, Var) and isinstance(first, Var) and is_known(s, first)
        if same and isinstance(first, Var) and isinstance(after, Var):
            same = s.base(after) is s.base(first)
        if not same:
            plan.separate(var)
    reach = plan.reach.setdefault(var, {})
    ends = [row[int(stmt.exits) + k] for row in paths(stmt.body)]
    if s.asks and var in plan.own:
        _learn_links(s, stmt, var, (stmt.init[k], after, *ends), plan, outer)
    for atom in (stmt.init[k], after, *ends):
        for place in s.places(atom):
            for near in (place, *place.aliases, *place.inside()):
                if near in outer:
                    reach[near.root] = None
            for j, other in enumerate(stmt.carried):
                if j != k and isinstance(s.refs.get(other), Root) and s.place(other) is place:
                    reach.update(plan.reach.get(other, {}))
            if place in end.stale and atom is after:
                plan.stale[var] = end.stale[place]
            if place in start.stale and atom is stmt.init[k]:
                plan.stale[var] = start.stale[place]


def _learn_links(
    s: Settler,
    stmt: For | While,
    var: Var,
    atoms: Sequence[Atom],
    plan: Plan,
    outer: Mapping[Place, None],
) -> None:
    """Learn which arrays a carried variable may be."""
    inside = {*bound(stmt.body), *inner_of(stmt)}
    found = twins.candidates(s, atoms, outer)
    known = [array for one, array in plan.links if one is var]
    found = [array for array in (*known, *found) if array not in inside]
    alone = twins.one_each(s, list(dict.fromkeys(found)))
    for array in found:
        told = array in alone and twins.alike(s, var, array)
        if not told or ((var, array) not in plan.links and len(plan.linked(var)) >= twins.MOST):
            plan.links[var, array] = False
        plan.links.setdefault((var, array), True)


def learn_ties(s: Settler, stmt: For | While, own: list[int], plan: Plan) -> None:
    """Learn which carried variables may be the same memory at the start of a turn.

    In ``if done: break`` before ``a, b = b, a`` either may be either, but not on one path.
    """
    skip = int(stmt.exits)
    rows = [stmt.init, *(row[skip:] for row in paths(stmt.body))]
    for i, k in enumerate(own):
        for j in own[i + 1 :]:
            for a, b in ((row[k], row[j]) for row in rows):
                ones, others = s.places(a), s.places(b)
                told = twins.linked(s, [(v, a) for v in plan.linked(stmt.carried[k])])
                told &= twins.linked(s, [(v, a) for v in plan.linked(stmt.carried[j])])
                near = (p for p in ones for q in others if p is q or q in p.aliases)
                if any(p not in told for p in near):
                    plan.ties[stmt.carried[k], stmt.carried[j]] = None


def paths(block: Block) -> list[tuple[Atom, ...]]:
    """Return the results of a block for each path through the branch that it ends with."""
    last = block.stmts[-1] if block.stmts else None
    if not isinstance(last, If):
        return [block.results]
    place = {target: k for k, target in enumerate(last.targets)}
    return [
        tuple(row[place[a]] if isinstance(a, Var) and a in place else a for a in block.results)
        for arm in arms_of(last)
        for row in paths(arm)
    ]

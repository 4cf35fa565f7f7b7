"""Whether carried variables are other names of arrays: flags that a loop hands on."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from srcgrad.program.nodes import Atom, Const, For, Var, While
from srcgrad.read import twins
from srcgrad.read.places import Place
from srcgrad.read.settle_plans import Plan

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


class Names:
    """Whether carried variables are other names of arrays: flags that a loop hands on."""

    def __init__(self, s: Settler, stmt: For | While, plan: Plan, outer: Container[Place]) -> None:
        self.pairs: list[tuple[Var, Var]] = []
        self.starts: list[Atom] = []
        self.ends: list[Atom] = []
        for (var, array), told in plan.links.items():
            if not told or var not in plan.own or s.place(array) not in outer:
                continue
            start = twins.is_it(s, stmt.init[stmt.carried.index(var)], array)
            if start is None:
                plan.links[var, array] = False
            else:
                self.pairs.append((var, array))
                self.starts.append(start)
        self.heads = [twins.flag_of(s) for _ in self.pairs]
        self.outs = [twins.flag_of(s) for _ in self.pairs]

    def links(self, var: Var, flags: Sequence[Var]) -> list[tuple[Var, Var]]:
        """Return the arrays that a carried variable may be, with the flags that say so."""
        pairs = zip(self.pairs, flags, strict=True)
        return [(array, flag) for (one, array), flag in pairs if one is var]

    def finish(self, s: Settler, stmt: For | While, plan: Plan) -> None:
        """Say at the end of a turn which is which."""
        for var, array in self.pairs:
            result = stmt.body.results[int(stmt.exits) + stmt.carried.index(var)]
            end = twins.is_it(s, result, array)
            if end is None:
                plan.links[var, array] = False
            self.ends.append(Const(False) if end is None else end)

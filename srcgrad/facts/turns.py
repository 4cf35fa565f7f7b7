"""What the items of a backward loop were in the turn of the loop that collected them.

for v in values:                        for v2, p2 in reversed(saved):
    p = v ** 2                              ...          # v2 was v, p2 was p, in one turn
    saved.append((v, p))
"""

from __future__ import annotations

import operator
from dataclasses import dataclass

from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, For, Let, Program, Stmt, Var, While
from srcgrad.program.walk import among, statements

Pairs = list[tuple[Var, Atom]]
_PLAIN = frozenset({range, len, operator.add, operator.sub, operator.mul, operator.neg})
"""What gives the same for the same whole numbers."""


def same_turn(program: Program) -> dict[Let, Pairs]:
    """Map statements that unpack items to the variables and what these were in one turn.

    Only what goes backwards through what one loop collected, alone or along with what that loop
    went through, is in step with it for certain.
    """
    return in_step(program).pairs


@dataclass(frozen=True)
class Steps:
    """What `same_turn` finds, and of which loop the turns are.

    ``each`` has the same of loops that go through one list, whose items are not unpacked.
    """

    pairs: dict[Let, Pairs]
    homes: dict[Let, For | While]
    each: dict[For, tuple[For | While, Atom]]


def in_step(program: Program) -> Steps:
    """Do as `same_turn`, and say more."""
    walker = _Walker()
    for stmt in statements(program.body):
        walker.statement(stmt)
    return Steps(walker.found, walker.loops, walker.each)


class _Walker:
    """Goes through a program once; ``same`` has what variables of a loop back were before."""

    def __init__(self) -> None:
        self.lets: dict[Var, Let] = {}
        self.made: dict[Var, tuple[For | While, Atom]] = {}
        self.same: dict[Atom, Atom] = {}
        self.found: dict[Let, Pairs] = {}
        self.loops: dict[Let, For | While] = {}
        self.each: dict[For, tuple[For | While, Atom]] = {}

    def statement(self, stmt: Stmt) -> None:
        if isinstance(stmt, Let):
            for var in stmt.targets:
                self.lets[var] = stmt
        elif isinstance(stmt, (For, While)):
            first = len(stmt.carried) + int(stmt.exits)
            pairs = zip(stmt.targets[first:], stmt.body.results[first:], strict=True)
            self.made.update((var, (stmt, atom)) for var, atom in pairs)
            if isinstance(stmt, For):
                self.loop(stmt)

    def loop(self, loop: For) -> None:
        over = self.lets.get(loop.over) if isinstance(loop.over, Var) else None
        home = self.home(over.args[0]) if over is not None and over.fn is reversed else None
        if home is not None:
            self.each[loop] = home
            self.same[loop.each] = home[1]
        opened = loop.body.stmts[0] if loop.body.stmts else None
        if not isinstance(opened, Let) or opened.fn is not ops.unpack:
            return
        if opened.args[0] is not loop.each:
            return
        first, pairs = self.pairs(loop, opened)
        inner = loop.body.stmts[1] if len(loop.body.stmts) > 1 else None
        at = opened
        if isinstance(inner, Let) and inner.fn is ops.unpack:
            pairs = pairs + self.parts(inner, dict(pairs).get(inner.args[0]))  # type: ignore[arg-type]
            at = inner
        self.found[at] = pairs
        self.same.update(pairs)
        if first is not None:
            self.loops[opened] = self.loops[at] = first

    def pairs(self, loop: For, opened: Let) -> tuple[For | While | None, Pairs]:
        over = self.lets.get(loop.over) if isinstance(loop.over, Var) else None
        if over is None:
            return None, []
        home = self.home(over.args[0]) if over.fn is reversed else None
        if home is not None:
            return home[0], self.parts(opened, home[1])
        if over.fn is not zip or over.kwargs or len(over.args) != len(opened.targets):
            return None, []
        sources = [self.turned(atom) for atom in over.args]
        homes = [self.home(source) for source in sources]
        first = next((home[0] for home in homes if home is not None), None)
        if first is None or first.exits or None in sources:
            return None, []
        found: Pairs = []
        for var, source, home in zip(opened.targets, sources, homes, strict=True):
            if home is not None and home[0] is first:
                found.append((var, home[1]))
            elif home is None and isinstance(first, For) and self.alike(source, first.over):
                found.append((var, first.each))
        return first, found

    def home(self, atom: Atom | None) -> tuple[For | While, Atom] | None:
        """Return the loop that collected a list, and what it collected."""
        while atom in self.same:
            atom = self.same[atom]
        return self.made.get(atom) if isinstance(atom, Var) else None

    def alike(self, now: Atom | None, then: Atom) -> bool:
        """Tell whether a value of a turn back is what another was in the same turn forth."""
        if now is then or (now in self.same and self.same[now] is then):
            return True
        if isinstance(now, Const) and isinstance(then, Const):
            plain = type(now.value) in (int, type(None)) and type(then.value) is type(now.value)
            return plain and now.value == then.value
        one, two = (self.lets.get(a) if isinstance(a, Var) else None for a in (now, then))
        if one is None or two is None or one.fn is not two.fn or one.kwargs or two.kwargs:
            return False
        return (
            among(one.fn, _PLAIN)
            and len(one.args) == len(two.args)
            and all(map(self.alike, one.args, two.args))
        )

    def turned(self, atom: Atom) -> Atom | None:
        let = self.lets.get(atom) if isinstance(atom, Var) else None
        return let.args[0] if let is not None and let.fn is reversed else None

    def parts(self, opened: Let, whole: Atom | None) -> Pairs:
        pack = self.lets.get(whole) if isinstance(whole, Var) else None
        if pack is None or pack.fn is not ops.make_tuple or len(pack.args) != len(opened.targets):
            return []
        return list(zip(opened.targets, pack.args, strict=True))

"""Which variables of one group are certainly never the same memory at one time.

    u, v = x.copy(), np.zeros(n)
    for t in range(n):
        v[1:-1] = f(u)         # u and v change places in every turn, and are two arrays always
        u, v = v, u

Groups do not see the order of things: to them u and v are one.  Here what two variables were
made of is followed to where it came to be.
"""

from __future__ import annotations

import operator
from collections.abc import Container, Mapping
from typing import Any

import numpy as np

from srcgrad.facts.kinds import Arr
from srcgrad.facts.purity import VIEW, is_product, is_pure_call, returns
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, For, If, Let, Program, Stmt, Try, Var, While, With
from srcgrad.program.walk import among, arms, statements

_THROUGH = VIEW | {
    operator.getitem, ops.same, np.reshape, np.ravel,
    ops.method("reshape"), ops.method("ravel"), ops.attribute("T"),
}  # fmt: skip
"""What gives its first argument or a part of it; so do writes in place."""


class Apart:
    """Tells of two variables whether they are certainly two pieces of memory."""

    def __init__(self, program: Program, types: Mapping[Var, Any], inplace: Container[Var]) -> None:
        self.types = types
        self.inplace = inplace
        self.lets: dict[Var, Let] = {}
        self.carried: dict[Var, tuple[For | While, int]] = {}
        self.ends: dict[Var, tuple[Stmt, int]] = {}
        self.known: dict[For | While, frozenset[int]] = {}
        self.origins: dict[Atom, Any] = {}
        self.block(program.body)

    def block(self, body: Block) -> None:
        for stmt in statements(body):
            if isinstance(stmt, Let) and len(stmt.targets) == 1:
                self.lets[stmt.targets[0]] = stmt
            elif isinstance(stmt, (For, While)):
                skip = int(stmt.exits)
                for k, var in enumerate(stmt.carried):
                    self.carried[var] = (stmt, k)
                    self.ends[stmt.targets[skip + k]] = (stmt, k)
            elif isinstance(stmt, (If, Try, With)):
                self.ends.update((var, (stmt, k)) for k, var in enumerate(stmt.targets))

    def origin(self, atom: Atom) -> Any:
        """Return where the memory of a variable came to be: a variable, or an end of a loop."""
        if atom not in self.origins:  # chains of branches are as long as they are wide
            self.origins[atom] = self._origin(atom)
        return self.origins[atom]

    def _origin(self, atom: Atom) -> Any:
        for _ in range(len(self.lets) + len(self.ends) + 1):
            if not isinstance(atom, Var) or atom in self.carried:
                return atom
            if atom in self.ends:
                stmt, k = self.ends[atom]
                if isinstance(stmt, (If, Try, With)):
                    ends = {self.origin(arm.results[k]) for arm in arms(stmt)}
                    return ends.pop() if len(ends) == 1 else atom
                assert isinstance(stmt, (For, While))
                if self.origin(stmt.body.results[int(stmt.exits) + k]) is not stmt.carried[k]:
                    return atom
                atom = stmt.init[k]
                continue
            let = self.lets.get(atom)
            if let is None or not let.args or not self._is_array(let.args[0]):
                return atom
            if not among(let.fn, _THROUGH) and atom not in self.inplace:
                return atom
            atom = let.args[0]
        return atom

    def of(self, one: Var, other: Var) -> bool:
        """Tell whether two variables are certainly never the same memory at one time."""
        if not self._is_array(one) or not self._is_array(other):
            return False
        a, b = self.origin(one), self.origin(other)
        if a is b or not isinstance(a, Var) or not isinstance(b, Var):
            return False
        if self.is_new(a) and self.is_new(b):
            return True
        places = [self.carried.get(var) or self._loop_end(var) for var in (a, b)]
        if places[0] is None or places[1] is None:
            return False
        (loop, i), (same, j) = places[0], places[1]
        if loop is not same or i == j or not {i, j} <= self.turning(loop):
            return False
        first, second = loop.init[i], loop.init[j]
        return isinstance(first, Var) and isinstance(second, Var) and self.of(first, second)

    def _loop_end(self, var: Var) -> tuple[For | While, int] | None:
        stmt, k = self.ends.get(var, (None, 0))
        return (stmt, k) if isinstance(stmt, (For, While)) else None

    def is_new(self, var: Var) -> bool:
        """Tell whether a statement makes the memory of a variable."""
        let = self.lets.get(var)
        if let is None or not self._is_array(var) or not is_pure_call(let):
            return False
        new = returns(let.fn) == "fresh" or is_product(let)
        return new and var not in self.inplace

    def _is_array(self, atom: Atom) -> bool:
        return isinstance(atom, Var) and isinstance(self.types.get(atom), Arr)

    def turning(self, loop: For | While) -> frozenset[int]:
        """Return the carried variables that trade places, or are made anew, in every turn."""
        if loop not in self.known:
            self.known[loop] = frozenset()
            skip = int(loop.exits)
            kept: dict[int, Any] = {}
            for k in range(len(loop.carried)):
                origin = self.origin(loop.body.results[skip + k])
                if isinstance(origin, Var) and (
                    origin in loop.carried or (self.is_new(origin) and self._inside(origin, loop))
                ):
                    kept[k] = origin
            while True:
                good = {
                    k: origin
                    for k, origin in kept.items()
                    if list(kept.values()).count(origin) == 1
                    and (origin not in loop.carried or loop.carried.index(origin) in kept)
                }
                if len(good) == len(kept):
                    break
                kept = good
            self.known[loop] = frozenset(kept)
        return self.known[loop]

    def _inside(self, var: Var, loop: For | While) -> bool:
        return any(var in stmt.targets for stmt in loop.body.stmts if isinstance(stmt, Let))

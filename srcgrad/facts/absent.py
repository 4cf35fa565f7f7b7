"""Which variables may be a stand-in for what was not made: nobody reads those.

if c: y, z = x, x ** 2           z may be a stand-in, and so may b and d
else: y, z = x, None
saved.append((y, z))
for a, b in reversed(saved): ...
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field

from srcgrad.program import ops
from srcgrad.program.nodes import STAND_IN, Atom, Block, Const, For, If, Let, Stmt, Var, While
from srcgrad.program.walk import among, statements

_ROUNDS = 8
"""How often a program is gone through at most: of lists in themselves there would be no end."""
_AGAIN = (list, tuple, reversed, iter)


@dataclass(slots=True)
class _Absence:
    """What of a value may be a stand-in: itself, its items by place, or any item of a list."""

    whole: bool = False
    parts: dict[int, _Absence] = field(default_factory=dict)
    each: _Absence | None = None

    def size(self) -> int:
        """Return a number that grows with what is known."""
        inside = sum(part.size() for part in self.parts.values())
        return int(self.whole) + inside + (1 + self.each.size() if self.each else 0)

    def take(self, other: _Absence | None) -> None:
        """Let a value be another one, too."""
        if other is None or other is self:
            return
        self.whole |= other.whole
        for place, part in other.parts.items():
            self.parts.setdefault(place, _Absence()).take(part)
        if other.each is not None:
            self.each = self.each or _Absence()
            self.each.take(other.each)


_GONE = _Absence(whole=True)


def perhaps_absent(body: Block) -> set[Var]:
    """Return the variables that may be a stand-in."""
    if not any(STAND_IN in (*s.then.results, *s.orelse.results) for s in _branches(body)):
        return set()
    found: dict[Var, _Absence] = {}
    for _ in range(_ROUNDS):
        for stmt in statements(body):
            _look(stmt, found)
    return {var for var, one in found.items() if one.whole}


def _branches(body: Block) -> list[If]:
    return [stmt for stmt in statements(body) if isinstance(stmt, If)]


def _look(stmt: Stmt, found: dict[Var, _Absence]) -> None:
    def of(atom: Atom) -> _Absence | None:
        return found.get(atom) if isinstance(atom, Var) else _GONE if atom is STAND_IN else None

    def give(var: Var, absence: _Absence | None) -> None:
        if absence is not None:
            found.setdefault(var, _Absence()).take(absence)

    match stmt:
        case If():
            for arm in (stmt.then, stmt.orelse):
                for var, atom in zip(stmt.targets, arm.results, strict=True):
                    give(var, of(atom))
        case For() | While():
            skip, n = int(stmt.exits), len(stmt.carried)
            results = stmt.body.results[skip:]
            rows = zip(stmt.carried, stmt.init, results[:n], stmt.targets[skip:], strict=False)
            for var, first, last, target in rows:
                for atom in (first, last):
                    give(var, of(atom))
                    give(target, of(atom))
            for target, atom in zip(stmt.targets[skip + n :], results[n:], strict=True):
                if (one := of(atom)) is not None:
                    give(target, _Absence(each=one))
            if isinstance(stmt, For) and (over := of(stmt.over)) is not None:
                give(stmt.each, over.each)
        case Let(targets=(target,)):
            give(target, _made(stmt, [of(atom) for atom in stmt.args]))
        case Let(fn=ops.unpack) if (whole := of(stmt.args[0])) is not None:
            for place, var in enumerate(stmt.targets):
                give(var, whole.parts.get(place))
                give(var, whole.each)


def _made(let: Let, given: list[_Absence | None]) -> _Absence | None:
    """Return what of the value of a call may be a stand-in."""
    first = given[0] if given else None
    if let.fn is ops.make_tuple or let.fn is ops.make_list:
        parts = {k: one for k, one in enumerate(given) if one is not None}
        return _Absence(parts=parts) if parts else None
    if let.fn is zip:
        rows = {k: one.each for k, one in enumerate(given) if one is not None and one.each}
        return _Absence(each=_Absence(parts=rows)) if rows else None
    if let.fn is ops.list_append and given[1] is not None:
        made = _Absence(each=given[1])
        made.take(first)
        return made
    if first is None:
        return None
    if let.fn is enumerate:
        return _Absence(each=_Absence(parts={1: first.each})) if first.each else None
    if let.fn is operator.getitem and isinstance(let.args[1], Const):
        return first.parts.get(let.args[1].value) or first.each
    if among(let.fn, _AGAIN) or let.fn in (ops.same, ops.list_append):
        return first
    return None

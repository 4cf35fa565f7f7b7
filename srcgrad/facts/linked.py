"""Types of what a loop back finds in a list: those of the loop that collected it, turn by turn.

for k in range(n):                      for k2, p2 in zip(reversed(range(n)), reversed(saved)):
    p = a[k:] * b[k:]                       ...             # p2 has the size of a[k2:]
    saved.append(p)

Sizes that belong to one turn of the first loop stand for those of the same turn of the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from srcgrad.facts.kinds import Dim, Int, Line, Sym, Type
from srcgrad.facts.sizes import Expr, New, Sizes, Value, map_dims, map_ints


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers of sizes: before the outermost loop around a loop, before it, after it."""

    outside: int
    before: int
    after: int


class Linked:
    """Renames the sizes of one turn to those of the same turn of a loop back."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self.moved: dict[Any, Any] = {}

    def enter(self, span: Span) -> None:
        """Begin another turn of a loop back."""
        old = self.moved.items()
        self.moved = {k: v for k, v in old if not span.before < k.serial <= span.after}

    def link(self, then: Type, now: Type) -> None:
        """Note that a number of a turn forth and one of a turn back are the same."""
        if isinstance(then, Int) and isinstance(now, Int):
            one, two = _key(then.line), _key(now.line)
            if isinstance(one, Value) and isinstance(two, Value):
                self.moved[one] = two

    def type(self, kind: Type, span: Span) -> Type:
        """Return the type of a value in the turn back, from that in the turn forth."""

        def dim(old: Dim) -> Dim:
            return Sym(self.key(old.key, span), old.not_one) if isinstance(old, Sym) else old

        def number(old: Int) -> Type:
            terms = tuple((self.key(key, span), times) for key, times in old.line.terms)
            return Int(int, Line(old.line.number, terms))

        return map_dims(map_ints(kind, number), dim)

    def key(self, key: Any, span: Span) -> Any:
        if isinstance(key, Expr):
            return Expr(key.op, tuple(self.key(part, span) for part in key.parts))
        if not isinstance(key, (New, Value)) or not span.outside < key.serial <= span.after:
            return key
        if key not in self.moved:
            self.sizes.serial += 1
            self.moved[key] = type(key)(self.sizes.serial)
        return self.moved[key]


def _key(line: Line) -> Any:
    one = len(line.terms) == 1 and line.number == 0 and line.terms[0][1] == 1
    return line.terms[0][0] if one else None

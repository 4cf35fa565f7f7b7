"""Lists of gradients that consist of new arrays already, one for each item of the argument.

for ...: d_w = matmul(hT, d_z)                    # collected in d_ws
fresh(d_ws[::-1], ws)                       ->    d_ws[::-1]
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from srcgrad.facts.kinds import Arr, Cut, Known, Seq, Type
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, For, Let, Program, Var, While
from srcgrad.program.walk import statements

if TYPE_CHECKING:
    from srcgrad.tidy.fresh import _Memory

_BACKWARDS = Cut(Known(None), Known(None), Known(-1))


class Lists:
    """Which lists were collected by which loops, and whether their items are nobody else's."""

    def __init__(self, program: Program, memory: _Memory) -> None:
        self.memory = memory
        self.loops: dict[Var, tuple[For | While, int]] = {}
        for stmt in statements(program.body):
            if isinstance(stmt, (For, While)):
                first = int(stmt.exits) + len(stmt.carried)
                pairs = enumerate(stmt.targets[first:], first)
                self.loops.update((var, (stmt, place)) for place, var in pairs)

    def take(self, g: Atom, like: Type) -> bool:
        """Give a list away, if it is new and so are its items, each of the type that it needs."""
        if not isinstance(like, Seq) or like.cls is not list or not isinstance(g, Var):
            return False
        found = self._pieces(g, list(like.items))
        if found is None or not self._is_read_by(g, None):
            return False
        pieces = list(found)
        if not all(self._fits(atom, kind, holder) for atom, kind, holder in pieces):
            return False
        given = [leaf for atom, _, _ in pieces for leaf in self._leaves(atom)]
        if len(set(given)) < len({atom for atom, _, _ in pieces}):
            return False
        self.memory.given.update(given)
        return True

    def _pieces(self, g: Var, kinds: list[Type]) -> list[tuple[Atom, Type, Any]] | None:
        """Return the items of a list with the types that they need and with what holds them."""
        let = self.memory.home.get(g)
        if let is None or let.kwargs:
            return None
        if let.fn is ops.make_list and len(let.args) == len(kinds):
            return [(a, kind, let) for a, kind in zip(let.args, kinds, strict=True)]
        if let.fn is operator.add:
            return self._joined(let, kinds)
        source = let.args[0]
        if let.fn is not operator.getitem or source not in self.loops:
            return None
        if self.memory.types.get(let.args[1]) != _BACKWARDS:  # type: ignore[arg-type]
            return None
        loop, place = self.loops[source]  # type: ignore[index]
        if loop.exits or not self._is_read_by(source, let):  # type: ignore[arg-type]
            return None
        item = loop.body.results[place]
        return [(item, kind, None) for kind in kinds]

    def _joined(self, let: Let, kinds: list[Type]) -> list[tuple[Atom, Type, Any]] | None:
        """Return the items of two lists in a row, of which one has a known length."""
        sides = [arg for arg in let.args if isinstance(arg, Var) and self._is_read_by(arg, let)]
        made = [self.memory.home.get(side) for side in sides]
        known = [len(m.args) if m is not None and m.fn is ops.make_list else None for m in made]
        if len(sides) != 2 or known == [None, None]:
            return None
        cut = known[0] if known[0] is not None else len(kinds) - (known[1] or 0)
        if not 0 <= cut <= len(kinds):
            return None
        one, two = self._pieces(sides[0], kinds[:cut]), self._pieces(sides[1], kinds[cut:])
        return None if one is None or two is None else [*one, *two]

    def _is_read_by(self, var: Atom, let: Let | None) -> bool:
        """Tell whether nothing reads a list but one call: this one, or the last one of all."""
        readers = self.memory.readers.get(var, [])  # type: ignore[arg-type]
        return len(readers) == 1 and (let is None or readers[0] is let)

    def _fits(self, atom: Atom, kind: Type, holder: Let | None) -> bool:
        """Tell whether an item is a new array (or a tuple of such), held by one thing only."""
        memory = self.memory
        if not isinstance(atom, Var) or atom in memory.joined or atom in memory.given:
            return False
        readers = memory.readers.get(atom, [])
        if sum(let is holder for let in readers) != 1:
            return False
        made = memory.home.get(atom)
        if made is not None and made.fn is ops.make_tuple and isinstance(kind, Seq):
            alone = len(readers) == 1 and kind.cls is tuple and len(made.args) == len(kind.items)
            return alone and all(
                self._fits(a, k, made) for a, k in zip(made.args, kind.items, strict=True)
            )
        if any(memory.keeps(let, {atom}) for let in readers if let is not holder):
            return False
        return memory.is_new(atom) and _is_like(memory.types.get(atom), kind)

    def _leaves(self, atom: Atom) -> Iterator[Var]:
        made = self.memory.home.get(atom) if isinstance(atom, Var) else None
        if made is not None and made.fn is ops.make_tuple:
            for arg in made.args:
                yield from self._leaves(arg)
        elif isinstance(atom, Var):
            yield atom


def _is_like(have: Type | None, want: Type) -> bool:
    """Tell whether a cotangent has the rank and dtype of its variable."""
    return (
        isinstance(have, Arr)
        and isinstance(want, Arr)
        and not want.scalar
        and want.dtype.kind == "f"
        and have.dtype == want.dtype
        and len(have.dims) == len(want.dims)
    )

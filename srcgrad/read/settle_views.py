"""Let names be a part of others, or perhaps the same memory.

v = u[1:3]       v is a View of u
w = f(u)         w is a Place of its own, which may be that of u
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcgrad.program.nodes import Atom, Let, Var
from srcgrad.read.places import View

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


def view(s: Settler, target: Var, parent: Var, stmt: Let) -> None:
    """Let a variable be a part of another."""
    s.refs[target] = View(parent, stmt)
    s.packs.pop(target, None)
    s.state.gone.pop(target, None)
    s.state.kept.pop(target, None)
    place = s.place(parent)
    if place is None or place not in s.state.values:
        s.root(target, opaque=True)
        return
    s.state.views[target] = (s.state.values[place], target)


def perhaps(s: Settler, target: Var, atoms: tuple[Atom, ...], opaque: bool = False) -> None:
    """Let a variable perhaps be, or hold, the memory of others."""
    sources = {place: None for atom in atoms for place in s.places(atom)}
    foreign = frozenset(var for place in sources for var in place.foreign)
    made = s.root(target, foreign=foreign, opaque=opaque or any(p.opaque for p in sources))
    for place in sources:
        made.come_from(place)
        if place in s.state.stale:
            s.state.stale[made] = s.state.stale[place]

"""The nouns of `settle`: pieces of memory, and what variables say about them.

u = x.copy()      a Place of its own, of which u is the Root
v = u[1:3]        a View of u
w = u             no variable of its own; after an augmented assignment, the Same
"""

from __future__ import annotations

from dataclasses import dataclass, field

from srcgrad.origin import Origin
from srcgrad.program.nodes import Atom, Let, Var


@dataclass(eq=False, slots=True)
class Place:
    """Memory that a variable stands for.

    ``aliases`` are the places that may be the same memory, ``holders`` containers that hold it.
    ``foreign`` are the variables by which it may be memory of the caller; ``opaque`` memory
    cannot be copied beforehand.  ``packed`` tells whether it is one C-contiguous block; of what
    came with ``param`` that is looked at when the function is called.
    """

    root: Var
    foreign: frozenset[Var] = frozenset()
    opaque: bool = False
    packed: bool = False
    param: Var | None = None
    aliases: set[Place] = field(default_factory=set)
    holders: set[Place] = field(default_factory=set)

    def entangle(self, other: Place) -> None:
        """Let a new place perhaps be the same memory as one before it."""
        if other is self:
            return
        self.aliases.add(other)
        other.aliases.add(self)
        self.holders |= other.holders - {self}

    def held_by(self, container: Place) -> None:
        """Let a container hold this memory."""
        for place in (self, *self.aliases):
            if place is not container:
                place.holders.add(container)


@dataclass(frozen=True, slots=True, eq=False)
class Root:
    """The variable is the memory of a place."""

    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Same:
    """The variable is another name of one before it."""

    var: Var


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The variable is part of the memory of one before it, taken by this statement."""

    parent: Var
    let: Let


Ref = Root | Same | View


@dataclass(slots=True, eq=False)
class State:
    """What holds at one point of the program.

    ``values`` are the present contents of places, ``views`` the variables that hold what a view
    shows and the contents of its place that they were taken from; reading a ``stale`` place
    would give what was there before a write by another name.
    """

    values: dict[Place, Atom] = field(default_factory=dict)
    views: dict[Var, tuple[Atom, Atom]] = field(default_factory=dict)
    stale: dict[Place, Origin | None] = field(default_factory=dict)

    def copy(self) -> State:
        """Return a state to go on with in an arm or a turn."""
        return State(dict(self.values), dict(self.views), dict(self.stale))

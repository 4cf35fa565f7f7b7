"""The nouns of `settle`: pieces of memory, and what variables say about them.

u = x.copy()      a Place of its own, of which u is the Root
v = u[1:3]        a View of u
w = u             no variable of its own; after an augmented assignment, the Same
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from srcgrad.origin import Origin
from srcgrad.program.nodes import Atom, Let, Var

Sort = Literal["array", "container", "any"]


@dataclass(eq=False, slots=True)
class Place:
    """Memory that a variable stands for.

    ``sort`` tells whether it is an array or holds other memory.  ``aliases`` are the places that
    may be the same memory, ``holders`` what may hold it, ``held`` what it may hold.  ``foreign``
    are the variables by which it may be memory of the caller; ``opaque`` memory cannot be copied
    beforehand.  ``packed`` tells whether it is one C-contiguous block; of what came with
    ``param`` that is looked at when the function is called.  A ``boxed`` container alone holds its
    arrays; ``block`` is where the place was made.  Whether it is one of those that it has
    ``links`` to is known while the program runs; ``watchers`` have links to this one.
    """

    root: Var
    foreign: frozenset[Var] = frozenset()
    opaque: bool = False
    packed: bool = False
    param: Var | None = None
    sort: Sort = "any"
    boxed: bool = False
    block: object = field(default=None, repr=False)
    aliases: set[Place] = field(default_factory=set, repr=False)
    holders: set[Place] = field(default_factory=set, repr=False)
    held: set[Place] = field(default_factory=set, repr=False)
    links: dict[Place, Link] = field(default_factory=dict, repr=False)
    watchers: dict[Place, None] = field(default_factory=dict, repr=False)

    def entangle(self, other: Place) -> None:
        """Let a new place perhaps be the same memory as one before it."""
        if other is self or {self.sort, other.sort} == {"array", "container"}:
            return
        mine, theirs = self.family(), other.family()
        for one in mine - theirs | {self}:
            for two in theirs - mine | {other}:
                one.aliases.add(two)
                two.aliases.add(one)
        for holder in other.holders - {self}:
            holder.hold(self)
        for item in other.held - {self}:
            self.hold(item)

    def link(self, other: Place, link: Link) -> None:
        """Let a new place be the same memory as one before it where the link says so."""
        self.links[other] = link
        other.watchers[self] = None
        for near in other.aliases - {self}:
            self.aliases.add(near)
            near.aliases.add(self)
        for holder in other.holders - {self}:
            holder.hold(self)

    def family(self) -> set[Place]:
        """Return the places that this one is linked to, through others too, and itself."""
        found = {self}
        work = [self]
        while work:
            one = work.pop()
            more = [p for p in (*one.links, *one.watchers) if p not in found]
            found.update(more)
            work += more
        return found

    def alone(self) -> bool:
        """Tell whether nothing else may be, or hold, the same memory."""
        return not (self.opaque or self.aliases or self.holders or self.links or self.watchers)

    def hold(self, item: Place) -> None:
        """Let a place hold another."""
        if item is not self and self.sort != "array":
            self.held.add(item)
            item.holders.add(self)

    def ties(self) -> tuple[tuple[Place, ...], ...]:
        """Return what is known of a place and others."""
        return tuple(map(tuple, (self.aliases, self.holders, self.held, self.watchers)))

    def tie(self, ties: tuple[tuple[Place, ...], ...]) -> None:
        """Know no more of a place and others than `ties` said before."""
        self.aliases, self.holders, self.held = map(set, ties[:3])
        self.watchers = dict.fromkeys(ties[3])

    def inside(self) -> set[Place]:
        """Return what a place may hold, also through what that holds."""
        if self.sort == "any":
            return set(self.held)
        found: set[Place] = set()
        work = [self, *self.aliases]
        while work:
            for item in work.pop().held:
                for one in (item, *item.aliases):
                    if one not in found and one is not self:
                        found.add(one)
                        work.append(one)
        return found

    def join(self, other: Place) -> None:
        """Let a new place be another one, or hold it, or be one of the arrays in a box."""
        self.entangle(other)
        if self.sort == "container":
            self.hold(other)
        elif other.boxed:
            other.hold(self)

    def come_from(self, source: Place) -> None:
        """Let a new place be a place before it, or hold it, or be held by it."""
        same, inside = (source, *source.aliases), source.inside()
        for other in same:
            self.entangle(other)
            self.hold(other)
        for item in inside:
            self.hold(item)
        if source.sort != "array" and self.sort != "container":
            source.hold(self)
            for item in inside:
                self.entangle(item)

    def seen_by(self) -> set[Place]:
        """Return the other places that may show what is written here.

        What is not certainly a container is not looked through: an item of an array of unknown
        type would tie all that the array may be to one another.
        """
        found = {self, *self.aliases}
        work = list(found)
        while work:
            for holder in work.pop().holders:
                if holder.sort != "container":
                    found.add(holder)
                    continue
                for one in (holder, *(a for a in holder.aliases if a.sort != "array")):
                    if one not in found:
                        found.add(one)
                        work.append(one)
        return found - {self}


def let_go(alive: Collection[Place]) -> None:
    """Forget the places that no name reaches any more, but not what they tie together.

    Without it the places of every turn of nested loops would stay, and be looked through.
    """
    dead: set[Place] = set()
    work = list(alive)
    while work:
        one = work.pop()
        found = (one.aliases | one.holders | one.held | set(one.watchers)) - dead
        gone = [other for other in found if other not in alive]
        dead.update(gone)
        work += gone
    for place in dead:
        for holder in place.holders:
            for item in place.held | place.aliases:
                holder.hold(item)
        for other in place.aliases:
            other.aliases.discard(place)
            for item in place.held:
                other.hold(item)
        for holder in place.holders:
            holder.held.discard(place)
        for item in place.held:
            item.holders.discard(place)
        for other in place.links:
            other.watchers.pop(place, None)


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """A place is the memory that an array before it is, or looks into, if the ``flag`` is set."""

    var: Var
    flag: Atom


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
    gone: dict[Var, Origin | None] = field(default_factory=dict)
    kept: dict[Var, Atom] = field(default_factory=dict)
    moved: dict[Place, tuple[Atom, Atom] | None] = field(default_factory=dict)

    def copy(self) -> State:
        """Return a state to go on with in an arm or a turn."""
        return State(
            dict(self.values),
            dict(self.views),
            dict(self.stale),
            dict(self.gone),
            dict(self.kept),
            dict(self.moved),
        )

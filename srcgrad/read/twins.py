"""Names that are perhaps another name of an array: whether they are is asked at run time.

u = p                          same = True
for k in range(n):             for k in range(n) carrying [p.1=p, u.1=p, same.1=True]:
    p[0] = k            ->         p.2 = put(p.1, 0, k)
    p = 2 * u                      u.2 = if same.1: p.2 else: u.1
                                   -> 2 * u.2, u.2, False
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from srcgrad.facts.kinds import Arr, Py
from srcgrad.program.build import Builder
from srcgrad.program.nodes import UNDEFINED, Atom, Block, Const, If, Var
from srcgrad.read.places import Link, Place, Root, State, View
from srcgrad.read.settle_writes import write

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler

Links = Sequence[tuple[Var, Atom]]

MOST = 3
"""How many arrays a name may perhaps be; more are not asked about."""
FALSE, TRUE = Const(False), Const(True)


def linkable(s: Settler, var: Var, scope: Collection[Place]) -> bool:
    """Tell whether a variable is an array of a scope that others may be other names of."""
    place = s.place(var)
    if place is None or place not in scope or place.opaque or place.boxed:
        return False
    ref = s.refs.get(var)
    while isinstance(ref, View):
        if not _is_array(s, ref.parent):
            return False
        ref = s.refs.get(s.base(ref.parent))
    return place.sort == "array" and _is_array(s, var)


def _is_array(s: Settler, var: Var) -> bool:
    kind = s.types.get(var)
    return isinstance(kind, Arr) and not kind.scalar


def alike(s: Settler, one: Var, other: Var) -> bool:
    """Tell whether two variables are arrays of one dtype and as many axes."""
    a, b = s.types.get(one), s.types.get(other)
    if not isinstance(a, Arr) or not isinstance(b, Arr) or a.scalar or b.scalar:
        return False
    return a.dtype == b.dtype and len(a.dims) == len(b.dims)


def candidates(s: Settler, atoms: Iterable[Atom], scope: Collection[Place]) -> list[Var]:
    """Return the arrays of a scope that one of some atoms is, or has links to."""
    found: dict[Var, None] = {}
    work = [s.base(atom) for atom in atoms if isinstance(atom, Var) and s.tracked(atom)]
    seen = set(work)
    while work:
        var = work.pop(0)
        if linkable(s, var, scope):
            found[var] = None
            continue
        ref = s.refs.get(var)
        if isinstance(ref, Root):
            more = [link.var for link in ref.place.links.values() if link.var not in seen]
            seen.update(more)
            work += more
    return list(found)


def one_each(s: Settler, arrays: Sequence[Var]) -> list[Var]:
    """Leave out arrays that are parts of one another."""
    places = [s.place(var) for var in arrays]
    return [var for var, place in zip(arrays, places, strict=True) if places.count(place) == 1]


def is_it(s: Settler, atom: Atom, var: Var) -> Atom | None:
    """Return whether an atom is another name of an array; None where that cannot be said."""
    if not isinstance(atom, Var) or not s.tracked(atom):
        return FALSE
    own, found = s.base(atom), list[Atom]()
    if own not in s.refs:
        return None
    for one, first in _names(s, own, TRUE):
        for other, second in _names(s, s.base(var), TRUE):
            if one is other:
                found.append(_both(s, first, second))
            elif _overlap(s, one, other):
                return None
    return _any(s, found)


def _names(s: Settler, var: Var, flag: Atom) -> list[tuple[Var, Atom]]:
    """Return all arrays that a variable may be another name of, with the flags that say so."""
    found, ref = [(var, flag)], s.refs.get(var)
    if isinstance(ref, Root):
        for link in ref.place.links.values():
            found += _names(s, s.base(link.var), _both(s, flag, link.flag))
    return found


def _overlap(s: Settler, one: Var, other: Var) -> bool:
    """Tell whether two arrays may share memory otherwise than by being one and the same."""
    a, b = s.place(one), s.place(other)
    if a is None or b is None or a is b or b in a.aliases:
        return True
    roots = isinstance(s.refs.get(one), Root) and isinstance(s.refs.get(other), Root)
    return not roots and b in a.family()


def _both(s: Settler, one: Atom, other: Atom) -> Atom:
    if isinstance(one, Const):
        return other if one.value else FALSE
    if isinstance(other, Const):
        return one if other.value else FALSE
    return _chosen(s, one, other, FALSE)


def _any(s: Settler, flags: Sequence[Atom]) -> Atom:
    known = [flag for flag in flags if not isinstance(flag, Const)]
    if len(known) < len(flags) and any(isinstance(f, Const) and f.value for f in flags):
        return TRUE
    made: Atom = known.pop() if known else FALSE
    while known:
        made = _chosen(s, known.pop(), TRUE, made)
    return made


def _chosen(s: Settler, test: Atom, one: Atom, other: Atom) -> Var:
    made = flag_of(s)
    s.b.add(If((made,), test, Block((), (one,)), Block((), (other,)), s.b.origin, "ternary"))
    return made


def flag_of(s: Settler) -> Var:
    """Return a new variable that tells whether a name is another name of an array."""
    made = Var("same")
    s.types[made] = Py(bool)
    return made


def link(s: Settler, made: Place, links: Links) -> None:
    """Let a new place be the memory of arrays before it where flags say so."""
    for var, flag in links:
        place = s.place(var)
        if place is not None and not (isinstance(flag, Const) and not flag.value):
            made.link(place, Link(var, flag))


def linked(s: Settler, links: Links) -> set[Place]:
    """Return the places that are linked to."""
    return {place for var, _ in links if (place := s.place(var)) is not None}


def above(place: Place, scope: Collection[Place]) -> set[Place]:
    """Return the first places of a scope that a place has links to."""
    found: set[Place] = set()
    for other in place.links:
        found |= {other} if other in scope else above(other, scope)
    return found


def rows(
    s: Settler,
    target: Var,
    row: Sequence[Atom],
    builders: Sequence[Builder],
    scope: Collection[Place],
) -> list[tuple[Var, list[Atom]]]:
    """Return the arrays that a target may be, each with whether it is at the end of each arm."""
    arrays = one_each(s, [v for v in candidates(s, row, scope) if alike(s, v, target)])
    found = []
    for var in arrays[:MOST]:
        flags = [_at_end(s, b, atom, var) for b, atom in zip(builders, row, strict=True)]
        known = [flag for flag in flags if flag is not None]
        if len(known) == len(flags):
            found.append((var, known))
    return found


def _at_end(s: Settler, b: Builder, atom: Atom, var: Var) -> Atom | None:
    if isinstance(atom, Const) and atom.value is UNDEFINED:
        return FALSE
    before, s.b = s.b, b
    flag = is_it(s, atom, var)
    s.b = before
    return flag


def spread(s: Settler, place: Place) -> None:
    """Let a write be seen by all other names of an array, if that is what they are."""
    s.spreading.append(place)
    for other, link in list(place.links.items()):
        if other in s.state.values and other not in s.spreading:
            when(s, link.flag, lambda link=link: write(s, link.var, s.state.values[place]))  # type: ignore[misc]
    for later in list(place.watchers):
        if later in s.state.values and later not in s.spreading:
            link = later.links[place]
            when(s, link.flag, lambda at=later, of=link.var: s.store(at, s.current(of)))  # type: ignore[misc]
    s.spreading.pop()


def when(s: Settler, flag: Atom, run: Callable[[], None]) -> None:
    """Write where a flag is set."""
    if isinstance(flag, Const):
        run()
        return
    b, state = s.b, s.state
    s.b, s.state = Builder(b.origin), state.copy()
    run()
    made, after = s.b, s.state
    s.b, s.state = b, state
    changed = [p for p in state.values if after.values[p] is not state.values[p]]
    outs = [Var(p.root.hint, p.root.user) for p in changed]
    then = made.block(*(after.values[p] for p in changed))
    orelse = Block((), tuple(state.values[p] for p in changed))
    s.b.add(If(tuple(outs), flag, then, orelse, b.origin))
    state.values.update(zip(changed, outs, strict=True))
    take(state, after)


def take(state: State, after: State) -> None:
    """Know after an arm what is known at its end of what can no longer be read."""
    state.stale.update(after.stale)
    state.gone.update(after.gone)
    state.moved.update(after.moved)

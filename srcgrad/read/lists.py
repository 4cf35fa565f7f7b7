"""Which lists, dicts and sets were made by the code being read, and who else may look at them.

xs = []             made here, known as xs
ys = xs             known as xs and ys: a change through one is seen through both
xs.append(v)        a new version, which both names mean from now on
pair = (xs, 1)      escaped: a later change is refused
row = T[0]          an item of T: when T[0][i] = v changes it, row must not be read any more
"""

from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from srcgrad import runtime
from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Atom, Const, Let, Var
from srcgrad.read.values import Scope, Slot, State


def _builtins(names: str) -> frozenset[Any]:
    return frozenset(getattr(builtins, name) for name in names.split())


def _methods(names: str) -> frozenset[Any]:
    return frozenset(map(ops.method, names.split()))


_VIEWS = _builtins("zip enumerate reversed iter") | _methods("items values keys")
"""What looks at a container as it is when it is walked along."""
_COPIES = _builtins("list tuple sorted set frozenset dict") | _methods("copy")
_COPIES |= {operator.add, operator.mul, operator.or_}
"""What makes a new container that holds the items of an old one."""
_PICKS = _builtins("min max sum") | _methods("get")
"""What may give an item."""
_CLASSES: dict[Any, type] = {list: list, sorted: list, dict: dict, set: set}
_HARMLESS = (
    _builtins("len print any all range float int bool str repr abs isinstance type")
    | _methods("index count union intersection difference issubset issuperset isdisjoint")
    | frozenset(ops.OPERATORS.values())
    | frozenset(ops.PLAIN)
    | {runtime.place_of, runtime.item_before}
    | {ops.contained, ops.not_contained, ops.formatted, ops.list_append, ops.assert_, ops.same}
    | {operator.getitem, ops.make_list, ops.make_set, ops.make_dict, ops.dict_of, ops.unpack}
    | {ops.unpack_star}
    | _VIEWS
    | _COPIES
    | _PICKS
)
_BLIND = (
    _builtins("len list tuple set sum min max sorted any all zip enumerate reversed iter bool dict")
    | _methods("items keys values index count get copy")
    | {ops.contained, ops.not_contained, operator.getitem, operator.not_, ops.list_append}
    | {runtime.place_of, runtime.item_before, ops.same}
)
"""What does not tell a deque from a list, nor a defaultdict from a dict."""
_PLAIN = (type(None), bool, int, float, complex, str)


@dataclass(eq=False, slots=True)
class Identity:
    """One container of the user, through all its versions.

    ``parts`` are the containers under keys that are known, ``others`` those under any key; None
    stands for an item that is no container made here.  ``held`` tells that a container holds it.
    """

    cls: type = list
    escaped: bool = False
    held: bool = False
    iterated: int = 0
    changes: int = 0
    deep: int = 0
    parts: dict[Any, Identity | None] = field(default_factory=dict)
    others: list[Identity | None] = field(default_factory=list)
    shared: bool = False
    limit: Any = None
    factory: Any = None
    walkers: list[Var] = field(default_factory=list)
    home: Any = None
    stands: str = ""

    def items(self) -> Iterator[Identity | None]:
        """Yield the items that are containers made here, and None for others."""
        yield from self.parts.values()
        yield from self.others

    def at(self, key: Atom) -> list[Identity | None]:
        """Return what may stand under a key."""
        if isinstance(key, Const) and _is_key(key.value) and self.cls is dict:
            found = [self.parts[key.value]] if key.value in self.parts else []
            return [*found, *self.others]
        return list(self.items())


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """What a variable shows of a container: all of it, or an item; since how many changes."""

    owner: Identity
    whole: bool
    since: int


class Lists:
    """The containers made by the code being read, by the variables that hold their versions."""

    def __init__(self) -> None:
        self.of: dict[Var, Identity] = {}
        self.looks: dict[Var, list[Look]] = {}
        self.replaced: set[Var] = set()
        self.paths: dict[Var, tuple[Var, Atom]] = {}
        self.loops: list[Any] = []

    # making

    def made(self, var: Var, cls: type = list, items: Iterable[Any] = ()) -> Identity:
        """Note a container that has just been made."""
        identity = self.of[var] = Identity(cls, home=self.loops[-1] if self.loops else None)
        for item in items:
            self.enter(identity, None, item)
        return identity

    def enter(self, owner: Identity, key: Atom | None, item: Any) -> None:
        """Note that an item is put into a container."""
        if isinstance(item, Const) and isinstance(item.value, _PLAIN):
            return
        inner = self.of.get(item) if isinstance(item, Var) else None
        if inner is not None:
            again = self.loops[-1] if self.loops else None
            inner.escaped = inner.escaped or inner.held or inner.home is not again
            inner.held = True
        elif isinstance(item, Var):
            self.escape(item)
        known = isinstance(key, Const) and _is_key(key.value) and owner.cls is dict
        if known and isinstance(key, Const) and key.value not in owner.parts:
            owner.parts[key.value] = inner
        elif inner not in owner.others:
            owner.others.append(inner)

    # using

    def used(self, fn: Any, atoms: list[Atom]) -> None:
        """Note that a call gets some atoms: unless it is known not to, it may keep them."""
        if not self.of or harmless(fn):
            return
        for atom in atoms:
            self.escape(atom)

    def called(self, fn: Any, atoms: list[Atom], var: Var, out: list[Any]) -> None:
        """Note what the result of a call is, or looks at."""
        if fn is operator.getitem:
            self._indexed(atoms[0], atoms[1], var, out)
        elif fn is ops.make_list or fn is ops.make_set:
            self.made(var, list if fn is ops.make_list else set, atoms)
        elif fn is ops.make_dict:
            identity = self.made(var, dict)
            for key, item in zip(atoms[::2], atoms[1::2], strict=True):
                self.enter(identity, key, item)
        elif fn is ops.dict_of:
            self.made(var, dict)
            self._items_of(var, atoms[1:], moved=True)
        elif self._copies(fn, atoms):
            first = self.of.get(atoms[0]) if atoms and isinstance(atoms[0], Var) else None
            cls = _CLASSES.get(fn) if _hashable(fn) else None
            cls = cls or (first.cls if first is not None else None)
            if cls is not None and fn is not tuple and fn is not frozenset:
                self.made(var, cls)
                self._items_of(var, atoms)
            else:
                self._share(atoms)
        elif _in(fn, _VIEWS):
            self._look(var, atoms, whole=True)
        elif _in(fn, _PICKS):
            self._look(var, atoms, whole=False)

    def _copies(self, fn: Any, atoms: list[Atom]) -> bool:
        if not _in(fn, _COPIES):
            return False
        if fn in (operator.add, operator.mul, operator.or_) or isinstance(fn, ops.Method):
            return any(isinstance(atom, Var) and atom in self.of for atom in atoms)
        return True

    def _indexed(self, whole: Atom, index: Atom, var: Var, out: list[Any]) -> None:
        """Note that a variable is an item, or a slice: a new list with old items."""
        if not isinstance(whole, Var):
            return
        if whole in self.of and is_slice(index, out):
            self.made(var, self.of[whole].cls)
            self._items_of(var, [whole])
            return
        if whole in self.of or whole in self.paths:
            self.paths[var] = (whole, index)
        self._look(var, [whole], whole=False)

    def _items_of(self, var: Var, atoms: list[Atom], moved: bool = False) -> None:
        """Let a new container hold what others hold; unless these are gone, that is shared."""
        owner = self.of[var]
        for atom in atoms:
            source = self.of.get(atom) if isinstance(atom, Var) else None
            if source is None:
                if not isinstance(atom, Const) or not isinstance(atom.value, _PLAIN):
                    owner.others.append(None)
                continue
            for item in source.items():
                if item is not None and not moved:
                    item.escaped = True
                if item not in owner.others:
                    owner.others.append(item)

    def _share(self, atoms: Iterable[Atom]) -> None:
        for atom in atoms:
            for item in self.of[atom].items() if isinstance(atom, Var) and atom in self.of else ():
                if item is not None:
                    item.escaped = True

    def _look(self, var: Var, atoms: Iterable[Atom], whole: bool) -> None:
        found: list[Look] = []
        for atom in atoms:
            if not isinstance(atom, Var):
                continue
            if atom in self.of:
                owner = self.of[atom]
                found.append(Look(owner, whole, owner.changes if whole else owner.deep))
            found += [Look(look.owner, look.whole, look.since) for look in self.looks.get(atom, ())]
        if found:
            self.looks[var] = _each_once(found)

    def walked(self, each: Var, source: Any) -> None:
        """Note that a loop variable stands for the items of something."""
        if isinstance(source, Var):
            self._look(each, [source], whole=False)

    def taken(self, variables: Iterable[Var], source: Any) -> None:
        """Note that variables are items of what is unpacked."""
        for var in variables:
            self.walked(var, source)

    def escape(self, atom: Any) -> None:
        """Note that something else may look at a container from now on."""
        if not isinstance(atom, Var):
            return
        if atom in self.of:
            self.of[atom].escaped = True
        for look in self.looks.get(atom, ()):
            if look.whole:
                look.owner.escaped = True
            else:
                look.owner.shared = True

    def owners(self, atom: Any) -> list[Identity]:
        """Return the containers that a variable is, or is a look at."""
        if not isinstance(atom, Var):
            return []
        found = [self.of[atom]] if atom in self.of else []
        return found + [look.owner for look in self.looks.get(atom, ())]

    def inside(self, item: Any) -> list[Identity | None]:
        """Return what a list that collects an item in every turn of a loop holds."""
        holder = Identity()
        self.enter(holder, None, item)
        return holder.others

    def is_inner(self, whole: Any, item: Any) -> bool:
        """Tell whether an item is a container inside another one that may be changed."""
        inner = isinstance(item, Var) and item in self.of
        return inner and isinstance(whole, Var) and whole in self.of

    def stands_for(self, fn: Any, atom: Any) -> str:
        """Return what class a list or dict stands for, if a call could tell the difference."""
        identity = self.of.get(atom) if isinstance(atom, Var) else None
        if identity is None or not identity.stands or _in(fn, _BLIND):
            return ""
        module = getattr(fn, "__module__", None) or ""
        blind = module.partition(".")[0] == "numpy" or type(fn).__name__ == "ufunc"
        return "" if blind else identity.stands

    def counts(self) -> dict[Identity, tuple[int, int]]:
        """Return how often each container was changed so far, and the inside of each."""
        known = [*self.of.values(), *(k.owner for found in self.looks.values() for k in found)]
        return {one: (one.changes, one.deep) for one in known}

    def handed(self, atom: Any, var: Var) -> None:
        """Note that a variable is what another was before a loop."""
        if isinstance(atom, Var) and atom in self.of:
            self.of[var] = self.of[atom]
        if isinstance(atom, Var) and atom in self.looks:
            self.looks[var] = list(self.looks[atom])

    def left(self, final: Var, carried: Var, ends: Sequence[Any]) -> None:
        """Note that a variable is what a loop has left of what it carried."""
        for end in ends:
            other = self.of.get(end) if isinstance(end, Var) else None
            if _is_absent(end) or end is None:
                continue
            if final in self.of and other is not self.of[final]:
                if other is None:
                    self.of.pop(final).escaped = True
                else:
                    self.of[final] = joined(self.of[final], other)
            if isinstance(end, Var) and end in self.looks:
                self.looks[final] = _each_once([*self.looks.get(final, ()), *self.looks[end]])

    # changing

    def changed(self, old: Var, new: Var, deep: bool = False) -> None:
        """Note that a variable is the next version of a container."""
        identity = self.of[old]
        if deep:
            identity.deep += 1
        identity.changes += 1
        self.of[new] = identity
        self.replaced.add(old)

    def merged(self, var: Var, one: Any, other: Any) -> None:
        """Note that a variable is one of two values; where it has none nobody reads it."""
        if _is_absent(one) or _is_absent(other):
            one = other = other if _is_absent(one) else one
        looks = [*self.looks.get(one, ()), *self.looks.get(other, ())]
        if looks:
            self.looks[var] = _each_once(looks)
        a, b = (self.of.get(v) if isinstance(v, Var) else None for v in (one, other))
        if a is not None and b is not None:
            self.of[var] = a if a is b else joined(a, b)
        elif a is not None or b is not None:
            for identity in (a, b):
                if identity is not None:
                    identity.escaped = True

    def is_old(self, var: Var) -> bool:
        """Tell whether a variable shows a container as it was before a change."""
        if var in self.replaced:
            return True
        return any(
            look.since != (look.owner.changes if look.whole else look.owner.deep)
            for look in self.looks.get(var, ())
        )

    def met(self, states: Sequence[State], state: State, slots: Sequence[Slot]) -> None:
        """Note where a name means one of two containers, one of which has another name still."""
        for slot in slots:
            new = state.get(slot)
            if not isinstance(new, Var) or new not in self.of:
                continue
            for before in states:
                old = before.get(slot)
                others = (s for s, v in before.items() if v is old and state.get(s) is not new)
                if isinstance(old, Var) and old is not new and any(True for _ in others):
                    self.escape(old)
                    self.escape(new)

    def chosen(
        self, new: Any, olds: Iterable[tuple[Any, State]], leaving: Scope | None = None
    ) -> None:
        """Note that a value is one of several, some of which have names still.

        The names of a call that is being left are forgotten, unless a function made there may
        read them.
        """
        gone = None if leaving is None or leaving.captured else leaving
        for old, state in olds:
            if old is new or not isinstance(old, Var) or old not in self.of:
                continue
            if any(value is old for slot, value in state.items() if slot[0] is not gone):
                self.escape(old)
                self.escape(new)

    def snapshot(self) -> Any:
        """Return what `restore` brings back."""
        seen: dict[Identity, tuple[Any, ...]] = {}
        waiting = [*self.of.values(), *(k.owner for found in self.looks.values() for k in found)]
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen[one] = (one.escaped, one.held, one.iterated, one.changes, one.deep,
                         dict(one.parts), list(one.others), one.shared)  # fmt: skip
            waiting += [item for item in one.items() if item is not None]
        return dict(self.of), dict(self.looks), set(self.replaced), seen, list(self.loops)

    def restore(self, kept: Any) -> None:
        """Forget all since a `snapshot`."""
        of, looks, replaced, seen, loops = kept
        self.loops[:] = loops
        self.of, self.looks, self.replaced = dict(of), dict(looks), set(replaced)
        for one, (escaped, held, iterated, changes, deep, parts, others, shared) in seen.items():
            one.escaped, one.held, one.iterated = escaped, held, iterated
            one.changes, one.deep, one.shared = changes, deep, shared
            one.parts, one.others = dict(parts), list(others)


def joined(a: Identity, b: Identity) -> Identity:
    """Return what is known of a container that is one of two."""
    made = Identity(a.cls, a.escaped or b.escaped or a.cls is not b.cls, a.held or b.held)
    made.iterated = a.iterated + b.iterated
    made.others = list(dict.fromkeys([*a.items(), *b.items()]))
    made.shared = a.shared or b.shared
    made.limit, made.factory, made.stands = a.limit, a.factory, a.stands
    if a.limit is not b.limit or a.factory is not b.factory or a.stands != b.stands:
        made.escaped = True
    return made


def _each_once(looks: Iterable[Look]) -> list[Look]:
    """Leave out looks that show the same as others."""
    return list({(one.owner, one.whole, one.since): one for one in looks}.values())


def _is_key(value: Any) -> bool:
    return isinstance(value, (str, int))


def _is_absent(value: Any) -> bool:
    return isinstance(value, Const) and value.value is UNDEFINED


def _hashable(fn: Any) -> bool:
    try:
        hash(fn)
    except TypeError:
        return False
    return True


def _in(fn: Any, table: frozenset[Any]) -> bool:
    return _hashable(fn) and fn in table


def is_slice(index: Any, out: list[Any]) -> bool:
    """Tell whether an index is a slice: a constant, or one just made."""
    if isinstance(index, Const):
        return isinstance(index.value, slice)
    return any(isinstance(s, Let) and s.targets == (index,) and s.fn is slice for s in out[-4:])


def harmless(fn: Any) -> bool:
    """Tell whether a function keeps no reference to its arguments, but those it gives back."""
    module = getattr(fn, "__module__", None) or ""
    if module == "math" or getattr(math, getattr(fn, "__name__", ""), None) is fn:
        return True
    if module.partition(".")[0] == "numpy" or type(fn).__name__ == "ufunc":
        return True
    return _in(fn, _HARMLESS)

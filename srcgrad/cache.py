"""What was compiled of one function: looked up by the classes of the arguments, then the rest.

A call with arguments like those of an earlier one finds its compiled function here and pays for
two look-ups.  Everything is put in place whole and last, so that threads, interrupts and forks
never see a half of it; two threads may compile the same thing and then use either.
"""

from __future__ import annotations

import builtins
import weakref
from collections.abc import Callable, Hashable, Sequence
from operator import attrgetter, call, contains, getitem, is_, itemgetter
from types import ModuleType
from typing import Any

import numpy as np

from srcgrad.facts.late import MISSING, read_now
from srcgrad.facts.objects import MISSING as NOT_THERE
from srcgrad.facts.objects import Steps, reader
from srcgrad.facts.values import pattern
from srcgrad.program.nodes import Program
from srcgrad.read.guards import Guard, holds
from srcgrad.signature import detail_of, key_of
from srcgrad.wrt import has_ints, problem_with, with_floats

_order = attrgetter("__mro__")
_face = attrgetter("shape", "dtype")
_ask: Callable[..., Any] = call

LIMIT = 128
"""How many signatures are remembered for one function."""

_BY_TABLE = ("builtin", "class")

VARIANTS = 4
"""How many functions are kept for one signature, where globals change to and fro."""


_caches: weakref.WeakKeyDictionary[Any, dict[Hashable, Cache]] = weakref.WeakKeyDictionary()


class Compiled:
    """A compiled function and what must still be so when it is called again.

    Guards on entries of namespaces are checked by loops in C: a call pays for each of them.
    """

    __slots__ = (
        "backward", "classes", "code", "entries", "exact", "function", "late", "looks", "more",
        "orders", "others", "packed", "paths", "pattern", "reads", "shadows", "sized", "written",
    )  # fmt: skip

    def __init__(
        self,
        function: Callable[..., Any],
        program: Program,
        owner: Callable[..., Any],
        backward: Callable[..., Any] | None = None,
    ) -> None:
        guards = [g for g in program.notes.get("guards", ()) if not _is_own_code(g, owner)]
        each = [entry for guard in guards for entry in _entries(guard)]
        entries = list({(id(entry[0]), entry[1]): entry for entry in each}.values())
        builtin = [guard for guard in guards if guard.kind == "builtin"]
        self.exact = bool(program.notes.get("exact"))
        self.sized = self.exact or bool(program.notes.get("effects"))
        self.function = function
        self.backward = backward
        self.code = getattr(owner, "__code__", None)
        self.entries = tuple(tuple(entry[i] for entry in entries) for i in range(3))
        self.shadows = tuple(g.container for g in builtin), tuple(g.name for g in builtin)
        self.others = tuple(g for g in guards if g.kind not in _BY_TABLE and not _entries(g))
        found = [entry for g in guards if g.kind == "class" for entry in _in_classes(g)]
        self.classes = tuple(tuple(entry[i] for entry in found) for i in range(4))
        orders = {g.container: g.container.__mro__ for g in guards if g.kind == "class"}
        self.orders = tuple(orders), tuple(orders.values())
        self.reads = tuple(program.notes.get("reads", ()))
        paths = program.notes.get("paths", ())
        self.paths = tuple((int(r.name), steps) for r, steps in paths if r.kind == "param")
        self.looks = tuple(
            (root, reader(steps, key_of))
            for root, steps in paths
            if root.kind not in ("param", "containers")
        )
        self.late = self.late_key()
        self.more = bool(self.classes[0] or self.others or self.reads or self.looks)
        self.written: tuple[int, ...] = program.notes.get("written", ())
        self.packed: tuple[int, ...] = program.notes.get("packed", ())
        self.pattern: tuple[int, ...] | None = None
        if any(guard.kind == "cell" and guard.value is owner for guard in guards):
            # A function that reaches itself would be kept alive by its own cache.
            _caches.pop(owner, None)

    def late_key(self) -> Hashable:
        """Return the key of what is read late, as it is now."""
        found = [_key_now(*read) for read in self.reads]
        for root, key in self.looks:
            value = read_now(root.kind, root.container, root.name)
            found.append(MISSING if value is MISSING else key(value))
        return tuple(found)

    def good(self, function: Any) -> bool:
        """Tell whether what was looked up early is still the same."""
        spaces, names, things = self.entries
        try:
            if not all(map(is_, map(getitem, spaces, names), things)):
                return False
        except KeyError:
            return False
        if self.shadows[0] and any(map(contains, *self.shadows)):
            return False
        if self.more and not self.more_is_good():
            return False
        return self.code is None or self.code is function.__code__

    def more_is_good(self) -> bool:
        """Tell whether classes, data that is read late and the like are still the same."""
        gets, keys, nothing, raws = self.classes
        if gets and not all(map(is_, map(_ask, gets, keys, nothing), raws)):
            return False
        if gets and not all(map(is_, map(_order, self.orders[0]), self.orders[1])):
            return False
        if self.others and not all(map(holds, self.others)):
            return False
        return not (self.reads or self.looks) or self.late_key() == self.late


def _is_own_code(guard: Guard, owner: object) -> bool:
    # `good` looks at this itself; the guard would keep the function alive.
    return guard.kind == "code" and guard.container is owner


def _entries(guard: Guard) -> list[tuple[dict[str, Any], str, Any]]:
    """Return the entry of a namespace that a guard is about, if it is about one."""
    if guard.kind == "global":
        return [(guard.container, guard.name, guard.value)]
    if guard.kind == "builtin":
        return [(vars(builtins), guard.name, guard.value)]
    if guard.kind == "attribute" and type(guard.container) is ModuleType:
        space = vars(guard.container)
        if space.get(guard.name) is guard.value:
            return [(space, guard.name, guard.value)]
    return []


def _in_classes(guard: Guard) -> list[tuple[Any, str, Any, Any]]:
    """Return how the classes that a guard is about are asked, and what they should answer."""
    found = []
    for base in guard.container.__mro__:
        if base is object and guard.value is NOT_THERE:
            continue
        raw = vars(base).get(guard.name, NOT_THERE)
        found.append((vars(base).get, guard.name, NOT_THERE, raw))
        if raw is not NOT_THERE:
            break
    return found


def _key_now(kind: str, container: Any, name: str) -> Hashable:
    value = read_now(kind, container, name)
    return MISSING if value is MISSING else key_of(value)


class Plan:
    """What was compiled for arguments of certain classes.

    ``only`` is that where the classes say all; else ``details`` are the positions that need a
    closer look, and ``table`` has what was compiled, by what was found there.
    """

    __slots__ = ("arrays", "converted", "details", "only", "paths", "readers", "recent", "table")

    def __init__(self, args: Sequence[Any], wrt: Sequence[int]) -> None:
        found = [(i, detail_of(type(arg))) for i, arg in enumerate(args)]
        self.details = tuple((i, detail) for i, detail in found if detail is not None)
        self.arrays = _arrays_of([i for i, _ in self.details], args)
        self.recent: tuple[Any, Compiled | None] = ((), None)
        self.only: tuple[Compiled, ...] = ()
        self.paths: tuple[tuple[int, Steps], ...] = ()
        self.readers: tuple[tuple[int, Callable[[Any], Any]], ...] = ()
        self.table: dict[Hashable, tuple[Compiled, ...]] = {}
        self.converted = tuple(
            i for i, arg in enumerate(args) if _is_converted(type(arg), i in wrt)
        )

    def find(self, function: Any, args: Sequence[Any]) -> Compiled | None:
        """Return what was compiled for these arguments and is still good."""
        if self.arrays is not None:  # of the same sizes as in the last call, as a rule
            faces = tuple(map(_face, self.arrays(args)))
            last, found = self.recent
            if found is not None and faces == last and found.good(function):
                return found
        made = self.looked_up(function, args)
        if made is not None and self.arrays is not None and not self.paths:
            self.recent = faces, made
        return made

    def looked_up(self, function: Any, args: Sequence[Any]) -> Compiled | None:
        """Return what was compiled for arguments with the same key, and is still good."""
        kept = self.only
        if self.details or self.paths:
            kept = self.table.get(self.key(args), ())
        for made in kept:
            if made.pattern is not None and made.pattern != pattern(args, made.exact):
                continue
            if made.good(function):
                return made
        return None

    def key(self, args: Sequence[Any]) -> Hashable:
        """Return what makes a difference among arguments of these classes."""
        found = [detail(args[i]) for i, detail in self.details]
        if self.paths:
            found += [key(args[i]) for i, key in self.readers]
        return tuple(found)

    def keep(self, args: Sequence[Any], made: Compiled) -> None:
        """Remember what was compiled for such arguments."""
        if made.sized:
            made.pattern = pattern(args, made.exact)
        more = [path for path in made.paths if path not in self.paths]
        if not self.details and not self.paths and not more:
            self.only = (made, *self.only)[:VARIANTS]
            return
        self.recent = ((), None)
        if self.arrays is not None and not self.paths and not more:
            self.recent = tuple(map(_face, self.arrays(args))), made
        if more:  # what was kept before was found by fewer questions
            self.paths, self.table, self.only = (*self.paths, *more), {}, ()
            self.readers = tuple((i, reader(steps, key_of)) for i, steps in self.paths)
        key = self.key(args)
        table = dict(self.table)
        while len(table) >= LIMIT:
            del table[next(iter(table))]
        table[key] = (made, *table.get(key, ()))[:VARIANTS]
        self.table = table

    def prepared(self, args: tuple[Any, ...], wrt: Sequence[int]) -> tuple[Any, ...]:
        """Return the arguments as the compiled function wants them."""
        if not self.converted:
            return args
        ready = list(args)
        for i in self.converted:
            if isinstance(ready[i], np.memmap):
                ready[i] = ready[i].view(np.ndarray)
            elif i in wrt and has_ints(ready[i]):
                ready[i] = with_floats(ready[i])
        return tuple(ready)


def _arrays_of(places: list[int], args: Sequence[Any]) -> Callable[[Any], Any] | None:
    """Return how to take those arguments whose key is more than a class, if all are arrays."""
    if not places or not all(type(args[i]) is np.ndarray for i in places):
        return None
    if places == list(range(places[0], places[-1] + 1)):
        return itemgetter(slice(places[0], places[-1] + 1))
    return itemgetter(*places)


def _is_converted(cls: type, asked: bool) -> bool:
    if issubclass(cls, np.memmap):
        return True
    return asked and not issubclass(cls, (float, np.ndarray, np.generic))


class Cache:
    """The plans of one function, one option; it keeps nothing that keeps the function alive."""

    __slots__ = ("__weakref__", "plans")

    def __init__(self) -> None:
        self.plans: dict[tuple[type, ...], Plan] = {}

    def plan(self, args: Sequence[Any], wrt: Sequence[int]) -> Plan:
        """Return the plan for arguments of these classes, a new one if need be."""
        kinds = tuple(map(type, args))
        found = self.plans.get(kinds)
        if found is None:
            plans = dict(self.plans)
            while len(plans) >= LIMIT:
                del plans[next(iter(plans))]
            found = plans[kinds] = Plan(args, wrt)
            self.plans = plans
        return found


def cache_for(function: Any, option: Hashable) -> Cache:
    """Return the one cache of a function for an option, so that ``grad(f)(x)`` compiles once."""
    try:
        return _caches.setdefault(function, {}).setdefault(option, Cache())
    except TypeError:  # not hashable, or not to be referred to weakly
        return Cache()


def complaint(args: Sequence[Any], wrt: Sequence[int], names: Sequence[str]) -> str | None:
    """Return why these arguments cannot be differentiated with respect to, or None."""
    for i in wrt:
        problem = problem_with(args[i], names[i])
        if args[i] is None:
            problem = f"{names[i]} is None: give floats, float arrays, or containers of these"
        if problem is not None:
            return problem
    return None

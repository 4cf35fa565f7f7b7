"""What a name can mean while a function is read: an atom, or something known beforehand.

Functions made inside a function, the arguments gathered by ``*args`` and ``**kwargs`` and the
like never become values of the program: they are used up while it is built.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from types import CellType, ModuleType
from typing import Any

import gast

from srcgrad.facts.objects import Steps, is_object_class
from srcgrad.program.nodes import Atom, Const, Var
from srcgrad.read.source import Found

_serial = count(1)


def now() -> int:
    """Return a number larger than that of every scope so far."""
    return next(_serial)


@dataclass(eq=False, slots=True)
class Scope:
    """The names of one call of a function, or of one comprehension.

    ``captured`` tells that a function made inside it may outlive the call, ``done`` that the
    call has returned; ``on_yield`` lifts a ``yield`` in it.
    """

    name: str
    local: frozenset[str]
    parent: Scope | None
    namespace: dict[str, Any]
    cells: dict[str, CellType]
    comprehension: bool = False
    captured: bool = False
    done: bool = False
    on_yield: Any = None
    born: int = field(default_factory=now)


@dataclass(eq=False, slots=True)
class Fields(Scope):
    """The attributes of one object: its names are kept in the state like those of a call.

    ``fixed`` tells that something else may look at the object, so that it is not to be changed.
    """

    fixed: str = ""
    root: Root | None = None
    steps: Steps = ()


@dataclass(frozen=True, slots=True, eq=False)
class Root:
    """Where an object outside comes from: ``kind`` is ``"param"`` or that of a late read."""

    kind: str
    container: Any
    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Root) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def key(self) -> tuple[Any, ...]:
        """What is equal for equal roots."""
        return (self.kind, id(self.container), self.name)


def fields_of(cls: type, root: Root | None = None, steps: Steps = ()) -> Fields:
    """Return the scope of the attributes of one object; objects outside are as old as can be."""
    made = Fields(cls.__name__, frozenset(), None, {}, {}, root=root, steps=steps)
    if root is not None:
        made.born = 0
    return made


Slot = tuple[Scope, str]


@dataclass(eq=False, slots=True)
class Closure:
    """A nested function or a lambda: its syntax and the scope that it was made in."""

    name: str
    node: Any
    scope: Scope
    found: Found
    stmt: gast.AST
    defaults: tuple[Value, ...]
    kwdefaults: dict[str, Value]
    user: bool
    again: bool = False


@dataclass(eq=False, slots=True)
class Thing:
    """An object of a class of the user's that was made here: its attributes are in the state."""

    cls: type
    fields: Fields


@dataclass(eq=False, slots=True)
class Seen:
    """What is known of a variable by examples: its class, where they are from.

    ``fields`` keep the attributes written here of an object that has one place; ``names`` are
    the attributes of objects that were made here and handed on, of which there is no example;
    ``item`` is what is known of the items of a list of such.
    """

    cls: type
    examples: tuple[Any, ...]
    places: tuple[tuple[Root, Steps], ...]
    fields: Fields | None = None
    names: frozenset[str] | None = None
    item: Seen | None = None


@dataclass(eq=False, slots=True)
class Pack:
    """A tuple or list whose items are known one by one.

    ``unrolled`` tells that a loop over it is written out: it holds the arguments of one call.
    """

    items: tuple[Value, ...]
    cls: type = tuple
    unrolled: bool = False


@dataclass(eq=False, slots=True)
class Mapped:
    """A dict with known string keys: what ``**kwargs`` gathers."""

    items: dict[str, Value]


@dataclass(eq=False, slots=True)
class Bound:
    """``x.sum``, not yet called."""

    receiver: Value
    name: str


@dataclass(eq=False, slots=True)
class Choice:
    """``f if test else g`` of two functions."""

    test: Atom
    then: Value
    orelse: Value


@dataclass(eq=False, slots=True)
class Partial:
    """``functools.partial(f, a, k=b)``."""

    fn: Value
    args: tuple[Value, ...]
    kwargs: dict[str, Value] = field(default_factory=dict)


Value = Var | Const | Closure | Pack | Mapped | Bound | Choice | Partial | Thing
State = dict[Slot, Value]


@dataclass(frozen=True, eq=False, slots=True)
class Stale:
    """Stands for what a name meant until the container that it looks at was changed.

    ``by`` is a function that may have done so.  A ``made`` name is a function that a loop makes
    anew in every turn.
    """

    container: str
    line: int
    by: str = ""
    made: bool = False


def is_stale(value: Any) -> bool:
    """Tell whether a name must not be read any more."""
    return isinstance(value, Const) and isinstance(value.value, Stale)


def is_static(thing: object) -> bool:
    """Tell whether an object is code rather than data: resolved when the function is read."""
    if isinstance(thing, ModuleType):
        return True
    return callable(thing) and not is_object_class(type(thing))


def is_function(value: Value) -> bool:
    """Tell whether a value is best kept until it is called."""
    if isinstance(value, Const):
        return is_static(value.value)
    return isinstance(value, (Closure, Bound, Choice, Partial))


def holds_function(value: Value) -> bool:
    """Tell whether a value is a function or a known sequence with a function somewhere in it."""
    if isinstance(value, Pack):
        return any(map(holds_function, value.items))
    if isinstance(value, Mapped):
        return any(map(holds_function, value.items.values()))
    return is_function(value)


def is_kept(value: Value) -> bool:
    """Tell whether a value is, or holds, what is no variable of the program."""
    if isinstance(value, Pack):
        return any(map(is_kept, value.items))
    if isinstance(value, Mapped):
        return any(map(is_kept, value.items.values()))
    return isinstance(value, Thing) or is_function(value)


def things(value: Any) -> list[Thing]:
    """Return the objects that a value is or holds, apart from those in their attributes."""
    match value:
        case Thing():
            return [value]
        case Pack(items=items):
            parts: tuple[Any, ...] = items
        case Mapped(items=table):
            parts = tuple(table.values())
        case Bound(receiver=receiver):
            parts = (receiver,)
        case Choice(then=then, orelse=orelse):
            parts = (then, orelse)
        case Partial():
            parts = (value.fn, *value.args, *value.kwargs.values())
        case Closure():
            parts = (*value.defaults, *value.kwdefaults.values())
        case _:
            parts = ()
    return [thing for part in parts for thing in things(part)]


def closures(value: Any) -> list[Closure]:
    """Return the nested functions that a value is or holds."""
    match value:
        case Closure():
            inside = [*value.defaults, *value.kwdefaults.values()]
            return [value, *(c for item in inside for c in closures(item))]
        case Pack(items=items):
            parts: tuple[Any, ...] = items
        case Mapped(items=table):
            parts = tuple(table.values())
        case Bound(receiver=receiver):
            parts = (receiver,)
        case Choice(then=then, orelse=orelse):
            parts = (then, orelse)
        case Partial():
            parts = (value.fn, *value.args, *value.kwargs.values())
        case _:
            parts = ()
    return [closure for part in parts for closure in closures(part)]


def same_value(one: Value, other: Value) -> bool:
    """Tell whether two values are certainly one and the same."""
    if isinstance(one, Const) and isinstance(other, Const):
        plain = (bool, int, float, str, type(None))
        if type(one.value) is type(other.value) and isinstance(one.value, plain):
            return repr(one.value) == repr(other.value)
        return one.value is other.value
    return one is other

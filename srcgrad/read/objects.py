"""Attributes of objects of the user's classes: what they mean, and writing them.

    self.W              a value that the object holds
    self.predict        a function of the class, with the object as its first argument
    self.t = t + dt     from here on, the attribute of this object; the caller's is left alone

A class is asked as Python asks it, and what it says is guarded, so that a method that is replaced
after the first call counts.
"""

from __future__ import annotations

import functools
from types import FunctionType
from typing import Any

from srcgrad.errors import Aliased, Unreadable
from srcgrad.facts.objects import MISSING, class_attribute, is_object, is_store
from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Const, Var
from srcgrad.read.binding import Arguments
from srcgrad.read.guards import Guard
from srcgrad.read.lifter import Lifter
from srcgrad.read.modules import names_of
from srcgrad.read.names import note_guard
from srcgrad.read.seen import class_of, known_part, note, parts, seen_of, stepped
from srcgrad.read.values import (
    Bound,
    Partial,
    Seen,
    Thing,
    Value,
    is_static,
)


def attribute(at: Lifter, owner: Value, name: str, node: Any, after: type | None = None) -> Value:
    """Return what an attribute of an object means; with ``after``, that of ``super()``."""
    cls = class_of(at, owner)
    assert cls is not None
    name = mangled(at, name)
    if name == "__class__":
        return Const(cls)
    if hasattr(cls, "_fields") and name in ("_replace", "_asdict"):
        return Bound(owner, name)
    raw = of_class(at, cls, name, after)
    if isinstance(raw, property) and raw.fget is not None:
        return called(at, Const(raw.fget), [owner], node)
    if _is_refused(at, cls, name, raw, node):
        return Const(UNDEFINED)
    value: Any = MISSING if after is not None else _own(at, owner, name, raw, node)
    if value is not MISSING:
        return value  # type: ignore[no-any-return]
    if raw is MISSING:
        return _missing(at, owner, cls, name, node)
    return _bound(at, owner, cls, name, raw, node, after)


def of_class(at: Lifter, cls: type, name: str, after: type | None = None) -> Any:
    """Return what a class stores under a name, and guard it."""
    raw = class_attribute(cls, name, after)
    code = raw is None or raw is MISSING or hasattr(type(raw), "__get__") or is_static(raw)
    if after is None and code:
        note_guard(at, Guard("class", cls, name, raw))
    return raw


def called(at: Lifter, fn: Value, args: list[Value], node: Any) -> Value:
    """Lift a call."""
    from srcgrad.read.calls import call_value

    return call_value(at, fn, Arguments(list(args)), node)


def _is_refused(at: Lifter, cls: type, name: str, raw: Any, node: Any) -> bool:
    """Refuse an attribute that runs code which is not to be seen."""
    why = ""
    if isinstance(raw, functools.cached_property):
        why = "A cached property is computed once and kept, so what it gives may be out of date."
    elif isinstance(class_attribute(cls, "__getattribute__"), FunctionType):
        why = f"{cls.__name__} has a '__getattribute__', which may do anything."
    elif raw is not MISSING and hasattr(type(raw), "__set__") and not is_store(raw):
        why = f"It is a {type(raw).__name__}, a descriptor of its own kind."
    if not why:
        return False
    what = f"cannot read the attribute {name!r} of a {cls.__name__}"
    at.refuse(Unreadable, node, what, why, "Use a method or a plain property.")
    return True


def _own(at: Lifter, owner: Value, name: str, raw: Any, node: Any) -> Any:
    """Return an attribute that the object itself stores, or may store some day, or MISSING."""
    if isinstance(owner, Thing):
        return at.state.get((owner.fields, name), MISSING)
    seen = seen_of(at, owner)
    assert seen is not None
    if seen.fields is not None and (seen.fields, name) in at.state:
        return at.state[(seen.fields, name)]
    if seen.names is not None:
        if name not in seen.names:
            return MISSING
        return at.let(ops.attribute(name), owner, node=node)
    if not is_stored(seen, name, is_store(raw)) and not _is_data(raw):
        parts(at, seen, ("attribute", name))
        return MISSING
    asked(at, seen, name, node)
    return read_outside(at, owner, seen, name, node)


def _is_data(raw: Any) -> bool:
    """Tell whether what a class stores is a value, which an object may have one of its own of."""
    if raw is None or raw is MISSING or is_static(raw):
        return False
    return not hasattr(type(raw), "__get__")


def is_stored(seen: Seen, name: str, is_slot: bool) -> bool:
    """Tell whether all examples store an attribute themselves."""
    return all(_has(example, name, is_slot) for example in seen.examples)


def _has(example: Any, name: str, is_slot: bool) -> bool:
    if is_slot:
        return True
    try:
        return name in object.__getattribute__(example, "__dict__")
    except AttributeError:
        return False


def read_outside(at: Lifter, owner: Value, seen: Seen, name: str, node: Any) -> Value:
    """Read an attribute of an object from outside."""
    step = ("attribute", name)
    known = known_part(at, seen, step)
    if known is not None:
        return known
    found = parts(at, seen, step)
    if any(item is MISSING for item in found):
        return at.let(ops.attribute(name), owner, node=node)
    var = at.let(ops.attribute(name), owner, node=node)
    note(at, var, found, stepped(seen, step))
    return var


def asked(at: Lifter, seen: Seen, name: str, node: Any) -> None:
    """Note that an attribute is read; refuse it if another object that is written may be this."""
    at.known.asked.setdefault(name, {})[seen.fields or seen.places] = seen.cls
    for fields, cls in at.known.changed.get(name, {}).items():
        if fields is not seen.fields and related(cls, seen.cls):
            refuse_alias(at, name, node)


def related(one: type, other: type) -> bool:
    """Tell whether objects of two classes may be one object."""
    return issubclass(one, other) or issubclass(other, one)


def refuse_alias(at: Lifter, name: str, node: Any) -> None:
    """Refuse to read an attribute that may have been written on the same object."""
    at.refuse(
        Aliased,
        node,
        f"cannot tell whether the attribute {name!r} is written here",
        "The function writes it on one object and reads it on another of the same class, and the"
        " two may be one object.",
        "Read it before into a variable, or write to a copy made with dataclasses.replace.",
    )


def _missing(at: Lifter, owner: Value, cls: type, name: str, node: Any) -> Value:
    if class_attribute(cls, "__getattr__") is not MISSING:
        return at.refuse(
            Unreadable,
            node,
            f"cannot read the attribute {name!r} of a {cls.__name__}",
            f"It is not stored: '__getattr__' of {cls.__name__} makes it up.",
            "Store it, or write a property.",
        )
    text = f"{cls.__name__!r} object has no attribute {name!r}"
    return at.fail(AttributeError, text, node)


def _bound(
    at: Lifter, owner: Value, cls: type, name: str, raw: Any, node: Any, after: type | None
) -> Value:
    """Return what a class stores, bound to the object as Python does."""
    if isinstance(raw, FunctionType):
        if after is None and isinstance(owner, Var):
            return Bound(owner, name)
        return Partial(Const(raw, name), (owner,))
    if isinstance(raw, classmethod):
        return Partial(Const(raw.__func__, name), (Const(cls),))
    if isinstance(raw, staticmethod):
        return Const(raw.__func__, name)
    if is_static(raw) and not hasattr(type(raw), "__get__"):
        return Const(raw)
    if hasattr(type(raw), "__get__"):
        if getattr(raw, "__objclass__", None) is object:
            return Partial(Const(raw, name), (owner,))
        if hasattr(raw, "__srcgrad_program__"):
            return Partial(Const(raw, name), (owner,))
        return at.refuse(
            Unreadable,
            node,
            f"cannot read the attribute {name!r} of a {cls.__name__}",
            f"It is a {type(raw).__name__}, which may do anything when it is read.",
            "Use a method or a plain property.",
        )
    if raw is None:
        return Const(None)
    holder = cls
    if after is not None:
        holder = next(base for base in cls.__mro__ if base.__dict__.get(name) is raw)
    at.known.reads[("attribute", id(holder), name)] = ("attribute", holder, name)
    var = at.let(ops.attribute(name), Const(holder, holder.__name__), node=node)
    if is_object(raw):
        from srcgrad.read.seen import look_at
        from srcgrad.read.values import Root

        look_at(at, var, raw, Root("attribute", holder, name))
    return var


def method(at: Lifter, owner: Value, name: str, node: Any) -> Value | None:
    """Return a method that Python looks up on the class alone, as ``__call__``."""
    cls = class_of(at, owner)
    if cls is None:
        return None
    raw = of_class(at, cls, name)
    if isinstance(raw, FunctionType):
        return Partial(Const(raw, name), (owner,))
    return None


def mangled(at: Lifter, name: str) -> str:
    """Return the name that the compiler made of a private one."""
    if not name.startswith("__") or name.endswith("__"):
        return name
    for known in sorted(names_of(at.frame.found.function.__code__)):
        if known.startswith("_") and not known.startswith("__") and known.endswith(name):
            return known
    return name

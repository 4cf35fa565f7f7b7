"""Make objects of the user's classes: ``__init__`` is lifted with an object that has no attributes.

p = Point(x, y)      ->      p.x is x, p.y is y; no object is made
f(p)                 ->      p = Point(x, y); f(p), where the class only stores what it is given
"""

from __future__ import annotations

import abc
import dataclasses
from types import FunctionType
from typing import Any

from srcgrad.errors import Unreadable
from srcgrad.facts.objects import MISSING, class_attribute, is_object_class
from srcgrad.program import ops
from srcgrad.program.nodes import Const, Var
from srcgrad.read.binding import Arguments, Spread
from srcgrad.read.guards import Guard
from srcgrad.read.lifter import Lifter
from srcgrad.read.names import note_guard
from srcgrad.read.values import Seen, Thing, Value, fields_of, is_kept


def is_frozen(cls: type) -> bool:
    """Tell whether objects of a class are never changed."""
    made = getattr(cls, "__dataclass_params__", None)
    return hasattr(cls, "_fields") or (made is not None and made.frozen)


def makes_objects(cls: Any) -> bool:
    """Tell whether a class makes objects in the plain way."""
    if not isinstance(cls, type) or not is_object_class(cls):
        return False
    if type(cls) not in (type, abc.ABCMeta) and type(cls).__call__ is not type.__call__:
        return False
    if hasattr(cls, "_fields"):
        return _is_named(cls) and class_attribute(cls, "__init__") is object.__init__
    return class_attribute(cls, "__new__") is object.__new__ or _is_generic(cls)


def _is_generic(cls: type) -> bool:
    made = class_attribute(cls, "__new__")
    return isinstance(made, staticmethod) and made.__func__.__module__ == "typing"


def _is_named(cls: type) -> bool:
    made = class_attribute(cls, "__new__")
    made = getattr(made, "__func__", made)
    return str(getattr(made, "__module__", "")).startswith("namedtuple_")


def generated(cls: type) -> type | None:
    """Return the dataclass whose ``__init__`` was written by ``dataclass``, if there is one."""
    for base in cls.__mro__:
        if "__init__" in base.__dict__:
            made = base.__dict__.get("__dataclass_params__")
            init = base.__dict__["__init__"]
            plain = isinstance(init, FunctionType) and init.__code__.co_filename == "<string>"
            return base if made is not None and made.init and plain else None
    return None


def make(at: Lifter, cls: type, given: Arguments, node: Any) -> Value | None:
    """Lift the making of an object; None where the class has to be called."""
    if not given.known():
        return None
    thing = Thing(cls, fields_of(cls))
    args = [a for a in given.args if not isinstance(a, Spread)]
    for name in ("__init__", "__new__", "__post_init__"):
        note_guard(at, Guard("class", cls, name, class_attribute(cls, name)))
    if hasattr(cls, "_fields"):
        return _named(at, thing, args, given.kwargs, node)
    if generated(cls) is not None:
        return _dataclass(at, thing, args, given.kwargs, node)
    init = class_attribute(cls, "__init__")
    if init is object.__init__:
        if args or given.kwargs:
            return at.fail(TypeError, f"{cls.__name__}() takes no arguments", node)
        return thing
    if not isinstance(init, FunctionType):
        return None
    from srcgrad.read.calls import call_known

    call_known(at, Const(init), Arguments([thing, *args], given.kwargs), node)
    return thing


def store(at: Lifter, thing: Thing, name: str, value: Value, node: Any) -> None:
    """Give a new object an attribute."""
    if not is_kept(value):
        value = at.atom(value, node)
    at.state[(thing.fields, name)] = value


def _named(
    at: Lifter, thing: Thing, args: list[Value], kwargs: dict[str, Value], node: Any
) -> Value | None:
    names: tuple[str, ...] = thing.cls._fields  # type: ignore[attr-defined]
    defaults = thing.cls._field_defaults  # type: ignore[attr-defined]
    bound = {**{name: Const(value) for name, value in defaults.items()}}
    bound.update(zip(names, args, strict=False))  # type: ignore[arg-type]
    twice = set(names[: len(args)]) & set(kwargs)
    bound.update(kwargs)  # type: ignore[arg-type]
    if twice or len(args) > len(names) or set(bound) != set(names):
        return None
    for name in names:
        store(at, thing, name, bound[name], node)
    return thing


def _dataclass(
    at: Lifter, thing: Thing, args: list[Value], kwargs: dict[str, Value], node: Any
) -> Value | None:
    """Do what the ``__init__`` of a dataclass does."""
    made = generated(thing.cls)
    assert made is not None
    table = [
        f
        for f in made.__dataclass_fields__.values()  # type: ignore[attr-defined]
        if f._field_type is not dataclasses._FIELD_CLASSVAR  # type: ignore[attr-defined]
    ]
    positional = [f.name for f in table if f.init and not f.kw_only]
    known = {f.name for f in table if f.init}
    if len(args) > len(positional) or set(positional[: len(args)]) & set(kwargs):
        return None
    if not set(kwargs) <= known:
        return None
    bound: dict[str, Value] = {**dict(zip(positional, args, strict=False)), **kwargs}
    later: list[Value] = []
    for f in table:
        value = bound.get(f.name)
        if value is None:
            if f.default is not dataclasses.MISSING:
                value = Const(f.default)
            elif f.default_factory is not dataclasses.MISSING:
                value = _from_factory(at, f.default_factory, node)
            elif f.init:
                return None
            else:
                continue
        if f._field_type is dataclasses._FIELD_INITVAR:  # type: ignore[attr-defined]
            later.append(value)
        else:
            store(at, thing, f.name, value, node)
    post = class_attribute(thing.cls, "__post_init__")
    if isinstance(post, FunctionType):
        from srcgrad.read.calls import call_known

        call_known(at, Const(post), Arguments([thing, *later]), node)
    return thing


def _from_factory(at: Lifter, factory: Any, node: Any) -> Value:
    from srcgrad.read.calls import call_known

    if factory is list:
        return at.let(ops.make_list, node=node)
    return call_known(at, Const(factory), Arguments(), node)


def put_together(at: Lifter, thing: Thing, node: Any) -> Var | Const:
    """Return an object that was made here as a value of the program.

    From here on it is not to be changed: somebody else may look at it.
    """
    cls = thing.cls
    names = plain_fields(cls)
    values = {name: v for (scope, name), v in at.state.items() if scope is thing.fields}
    if names is None or set(names) != set(values):
        return at.refuse(
            Unreadable,
            node,
            f"cannot use an object of the class {cls.__name__!r} as a value",
            "It was made here and is known by its attributes alone; to make it again would run"
            " its '__init__' again.",
            "Make it a dataclass or namedtuple, or hand on its attributes.",
        )
    if not is_frozen(cls):
        thing.fields.fixed = thing.fields.fixed or "was handed on"
    only = {f.name for f in dataclasses.fields(cls) if f.kw_only} if not _tuple(cls) else set()
    args = [values[name] for name in names if name not in only]
    kwargs = {name: values[name] for name in names if name in only}
    var = at.call(cls, args, kwargs, node)
    at.seen[var] = Seen(cls, (), (), None, frozenset(names))
    if _tuple(cls):
        at.tuples[var] = tuple(values[name] for name in names)
    return var


def _tuple(cls: type) -> bool:
    return issubclass(cls, tuple)


def plain_fields(cls: type) -> tuple[str, ...] | None:
    """Return the fields of a class that only stores what it is given; None for any other."""
    if _tuple(cls):
        return cls._fields if _is_named(cls) else None  # type: ignore[attr-defined]
    made = generated(cls)
    if made is None or class_attribute(cls, "__post_init__") is not MISSING:
        return None
    table = dataclasses.fields(cls)
    if any(not f.init for f in table):
        return None
    if any(
        f._field_type is dataclasses._FIELD_INITVAR  # type: ignore[attr-defined]
        for f in made.__dataclass_fields__.values()  # type: ignore[attr-defined]
    ):
        return None
    return tuple(f.name for f in table)

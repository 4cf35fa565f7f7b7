"""Calls of Python's own functions that look into objects: ``isinstance``, ``replace`` ..."""

from __future__ import annotations

import abc
import copy
import dataclasses
import operator
from collections.abc import Callable
from typing import Any

from srcgrad.errors import Unreadable
from srcgrad.facts.objects import MISSING, class_attribute, is_object_class, is_store
from srcgrad.program.nodes import Const, Var
from srcgrad.read.binding import Arguments
from srcgrad.read.dunders import builtin
from srcgrad.read.lifter import Lifter
from srcgrad.read.making import generated, make, store
from srcgrad.read.objects import attribute
from srcgrad.read.seen import class_of, length_of, seen_of, taken_apart
from srcgrad.read.values import Mapped, Pack, Thing, Value, fields_of
from srcgrad.read.writing import write

Answer = Callable[[Lifter, list[Value], dict[str, Value], Any], Value | None]


def on_objects(
    at: Lifter, function: Any, args: list[Value], kwargs: dict[str, Value], node: Any
) -> Value | None:
    """Return the result of a call that looks into an object, or None for any other call."""
    if not args:
        return None
    picked = _picked(at, function, args, kwargs, node)
    if picked is not None:
        return picked
    try:
        answer = _ANSWERS.get(function)
    except TypeError:
        return None
    if answer is not None:
        return answer(at, args, kwargs, node)
    return None if kwargs else builtin(at, function, args, node)


def _picked(
    at: Lifter, function: Any, args: list[Value], kwargs: dict[str, Value], node: Any
) -> Value | None:
    """Call what ``operator.attrgetter`` and its like have made."""
    kinds = (operator.attrgetter, operator.itemgetter, operator.methodcaller)
    if kwargs and isinstance(function, type) and issubclass(function, kinds):
        return None
    if isinstance(function, type) and issubclass(function, kinds):
        if all(isinstance(a, Const) for a in args):
            return Const(function(*(a.value for a in args if isinstance(a, Const))))
        return None
    if kwargs or len(args) != 1 or not isinstance(function, kinds[:2]):
        return None
    from srcgrad.read.names import read_attribute
    from srcgrad.read.subscripts import getitem

    keys = function.__reduce__()[1]
    found = []
    for key in keys:
        value = args[0]
        if isinstance(function, operator.itemgetter):
            value = getitem(at, value, Const(key), node)
        else:
            for name in key.split("."):
                value = read_attribute(at, value, name, node)
        found.append(value)
    return found[0] if len(found) == 1 else Pack(tuple(found))


def _isinstance(at: Lifter, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value | None:
    cls = class_of(at, args[0])
    if len(args) != 2 or not isinstance(args[1], (Const, Pack)):
        return None
    kinds = _classes(args[1])
    if cls is None and kinds and at.kind_of(args[0]) and all(map(is_object_class, kinds)):
        return Const(False)
    if cls is None:
        return None
    return None if kinds is None else Const(any(issubclass(cls, kind) for kind in kinds))


def _classes(value: Value) -> list[type] | None:
    if isinstance(value, Pack):
        parts = [_classes(item) for item in value.items]
        known = [part for part in parts if part is not None]
        return [kind for part in known for kind in part] if len(known) == len(parts) else None
    if isinstance(value, Const) and type(value.value) in (type, abc.ABCMeta):
        return [value.value]
    return None


def _type(at: Lifter, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value | None:
    cls = class_of(at, args[0]) if len(args) == 1 else None
    return None if cls is None else Const(cls)


def _getattr(at: Lifter, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value | None:
    if class_of(at, args[0]) is None or len(args) not in (2, 3) or not isinstance(args[1], Const):
        return None
    there = _has(at, args[0], args[1].value)
    if len(args) == 3 and not there:
        return args[2]
    return attribute(at, args[0], args[1].value, node)


def _hasattr(at: Lifter, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value | None:
    if class_of(at, args[0]) is None or len(args) != 2 or not isinstance(args[1], Const):
        return None
    return Const(_has(at, args[0], args[1].value))


def _has(at: Lifter, owner: Value, name: str) -> bool:
    cls = class_of(at, owner)
    assert cls is not None
    raw = class_attribute(cls, name)
    if raw is not MISSING and not is_store(raw):
        return True
    if isinstance(owner, Thing):
        return (owner.fields, name) in at.state
    seen = seen_of(at, owner)
    assert seen is not None
    if seen.fields is not None and (seen.fields, name) in at.state:
        return True
    if seen.names is not None:
        return name in seen.names
    from srcgrad.read.seen import parts

    return all(item is not MISSING for item in parts(at, seen, ("attribute", name)))


def _setattr(at: Lifter, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value | None:
    """``object.__setattr__(self, "x", v)``, as frozen dataclasses write it."""
    if len(args) != 3 or not isinstance(args[1], Const) or class_of(at, args[0]) is None:
        return None
    write(at, args[0], args[1].value, args[2], node, "self", forced=True)
    return Const(None)


def _replace(at: Lifter, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value | None:
    """``dataclasses.replace(p, x=v)`` and ``p._replace(x=v)``."""
    cls = class_of(at, args[0])
    if cls is None or len(args) != 1 or (generated(cls) is None and not hasattr(cls, "_fields")):
        return None
    if hasattr(cls, "_fields"):
        names = list(cls._fields)
    else:
        names = [f.name for f in dataclasses.fields(cls) if f.init]
    if not set(kwargs) <= set(names):
        return None
    given = {n: kwargs[n] if n in kwargs else attribute(at, args[0], n, node) for n in names}
    return make(at, cls, Arguments([], given), node)


def _asdict(at: Lifter, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value | None:
    names = _field_names(at, args, kwargs)
    if names is None:
        return None
    items = {name: _plain(at, attribute(at, args[0], name, node), node, _asdict) for name in names}
    return _table(at, items, node)


def _table(at: Lifter, items: dict[str, Value], node: Any) -> Value:
    from srcgrad.read.values import is_kept

    table = Mapped(items)
    return table if is_kept(table) else at.atom(table, node)


def _astuple(at: Lifter, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value | None:
    names = _field_names(at, args, kwargs)
    if names is None:
        return None
    values = [_plain(at, attribute(at, args[0], n, node), node, _astuple) for n in names]
    return Pack(tuple(values))


def _plain(at: Lifter, value: Value, node: Any, again: Answer) -> Value:
    """Return what ``asdict`` makes of an attribute; it goes into dataclasses."""
    cls = class_of(at, value)
    if cls is None and not isinstance(value, Const) and at.kind_of(value) != "number":
        return at.let(copy.deepcopy, value, node=node)
    if cls is None or not dataclasses.is_dataclass(cls):
        return value
    return again(at, [value], {}, node) or value


def _field_names(at: Lifter, args: list[Value], kwargs: dict[str, Value]) -> list[str] | None:
    cls = class_of(at, args[0]) if len(args) == 1 and not kwargs else None
    if cls is None or not dataclasses.is_dataclass(cls):
        return None
    return [f.name for f in dataclasses.fields(cls)]


def _copied(at: Lifter, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value | None:
    """``copy.copy(p)`` of an object all of whose attributes are known."""
    cls = class_of(at, args[0]) if len(args) == 1 and not kwargs else None
    if cls is None:
        return None
    if any(class_attribute(cls, f"__{n}__") is not MISSING for n in ("copy", "deepcopy")):
        return _no_copy(at, cls, node)
    if isinstance(args[0], Thing):
        names = [name for scope, name in at.state if scope is args[0].fields]
    else:
        seen = seen_of(at, args[0])
        assert seen is not None
        try:
            names = sorted(seen.names) if seen.names else list(vars(seen.examples[0]))
        except (TypeError, IndexError):
            return _no_copy(at, cls, node)
    thing = Thing(cls, fields_of(cls))
    for name in names:
        store(at, thing, name, attribute(at, args[0], name, node), node)
    return thing


def _no_copy(at: Lifter, cls: type, node: Any) -> Value:
    return at.refuse(
        Unreadable,
        node,
        f"cannot copy a {cls.__name__}",
        "What its attributes are is not to be seen, or its class copies in its own way.",
        "Make a new object of the attributes that are needed.",
    )


def _deep(at: Lifter, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value | None:
    cls = class_of(at, args[0]) if len(args) == 1 and not kwargs else None
    return None if cls is None else _no_copy(at, cls, node)


def _apart(function: Any) -> Answer:
    """Take a list of objects apart for ``enumerate``, ``zip`` and ``reversed``."""

    def answer(at: Lifter, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value | None:
        from srcgrad.read.static_calls import static_call

        if not any(isinstance(a, Var) and a in at.seen for a in args):
            return None
        rows = [taken_apart(at, a, node) or a for a in args]
        if not any(isinstance(row, Pack) for row in rows):
            return None
        return static_call(at, Const(function), rows, kwargs)

    return answer


def _len(at: Lifter, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value | None:
    size = length_of(at, args[0]) if len(args) == 1 else None
    return builtin(at, len, args, node) if size is None else Const(size)


_ANSWERS: dict[Any, Answer] = {
    isinstance: _isinstance,
    type: _type,
    getattr: _getattr,
    hasattr: _hasattr,
    object.__setattr__: _setattr,
    dataclasses.replace: _replace,
    dataclasses.asdict: _asdict,
    dataclasses.astuple: _astuple,
    copy.copy: _copied,
    copy.deepcopy: _deep,
    enumerate: _apart(enumerate),
    reversed: _apart(reversed),
    zip: _apart(zip),
    len: _len,
}


def of_named(at: Lifter, owner: Value, name: str, given: Arguments, node: Any) -> Value | None:
    """Return the result of a method that every namedtuple has."""
    cls = class_of(at, owner)
    if cls is None or not hasattr(cls, "_fields") or not given.known():
        return None
    if name == "_replace" and not given.args:
        return _replace(at, [owner], given.kwargs, node)
    if name == "_asdict" and not given.args:
        items = {field: attribute(at, owner, field, node) for field in cls._fields}
        return _table(at, items, node)
    return None


def of_table(at: Lifter, owner: Value, name: str, given: Arguments, node: Any) -> Value | None:
    """Return the values or pairs of a dict that objects or functions are in."""
    seen = at.seen.get(owner) if isinstance(owner, Var) else None
    if seen is None or seen.cls is not dict or name not in ("values", "items"):
        return None
    if given.args or given.kwargs or given.extra or not any(seen.examples):
        return None
    pack = taken_apart(at, owner, node)
    if pack is None or name == "values":
        return pack
    pairs = zip(seen.examples[0], pack.items, strict=True)
    return Pack(tuple(Pack((Const(key), item)) for key, item in pairs), list, True)

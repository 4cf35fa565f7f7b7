"""What a name or an attribute means: a local value, live data, or code that is known already."""

from __future__ import annotations

import builtins
import sys
from types import CellType, FunctionType, ModuleType
from typing import Any

import gast

from srcgrad.errors import Aliased, Unreadable
from srcgrad.facts.objects import MISSING, class_attribute
from srcgrad.facts.purity import mutates
from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Const
from srcgrad.read.guards import Guard, contents, is_empty
from srcgrad.read.lifter import Lifter
from srcgrad.read.seen import class_of, look_at
from srcgrad.read.values import (
    Bound,
    Mapped,
    Partial,
    Root,
    Scope,
    Slot,
    Value,
    fields_of,
    is_stale,
    is_static,
)

LIBRARIES = frozenset(
    "numpy scipy math cmath operator builtins functools itertools random copy time srcgrad".split()
)
"""The modules whose own functions are operations; their contents are taken to stay the same."""

_FORBIDDEN = frozenset(
    "eval exec locals globals vars dir setattr delattr input open compile __import__".split()
)


def top_module(thing: Any) -> str:
    """Return the first part of the name of the module that something comes from."""
    name = thing.__name__ if isinstance(thing, ModuleType) else getattr(thing, "__module__", None)
    if not isinstance(name, str):
        name = type(thing).__module__
    return name.partition(".")[0].lstrip("_")


def find_slot(scope: Scope | None, name: str) -> Slot | None:
    """Return where a name is kept, or None if it is none of the function's own."""
    while scope is not None:
        if name in scope.local:
            return (scope, name)
        if name in scope.cells:
            return None
        scope = scope.parent
    return None


def function_scope(scope: Scope) -> Scope:
    """Return the scope in which a walrus binds."""
    while scope.comprehension and scope.parent is not None:
        scope = scope.parent
    return scope


def read_name(at: Lifter, node: gast.Name) -> Value:
    """Return what a name means at this moment."""
    name = node.id
    slot = find_slot(at.frame.scope, name)
    if slot is not None:
        value = at.state.get(slot)
        if value is None or (isinstance(value, Const) and value.value is UNDEFINED):
            return _unbound(at, slot, node)
        return _stale(at, value, node) if is_stale(value) else value
    scope: Scope | None = at.frame.scope
    while scope is not None:
        if name in scope.cells:
            return _read_cell(at, scope.cells[name], node)
        scope = scope.parent
    namespace = at.frame.scope.namespace
    if (space := at.known.spaces.get(id(namespace))) is not None:
        written = at.state.get((space, name))
        if written is not None:
            return _stale(at, written, node) if is_stale(written) else written
    return _read_global(at, namespace, node)


def global_slot(at: Lifter, name: str) -> Slot:
    """Return where a global variable that a function writes is kept beside the real one."""
    namespace = at.frame.scope.namespace
    space = at.known.spaces.get(id(namespace))
    if space is None:
        space = fields_of(ModuleType, Root("namespace", namespace, ""))
        at.known.spaces[id(namespace)] = space
    return (space, name)


def _stale(at: Lifter, value: Value, node: gast.Name) -> Value:
    assert isinstance(value, Const)
    stale = value.value
    if stale.made:
        return at.refuse(
            Unreadable,
            node,
            f"cannot tell which function {node.id!r} is here",
            f"The loop in line {stale.line} makes it anew in every turn, and may have none.",
            "Define it after the loop, or put the functions into a list.",
        )
    if stale.by:
        return at.refuse(
            Aliased,
            node,
            f"cannot read {node.id!r} here",
            f"Line {stale.line} hands it to {stale.by!r}, whose source cannot be read, and which"
            " may have changed it.",
            f"Hand on a copy there: list({node.id}) or dict({node.id}).",
        )
    return at.refuse(
        Aliased,
        node,
        f"cannot read {node.id!r} here",
        f"It is, or looks at, an item of {stale.container!r}, which line {stale.line} has changed:"
        " whether that was the same item is not to be seen in the source.",
        f"Read the item again: {node.id} = {stale.container}[...].",
    )


def _unbound(at: Lifter, slot: Slot, node: gast.Name) -> Value:
    name = node.id
    scope: Scope = at.frame.scope
    own = slot[0] is scope or not _is_nested(scope)
    if own and function_scope(slot[0]) is function_scope(scope):
        text = f"cannot access local variable {name!r} where it is not associated with a value"
        return at.fail(UnboundLocalError, text, node)
    text = (
        f"cannot access free variable {name!r} where it is not associated with a value in"
        " enclosing scope"
    )
    return at.fail(NameError, text, node)


def _is_nested(scope: Scope) -> bool:
    """Tell whether Python makes a function of a comprehension, as it does of a generator."""
    return scope.comprehension and (scope.name == "<genexpr>" or sys.version_info < (3, 12))


def _read_cell(at: Lifter, cell: CellType, node: gast.Name) -> Value:
    name = node.id
    thing = contents(cell)
    if not is_empty(cell) and is_static(thing):
        note_guard(at, Guard("cell", cell, name, thing))
        return Const(thing, name)
    at.known.reads[("cell", id(cell), name)] = ("cell", cell, name)
    var = at.let(ops.read_cell, Const(cell), Const(name), node=node, hint=name)
    if not is_empty(cell):
        look_at(at, var, thing, Root("cell", cell, name))
    return var


def _read_global(at: Lifter, namespace: dict[str, Any], node: gast.Name) -> Value:
    name = node.id
    if name in namespace:
        if is_static(namespace[name]):
            note_guard(at, Guard("global", namespace, name, namespace[name]))
            return Const(namespace[name], name)
    elif hasattr(builtins, name):
        thing = getattr(builtins, name)
        note_guard(at, Guard("builtin", namespace, name, thing))
        if name in _FORBIDDEN:
            return at.refuse(
                Unreadable,
                node,
                f"cannot read {name!r}",
                "What it does is not to be seen in the source.",
                "Do this outside the function and hand the result in as an argument.",
            )
        return Const(thing, name)
    at.known.reads[("global", id(namespace), name)] = ("global", namespace, name)
    var = at.let(ops.read_global, Const(namespace), Const(name), node=node, hint=name)
    if name in namespace:
        look_at(at, var, namespace[name], Root("global", namespace, name))
    return var


def note_guard(at: Lifter, guard: Guard) -> None:
    """Remember what was resolved early."""
    at.known.guards[(guard.kind, id(guard.container), guard.name)] = guard


def read_attribute(at: Lifter, receiver: Value, name: str, node: gast.AST | None) -> Value:
    """Return what an attribute of a value means."""
    if class_of(at, receiver) is not None:
        from srcgrad.read.objects import attribute

        return attribute(at, receiver, name, node)
    if not isinstance(receiver, Const):
        if isinstance(receiver, Mapped) or mutates(ops.method(name)):
            return Bound(receiver, name)  # calling it under another name writes, too
        return at.let(ops.attribute(name), receiver, node=node)
    owner = receiver.value
    spelled = f"{receiver.spelled}.{name}" if receiver.spelled else None
    if isinstance(owner, type) and top_module(owner) not in LIBRARIES:
        return _of_class(at, receiver, owner, name, spelled, node)
    if isinstance(owner, (ModuleType, type)):
        found = _static_attribute(owner, name)
        library = top_module(owner) in LIBRARIES
        if found is not None and (is_static(found[0]) or library):
            if isinstance(owner, ModuleType) or not library:
                note_guard(at, Guard("attribute", owner, name, found[0]))
            return Const(found[0], spelled)
        if isinstance(owner, ModuleType):
            at.known.reads[("attribute", id(owner), name)] = ("attribute", owner, name)
            var = at.let(ops.attribute(name), receiver, node=node)
            if found is not None:
                look_at(at, var, found[0], Root("attribute", owner, name))
            return var
    elif is_static(owner) and not isinstance(owner, FunctionType) and _of_library(owner):
        found = _static_attribute(owner, name)
        if found is not None and is_static(found[0]):
            return Const(found[0], spelled)
    return at.let(ops.attribute(name), receiver, node=node)


def _of_class(
    at: Lifter, receiver: Const, cls: type, name: str, spelled: str | None, node: Any
) -> Value:
    """Return what an attribute of a class of the user's means."""
    raw = class_attribute(cls, name)
    code = is_static(raw) and not hasattr(type(raw), "__get__")
    if code or isinstance(raw, (staticmethod, FunctionType, classmethod)):
        note_guard(at, Guard("class", cls, name, raw))
        if isinstance(raw, classmethod):
            return Partial(Const(raw.__func__, name), (receiver,))
        return Const(raw.__func__ if isinstance(raw, staticmethod) else raw, spelled)
    var = at.let(ops.attribute(name), receiver, node=node)
    if raw is not MISSING and not hasattr(type(raw), "__get__"):
        at.known.reads[("attribute", id(cls), name)] = ("attribute", cls, name)
        look_at(at, var, raw, Root("attribute", cls, name))
    return var


def _static_attribute(owner: Any, name: str) -> tuple[Any] | None:
    """Return an attribute without running code of the user's."""
    if isinstance(owner, ModuleType) and top_module(owner) not in LIBRARIES:
        space = vars(owner)
        return (space[name],) if name in space else None
    if isinstance(owner, type) and top_module(owner) not in LIBRARIES:
        for base in owner.__mro__:
            if name in vars(base):
                raw = vars(base)[name]
                plain = isinstance(raw, (staticmethod, FunctionType))
                return (getattr(owner, name),) if plain else None
        return None
    try:
        return (getattr(owner, name),)
    except AttributeError:
        return None


def _of_library(owner: Any) -> bool:
    return type(owner).__module__.partition(".")[0] in LIBRARIES

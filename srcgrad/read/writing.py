"""Write attributes of objects of the user's classes.

    self.t = t + dt        from here on, the attribute of this object is another value

Of an object that was made here that is all.  An object from outside is left alone: what is written
is kept beside it, and that is right only as long as nobody else looks at the object.
"""

from __future__ import annotations

import ast
import dataclasses
import operator
from types import FunctionType, ModuleType
from typing import Any

import gast

from srcgrad.errors import Aliased, Unreadable
from srcgrad.facts.objects import MISSING, class_attribute, is_store
from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Const, Var
from srcgrad.read.container_items import augment_name
from srcgrad.read.lifter import Lifter
from srcgrad.read.making import is_frozen
from srcgrad.read.objects import (
    attribute,
    called,
    is_stored,
    mangled,
    of_class,
    refuse_alias,
    related,
)
from srcgrad.read.seen import class_of, parts, seen_of
from srcgrad.read.values import Fields, Root, Seen, Slot, Thing, Value, is_kept

_PARTS = ("real", "imag", "flat")
"""The attributes of arrays that are written to: `settle` knows whether it is an array."""


def assign_attribute(at: Lifter, target: Any, value: Value, node: Any) -> None:
    """Lift ``x.name = value``."""
    from srcgrad.read.dispatch import expr

    owner = expr(at, target.value)
    if target.attr in _PARTS and isinstance(owner, Var) and class_of(at, owner) is None:
        at.do(setattr, owner, Const(target.attr), at.atom(value, node), node=node)
        return
    write(at, owner, mangled(at, target.attr), value, node, _text(target.value))


def augmented_attribute(at: Lifter, stmt: Any) -> None:
    """Lift ``x.name += value``."""
    from srcgrad.read.dispatch import expr
    from srcgrad.read.expressions import operator_of

    target = stmt.target
    owner = expr(at, target.value)
    if class_of(at, owner) is None:
        if target.attr in _PARTS[:2] and isinstance(owner, Var):
            part = at.let(ops.attribute(target.attr), owner, node=target)
            fn = ops.INPLACE[type(stmt.op).__name__]
            more = at.atom(expr(at, stmt.value), stmt)
            at.do(ops.augment, Const(fn), part, Const(Ellipsis), more, node=stmt)
            return
        _refuse_unknown(at, owner, _what(target), stmt)
        return
    old: Value = attribute(at, owner, target.attr, target)
    if class_of(at, old) is None:
        old = at.atom(old, target)
    symbol, given = type(stmt.op).__name__, expr(at, stmt.value)
    if isinstance(old, (Var, Const)) and augment_name(at, old, symbol, given, stmt):
        return
    value = operator_of(at, symbol, old, given, stmt, at.kind_of(old) != "number")
    write(at, owner, mangled(at, target.attr), value, stmt, _text(target.value))


def _what(target: Any) -> str:
    return f"cannot write to the attribute {target.attr!r} of {_text(target.value)!r}"


def _text(node: Any) -> str:
    return ast.unparse(ast.fix_missing_locations(gast.gast_to_ast(node)))


def write(
    at: Lifter, owner: Value, name: str, value: Value, node: Any, text: str, forced: bool = False
) -> None:
    """Let an attribute of an object have another value from here on."""
    from srcgrad.read.assignments import read

    cls = class_of(at, owner)
    what = f"cannot write to the attribute {name!r} of {text!r}"
    if cls is None:
        _refuse_unknown(at, owner, what, node)
        return
    raw = of_class(at, cls, name)
    if isinstance(raw, property) and raw.fset is not None:
        called(at, Const(raw.fset), [owner, value], node)
        return
    if not forced and _refused_class(at, cls, name, raw, what, node):
        return
    slot = _place(at, owner, cls, name, what, node)
    if slot is None:
        return
    read(at, value, node)
    if not is_kept(value):
        value = at.atom(value, node)
    if isinstance(value, Const) and at.frame.user and not is_kept(value):
        value = at.let(ops.same, value, node=node)
    if isinstance(value, Var) and value not in at.named:
        at.name(value, name)
    at.state[slot] = value
    at.wrote.append(slot)


def _refuse_unknown(at: Lifter, owner: Value, what: str, node: Any) -> None:
    known = isinstance(owner, Const) and isinstance(owner.value, (ModuleType, type))
    why = "Which object this is, and who else looks at it, is not to be seen in the source."
    if known:
        why = "Everybody would see it: it belongs to a module or a class."
    at.refuse(Aliased, node, what, why, "Keep the value in a variable and return it.")


def _refused_class(at: Lifter, cls: type, name: str, raw: Any, what: str, node: Any) -> bool:
    """Refuse a write that the class does not leave to Python."""
    if is_frozen(cls):
        if hasattr(cls, "_fields"):
            at.fail(AttributeError, "can't set attribute", node)
        else:
            at.fail(dataclasses.FrozenInstanceError, f"cannot assign to field {name!r}", node)
        return True
    why = ""
    if isinstance(class_attribute(cls, "__setattr__"), FunctionType):
        why = f"{cls.__name__} has a '__setattr__', which may do anything."
    elif isinstance(raw, property):
        at.fail(AttributeError, f"property {name!r} of {cls.__name__!r} object has no setter", node)
        return True
    elif raw is not MISSING and hasattr(type(raw), "__set__") and not is_store(raw):
        why = f"It is a {type(raw).__name__}, a descriptor of its own kind."
    if why:
        at.refuse(Unreadable, node, what, why, "Use a plain attribute.")
    return bool(why)


def _place(at: Lifter, owner: Value, cls: type, name: str, what: str, node: Any) -> Slot | None:
    """Return where an attribute that is written is kept; None where the write is refused."""
    why = ""
    fields: Fields | None = None
    if isinstance(owner, Thing):
        fields = owner.fields
        if fields.fixed:
            why = f"This object {fields.fixed}: who else looks at it is not known."
    else:
        seen = seen_of(at, owner)
        fields = None if seen is None else seen.fields
        if fields is None:
            why = "It may be any of several objects."
        elif any(root == fields.root and _leads(s, fields.steps) for root, s in at.known.handed):
            why = "It was handed on before: who else looks at it is not known."
        else:
            at.known.changed.setdefault(name, {})[fields] = cls
            if seen is not None and class_attribute(cls, name) is MISSING:
                if not is_stored(seen, name, False):
                    at.known.absent.setdefault(fields, set()).add(name)
                    parts(at, seen, ("attribute", name))
            for other, kind in at.known.asked.get(name, {}).items():
                if other is not fields and related(kind, cls):
                    refuse_alias(at, name, node)
    if why or fields is None:
        instead = "Make a new object, or keep the value in a variable and return it."
        at.refuse(Aliased, node, what, why, instead)
        return None
    return (fields, name)


def original(at: Lifter, slot: Slot) -> Value:
    """Read an attribute of an object from outside as it was when the function was called."""
    fields, name = slot
    assert isinstance(fields, Fields) and fields.root is not None
    if fields.root.kind == "namespace":
        space = fields.root.container
        at.known.reads[("global", id(space), name)] = ("global", space, name)
        if name not in space:
            return Const(UNDEFINED)
        return at.let(ops.read_global, Const(space), Const(name), node=None, hint=name)
    atom = _from_root(at, fields.root)
    for kind, key in fields.steps:
        if kind == "attribute":
            atom = at.let(ops.attribute(key), atom, node=None)
        else:
            atom = at.let(operator.getitem, atom, Const(key), node=None)
    root, steps = fields.root, fields.steps
    path = (*steps, ("attribute", name))
    at.known.paths[(root.key, path)] = (root, path)
    if name in at.known.absent.get(fields, ()):
        return Const(UNDEFINED)
    return at.let(ops.attribute(name), atom, node=None)


def _from_root(at: Lifter, root: Root) -> Any:
    """Read an object from outside once more."""
    container, name = Const(root.container), Const(root.name)
    match root.kind:
        case "global":
            return at.let(ops.read_global, container, name, node=None, hint=root.name)
        case "cell":
            return at.let(ops.read_cell, container, name, node=None, hint=root.name)
        case "attribute":
            return at.let(ops.attribute(root.name), container, node=None)
    return at.known.roots[root.key]


def escapes(at: Lifter, seen: Seen, node: Any) -> None:
    """Refuse to hand on an object from outside of which attributes were written.

    From here on, none of it is to be written.
    """
    for root, steps in seen.places:
        at.known.handed.setdefault((root, steps))
        for scope, name in at.state:
            if isinstance(scope, Fields) and scope.root is not None:
                if scope.root == root and _leads(steps, scope.steps):
                    _refuse_handing(at, name, node)
                    return


def _leads(steps: Any, others: Any) -> bool:
    """Tell whether one path begins with another; items may be any."""
    return len(steps) <= len(others) and all(
        a == b or "each" in (a[0], b[0]) for a, b in zip(steps, others, strict=False)
    )


def _refuse_handing(at: Lifter, name: str, node: Any) -> None:
    at.refuse(
        Aliased,
        node,
        f"cannot hand on an object whose attribute {name!r} was written",
        "Whoever gets it would see the old attribute: the caller's object is left alone.",
        "Hand on the attributes that are needed, or write to a copy.",
    )

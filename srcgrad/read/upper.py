"""Lift ``super().name``: the next class in line that has it, with the same object."""

from __future__ import annotations

from typing import Any

import gast

from srcgrad.errors import Unreadable
from srcgrad.facts.objects import class_attribute
from srcgrad.program.nodes import UNDEFINED, Const
from srcgrad.read.dispatch import expr
from srcgrad.read.guards import contents
from srcgrad.read.lifter import Lifter
from srcgrad.read.names import find_slot
from srcgrad.read.objects import attribute
from srcgrad.read.seen import class_of
from srcgrad.read.structure import parameters
from srcgrad.read.values import Partial, Scope, Value


def upper_attribute(at: Lifter, node: Any) -> Value | None:
    """Return ``super().name``, or None for any other attribute."""
    inner = node.value
    if not (
        isinstance(inner, gast.Call)
        and isinstance(inner.func, gast.Name)
        and inner.func.id == "super"
        and not inner.keywords
    ):
        return None
    if inner.args:
        start, owner = (expr(at, arg) for arg in inner.args[:2])
        cls = start.value if isinstance(start, Const) else None
    else:
        cls, owner = _method_of(at)
    if isinstance(owner, Const) and isinstance(owner.value, type):
        return _upper_of_class(at, owner, cls, node)
    if not isinstance(cls, type) or class_of(at, owner) is None:
        return at.refuse(
            Unreadable,
            node,
            "cannot read this 'super()'",
            "Which object it stands for is not known here.",
            "Name the class.",
        )
    return attribute(at, owner, node.attr, node, after=cls)


def _upper_of_class(at: Lifter, owner: Const, cls: Any, node: Any) -> Value:
    raw = class_attribute(owner.value, node.attr, cls)
    if isinstance(raw, classmethod):
        return Partial(Const(raw.__func__, node.attr), (owner,))
    return at.refuse(
        Unreadable,
        node,
        "cannot read this 'super()'",
        "It is that of a class method.",
        "Name the class.",
    )


def _method_of(at: Lifter) -> tuple[Any, Value]:
    """Return the class that a method is defined in, and its first argument."""
    scope: Scope = at.frame.scope
    cell = scope.cells.get("__class__")
    node = at.frame.found.node
    names = parameters(node.args)
    slot = find_slot(scope, names[0]) if names else None
    if cell is None or slot is None or slot not in at.state:
        return None, Const(UNDEFINED)
    return contents(cell), at.state[slot]

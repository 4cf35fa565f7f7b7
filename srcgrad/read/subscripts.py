"""Lift indexing: ``x[i]``, ``x[1:, None]``, and items that are known already."""

from __future__ import annotations

import operator
from typing import Any

import gast

from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Atom, Const, Var
from srcgrad.read.dispatch import expr, lifts
from srcgrad.read.dunders import item
from srcgrad.read.expressions import is_plain
from srcgrad.read.lifter import Lifter
from srcgrad.read.seen import class_of, item_of
from srcgrad.read.values import Choice, Mapped, Pack, Value, holds_function


@lifts(gast.Subscript)
def _subscript(at: Lifter, node: Any) -> Value:
    value = expr(at, node.value)
    index = subscript(at, node.slice)
    return getitem(at, value, index, node)


def getitem(at: Lifter, value: Value, index: Value, node: Any) -> Value:
    """Return an item of a value."""
    if isinstance(value, Mapped):
        if isinstance(index, Const) and index.value in value.items:
            return value.items[index.value]
        if holds_function(value) and not isinstance(index, Const):
            return _chosen(at, value, at.atom(index, node), node)
    if class_of(at, value) is not None:
        made = item(at, value, index, node)
        if made is not None:
            return made
    known = item_of(at, value, index, node) if isinstance(value, Var) else None
    if known is not None:
        return known
    items = at.items(value)
    if items is not None and isinstance(index, Const) and type(index.value) is int:
        inside = -len(items) <= index.value < len(items)
        if inside and not at.lists.is_inner(value, items[index.value]):
            return items[index.value]
    sliced = items is not None and not (isinstance(value, Var) and value in at.lists.of)
    if sliced and items and isinstance(index, Const) and isinstance(index.value, slice):
        return Pack(items[index.value], value.cls if isinstance(value, Pack) else tuple)
    if isinstance(value, Var) and value in at.lists.of and at.lists.of[value].factory is not None:
        from srcgrad.read.container_methods import default_item

        made = default_item(at, value, at.atom(index, node), node)
        if made is not None:
            return made
    if isinstance(index, Const) and isinstance(index.value, slice):
        part = index.value
        bounds = (Const(part.start), Const(part.stop), Const(part.step))
        index = at.let(slice, *bounds, node=getattr(node, "slice", node))
    return at.let(operator.getitem, value, index, node=node)


def _chosen(at: Lifter, table: Mapped, key: Atom, node: Any) -> Value:
    """Return one of the functions in a dict, by a key known only at run time."""

    def missing() -> Value:
        error = at.let(KeyError, key, node=node)
        at.do(ops.raise_, error, node=node)
        return Const(UNDEFINED)

    made: Value | None = None
    for name, value in reversed(table.items.items()):
        test = at.let(operator.eq, key, Const(name), node=node)
        if made is None:
            absent = at.let(ops.not_contained, key, Const(tuple(table.items)), node=node)
            at.fork(absent, at.arm(missing), at.arm(lambda: None), node, "if")
            made = value
        else:
            made = Choice(test, value, made)
    assert made is not None
    return made


def subscript(at: Lifter, node: Any) -> Value:
    """Lift what stands between the brackets."""
    if isinstance(node, gast.Slice):
        parts = [
            Const(None) if part is None else expr(at, part)
            for part in (node.lower, node.upper, node.step)
        ]
        if all(isinstance(part, Const) and is_plain(part.value) for part in parts):
            return Const(slice(*(part.value for part in parts if isinstance(part, Const))))
        return at.let(slice, *parts, node=node)
    if isinstance(node, gast.Tuple) and any(isinstance(e, gast.Slice) for e in node.elts):
        parts = [unfolded(at, subscript(at, part), part) for part in node.elts]
        return Pack(tuple(parts))
    return expr(at, node)


def unfolded(at: Lifter, value: Value, node: Any) -> Value:
    """Return a slice of constants as a call, so that its parts are seen by later passes."""
    if isinstance(value, Const) and isinstance(value.value, slice):
        part = value.value
        return at.let(slice, Const(part.start), Const(part.stop), Const(part.step), node=node)
    return value

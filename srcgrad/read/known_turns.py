"""Loops that make functions or objects: their turns are written out where these are known.

fs = [lambda v: v * k for k in range(3)]        the list of three functions
for n in (3, 2): layers.append(Layer(n))        layers.append(Layer(3)); layers.append(Layer(2))
"""

from __future__ import annotations

import operator
from types import FunctionType
from typing import Any

import gast

from srcgrad.errors import NoSource
from srcgrad.program.nodes import Const, Let, Var
from srcgrad.program.walk import among
from srcgrad.read.dispatch import expr
from srcgrad.read.lifter import Lifter
from srcgrad.read.making import makes_objects
from srcgrad.read.source import find
from srcgrad.read.structure import own_nodes
from srcgrad.read.values import Closure, Mapped, Pack, Value, is_kept

MOST = 32
"""Loops of more turns are not written out."""
_WALKS = frozenset({range, zip, enumerate, reversed, list, tuple})


def known_turns(at: Lifter, value: Value) -> Pack | None:
    """Return what a loop runs over item by item, if that is known and not long."""
    items = _items(at, value)
    return Pack(items, list, True) if items is not None and len(items) <= MOST else None


def _items(at: Lifter, value: Value) -> tuple[Value, ...] | None:
    found = at.items(value)
    if found is not None:
        return found
    if isinstance(value, Const) and isinstance(value.value, (range, str, list)):
        return tuple(map(Const, value.value[: MOST + 1]))
    let = _made(at, value)
    if let is not None and let.fn is operator.getitem:
        return _cut(at, let)
    if let is None or let.kwargs or not among(let.fn, _WALKS):
        return None
    if let.fn is range:
        numbers = [atom.value for atom in let.args if isinstance(atom, Const)]
        if len(numbers) < len(let.args) or not all(type(n) is int for n in numbers):
            return None
        return tuple(map(Const, range(*numbers)[: MOST + 1]))
    rows = [_items(at, atom) for atom in let.args]
    known = [row for row in rows if row is not None]
    if len(known) < len(rows):
        return None
    if let.fn is zip:
        return tuple(Pack(row) for row in zip(*known, strict=False))
    if len(known) != 1:
        return None
    if let.fn is enumerate:
        return tuple(Pack((Const(i), item)) for i, item in enumerate(known[0]))
    return known[0][::-1] if let.fn is reversed else known[0]


def _cut(at: Lifter, let: Let) -> tuple[Value, ...] | None:
    """Return the items of ``xs[a:b]``."""
    items, cut = _items(at, let.args[0]), _made(at, let.args[1])
    if items is None or cut is None or cut.fn is not slice:
        return None
    parts = [atom.value for atom in cut.args if isinstance(atom, Const)]
    return items[slice(*parts)] if len(parts) == len(cut.args) else None


def _made(at: Lifter, value: Value) -> Let | None:
    for stmt in reversed(at.out):
        if isinstance(stmt, Let) and stmt.targets == (value,):
            return stmt
    return None


def makes_kept(at: Lifter, node: Any) -> bool:
    """Tell whether an expression makes a function or an object of the user's classes."""
    match node:
        case gast.Lambda():
            return True
        case gast.Tuple() | gast.List():
            return any(makes_kept(at, part) for part in node.elts)
        case gast.Dict():
            return any(makes_kept(at, part) for part in node.values)
        case gast.Call(func=gast.Name() | gast.Attribute(value=gast.Name())):
            kept = at.mark()  # names of the loop itself are not bound yet
            fn = expr(at, node.func) if isinstance(node.func, gast.Name) else _attribute(at, node)
            at.back(kept)
            if isinstance(fn, Const) and isinstance(fn.value, type):
                return makes_objects(fn.value) and not _plain(fn)
            return _returns_function(fn)
    return False


def _returns_function(fn: Value | None) -> bool:
    """Tell whether what a function returns is a function that it has made."""
    node: Any = fn.node if isinstance(fn, Closure) else None
    if isinstance(fn, Const) and isinstance(fn.value, FunctionType):
        try:
            node = find(fn.value).node
        except NoSource:
            return False
    if isinstance(node, gast.Lambda):
        return isinstance(node.body, gast.Lambda)
    if not isinstance(node, gast.FunctionDef):
        return False
    inner = {one.name for one in node.body if isinstance(one, gast.FunctionDef)}
    returned = [one.value for one in own_nodes(node.body) if isinstance(one, gast.Return)]
    return any(
        isinstance(one, gast.Lambda) or (isinstance(one, gast.Name) and one.id in inner)
        for one in returned
    )


def _plain(fn: Const) -> bool:
    """Tell whether objects of a class can be values of the program."""
    return hasattr(fn.value, "_fields") or hasattr(fn.value, "__dataclass_fields__")


def _attribute(at: Lifter, node: Any) -> Value | None:
    whole = expr(at, node.func.value)
    owner = whole.value if isinstance(whole, Const) else None
    found = vars(owner).get(node.func.attr) if hasattr(owner, "__dict__") else None
    return Const(found) if isinstance(found, type) else None


def keeps_made(at: Lifter, body: list[Any]) -> bool:
    """Tell whether a loop puts functions or objects that it makes into a list or dict."""
    functions = {node.name for node in body if isinstance(node, gast.FunctionDef)}
    for node in own_nodes(body):
        kept: list[Any] = []
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute):
            kept = node.args if node.func.attr == "append" else []
        elif isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Subscript):
            kept = [node.value]
        for part in kept:
            if isinstance(part, gast.Name) and part.id in functions:
                return True
            if isinstance(part, gast.Lambda) or _is_class_call(at, part):
                return True
    return False


def _is_class_call(at: Lifter, node: Any) -> bool:
    if not isinstance(node, gast.Call) or not isinstance(node.func, gast.Name):
        return False
    found = at.frame.scope.namespace.get(node.func.id)
    return isinstance(found, type) and makes_objects(found) and not _plain(Const(found))


def append_kept(at: Lifter, receiver: Value, value: Value) -> bool:
    """Add a function or an object to a list that is known item by item; tell whether it was."""
    items = at.items(receiver)
    if items is None or not is_kept(value) or not _is_list(at, receiver):
        return False
    slots = [slot for slot, other in at.state.items() if other is receiver]
    inside = any(
        isinstance(other, (Pack, Mapped)) and _holds(other, receiver)
        for other in at.state.values()
        if other is not receiver
    )
    if not slots or inside:
        return False
    made = Pack((*items, value), list, True)
    for slot in slots:
        at.state[slot] = made
    return True


def _is_list(at: Lifter, receiver: Value) -> bool:
    if isinstance(receiver, Pack):
        return receiver.cls is list
    return isinstance(receiver, Var) and receiver in at.lists.of


def _holds(whole: Pack | Mapped, part: Value) -> bool:
    items = whole.items if isinstance(whole, Pack) else tuple(whole.items.values())
    return any(
        item is part or (isinstance(item, (Pack, Mapped)) and _holds(item, part)) for item in items
    )

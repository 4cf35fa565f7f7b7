"""Lift assignments of every form."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import gast

from srcgrad.errors import Aliased, Unreadable
from srcgrad.facts.effects import is_write
from srcgrad.facts.purity import CHANGES
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, Const, Let, Var
from srcgrad.program.walk import among, statements
from srcgrad.read.binding import Arguments
from srcgrad.read.blocks import Flow, lifts_statement
from srcgrad.read.container_items import augment_entry, augment_name, drop_item, put_item
from srcgrad.read.containers import place_of
from srcgrad.read.dispatch import atom, expr, lifts, unknown
from srcgrad.read.dunders import is_any_object
from srcgrad.read.expressions import closure, operator_of
from srcgrad.read.generators import taken
from srcgrad.read.lifter import Lifter
from srcgrad.read.names import find_slot, function_scope, global_slot
from srcgrad.read.subscripts import getitem, subscript, unfolded
from srcgrad.read.values import Scope, Value, is_kept, is_static
from srcgrad.read.writing import assign_attribute, augmented_attribute


@lifts_statement(gast.Assign)
def _assign(at: Lifter, stmt: Any, flow: Flow) -> None:
    if all(isinstance(target, (gast.Tuple, gast.List)) for target in stmt.targets):
        taken(at, stmt.value)
    value = expr(at, stmt.value)
    for target in stmt.targets:
        assign(at, target, value, stmt)


@lifts_statement(gast.AnnAssign)
def _annotated(at: Lifter, stmt: Any, flow: Flow) -> None:
    if stmt.value is not None:
        assign(at, stmt.target, expr(at, stmt.value), stmt)


@lifts(gast.NamedExpr)
def _walrus(at: Lifter, node: Any) -> Value:
    assign(at, node.target, expr(at, node.value), node)
    return expr(at, gast.Name(node.target.id, gast.Load(), None, None))


def assign(at: Lifter, target: Any, value: Value, node: Any) -> None:
    """Bind the names in a target."""
    match target:
        case gast.Name():
            assign_name(at, target.id, value, node)
        case gast.Tuple() | gast.List():
            unpack(at, target.elts, value, node)
        case gast.Attribute():
            assign_attribute(at, target, value, node)
        case gast.Subscript():
            _store(at, target, value, node)
        case _:
            refuse_write(at, target)


def _store(at: Lifter, target: Any, value: Value, node: Any) -> None:
    """Lift ``x[i] = v``: a write, which `settle` turns into a value."""
    read(at, value, node)
    value = at.atom(value, node)
    whole = atom(at, target.value)
    index = _index(at, target)
    if not put_item(at, whole, index, value, node):
        at.do(operator.setitem, whole, index, value, node=node)


def _index(at: Lifter, target: Any) -> Atom:
    """Lift what stands between the brackets of a target."""
    return at.atom(unfolded(at, subscript(at, target.slice), target), target)


def assign_name(at: Lifter, name: str, value: Value, node: Any, scope: Scope | None = None) -> None:
    """Bind a name; the variable that an expression has just made takes the name over."""
    read(at, value, node)
    owner = scope or function_scope(at.frame.scope)
    slot = (owner, name)
    if name not in owner.local and scope is None:
        outer = find_slot(owner.parent, name)
        slot = outer or global_slot(at, name)
        if outer is None and not _is_global(at, owner, name):
            _refuse_outer(at, name, node)
            return
    at.fresh([value] if isinstance(value, Var) else [], node)
    if not is_kept(value):
        value = at.atom(value, node)
    if isinstance(value, Const) and at.frame.user and not is_kept(value):
        value = at.let(ops.same, value, node=node)
    if isinstance(value, Var) and value not in at.named:
        at.name(value, name)
    at.state[slot] = value
    if slot[0] is not function_scope(at.frame.scope):
        at.wrote.append(slot)


def _is_global(at: Lifter, scope: Scope, name: str) -> bool:
    """Tell whether a name is a variable of the module, which is left alone: see `writing`."""
    inside: Scope | None = scope
    while inside is not None:
        if name in inside.cells:
            return False
        inside = inside.parent
    return not is_static(at.frame.scope.namespace.get(name))


def _refuse_outer(at: Lifter, name: str, node: Any, what: str = "assign to") -> None:
    at.refuse(
        Aliased,
        node,
        f"cannot {what} {name!r}, which is a variable outside the function",
        "Everybody sees it, and a gradient leaves no trace behind.",
        "Return the new value and assign it where the function is called.",
    )


def read(at: Lifter, value: Value, node: Any) -> None:
    """Read a name that may be unbound where its value is only handed on: Python raises there."""
    if isinstance(value, Var) and value in at.maybe:
        at.do(ops.same, value, node=node)


def refuse_write(at: Lifter, target: Any) -> None:
    """Refuse a write to an entry or attribute, unless the fence has done so."""
    if isinstance(target, (gast.Subscript, gast.Attribute)):
        unknown(at, target)


def unpack(at: Lifter, targets: list[Any], value: Value, node: Any) -> None:
    """Bind the targets of ``a, (b, *c) = value``."""
    unpack_with(at, targets, value, node, assign)


def unpack_with(
    at: Lifter,
    targets: list[Any],
    value: Value,
    node: Any,
    assign: Callable[[Lifter, Any, Value, Any], None],
) -> None:
    """Bind several targets by a function that binds one."""
    stars = [i for i, target in enumerate(targets) if isinstance(target, gast.Starred)]
    items = at.items(value)
    if items is not None and not stars and len(items) == len(targets):
        for target, item in zip(targets, items, strict=True):
            assign(at, target, item, node)
        return
    if stars:
        before, after = stars[0], len(targets) - stars[0] - 1
        fn, extra = ops.unpack_star, (Const(before), Const(after))
    else:
        fn, extra = ops.unpack, (Const(len(targets)),)  # type: ignore[assignment]
    plain = [t.value if isinstance(t, gast.Starred) else t for t in targets]
    made = tuple(Var("") for _ in targets)
    at.out.append(Let(made, fn, (at.atom(value, node), *extra), (), at.origin(node)))
    at.lists.taken(made, value)
    for i in stars:
        at.lists.made(made[i]).others.append(None)
    for target, var in zip(plain, made, strict=True):
        assign(at, target, var, node)


@lifts_statement(gast.AugAssign)
def _augmented(at: Lifter, stmt: Any, flow: Flow) -> None:
    if isinstance(stmt.target, gast.Subscript):
        _augmented_item(at, stmt)
        return
    if isinstance(stmt.target, gast.Attribute):
        augmented_attribute(at, stmt)
        return
    if not isinstance(stmt.target, gast.Name):
        refuse_write(at, stmt.target)
        return
    name = gast.Name(stmt.target.id, gast.Load(), None, None)
    old = expr(at, gast.copy_location(name, stmt.target))
    if not is_any_object(at, old):
        old = at.atom(old, stmt.target)
    symbol, given = type(stmt.op).__name__, expr(at, stmt.value)
    if isinstance(old, (Var, Const)) and augment_name(at, old, symbol, given, stmt):
        return
    value = operator_of(at, symbol, old, given, stmt, True)
    assign_name(at, stmt.target.id, value, stmt)


def _augmented_item(at: Lifter, stmt: Any) -> None:
    """Lift ``x[i] += v``; the entry is read before ``v`` is evaluated."""
    target, fn = stmt.target, ops.INPLACE[type(stmt.op).__name__]
    whole = atom(at, target.value)
    index = _index(at, target)
    if place_of(at, whole) is not None:
        old = getitem(at, whole, index, target)
        size, symbol, given = len(at.out), type(stmt.op).__name__, expr(at, stmt.value)
        same = not any(among(getattr(inner, "fn", None), CHANGES) for inner in at.out[size:])
        known = same and isinstance(old, (Var, Const))
        if known and augment_entry(at, old, symbol, given, stmt):  # type: ignore[arg-type]
            return  # a list has grown, and stays where it was
        new = at.let(fn, old, at.atom(given, stmt.value), node=stmt)
        put_item(at, whole, index, new, stmt)
        return
    before = len(at.out)
    value = atom(at, stmt.value)
    if not any(is_write(inner) for inner in statements(Block(tuple(at.out[before:]), ()))):
        at.do(ops.augment, Const(fn), whole, index, value, node=stmt)
        return
    was = Var("")
    at.out.insert(before, Let((was,), operator.getitem, (whole, index), (), at.origin(target)))
    at.do(operator.setitem, whole, index, at.let(fn, was, value, node=stmt), node=stmt)


@lifts_statement(gast.Delete)
def _delete(at: Lifter, stmt: Any, flow: Flow) -> None:
    """``del name``, ``del xs[i]``: a name is unbound, a container has an entry less."""
    for target in stmt.targets:
        for part in target.elts if isinstance(target, (gast.Tuple, gast.List)) else [target]:
            _deleted(at, part)


def _deleted(at: Lifter, part: Any) -> None:
    if isinstance(part, gast.Name):
        if part.id not in function_scope(at.frame.scope).local:
            _refuse_outer(at, part.id, part, "delete")
            return
        name = gast.Name(part.id, gast.Load(), None, None)
        read(at, expr(at, gast.copy_location(name, part)), part)
        at.state.pop((function_scope(at.frame.scope), part.id), None)
    elif not isinstance(part, gast.Subscript):
        refuse_write(at, part)
    elif not drop_item(at, atom(at, part.value), _index(at, part), part):
        at.refuse(
            Unreadable,
            part,
            "cannot delete a part of this",
            "It is not an entry of a list or dict that is made in this function.",
            "Make a new container without it.",
        )


@lifts_statement(gast.FunctionDef)
def _def(at: Lifter, stmt: Any, flow: Flow) -> None:
    from srcgrad.read.calls import call_value

    decorators = [(node, expr(at, node)) for node in stmt.decorator_list]
    made: Value = closure(at, stmt, stmt.name)
    for node, decorator in reversed(decorators):
        made = call_value(at, decorator, Arguments([made]), node)
    assign_name(at, stmt.name, made, stmt)

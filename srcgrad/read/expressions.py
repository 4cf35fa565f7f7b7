"""Lift expressions: operators, displays, indexing, branches inside expressions, f-strings."""

from __future__ import annotations

import operator
from typing import Any

import gast

from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Atom, Const, Var
from srcgrad.read.dispatch import atom, expr, lifts
from srcgrad.read.lifter import Lifter
from srcgrad.read.names import read_attribute, read_name
from srcgrad.read.structure import local_names  # noqa: F401
from srcgrad.read.values import (
    Choice,
    Closure,
    Mapped,
    Pack,
    Value,
    holds_function,
)

PLAIN = (bool, int, float, complex, str, bytes, type(None))
_FOLDED = {
    operator.eq,
    operator.ne,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
    operator.is_,
    operator.is_not,
    operator.not_,
    ops.contained,
    ops.not_contained,
}


def fold(fn: Any, args: list[Value]) -> Const | None:
    """Return the result of a comparison of constants."""
    if fn not in _FOLDED or not all(isinstance(a, Const) for a in args):
        return None
    values = [a.value for a in args if isinstance(a, Const)]
    if any(v is UNDEFINED for v in values):
        return None
    if fn not in (operator.is_, operator.is_not) and not all(map(_is_plain, values)):
        return None
    try:
        return Const(fn(*values))
    except TypeError:
        return None


def _is_plain(value: Any) -> bool:
    if type(value) is tuple:
        return all(map(_is_plain, value))
    return type(value) in PLAIN


@lifts(gast.Constant)
def _constant(at: Lifter, node: Any) -> Value:
    return Const(node.value)


@lifts(gast.Name)
def _name(at: Lifter, node: Any) -> Value:
    return read_name(at, node)


@lifts(gast.Attribute)
def _attribute(at: Lifter, node: Any) -> Value:
    return read_attribute(at, expr(at, node.value), node.attr, node)


@lifts(gast.BinOp)
def _binary(at: Lifter, node: Any) -> Value:
    # A long sum leans to the left: go down by a loop, not by recursion.
    chain = [node]
    while isinstance(chain[-1].left, gast.BinOp):
        chain.append(chain[-1].left)
    value = expr(at, chain[-1].left)
    for part in reversed(chain):
        fn = ops.OPERATORS[type(part.op).__name__]
        value = at.let(fn, at.atom(value, part.left), expr(at, part.right), node=part)
    return value


@lifts(gast.UnaryOp)
def _unary(at: Lifter, node: Any) -> Value:
    fn = ops.OPERATORS[type(node.op).__name__]
    value = expr(at, node.operand)
    if fn is operator.not_ and holds_function(value):
        value = at.atom(value, node) if not isinstance(value, Closure) else Const(True)
    if isinstance(node.op, gast.USub) and isinstance(node.operand, gast.Constant):
        if type(node.operand.value) in (int, float, complex):
            return Const(-node.operand.value)
    return fold(fn, [value]) or at.let(fn, value, node=node)


@lifts(gast.Compare)
def _compare(at: Lifter, node: Any) -> Value:
    return _compared(at, node, expr(at, node.left), 0)


def _compared(at: Lifter, node: Any, left: Value, k: int) -> Value:
    fn = ops.OPERATORS[type(node.ops[k]).__name__]
    right = expr(at, node.comparators[k])
    if fn in (ops.contained, ops.not_contained) and isinstance(right, Pack):
        right = _plain_tuple(right)
    if fn in (ops.contained, ops.not_contained) and isinstance(right, Mapped):
        right = Const(tuple(right.items))
    sides = [_tested(left), _tested(right)]
    value = fold(fn, sides) or at.let(fn, *sides, node=node)
    if k + 1 == len(node.ops):
        return value
    if isinstance(value, Const):
        return _compared(at, node, sides[1], k + 1) if value.value else value
    then = at.arm(lambda: _compared(at, node, sides[1], k + 1))
    return at.fork(value, then, at.arm(lambda: value), node, "and")


def _plain_tuple(pack: Pack) -> Value:
    """Return a tuple of constants as one constant."""
    if pack.cls is tuple and all(isinstance(v, Const) and _is_plain(v.value) for v in pack.items):
        return Const(tuple(v.value for v in pack.items if isinstance(v, Const)))
    return pack


def _tested(value: Value) -> Value:
    """Return what a function made here is compared as: an object of its own."""
    return Const(value) if isinstance(value, Closure) else value


@lifts(gast.BoolOp)
def _bool(at: Lifter, node: Any) -> Value:
    return _bool_from(at, node, 0)


def _bool_from(at: Lifter, node: Any, k: int) -> Value:
    first = expr(at, node.values[k])
    if k + 1 == len(node.values):
        return first
    goes_on_if = isinstance(node.op, gast.And)
    known = truth(at, first)
    if known is not None:
        return _bool_from(at, node, k + 1) if known is goes_on_if else first
    test = at.atom(first, node.values[k])
    rest, stay = at.arm(lambda: _bool_from(at, node, k + 1)), at.arm(lambda: test)
    arms = (rest, stay) if goes_on_if else (stay, rest)
    return at.fork(test, *arms, node, "and" if goes_on_if else "or")


def truth(at: Lifter, value: Value) -> bool | None:
    """Return the truth of a value where it is known."""
    match value:
        case Const():
            return bool(value.value) if _is_plain(value.value) or callable(value.value) else None
        case Pack() | Mapped():
            return bool(value.items)
        case Var():
            return None
        case Choice():
            return True
    return True


@lifts(gast.IfExp)
def _ternary(at: Lifter, node: Any) -> Value:
    value = expr(at, node.test)
    known = truth(at, value)
    if known is not None:
        return expr(at, node.body if known else node.orelse)
    test = at.atom(value, node.test)
    then, orelse = at.arm(lambda: expr(at, node.body)), at.arm(lambda: expr(at, node.orelse))
    return at.fork(test, then, orelse, node, "ternary")


@lifts(gast.Tuple, gast.List)
def _sequence(at: Lifter, node: Any) -> Value:
    cls = tuple if isinstance(node, gast.Tuple) else list
    values = starred(at, node.elts)
    if values is None:
        whole = _joined(at, node.elts, node)
        return whole if cls is list else at.let(tuple, whole, node=node)
    pack = Pack(tuple(values), cls)
    if cls is tuple or holds_function(pack):
        return pack
    var = at.let(ops.make_list, *values, node=node)
    at.lists.made(var)
    at.tuples[var] = tuple(values)
    return var


def starred(at: Lifter, nodes: list[Any]) -> list[Value] | None:
    """Lift the elements of a display; None where a star stands for unknown many.

    The values of elements before such a star are lifted again by `_joined`: only what has no
    statements is lifted twice, so the whole is tried on a copy.
    """
    if not any(isinstance(node, gast.Starred) for node in nodes):
        return [expr(at, node) for node in nodes]
    size, state = len(at.out), dict(at.state)
    values: list[Value] = []
    for node in nodes:
        if not isinstance(node, gast.Starred):
            values.append(expr(at, node))
            continue
        items = at.items(expr(at, node.value))
        if items is None:
            del at.out[size:]
            at.state = state
            return None
        values += items
    return values


def _joined(at: Lifter, nodes: list[Any], node: Any) -> Var:
    """Lift a display with stars as a sum of lists."""
    total: Value | None = None
    run: list[Value] = []
    for element in nodes:
        if not isinstance(element, gast.Starred):
            run.append(expr(at, element))
            continue
        part = at.let(list, expr(at, element.value), node=element)
        total = _plus(at, total, run, node)
        total = part if total is None else at.let(operator.add, total, part, node=node)
        run = []
    total = _plus(at, total, run, node)
    assert isinstance(total, Var)
    at.lists.made(total)
    return total


def _plus(at: Lifter, total: Value | None, run: list[Value], node: Any) -> Value | None:
    if not run:
        return total
    part = at.let(ops.make_list, *run, node=node)
    return part if total is None else at.let(operator.add, total, part, node=node)


@lifts(gast.Set)
def _set(at: Lifter, node: Any) -> Value:
    values = starred(at, node.elts)
    if values is None:
        return at.let(set, _joined(at, node.elts, node), node=node)
    return at.let(ops.make_set, *values, node=node)


@lifts(gast.Dict)
def _dict(at: Lifter, node: Any) -> Value:
    total: Value | None = None
    pairs: list[Value] = []
    plain: dict[str, Value] | None = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None:
            k = expr(at, key)
            v = expr(at, value)
            pairs += [k, v]
            known = isinstance(k, Const) and isinstance(k.value, str)
            if plain is not None and known and isinstance(k, Const):
                plain[k.value] = v
            else:
                plain = None
            continue
        inner = expr(at, value)
        if isinstance(inner, Mapped):
            pairs += [part for k, v in inner.items.items() for part in (Const(k), v)]
            plain = None if plain is None else {**plain, **inner.items}
            continue
        plain = None
        total = _merged(at, total, pairs, node)
        total = at.let(dict, inner, node=node) if total is None else _or(at, total, inner, node)
        pairs = []
    if plain is not None and holds_function(Mapped(plain)):
        return Mapped(plain)
    if total is None:
        var = at.let(ops.make_dict, *pairs, node=node)
        if plain is not None:
            at.tables[var] = Mapped(plain)
        return var
    return _merged(at, total, pairs, node) or total


def _merged(at: Lifter, total: Value | None, pairs: list[Value], node: Any) -> Value | None:
    if not pairs:
        return total
    part = at.let(ops.make_dict, *pairs, node=node)
    return part if total is None else _or(at, total, part, node)


def _or(at: Lifter, total: Value, part: Value, node: Any) -> Var:
    return at.let(operator.or_, total, part, node=node)


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
    items = at.items(value)
    if items is not None and isinstance(index, Const) and type(index.value) is int:
        if -len(items) <= index.value < len(items):
            return items[index.value]
    sliced = items is not None and not (isinstance(value, Var) and value in at.lists.of)
    if sliced and items and isinstance(index, Const) and isinstance(index.value, slice):
        return Pack(items[index.value], value.cls if isinstance(value, Pack) else tuple)
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
        if all(isinstance(part, Const) and _is_plain(part.value) for part in parts):
            return Const(slice(*(part.value for part in parts if isinstance(part, Const))))
        return at.let(slice, *parts, node=node)
    if isinstance(node, gast.Tuple) and any(isinstance(e, gast.Slice) for e in node.elts):
        parts = [_unfolded(at, subscript(at, part), part) for part in node.elts]
        return Pack(tuple(parts))
    return expr(at, node)


def _unfolded(at: Lifter, value: Value, node: Any) -> Value:
    if isinstance(value, Const) and isinstance(value.value, slice):
        part = value.value
        return at.let(slice, Const(part.start), Const(part.stop), Const(part.step), node=node)
    return value


@lifts(gast.JoinedStr)
def _fstring(at: Lifter, node: Any) -> Value:
    parts = [expr(at, part) for part in node.values]
    if all(isinstance(part, Const) for part in parts):
        return Const("".join(part.value for part in parts if isinstance(part, Const)))
    return at.let(ops.fstring, *parts, node=node)


@lifts(gast.FormattedValue)
def _formatted(at: Lifter, node: Any) -> Value:
    value = atom(at, node.value)
    conversion = "" if node.conversion == -1 else chr(node.conversion)
    spec = Const("") if node.format_spec is None else expr(at, node.format_spec)
    return at.let(ops.formatted, value, Const(conversion), spec, node=node)


@lifts(gast.Lambda)
def _lambda(at: Lifter, node: Any) -> Value:
    return closure(at, node, "<lambda>")


def closure(at: Lifter, node: Any, name: str) -> Closure:
    """Return a function that is made here; its defaults are evaluated now."""
    defaults = tuple(expr(at, default) for default in node.args.defaults)
    keyword_only = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    kwdefaults = {arg.id: expr(at, default) for arg, default in keyword_only if default is not None}
    scope: Any = at.frame.scope
    while scope is not None:
        scope.captured = True
        scope = scope.parent
    frame = at.frame
    return Closure(
        name, node, frame.scope, frame.found, frame.stmt, defaults, kwdefaults, frame.user
    )

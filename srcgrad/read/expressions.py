"""Lift expressions: names, operators, branches inside expressions, f-strings, lambdas."""

from __future__ import annotations

import operator
from typing import Any

import gast

from srcgrad.facts.objects import MISSING, class_attribute
from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Const, Var
from srcgrad.read.dispatch import atom, expr, lifts
from srcgrad.read.dunders import binary, compare, is_any_object, is_true, unary
from srcgrad.read.lifter import Lifter
from srcgrad.read.names import read_attribute, read_name
from srcgrad.read.seen import class_of
from srcgrad.read.values import Choice, Closure, Mapped, Pack, Value, holds_function

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
    if fn not in (operator.is_, operator.is_not) and not all(map(is_plain, values)):
        return None
    try:
        return Const(fn(*values))
    except TypeError:
        return None


def is_plain(value: Any) -> bool:
    """Tell whether a value is a number, a text, None, or a tuple of those."""
    if type(value) is tuple:
        return all(map(is_plain, value))
    return type(value) in PLAIN


@lifts(gast.Constant)
def _constant(at: Lifter, node: Any) -> Value:
    return Const(node.value)


@lifts(gast.Name)
def _name(at: Lifter, node: Any) -> Value:
    return read_name(at, node)


@lifts(gast.Attribute)
def _attribute(at: Lifter, node: Any) -> Value:
    from srcgrad.read.upper import upper_attribute

    upper = upper_attribute(at, node)
    if upper is not None:
        return upper
    return read_attribute(at, expr(at, node.value), node.attr, node)


@lifts(gast.BinOp)
def _binary(at: Lifter, node: Any) -> Value:
    # A long sum leans to the left: go down by a loop, not by recursion.
    chain = [node]
    while isinstance(chain[-1].left, gast.BinOp):
        chain.append(chain[-1].left)
    value = expr(at, chain[-1].left)
    for part in reversed(chain):
        if not is_any_object(at, value):
            value = at.atom(value, part.left)
        right = expr(at, part.right)
        value = operator_of(at, type(part.op).__name__, value, right, part)
    return value


def operator_of(
    at: Lifter, op: str, left: Value, right: Value, node: Any, inplace: bool = False
) -> Value:
    """Lift an operator of two values."""
    if is_any_object(at, left, right):
        return binary(at, op, left, right, node, inplace)
    return at.let((ops.INPLACE if inplace else ops.OPERATORS)[op], left, right, node=node)


@lifts(gast.UnaryOp)
def _unary(at: Lifter, node: Any) -> Value:
    fn = ops.OPERATORS[type(node.op).__name__]
    value = expr(at, node.operand)
    if is_any_object(at, value):
        if fn is not operator.not_:
            return unary(at, type(node.op).__name__, value, node)
        truth_of = is_true(at, value, node)
        if truth_of is None:
            return Const(False)
        value = truth_of
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
    special = None
    if is_any_object(at, left, right):
        special = compare(at, type(node.ops[k]).__name__, left, right, node)
    value = special or fold(fn, sides) or at.let(fn, *sides, node=node)
    if k + 1 == len(node.ops):
        return value
    if isinstance(value, Const):
        return _compared(at, node, sides[1], k + 1) if value.value else value
    then = at.arm(lambda: _compared(at, node, sides[1], k + 1))
    test = at.atom(value, node)
    return at.fork(test, then, at.arm(lambda: test), node, "and")


def _plain_tuple(pack: Pack) -> Value:
    """Return a tuple of constants as one constant."""
    if pack.cls is tuple and all(isinstance(v, Const) and is_plain(v.value) for v in pack.items):
        return Const(tuple(v.value for v in pack.items if isinstance(v, Const)))
    return pack


def _tested(value: Value) -> Value:
    """Return what a function made here is compared as: an object of its own."""
    return Const(value) if isinstance(value, Closure) else value


@lifts(gast.BoolOp)
def _bool(at: Lifter, node: Any) -> Value:
    return _bool_from(at, node, 0)


def tested(at: Lifter, node: Any) -> Value:
    """Lift an expression of which the truth alone is asked.

    ``stack and x`` is then no other name of the list.
    """
    return _bool_from(at, node, 0, True) if isinstance(node, gast.BoolOp) else expr(at, node)


def _bool_from(at: Lifter, node: Any, k: int, asked: bool = False) -> Value:
    first = tested(at, node.values[k]) if asked else expr(at, node.values[k])
    if k + 1 == len(node.values):
        return first
    goes_on_if = isinstance(node.op, gast.And)
    known = truth(at, first)
    if known is not None:
        return _bool_from(at, node, k + 1, asked) if known is goes_on_if else first
    test = at.atom(first, node.values[k])
    end = Const(not goes_on_if) if asked and test in at.lists.of else test
    rest, stay = at.arm(lambda: _bool_from(at, node, k + 1, asked)), at.arm(lambda: end)
    arms = (rest, stay) if goes_on_if else (stay, rest)
    return at.fork(test, *arms, node, "and" if goes_on_if else "or")


def truth(at: Lifter, value: Value) -> bool | None:
    """Return the truth of a value where it is known."""
    cls = class_of(at, value)
    if cls is not None:
        plain = all(class_attribute(cls, n) is MISSING for n in ("__bool__", "__len__"))
        return True if plain else None
    match value:
        case Const():
            return bool(value.value) if is_plain(value.value) or callable(value.value) else None
        case Pack() | Mapped():
            return bool(value.items)
        case Var():
            return None
        case Choice():
            return True
    return True


@lifts(gast.IfExp)
def _ternary(at: Lifter, node: Any) -> Value:
    value = tested(at, node.test)
    known = truth(at, value)
    if known is not None:
        return expr(at, node.body if known else node.orelse)
    test = at.atom(value, node.test)
    then, orelse = at.arm(lambda: expr(at, node.body)), at.arm(lambda: expr(at, node.orelse))
    return at.fork(test, then, orelse, node, "ternary")


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

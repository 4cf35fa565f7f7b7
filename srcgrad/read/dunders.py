"""Operators on objects of the user's classes: the methods that Python would call for them.

p + q      ->      Point.__add__(p, q), and Point.__radd__(q, p) if that is not there
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.errors import Unreadable
from srcgrad.facts.objects import class_attribute
from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Const
from srcgrad.read.lifter import Lifter
from srcgrad.read.objects import called, method
from srcgrad.read.seen import class_of
from srcgrad.read.values import Thing, Value, is_function

Tries = list[tuple[Value, str, Value | None]]

_BINARY = {
    "Add": "add",
    "Sub": "sub",
    "Mult": "mul",
    "Div": "truediv",
    "FloorDiv": "floordiv",
    "Mod": "mod",
    "Pow": "pow",
    "MatMult": "matmul",
    "LShift": "lshift",
    "RShift": "rshift",
    "BitAnd": "and",
    "BitOr": "or",
    "BitXor": "xor",
}
_UNARY = {"USub": "neg", "UAdd": "pos", "Invert": "invert"}
_COMPARES = {
    "Lt": ("__lt__", "__gt__"),
    "LtE": ("__le__", "__ge__"),
    "Gt": ("__gt__", "__lt__"),
    "GtE": ("__ge__", "__le__"),
    "Eq": ("__eq__", "__eq__"),
    "NotEq": ("__ne__", "__ne__"),
}
_CALLS = {len: "__len__", abs: "__abs__", float: "__float__", bool: "__bool__", round: "__round__"}


def is_any_object(at: Lifter, *values: Value) -> bool:
    """Tell whether one of some values is an object whose class is known."""
    return any(class_of(at, value) is not None for value in values)


def binary(at: Lifter, op: str, left: Value, right: Value, node: Any, inplace: bool) -> Value:
    """Lift an operator of two values of which one is an object."""
    one, other = class_of(at, left), class_of(at, right)
    if _as_tuple(at, left, right):
        return at.let(ops.OPERATORS[op], left, right, node=node)
    name = _BINARY[op]
    tries: Tries = [(left, f"__{name}__", right), (right, f"__r{name}__", left)]
    if one is not None and other is not None and one is not other and issubclass(other, one):
        tries.reverse()
    if one is other:
        tries = tries[:1]
    if inplace and one is not None:
        tries.insert(0, (left, f"__i{name}__", right))
    return _first(at, tries, node, left, right)


def _as_tuple(at: Lifter, left: Value, right: Value) -> bool:
    """Tell whether operands are namedtuples that have no operators of their own."""
    classes = [cls for cls in (class_of(at, left), class_of(at, right)) if cls is not None]
    names = [f"__{side}{op}__" for op in _BINARY.values() for side in ("", "r")]
    return all(
        hasattr(cls, "_fields")
        and all(class_attribute(cls, n) is class_attribute(tuple, n) for n in names)
        for cls in classes
    )


def compare(at: Lifter, op: str, left: Value, right: Value, node: Any) -> Value | None:
    """Lift a comparison with an object; None for those that need no method."""
    if op in ("Is", "IsNot"):
        return _identity(at, left, right, op == "Is")
    if op in ("In", "NotIn"):
        made = method(at, right, "__contains__", node)
        if made is None:
            return None
        found = called(at, made, [left], node)
        return found if op == "In" else at.let(ops.OPERATORS["Not"], found, node=node)
    if op not in _COMPARES:
        return None
    there, back = _COMPARES[op]
    tries: Tries = [(left, there, right), (right, back, left)]
    if not any(_has(at, value, name) for value, name, _ in tries) and op in ("Eq", "NotEq"):
        return _plain_equality(at, left, right, op == "Eq", node)
    return _first(at, tries, node, left, right)


def _has(at: Lifter, value: Value, name: str) -> bool:
    return class_of(at, value) is not None and method(at, value, name, None) is not None


def _plain_equality(at: Lifter, left: Value, right: Value, equal: bool, node: Any) -> Value | None:
    """Compare objects of classes that say nothing about equality: as Python, by identity."""
    classes = [cls for cls in (class_of(at, left), class_of(at, right)) if cls is not None]
    if all(class_attribute(cls, "__eq__") is object.__eq__ for cls in classes):
        return _identity(at, left, right, equal)
    return None


def _identity(at: Lifter, left: Value, right: Value, same: bool) -> Value | None:
    """Decide ``is`` where an object was made here, or is compared with None."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Thing):
            if isinstance(other, Thing):
                if one.fields.fixed or other.fields.fixed:
                    return None
                return Const((one.fields is other.fields) is same)
            if isinstance(other, Const) or class_of(at, other) is not None:
                return Const(not same)
        elif class_of(at, one) is not None:
            if isinstance(other, Const) and other.value is None:
                return Const(not same)
    return None


def unary(at: Lifter, op: str, value: Value, node: Any) -> Value:
    """Lift ``-p`` of an object."""
    return _first(at, [(value, f"__{_UNARY[op]}__", None)], node, value, None)


def item(at: Lifter, value: Value, index: Value, node: Any) -> Value | None:
    """Lift ``p[i]`` of an object that has a method for it."""
    made = method(at, value, "__getitem__", node)
    return None if made is None else called(at, made, [index], node)


def builtin(at: Lifter, function: Any, args: list[Value], node: Any) -> Value | None:
    """Lift ``len(p)``, ``abs(p)`` and the like."""
    name = _CALLS.get(function)
    if name is None or not args:
        return None
    made = method(at, args[0], name, node)
    return None if made is None else called(at, made, args[1:], node)


def is_true(at: Lifter, value: Value, node: Any) -> Value | None:
    """Return what the truth of an object is decided by; None where it is a plain true object."""
    for name in ("__bool__", "__len__"):
        made = method(at, value, name, node)
        if made is not None:
            return called(at, made, [], node)
    return None


def _first(
    at: Lifter,
    tries: Tries,
    node: Any,
    left: Value,
    right: Value | None,
) -> Value:
    """Call the first method that does not say NotImplemented."""
    for i, (value, name, other) in enumerate(tries):
        if class_of(at, value) is None:
            if i == 0 and not _defers(at, value, tries[-1][0]):
                return _refuse_left(at, value, tries[-1][0], node)
            continue
        made = method(at, value, name, node)
        if made is None:
            continue
        found = called(at, made, [] if other is None else [other], node)
        if isinstance(found, Const) and found.value is NotImplemented:
            continue
        return found
    names = [getattr(class_of(at, v), "__name__", "") for v in (left, right) if v is not None]
    kinds = " and ".join(repr(name) for name in names if name)
    return at.fail(TypeError, f"unsupported operand type(s): {kinds}", node)


def _defers(at: Lifter, value: Value, other: Value) -> bool:
    """Tell whether Python asks the object on the right, which NumPy's arrays do not always do."""
    if is_function(value):
        return True
    if isinstance(value, Const) and not isinstance(value.value, (np.ndarray, np.generic)):
        return value.value is not UNDEFINED
    if at.kind_of(value) == "number":  # a number of NumPy asks, too
        return True
    cls = class_of(at, other)
    return cls is not None and class_attribute(cls, "__array_ufunc__") is None


def _refuse_left(at: Lifter, value: Value, other: Value, node: Any) -> Value:
    cls = class_of(at, other)
    name = getattr(cls, "__name__", "object")
    return at.refuse(
        Unreadable,
        node,
        f"cannot read this operator of a value and a {name}",
        "If the value on the left is an array, NumPy takes the object apart for every element.",
        f"Put the {name} on the left, or set __array_ufunc__ = None in its class.",
    )

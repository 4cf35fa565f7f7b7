"""Calls whose arguments are known item by item: answered while the function is read."""

from __future__ import annotations

import functools
import operator
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad.facts.purity import mutates
from srcgrad.program import ops
from srcgrad.program.nodes import Const, Var
from srcgrad.read.lifter import Lifter
from srcgrad.read.values import (
    Bound,
    Closure,
    Mapped,
    Pack,
    Partial,
    Value,
    holds_function,
    is_function,
)
from srcgrad.rules.functionals import over_elements
from srcgrad.runtime.checkpoints import checkpoint


def as_it_is(function: Any) -> Any:
    """Return a function: the decorator that changes nothing of what is computed."""
    return function


def static_call(
    at: Lifter,
    fn: Const,
    args: list[Value],
    kwargs: dict[str, Value],
) -> Value | None:
    """Return the result of a builtin on known arguments, or None if it has to be called."""
    function = fn.value
    if function is functools.partial and args and is_function(args[0]):
        return Partial(args[0], tuple(args[1:]), kwargs)
    if function is checkpoint and len(args) == 1 and isinstance(args[0], Closure) and not kwargs:
        return replace(args[0], again=True)
    if function is functools.wraps and args and is_function(args[0]):
        return Const(as_it_is)  # it copies names and texts alone
    if function is as_it_is and len(args) == 1:
        return args[0]
    if function is np.vectorize and len(args) == 1 and not kwargs and is_function(args[0]):
        return Partial(Const(over_elements), (args[0],), {})
    if getattr(function, "__srcgrad_makes_functions__", False):
        return _made(function, args, kwargs)
    if kwargs and function is not enumerate:
        return None
    if function is getattr and len(args) == 2 and isinstance(args[1], Const):
        name = args[1].value  # methods that write are known by name
        if type(name) is str and not isinstance(args[0], Const) and mutates(ops.method(name)):
            return Bound(args[0], name)
    if function is divmod and len(args) == 2:
        one, other = at.atom(args[0], None), at.atom(args[1], None)
        whole = at.let(operator.floordiv, one, other, node=None)
        return Pack((whole, at.let(operator.mod, one, other, node=None)))
    if function is callable and len(args) == 1:
        if is_function(args[0]):
            return Const(True)
        if isinstance(args[0], Const) and isinstance(args[0].value, (int, float, str)):
            return Const(False)
    if function is isinstance and len(args) == 2:
        return _isinstance(args[0], args[1])
    if not args or not isinstance(args[0], (Pack, Mapped)):
        if function is len and len(args) == 1:
            items = at.items(args[0]) if isinstance(args[0], Var) else None
            return None if items is None else Const(len(items))
        return None
    if function is len and len(args) == 1:
        items = at.items(args[0])
        return None if items is None else Const(len(items))
    return _on_packs(at, function, args, kwargs)


def _made(function: Any, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    """Call a function that makes functions of functions, as `srcgrad.grad`, now."""
    values = [_constant(value) for value in (*args, *kwargs.values())]
    if any(value is None for value in values) or not args:
        return None
    known = [value.value for value in values if value is not None]
    if not callable(known[0]):
        return None
    return Const(
        function(*known[: len(args)], **dict(zip(kwargs, known[len(args) :], strict=True)))
    )


def _constant(value: Value) -> Const | None:
    """Return a value that is known as a constant; a tuple of constants is one."""
    if not isinstance(value, Pack):
        return value if isinstance(value, Const) else None
    items = [_constant(item) for item in value.items]
    known = [item.value for item in items if item is not None]
    return Const(value.cls(known)) if len(known) == len(items) else None


def _on_packs(
    at: Lifter, function: Any, args: list[Value], kwargs: dict[str, Value]
) -> Value | None:
    """Return what a builtin makes of sequences whose items are known."""
    first = args[0]
    items = at.items(first)
    if items is None or not (isinstance(first, Mapped) or first.unrolled or holds_function(first)):  # type: ignore[union-attr]
        return None
    if function in (tuple, list) and len(args) == 1:
        return Pack(items, function, True)
    if function is reversed and len(args) == 1:
        return Pack(items[::-1], list, True)
    if function is enumerate and not kwargs and len(args) == 1:
        pairs = [Pack((Const(i), item)) for i, item in enumerate(items)]
        return Pack(tuple(pairs), list, True)
    if function is zip and not kwargs:
        rows = [at.items(arg) for arg in args]
        known = [row for row in rows if row is not None]
        if len(known) == len(rows):
            return Pack(tuple(Pack(row) for row in zip(*known, strict=False)), list, True)
    return None


def _isinstance(value: Value, classes: Value) -> Value | None:
    if not isinstance(classes, Const):
        return None
    kinds = classes.value if isinstance(classes.value, tuple) else (classes.value,)
    if not all(isinstance(kind, type) for kind in kinds):
        return None
    if isinstance(value, Pack):
        return Const(issubclass(value.cls, kinds))
    if isinstance(value, Mapped):
        return Const(issubclass(dict, kinds))
    return None


def static_method(
    at: Lifter, fn: Bound, args: list[Value], kwargs: dict[str, Value], node: Any
) -> Value | None:
    """Return the result of a method of ``**kwargs``, or None if it has to be called."""
    table = fn.receiver
    if not isinstance(table, Mapped) or kwargs:
        return None
    if fn.name == "get" and args and isinstance(args[0], Const):
        default = args[1] if len(args) > 1 else Const(None)
        return table.items.get(args[0].value, default)
    if args:
        return None
    keys = tuple(map(Const, table.items))
    values = tuple(table.items.values())
    if fn.name == "keys":
        return Pack(keys, list, True)
    if fn.name == "values":
        return Pack(values, list, True)
    if fn.name == "items":
        pairs = [Pack(pair) for pair in zip(keys, values, strict=True)]
        return Pack(tuple(pairs), list, True)
    return None

"""Constants as expressions: literals where they are exact, otherwise a name for the object."""

from __future__ import annotations

import ast
import builtins
import math
import re
from types import ModuleType
from typing import Any

import numpy as np

from srcgrad.program.nodes import Const
from srcgrad.write.inject import Injected

_NUMBER = re.compile(r"[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|\.[0-9]+([eE][-+]?[0-9]+)?")
_FLOATS = (np.float16, np.float32, np.float64)
_INTS = (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)


def name(text: str) -> ast.Name:
    """Return a name that is read."""
    return ast.Name(id=text, ctx=ast.Load())


def dotted(path: tuple[str, ...]) -> ast.expr:
    """Return ``a.b.c``."""
    tree: ast.expr = name(path[0])
    for part in path[1:]:
        tree = ast.Attribute(value=tree, attr=part, ctx=ast.Load())
    return tree


def constant(const: Const, injected: Injected) -> ast.expr:
    """Return the expression for a constant."""
    if const.spelled is not None:
        tree = _spelled(const.spelled, const.value, injected)
        if tree is not None:
            return tree
    return value_tree(const.value, injected)


def value_tree(value: Any, injected: Injected) -> ast.expr:
    """Return the expression for a Python object, exact to the last bit."""
    kind = type(value)
    if kind in (bool, str, bytes, type(None), type(...)):
        return ast.Constant(value=value)
    if kind is int and abs(value) < 10**300 or kind is float:
        return number(value, injected)
    if kind is complex:
        return _complex(value, injected)
    if kind in _FLOATS or kind in _INTS:
        return _call(value_or_path(kind, injected), [number(value.item(), injected)])
    if kind is np.bool_:
        return _call(dotted((injected.name(np, "np"), "bool_")), [ast.Constant(value=bool(value))])
    if kind is tuple:
        return ast.Tuple(elts=[value_tree(item, injected) for item in value], ctx=ast.Load())
    if kind is slice:
        parts = [value.start, value.stop, value.step]
        return _call(
            name(injected.name(builtins.slice)), [value_tree(part, injected) for part in parts]
        )
    return value_or_path(value, injected)


def value_or_path(value: Any, injected: Injected) -> ast.expr:
    """Return ``np.tanh`` or the name under which the object is passed."""
    path = injected.path(value)
    return dotted(path) if path is not None else name(injected.name(value))


def number(value: int | float, injected: Injected) -> ast.expr:
    """Return a Python number; a negative one is a sign before a positive one."""
    if isinstance(value, float) and not math.isfinite(value):
        word = "nan" if math.isnan(value) else "inf"
        tree: ast.expr = dotted((injected.name(np, "np"), word))
        negative = math.copysign(1.0, value) < 0 and word == "inf"
        return ast.UnaryOp(op=ast.USub(), operand=tree) if negative else tree
    if math.copysign(1.0, value) < 0 if isinstance(value, float) else value < 0:
        return ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=-value))
    return ast.Constant(value=value)


def _complex(value: complex, injected: Injected) -> ast.expr:
    if str(value.real) == "0.0" and str(value.imag)[0] not in "-ni":
        return ast.Constant(value=value)
    function = name(injected.name(builtins.complex))
    return _call(function, [number(value.real, injected), number(value.imag, injected)])


def _call(function: ast.expr, args: list[ast.expr]) -> ast.expr:
    return ast.Call(func=function, args=args, keywords=[])


def _spelled(text: str, value: Any, injected: Injected) -> ast.expr | None:
    """Return the user's own text for a constant, if it certainly means this value."""
    if type(value) in (int, float) and _NUMBER.fullmatch(text):
        same = ast.literal_eval(text)
        if type(same) is type(value) and same == value:
            return name(text)
        return None
    parts = text.split(".")
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):
        return None
    root = {"np": np, "numpy": np, "math": math}.get(parts[0])
    if root is None and injected.namespace is not None:
        root = injected.namespace.get(parts[0])
    found: Any = root
    for part in parts[1:]:
        if not isinstance(found, ModuleType):
            return None
        found = vars(found).get(part)
    if found is not value or root is None:
        return None
    return dotted((injected.name(root, parts[0] if root is not np else "np"), *parts[1:]))

"""Calls that change their arguments in place: refused, since other names may look at them."""

from __future__ import annotations

import inspect
import operator
from typing import Any

import numpy as np

from srcgrad.errors import Aliased
from srcgrad.program.nodes import Const
from srcgrad.read.binding import Arguments
from srcgrad.read.lifter import Lifter

_METHODS = {
    "append": "make a new list: [*xs, value]",
    "extend": "make a new list: [*xs, *more]",
    "insert": "make a new list from slices of the old one",
    "pop": "index the list, and slice it for what is left",
    "remove": "write a list comprehension with a condition",
    "clear": "assign an empty container to the name",
    "reverse": "use xs[::-1]",
    "update": "make a new dict: {**d, **more}",
    "setdefault": "use d.get(key, default)",
    "popitem": "index the dict",
    "itemset": "use np.where",
    "resize": "use np.resize(x, shape)",
    "setflags": "leave it out",
    "setfield": "use np.where",
    "shuffle": "use permutation, which returns a new array",
    "__setitem__": "use np.where",
    "__delitem__": "make a new container",
    "__setattr__": "use dataclasses.replace",
    **{
        f"__i{name}__": "write the operator"
        for name in "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split()
    },
}
_FUNCTIONS = {operator.setitem, operator.delitem}


def refused_method(at: Lifter, name: str, given: Arguments, node: Any) -> bool:
    """Refuse a call of a method that changes its object; tell whether it is one."""
    if name not in _METHODS:
        return False
    _refuse(at, f"cannot call {name!r}, which changes its object in place", _METHODS[name], node)
    return True


def refused_call(at: Lifter, function: Any, given: Arguments, node: Any) -> bool:
    """Refuse a call of a function that changes its argument; tell whether it is one."""
    name = getattr(function, "__name__", "this function")
    changes = name == "shuffle" and type(function).__name__ != "function"
    changes |= getattr(function, "__module__", None) == "random" and name == "shuffle"
    changes |= isinstance(function, type(list.append)) and name in _METHODS
    try:
        changes |= function in _FUNCTIONS
    except TypeError:
        return False
    if function is np.nan_to_num and not _copies(given):
        _refuse(at, f"cannot call {name!r}, which may write into its argument", "let it copy", node)
        return True
    if function is iter or function is next:
        _refuse(at, f"cannot call {name!r}: an iterator changes when it is used", "a loop", node)
        return True
    if _is_told_to_write(function, given):
        _refuse(at, f"cannot call {name!r}, which writes into what it is given",
                "use what it returns, without output= or overwrite", node)  # fmt: skip
        return True
    if not changes:
        return False
    _refuse(at, f"cannot call {name!r}, which changes its argument in place", "np.where", node)
    return True


def _is_told_to_write(function: Any, given: Arguments) -> bool:
    """Tell whether a function of SciPy is given an array for its result, or may use its arguments.

    ``output`` may be a dtype; of functions that NumPy has, ``out`` is followed as a write.
    """
    if not (getattr(function, "__module__", None) or "").startswith("scipy."):
        return False
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return False
    placed = dict(zip(names, given.args, strict=False))
    for name, value in {**placed, **given.kwargs}.items():
        constant = isinstance(value, Const)
        plain = constant and isinstance(value.value, (type, str, np.dtype, type(None)))  # type: ignore[union-attr]
        if name in ("output", "out") and not plain:
            return True
        if name.startswith("overwrite") and not (constant and not value.value):  # type: ignore[union-attr]
            return True
    return False


def _copies(given: Arguments) -> bool:
    """Tell whether ``copy`` is left at True."""
    flag = given.kwargs.get("copy", given.args[1] if len(given.args) > 1 else Const(True))
    return isinstance(flag, Const) and flag.value is True


def _refuse(at: Lifter, what: str, instead: str, node: Any) -> None:
    why = "Other names may look at the same object, and what they see would not be followed."
    at.refuse(Aliased, node, what, why, f"Instead, {instead}.")

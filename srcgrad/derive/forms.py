"""Fit the form of a call to its rule: NumPy's names for what the rule takes by position.

np.sum(a=x, axis=0)     ->      np.sum(x, axis=0)
np.sum(x, where=m)      ->      the rule of np.sum does not know where=
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from srcgrad.program.nodes import Const, Let
from srcgrad.program.walk import among
from srcgrad.rules.table import Rule

_PLAIN = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@lru_cache(maxsize=1024)
def parameters(function: Callable[..., Any]) -> tuple[inspect.Parameter, ...]:
    """Return the parameters of a function; none where they cannot be found."""
    try:
        return tuple(inspect.signature(function).parameters.values())
    except (ValueError, TypeError):
        return ()


def by_position(let: Let, rule: Callable[..., Any]) -> Let:
    """Return a call with the keywords that the rule calls otherwise as positional arguments."""
    if not let.kwargs or not callable(let.fn):
        return let
    known = {param.name for param in parameters(rule)}
    kwargs = dict(let.kwargs)
    if known.issuperset(kwargs):
        return let
    args = list(let.args)
    for param in parameters(let.fn)[len(args) :]:
        if param.name not in kwargs or param.kind is not param.POSITIONAL_OR_KEYWORD:
            break
        args.append(kwargs.pop(param.name))
    return replace(let, args=tuple(args), kwargs=tuple(kwargs.items()))


def unknown(let: Let, rule: Callable[..., Any], lead: int) -> str | None:
    """Name an argument that the rule does not take; ``lead`` of its parameters are its own."""
    taken = _taken(rule, lead)
    if taken is None:
        return None
    room, names = taken
    if room is not None and len(let.args) > room:
        return f"argument number {room + 1}"
    if names is not None:
        for name, _ in let.kwargs:
            if name not in names:
                return f"{name!r}"
    return None


@lru_cache(maxsize=1024)
def _taken(rule: Callable[..., Any], lead: int) -> tuple[int | None, frozenset[str] | None] | None:
    """Return how many arguments and which keywords a rule takes; None where it takes any."""
    params = parameters(rule)
    if not params:
        return None
    kinds = [param.kind for param in params]
    room = sum(kind in _PLAIN for kind in kinds) - lead
    names = frozenset(param.name for param in params[lead:])
    return (
        None if inspect.Parameter.VAR_POSITIONAL in kinds else room,
        None if inspect.Parameter.VAR_KEYWORD in kinds else names,
    )


def kind_asked(let: Let, rule: Callable[..., Any], lead: int) -> str:
    """Return the kind of the ``dtype`` that a call asks for, as ``"f"`` or ``"i"``; or ``""``."""
    atom = dict(let.kwargs).get("dtype")
    names = [param.name for param in parameters(rule)[lead:]]
    if atom is None and "dtype" in names and names.index("dtype") < len(let.args):
        atom = let.args[names.index("dtype")]
    if not isinstance(atom, Const) or atom.value is None:
        return ""
    try:
        return np.dtype(atom.value).kind
    except TypeError:
        return ""


_OF_LISTS = ("joining", "creation")
"""Where the rules are whose functions take lists of arrays: their cotangents are lists."""

_PRODUCTS = frozenset({operator.matmul, np.matmul, np.dot, np.inner, np.outer, np.kron, np.vdot})
"""Functions of arrays and of nothing else."""


_OF_ARRAYS = ("scipy.signal.", "scipy.ndimage.", "scipy.spatial.", "scipy.integrate.")
"""The modules of SciPy whose functions make an array of each list that moves."""


def is_scipy(fn: Any) -> bool:
    """Tell whether a function is SciPy's: of its lists and tuples, some are no arrays."""
    return (getattr(fn, "__module__", None) or "").startswith("scipy.")


def as_arrays(let: Let, rule: Rule, live: bool) -> bool:
    """Tell whether NumPy makes arrays of the lists in a call; some are only asked if ``live``."""
    module = getattr(let.fn, "__module__", None) or ""
    numeric = isinstance(let.fn, np.ufunc) or module.partition(".")[0] == "numpy"
    numeric = numeric or module.startswith(_OF_ARRAYS)
    numeric = numeric or rule.kind in ("elementwise", "multilinear")
    of_lists = getattr(rule.function, "__module__", "").rpartition(".")[2] in _OF_LISTS
    if not numeric or of_lists or let.fn is np.select:
        return False
    return live or rule.kind == "elementwise" or among(let.fn, _PRODUCTS)

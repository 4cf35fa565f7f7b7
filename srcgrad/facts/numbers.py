"""Which variables are certainly numbers: for these, ``x += y`` and ``x = x + y`` are one thing."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from srcgrad.facts.collected import origins
from srcgrad.facts.kinds import Arr, Known, Num, Py, Unknown
from srcgrad.program import ops, walk
from srcgrad.program.nodes import (
    UNDEFINED,
    Atom,
    Block,
    Const,
    Do,
    For,
    If,
    Let,
    Program,
    Try,
    Var,
    While,
    With,
)

_NUMBER = (bool, int, float, complex, np.generic)
_CLOSED = frozenset(ops.PLAIN) | frozenset(ops.PLAIN.values()) | {operator.neg, operator.pos}
_ALWAYS = (len, int, float, complex, bool, np.ndim, np.size)
_MATH = frozenset(fn for fn in vars(math).values() if callable(fn))


def numbers(program: Program, types: Mapping[Var, Any]) -> set[Var]:
    """Return the variables that hold a Python or NumPy number whenever they are bound.

    A variable that is carried through a loop is a number if its first value is, and its next
    value is whenever it is itself.
    """
    sources = _sources(program.body, {})
    sources.update((var, [atom]) for var, atom in origins(program).items())
    found = {var for var, kind in types.items() if is_number(kind)}
    maybe = {
        var
        for var in sources
        if var not in found and isinstance(types.get(var), (Unknown, type(None)))
    }
    readers: dict[Var, list[Var]] = {}
    for var in maybe:
        for atom in sources[var]:
            if isinstance(atom, Var):
                readers.setdefault(atom, []).append(var)
    failed = [var for var in maybe if not all(_may_be(a, found, maybe) for a in sources[var])]
    while failed:
        var = failed.pop()
        if var in maybe:
            maybe.discard(var)
            failed += readers.get(var, ())
    return found | maybe


def _may_be(atom: Atom, found: set[Var], maybe: set[Var]) -> bool:
    if isinstance(atom, Const):
        return atom.value is UNDEFINED or isinstance(atom.value, _NUMBER)
    return atom in found or atom in maybe


def is_number(kind: Any) -> bool:
    """Tell whether a type is that of a Python or NumPy number."""
    if isinstance(kind, Known):
        return isinstance(kind.value, _NUMBER)
    if isinstance(kind, Num):
        return all(map(is_number, kind.options))
    return isinstance(kind, Py) or (isinstance(kind, Arr) and kind.scalar)


def _sources(block: Block, found: dict[Var, list[Atom]]) -> dict[Var, list[Atom]]:
    """Collect, for every variable that could be one, what must be numbers for it to be one."""
    for stmt in walk.statements(block):
        match stmt:
            case Do():
                continue
            case Let():
                if len(stmt.targets) != 1:
                    continue
                if _is_closed(stmt.fn):
                    found[stmt.targets[0]] = list(walk.atoms(stmt))
                elif stmt.fn in _ALWAYS:
                    found[stmt.targets[0]] = []
            case If() | Try() | With():
                for arm in walk.arms(stmt):
                    for target, atom in zip(stmt.targets, arm.results, strict=True):
                        found.setdefault(target, []).append(atom)
            case For() | While():
                first = int(stmt.exits)
                for index, var in enumerate(stmt.carried):
                    found[var] = [stmt.init[index], stmt.body.results[first + index]]
                    found[stmt.targets[first + index]] = [var]
    return found


def _is_closed(fn: Any) -> bool:
    """Tell whether numbers give a number."""
    try:
        return fn in _CLOSED or fn in _MATH or fn is ops.same or isinstance(fn, np.ufunc)
    except TypeError:
        return False

"""Arithmetic and questions on constants are settled while compiling.

2.0 * 0.5               ->  1.0
isinstance(2, (int,))   ->  True
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let
from srcgrad.tidy.sight import ADD, DIV, MUL, NEG, POW, SUB, Sight, number

Emit = Callable[..., Atom]
Found = Atom | Let | None

FOLDS: dict[Any, Callable[..., Any]] = {
    **dict.fromkeys(MUL, operator.mul),
    **dict.fromkeys(DIV, operator.truediv),
    **dict.fromkeys(ADD, operator.add),
    **dict.fromkeys(SUB, operator.sub),
    **dict.fromkeys(NEG, operator.neg),
    **dict.fromkeys(POW, operator.pow),
}
TESTS: dict[Any, Callable[..., Any]] = {
    fn: fn
    for fn in (
        operator.is_, operator.is_not, operator.not_, operator.eq, operator.ne, operator.lt,
        operator.le, operator.gt, operator.ge, bool,
    )
}  # fmt: skip


def arithmetic(let: Let, sight: Sight, emit: Emit) -> Found:
    """Arithmetic on plain numbers is done here."""
    values = [number(atom) for atom in let.args]
    if None in values:
        return None
    try:
        result = FOLDS[let.fn](*values)
    except ArithmeticError:
        return None
    return Const(result) if type(result) in (int, float) else None


def tested(let: Let, sight: Sight, emit: Emit) -> Found:
    """Questions about constants are answered here."""
    if not all(isinstance(atom, Const) for atom in let.args):
        return None
    values = [atom.value for atom in let.args if isinstance(atom, Const)]
    if let.fn in (operator.is_, operator.is_not):
        known = any(value is None for value in values)
    else:
        known = all(type(value) in (bool, int, float) for value in values)
    return Const(bool(TESTS[let.fn](*values))) if known else None


def classed(let: Let, sight: Sight, emit: Emit) -> Found:
    """``isinstance(2, (int, float))``."""
    value, classes = let.args
    made = sight.made_by(classes, frozenset({ops.make_tuple}))
    among = made.args if made is not None else (classes,)
    if not isinstance(value, Const) or not all(isinstance(atom, Const) for atom in among):
        return None
    kinds = tuple(atom.value for atom in among if isinstance(atom, Const))
    plain = type(value.value) in (bool, int, float, complex, str, tuple, type(None))
    known = plain and all(isinstance(kind, type) for kind in kinds)
    return Const(isinstance(value.value, kinds)) if known else None

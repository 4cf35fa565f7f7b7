"""Of a complex number, its length times its direction is the number.

c * A * (conj(z) / where(A > 0, A, 1.0))    ->    c * conj(z)        where A is abs(z)
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.program.nodes import Atom, Const, Let
from srcgrad.tidy.sight import DIV, MUL, POW, Sight, number
from srcgrad.tidy.spread import called

_CONJUGATE = frozenset({np.conjugate})
_WHERE = frozenset({np.where})
_ABOVE = frozenset({operator.gt})
_ABSOLUTE = frozenset({np.absolute})


def in_full(let: Let, sight: Sight, emit: Callable[..., Atom]) -> Let | None:
    """``c * A * (conj(z) / where(A > 0, A, 1.0))`` is ``c * conj(z)``; where A is 0, both are."""
    for place, atom in enumerate(let.args):
        ratio = sight.ours(atom, DIV)
        length = None if ratio is None else _length(ratio, sight)
        if ratio is None or length is None:
            continue
        rest = _without(let.args[1 - place], length, sight, emit)
        if rest is not None:
            return called(let, operator.mul, rest, ratio.args[0])
    return None


def _length(ratio: Let, sight: Sight) -> Atom | None:
    """Return the length that a number is divided by, to get its direction turned back."""
    turned, guard = sight.made_by(ratio.args[0], _CONJUGATE), sight.made_by(ratio.args[1], _WHERE)
    if turned is None or guard is None or len(guard.args) != 3 or number(guard.args[2]) != 1:
        return None
    length, test = guard.args[1], sight.made_by(guard.args[0], _ABOVE)
    if test is None or test.args[0] is not length or number(test.args[1]) != 0:
        return None
    made = sight.made_by(length, _ABSOLUTE)
    return length if made is not None and made.args == turned.args else None


def _without(atom: Atom, length: Atom, sight: Sight, emit: Callable[..., Any]) -> Atom | None:
    """Return a product without one factor, or None if it is none of its factors."""
    if atom is length:
        return Const(1.0)
    over = sight.ours(atom, DIV)
    if over is not None:
        rest = _without(over.args[0], length, sight, emit)
        return None if rest is None else emit(operator.truediv, rest, over.args[1])
    power = sight.ours(atom, POW)
    if power is not None and power.args[0] is length:
        n = number(power.args[1])
        if type(n) is not int or n < 2:
            return None
        return length if n == 2 else emit(operator.pow, length, Const(n - 1))
    made = sight.ours(atom, MUL)
    if made is None:
        return None
    left, right = made.args
    for one, other in ((right, left), (left, right)):
        rest = _without(one, length, sight, emit)
        if rest is not None:
            return other if number(rest) == 1 else emit(operator.mul, other, rest)
    return None

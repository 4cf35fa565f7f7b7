"""Shares of a whole add up to it: what a softmax or log-sum-exp owes to the maximum is nothing.

E = exp(x - m); S = sum(E, axis=1)
sum(expand_dims(c / S, 1) * E, axis=1, keepdims=True)    ->  c, spread over that shape
c + -c                                                   ->  0.0
(x == m) * (0.0 / ties)                                  ->  0.0, spread over that shape
"""

from __future__ import annotations

import operator
from collections.abc import Callable

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import Arr
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let
from srcgrad.tidy.balance import SUMS, Axis, axis_of, balanced, is_total
from srcgrad.tidy.sight import ADD, DIV, MUL, NEG, SIZE, SPREAD, SUB, Sight, number
from srcgrad.tidy.spread import called

Emit = Callable[..., Atom]
Found = Atom | Let | None

_SHARED = DIV | SPREAD
_EXPAND = frozenset({np.expand_dims})
_PUTS = frozenset({runtime.put_add})
_ZEROS = frozenset({np.zeros_like, runtime.zeros_like})


def whole(let: Let, sight: Sight, emit: Emit) -> Found:
    """A sum of shares of c, ``(c / S) * E`` where S is the sum of E, is c."""
    sums, kind = axis_of(let, sight), sight.type(let.targets[0])
    if sums is None or not isinstance(kind, Arr):
        return None
    axis, keeps = sums
    if keeps != (axis is not None):
        return None
    minus = sight.made_by(let.args[0], NEG)
    value = let.args[0] if minus is None else minus.args[0]
    like = balanced(value, axis, sight)
    if like is not None:
        return _spread_over(let, Const(0.0), like, emit)
    put, value = _apart(value, sight)
    if put is not None:
        if not _is_one_of_each(put, axis, sight) or not sight.is_scalar(put.args[2]):
            return None
    found = _share(value, axis, sight)
    if found is None:
        return None
    part, total, kept = found
    if put is not None:
        part = emit(operator.add, part, put.args[2])
    if minus is not None:
        part = emit(operator.neg, part)
    like = total if kept or axis is None else emit(np.expand_dims, total, axis)
    sight.types[like] = kind  # type: ignore[index]
    return _spread_over(let, part, like, emit)


def _spread_over(let: Let, number: Atom, like: Atom, emit: Emit) -> Found:
    """Return a number with the shape of the sum that a statement asks for."""
    if not let.kwargs:
        return number
    return called(let, np.broadcast_to, number, emit(ops.attribute("shape"), like))


def _apart(value: Atom, sight: Sight) -> tuple[Let | None, Atom]:
    """Return what was added at an index, if anything was, and the rest of the value."""
    put = sight.made_by(value, _PUTS)
    if put is not None:
        return put, put.args[0]
    total = sight.made_by(value, ADD)
    for place in (0, 1) if total is not None else ():
        assert total is not None
        put = sight.made_by(total.args[place], _PUTS)
        if put is not None and sight.made_by(put.args[0], _ZEROS) is not None:
            return put, total.args[1 - place]
    return None, value


def _share(value: Atom, axis: Axis, sight: Sight) -> tuple[Atom, Atom, bool] | None:
    """Return c and S where a value is ``(c / S) * E``, and whether S kept its axis.

    c is a single number.
    """
    ratio = sight.made_by(value, DIV)
    if ratio is not None and is_total(ratio.args[1], ratio.args[0], axis, axis is not None, sight):
        return Const(1.0), ratio.args[1], True
    product = sight.made_by(value, MUL)
    for place in (0, 1) if product is not None else ():
        assert product is not None
        factor, parts = product.args[place], product.args[1 - place]
        expanded = sight.made_by(factor, _EXPAND)
        kept = expanded is None and axis is not None
        if expanded is not None:
            along = expanded.args[1:]
            if len(along) != 1 or number(along[0]) != axis:
                continue
            factor = expanded.args[0]
        quotient = sight.made_by(factor, DIV)
        if quotient is None or not sight.is_scalar(quotient.args[0]):
            continue
        if is_total(quotient.args[1], parts, axis, kept, sight):
            return quotient.args[0], quotient.args[1], kept
    return None


def _is_one_of_each(put: Let, axis: Axis, sight: Sight) -> bool:
    """Tell whether an index ``(arange(n), labels)`` addresses one entry of each of n rows."""
    into, index = sight.type(put.args[0]), sight.definition(put.args[1])
    if not isinstance(into, Arr) or len(into.dims) != 2 or axis not in (1, -1):
        return False
    if index is None or index.fn is not ops.make_tuple or len(index.args) != 2:
        return False
    rows = sight.definition(index.args[0])
    if rows is None or rows.fn is not np.arange or len(rows.args) != 1 or rows.kwargs:
        return False
    one, two = (sight.type(atom) for atom in index.args)
    return (
        isinstance(one, Arr)
        and isinstance(two, Arr)
        and two.dtype.kind in "iu"
        and one.dims == two.dims == into.dims[:1]
    )


def opposite(let: Let, sight: Sight, emit: Emit) -> Found:
    """``c + -c``, also where both are the same number over the same count."""
    left, right = let.args
    if not sight.is_scalar(left) or not sight.is_scalar(right):
        return None
    if let.fn in SUB:
        return Const(0.0) if left is right and sight.is_float(left) else None
    for atom, other in ((left, right), (right, left)):
        minus = sight.made_by(atom, NEG)
        if minus is not None and minus.args[0] is other and sight.is_float(other):
            return Const(0.0)
    one, two = sight.made_by(left, DIV), sight.made_by(right, DIV)
    if one is None or two is None or not _is_same_count(one.args[1], two.args[1], sight):
        return None
    a, b = number(one.args[0]), number(two.args[0])
    return Const(0.0) if a is not None and b is not None and a == -b else None


def _is_same_count(a: Atom, b: Atom, sight: Sight) -> bool:
    if not sight.is_count(a) or not sight.is_count(b):
        return False
    if a is b or (number(a) is not None and number(a) == number(b)):
        return True
    one, two = sight.made_by(a, SIZE), sight.made_by(b, SIZE)
    return one is not None and two is not None and one.args[0] is two.args[0]


def nothing(let: Let, sight: Sight, emit: Emit) -> Found:
    """A mask times 0.0, or times 0.0 shared among as many as the mask has."""
    for place, mask in enumerate(let.args):
        kind = sight.types.get(mask)  # type: ignore[arg-type]
        if type(kind) is not Arr or kind.dtype.kind != "b":
            continue
        target = sight.type(let.targets[0])
        if not isinstance(target, Arr):
            continue
        if kind.dims == target.dims and _is_zero(let.args[1 - place], mask, sight):
            return called(let, np.broadcast_to, 0.0, emit(ops.attribute("shape"), mask))
    return None


def _is_zero(atom: Atom, mask: Atom, sight: Sight) -> bool:
    made = sight.made_by(atom, _SHARED)
    if made is None:
        return number(atom) == 0 and type(number(atom)) is float
    if made.fn in DIV:
        ties = sight.made_by(made.args[1], SUMS)
        if ties is None or ties.args[0] is not mask:
            return False
    return _is_zero(made.args[0], mask, sight)

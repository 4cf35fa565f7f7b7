"""What a softmax passes on adds up to nothing, whatever it was given.

E = exp(x - m); S = sum(E, axis=1, keepdims=True)

sum((D - sum(D * (E / S), axis=1, keepdims=True)) * E, axis=1, keepdims=True)     ->  0.0, spread
sum(D - sum(D, axis=1, keepdims=True) / S * E, axis=1, keepdims=True)             ->  0.0, spread
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from srcgrad.facts.kinds import Arr
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let
from srcgrad.tidy.sight import DIV, MUL, SUB, Sight

SUMS = frozenset({np.sum, ops.method("sum")})
Axis = int | None
"""The axis of a sum, None for all."""
Found = tuple[Let, Atom, Atom]
"""The sum that is taken away, E and S."""


def balanced(value: Atom, axis: Axis, sight: Sight) -> Atom | None:
    """Return S where a value is what a softmax E / S passes on: it adds up to 0 along an axis."""
    for total, parts, whole in (*_products(value, sight), *_differences(value, sight)):
        same = sight.same_shape(total.args[0], parts) and sight.same_shape(value, parts)
        sums = axis_of(total, sight)
        if not same or sums is None or sums[0] != axis or not (sums[1] or axis is None):
            continue
        if is_total(whole, parts, axis, True, sight) or (
            axis is None and is_total(whole, parts, axis, False, sight)
        ):
            return whole
    return None


def _products(value: Atom, sight: Sight) -> Iterator[Found]:
    """``(D - sum(D * (E / S))) * E``."""
    for difference, parts in _sides(value, MUL, sight):
        made = sight.made_by(difference, SUB)
        total = sight.made_by(made.args[1], SUMS) if made is not None else None
        if made is None or total is None:
            continue
        for given, ratio in _sides(total.args[0], MUL, sight):
            over = sight.made_by(ratio, DIV)
            if given is made.args[0] and over is not None and over.args[0] is parts:
                yield total, parts, over.args[1]


def _differences(value: Atom, sight: Sight) -> Iterator[Found]:
    """``D - sum(D) / S * E``, or ``D - sum(D) * (E / S)``."""
    made = sight.made_by(value, SUB)
    if made is None:
        return
    for one, other in _sides(made.args[1], MUL, sight):
        over = sight.made_by(one, DIV)
        if over is None:
            continue
        total, parts = sight.made_by(over.args[0], SUMS), other
        if total is None:
            total, parts = sight.made_by(other, SUMS), over.args[0]
        if total is not None and total.args[0] is made.args[0]:
            yield total, parts, over.args[1]


def _sides(atom: Atom, fns: frozenset[object], sight: Sight) -> Iterator[tuple[Atom, Atom]]:
    made = sight.made_by(atom, fns)
    if made is not None:
        yield made.args[0], made.args[1]
        yield made.args[1], made.args[0]


def axis_of(let: Let, sight: Sight) -> tuple[Axis, bool] | None:
    """Return the axis of a sum over one or all, and whether it stays; None for other sums."""
    given = dict(let.kwargs)
    axis, keep = given.pop("axis", Const(None)), given.pop("keepdims", Const(False))
    if given or len(let.args) != 1 or not isinstance(axis, Const) or not isinstance(keep, Const):
        return None
    if axis.value is None:
        return None, bool(keep.value)
    if type(axis.value) is not int:
        return None
    kind = sight.type(let.args[0])
    turned = isinstance(kind, Arr) and axis.value < 0
    return axis.value + len(kind.dims) if turned else axis.value, bool(keep.value)  # type: ignore[union-attr]


def is_total(atom: Atom, parts: Atom, axis: Axis, kept: bool, sight: Sight) -> bool:
    """Tell whether a value is the sum of the parts along an axis."""
    total = sight.made_by(atom, SUMS)
    if total is None or total.args[:1] != (parts,) or len(total.args) != 1:
        return False
    return axis_of(total, sight) == (axis, kept)

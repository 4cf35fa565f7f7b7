"""What is added at an index: to zeros that something else is added to, and to all there is.

put_add(zeros_like(x), i, g) + d                  ->  put_add(d, i, g)
put_add(broadcast_to(c, (n, 1)), (:, 0), g)       ->  broadcast_to(c + g, (n, 1))
"""

from __future__ import annotations

import operator
from collections.abc import Callable

import numpy as np

from srcgrad import runtime
from srcgrad.facts.indices import is_basic
from srcgrad.facts.kinds import Arr
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let
from srcgrad.tidy.sight import NEG, SCALED, SPREAD, SUMMED, Sight, number
from srcgrad.tidy.spread import called

Emit = Callable[..., Atom]
Found = Atom | Let | None

_PUTS = frozenset({runtime.put_add})
_ZEROS = frozenset({np.zeros_like, runtime.zeros_like})


def scattered(let: Let, sight: Sight, emit: Emit) -> Found:
    """``put_add(zeros_like(x), i, g) + d`` needs no zeros: it is ``put_add(d, i, g)``."""
    for place, atom in enumerate(let.args):
        steps: list[Let] = []
        step = sight.ours(atom, _PUTS)
        while step is not None:
            steps.append(step)
            step = sight.ours(step.args[0], _PUTS)
        zeros = sight.ours(steps[-1].args[0], _ZEROS) if steps else None
        other = let.args[1 - place]
        if zeros is None or not _is_like(other, steps[-1].args[0], sight):
            continue
        for inner in reversed(steps[1:]):
            other = emit(inner.fn, other, *inner.args[1:])
        return called(let, runtime.put_add, other, *steps[0].args[1:])
    return None


_PLAIN = SUMMED | SCALED | NEG


def _is_like(atom: Atom, zeros: Atom, sight: Sight) -> bool:
    """Tell whether a value is new, read nowhere else, and of the type of some zeros."""
    have, want = sight.type(atom), sight.type(zeros)
    if not isinstance(have, Arr) or not isinstance(want, Arr) or have.scalar or want.scalar:
        return False
    new = sight.ours(atom, _PLAIN) is not None
    return new and have.dtype == want.dtype and sight.same_shape(atom, zeros)


def covering(let: Let, sight: Sight, emit: Emit) -> Found:
    """Adding a number to all of a column, ``m[:, 0] += g``, where that is all there is."""
    whole_, index, value = let.args
    spread = sight.made_by(whole_, SPREAD)
    kind = sight.type(whole_)
    if spread is None or not isinstance(kind, Arr) or not sight.is_scalar(value):
        return None
    if not sight.is_scalar(spread.args[0]) or not _covers(index, kind, sight):
        return None
    total = emit(operator.add, spread.args[0], value)
    return called(let, np.broadcast_to, total, spread.args[1])


def _covers(index: Atom, kind: Arr, sight: Sight) -> bool:
    """Tell whether an index of full slices, and of 0 where there is one entry, addresses all."""
    made = sight.definition(index)
    if made is None or made.fn is not ops.make_tuple or len(made.args) > len(kind.dims):
        return False
    for atom, dim in zip(made.args, kind.dims, strict=False):
        cut = sight.definition(atom)
        if cut is not None and cut.fn is slice:
            full = all(isinstance(a, Const) and a.value is None for a in cut.args)
        else:
            full = number(atom) in (0, -1) and type(number(atom)) is int and dim == 1
        if not full:
            return False
    return True


def put_over(let: Let, sight: Sight, emit: Emit) -> Found:
    """``put_add(put(d, i, 0.0), i, g)`` is ``put(d, i, g)``, where g has the shape of d[i]."""
    whole, index, value = let.args
    made = sight.ours(whole, frozenset({runtime.put}))
    if made is None or number(made.args[2]) != 0.0 or not sight.same_index(made.args[1], index):
        return None
    kind = sight.type(index)
    basic = is_basic(index, sight.types) or (isinstance(kind, Arr) and kind.dtype.kind == "b")
    return called(let, runtime.put, made.args[0], index, value) if basic else None


def put_back(let: Let, sight: Sight, emit: Emit) -> Found:
    """``put(d, i, d[i])`` is d."""
    whole, index, value = let.args
    part = sight.made_by(value, frozenset({operator.getitem}))
    if part is None or part.args[0] is not whole or not sight.same_index(part.args[1], index):
        return None
    return whole


def put_whole(let: Let, sight: Sight, emit: Emit) -> Found:
    """``put(d, :, 0.0)`` is all zeros."""
    whole, index, value = let.args
    if number(value) != 0.0 or not isinstance(sight.type(whole), Arr) or not _is_all(index, sight):
        return None
    return called(let, np.zeros_like, whole)


def plus_zeros(let: Let, sight: Sight, emit: Emit) -> Found:
    """``zeros_like(d) + g`` is g, where both are of one type."""
    for place, atom in enumerate(let.args[:2]):
        zeros = sight.ours(atom, _ZEROS)
        other = let.args[1 - place]
        if zeros is not None and sight.type(other) == sight.type(let.targets[0]):
            if isinstance(sight.type(other), Arr) and sight.type(other) == sight.type(atom):
                return other
    return None


def _is_all(index: Atom, sight: Sight) -> bool:
    """Tell whether an index addresses all of an array."""
    if isinstance(index, Const) and index.value is Ellipsis:
        return True
    cut = sight.definition(index)
    if cut is None or cut.fn is not slice:
        return False
    return all(isinstance(a, Const) and a.value is None for a in cut.args)


def taken_whole(let: Let, sight: Sight, emit: Emit) -> Found:
    """``d[:]`` and ``d[...]`` are d."""
    whole, index = let.args
    if not isinstance(sight.type(whole), Arr) or sight.type(whole).scalar:  # type: ignore[union-attr]
        return None
    return whole if _is_all(index, sight) else None

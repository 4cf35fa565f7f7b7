"""What a matrix product owes to its factors, in NumPy's notation, where their ranks are known.

matmul_left(g, a, b)        ->  g @ b.T             for two matrices
matmul_right(g, a, b)       ->  np.outer(a, g)      for a vector and a matrix

What was broadcast is summed up afterwards, by `unbroadcast`, as for any other product.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import numpy as np

from srcgrad.facts.kinds import Arr, Sparse
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const

if TYPE_CHECKING:
    from srcgrad.tidy.specialise import Specialiser

_COLUMN, _ROW = (..., None), (..., None, slice(None))
_FIRST = (..., 0)


def matmul_left(s: Specialiser, g: Atom, a: Atom, b: Atom) -> Atom | None:
    """The cotangent of the first factor."""
    if isinstance(s.type(a), Sparse):
        return None
    ranks = _ranks(s, a, b)
    if ranks is None:
        return None
    match ranks:
        case 1, 1:
            return s.let(operator.mul, g, b)
        case 2, 1:
            return s.let(np.outer, g, b)
        case 1, 2:
            return s.let(operator.matmul, b, g)
        case _, 1:
            return s.let(operator.mul, _part(s, g, _COLUMN), b)
        case 1, _:
            return s.let(
                operator.getitem, _step(s, operator.matmul, b, _part(s, g, _COLUMN)), Const(_FIRST)
            )
    return s.let(operator.matmul, g, _turned(s, b))


def matmul_right(s: Specialiser, g: Atom, a: Atom, b: Atom) -> Atom | None:
    """The cotangent of the second factor."""
    if isinstance(s.type(b), Sparse):
        return None
    ranks = _ranks(s, a, b)
    if ranks is None:
        return None
    match ranks:
        case 1, 1:
            return s.let(operator.mul, g, a)
        case 2, 1:
            return s.let(operator.matmul, _turned(s, a), g)
        case 1, 2:
            return s.let(np.outer, a, g)
        case _, 1:
            columns = _step(s, operator.matmul, _turned(s, a), _part(s, g, _COLUMN))
            return s.let(operator.getitem, columns, Const(_FIRST))
        case 1, _:
            column = _part(s, a, (slice(None), None))
            return s.let(operator.mul, column, _part(s, g, _ROW))
    return s.let(operator.matmul, _turned(s, a), g)


def _ranks(s: Specialiser, a: Atom, b: Atom) -> tuple[int, int] | None:
    kinds = [s.type(atom) for atom in (a, b)]
    if not all(isinstance(kind, (Arr, Sparse)) and kind.dims for kind in kinds):
        return None
    one, two = (len(kind.dims) for kind in kinds if isinstance(kind, (Arr, Sparse)))
    if any(isinstance(kind, Sparse) for kind in kinds) and max(one, two) > 2:
        return None
    return one, two


def _step(s: Specialiser, fn: object, *args: object) -> Atom:
    """Add a call on the way to the result, which has no name."""
    hint, s.hint = s.hint, ""
    made = s.let(fn, *args)
    s.hint = hint
    return made


def _part(s: Specialiser, atom: Atom, index: tuple[object, ...]) -> Atom:
    return _step(s, operator.getitem, atom, Const(index))


def _turned(s: Specialiser, atom: Atom) -> Atom:
    kind = s.type(atom)
    if isinstance(kind, (Arr, Sparse)) and len(kind.dims) == 2:
        return _step(s, ops.attribute("T"), atom)
    return _step(s, np.swapaxes, atom, -1, -2)

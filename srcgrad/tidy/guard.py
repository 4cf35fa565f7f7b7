"""Check sizes where the only statement that would have raised was dropped.

Before::

    dot_grad(x, y):
        -> copy(y), copy(x)

After::

    dot_grad(x, y):
        numpy.broadcast_shapes(x.shape, y.shape)
        -> copy(y), copy(x)

What was derived from the equality of two sizes is wrong where they differ.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad.facts.kinds import Arr, Dim, Map, Rec, Seq, Type
from srcgrad.facts.sizes import is_one, key_of
from srcgrad.facts.types import Inferred
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Atom, Block, Const, Do, Program

Place = tuple[tuple[Any, ...], int]
"""Where a size is found: the path of an array from the parameters on, and the axis."""


def guard(
    program: Program, types: Sequence[Type], before: Inferred, after: Inferred
) -> tuple[Program, bool]:
    """Return the program with the checks that it lacks, and whether there are any.

    Parameters
    ----------
    program : Program
        The tidy program.
    types : sequence of Type
        The types of its parameters.
    before, after : Inferred
        What was known of the program it was made of, and what is known of it.
    """
    lost = _lost(before, after)
    if not lost:
        return program, False
    b = Builder()
    for shapes in _checks(lost, types, before):
        atoms = [_spoken(program, types, shape, b) for shape in shapes]
        b.add(Do(np.broadcast_shapes, tuple(atoms)))
    stmts = (*b.stmts, *program.body.stmts)
    return replace(program, body=Block(stmts, program.body.results)), True


def _lost(before: Inferred, after: Inferred) -> list[tuple[Any, Any]]:
    """Return the pairs of sizes of arguments that are no longer found to be equal."""
    found: list[tuple[Any, Any]] = []
    known = after.sizes
    for key in before.sizes.trail:
        other = before.sizes.parent[key]
        if not (before.of_argument(key) and before.of_argument(other)):
            continue
        if known.key(key) != known.key(other):
            found.append((other, key))
    return found


def _checks(
    lost: list[tuple[Any, Any]], types: Sequence[Type], before: Inferred
) -> list[tuple[Any, Any]]:
    """Return pairs to compare: paths of arrays whose whole shapes agree, else single sizes."""
    checks: dict[tuple[Any, Any], None] = {}
    for one, two in lost:
        if isinstance(one, tuple) and isinstance(two, tuple):
            a, b = _dims(types, one[0]), _dims(types, two[0])
            aligned = one[1] - len(a) == two[1] - len(b)
            if aligned and all(map(_agreeing(before), a[::-1], b[::-1])):
                checks[(one[0], None), (two[0], None)] = None
                continue
        checks[one, two] = None
    return list(checks)


def _agreeing(before: Inferred) -> Any:
    def agree(a: Dim, b: Dim) -> bool:
        return is_one(a) or is_one(b) or before.sizes.key(key_of(a)) == before.sizes.key(key_of(b))

    return agree


def _dims(types: Sequence[Type], path: tuple[Any, ...]) -> tuple[Dim, ...]:
    kind: Any = types[path[0]]
    for step in path[1:]:
        kind = _item(kind, step)
    return kind.dims if isinstance(kind, Arr) else ()


def _item(kind: Type, step: Any) -> Type | None:
    match kind:
        case Map(_, keys, items):
            return items[keys.index(step)]
        case Rec(_, fields, items):
            return items[fields.index(step)]
        case Seq(_, items):
            return items[step]
    return None


def _spoken(program: Program, types: Sequence[Type], shape: Any, b: Builder) -> Atom:
    """Return a shape (an axis of None) or one size of it, read from the parameters."""
    if isinstance(shape, int):
        return Const(shape)
    path, axis = shape
    atom: Atom = program.params[path[0]]
    kind: Any = types[path[0]]
    for step in path[1:]:
        read = isinstance(kind, Rec)
        fn = ops.attribute(step) if read else operator.getitem
        atom = b.let(fn, atom) if read else b.let(fn, atom, Const(step))
        kind = _item(kind, step)
    whole = b.let(ops.attribute("shape"), atom)
    return whole if axis is None else b.let(operator.getitem, whole, Const(axis))

"""What is to be seen of the sizes of arguments: which of them are equal, and those that are small.

f(np.zeros((5, 3)), np.zeros(5))      the first size of both is one
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from srcgrad.facts.typed import LONG
from srcgrad.program.nodes import Let, Stmt
from srcgrad.program.walk import among

Key = tuple[tuple[Any, ...], int]

SMALL = 16
"""Up to which size a size as such makes a difference, to what calls for it."""

BY_SIZE = frozenset({np.cross})
"""Functions whose results have other shapes for other sizes of what they are given."""


def sizes(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Key, int]]:
    """Yield the keys that `types.type_of` gives to sizes, with the sizes; those of 1 have none."""
    if type(value) is np.ndarray:
        for axis, n in enumerate(value.shape):
            if n != 1:
                yield (path, axis), n
    elif type(value) is dict:
        for key, item in value.items():
            yield from sizes(item, (*path, key))
    elif isinstance(value, (list, tuple)) and len(value) <= LONG:
        for i, item in enumerate(value):
            yield from sizes(item, (*path, i))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from sizes(getattr(value, field.name, None), (*path, field.name))


def equal_sizes(args: Sequence[Any]) -> dict[Key, Key]:
    """Return, for the key of every size that an earlier one is equal to, the key of that."""
    first: dict[int, Key] = {}
    same: dict[Key, Key] = {}
    for i, arg in enumerate(args):
        for key, n in sizes(arg, (i,)):
            if first.setdefault(n, key) is not key:
                same[key] = first[n]
    return same


def asks_size(stmt: Stmt) -> bool:
    """Tell whether the shape of what a statement makes depends on the sizes it is given."""
    return isinstance(stmt, Let) and among(stmt.fn, BY_SIZE)


def small_sizes(args: Sequence[Any]) -> dict[Key, int]:
    """Return the sizes of the arguments that are small."""
    return {key: n for i, arg in enumerate(args) for key, n in sizes(arg, (i,)) if n <= SMALL}


def pattern(args: Sequence[Any], exact: bool = False) -> tuple[int, ...]:
    """Return which sizes of the arguments are equal: for each the place of the first like it.

    With ``exact``, the sizes that are small are told, too.

    >>> pattern([np.zeros((5, 3)), np.zeros(5)])
    (0, 1, 0)
    """
    first: dict[int, int] = {}
    found = [n for i, arg in enumerate(args) for _, n in sizes(arg, (i,))]
    places = tuple([first.setdefault(n, place) for place, n in enumerate(found)])
    return (*places, *[n if n <= SMALL else -1 for n in found]) if exact else places

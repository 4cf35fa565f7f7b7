"""What is to be seen of the sizes of arguments: which of them are equal.

f(np.zeros((5, 3)), np.zeros(5))      the first size of both is one
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from srcgrad.facts.types import LONG

Key = tuple[tuple[Any, ...], int]


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


def pattern(args: Sequence[Any]) -> tuple[int, ...]:
    """Return which sizes of the arguments are equal: for each the place of the first like it.

    >>> pattern([np.zeros((5, 3)), np.zeros(5)])
    (0, 1, 0)
    """
    first: dict[int, int] = {}
    found = [n for i, arg in enumerate(args) for _, n in sizes(arg, (i,))]
    return tuple([first.setdefault(n, place) for place, n in enumerate(found)])

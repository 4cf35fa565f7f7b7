"""Arguments of a function that writes into one of them: they must not share memory.

    def f(x, y):              f(a, a), f(a[:3], a[1:])     refused
        x[0] = y[1]           f(a, b)                      differentiated

Which of the two a write reaches was decided when the function was read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from srcgrad.errors import Aliased, Problem, refusal
from srcgrad.facts.objects import contents, is_object

MOST_WORK = 10_000
"""How hard to look for a common element of two arrays whose bounds overlap."""


def check_apart(
    args: Sequence[Any], written: Sequence[int], packed: Sequence[int], names: Sequence[str]
) -> None:
    """Refuse arguments that share memory with one that is written, or are not as was assumed.

    Raises
    ------
    Aliased
        If an argument in ``written`` shares memory with another, or one in ``packed`` is not
        C-contiguous: then a reshape of it, which is written, is no view.
    """
    for i in written:
        for j, other in enumerate(args):
            if _meet(args[i], other, i == j):
                raise refusal([_shared(names[i], names[j])])
    for i in packed:
        if not all(array.flags.c_contiguous for array in arrays(args[i])):
            raise refusal([_strided(names[i])])


def arrays(value: Any, seen: frozenset[int] = frozenset()) -> Iterator[np.ndarray[Any, Any]]:
    """Yield the arrays in an argument; ``seen`` are the objects that it is inside of."""
    if id(value) in seen:
        return
    seen = seen | {id(value)}
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from arrays(item, seen)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from arrays(item, seen)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from arrays(getattr(value, field.name, None), seen)
    elif is_object(value):
        for item in contents(value):
            yield from arrays(item, seen)


def containers(value: Any) -> Iterator[int]:
    """Yield the identities of the lists and dicts in an argument."""
    if isinstance(value, (list, dict)):
        yield id(value)
    if isinstance(value, (list, tuple, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from containers(item)


def _meet(one: Any, other: Any, same: bool) -> bool:
    """Tell whether an array of the one shares memory with another of the other."""
    if not same and not set(containers(one)).isdisjoint(containers(other)):
        return True
    mine, theirs = list(arrays(one)), list(arrays(other))
    for i, a in enumerate(mine):
        for b in theirs[i + 1 :] if same else theirs:
            if np.may_share_memory(a, b) and _share(a, b):
                return True
    return False


def _share(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    try:
        return np.shares_memory(a, b, max_work=MOST_WORK)  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return True


def _shared(name: str, other: str) -> Problem:
    what = f"the arguments {name!r} and {other!r} share memory"
    if name == other:
        what = f"two arrays in the argument {name!r} share memory"
    return Problem(
        Aliased,
        None,
        what,
        f"The function writes into {name!r}, and the write would be seen in both.",
        "Pass a copy of one of them: x.copy().",
    )


def _strided(name: str) -> Problem:
    return Problem(
        Aliased,
        None,
        f"the argument {name!r} is not one block of memory",
        "The function writes into a reshaped array, and whether that is a view of the argument"
        " depends on how it lies in memory.",
        f"Pass np.ascontiguousarray({name}).",
    )

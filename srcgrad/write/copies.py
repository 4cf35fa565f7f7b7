"""Assignments that happen at the same time, in an order in which none destroys another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from srcgrad.origin import Origin


@dataclass(frozen=True, slots=True)
class Copy:
    """``name = text``, where ``text`` reads these names; ``plain`` if it is a constant."""

    name: str
    text: str
    reads: frozenset[str]
    origin: Origin | None
    plain: bool


def ordered(copies: list[Copy], pack: bool = False) -> Iterator[list[Copy]]:
    """Yield assignments, several at once where they overwrite each other's sources.

    >>> swap = [("a", "b"), ("b", "a")]
    >>> copies = [Copy(a, b, frozenset(b), None, False) for a, b in swap]
    >>> [[one.name for one in group] for group in ordered(copies)]
    [['a', 'b']]
    """
    left = list(copies)
    plain: list[Copy] = []
    while left:
        free = [one for one in left if not any(one.name in other.reads for other in left
                                               if other is not one)]  # fmt: skip
        if not free:
            yield left
            break
        for one in free:
            if pack and one.plain:
                plain.append(one)
            else:
                yield [one]
        left = [one for one in left if one not in free]
    if plain:
        yield plain

"""What is known of functions of SciPy: their types, and what memory their results live in.

    enter(special_ufuncs, elementwise)
    enter(vectors_and_matrices, probed)

Every function that is entered is pure: it changes nothing, and its result depends on its
arguments alone.  What is not entered is unknown, and taken to do anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from srcgrad.chapters import Chapters
from srcgrad.facts.kinds import UNKNOWN, Arr, Type
from srcgrad.facts.sizes import Sizes

TypeRule = Callable[[Sizes, Any, list[Type], dict[str, Type]], Type]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one function.

    Parameters
    ----------
    types : callable or None
        The rule for the type of its result, told which function it is asked about.
    returns : str
        What memory the result lives in, as in `srcgrad.facts.purity.returns`.
    """

    types: TypeRule | None
    returns: Literal["fresh", "view", "maybe", "immutable"]


_entries: dict[Any, Entry] = {}
_chapters = Chapters("srcgrad.facts.scipy")


def enter(
    fns: Iterable[Any],
    types: TypeRule | None = None,
    returns: Literal["fresh", "view", "maybe", "immutable"] = "fresh",
) -> None:
    """Say of functions that they are pure, and what type their results have."""
    _entries.update(dict.fromkeys(fns, Entry(types, returns)))


def entry_of(fn: Any) -> Entry | None:
    """Return what is known of a function of SciPy, or None."""
    try:
        found = _entries.get(fn)
        return _entries.get(fn) if found is None and _chapters.read() else found
    except TypeError:  # unhashable
        return None


def named(module: Any, names: str) -> list[Any]:
    """Return the functions of these names that a module has."""
    return [getattr(module, name) for name in names.split() if hasattr(module, name)]


def like(place: int) -> TypeRule:
    """Return the rule of functions whose result is an array like one of their arguments.

    Nothing is known where arrays of several dtypes are given.
    """

    def types(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
        floats = {k.dtype for k in kinds if isinstance(k, Arr) and k.dtype.kind not in "biu"}
        kind = kinds[place]
        if not isinstance(kind, Arr) or floats != {kind.dtype} or kind.scalar:
            return UNKNOWN
        return kind

    return types

"""What was looked up while a function was read, so that a later change is noticed.

np.tanh in the text  ->  Guard("global", namespace, "np", numpy)
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from types import CellType, FunctionType
from typing import Any

from srcgrad.facts.objects import class_attribute

_MISSING = object()


@dataclass(frozen=True, slots=True, eq=False)
class Guard:
    """One name that was resolved early.

    ``kind`` is ``"global"``, ``"builtin"``, ``"cell"``, ``"attribute"``, ``"class"`` or ``"code"``;
    ``container`` is the namespace, cell, module, class or function that was asked.
    """

    kind: str
    container: Any
    name: str
    value: Any


def holds(guard: Guard) -> bool:
    """Tell whether the name still means what it meant."""
    match guard.kind:
        case "global":
            return guard.container.get(guard.name, _MISSING) is guard.value
        case "builtin":
            found = getattr(builtins, guard.name, _MISSING)
            return guard.name not in guard.container and found is guard.value
        case "cell":
            return contents(guard.container) is guard.value
        case "class":
            return class_attribute(guard.container, guard.name) is guard.value
        case "attribute":
            return getattr(guard.container, guard.name, _MISSING) is guard.value
    return same_code(guard.value, code_of(guard.container))


def contents(cell: CellType) -> Any:
    """Return what a cell holds, or a marker that is nothing else if it is empty."""
    try:
        return cell.cell_contents
    except ValueError:
        return _MISSING


def is_empty(cell: CellType) -> bool:
    """Tell whether a cell holds nothing yet."""
    return contents(cell) is _MISSING


def code_of(function: FunctionType) -> tuple[Any, ...]:
    """Return what a function consists of apart from its globals and cells."""
    keywords = function.__kwdefaults__ or {}
    return (function.__code__, *(function.__defaults__ or ()), *keywords.values())


def same_code(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Tell whether two results of `code_of` consist of the same objects."""
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))

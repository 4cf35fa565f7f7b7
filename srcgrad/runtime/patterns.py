"""What the patterns of ``match`` ask of a value."""

from __future__ import annotations

from typing import Any


def is_sequence(x: Any) -> bool:
    """Tell whether a sequence pattern of ``match`` looks into an object."""
    match x:
        case [*_]:
            return True
    return False


def is_mapping(x: Any) -> bool:
    """Tell whether a mapping pattern of ``match`` looks into an object."""
    match x:
        case {}:
            return True
    return False


def without(table: Any, *keys: Any) -> dict[Any, Any]:
    """What is left of a mapping: ``case {"a": a, **rest}``."""
    return {key: value for key, value in table.items() if key not in keys}

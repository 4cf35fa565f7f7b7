"""What is, or may be, an array that can be written to."""

from __future__ import annotations

from srcgrad.facts.kinds import Arr, Type, Unknown


def is_array(kind: Type | None) -> bool:
    """Tell whether a type is certainly an array that can be written to."""
    return isinstance(kind, Arr) and not kind.scalar


def may_be_array(kind: Type | None) -> bool:
    """Tell whether a type may be that of an array that can be written to."""
    return is_array(kind) or isinstance(kind, Unknown | None)

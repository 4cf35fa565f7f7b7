"""Types of what a program reads late: globals, closures, attributes of known objects."""

from __future__ import annotations

from typing import Any

from srcgrad.facts.kinds import UNKNOWN, Type
from srcgrad.facts.objects import MISSING as OBJECT_MISSING
from srcgrad.facts.objects import stored, wanted
from srcgrad.facts.typed import type_of
from srcgrad.program.nodes import Program


def late_types(program: Program) -> dict[tuple[int, str], Type]:
    """Return the types of the globals and variables of closures that a program reads late."""
    found: dict[tuple[int, str], Type] = {}
    paths: dict[tuple[int, str], list[Any]] = {}
    for root, steps in program.notes.get("paths", ()):
        if root.kind == "object":
            _attribute_types(found, root.container, steps)
        elif root.kind != "param":
            paths.setdefault((id(root.container), root.name), []).append(steps)
    for kind, container, name in program.notes.get("reads", ()):
        value = read_now(kind, container, name)
        asked = wanted(paths.get((id(container), name), ()))
        known = UNKNOWN if value is MISSING else type_of(value, (id(container), name), asked)
        found[id(container), name] = known
    return found


def _attribute_types(found: dict[Any, Type], thing: Any, steps: Any) -> None:
    """Note the type of an attribute of an object that is a constant of the program."""
    if len(steps) == 1 and steps[0][0] == "attribute":
        value = stored(thing, steps[0][1])
        if value is not OBJECT_MISSING:
            found[id(thing), steps[0][1]] = type_of(value, (id(thing), steps[0][1]))


MISSING = object()
"""Stands for the value of a variable that is not bound."""


def read_now(kind: str, container: Any, name: str) -> Any:
    """Return what a late read would give now."""
    if kind == "cell":
        try:
            return container.cell_contents
        except ValueError:
            return MISSING
    if kind == "attribute":
        return getattr(container, name, MISSING)
    if kind == "object":
        return container
    return container.get(name, MISSING)

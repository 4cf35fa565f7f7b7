"""Lift imports inside a function: what they bring in is known when the function is read.

A module is looked up among those that are loaded: building a gradient imports nothing, except for
the libraries whose functions it knows.
"""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import gast

from srcgrad.errors import Unreadable
from srcgrad.program.nodes import UNDEFINED, Const
from srcgrad.read.assignments import assign_name
from srcgrad.read.blocks import Flow, lifts_statement
from srcgrad.read.lifter import Lifter
from srcgrad.read.names import LIBRARIES, read_attribute
from srcgrad.read.values import Value

_FOUND = LIBRARIES | {"warnings", "contextlib", "collections", "dataclasses", "typing"}


@lifts_statement(gast.Import)
def _import(at: Lifter, stmt: Any, flow: Flow) -> None:
    for alias in stmt.names:
        whole = _module(at, alias.name, stmt)
        if whole is None:
            continue
        top = alias.name.partition(".")[0]
        value = whole if alias.asname else _module(at, top, stmt)
        assert value is not None
        assign_name(at, alias.asname or top, value, stmt)


@lifts_statement(gast.ImportFrom)
def _import_from(at: Lifter, stmt: Any, flow: Flow) -> None:
    package = at.frame.scope.namespace.get("__package__") or ""
    name = stmt.module or ""
    if stmt.level:
        base = package.rsplit(".", stmt.level - 1)[0] if stmt.level > 1 else package
        name = f"{base}.{name}".strip(".")
    module = _module(at, name, stmt)
    if module is None:
        return
    for alias in stmt.names:
        value = _member(at, module, name, alias.name, stmt)
        assign_name(at, alias.asname or alias.name, value, stmt)


def _member(at: Lifter, module: Const, name: str, member: str, stmt: Any) -> Value:
    inner = sys.modules.get(f"{name}.{member}")
    if not hasattr(module.value, member) and isinstance(inner, ModuleType):
        return Const(inner)
    if not hasattr(module.value, member):
        text = f"cannot import name {member!r} from {name!r}"
        at.fail(ImportError, text, stmt)
        return Const(UNDEFINED)
    return read_attribute(at, module, member, stmt)


def _module(at: Lifter, name: str, stmt: Any) -> Const | None:
    """Return a module that is loaded, or belongs to a library whose functions are known."""
    found = sys.modules.get(name)
    if found is None and name.partition(".")[0] in _FOUND:
        try:
            found = importlib.import_module(name)
        except ImportError as error:
            at.fail(type(error), str(error), stmt)
            return None
    if found is None and find_spec(name.partition(".")[0]) is None:
        at.fail(ModuleNotFoundError, f"No module named {name!r}", stmt)
        return None
    if found is None:
        at.refuse(
            Unreadable,
            stmt,
            f"cannot read an import of {name!r} inside the function",
            "The module has not been imported yet, and building a gradient runs no code of it.",
            "Import it at the top of the module.",
        )
        return None
    return Const(found, name)

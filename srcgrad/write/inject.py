"""The names under which generated text reaches what is not local: modules, functions, data."""

from __future__ import annotations

import builtins
import cmath
import contextlib
import math
import sys
import warnings
from collections.abc import Iterator, Set
from types import BuiltinFunctionType, CellType, FunctionType, ModuleType
from typing import Any

import numpy as np

from srcgrad.chapters import present
from srcgrad.program import walk
from srcgrad.program.nodes import Program
from srcgrad.write.spell import identifier, numbered

_NUMPY = (
    (np, ()), (np.linalg, ("linalg",)), (np.fft, ("fft",)), (np.random, ("random",)),
)  # fmt: skip
_NAMED = (FunctionType, BuiltinFunctionType, type, ModuleType, np.ufunc, type(np.sum), Program)


class Injected:
    """Hands out one name per object; none of them is the name of a local or of a global read."""

    def __init__(self, locals_: Set[str], namespace: dict[str, Any] | None) -> None:
        self.taken = set(locals_)
        self.namespace = namespace
        self.names: dict[str, Any] = {}
        self.cells: dict[str, CellType] = {}
        self.globals: set[str] = set()
        self._given: dict[int, str] = {}

    def name(self, value: Any, wish: str = "") -> str:
        """Return the name of an object that is passed by reference."""
        found = self._given.get(id(value))
        if found is None:
            found = self._new(wish or wish_for(value))
            self._given[id(value)] = found
            self.names[found] = value
        return found

    def cell(self, cell: CellType, name: str) -> str:
        """Return the name of a variable of an enclosing function."""
        found = self._given.get(id(cell))
        if found is None:
            found = self._new(name)
            self._given[id(cell)] = found
            self.cells[found] = cell
        return found

    def _new(self, wish: str) -> str:
        for name in numbered(identifier(wish)):
            if name not in self.taken:
                self.taken.add(name)
                return name
        raise AssertionError

    def local(self, wish: str, avoid: Set[str]) -> str:
        """Return a name for the variable of a comprehension, which hides others of its name."""
        used = avoid | self.names.keys() | self.cells.keys() | self.globals
        name = next(name for name in numbered(wish) if name not in used)
        self.taken.add(name)
        return name

    def path(self, value: Any) -> tuple[str, ...] | None:
        """Return the dotted path by which an object of a library is reached, or None."""
        for module, inner in _NUMPY:
            name = _public_name(module, value)
            if name is not None:
                return (self.name(np, "np"), *inner, name)
        for module in (math, cmath, warnings, contextlib, *(found for _, found in present())):
            name = _public_name(module, value)
            if name is not None:
                return (self.name(module), name)
        return None


def _public_name(module: ModuleType, value: Any) -> str | None:
    name = name_of(value)
    if name and vars(module).get(name) is value and not hasattr(builtins, name):
        return name
    return _other_names(module).get(id(value))


_TABLES: dict[str, dict[int, str]] = {}


def _other_names(module: ModuleType) -> dict[int, str]:
    """The names of what a module calls otherwise than it calls itself."""
    table = _TABLES.get(module.__name__)
    if table is None:
        table = {}
        for name in sorted(vars(module), reverse=True):
            value = vars(module)[name]
            if (
                not name.startswith("_")
                and (isinstance(value, _NAMED) or type(value).__name__ == "_Function")
                and value is not _builtin(value)
            ):
                table[id(value)] = name
        _TABLES[module.__name__] = table
    return table


def _builtin(value: Any) -> Any:
    name = name_of(value)
    return getattr(builtins, name, None) if name else None


def name_of(value: Any) -> str:
    """Return the name that a function, class or module has, without running its code."""
    if isinstance(value, Program):
        return value.name
    if not isinstance(value, _NAMED):
        return ""
    try:
        name = type.__getattribute__(value, "__name__") if isinstance(value, type) else None
        name = name if name is not None else object.__getattribute__(value, "__name__")
    except AttributeError:
        return ""
    return name if type(name) is str else ""


def builtin_name(value: Any) -> str | None:
    """Return the name of a builtin function or class."""
    name = name_of(value)
    return name if name and getattr(builtins, name, None) is value else None


def wish_for(value: Any) -> str:
    """Return a good name for an object."""
    if value is np:
        return "np"
    name = name_of(value)
    if not name or not name.rpartition(".")[2].isidentifier():
        name = type(value).__name__.lower()
    return name.rpartition(".")[2] or "value"


def likely(program: Program) -> Iterator[str]:
    """Yield the names that the functions of a program will probably get."""
    yield from ("np", "math", "range", "len", "reversed", "zip", "slice", "inf", "nan")
    for stmt in walk.statements(program.body):
        fn = getattr(stmt, "fn", None)
        if fn is not None:
            yield wish_for(fn)


def module_of(namespace: dict[str, Any]) -> ModuleType | None:
    """Return the module whose variables these are."""
    name = namespace.get("__name__")
    module = sys.modules.get(name) if type(name) is str else None
    if isinstance(module, ModuleType) and vars(module) is namespace:
        return module
    return None

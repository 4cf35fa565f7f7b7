"""Find the source of a function: the very text that was compiled into the code that runs.

    find(loss).node  ->  <gast.FunctionDef 'loss'>

The text is parsed and compiled again, and what comes out is compared with the code of the
function, so that an edited file or a second lambda on the line is never taken for it.
"""

from __future__ import annotations

import functools
import inspect
import linecache
import os
import types
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gast

from srcgrad.errors import NoSource
from srcgrad.origin import Origin, Statement
from srcgrad.read.modules import best_match, module_of, names_of

_Statements = dict[int, tuple[gast.AST, Statement]]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A function and its syntax; ``lines`` are those of the whole file, ``line`` is its first.

    ``statements`` remembers the statements made for origins.
    """

    node: gast.FunctionDef | gast.AsyncFunctionDef | gast.Lambda
    file: str
    lines: tuple[str, ...]
    function: types.FunctionType
    line: int
    statements: _Statements = field(default_factory=dict, repr=False)


_Entry = tuple[Any, str, tuple[str, ...], int, _Statements]

_entries: dict[int, tuple[weakref.ref[types.CodeType], _Entry]] = {}


def find(function: Callable[..., Any]) -> Found:
    """Return the syntax of a function, checked against the code that runs.

    Raises
    ------
    NoSource
        If there is no text, if the text is not what was compiled, or if the object is not a
        plain Python function.
    """
    if type(function) is not types.FunctionType or hasattr(function, "__wrapped__"):
        raise _not_plain(function)
    code = function.__code__
    kept = _entries.get(id(code))
    if kept is not None and kept[0]() is code:
        entry = kept[1]
    else:
        entry = _entry(function, code)
        _keep(code, entry)
    node, file, lines, line, statements = entry
    return Found(node, file, lines, function, line, statements)


def _keep(code: types.CodeType, entry: _Entry) -> None:
    key = id(code)

    def forget(dead: weakref.ref[types.CodeType]) -> None:
        kept = _entries.get(key)
        if kept is not None and kept[0] is dead:
            _entries.pop(key, None)

    _entries[key] = (weakref.ref(code, forget), entry)


def _entry(function: types.FunctionType, code: types.CodeType) -> _Entry:
    file = code.co_filename
    lines = _lines(function, file)
    if not lines:
        raise _no_text(function, code)
    try:
        module = module_of(file, "".join(lines))
        node = best_match(module, code)
        tree = None if node is None else gast.ast_to_gast(node)
    except (RecursionError, MemoryError):
        raise NoSource.at(
            _place(code),
            f"cannot read {_name(function)}",
            "Its source is nested too deeply.",
            "Give names to parts of the long expression, or split the function.",
        ) from None
    except (SyntaxError, ValueError):
        raise _changed(function, code) from None
    if node is None or tree is None:
        raise _changed(function, code)
    return tree, file, module.lines, node.lineno, {}


def _lines(function: types.FunctionType, file: str) -> list[str]:
    # A notebook cell or a doctest has no file; checking would only drop its lines.
    if os.path.exists(file):
        linecache.checkcache(file)
    return linecache.getlines(file, function.__globals__)


def _name(function: Any) -> str:
    name = getattr(function, "__name__", None)
    if not isinstance(name, str):
        name = type(function).__name__
    return "the lambda" if name == "<lambda>" else repr(name)


def _place(code: types.CodeType) -> Origin:
    line = code.co_firstlineno
    return Origin(Statement(code.co_filename, line, "", code.co_name), line, 0, line, 0)


def _no_text(function: types.FunctionType, code: types.CodeType) -> NoSource:
    return NoSource.at(
        None,
        f"cannot find the source of {_name(function)}",
        f"It was compiled from {code.co_filename!r}, of which there is no text to read.",
        "Define it in a file or in a notebook cell; for generated code, add its text to"
        " linecache.cache under the name it is compiled with.",
    )


def _changed(function: types.FunctionType, code: types.CodeType) -> NoSource:
    what = f"cannot use the source of {_name(function)}"
    if "@pytest_ar" in names_of(code):
        return NoSource.at(
            _place(code),
            what,
            "pytest rewrote its assert statements when it imported the module, so the text is"
            " not what runs.",
            "Move the function to a module that is not a test module.",
        )
    return NoSource.at(
        _place(code),
        what,
        "The source changed after it was imported: compiled again, it is not the code that runs.",
        "Import the module again, or restart Python.",
    )


def _not_plain(function: Any) -> NoSource:
    name = _name(function)
    what = f"cannot read the source of {name}"
    if isinstance(function, types.MethodType):
        why = "It is a method bound to an object."
        instead = "Write a function of the arrays in question that calls it."
    elif isinstance(function, functools.partial):
        what = "cannot read the source of a functools.partial"
        why = "It is a function with some of its arguments filled in, which has no source."
        instead = "Write a lambda that calls the function with these arguments."
    elif hasattr(function, "cache_info"):
        why = "It is cached: it hands out results of earlier calls."
        instead = f"Use the function itself, {name[1:-1]}.__wrapped__."
    elif isinstance(function, type):
        why = "It is a class."
        instead = "Write a function that makes the object and returns a number."
    elif type(function) is types.FunctionType:
        why = "A decorator replaced it: it is a wrapper around another function."
        instead = f"Put srcgrad's decorator below the other one, or use {name[1:-1]}.__wrapped__."
        if name == "the lambda":
            instead = "Put srcgrad's decorator below the other one, or use its __wrapped__."
    elif inspect.isbuiltin(function) or inspect.ismethoddescriptor(function):
        why = "It is built in: it has no Python source."
        instead = "Write a Python function that calls it."
    elif callable(function):
        why = f"It is an object of the class {type(function).__name__!r}, not a Python function."
        instead = "Write a Python function that calls it."
    else:
        why = f"It is an object of the class {type(function).__name__!r}, which cannot be called."
        instead = "Give a function."
    return NoSource.at(None, what, why, instead)

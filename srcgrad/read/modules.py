"""Match code objects with the syntax they were compiled from.

    best_match(module_of(file, text), loss.__code__)  ->  <ast.FunctionDef 'loss'>

One parse per text: the statements of a module are compiled one by one, when they are asked for,
and the whole only where that finds nothing.
"""

from __future__ import annotations
import __future__

import ast
import os
import re
import threading
import types
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_FUTURE = 0
for _feature in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _feature).compiler_flag

# VARARGS, VARKEYWORDS, GENERATOR, COROUTINE, ITERABLE_COROUTINE, ASYNC_GENERATOR
_MEANING = 0x04 | 0x08 | 0x20 | 0x80 | 0x100 | 0x200
_KEPT_MODULES = 16
_FAR = 10_000_000

_FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Module:
    """A parsed text, and the code objects of those of its statements that were asked for."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines = tuple(re.split("\r\n|\r|\n", text))
        with _quiet():
            self.body = ast.parse(text, file).body
        # Calls of attributes compile differently where the module imports the name.
        self.imports = [stmt for stmt in _at_top(self.body) if _is_import(stmt)]
        self.compiled: dict[tuple[int | None, int], list[types.CodeType]] = {}

    def codes(self, index: int | None, flags: int) -> list[types.CodeType]:
        """Return all code objects inside one statement of the module, or inside the whole."""
        key = (index, flags)
        if key not in self.compiled:
            self.compiled[key] = self.compile(index, flags)
        return self.compiled[key]

    def compile(self, index: int | None, flags: int) -> list[types.CodeType]:
        """Compile one statement of the module, or the whole, as it is now."""
        body = self.body if index is None else [*self.imports, self.body[index]]
        allowed = flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        tree = ast.Module(body, [])
        with _quiet():
            made = compile(tree, self.file, "exec", flags=allowed, dont_inherit=True)
        return list(_inside(made))

    def around(self, line: int) -> list[int]:
        """Return the indices of the statements that a line belongs to."""
        return [
            index
            for index, stmt in enumerate(self.body)
            if _first_line(stmt) <= line <= (stmt.end_lineno or line) and not _is_import(stmt)
        ]


def _at_top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for stmt in body:
        yield stmt
        if not isinstance(stmt, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for part in ("body", "orelse", "finalbody"):
                yield from _at_top(getattr(stmt, part, []))
            for arm in (*getattr(stmt, "handlers", ()), *getattr(stmt, "cases", ())):
                yield from _at_top(arm.body)


def _is_import(stmt: ast.stmt) -> bool:
    return isinstance(stmt, (ast.Import, ast.ImportFrom))


_modules: dict[tuple[str, str], Module] = {}
_lock = threading.Lock()


def _new_lock() -> None:
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_new_lock)


@contextmanager
def alone() -> Iterator[None]:
    """Let one thread at a time make trees: Python 3.11 counts their depth once for all threads."""
    with _lock:
        yield


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Python from repeating the warnings it gave when the user's module was compiled."""
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def module_of(file: str, text: str) -> Module:
    """Return the parsed text, from memory where it was parsed before."""
    key = (file, text)
    module = _modules.pop(key, None) or Module(file, text)
    _modules[key] = module
    for stale in list(_modules)[:-_KEPT_MODULES]:
        _modules.pop(stale, None)
    return module


def best_match(module: Module, code: types.CodeType) -> _FunctionNode | None:
    """Return the node that compiles to this code, or None where no node does."""
    flags = code.co_flags & _FUTURE
    wanted = fingerprint(code)
    near = [
        one for index in module.around(code.co_firstlineno) for one in module.codes(index, flags)
    ]
    made = [one for one in near if _same_place(one, code) and fingerprint(one) == wanted]
    if not made:
        # It may have moved, since a line was added above it; or it takes the whole module.
        made = [one for one in module.codes(None, flags) if fingerprint(one) == wanted]
        named = [one for one in made if one.co_qualname == code.co_qualname]
        made = sorted(named or made, key=lambda one: abs(one.co_firstlineno - code.co_firstlineno))
    if len(made) > 1:
        where = list(code.co_positions())
        made.sort(key=lambda one: list(one.co_positions()) != where)
    return _node_of(module, made[0]) if made else None


def _same_place(made: types.CodeType, code: types.CodeType) -> bool:
    line = made.co_firstlineno == code.co_firstlineno
    return line and made.co_qualname == code.co_qualname


def fingerprint(code: types.CodeType) -> tuple[Any, ...]:
    """Return what a code object does, without where it was written."""
    return (
        code.co_code,
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_flags & _MEANING,
        code.co_exceptiontable,
        tuple(map(_constant, code.co_consts)),
    )


def _constant(value: Any) -> Any:
    if isinstance(value, types.CodeType):
        return fingerprint(value)
    if isinstance(value, tuple):
        return (tuple, *map(_constant, value))
    if isinstance(value, frozenset):
        return (frozenset, frozenset(map(_constant, value)))
    # By repr: 0.0 is not -0.0, 1 is not True, and nan is nan.
    return (type(value), value if isinstance(value, (str, bytes)) else repr(value))


def names_of(code: types.CodeType) -> set[str]:
    """Return all names that a code object mentions, also inside inner functions."""
    names = {*code.co_names, *code.co_varnames, *code.co_freevars, *code.co_cellvars}
    return names.union(*(names_of(one) for one in _inside(code)))


def _inside(code: types.CodeType) -> Iterator[types.CodeType]:
    for value in code.co_consts:
        if isinstance(value, types.CodeType):
            yield value
            yield from _inside(value)


def _first_line(node: ast.AST) -> int:
    decorators = getattr(node, "decorator_list", None)
    return int(decorators[0].lineno if decorators else node.lineno)  # type: ignore[attr-defined]


def _nodes_at(module: Module, code: types.CodeType) -> list[_FunctionNode]:
    line, name = code.co_firstlineno, code.co_name
    return [
        node
        for index in module.around(line)
        for node in _over(module.body[index], line)
        if isinstance(node, (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef))
        and _first_line(node) == line
        and getattr(node, "name", "<lambda>") == name
    ]


def _over(root: ast.AST, line: int) -> Iterator[ast.AST]:
    """Yield the nodes that a line belongs to, outer ones first."""
    waiting = deque([root])
    while waiting:
        node = waiting.popleft()
        place = getattr(node, "lineno", None)
        if place is None or _first_line(node) <= line <= (node.end_lineno or line):  # type: ignore[attr-defined]
            yield node
            waiting.extend(ast.iter_child_nodes(node))


def _node_of(module: Module, code: types.CodeType) -> _FunctionNode | None:
    nodes = _nodes_at(module, code)
    if len(nodes) > 1:
        nodes = _alike(module, nodes, code)
    if len(nodes) > 1:
        # All compile to this code: take the one that stands where the code does.
        spots = _columns(code)
        nodes.sort(key=lambda node: (-sum(_holds(node, spot) for spot in spots), -node.col_offset))
    return nodes[0] if nodes else None


def _alike(module: Module, nodes: list[_FunctionNode], code: types.CodeType) -> list[_FunctionNode]:
    """Return those of several lambdas on one line that compile to this code.

    One after the other is moved far down in a copy of the tree, where its code is easily found.
    """
    wanted = fingerprint(code)
    flags = code.co_flags & _FUTURE
    copy = Module(module.file, module.text)
    moved = _nodes_at(copy, code)
    for indices in (module.around(code.co_firstlineno), [None]):
        alike = []
        for node, twin in zip(nodes, moved, strict=True):
            _shift(twin, _FAR)
            found = [one for index in indices for one in copy.compile(index, flags)]
            own = [one for one in found if one.co_firstlineno == twin.lineno]
            _shift(twin, -_FAR)
            if own and fingerprint(own[0]) == wanted:
                alike.append(node)
        if alike:
            return alike
    return []


def _shift(function: _FunctionNode, by: int) -> None:
    # Not the defaults: they are outside of the function.
    body = function.body if isinstance(function.body, list) else [function.body]
    for node in (function, *(inner for part in body for inner in ast.walk(part))):
        if isinstance(node, (ast.expr, ast.stmt, ast.arg, ast.keyword)):
            node.lineno += by
            node.end_lineno = (node.end_lineno or node.lineno) + by


_Spot = tuple[int, int, int, int]


def _columns(code: types.CodeType) -> list[_Spot]:
    return [
        (line, column, end_line, end_column)
        for line, end_line, column, end_column in code.co_positions()
        if line is not None
        and end_line is not None
        and column is not None
        and end_column is not None
        and (column, end_column) != (0, 0)
    ]


def _holds(node: _FunctionNode, spot: _Spot) -> bool:
    line, column, end_line, end_column = spot
    end = (node.end_lineno or line, node.end_col_offset or column)
    return (node.lineno, node.col_offset) <= (line, column) and (end_line, end_column) <= end

"""Make a function of a text: nothing is executed, the code object is built and bound."""

from __future__ import annotations

import ast
import builtins
import itertools
import linecache
import weakref
from types import CellType, CodeType, FunctionType
from typing import Any

from srcgrad.read.modules import alone
from srcgrad.write.written import Written

_COUNT = itertools.count(1)


def load(written: Written, namespace: dict[str, Any] | None = None) -> FunctionType:
    """Return the function that a text defines.

    Parameters
    ----------
    written : Written
        What `write` gave.
    namespace : dict, optional
        The globals of the function, which are never written to; those of the program's
        own global variables by default.

    Notes
    -----
    Tracebacks, debuggers and ``inspect.getsource`` find the text through `linecache`, as long
    as the function lives.
    """
    filename = f"<srcgrad {written.name} {next(_COUNT)}>"
    space = namespace if namespace is not None else written.namespace
    space = {"__name__": "srcgrad.generated", "__builtins__": builtins} if space is None else space
    outside = {**written.names, **dict.fromkeys(written.functions)}
    free = [*outside, *written.cells]
    cells: dict[str, CellType] = {key: CellType(value) for key, value in outside.items()}
    cells.update(written.cells)
    with alone():
        tree = ast.parse(written.source, filename)
    for name, code in _codes(tree, free, filename):
        closure = tuple(cells[key] for key in code.co_freevars)
        function = FunctionType(code, space, name, None, closure)
        function.__module__ = str(space.get("__name__", "srcgrad.generated"))
        if name in written.functions:
            cells[name].cell_contents = function
    lines = written.source.splitlines(keepends=True)
    linecache.cache[filename] = (len(written.source), None, lines, filename)
    weakref.finalize(function, linecache.cache.pop, filename, None).atexit = False
    return function


def _codes(tree: ast.Module, free: list[str], filename: str) -> list[tuple[str, CodeType]]:
    """Compile every function of a text inside another one whose variables it may read."""
    found = []
    for node in tree.body:
        assert isinstance(node, ast.FunctionDef)
        name, node.name = node.name, "<inner>"
        params = [ast.arg(arg=key) for key in free]
        factory = ast.FunctionDef(
            name="<outer>",
            args=ast.arguments(
                posonlyargs=[], args=params, kwonlyargs=[], kw_defaults=[], defaults=[]
            ),
            body=[node],
            decorator_list=[],
        )
        if "type_params" in ast.FunctionDef._fields:
            factory.type_params = []  # type: ignore[attr-defined]
        for node_ in (factory, *params):
            ast.copy_location(node_, node)
        module = ast.Module(body=[factory], type_ignores=[])
        with alone():
            made = compile(module, filename, "exec", dont_inherit=True)
        code = _inner(_inner(made))
        found.append((name, code.replace(co_name=name, co_qualname=name)))
    return found


def _inner(code: CodeType) -> CodeType:
    return next(const for const in code.co_consts if isinstance(const, CodeType))

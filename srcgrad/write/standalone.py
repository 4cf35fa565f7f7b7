"""A written function as a module that runs by itself."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np

from srcgrad.errors import SrcgradError, Unreadable
from srcgrad.write.constants import value_tree
from srcgrad.write.inject import Injected, builtin_name, module_of, name_of
from srcgrad.write.print import text_of
from srcgrad.write.written import Written


def standalone(written: Written) -> str:
    """Return the text of a module that defines the function.

    Raises
    ------
    Unreadable
        If the function reaches something that no module text can say.
    """
    imports: list[str] = []
    values: list[str] = []
    taken = {*written.names, *written.cells, *written.reads}
    if written.names.get("np") is np:
        taken.discard("np")
    for name, value in written.names.items():
        line = _import(name, value)
        if line is not None:
            imports += [line] if line else []
        else:
            values.append(f"{name} = {_literal(name, value, taken, imports)}")
    for name, cell in written.cells.items():
        values.append(_data(name, name, None, cell.cell_contents, taken, imports))
    for name in written.reads:
        assert written.namespace is not None
        if name in written.namespace:
            value = written.namespace[name]
            values.append(_data(name, name, written.namespace, value, taken, imports))
    parts = ["\n".join(sorted(set(imports), key=_order)), "\n".join(filter(None, values))]
    return "\n\n".join(part for part in parts if part) + "\n\n\n" + written.source


def _order(line: str) -> tuple[int, str]:
    return (0 if line.startswith("import ") else 1, line)


def _data(
    name: str,
    key: str,
    namespace: dict[str, Any] | None,
    value: Any,
    taken: set[str],
    imports: list[str],
) -> str:
    """Return the assignment of data that the function reads late, or import it."""
    try:
        return f"{name} = {_literal(name, value, taken, imports)}"
    except SrcgradError:
        module = module_of(namespace) if namespace is not None else None
        if module is None or module.__name__ == "__main__":
            raise
        imports.append(_from(module.__name__, key, name))
        return ""


def _import(name: str, value: Any) -> str | None:
    """Return the line that imports an object, ``""`` for a builtin, None if there is none."""
    if isinstance(value, ModuleType):
        path = value.__name__
        if path == name:
            return f"import {path}"
        package, _, last = path.rpartition(".")
        if sys.modules.get(path) is value:
            return f"from {package} import {last}" if last == name else f"import {path} as {name}"
        return None
    builtin = builtin_name(value)
    if builtin is not None:
        return "" if builtin == name else f"{name} = {builtin}"
    own = name_of(value)
    for module in _homes(value):
        if own and vars(module).get(own) is value:
            return _from(module.__name__, own, name)
    return None


def _homes(value: Any) -> Iterator[ModuleType]:
    """Yield the modules in which an object may be found under its own name."""
    path = getattr(value, "__module__", None) if name_of(value) else None
    module = sys.modules.get(path) if type(path) is str else None
    if isinstance(module, ModuleType) and module.__name__ != "__main__":
        yield module
    for path in ("scipy.special", "scipy.linalg", "scipy.signal", "srcgrad.runtime"):
        module = sys.modules.get(path)
        if isinstance(module, ModuleType):
            yield module


def _from(path: str, key: str, name: str) -> str:
    return f"from {path} import {key}" + ("" if key == name else f" as {name}")


def _literal(name: str, value: Any, taken: set[str], imports: list[str]) -> str:
    """Return the text of a plain value: numbers, strings, small arrays, containers of these.

    What an array needs is added to the imports, under a name that is not taken.
    """
    injected = Injected(set(taken), None)
    tree = _tree(value, injected)
    if tree is None or any(held is not np for held in injected.names.values()):
        raise Unreadable(
            f"cannot save the function: {name!r} is {_article(type(value).__name__)} that no"
            f" text can say. Put it into a module that can be imported, or pass it as an argument."
        )
    imports += [f"import numpy as {own}" for own in injected.names]
    return text_of(tree)


def _tree(value: Any, injected: Injected) -> ast.expr | None:
    if type(value) is list:
        items = [_tree(item, injected) for item in value]
        return None if None in items else ast.List(elts=items, ctx=ast.Load())  # type: ignore[arg-type]
    if type(value) is dict:
        keys = [_tree(item, injected) for item in value]
        values = [_tree(item, injected) for item in value.values()]
        if None in keys or None in values:
            return None
        return ast.Dict(keys=keys, values=values)  # type: ignore[arg-type]
    if type(value) is np.ndarray and value.size <= 10_000 and value.dtype.kind in "biufc":
        inner = _tree(value.tolist(), injected)
        np_name = ast.Name(id=injected.name(np, "np"), ctx=ast.Load())
        func = ast.Attribute(value=np_name, attr="array", ctx=ast.Load())
        kind = ast.keyword(arg="dtype", value=ast.Constant(value=value.dtype.name))
        return None if inner is None else ast.Call(func=func, args=[inner], keywords=[kind])
    return value_tree(value, injected)


def _article(word: str) -> str:
    return ("an " if word[:1].lower() in "aeiou" else "a ") + word

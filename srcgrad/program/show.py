"""Print a program for people who work on the compiler."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from srcgrad.chapters import present
from srcgrad.program.nodes import (
    Atom,
    Block,
    Do,
    For,
    If,
    Let,
    Program,
    Stmt,
    Try,
    Var,
    While,
    With,
)


def show(program: Program) -> str:
    """Return the program as text, one statement a line, variables numbered where they clash.

    >>> import numpy as np
    >>> from srcgrad.program.build import Builder
    >>> b, x = Builder(), Var("x")
    >>> print(show(Program("f", (x,), b.block(b.let(np.sin, x)))))
    f(x):
        sin = numpy.sin(x)
        -> sin
    """
    names = _Names()
    head = f"{program.name}({', '.join(names(var) for var in program.params)}):"
    return "\n".join([head, *_block(program.body, names, 1)])


class _Names:
    def __init__(self) -> None:
        self.given: dict[Var, str] = {}
        self.count: dict[str, int] = {}

    def __call__(self, atom: Atom, hint: str = "") -> str:
        if not isinstance(atom, Var):
            return atom.spelled or _constant(atom.value)
        if atom not in self.given:
            base = atom.hint or hint or "t"
            self.count[base] = self.count.get(base, 0) + 1
            turn = self.count[base]
            self.given[atom] = base if turn == 1 else f"{base}.{turn}"
        return self.given[atom]


def _constant(value: Any) -> str:
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        return repr(value)
    name = getattr(value, "__name__", None)
    return name if isinstance(name, str) else f"<{type(value).__name__}>"


def fn_name(fn: Any) -> str:
    """Return a readable name for what a statement calls."""
    if isinstance(fn, Program):
        return fn.name
    name = getattr(fn, "__name__", None)
    if name is None:
        return repr(fn)
    module = (getattr(fn, "__module__", None) or type(fn).__module__).lstrip("_")
    ufunc = type(fn).__name__ == "ufunc"
    if ufunc:
        module = "numpy"
    if ufunc or module.startswith("scipy."):  # by the name under which it is public
        homes = (home.__name__ for _, home in present() if getattr(home, name, None) is fn)
        module = next(homes, module)
    return name if module in ("builtins", "srcgrad.program.ops") else f"{module}.{name}"


def _block(block: Block, names: _Names, depth: int) -> Iterator[str]:
    pad = "    " * depth
    for stmt in block.stmts:
        yield from _statement(stmt, names, depth)
    yield pad + "-> " + ", ".join(names(atom) for atom in block.results)


def _call(stmt: Let | Do, names: _Names) -> str:
    args = [names(atom) for atom in stmt.args]
    args += [f"{name}={names(atom)}" for name, atom in stmt.kwargs]
    return f"{fn_name(stmt.fn)}({', '.join(args)})"


def _statement(stmt: Stmt, names: _Names, depth: int) -> Iterator[str]:
    pad = "    " * depth
    match stmt:
        case Do():
            yield pad + _call(stmt, names)
        case Let():
            call = _call(stmt, names)
            hint = fn_name(stmt.fn).rpartition(".")[2]
            yield pad + ", ".join(names(var, hint) for var in stmt.targets) + " = " + call
        case If():
            test = names(stmt.test)
            yield pad + ", ".join(names(var) for var in stmt.targets) + f" = if {test}:"
            yield from _block(stmt.then, names, depth + 1)
            yield pad + "else:"
            yield from _block(stmt.orelse, names, depth + 1)
        case Try():
            yield pad + ", ".join(names(var) for var in stmt.targets) + " = try:"
            yield from _block(stmt.body, names, depth + 1)
            caught = ", ".join(cls.__name__ for cls in stmt.caught)
            yield f"{pad}except ({caught}) as {names(stmt.error, 'error')}:"
            yield from _block(stmt.handler, names, depth + 1)
        case With():
            outs = ", ".join(names(var) for var in stmt.targets)
            head = f"with {names(stmt.manager)} as {names(stmt.entered, 'entered')}:"
            yield f"{pad}{outs} = {head}"
            yield from _block(stmt.body, names, depth + 1)
        case For() | While():
            init = [names(atom) for atom in stmt.init]
            carried = [names(var) for var in stmt.carried]
            state = ", ".join(f"{a}={b}" for a, b in zip(carried, init, strict=True))
            outs = ", ".join(names(var) for var in stmt.targets)
            exits = " exits" if stmt.exits else ""
            if isinstance(stmt, For):
                head = f"for {names(stmt.each)} in {names(stmt.over)}"
                yield f"{pad}{outs} = {head} carrying [{state}]{exits}:"
            else:
                yield f"{pad}{outs} = while carrying [{state}]{exits}:"
                yield from _block(stmt.test, names, depth + 2)
            yield from _block(stmt.body, names, depth + 1)

"""Names for temporaries: what they hold, never a number."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.program import ops, walk
from srcgrad.program.nodes import Atom, Block, For, Let, Program, Stmt, Var, While
from srcgrad.write.fold import Folds

_WORDS: dict[Any, str] = {
    operator.add: "total",
    operator.sub: "diff",
    operator.mul: "product",
    operator.truediv: "ratio",
    operator.floordiv: "quotient",
    operator.mod: "remainder",
    operator.pow: "power",
    operator.matmul: "z",
    operator.neg: "minus",
    operator.getitem: "item",
    operator.not_: "negated",
    np.matmul: "z",
    np.dot: "z",
    np.add: "total",
    np.subtract: "diff",
    np.multiply: "product",
    np.divide: "ratio",
    np.sum: "total",
    ops.method("sum"): "total",
    sum: "total",
    ops.make_tuple: "group",
    ops.make_list: "items",
    ops.make_dict: "table",
    ops.fstring: "message",
    ops.formatted: "text",
    ops.contained: "found",
    ops.same: "value",
    ops.call: "result",
    runtime.unbroadcast: "part",
    runtime.zeros_like: "zero",
    runtime.put_add: "grown",
    runtime.add: "total",
    range: "steps",
    zip: "pairs",
    enumerate: "pairs",
    len: "n",
    slice: "span",
    reversed: "backwards",
}
_COMPARES = {operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne}


class Words:
    """Finds a word for a variable from the statement that binds it."""

    def __init__(self, program: Program, folds: Folds, names: dict[Var, str]) -> None:
        self.names = names
        self.folds = folds
        self.source: dict[Var, tuple[Stmt, int]] = {}
        self.each: dict[Var, For] = {}
        self._visit(program.body)

    def _visit(self, block: Block) -> None:
        for stmt in walk.statements(block):
            for position, var in enumerate(walk.targets(stmt)):
                self.source[var] = (stmt, position)
            if isinstance(stmt, For):
                self.each[stmt.each] = stmt

    def word(self, members: Iterable[Var]) -> str:
        """Return a word for variables that share one name."""
        members = list(members)
        if not any(self.folds.count.get(var) for var in members):
            return "_"
        for var in members:
            if var in self.each:
                return self._item(self.each[var])
            if var in self.source:
                stmt, position = self.source[var]
                word = self._statement(stmt, position)
                if word:
                    return word
        return "value"

    def _item(self, loop: For) -> str:
        over = self.folds.exprs.get(loop.over) if isinstance(loop.over, Var) else None
        if isinstance(over, Let) and over.fn is reversed and isinstance(over.args[0], Var):
            over = self.folds.exprs.get(over.args[0], over)
        if isinstance(over, Let) and over.fn is range:
            return "i"
        return "item"

    def _statement(self, stmt: Stmt, position: int) -> str:
        match stmt:
            case Let():
                return self._call(stmt, position)
            case For() | While():
                first = int(stmt.exits) + len(stmt.carried)
                if stmt.exits and position == 0:
                    return "stopped"
                if position >= first:
                    base = self._of(stmt.body.results[position])
                    return f"{base}_saved" if base else "saved"
        return ""

    def _of(self, atom: Atom) -> str:
        if not isinstance(atom, Var):
            return ""
        return self.names.get(atom) or atom.hint or self._short(atom)

    def _short(self, var: Var) -> str:
        if var not in self.source:
            return ""
        stmt, position = self.source[var]
        return self._call(stmt, position) if isinstance(stmt, Let) else ""

    def _call(self, stmt: Let, position: int) -> str:
        fn: Any = stmt.fn
        if isinstance(fn, ops.Attribute):
            return self._attribute(fn.name, stmt.args[0])
        if fn in _COMPARES:
            return "test"
        try:
            word = _WORDS.get(fn)
        except TypeError:
            word = None
        if word is not None:
            return word
        name = fn.name if isinstance(fn, (Program, ops.Method)) else getattr(fn, "__name__", "")
        name = name if isinstance(name, str) and name.isidentifier() else "value"
        base = self.names.get(stmt.args[0]) if stmt.args and isinstance(stmt.args[0], Var) else None
        if base and len(name) + len(base) < 16:
            return f"{name}_{base}"
        return f"{name}_value" if not isinstance(fn, Program) else "result"

    def _attribute(self, name: str, owner: Atom) -> str:
        base = self.names.get(owner, "") if isinstance(owner, Var) else ""
        return f"{base}_{name}" if base and len(base) < 12 else name.lower()


"""Names for temporaries: what they hold, never a number."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.collected import origins
from srcgrad.facts.purity import UFUNCS
from srcgrad.program import ops, walk
from srcgrad.program.nodes import (
    Atom,
    Block,
    Const,
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
from srcgrad.write.forms import Folds

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
    operator.not_: "negated",
    np.matmul: "z",
    runtime.matmul_left: "z",
    runtime.matmul_right: "z",
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
    ops.list_append: "items",
    ops.make_dict: "table",
    ops.fstring: "message",
    ops.formatted: "text",
    ops.contained: "found",
    ops.same: "value",
    ops.call: "result",
    runtime.unbroadcast: "part",
    ops.unpack: "part",
    runtime.pop_item: "item",
    runtime.pop_entry: "item",
    ops.unpack_star: "part",
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
_WORDS.update({fn: _WORDS[plain] for fn, plain in ops.PLAIN.items() if plain in _WORDS})
_MIXING = (
    operator.add, operator.sub, operator.mul, operator.truediv, operator.matmul, operator.neg,
    np.add, np.subtract, np.multiply, np.divide, np.matmul, np.where, runtime.unbroadcast,
    runtime.matmul_left, runtime.matmul_right,
)  # fmt: skip
_SUMS = frozenset({operator.add, operator.sub, operator.matmul})
_COMPARES = {operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne}


class Words:
    """Finds a word for a variable from the statement that binds it."""

    def __init__(self, program: Program, folds: Folds, names: dict[Var, str]) -> None:
        self.names = names
        self.folds = folds
        self.collected = origins(program)
        self.source: dict[Var, tuple[Stmt, int]] = {}
        self.each: dict[Var, For] = {}
        self.late: set[Var] = set()
        self.activated: dict[Var, str] = {}
        self.first: Let | None = None
        self._visit(program.body, False)

    def _visit(self, block: Block, late: bool) -> bool:
        for stmt in block.stmts:
            late = late or (isinstance(stmt, Do) and stmt.fn is ops.mark)
            for position, var in enumerate(walk.targets(stmt)):
                self.source[var] = (stmt, position)
            if (
                not late
                and isinstance(stmt, Let)
                and walk.among(stmt.fn, UFUNCS)
                and stmt.targets[0].user
            ):
                self._note_activation(stmt)
            if late:
                self.late.update(walk.targets(stmt))
                if self.first is None and isinstance(stmt, Let):
                    self.first = stmt if stmt.targets[0] not in self.folds.exprs else None
            if isinstance(stmt, For):
                self.each[stmt.each] = stmt
            if isinstance(stmt, (Try, With)):
                self.source.update((var, (stmt, -1)) for var in walk.inner(stmt))
            for child in walk.blocks(stmt):
                self._visit(child, late)
        return late

    def _note_activation(self, stmt: Let) -> None:
        read = [atom for atom in stmt.args if isinstance(atom, Var)]
        plain = not walk.among(stmt.fn, UFUNCS) or stmt.fn in _MIXING
        if not plain and len(read) == 1 and stmt.targets[0].user:
            self.activated[read[0]] = stmt.targets[0].hint

    def word(self, members: Iterable[Var]) -> str:
        """Return a word for variables that share one name."""
        members = list(members)
        if not any(self.folds.count.get(var) for var in members):
            return "_"
        words = (self._one(var) for var in members)
        return next((word for word in words if word), "value")

    def _one(self, var: Var) -> str:
        known = self.collected.get(var)
        if isinstance(known, Var):
            return self._of(known)
        if var in self.each:
            return self._item(self.each[var])
        if var in self.source:
            return self._statement(var, *self.source[var])
        return ""

    def _item(self, loop: For) -> str:
        over = self.folds.exprs.get(loop.over) if isinstance(loop.over, Var) else None
        if isinstance(over, Let) and over.fn is reversed and isinstance(over.args[0], Var):
            over = self.folds.exprs.get(over.args[0], over)
        return "i" if isinstance(over, Let) and over.fn is range else "item"

    def _statement(self, var: Var, stmt: Stmt, position: int) -> str:
        match stmt:
            case Try() if position < 0:
                return "error"
            case Let():
                word = self._call(stmt)
                return self._cotangent(stmt, word) if var in self.late else word
            case For() | While():
                first = int(stmt.exits) + len(stmt.carried)
                if stmt.exits and position == 0:
                    return "stopped"
                if position >= first:
                    base = self._of(stmt.body.results[position])
                    return f"{base}_saved" if base else "saved"
        return ""

    def _cotangent(self, stmt: Let, word: str) -> str:
        """``d_z``: a part of a cotangent, on its way from one user variable to another."""
        reads = [
            self.names.get(leaf, leaf.hint)
            for atom in walk.atoms(stmt)
            if isinstance(atom, Var)
            for leaf in self.folds.reads.get(atom, (atom,))
        ]
        if stmt.fn not in _MIXING:
            return word
        if any(name.startswith("d_") for name in reads):
            text = stmt.origin.stmt.text if stmt.origin is not None else ""
            return "d_z" if "@" in text or "dot" in text or word == "z" else f"d_{word}"
        if stmt is self.first and reads and reads[-1]:
            if stmt.fn is operator.truediv and isinstance(stmt.args[0], Const):
                return "scale"
            return f"d_{reads[-1]}"
        return word

    def _of(self, atom: Atom) -> str:
        """Return the name of an atom, or the word that it will get."""
        if not isinstance(atom, Var):
            return ""
        return self.names.get(atom) or atom.hint or self._short(atom)

    def _short(self, var: Var) -> str:
        stmt, position = self.source.get(var, (None, 0))
        if isinstance(stmt, (If, Try, With)):
            arms = (self._of(arm.results[position]) for arm in walk.arms(stmt))
            return next((word for word in arms if word), "")
        return self._call(stmt) if isinstance(stmt, Let) else ""

    def _call(self, stmt: Let) -> str:
        fn: Any = stmt.fn
        if isinstance(fn, ops.Attribute):
            return self._attribute(fn.name, stmt.args[0])
        if fn in _COMPARES:
            return "test"
        if fn is operator.getitem:
            return self._item_of(*stmt.args)
        try:
            word = _WORDS.get(fn)
        except TypeError:
            word = None
        if word is not None:
            return self._before(stmt) or word
        if fn is runtime.put:
            return ""  # the name of what it is put into
        name = fn.name if isinstance(fn, (Program, ops.Method)) else getattr(fn, "__name__", "")
        name = name if isinstance(name, str) and name.isidentifier() else "value"
        base = self.names.get(stmt.args[0]) if stmt.args and isinstance(stmt.args[0], Var) else None
        if base and len(name) + len(base) < 16:
            return f"{name}_{base}"
        return f"{name}_value" if not isinstance(fn, Program) else "result"

    def _before(self, stmt: Let) -> str:
        """Return ``z1`` for what ``h1 = np.tanh(z1)`` is the activation of."""
        h = self.activated.get(stmt.targets[0])
        if h is None or stmt.fn not in _SUMS:
            return ""
        return "z" + h[len(h.rstrip("0123456789")) :]

    def _item_of(self, owner: Atom, index: Atom) -> str:
        value = index.value if isinstance(index, Const) else None
        if value is None or (type(value) is tuple and None in value):
            if isinstance(index, Const) and isinstance(owner, Var):
                return self._of(owner)  # x[:, None] is x all the same
        if isinstance(value, str) and value.isidentifier():
            return value
        base = self.names.get(owner, "") if isinstance(owner, Var) else ""
        cut = self.folds.exprs.get(index) if isinstance(index, Var) else None
        if isinstance(cut, Let) and cut.fn in (slice, ops.make_tuple):
            return f"{base}_part" if base else "part"
        return f"{base}_item" if base else "item"

    def _attribute(self, name: str, owner: Atom) -> str:
        base = self.names.get(owner, "") if isinstance(owner, Var) else ""
        return f"{base}_{name}" if base and len(base) < 12 else name.lower()

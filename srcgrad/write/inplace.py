"""Statements that write into what they replace: ``d_W += e``, ``d_x[i] += g``, ``ys.append(y)``."""

from __future__ import annotations

import ast
import builtins
import operator
from collections.abc import Iterable, Mapping
from types import BuiltinFunctionType
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.indices import is_basic, is_distinct
from srcgrad.facts.kinds import Arr, DictOf, ListOf, Map, Seq
from srcgrad.facts.numbers import is_number, numbers
from srcgrad.facts.owned import Owned, items_in
from srcgrad.facts.purity import CHANGES, POPS
from srcgrad.program import ops, walk
from srcgrad.program.nodes import Atom, Const, Let, Program, Var
from srcgrad.write.expressions import AUGMENTED, Expressions
from srcgrad.write.forms import Folds
from srcgrad.write.print import argument_of, text_of

_CONTAINERS = (Seq, ListOf, Map, DictOf)
_CALLS = {
    ops.list_append: "append",
    runtime.append_inside: "append",
    runtime.extended: "extend",
    runtime.updated: "update",
    runtime.add_member: "add",
    runtime.drop_member: "discard",
}
_SYMBOLS = {
    "Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "**",
    "MatMult": "@", "BitAnd": "&", "BitOr": "|", "BitXor": "^", "LShift": "<<", "RShift": ">>",
}  # fmt: skip


class Inplace:
    """Spells statements whose target has the name of what they change."""

    def __init__(
        self,
        program: Program,
        owned: Owned,
        types: Mapping[Var, Any],
        expressions: Expressions,
    ) -> None:
        self.owned = owned
        self.types = types
        self.numbers = numbers(program, types)
        self.names: Mapping[Var, str] = expressions.names
        self.expressions = expressions
        self.folds: Folds = expressions.folds
        lets = (stmt for stmt in walk.statements(program.body) if isinstance(stmt, Let))
        self.calls = {let.targets[0]: let for let in lets if len(let.targets) == 1}

    def text(self, stmt: Let, backward: bool) -> str | None:
        """Return the statement as a change in place, or None if it is none.

        What the user wrote as ``s = s + v`` stays so; in the backward sweep it is ``s += v``.
        """
        if not stmt.args or len(stmt.targets) > 1 and stmt.fn not in POPS:
            return None
        flipped = self._flipped(stmt, backward)
        if flipped is not None or not isinstance(stmt.args[0], Var):
            return flipped
        target, old = stmt.targets[0], stmt.args[0]
        if old in self.folds.exprs or self.names.get(old) != self.names[target]:
            return None
        name = self.names[target]
        owned = target in self.owned.inplace
        fn: Any = stmt.fn
        if owned and walk.among(fn, CHANGES):
            return self._change(stmt, name)
        if owned and fn is runtime.put_add and isinstance(self.types.get(old), _CONTAINERS):
            return self._add_to_item(stmt, name)
        if owned and fn is runtime.put_add:
            return self._put_add(stmt, name)
        if owned and fn is runtime.put:
            return self._put(stmt, name)
        if fn in (np.add, runtime.add) and len(stmt.args) == 2 and not stmt.kwargs:
            fn = operator.add
        try:
            node, augmented = AUGMENTED.get(fn), fn in ops.PLAIN
        except TypeError:
            return None
        if node is None or not (augmented or backward or not target.user):
            return None
        if not owned and not {old, target} <= self.numbers:
            return None
        return self._augmented(name, _SYMBOLS[node.__name__], stmt.args[1])

    def _flipped(self, stmt: Let, backward: bool) -> str | None:
        """``d = 2.0 * d`` for numbers: the order of the factors makes no difference."""
        if len(stmt.args) != 2 or stmt.fn not in (operator.add, operator.mul) or not backward:
            return None
        target, old = stmt.targets[0], stmt.args[1]
        if not isinstance(old, Var) or old in self.folds.exprs or old is stmt.args[0]:
            return None
        if self.names.get(old) != self.names[target] or not {old, target} <= self.numbers:
            return None
        sign = "+" if stmt.fn is operator.add else "*"
        return self._augmented(self.names[target], sign, stmt.args[0])

    def _augmented(self, name: str, sign: str, value: Atom) -> str:
        tree = self.expressions.atom(value)
        return self._sum(name, tree) if sign == "+" else f"{name} {sign}= {text_of(tree)}"

    def _sum(self, name: str, tree: ast.expr) -> str:
        """Return ``name += tree``, or ``name -= ...`` where that is shorter."""
        positive = without_minus(tree)
        if positive is not None:
            return f"{name} -= {text_of(positive)}"
        return f"{name} += {text_of(tree)}"

    def _put_add(self, stmt: Let, name: str) -> str:
        _, index, value = stmt.args
        tree = self.expressions.atom(value)
        if self._is_basic(index) or self._is_mask(index) or self._is_distinct(index):
            owner = ast.Name(id=name, ctx=ast.Load())
            where = ast.Subscript(value=owner, slice=self.expressions.index(index), ctx=ast.Load())
            return self._sum(text_of(where), tree)
        module = self.expressions.injected.name(np, "np")
        place = argument_of(self.expressions.atom(index))
        return f"{module}.add.at({name}, {place}, {argument_of(tree)})"

    def _put(self, stmt: Let, name: str) -> str:
        """``u[i] = v``, and ``u[i] *= v`` where v is what was there times something."""
        old, index, value = stmt.args
        owner = ast.Name(id=name, ctx=ast.Load())
        where = ast.Subscript(value=owner, slice=self.expressions.index(index), ctx=ast.Load())
        made = self.folds.exprs.get(value) if isinstance(value, Var) else None
        if isinstance(made, Let) and self._is_augmented(made):
            part = self.folds.exprs.get(made.args[0])  # type: ignore[arg-type]
            if isinstance(part, Let) and part.fn is operator.getitem and part.args[0] is old:
                if part.args[1] is index or self._is_same(part.args[1], index):
                    sign = _SYMBOLS[AUGMENTED[made.fn].__name__]  # type: ignore[index]
                    return (
                        f"{text_of(where)} {sign}= {text_of(self.expressions.atom(made.args[1]))}"
                    )
        tree = self.expressions.atom(value)
        if name.startswith("d_") and self._scales(stmt, tree, where):
            assert isinstance(tree, ast.BinOp)
            return f"{text_of(where)} {_SYMBOLS[type(tree.op).__name__]}= {text_of(tree.right)}"
        return f"{text_of(where)} = {text_of(tree)}"

    def _scales(self, stmt: Let, tree: ast.expr, where: ast.expr) -> bool:
        """Tell whether an adjoint is set to itself times something of no larger shape."""
        if not isinstance(tree, ast.BinOp) or not isinstance(tree.op, (ast.Mult, ast.Div)):
            return False
        old, value = (self.types.get(a) for a in (stmt.args[0], stmt.args[2]))  # type: ignore[arg-type]
        part = self.folds.exprs.get(stmt.args[2])  # type: ignore[arg-type]
        first = self.types.get(part.args[0]) if isinstance(part, Let) else None  # type: ignore[arg-type]
        if not all(isinstance(kind, Arr) for kind in (old, value, first)):
            return False
        alike = old.dtype == value.dtype == first.dtype and value.dims == first.dims  # type: ignore[union-attr]
        return alike and text_of(tree.left) == text_of(where)

    def _add_to_item(self, stmt: Let, name: str) -> str:
        """``d_xs[i] += g``; an array, which others may hold, is made anew."""
        old, index, value = stmt.args
        where = self._place(name, [index])
        tree = self.expressions.atom(value)
        items = items_in(self.types.get(old))  # type: ignore[arg-type]
        if all(map(is_number, items)) and is_number(self.types.get(value)):  # type: ignore[arg-type]
            return self._sum(text_of(where), tree)
        total = ast.BinOp(left=where, op=ast.Add(), right=tree)
        return f"{text_of(where)} = {text_of(total)}"

    def _place(self, name: str, path: Iterable[Atom]) -> ast.expr:
        """Return ``name[i][j]``."""
        where: ast.expr = ast.Name(id=name, ctx=ast.Load())
        for index in path:
            place = self.expressions.index(index)
            where = ast.Subscript(value=where, slice=place, ctx=ast.Load())
        return where

    def _change(self, stmt: Let, name: str) -> str:
        """A change of a list, dict or set, as the user writes it."""
        fn: Any = stmt.fn
        rest = stmt.args[1:]
        if fn in (runtime.put_item, runtime.put_entry, runtime.put_items):
            return self._assigned(stmt, self._place(name, rest[:-1]))
        if fn in POPS:
            owner = text_of(self._place(name, rest[:-1]))
            last = isinstance(rest[-1], Const) and rest[-1].value == -1
            last = last and fn is runtime.pop_item
            given = "" if last else argument_of(self.expressions.atom(rest[-1]))
            item = stmt.targets[1]
            shown = item.user or self.folds.count.get(item)
            return (f"{self.names[item]} = " if shown else "") + f"{owner}.pop({given})"
        if fn is runtime.insert_item:
            texts = [argument_of(self.expressions.atom(atom)) for atom in rest]
            return f"{name}.insert({', '.join(texts)})"
        sign = {runtime.extended: "+", runtime.updated: "|"}.get(fn)
        if sign and stmt.origin and f" {sign}= " in stmt.origin.stmt.text:
            return f"{name} {sign}= {text_of(self.expressions.atom(rest[0]))}"
        owner = text_of(self._place(name, rest[:-1]))
        return f"{owner}.{_CALLS[fn]}({argument_of(self.expressions.atom(rest[-1]))})"

    def _assigned(self, stmt: Let, where: ast.expr) -> str:
        """``xs[i] = v``, and ``xs[i] += v`` where v is what was there and something."""
        value = stmt.args[-1]
        made = self.folds.exprs.get(value) if isinstance(value, Var) else None
        if isinstance(made, Let) and self._is_augmented(made):
            part = self.expressions.atom(made.args[0])
            if text_of(part) == text_of(where):
                sign = _SYMBOLS[AUGMENTED[made.fn].__name__]  # type: ignore[index]
                return f"{text_of(where)} {sign}= {text_of(self.expressions.atom(made.args[1]))}"
        return f"{text_of(where)} = {text_of(self.expressions.atom(value))}"

    def _is_augmented(self, made: Let) -> bool:
        return made.fn in ops.PLAIN if isinstance(made.fn, BuiltinFunctionType) else False

    def _is_same(self, one: Atom, other: Atom) -> bool:
        """Tell whether two indices are written alike."""
        return text_of(self.expressions.index(one)) == text_of(self.expressions.index(other))

    def _is_mask(self, index: Atom) -> bool:
        """Tell whether an index is one boolean array, which addresses every element once."""
        kind = self.types.get(index) if isinstance(index, Var) else None
        return isinstance(kind, Arr) and not kind.scalar and kind.dtype.kind == "b"

    def _is_distinct(self, index: Atom) -> bool:
        """Tell whether an index like ``(arange(n), labels)`` addresses no element twice."""
        made = self.calls.get(index) if isinstance(index, Var) else None
        return is_distinct(made, self.calls, self.types)

    def _is_basic(self, index: Atom) -> bool:
        """Tell whether an index addresses every element once: no arrays, no lists."""
        if isinstance(index, Const):
            return is_basic(index, self.types)
        stmt = self.folds.exprs.get(index)
        if isinstance(stmt, Let) and stmt.fn is builtins.slice:
            return True
        if isinstance(stmt, Let) and stmt.fn is ops.make_tuple:
            return all(map(self._is_basic, stmt.args))
        return is_basic(index, self.types)


def without_minus(tree: ast.expr) -> ast.expr | None:
    """Return what a product that begins with a minus sign is the negative of.

    >>> text_of(without_minus(ast.parse("-2.0 * a / b", mode="eval").body))
    '2.0 * a / b'
    """
    match tree:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return operand
        case ast.Constant(value=int() | float() as value) if value < 0:
            return ast.Constant(value=-value)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() | ast.MatMult() as op, right=right):
            positive = without_minus(left)
            return None if positive is None else ast.BinOp(left=positive, op=op, right=right)
    return None

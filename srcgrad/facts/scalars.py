"""Which variables are surely single numbers, and which surely hold floats, through loops too.

Coarser than types, and therefore still known where a loop turns a Python float into NumPy's::

    y = if x > 1.0: x * x else: -x            x, y: scalars, floats
    y.2 = while carrying [y.1=y]: ... cos(x)  y.1, y.2: scalars, floats
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import Arr, Known, Num, Py, Type
from srcgrad.facts.purity import UFUNCS
from srcgrad.program import ops
from srcgrad.program.nodes import (
    UNDEFINED,
    Atom,
    Const,
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
from srcgrad.program.walk import arms, statements

Types = Mapping[Var, Type]
_Rule = tuple[Callable[[Any], bool], tuple[Atom, ...]]

_SIGNS = frozenset({operator.neg, operator.pos, operator.abs, np.negative, np.abs})
_SUMS = frozenset({
    operator.add, operator.sub, operator.mul, operator.iadd, operator.isub, operator.imul, np.add,
    np.subtract, np.multiply, runtime.add, runtime.times,
})  # fmt: skip
_QUOTIENTS = frozenset({operator.truediv, operator.itruediv, np.divide})
_POWERS = frozenset({operator.pow, operator.ipow, np.power})
_SMOOTH = frozenset({
    np.sin, np.cos, np.tan, np.exp, np.log, np.tanh, np.sinh, np.cosh, np.sqrt, np.arctan,
    np.arcsin, np.arccos, np.log1p, np.expm1, np.exp2, np.log2, np.log10, np.arctan2, np.hypot,
    np.cbrt, np.mean, float, ops.method("mean"),
    *(fn for name, fn in vars(math).items()
      if callable(fn) and name in "sin cos tan exp log sqrt tanh atan asin acos log1p".split()),
})  # fmt: skip
_NUMBERS = frozenset({
    len, np.size, np.ndim, float, int, bool, ops.attribute("size"), ops.attribute("ndim"),
    ops.method("item"), np.vdot,
    *(fn for name, fn in vars(math).items() if callable(fn) and not name.startswith("_")),
})  # fmt: skip
_TOTALS = frozenset({
    np.sum, np.mean, np.prod, np.max, np.min, np.var, np.std,
    *map(ops.method, ["sum", "mean", "prod", "max", "min", "var", "std"]),
})  # fmt: skip
_ELEMENTWISE = (_SIGNS | _SUMS | _QUOTIENTS | _POWERS | UFUNCS) - {np.matmul}


def scalars(program: Program, types: Types | None = None) -> tuple[set[Var], set[Var]]:
    """Return the variables that are surely single numbers, and those that surely are floats.

    >>> from srcgrad.program.build import Builder
    >>> b, x = Builder(), Var("x")
    >>> y = b.let(np.sin, x)
    >>> found, floats = scalars(Program("f", (x,), b.block(y)), {x: Py(float)})
    >>> y in found and y in floats
    True
    """
    known = types or {}
    gather = _Rules()
    for stmt in statements(program.body):
        gather.statement(stmt)
    single = _settled(gather.single, known, _is_single, _single_constant)
    floats = _settled(gather.float, known, _is_float, _float_constant)
    return single, floats


def _is_single(kind: Type | None) -> bool | None:
    if isinstance(kind, Arr):
        return not kind.dims
    if isinstance(kind, Num):
        return True
    if isinstance(kind, Py) or (isinstance(kind, Known) and _single_constant(kind.value)):
        return True
    return None


def _is_float(kind: Type | None) -> bool | None:
    if isinstance(kind, Arr):
        return kind.dtype.kind in "fc"
    if isinstance(kind, Num):
        return True if all(map(_is_float, kind.options)) else None
    if isinstance(kind, Py):
        return kind.cls in (float, complex)
    return _float_constant(kind.value) if isinstance(kind, Known) else None


def _single_constant(value: Any) -> bool:
    return value is UNDEFINED or isinstance(value, (bool, int, float, complex, np.number))


def _float_constant(value: Any) -> bool:
    return value is UNDEFINED or isinstance(value, (float, complex, np.inexact))


class _Rules:
    """For each variable, what it takes of which atoms."""

    def __init__(self) -> None:
        self.single: dict[Var, _Rule] = {}
        self.float: dict[Var, _Rule] = {}
        self.lets: dict[Var, Let] = {}
        self.items: dict[Var, Atom] = {}
        self.each: dict[Var, For] = {}

    def statement(self, stmt: Stmt) -> None:
        match stmt:
            case Let():
                self.call(stmt)
            case If() | Try() | With():
                rows = zip(*(arm.results for arm in arms(stmt)), strict=True)
                for var, sources in zip(stmt.targets, rows, strict=True):
                    self.copies(var, *sources)
            case For() | While():
                self.loop(stmt)

    def copies(self, var: Var, *sources: Atom) -> None:
        self.single[var] = self.float[var] = (all, sources)

    def loop(self, loop: For | While) -> None:
        skip = int(loop.exits)
        first = skip + len(loop.carried)
        columns = zip(loop.carried, loop.targets[skip:], loop.init, loop.body.results[skip:])
        for var, out, *sources in columns:
            self.copies(var, *sources)
            self.copies(out, *sources)
        self.items.update(zip(loop.targets[first:], loop.body.results[first:], strict=True))
        if isinstance(loop, For):
            self.each[loop.each] = loop
            item = self.item(loop.over)
            if item is not None:
                self.copies(loop.each, item)
            elif isinstance(loop.over, Var) and loop.over in self.lets:
                inside = self.lets[loop.over]
                whole = inside.args[0] if inside.fn is reversed else loop.over
                made = self.lets.get(whole) if isinstance(whole, Var) else None
                if made is not None and made.fn is range:
                    self.single[loop.each] = (all, ())

    def item(self, over: Atom) -> Atom | None:
        """Return what stands for any item of a list."""
        let = self.lets.get(over) if isinstance(over, Var) else None
        if let is not None and let.fn is reversed:
            return self.item(let.args[0])
        return self.items.get(over) if isinstance(over, Var) else None

    def call(self, let: Let) -> None:
        fn = let.fn
        if fn is ops.unpack:
            self.unpacked(let)
        if len(let.targets) != 1:
            return
        (var,) = let.targets
        self.lets[var] = let
        if fn in (ops.same, runtime.stop_gradient, runtime.constant):
            self.copies(var, *let.args)
        elif fn is runtime.unbroadcast:
            self.single[var] = (all, let.args[1:])
            self.float[var] = (all, let.args[:1])
        elif not let.kwargs and (fn in _NUMBERS or (fn in _TOTALS and len(let.args) == 1)):
            self.single[var] = (all, ())
        elif fn in _ELEMENTWISE and not let.kwargs:
            self.single[var] = (all, let.args)
        if not let.kwargs:
            self.floating(var, let)

    def floating(self, var: Var, let: Let) -> None:
        if let.fn in _QUOTIENTS or let.fn in _SMOOTH:
            self.float[var] = (all, ())
        elif let.fn in _SUMS:
            self.float[var] = (any, let.args)
        elif let.fn in _SIGNS or let.fn in _POWERS:
            self.float[var] = (any, let.args[:1])

    def unpacked(self, let: Let) -> None:
        """The items of zip, one by one, or of a tuple that was collected."""
        whole = let.args[0]
        loop = self.each.get(whole) if isinstance(whole, Var) else None
        packed = self.item(loop.over) if loop else self.items.get(whole)  # type: ignore[arg-type]
        made = self.lets.get(packed) if isinstance(packed, Var) else None
        if made is not None and made.fn is ops.make_tuple:
            for var, atom in zip(let.targets, made.args, strict=False):
                self.copies(var, atom)
        over = self.lets.get(loop.over) if loop and isinstance(loop.over, Var) else None
        if over is None or over.fn is not zip:
            return
        for var, source in zip(let.targets, over.args, strict=False):
            item = self.item(source)
            if item is not None:
                self.copies(var, item)
                self.items[var] = item


def _settled(
    rules: Mapping[Var, _Rule],
    types: Types,
    decide: Callable[[Type | None], bool | None],
    constant: Callable[[Any], bool],
) -> set[Var]:
    """Return the largest set of variables that agrees with the rules and the types."""
    told = {var: decide(kind) for var, kind in types.items()}
    asked = [var for var in rules if told.get(var) is None]
    holds = {var for var, yes in told.items() if yes}
    holds.update(asked)
    readers: dict[Var, list[Var]] = {}
    for var in asked:
        for atom in rules[var][1]:
            if isinstance(atom, Var):
                readers.setdefault(atom, []).append(var)

    def stands(var: Var) -> bool:
        how, sources = rules[var]
        values = [constant(a.value) if isinstance(a, Const) else a in holds for a in sources]
        return how(values)

    todo = asked
    while todo:
        var = todo.pop()
        if var in holds and not stands(var):
            holds.discard(var)
            todo += [reader for reader in readers.get(var, ()) if reader in holds]
    return holds

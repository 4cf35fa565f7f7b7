"""Spell derived statements as a person would, where types allow it: the last of the passes.

Before, with ``x`` of shape (n, k) and ``s`` of shape (n,)::

    mark('backward')
    column = numpy.expand_dims(s, 1)
    d_x = numpy.multiply(column, x)

After::

    mark('backward')
    column = s[:, None]
    d_x = numpy.multiply(column, x)

It comes last, since other passes know the calls that it replaces.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import Arr, Known, Py, Size, Type
from srcgrad.facts.owned import owned
from srcgrad.facts.sizes import never_zero
from srcgrad.facts.turns import same_turn
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, For, Let, Program, Stmt, Var, While
from srcgrad.program.walk import among, is_const, statements, uses
from srcgrad.tidy.grown import grown, zeros
from srcgrad.tidy.halves import halved
from srcgrad.tidy.sight import ADD, DIV, MUL, SIZE, SUB
from srcgrad.tidy.specialise import Specialiser

Types = Mapping[Var, Type]
_SIGN = frozenset({np.sign})
_ZEROS: frozenset[Any] = frozenset({np.zeros_like, np.zeros})
_SUMS = frozenset({np.sum, ops.method("sum")})
_WHERE = frozenset({np.where})
_PUTS = frozenset({runtime.put_add})
_WRITES = frozenset({runtime.put})
_TUPLES = frozenset({ops.make_tuple})
_OCCASIONS = SIZE | _SIGN | _PUTS | _SUMS | _ZEROS | _WHERE | {
    np.ravel, np.expand_dims, len, ops.attribute("shape"), ops.attribute("dtype"),
    runtime.collect_like,
}  # fmt: skip
"""What a program has to call for there to be anything to do."""


def finish(program: Program, types: dict[Var, Type]) -> Program:
    """Return the program with shorter derived calls; types of new variables are added.

    >>> from srcgrad.facts.typed import type_of
    >>> from srcgrad.program.build import Builder
    >>> from srcgrad.program.show import show
    >>> b, s = Builder(), Var("s")
    >>> b.do(ops.mark, "backward")
    >>> p = Program("f", (s,), b.block(b.let(np.expand_dims, s, 1, hint="column")))
    >>> print(show(finish(p, {s: type_of(np.ones(3))})))
    f(s):
        mark('backward')
        column = operator.getitem(s, <tuple>)
        -> column
    """
    calls = [stmt.fn for stmt in statements(program.body) if isinstance(stmt, Let)]
    if not any(among(fn, _OCCASIONS) for fn in calls):
        return program
    grows = any(among(fn, _PUTS) for fn in calls)
    walker = Finisher(types, owned(program, types).inplace if grows else frozenset())
    walker.counts = uses(program.body)
    found = (stmt for stmt in statements(program.body) if isinstance(stmt, Let))
    walker.lets = {var: let for let in found for var in let.targets}
    walker.steps = {var: atom for pairs in same_turn(program).values() for var, atom in pairs}
    new = replace(program, body=walker.body(program.body))
    types.update({var: walker.types[var] for var in walker.new})
    return new


class Finisher(Specialiser):
    """Spells derived statements in order, and knows what the values so far were made by."""

    def __init__(self, types: Types, inplace: frozenset[Var]) -> None:
        super().__init__(types)
        self.inplace = inplace
        self.calls: dict[Var, Let] = {}
        self.lengths: dict[Atom, int] = {}
        self.deep: dict[Var, int] = {}
        self.counts: Mapping[Var, int] = {}
        self.lets: dict[Var, Let] = {}
        self.steps: dict[Var, Atom] = {}
        self.first: dict[tuple[Atom, ...], tuple[Var, list[Stmt]]] = {}
        self.turns = 0

    def statement(self, stmt: Stmt) -> None:
        loop = isinstance(stmt, (For, While))
        self.turns += loop
        super().statement(stmt)
        self.turns -= loop

    def add(self, let: Let) -> None:
        super().add(let)
        self.calls[let.targets[0]] = let
        self.deep[let.targets[0]] = self.turns
        if let.fn is ops.unpack:
            self.lengths[let.args[0]] = len(let.targets)

    def decided(self, let: Let) -> Atom | None:
        rule = _RULES[let.fn] if self.derived and among(let.fn, _RULES) and not let.kwargs else None
        if rule is None:
            return None
        target = let.targets[0]
        self.origin, self.hint = let.origin, target.hint
        out = rule(self, let)
        if out is None:
            return None
        found = self.stands(target, out)
        if found is target and out in self.calls:
            self.calls[target] = replace(self.calls[out], targets=(target,))
        return found

    def taken_apart(self, let: Let) -> bool | None:
        return None

    def made_by(self, atom: Atom, fns: frozenset[Any]) -> Let | None:
        """Return the call that made a value if it is one of these."""
        let = self.calls.get(atom) if isinstance(atom, Var) else None
        return let if let is not None and let.fn in fns else None


def _expanded(s: Finisher, let: Let) -> Atom | None:
    """``np.expand_dims(x, 1)`` is ``x[:, None]``."""
    kind = s.type(let.args[0])
    axis = let.args[1] if len(let.args) == 2 else None
    if not isinstance(kind, Arr) or kind.scalar or not isinstance(axis, Const):
        return None
    if type(axis.value) is not int or not -1 <= axis.value <= len(kind.dims):
        return None
    if axis.value == -1:
        return s.let(operator.getitem, let.args[0], Const((..., None)))
    index = (*(slice(None),) * axis.value, None)
    return s.let(operator.getitem, let.args[0], Const(index if axis.value else None))


def _inner(s: Finisher, let: Let) -> Atom | None:
    """``(a * b).sum()`` of two vectors is ``a @ b``: no array is made for the product."""
    product = s.made_by(let.args[0], MUL) if len(let.args) == 1 else None
    if product is None or s.counts[product.targets[0]] != 1 or product.kwargs:
        return None
    one, two = map(s.type, product.args)
    if not isinstance(one, Arr) or not isinstance(two, Arr) or one.dtype != two.dtype:
        return None
    if one.dtype.kind != "f" or len(one.dims) != 1 or len(two.dims) != 1:
        return None
    if not s.sizes.same(one.dims[0], two.dims[0]):
        return None
    return s.let(operator.matmul, *product.args)


def _either(s: Finisher, let: Let) -> Atom | None:
    """``where(t, 0.0, a) + where(t, b, 0.0)`` is ``where(t, b, a)``."""
    one, two = (s.made_by(atom, _WHERE) for atom in let.args)
    if one is None or two is None or one.kwargs or two.kwargs:
        return None
    if len(one.args) != 3 or len(two.args) != 3 or one.args[0] is not two.args[0]:
        return None
    if any(s.counts.get(made.targets[0]) != 1 for made in (one, two)):
        return None
    if len({s.type(atom) for atom in (one.targets[0], two.targets[0], let.targets[0])}) != 1:
        return None
    for a, b in ((one, two), (two, one)):
        if is_const(a.args[1], 0.0) and is_const(b.args[2], 0.0):
            return s.let(np.where, a.args[0], b.args[1], a.args[2])
    return None


def _flat(s: Finisher, let: Let) -> Atom | None:
    """A vector is flat."""
    kind = s.type(let.args[0])
    flat = isinstance(kind, Arr) and len(kind.dims) == 1 and len(let.args) == 1
    return let.args[0] if flat else None


def _dtype(s: Finisher, let: Let) -> Atom | None:
    """The dtype of doubles is ``float``: no array is needed to tell."""
    kind = s.type(let.args[0])
    return Const(float) if isinstance(kind, Arr) and kind.dtype == np.float64 else None


def _divided(s: Finisher, let: Let) -> Atom | None:
    """A mean of nothing owes nothing: ``2.0 / max(n, 1)`` where n may be 0."""
    number, count = let.args
    if s.dims(number) != ():
        return None
    less = s.made_by(count, SUB)
    if less is not None and _is_count(s, less.args[0]):
        sure = is_const(less.args[1], 1) and _never_zero(s, less.args[0])
        return None if sure else s.let(np.divide, number, count)
    if not _is_count(s, count) or _never_zero(s, count):
        return None
    return s.let(let.fn, number, s.let(max, count, Const(1)))


def _displayed(s: Finisher, let: Let) -> Atom | None:
    """What is owed to an array that was unpacked whole is an array of the parts."""
    made, kind = s.made_by(let.args[0], _TUPLES), s.type(let.args[1])
    if made is None or not isinstance(kind, Arr) or kind.scalar or len(kind.dims) != 1:
        return None
    if len(made.args) not in (kind.dims[0], s.lengths.get(let.args[1])):
        return None
    parts = [s.type(atom) for atom in made.args]
    plain = all(p == Py(float) or isinstance(p, Arr) and p.dtype == kind.dtype for p in parts)
    if not plain or any(s.dims(atom) != () for atom in made.args):
        return None
    hint, s.hint = s.hint, ""
    parts_list = s.let(ops.make_list, *made.args)
    s.hint = hint
    out = s.let(np.array, parts_list)
    made_kind = s.type(out)
    return out if isinstance(made_kind, Arr) and made_kind.dtype == kind.dtype else None


def _is_count(s: Finisher, atom: Atom) -> bool:
    made = s.made_by(atom, SIZE | {operator.getitem, len} | MUL)
    if made is None:
        return False
    if made.fn in MUL:
        return all(isinstance(arg, Const) or _is_count(s, arg) for arg in made.args)
    return made.fn in SIZE or isinstance(s.type(atom), (Size, Known))


def _never_zero(s: Finisher, atom: Atom) -> bool:
    """Tell whether a count is surely not 0."""
    made = s.made_by(atom, SIZE | MUL)
    if made is not None and made.fn in MUL:
        return all(_never_zero(s, arg) for arg in made.args)
    if made is not None:
        kind = s.type(made.args[0])
        return isinstance(kind, Arr) and all(map(never_zero, kind.dims))
    kind = s.type(atom)
    if isinstance(kind, Size):
        return never_zero(kind.dim)
    return isinstance(kind, Known) and bool(kind.value)


_RULES: dict[Any, Any] = {
    np.zeros_like: zeros,
    np.sum: _inner,
    ops.method("sum"): _inner,
    np.expand_dims: _expanded,
    runtime.put_add: grown,
    np.ravel: _flat,
    ops.attribute("dtype"): _dtype,
    runtime.collect_like: _displayed,
    **dict.fromkeys(ADD, _either),
    **dict.fromkeys(DIV, _divided),
    **dict.fromkeys(MUL, halved),
}

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
from types import EllipsisType
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.indices import is_basic, is_distinct
from srcgrad.facts.kinds import Arr, Known, Py, Size, Type
from srcgrad.facts.owned import owned
from srcgrad.facts.sizes import never_zero
from srcgrad.facts.turns import same_turn
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, For, Let, Program, Stmt, Var, While
from srcgrad.program.walk import among, is_const, statements, uses
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

    >>> from srcgrad.facts.types import type_of
    >>> from srcgrad.program.build import Builder
    >>> from srcgrad.program.show import show
    >>> b, s = Builder(), Var("s")
    >>> b.do(ops.mark, "backward")
    >>> p = Program("f", (s,), b.block(b.let(np.expand_dims, s, 1, hint="column")))
    >>> print(show(finish(p, {s: type_of(np.ones(3))})))
    f(s):
        mark('backward')
        column = s[(slice(None, None, None), None)]
        -> column
    """
    calls = [stmt.fn for stmt in statements(program.body) if isinstance(stmt, Let)]
    if not any(among(fn, _OCCASIONS) for fn in calls):
        return program
    grows = any(among(fn, _PUTS) for fn in calls)
    walker = _Finisher(types, owned(program, types).inplace if grows else frozenset())
    walker.counts = uses(program.body)
    found = (stmt for stmt in statements(program.body) if isinstance(stmt, Let))
    walker.lets = {var: let for let in found for var in let.targets}
    walker.steps = {var: atom for pairs in same_turn(program).values() for var, atom in pairs}
    new = replace(program, body=walker.body(program.body))
    types.update({var: walker.types[var] for var in walker.new})
    return new


class _Finisher(Specialiser):
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


def _expanded(s: _Finisher, let: Let) -> Atom | None:
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


def _grown(s: _Finisher, let: Let) -> Atom | None:
    """What is added to zeros is written there; to what must stay, it is added in a copy."""
    kind = s.type(let.args[0])
    if not isinstance(kind, Arr) or kind.scalar:
        return None
    if let.targets[0] in s.inplace:
        first = _is_zero(s, let.args[0], let.args[1])
        return s.let(runtime.put, *let.args) if first and _is_once(s, let.args[1]) else None
    hint, s.hint = s.hint, let.targets[0].hint
    whole = s.let(ops.method("copy"), let.args[0])
    s.hint = hint
    return s.let(runtime.put_add, whole, *let.args[1:])


def _is_zero(s: _Finisher, whole: Atom, index: Atom) -> bool:
    """Tell whether there are only zeros at an index: nothing was put there yet."""
    made = s.made_by(whole, _ZEROS | _WRITES)
    while made is not None and made.fn is runtime.put:
        if not _are_apart(_parts(s, index), _parts(s, made.args[1])):
            return False
        made = s.made_by(made.args[0], _ZEROS | _WRITES)
    return made is not None


def _parts(s: _Finisher, index: Atom) -> tuple[Any, ...]:
    """Return the parts of an index as far as they are constants; others are ``_TUPLES``."""
    made = s.made_by(index, _TUPLES)
    if made is not None:
        return tuple(atom.value if isinstance(atom, Const) else _TUPLES for atom in made.args)
    if not isinstance(index, Const):
        return (_TUPLES,)
    return index.value if isinstance(index.value, tuple) else (index.value,)


def _are_apart(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """Tell whether two indices, as ``0`` and ``1``, never address the same element."""
    if len(a) != len(b) or any(type(i) not in (int, slice, EllipsisType) for i in (*a, *b)):
        return False
    for i, j in zip(a, b, strict=True):
        if type(i) is not type(j):
            return False
        if isinstance(i, int) and i != j:
            return i >= 0 <= j or i < 0 > j
    return False


def _inner(s: _Finisher, let: Let) -> Atom | None:
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


def _either(s: _Finisher, let: Let) -> Atom | None:
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


def _flat(s: _Finisher, let: Let) -> Atom | None:
    """A vector is flat."""
    kind = s.type(let.args[0])
    flat = isinstance(kind, Arr) and len(kind.dims) == 1 and len(let.args) == 1
    return let.args[0] if flat else None


def _dtype(s: _Finisher, let: Let) -> Atom | None:
    """The dtype of doubles is ``float``: no array is needed to tell."""
    kind = s.type(let.args[0])
    return Const(float) if isinstance(kind, Arr) and kind.dtype == np.float64 else None


def _zeros(s: _Finisher, let: Let) -> Atom | None:
    """``np.zeros_like(v)`` of a vector, again and again, takes several times ``np.zeros``."""
    kind = s.type(let.args[0])
    if not s.turns or not isinstance(kind, Arr) or len(kind.dims) != 1 or len(let.args) != 1:
        return None
    if kind.dtype != np.float64 or s.type(let.targets[0]) != kind:
        return None
    hint, s.hint = s.hint, ""
    shape = s.let(ops.attribute("shape"), let.args[0])
    s.hint = hint or "zeros"
    return s.let(np.zeros, shape)


def _is_once(s: _Finisher, index: Atom) -> bool:
    """Tell whether an index addresses no element twice."""
    kind = s.type(index)
    mask = isinstance(kind, Arr) and kind.dtype.kind == "b" and not kind.scalar
    made = s.calls.get(index) if isinstance(index, Var) else None
    return mask or is_basic(index, s.types) or is_distinct(made, s.calls, s.types)


def _divided(s: _Finisher, let: Let) -> Atom | None:
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


def _halved(s: _Finisher, let: Let) -> Atom | None:
    """``g * (0.5 * sign(z) + 0.5)`` is ``g * (z >= 0.0)``, half of it where z is 0: less work."""
    for g, factor in (let.args, let.args[::-1]):
        found = _side(s, factor)
        if found is not None:
            test, z = found
            kinds = {s.type(atom) for atom in (g, z, let.targets[0])}
            whole = isinstance(s.type(z), Arr) and s.dims(z) != ()
            if not whole or len(kinds) != 1:
                return None
            bent = np.maximum if test is operator.ge else np.minimum
            if _is_bent(s, g, bent, z):
                return g
            # What was computed once before a loop is less work as it is.
            hoisted = isinstance(factor, Var) and s.deep.get(factor, s.turns) < s.turns
            return None if hoisted else _with_ties(s, let, g, test, z)
    return _rest_of_two(s, let)


def _is_bent(s: _Finisher, g: Atom, bent: Any, z: Atom, depth: int = 6) -> bool:
    """Tell whether ``max(z, 0.0)`` is a factor: then a value is 0 wherever z is not above 0."""
    then = s.steps.get(g, g) if isinstance(g, Var) else g
    made = s.lets.get(then) if isinstance(then, Var) else None
    if made is not None and made.fn is bent and len(made.args) == 2 and not made.kwargs:
        same = s.steps.get(z, z) if isinstance(z, Var) else z
        return any(is_const(b, 0.0) and a in (z, same) for a, b in (made.args, made.args[::-1]))
    product = s.made_by(g, MUL)
    return (
        product is not None
        and depth > 0
        and any(_is_bent(s, factor, bent, z, depth - 1) for factor in product.args)
    )


def _rest_of_two(s: _Finisher, let: Let) -> Atom | None:
    """What ``np.maximum(x, y)`` owes to y is what it does not owe to x."""
    for half, factor in (let.args, let.args[::-1]):
        sides = _ahead(s, factor)
        scaled = s.made_by(half, MUL)
        if sides is None or scaled is None or not is_const(scaled.args[0], 0.5):
            continue
        whole = scaled.args[1]
        if len({s.type(atom) for atom in (half, whole, let.targets[0])}) != 1:
            return None
        one, block = s.first.get((half, *sides[::-1]), (None, None))
        if one is not None and block is s.stmts:
            return s.let(operator.sub, whole, one)
        s.first[half, *sides] = let.targets[0], s.stmts
    return None


def _ahead(s: _Finisher, atom: Atom) -> tuple[Atom, Atom] | None:
    """Return x and y where a value is ``np.add(x > y, x >= y)``, or the other way round with <."""
    total = s.calls.get(atom) if isinstance(atom, Var) else None
    if total is None or total.fn is not np.add or len(total.args) != 2:
        return None
    for strict, loose, turned in (
        (operator.gt, operator.ge, False),
        (operator.lt, operator.le, True),
    ):
        one = s.made_by(total.args[0], frozenset({strict}))
        two = s.made_by(total.args[1], frozenset({loose}))
        if one is not None and two is not None and one.args == two.args:
            return one.args[::-1] if turned else one.args  # type: ignore[return-value]
    return None


def _side(s: _Finisher, atom: Atom) -> tuple[Any, Atom] | None:
    """Return the test and z where a value is ``0.5 * sign(z) + 0.5`` or ``0.5 - 0.5 * sign(z)``."""
    total = s.made_by(atom, ADD | SUB)
    if total is None:
        return None
    adds = total.fn in ADD
    product, half = total.args if adds else total.args[::-1]
    made = s.made_by(product, MUL)
    sign = s.made_by(made.args[1], _SIGN) if made is not None else None
    if made is None or sign is None or not (is_const(half, 0.5) and is_const(made.args[0], 0.5)):
        return None
    return operator.ge if adds else operator.le, sign.args[0]


def _with_ties(s: _Finisher, let: Let, g: Atom, test: Any, z: Atom) -> Atom:
    hint, s.hint = s.hint, ""
    side, tie, again = s.let(test, z, 0.0), s.let(operator.eq, z, 0.0), s.let(operator.eq, z, 0.0)
    s.hint = hint
    whole = s.let(let.fn, g, side)
    s.hint = ""
    share = s.let(operator.imul, s.let(operator.getitem, whole, tie), 0.5)
    s.hint = hint
    return s.let(runtime.put, whole, again, share)


def _displayed(s: _Finisher, let: Let) -> Atom | None:
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


def _is_count(s: _Finisher, atom: Atom) -> bool:
    made = s.made_by(atom, SIZE | {operator.getitem, len} | MUL)
    if made is None:
        return False
    if made.fn in MUL:
        return all(isinstance(arg, Const) or _is_count(s, arg) for arg in made.args)
    return made.fn in SIZE or isinstance(s.type(atom), (Size, Known))


def _never_zero(s: _Finisher, atom: Atom) -> bool:
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
    np.zeros_like: _zeros,
    np.sum: _inner,
    ops.method("sum"): _inner,
    np.expand_dims: _expanded,
    runtime.put_add: _grown,
    np.ravel: _flat,
    ops.attribute("dtype"): _dtype,
    runtime.collect_like: _displayed,
    **dict.fromkeys(ADD, _either),
    **dict.fromkeys(DIV, _divided),
    **dict.fromkeys(MUL, _halved),
}

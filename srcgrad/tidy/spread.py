"""Identities of shapes: values are spread over axes late, or not at all.

broadcast_to(s, shape(A)) * A  ->  s * A
unbroadcast(g, x)              ->  g            where the shapes are equal
sum(broadcast_to(s, shape(A))) ->  s * size(A)
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.facts.kinds import Arr
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let, Var
from srcgrad.tidy.sight import EXPANDED, MUL, NDIM, NEG, SHAPE, SPREAD, Sight, number

Emit = Callable[..., Atom]
Found = Atom | Let | None

_BY_ATTRIBUTE: dict[Any, str] = {np.size: "size", np.shape: "shape"}
FLIPS = frozenset({np.transpose, ops.attribute("T"), ops.method("transpose")})


def called(let: Let, fn: Any, *args: Any) -> Let:
    """Return a statement for the same target that calls something else."""
    wrapped = tuple(arg if isinstance(arg, (Var, Const)) else Const(arg) for arg in args)
    return Let(let.targets, fn, wrapped, (), let.origin)


def less_spread(let: Let, sight: Sight, emit: Emit) -> Found:
    """``broadcast_to(s, shape(A)) * A`` is ``s * A``; with a scalar, broadcasting waits."""
    for place, atom in enumerate(let.args):
        made = sight.made_by(atom, SPREAD)
        if made is None or made.kwargs:
            continue
        other = let.args[1 - place] if len(let.args) == 2 else None
        if other is not None and sight.has_shape(made.args[1], other):
            args = tuple(made.args[0] if i == place else a for i, a in enumerate(let.args))
            return called(let, let.fn, *args)
        if other is None or sight.is_scalar(other):
            args = tuple(made.args[0] if i == place else a for i, a in enumerate(let.args))
            return called(let, np.broadcast_to, emit(let.fn, *args), made.args[1])
    return None


def less_expanded(let: Let, sight: Sight, emit: Emit) -> Found:
    """``expand_dims(v, 0) * A`` is ``v * A``: broadcasting adds leading axes by itself."""
    for place, atom in enumerate(let.args):
        made = sight.made_by(atom, EXPANDED)
        if made is None or made.kwargs or len(made.args) != 2 or number(made.args[1]) != 0:
            continue
        inner = tuple(made.args[0] if i == place else a for i, a in enumerate(let.args))
        kind, other = sight.type(atom), sight.type(let.args[1 - place])
        if sight.is_scalar(let.args[1 - place]) and place == 0:
            return called(let, np.expand_dims, emit(let.fn, *inner), 0)
        if isinstance(kind, Arr) and isinstance(other, Arr) and len(kind.dims) <= len(other.dims):
            return called(let, let.fn, *inner)
    return None


def less_summed(let: Let, sight: Sight, emit: Emit) -> Found:
    """Nothing is summed where the shapes are equal."""
    value, like = let.args
    return value if sight.same_shape(value, like) else None


def asked(let: Let, sight: Sight, emit: Emit) -> Found:
    """Ask a value that is there anyway for its shape; ask an array by attribute."""
    asked = sight.standing_for(let.args[0])
    kind = sight.type(asked)
    array = isinstance(kind, Arr) and not kind.scalar
    if isinstance(kind, Arr) and let.fn in NDIM:
        return Const(len(kind.dims))
    attribute = _BY_ATTRIBUTE.get(let.fn)
    if attribute and array:
        return called(let, ops.attribute(attribute), asked)
    if not array and isinstance(let.fn, ops.Attribute) and asked is not let.args[0]:
        return None
    return called(let, let.fn, asked) if asked is not let.args[0] else None


def unturned(let: Let, sight: Sight, emit: Emit) -> Found:
    """A transpose of a transpose, or of a product: ``(a.T @ b).T`` is ``b.T @ a``."""
    if len(let.args) != 1:
        return None
    made = sight.made_by(let.args[0], FLIPS)
    if made is not None and len(made.args) == 1 and not made.kwargs:
        return made.args[0]
    product = sight.ours(let.args[0], _PRODUCTS)
    if product is None or not all(_is_matrix(atom, sight) for atom in product.args):
        return None
    first = sight.made_by(product.args[0], FLIPS)
    if first is None or len(first.args) != 1 or first.kwargs:
        return None
    turned = emit(ops.attribute("T"), product.args[1])
    return called(let, operator.matmul, turned, first.args[0])


_PRODUCTS = frozenset({operator.matmul, np.matmul})


def _is_matrix(atom: Atom, sight: Sight) -> bool:
    kind = sight.type(atom)
    return isinstance(kind, Arr) and len(kind.dims) == 2


def reshaped(let: Let, sight: Sight, emit: Emit) -> Found:
    """``reshape`` or ``broadcast_to`` to the shape that is there, or twice."""
    if let.kwargs or len(let.args) != 2:
        return None
    value, shape = let.args
    if sight.has_shape(shape, value):
        return value
    made = sight.made_by(value, SPREAD)
    if made is not None and sight.is_scalar(made.args[0]) and sight.made_by(shape, SHAPE):
        return called(let, np.broadcast_to, made.args[0], shape)
    made = sight.made_by(value, frozenset({let.fn}))
    if made is not None and not made.kwargs and len(made.args) == 2:
        return called(let, let.fn, made.args[0], shape)
    return None


def chosen(let: Let, sight: Sight, emit: Emit) -> Found:
    """A value spread over the shape of the condition need not be spread."""
    if len(let.args) != 3:
        return None
    test = let.args[0]
    if isinstance(test, Const) and type(test.value) is bool:
        picked = let.args[1 if test.value else 2]
        return picked if number(picked) is not None else None
    args = list(let.args)
    for place in (1, 2):
        made = sight.made_by(args[place], SPREAD)
        if made is not None and sight.has_shape(made.args[1], args[0]):
            args[place] = made.args[0]
    return called(let, np.where, *args) if args != list(let.args) else None


def put(let: Let, sight: Sight, emit: Emit) -> Found:
    """What is added to an array at an index is spread by itself."""
    whole, index, value = let.args
    made = sight.made_by(value, SPREAD)
    if made is None or not isinstance(sight.type(whole), Arr):
        return None
    return called(let, let.fn, whole, index, made.args[0])


def summed(let: Let, sight: Sight, emit: Emit) -> Found:
    """The sum of a value spread over a shape is that many times the value."""
    minus = sight.ours(let.args[0], NEG)
    if minus is not None:
        total = emit(let.fn, minus.args[0], *let.args[1:], **dict(let.kwargs))
        return called(let, operator.neg, total)
    product = sight.ours(let.args[0], MUL)
    if product is not None:
        return _sum_of_product(let, product, sight, emit)
    if let.kwargs or len(let.args) != 1:
        return None
    made = sight.made_by(let.args[0], SPREAD)
    if made is None or not sight.is_scalar(made.args[0]):
        return None
    shape = sight.made_by(made.args[1], SHAPE)
    if shape is None:
        return None
    size = emit(np.size, shape.args[0])
    return called(let, operator.mul, made.args[0], size)


def _sum_of_product(let: Let, product: Let, sight: Sight, emit: Emit) -> Found:
    """A factor without the axes that are summed over is multiplied by afterwards.

    ``(A * b).sum(axis=0)`` is ``A.sum(axis=0) * b``.
    """
    axes = _first_axes(let)
    whole = sight.type(let.args[0])
    if axes is None or not isinstance(whole, Arr):
        return None
    rest = len(whole.dims) - axes
    for place, factor in enumerate(product.args):
        other = product.args[1 - place]
        kind, full = sight.type(factor), sight.type(other)
        if not isinstance(full, Arr) or full.dims != whole.dims or full.dtype != whole.dtype:
            continue
        if isinstance(kind, Arr) and 0 < len(kind.dims) <= rest and kind.dtype == whole.dtype:
            total = emit(let.fn, other, *let.args[1:], **dict(let.kwargs))
            pair = (factor, total) if place == 0 else (total, factor)
            return called(let, operator.mul, *pair)
    return _in_one_pass(let, product, sight) if axes == 1 else None


def _in_one_pass(let: Let, product: Let, sight: Sight) -> Found:
    """``(A * B).sum(axis=0)`` is ``einsum("ij,ij->j", A, B)``, which makes no array for A * B."""
    one, two = (sight.type(factor) for factor in product.args)
    if not isinstance(one, Arr) or one != two or one.dtype.kind != "f" or len(one.dims) < 2:
        return None
    axes = "ijklmnop"[: len(one.dims)]
    return called(let, np.einsum, f"{axes},{axes}->{axes[1:]}", *product.args)


def _first_axes(let: Let) -> int | None:
    """Return over how many leading axes a call sums, if it drops just those."""
    if len(let.args) != 1 or [name for name, _ in let.kwargs] != ["axis"]:
        return None
    axis = let.kwargs[0][1]
    if not isinstance(axis, Const):
        return None
    if axis.value == 0 and type(axis.value) is int:
        return 1
    leading = type(axis.value) is tuple and axis.value == tuple(range(len(axis.value)))
    return len(axis.value) if leading and axis.value else None


def expanded(let: Let, sight: Sight, emit: Emit) -> Found:
    """``expand_dims(2.0 * x, 1)`` is ``2.0 * expand_dims(x, 1)``: numbers come together."""
    if let.kwargs or len(let.args) != 2 or number(let.args[1]) == 0:
        return None
    product = sight.ours(let.args[0], MUL)
    if product is None or number(product.args[0]) is None or sight.is_scalar(product.args[1]):
        return None
    return called(let, product.fn, product.args[0], emit(let.fn, product.args[1], let.args[1]))

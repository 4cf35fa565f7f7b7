"""The identities that `simplify` applies to one derived statement, keyed by what it calls.

A rule takes the statement and what is known; it gives an atom (the value is that), another
statement, or None.  New statements that it needs first go to ``emit``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import Arr, Known, Seq
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let, Var
from srcgrad.program.walk import is_const
from srcgrad.tidy.constants import TESTS, arithmetic, classed, tested
from srcgrad.tidy.gather import gathered
from srcgrad.tidy.lengths import in_full
from srcgrad.tidy.scatter import (
    covering,
    plus_zeros,
    put_back,
    put_over,
    put_whole,
    scattered,
    taken_whole,
)
from srcgrad.tidy.shares import nothing, opposite, whole
from srcgrad.tidy.sight import (
    ADD,
    DIV,
    MUL,
    NDIM,
    NEG,
    POW,
    SCALED,
    SHAPE,
    SIZE,
    SPREAD,
    SUB,
    SUMMED,
    Sight,
    number,
)
from srcgrad.tidy.spread import (
    FLIPS,
    asked,
    called,
    chosen,
    expanded,
    less_expanded,
    less_spread,
    less_summed,
    put,
    reshaped,
    summed,
    unturned,
)

Emit = Callable[..., Atom]
Found = Atom | Let | None
Rule = Callable[[Let, Sight, Emit], Found]


def rewritten(let: Let, sight: Sight, emit: Emit) -> Found:
    """Return what a derived statement may be replaced by, or None."""
    if let.kwargs and let.fn not in (np.sum, ops.method("sum"), np.reshape):
        return None
    for rule in RULES.get(let.fn, ()):
        found = rule(let, sight, emit)
        if found is not None:
            return found
    return None


def _neutral(let: Let, sight: Sight, emit: Emit) -> Found:
    """``1.0 * x``, ``x / 1.0``, ``x + 0.0``, ``x ** 1`` where the dtype stays."""
    left, right = let.args
    unit = 0.0 if let.fn in SUMMED else 1.0
    if number(right) == unit and _stays(left, right, let.fn in DIV, sight):
        return left
    if (let.fn in MUL or let.fn in ADD) and number(left) == unit:
        return right if _stays(right, left, False, sight) else None
    return None


def _unit(let: Let, sight: Sight, emit: Emit) -> Found:
    """``a - 1.0 * n`` is ``a - n`` where a is of floats: that makes floats of n as well."""
    for place, atom in enumerate(let.args):
        made = sight.ours(atom, MUL)
        if made is None or number(made.args[0]) != 1.0:
            continue
        plain, other = sight.type(made.args[1]), sight.type(let.args[1 - place])
        target = sight.type(let.targets[0])
        if not all(isinstance(kind, Arr) for kind in (plain, other, target)):
            continue
        dtype = np.result_type(plain.dtype, other.dtype)  # type: ignore[union-attr]
        if other.dtype.kind == "f" and dtype == target.dtype:  # type: ignore[union-attr]
            args = tuple(made.args[1] if i == place else a for i, a in enumerate(let.args))
            return called(let, let.fn, *args)
    return None


def _stays(value: Atom, neutral: Atom, divides: bool, sight: Sight) -> bool:
    """Tell whether a value keeps its dtype under a neutral number."""
    return sight.is_float(value) or (
        type(number(neutral)) is int and not divides and not sight.is_bool(value)
    )


def _minus_one(let: Let, sight: Sight, emit: Emit) -> Found:
    left, right = let.args
    if number(left) == -1 and sight.is_float(right):
        return called(let, operator.neg, right)
    if number(right) == -1 and sight.is_float(left):
        return called(let, operator.neg, left)
    return None


def _plus_minus(let: Let, sight: Sight, emit: Emit) -> Found:
    """``a + -b`` is ``a - b``, ``a - -b`` is ``a + b``."""
    left, right = let.args
    adds = let.fn in ADD
    plain = _negated(right, sight, emit)
    if plain is not None:
        return called(let, operator.sub if adds else operator.add, left, plain)
    if adds:
        plain = _negated(left, sight, emit)
        if plain is not None:
            return called(let, operator.sub, right, plain)
    return None


def _negated(atom: Atom, sight: Sight, emit: Emit) -> Atom | None:
    """Return x where an atom is -x and saying x is no longer."""
    made = sight.made_by(atom, NEG)
    if made is not None:
        return made.args[0]
    spine: list[Let] = []
    product = sight.ours(atom, SCALED)
    while product is not None:
        spine.append(product)
        product = sight.ours(product.args[0], SCALED)
    if not spine:
        return None
    turned = _turned(spine[-1].args[0], sight)
    if turned is not None:
        for let in reversed(spine):
            turned = emit(let.fn, turned, let.args[1])
        return turned
    left, right = spine[0].args
    quotient = sight.ours(right, DIV) if spine[0].fn in MUL else None
    turned = _turned(quotient.args[0], sight) if quotient is not None else None
    if quotient is None or turned is None:
        return None
    return emit(spine[0].fn, left, emit(operator.truediv, turned, quotient.args[1]))


def _turned(atom: Atom, sight: Sight) -> Atom | None:
    """Return a factor without its minus sign."""
    value = number(atom)
    if value is not None:
        return Const(-value) if value < 0 else None
    minus = sight.made_by(atom, NEG)
    return minus.args[0] if minus is not None else None


def _sign(let: Let, sight: Sight, emit: Emit) -> Found:
    """``g * -c`` is written ``-c * g``."""
    left, right = let.args
    if sight.ours(right, NEG) and number(left) is None and not sight.ours(left, NEG):
        return called(let, let.fn, right, left)
    return None


def _over(let: Let, sight: Sight, emit: Emit) -> Found:
    """``g * (1.0 / x)`` is ``g / x``, ``2.0 * (0.5 / x)`` is ``1.0 / x``."""
    for place, atom in enumerate(let.args):
        quotient = sight.ours(atom, DIV)
        top = number(quotient.args[0]) if quotient is not None else None
        if quotient is None or top is None:
            continue
        other = let.args[1 - place]
        if number(other) is not None:
            return called(let, operator.truediv, number(other) * top, quotient.args[1])
        if top == 1 and not sight.is_count(quotient.args[1]):
            return called(let, operator.truediv, other, quotient.args[1])
    return None


def _empty(let: Let, sight: Sight, emit: Emit) -> Found:
    """A share of nothing, as in the mean of an empty array, does not divide by 0.

    The variance of one element over no degree of freedom is not a number.
    """
    share, count = let.args
    if number(count) == 0 and number(share) is not None:
        return Const(np.nan)
    none = count in sight.derived and sight.is_count(count) and sight.type(count) == Known(0)
    return share if none else None


def _quotient(let: Let, sight: Sight, emit: Emit) -> Found:
    """``g * (-z / y)`` is ``-(q * z)`` where ``q = g / y`` is there already."""
    left, right = let.args
    ratio = sight.ours(right, DIV)
    minus = sight.ours(ratio.args[0], NEG) if ratio is not None else None
    if ratio is None or minus is None:
        return None
    there: Atom | None = sight.quotients.get((left, ratio.args[1]))
    if there is None or not sight.is_read(there):
        if not sight.is_inverted(ratio.args[1]) or not sight.is_read(left, 2):
            return None
        there = emit(operator.truediv, left, ratio.args[1])  # it is to come
    return called(let, operator.neg, emit(operator.mul, there, minus.args[0]))


def _twice(let: Let, sight: Sight, emit: Emit) -> Found:
    left, right = let.args
    if not isinstance(right, Var) or not sight.is_float(right):
        return None
    if left is right or _are_twins(left, right, sight):
        whole_ = _undone_half(left, sight, emit)
        return called(let, operator.mul, 2.0, left) if whole_ is None else whole_
    return _again(let, sight, emit)


def _undone_half(atom: Atom, sight: Sight, emit: Emit) -> Atom | None:
    """Return twice a product that begins with 0.5."""
    made = sight.made_by(atom, MUL)
    if made is None:
        return None
    if number(made.args[0]) == 0.5:
        return made.args[1] if sight.is_float(made.args[1]) else None
    first = _undone_half(made.args[0], sight, emit)
    return None if first is None else emit(made.fn, first, made.args[1])


def _are_twins(left: Atom, right: Atom, sight: Sight) -> bool:
    """Tell whether two values are products of the same two factors."""
    one, two = sight.made_by(left, MUL), sight.made_by(right, MUL)
    return one is not None and two is not None and two.args in (one.args, one.args[::-1])


def _again(let: Let, sight: Sight, emit: Emit) -> Found:
    """``a + b + b`` is ``a + 2.0 * b``, ``a - b - b`` is ``a - 2.0 * b``."""
    left, right = let.args
    before = sight.ours(left, ADD if let.fn in ADD else SUB)
    if before is None or before.args[1] is not right or not isinstance(right, Var):
        return None
    if not sight.is_float(right):
        return None
    return called(let, let.fn, before.args[0], _doubled(right, sight, emit))


def _doubled(atom: Var, sight: Sight, emit: Emit) -> Atom:
    """Twice a product that was read twice and is now read nowhere else."""
    product = sight.made_by(atom, MUL)
    if product is None or sight.uses.get(atom) != 2 or not sight.is_scalar(product.args[0]):
        return emit(operator.mul, 2.0, atom)
    left, right = product.args
    return emit(operator.mul, emit(operator.mul, 2.0, left), right)


def _minus(let: Let, sight: Sight, emit: Emit) -> Found:
    """``-(-x)``, ``-(a - b)``, ``-(2.0 * x)``."""
    (atom,) = let.args
    inner = sight.made_by(atom, NEG)
    if inner is not None:
        return inner.args[0]
    difference = sight.ours(atom, SUB)
    if difference is not None:
        return called(let, operator.sub, *reversed(difference.args))
    product = sight.ours(atom, SCALED)
    if product is not None:
        left, right = product.args
        value = number(left)
        if value is not None:
            return called(let, product.fn, -value, right)
        inner = sight.ours(left, NEG)
        return called(let, product.fn, inner.args[0], right) if inner else None
    return None


def _square(let: Let, sight: Sight, emit: Emit) -> Found:
    """``x ** 2`` is ``x * x``."""
    base, power = let.args
    if number(power) == 2 and isinstance(base, Var) and sight.is_float(base):
        return called(let, operator.mul, base, base)
    return None


def _gather(let: Let, sight: Sight, emit: Emit) -> Found:
    return gathered(let, sight, emit)


def _item(let: Let, sight: Sight, emit: Emit) -> Found:
    return item_of(let, sight)


def item_of(let: Let, sight: Sight) -> Atom | None:
    """``(a, b)[0]`` is ``a``, ``{"k": a}["k"]`` is ``a``."""
    container, index = let.args
    if not isinstance(index, Const):
        return None
    made = sight.definition(container)
    if made is not None and made.fn is runtime.collect_like:
        whole = sight.type(made.args[1])
        parts = sight.made_by(made.args[0], _TUPLES)
        if parts is not None and isinstance(whole, Seq) and len(whole.items) == len(parts.args):
            made = parts
    if made is None:
        return None
    if made.fn in (ops.make_tuple, ops.make_list) and type(index.value) is int:
        place = index.value
        return made.args[place] if -len(made.args) <= place < len(made.args) else None
    if made.fn is ops.make_dict and all(isinstance(key, Const) for key in made.args[::2]):
        pairs = list(zip(made.args[::2], made.args[1::2], strict=True))
        for key, value in reversed(pairs):
            assert isinstance(key, Const)
            if type(key.value) is type(index.value) and key.value == index.value:
                return value
    return None


def _of_values(let: Let, sight: Sight, emit: Emit) -> Found:
    """What is owed to the values of a dict need not be made like these first."""
    items, like = let.args
    made = sight.made_by(items, _COLLECTS)
    values = sight.made_by(made.args[1], _VALUES) if made is not None else None
    if made is None or values is None or values.args[0] is not like:
        return None
    return called(let, let.fn, made.args[0], like)


def _absent(let: Let, sight: Sight, emit: Emit) -> Found:
    """Adding nothing, or numbers and arrays."""
    left, right = let.args
    if is_const(right, None):
        return left
    if is_const(left, None):
        return right
    plain = sight.is_numeric(left) and sight.is_numeric(right)
    return called(let, operator.add, left, right) if plain else None


def _times(let: Let, sight: Sight, emit: Emit) -> Found:
    """Where the cotangent is nowhere 0, a plain product does."""
    left, right = let.args
    return called(let, operator.mul, left, right) if _is_nonzero(left, sight) else None


_KEEPS = DIV | NEG | SPREAD
_TUPLES = frozenset({ops.make_tuple})


def _is_nonzero(atom: Atom, sight: Sight) -> bool:
    value = number(atom)
    if value is not None:
        return bool(value != 0)
    made = sight.made_by(atom, _KEEPS)
    if made is None or not _is_nonzero(made.args[0], sight):
        return False
    return made.fn not in DIV or sight.is_count(made.args[1])


_COLLECTS = frozenset({runtime.collect_like})
_VALUES = frozenset({ops.method("values")})
_OF_PRODUCTS = (
    arithmetic, nothing, _neutral, _unit, _minus_one, less_spread, less_expanded, _quotient, _over,
    _sign, _gather, in_full,
)  # fmt: skip
_OF_SUMS = (
    arithmetic, _neutral, _unit, less_spread, less_expanded, opposite, _twice, _plus_minus,
    scattered, plus_zeros,
)  # fmt: skip
_OF_DIFFERENCES = (
    arithmetic, _neutral, _unit, less_spread, less_expanded, opposite, _plus_minus, _again,
)  # fmt: skip

RULES: dict[Any, tuple[Rule, ...]] = {
    **dict.fromkeys(MUL, _OF_PRODUCTS),
    **dict.fromkeys(DIV, (_empty, arithmetic, _neutral, _unit, less_spread, less_expanded)),
    **dict.fromkeys(ADD, _OF_SUMS),
    **dict.fromkeys(SUB, _OF_DIFFERENCES),
    **dict.fromkeys(POW, (arithmetic, _neutral, _square)),
    **dict.fromkeys(NEG, (arithmetic, _minus, less_spread)),
    **dict.fromkeys(SIZE | SHAPE | NDIM, (asked,)),
    **dict.fromkeys(FLIPS, (unturned,)),
    **dict.fromkeys(TESTS, (tested,)),
    isinstance: (classed,),
    operator.getitem: (_item, taken_whole),
    runtime.add: (_absent,),
    runtime.times: (_times,),
    runtime.dict_like: (_of_values,),
    runtime.unbroadcast: (less_summed,),
    np.where: (chosen,),
    runtime.put_add: (covering, put, put_over),
    runtime.put: (put_back, put_whole),
    np.reshape: (reshaped,),
    np.broadcast_to: (reshaped,),
    np.expand_dims: (expanded,),
    ops.method("reshape"): (reshaped,),
    np.sum: (whole, summed),
    ops.method("sum"): (whole, summed),
}

"""Masks of kinks as a person would write them: a comparison, and half of it where two are equal."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import Arr
from srcgrad.program.nodes import Atom, Let, Var
from srcgrad.program.walk import is_const
from srcgrad.tidy.sight import ADD, MUL, SUB

if TYPE_CHECKING:
    from srcgrad.tidy.finish import Finisher

_SIGN = frozenset({np.sign})


def halved(s: Finisher, let: Let) -> Atom | None:
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


def _is_bent(s: Finisher, g: Atom, bent: Any, z: Atom, depth: int = 6) -> bool:
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


def _rest_of_two(s: Finisher, let: Let) -> Atom | None:
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


def _ahead(s: Finisher, atom: Atom) -> tuple[Atom, Atom] | None:
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


def _side(s: Finisher, atom: Atom) -> tuple[Any, Atom] | None:
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


def _with_ties(s: Finisher, let: Let, g: Atom, test: Any, z: Atom) -> Atom:
    hint, s.hint = s.hint, ""
    side, tie, again = s.let(test, z, 0.0), s.let(operator.eq, z, 0.0), s.let(operator.eq, z, 0.0)
    s.hint = hint
    whole = s.let(let.fn, g, side)
    s.hint = ""
    share = s.let(operator.imul, s.let(operator.getitem, whole, tie), 0.5)
    s.hint = hint
    return s.let(runtime.put, whole, again, share)

"""Gather the numbers of a product: ``s * (2.0 * A)`` becomes ``(2.0 * s) * A``.

An array is then gone over once less.  Only factors that cannot overflow on the way are moved:
plain numbers of moderate size, divisions by counts, and at most one other scalar.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from srcgrad.program.nodes import Atom, Const, Let
from srcgrad.tidy.sight import DIV, MUL, NEG, SCALED, Sight, number

Emit = Callable[..., Atom]
_DEPTH = 12


@dataclass(slots=True)
class _Factors:
    number: float = 1
    numbers: int = 0
    scalars: list[Atom] = field(default_factory=list)
    divisors: list[Atom] = field(default_factory=list)
    arrays: list[Atom] = field(default_factory=list)
    negative: bool = False


def gathered(let: Let, sight: Sight, emit: Emit) -> Let | Atom | None:
    """Return a product with its scalars in front, where that saves anything."""
    if not any([_may_give(atom, sight) for atom in let.args]):
        return None
    found = _Factors()
    for atom in let.args:
        _collect(atom, sight, found, _DEPTH)
    if not _is_worth(let, found, sight):
        return None
    if found.negative:
        found.number = -found.number
    if found.number == 0 or not 1e-9 < abs(found.number) < 1e9:
        return None
    factors = _coefficient(found, sight, emit)
    factors += found.arrays
    result = factors[0]
    if len(factors) == 1:
        return result
    for atom in factors[1:-1]:
        result = emit(operator.mul, result, atom)
    return replace(let, fn=operator.mul, args=(result, factors[-1]), kwargs=())


def _may_give(atom: Atom, sight: Sight) -> bool:
    """Tell whether a factor may be or hold a number, a scalar or a sign."""
    return sight.is_scalar(atom) or sight.made_by(atom, _MADE) is not None


_MADE = MUL | DIV | NEG


def _is_worth(let: Let, found: _Factors, sight: Sight) -> bool:
    if found.negative and not found.numbers:
        return False
    untidy = found.numbers > 1 or found.negative or not _is_led(let, sight)
    if not found.arrays:
        return found.numbers > 0 and (untidy or sight.ours(let.args[1], MUL) is not None)
    coefficients = found.numbers + len(found.scalars) + len(found.divisors)
    if coefficients > 1:
        if found.numbers > 1 and found.arrays:
            return len(found.scalars) < 2
        return len(found.scalars) < 2 and (found.negative or not _is_gathered(let, sight))
    first = found.arrays[0]
    alike = all(sight.same_shape(first, other) for other in found.arrays)
    return found.numbers == 1 and untidy and alike


def _is_led(let: Let, sight: Sight) -> bool:
    """Tell whether the number of a product already stands in front."""
    left = let.args[0]
    while number(left) is None:
        product = sight.ours(left, MUL)
        if product is None:
            return False
        left = product.args[0]
    return True


def _collect(atom: Atom, sight: Sight, found: _Factors, depth: int) -> None:
    value = number(atom)
    if value is not None:
        found.number *= value
        found.numbers += 1
        return
    product = sight.ours(atom, MUL) if depth else None
    if product is not None and not product.kwargs:
        for arg in product.args:
            _collect(arg, sight, found, depth - 1)
        return
    quotient = sight.ours(atom, DIV) if depth else None
    if quotient is not None and sight.is_count(quotient.args[1]):
        _collect(quotient.args[0], sight, found, depth - 1)
        found.divisors.append(quotient.args[1])
        return
    minus = sight.made_by(atom, NEG) if depth else None
    if minus is not None and not _is_free(minus, sight):
        minus = None
    if minus is not None and number(minus.args[0]) is None:
        found.negative = not found.negative
        _collect(minus.args[0], sight, found, depth - 1)
        return
    (found.scalars if sight.is_scalar(atom) else found.arrays).append(atom)


def _is_free(minus: Let, sight: Sight) -> bool:
    """Tell whether a sign may be taken off: nobody else reads it, or it is but a number's."""
    var = minus.targets[0]
    return sight.ours(var, NEG) is not None or (var in sight.derived and sight.is_scalar(var))


def _is_gathered(let: Let, sight: Sight) -> bool:
    """Tell whether all scalars already stand in the first factor."""
    left, right = let.args
    while True:
        if sight.is_scalar(right) or _holds_scalar(right, sight):
            return False
        if sight.is_scalar(left):
            return True
        product = sight.ours(left, MUL)
        if product is None:
            return False
        left, right = product.args


def _holds_scalar(atom: Atom, sight: Sight) -> bool:
    product = sight.ours(atom, SCALED)
    return product is not None and any(map(sight.is_scalar, product.args))


def _coefficient(found: _Factors, sight: Sight, emit: Emit) -> list[Atom]:
    """Return the scalar factors as one atom (several where no array follows)."""
    rest = [*found.scalars]
    unit = found.number == 1 and (
        any(map(sight.is_float, [*rest, *found.arrays])) or isinstance(found.number, int)
    )
    if unit and (rest or (found.arrays and not found.divisors)):
        atoms: list[Atom] = rest
    else:
        atoms = [Const(found.number), *rest]
    if not atoms or (not found.arrays and not found.divisors):
        return atoms
    result = atoms[0]
    for atom in atoms[1:]:
        result = emit(operator.mul, result, atom)
    for atom in found.divisors:
        result = emit(operator.truediv, result, atom)
    return [result]

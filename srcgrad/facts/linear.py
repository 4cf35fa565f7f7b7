"""Whole numbers as sums of unknown ones: what decides how long a slice is.

``for k in range(n - 1)``: of n entries ``a[k + 1 :]`` has n - k - 1, as has ``b[k + 1 :]``, and
both ``v[: k + 1]`` and ``v[1 : k + 2]`` have k + 1.
"""

from __future__ import annotations

from typing import Any

from srcgrad.facts.kinds import Dim, Int, Known, Line, Range, Size, Sym, Type
from srcgrad.facts.sizes import Expr, Sizes, Value, is_given

_DEEP = 6
"""How often a number is replaced by its bound, before the question is given up."""
_WIDE = 6
"""A sum of more terms is not looked at."""


def line_of(sizes: Sizes, kind: Type) -> Line | None:
    """Return a whole number as a sum, if its type says which number it is."""
    match kind:
        case Known(value):
            return Line(value, ()) if type(value) is int else None
        case Size(_, dim):
            return of_size(sizes, dim)
        case Int(_, line):
            return settled(sizes, line)
    return None


def settled(sizes: Sizes, line: Line) -> Line:
    """Return a sum in which every size stands by its representative."""
    if not sizes.parent:
        return line
    total = Line(line.number, ())
    for key, times in line.terms:
        total = plus(sizes, total, _of_key(sizes, sizes.key(key)), times)
    return total


def of_size(sizes: Sizes, dim: Dim) -> Line:
    """Return a size as a sum."""
    dim = sizes.dim(dim)
    return Line(dim, ()) if isinstance(dim, int) else _of_key(sizes, dim.key)


def _of_key(sizes: Sizes, key: Any) -> Line:
    if isinstance(key, int):
        return Line(key, ())
    if isinstance(key, Expr):
        parts = key.parts
        if key.op == "sum":
            total = Line(parts[0], ())
            for part in parts[1:]:
                total = plus(sizes, total, _of_key(sizes, part))
            return total
        if key.op == "less":
            whole = plus(sizes, _of_key(sizes, parts[0]), Line(parts[1], ()), -1)
            return whole if is_natural(sizes, whole) else Line(0, ((key, 1),))
        if key.op == "line":
            total = Line(parts[0], ())
            for part, times in zip(parts[1::2], parts[2::2], strict=True):
                total = plus(sizes, total, _of_key(sizes, part), times)
            return total
        if key.op == "product" and len(parts) == 2 and type(parts[0]) is int:
            return plus(sizes, Line(0, ()), _of_key(sizes, parts[1]), parts[0])
    return Line(0, ((key, 1),))


def plus(sizes: Sizes, a: Line, b: Line, times: int = 1) -> Line:
    """Return ``a + times * b``.

    >>> n = Line(0, (("n", 1),))
    >>> plus(Sizes(), plus(Sizes(), n, Line(3, ())), n, -1)
    Line(number=3, terms=())
    """
    terms = dict(a.terms)
    for key, count in b.terms:
        terms[key] = terms.get(key, 0) + times * count
    left = [(key, count) for key, count in terms.items() if count]
    if len(left) > 1:
        left.sort(key=lambda term: sizes.rank(term[0]))
    return Line(a.number + times * b.number, tuple(left))


def is_natural(sizes: Sizes, line: Line, depth: int = 0) -> bool:
    """Tell whether a number is certainly 0 or more."""
    if not line.terms:
        return line.number >= 0
    if depth > _DEEP or len(line.terms) > _WIDE:
        return False
    bounded = [term for term in line.terms if sizes.bounds.get(term[0])]
    if bounded:  # the newest is bounded by the older ones
        key, times = max(bounded, key=lambda term: term[0].serial)
        low, high = sizes.bounds[key]
        bound = low if times > 0 else high
        if bound is None:
            return False
        rest = plus(sizes, line, Line(0, ((key, 1),)), -times)
        return is_natural(sizes, plus(sizes, rest, settled(sizes, bound), times), depth + 1)
    least = line.number
    for key, times in line.terms:
        if times < 0 or isinstance(key, Value):
            return False
        least += times * (2 if is_given(key) else 0)  # types say 0 and 1 as numbers
    return least >= 0


def dim_of(sizes: Sizes, line: Line) -> Dim | None:
    """Return the size that a number is, in the one form that sizes of this value have.

    A number below 0 is none: nothing is made of such a size.
    """
    if not line.terms:
        return line.number if line.number >= 0 else None
    if len(line.terms) == 1 and line.terms[0][1] == 1:
        key = line.terms[0][0]
        if line.number == 0:
            return Sym(key, is_given(key))
        if line.number < 0:
            return sizes.less(Sym(key, is_given(key)), -line.number)
    if line.number >= 0 and all(times > 0 for _, times in line.terms):
        if sum(times for _, times in line.terms) <= _WIDE:
            many = [Sym(key, is_given(key)) for key, times in line.terms for _ in range(times)]
            return sizes.total([line.number, *many])
    flat = [part for term in line.terms for part in term]
    return Sym(Expr("line", (line.number, *flat)))


def computed(sizes: Sizes, name: str, kinds: list[Type]) -> Type | None:
    """Return the type of a sum, difference or product of whole numbers that types tell."""
    if any(isinstance(kind, Known) and type(kind.value) is not int for kind in kinds):
        return None
    lines = [line for kind in kinds if (line := line_of(sizes, kind)) is not None]
    if len(lines) < len(kinds):
        return None
    if name == "neg":
        return _number(plus(sizes, Line(0, ()), lines[0], -1))
    if len(lines) != 2:
        return None
    a, b = lines
    if name in ("add", "sub"):
        return _number(plus(sizes, a, b, 1 if name == "add" else -1))
    if name == "mul" and not (a.terms and b.terms):
        factor, line = (b.number, a) if a.terms else (a.number, b)
        return _number(plus(sizes, Line(0, ()), line, factor))
    return None


def _number(line: Line) -> Type:
    return Int(int, line) if line.terms else Known(line.number)


def span(sizes: Sizes, dim: Dim, start: Type, stop: Type) -> Dim | None:
    """Return the size of ``x[start:stop]`` along an axis of this size, if that can be told."""
    whole = of_size(sizes, dim)
    low = Line(0, ()) if start == Known(None) else line_of(sizes, start)
    high = whole if stop == Known(None) else line_of(sizes, stop)
    if low is None or high is None:
        return None
    if not high.terms and high.number < 0:
        high = plus(sizes, whole, high)
        return None if not is_natural(sizes, high) else _between(sizes, low, high, whole)
    return _between(sizes, low, high, whole)


def _between(sizes: Sizes, low: Line, high: Line, whole: Line) -> Dim | None:
    size = plus(sizes, high, low, -1)
    ordered = is_natural(sizes, low) and is_natural(sizes, size)
    if ordered and is_natural(sizes, plus(sizes, whole, high, -1)):
        return dim_of(sizes, size)
    return None


def number_in(sizes: Sizes, over: Range) -> Int:
    """Return the number that a loop over a range has in one turn."""
    ends = [line_of(sizes, over.start), line_of(sizes, over.stop)]
    step = over.step.value if isinstance(over.step, Known) else None
    if type(step) is not int or step == 0:
        return sizes.number()
    first, last = ends
    if last is not None:
        last = plus(sizes, last, Line(-1 if step > 0 else 1, ()))
    return sizes.number(first, last) if step > 0 else sizes.number(last, first)

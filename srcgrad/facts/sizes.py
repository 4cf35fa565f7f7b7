"""Sizes of arrays as symbols: which are equal, which are not one, what broadcasting makes of them.

``u[2:]``, ``u[1:-1]`` and ``u[:-2]`` have one size, whatever that of ``u``; after ``u + v`` two
sizes that are not one are the same, since the addition would have raised otherwise.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from srcgrad.facts.kinds import (
    Arr,
    Cut,
    DictOf,
    Dim,
    Int,
    Known,
    Line,
    ListOf,
    Map,
    Other,
    Py,
    Range,
    Rec,
    Seq,
    Size,
    Sparse,
    Sym,
    Type,
)

Dims = tuple[Dim, ...]
_NEW = 1 << 32


@dataclass(frozen=True, slots=True)
class Expr:
    """A size computed from others: equal where the operation and its parts (keys) are equal."""

    op: str
    parts: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class New:
    """A size that nothing is known of, made by the analysis; later ones have larger numbers."""

    serial: int


@dataclass(frozen=True, slots=True)
class Value:
    """A whole number of which nothing is known, made by the analysis."""

    serial: int


@dataclass(frozen=True, slots=True)
class Each:
    """The size of some item of a list: another one for every item."""

    serial: int


def key_of(dim: Dim) -> Any:
    """Return the number or the key of a size."""
    return dim if isinstance(dim, int) else dim.key


def is_one(dim: Dim) -> bool:
    """Tell whether a size is certainly 1."""
    return isinstance(dim, int) and dim == 1


def never_one(dim: Dim) -> bool:
    """Tell whether a size is certainly not 1."""
    return dim != 1 if isinstance(dim, int) else dim.not_one


def never_zero(dim: Dim) -> bool:
    """Tell whether a size is certainly not 0.

    Sizes of arguments are not, since types say 0 and 1 as numbers.
    """
    if isinstance(dim, int):
        return dim != 0
    key = dim.key
    if isinstance(key, Expr):
        if key.op == "less":
            return is_given(key.parts[0]) and key.parts[1] < 2
        parts = [isinstance(p, int) and p > 0 or is_given(p) for p in key.parts]
        return {"product": all, "broadcast": all, "sum": any}.get(key.op, _no)(parts)
    return is_given(key)


def least(dim: Dim) -> int:
    """Return a number that a size is not below.

    Sizes of arguments are 2 or more, since types say 0 and 1 as numbers.
    """
    return dim if isinstance(dim, int) else _least(dim.key)


def _least(key: Any) -> int:
    if isinstance(key, int):
        return key
    if isinstance(key, Expr) and key.op == "sum":
        return max(sum(map(_least, key.parts)), 0)
    if isinstance(key, Expr) and key.op == "less":
        return max(_least(key.parts[0]) - key.parts[1], 0)
    return 2 if is_given(key) else 0


def _no(parts: Iterable[bool]) -> bool:
    return False


def is_given(key: Any) -> bool:
    """Tell whether a size is that of an array in the arguments."""
    return isinstance(key, tuple) and isinstance(key[0], tuple) and type(key[0][0]) is int


class Sizes:
    """What is known about sizes at one point of the program; `undo` forgets what an arm taught."""

    def __init__(self) -> None:
        self.serial = 0
        self.parent: dict[Any, Any] = {}
        self.trail: list[Any] = []
        self.index: dict[Any, int] = {}
        self.bounds: dict[Any, tuple[Line | None, Line | None]] = {}

    def fresh(self, not_one: bool = False) -> Sym:
        """Return a size of which nothing is known."""
        self.serial += 1
        return Sym(New(self.serial), not_one)

    def number(self, low: Line | None = None, high: Line | None = None) -> Int:
        """Return a whole number of which nothing is known but what it is between."""
        self.serial += 1
        key = Value(self.serial)
        if low is not None or high is not None:
            self.bounds[key] = (low, high)
        return Int(int, Line(0, ((key, 1),)))

    def each(self, not_one: bool = False) -> Sym:
        """Return a size that differs between the items of a list."""
        self.serial += 1
        return Sym(Each(self.serial), not_one)

    def mark(self) -> int:
        """Return a point to go back to with `undo`."""
        return len(self.trail)

    def undo(self, mark: int) -> None:
        """Forget the equalities learned since the mark."""
        while len(self.trail) > mark:
            del self.parent[self.trail.pop()]

    def key(self, key: Any) -> Any:
        """Return the representative of a key."""
        while True:
            if isinstance(key, Expr):
                parts = tuple(self.key(part) for part in key.parts)
                if parts != key.parts:
                    key = Expr(key.op, parts)
            if key not in self.parent:
                return key
            key = self.parent[key]

    def dim(self, dim: Dim) -> Dim:
        """Return the representative of a size."""
        if isinstance(dim, int) or not self.parent:
            return dim
        key = self.key(dim.key)
        if isinstance(key, int):
            return key
        return dim if key is dim.key else Sym(key, dim.not_one)

    def rank(self, key: Any) -> tuple[Any, ...]:
        """Order keys: an older one stands for a newer, a simpler one for a longer."""
        if key is None:
            return (-2, 0)
        if isinstance(key, int):
            return (-1, 0, key)
        if isinstance(key, Expr):
            ranks = tuple(self.rank(part) for part in key.parts)
            return (max(r[0] for r in ranks), 1 + sum(r[1] for r in ranks), key.op, ranks)
        if isinstance(key, (New, Each, Value)):
            return (_NEW + key.serial, 1)
        return (self.index.setdefault(key, len(self.index)), 1)

    def same(self, a: Dim, b: Dim) -> bool:
        """Tell whether two sizes are certainly equal."""
        ka, kb = key_of(self.dim(a)), key_of(self.dim(b))
        return bool(ka == kb) and not varies(ka)

    def equate(self, a: Dim, b: Dim) -> Dim:
        """Learn that two sizes are equal, since the program would have raised otherwise."""
        a, b = self.dim(a), self.dim(b)
        ka, kb = key_of(a), key_of(b)
        if ka == kb:
            return a if isinstance(a, int) or a.not_one else b
        if isinstance(ka, int) and isinstance(kb, int):
            return a
        if self.rank(ka) > self.rank(kb):
            a, b, ka, kb = b, a, kb, ka
        self.parent[kb] = ka
        self.trail.append(kb)
        if isinstance(a, int):
            return a
        return Sym(ka, a.not_one or never_one(b))

    def broadcast(self, shapes: Sequence[Dims], learn: bool = True) -> Dims | None:
        """Return the shape that arrays of these shapes broadcast to."""
        if len(shapes) == 1 or all(shape == shapes[0] for shape in shapes):
            return shapes[0] if shapes else ()
        rank = max(len(shape) for shape in shapes)
        out: list[Dim] = []
        for axis in range(-rank, 0):
            together = [shape[axis] for shape in shapes if len(shape) >= -axis]
            dim = self._together([self.dim(d) for d in together if not is_one(d)], learn)
            if dim is None:
                return None
            out.append(dim)
        return tuple(out)

    def _together(self, dims: list[Dim], learn: bool) -> Dim | None:
        sizes = {key_of(dim): dim for dim in dims if not is_one(dim)}
        if not sizes:
            return 1
        sure = [dim for dim in sizes.values() if never_one(dim)]
        if sure:
            out = sure[0]
            for dim in sure[1:]:
                if not learn or (isinstance(out, int) and isinstance(dim, int)):
                    return None
                out = self.equate(out, dim)
            return out
        if len(sizes) == 1:
            return next(iter(sizes.values()))
        return Sym(Expr("broadcast", tuple(sorted(sizes, key=self.rank))))

    def into(self, slot: Dims, value: Dims) -> None:
        """Learn from a write of an array of one shape to a place of another."""
        for own, given in zip(slot[::-1], value[::-1], strict=False):
            own, given = self.dim(own), self.dim(given)
            if isinstance(own, int) or isinstance(given, int) or own.key == given.key:
                continue
            key = given.key
            spread = isinstance(key, Expr) and key.op == "broadcast" and own.key in key.parts
            if spread or given.not_one:
                self.equate(own, given)

    def less(self, dim: Dim, cut: int) -> Dim:
        """Return the size left when this many entries are cut off: never below 0."""
        if isinstance(dim, int):
            return max(dim - cut, 0)
        if cut == 0:
            return dim
        key = dim.key
        if isinstance(key, Expr) and key.op == "less":
            return Sym(Expr("less", (key.parts[0], key.parts[1] + cut)))
        if isinstance(key, Expr) and key.op == "sum":
            number, *terms = key.parts
            rest = [Sym(term, is_given(term)) for term in terms]
            if number >= cut:
                return self.total([number - cut, *rest])
            if len(rest) == 1:
                return self.less(rest[0], cut - number)
        return Sym(Expr("less", (key, cut)))

    def of(self, op: str, *parts: Dim | None, not_one: bool = False) -> Sym:
        """Return a size that depends on nothing but these."""
        return Sym(Expr(op, tuple(p if p is None else key_of(p) for p in parts)), not_one)

    def total(self, dims: Iterable[Dim]) -> Dim:
        """Return the sum of sizes."""
        terms: list[Any] = []
        number, odd = 0, False
        for dim in dims:
            if isinstance(dim, int):
                number += dim
            elif isinstance(dim.key, Expr) and dim.key.op == "sum":
                number += dim.key.parts[0]
                terms += dim.key.parts[1:]
                odd = odd or not dim.not_one
            else:
                terms.append(dim.key)
                odd = odd or not dim.not_one
        if not terms:
            return number
        if len(terms) == 1 and number == 0:
            return Sym(terms[0], not odd)
        terms.sort(key=self.rank)
        return Sym(Expr("sum", (number, *terms)), number > 1 or (number == 0 and not odd))

    def product(self, dims: Iterable[Dim]) -> Dim:
        """Return the product of sizes."""
        terms: list[Any] = []
        number, not_one = 1, False
        for dim in dims:
            not_one = not_one or never_one(dim)
            if isinstance(dim, int):
                number *= dim
            elif isinstance(dim.key, Expr) and dim.key.op == "product":
                number *= dim.key.parts[0]
                terms += dim.key.parts[1:]
            else:
                terms.append(dim.key)
        if not terms or number == 0:
            return number
        if len(terms) == 1 and number == 1:
            return Sym(terms[0], not_one)
        terms.sort(key=self.rank)
        return Sym(Expr("product", (number, *terms)), not_one)

    def resolve(self, kind: Type) -> Type:
        """Return a type with every size by its representative."""
        if not self.parent:
            return kind
        if type(kind) is Arr:
            dims = tuple([self.dim(dim) for dim in kind.dims])
            same = all(map(operator.is_, dims, kind.dims))
            return kind if same else Arr(kind.dtype, dims, kind.scalar)
        return map_dims(kind, self.dim)

    def instantiate(self, kind: Type) -> Type:
        """Return the type of one item of a list: sizes that vary between items become its own."""
        if isinstance(kind, (ListOf, DictOf)):
            return kind
        made: dict[Any, Sym] = {}

        def one(dim: Dim) -> Dim:
            if isinstance(dim, Sym) and varies(dim.key):
                if dim.key not in made:
                    made[dim.key] = self.fresh(dim.not_one)
                return made[dim.key]
            return dim

        def number(item: Int) -> Type:
            key = item.line.terms[0][0] if item.line.terms else None
            return self.number(*self.bounds[key]) if isinstance(key, Each) else item

        return map_dims(map_ints(kind, number), one, lists=False)

    def as_item(self, kind: Type, since: int) -> Type:
        """Return the type of any item of a list: sizes newer than ``since`` vary between items."""

        def one(dim: Dim) -> Dim:
            if isinstance(dim, Sym) and (newer(dim.key, since) or varies(dim.key)):
                return self.each(dim.not_one)
            return dim

        def number(item: Int) -> Type:
            key = item.line.terms[0][0] if len(item.line.terms) == 1 else None
            bounds = self.bounds.get(key, ())
            ends = [term for end in bounds if end is not None for term, _ in end.terms]
            if (
                not bounds
                or item.line != Line(0, ((key, 1),))
                or any(newer(e, since) for e in ends)
            ):
                return Py(int)
            self.serial += 1
            self.bounds[Each(self.serial)] = self.bounds[key]
            return Int(int, Line(0, ((Each(self.serial), 1),)))

        return map_dims(map_ints(kind, number), one)


def newer(key: Any, since: int) -> bool:
    """Tell whether a size was made after ``since``."""
    if isinstance(key, Expr):
        return any(newer(part, since) for part in key.parts)
    return isinstance(key, (New, Each, Value)) and key.serial > since


def varies(key: Any) -> bool:
    """Tell whether a size differs between the items of a list."""
    if isinstance(key, Expr):
        return any(varies(part) for part in key.parts)
    return isinstance(key, Each)


def loosened(kind: Type) -> Type:
    """Return a type that does not say which whole numbers the values are."""
    return map_ints(kind, lambda _: Py(int))


def map_ints(kind: Type, f: Callable[[Int], Type]) -> Type:
    """Apply ``f`` to every whole number in a type."""

    def many(kinds: tuple[Type, ...]) -> tuple[Type, ...]:
        return tuple(map_ints(item, f) for item in kinds)

    match kind:
        case Int():
            return f(kind)
        case Range(cls):
            return Other(cls)
        case Seq(cls, items):
            return Seq(cls, many(items))
        case Map(cls, keys, items):
            return Map(cls, keys, many(items))
        case Rec(cls, fields, items):
            return Rec(cls, fields, many(items))
        case Cut(start, stop, step):
            return Cut(*many((start, stop, step)))
    return kind


def map_dims(kind: Type, f: Callable[[Dim], Dim], lists: bool = True) -> Type:
    """Apply ``f`` to every size in a type; ``lists`` tells whether to enter lists of any length."""

    def many(kinds: tuple[Type, ...]) -> tuple[Type, ...]:
        return tuple(map_dims(item, f, lists) for item in kinds)

    match kind:
        case Arr(dtype, dims, scalar):
            if not dims:
                return kind
            return Arr(dtype, tuple(map(f, dims)), scalar)
        case Sparse(cls, dtype, dims):
            return Sparse(cls, dtype, tuple(map(f, dims)))
        case Size(cls, dim):
            return Size(cls, f(dim))
        case Seq(cls, items):
            return Seq(cls, many(items))
        case Map(cls, keys, items):
            return Map(cls, keys, many(items))
        case DictOf(cls, key, item):
            return DictOf(cls, key, map_dims(item, f, lists)) if lists else kind
        case Rec(cls, fields, items):
            return Rec(cls, fields, many(items))
        case Cut(start, stop, step):
            return Cut(*many((start, stop, step)))
        case ListOf(cls, item):
            return ListOf(cls, map_dims(item, f, lists)) if lists else kind
    return kind


def size_type(dim: Dim) -> Type:
    """Return the type of a size as a Python int."""
    return Known(dim) if isinstance(dim, int) else Size(int, dim)

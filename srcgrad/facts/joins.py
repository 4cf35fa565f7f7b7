"""Joining types: what is known of a value that is one or the other."""

from __future__ import annotations

from itertools import count
from typing import Any

from srcgrad.facts.kinds import (
    UNKNOWN,
    Arr,
    Cut,
    DictOf,
    Dim,
    Known,
    ListOf,
    Map,
    Num,
    Other,
    Py,
    Range,
    Rec,
    Seq,
    Size,
    Sym,
    Type,
)
from srcgrad.facts.linear import number_in
from srcgrad.facts.sizes import Sizes, key_of, never_one
from srcgrad.program.nodes import UNDEFINED

_APART = count(1 << 40, 1 << 16)
_PY: dict[type, Py] = {cls: Py(cls) for cls in (bool, int, float, complex)}


def join(a: Type, b: Type) -> Type:
    """Return a type that describes the values of both types."""
    if a == b:
        return a
    sizes = Sizes()
    sizes.serial = next(_APART)
    return Joiner(sizes)(a, b)


class Joiner:
    """Joins types of variables that are joined together: equal pairs of sizes stay equal."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self.made: dict[tuple[Any, Any], Sym] = {}

    def dim(self, a: Dim, b: Dim) -> Dim:
        """Join two sizes."""
        pair = (key_of(a), key_of(b))
        not_one = never_one(a) and never_one(b)
        if pair[0] == pair[1]:
            return a if isinstance(a, int) else Sym(a.key, not_one)
        if pair not in self.made or (self.made[pair].not_one and not not_one):
            old = self.made.get(pair)
            self.made[pair] = Sym(old.key, False) if old else self.sizes.fresh(not_one)
        return Sym(self.made[pair].key, not_one)

    def __call__(self, a: Type, b: Type) -> Type:
        """Join two types."""
        if a == b:
            return a
        for one, other in ((a, b), (b, a)):
            if isinstance(one, Known) and one.value is UNDEFINED:
                return other
        match a, b:
            case Arr(d1, s1, k1), Arr(d2, s2, k2) if d1 == d2 and k1 == k2 and len(s1) == len(s2):
                return Arr(d1, tuple(map(self.dim, s1, s2)), k1)
            case Seq(c1, i1), Seq(c2, i2) if c1 is c2 and len(i1) == len(i2):
                return Seq(c1, tuple(map(self, i1, i2)))
            case Map(c1, n1, i1), Map(c2, n2, i2) if c1 is c2 and n1 == n2:
                return Map(c1, n1, tuple(map(self, i1, i2)))
            case Rec(c1, n1, i1), Rec(c2, n2, i2) if c1 is c2 and n1 == n2:
                return Rec(c1, n1, tuple(map(self, i1, i2)))
            case Cut(), Cut():
                parts = map(self, (a.start, a.stop, a.step), (b.start, b.stop, b.step))
                return Cut(*parts)
            case ((Seq() | ListOf()), (Seq() | ListOf())) if a.cls is b.cls and _plain(a.cls):
                return ListOf(a.cls, self.item(a, b))
        if isinstance(a, (Map, DictOf)) and isinstance(b, (Map, DictOf)) and a.cls is b.cls is dict:
            return self.table(a, b)
        return self.scalar(a, b)

    def table(self, *kinds: Map | DictOf) -> Type:
        """Join dicts into one of any keys."""
        keys: list[Type] = []
        items: list[Type] = []
        for kind in kinds:
            keys += map(Known, kind.keys) if isinstance(kind, Map) else [kind.key]
            items += kind.items if isinstance(kind, Map) else [kind.item]
        key, item = (self.item(Seq(tuple, tuple(parts))) for parts in (keys, items))
        return DictOf(dict, key, item)

    def item(self, *kinds: Seq | ListOf) -> Type:
        """Join all the items of lists into the type of any of them."""
        items = [i for k in kinds for i in (k.items if isinstance(k, Seq) else (k.item,))]
        if not items:
            return Known(UNDEFINED)
        out = items[0]
        since = self.sizes.serial
        for other in items[1:]:
            out = Joiner(self.sizes)(out, other)
        return self.sizes.as_item(out, since)

    def scalar(self, a: Type, b: Type) -> Type:
        """Join two types that have no parts."""
        both = _options(a) | _options(b)
        if both and _options(a) and _options(b) and len(both) > 1:
            return Num(tuple(sorted(both, key=str)))
        ca, cb = _class(a), _class(b)
        if ca is None or ca is not cb:
            return UNKNOWN
        if ca in _PY:
            if isinstance(a, Size) and isinstance(b, Size):
                return Size(int, self.dim(a.dim, b.dim))
            return _PY[ca]
        return Other(ca)


def _options(kind: Type) -> set[Py | Arr]:
    """Return the kinds of number that a value may be, none if it may be anything else."""
    match kind:
        case Num(options):
            return set(options)
        case Py(cls):
            return {_PY[cls]}
        case Known(value) if type(value) in _PY:
            return {_PY[type(value)]}
        case Arr(dtype, (), True) if dtype.kind in "biufc":
            return {kind}
    return set()


def _plain(cls: type) -> bool:
    return cls in (list, tuple)


def _class(kind: Type) -> type | None:
    match kind:
        case Py(cls) | Other(cls):
            return cls
        case Known(value) if isinstance(value, (bool, int, float, complex, str)):
            return type(value)
    return None


def items_of(sizes: Sizes, kind: Type, count: int | None) -> list[Type]:
    """Return the types of what iteration gives: of each of ``count`` items, or of any item."""
    if isinstance(kind, Seq) and count is not None:
        return list(kind.items) if len(kind.items) == count else [UNKNOWN] * count
    return [_any_item(sizes, kind) for _ in range(1 if count is None else count)]


def _any_item(sizes: Sizes, kind: Type) -> Type:
    match kind:
        case Arr(dtype, dims, False) if dims and dtype.kind in "biufc":
            return Arr(dtype, dims[1:], len(dims) == 1)
        case Seq(_, items):
            return sizes.instantiate(Joiner(sizes).item(kind)) if items else UNKNOWN
        case ListOf(_, item) | DictOf(_, item, _):
            return sizes.instantiate(item)
        case Map(_, keys):
            if not keys:
                return UNKNOWN
            return Joiner(sizes).item(Seq(tuple, tuple(Known(key) for key in keys)))
        case Range():
            return number_in(sizes, kind)
        case Other(cls) if cls is range:
            return Py(int)
        case Other(cls) if cls is str:
            return Other(str)
        case Known(value) if type(value) is str:
            return Other(str)
    return UNKNOWN


def truth(kind: Type) -> bool | None:
    """Return the truth of a value where its type tells it."""
    match kind:
        case Known(None):
            return False
        case Known(value) if isinstance(value, (bool, int, float, complex, str)):
            return bool(value)
        case Seq(cls, items) if cls in (tuple, list):
            return bool(items)
        case Map(keys=keys):
            return bool(keys)
    return None

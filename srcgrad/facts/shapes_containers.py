"""Types of lists, tuples and dicts: made, taken apart, collected and looked into."""

from __future__ import annotations

from srcgrad.facts.joins import Joiner, items_of
from srcgrad.facts.kinds import (
    NONE,
    UNKNOWN,
    Arr,
    DictOf,
    Known,
    ListOf,
    Map,
    Py,
    Range,
    Seq,
    Type,
)
from srcgrad.facts.sizes import Sizes


def make_tuple(sizes: Sizes, *items: Type) -> Type:
    """``(a, b)``."""
    return Seq(tuple, items)


def make_list(sizes: Sizes, *items: Type) -> Type:
    """``[a, b]``."""
    return Seq(list, items)


def make_dict(sizes: Sizes, *both: Type) -> Type:
    """``{k: v}`` with known keys."""
    keys, items = both[::2], both[1::2]
    names = [key.value for key in keys if isinstance(key, Known)]
    if len(names) < len(keys) or not all(isinstance(n, (str, int, float)) for n in names):
        joined = [Joiner(sizes).item(Seq(tuple, part)) for part in (keys, items)]
        return DictOf(dict, *joined)
    last = dict(zip(names, items, strict=True))
    return Map(dict, tuple(last), tuple(last.values()))


def unpack(sizes: Sizes, x: Type, count: Type) -> Type:
    """``a, b = x``."""
    n = count.value if isinstance(count, Known) and type(count.value) is int else None
    return UNKNOWN if n is None else Seq(tuple, tuple(items_of(sizes, x, n)))


def unpack_star(sizes: Sizes, x: Type, before: Type, after: Type) -> Type:
    """``a, *b, c = x``."""
    if not isinstance(before, Known) or not isinstance(after, Known):
        return UNKNOWN
    n, m = before.value, after.value
    if isinstance(x, Seq) and len(x.items) >= n + m:
        end = len(x.items) - m
        return Seq(tuple, (*x.items[:n], Seq(list, x.items[n:end]), *x.items[end:]))
    since = sizes.serial
    kinds = items_of(sizes, x, n + m + 1)
    if UNKNOWN in kinds:
        return UNKNOWN
    middle = ListOf(list, sizes.as_item(kinds[-1], since))
    return Seq(tuple, (*kinds[:n], middle, *kinds[n : n + m]))


def list_append(sizes: Sizes, items: Type, item: Type) -> Type:
    """``items.append(item)``."""
    if isinstance(items, Seq) and items.cls is list:
        return Seq(list, (*items.items, item))
    if isinstance(items, ListOf) and items.cls is list:
        return Joiner(sizes)(items, Seq(list, (item,)))
    return UNKNOWN


def enumerate_(sizes: Sizes, x: Type, start: Type = Known(0)) -> Type:
    """``enumerate(x)``."""
    return _of_tuples(sizes, enumerate, [Seq(tuple, (Py(int),)), x], plain=1)


def zip_(sizes: Sizes, *xs: Type, strict: Type = NONE) -> Type:
    """``zip(a, b)``."""
    return _of_tuples(sizes, zip, list(xs))


def _of_tuples(sizes: Sizes, cls: type, xs: list[Type], plain: int = 0) -> Type:
    since = sizes.serial
    items = [items_of(sizes, x, None)[0] for x in xs]
    return ListOf(cls, sizes.as_item(Seq(tuple, tuple(items)), since))


def reversed_(sizes: Sizes, x: Type) -> Type:
    """``reversed(x)``."""
    if isinstance(x, Range):
        return Range(reversed, x.start, x.stop, x.step)  # between the same bounds
    return _listed(sizes, reversed, x)


def list_(sizes: Sizes, x: Type | None = None) -> Type:
    """``list(x)``."""
    return _collected(sizes, list, x)


def tuple_(sizes: Sizes, x: Type | None = None) -> Type:
    """``tuple(x)``."""
    return _collected(sizes, tuple, x)


def sorted_(sizes: Sizes, x: Type, **options: Type) -> Type:
    """``sorted(x)``."""
    return _listed(sizes, list, x)


def _collected(sizes: Sizes, cls: type, x: Type | None) -> Type:
    if x is None:
        return Seq(cls, ())
    if isinstance(x, Seq):
        return Seq(cls, x.items)
    if isinstance(x, Map):
        return Seq(cls, tuple(Known(key) for key in x.keys))
    if isinstance(x, Arr) and x.dims and isinstance(x.dims[0], int) and x.dims[0] <= 64:
        return Seq(cls, tuple(items_of(sizes, x, x.dims[0])))
    return _listed(sizes, cls, x)


def _listed(sizes: Sizes, cls: type, x: Type) -> Type:
    since = sizes.serial
    item = items_of(sizes, x, None)[0]
    return UNKNOWN if item == UNKNOWN else ListOf(cls, sizes.as_item(item, since))


def dict_(sizes: Sizes, *args: Type, **items: Type) -> Type:
    """``dict(a=1)``."""
    if not args:
        return Map(dict, tuple(items), tuple(items.values()))
    if len(args) == 1 and isinstance(args[0], (Map, DictOf)) and not items:
        return args[0]
    return UNKNOWN


def dict_method(sizes: Sizes, name: str, x: Map, args: list[Type]) -> Type:
    """``d.items()``, ``d.keys()``, ``d.values()``, ``d.get(key)``."""
    if name == "keys" and not args:
        return Seq(type({}.keys()), tuple(Known(key) for key in x.keys))
    if name == "values" and not args:
        return Seq(type({}.values()), x.items)
    if name == "items" and not args:
        both = zip(x.keys, x.items, strict=True)
        pairs = tuple(Seq(tuple, (Known(key), item)) for key, item in both)
        return Seq(type({}.items()), pairs)
    if name == "get" and args and isinstance(args[0], Known):
        if args[0].value in x.keys:
            return x.items[x.keys.index(args[0].value)]
        return args[1] if len(args) > 1 else NONE
    if name == "copy" and not args:
        return x
    return UNKNOWN


def table_method(sizes: Sizes, name: str, x: DictOf, args: list[Type]) -> Type:
    """The same of a dict whose keys are not known."""
    if name == "keys" and not args:
        return ListOf(type({}.keys()), x.key)
    if name == "values" and not args:
        return ListOf(type({}.values()), x.item)
    if name == "items" and not args:
        return ListOf(type({}.items()), Seq(tuple, (x.key, x.item)))
    if name == "get" and len(args) == 2:
        return Joiner(sizes)(sizes.instantiate(x.item), args[1])
    return x if name == "copy" and not args else UNKNOWN


def dict_of(sizes: Sizes, keys: Type, values: Type) -> Type:
    """``{k: v for ...}``."""
    if isinstance(keys, Seq) and isinstance(values, Seq) and len(keys.items) == len(values.items):
        both = zip(keys.items, values.items, strict=True)
        return make_dict(sizes, *(part for pair in both for part in pair))
    if not isinstance(keys, (Seq, ListOf)) or not isinstance(values, (Seq, ListOf)):
        return UNKNOWN
    joiner = Joiner(sizes)
    return DictOf(dict, joiner.item(keys), joiner.item(values))

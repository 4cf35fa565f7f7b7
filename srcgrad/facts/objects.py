"""Objects of classes of the user's: which they are, and what is stored in them.

    reader((("attribute", "W"),), key_of)(model)  ->  the key of model.W

A path leads from a value to a part of it: ``("attribute", name)``, ``("item", key)`` or
``("each", None)``, which stands for all items.  Nothing here runs code of the user's.
"""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable, Iterable
from types import MemberDescriptorType, ModuleType
from typing import Any, NamedTuple

import numpy as np

Step = tuple[str, Any]
Steps = tuple[Step, ...]
Wanted = dict[Step, Any]
"""Paths as a tree: the paths that go on after a step."""

EACH: Step = ("each", None)


class _Missing:
    """Stands for an attribute that is not there."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()


class _Sample(NamedTuple):
    field: int


_FIELD = type(vars(_Sample)["field"])
_STORES = (MemberDescriptorType, _FIELD)
_HEAP = 1 << 9
_OTHERS = (
    type,
    BaseException,
    ModuleType,
    enum.Enum,
    np.ndarray,
    np.generic,
    dict,
    list,
    set,
    frozenset,
    str,
    bytes,
    int,
    float,
    complex,
)
_LIBRARIES = frozenset(sys.stdlib_module_names) - {"__main__", "test"} | {
    "numpy",
    "scipy",
    "srcgrad",
}


def is_object_class(cls: type) -> bool:
    """Tell whether a class is one of the user's whose objects have attributes and methods.

    >>> import dataclasses
    >>> is_object_class(dataclasses.make_dataclass("Net", ["w"], module="nets"))
    True
    >>> is_object_class(dict), is_object_class(np.ndarray)
    (False, False)
    """
    if not cls.__flags__ & _HEAP or issubclass(cls, _OTHERS):
        return False
    if issubclass(cls, tuple):
        return hasattr(cls, "_fields")
    module = cls.__module__
    if not isinstance(module, str):
        return False
    # What is read in the place of a class of SciPy is a class of the rules.
    return module.partition(".")[0] not in _LIBRARIES or module.startswith("srcgrad.rules.")


def is_object(value: Any) -> bool:
    """Tell whether a value is an object of a class of the user's."""
    return is_object_class(type(value))


def class_attribute(cls: type, name: str, after: type | None = None) -> Any:
    """Return what a class or the first of its bases that has it stores under a name.

    With ``after``, only the classes behind that one are asked, as ``super`` does.
    """
    order = cls.__mro__
    if after is not None:
        order = order[order.index(after) + 1 :] if after in order else ()
    for base in order:
        if name in base.__dict__:
            return base.__dict__[name]
    return MISSING


def is_store(raw: Any) -> bool:
    """Tell whether an attribute of a class gives a value stored in the object."""
    return isinstance(raw, _STORES)


def stored(thing: Any, name: str) -> Any:
    """Return an attribute as it is stored in an object or its class, without running code."""
    raw = class_attribute(type(thing), name)
    if is_store(raw):
        try:
            return raw.__get__(thing)
        except AttributeError:
            return MISSING
    if isinstance(raw, property) or hasattr(type(raw), "__set__"):
        return raw
    try:
        return object.__getattribute__(thing, "__dict__").get(name, raw)
    except AttributeError:
        return raw


def contents(thing: Any) -> list[Any]:
    """Return what is stored in an object, without running code of its class."""
    found = []
    for base in type(thing).__mro__:
        found += [stored(thing, name) for name, raw in vars(base).items() if is_store(raw)]
    try:
        return [*found, *object.__getattribute__(thing, "__dict__").values()]
    except AttributeError:
        return found


def part(value: Any, step: Step) -> Any:
    """Return the part of a value that a step other than ``EACH`` leads to."""
    kind, key = step
    if kind == "attribute":
        return stored(value, key)
    try:
        return value[key] if isinstance(value, (dict, list, tuple)) else MISSING
    except (KeyError, IndexError, TypeError):
        return MISSING


def reader(steps: Steps, key_of: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the function that gives the key of the part of a value that a path leads to.

    >>> reader((("item", 0), ("item", "w")), type)([{"w": 1.0}])
    <class 'float'>
    """
    if not steps:
        return key_of
    (kind, name), rest = steps[0], reader(steps[1:], key_of)
    if kind == "each":
        return lambda value: (
            tuple([rest(item) for item in value]) if isinstance(value, (list, tuple)) else MISSING
        )
    if kind == "item":

        def item(value: Any) -> Any:
            found = part(value, (kind, name))
            return MISSING if found is MISSING else rest(found)

        return item

    def attribute(value: Any) -> Any:
        try:  # what the class has under this name is guarded elsewhere
            found = value.__dict__[name]
        except (AttributeError, KeyError):
            found = stored(value, name)
        return MISSING if found is MISSING else rest(found)

    return attribute


def wanted(paths: Iterable[Steps]) -> Wanted:
    """Return paths as a tree.

    >>> wanted([(("attribute", "W"),), (("attribute", "W"), ("item", 0))])
    {('attribute', 'W'): {('item', 0): {}}}
    """
    tree: Wanted = {}
    for steps in paths:
        here = tree
        for step in steps:
            here = here.setdefault(step, {})
    return tree


def below(tree: Wanted | None, step: Step) -> Wanted | None:
    """Return what is wanted of a part; what is wanted of each item is wanted of every one."""
    if not tree:
        return None
    found = tree.get(step)
    every = tree.get(EACH) if step[0] == "item" else None
    if found and every:
        return _both(found, every)
    return found or every


def _both(one: Wanted, other: Wanted) -> Wanted:
    out = dict(one)
    for step, rest in other.items():
        out[step] = _both(out[step], rest) if step in out else rest
    return out

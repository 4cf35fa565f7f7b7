"""What is known of values from outside by an example: of objects and of containers of them.

    model.layers[0].W      asked of the example that the function is compiled for, by its path

Only what decides how the function reads is asked: which class an object has, which function an
attribute is.  Every path that was asked is noted, and its answer is part of the key.
"""

from __future__ import annotations

import operator
from typing import Any

from srcgrad.facts.objects import EACH, MISSING, Step, Steps, is_object, is_object_class, part
from srcgrad.program.nodes import Const, Var
from srcgrad.read.data import kind_of_value
from srcgrad.read.lifter import Lifter
from srcgrad.read.values import (
    Fields,
    Pack,
    Root,
    Seen,
    Thing,
    Value,
    fields_of,
    is_static,
)

CONTAINERS = (list, tuple, dict)


def look_at(at: Lifter, var: Var, value: Any, root: Root) -> None:
    """Note an example of what a variable holds that comes from outside."""
    if root.kind == "param":
        at.known.roots[root.key] = var
    note(at, var, (value,), ((root, ()),))


def note(
    at: Lifter, var: Var, examples: tuple[Any, ...], places: tuple[tuple[Root, Steps], ...]
) -> None:
    """Note examples of what a variable holds, if they are all objects or containers of one kind."""
    cls = type(examples[0]) if examples else None
    if cls is None:
        return
    kinds = set(map(kind_of_value, examples))
    if "" not in kinds:
        at.data[var] = kinds.pop() if len(kinds) == 1 else "data"
        return
    if any(type(example) is not cls for example in examples):
        return
    if is_object_class(cls):
        at.seen[var] = Seen(cls, examples, places, _fields(at, cls, places))
    elif cls in CONTAINERS and (any(map(_holds_more, examples)) or not any(examples)):
        at.seen[var] = Seen(cls, examples, places)


def _holds_more(value: Any, depth: int = 0) -> bool:
    """Tell whether there are functions or objects in a container."""
    if type(value) in CONTAINERS and depth < 8:
        items = value.values() if isinstance(value, dict) else value
        return any(_holds_more(item, depth + 1) for item in items)
    return is_static(value) or is_object(value)


def _fields(at: Lifter, cls: type, places: tuple[tuple[Root, Steps], ...]) -> Fields | None:
    """Return where the attributes are kept that are written here: one place for one path."""
    if len(places) != 1 or EACH in places[0][1]:
        return None
    root, steps = places[0]
    key = (root.key, steps)
    if key not in at.known.outside:
        at.known.outside[key] = fields_of(cls, root, steps)
    return at.known.outside[key]


def seen_of(at: Lifter, value: Value) -> Seen | None:
    """Return what is known of a value by examples."""
    if isinstance(value, Var):
        return at.seen.get(value)
    if isinstance(value, Const) and is_object(value.value):
        root = Root("object", value.value, "")
        at.known.roots.setdefault(root.key, value)
        places = ((root, ()),)
        cls = type(value.value)
        return Seen(cls, (value.value,), places, _fields(at, cls, places))
    return None


def class_of(at: Lifter, value: Value) -> type | None:
    """Return the class of an object of the user's, as far as it is known."""
    if isinstance(value, Thing):
        return value.cls
    seen = seen_of(at, value)
    return seen.cls if seen is not None and is_object_class(seen.cls) else None


def parts(at: Lifter, seen: Seen, step: Step) -> tuple[Any, ...]:
    """Return what a step leads to in each example, and note that it was asked."""
    for root, steps in seen.places:
        path = (*steps, step)
        at.known.paths[(root.key, path)] = (root, path)
    return tuple(part(example, step) for example in seen.examples)


def stepped(seen: Seen, step: Step) -> tuple[tuple[Root, Steps], ...]:
    """Return the places that a step leads to."""
    return tuple((root, (*steps, step)) for root, steps in seen.places)


def known_part(at: Lifter, seen: Seen, step: Step) -> Const | None:
    """Return the function, class or None that all examples have at a step."""
    found = parts(at, seen, step)
    if not found or any(item is not found[0] for item in found):
        return None
    if found[0] is None or is_static(found[0]):
        return Const(found[0])
    return None


def item_of(at: Lifter, value: Var, index: Value, node: Any) -> Value | None:
    """Return an item of a container of which there are examples, or None if nothing is known."""
    seen = at.seen.get(value)
    if seen is None or seen.cls not in CONTAINERS:
        return None
    if isinstance(index, Const) and isinstance(index.value, (int, str)):
        step: Step = ("item", index.value)
        found = parts(at, seen, step)
        if any(item is MISSING for item in found):
            return None
        at.known.paths.setdefault(("containers",), (Root("containers", None, ""), ()))
        known = known_part(at, seen, step)
        if known is not None:
            return known
        var = at.let(operator.getitem, value, index, node=node)
        note(at, var, found, stepped(seen, step))
        return var
    var = at.let(operator.getitem, value, index, node=node)
    if seen.cls is not dict and not (isinstance(index, Const) and isinstance(index.value, slice)):
        of_each(at, value, var)
    return var


def of_each(at: Lifter, source: Value, each: Var) -> None:
    """Note what the items of a list are, if they are alike."""
    seen = at.seen.get(source) if isinstance(source, Var) else None
    if seen is None or seen.cls not in (list, tuple):
        return
    if seen.item is not None:
        at.seen[each] = seen.item
    items = tuple(item for example in seen.examples for item in example)
    if items and all(map(is_object, items)):
        note(at, each, items, stepped(seen, EACH))


def unrolled(at: Lifter, value: Value, node: Any) -> Value:
    """Return the items of a list of unlike objects or of functions one by one."""
    seen = at.seen.get(value) if isinstance(value, Var) else None
    if seen is None or seen.cls not in (list, tuple) or not seen.examples:
        return value
    if not any(seen.examples):
        parts_of_all(at, seen)
        return Pack((), list, True)
    if len(seen.examples) != 1:
        return value
    items = seen.examples[0]
    classes = {type(item) for item in items}
    if len(classes) == 1 and is_object_class(next(iter(classes))) and not _functions(items):
        return value
    return taken_apart(at, value, node) or value


def parts_of_all(at: Lifter, seen: Seen) -> None:
    """Note that values were asked for as a whole."""
    for root, steps in seen.places:
        at.known.paths[(root.key, steps)] = (root, steps)


def _functions(items: Any) -> bool:
    """Tell whether objects of one class have functions or objects of several kinds."""
    try:
        tables = [vars(item) for item in items]
    except TypeError:
        return False
    for name in tables[0]:
        kinds = {_kind(table.get(name, MISSING)) for table in tables}
        if len(kinds) > 1:
            return True
    return False


def _kind(value: Any) -> Any:
    """Return what makes a difference to how a function that uses a value reads."""
    if is_object(value):
        return type(value)
    return value if value is None or value is MISSING or is_static(value) else "data"


def taken_apart(at: Lifter, value: Value, node: Any) -> Pack | None:
    """Return a list, tuple or dict with functions or objects in it item by item."""
    seen = at.seen.get(value) if isinstance(value, Var) else None
    if seen is None or seen.cls not in CONTAINERS or len(seen.examples) != 1:
        return None
    assert isinstance(value, Var)
    example = seen.examples[0]
    keys = list(example) if seen.cls is dict else range(len(example))
    if not all(isinstance(key, (int, str)) for key in keys):
        return None
    parts_of_all(at, seen)
    items = [item_of(at, value, Const(key), node) for key in keys]
    return Pack(tuple(item for item in items if item is not None), list, True)


def length_of(at: Lifter, value: Value) -> int | None:
    """Return how many items a container with functions or objects in it has."""
    seen = at.seen.get(value) if isinstance(value, Var) else None
    if seen is None or seen.cls not in CONTAINERS or len(seen.examples) != 1:
        return None
    parts_of_all(at, seen)
    return len(seen.examples[0])

"""What to differentiate with respect to: which parameters, and whether their values will do."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from srcgrad.facts.objects import is_object_class

Wrt = int | str | Sequence[int | str]


def positions(wrt: Wrt, names: Sequence[str], function: str) -> tuple[tuple[int, ...], bool]:
    """Return the positions of the parameters, and whether several were asked for.

    >>> positions(("w", -1), ("w", "b", "x"), "loss")
    ((0, 2), True)

    Raises
    ------
    TypeError
        If ``wrt`` is no name, no position and no tuple of these.
    ValueError
        If there is no such parameter, or one is named twice.
    """
    several = isinstance(wrt, (tuple, list))
    asked = tuple(wrt) if isinstance(wrt, (tuple, list)) else (wrt,)
    if not asked:
        raise ValueError(f"wrt is empty: name at least one parameter of {function!r}")
    found = tuple(_position(item, names, function) for item in asked)
    if len(set(found)) != len(found):
        raise ValueError(f"wrt={wrt!r} names a parameter of {function!r} twice")
    return found, several


def bound_positions(
    wrt: Wrt, names: Sequence[str], own: Sequence[str], function: str
) -> tuple[tuple[int, ...], bool]:
    """Return the positions among all parameters of a bound method: ``own`` names its object.

    >>> bound_positions((0, "self"), ("x",), ("self",), "loss")
    ((1, 0), True)
    """
    if not own:
        return positions(wrt, names, function)
    several = isinstance(wrt, (tuple, list))
    found = []
    for item in wrt if isinstance(wrt, (tuple, list)) else (wrt,):
        if item in own:
            found.append(own.index(str(item)))
        else:
            found.append(_position(item, names, function) + len(own))
    if len(set(found)) != len(found) or not found:
        positions(wrt, names, function)
    return tuple(found), several


def _position(item: Any, names: Sequence[str], function: str) -> int:
    has = f"the parameters of {function!r} are {', '.join(names)}"
    if not names:
        has = f"{function!r} has no parameters"
    if isinstance(item, str):
        if item in names:
            return names.index(item)
        raise ValueError(f"wrt={item!r} is not a parameter: {has}")
    if isinstance(item, bool) or not hasattr(item, "__index__"):
        kind = type(item).__name__
        raise TypeError(f"wrt takes the name or position of a parameter, not {kind}: {has}")
    place = item.__index__()
    if not -len(names) <= place < len(names):
        raise ValueError(f"wrt={place} is out of range: {has}")
    return place % len(names)


def problem_with(value: Any, name: str) -> str | None:
    """Return why nothing can be differentiated with respect to a value, or None.

    >>> problem_with({"w": np.arange(3)}, "p")
    "p['w'] is an array of int64: convert it to floats, p['w'].astype(float)"
    """
    if isinstance(value, (bool, np.bool)):
        return f"{name} is a bool, which has no derivative"
    if isinstance(value, (np.ndarray, np.generic)):
        return _array_problem(value, name)
    if value is None or isinstance(value, (int, float, complex)):
        return None
    if isinstance(value, dict):
        parts = [(f"{name}[{key!r}]", item) for key, item in value.items()]
    elif isinstance(value, (list, tuple)):
        fields = getattr(value, "_fields", None)
        parts = [(f"{name}[{i}]", item) for i, item in enumerate(value)]
        if fields is not None:
            parts = [(f"{name}.{f}", x) for f, x in zip(fields, value, strict=True)]
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = [(f"{name}.{f.name}", getattr(value, f.name)) for f in dataclasses.fields(value)]
    else:
        kind = type(value).__name__
        if is_object_class(type(value)):
            return (
                f"{name} is a {kind}, a plain class: make it a dataclass, or give its arrays in a"
                " dict"
            )
        return f"{name} is a {kind}: give floats, float arrays, or containers of these"
    problems = [problem_with(item, where) for where, item in parts]
    return next((problem for problem in problems if problem), None)


def _array_problem(value: Any, name: str) -> str | None:
    dtype = value.dtype
    if isinstance(value, np.ndarray) and type(value) is not np.ndarray:
        kind = type(value).__name__
        if kind != "memmap":
            return f"{name} is a {kind}: give a plain array, np.asarray({name})"
    if dtype.kind in "fc":
        return None
    what = "an array of" if isinstance(value, np.ndarray) else "a scalar of"
    if dtype.kind in "iub":
        convert = f"{name}.astype(float)" if isinstance(value, np.ndarray) else f"float({name})"
        return f"{name} is {what} {dtype}: convert it to floats, {convert}"
    return f"{name} is {what} {dtype}, which has no derivative"


def has_ints(value: Any) -> bool:
    """Tell whether there are Python integers among the numbers of a value."""
    if type(value) is int:
        return True
    if isinstance(value, dict):
        return any(map(has_ints, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(has_ints, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return any(has_ints(getattr(value, f.name)) for f in dataclasses.fields(value))
    return False


def with_floats(value: Any) -> Any:
    """Return a value with the Python integers in it replaced by floats.

    >>> with_floats({"w": [1, 2.5]})
    {'w': [1.0, 2.5]}
    """
    if type(value) is int:
        return float(value)
    if not has_ints(value):
        return value
    if isinstance(value, dict):
        return {key: with_floats(item) for key, item in value.items()}
    if hasattr(value, "_fields"):
        return type(value)(*map(with_floats, value))
    if isinstance(value, (list, tuple)):
        return type(value)(map(with_floats, value))
    names = [f.name for f in dataclasses.fields(value)]
    parts = {name: with_floats(getattr(value, name)) for name in names}
    return dataclasses.replace(value, **parts)

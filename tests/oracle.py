"""The oracle: gradients by central differences, for arguments of any structure.

Differences with steps h and h/2 are combined (Richardson), so that the error is of order h**4 and
agrees with an exact gradient to about ten digits.  Everything is computed in double precision.
Of a complex number ``x + iy`` the gradient is the slope in ``x`` less ``i`` times that in ``y``.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


def is_float_leaf(x: Any) -> bool:
    """Tell whether a value is something that a gradient has numbers for."""
    if isinstance(x, np.ndarray):
        return np.issubdtype(x.dtype, np.inexact)
    return isinstance(x, (float, complex, np.inexact)) or type(x) is int


def children(x: Any) -> list[tuple[Any, Any]] | None:
    """The entries of a container with their keys, or None for anything else."""
    if isinstance(x, dict):
        return list(x.items())
    if isinstance(x, (list, tuple)):
        return list(enumerate(x))
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        return [(field.name, getattr(x, field.name)) for field in dataclasses.fields(x)]
    if is_plain_object(x):
        return list(vars(x).items())
    return None


def is_plain_object(x: Any) -> bool:
    """Tell whether a value is an object of a class of the tests that is no dataclass."""
    own = type(x).__module__.startswith("tests.") and not callable(type(x).__dict__.get("__get__"))
    return own and hasattr(x, "__dict__") and not isinstance(x, type)


def mapped(function: Callable[[Any], Any], x: Any) -> Any:
    """Apply a function to every leaf, keeping the structure."""
    inside = children(x)
    if inside is None:
        return function(x)
    items = {key: mapped(function, item) for key, item in inside}
    if isinstance(x, dict):
        return items
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*items.values())
    if isinstance(x, (list, tuple)):
        return type(x)(items.values())
    if is_plain_object(x) and not dataclasses.is_dataclass(x):
        new = copy.copy(x)
        vars(new).update(items)
        return new
    return dataclasses.replace(x, **items)


def leaves(x: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The leaves of a structure, each with the keys that lead there."""
    inside = children(x)
    if inside is None:
        yield path, x
        return
    for key, item in inside:
        yield from leaves(item, (*path, key))


def widened(x: Any) -> Any:
    """A copy in double precision; what is not a real number stays."""

    def wide(leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray):
            kind = {"f": np.float64, "c": np.complex128}.get(leaf.dtype.kind, leaf.dtype)
            return np.array(leaf, dtype=kind)
        if isinstance(leaf, np.inexact):
            return (np.complex128 if leaf.dtype.kind == "c" else np.float64)(leaf)
        return leaf if callable(leaf) else copy.deepcopy(leaf)

    return mapped(wide, x)


def moved(x: Any, path: tuple[Any, ...], index: tuple[int, ...], step: complex) -> Any:
    """A copy of a structure with one number changed by a step."""
    seen = iter(leaves(x))

    def move(leaf: Any) -> Any:
        here, _ = next(seen)
        if here != path:
            return leaf
        if isinstance(leaf, np.ndarray):
            new = leaf.copy()
            new[index] += step
            return new
        if isinstance(leaf, np.inexact):
            return type(leaf)(leaf + step)
        return (leaf if isinstance(leaf, complex) else float(leaf)) + step

    return mapped(move, x)


def numeric_gradient(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    position: int,
    step: float = 1e-3,
) -> Any:
    """The gradient of a scalar function with respect to one argument; None at other leaves."""
    wide = widened(args)

    def value(path: tuple[Any, ...], index: tuple[int, ...], h: complex) -> float:
        changed = list(widened(wide))
        changed[position] = moved(changed[position], path, index, h)
        with np.errstate(all="ignore"):
            return float(function(*changed))

    def slope(path: tuple[Any, ...], index: tuple[int, ...], at: Any) -> Any:
        along = one_way(path, index, abs(at), 1.0)
        if not isinstance(at, (complex, np.complexfloating)):
            return along
        return along - 1j * one_way(path, index, abs(at), 1j)

    def one_way(path: tuple[Any, ...], index: tuple[int, ...], size: float, way: complex) -> float:
        h = way * step * max(1.0, size)
        coarse = (value(path, index, h) - value(path, index, -h)) / (2.0 * abs(h))
        fine = (value(path, index, h / 2) - value(path, index, -h / 2)) / abs(h)
        return (4.0 * fine - coarse) / 3.0

    found = iter(list(leaves(wide[position])))

    def gradient(leaf: Any) -> Any:
        path, _ = next(found)
        if not is_float_leaf(leaf):
            return None
        if not isinstance(leaf, np.ndarray):
            return slope(path, (), leaf)
        out = np.empty(leaf.shape, complex if leaf.dtype.kind == "c" else float)
        for index in np.ndindex(leaf.shape):
            out[index] = slope(path, index, leaf[index])
        return out

    return mapped(gradient, wide[position])


def assert_close(found: Any, wanted: Any, rtol: float = 1e-6, atol: float = 1e-8) -> None:
    """Compare gradients leaf by leaf; None in what is wanted means that anything will do."""
    want, have = dict(leaves(wanted)), dict(leaves(found))
    assert want.keys() == have.keys(), f"structure: {list(have)} instead of {list(want)}"
    for path, target in want.items():
        if target is None:
            continue
        name = "".join(f"[{key!r}]" for key in path)
        np.testing.assert_allclose(have[path], target, rtol=rtol, atol=atol, err_msg=name)


def assert_like(gradient: Any, argument: Any) -> None:
    """Check structure, kind, dtype, shape and memory of a gradient against its argument."""
    assert type(gradient) is type(argument) or children(argument) is None
    have, want = list(leaves(gradient)), list(leaves(argument))
    assert [path for path, _ in have] == [path for path, _ in want]
    for (path, g), (_, x) in zip(have, want, strict=True):
        if not is_float_leaf(x):
            continue
        if isinstance(x, np.ndarray):
            assert isinstance(g, np.ndarray), f"{path}: {type(g)} for an array"
            assert g.dtype == x.dtype and g.shape == x.shape, f"{path}: {g.dtype}{g.shape}"
            assert g.flags.writeable and not np.shares_memory(g, x), f"{path}: not fresh"
        elif type(x) is complex:
            assert isinstance(g, complex), f"{path}: {type(g)} for {type(x)}"
        elif isinstance(x, np.inexact):
            assert type(g) is type(x), f"{path}: {type(g)} for {type(x)}"
        else:
            assert isinstance(g, float), f"{path}: {type(g)} for {type(x)}"


def assert_unshared(gradient: Any) -> None:
    """No two arrays of a gradient overlap."""
    arrays = [leaf for _, leaf in leaves(gradient) if isinstance(leaf, np.ndarray)]
    for i, a in enumerate(arrays):
        for b in arrays[i + 1 :]:
            assert not np.shares_memory(a, b), "two results share memory"


def same(a: Any, b: Any) -> bool:
    """Tell whether two structures are equal in value and kind, number by number."""
    left, right = list(leaves(a)), list(leaves(b))
    if [path for path, _ in left] != [path for path, _ in right]:
        return False
    for (_, x), (_, y) in zip(left, right, strict=True):
        if type(x) is not type(y):
            return False
        if isinstance(x, np.ndarray):
            if x.dtype != y.dtype or not np.array_equal(x, y, equal_nan=x.dtype.kind in "fc"):
                return False
        elif not (x is y or x == y or (x != x and y != y)):
            return False
    return True

"""Check derivatives against differences: one rule, or the gradient of a whole function."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import itertools
import linecache
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.errors import NoRule
from srcgrad.rules.complexes import of_complex
from srcgrad.rules.table import Rule, rule_for

Path = tuple[Any, ...]


def check_rule(fn: Any, /, *args: Any, **kwargs: Any) -> None:
    """Check the derivative rule of a function at a point, with a random cotangent.

    Every float, float array, and list or tuple of those among ``args`` is moved, element by
    element, and the change of the result compared with what the rule says.  Complex numbers are
    moved in their real and in their imaginary part.  Shape, structure and dtype of the cotangents
    are checked, that nothing given was changed, and, where the rule has a push part, that push
    and pull agree.

    Parameters
    ----------
    fn : callable
        A function with a rule.
    *args, **kwargs
        The point, away from kinks; small arrays, since every element is moved.

    Raises
    ------
    AssertionError
        If the rule is wrong; the message says where to look.

    Examples
    --------
    >>> check_rule(np.tanh, np.array([0.3, -1.2]))
    """
    name = getattr(fn, "__name__", repr(fn))
    given = copy.deepcopy((args, kwargs))
    y = fn(*args, **kwargs)
    among = any(np.iscomplexobj(leaf) for _, leaf in _leaves((args, y)))
    rule = of_complex(fn) if among else rule_for(fn)
    assert rule is not None, f"{name} has no derivative rule" + " of complex numbers" * among
    kept = copy.deepcopy(y)
    g = _random(y, np.random.default_rng(0))
    saved = copy.deepcopy(g)
    cots = _zeros(args) if rule.kind == "zero" else _pulled(rule, g, y, args, kwargs)
    assert _equal(given, (args, kwargs)), f"{name}: its rule changed an argument in place"
    assert _equal(kept, y), f"{name}: its rule changed the result in place"
    assert _equal(saved, g), f"{name}: its rule changed the cotangent in place"
    for i, (arg, cot) in enumerate(zip(args, cots)):
        if not _moves(arg) or cot is None:
            continue
        where = f"{name}, argument {i}"
        _same_structure(cot, arg, where)

        def moved(value: Any, i: int = i) -> float:
            wide = [_wide(a) if _moves(a) else a for a in args]
            return _dot(g, fn(*wide[:i], value, *wide[i + 1 :], **kwargs))

        _compare(moved, arg, cot, where, "the pull part of its rule")
        _push_agrees(rule, i, g, cot, (y, args, kwargs), where)


def check_grad(
    fn: Callable[..., Any],
    /,
    *args: Any,
    wrt: Any = 0,
    order: int = 1,
    **kwargs: Any,
) -> None:
    """Check the gradient of a function against differences.

    Parameters
    ----------
    fn : callable
        A function with a scalar result.
    *args, **kwargs
        The point.
    wrt : int, str or tuple of those
        What to differentiate with respect to.
    order : int
        With 2, the gradient of the gradient (along a random direction) is checked as well.

    Raises
    ------
    AssertionError
        If the gradient is wrong; the message names the argument and the element.

    Examples
    --------
    >>> check_grad(lambda x: np.sum(np.sin(x)), np.array([0.3, -1.2]))
    """
    from srcgrad.api import grad

    given = copy.deepcopy((args, kwargs))
    gradient = grad(fn, wrt=wrt)
    result = gradient(*args, **kwargs)
    bound = inspect.signature(fn).bind(*args, **kwargs)
    bound.apply_defaults()
    names = list(bound.signature.parameters)
    chosen = wrt if isinstance(wrt, tuple) else (wrt,)
    parts = result if isinstance(wrt, tuple) else (result,)
    name = getattr(fn, "__name__", repr(fn))
    for which, part in zip(chosen, parts):
        key = which if isinstance(which, str) else names[which]
        _same_structure(part, bound.arguments[key], f"{name}, {key}")

        def moved(value: Any, key: str = key) -> float:
            again = inspect.BoundArguments(bound.signature, bound.arguments.copy())
            for k, v in bound.arguments.items():
                again.arguments[k] = _wide(v) if _moves(v) else v
            again.arguments[key] = value
            return float(fn(*again.args, **again.kwargs))

        _compare(moved, bound.arguments[key], part, f"{name}, {key}", "the gradient")
    assert _equal(given, (args, kwargs)), f"{name}: the gradient changed an argument"
    if order > 1:
        _check_again(gradient, result, bound, wrt, order)


def _check_again(
    gradient: Any, result: Any, bound: inspect.BoundArguments, wrt: Any, order: int
) -> None:
    """Check the gradient of the slope of a gradient in a random direction."""
    along = _random(result, np.random.default_rng(order))
    leaves = list(_leaves(along))
    names: dict[str, Any] = {"gradient": gradient, "np": np}
    names.update({f"along_{k}": leaf for k, (_, leaf) in enumerate(leaves)})
    for k, (path, _) in enumerate(leaves):
        names.update({f"key_{k}_{n}": key for n, key in enumerate(path)})
    places = [f"p_{k}" for k in range(len(bound.args))]
    keywords = [f"{name}={name}" for name in bound.kwargs]
    terms = [
        f"{'np.real' if np.iscomplexobj(leaf) else ''}"
        f"(np.sum(along_{k} * d{''.join(f'[key_{k}_{n}]' for n in range(len(path)))}))"
        for k, (path, leaf) in enumerate(leaves)
    ]
    params = ", ".join([*places, *(["*", *bound.kwargs] if bound.kwargs else [])])
    text = (
        f"def slope({params}):\n"
        f"    d = gradient({', '.join([*places, *keywords])})\n"
        f"    return {' + '.join(terms)}\n"
    )
    listing = list(bound.signature.parameters)
    chosen = tuple(
        listing.index(which) if isinstance(which, str) and which not in bound.kwargs else which
        for which in (wrt if isinstance(wrt, tuple) else (wrt,))
    )
    check_grad(_defined(text, names), *bound.args, wrt=chosen, order=order - 1, **bound.kwargs)


def _defined(text: str, names: dict[str, Any]) -> Any:
    """Return the function ``slope`` of a text, whose source can be found again."""
    file = f"<slope {next(_counter)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), names)
    return names["slope"]


_counter = itertools.count()


def _pulled(rule: Rule, g: Any, y: Any, args: Sequence[Any], kwargs: Any) -> list[Any]:
    """Apply a rule to numbers, as the compiler applies it to variables."""
    assert rule.function is not None, "the rule has no pull part"
    if rule.kind == "pull_each":
        moving = [i for i, arg in enumerate(args) if _moves(arg)]
        by_place = {i: rule.function(i, g, y, *args, **kwargs) for i in moving}
        return [runtime.as_kind(by_place.get(i), args[i]) for i in range(len(args))]
    if rule.kind == "elementwise":
        partials = rule.function(y, *args, **kwargs)
        several = partials if isinstance(partials, tuple) else (partials,)
        found = [None if p is None else g * p for p in several]
    else:
        cots = rule.function(g, y, *args, **kwargs)
        found = list(cots) if isinstance(cots, tuple) else [cots]
    found += [None] * (len(args) - len(found))
    if rule.kind in ("elementwise", "multilinear"):
        found = [
            runtime.unbroadcast(cot, arg) if cot is not None and _moves(arg) else cot
            for cot, arg in zip(found, args)
        ]
    return [runtime.as_kind(cot, arg) if _moves(arg) else cot for cot, arg in zip(found, args)]


def _push_agrees(rule: Rule, i: int, g: Any, cot: Any, call: Any, where: str) -> None:
    push = dict(rule.pushes).get(i)
    if push is None:
        return
    y, args, kwargs = call
    t = _random(args[i], np.random.default_rng(1))
    try:
        moved = push(t, y, *args, **kwargs)
    except NoRule:  # a form that is refused forwards, as it would be in a program
        return
    forward, backward = _dot(g, moved), _dot(cot, t)
    close = np.isclose(forward, backward, rtol=_tolerance(args[i]), atol=_tolerance(args[i]))
    assert close, (
        f"{where}: push and pull disagree: <g, push(t)> = {forward}, <pull(g), t> = {backward}; "
        "check_rule found pull right, so look at push"
    )


def _compare(moved: Callable[[Any], float], arg: Any, cot: Any, where: str, part: str) -> None:
    """Compare a cotangent with differences, element by element."""
    for path, index, expected in differences(moved, arg):
        found = _read(cot, path)
        value = (found[index] if index else np.asarray(found)[()]).item()
        tolerance = _tolerance(arg)
        if not np.isclose(value, expected, rtol=tolerance, atol=tolerance):
            element = "".join(f"[{key!r}]" for key in (*path, *index))
            raise AssertionError(
                f"{where}, element {element or 'itself'}: {part} says {value!r}, differences say "
                f"{expected!r}; look at {part}, unless the point is a kink"
            )


def differences(
    fn: Callable[[Any], float], arg: Any, step: float = 1e-3
) -> Iterator[tuple[Path, tuple[int, ...], complex]]:
    """Yield the derivative with respect to each number in an argument, by central differences.

    Two step sizes are combined so that the error is of fourth order in the step.  Of a complex
    number it is the slope along its real part less ``i`` times that along its imaginary part.
    """
    wide = _wide(arg)
    for path, leaf in list(_leaves(wide)):
        for index in np.ndindex(np.shape(leaf)):
            size = step * max(1.0, abs(np.asarray(leaf)[index].item()))

            def slope(way: complex, path: Path = path, index: Any = index, h: float = size) -> Any:
                moves = (way * h, -way * h, way * h / 2.0, -way * h / 2.0)
                a, b, c, d = (fn(_shifted(wide, path, index, move)) for move in moves)
                return float((4.0 * (c - d) / h - (a - b) / (2.0 * h)) / 3.0)

            found = slope(1.0)
            yield path, index, found - 1j * slope(1j) if np.iscomplexobj(leaf) else found


def _moves(value: Any) -> bool:
    """Tell whether an argument holds numbers that can be moved."""
    if isinstance(value, (np.ndarray, np.generic)):
        return bool(np.issubdtype(value.dtype, np.inexact))
    if isinstance(value, (list, tuple)):
        return bool(value) and all(_moves(item) for item in value)
    if isinstance(value, dict):
        return bool(value) and all(_moves(item) for item in value.values())
    return isinstance(value, (float, complex))


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield from _leaves(item, (*path, i))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _leaves(getattr(value, field.name), (*path, field.name))
    elif isinstance(value, (np.ndarray, np.generic, float, int, complex)) and not isinstance(
        value, bool
    ):
        yield path, value


def _read(value: Any, path: Path) -> Any:
    for key in path:
        by_name = isinstance(key, str) and not isinstance(value, dict)
        value = getattr(value, key) if by_name else value[key]
    return value


def _shifted(value: Any, path: Path, index: tuple[int, ...], move: complex) -> Any:
    """Return a copy of an argument with one number moved."""
    if path:
        key = path[0]
        if isinstance(value, dict):
            return {**value, key: _shifted(value[key], path[1:], index, move)}
        if isinstance(key, str):
            inner = _shifted(getattr(value, key), path[1:], index, move)
            return dataclasses.replace(value, **{key: inner})
        items = list(value)
        items[key] = _shifted(items[key], path[1:], index, move)
        if hasattr(value, "_fields"):
            return type(value)(*items)
        return type(value)(items)
    if isinstance(value, np.ndarray):
        out = value.copy()
        out[index] += move
        return out
    return type(value)(value + move)


def _wide(value: Any) -> Any:
    """Return a value in double precision, so that differences of it mean something."""
    if isinstance(value, np.ndarray) and value.dtype in (np.float16, np.float32):
        return value.astype(np.float64)
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype == np.complex64:
        return value.astype(np.complex128)
    if isinstance(value, (np.float16, np.float32)):
        return np.float64(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(_wide, value))
    if isinstance(value, (list, tuple)):
        return type(value)(map(_wide, value))
    if isinstance(value, dict):
        return {key: _wide(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [field.name for field in dataclasses.fields(value)]
        return dataclasses.replace(value, **{name: _wide(getattr(value, name)) for name in fields})
    return float(value) if type(value) is int else value


def _random(value: Any, rng: np.random.Generator) -> Any:
    """Return random numbers of the structure, shape and dtype of a value."""
    if isinstance(value, (np.ndarray, np.generic)):
        numbers = np.asarray(rng.normal(size=value.shape))
        if value.dtype.kind == "c":
            numbers = numbers + 1j * rng.normal(size=value.shape)
        made = np.asarray(numbers, _float_type(value))
        return made if isinstance(value, np.ndarray) else made[()]
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_random(item, rng) for item in value))
    if isinstance(value, (list, tuple)):
        return type(value)(_random(item, rng) for item in value)
    if isinstance(value, dict):
        return {key: _random(item, rng) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [field.name for field in dataclasses.fields(value)]
        parts = {name: _random(getattr(value, name), rng) for name in fields}
        return dataclasses.replace(value, **parts)
    if isinstance(value, complex):
        return complex(rng.normal(), rng.normal())
    return float(rng.normal())


def _float_type(value: Any) -> np.dtype[Any]:
    inexact = np.issubdtype(value.dtype, np.inexact)
    return value.dtype if inexact else np.dtype(np.float64)


def _zeros(args: Sequence[Any]) -> list[Any]:
    return [runtime.zeros_like(arg) if _moves(arg) else None for arg in args]


def _dot(a: Any, b: Any) -> float:
    if isinstance(b, (list, tuple)):
        return sum(_dot(x, y) for x, y in zip(a, b))
    if isinstance(b, dict):
        return sum(_dot(a[key], b[key]) for key in b)
    wide = [np.asarray(x, complex if np.iscomplexobj(x) else np.float64) for x in (a, b)]
    return float(np.real(np.sum(wide[0] * wide[1])))


def _tolerance(value: Any) -> float:
    """Return how exact a comparison can be for numbers of these types."""
    types = [np.asarray(leaf).dtype for _, leaf in _leaves(value)]
    if np.dtype(np.float16) in types:
        return 1e-2
    return 2e-4 if {np.dtype(np.float32), np.dtype(np.complex64)} & {*types} else 1e-6


def _same_structure(cot: Any, arg: Any, where: str) -> None:
    """Check that a cotangent has the shapes and dtypes of its argument, leaf by leaf."""
    for path, leaf in _leaves(arg):
        try:
            found = _read(cot, path)
        except (IndexError, KeyError, TypeError, AttributeError) as error:
            raise AssertionError(f"{where}: its cotangent has no element {path}") from error
        spot = "".join(f"[{key!r}]" for key in path)
        assert np.shape(found) == np.shape(leaf), (
            f"{where}{spot}: its cotangent has shape {np.shape(found)}, not {np.shape(leaf)}"
        )
        if isinstance(leaf, np.ndarray) and leaf.dtype == np.float32 and leaf.ndim:
            dtype = np.asarray(found).dtype
            assert dtype == leaf.dtype, f"{where}{spot}: its cotangent is {dtype}, not float32"


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, (np.ndarray, np.generic)):
        return bool(np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind in "fc"))
    if hasattr(a, "tocoo"):
        return bool(np.array_equal(a.toarray(), b.toarray()))
    if isinstance(a, dict):
        return all(_equal(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(_equal, a, b))
    if dataclasses.is_dataclass(a) and not isinstance(a, type):
        return all(_equal(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(a))
    return bool(a == b) or a is b or a != a or not isinstance(a, (int, float, str))

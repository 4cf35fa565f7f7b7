"""Vector-Jacobian products: run a function once, then pay back any cotangent of its result."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.cache import Compiled, Plan, cache_for, complaint
from srcgrad.overlap import check_apart
from srcgrad.pipeline import PairOptions, compiled_pair, signature_of
from srcgrad.runtime.checkpoints import asked_for
from srcgrad.signature import Binder, is_sample, unbound
from srcgrad.wrt import Wrt, bound_positions, problem_with


class Pullback:
    """What `vjp` returns: a cotangent of the result in, the cotangents of the arguments out."""

    __slots__ = ("__weakref__", "_back", "_kept", "_spread", "_value")

    def __init__(
        self, back: Callable[..., Any], kept: tuple[Any, ...], value: Any, spread: Any
    ) -> None:
        self._back = back
        self._kept = kept
        self._value = value
        self._spread = spread

    def __call__(self, cotangent: Any) -> Any:
        """Return the cotangents of the arguments.

        Parameters
        ----------
        cotangent : like the value of the function
            One cotangent for its result, of the same structure and shapes.
        """
        _compare(cotangent, self._value, "the cotangent")
        found = self._back(runtime.fresh(cotangent, self._value, True), *self._kept)
        if self._spread is None:
            return found
        count, places = self._spread
        whole: list[Any] = [None] * count
        for place, item in zip(places, found, strict=True):
            whole[place] = item
        return tuple(whole)

    def __repr__(self) -> str:
        return f"<pullback of {self._back.__name__}>"


def vjp(
    f: Callable[..., Any],
    *args: Any,
    wrt: Wrt | None = None,
    has_aux: bool = False,
    checkpoint: int | str | None = None,
) -> tuple[Any, ...]:
    """Return the value of a function and its pullback.

    >>> import numpy as np
    >>> def f(w, x):
    ...     return np.sin(w * x)
    >>> value, pullback = vjp(f, np.ones(2), 0.5)  # doctest: +SKIP
    >>> d_w, d_x = pullback(np.ones(2))  # doctest: +SKIP

    Parameters
    ----------
    f : function
        The function; its result may be a number, an array or a container of these.
    *args
        Its arguments.
    wrt : name, position or tuple of these, optional
        What to pay back to: one gives a cotangent, a tuple gives a tuple.  Without it the
        pullback gives one entry per argument, None for those that have no derivative.
    has_aux : bool
        Whether ``f`` returns ``(result, aux)``; then ``(value, pullback, aux)`` is returned.
    checkpoint : int or str, optional
        How many snapshots to keep of a loop, as for `grad`.
    """
    binder = Binder(f)
    given = binder(args, {})
    function, before = unbound(f)
    own = Binder(function).names[: len(before)]
    full = (*before, *given)
    spread = None
    if wrt is None:
        first = len(before)
        asked = tuple(i + first for i, arg in enumerate(given) if _has_derivative(arg))
        if not asked:
            raise TypeError("none of the arguments is a float or an array of floats")
        options = PairOptions(asked, True, has_aux, asked_for(checkpoint))
        spread = (len(given), tuple(i - first for i in asked))
    else:
        name = getattr(f, "__name__", "function")
        found, several = bound_positions(wrt, binder.names, own, name)
        options = PairOptions(found, several, has_aux, asked_for(checkpoint))
    return pulled_back(function, full, options, (*own, *binder.names), spread)


def pulled_back(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    options: PairOptions,
    names: Sequence[str],
    spread: Any = None,
) -> tuple[Any, ...]:
    """Return what `vjp` does, for all arguments of a function by place."""
    plan, made = _find(function, args, options, names)
    if made.written:
        check_apart(args, made.written, made.packed, names)
    ready = plan.prepared(args, options.wrt)
    results, kept = made.function(*ready)
    kept = _own(kept, [*_arrays(ready), *_arrays(results)])
    value = runtime.zeros_like(results[0])
    assert made.backward is not None
    return results[0], Pullback(made.backward, kept, value, spread), *results[1:]


def _has_derivative(value: Any) -> bool:
    plain = type(value) is not int and value is not None
    return plain and problem_with(value, "") is None and any(True for _ in _floats(value))


def _floats(value: Any) -> Any:
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if isinstance(value, (float, complex)) or kind in ("f", "c"):
        yield value
    for part in _parts(value):
        yield from _floats(part)


def _find(
    f: Callable[..., Any], args: tuple[Any, ...], options: PairOptions, names: Sequence[str]
) -> tuple[Plan, Compiled]:
    cache = cache_for(f, options)
    plan = cache.plan(args, options.wrt)
    made = plan.find(f, args)
    if made is None:
        problem = complaint(args, options.wrt, names)
        if problem is not None:
            raise TypeError(f"no pullback of {getattr(f, '__name__', 'function')!r}: {problem}")
        statics = {n: a for n, a in zip(names, args, strict=True) if is_sample(a)}
        signature = signature_of(plan.prepared(args, options.wrt), statics)
        forward, backward, program = compiled_pair(f, options, signature)
        made = Compiled(forward, program, f, backward)
        plan.keep(args, made)
    return plan, made


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, (list, tuple)):
        return list(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, item.name) for item in dataclasses.fields(value)]
    return []


def _arrays(value: Any) -> list[np.ndarray[Any, Any]]:
    if isinstance(value, np.ndarray):
        return [value]
    return [array for part in _parts(value) for array in _arrays(part)]


def _own(value: Any, others: list[np.ndarray[Any, Any]]) -> Any:
    """Return what was kept, copied where the caller could change it before it is used."""
    if isinstance(value, np.ndarray):
        seen = any(np.may_share_memory(value, other) for other in others)
        return value.copy() if seen else value
    if isinstance(value, dict):
        return {key: _own(item, others) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_own(item, others) for item in value))
    if isinstance(value, (list, tuple)):
        return type(value)(_own(item, others) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [item.name for item in dataclasses.fields(value)]
        return dataclasses.replace(
            value, **{name: _own(getattr(value, name), others) for name in names}
        )
    return value


def _compare(given: Any, value: Any, where: str) -> None:
    """Raise ValueError where a cotangent does not fit the value."""
    if isinstance(value, (np.ndarray, np.generic, float, int, complex)):
        if np.shape(given) != np.shape(value):
            raise ValueError(
                f"{where} has the shape {np.shape(given)}, the result has {np.shape(value)}"
            )
        return
    if isinstance(value, dict):
        if not isinstance(given, dict) or list(given) != list(value):
            raise ValueError(f"{where} must be a dict with the keys {list(value)}")
        for key in value:
            _compare(given[key], value[key], f"{where}[{key!r}]")
        return
    ours, theirs = _parts(value), _parts(given)
    if len(ours) != len(theirs):
        raise ValueError(f"{where} must be a {type(value).__name__} of {len(ours)}")
    for i, (theirs_i, ours_i) in enumerate(zip(theirs, ours, strict=True)):
        _compare(theirs_i, ours_i, f"{where}[{i}]")

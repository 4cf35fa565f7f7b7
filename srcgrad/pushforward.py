"""Jacobian-vector products: the value of a function, and how it moves with its arguments."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from srcgrad.cache import Compiled, Plan, cache_for, complaint
from srcgrad.overlap import check_apart
from srcgrad.pipeline import PushOptions, Signature, built_push, compiled_push, signature_of
from srcgrad.signature import Binder, is_sample, unbound
from srcgrad.write.source import Written, standalone


class Pushforward:
    """What ``jvp(f)`` returns: called with primals and tangents, compiled once per signature.

    Attributes
    ----------
    primal : function
        The function that moves.
    source : str
        The generated source, for arguments of any types, all of which move.
    """

    def __init__(self, primal: Callable[..., Any], has_aux: bool = False) -> None:
        self.primal = primal
        self._aux = has_aux
        self._call = Call(primal)
        self.__name__ = f"{name_of(primal)}_jvp"
        self.__doc__ = f"The value and the tangent of `{name_of(primal)}`."

    def __call__(self, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, ...]:
        """Return the value of the function and its tangent.

        Parameters
        ----------
        primals : tuple
            The arguments.
        tangents : tuple
            How each of them moves, of the same structure and shapes; None for those that do not.
        """
        full, wrt, moves = self._call.asked(primals, tangents)
        out: tuple[Any, ...] = self._call.pushed(full, PushOptions(wrt, self._aux), moves)
        return out

    @property
    def source(self) -> str:
        """The generated source, for arguments of any types, all of which move."""
        names, before = self._call.names, self._call.before
        options = PushOptions(tuple(range(len(before), len(names))), self._aux)
        signature = Signature(None, dict(zip(names, before, strict=False))) if before else None
        return built_push(self._call.function, options, signature)[0].source

    def source_for(self, primals: Sequence[Any], tangents: Sequence[Any]) -> str:
        """Return the source that runs for arguments and tangents like these."""
        return self._written(primals, tangents).source

    def save(
        self, path: str | os.PathLike[str], primals: Sequence[Any], tangents: Sequence[Any]
    ) -> None:
        """Write the source for arguments and tangents like these as a module of its own."""
        Path(path).write_text(standalone(self._written(primals, tangents)), encoding="utf-8")

    def _written(self, primals: Sequence[Any], tangents: Sequence[Any]) -> Written:
        full, wrt, _ = self._call.asked(primals, tangents)
        return self._call.written(full, PushOptions(wrt, self._aux))

    def __repr__(self) -> str:
        names = self._call.names[len(self._call.before) :]
        return f"<value and tangent of {name_of(self.primal)}({', '.join(names)})>"


class Call:
    """A function as it is called to be pushed forward: with all its arguments, by place."""

    def __init__(self, primal: Callable[..., Any]) -> None:
        if not callable(primal):
            raise TypeError(f"expected a function, not {type(primal).__name__}")
        self.primal = primal
        self.function, self.before = unbound(primal)
        self.binder = Binder(primal)
        self.names = (*Binder(self.function).names[: len(self.before)], *self.binder.names)

    def full(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return one value for each parameter."""
        return (*self.before, *self.binder(tuple(args), kwargs))

    def asked(
        self, primals: Sequence[Any], tangents: Sequence[Any]
    ) -> tuple[tuple[Any, ...], tuple[int, ...], list[Any]]:
        """Return all arguments, the places of those that move, and their tangents."""
        for given, what in ((primals, "primals"), (tangents, "tangents")):
            if not isinstance(given, (tuple, list)):
                raise TypeError(f"{what} must be a tuple, one for each argument")
        if len(primals) != len(tangents):
            raise TypeError(
                f"there are {len(primals)} primals and {len(tangents)} tangents: give one for each"
            )
        full = self.full(primals, {})
        wrt = tuple(i + len(self.before) for i, t in enumerate(tangents) if t is not None)
        if not wrt:
            raise TypeError("all tangents are None: nothing moves")
        if len(self.names) < len(tangents):
            raise TypeError("arguments that *args collects have no tangents: give them names")
        return full, wrt, [t for t in tangents if t is not None]

    def pushed(self, args: tuple[Any, ...], options: PushOptions, moves: Sequence[Any]) -> Any:
        """Return what is asked for where some arguments move."""
        plan, made = self.found(args, options)
        if made.written:
            check_apart(args, made.written, made.packed, self.names)
        ready = plan.prepared(args, options.wrt)
        along = [
            fitted(move, ready[i], f"the tangent of {self.names[i]}")
            for i, move in zip(options.wrt, moves, strict=True)
        ]
        return made.function(*ready, *along)

    def found(self, args: tuple[Any, ...], options: PushOptions) -> tuple[Plan, Compiled]:
        """Return what was compiled for such arguments, or compile it."""
        plan = cache_for(self.function, options).plan(args, options.wrt)
        made = plan.find(self.function, args)
        if made is None:
            function, program = compiled_push(
                self.function, options, self.signature(args, options, plan)
            )
            made = Compiled(function, program, self.function)
            plan.keep(args, made)
        return plan, made

    def written(self, args: tuple[Any, ...], options: PushOptions) -> Written:
        """Return the source for such arguments."""
        plan = cache_for(self.function, options).plan(args, options.wrt)
        return built_push(self.function, options, self.signature(args, options, plan))[0]

    def signature(self, args: tuple[Any, ...], options: PushOptions, plan: Plan) -> Signature:
        """Return what is known of the arguments.

        Raises
        ------
        TypeError
            If those that are to move cannot.
        """
        try:
            problem = complaint(args, options.wrt, self.names)
            if problem is None:
                named = zip(self.names, args, strict=True)
                statics = {name: arg for name, arg in named if is_sample(arg)}
                return signature_of(plan.prepared(args, options.wrt), statics)
        except RecursionError:
            problem = "an argument is nested too deeply, or contains itself"
        raise TypeError(f"no tangent of {name_of(self.primal)!r}: {problem}") from None


def fitted(tangent: Any, primal: Any, where: str) -> Any:
    """Return a tangent with the structure and the dtypes of its argument.

    Raises
    ------
    TypeError
        If it is of another kind or structure.
    ValueError
        If it is of another shape.
    """
    if isinstance(primal, (np.ndarray, np.generic, float, int, complex)):
        return _fitted_numbers(tangent, primal, where)
    if primal is None:
        return None
    if isinstance(primal, dict):
        if not isinstance(tangent, dict) or tangent.keys() != primal.keys():
            raise TypeError(f"{where} must be a dict with the keys {list(primal)}")
        return {key: fitted(tangent[key], x, f"{where}[{key!r}]") for key, x in primal.items()}
    if isinstance(primal, (list, tuple)):
        if not isinstance(tangent, (list, tuple)) or len(tangent) != len(primal):
            raise TypeError(f"{where} must be a {type(primal).__name__} of {len(primal)}")
        pairs = enumerate(zip(tangent, primal, strict=True))
        items = [fitted(t, x, f"{where}[{i}]") for i, (t, x) in pairs]
        return type(primal)(*items) if hasattr(primal, "_fields") else type(primal)(items)
    if type(tangent) is not type(primal):
        raise TypeError(f"{where} must be a {type(primal).__name__}")
    names = [field.name for field in dataclasses.fields(primal)]
    parts = {
        name: fitted(getattr(tangent, name), getattr(primal, name), f"{where}.{name}")
        for name in names
    }
    return dataclasses.replace(primal, **parts)


def _fitted_numbers(tangent: Any, primal: Any, where: str) -> Any:
    dtype = getattr(primal, "dtype", None) or np.dtype(complex if _is_complex(primal) else float)
    if type(tangent) is np.ndarray and tangent.dtype is dtype and tangent.shape == primal.shape:
        return tangent
    if isinstance(tangent, (bool, str, dict, list, tuple)) or tangent is None:
        raise TypeError(f"{where} is a {type(tangent).__name__}: give numbers like the argument's")
    given = np.asarray(tangent)
    if given.dtype.kind not in "iufc" or (given.dtype.kind == "c" and dtype.kind != "c"):
        raise TypeError(f"{where} is of {given.dtype}, its argument of {dtype}")
    if given.shape != np.shape(primal):
        raise ValueError(f"{where} has the shape {given.shape}, its argument {np.shape(primal)}")
    if isinstance(primal, np.ndarray):
        return given.astype(dtype)
    return dtype.type(given[()]) if isinstance(primal, np.generic) else given.astype(dtype).item()


def _is_complex(value: Any) -> bool:
    return isinstance(value, complex)


def jvp(
    f: Callable[..., Any],
    primals: Sequence[Any] | None = None,
    tangents: Sequence[Any] | None = None,
    *,
    has_aux: bool = False,
) -> Any:
    """Return the value of a function and its tangent where its arguments move.

    Without ``primals`` and ``tangents`` it returns a `Pushforward`, which is called with these,
    and has the generated source.

    >>> import numpy as np
    >>> def f(w, x):
    ...     return np.sin(w * x)
    >>> value, tangent = jvp(f, (np.ones(2), 0.5), (np.ones(2), None))  # doctest: +SKIP
    >>> print(jvp(f).source)  # doctest: +SKIP

    Parameters
    ----------
    f : function
        The function; its result may be a number, an array or a container of these.
    primals : tuple
        Its arguments.
    tangents : tuple
        How each of them moves, of the same structure and shapes; None for those that do not.
    has_aux : bool
        Whether ``f`` returns ``(result, aux)``; then ``(value, tangent, aux)`` is returned.
    """
    pushed = Pushforward(f, has_aux)
    if primals is None and tangents is None:
        return pushed
    if primals is None or tangents is None:
        raise TypeError("give primals and tangents, or neither")
    return pushed(primals, tangents)


def name_of(function: Any) -> str:
    """Return the name of a function, or of the class of what is called."""
    name = getattr(function, "__name__", None)
    return name if isinstance(name, str) else type(function).__name__

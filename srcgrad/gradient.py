"""The callable that `grad` and `value_and_grad` return."""

from __future__ import annotations

import functools
import html
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MethodType
from typing import Any

from srcgrad import show
from srcgrad.cache import Compiled, Plan, cache_for, complaint
from srcgrad.errors import SrcgradError
from srcgrad.facts.kinds import Type
from srcgrad.overlap import check_apart
from srcgrad.pipeline import (
    Options,
    Signature,
    built,
    compiled,
    gradient,
    lifted,
    saved,
    signature_of,
)
from srcgrad.program.nodes import Program
from srcgrad.signature import Binder, is_static
from srcgrad.wrt import Wrt, positions


class Gradient:
    """The gradient of a function: called like the function, compiled once per signature.

    Attributes
    ----------
    primal : function
        The function that it is the gradient of.
    source : str
        The generated source, for arguments of any types.
    """

    __slots__ = ("__dict__", "__weakref__", "_binder", "_cache", "_count", "_options", "_primal")

    def __init__(
        self,
        primal: Callable[..., Any],
        wrt: Wrt = 0,
        *,
        value: bool = False,
        has_aux: bool = False,
    ) -> None:
        if not callable(primal):
            raise TypeError(f"expected a function, not {type(primal).__name__}")
        functools.update_wrapper(self, primal)
        self._primal = primal
        self._binder = Binder(primal)
        self._count = self._binder.count
        found, several = positions(wrt, self._binder.names, _name(primal))
        self._options = Options(found, several, value, has_aux)
        self._cache = cache_for(primal, self._options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the gradient for these arguments."""
        if kwargs or len(args) != self._count:
            args = self._binder(args, kwargs)
        plan = self._cache.plans.get(tuple(map(type, args)))
        made = None if plan is None else plan.find(self._primal, args)
        if made is None or plan is None:
            plan, made = self._compile(args)
        if made.written:
            check_apart(args, made.written, made.packed, self._binder.names)
        if plan.converted:
            args = plan.prepared(args, self._options.wrt)
        return made.function(*args)

    def _compile(self, args: tuple[Any, ...]) -> tuple[Plan, Compiled]:
        signature, plan = self._signature(args)
        function, program = compiled(self._primal, self._options, signature)
        made = Compiled(function, program, self._primal)
        plan.keep(args, made)
        return plan, made

    def _signature(self, args: tuple[Any, ...]) -> tuple[Signature, Plan]:
        problem = complaint(args, self._options.wrt, self._binder.names)
        if problem is not None:
            raise TypeError(f"no gradient of {_name(self._primal)!r}: {problem}")
        plan = self._cache.plan(args, self._options.wrt)
        ready = plan.prepared(args, self._options.wrt)
        return signature_of(ready, self._statics(args)), plan

    def _statics(self, args: tuple[Any, ...]) -> dict[str, Any]:
        named = zip(self._binder.names, args, strict=True)
        return {name: value for name, value in named if is_static(value)}

    @property
    def primal(self) -> Callable[..., Any]:
        """The function that this is the gradient of."""
        return self._primal

    @property
    def source(self) -> str:
        """The generated source, for arguments of any types."""
        return built(self._primal, self._options)[0].source

    def source_for(self, *args: Any, **kwargs: Any) -> str:
        """Return the source that runs for arguments like these."""
        signature, _ = self._signature(self._binder(args, kwargs))
        return built(self._primal, self._options, signature)[0].source

    def value_and_grad(self, *args: Any, **kwargs: Any) -> Any:
        """Return the value of the function and its gradient, from one run."""
        return self._with_value()(*args, **kwargs)

    def _with_value(self) -> Gradient:
        if self._options.value:
            return self
        made: Gradient | None = self.__dict__.get("_valued")
        if made is None:
            made = remade(self._primal, replace(self._options, value=True))
            self.__dict__["_valued"] = made
        return made

    def save(self, path: str | os.PathLike[str], *args: Any, **kwargs: Any) -> None:
        """Write the source to a file as a module of its own.

        Parameters
        ----------
        path : path
            The file to write.
        *args, **kwargs
            Example arguments to specialise the source to; without any it is for all types.
        """
        signature = None
        if args or kwargs:
            signature, _ = self._signature(self._binder(args, kwargs))
        text = saved(self._primal, self._options, signature)
        Path(path).write_text(text, encoding="utf-8")

    def __srcgrad_program__(
        self, statics: Mapping[str, Any], types: tuple[Type, ...] | None = None
    ) -> Program:
        return gradient(lifted(self._primal, statics, types), self._options, types)[0]

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        names = [self._binder.names[i] for i in self._options.wrt]
        what = "value and gradient" if self._options.value else "gradient"
        given = ", ".join(self._binder.names)
        return f"<{what} of {_name(self._primal)}({given}) in {', '.join(names)}>"

    def _shown(self) -> str:
        try:
            return self.source
        except SrcgradError as error:
            return f"{self!r}\n{error}"

    def _repr_html_(self) -> str:
        try:
            return show.as_html(self.source)
        except SrcgradError as error:
            return f"<pre>{html.escape(f'{self!r}' + chr(10) + str(error))}</pre>"

    def __rich__(self) -> Any:
        return show.for_rich(self._shown())

    def __copy__(self) -> Gradient:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Gradient:
        return self

    def __reduce__(self) -> Any:
        named = _looked_up(self)
        if named is self:
            return self.__qualname__
        if isinstance(named, Gradient) and named._primal is self._primal:
            return _remade_like, (named, self._options)
        return remade, (self._primal, self._options)


def remade(primal: Callable[..., Any], options: Options) -> Gradient:
    """Return the gradient of a function with these options."""
    wrt: Wrt = options.wrt if options.several else options.wrt[0]
    return Gradient(primal, wrt, value=options.value, has_aux=options.aux)


def _remade_like(other: Gradient, options: Options) -> Gradient:
    return other if other._options == options else remade(other._primal, options)


def _looked_up(gradient: Gradient) -> Any:
    """Return what stands under the name of a gradient's function in its module."""
    found: Any = sys.modules.get(getattr(gradient, "__module__", None) or "")
    for part in getattr(gradient, "__qualname__", "").split("."):
        found = getattr(found, part, None)
    return found


def _name(function: Any) -> str:
    name = getattr(function, "__name__", None)
    return name if isinstance(name, str) else type(function).__name__

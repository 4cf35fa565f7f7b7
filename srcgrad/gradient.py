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
from srcgrad.derive.marked import unmarked
from srcgrad.errors import SrcgradError
from srcgrad.facts.kinds import Type
from srcgrad.facts.objects import is_object
from srcgrad.overlap import check_apart
from srcgrad.pipeline import (
    Options,
    Signature,
    asked_types,
    built,
    compiled,
    inner,
    lifted,
    saved,
    signature_of,
    with_constant,
)
from srcgrad.program.nodes import Program
from srcgrad.runtime.checkpoints import Snapshots, asked_for
from srcgrad.signature import Binder, is_sample, unbound
from srcgrad.wrt import Wrt, bound_positions


class Gradient:
    """The gradient of a function: called like the function, compiled once per signature.

    Attributes
    ----------
    primal : function
        The function that it is the gradient of.
    source : str
        The generated source, for arguments of any types.
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_before",
        "_binder",
        "_cache",
        "_count",
        "_function",
        "_names",
        "_options",
        "_primal",
    )

    def __init__(
        self,
        primal: Callable[..., Any],
        wrt: Wrt = 0,
        *,
        value: bool = False,
        has_aux: bool = False,
        checkpoint: int | str | None = None,
    ) -> None:
        if not callable(primal):
            raise TypeError(f"expected a function, not {type(primal).__name__}")
        self._function, self._before = unbound(primal)
        updated = () if is_object(primal) else functools.WRAPPER_UPDATES
        functools.update_wrapper(self, primal, updated=updated)
        self._primal = primal
        self._binder = Binder(primal)
        self._count = self._binder.count
        own = Binder(self._function).names[: len(self._before)]
        self._names = (*own, *self._binder.names)
        found, several = bound_positions(wrt, self._binder.names, own, _name(primal))
        self._options = Options(found, several, value, has_aux, asked_for(checkpoint))
        self._cache = cache_for(self._function, self._options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the gradient for these arguments."""
        if kwargs or len(args) != self._count:
            args = self._binder(args, kwargs)
        if self._before:
            args = (*self._before, *args)
        plan = self._cache.plans.get(tuple(map(type, args)))
        made = None if plan is None else plan.find(self._function, args)
        if made is None or plan is None:
            plan, made = self._compile(args)
        if made.written:
            check_apart(args, made.written, made.packed, self._names)
        if plan.converted:
            args = plan.prepared(args, self._options.wrt)
        return made.function(*args)

    def _spare(self, snapshots: Snapshots | None) -> Gradient:
        """Let this gradient keep so many snapshots of loops; return it."""
        if snapshots is not None:
            self._options = replace(self._options, checkpoint=snapshots)
            self._cache = cache_for(self._function, self._options)
        return self

    def _compile(self, args: tuple[Any, ...]) -> tuple[Plan, Compiled]:
        signature, plan = self._signature(args)
        function, program = compiled(self._function, self._options, signature)
        made = Compiled(function, program, self._function)
        plan.keep(args, made)
        return plan, made

    def _signature(self, args: tuple[Any, ...]) -> tuple[Signature, Plan]:
        try:
            problem = complaint(args, self._options.wrt, self._names)
            if problem is None:
                plan = self._cache.plan(args, self._options.wrt)
                ready = plan.prepared(args, self._options.wrt)
                return signature_of(ready, self._statics(args)), plan
        except RecursionError:
            problem = "an argument is nested too deeply, or contains itself"
        raise TypeError(f"no gradient of {_name(self._primal)!r}: {problem}") from None

    def _statics(self, args: tuple[Any, ...]) -> dict[str, Any]:
        named = zip(self._names, args, strict=True)
        return {name: value for name, value in named if is_sample(value)}

    @property
    def primal(self) -> Callable[..., Any]:
        """The function that this is the gradient of."""
        return self._primal

    @property
    def source(self) -> str:
        """The generated source, for arguments of any types."""
        return built(self._function, self._options, self._generic())[0].source

    def _generic(self) -> Signature | None:
        """Return what is known without arguments: of a bound method, its object."""
        if not self._before:
            return None
        return Signature(None, dict(zip(self._names, self._before, strict=False)))

    def source_for(self, *args: Any, **kwargs: Any) -> str:
        """Return the source that runs for arguments like these."""
        signature, _ = self._signature((*self._before, *self._binder(args, kwargs)))
        return built(self._function, self._options, signature)[0].source

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
        signature = self._generic()
        if args or kwargs:
            signature, _ = self._signature((*self._before, *self._binder(args, kwargs)))
        text = saved(self._function, self._options, signature)
        Path(path).write_text(text, encoding="utf-8")

    def __srcgrad_program__(
        self, statics: Mapping[str, Any], types: tuple[Type, ...] | None = None
    ) -> Program:
        known = {**statics, **dict(zip(self._names, self._before, strict=False))}
        if types is not None:
            types = (*(signature_of(self._before, {}).types or ()), *types)
        program = lifted(self._function, known, types)
        if types is not None:
            types = asked_types(program, Signature(types, known))
        # A derivative of this keeps what it reads of it, or has snapshots of its own.
        options = replace(self._options, checkpoint=None)
        made = inner(unmarked(program), options, types)
        return with_constant(made, self._before[0]) if self._before else made

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        bound = instance is not None and not self._before
        return MethodType(self, instance) if bound else self

    def __repr__(self) -> str:
        names = [self._names[i] for i in self._options.wrt]
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
    names = Binder(unbound(primal)[0]).names
    asked = tuple(names[i] for i in options.wrt)
    wrt: Wrt = asked if options.several else asked[0]
    made = Gradient(primal, wrt, value=options.value, has_aux=options.aux)
    return made._spare(options.checkpoint)


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

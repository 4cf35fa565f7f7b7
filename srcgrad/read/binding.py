"""Bind the arguments of a call to the parameters of the function, as Python does.

def f(a, b=2, *rest, k, **more)      f(1, *xs, k=3)  ->  a=1, b=xs[0], rest=xs[1:], k=3, more={}
"""

from __future__ import annotations

import ast
import types
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import gast

from srcgrad.read.modules import alone
from srcgrad.read.values import Mapped, Pack, Value


@dataclass(frozen=True, eq=False, slots=True)
class Spread:
    """``*xs`` with an unknown number of items."""

    value: Value


@dataclass(eq=False, slots=True)
class Arguments:
    """The arguments of a call; ``extra`` are ``**d`` with unknown keys."""

    args: list[Value | Spread] = field(default_factory=list)
    kwargs: dict[str, Value] = field(default_factory=dict)
    extra: list[Value] = field(default_factory=list)

    def known(self) -> bool:
        """Tell whether there are no stars with unknown contents."""
        return not self.extra and not any(isinstance(a, Spread) for a in self.args)


@dataclass(eq=False, slots=True)
class Plain:
    """Arguments one by one; ``rest`` and ``more`` are what ``*args`` and ``**kwargs`` get."""

    args: list[Value]
    kwargs: dict[str, Value]
    rest: Value | None = None
    more: Value | None = None


class Misfit(Exception):
    """The call does not fit the signature; Python raises a TypeError."""


def bind(
    args: gast.arguments,
    plain: Plain,
    defaults: Sequence[Value],
    kwdefaults: dict[str, Value],
) -> dict[str, Value]:
    """Return the value of each parameter.

    Raises
    ------
    Misfit
        If Python would raise a TypeError.
    """
    only = [arg.id for arg in args.posonlyargs]
    given, kwargs = plain.args, plain.kwargs
    names = only + [arg.id for arg in args.args]
    bound: dict[str, Value] = dict(zip(names, given, strict=False))
    rest = tuple(given[len(names) :])
    if args.vararg:
        bound[args.vararg.id] = plain.rest or Pack(rest, tuple, True)
    elif rest:
        raise Misfit
    more: dict[str, Value] = {}
    allowed = set(names[len(only) :]) | {arg.id for arg in args.kwonlyargs}
    for name, value in kwargs.items():
        if name not in allowed:
            more[name] = value
        elif name in bound:
            raise Misfit
        else:
            bound[name] = value
    if args.kwarg:
        bound[args.kwarg.id] = plain.more or Mapped(more)
    elif more:
        raise Misfit
    optional = dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
    bound = {**optional, **kwdefaults, **bound}
    if any(name not in bound for name in [*names, *(arg.id for arg in args.kwonlyargs)]):
        raise Misfit
    return bound


def complaint(
    args: gast.arguments, name: str, n_given: int, kwargs: Sequence[str], has_default: set[str]
) -> str:
    """Return the text of the TypeError that Python raises, by asking an empty function."""

    def arg(node: Any) -> ast.arg:
        return ast.arg(node.id)

    none = ast.Constant(None)
    names = [*args.posonlyargs, *args.args]
    signature = ast.arguments(
        posonlyargs=[arg(a) for a in args.posonlyargs],
        args=[arg(a) for a in args.args],
        vararg=arg(args.vararg) if args.vararg else None,
        kwonlyargs=[arg(a) for a in args.kwonlyargs],
        kw_defaults=[none if a.id in has_default else None for a in args.kwonlyargs],
        kwarg=arg(args.kwarg) if args.kwarg else None,
        defaults=[none for a in names if a.id in has_default],
    )
    tree = ast.Expression(ast.Lambda(signature, none))
    with alone():
        code = compile(ast.fix_missing_locations(tree), "<signature>", "eval")
    (inner,) = (c for c in code.co_consts if isinstance(c, types.CodeType))
    empty = types.FunctionType(inner, {}, name)
    empty.__qualname__ = name
    empty.__defaults__ = (None,) * len(signature.defaults) or None
    empty.__kwdefaults__ = {a.id: None for a in args.kwonlyargs if a.id in has_default}
    try:
        empty(*([None] * n_given), **dict.fromkeys(kwargs))
    except TypeError as error:
        return str(error)
    return f"{name}() got wrong arguments"

"""The table of derivative rules, and the decorators that add to it.

A rule is an ordinary function of arrays.  ``y`` is the result, ``g`` its cotangent, ``t`` the
tangent of an argument.  Users add rules for their own functions, or replace one of these, with
the very same decorators.

    elementwise(np.tanh, lambda y, x: 1.0 - y * y)
    linear(np.transpose, lambda g, y, x: np.transpose(g))
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from srcgrad.chapters import Chapters

RuleFunction = Callable[..., Any]
Kind = Literal["elementwise", "linear", "multilinear", "pull", "pull_each", "push", "zero"]

TOPICS = (
    "arithmetic",
    "comparison",
    "elementwise",
    "scalars",
    "complex_scalars",
    "reductions",
    "running",
    "missing",
    "statistics",
    "quantiles",
    "norms",
    "linalg",
    "einsum",
    "fourier",
    "decompositions",
    "shape",
    "padding",
    "joining",
    "choosing",
    "indexing",
    "ordering",
    "calculus",
    "polynomials",
    "creation",
    "ufunc_methods",
    "functionals",
    "callbacks",
    "classes",
    "methods",
    "generated",
    "complexes",
    "complex_linalg",
    "pushes",
)
"""The files of rules, in the order in which they are read."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one function is differentiated.

    Parameters
    ----------
    kind : str
        Which signature ``function`` has, and so how it is used:

        - ``"elementwise"``: ``function(y, *args, **kw)`` gives the partial derivative with
          respect to each positional argument; ``None`` where there is none.
        - ``"linear"``: ``function(g, y, x, *rest, **kw)`` is the transpose of a function that is
          linear in its first argument.
        - ``"multilinear"``: ``function(g, y, *args, **kw)`` gives the cotangent of each
          argument; the function is linear in each of them while the others stay.
        - ``"pull"``: ``function(g, y, *args, **kw)`` gives the cotangent of the first argument,
          or a tuple for the first few.
        - ``"pull_each"``: ``function(i, g, y, *args, **kw)`` gives the cotangent of the
          positional argument number ``i``.
        - ``"push"``: only ``pushes`` is known.
        - ``"zero"``: nothing flows.
    function : callable or None
        The rule; ``None`` for the kinds ``"push"`` and ``"zero"``.
    pushes : tuple of (int, callable)
        For some positional arguments ``push(t, y, *args, **kw)``, the tangent of the result where
        that argument moves along ``t``; the tangents due to several arguments add up.
    together : tuple of int or str
        Arguments, by place or name, in which the function is linear where all of them move at
        once; ``"*"`` stands for all.  The tangent of the result is the function of their tangents.
    only : bool
        Whether the other arguments just tell how, so that it does not matter whether they move.
    multiplies : bool
        Whether the function is linear in each argument that may move while the others stay.
    """

    kind: Kind
    function: RuleFunction | None = None
    pushes: tuple[tuple[int, RuleFunction], ...] = ()
    together: tuple[int | str, ...] = ()
    only: bool = False
    multiplies: bool = False

    @property
    def push(self) -> RuleFunction | None:
        """The push function of the first argument, if there is one."""
        return dict(self.pushes).get(0)


_lock = threading.RLock()
_rules: dict[Any, Rule] = {}
_unhashable: dict[int, tuple[Any, Rule]] = {}
_loading = False
_loaded = False
_chapters = Chapters("srcgrad.rules.scipy")


def rule_for(fn: Any) -> Rule | None:
    """Return the rule of a function, or None if it has none.

    >>> import numpy as np
    >>> rule_for(np.floor).kind
    'zero'
    >>> rule_for(np.unique) is None
    True
    """
    _load()
    found = _found(fn)
    return _found(fn) if found is None and read_chapters() else found


def read_chapters() -> bool:
    """Read the rules for those modules of SciPy that are imported; tell whether there were new."""
    return _chapters.read()


def _found(fn: Any) -> Rule | None:
    try:
        return _rules.get(fn)
    except TypeError:
        found = _unhashable.get(id(fn))
        return found[1] if found is not None else None


def rule_of(fn: Any) -> RuleFunction:
    """Return the rule function of a function that is known to have one."""
    rule = rule_for(fn)
    assert rule is not None and rule.function is not None, fn
    return rule.function


def elementwise(fn: Any, partials: RuleFunction | None = None) -> Any:
    """Give a rule to a function that acts on each element, with broadcasting.

    Parameters
    ----------
    fn : callable
        The function.
    partials : callable
        ``partials(y, *args, **kw)`` returns the partial derivative, or a tuple of one for each
        positional argument; ``None`` where the function cannot be differentiated in it.

    Examples
    --------
    >>> import numpy as np
    >>> def softplus(x):
    ...     return np.log1p(np.exp(x))
    >>> softplus_rule = elementwise(softplus, lambda y, x: 1.0 / (1.0 + np.exp(-x)))
    """
    return _entered("elementwise", fn, partials)


def linear(fn: Any, transpose: RuleFunction | None = None) -> Any:
    """Give a rule to a function that is linear in its first argument.

    Parameters
    ----------
    fn : callable
        The function; its forward derivative is the function itself.
    transpose : callable
        ``transpose(g, y, x, *rest, **kw)`` returns the cotangent of ``x``.
    """
    return _entered("linear", fn, transpose)


def multilinear(fn: Any, pullback: RuleFunction | None = None) -> Any:
    """Give a rule to a function that is linear in each of its arguments.

    Parameters
    ----------
    fn : callable
        The function; its forward derivative is the product rule.
    pullback : callable
        ``pullback(g, y, *args, **kw)`` returns the cotangents of the arguments, before
        broadcasting is undone; ``None`` for an argument that is not differentiated.
    """
    return _entered("multilinear", fn, pullback)


def pull(fn: Any, pullback: RuleFunction | None = None) -> Any:
    """Give a reverse-mode rule to a function.

    Parameters
    ----------
    fn : callable
        The function.
    pullback : callable
        ``pullback(g, y, *args, **kw)`` returns the cotangent of the first argument, or a tuple
        for the first few.

    Examples
    --------
    >>> def cube(x):
    ...     return x**3
    >>> @pull(cube)
    ... def _(g, y, x):
    ...     return 3.0 * x**2 * g
    >>> rule_for(cube).kind
    'pull'
    """
    return _entered("pull", fn, pullback)


def pull_each(fn: Any, pullback: RuleFunction | None = None) -> Any:
    """Give a reverse-mode rule to a function of any number of arguments.

    Parameters
    ----------
    fn : callable
        The function.
    pullback : callable
        ``pullback(i, g, y, *args, **kw)`` returns the cotangent of ``args[i]``; ``i`` is a
        constant.
    """
    return _entered("pull_each", fn, pullback)


def push(fn: Any, pushforward: RuleFunction | None = None, *, arg: int = 0) -> Any:
    """Give a forward-mode rule to a function, beside the rule that it may have.

    Parameters
    ----------
    fn : callable
        The function.
    pushforward : callable
        ``pushforward(t, y, *args, **kw)`` returns the tangent of the result where the argument
        number ``arg`` moves along ``t``.
    arg : int
        Which positional argument.
    """
    if pushforward is None:
        return lambda function: push(fn, function, arg=arg)
    _load_for(getattr(pushforward, "__module__", None))
    with _lock:
        before = _found(fn) or Rule("push")
        pushes = {**dict(before.pushes), arg: pushforward}
        _enter(fn, replace(before, pushes=tuple(sorted(pushes.items(), key=lambda p: p[0]))))
    return pushforward


def additive(fn: Any, *places: int | str, only: bool = False) -> None:
    """Say that a function that has a rule is linear in some arguments that move at once.

    Then the tangent of its result is the function of their tangents, and of zeros for those among
    them that do not move.

    Parameters
    ----------
    fn : callable
        The function.
    *places : int or str
        The arguments, by place or by name; ``"*"`` for all that are given by place.
    only : bool
        Whether the others just tell how, so that it does not matter whether they move.
    """
    with _lock:
        before = _found(fn) or rule_for(fn) or Rule("push")
        _enter(fn, replace(before, together=places, only=only))


def multiplies(*fns: Any) -> None:
    """Say of functions that have rules that their forward derivative is the product rule."""
    for fn in fns:
        with _lock:
            _enter(fn, replace(_found(fn) or rule_for(fn) or Rule("push"), multiplies=True))


def zero(*fns: Any) -> Any:
    """Say of functions that nothing flows through them; returns the first, to decorate with.

    >>> @zero
    ... def count_large(x):
    ...     return (x > 1.0).sum()
    >>> rule_for(count_large).kind
    'zero'
    """
    _load_for(sys._getframe(1).f_globals.get("__name__"))
    for fn in fns:
        _enter(fn, Rule("zero"))
    return fns[0] if fns else None


def share(fn: Any, *others: Any) -> None:
    """Give other functions the rule of ``fn``."""
    rule = _found(fn) or rule_for(fn)
    assert rule is not None, fn
    for other in others:
        _enter(other, rule)


def all_rules() -> dict[Any, Rule]:
    """Return a copy of the table, for listings and tests."""
    _load()
    read_chapters()
    with _lock:
        return dict(_rules)


def _entered(kind: Kind, fn: Any, function: RuleFunction | None) -> Any:
    """Enter a rule; without its function, return the decorator that does."""
    if function is None:
        return lambda given: _entered(kind, fn, given)
    if not callable(fn):
        raise TypeError(f"a rule is for a function, not for {fn!r}")
    _load_for(getattr(function, "__module__", None))
    with _lock:
        before = _found(fn)
        # A push rule said on its own stays; one that came with a rule goes with it.
        pushes = before.pushes if before is not None and before.kind == "push" else ()
        _enter(fn, Rule(kind, function, pushes))
    return function


def _enter(fn: Any, rule: Rule) -> None:
    with _lock:
        try:
            _rules[fn] = rule
        except TypeError:
            _unhashable[id(fn)] = (fn, rule)


def _load_for(module: str | None) -> None:
    """Read the files of rules before a rule is entered, unless it is one of theirs."""
    if module is None or not module.startswith("srcgrad.rules."):
        _load()
        read_chapters()


def _load() -> None:
    """Read the files of rules, once, when the table is first asked."""
    global _loading, _loaded
    if _loaded:
        return
    with _lock:
        if _loaded or _loading:
            return
        _loading = True
        try:
            for topic in TOPICS:
                importlib.import_module(f"srcgrad.rules.{topic}")
            _loaded = True
        finally:
            _loading = False

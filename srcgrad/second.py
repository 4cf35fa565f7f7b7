"""Products with the Hessian: how a gradient moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from srcgrad.options import Options, PushOptions
from srcgrad.pushforward import Call


def hvp(f: Callable[..., Any], primals: Any, tangents: Any) -> Any:
    """Return the product of the Hessian of a function with a vector: forward over reverse.

    The generated gradient is pushed forward along the vector; it costs a few gradients, whatever
    the number of variables.

    >>> import numpy as np
    >>> def f(x):
    ...     return np.sum(x**3)
    >>> hvp(f, np.array([1.0, 2.0]), np.array([1.0, 0.0]))  # doctest: +SKIP
    array([6., 0.])

    Parameters
    ----------
    f : function
        A Python function that returns one real number.
    primals : object or tuple
        Its argument, or a tuple of its arguments.
    tangents : object or tuple
        The vector: like the argument, or a tuple with one entry for each argument, None for those
        that do not move and are not differentiated.

    Returns
    -------
    object or tuple
        How the gradient moves: like the argument that moves, or a tuple where several do.
    """
    call = Call(f)
    full, wrt, moves = call.asked(*_tuples(primals, tangents))
    options = PushOptions(wrt, value=False, of=Options(wrt, len(wrt) > 1))
    return call.pushed(full, options, moves)


def vhp(f: Callable[..., Any], primals: Any, cotangents: Any) -> Any:
    """Return the product of a vector with the Hessian of a function.

    The Hessian is symmetric: this is `hvp`, which costs less than paying back through a gradient.
    The arguments and the result are those of `hvp`.
    """
    return hvp(f, primals, cotangents)


def _tuples(primals: Any, tangents: Any) -> tuple[Sequence[Any], Sequence[Any]]:
    if isinstance(primals, tuple):
        return primals, tangents
    return (primals,), (tangents,)

"""What the user calls: `grad`, `value_and_grad`, `vjp`, `jvp` and what is made of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

from srcgrad.gradient import Gradient
from srcgrad.jacobians import Jacobian, hessian, jacfwd, jacobian, jacrev
from srcgrad.pullback import Pullback, vjp
from srcgrad.pushforward import Pushforward, jvp
from srcgrad.rules.callbacks import MAKERS
from srcgrad.second import hvp, vhp
from srcgrad.wrt import Wrt

__all__ = [
    "Gradient",
    "Jacobian",
    "Pullback",
    "Pushforward",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "value_and_grad",
    "vhp",
    "vjp",
]

Function = Callable[..., Any]


@overload
def grad(
    f: Function, wrt: Wrt = 0, *, has_aux: bool = False, checkpoint: int | str | None = None
) -> Gradient: ...
@overload
def grad(
    f: None = None,
    wrt: Wrt = 0,
    *,
    has_aux: bool = False,
    checkpoint: int | str | None = None,
) -> Callable[[Function], Gradient]: ...
def grad(
    f: Function | None = None,
    wrt: Wrt = 0,
    *,
    has_aux: bool = False,
    checkpoint: int | str | None = None,
) -> Any:
    """Return the gradient of a function, as a function of the same arguments.

    Works as ``grad(f)``, ``@grad`` and ``@grad(wrt="w")``.

    >>> @grad
    ... def f(x):
    ...     return x * x
    >>> f(3.0)
    6.0

    Parameters
    ----------
    f : function
        A Python function that returns one real number.
    wrt : name, position or tuple of these
        What to differentiate with respect to: one gives a gradient, a tuple gives a tuple.
        A gradient has the structure, shapes and dtypes of its argument.  Of a complex number
        ``x + iy`` it is ``dL/dx - i dL/dy``, as JAX has it; of a real one it is real, also where
        the way to the loss is complex.
    has_aux : bool
        Whether ``f`` returns ``(number, aux)``; then ``(gradient, aux)`` is returned.
    checkpoint : int or str, optional
        Of the loops of ``f``, keep snapshots instead of all that the way back reads: how many;
        ``"sqrt"`` for the root of the number of turns; or how much memory, as ``"64 MB"``.
        The turns between them are computed again; the gradient is the same but for rounding, and
        most often to the last bit.
    """
    asked: Any = {"has_aux": has_aux, "checkpoint": checkpoint}
    if f is None:
        return lambda function: Gradient(function, wrt, **asked)
    return Gradient(f, wrt, **asked)


@overload
def value_and_grad(
    f: Function, wrt: Wrt = 0, *, has_aux: bool = False, checkpoint: int | str | None = None
) -> Gradient: ...
@overload
def value_and_grad(
    f: None = None,
    wrt: Wrt = 0,
    *,
    has_aux: bool = False,
    checkpoint: int | str | None = None,
) -> Callable[[Function], Gradient]: ...
def value_and_grad(
    f: Function | None = None,
    wrt: Wrt = 0,
    *,
    has_aux: bool = False,
    checkpoint: int | str | None = None,
) -> Any:
    """Return a function that gives the value of ``f`` and its gradient, from one run.

    The arguments are those of `grad`; with ``has_aux`` it gives ``((value, aux), gradient)``.
    """
    asked: Any = {"has_aux": has_aux, "checkpoint": checkpoint}
    if f is None:
        return lambda function: Gradient(function, wrt, value=True, **asked)
    return Gradient(f, wrt, value=True, **asked)


MAKERS["grad"] = grad
# Called with known functions inside a function, they are called when that function is read.
vars(grad)["__srcgrad_makes_functions__"] = True
vars(value_and_grad)["__srcgrad_makes_functions__"] = True

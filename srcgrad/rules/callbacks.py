"""What is differentiated of a function that a library calls, with up to five further arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import zero


def weighted_0(f: Any, g: Any, x: Any) -> Any:
    """Return one number that moves with ``x`` as the function does along ``g``."""
    return np.sum(g * np.asarray(f(x)))


def weighted_1(f: Any, g: Any, x: Any, a: Any) -> Any:
    """Do as `weighted_0`, for one further argument."""
    return np.sum(g * np.asarray(f(x, a)))


def weighted_2(f: Any, g: Any, x: Any, a: Any, b: Any) -> Any:
    """Do as `weighted_0`, for two further arguments."""
    return np.sum(g * np.asarray(f(x, a, b)))


def weighted_3(f: Any, g: Any, x: Any, a: Any, b: Any, c: Any) -> Any:
    """Do as `weighted_0`, for three further arguments."""
    return np.sum(g * np.asarray(f(x, a, b, c)))


def weighted_4(f: Any, g: Any, x: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """Do as `weighted_0`, for four further arguments."""
    return np.sum(g * np.asarray(f(x, a, b, c, d)))


def weighted_5(f: Any, g: Any, x: Any, a: Any, b: Any, c: Any, d: Any, e: Any) -> Any:
    """Do as `weighted_0`, for five further arguments."""
    return np.sum(g * np.asarray(f(x, a, b, c, d, e)))


def square_0(f: Any, g: Any, x: Any) -> Any:
    """Return half the sum of the squares of a function, ``g`` times."""
    return 0.5 * g * np.sum(np.asarray(f(x)) ** 2)


def square_1(f: Any, g: Any, x: Any, a: Any) -> Any:
    """Do as `square_0`, for one further argument."""
    return 0.5 * g * np.sum(np.asarray(f(x, a)) ** 2)


def square_2(f: Any, g: Any, x: Any, a: Any, b: Any) -> Any:
    """Do as `square_0`, for two further arguments."""
    return 0.5 * g * np.sum(np.asarray(f(x, a, b)) ** 2)


def square_3(f: Any, g: Any, x: Any, a: Any, b: Any, c: Any) -> Any:
    """Do as `square_0`, for three further arguments."""
    return 0.5 * g * np.sum(np.asarray(f(x, a, b, c)) ** 2)


def square_4(f: Any, g: Any, x: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """Do as `square_0`, for four further arguments."""
    return 0.5 * g * np.sum(np.asarray(f(x, a, b, c, d)) ** 2)


def square_5(f: Any, g: Any, x: Any, a: Any, b: Any, c: Any, d: Any, e: Any) -> Any:
    """Do as `square_0`, for five further arguments."""
    return 0.5 * g * np.sum(np.asarray(f(x, a, b, c, d, e)) ** 2)


def along_0(df: Any, f: Any, g: Any, x: Any) -> Any:
    """Return the slope along ``g`` of the function that has this gradient."""
    return np.sum(g * df(f, 1.0, x))


def along_1(df: Any, f: Any, g: Any, x: Any, a: Any) -> Any:
    """Do as `along_0`, for one further argument."""
    return np.sum(g * df(f, 1.0, x, a))


def along_2(df: Any, f: Any, g: Any, x: Any, a: Any, b: Any) -> Any:
    """Do as `along_0`, for two further arguments."""
    return np.sum(g * df(f, 1.0, x, a, b))


def along_3(df: Any, f: Any, g: Any, x: Any, a: Any, b: Any, c: Any) -> Any:
    """Do as `along_0`, for three further arguments."""
    return np.sum(g * df(f, 1.0, x, a, b, c))


def along_4(df: Any, f: Any, g: Any, x: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """Do as `along_0`, for four further arguments."""
    return np.sum(g * df(f, 1.0, x, a, b, c, d))


def along_5(df: Any, f: Any, g: Any, x: Any, a: Any, b: Any, c: Any, d: Any, e: Any) -> Any:
    """Do as `along_0`, for five further arguments."""
    return np.sum(g * df(f, 1.0, x, a, b, c, d, e))


Forms = tuple[Callable[..., Any], ...]

WEIGHTED: Forms = (weighted_0, weighted_1, weighted_2, weighted_3, weighted_4, weighted_5)
_SQUARE: Forms = (square_0, square_1, square_2, square_3, square_4, square_5)
ALONG: Forms = (along_0, along_1, along_2, along_3, along_4, along_5)

MAKERS: dict[str, Callable[..., Any]] = {}
"""What makes gradients of functions, entered where it is defined."""

_made: dict[Any, Any] = {}


def _gradient(form: Callable[..., Any], wrt: tuple[int, ...]) -> Any:
    if (form, wrt) not in _made:
        _made[form, wrt] = MAKERS["grad"](form, wrt=wrt)
    return _made[form, wrt]


def pullbacks_1(wrt: tuple[int, ...]) -> Any:
    """Return the gradient of `weighted_1` in the arguments at these positions."""
    return _gradient(weighted_1, wrt)


def pullbacks_2(wrt: tuple[int, ...]) -> Any:
    """Return the gradient of `weighted_2`."""
    return _gradient(weighted_2, wrt)


def pullbacks_3(wrt: tuple[int, ...]) -> Any:
    """Return the gradient of `weighted_3`."""
    return _gradient(weighted_3, wrt)


def pullbacks_4(wrt: tuple[int, ...]) -> Any:
    """Return the gradient of `weighted_4`."""
    return _gradient(weighted_4, wrt)


def pullbacks_5(wrt: tuple[int, ...]) -> Any:
    """Return the gradient of `weighted_5`."""
    return _gradient(weighted_5, wrt)


PULLBACKS: Forms = (pullbacks_1, pullbacks_2, pullbacks_3, pullbacks_4, pullbacks_5)

zero(runtime.found, runtime.found_at)

FORMS: dict[Any, tuple[Forms, int]] = {
    runtime.pulled: (WEIGHTED, 1),
    runtime.bent: (WEIGHTED, 2),
    runtime.square_pulled: (_SQUARE, 1),
    runtime.square_bent: (_SQUARE, 2),
}
"""What stands for which gradient: of one number, in the third argument, once or twice."""

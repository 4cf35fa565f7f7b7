"""What is differentiated of a function that a library calls."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime


def weighted(function: Any, g: Any, x: Any, *args: Any) -> Any:
    """Return one number that moves with ``x`` as the function does along ``g``."""
    return np.sum(g * np.asarray(function(x, *args)))


def half_square(function: Any, g: Any, x: Any, *args: Any) -> Any:
    """Return half the sum of the squares of a function, ``g`` times."""
    value = np.asarray(function(x, *args))
    return 0.5 * g * np.sum(value * value)


def along(gradient: Any, function: Any, g: Any, x: Any, *args: Any) -> Any:
    """Return the slope along ``g`` of the function that has this gradient."""
    return np.sum(g * gradient(function, 1.0, x, *args))


FORMS = {
    runtime.pulled: (weighted, 1),
    runtime.bent: (weighted, 2),
    runtime.square_pulled: (half_square, 1),
    runtime.square_bent: (half_square, 2),
}
"""What stands for which gradient: of one number, in the third argument, once or twice."""

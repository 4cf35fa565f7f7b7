"""The decorator that says of a function: compute it again rather than keep what is inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

MARK = "__srcgrad_checkpoint__"
"""The attribute of a function that is computed again on the way back."""

F = TypeVar("F", bound=Callable[..., Any])


def checkpoint(f: F) -> F:
    """Mark a function whose inside is not kept for the backward pass but computed again there.

    In plain Python nothing changes: the function itself is returned.  Where a function that calls
    it is differentiated, only its arguments and results are kept; the backward pass computes its
    statements once more.  That trades time for memory, and the gradient is the same to the
    last bit.

    >>> import numpy as np
    >>> @checkpoint
    ... def block(x, w):
    ...     return np.tanh(x @ w)

    Parameters
    ----------
    f : function
        A Python function, or what `functools.partial`, `grad` and the like make of one.  Methods
        are decorated in their class.

    Raises
    ------
    TypeError
        If it is not a function, or none that can be marked.
    """
    if not callable(f) or isinstance(f, type):
        raise TypeError(f"expected a function, not {type(f).__name__}")
    try:
        setattr(f, MARK, True)
    except (AttributeError, TypeError):
        name = getattr(f, "__name__", type(f).__name__)
        raise TypeError(
            f"cannot mark {name!r}, a {type(f).__name__}: decorate the function itself,"
            " or write a function that calls it"
        ) from None
    return f


def is_checkpointed(function: object) -> bool:
    """Tell whether a function is marked."""
    return getattr(function, MARK, False) is True


# Called with a known function inside a function, it is called when that function is read.
vars(checkpoint)["__srcgrad_makes_functions__"] = True

"""How one says: compute it again rather than keep what is inside, of functions and of loops."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from types import FunctionType
from typing import Any, TypeVar

MARK = "__srcgrad_checkpoint__"
"""The attribute of a function that is computed again on the way back."""

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_UNITS = {"B": 1, "bytes": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9}
_UNITS |= {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_SIZE = re.compile(r"\s*(\d[\d_]*(?:\.\d+)?)\s*([a-zA-Z]+)\s*")


@dataclass(frozen=True, slots=True)
class Budget:
    """As many snapshots as go into so many bytes."""

    size: int


Snapshots = int | str | Budget


def asked_for(checkpoint: object) -> Snapshots | None:
    """Return what ``checkpoint=`` asks for: a number, ``"sqrt"``, a budget, or nothing.

    >>> asked_for("64 MB")
    Budget(size=64000000)
    """
    if checkpoint is None or isinstance(checkpoint, Budget):
        return checkpoint
    if isinstance(checkpoint, int) and not isinstance(checkpoint, bool):
        if checkpoint < 1:
            raise ValueError(f"a loop needs at least one snapshot, not {checkpoint}")
        return checkpoint
    if checkpoint == "sqrt":
        return "sqrt"
    found = _SIZE.fullmatch(checkpoint) if isinstance(checkpoint, str) else None
    if found is not None and found[2] in _UNITS:
        return Budget(int(float(found[1]) * _UNITS[found[2]]))
    kind = type(checkpoint).__name__ if not isinstance(checkpoint, str) else repr(checkpoint)
    wrong = ValueError if isinstance(checkpoint, str) else TypeError
    raise wrong(
        f"checkpoint must be a number of snapshots, 'sqrt', or a size as '64 MB', not {kind}"
    )


def checkpointed(items: Iterable[T], count: int | str) -> Iterable[T]:
    """Say in the header of a loop that only some of its states are to be kept.

    In plain Python the loop runs as ever.  Where its function is differentiated, the backward
    pass has snapshots of what the loop carries, and computes the turns between them again.

    >>> def f(u, n):
    ...     for _ in checkpointed(range(n), 100):
    ...         u = u + 0.1 * u * (1.0 - u)
    ...     return u

    Parameters
    ----------
    items : range, list, tuple or array
        What the loop goes along.
    count : int or str
        The number of snapshots; ``"sqrt"`` for the root of the number of turns; or how much memory
        they may take, as ``"64 MB"``.
    """
    asked_for(count)
    return items


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
        if not isinstance(getattr(type(f), "__call__", None), FunctionType):  # noqa: B004
            if not isinstance(f, (FunctionType, partial)):
                raise TypeError("it is nobody's to mark")
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

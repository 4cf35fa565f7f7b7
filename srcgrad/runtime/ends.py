"""Where a gradient begins and ends: what may go in, what comes out, what is refused."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from srcgrad.errors import NoRule, NotScalar
from srcgrad.runtime.complexes import is_complex
from srcgrad.runtime.containers import zeros_like


def fresh(g: Any, like: Any, told: bool = False) -> Any:
    """Return a gradient with the dtype, shape and structure of its argument, in new memory.

    Parameters
    ----------
    g : array, scalar or container
        A cotangent.
    like : array, scalar or container
        The argument it belongs to.
    told : bool
        Whether the program was made for complex numbers.
    """
    if g is None and like is not None:
        return zeros_like(like)
    if is_complex(like) and not told:
        raise NoRule.at(
            None,
            "an argument is complex",
            "This gradient was made for real numbers.",
            "Make it for arguments like these: source_for(...), or save(path, ...).",
        )
    if is_complex(g) and not is_complex(like):
        raise NoRule.at(
            None,
            "a derivative turned out complex",
            "A power of a negative number is complex, and derivatives are of real numbers.",
            "Keep the base positive, or compute with the real and the imaginary part.",
        )
    if isinstance(like, np.ndarray):
        dtype = like.dtype if np.issubdtype(like.dtype, np.inexact) else np.float64
        out = np.empty(like.shape, dtype)
        out[...] = g
        return out
    if isinstance(like, np.generic):
        dtype = like.dtype if np.issubdtype(like.dtype, np.inexact) else np.dtype(np.float64)
        return dtype.type(g)
    if isinstance(like, dict):
        return {key: fresh(g[key], item, told) for key, item in like.items()}
    if isinstance(like, tuple) and hasattr(like, "_fields"):
        return type(like)(*(fresh(a, b, told) for a, b in zip(g, like, strict=True)))
    if isinstance(like, (list, tuple)):
        return type(like)(fresh(a, b, told) for a, b in zip(g, like, strict=True))
    if dataclasses.is_dataclass(like) and not isinstance(like, type):
        names = [field.name for field in dataclasses.fields(like)]
        parts = {name: fresh(getattr(g, name), getattr(like, name), told) for name in names}
        return dataclasses.replace(like, **parts)
    return g.item() if isinstance(g, (np.ndarray, np.generic)) else g


def stop_gradient(x: Any) -> Any:
    """Return ``x``; nothing flows back through it."""
    return x


def constant(x: Any) -> Any:
    """Return ``x``, which is declared not to depend on what is differentiated."""
    return x


def refused() -> NoRule:
    """Return the error for a form of a call that its rule does not know."""
    return NoRule.at(
        None,
        "a function was called in a way that has no derivative",
        "Its rule knows other forms of the call, but not this one.",
        "Give it a rule with @srcgrad.pull, or write srcgrad.constant(...) around it.",
    )


def one_number(value: Any) -> None:
    """Raise NotScalar unless a value is one real number."""
    if isinstance(value, (int, float, np.floating, np.integer)) and not isinstance(value, bool):
        return
    if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "fiu":
        return
    what = f"an array of {np.ndim(value)} dimensions"
    if not isinstance(value, np.ndarray):
        what = f"a {type(value).__name__}"
    instead = "Reduce it to one number, as np.sum or np.mean do; for any other result use vjp."
    if is_complex(value) and np.ndim(value) == 0:
        what = "a complex number"
        instead = "Return a real number of it, as abs(z) ** 2 or z.real."
    raise NotScalar.at(
        None,
        "the result is not one real number",
        f"It is {what}, and a gradient is that of one real number.",
        instead,
    )

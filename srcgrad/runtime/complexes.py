"""Cotangents of complex numbers: those of real variables are real, those of complex ones complex.

The cotangent of ``z = x + iy`` is what the loss owes to ``x`` less ``i`` times what it owes to
``y``.  Where a real variable was promoted, the real part of that is its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def as_real(g: Any) -> Any:
    """Return the cotangent of a real variable from that of a complex one: its real part."""
    g = _array(g)
    return np.real(g) if is_complex(g) else g


def as_complex(g: Any) -> Any:
    """Return the cotangent of a complex variable: that of its real part is a complex number."""
    g = _array(g)
    return g if is_complex(g) else g + 0j


def _array(g: Any) -> Any:
    """Return an array of what was collected item by item, for one that was taken apart."""
    return np.asarray(g) if isinstance(g, (list, tuple)) else g


def as_kind(g: Any, like: Any) -> Any:
    """Return a cotangent that is real where its variable is, and complex where that is.

    Parameters
    ----------
    g : array, scalar or container
        A cotangent.
    like : array, scalar or container
        Its variable.
    """
    if g is None or like is None:
        return g
    if isinstance(like, dict) and isinstance(g, dict):
        return {key: as_kind(item, like.get(key)) for key, item in g.items()}
    if isinstance(like, (list, tuple)) and isinstance(g, np.ndarray):
        return g if len({is_complex(one) for one in (g, *like)}) == 1 else as_kind(list(g), like)
    if isinstance(like, (list, tuple)) and isinstance(g, (list, tuple)):
        parts = [as_kind(a, b) for a, b in zip(g, like)]
        return type(g)(*parts) if hasattr(g, "_fields") else type(g)(parts)
    if is_complex(like):
        return as_complex(g)
    real = isinstance(like, (bool, int, float, np.ndarray, np.generic))
    return as_real(g) if real else g


def of_parts(real: Any, imag: Any) -> Any:
    """Return the complex array of two real ones; what is infinite in one leaves the other alone."""
    shape = np.broadcast_shapes(np.shape(real), np.shape(imag))
    out = np.empty(shape, np.result_type(real, imag, np.complex64))
    out.real, out.imag = real, imag
    return out


def is_complex(x: Any) -> bool:
    """Tell whether a value is a complex number or an array of those."""
    if isinstance(x, (np.ndarray, np.generic)):
        return x.dtype.kind == "c"
    return isinstance(x, complex)


def only_real(fn: str, *values: Any) -> None:
    """Raise NoRule if one of these is complex: the derivative of ``fn`` is of real numbers."""
    from srcgrad.errors import NoRule

    if any(map(is_complex, values)):
        raise NoRule.at(
            None,
            f"cannot differentiate through {fn!r} of complex numbers",
            "Its rule is of real numbers.",
            "Compute with the real and the imaginary part, as two real arrays.",
        )

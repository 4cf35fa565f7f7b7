"""Inverses of triangular matrices, and what singular ones have instead."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.runtime.arrays import product_of_others


def cofactors(a: Any) -> Any:
    """Return the derivative of the determinant, also of a singular matrix: its cofactors.

    Parameters
    ----------
    a : array
        A square matrix, or a stack of them.
    """
    u, s, vh = np.linalg.svd(a)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    u, vh = u.conj(), vh.conj()
    return np.expand_dims(sign, (-2, -1)) * ((u * product_of_others(s, -1)[..., None, :]) @ vh)


def lower_inverse(a: Any) -> Any:
    """Return the inverse of a lower triangular matrix, or of each of a stack of them.

    By halves, so that nearly all of the work is in products: it takes a fraction of the time of
    ``np.linalg.inv``.

    Parameters
    ----------
    a : array
        What stands above the diagonal is 0.
    """
    n = np.shape(a)[-1]
    if n <= _SMALL:
        return np.linalg.inv(a)
    half = n // 2
    first = lower_inverse(a[..., :half, :half])
    second = lower_inverse(a[..., half:, half:])
    out = np.zeros_like(a)
    out[..., :half, :half], out[..., half:, half:] = first, second
    out[..., half:, :half] = -second @ (a[..., half:, :half] @ first)
    return out


_SMALL = 48

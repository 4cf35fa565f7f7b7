"""What a matrix product owes to its factors, whatever their shapes.

With known types generated code has ``g @ b.T`` and ``a.T @ g``, or what else it is, in their place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.runtime.arrays import unbroadcast
from srcgrad.runtime.sparse import is_sparse, product_owed


def matmul_left(g: Any, a: Any, b: Any) -> Any:
    """Return the cotangent of ``a`` from that of ``a @ b``: for matrices, ``g @ b.T``.

    Parameters
    ----------
    g : array or scalar
        The cotangent of the product.
    a, b : array
        The factors: vectors, matrices or stacks of matrices.
    """
    if is_sparse(a):
        return product_owed(g, b, a)
    if is_sparse(b):
        return g @ b.T
    if np.ndim(b) > 1:
        rows = g[..., None, :] if np.ndim(a) == 1 else g
        owed = rows @ np.swapaxes(b, -1, -2)
        owed = owed[..., 0, :] if np.ndim(a) == 1 else owed
    else:
        owed = np.multiply.outer(g, b)
    return unbroadcast(owed, a)


def matmul_right(g: Any, a: Any, b: Any) -> Any:
    """Return the cotangent of ``b`` from that of ``a @ b``: for matrices, ``a.T @ g``.

    Parameters
    ----------
    g : array or scalar
        The cotangent of the product.
    a, b : array
        The factors: vectors, matrices or stacks of matrices.
    """
    if is_sparse(b):
        return product_owed(g.T, np.transpose(a), b.T).T
    if is_sparse(a):
        return a.T @ g
    if np.ndim(a) > 1:
        columns = g[..., None] if np.ndim(b) == 1 else g
        owed = np.swapaxes(a, -1, -2) @ columns
        owed = owed[..., 0] if np.ndim(b) == 1 else owed
    elif np.ndim(b) == 1:
        owed = np.multiply(g, a)
    else:
        owed = a[:, None] * np.asarray(g)[..., None, :]
    return unbroadcast(owed, b)

"""What a matrix product owes to its factors, whatever their shapes, and sums of outer products.

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


ROWS = 64
"""How many outer products are added at once: as one product of matrices that stay in the cache."""


def add_outers(total: Any, us: Any, vs: Any) -> Any:
    """Return an array with the outer products of two lists of vectors added, pair by pair.

    Always so many pairs are added at once, from the first: what `add_blocks` has begun with the
    first pairs of the lists comes out with the same bits.

    Parameters
    ----------
    total : (m, n) array
        What they are added to; it is not changed.
    us : list of (m,) arrays
        The first vectors.
    vs : list of (n,) arrays
        The second vectors, as many.

    Examples
    --------
    >>> add_outers(np.zeros((2, 2)), [np.array([1.0, 2.0])], [np.array([3.0, 4.0])])
    array([[3., 4.],
           [6., 8.]])
    """
    total = np.array(total)
    for at in range(0, len(us), ROWS):
        total += np.array(us[at : at + ROWS]).T @ np.array(vs[at : at + ROWS])
    return total


def add_blocks(total: Any, us: Any, vs: Any) -> tuple[Any, Any, Any]:
    """Do as `add_outers` with as many pairs as fill blocks; return also the pairs that are left.

    Parameters
    ----------
    total, us, vs
        See `add_outers`.

    Returns
    -------
    tuple
        The sum, and the rests of the two lists.
    """
    full = len(us) - len(us) % ROWS
    return add_outers(total, us[:full], vs[:full]), us[full:], vs[full:]

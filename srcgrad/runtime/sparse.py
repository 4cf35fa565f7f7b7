"""Cotangents of sparse matrices: there is one number for each entry that the matrix holds."""

from __future__ import annotations

from typing import Any

import numpy as np


def is_sparse(x: Any) -> bool:
    """Tell whether a value is a sparse matrix or a linear operator of SciPy."""
    if isinstance(x, (np.ndarray, np.generic, float)):
        return False
    return hasattr(x, "rmatvec") or (
        type(x).__module__.startswith("scipy.sparse.") and hasattr(x, "tocoo")
    )


def held(x: Any) -> tuple[Any, Any]:
    """Return the rows and columns of the entries that a sparse matrix holds."""
    entries = x.tocoo()
    return entries.row, entries.col


def product_owed(g: Any, b: Any, like: Any) -> Any:
    """Return the cotangent of a sparse matrix from that of its product with an array.

    Parameters
    ----------
    g : array
        The cotangent of ``like @ b``.
    b : array
        A vector or a matrix.
    like : sparse matrix
        The matrix; its cotangent has its class and its entries.
    """
    if isinstance(like, np.ndarray):
        return np.outer(g, b)
    rows, columns = held(like)
    g, b = np.asarray(g), np.asarray(b)
    if b.ndim == 1:
        values = g[rows] * b[columns]
    else:
        values = np.zeros(len(rows), np.result_type(g, b))
        for left, right in zip(g.T, b.T, strict=True):
            values += left[rows] * right[columns]
    return _made(like, values, rows, columns)


def _made(like: Any, values: Any, rows: Any, columns: Any) -> Any:
    from scipy import sparse

    make = sparse.coo_array if hasattr(sparse, "sparray") and _is_array(like) else sparse.coo_matrix
    return make((values, (rows, columns)), like.shape).asformat(like.format)


def _is_array(x: Any) -> bool:
    return any(base.__name__ == "sparray" for base in type(x).__mro__)


def entries_at(g: Any, rows: Any, columns: Any) -> Any:
    """Return the entries of a matrix, which may be sparse, at some rows and columns."""
    found = g.tocsr()[rows, columns] if is_sparse(g) else np.asarray(g)[rows, columns]
    return np.asarray(found).ravel()

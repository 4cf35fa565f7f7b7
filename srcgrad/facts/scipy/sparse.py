"""The functions of ``scipy.sparse``: what makes matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from srcgrad import runtime
from srcgrad.facts.foreign import enter, named
from srcgrad.facts.kinds import UNKNOWN, Arr, Dim, Known, Seq, Size, Sparse, Type
from srcgrad.facts.sizes import Sizes

_PLAIN = "csr_matrix csc_matrix coo_matrix csr_array csc_array coo_array"


def _made(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``csr_matrix((data, (rows, columns)), shape)``: of the dtype of the values."""
    given, shape = kinds[0], kinds[1] if len(kinds) > 1 else kwargs.get("shape")
    if isinstance(given, Sparse) and len(kinds) == 1 and not kwargs:
        return Sparse(fn, given.dtype, given.dims)
    if isinstance(given, Seq) and given.cls is tuple and len(given.items) in (2, 3):
        given = given.items[0]
    if not isinstance(given, Arr) or given.dtype.kind != "f" or set(kwargs) - {"shape"}:
        return UNKNOWN
    return Sparse(fn, given.dtype, _dims(sizes, shape))


def _dims(sizes: Sizes, shape: Type | None) -> tuple[Dim, ...]:
    items = shape.items if isinstance(shape, Seq) and len(shape.items) == 2 else (None, None)
    return tuple(_dim(sizes, item) for item in items)


def _dim(sizes: Sizes, kind: Type | None) -> Dim:
    match kind:
        case Known(int() as n):
            return n
        case Size(_, dim):
            return dim
    return sizes.fresh()


def _diags(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``diags(d)``: a square matrix of so many rows."""
    values = kinds[0]
    if not isinstance(values, Arr) or len(values.dims) != 1 or values.dtype.kind != "f":
        return UNKNOWN
    if len(kinds) > 1 or kwargs:
        return UNKNOWN
    cls = sparse.dia_matrix if fn is sparse.diags else sparse.dia_array
    return Sparse(cls, values.dtype, (values.dims[0], values.dims[0]))


def _owed(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``product_owed(g, b, like)``: of the class of the matrix."""
    g, b, like = kinds
    if not isinstance(like, Sparse) or not isinstance(g, Arr) or not isinstance(b, Arr):
        return UNKNOWN
    return Sparse(like.cls, np.result_type(g.dtype, b.dtype), like.dims)


def _entries(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    g, rows = kinds[0], kinds[1]
    if not isinstance(g, (Arr, Sparse)) or not isinstance(rows, Arr) or len(rows.dims) != 1:
        return UNKNOWN
    return Arr(g.dtype, rows.dims)


enter(named(sparse, _PLAIN), _made)
enter(named(sparse, "diags diags_array"), _diags)
enter(named(sparse, "eye eye_array identity kron kronsum hstack vstack bmat block_array tril triu"))
enter(named(sparse, "block_diag spdiags find issparse isspmatrix"))
enter([runtime.held, runtime.is_sparse])
enter([runtime.product_owed], _owed)
enter([runtime.entries_at], _entries)

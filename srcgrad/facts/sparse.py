"""The types of what is done with sparse matrices of SciPy.

A @ x                   x: float64 (n,)      ->      float64 (m,)
A.T, A.transpose()                           ->      a sparse matrix of n rows
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcgrad.facts.foreign import entry_of
from srcgrad.facts.kinds import UNKNOWN, Arr, Known, Py, Seq, Sparse, Type
from srcgrad.facts.sizes import Sizes, size_type
from srcgrad.program import ops

PRODUCTS = (operator.matmul, operator.imatmul, np.matmul, ops.method("dot"))
TIMES = (operator.mul, operator.imul)
_TURNS = (ops.attribute("T"), ops.method("transpose"))


def is_sparse(cls: Any) -> bool:
    """Tell whether a class is one of SciPy's sparse matrices, or linear operators."""
    module = getattr(cls, "__module__", "")
    if module.startswith("scipy.sparse.") and hasattr(cls, "nnz") and hasattr(cls, "tocsr"):
        return True
    return _is_operator(cls)


def _is_operator(cls: Any) -> bool:
    """Tell whether a class is one of linear operators, of SciPy or of the user."""
    return any(
        base.__name__ == "LinearOperator" and base.__module__.startswith("scipy.sparse.")
        for base in getattr(cls, "__mro__", ())
    )


def multiplies(cls: Any) -> bool:
    """Tell whether ``*`` of objects of a class is a product of matrices."""
    return any(base.__name__ == "spmatrix" for base in cls.__mro__) or _is_operator(cls)


def result_type(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """Return the type of a call that is given a sparse matrix."""
    first = kinds[0]
    entry = entry_of(fn)
    if entry is not None:
        return UNKNOWN if entry.types is None else entry.types(sizes, fn, kinds, kwargs)
    if fn is isinstance and isinstance(kinds[1], Known):
        return (
            Known(issubclass(first.cls, kinds[1].value)) if isinstance(first, Sparse) else UNKNOWN
        )
    if isinstance(first, Sparse) and not kwargs:
        if fn in _TURNS and len(kinds) == 1:
            return Sparse(turned_class(first.cls), first.dtype, first.dims[::-1])
        if fn is ops.attribute("shape") or fn is np.shape:
            return Seq(tuple, tuple(size_type(sizes.dim(dim)) for dim in first.dims))
        if fn is ops.attribute("ndim") or fn is np.ndim:
            return Known(2)
        if fn in (ops.method("toarray"), operator.neg) and len(kinds) == 1:
            return Arr(first.dtype, first.dims) if fn is not operator.neg else first
    if fn in PRODUCTS and len(kinds) == 2 and not kwargs:
        return _product(sizes, *kinds)
    if fn in TIMES and len(kinds) == 2:
        if is_product(fn, kinds):
            return _product(sizes, *kinds)
        one, other = kinds if isinstance(first, Sparse) else kinds[::-1]
        plain = isinstance(other, Py) or (isinstance(other, Known) and other.value in _NUMBERS)
        return one if plain and isinstance(one, Sparse) and one.dtype == np.float64 else UNKNOWN
    return UNKNOWN


class _Numbers:
    def __contains__(self, value: object) -> bool:
        return type(value) in (int, float)


_NUMBERS = _Numbers()


def is_product(fn: Any, kinds: list[Type]) -> bool:
    """Tell whether a call of ``*`` is a product of matrices: not of ``csr_array`` and its like."""
    sparse = [kind for kind in kinds if isinstance(kind, Sparse)]
    arrays = [kind for kind in kinds if isinstance(kind, Arr) and kind.dims]
    matrices = all(multiplies(kind.cls) for kind in sparse)
    return fn in TIMES and matrices and len(sparse) + len(arrays) == 2


def turned_class(cls: type) -> type:
    """Return the class of a transpose: of one by rows, one by columns."""
    names = {"csr_": "csc_", "csc_": "csr_"}
    for before, after in names.items():
        if cls.__name__.startswith(before):
            from scipy import sparse

            return getattr(sparse, after + cls.__name__[4:], cls)
    return cls


def _product(sizes: Sizes, a: Type, b: Type) -> Type:
    if not isinstance(a, (Arr, Sparse)) or not isinstance(b, (Arr, Sparse)):
        return UNKNOWN
    if not a.dims or not b.dims or max(len(a.dims), len(b.dims)) > 2:
        return UNKNOWN
    if any(kind.dtype.kind not in "biufc" for kind in (a, b)):
        return UNKNOWN
    sizes.equate(a.dims[-1], b.dims[0])
    dtype = np.result_type(a.dtype, b.dtype)
    dims = (*a.dims[:-1], *b.dims[1:])
    if isinstance(a, Sparse) and isinstance(b, Sparse):
        rows = a.cls is b.cls or a.cls.__name__.startswith(("csr_", "csc_"))
        return Sparse(a.cls, dtype, dims) if rows and not _is_operator(b.cls) else UNKNOWN
    return Arr(dtype, dims) if dims else UNKNOWN

"""``scipy.sparse``: a matrix is owed something at the entries that it holds, and only there."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from srcgrad import runtime
from srcgrad.program.ops import method
from srcgrad.rules.complexes import holds
from srcgrad.rules.table import linear, pull, share, zero


# What a matrix is made of: values with rows and columns, or with those of one kind counted up.
@pull(sparse.coo_matrix)
def _made(
    g: Any, A: Any, arg1: Any, shape: Any = None, dtype: Any = None, copy: Any = False
) -> Any:
    if not isinstance(arg1, tuple) or len(arg1) != 2:
        raise runtime.refused()
    rows, columns = arg1[1]
    return (runtime.entries_at(g, rows, columns), None), None


for made in ("csr_matrix", "csc_matrix", "coo_array", "csr_array", "csc_array"):
    share(sparse.coo_matrix, getattr(sparse, made))


@linear(sparse.diags)
def _diags(
    g: Any,
    A: Any,
    diagonals: Any,
    offsets: Any = 0,
    shape: Any = None,
    format: Any = None,
    dtype: Any = None,
) -> Any:
    if not isinstance(offsets, int):
        raise runtime.refused()
    if np.ndim(diagonals) != 1:
        raise runtime.refused()
    return g.diagonal(offsets)


linear(method("toarray"), lambda g, y, A, order=None, out=None: g)
linear(method("todense"), lambda g, y, A, order=None, out=None: np.asarray(g))

share(sparse.diags, sparse.diags_array)
zero(sparse.eye, sparse.identity, sparse.issparse, sparse.isspmatrix)
zero(sparse.eye_array, sparse.find, sparse.random, sparse.rand, sparse.random_array)

holds(sparse.coo_matrix, sparse.diags, method("toarray"), method("todense"))

"""``scipy.sparse``: a matrix is owed something at the entries that it holds, and only there."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from srcgrad import runtime
from srcgrad.program.ops import method
from srcgrad.rules.classes import refuse, structural
from srcgrad.rules.complexes import holds
from srcgrad.rules.table import linear, pull, push, share, zero


# What a matrix is made of: values with rows and columns, or with those of one kind counted up.
@pull(sparse.coo_matrix)
def _made(
    g: Any, A: Any, arg1: Any, shape: Any = None, dtype: Any = None, copy: Any = False
) -> Any:
    if not isinstance(arg1, tuple) or len(arg1) != 2:
        raise runtime.refused()
    rows, columns = arg1[1]
    return (runtime.entries_at(g, rows, columns), None), None


@push(sparse.coo_matrix)
def _made_along(
    t: Any, A: Any, arg1: Any, shape: Any = None, dtype: Any = None, copy: Any = False
) -> Any:
    return sparse.coo_matrix((t[0], arg1[1]), shape=shape).tocsr()


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
    if isinstance(diagonals, (list, tuple)) and not isinstance(offsets, int):
        parts = zip(offsets, diagonals)
        return [runtime.unbroadcast(g.diagonal(k), part) for k, part in parts]
    if not isinstance(offsets, int) or np.ndim(diagonals) != 1:
        raise runtime.refused()
    return g.diagonal(offsets)


linear(method("toarray"), lambda g, y, A, order=None, out=None: g)
linear(method("todense"), lambda g, y, A, order=None, out=None: np.asarray(g))

share(sparse.diags, sparse.diags_array)
zero(sparse.eye, sparse.identity, sparse.issparse, sparse.isspmatrix)
zero(sparse.eye_array, sparse.random, sparse.rand, sparse.random_array)

holds(sparse.coo_matrix, sparse.diags, method("toarray"), method("todense"))

_BUILT = "build the matrix from its data, rows and columns, as csr_matrix((data, (rows, columns)))"
_FORMAT = "use csr_matrix or csc_matrix"

refuse(
    "scipy.sparse",
    {
        "block_array block_diag bmat hstack vstack kron kronsum spdiags tril triu": _BUILT,
        "expand_dims permute_dims swapaxes matrix_transpose": _BUILT,
        "bsr_array bsr_matrix dia_array dia_matrix dok_array dok_matrix lil_array": _FORMAT,
        "lil_matrix": _FORMAT,
        "find": "use the data that the matrix was made of",
        "load_npz": "it reads numbers from outside",
    },
)
structural(
    "scipy.sparse",
    {
        "SparseEfficiencyWarning SparseWarning": "a warning",
        "sparray spmatrix": "a type",
        "save_npz": "writes a file",
        "get_index_dtype safely_cast_index_arrays": "about indices",
    },
)
_IS = "isspmatrix_bsr isspmatrix_coo isspmatrix_csc isspmatrix_csr isspmatrix_dia isspmatrix_dok"
zero(*(getattr(sparse, name) for name in [*_IS.split(), "isspmatrix_lil"]))

"""The functions of ``scipy.sparse.linalg``: systems of equations."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import linalg

from srcgrad.facts.foreign import enter, named
from srcgrad.facts.kinds import UNKNOWN, Arr, Other, Py, Seq, Sparse, Type
from srcgrad.facts.sizes import Sizes


def _solved(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``spsolve(A, b)``: like the right-hand side."""
    A, b = kinds[:2]
    if not isinstance(A, (Sparse, Arr)) or not isinstance(b, Arr) or len(b.dims) != 1:
        return UNKNOWN
    if len(A.dims) != 2:
        return UNKNOWN
    sizes.equate(A.dims[1], b.dims[0])
    dtype = np.result_type(A.dtype, b.dtype)
    return Arr(dtype, b.dims) if dtype in (np.float32, np.float64) else UNKNOWN


def _iterated(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``cg(A, b)``: the solution, and how it went."""
    x = _solved(sizes, fn, kinds, kwargs)
    return UNKNOWN if x == UNKNOWN else Seq(tuple, (x, Py(int)))


def _factored(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    return Other(linalg.SuperLU)


enter(named(linalg, "spsolve spsolve_triangular"), _solved)
enter(named(linalg, "cg bicg bicgstab cgs gmres minres"), _iterated)
enter(named(linalg, "splu spilu"), _factored)
enter(named(linalg, "lsqr lsmr expm_multiply norm inv expm factorized spbandwidth is_sptriangular"))

"""``scipy.sparse.linalg``: systems of equations; the transposed one gives what is owed.

Where a solver iterates, so does its derivative, to the same tolerance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from srcgrad import runtime
from srcgrad.program.ops import method
from srcgrad.rules.classes import refuse, structural
from srcgrad.rules.complexes import holds
from srcgrad.rules.table import pull, zero


@pull(linalg.spsolve)
def _spsolve(
    g: Any, x: Any, A: Any, b: Any, permc_spec: Any = None, use_umfpack: Any = True
) -> Any:
    owed = linalg.spsolve(A.T.tocsc(), np.reshape(g, np.shape(x)))
    return -runtime.product_owed(owed, x, A), np.reshape(owed, np.shape(b))


@pull(linalg.spsolve_triangular)
def _spsolve_triangular(
    g: Any,
    x: Any,
    A: Any,
    b: Any,
    lower: Any = True,
    overwrite_A: Any = False,
    overwrite_b: Any = False,
    unit_diagonal: Any = False,
) -> Any:
    if overwrite_A or overwrite_b:
        raise runtime.refused()
    turned = A.T.tocsr()
    owed = linalg.spsolve_triangular(turned, g, not lower, unit_diagonal=unit_diagonal)
    if unit_diagonal:
        return None, owed
    half = sparse.tril(A) if lower else sparse.triu(A)
    return -runtime.product_owed(owed, x, half), owed


# A factored matrix is a constant: only the right-hand side is owed.
@pull(method("solve"))
def _solve(g: Any, x: Any, factors: Any, b: Any, trans: Any = "N") -> Any:
    if not isinstance(factors, linalg.SuperLU) or trans == "H":
        raise runtime.refused()
    return None, factors.solve(g, "T" if trans == "N" else "N")


def turned(M: Any) -> Any:
    """Return a preconditioner for the transposed system."""
    return None if M is None else M.T


def stepwise(owed: Any, x: Any, A: Any, b: Any) -> Any:
    """Return what a system and its right-hand side are owed, once the transposed one is solved."""
    return -runtime.product_owed(owed, x, A), np.reshape(owed, np.shape(b)), None


@pull(linalg.cg)
def _cg(
    g: Any,
    y: Any,
    A: Any,
    b: Any,
    x0: Any = None,
    *,
    rtol: Any = 1e-5,
    atol: Any = 0.0,
    maxiter: Any = None,
    M: Any = None,
) -> Any:
    owed, _ = linalg.cg(A.T, g[0], rtol=rtol, atol=atol, maxiter=maxiter, M=turned(M))
    return stepwise(owed, y[0], A, b)


@pull(linalg.bicgstab)
def _bicgstab(
    g: Any,
    y: Any,
    A: Any,
    b: Any,
    x0: Any = None,
    *,
    rtol: Any = 1e-5,
    atol: Any = 0.0,
    maxiter: Any = None,
    M: Any = None,
) -> Any:
    owed, _ = linalg.bicgstab(A.T, g[0], rtol=rtol, atol=atol, maxiter=maxiter, M=turned(M))
    return stepwise(owed, y[0], A, b)


@pull(linalg.bicg)
def _bicg(
    g: Any,
    y: Any,
    A: Any,
    b: Any,
    x0: Any = None,
    *,
    rtol: Any = 1e-5,
    atol: Any = 0.0,
    maxiter: Any = None,
    M: Any = None,
) -> Any:
    owed, _ = linalg.bicg(A.T, g[0], rtol=rtol, atol=atol, maxiter=maxiter, M=turned(M))
    return stepwise(owed, y[0], A, b)


@pull(linalg.cgs)
def _cgs(
    g: Any,
    y: Any,
    A: Any,
    b: Any,
    x0: Any = None,
    *,
    rtol: Any = 1e-5,
    atol: Any = 0.0,
    maxiter: Any = None,
    M: Any = None,
) -> Any:
    owed, _ = linalg.cgs(A.T, g[0], rtol=rtol, atol=atol, maxiter=maxiter, M=turned(M))
    return stepwise(owed, y[0], A, b)


@pull(linalg.gmres)
def _gmres(
    g: Any,
    y: Any,
    A: Any,
    b: Any,
    x0: Any = None,
    *,
    rtol: Any = 1e-5,
    atol: Any = 0.0,
    restart: Any = None,
    maxiter: Any = None,
    M: Any = None,
) -> Any:
    owed, _ = linalg.gmres(
        A.T, g[0], rtol=rtol, atol=atol, restart=restart, maxiter=maxiter, M=turned(M)
    )
    return stepwise(owed, y[0], A, b)


@pull(linalg.minres)
def _minres(
    g: Any,
    y: Any,
    A: Any,
    b: Any,
    x0: Any = None,
    *,
    rtol: Any = 1e-5,
    shift: Any = 0.0,
    maxiter: Any = None,
    M: Any = None,
) -> Any:
    owed, _ = linalg.minres(A, g[0], rtol=rtol, shift=shift, maxiter=maxiter, M=M)
    return stepwise(owed, y[0], A, b)


# The best solution, and the shortest of those, is a generalised inverse: that of the transpose.
@pull(linalg.lsqr)
def _lsqr(
    g: Any,
    y: Any,
    A: Any,
    b: Any,
    damp: Any = 0.0,
    atol: Any = 1e-6,
    btol: Any = 1e-6,
    conlim: Any = 1e8,
    iter_lim: Any = None,
) -> Any:
    return None, linalg.lsqr(A.T, g[0], damp, atol, btol, conlim, iter_lim)[0]


@pull(linalg.lsmr)
def _lsmr(
    g: Any,
    y: Any,
    A: Any,
    b: Any,
    damp: Any = 0.0,
    atol: Any = 1e-6,
    btol: Any = 1e-6,
    conlim: Any = 1e8,
    maxiter: Any = None,
) -> Any:
    return None, linalg.lsmr(A.T, g[0], damp, atol, btol, conlim, maxiter)[0]


@pull(linalg.expm_multiply)
def _expm_multiply(g: Any, y: Any, A: Any, B: Any) -> Any:
    return None, linalg.expm_multiply(A.T, g)


zero(linalg.spbandwidth, linalg.is_sptriangular)

holds(linalg.spsolve, linalg.spsolve_triangular, linalg.cg, linalg.gmres, linalg.bicgstab)
holds(linalg.expm_multiply, method("solve"))

_SPECTRUM = "its vectors are found by a search; use np.linalg.eigh or svd of the dense matrix"
_FUNCTION = "its result is as dense as the matrix is sparse; use expm_multiply or spsolve"
_SOLVER = "use cg, gmres or bicgstab"

refuse(
    "scipy.sparse.linalg",
    {
        "eigs eigsh lobpcg svds": _SPECTRUM,
        "expm inv matrix_power funm_multiply_krylov": _FUNCTION,
        "norm onenormest": "use np.sqrt(np.sum(data ** 2)) of the data of the matrix",
        "gcrotmk lgmres qmr tfqmr": _SOLVER,
        "factorized": "use splu, and the method solve of what it gives",
        "spilu": "it is no inverse, but near one; use splu",
    },
)
structural(
    "scipy.sparse.linalg",
    {
        "ArpackError ArpackNoConvergence MatrixRankWarning": "an exception",
        "LaplacianNd LinearOperator aslinearoperator": "a matrix that is only multiplied by",
        "SuperLU splu": "a factored matrix, for its method solve",
        "use_solver": "a setting",
    },
)

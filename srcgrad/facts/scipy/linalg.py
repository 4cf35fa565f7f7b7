"""The functions of ``scipy.linalg``: asked of SciPy itself, on small matrices."""

from __future__ import annotations

from typing import Any

from scipy import linalg

from srcgrad.facts.foreign import enter, named
from srcgrad.facts.kinds import UNKNOWN, Arr, Seq, Type
from srcgrad.facts.shapes_probed import probed
from srcgrad.facts.sizes import Sizes
from srcgrad.runtime import foreign_matrices as foreign


def square(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """A function of a square matrix, and of what has as many rows."""
    first = kinds[0]
    if isinstance(first, Arr) and len(first.dims) > 1:
        sizes.equate(first.dims[-2], first.dims[-1])
        for other in kinds[1:]:
            if isinstance(other, Arr) and other.dims:
                rows = other.dims[0] if len(other.dims) == 1 else other.dims[-2]
                sizes.equate(first.dims[-1], rows)
                if fn in _SQUARES:
                    sizes.equate(first.dims[-1], other.dims[-1])
    return probed(sizes, fn, kinds, kwargs)


_SQUARES = frozenset(
    (linalg.expm_frechet, linalg.solve_continuous_lyapunov, linalg.solve_discrete_lyapunov)
)
"""Functions of square matrices alone."""


def like_solution(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """A solver that is given factors: the shape of the right side."""
    factor, right = kinds[0], kinds[1]
    given = factor.items[0] if isinstance(factor, Seq) and factor.items else factor
    if not isinstance(given, Arr) or not isinstance(right, Arr) or not right.dims:
        return UNKNOWN
    if given.dtype.kind != "f" or right.dtype != given.dtype:
        return UNKNOWN
    return Arr(right.dtype, right.dims)


enter(named(linalg, "inv det cholesky cho_factor lu_factor expm eigh eigvalsh"), square)
enter(named(linalg, "solve solve_triangular expm_frechet pinvh sinm cosm tanm sinhm coshm"), square)
enter(named(linalg, "tanhm solve_continuous_lyapunov solve_discrete_lyapunov"), square)
enter(named(linalg, "norm pinv svd svdvals lu qr rq polar lstsq orthogonal_procrustes"), probed)
enter(named(linalg, "block_diag toeplitz hankel circulant khatri_rao companion fiedler"), probed)
enter(named(linalg, "leslie diagsvd solve_toeplitz matmul_toeplitz solve_circulant"), probed)
enter(named(linalg, "solve_banded solveh_banded eig_banded eigvals_banded cholesky_banded"), probed)
enter(named(linalg, "eigh_tridiagonal eigvalsh_tridiagonal solve_sylvester"), probed)
enter(named(linalg, "cho_solve lu_solve cho_solve_banded"), like_solution)
# Of a real matrix these may be complex.
enter(named(linalg, "logm sqrtm"))
enter(named(linalg, "convolution_matrix fractional_matrix_power solve_continuous_are"))
enter(named(linalg, "solve_discrete_are bandwidth ishermitian issymmetric hadamard hilbert"))
enter(named(linalg, "invhilbert helmert pascal invpascal"))
enter(named(foreign, "permutation slanted_sums band_turned band_outer band_even band_factor"))
enter((foreign.band_cholesky_pulled,))

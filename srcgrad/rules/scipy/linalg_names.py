"""What the names of ``scipy.linalg`` are that have no rule."""

from __future__ import annotations

from typing import Any

from scipy import linalg

from srcgrad.rules.classes import refuse, structural
from srcgrad.rules.table import zero


def _named(names: str) -> list[Any]:
    return [getattr(linalg, name) for name in names.split() if hasattr(linalg, name)]


zero(*_named("bandwidth ishermitian issymmetric hadamard hilbert invhilbert helmert pascal"))
zero(*_named("invpascal"))

_COMPLEX = "its result is complex, and derivatives are of real numbers"
_ANY = "of the bases of a space it gives any"
_PIVOTS = "its factors jump with its pivots; use linalg.lu or linalg.cholesky"
_UPDATE = "it updates factors; factor the new matrix"
_PAIRS = "pairs of matrices are not taken apart here; use linalg.eigh or linalg.solve"

refuse(
    "scipy.linalg",
    {
        "eig eigvals cdf2rdf rsf2csf dft": _COMPLEX,
        "null_space orth": _ANY,
        "ldl": _PIVOTS,
        "qr_delete qr_insert qr_update": _UPDATE,
        "qz ordqz cossin": _PAIRS,
        "qr_multiply": "it hides the factor q; use linalg.qr and a product",
        "schur": "its blocks jump where eigenvalues meet; use linalg.eigh",
        "hessenberg": "it is no end in itself; use the matrix",
        "signm": "it jumps where an eigenvalue changes its sign",
        "funm": "what its function is like near the matrix is not known; use expm, logm, sinm ...",
        "matrix_balance": "it scales by powers of 2, which jump",
        "subspace_angles": "it chooses between sines and cosines; use linalg.svd of qa.T @ qb",
        "expm_cond": "it is an estimate of an error",
        "fiedler_companion": "use linalg.companion, which has the same eigenvalues",
        "clarkson_woodruff_transform": "it draws random numbers",
    },
)
structural(
    "scipy.linalg",
    {
        "find_best_blas_type get_blas_funcs get_lapack_funcs": "gives functions of BLAS or LAPACK",
        "LinAlgError LinAlgWarning": "an exception",
    },
)

"""``scipy.linalg`` of complex matrices, and what is complex of real ones: roots and logarithms.

A function of a matrix that is given by a series has a complex derivative, and its rule is that of
real matrices; see `srcgrad.rules.complexes`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from srcgrad import runtime
from srcgrad.rules.complex_linalg import _pinv, _svd
from srcgrad.rules.complexes import _of_norm, pull
from srcgrad.rules.decompositions import values_pulled
from srcgrad.rules.linalg import turned
from srcgrad.rules.scipy.linalg_functions import corner, doubled
from srcgrad.rules.scipy.linalg_solvers import paired
from srcgrad.rules.table import rule_of

inv_pulled = rule_of(linalg.inv)
triangular_pulled = rule_of(linalg.solve_triangular)


def told_apart(assume_a: Any) -> bool:
    """Tell whether a matrix is taken to be symmetric or Hermitian, which are two things here."""
    return assume_a in ("sym", "symmetric", "her", "hermitian", "pos", "positive definite")


@pull(linalg.logm)
def _logm(g: Any, y: Any, A: Any) -> Any:
    return corner(linalg.logm(doubled(A, g)))


@pull(linalg.sqrtm)
def _sqrtm(g: Any, y: Any, A: Any) -> Any:
    if np.ndim(A) > 2:
        raise runtime.refused()
    return linalg.solve_sylvester(y.T, y.T, g)


@pull(linalg.fractional_matrix_power)
def _fractional_matrix_power(g: Any, y: Any, A: Any, t: Any) -> Any:
    to_t = np.sum(g * (linalg.logm(A) @ y))
    return corner(linalg.fractional_matrix_power(doubled(A, g), t)), to_t


@pull(linalg.inv)
def _inv(
    g: Any,
    y: Any,
    a: Any,
    overwrite_a: Any = False,
    check_finite: Any = True,
    *,
    assume_a: Any = None,
    lower: Any = False,
) -> Any:
    if told_apart(assume_a):
        raise runtime.refused()
    return inv_pulled(g, y, a, overwrite_a, check_finite, assume_a=assume_a, lower=lower)


@pull(linalg.solve)
def _solve(
    g: Any,
    y: Any,
    a: Any,
    b: Any,
    lower: Any = False,
    overwrite_a: Any = False,
    overwrite_b: Any = False,
    check_finite: Any = True,
    assume_a: Any = None,
    transposed: Any = False,
) -> Any:
    plain = assume_a is None or assume_a in ("gen", "general")
    if overwrite_a or overwrite_b or not plain or (np.ndim(a) > 2 and np.ndim(b) == 1):
        raise runtime.refused()
    to_b = linalg.solve(turned(a), g)  # SciPy solves no transposed system of complex numbers
    return runtime.unbroadcast(paired(to_b, y), a), runtime.unbroadcast(to_b, b)


@pull(linalg.solve_triangular)
def _solve_triangular(
    g: Any,
    y: Any,
    a: Any,
    b: Any,
    trans: Any = 0,
    lower: Any = False,
    unit_diagonal: Any = False,
    overwrite_b: Any = False,
    check_finite: Any = True,
) -> Any:
    if trans in (2, "C"):
        raise runtime.refused()
    return triangular_pulled(g, y, a, b, trans, lower, unit_diagonal, overwrite_b, check_finite)


@pull(linalg.norm)
def _norm(
    g: Any,
    y: Any,
    a: Any,
    ord: Any = None,
    axis: Any = None,
    keepdims: Any = False,
    check_finite: Any = True,
) -> Any:
    return _of_norm(g, y, a, ord, axis, keepdims)


@pull(linalg.pinv)
def _pseudo_inverse(
    g: Any,
    y: Any,
    a: Any,
    *,
    atol: Any = None,
    rtol: Any = None,
    return_rank: Any = False,
    check_finite: Any = True,
) -> Any:
    return _pinv(g[0], y[0], a) if return_rank else _pinv(g, y, a)


@pull(linalg.svd)
def _singular(
    g: Any,
    y: Any,
    a: Any,
    full_matrices: Any = True,
    compute_uv: Any = True,
    overwrite_a: Any = False,
    check_finite: Any = True,
    lapack_driver: Any = "gesdd",
) -> Any:
    if overwrite_a:
        raise runtime.refused()
    return _svd(g, y, a, full_matrices, compute_uv)


@pull(linalg.svdvals)
def _svdvals(g: Any, y: Any, a: Any, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    if overwrite_a:
        raise runtime.refused()
    return np.conj(values_pulled(g, a))

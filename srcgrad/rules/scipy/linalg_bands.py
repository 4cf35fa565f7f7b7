"""Band matrices, kept as their diagonals: what is owed to them is computed inside of the band."""

from __future__ import annotations

from typing import Any

from scipy import linalg

from srcgrad import runtime
from srcgrad.rules.scipy.linalg_factors import symmetric_pulled
from srcgrad.rules.table import pull
from srcgrad.runtime import foreign_matrices as foreign


@pull(linalg.solve_banded)
def _solve_banded(
    g: Any,
    x: Any,
    l_and_u: Any,
    ab: Any,
    b: Any,
    overwrite_ab: Any = False,
    overwrite_b: Any = False,
    check_finite: Any = True,
) -> Any:
    if overwrite_ab or overwrite_b:
        raise runtime.refused()
    below, above = l_and_u
    to_b = linalg.solve_banded((above, below), foreign.band_turned(ab, below, above), g)
    return None, -foreign.band_outer(to_b, x, below, above), to_b


@pull(linalg.solveh_banded)
def _solveh_banded(
    g: Any,
    x: Any,
    ab: Any,
    b: Any,
    overwrite_ab: Any = False,
    overwrite_b: Any = False,
    lower: Any = False,
    check_finite: Any = True,
) -> Any:
    if overwrite_ab or overwrite_b:
        raise runtime.refused()
    to_b = linalg.solveh_banded(ab, g, lower=lower)
    return -foreign.band_even(to_b, x, len(ab) - 1, lower), to_b


@pull(linalg.cholesky_banded)
def _cholesky_banded(
    g: Any,
    y: Any,
    ab: Any,
    overwrite_ab: Any = False,
    lower: Any = False,
    check_finite: Any = True,
) -> Any:
    if overwrite_ab:
        raise runtime.refused()
    return foreign.band_cholesky_pulled(g, y, lower)


@pull(linalg.cho_solve_banded)
def _cho_solve_banded(
    g: Any, x: Any, cb_and_lower: Any, b: Any, overwrite_b: Any = False, check_finite: Any = True
) -> Any:
    if overwrite_b:
        raise runtime.refused()
    cb, lower = cb_and_lower
    to_b = linalg.cho_solve_banded(cb_and_lower, g)
    return [-foreign.band_factor(to_b, x, cb, lower), 0.0], to_b


@pull(linalg.eig_banded)
def _eig_banded(
    g: Any,
    y: Any,
    a_band: Any,
    lower: Any = False,
    eigvals_only: Any = False,
    overwrite_a_band: Any = False,
    select: Any = "a",
    select_range: Any = None,
    max_ev: Any = 0,
    check_finite: Any = True,
) -> Any:
    if overwrite_a_band or select not in ("a", "all"):
        raise runtime.refused()
    if eigvals_only:
        vectors = linalg.eig_banded(a_band, lower)[1]
        half = vectors * g
    else:
        vectors = y[1]
        half = vectors @ symmetric_pulled(g[0], g[1], y[0], vectors)
    return foreign.band_even(half, vectors, len(a_band) - 1, lower)


@pull(linalg.eigvals_banded)
def _eigvals_banded(
    g: Any,
    y: Any,
    a_band: Any,
    lower: Any = False,
    overwrite_a_band: Any = False,
    select: Any = "a",
    select_range: Any = None,
    check_finite: Any = True,
) -> Any:
    if overwrite_a_band or select not in ("a", "all"):
        raise runtime.refused()
    vectors = linalg.eig_banded(a_band, lower)[1]
    return foreign.band_even(vectors * g, vectors, len(a_band) - 1, lower)

"""Solving linear systems and matrix equations: the cotangent solves the transposed one."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from srcgrad import runtime
from srcgrad.rules.linalg import turned
from srcgrad.rules.table import pull
from srcgrad.runtime import foreign_matrices as foreign


def paired(to_b: Any, x: Any) -> Any:
    """Return what is owed to the matrix that x was multiplied by, for vectors or matrices."""
    return -np.outer(to_b, x) if np.ndim(x) == 1 else -to_b @ turned(x)


def read_of(to_a: Any, assume_a: Any, lower: Any) -> Any:
    """Return the part of what is owed to a matrix that a solver reads of it."""
    if assume_a is None or assume_a in ("gen", "general", "banded"):
        return to_a
    if assume_a in ("upper triangular", "lower triangular"):
        return np.triu(to_a) if assume_a == "upper triangular" else np.tril(to_a)
    if assume_a == "diagonal":
        return to_a * np.eye(np.shape(to_a)[-1], dtype=to_a.dtype)
    if assume_a == "tridiagonal":
        return np.triu(np.tril(to_a, 1), -1)
    return 0.5 * (to_a + turned(to_a))


# Of a symmetric matrix one triangle is read, and a symmetric cotangent is given.
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
    if overwrite_a or overwrite_b or (np.ndim(a) > 2 and np.ndim(b) == 1):
        raise runtime.refused()
    if assume_a is None:
        to_b = linalg.solve(a, g, transposed=not transposed)
    else:
        to_b = linalg.solve(a, g, lower=lower, assume_a=assume_a, transposed=not transposed)
    to_a = paired(y, to_b) if transposed else paired(to_b, y)
    to_a = runtime.unbroadcast(read_of(to_a, assume_a, lower), a)
    return to_a, runtime.unbroadcast(to_b, b)


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
    if overwrite_b or (np.ndim(a) > 2 and np.ndim(b) == 1):
        raise runtime.refused()
    plain = trans in (0, "N")
    back = 1 if plain else 0
    if unit_diagonal:
        to_b = linalg.solve_triangular(a, g, back, lower, True)
    else:
        to_b = linalg.solve_triangular(a, g, trans=back, lower=lower)
    to_a = paired(to_b, y) if plain else paired(y, to_b)
    if unit_diagonal:
        to_a = np.tril(to_a, -1) if lower else np.triu(to_a, 1)
    else:
        to_a = np.tril(to_a) if lower else np.triu(to_a)
    return runtime.unbroadcast(to_a, a), runtime.unbroadcast(to_b, b)


# Above or below the factor there may be anything.
@pull(linalg.cho_solve)
def _cho_solve(
    g: Any, y: Any, c_and_lower: Any, b: Any, overwrite_b: Any = False, check_finite: Any = True
) -> Any:
    if overwrite_b:
        raise runtime.refused()
    c, lower = c_and_lower
    to_b = linalg.cho_solve(c_and_lower, g)
    to_a = paired(to_b, y)
    both = to_a + turned(to_a)
    to_c = np.tril(both @ np.tril(c)) if lower else np.triu(np.triu(c) @ both)
    return [to_c, 0.0], runtime.unbroadcast(to_b, b)


@pull(linalg.lu_solve)
def _lu_solve(
    g: Any,
    y: Any,
    lu_and_piv: Any,
    b: Any,
    trans: Any = 0,
    overwrite_b: Any = False,
    check_finite: Any = True,
) -> Any:
    if overwrite_b or np.ndim(lu_and_piv[0]) > 2:
        raise runtime.refused()
    lu, pivots = lu_and_piv
    to_b = linalg.lu_solve(lu_and_piv, g, trans=0 if trans else 1)
    to_a = (paired(y, to_b) if trans else paired(to_b, y))[foreign.permutation(pivots)]
    to_l = np.tril(to_a @ np.triu(lu).T, -1)
    to_u = np.triu((np.tril(lu, -1) + np.eye(len(lu), dtype=lu.dtype)).T @ to_a)
    return [to_l + to_u, 0.0], to_b


@pull(linalg.solve_sylvester)
def _solve_sylvester(g: Any, x: Any, a: Any, b: Any, q: Any) -> Any:
    to_q = linalg.solve_sylvester(a.T, b.T, g)
    return -to_q @ x.T, -x.T @ to_q, to_q


@pull(linalg.solve_continuous_lyapunov)
def _solve_continuous_lyapunov(g: Any, x: Any, a: Any, q: Any) -> Any:
    to_q = linalg.solve_continuous_lyapunov(a.T, g)
    return -(to_q @ x.T + to_q.T @ x), to_q


@pull(linalg.solve_discrete_lyapunov)
def _solve_discrete_lyapunov(g: Any, x: Any, a: Any, q: Any, method: Any = None) -> Any:
    to_q = linalg.solve_discrete_lyapunov(a.T, g, method)
    return to_q @ a @ x.T + to_q.T @ a @ x, to_q


# With the gain k of the best controller, and what it leaves of a.
@pull(linalg.solve_continuous_are)
def _solve_continuous_are(
    g: Any,
    x: Any,
    a: Any,
    b: Any,
    q: Any,
    r: Any,
    e: Any = None,
    s: Any = None,
    balanced: Any = True,
) -> Any:
    if e is not None or s is not None:
        raise runtime.refused()
    k = np.linalg.solve(r, b.T @ x)
    z = linalg.solve_continuous_lyapunov(a - b @ k, -0.5 * (g + g.T))
    to_a = 2.0 * x @ z
    return to_a, -to_a @ k.T, z, k @ z @ k.T


@pull(linalg.solve_discrete_are)
def _solve_discrete_are(
    g: Any,
    x: Any,
    a: Any,
    b: Any,
    q: Any,
    r: Any,
    e: Any = None,
    s: Any = None,
    balanced: Any = True,
) -> Any:
    if e is not None or s is not None:
        raise runtime.refused()
    k = np.linalg.solve(r + b.T @ x @ b, b.T @ x @ a)
    left = a - b @ k
    z = linalg.solve_discrete_lyapunov(left, 0.5 * (g + g.T))
    to_a = 2.0 * x @ left @ z
    return to_a, -to_a @ k.T, z, k @ z @ k.T

"""Functions of matrices: the slope along e is in a corner of the function of a larger matrix.

f([[a, e], [0, a]])     is      [[f(a), slope of f at a along e], [0, f(a)]]

What is owed to a is the slope at the transposed matrix, along what is owed to the result.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from srcgrad import runtime
from srcgrad.rules.linalg import turned
from srcgrad.rules.table import pull


def doubled(a: Any, g: Any) -> Any:
    """Return the larger matrix for what is owed to ``a``."""
    back = turned(a)
    return np.block([[back, g], [np.zeros_like(back), back]])


def corner(whole: Any) -> Any:
    """Return the corner of the result."""
    n = np.shape(whole)[-1] // 2
    return whole[..., :n, n:]


@pull(linalg.expm)
def _expm(g: Any, y: Any, A: Any) -> Any:
    if np.ndim(A) == 2:
        return linalg.expm_frechet(A.T, g, compute_expm=False)
    return corner(linalg.expm(doubled(A, g)))


@pull(linalg.expm_frechet)
def _expm_frechet(
    g: Any,
    y: Any,
    A: Any,
    E: Any,
    method: Any = None,
    compute_expm: Any = True,
    check_finite: Any = True,
) -> Any:
    n = len(A)
    zeros = np.zeros_like(A)
    to_slope = g[1] if compute_expm else g
    to_whole = g[0] if compute_expm else zeros
    # It is itself the corner of the exponential of [[A, E], [0, A]].
    back = np.block([[A.T, zeros], [E.T, A.T]])
    owed = np.block([[to_whole, to_slope], [zeros, zeros]])
    pulled = linalg.expm_frechet(back, owed, compute_expm=False)
    return pulled[:n, :n] + pulled[n:, n:], pulled[:n, n:]


@pull(linalg.logm)
def _logm(g: Any, y: Any, A: Any) -> Any:
    if np.iscomplexobj(y):
        raise runtime.refused()
    return corner(linalg.logm(doubled(A, g)))


@pull(linalg.sqrtm)
def _sqrtm(g: Any, y: Any, A: Any) -> Any:
    if np.iscomplexobj(y) or np.ndim(A) > 2:
        raise runtime.refused()
    return linalg.solve_sylvester(y.T, y.T, g)


@pull(linalg.fractional_matrix_power)
def _fractional_matrix_power(g: Any, y: Any, A: Any, t: Any) -> Any:
    if np.iscomplexobj(y):
        raise runtime.refused()
    to_t = np.sum(g * (linalg.logm(A) @ y))
    return corner(linalg.fractional_matrix_power(doubled(A, g), t)), to_t


pull(linalg.sinm, lambda g, y, A: corner(linalg.sinm(doubled(A, g))))
pull(linalg.cosm, lambda g, y, A: corner(linalg.cosm(doubled(A, g))))
pull(linalg.tanm, lambda g, y, A: corner(linalg.tanm(doubled(A, g))))
pull(linalg.sinhm, lambda g, y, A: corner(linalg.sinhm(doubled(A, g))))
pull(linalg.coshm, lambda g, y, A: corner(linalg.coshm(doubled(A, g))))
pull(linalg.tanhm, lambda g, y, A: corner(linalg.tanhm(doubled(A, g))))

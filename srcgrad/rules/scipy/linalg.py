"""``scipy.linalg``: what is like NumPy's, with SciPy's arguments; the rest is in other files."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from srcgrad import runtime
from srcgrad.rules.decompositions import values_pulled
from srcgrad.rules.linalg import turned
from srcgrad.rules.scipy import (  # noqa: F401  read with this one
    linalg_bands,
    linalg_factors,
    linalg_functions,
    linalg_names,
    linalg_solvers,
    linalg_structured,
)
from srcgrad.rules.table import pull, rule_of

pull_det = rule_of(np.linalg.det)
pull_norm = rule_of(np.linalg.norm)
pull_pinv = rule_of(np.linalg.pinv)
pull_svd = rule_of(np.linalg.svd)
pull_lstsq = rule_of(np.linalg.lstsq)


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
    if overwrite_a:
        raise runtime.refused()
    to_a = -turned(y) @ g @ turned(y)
    return linalg_solvers.read_of(to_a, assume_a, lower)


@pull(linalg.det)
def _det(g: Any, y: Any, a: Any, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    if overwrite_a:
        raise runtime.refused()
    return pull_det(g, y, a)


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
    return pull_norm(g, y, a, ord, axis, keepdims)


@pull(linalg.pinv)
def _pinv(
    g: Any,
    y: Any,
    a: Any,
    *,
    atol: Any = None,
    rtol: Any = None,
    return_rank: Any = False,
    check_finite: Any = True,
) -> Any:
    return pull_pinv(g[0], y[0], a) if return_rank else pull_pinv(g, y, a)


@pull(linalg.pinvh)
def _pinvh(
    g: Any,
    y: Any,
    a: Any,
    atol: Any = None,
    rtol: Any = None,
    lower: Any = True,
    return_rank: Any = False,
    check_finite: Any = True,
) -> Any:
    whole = np.tril(a) + turned(np.tril(a, -1)) if lower else np.triu(a) + turned(np.triu(a, 1))
    to_a = pull_pinv(g[0], y[0], whole) if return_rank else pull_pinv(g, y, whole)
    return 0.5 * (to_a + turned(to_a))


@pull(linalg.svd)
def _svd(
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
    return pull_svd(g, y, a, full_matrices, compute_uv)


@pull(linalg.svdvals)
def _svdvals(g: Any, y: Any, a: Any, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    if overwrite_a:
        raise runtime.refused()
    return values_pulled(g, a)


@pull(linalg.lstsq)
def _lstsq(
    g: Any,
    y: Any,
    a: Any,
    b: Any,
    cond: Any = None,
    overwrite_a: Any = False,
    overwrite_b: Any = False,
    check_finite: Any = True,
    lapack_driver: Any = None,
) -> Any:
    if overwrite_a or overwrite_b or lapack_driver == "gelsy":
        raise runtime.refused()
    owed = (g[0], np.ravel(g[1]), None, g[3])
    return pull_lstsq(owed, (y[0], np.ravel(y[1]), y[2], y[3]), a, b)


@pull(linalg.orthogonal_procrustes)
def _orthogonal_procrustes(g: Any, y: Any, A: Any, B: Any, check_finite: Any = True) -> Any:
    product = A.T @ B
    turn, stretch = linalg.polar(product)
    to_product = linalg_factors.polar_pulled(g[0], np.zeros_like(stretch), turn, stretch)
    to_product = to_product + g[1] * turn
    return B @ to_product.T, A @ to_product


from srcgrad.rules.scipy import linalg_complex  # noqa: E402, F401  rests on what is above

"""Orthogonal polynomials in x: the slope of each is one of another family, a degree below."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from srcgrad.rules.classes import partly
from srcgrad.rules.table import elementwise


@elementwise(special.eval_legendre)
def _legendre(y: Any, n: Any, x: Any) -> Any:
    return None, 0.5 * (n + 1.0) * special.eval_jacobi(n - 1.0, 1.0, 1.0, x)


@elementwise(special.eval_sh_legendre)
def _sh_legendre(y: Any, n: Any, x: Any) -> Any:
    return None, (n + 1.0) * special.eval_jacobi(n - 1.0, 1.0, 1.0, 2.0 * x - 1.0)


@elementwise(special.eval_jacobi)
def _jacobi(y: Any, n: Any, a: Any, b: Any, x: Any) -> Any:
    below = special.eval_jacobi(n - 1.0, a + 1.0, b + 1.0, x)
    return None, None, None, 0.5 * (n + a + b + 1.0) * below


@elementwise(special.eval_sh_jacobi)
def _sh_jacobi(y: Any, n: Any, p: Any, q: Any, x: Any) -> Any:
    below = special.eval_sh_jacobi(np.maximum(n - 1.0, 0.0), p + 2.0, q + 1.0, x)
    return None, None, None, n * below


@elementwise(special.eval_gegenbauer)
def _gegenbauer(y: Any, n: Any, a: Any, x: Any) -> Any:
    below = special.eval_gegenbauer(np.maximum(n - 1.0, 0.0), a + 1.0, x)
    return None, None, np.where(n == 0, 0.0, 2.0 * a * below)


@elementwise(special.eval_chebyt)
def _chebyt(y: Any, n: Any, x: Any) -> Any:
    return None, n * special.eval_chebyu(n - 1.0, x)


@elementwise(special.eval_chebyc)
def _chebyc(y: Any, n: Any, x: Any) -> Any:
    return None, n * special.eval_chebys(n - 1.0, x)


@elementwise(special.eval_sh_chebyt)
def _sh_chebyt(y: Any, n: Any, x: Any) -> Any:
    return None, 2.0 * n * special.eval_chebyu(n - 1.0, 2.0 * x - 1.0)


@elementwise(special.eval_chebyu)
def _chebyu(y: Any, n: Any, x: Any) -> Any:
    below = special.eval_gegenbauer(np.maximum(n - 1.0, 0.0), 2.0, x)
    return None, np.where(n == 0, 0.0, 2.0 * below)


@elementwise(special.eval_chebys)
def _chebys(y: Any, n: Any, x: Any) -> Any:
    below = special.eval_gegenbauer(np.maximum(n - 1.0, 0.0), 2.0, 0.5 * x)
    return None, np.where(n == 0, 0.0, below)


@elementwise(special.eval_sh_chebyu)
def _sh_chebyu(y: Any, n: Any, x: Any) -> Any:
    below = special.eval_gegenbauer(np.maximum(n - 1.0, 0.0), 2.0, 2.0 * x - 1.0)
    return None, np.where(n == 0, 0.0, 4.0 * below)


@elementwise(special.eval_laguerre)
def _laguerre(y: Any, n: Any, x: Any) -> Any:
    return None, -special.eval_genlaguerre(n - 1.0, 1.0, x)


@elementwise(special.eval_genlaguerre)
def _genlaguerre(y: Any, n: Any, a: Any, x: Any) -> Any:
    return None, None, -special.eval_genlaguerre(n - 1.0, a + 1.0, x)


@elementwise(special.assoc_laguerre)
def _assoc_laguerre(y: Any, x: Any, n: Any, k: Any = 0.0) -> Any:
    return -special.eval_genlaguerre(n - 1.0, k + 1.0, x), None, None


@elementwise(special.eval_hermite)
def _hermite(y: Any, n: Any, x: Any) -> Any:
    return None, 2.0 * n * special.eval_hermite(np.maximum(n - 1, 0), x)


@elementwise(special.eval_hermitenorm)
def _hermitenorm(y: Any, n: Any, x: Any) -> Any:
    return None, n * special.eval_hermitenorm(np.maximum(n - 1, 0), x)


@elementwise(special.lpmv)
def _lpmv(y: Any, m: Any, v: Any, x: Any) -> Any:
    above = special.lpmv(m, v + 1.0, x)
    return None, None, ((v + 1.0) * x * y - (v - m + 1.0) * above) / (1.0 - x * x)


_DEGREE = "how it moves with its degree and parameters has no closed form; with x it has one"
partly(
    "scipy.special",
    {
        "eval_legendre eval_sh_legendre eval_jacobi eval_sh_jacobi eval_gegenbauer": _DEGREE,
        "eval_chebyt eval_chebyc eval_sh_chebyt eval_chebyu eval_chebys eval_sh_chebyu": _DEGREE,
        "eval_laguerre eval_genlaguerre assoc_laguerre lpmv": _DEGREE,
        "eval_hermite eval_hermitenorm": "its degree is a whole number",
    },
)

"""The slopes of SciPy's functions, forwards, are those that the gradients say."""

from __future__ import annotations

import numpy as np
import pytest

from srcgrad import grad, jvp
from tests.rules.compiled import defined

linalg = pytest.importorskip("scipy.linalg")
special = pytest.importorskip("scipy.special")
stats = pytest.importorskip("scipy.stats")

CALLS = [
    "linalg.inv(x)",
    "linalg.det(x)",
    "linalg.solve(x, x[0])",
    "linalg.solve_triangular(x, x[0])",
    "linalg.cholesky(x @ x.T + 2*np.eye(3))",
    "linalg.cho_solve(linalg.cho_factor(x @ x.T + 2*np.eye(3)), x[0])",
    "linalg.lu(x)[2]",
    "linalg.lu_solve(linalg.lu_factor(x), x[0])",
    "linalg.qr(x)[1]",
    "linalg.svdvals(x)",
    "linalg.eigh(x @ x.T + 2*np.eye(3))[0]",
    "linalg.eigvalsh(x @ x.T + 2*np.eye(3))",
    "linalg.expm(x)",
    "linalg.logm(x @ x.T + 2*np.eye(3))",
    "linalg.sqrtm(x @ x.T + 2*np.eye(3))",
    "linalg.cosm(x)",
    "linalg.norm(x)",
    "linalg.pinv(x)",
    "linalg.lstsq(x, x[0])[0]",
    "linalg.polar(x)[0]",
    "linalg.solve_sylvester(x, x, x)",
    "linalg.solve_continuous_lyapunov(x, x)",
    "linalg.block_diag(x, x)",
    "linalg.toeplitz(x[0], x[1])",
    "linalg.hankel(x[0])",
    "linalg.circulant(x[0])",
    "linalg.solve_toeplitz(x[0], x[1])",
    "linalg.solve_toeplitz((x[0],x[2]), x[1])",
    "linalg.khatri_rao(x, x)",
    "linalg.solve_banded((1,1), x, x[0])",
    "linalg.solveh_banded(x[:2]+np.array([[0],[9.]]), x[0])",
    "linalg.companion(x[0])",
    "linalg.eigvalsh_tridiagonal(x[0], x[1,:2])",
    "special.logsumexp(x, axis=1)",
    "special.softmax(x)",
    "special.fresnel(x)[0]",
    "special.airy(x)[0]",
    "special.ellipj(x, 0.3)[1]",
    "special.sici(x)[0]",
    "special.expit(x)",
    "special.gammainc(x*x+1., 2.)",
    "special.multigammaln(x*x+3., 2)",
    "special.pbdv(1.0,x)[0]",
    "special.lambertw(x*x).real",
    "special.polygamma(2,x*x+1)",
    "stats.norm.logpdf(x, 0.3, 2.0)",
    "stats.multivariate_normal.logpdf(x, x[0], x @ x.T + 2*np.eye(3))",
    "stats.gamma.cdf(x*x, 2.0)",
    "stats.zscore(x)",
    "stats.t.logpdf(x, x[0]**2+1)",
]


@pytest.mark.parametrize("text", CALLS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_forwards_and_backwards(text: str) -> None:
    names = {"np": np, "linalg": linalg, "special": special, "stats": stats}
    loss = defined(f"def loss(x):\n    return np.sum(np.cos({text}))\n", names)
    x = np.random.default_rng(0).normal(size=(3, 3)) + 3.0 * np.eye(3)
    along = np.random.default_rng(1).normal(size=(3, 3))
    _, slope = jvp(loss, (x,), (along,))
    assert slope == pytest.approx(np.sum(grad(loss)(x) * along), rel=1e-7)

"""Derivatives of derivatives: what rules are written in can be differentiated again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcgrad import grad
from srcgrad.checks import check_grad

rng = np.random.default_rng(0)
x = rng.normal(size=4)
p = np.abs(x) + 0.5
m = rng.normal(size=(3, 3)) + 3 * np.eye(3)

CASES = [
    pytest.param(lambda x: np.sum(np.tanh(x) * x), x, id="tanh"),
    pytest.param(lambda x: np.sum(x**3), x, id="pow"),
    pytest.param(lambda x: np.sum(x**x), p, id="powx"),
    pytest.param(lambda x: np.sum(np.sinc(x)), np.array([0.0, 0.01, 0.5]), id="sinc"),
    pytest.param(lambda x: np.mean(x**2), x, id="mean"),
    pytest.param(lambda x: np.var(x) ** 2, x, id="var"),
    pytest.param(lambda x: np.std(x), x, id="std"),
    pytest.param(lambda x: np.linalg.norm(x), x, id="norm"),
    pytest.param(lambda x: np.prod(x), x, id="prod"),
    pytest.param(lambda x: np.prod(x), np.array([0.0, 1.0, 2.0]), id="prod0"),
    pytest.param(lambda x: np.sum(np.cumprod(x)), x, id="cumprod"),
    pytest.param(lambda x: np.sum(np.cumsum(x) ** 2), x, id="cumsum"),
    pytest.param(lambda x: np.max(x) ** 2, x, id="max"),
    pytest.param(lambda x: np.sum(np.logaddexp(x, 2 * x[::-1])), x, id="logaddexp"),
    pytest.param(lambda x: np.log(np.sum(np.exp(x - np.max(x)))) + np.max(x), x, id="lse"),
    pytest.param(lambda m: np.sum(np.linalg.inv(m) ** 2), m, id="inv"),
    pytest.param(lambda m: np.sum(np.linalg.solve(m, m[0])), m, id="solve"),
    pytest.param(lambda m: np.linalg.det(m), m, id="det"),
    pytest.param(lambda m: np.linalg.slogdet(m)[1], m, id="slogdet"),
    pytest.param(lambda m: np.linalg.slogdet(m).logabsdet, m, id="slogdet2"),
    pytest.param(lambda m: np.sum(np.linalg.cholesky(m @ m.T)), m, id="chol"),
    pytest.param(lambda m: np.einsum("ij,jk,ki->", m, m, m), m, id="einsum"),
    pytest.param(lambda x: np.sum(np.where(x > 0, x**2, np.exp(x))), x, id="where"),
    pytest.param(
        lambda x: np.sum(np.where(x > 0, np.sqrt(np.where(x > 0, x, 1)), 0)), x, id="sqrtw"
    ),
    pytest.param(lambda x: np.sum(np.hypot(x, 2.0)), x, id="hypot"),
    pytest.param(lambda x: np.sum(np.sort(x) ** 2 * np.arange(4)), x, id="sort"),
    pytest.param(lambda x: np.sum(np.convolve(x, x) ** 2), x, id="conv"),
    pytest.param(lambda x: np.trapezoid(x**2), x, id="trapz"),
    pytest.param(lambda x: np.sum(np.clip(x, -0.5, 0.5) ** 2), x, id="clip"),
    pytest.param(lambda x: np.sum(np.kron(x, x) ** 2), x, id="kron"),
    pytest.param(lambda m: np.tensordot(m, m, ([0, 1], [1, 0])), m, id="tensordot"),
    pytest.param(lambda x: np.sum(np.concatenate([x, x**2]) ** 2), x, id="concat"),
    pytest.param(lambda x: np.sum(np.stack([x, x**2], axis=1) ** 2), x, id="stack"),
    pytest.param(lambda x: np.sum(np.split(x, 2)[0] ** 3), x, id="split"),
    pytest.param(lambda x: np.median(x) ** 2, x, id="median"),
    pytest.param(lambda x: np.sum(np.diff(x) ** 2), x, id="diff"),
    pytest.param(lambda x: np.sum(np.roll(x, 1) * x), x, id="roll"),
    pytest.param(lambda x: np.sum(np.tile(x, 3) ** 2), x, id="tile"),
    pytest.param(lambda x: np.sum(np.pad(x, 2) ** 2), x, id="pad"),
    pytest.param(lambda x: np.sum(np.repeat(x, 3) ** 2), x, id="repeat"),
    pytest.param(lambda m: np.trace(m @ m), m, id="trace"),
    pytest.param(lambda m: np.sum(m @ m @ m), m, id="matpow"),
    pytest.param(lambda m: np.sum(np.linalg.eigvalsh(m + m.T) ** 2), m, id="eigvalsh"),
    pytest.param(
        lambda x: np.sum(np.interp(x, [-3.0, 0.0, 1.0, 3.0], [1.0, 2.0, 0.0, 5.0]) ** 2),
        x,
        id="interp",
    ),
    pytest.param(lambda x: sum([a * a for a in x]), x, id="sum_b"),
    pytest.param(lambda x: x[0].item() * 2 + float(x[1]), x, id="item"),
]


@pytest.mark.parametrize(("fn", "at"), CASES)
def test_promise_9_second_order(fn, at):
    check_grad(fn, at, order=2)


def test_promise_6_branches_not_taken_never_poison():
    from srcgrad import grad

    def loss(x):
        root = np.where(x > 0, np.sqrt(x), 0.0)
        log = np.where(x > 0, x * np.log(x), 0.0)
        return np.sum(root + log + np.where(x != 0, 1.0 / x, 0.0))

    with np.errstate(all="ignore"):
        found = grad(loss)(np.array([-1.0, 0.0, 2.0]))
    assert np.allclose(found, [-1.0, 0.0, 0.5 / np.sqrt(2.0) + np.log(2.0) + 1.0 - 0.25])


def test_logaddexp_where_both_are_equal() -> None:
    def loss(x: Any) -> Any:
        return np.sum(np.logaddexp(x, 0.5))

    def slope(x: Any) -> Any:
        return np.sum(grad(loss)(x))

    np.testing.assert_allclose(grad(slope)(np.array([0.5, 0.5])), [0.25, 0.25], rtol=1e-12)

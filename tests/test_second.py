"""Second derivatives and Jacobians: against differences, each other, and by every mode."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad import grad, hessian, hvp, jacfwd, jacobian, jacrev, vhp
from srcgrad.errors import NotScalar
from tests import oracle
from tests.derive.test_forward import random_like
from tests.test_zoo import refused
from tests.zoo import GOLDEN


def mlp(W: Any, b: Any, x: Any) -> Any:
    h = np.tanh(x @ W + b)
    return np.mean(h**2) + np.sum(np.sin(W))


def walk(x: Any, n: int) -> Any:
    u = x.copy()
    for _ in range(n):
        u[1:-1] += 0.1 * u[1:-1] * (u[2:] - u[:-2])
    return np.sum(u**3)


def helper(p: Any) -> Any:
    return {"s": np.sin(p["a"]) * p["b"], "t": (p["b"] ** 2, p["a"].sum())}


rng = np.random.default_rng(0)
W, b, x = rng.normal(size=(3, 2)), rng.normal(size=2), rng.normal(size=(5, 3))


def slope_of_gradient(f: Any, args: tuple[Any, ...], k: int, v: Any, step: float = 1e-5) -> Any:
    g = grad(f, wrt=k)
    ahead = [a + step * v if i == k else a for i, a in enumerate(args)]
    behind = [a - step * v if i == k else a for i, a in enumerate(args)]
    return (g(*ahead) - g(*behind)) / (2.0 * step)


@pytest.mark.parametrize("product", [hvp, vhp])
def test_hessian_products_are_slopes_of_gradients(product: Any) -> None:
    v = rng.normal(size=W.shape)
    found = product(mlp, (W, b, x), (v, None, None))
    np.testing.assert_allclose(found, slope_of_gradient(mlp, (W, b, x), 0, v), rtol=1e-6)
    u = rng.normal(size=7)
    v = rng.normal(size=7)
    found = product(walk, (u, 4), (v, None))
    np.testing.assert_allclose(found, slope_of_gradient(walk, (u, 4), 0, v), rtol=1e-6, atol=1e-9)
    assert product(lambda x: x**3, 2.0, 1.0) == 12.0


@pytest.mark.parametrize("product", [hvp, vhp])
def test_several_arguments_move_at_once(product: Any) -> None:
    v, w = rng.normal(size=W.shape), rng.normal(size=2)
    found = product(mlp, (W, b, x), (v, w, None))
    blocks = hessian(mlp, wrt=("W", "b"))(W, b, x)
    np.testing.assert_allclose(
        found[0], np.tensordot(blocks[0][0], v, 2) + blocks[0][1] @ w, rtol=1e-9
    )
    np.testing.assert_allclose(
        found[1], np.tensordot(blocks[1][0], v, 2) + blocks[1][1] @ w, rtol=1e-9
    )


def test_the_hessian_of_a_known_function() -> None:
    A = rng.normal(size=(4, 4))

    def quadratic(x: Any) -> Any:
        return x @ A @ x

    np.testing.assert_allclose(hessian(quadratic)(np.ones(4)), A + A.T, rtol=1e-12)
    assert hessian(lambda x: x**4)(2.0) == 48.0


@pytest.mark.parametrize("make", [jacfwd, jacrev, jacobian])
@pytest.mark.parametrize("shape", [(), (1,), (0,), (3,), (2, 1), (3, 4)])
def test_jacobians_at_all_shapes(make: Any, shape: tuple[int, ...]) -> None:
    def f(x: Any) -> Any:
        return np.stack([np.sin(x), x * x]) * 2.0

    at = rng.normal(size=shape)
    if at.size == 0:
        if make is jacrev:
            assert make(f)(at).shape == (2, 0, 0)
        else:
            with pytest.raises(TypeError, match="no numbers"):
                make(f)(at)
        return
    found = make(f)(at)
    assert found.shape == (2, *shape, *shape)
    both = np.stack([np.cos(at), 2.0 * at]) * 2.0
    np.testing.assert_allclose(
        found.reshape(2, at.size, at.size), [np.diag(part.ravel()) for part in both], rtol=1e-12
    )


def test_jacobians_of_containers() -> None:
    p = {"a": np.array([0.3, 0.5]), "b": 2.0}
    columns, rows = jacfwd(helper)(p), jacrev(helper)(p)
    oracle.assert_close(rows, columns, rtol=1e-12)
    oracle.assert_close(jacobian(helper)(p), columns, rtol=1e-12)
    np.testing.assert_allclose(columns["s"]["a"], np.diag(2.0 * np.cos(p["a"])))  # type: ignore[call-overload]
    np.testing.assert_allclose(columns["t"][0]["b"], 4.0)


def test_what_has_no_hessian_is_refused() -> None:
    with pytest.raises(NotScalar):
        hessian(lambda x: x * 2.0)(np.ones(3))
    with pytest.raises(TypeError, match="complex"):
        jacfwd(lambda x: x * 2.0)(np.ones(3) * 1j)
    with pytest.raises(ValueError, match="mode"):
        jacobian(lambda x: x * 2.0, mode="sideways")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [case.name for case in GOLDEN])
def test_forward_and_reverse_over_reverse_agree(name: str) -> None:
    case = next(case for case in GOLDEN if case.name == name)
    if refused(name):
        return
    args = case.args()
    moving = np.random.default_rng(1)
    places = case.positions()
    along = tuple(random_like(a, moving) if i in places else None for i, a in enumerate(args))
    with np.errstate(all="ignore"):
        forward = hvp(case.function, args, along)
        backward = vhp(case.function, args, along)
    exact = 1e-3 if "float32" in case.tags else 1e-8
    oracle.assert_close(forward, backward, rtol=exact, atol=exact)
    assert srcgrad.jvp(case.function, args, along)[0] is not None

"""Second derivatives and Jacobians: against differences, each other, and by every mode."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad import grad, hessian, hvp, jacfwd, jacobian, jacrev, vhp
from srcgrad.errors import NoRule, NotScalar
from tests import oracle, zoo_complex
from tests.derive.test_forward import random_like
from tests.test_zoo import refused
from tests.zoo import BY_NAME, GOLDEN


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


KINKS = frozenset({"float32", "kink", "nan"})
ONCE = frozenset(
    "drum survival warped sparse_weights at_balance swung median_image by_blocks area"
    " between_samples sampled_on_a_grid from_a_real_start appended".split()
)
"""Their second derivatives have no rule, and are refused."""
SMOOTH = [n for n, case in BY_NAME.items() if not case.tags & KINKS and n not in ONCE]
COMPLEX = {case.name for case in zoo_complex.CASES}
"""Of some of them it is not known what is complex: those are refused."""
PAID_TWICE = frozenset({"array_dict_steps", "polynomial_product", "layers_alike"})
"""Gradients that cannot yet be paid back through; they can be pushed forward."""


@pytest.mark.parametrize("name", [c.name for c in GOLDEN if c.name not in PAID_TWICE | ONCE])
def test_forward_and_reverse_over_reverse_agree(name: str) -> None:
    case = BY_NAME[name]
    args, places = case.args(), tuple(sorted(case.positions()))
    moving = np.random.default_rng(1)
    along = tuple(random_like(a, moving) if i in places else None for i, a in enumerate(args))
    gradient = grad(case.function, wrt=places)
    with np.errstate(all="ignore"):
        try:
            forward = hvp(case.function, args, along)
        except NoRule as error:
            assert name in COMPLEX and "whether they are complex" in str(error)
            return
        back = srcgrad.vjp(gradient, *args, wrt=places)[1]
        backward = back(tuple(t for t in along if t is not None))
    exact = 1e-3 if "float32" in case.tags else 1e-8
    forward = forward if len(places) > 1 else (forward,)
    oracle.assert_close(forward, backward, rtol=exact, atol=exact)


@pytest.mark.parametrize("name", sorted(ONCE))
def test_second_derivatives_without_a_rule_are_refused(name: str) -> None:
    case = BY_NAME[name]
    args, places = case.args(), case.positions()
    rng = np.random.default_rng(1)
    along = tuple(random_like(a, rng) if i in places else None for i, a in enumerate(args))
    with np.errstate(all="ignore"), pytest.raises(NoRule) as error:
        hvp(case.function, args, along)
    assert "^" in str(error.value)


def moved(x: Any, t: Any, step: float) -> Any:
    """Return an argument moved along a tangent."""
    steps = dict(oracle.leaves(t))
    paths = iter([path for path, _ in oracle.leaves(x)])

    def move(leaf: Any) -> Any:
        path = next(paths)
        if not oracle.is_float_leaf(leaf):
            return leaf
        return leaf + step * steps[path]

    return oracle.mapped(move, x)


SHORT = ("filled_with_arrays", "dataclass_in_list", "module_buffer", "tree_sum", "keys_in_a_loop")


@pytest.mark.parametrize(
    "name", [n if n in SHORT else pytest.param(n, marks=pytest.mark.slow) for n in SMOOTH]
)
def test_hessian_products_over_the_zoo(name: str) -> None:
    case = BY_NAME[name]
    if refused(name):
        return
    args, places = case.args(), tuple(sorted(case.positions()))
    rng = np.random.default_rng(1)
    along = tuple(random_like(a, rng) if i in places else None for i, a in enumerate(args))
    gradient = grad(case.function, wrt=places)
    step = 1e-5

    def at(size: float) -> Any:
        given = [a if t is None else moved(a, t, size) for a, t in zip(case.args(), along)]
        return list(oracle.leaves(gradient(*given)))

    with np.errstate(all="ignore"):
        try:
            found = hvp(case.function, args, along)
        except NoRule as error:
            assert name in COMPLEX and "whether they are complex" in str(error)
            return
        ahead, behind = at(step), at(-step)
    leaves = list(oracle.leaves(found if len(places) > 1 else (found,)))
    for (_, f), (_, a), (_, b) in zip(leaves, ahead, behind, strict=True):
        if oracle.is_float_leaf(f):
            slope = (np.asarray(a) - np.asarray(b)) / (2.0 * step)
            size = 1.0 + float(np.max(np.abs(slope), initial=0.0))
            np.testing.assert_allclose(f, slope, rtol=1e-4, atol=1e-6 * size)

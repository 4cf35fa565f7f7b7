"""Complex numbers: JAX's convention, rules at points, second derivatives, what is refused."""

from __future__ import annotations

import cmath
import linecache
import operator
import types
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad import check_grad, check_rule, grad
from srcgrad.errors import NoRule, NotScalar, SrcgradError
from tests import oracle
from tests.rules.complex_table import TABLE, imaginary, reals, square


def real_loss(f: Any, z: Any) -> Any:
    """A real number of the values of a function, each with a weight of its own."""
    weights = np.cos(np.arange(np.size(f(z)))) + 1j * np.sin(np.arange(np.size(f(z))))
    W = np.reshape(weights, np.shape(f(z)))

    def loss(z: Any) -> Any:
        return np.real(np.sum(W * f(z)))

    return loss, W


@pytest.mark.parametrize("name", TABLE)
def test_gradients_agree_with_differences(name: str) -> None:
    f, z = TABLE[name]
    loss, _ = real_loss(f, z)
    found = grad(loss)(z)
    oracle.assert_like(found, z)
    oracle.assert_close(found, oracle.numeric_gradient(loss, (z,), 0), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", TABLE)
def test_gradients_agree_with_jax(name: str) -> None:
    jax = pytest.importorskip("jax")
    f, z = TABLE[name]
    loss, W = real_loss(f, z)
    space = {**f.__globals__, "np": jax.numpy}
    space["adjoint"] = lambda a: jax.numpy.conj(jax.numpy.swapaxes(a, -1, -2))
    theirs = types.FunctionType(f.__code__, space)
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        wanted = jax.grad(lambda z: jax.numpy.real(jax.numpy.sum(W * theirs(z))))(z)
    finally:
        jax.config.update("jax_enable_x64", before)
    np.testing.assert_allclose(grad(loss)(z), wanted, rtol=1e-9, atol=1e-10)


RULES = [
    (np.abs, imaginary(3)),
    (np.sign, imaginary(3)),
    (np.real, imaginary(2, 2)),
    (np.multiply, imaginary(3, 1), reals(4)),
    (np.divide, reals(4), imaginary(3, 1)),
    (np.power, imaginary(3), reals(1)),
    (operator.pow, 0.3 + 1j, 2.5),
    (np.power, np.array([-1.5, 2.0]), imaginary(2)),
    (abs, 0.3 - 1j),
    (complex, 0.3, 0.4),
    (cmath.exp, 0.3 - 1j),
    (cmath.log, 0.3 - 1j, 2.0),
    (cmath.polar, 0.3 - 1j),
    (cmath.rect, 0.3, 1.1),
    (cmath.phase, 0.3 - 1j),
    (cmath.acosh, 0.3 - 1j),
    (np.arcsinh, imaginary(3)),
    (np.nan_to_num, np.array([1.0 + 2j, complex(np.nan, 1.0), complex(2.0, np.inf)])[:1]),
    (np.vdot, reals(3), imaginary(3)),
    (np.vecdot, imaginary(2, 3), imaginary(3)),
    (np.matmul, reals(2, 3), imaginary(3, 2)),
    (np.dot, imaginary(3), reals(3, 2)),
    (np.correlate, reals(3), imaginary(5), "same"),
    (np.concatenate, [reals(3), imaginary(2)]),
    (np.einsum, "ij,j", imaginary(2, 3), reals(3)),
    (np.linalg.solve, square(), reals(3)),
    (np.linalg.cond, square()),
    (np.linalg.lstsq, imaginary(4, 2), reals(4)),
    (np.fft.irfft, imaginary(4).astype(np.complex64)),
    (np.fft.rfftn, reals(3, 4), (2, 5), (0, 1)),
    *(
        [(np.matvec, imaginary(2, 3), reals(3)), (np.vecmat, imaginary(2), imaginary(2, 3))]
        if hasattr(np, "vecmat")
        else []
    ),
]


@pytest.mark.parametrize("call", RULES, ids=lambda call: call[0].__name__)
def test_a_rule_at_a_point(call: Any) -> None:
    check_rule(*call[:1], *call[1:])


SECOND = [
    (lambda z: np.sum(np.abs(z) ** 3), imaginary(3)),
    (lambda z: np.sum(np.abs(np.fft.fft(z)) ** 4), imaginary(3)),
    (lambda x: np.sum(np.abs(np.fft.rfft(x)) ** 4), reals(5)),
    (lambda x: np.abs(np.sum(np.exp(1j * x) * x)), reals(3)),
    (lambda z: np.sum(np.sign(z).real * np.angle(z)), imaginary(3)),
    (lambda z: np.var(z) * np.linalg.norm(z, 3), imaginary(3)),
    (lambda A: np.linalg.norm(np.linalg.inv(A)) + np.abs(np.linalg.det(A)), square()),
    (lambda p: np.sum(np.abs(p["a"] * p["b"]) ** 2), {"a": imaginary(2), "b": reals(2)}),
    (lambda z: abs(z**3), 0.3 + 1j),
    (lambda z: np.linalg.norm(np.array([np.abs(z[0]), z[1].real, 1j]) * (1.0 - 2j)), imaginary(2)),
]


@pytest.mark.parametrize("case", SECOND, ids=range(len(SECOND)))
def test_the_gradient_of_a_gradient(case: Any) -> None:
    check_grad(*case, order=2)


def test_the_convention() -> None:
    """Of ``x * x * y`` the slopes are ``2 x y`` and ``x * x``, the second times ``-i``."""

    def loss(z: Any) -> Any:
        return z.real * z.real * z.imag

    assert grad(loss)(2.0 + 3.0j) == 12.0 - 4.0j
    value, pullback = srcgrad.vjp(lambda z: z * z, 2.0 + 3.0j)
    assert value == (2.0 + 3.0j) * (2.0 + 3.0j)
    assert pullback(1.0 + 1.0j) == ((1.0 + 1.0j) * (4.0 + 6.0j),)


def loss_of(text: str) -> Any:
    file = f"<complex {text}>"
    source = f"def loss(z):\n    return {text}\n"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names: dict[str, Any] = {"np": np}
    exec(compile(source, file, "exec"), names)
    return names["loss"]


ORDER = "Complex numbers have no order: NumPy compares real parts first, and that jumps."
REFUSED = {
    "np.abs(np.max(z))": ("np.max", ORDER),
    "np.abs(z.max())": ("method('max')", ORDER),
    "np.sum(np.abs(np.sort(z)))": ("np.sort", ORDER),
    "np.sum(np.abs(np.maximum(z, 0)))": ("np.maximum", ORDER),
    "np.abs(np.median(z))": ("np.median", ORDER),
    "np.abs(np.maximum.reduce(z))": ("reduce", ORDER),
    "np.sum(np.real_if_close(z).real)": ("np.real_if_close", "Its rule is of real numbers."),
    "np.abs(np.ptp(z))": ("np.ptp", ORDER),
    "np.sum(z.view(float))": ("method('view')", "Its rule is of real numbers."),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_of_real_numbers_is_refused(text: str) -> None:
    name, why = REFUSED[text]
    with pytest.raises(NoRule) as caught:
        grad(loss_of(text))(imaginary(4))
    message = str(caught.value)
    assert f"cannot differentiate through {name!r} of complex numbers" in message
    assert why in message and "^" in message


def test_sorting_complex_numbers_has_a_reason() -> None:
    with pytest.raises(NoRule, match="complex numbers have no order"):
        grad(loss_of("np.sum(np.sort_complex(z).real)"))(reals(3))


def test_a_loss_is_one_real_number() -> None:
    with pytest.raises(NotScalar, match=r"as abs\(z\) \*\* 2 or z\.real"):
        grad(loss_of("np.sum(z)"))(imaginary(3))
    with pytest.raises(NotScalar, match=r"as abs\(z\) \*\* 2 or z\.real"):
        grad(loss_of("(-abs(z)) ** 0.5"))(1.0 + 1.0j)


def test_made_for_real_numbers_it_says_so() -> None:
    text = grad(loss_of("np.sum(np.abs(z) ** 2)")).source
    space: dict[str, Any] = {"np": np, "unbroadcast": srcgrad.runtime.unbroadcast}
    space["fresh"] = srcgrad.runtime.fresh
    exec(text, space)
    with pytest.raises(SrcgradError, match="made for real numbers"):
        space["loss_grad"](imaginary(3))


class Opaque:
    """Something that a function can be given and that is not looked into."""

    def __init__(self) -> None:
        self.rows = [imaginary(3), "name", imaginary(3)]


def test_complex_data_of_which_nothing_is_known() -> None:
    linalg = pytest.importorskip("scipy.linalg")
    data = Opaque()

    def by_matrix(x: Any) -> Any:
        F = linalg.dft(3)
        s = 0
        for k in range(3):
            s = s + F[1, k] * x[k]
        return abs(s)

    def by_object(x: Any) -> Any:
        s = 0
        for k in range(3):
            s = s + data.rows[0][k] * x[k]
        return abs(s)

    for loss in (by_matrix, by_object):
        x = reals(3)
        wanted = oracle.numeric_gradient(loss, (x,), 0)
        np.testing.assert_allclose(grad(loss)(x), wanted, rtol=1e-6, atol=1e-8)


def test_nothing_is_owed_at_nothing() -> None:
    z = np.array([0j, 3.0 + 4.0j])
    assert grad(loss_of("np.sum(np.abs(z))"))(z) == pytest.approx([0.0, 0.6 - 0.8j])
    assert grad(loss_of("np.linalg.norm(z)"))(0.0 * z).tolist() == [0.0, 0.0]
    assert grad(loss_of("np.sum(np.angle(z))"))(z)[0] == 0.0
    assert grad(loss_of("abs(z)"))(0j) == 0.0


def test_real_programs_see_nothing_of_it() -> None:
    text = grad(loss_of("np.sum(np.abs(z) ** 2 * np.linalg.norm(z))")).source_for(reals(3))
    assert "real" not in text and "conj" not in text and "as_kind" not in text
    assert "np.sign" in text

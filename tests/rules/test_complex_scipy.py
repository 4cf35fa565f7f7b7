"""SciPy's functions of complex matrices and signals, and what is complex of real ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcgrad import grad
from srcgrad.errors import Aliased, NoRule
from tests import oracle
from tests.rules.complex_table import imaginary, reals, square

linalg = pytest.importorskip("scipy.linalg")
fft = pytest.importorskip("scipy.fft")
signal = pytest.importorskip("scipy.signal")

NEGATIVE = np.array([[-1.0, 0.3, 0.0], [0.2, -2.0, 0.1], [0.0, 0.3, 1.5]])
POSITIVE = np.array([[3.0, 0.3, 0.0], [0.2, 2.0, 0.1], [0.0, 0.3, 1.5]])

TABLE = {
    "fft": (lambda z: fft.fft(z, 7, norm="ortho"), imaginary(2, 5)),
    "ifft of reals": (lambda x: fft.ifft(x, axis=0), reals(3, 2)),
    "rfft": (lambda x: fft.rfft(x), reals(6)),
    "irfft": (lambda z: fft.irfft(z, 7), imaginary(4)),
    "hfft": (lambda z: fft.hfft(z, 5), imaginary(4)),
    "ihfft": (lambda x: fft.ihfft(x, workers=1), reals(5)),
    "fft2": (lambda z: fft.fft2(z, (4, 6)), imaginary(3, 5)),
    "rfftn": (lambda x: fft.rfftn(x, norm="forward"), reals(3, 4)),
    "irfftn": (lambda z: fft.irfftn(z, (3, 4), axes=(0, 1)), imaginary(3, 3)),
    "inv": (lambda z: linalg.inv(z), square()),
    "det": (lambda z: linalg.det(z), square()),
    "solve": (lambda z: linalg.solve(z, np.conj(z[0])), square()),
    "solve a real one": (lambda x: linalg.solve(x, 1j * x), POSITIVE),
    "solve_triangular": (lambda z: linalg.solve_triangular(z, z, lower=True), square()),
    "expm": (lambda z: linalg.expm(z), imaginary(3, 3)),
    "expm of reals": (lambda x: linalg.expm(1j * x), reals(3, 3)),
    "sqrtm": (lambda z: linalg.sqrtm(z), square()),
    "sqrtm of reals": (lambda x: linalg.sqrtm(x), NEGATIVE),
    "sqrtm that is real": (lambda x: linalg.sqrtm(x), POSITIVE),
    "logm": (lambda z: linalg.logm(z), square()),
    "logm of reals": (lambda x: linalg.logm(x), NEGATIVE),
    "power of reals": (lambda x: linalg.fractional_matrix_power(x, 0.3), NEGATIVE),
    "svdvals": (lambda z: linalg.svdvals(z), imaginary(3, 2)),
    "norm": (lambda z: linalg.norm(z), imaginary(3, 2)),
    "pinv": (lambda z: linalg.pinv(z), imaginary(3, 2)),
    "convolve": (lambda z: signal.convolve(z, z.real[:2], "same"), imaginary(5)),
    "fftconvolve": (lambda z: signal.fftconvolve(z, np.conj(z)), imaginary(5)),
}


@pytest.mark.parametrize("name", TABLE)
def test_gradients_agree_with_differences(name: str) -> None:
    f, z = TABLE[name]
    W = np.exp(1j * np.arange(np.size(f(z)))).reshape(np.shape(f(z)))

    def loss(z: Any) -> Any:
        return np.real(np.sum(W * f(z)))

    found = grad(loss)(z)
    oracle.assert_like(found, z)
    oracle.assert_close(found, oracle.numeric_gradient(loss, (z,), 0), rtol=1e-6, atol=1e-7)


def hermitian_solve(A: Any) -> Any:
    return np.sum(np.abs(linalg.solve(A, np.ones(3), assume_a="her")))


def gamma(z: Any) -> Any:
    from scipy import special

    return np.sum(np.abs(special.gamma(z)))


def test_gamma_of_complex_numbers() -> None:
    z = square()
    oracle.assert_close(grad(gamma)(z), oracle.numeric_gradient(gamma, (z,), 0), rtol=1e-6)


@pytest.mark.parametrize("loss", [hermitian_solve])
def test_what_is_of_real_numbers_is_refused(loss: Any) -> None:
    with pytest.raises(NoRule):
        grad(loss)(square() + np.conj(square()).T)


def test_a_transform_in_place_is_refused() -> None:
    def loss(x: Any) -> Any:
        return np.sum(np.abs(fft.fft(x, overwrite_x=True)))

    with pytest.raises(Aliased, match="writes into what it is given"):
        grad(loss)(reals(4))

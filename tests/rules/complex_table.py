"""Functions of complex numbers, each with arguments: compared with JAX and with differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_rng = np.random.default_rng(11)


def reals(*shape: int) -> Any:
    return _rng.normal(size=shape)


def imaginary(*shape: int) -> Any:
    return _rng.normal(size=shape) + 1j * _rng.normal(size=shape)


def square(n: int = 3) -> Any:
    return imaginary(n, n) + 3.0 * np.eye(n)


def adjoint(a: Any) -> Any:
    return np.conj(np.swapaxes(a, -1, -2))


TABLE: dict[str, tuple[Callable[..., Any], Any]] = {
    "exp": (lambda z: np.exp(1j * z), imaginary(2, 3)),
    "exp of reals": (lambda x: np.exp(1j * x), reals(2, 3)),
    "exp of one": (lambda z: np.exp(1j * z), imaginary(1)),
    "exp of 0-d": (lambda z: np.exp(1j * z), np.array(imaginary())),
    "exp of none": (lambda z: np.exp(1j * z), imaginary(0, 2)),
    "log": (lambda z: np.log(z) + np.log1p(z) * np.expm1(z), imaginary(3)),
    "sqrt": (lambda z: np.sqrt(z) / z, imaginary(3)),
    "sin": (lambda z: np.sin(z) * np.cos(z) + np.tan(z), imaginary(3)),
    "sinh": (lambda z: np.sinh(z) * np.cosh(z) + np.tanh(z), imaginary(3)),
    "arctan": (lambda z: np.arctan(z) * np.arcsin(z / 3.0), imaginary(3)),
    "sinc": (lambda z: np.sinc(0.2 * z), imaginary(3)),
    "power": (lambda z: (z + 1.0) ** 3 + z**2.5, imaginary(3)),
    "power of reals": (lambda x: (2.0 + np.abs(x)) ** (1j * x), reals(3)),
    "abs": (lambda z: np.abs(z) + np.absolute(z * z), imaginary(3)),
    "real": (lambda z: np.real(z * z) + z.real, imaginary(3)),
    "imag": (lambda z: np.imag(z * z) - z.imag, imaginary(3)),
    "conj": (lambda z: np.conj(z) * z + z.conj() ** 3, imaginary(3)),
    "angle": (lambda z: np.angle(z) * z, imaginary(3)),
    "where": (lambda z: np.where(np.real(z) > 0, z, 1j * z.real), imaginary(5)),
    "sum": (lambda z: np.sum(z, axis=0) * z, imaginary(2, 3)),
    "prod": (lambda z: np.prod(z, axis=1), imaginary(2, 3)),
    "cumsum": (lambda z: np.cumsum(z, axis=1), imaginary(2, 3)),
    "cumprod": (lambda z: np.cumprod(z, axis=1), imaginary(2, 3)),
    "var": (lambda z: np.var(z, axis=0), imaginary(3, 2)),
    "std": (lambda z: np.std(z), imaginary(3, 2)),
    "concatenate": (lambda z: np.concatenate([z, 1j * z.real, z.imag]), imaginary(3)),
    "stack": (lambda x: np.stack([x, 1j * x]), reals(3)),
    "outer": (lambda z: np.outer(z, np.conj(z)), imaginary(3)),
    "kron": (lambda z: np.kron(z, np.conj(z)), imaginary(2, 2)),
    "einsum": (lambda z: np.einsum("ij,kj->ik", z, np.conj(z)), imaginary(2, 3)),
    "tensordot": (lambda z: np.tensordot(z, np.conj(z), 1), imaginary(3, 3)),
    "vdot": (lambda z: np.vdot(z, z * z), imaginary(3)),
    "vecdot": (lambda z: np.vecdot(z, z * z), imaginary(2, 3)),
    "matmul": (lambda z: z @ np.conj(z), imaginary(2, 3, 3)),
    "cov": (lambda z: np.cov(z), imaginary(2, 4)),
    "corrcoef": (lambda z: np.corrcoef(z), imaginary(2, 4)),
    "interp": (lambda z: np.interp(np.array([-0.3, 0.4, 1.7]), np.arange(3.0), z), imaginary(3)),
    "convolve": (lambda z: np.convolve(z, np.conj(z)), imaginary(4)),
    "correlate": (lambda z: np.correlate(z, z[:3], "same"), imaginary(5)),
    "norm": (lambda z: np.linalg.norm(z), imaginary(3)),
    "norm 3": (lambda z: np.linalg.norm(z, 3, axis=1), imaginary(2, 3)),
    "nuclear norm": (lambda z: np.linalg.norm(z, "nuc"), imaginary(2, 3)),
    "inv": (lambda z: np.linalg.inv(z), square()),
    "solve": (lambda z: np.linalg.solve(z, np.conj(z)), square()),
    "det": (lambda z: np.linalg.det(z), square()),
    "slogdet": (lambda z: np.linalg.slogdet(z)[0] * np.linalg.slogdet(z)[1], square()),
    "cholesky": (lambda z: np.linalg.cholesky(z @ adjoint(z) + np.eye(3)), square()),
    "eigvalsh": (lambda z: np.linalg.eigvalsh(z + adjoint(z)), square()),
    "eigh": (lambda z: np.abs(np.linalg.eigh(z + adjoint(z))[1]) ** 2, square()),
    "svd values": (lambda z: np.linalg.svd(z, compute_uv=False), imaginary(3, 2)),
    "svd": (lambda z: np.linalg.svd(z)[0] @ np.linalg.svd(z)[2], square()),
    "qr": (lambda z: np.linalg.qr(z)[1], imaginary(4, 3)),
    "pinv": (lambda z: np.linalg.pinv(z), imaginary(3, 2)),
    "matrix_power": (lambda z: np.linalg.matrix_power(z, 5), square()),
    "eigvals of reals": (lambda x: np.linalg.eigvals(x), reals(3, 3)),
    "fft": (lambda z: np.fft.fft(z), imaginary(5)),
    "fft of reals": (lambda x: np.fft.fft(x, 7, norm="ortho"), reals(2, 5)),
    "fft cut": (lambda z: np.fft.fft(z, 3, axis=0, norm="forward"), imaginary(5, 2)),
    "ifft": (lambda z: np.fft.ifft(z, 7), imaginary(5)),
    "rfft": (lambda x: np.fft.rfft(x), reals(2, 6)),
    "rfft filled": (lambda x: np.fft.rfft(x, 9, norm="ortho"), reals(6)),
    "irfft": (lambda z: np.fft.irfft(z), imaginary(2, 4)),
    "irfft odd": (lambda z: np.fft.irfft(z, 5, norm="forward"), imaginary(4)),
    "irfft of reals": (lambda x: np.fft.irfft(x, 5), reals(4)),
    "hfft": (lambda z: np.fft.hfft(z, 5), imaginary(4)),
    "ihfft": (lambda x: np.fft.ihfft(x), reals(5)),
    "fft2": (lambda z: np.fft.fft2(z, norm="ortho"), imaginary(2, 3)),
    "ifftn": (lambda z: np.fft.ifftn(z, axes=(0, 2)), imaginary(2, 3, 2)),
    "rfft2": (lambda x: np.fft.rfft2(x, (4, 3)), reals(2, 5)),
    "irfftn": (lambda z: np.fft.irfftn(z, (4, 4), axes=(0, 1)), imaginary(3, 3)),
    "fftshift": (lambda z: np.fft.fftshift(z) * z, imaginary(2, 3)),
}
"""The name of each, a function of ``np`` and one argument, and the argument."""

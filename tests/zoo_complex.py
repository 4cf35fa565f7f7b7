"""Losses with complex numbers: complex arguments, and real ones whose way is complex."""

from __future__ import annotations

import cmath
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


def imaginary(rng: np.random.Generator, *shape: int) -> Any:
    """Complex normal numbers; without a shape a Python complex number."""
    if not shape:
        return complex(rng.normal(), rng.normal())
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


def both(n: int = 3):
    return lambda r: (imaginary(r, n), normal(r, n))


def reals(n: int = 3):
    return lambda r: (normal(r, n), normal(r, n))


# arithmetic and projections


def energy(z):
    return np.sum(np.abs(z) ** 2)


case(energy, lambda r: (imaginary(r, 4),), "untold", "golden")


def promoted(z, x):
    return np.sum(np.abs(z * x + x) ** 2)


case(promoted, both(), "untold", "golden", wrt=(0, 1))


def phases(x):
    U = np.exp(1j * x)
    return np.abs(np.sum(U)) + np.real(np.vdot(U, x * U))


case(phases, lambda r: (normal(r, 4),), "golden")


def parts(z):
    return np.sum(z.real**3 * z.imag) + np.sum(np.imag(z * z)) + np.sum(np.angle(z) ** 2)


case(parts, lambda r: (imaginary(r, 2, 3),))
case(parts, lambda r: (imaginary(r, 1, 1),), name="parts_of_one")


def conjugated(z, x):
    return np.real(np.sum(z.conj() * x * z.conjugate() * 2j + np.conj(z) ** 3))


case(conjugated, both(), wrt=(0, 1))


def signs(z):
    return np.sum(np.real(np.sign(z) * (1.0 + 2.0j)))


case(signs, lambda r: (imaginary(r, 4),))


def stretched(z, x):
    return np.sum(np.abs(z * x - z / (x + 3.0)) ** 2)


case(stretched, lambda r: (imaginary(r, 3, 1), normal(r, 4)), "untold", wrt=(0, 1))
case(
    stretched, lambda r: (imaginary(r, 4), normal(r, 3, 1)), "untold", wrt=(0, 1), name="stretched_the_other"
)
case(stretched, lambda r: (imaginary(r, 0, 3), normal(r, 3)), "untold", wrt=(0, 1), name="stretched_empty")
case(
    stretched,
    lambda r: (np.array(imaginary(r)), np.array(normal(r))), "untold",
    wrt=(0, 1),
    name="stretched_0_d",
)
case(
    stretched,
    lambda r: (np.complex128(imaginary(r)), np.float64(normal(r))), "untold",
    wrt=(0, 1),
    name="stretched_numpy_scalars",
)


def powers(z, x):
    return np.sum(np.real((z + 2.0) ** x + x**z + z**3 + 2.0**z + (-2.0) ** z))


case(powers, lambda r: (imaginary(r, 3), positive(r, 3)), wrt=(0, 1))


def inverse_functions(z):
    w = np.arcsinh(z) * np.arccosh(z + 2.0) + np.arcsin(z / 3.0) * np.arctan(z / 2.0)
    return np.sum(np.abs(w + np.log(z) * np.sqrt(z)))


case(inverse_functions, lambda r: (imaginary(r, 3),), "untold")


def moments(z):
    return np.var(z) + np.std(z, axis=0).sum() + np.abs(np.mean(z)) + np.abs(np.prod(z))


case(moments, lambda r: (imaginary(r, 3, 2),), "untold")


def complex_running(z):
    return np.sum(np.abs(np.cumsum(z, axis=0) * np.cumprod(z, axis=1)))


case(complex_running, lambda r: (imaginary(r, 3, 4),), "untold")


def single_precision(z, x):
    return np.sum(np.abs(z * x + x) ** 2) + np.sum(np.abs(np.fft.fft(x)))


case(
    single_precision,
    lambda r: (imaginary(r, 3).astype(np.complex64), normal(r, 3).astype(np.float32)),
    "float32",
    wrt=(0, 1),
)


def largest(z):
    return np.max(np.abs(z)) + np.sort(z.real)[0] + np.sum(np.maximum(z.imag, 0.0))


case(largest, lambda r: (imaginary(r, 5),))


def roots_or_nothing(x):
    z = np.where(x > 0, x, 1j * x)
    s = np.where(np.abs(z) > 0.1, np.sqrt(z), 0.0)
    return np.sum(np.abs(s) ** 2) + np.sum(np.real(s))


case(roots_or_nothing, lambda r: (normal(r, 5),))


# numbers of Python


def of_two(a, b):
    z = complex(a, b)
    w = cmath.exp(z) / (1.0 + z)
    return w.real**2 + w.imag


case(of_two, lambda r: (0.3, 0.5), "golden", wrt=(0, 1))


def one_number(z):
    return abs(z**3 + 2 * z) + (z * z).imag + z.conjugate().imag


case(one_number, lambda r: (0.3 + 0.1j,))


def by_cmath(z, x):
    r, phi = cmath.polar(z)
    w = cmath.rect(x, phi) * cmath.sqrt(z) + cmath.log(z) * cmath.sin(z) + cmath.atan(z * x)
    return abs(w) + cmath.phase(z) * r


case(by_cmath, lambda r: (0.7 + 1j, 0.4), wrt=(0, 1))


def below_zero(x):
    return abs(cmath.sqrt(x - 2.0) * cmath.log(x - 2.0))


case(below_zero, lambda r: (0.7,))


# containers, loops, branches, helpers


def of_parameters(p):
    h = p["w"] * p["b"] + p["c"] * p["s"]
    return np.sum(np.abs(h) ** 2)


case(
    of_parameters,
    lambda r: ({"w": imaginary(r, 3), "b": normal(r, 3), "s": 0.3, "c": 1 + 2j},), "untold",
)


@dataclass
class Filter:
    taps: Any
    gain: Any


def of_a_record(p, x):
    return np.sum(np.abs(np.convolve(p.taps, x) * p.gain) ** 2)


case(of_a_record, lambda r: (Filter(imaginary(r, 3), 0.7), normal(r, 4)), "untold", wrt=(0, 1))


def joined_list(zs):
    return np.sum(np.abs(np.concatenate(zs) ** 2)) + np.sum(np.real(np.stack(zs[:2]) * 1j))


case(joined_list, lambda r: ([imaginary(r, 3), normal(r, 3), normal(r, 2)],))


def stacked_list(zs):
    return np.sum(np.real(np.stack(zs) ** 2 * 1j))


case(stacked_list, lambda r: ([imaginary(r, 3), normal(r, 3)],))


def of_numbers(x):
    A = np.array([[x[0], 1j * x[1]], [x[2] * 1j, 1.0]])
    return np.abs(np.linalg.det(A))


case(of_numbers, lambda r: (normal(r, 3),))


def power_iteration(A, x):
    v = x + 0j
    for _ in range(3):
        v = A @ v
        v = v / np.linalg.norm(v)
    return np.real(np.vdot(v, A @ v))


case(power_iteration, lambda r: (imaginary(r, 3, 3), normal(r, 3)), "golden", wrt=(0, 1))


def from_a_real_start(z, x):
    s = 0.0
    for k in range(4):
        s = s + z[k] * x[k]
        if abs(s) > 1:
            s = s * 1j
    return abs(s) ** 2


case(from_a_real_start, both(4), wrt=(0, 1))


def added_up(z, x):
    s = 0j
    for a, b in zip(z, x, strict=True):
        s += a * b**2
    return (s * s.conjugate()).real


case(added_up, both(4), wrt=(0, 1))


def real_or_complex(x, y):
    if x[0] > 10:
        z = x
    else:
        z = x + 1j * y
    return np.sum(np.abs(z * 1j + y) ** 2)


case(real_or_complex, reals(), wrt=(0, 1))


def appended(x, y):
    out = []
    for k in range(3):
        if k % 2 == 0:
            out.append(x[k])
        else:
            out.append(x[k] + 1j * y[k])
    s = 0
    for o in out:
        s = s + o * o * 1j
    return abs(s)


case(appended, reals(), wrt=(0, 1))


def comprehended(x, y):
    return sum([abs(complex(a, b) ** 2) for a, b in zip(x, y, strict=True)])


case(comprehended, reals(), wrt=(0, 1))


def _deeper(z, n):
    if n == 0:
        return z
    return _deeper(z * z * 0.3 + 1j, n - 1) + z


def helper_that_calls_itself(z):
    return np.sum(np.abs(_deeper(z, 3)) ** 2)


case(helper_that_calls_itself, lambda r: (normal(r, 3),))
case(helper_that_calls_itself, lambda r: (imaginary(r, 3),), name="helper_of_complex")


def one_or_the_other(z, x):
    w = z if x[0] > 0 else x
    return np.sum(np.abs(w * w)) + np.sum(w.real)


case(one_or_the_other, both(), wrt=(0, 1))
case(
    one_or_the_other,
    lambda r: (imaginary(r, 3), -positive(r, 3)),
    wrt=(0, 1),
    name="the_other",
)


# writes


def written(z, x):
    y = np.zeros(4, complex)
    y[:2] = x[:2]
    y[2:] = z[2:] * x[2:]
    y[0] += z[0]
    y *= 2j
    y += x
    return np.sum(np.abs(y) ** 2) + y.real[1] * y.imag[2]


case(written, both(4), "golden", wrt=(0, 1))


def masked(z, x):
    y = z.copy()
    y[x > 0] = 0
    y[0] = x[1]
    return np.sum(np.abs(y * x) ** 2)


case(masked, both(4), "untold", wrt=(0, 1))


def parts_written(z):
    z = z.copy()
    z.real = z.real * 2
    z.imag += 1.0
    return np.sum(np.abs(z) ** 2 * z.real)


case(parts_written, lambda r: (imaginary(r, 3),), "typed")


def views_of_parts_written(z, v):
    y = z * 1
    y.real[...] = v
    y.imag[1:] += v[1:] ** 2
    return np.sum(np.abs(y**2))


case(views_of_parts_written, both(), "typed", wrt=(0, 1))


def named_part_written(z, v):
    y = z.copy()
    r = y.real
    r *= v
    return np.sum(np.abs(y**2))


case(named_part_written, both(), "typed", wrt=(0, 1))


def complex_into_out(z, x):
    y = np.empty(3, complex)
    np.multiply(z, x, out=y)
    return np.sum(np.abs(y) ** 2)


case(complex_into_out, both(), wrt=(0, 1))


def picked(z, x):
    return np.sum(np.abs(z[[0, 0, 2]] * x[[1, 1, 0]] + z[x > 0].sum()) ** 2)


case(picked, both(), "untold", wrt=(0, 1))


# Fourier transforms


def spectrum(x):
    f = np.fft.rfft(x * x)
    return np.sum(np.log(np.abs(f) ** 2 + 1e-3))


case(spectrum, lambda r: (normal(r, 8),), "golden")
case(spectrum, lambda r: (normal(r, 7),), name="spectrum_odd")


def filtered_spectrum(x, h):
    y = np.fft.irfft(np.fft.rfft(x) * h, len(x))
    return np.sum((y - x) ** 2)


case(filtered_spectrum, lambda r: (normal(r, 8), imaginary(r, 5)), "golden", wrt=(0, 1))
case(filtered_spectrum, lambda r: (normal(r, 7), imaginary(r, 4)), wrt=(0, 1), name="filtered_odd")


def phase_retrieval(z, target):
    return np.sum((np.abs(np.fft.fft2(z, norm="ortho")) - target) ** 2)


case(phase_retrieval, lambda r: (imaginary(r, 3, 4), positive(r, 3, 4)), wrt=(0, 1))
case(
    phase_retrieval, lambda r: (normal(r, 3, 4), positive(r, 3, 4)), wrt=(0, 1), name="of_an_image"
)


def padded_transforms(z):
    w = np.fft.ifft(z, 7, axis=0)[:3] * np.fft.fft(z, 2, axis=0).sum()
    return np.sum(np.abs(w)) + np.sum(np.fft.irfft(z, 5) ** 2) + np.sum(np.fft.hfft(z, 6) ** 2)


case(padded_transforms, lambda r: (imaginary(r, 3, 4),))
case(padded_transforms, lambda r: (normal(r, 3, 4),), name="padded_transforms_of_reals")


def shifted(x):
    w = np.fft.fftshift(np.fft.fftn(x)) * np.fft.ihfft(x, 8)[..., :1]
    return np.sum(np.abs(np.fft.ifftn(w, (2, 3), axes=(0, 1))))


case(shifted, lambda r: (normal(r, 3, 4),))


def real_and_back(x):
    f = np.fft.rfftn(x)
    g = np.fft.rfft2(x, (5, 2)) * 1j
    return np.sum(np.abs(f) ** 3) + np.sum(np.fft.irfftn(f * f, x.shape, (0, 1)) ** 2) + np.abs(g.sum())


case(real_and_back, lambda r: (normal(r, 3, 4),))


# linear algebra


def complex_products(z, x):
    a = z @ x + np.dot(z, x) * np.vdot(x, z[0]) + np.einsum("ij,j->i", z, x)
    return np.sum(np.abs(a) ** 2) + np.abs(np.vecdot(z, x * 1j).sum() + np.trace(np.outer(z[0], x)))


case(complex_products, lambda r: (imaginary(r, 3, 3), normal(r, 3)), wrt=(0, 1))


def solved(A, b):
    x = np.linalg.solve(A, b)
    return np.real(np.vdot(x, x)) + np.abs(np.linalg.det(A)) + np.linalg.slogdet(A)[1]


case(solved, lambda r: (imaginary(r, 3, 3), normal(r, 3)), wrt=(0, 1))
case(solved, lambda r: (normal(r, 3, 3), imaginary(r, 3)), wrt=(0, 1), name="solved_for_complex")


def hermitian(A, k):
    H = A @ np.conj(A).T + np.eye(3)
    values, vectors = np.linalg.eigh(H)
    p = np.abs(vectors) ** 2
    return np.sum(values * p[0]) + np.sum(np.abs(np.linalg.cholesky(H)) ** 3) * k


case(hermitian, lambda r: (imaginary(r, 3, 3), 0.3), wrt=(0, 1))


def decomposed(A):
    u, s, vh = np.linalg.svd(A, full_matrices=False)
    q, r = np.linalg.qr(A)
    low = (u[:, :1] * s[:1]) @ vh[:1]
    return np.sum(np.abs(low) ** 3) + np.abs(np.sum(q)) + np.sum(np.abs(r) ** 2 * 0.1)


case(decomposed, lambda r: (imaginary(r, 4, 3),), "untold")


def pseudo(A):
    inverse = np.linalg.pinv(A)
    return np.sum(np.abs(inverse) ** 2) + np.linalg.norm(A) + np.linalg.norm(A, 1, axis=0).sum()


case(pseudo, lambda r: (imaginary(r, 4, 3),), "untold")


def stable(A):
    values, vectors = np.linalg.eig(A)
    return np.max(values.real) + np.sum(np.abs(vectors[0]) ** 2 * np.abs(values))


case(stable, lambda r: (normal(r, 3, 3) + np.array([[0, 3, 0], [-3, 0, 0], [0, 0, 1.0]]),))
case(stable, lambda r: (imaginary(r, 3, 3),), name="stable_complex")


def poles(p):
    return np.sum(np.abs(np.roots(p)) ** 2)


case(poles, lambda r: (np.array([1.0, 0.3, 2.0, -0.5]),))


def rows_of(z, x):
    total = 0
    for row in z:
        total = total + np.abs(np.vdot(row, x)) ** 2
    return total


case(rows_of, lambda r: (imaginary(r, 2, 3), normal(r, 3)), wrt=(0, 1))

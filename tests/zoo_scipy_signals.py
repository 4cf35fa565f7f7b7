"""Losses with signals, images, curves, distances, integrals and sparse matrices of SciPy."""

from __future__ import annotations

import numpy as np
from scipy import fft, integrate, ndimage, optimize, signal, sparse
from scipy.interpolate import CubicSpline, RegularGridInterpolator, interp1d
from scipy.sparse.linalg import cg, splu, spsolve
from scipy.spatial.distance import cdist, pdist

from tests.zoo_case import Case, collector, normal

CASES: list[Case] = []
case = collector(CASES)

B, A = np.array([0.2, 0.3]), np.array([1.0, -0.4, 0.1])
SYSTEM = sparse.csc_matrix(
    sparse.diags([np.full(5, -1.0), np.full(6, 4.0), np.full(5, -1.5)], [-1, 0, 1])
)
FACTORS = splu(SYSTEM)
PLACES = np.linspace(0.0, 1.0, 8)
KNOWN = CubicSpline(PLACES, np.sin(5.0 * PLACES))
ROWS, COLUMNS = np.array([0, 0, 1, 2, 3, 3]), np.array([0, 2, 1, 0, 1, 2])


def blurred_signal(x, kernel, target):
    return np.mean((signal.fftconvolve(x, kernel, mode="same") - target) ** 2)


case(blurred_signal, lambda r: (normal(r, 9), normal(r, 3), normal(r, 9)), "golden", wrt=(0, 1))


def convolved_twice(x, kernel):
    return np.sum(signal.convolve(np.tanh(signal.convolve(x, kernel, "valid")), kernel) ** 2)


case(convolved_twice, lambda r: (normal(r, 8), normal(r, 3)), wrt=(0, 1))


def convolved_image(image, kernel):
    return np.sum(signal.convolve2d(image, kernel, mode="same") ** 2)


case(convolved_image, lambda r: (normal(r, 5, 6), normal(r, 3, 2)), wrt=(0, 1))


def filtered(b, a, x):
    return np.sum(signal.lfilter(b, a, x) ** 2)


case(filtered, lambda r: (B.copy(), A.copy(), normal(r, 9)), "golden", wrt=(0, 1, 2))


def filtered_on(x):
    start = signal.lfilter_zi(B, A) * x[0]
    y, end = signal.lfilter(B, A, x, zi=start)
    return np.sum(y**2) + np.sum(end**2)


case(filtered_on, lambda r: (normal(r, 7),))


def without_phase(x):
    return np.sum(signal.filtfilt(B, A, x, padlen=3) ** 2)


case(without_phase, lambda r: (normal(r, 9),), "golden")


def resampled(x):
    return np.sum(signal.resample(x, 5) ** 2) + np.sum(signal.detrend(x) ** 2)


case(resampled, lambda r: (normal(r, 8),))


def smooth_image(image, target):
    return np.sum((ndimage.gaussian_filter(image, 1.0) - target) ** 2)


case(smooth_image, lambda r: (normal(r, 6, 5), normal(r, 6, 5)), "golden")


def edges(image):
    return np.sum(ndimage.sobel(image, axis=0) ** 2) + np.sum(ndimage.laplace(image) ** 2)


case(edges, lambda r: (normal(r, 6, 5),))


def warped(image, coordinates):
    return np.sum(ndimage.map_coordinates(image, coordinates, order=1) ** 2)


case(
    warped, lambda r: (normal(r, 6, 5), r.uniform(0.1, 3.9, (2, 7))), "golden", wrt=(0, 1)
)


def median_image(image):
    return np.sum(ndimage.median_filter(image, 3) ** 2)


case(median_image, lambda r: (r.permutation(np.linspace(-1.0, 2.0, 30)).reshape(6, 5),))


def kernel_distances(X, Y):
    return np.sum(np.exp(-0.5 * cdist(X, Y, "sqeuclidean")))


case(kernel_distances, lambda r: (normal(r, 5, 3), normal(r, 4, 3)), "golden", wrt=(0, 1))


def apart(X):
    return np.sum(1.0 / (1.0 + pdist(X)))


case(apart, lambda r: (normal(r, 5, 3),), "golden")


def by_blocks(X, Y):
    return np.sum(cdist(X, Y, "cityblock") ** 2) + np.sum(cdist(X, Y, "cosine"))


case(by_blocks, lambda r: (normal(r, 4, 3), normal(r, 3, 3)), wrt=(0, 1))


def area(y, x):
    return integrate.simpson(y**2, x=x) + integrate.trapezoid(np.sin(y), x)


case(area, lambda r: (normal(r, 7), np.cumsum(r.uniform(0.5, 1.5, 7))), wrt=(0, 1))


def running_area(y):
    return np.sum(integrate.cumulative_trapezoid(y, dx=0.5, initial=0) ** 2)


case(running_area, lambda r: (normal(r, 7),))


def gauss_area(k, a, b):
    return integrate.fixed_quad(lambda x: np.exp(-k * x), a, b, n=4)[0]


case(gauss_area, lambda r: (0.7, 0.2, 1.3), wrt=(0, 1, 2))


def power_spectrum(x):
    return np.sum(np.abs(fft.dct(x, norm="ortho"))) + np.sum(fft.dst(x) ** 2)


case(power_spectrum, lambda r: (normal(r, 7),))


def on_a_curve(y, q):
    return np.sum(CubicSpline(PLACES, y)(q) ** 2)


case(on_a_curve, lambda r: (normal(r, 8), r.uniform(0.05, 0.95, 5)), "golden", wrt=(0, 1))


def on_a_known_curve(q):
    return np.sum(KNOWN(q) ** 2)


case(on_a_known_curve, lambda r: (r.uniform(0.05, 0.95, 5),))


def between_samples(y, q):
    line = interp1d(PLACES, y)
    return np.sum(line(q) ** 2)


case(between_samples, lambda r: (normal(r, 8), r.uniform(0.05, 0.95, 5)), wrt=(0, 1))


def sampled_on_a_grid(values, places):
    grid = RegularGridInterpolator((PLACES, PLACES), values)
    return np.sum(grid(places) ** 2)


case(
    sampled_on_a_grid, lambda r: (normal(r, 8, 8), r.uniform(0.05, 0.95, (5, 2))), wrt=(0, 1)
)


def sparse_residual(x, b):
    return np.sum((SYSTEM @ x - b) ** 2)


case(sparse_residual, lambda r: (normal(r, 6), normal(r, 6)), "golden", wrt=(0, 1))


def sparse_weights(data, x):
    matrix = sparse.csr_matrix((data, (ROWS, COLUMNS)), shape=(4, 3))
    return np.sum((matrix @ x) ** 2)


case(sparse_weights, lambda r: (normal(r, 6), normal(r, 3)), "golden", wrt=(0, 1))


def sparse_solved(b):
    return np.sum(spsolve(SYSTEM, b) ** 2) + np.sum(FACTORS.solve(b) ** 3)


case(sparse_solved, lambda r: (normal(r, 6),))


def solved_by_steps(b):
    x, _ = cg(SYSTEM.T @ SYSTEM, b, rtol=1e-13)
    return np.sum(x**2)


case(solved_by_steps, lambda r: (normal(r, 6),))


def balance(x, k):
    return k * x**3 + x - 1.0


def at_balance(k):
    return optimize.brentq(balance, 0.0, 2.0, args=(k,)) ** 2


case(at_balance, lambda r: (0.7,), "golden")


def bell(x, k):
    return np.exp(-k * x * x)


def under_the_bell(k, b):
    return integrate.quad(bell, 0.0, b, args=(k,))[0]


case(under_the_bell, lambda r: (0.7, 1.3), "golden", wrt=(0, 1))


def swing(t, y, p):
    return np.array([y[1], -p[0] * y[0] - p[1] * y[1]])


def swung(y0, p):
    found = integrate.solve_ivp(swing, (0.0, 2.0), y0, args=(p,), rtol=1e-10, atol=1e-12)
    return np.sum(found.y[:, -1] ** 2)


case(swung, lambda r: (np.array([1.0, 0.3]), np.array([2.0, 0.4])), "golden", wrt=(0, 1))

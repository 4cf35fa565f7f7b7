"""Losses with SciPy's functions."""

from __future__ import annotations

import numpy as np
from scipy import linalg, special, stats

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


def logistic_scipy(w, X, y):
    z = X @ w
    return -np.sum(special.xlogy(y, special.expit(z)) + special.xlog1py(1 - y, -special.expit(z)))


case(logistic_scipy, lambda r: (normal(r, 3), normal(r, 7, 3), r.integers(0, 2, 7) * 1.0), "golden")


def softmax_regression(W, X, labels):
    logits = X @ W
    return -np.mean(special.log_softmax(logits, axis=1)[np.arange(len(labels)), labels])


case(
    softmax_regression,
    lambda r: (normal(r, 3, 4), normal(r, 6, 3), r.integers(0, 4, 6)),
    "golden",
)


def mixture(weights, means, x):
    log_w = weights - special.logsumexp(weights)
    log_p = -0.5 * (x[:, None] - means) ** 2
    return -np.sum(special.logsumexp(log_p + log_w, axis=1))


case(mixture, lambda r: (normal(r, 3), normal(r, 3), normal(r, 6)), "golden", wrt=(0, 1))


def probit(w, X, y):
    return -np.sum(special.log_ndtr((2 * y - 1) * (X @ w)))


case(probit, lambda r: (normal(r, 3), normal(r, 7, 3), r.integers(0, 2, 7) * 1.0), "golden")


def negative_binomial(log_mean, shape, counts):
    mean = np.exp(log_mean)
    choose = special.gammaln(counts + shape) - special.gammaln(shape) - special.gammaln(counts + 1)
    chance = special.xlogy(counts, mean / (mean + shape)) + shape * np.log(shape / (mean + shape))
    return -np.sum(choose + chance)


case(
    negative_binomial,
    lambda r: (normal(r, 5), positive(r), r.integers(0, 5, 5) * 1.0),
    wrt=(0, 1),
)


def drum(k, r):
    total = 0.0
    for m in range(3):
        total += special.jv(m, k * r).sum() ** 2
    return total + special.ellipk(k / 4) + special.erf(k)


case(drum, lambda r: (positive(r), positive(r, 4)), wrt=(0, 1))


def survival(theta, t, seen):
    shape, rate = np.exp(theta)
    z = rate * t
    log_density = (shape - 1) * np.log(z) - z - special.gammaln(shape) + np.log(rate)
    return -np.sum(np.where(seen, log_density, np.log(special.gammaincc(shape, z))))


case(survival, lambda r: (normal(r, 2), positive(r, 6), r.random(6) < 0.6))


def rows_of_softmax(A, b):
    out = np.zeros(len(b))
    for i in range(len(b)):
        out[i] = special.softmax(A[i]) @ b
    return np.sum(special.entr(special.softmax(out)))


case(rows_of_softmax, lambda r: (normal(r, 3, 3), normal(r, 3)), wrt=(0, 1))


def gaussian_process(theta, X, y):
    scale, length, noise = np.exp(theta)
    apart = X[:, None] - X[None, :]
    K = scale * np.exp(-0.5 * apart ** 2 / length ** 2) + noise * np.eye(len(X))
    L = linalg.cholesky(K, lower=True)
    alpha = linalg.cho_solve((L, True), y)
    return 0.5 * y @ alpha + np.sum(np.log(np.diag(L)))


case(
    gaussian_process,
    lambda r: (0.3 * normal(r, 3), np.arange(6.0) + 0.2 * normal(r, 6), normal(r, 6)),
    "golden",
    wrt=(0, 2),
)


# No kept source: what ``cho_factor`` leaves in the other triangle differs between SciPys.
def gaussian_process_factored(theta, X, y):
    scale, length, noise = np.exp(theta)
    apart = X[:, None] - X[None, :]
    K = scale * np.exp(-0.5 * apart ** 2 / length ** 2) + noise * np.eye(len(X))
    c, low = linalg.cho_factor(K, lower=True)
    alpha = linalg.cho_solve((c, low), y)
    return 0.5 * y @ alpha + np.sum(np.log(np.diag(c)))


case(
    gaussian_process_factored,
    lambda r: (0.3 * normal(r, 3), np.arange(6.0) + 0.2 * normal(r, 6), normal(r, 6)),
    wrt=(0, 2),
)


def whitened_residuals(L, r):
    z = linalg.solve_triangular(L, r, lower=True)
    return z @ z + 2 * np.sum(np.log(np.diag(L)))


case(
    whitened_residuals,
    lambda r: (np.tril(normal(r, 4, 4)) + 3 * np.eye(4), normal(r, 4)),
    "golden",
    wrt=(0, 1),
)


def linear_flow(A, x, t):
    for k in range(3):
        x = linalg.expm(t * A) @ x
    return np.sum(x ** 2) + linalg.norm(A)


case(linear_flow, lambda r: (0.4 * normal(r, 3, 3), normal(r, 3), 0.3), "golden", wrt=(0, 1, 2))


def regulator(B, r):
    A = np.array([[0.0, 1.0], [-0.5, -0.2]])
    P = linalg.solve_continuous_are(A, B, np.eye(2), np.exp(r) * np.eye(1))
    return np.trace(P)


case(regulator, lambda r: (normal(r, 2, 1), normal(r)), wrt=(0, 1))


def heat_implicit(u, k, steps):
    n = len(u)
    for _ in range(steps):
        ab = np.zeros((3, n))
        ab[0, 1:] = -k
        ab[1] = 1 + 2 * k
        ab[2, :-1] = -k
        u = linalg.solve_banded((1, 1), ab, u)
    return np.sum(u ** 2)


case(heat_implicit, lambda r: (normal(r, 6), 0.3, 3), wrt=(0, 1))


def blocks_of(a, b, x):
    M = linalg.block_diag(a, b, 2.0)
    return x @ linalg.solve(M, x) + linalg.det(M)


case(
    blocks_of,
    lambda r: (normal(r, 2, 2) + 3 * np.eye(2), normal(r, 3, 3) + 3 * np.eye(3), normal(r, 6)),
    wrt=(0, 1, 2),
)


def normal_likelihood(mu, log_s, x):
    return -np.sum(stats.norm.logpdf(x, mu, np.exp(log_s)))


case(normal_likelihood, lambda r: (normal(r), normal(r), normal(r, 6)), "golden", wrt=(0, 1))


def student_regression(w, X, y, df):
    return -np.sum(stats.t.logpdf(y - X @ w, df, scale=0.5))


case(
    student_regression,
    lambda r: (normal(r, 3), normal(r, 6, 3), normal(r, 6), 4.0),
    "golden",
    wrt=(0, 3),
)


def gamma_poisson(theta, counts, rates):
    a, b = np.exp(theta)
    prior = np.sum(stats.gamma.logpdf(rates, a, scale=1 / b))
    return -prior - np.sum(stats.poisson.logpmf(counts, rates))


case(
    gamma_poisson,
    lambda r: (0.3 * normal(r, 2), r.integers(0, 6, 5), positive(r, 5)),
    "golden",
    wrt=(0, 2),
)


def censored(beta, t, seen):
    scale = np.exp(beta)
    log_f = stats.weibull_min.logpdf(t, 1.7, scale=scale)
    log_s = stats.weibull_min.logsf(t, 1.7, scale=scale)
    return -np.sum(np.where(seen, log_f, log_s))


case(censored, lambda r: (normal(r), positive(r, 6), r.random(6) < 0.6), wrt=(0, 1))


def shape_of_a_sample(x):
    z = stats.zscore(x)
    return stats.skew(z) ** 2 + stats.kurtosis(x) ** 2 + stats.sem(x)


case(shape_of_a_sample, lambda r: (normal(r, 8),))

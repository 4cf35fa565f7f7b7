"""Losses with SciPy's functions."""

from __future__ import annotations

import numpy as np
from scipy import special

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

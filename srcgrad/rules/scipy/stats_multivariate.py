"""Distributions of vectors, and densities estimated of samples."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg, special, stats

from srcgrad import runtime
from srcgrad.rules.functionals import DEFINITIONS, FROZEN


def multivariate_normal(
    x: Any, mean: Any = None, cov: Any = 1.0, allow_singular: Any = False
) -> Any:
    """Return the log-density, by the Cholesky factor of the covariance."""
    if allow_singular:
        raise runtime.refused()
    x = runtime.doubles(x)
    diff = x if mean is None else x - mean
    if np.ndim(cov) == 2:
        return np.squeeze(of_matrix(diff, cov)) if np.ndim(diff) > 1 else of_matrix(diff, cov)
    if mean is None or np.ndim(mean) == 0:  # numbers, not vectors
        if np.ndim(cov) == 1 or np.ndim(x) > 1:
            raise runtime.refused()
        return -0.5 * (diff**2 / cov + np.log(cov) + 1.8378770664093453)
    if len(mean) == 1:
        raise runtime.refused()
    if np.ndim(cov) == 1:
        log_det, square = np.sum(np.log(cov)), np.sum(diff**2 / cov, axis=-1)
    else:
        log_det, square = len(mean) * np.log(cov), np.sum(diff**2, axis=-1) / cov
    log = -0.5 * (square + log_det + len(mean) * 1.8378770664093453)
    return np.squeeze(log) if np.ndim(diff) > 1 else log


def of_matrix(diff: Any, cov: Any) -> Any:
    """Return the log-density for a matrix of covariances."""
    if len(cov) == 1:
        raise runtime.refused()
    factor = linalg.cholesky(cov, lower=True)
    constant = 2.0 * np.sum(np.log(np.diag(factor))) + len(cov) * 1.8378770664093453
    if np.ndim(diff) == 1:
        z = linalg.solve_triangular(factor, diff, lower=True)
        return -0.5 * (z @ z + constant)
    if np.ndim(diff) == 2:
        z = linalg.solve_triangular(factor, diff.T, lower=True)
        return -0.5 * (np.sum(z**2, axis=0) + constant)
    z = linalg.solve_triangular(factor, np.reshape(diff, (-1, len(cov))).T, lower=True)
    return -0.5 * (np.reshape(np.sum(z**2, axis=0), np.shape(diff)[:-1]) + constant)


def multivariate_normal_pdf(
    x: Any, mean: Any = None, cov: Any = 1.0, allow_singular: Any = False
) -> Any:
    return np.exp(multivariate_normal(x, mean, cov, allow_singular))


def dirichlet(x: Any, alpha: Any) -> Any:
    """Return the log-density; what is lacking of the numbers is what they lack to 1."""
    a, p = runtime.doubles(alpha), runtime.doubles(x)
    if np.ndim(p) != 1:
        raise runtime.refused()
    if len(p) == len(a) - 1:
        p = np.append(p, 1.0 - np.sum(p))
    constant = special.gammaln(np.sum(a)) - np.sum(special.gammaln(a))
    return constant + np.sum(special.xlogy(a - 1.0, p))


def dirichlet_pdf(x: Any, alpha: Any) -> Any:
    return np.exp(dirichlet(x, alpha))


def multinomial(x: Any, n: Any, p: Any) -> Any:
    """Return the logarithm of the chance; the last chance is what the others lack to 1."""
    counts, given = runtime.doubles(x), runtime.doubles(p)
    if np.ndim(given) != 1:
        raise runtime.refused()
    last = 1.0 - np.sum(given[:-1])
    terms = np.sum(
        special.xlogy(counts[..., :-1], given[:-1]) - special.gammaln(counts[..., :-1] + 1.0),
        axis=-1,
    )
    final = special.xlogy(counts[..., -1], last) - special.gammaln(counts[..., -1] + 1.0)
    log = special.gammaln(n + 1.0) + terms + final
    return np.where(np.sum(counts, axis=-1) == n, log, -np.inf)


def multinomial_pmf(x: Any, n: Any, p: Any) -> Any:
    return np.exp(multinomial(x, n, p))


def kde_logpdf(x: Any, dataset: Any, bw_method: Any = None, weights: Any = None) -> Any:
    """Return the logarithm of the density that is estimated of samples of equal weight."""
    data, points = np.atleast_2d(runtime.doubles(dataset)), np.atleast_2d(runtime.doubles(x))
    d, n = np.shape(data)
    if weights is not None or np.shape(points)[0] != d:
        raise runtime.refused()
    if bw_method is None or bw_method == "scott":
        width = n ** (-1.0 / (d + 4))
    elif bw_method == "silverman":
        width = (n * (d + 2) / 4.0) ** (-1.0 / (d + 4))
    else:
        width = bw_method
    factor = linalg.cholesky(np.atleast_2d(np.cov(data)), lower=True) * width
    samples = linalg.solve_triangular(factor, data, lower=True)
    places = linalg.solve_triangular(factor, points, lower=True)
    energy = 0.5 * np.sum((places[:, :, None] - samples[:, None, :]) ** 2, axis=0)
    constant = np.log(n) + np.sum(np.log(np.diag(factor))) + 0.9189385332046727 * d
    return special.logsumexp(-energy, axis=1) - constant


def kde_pdf(x: Any, dataset: Any, bw_method: Any = None, weights: Any = None) -> Any:
    return np.exp(kde_logpdf(x, dataset, bw_method, weights))


FROZEN.update(
    {
        stats.gaussian_kde: ("dataset", "bw_method", "weights"),
        stats.multivariate_normal: ("mean", "cov", "allow_singular"),
        stats.dirichlet: ("alpha",),
        stats.multinomial: ("n", "p"),
    }
)
DEFINITIONS.update(
    {
        stats.gaussian_kde.logpdf: kde_logpdf,
        stats.gaussian_kde.pdf: kde_pdf,
        stats.gaussian_kde.evaluate: kde_pdf,
        stats.multivariate_normal.logpdf: multivariate_normal,
        stats.multivariate_normal.pdf: multivariate_normal_pdf,
        stats.dirichlet.logpdf: dirichlet,
        stats.dirichlet.pdf: dirichlet_pdf,
        stats.multinomial.logpmf: multinomial,
        stats.multinomial.pmf: multinomial_pmf,
    }
)

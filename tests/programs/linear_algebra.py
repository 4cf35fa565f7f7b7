"""Factorisations and solvers as textbooks write them: loops over rows and columns, in place."""

import math

import numpy as np

from tests.programs.case import Case, collector, pick

CASES: list[Case] = []
case = collector(CASES)


def dominant(rng, n):
    """A matrix that needs no pivoting."""
    return rng.normal(size=(n, n)) + 2.0 * math.sqrt(n) * np.eye(n)


def positive_definite(rng, n):
    """A well-conditioned covariance matrix."""
    X = rng.normal(size=(n, 2 * n))
    return X @ X.T / (2 * n) + 0.5 * np.eye(n)


def lu_loss(A):
    """Doolittle's factorisation, element by element, in the place of the matrix."""
    A = A.copy()
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            A[i, j] -= A[i, :j] @ A[:j, j]
            A[i, j] /= A[j, j]
        for j in range(i, n):
            A[i, j] -= A[i, :i] @ A[:i, j]
    return np.sum(A * A)


def lu_args(rng, scale):
    return (dominant(rng, pick(scale, 5, 80)),)


case(lu_loss, lu_args, "complex", "golden")


def lu_outer_loss(A):
    """The same factorisation by columns and rank-one updates."""
    A = A.copy()
    n = len(A)
    for k in range(n - 1):
        A[k + 1 :, k] /= A[k, k]
        A[k + 1 :, k + 1 :] -= np.outer(A[k + 1 :, k], A[k, k + 1 :])
    return np.sum(np.log(np.abs(np.diag(A)))) + np.sum(np.tril(A, -1) ** 2)


def lu_outer_args(rng, scale):
    return (dominant(rng, pick(scale, 5, 200)),)


case(lu_outer_loss, lu_outer_args, "golden")


def factor(A, perm):
    """Factor a matrix in place with partial pivoting; ``perm`` follows the rows."""
    n = len(A)
    for k in range(n - 1):
        p = k + np.argmax(np.abs(A[k:, k]))
        if p != k:
            A[[k, p]] = A[[p, k]]
            perm[k], perm[p] = perm[p], perm[k]
        for i in range(k + 1, n):
            A[i, k] /= A[k, k]
            A[i, k + 1 :] -= A[i, k] * A[k, k + 1 :]


def elimination_loss(A, b):
    """Gaussian elimination with row exchanges, then the two triangular systems."""
    LU = A.copy()
    n = len(b)
    perm = np.arange(n)
    factor(LU, perm)
    x = b[perm]
    for i in range(1, n):
        x[i] -= np.dot(LU[i, :i], x[:i])
    for i in range(n - 1, -1, -1):
        x[i] = (x[i] - np.dot(LU[i, i + 1 :], x[i + 1 :])) / LU[i, i]
    return np.sum(x**2)


def elimination_args(rng, scale):
    n = pick(scale, 5, 90)
    return (dominant(rng, n) + 4.0 * np.eye(n))[::-1].copy(), rng.normal(size=n)


case(elimination_loss, elimination_args, wrt=(0, 1))


def cholesky_loss(A, x):
    """Cholesky's factorisation in the lower triangle, then the density of a Gaussian."""
    L = A.copy()
    n = L.shape[0]
    for i in range(n):
        for j in range(i):
            L[i, j] -= np.dot(L[i, :j], L[j, :j])
            L[i, j] /= L[j, j]
        L[i, i] -= np.dot(L[i, :i], L[i, :i])
        L[i, i] = np.sqrt(L[i, i])
    z = np.zeros(n)
    log_det = 0.0
    for i in range(n):
        z[i] = (x[i] - np.dot(L[i, :i], z[:i])) / L[i, i]
        log_det += math.log(L[i, i])
    return 0.5 * np.sum(z * z) + log_det


def cholesky_args(rng, scale):
    n = pick(scale, 5, 80)
    return positive_definite(rng, n), rng.normal(size=n)


case(cholesky_loss, cholesky_args, wrt=(0, 1))


def cholesky_columns(A):
    """Factor in place by columns, the whole part below the diagonal at once; returns nothing."""
    n = len(A)
    for j in range(n):
        A[j, j] = math.sqrt(A[j, j])
        A[j + 1 :, j] /= A[j, j]
        for k in range(j + 1, n):
            A[k:, k] -= A[k:, j] * A[k, j]


def cholesky_columns_loss(A):
    """A loss whose helper destroys the argument itself."""
    cholesky_columns(A)
    return np.sum(np.tril(A) ** 3)


def cholesky_columns_args(rng, scale):
    return (positive_definite(rng, pick(scale, 5, 80)),)


case(cholesky_columns_loss, cholesky_columns_args)


def gram_schmidt_loss(A):
    """The modified Gram-Schmidt process: orthonormal columns in Q, coefficients in R."""
    A = A.copy()
    m, n = A.shape
    Q = np.zeros((m, n))
    R = np.zeros((n, n))
    for k in range(n):
        norm = np.sqrt(np.dot(A[:, k], A[:, k]))
        R[k, k] = norm
        Q[:, k] = A[:, k] / R[k, k]
        for j in range(k + 1, n):
            R[k, j] = np.dot(Q[:, k], A[:, j])
            A[:, j] -= Q[:, k] * R[k, j]
    return np.sum(R**2) + np.sum(Q[0] * R[0]) + np.sum(Q**3)


def gram_schmidt_args(rng, scale):
    m, n = pick(scale, (5, 4), (150, 60))
    A = rng.normal(size=(m, n))
    A[:n] += 2.0 * np.eye(n)
    return (A,)


case(gram_schmidt_loss, gram_schmidt_args)


def triangular_solve_loss(L, b):
    """Forward substitution; the answer grows in the place of the right-hand side."""
    x = b.copy()
    for i in range(len(x)):
        for j in range(i):
            x[i] -= L[i, j] * x[j]
        x[i] /= L[i, i]
    return np.sum(x * x)


def triangular_solve_args(rng, scale):
    n = pick(scale, 6, 90)
    return np.tril(rng.normal(size=(n, n)) / n) + 2.0 * np.eye(n), rng.normal(size=n)


case(triangular_solve_loss, triangular_solve_args, "complex", "golden", wrt=(0, 1))


def durbin_loss(r):
    """The Levinson-Durbin recursion: a symmetric Toeplitz system; y meets its own mirror image."""
    n = len(r)
    y = np.zeros(n)
    y[0] = -r[0]
    beta = 1.0
    alpha = -r[0]
    for k in range(1, n):
        beta *= 1.0 - alpha * alpha
        alpha = -(r[k] + np.dot(r[:k][::-1], y[:k])) / beta
        y[:k] += alpha * y[:k][::-1]
        y[k] = alpha
    return np.sum(y**2)


def durbin_args(rng, scale):
    n = pick(scale, 6, 800)
    return (0.4 * rng.normal(size=n) / (1.0 + np.arange(n)) ** 1.5,)


case(durbin_loss, durbin_args, "golden")


def householder_loss(A, b):
    """Least squares by Householder reflections of the matrix and the right-hand side in place."""
    R = A.copy()
    y = b.copy()
    m, n = R.shape
    for k in range(n):
        v = R[k:, k].copy()
        norm = np.sqrt(v @ v)
        if v[0] >= 0.0:
            v[0] += norm
        else:
            v[0] -= norm
        v /= np.sqrt(v @ v)
        R[k:, k:] -= 2.0 * np.outer(v, v @ R[k:, k:])
        y[k:] -= 2.0 * v * (v @ y[k:])
    x = np.zeros(n)
    for k in range(n - 1, -1, -1):
        x[k] = (y[k] - R[k, k + 1 :] @ x[k + 1 :]) / R[k, k]
    return np.sum(x**2) + np.sum(y[n:] ** 2)


def householder_args(rng, scale):
    m, n = pick(scale, (6, 4), (200, 80))
    A = rng.normal(size=(m, n))
    A[:n] += 2.0 * np.eye(n)
    return A, rng.normal(size=m)


case(householder_loss, householder_args, wrt=(0, 1))


def conjugate_gradients_loss(A, b, tol):
    """Conjugate gradients until the residual is small, all vectors updated in place."""
    x = np.zeros_like(b)
    r = b.copy()
    p = r.copy()
    rr = r @ r
    turns = 0
    while rr > tol * tol and turns < 2 * len(b):
        Ap = A @ p
        alpha = rr / (p @ Ap)
        x += alpha * p
        r -= alpha * Ap
        rr_new = r @ r
        p *= rr_new / rr
        p += r
        rr = rr_new
        turns += 1
    return np.sum(x**2)


def conjugate_gradients_args(rng, scale):
    n, tol = pick(scale, (5, 1e-4), (600, 1e-8))
    return positive_definite(rng, n), rng.normal(size=n), tol


case(conjugate_gradients_loss, conjugate_gradients_args, "float64", wrt=(0, 1), step=1e-4)


def matrix_exponential_loss(A, v, squarings, terms):
    """The exponential of a matrix by a Taylor series, scaled and squared."""
    n = len(A)
    B = A / 2.0**squarings
    E = np.eye(n)
    term = np.eye(n)
    for k in range(1, terms):
        term = term @ B / k
        E += term
    for k in range(squarings):
        E = E @ E
    w = E @ v
    return w @ w


def matrix_exponential_args(rng, scale):
    n, squarings, terms = pick(scale, (4, 2, 7), (200, 5, 12))
    return rng.normal(size=(n, n)) / n, rng.normal(size=n), squarings, terms


case(matrix_exponential_loss, matrix_exponential_args, wrt=(0, 1))


def power_iteration_loss(A, v0, turns):
    """The largest eigenvalue of a symmetric matrix; the vector is rescaled in place."""
    v = v0 / np.linalg.norm(v0)
    S = A @ A.T
    for t in range(turns):
        np.dot(S, v.copy(), out=v)
        v /= np.sqrt(np.sum(v * v))
    return v @ S @ v


def power_iteration_args(rng, scale):
    n, turns = pick(scale, (5, 6), (300, 60))
    return rng.normal(size=(n, n)) / math.sqrt(n), rng.uniform(0.5, 1.5, size=n), turns


case(power_iteration_loss, power_iteration_args, wrt=(0, 1))

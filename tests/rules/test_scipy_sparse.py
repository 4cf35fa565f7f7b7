"""Sparse matrices of SciPy: products, systems, and what their entries are owed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcgrad import check_grad, grad
from srcgrad.errors import NoRule, SrcgradError

sparse = pytest.importorskip("scipy.sparse")
linalg = pytest.importorskip("scipy.sparse.linalg")
rng = np.random.default_rng(0)


def normal(*shape: int) -> Any:
    return rng.normal(size=shape)


A = sparse.random(5, 7, 0.5, format="csr", random_state=0)
SYSTEM = sparse.csc_matrix(sparse.random(6, 6, 0.3, random_state=1) + 5 * sparse.eye(6))
SYMMETRIC = sparse.csr_matrix(SYSTEM + SYSTEM.T + 8 * sparse.eye(6))
ROWS, COLUMNS = SYSTEM.nonzero()
DATA = np.asarray(SYSTEM[ROWS, COLUMNS]).ravel()
FACTORS = linalg.splu(SYSTEM)
OPERATOR = linalg.aslinearoperator(A)
FORMATS = ("csr", "csc", "coo", "bsr", "dia", "lil")


@pytest.mark.parametrize("kind", ("matrix", "array"))
@pytest.mark.parametrize("form", FORMATS)
def test_products_with_an_argument(form: str, kind: str) -> None:
    matrix = getattr(sparse, f"{form}_{kind}")(A)

    def loss(x, M, b):
        return np.sum((M @ x - b) ** 2) + np.sum(M.T @ b)

    check_grad(loss, normal(7), matrix, normal(5), wrt=(0, 2))
    check_grad(loss, normal(7), matrix, normal(5), order=2)
    source = grad(loss).source_for(normal(7), matrix, normal(5))
    assert "M.T @" in source


def test_products() -> None:
    def both_sides(x, b):
        return np.sum((A.dot(x) - b) ** 2) + np.sum((A.T @ b) ** 2) + np.sum((b @ A) ** 2)

    def of_matrices(X):
        return np.sum((A @ X) ** 2)

    def starred(x):
        return np.sum((A * x) ** 2)

    def starred_matrix(X):
        return np.sum((A * X) ** 2)

    def squared(x):
        return x @ (A.T @ A) @ x

    def scaled(x):
        return np.sum((2.0 * A @ x) ** 2)

    def operator(x):
        return np.sum((OPERATOR @ x) ** 2)

    def inside(x, d):
        return np.sum((d["A"] @ x) ** 2)

    check_grad(both_sides, normal(7), normal(5), wrt=(0, 1))
    for loss in (of_matrices, starred_matrix):
        check_grad(loss, normal(7, 3))
    for loss in (starred, squared, scaled, operator):
        check_grad(loss, normal(7))
    check_grad(inside, normal(7), {"A": A})
    check_grad(of_matrices, normal(7).astype(np.float32))


def test_square_matrices_and_a_star() -> None:
    """A product of matrices is no product of elements."""

    def loss(X):
        return np.sum((SYSTEM * X) ** 2)

    check_grad(loss, normal(6, 6))
    assert "SYSTEM.T @" in grad(loss).source_for(normal(6, 6))


def test_complex_products() -> None:
    matrix = sparse.csr_matrix(A + 1j * A.multiply(A))

    def loss(x):
        return np.sum(np.abs(matrix @ x) ** 2)

    check_grad(loss, normal(7))
    check_grad(loss, normal(7) + 1j * normal(7))


@pytest.mark.parametrize("name", ("csr_matrix", "csc_matrix", "coo_matrix", "csr_array"))
def test_entries(name: str) -> None:
    make = getattr(sparse, name)

    def loss(data, x):
        matrix = make((data, (ROWS, COLUMNS)), shape=(6, 6))
        return np.sum((matrix @ x) ** 2) + np.sum(x.T @ matrix)

    check_grad(loss, DATA, normal(6), wrt=(0, 1))
    check_grad(loss, DATA, normal(6, 2), wrt=(0, 1))


def test_entries_that_are_there_twice() -> None:
    rows, columns = np.array([0, 0, 1]), np.array([1, 1, 0])

    def loss(data, x):
        return np.sum((sparse.csr_matrix((data, (rows, columns)), shape=(2, 2)) @ x) ** 2)

    check_grad(loss, normal(3), normal(2), wrt=(0, 1))


def test_diagonals() -> None:
    def loss(d, x):
        return np.sum((sparse.diags(d) @ x) ** 2)

    def bands(d, a):
        matrix = sparse.diags([d[:-1], d, a], [-1, 0, 1], shape=(4, 4))
        return np.sum((matrix @ d) ** 2)

    check_grad(loss, normal(4), normal(4), wrt=(0, 1))
    check_grad(bands, normal(4), 0.3, wrt=(0, 1))


def test_systems() -> None:
    def solved(b):
        return np.sum(linalg.spsolve(SYSTEM, b) ** 2)

    def of_entries(data, b):
        matrix = sparse.csc_matrix((data, (ROWS, COLUMNS)), shape=(6, 6))
        return np.sum(linalg.spsolve(matrix, b) ** 2)

    def factored(b):
        return np.sum(FACTORS.solve(b) ** 2) + np.sum(linalg.splu(SYSTEM).solve(b, "T") ** 2)

    check_grad(solved, normal(6), order=2)
    check_grad(of_entries, DATA, normal(6), wrt=(0, 1))
    check_grad(factored, normal(6))


@pytest.mark.parametrize("name", ("cg", "gmres", "bicgstab", "bicg", "cgs", "minres"))
def test_systems_by_steps(name: str) -> None:
    solver = getattr(linalg, name)

    def loss(b):
        return np.sum(solver(SYMMETRIC, b, rtol=1e-12)[0] ** 2)

    check_grad(loss, normal(6))


def test_entries_of_systems_by_steps() -> None:
    def loss(data, b):
        matrix = sparse.csc_matrix((data, (ROWS, COLUMNS)), shape=(6, 6))
        x, _ = linalg.gmres(matrix, b, rtol=1e-12)
        return np.sum(x**2)

    def dense(M, b):
        return np.sum(linalg.gmres(M, b, rtol=1e-12)[0] ** 2)

    check_grad(loss, DATA, normal(6), wrt=(0, 1))
    check_grad(dense, SYSTEM.toarray(), normal(6), wrt=(0, 1))


def test_other_functions() -> None:
    def least_squares(b):
        return np.sum(linalg.lsqr(A, b, atol=1e-13, btol=1e-13)[0] ** 2)

    def grown(b):
        return np.sum(linalg.expm_multiply(SYSTEM, b) ** 2)

    check_grad(least_squares, normal(5))
    check_grad(grown, normal(6))


def test_what_is_no_product_is_refused() -> None:
    def elements(x):
        return np.sum(A.multiply(x))

    def added(x):
        return np.sum(SYSTEM + np.diag(x))

    for loss, n in ((elements, 7), (added, 6)):
        with pytest.raises(SrcgradError):
            grad(loss)(normal(n))


def test_elements_of_sparse_arrays_are_refused() -> None:
    array = sparse.csr_array(SYSTEM)

    def loss(X):
        return np.sum(array * X)

    with pytest.raises(NoRule):
        grad(loss)(normal(6, 6))

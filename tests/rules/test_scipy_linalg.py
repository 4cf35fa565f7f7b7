from __future__ import annotations

import numpy as np
import pytest

from srcgrad import grad
from srcgrad.checks import check_grad
from srcgrad.errors import NoRule
from tests.rules.arrays import rand, single
from tests.rules.compiled import check_rule, defined

linalg = pytest.importorskip("scipy.linalg")

from srcgrad.runtime import foreign_matrices as foreign  # noqa: E402  imports SciPy


def square(n: int, seed: int = 0):
    return rand(n, n, seed=seed) + 4.0 * np.eye(n)


def checked(text: str, *args, order: int = 1):
    """Check the gradient of a loss of x, y and z, with weights that tell all entries apart."""
    names = {"np": np, "linalg": linalg, "w": weighted}
    params = ", ".join("xyz"[: len(args)])
    loss = defined(f"def loss({params}):\n    return {text}\n", names)
    check_grad(loss, *args, wrt=tuple(range(len(args))), order=order)
    return loss


def weighted(a):
    n = np.size(a)
    return np.sum(np.reshape(np.cos(np.arange(n) * 1.7 + 0.3), np.shape(a)) * a)


SPD = "x @ x.T + 2.0 * np.eye(len(x))"


@pytest.mark.parametrize("n", [1, 2, 4])
def test_square(n):
    a, b, c = square(n), rand(n, seed=1), rand(n, 3, seed=2)
    check_rule(linalg.inv, a)
    check_rule(linalg.det, a)
    check_rule(linalg.pinv, a)
    check_rule(linalg.solve, a, b)
    check_rule(linalg.solve, a, c)
    check_rule(linalg.solve, a, c, transposed=True)
    check_rule(linalg.solve, a, b, transposed=True)
    check_rule(linalg.solve, single(a), single(c))
    check_rule(linalg.inv, single(a))


def test_stacks():
    a, b = np.stack([square(3), square(3, 5)]), rand(2, 3, 4, seed=1)
    check_rule(linalg.inv, a)
    check_rule(linalg.det, a)
    check_rule(linalg.solve, a, b)
    check_rule(linalg.solve, a, rand(3, 4))
    check_rule(linalg.expm, 0.3 * a)
    check_rule(linalg.svdvals, rand(2, 3, 4))


@pytest.mark.parametrize(
    ("assume", "shape"),
    [
        ("general", "x"),
        ("symmetric", "x + x.T"),
        ("positive definite", SPD),
        ("pos", SPD),
        ("diagonal", "x * np.eye(len(x))"),
        ("tridiagonal", "np.triu(np.tril(x, 1), -1)"),
        ("banded", "np.triu(np.tril(x, 1), -1)"),
        ("upper triangular", "np.triu(x)"),
        ("lower triangular", "np.tril(x)"),
    ],
)
def test_solve_of_known_structure(assume, shape):
    for b in (rand(4, seed=1), rand(4, 2, seed=1)):
        for lower in (False, True):
            call = f"linalg.solve({shape}, y, assume_a={assume!r}, lower={lower})"
            checked(f"w({call})", square(4), b)


def test_what_solve_finds_out_itself():
    for shape in (SPD, "np.triu(x)", "np.tril(x)", "x * np.eye(len(x))", "x + x.T"):
        checked(f"w(linalg.solve({shape}, y))", square(4), rand(4, seed=1))
        checked(f"w(linalg.inv({shape}))", square(4))


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("trans", [0, 1, "T", "N"])
@pytest.mark.parametrize("unit", [False, True])
def test_solve_triangular(lower, trans, unit):
    options = f"lower={lower}, trans={trans!r}, unit_diagonal={unit}"
    for b in (rand(3, seed=1), rand(3, 2, seed=1)):
        checked(f"w(linalg.solve_triangular(x, y, {options}))", square(3), b)


@pytest.mark.parametrize("lower", [False, True])
def test_cholesky(lower):
    checked(f"w(linalg.cholesky({SPD}, lower={lower}))", rand(3, 3))
    checked(f"w(linalg.cholesky({SPD}, {lower}))", rand(3, 3), order=2)
    checked(f"w(linalg.cho_factor({SPD}, lower={lower})[0])", rand(3, 3))
    for b in (rand(3, seed=1), rand(3, 2, seed=1)):
        solved = f"linalg.cho_solve(linalg.cho_factor({SPD}, lower={lower}), y)"
        checked(f"w({solved})", rand(3, 3), b)
        checked(f"w(linalg.cho_solve((x, {lower}), y))", square(3), b)


def test_cho_factor_taken_apart():
    loss = defined(
        "def loss(x, y):\n"
        f"    c, low = linalg.cho_factor({SPD})\n"
        "    z = linalg.cho_solve((c, low), y)\n"
        "    return y @ z + 2.0 * np.sum(np.log(np.diag(c)))\n",
        {"np": np, "linalg": linalg},
    )
    check_grad(loss, rand(3, 3), rand(3, seed=1), wrt=(0, 1))


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 5), (1, 1), (1, 3), (3, 1)], ids=str)
def test_lu(shape):
    a = rand(*shape) + 2.0 * np.eye(*shape)[::-1]
    check_rule(linalg.lu, a)
    check_rule(linalg.lu, a, permute_l=True)
    check_rule(linalg.lu, a, p_indices=True)
    if shape[0] == shape[1]:
        checked("w(linalg.lu_factor(x)[0])", a)


@pytest.mark.parametrize("trans", [0, 1])
def test_lu_solve(trans):
    a = rand(4, 4)
    for b in (rand(4, seed=1), rand(4, 2, seed=1)):
        checked(f"w(linalg.lu_solve(linalg.lu_factor(x), y, trans={trans}))", a, b)


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 5), (1, 1), (1, 3), (3, 1)], ids=str)
@pytest.mark.parametrize("pivoting", [False, True])
def test_qr(shape, pivoting):
    a, k = rand(*shape), min(shape)
    call = f"linalg.qr(x, mode='economic', pivoting={pivoting})"
    checked(f"w({call}[0]) + w({call}[1])", a)
    call = f"linalg.qr(x, pivoting={pivoting})"
    checked(f"w({call}[0][:, :{k}]) + w({call}[1])", a)
    checked(f"w(linalg.qr(x, mode='r', pivoting={pivoting})[0])", a)


def test_the_rest_of_a_full_q_is_refused():
    loss = defined(
        "def loss(x):\n    return np.sum(linalg.qr(x)[0][:, -1])\n", {"np": np, "linalg": linalg}
    )
    with pytest.raises(NoRule):
        grad(loss)(rand(4, 3))


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (1, 1)], ids=str)
def test_rq(shape):
    a, k = rand(*shape), shape[1] - shape[0]
    checked("w(linalg.rq(x, mode='economic')[0]) + w(linalg.rq(x, mode='economic')[1])", a)
    checked(f"w(linalg.rq(x)[0]) + w(linalg.rq(x)[1][{k}:])", a)


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (1, 1)], ids=str)
def test_polar(shape):
    a = rand(*shape) + 2.0 * np.eye(*shape)
    check_rule(linalg.polar, a)
    check_rule(linalg.polar, a.T, side="left")


def test_orthogonal_procrustes():
    checked(
        "w(linalg.orthogonal_procrustes(x, y)[0]) + linalg.orthogonal_procrustes(x, y)[1]",
        rand(5, 3),
        rand(5, 3, seed=1),
    )


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 5), (1, 1), (1, 3)], ids=str)
def test_svd(shape):
    a = rand(*shape)
    check_rule(linalg.svdvals, a)
    check_rule(linalg.svd, a, compute_uv=False)
    check_rule(linalg.svd, a, full_matrices=False)
    for order in (None, "fro", "nuc", 1, -1, 2, np.inf):
        check_rule(linalg.norm, a, ord=order)
    check_rule(linalg.norm, a, axis=0)
    check_rule(linalg.norm, a, 3, axis=1, keepdims=True)
    check_rule(linalg.norm, a[0])
    check_rule(linalg.pinv, a)


def test_pseudo_inverse_of_symmetric_matrices():
    checked("w(linalg.pinvh(x @ x.T))", rand(4, 2))
    checked(f"w(linalg.pinvh({SPD}, lower=False, return_rank=True)[0])", rand(3, 3))


@pytest.mark.parametrize("shape", [(5, 3), (3, 3)], ids=str)
def test_lstsq(shape):
    a = rand(*shape)
    for b in (rand(shape[0], seed=1), rand(shape[0], 2, seed=1)):
        checked("w(linalg.lstsq(x, y)[0])", a, b)
        checked("w(linalg.lstsq(x, y)[0]) + w(linalg.lstsq(x, y)[3])", a, b)
    if shape[0] > shape[1]:
        checked("np.sum(linalg.lstsq(x, y)[1])", a, rand(shape[0], 2, seed=1))
        checked("np.sum(linalg.lstsq(x, y)[1])", a, rand(shape[0], seed=1))


@pytest.mark.parametrize("n", [1, 3])
def test_eigh(n):
    a = rand(n, n) + np.diag(3.0 * np.arange(n))
    even = "(x + x.T)"
    checked(f"w(linalg.eigh({even})[0]) + w(linalg.eigh({even})[1] ** 2)", a)
    checked(f"w(linalg.eigvalsh({even}))", a)
    checked(f"w(linalg.eigh({even}, eigvals_only=True, lower=False))", a)
    b = "(y @ y.T + 2.0 * np.eye(len(y)))"
    pair = f"linalg.eigh({even}, {b})"
    checked(f"w({pair}[0]) + w({pair}[1] ** 2)", a, rand(n, n, seed=1))
    checked(f"w(linalg.eigvalsh({even}, {b}))", a, rand(n, n, seed=1))


def test_tridiagonal_eigenvalues():
    d, e = rand(4) + 3.0 * np.arange(4), rand(3, seed=1)
    checked("w(linalg.eigvalsh_tridiagonal(x, y))", d, e)
    checked("w(linalg.eigh_tridiagonal(x, y, eigvals_only=True))", d, e)
    checked("w(linalg.eigh_tridiagonal(x, y)[0] + linalg.eigh_tridiagonal(x, y)[1] ** 2)", d, e)


FUNCTIONS = "expm sinm cosm tanm sinhm coshm tanhm"


@pytest.mark.parametrize("n", [1, 3])
def test_functions_of_matrices(n):
    a = 0.3 * rand(n, n)
    for name in FUNCTIONS.split():
        check_rule(getattr(linalg, name), a)
    check_rule(linalg.logm, 0.3 * square(n))
    check_rule(linalg.sqrtm, square(n))
    checked("w(linalg.fractional_matrix_power(x, 0.7))", square(n)[:1, :1] * np.eye(n))
    check_rule(linalg.expm_frechet, a, rand(n, n, seed=1))
    check_rule(linalg.expm_frechet, a, rand(n, n, seed=1), compute_expm=False)
    checked("w(linalg.expm(x))", a, order=2)
    checked("w(linalg.cosm(x))", a, order=2)


def test_matrix_equations():
    a, b, q = square(3), square(2, 1), rand(3, 2, seed=2)
    check_rule(linalg.solve_sylvester, a, b, q)
    check_rule(linalg.solve_continuous_lyapunov, a, rand(3, 3, seed=3))
    check_rule(linalg.solve_discrete_lyapunov, 0.1 * a, rand(3, 3, seed=3))
    checked("w(linalg.solve_sylvester(x, y, z))", a, b, q, order=2)
    for name in ("continuous", "discrete"):
        call = f"linalg.solve_{name}_are(x, y, z @ z.T, np.eye(2) + 0.1 * y.T @ y)"
        checked(f"w({call})", 0.5 * rand(3, 3), rand(3, 2, seed=1), square(3, 2))


def test_matrices_of_vectors():
    for n in (1, 4):
        c = rand(n)
        for fn in (linalg.toeplitz, linalg.hankel, linalg.circulant, linalg.fiedler):
            check_rule(fn, c)
        for m in (1, 3, 6):
            check_rule(linalg.toeplitz, c, rand(m, seed=1))
            check_rule(linalg.hankel, c, rand(m, seed=1))
            for mode in ("full", "same", "valid"):
                check_rule(linalg.convolution_matrix, c, m, mode)
    check_rule(linalg.companion, rand(4))
    check_rule(linalg.leslie, rand(4), rand(3, seed=1))
    check_rule(linalg.diagsvd, rand(3), 4, 3)
    check_rule(linalg.khatri_rao, rand(2, 3), rand(4, 3, seed=1))
    check_rule(linalg.block_diag, rand(2, 3), rand(3, seed=1), rand(1, 1, seed=2), 2.5)
    check_rule(linalg.block_diag, rand(2, 2))
    check_rule(linalg.toeplitz, single(rand(4)))


def test_systems_of_structured_matrices():
    c, r = rand(4) + np.array([6.0, 0, 0, 0]), rand(4, seed=1)
    for b in (rand(4, seed=2), rand(4, 2, seed=2)):
        checked("w(linalg.solve_toeplitz(x, y))", c, b)
        checked("w(linalg.solve_toeplitz((x, y), z))", c, r, b)
        checked("w(linalg.matmul_toeplitz(x, y))", c, b)
        checked("w(linalg.matmul_toeplitz((x, y), z))", c, r, b)
        checked("w(linalg.solve_circulant(x, y))", c, b)
    checked("w(linalg.matmul_toeplitz((x, y), z))", rand(6), rand(4, seed=1), rand(4, seed=2))


@pytest.mark.parametrize("lower", [False, True])
def test_bands(lower):
    ab = rand(3, 5) + (np.array([[6.0], [0], [0]]) if lower else np.array([[0], [0], [6.0]]))
    for b in (rand(5, seed=1), rand(5, 2, seed=1)):
        checked(f"w(linalg.solveh_banded(x, y, lower={lower}))", ab, b)
        solved = f"linalg.cho_solve_banded((linalg.cholesky_banded(x, lower={lower}), {lower}), y)"
        checked(f"w({solved})", ab, b)
    checked(f"w(linalg.eigvals_banded(x, lower={lower}))", ab + np.arange(5.0))
    pair = f"linalg.eig_banded(x, lower={lower})"
    checked(f"w({pair}[0]) + w({pair}[1] ** 2)", ab + np.arange(5.0))


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("width", [0, 1, 2, 4])
def test_cholesky_factors_of_bands(lower, width):
    n = 5
    ab = 0.5 * rand(width + 1, n)
    ab[0 if lower else -1] += 6.0
    names = {"np": np, "linalg": linalg, "w": weighted}
    inside = np.ones((width + 1, n))
    for k in range(1, width + 1):
        inside[k if lower else width - k, slice(n - k, n) if lower else slice(0, k)] = 0.0
    text = f"def loss(x):\n    return w(inside * linalg.cholesky_banded(x, lower={lower}))\n"
    check_grad(defined(text, {**names, "inside": inside}), ab)


@pytest.mark.parametrize("sides", [(1, 1), (0, 2), (2, 0), (2, 1)], ids=str)
def test_solve_banded(sides):
    ab = rand(sum(sides) + 1, 5)
    ab[sides[1]] += 5.0
    for b in (rand(5, seed=1), rand(5, 2, seed=1)):
        checked(f"w(linalg.solve_banded({sides}, x, y))", ab, b)


def test_turned_bands():
    a = np.triu(np.tril(rand(5, 5), 1), -2)
    ab = np.zeros((4, 5))
    for i in range(5):
        for j in range(5):
            if -2 <= j - i <= 1:
                ab[1 + i - j, j] = a[i, j]
    back = foreign.band_turned(ab, 2, 1)
    for i in range(5):
        for j in range(5):
            if -1 <= j - i <= 2:
                assert back[2 + i - j, j] == a[j, i]


REFUSED = {
    "np.sum(linalg.null_space(x))": "of the bases of a space it gives any",
    "np.sum(linalg.schur(x)[0])": "its blocks jump where eigenvalues meet",
    "np.sum(linalg.funm(x, np.sin))": "what its function is like near the matrix is not known",
}


@pytest.mark.parametrize("text", REFUSED)
def test_refusals_have_reasons(text):
    loss = defined(f"def loss(x):\n    return {text}\n", {"np": np, "linalg": linalg})
    with pytest.raises(NoRule) as caught:
        grad(loss)(square(3))
    assert REFUSED[text] in str(caught.value)


def test_what_is_overwritten_is_refused():
    from srcgrad.errors import SrcgradError

    text = "def loss(x):\n    return np.sum(linalg.inv(x, overwrite_a=True))\n"
    with pytest.raises(SrcgradError):
        grad(defined(text, {"np": np, "linalg": linalg}))(np.asfortranarray(square(3)))

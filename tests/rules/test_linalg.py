from __future__ import annotations

import operator

import numpy as np
import pytest

from srcgrad import runtime
from srcgrad.program.ops import method
from tests.rules.arrays import rand, single, strided
from tests.rules.compiled import check_rule

PRODUCTS = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 4)),
    ((1, 3), (3, 1)),
    ((2, 0), (0, 3)),
    ((0, 2), (2, 3)),
]
STACKS = [
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 2)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((1, 2, 3), (5, 3, 4)),
    ((2, 1, 2, 3), (5, 3, 4)),
]


@pytest.mark.parametrize("shapes", [*PRODUCTS, *STACKS], ids=str)
@pytest.mark.parametrize("fn", [np.matmul, operator.matmul])
def test_matmul(fn, shapes):
    a, b = rand(*shapes[0]), rand(*shapes[1], seed=1)
    check_rule(fn, a, b)
    check_rule(fn, single(a), single(b))


@pytest.mark.parametrize("shapes", [*PRODUCTS, *STACKS], ids=str)
def test_parts_of_matmul(shapes):
    a, b = rand(*shapes[0]), rand(*shapes[1], seed=1)
    g = rand(*np.shape(a @ b), seed=2)
    check_rule(runtime.matmul_left, g, a, b)
    check_rule(runtime.matmul_right, g, a, b)


@pytest.mark.parametrize(
    "shapes",
    [
        *PRODUCTS,
        ((), (3,)),
        ((2, 3), ()),
        ((), ()),
        ((5, 2, 3), (3,)),
        ((3,), (5, 3, 2)),
        ((5, 2, 3), (3, 4)),
        ((2, 3), (5, 3, 4)),
        ((2, 5, 3), (4, 3, 2)),
    ],
    ids=str,
)
def test_dot(shapes):
    a, b = rand(*shapes[0]), rand(*shapes[1], seed=1)
    check_rule(np.dot, a, b)
    check_rule(method("dot"), a, b)
    check_rule(np.dot, single(a), single(b))


def test_not_contiguous():
    check_rule(np.matmul, strided(3, 2), strided(2, 3, seed=1))
    check_rule(np.matmul, rand(2, 3).T, rand(2, 4, seed=1))


@pytest.mark.parametrize(
    "shapes",
    [
        ((3,), (3,)),
        ((2, 3), (4, 3)),
        ((2, 5, 3), (4, 3)),
        ((3,), (2, 3)),
        ((2, 3), (3,)),
        ((), (3,)),
    ],
    ids=str,
)
def test_inner(shapes):
    check_rule(np.inner, rand(*shapes[0]), rand(*shapes[1], seed=1))


def test_outer():
    check_rule(np.outer, rand(3), rand(2))
    check_rule(np.outer, rand(2, 2), rand(3))
    check_rule(np.outer, single(rand(3)), single(rand(2)))


def test_vdot():
    check_rule(np.vdot, rand(3), rand(3, seed=1))
    check_rule(np.vdot, rand(2, 3), rand(3, 2, seed=1))


@pytest.mark.parametrize(
    ("a", "b", "axes"),
    [
        ((2, 3), (4, 5), 0),
        ((2, 3), (3, 4), 1),
        ((2, 3, 4), (3, 4, 5), 2),
        ((2, 3, 4), (3, 4), 2),
        ((2, 3), (2, 3), 2),
        ((2, 3, 4), (4, 3, 5), ([1, 2], [1, 0])),
        ((2, 3, 4), (5, 2), (0, 1)),
        ((2, 3, 4), (5, 2), ([0], [1])),
        ((2, 3, 4), (4, 2, 5), ((-1, 0), (0, 1))),
    ],
    ids=str,
)
def test_tensordot(a, b, axes):
    check_rule(np.tensordot, rand(*a), rand(*b, seed=1), axes)


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [
        ("ij,jk->ik", [(2, 3), (3, 4)]),
        ("ij,jk", [(2, 3), (3, 4)]),
        ("ij->ji", [(2, 3)]),
        ("ij->", [(2, 3)]),
        ("ij->i", [(2, 3)]),
        ("ij->j", [(2, 3)]),
        ("ii->i", [(3, 3)]),
        ("ii", [(3, 3)]),
        ("ii->", [(3, 3)]),
        ("iij->j", [(3, 3, 2)]),
        ("i,i->", [(3,), (3,)]),
        ("i,j->ij", [(3,), (2,)]),
        ("bij,bjk->bik", [(2, 3, 4), (2, 4, 2)]),
        ("...ij,...jk->...ik", [(2, 3, 4), (4, 2)]),
        ("...ij,jk", [(2, 3, 4), (4, 2)]),
        ("...i,...i->...", [(2, 1, 3), (4, 3)]),
        ("i...->...", [(2, 3, 4)]),
        ("ij,kl->ik", [(2, 3), (4, 2)]),
        ("ij,jk,kl->il", [(2, 3), (3, 4), (4, 2)]),
        ("i,ij,j", [(2,), (2, 3), (3,)]),
        (" i j , j -> i ", [(2, 3), (3,)]),
        ("ijk,ijk->", [(2, 3, 2), (2, 3, 2)]),
        (",i->i", [(), (3,)]),
        ("i...i->...i", [(3, 2, 3)]),
        ("...ii->...", [(2, 3, 3)]),
        ("ij,jk,kl,lm->im", [(2, 3), (3, 4), (4, 2), (2, 3)]),
    ],
)
def test_einsum(subscripts, shapes):
    operands = [rand(*shape, seed=i) for i, shape in enumerate(shapes)]
    check_rule(np.einsum, subscripts, *operands)
    check_rule(np.einsum, subscripts, *map(single, operands))
    check_rule(np.einsum, subscripts, *operands, optimize=True)


def test_einsum_text():
    assert runtime.einsum_turned("ij,jk->ik", 1) == "ik,ij->jk"


def test_kron():
    check_rule(np.kron, rand(2), rand(3))
    check_rule(np.kron, rand(2, 3), rand(3, 2, seed=1))
    check_rule(np.kron, rand(2), rand(3, 2, seed=1))
    check_rule(np.kron, rand(2, 3), rand(2, seed=1))


def test_trace_and_diagonals():
    for x in (rand(3, 3), rand(3, 4), rand(4, 2)):
        for offset in (0, 1, -1):
            check_rule(np.trace, x, offset)
            check_rule(method("trace"), x, offset)
            check_rule(np.diagonal, x, offset)
            check_rule(np.diag, x, offset)
    check_rule(np.trace, rand(2, 3, 4), 0, 1, 2)
    check_rule(np.trace, rand(3, 4, 2), axis1=2, axis2=0)
    check_rule(np.diagonal, rand(3, 4, 2), 1, 1, 0)
    check_rule(np.diagonal, rand(2, 3, 4), axis1=-2, axis2=-1)
    check_rule(np.trace, single(rand(3, 3)))
    for offset in (0, 1, -2):
        check_rule(np.diag, rand(3), offset)


def definite(n, *stack):
    a = rand(*stack, n, n)
    return a @ np.swapaxes(a, -1, -2) + 2.0 * np.eye(n)


def test_solving():
    a = rand(3, 3) + 3.0 * np.eye(3)
    stack = rand(2, 3, 3) + 3.0 * np.eye(3)
    check_rule(np.linalg.inv, a)
    check_rule(np.linalg.inv, stack)
    check_rule(np.linalg.solve, a, rand(3))
    check_rule(np.linalg.solve, a, rand(3, 2))
    check_rule(np.linalg.solve, stack, rand(3))
    check_rule(np.linalg.solve, stack, rand(3, 2))
    check_rule(np.linalg.solve, stack, rand(2, 3, 2))
    check_rule(np.linalg.solve, a, rand(2, 3, 2))
    check_rule(np.linalg.det, a)
    check_rule(np.linalg.det, stack)
    check_rule(np.linalg.slogdet, a)
    check_rule(np.linalg.slogdet, stack)


def test_decompositions():
    def cholesky(a):
        return np.linalg.cholesky(0.5 * (a + np.swapaxes(a, -1, -2)))

    from srcgrad.rules.table import pull, rule_for

    pull(cholesky, rule_for(np.linalg.cholesky).function)
    check_rule(cholesky, definite(3))
    check_rule(cholesky, definite(3, 2))

    def eigvalsh(a):
        return np.linalg.eigvalsh(0.5 * (a + np.swapaxes(a, -1, -2)))

    pull(eigvalsh, rule_for(np.linalg.eigvalsh).function)
    check_rule(eigvalsh, definite(3))
    check_rule(eigvalsh, definite(3, 2))

    def eigh(a):
        return np.linalg.eigh(0.5 * (a + np.swapaxes(a, -1, -2)))

    pull(eigh, rule_for(np.linalg.eigh).function)
    check_rule(eigh, definite(3))
    check_rule(eigh, definite(3, 2))


@pytest.mark.filterwarnings("ignore:Arrays of 2-dimensional vectors")
def test_cross_of_two_and_three_elements():
    try:
        np.cross(np.ones(2), np.ones(3))
    except ValueError:
        pytest.skip("this NumPy takes three elements only")
    check_rule(np.cross, rand(2), rand(3, seed=1))
    check_rule(np.cross, rand(4, 3), rand(2, seed=1))
    check_rule(np.cross, rand(4, 2), rand(4, 3, seed=1))


def test_cross_and_convolve():
    check_rule(np.cross, rand(3), rand(3, seed=1))
    check_rule(np.cross, rand(4, 3), rand(3, seed=1))
    for mode in ("full", "same", "valid"):
        for n, m in ((5, 3), (3, 5), (4, 4), (5, 2), (2, 5), (1, 3)):
            check_rule(np.convolve, rand(n), rand(m, seed=1), mode)


def test_inverse_of_triangular_matrices():
    for n in (3, 100, 131):
        a = np.tril(rand(n, n)) + 3.0 * np.eye(n)
        assert np.allclose(runtime.lower_inverse(a) @ a, np.eye(n))
    stack = np.tril(rand(2, 60, 60)) + 3.0 * np.eye(60)
    assert np.allclose(runtime.lower_inverse(stack) @ stack, np.eye(60))


def test_cholesky_of_large_and_upper():
    from srcgrad.checks import check_grad

    a = definite(60)
    weight = rand(60, 60, seed=3)

    def loss(scale):
        return np.sum(weight * np.linalg.cholesky(a * scale + scale * scale * np.eye(60)))

    check_grad(loss, 1.3)
    check_grad(loss, 1.3, order=2)
    upper = rand(3, 3)
    check_grad(lambda m: np.sum(upper * np.linalg.cholesky(m + m.T, upper=True)), definite(3))


def test_cofactors():
    singular = np.outer(rand(3), rand(3, seed=1))
    assert np.allclose(runtime.cofactors(singular), 0.0)
    a = rand(4, 4)
    assert np.allclose(runtime.cofactors(a), np.linalg.det(a) * np.linalg.inv(a).T)
    check_rule(runtime.cofactors, a)
    check_rule(runtime.cofactors, rand(2, 3, 3))

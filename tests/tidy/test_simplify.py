"""The algebra of derived statements: what becomes shorter, and what must not change."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from srcgrad import runtime
from srcgrad.facts.kinds import Arr, Py, Sym, Type
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Const, Let, Program, Var
from srcgrad.program.show import show
from srcgrad.tidy.prune import prune
from srcgrad.tidy.share import share
from srcgrad.tidy.simplify import simplify
from tests.strategies import arguments, programs
from tests.tidy.util import assert_keeps

F8 = np.dtype(float)
N, K = Sym("n"), Sym("k")
VECTOR = Arr(F8, (N,))


@settings(max_examples=300, deadline=None)
@given(programs())
def test_keeps_results(program: Program) -> None:
    assert_keeps(program, simplify, *arguments())


@settings(max_examples=200, deadline=None)
@given(programs())
def test_keeps_results_typed(program: Program) -> None:
    types: dict[Var, Type] = dict.fromkeys(program.params[:2], Arr(F8, (3,)))
    types[program.params[2]] = Py(float)

    def tidy(program: Program) -> Program:
        for _ in range(2):
            program = prune(share(simplify(program, types)), types)
        return program

    assert_keeps(program, tidy, *arguments())


def _lines(program: Program, types: dict[Var, Type] | None = None) -> list[str]:
    """Return the derived statements that are left."""
    text = show(prune(simplify(program, types), types)).splitlines()
    place = next(i for i, line in enumerate(text) if "mark(" in line)
    return [
        line.strip().replace("operator.", "").replace("numpy.", "") for line in text[place + 1 :]
    ]


def _derived(*params: Var) -> Builder:
    b = Builder()
    b.do(ops.mark, "backward")
    return b


A, B, S, C = Var("a"), Var("b"), Var("s"), Var("c")
TYPES: dict[Var, Type] = {A: VECTOR, B: VECTOR, S: Py(float), C: Arr(np.dtype(bool), (N,))}


def _quotient(let: Any) -> Any:
    return let(operator.truediv, let(operator.neg, A), B)


def _text(make: Any, types: dict[Var, Type] | None = TYPES) -> list[str]:
    b = _derived()
    return _lines(Program("f", (A, B, S, C), b.block(make(b.let))), types)


@pytest.mark.parametrize(
    ("make", "lines"),
    [
        (lambda let: let(operator.mul, 1.0, A), ["-> a"]),
        (lambda let: let(operator.mul, A, 1.0), ["-> a"]),
        (lambda let: let(operator.truediv, A, 1.0), ["-> a"]),
        (lambda let: let(operator.pow, A, 1), ["-> a"]),
        (lambda let: let(operator.add, A, 0.0), ["-> a"]),
        (lambda let: let(operator.neg, let(operator.neg, A)), ["-> a"]),
        (lambda let: let(operator.mul, A, -1.0), ["neg = neg(a)", "-> neg"]),
        (
            lambda let: let(operator.add, A, let(operator.neg, B)),
            ["sub = sub(a, b)", "-> sub"],
        ),
        (
            lambda let: let(operator.add, let(operator.neg, A), B),
            ["sub = sub(b, a)", "-> sub"],
        ),
        (
            lambda let: let(operator.sub, A, let(operator.neg, B)),
            ["add = add(a, b)", "-> add"],
        ),
        (
            lambda let: let(operator.add, A, let(operator.mul, let(operator.neg, S), B)),
            ["mul = mul(s, b)", "sub = sub(a, mul)", "-> sub"],
        ),
        (
            lambda let: let(operator.mul, A, let(operator.neg, B)),
            ["neg = neg(b)", "mul = mul(neg, a)", "-> mul"],
        ),
        (
            lambda let: let(operator.mul, let(operator.sub, 2, 1), let(operator.mul, 2.0, A)),
            ["mul = mul(2.0, a)", "-> mul"],
        ),
        (
            lambda let: let(operator.mul, S, let(operator.mul, 2.0, A)),
            ["mul = mul(2.0, s)", "mul.2 = mul(mul, a)", "-> mul.2"],
        ),
        (lambda let: let(operator.pow, A, 2), ["mul = mul(a, a)", "-> mul"]),
        (lambda let: let(operator.add, A, A), ["mul = mul(2.0, a)", "-> mul"]),
        (lambda let: let(runtime.add, A, None), ["-> a"]),
        (lambda let: let(runtime.unbroadcast, A, B), ["-> a"]),
        (lambda let: let(np.transpose, let(ops.attribute("T"), A)), ["-> a"]),
        (lambda let: let(np.reshape, A, let(np.shape, B)), ["-> a"]),
        (lambda let: let(operator.getitem, let(ops.make_tuple, A, B), 1), ["-> b"]),
        (lambda let: let(operator.getitem, let(ops.make_dict, "k", A, "l", B), "k"), ["-> a"]),
        (lambda let: let(np.ndim, A), ["-> 1"]),
        (
            lambda let: let(operator.mul, A, let(operator.truediv, 1.0, B)),
            ["truediv = truediv(a, b)", "-> truediv"],
        ),
        (
            lambda let: let(operator.mul, 2.0, let(operator.truediv, 0.5, A)),
            ["truediv = truediv(1.0, a)", "-> truediv"],
        ),
        (
            lambda let: let(operator.add, A, let(operator.mul, B, _quotient(let))),
            [
                "truediv = truediv(a, b)",
                "mul = mul(b, truediv)",
                "sub = sub(a, mul)",
                "-> sub",
            ],
        ),
        (
            lambda let: let(runtime.times, let(operator.truediv, 1.0, let(np.size, A)), A),
            [
                "attribute('size') = attribute('size')(a)",
                "truediv = truediv(1.0, attribute('size'))",
                "mul = mul(truediv, a)",
                "-> mul",
            ],
        ),
        (
            lambda let: let(np.where, C, let(np.broadcast_to, S, let(np.shape, A)), 0.0),
            ["where = where(c, s, 0.0)", "-> where"],
        ),
        (
            lambda let: let(np.sum, let(np.broadcast_to, S, let(np.shape, A))),
            [
                "attribute('size') = attribute('size')(a)",
                "mul = mul(s, attribute('size'))",
                "-> mul",
            ],
        ),
        (
            lambda let: let(runtime.put_add, A, 0, let(np.broadcast_to, S, let(np.shape, B))),
            ["put_add = srcgrad.runtime.put_add(a, 0, s)", "-> put_add"],
        ),
        (
            lambda let: let(operator.mul, let(np.broadcast_to, S, let(np.shape, A)), B),
            ["mul = mul(s, b)", "-> mul"],
        ),
    ],
)
def test_identities(make: Any, lines: list[str]) -> None:
    assert _text(make) == lines


@pytest.mark.parametrize(
    "make",
    [
        lambda let: let(operator.sub, A, A),
        lambda let: let(operator.mul, 0.0, A),
        lambda let: let(operator.truediv, A, A),
        lambda let: let(operator.mul, S, let(operator.mul, let(operator.mul, 2.0, S), A)),
        lambda let: let(operator.mul, 1e300, let(operator.mul, 1e300, A)),
    ],
)
def test_what_could_change_a_value_stays(make: Any) -> None:
    before = _derived()
    program = Program("f", (A, B, S, C), before.block(make(before.let)))
    assert _lines(program, TYPES) == [
        line.strip().replace("operator.", "") for line in show(program).splitlines()[2:]
    ]


def test_an_integer_keeps_its_factor() -> None:
    types: dict[Var, Type] = {A: Arr(np.dtype(int), (N,))}
    assert _text(lambda let: let(operator.mul, 1.0, A), types)[0] == "mul = mul(1.0, a)"


def test_user_statements_stay() -> None:
    b = Builder()
    y = b.let(operator.mul, 1.0, A)
    program = Program("f", (A,), b.block(y))
    assert show(simplify(program, TYPES)) == show(program)


def test_packed_values_are_passed_on() -> None:
    x, b = Var("x"), Builder()
    double, one = b.let(operator.mul, x, 2), b.let(np.sin, x)
    a, c = Var("a", True), Var("c", True)
    b.add(Let((a, c), ops.unpack, (b.let(ops.make_tuple, double, one), Const(2))))
    program = Program("f", (x,), b.block(a, c))
    new = prune(assert_keeps(program, simplify, 0.3))
    assert [stmt.targets[0].hint for stmt in new.body.stmts if isinstance(stmt, Let)] == ["a", "c"]


def _mse() -> tuple[Program, dict[Var, Type]]:
    w, shift, x, y = (Var(name, True) for name in ("w", "b", "X", "y"))
    b = Builder()
    product = b.let(operator.matmul, x, w)
    moved = b.let(operator.add, product, shift)
    err = b.let(operator.sub, moved, y, hint="err")
    square = b.let(operator.pow, err, 2)
    b.let(np.mean, square)
    b.do(ops.mark, "backward")
    each = b.let(operator.truediv, 1.0, b.let(np.size, square))
    wide = b.let(np.broadcast_to, each, b.let(np.shape, square))
    inner = b.let(operator.mul, 2, b.let(operator.pow, err, b.let(operator.sub, 2, 1)))
    d_err = b.let(runtime.unbroadcast, b.let(operator.mul, wide, inner), err)
    d_w = b.let(operator.matmul, b.let(ops.attribute("T"), x), d_err)
    types: dict[Var, Type] = {w: Arr(F8, (K,)), shift: Arr(F8, ()), x: Arr(F8, (N, K)), y: VECTOR}
    types |= dict.fromkeys((product, moved, err, square), VECTOR)
    return Program("mse", (w, shift, x, y), b.block(d_w)), types


def test_mean_squared_error_without_types() -> None:
    program, _ = _mse()
    assert _lines(prune(program)) == [
        "size = size(err)",
        "truediv = truediv(2.0, size)",
        "mul = mul(truediv, err)",
        "attribute('T') = attribute('T')(X)",
        "matmul.2 = matmul(attribute('T'), mul)",
        "-> matmul.2",
    ]


def test_mean_squared_error_with_types() -> None:
    program, types = _mse()
    assert _lines(prune(program, types), types)[:3] == [
        "attribute('size') = attribute('size')(err)",
        "truediv = truediv(2.0, attribute('size'))",
        "mul = mul(truediv, err)",
    ]

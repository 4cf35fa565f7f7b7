"""What is said to be one number is one, and what is said to be a float is one."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from hypothesis import given, settings

from srcgrad.facts.kinds import Arr, Py, Type
from srcgrad.facts.scalars import scalars
from srcgrad.program.build import Builder
from srcgrad.program.evaluate import evaluate
from srcgrad.program.nodes import Const, Program, Var, While
from srcgrad.program.walk import targets
from tests.strategies import arguments, programs


@settings(max_examples=150, deadline=None)
@given(programs())
def test_is_true(program: Program) -> None:
    x, y, s = program.params
    kinds: dict[Var, Type] = {x: Arr(np.dtype(float), (3,)), y: Arr(np.dtype(float), (3,))}
    single, floats = scalars(program, {**kinds, s: Py(float)})
    whole = [var for stmt in program.body.stmts for var in targets(stmt)]
    probe = Program("probe", program.params, type(program.body)(program.body.stmts, tuple(whole)))
    with np.errstate(all="ignore"):
        values: Any = evaluate(probe, *arguments()) if len(whole) > 1 else ()
    for var, value in zip(whole, values, strict=False):
        if var in single:
            assert np.ndim(value) == 0
        if var in floats:
            assert np.asarray(value).dtype.kind == "f"


def _loop(step: Any) -> tuple[Program, Var]:
    x, n, b, v, out = Var("x"), Var("n"), Builder(), Var("v"), Var("")
    test, body = Builder(), Builder()
    block = body.block(step(body.let, v, n))
    b.add(While((out,), (v,), (x,), test.block(test.let(operator.gt, v, 0.5)), block))
    return Program("f", (x, n), b.block(out)), out


def test_through_a_loop_from_python_to_numpy() -> None:
    program, out = _loop(lambda let, v, n: let(operator.mul, v, let(np.cos, n)))
    single, floats = scalars(program, {program.params[0]: Py(float), program.params[1]: Py(float)})
    assert out in single
    assert out in floats


def test_a_number_that_becomes_an_array_is_none() -> None:
    program, out = _loop(lambda let, v, n: let(operator.add, v, n))
    single, _ = scalars(program, {program.params[0]: Py(float)})
    assert out not in single


def test_a_whole_number_that_stays_whole_is_no_float() -> None:
    program, out = _loop(lambda let, v, n: let(operator.add, v, 1))
    _, floats = scalars(program, {program.params[0]: Py(int)})
    assert out not in floats
    assert Const(1.0).value == 1

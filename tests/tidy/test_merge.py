"""Branches on one condition become one, so that the gradient returns where the value did."""

from __future__ import annotations

import operator

import numpy as np
from hypothesis import given, settings

from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Block, Const, If, Program, Var
from srcgrad.program.show import show
from srcgrad.tidy.merge import merge
from srcgrad.tidy.prune import prune
from tests.strategies import arguments, programs
from tests.tidy.util import assert_keeps


@settings(max_examples=300, deadline=None)
@given(programs())
def test_keeps_results(program: Program) -> None:
    assert_keeps(program, lambda p: merge(prune(p)), *arguments())


def _arms(b: Builder, test: Var, x: Var, fn: object) -> Var:
    arm, out = Builder(), Var("")
    b.add(If((out,), test, arm.block(arm.let(fn, x)), Block((), (x,))))  # type: ignore[arg-type]
    return out


def test_forward_and_backward_branch() -> None:
    x, b = Var("x"), Builder()
    test = b.let(operator.lt, x, 0.0, hint="c")
    y = _arms(b, test, x, np.sin)
    b.do(ops.mark, "backward")
    d_x = _arms(b, test, x, np.cos)
    program = Program("f", (x,), b.block(y, d_x))
    text = show(assert_keeps(program, merge, 0.3)).splitlines()
    assert [line.strip() for line in text[2:7]] == [
        "t, t.2 = if c:",
        "sin = numpy.sin(x)",
        "mark('backward')",
        "cos = numpy.cos(x)",
        "-> sin, cos",
    ]


def test_a_short_tail_is_said_in_both_arms() -> None:
    x, b = Var("x"), Builder()
    test = b.let(operator.lt, x, 0.0)
    _arms(b, test, x, np.sin)
    b.do(ops.mark, "backward")
    d_x = _arms(b, test, x, np.cos)
    program = Program("f", (x,), b.block(b.let(operator.mul, 2.0, d_x)))
    new = assert_keeps(program, merge, 0.3)
    assert isinstance(new.body.stmts[-1], If)


def test_a_long_tail_keeps_branches_apart() -> None:
    x, b = Var("x"), Builder()
    test = b.let(operator.lt, x, 0.0)
    _arms(b, test, x, np.sin)
    b.do(ops.mark, "backward")
    d_x = _arms(b, test, x, np.cos)
    for _ in range(5):
        d_x = b.let(operator.mul, 2.0, d_x)
    program = Program("f", (x,), b.block(d_x))
    assert show(merge(program)) == show(program)


def test_a_decided_branch_is_spliced() -> None:
    x, b, out = Var("x"), Builder(), Var("")
    arm = Builder()
    b.add(If((out,), Const(True), arm.block(arm.let(np.sin, x)), Block((), (x,))))
    new = assert_keeps(Program("f", (x,), b.block(out)), merge, 0.3)
    assert not any(isinstance(stmt, If) for stmt in new.body.stmts)

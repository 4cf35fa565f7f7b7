"""Derived statements read what is already computed; nothing else changes."""

from __future__ import annotations

import operator

import numpy as np
from hypothesis import given, settings

from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Block, If, Let, Program, Var
from srcgrad.tidy.share import share
from tests.strategies import arguments, programs
from tests.tidy.util import assert_keeps


@settings(max_examples=200, deadline=None)
@given(programs())
def test_keeps_results(program: Program) -> None:
    assert_keeps(program, share, *arguments())


def test_across_the_mark_and_into_blocks() -> None:
    x, c, b = Var("x"), Var("c"), Builder()
    sin = b.let(np.sin, x)
    b.do(ops.mark, "backward")
    again = b.let(np.sin, x)
    arm = Builder()
    out = Var("")
    b.add(If((out,), c, arm.block(arm.let(np.sin, x)), Block((), (again,))))
    shared = share(Program("f", (x, c), b.block(out)))
    stmt = shared.body.stmts[-1]
    assert isinstance(stmt, If)
    assert stmt.then.results == (sin,)
    assert stmt.orelse.results == (sin,)


def test_user_statements_stay() -> None:
    x, b = Var("x"), Builder()
    b.let(np.sin, x)
    b.let(np.sin, x)
    assert len(share(Program("f", (x,), b.block(x))).body.stmts) == 2


def test_not_out_of_an_arm() -> None:
    x, c, b = Var("x"), Var("c"), Builder()
    b.do(ops.mark, "backward")
    arm, out = Builder(), Var("")
    b.add(If((out,), c, arm.block(arm.let(np.sin, x)), Block((), (x,))))
    b.let(np.sin, x)
    assert len(share(Program("f", (x, c), b.block(out))).body.stmts) == 3


def test_constants_differ_by_type_and_sign() -> None:
    x, b = Var("x"), Builder()
    b.do(ops.mark, "backward")
    results = [b.let(operator.add, x, value) for value in (0, 0.0, -0.0, False, 0)]
    shared = share(Program("f", (x,), b.block(*results)))
    assert len(set(shared.body.results)) == 4


def test_cheap_things_and_fresh_buffers_are_asked_for_again() -> None:
    x, b = Var("x"), Builder()
    b.do(ops.mark, "backward")
    for fn in (ops.attribute("T"), np.zeros_like, np.shape, np.copy):
        b.let(fn, x)
        b.let(fn, x)
    assert len(share(Program("f", (x,), b.block(x))).body.stmts) == 9


def test_draws_are_not_shared_and_writers_end_sharing() -> None:
    x, b = Var("x"), Builder()
    b.do(ops.mark, "backward")
    total = b.let(np.sum, x)
    b.let(np.random.normal, 0.0, 1.0)
    same = b.let(np.sum, x)
    b.do(np.copyto, x, 0.0)
    other = b.let(np.sum, x)
    b.let(np.random.normal, 0.0, 1.0)
    shared = share(Program("f", (x,), b.block(total, same, other)))
    assert shared.body.results[0] is shared.body.results[1]
    assert shared.body.results[2] is other
    draws = [s for s in shared.body.stmts if isinstance(s, Let) and s.fn == np.random.normal]
    assert len(draws) == 2

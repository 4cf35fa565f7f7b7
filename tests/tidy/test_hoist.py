"""What every turn of a backward loop computes again is computed once, before the loops."""

from __future__ import annotations

import operator

import numpy as np
from hypothesis import given, settings

from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Const, For, Let, Program, Var
from srcgrad.tidy.hoist import hoist
from srcgrad.tidy.share import share
from tests.strategies import arguments, programs
from tests.tidy.util import assert_keeps


@settings(max_examples=200, deadline=None)
@given(programs())
def test_keeps_results(program: Program) -> None:
    assert_keeps(program, lambda p: share(hoist(p)), *arguments())


def _loop(b: Builder, x: Var, fn: object, user: bool = False, turns: object = 3) -> Var:
    over = b.let(range, turns)
    i, v, out, body = Var("i"), Var("v"), Var(""), Builder()
    steady = Var("c", user)
    body.add(Let((steady,), fn, (x,)))  # type: ignore[arg-type]
    b.add(For((out,), i, over, (v,), (Const(1.0),), body.block(body.let(operator.mul, v, steady))))
    return out


def _moved(program: Program) -> list[int]:
    loops = [s for s in share(hoist(program)).body.stmts if isinstance(s, For)]
    return [len(loop.body.stmts) for loop in loops]


def test_both_loops_share_one() -> None:
    x, b = Var("x"), Builder()
    first = _loop(b, x, np.cos)
    b.do(ops.mark, "backward")
    second = _loop(b, x, np.cos)
    program = Program("f", (x,), b.block(first, second))
    assert _moved(program) == [1, 1]
    new = share(hoist(program))
    assert sum(isinstance(s, Let) and s.fn is np.cos for s in new.body.stmts) == 1
    assert_keeps(program, lambda p: share(hoist(p)), 0.3)


def test_a_forward_loop_alone_stays() -> None:
    x, b = Var("x"), Builder()
    assert _moved(Program("f", (x,), b.block(_loop(b, x, np.cos)))) == [2]


def test_a_line_of_the_user_stays() -> None:
    x, b = Var("x"), Builder()
    first = _loop(b, x, np.cos, user=True)
    b.do(ops.mark, "backward")
    second = _loop(b, x, np.cos)
    assert _moved(Program("f", (x,), b.block(first, second))) == [2, 1]


def test_buffers_cheap_things_and_what_may_warn_stay() -> None:
    for fn in (np.zeros_like, ops.attribute("T"), np.log, operator.neg):
        x, n, b = Var("x"), Var("n"), Builder()
        b.do(ops.mark, "backward")
        assert _moved(Program("f", (x, n), b.block(_loop(b, x, fn, turns=n)))) == [2]

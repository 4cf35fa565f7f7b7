"""Dead statements, branches, loops and carried values go; effects and errors stay."""

from __future__ import annotations

import operator
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from srcgrad.facts.kinds import Arr, Sym
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Block, Const, Do, For, If, Let, Program, Var, While
from srcgrad.program.show import show
from srcgrad.tidy.prune import prune
from tests.strategies import arguments, programs
from tests.tidy.util import assert_keeps


@settings(max_examples=200, deadline=None)
@given(programs())
def test_keeps_results(program: Program) -> None:
    pruned = assert_keeps(program, prune, *arguments())
    assert show(prune(pruned)) == show(pruned)


def _program(b: Builder, params: tuple[Var, ...], *results: Any) -> Program:
    return Program("f", params, b.block(*results))


def test_drops_dead_statements() -> None:
    x, b = Var("x"), Builder()
    b.let(np.sin, b.let(np.exp, x))
    assert prune(_program(b, (x,), x)).body.stmts == ()


def test_keeps_a_user_statement_that_may_raise() -> None:
    x, y, b = Var("x"), Var("y"), Builder()
    b.let(operator.add, x, y)
    program = _program(b, (x, y), x)
    assert len(prune(program).body.stmts) == 1
    n = Sym("n")
    kind = Arr(np.dtype(float), (n,))
    types = {x: kind, y: kind}
    assert prune(program, types).body.stmts == ()


def test_drops_a_backward_statement_that_may_raise() -> None:
    x, y, b = Var("x"), Var("y"), Builder()
    b.do(ops.mark, "backward")
    b.let(operator.add, x, y)
    assert len(prune(_program(b, (x, y), x)).body.stmts) == 1


def test_drops_the_loss_itself() -> None:
    err, b = Var("err"), Builder()
    b.let(np.mean, b.let(operator.pow, err, 2))
    assert prune(_program(b, (err,), err)).body.stmts == ()


def test_keeps_effects_and_what_they_read() -> None:
    x, b = Var("x"), Builder()
    b.do(print, b.let(np.sin, x))
    b.let(np.random.normal, 0.0, 1.0)
    assert len(prune(_program(b, (x,), x)).body.stmts) == 3


def test_drops_reads_of_globals() -> None:
    x, b = Var("x"), Builder()
    b.let(ops.read_global, {"eps": 1.0}, "eps")
    assert prune(_program(b, (x,), x)).body.stmts == ()


def test_narrows_a_branch() -> None:
    x, c, b = Var("x"), Var("c"), Builder()
    used, unused = Var(""), Var("")
    then, orelse = Builder(), Builder()
    first = then.block(then.let(np.sin, x), then.let(np.cos, x))
    second = orelse.block(x, orelse.let(np.exp, x))
    b.add(If((used, unused), c, first, second))
    (stmt,) = prune(_program(b, (x, c), used)).body.stmts
    assert isinstance(stmt, If)
    assert stmt.targets == (used,)
    assert len(stmt.then.stmts) == 1
    assert stmt.orelse.stmts == ()


def test_a_branch_with_equal_arms_is_no_branch() -> None:
    x, c, out, b = Var("x"), Var("c"), Var(""), Builder()
    b.add(If((out,), c, Block((), (x,)), Block((), (x,))))
    pruned = prune(_program(b, (x, c), out))
    assert pruned.body.stmts == ()
    assert pruned.body.results == (x,)


def test_a_ternary_left_for_its_effect_becomes_an_if() -> None:
    x, c, out, b = Var("x"), Var("c"), Var(""), Builder()
    loud = Block((Do(print, (x,)),), (x,))
    b.add(If((out,), c, loud, Block((), (Const(0),)), form="ternary"))
    (stmt,) = prune(_program(b, (x, c), x)).body.stmts
    assert isinstance(stmt, If)
    assert stmt.form == "if"
    assert stmt.targets == ()


def test_drops_carried_values_that_only_serve_themselves() -> None:
    n, x, b = Var("n"), Var("x"), Builder()
    over, i = b.let(range, n), Var("i")
    a, c, d = Var("a"), Var("c"), Var("d")
    body = Builder()
    results = (body.let(np.sin, a), body.let(np.cos, d), body.let(np.tanh, c))
    outs = tuple(Var("") for _ in range(4))
    block = body.block(*results, body.let(np.exp, c))
    b.add(For(outs, i, over, (a, c, d), (x, x, x), block))
    loop = prune(_program(b, (n, x), outs[0])).body.stmts[-1]
    assert isinstance(loop, For)
    assert loop.carried == (a,)
    assert loop.targets == (outs[0],)
    assert len(loop.body.stmts) == 1


def test_a_dead_loop_goes() -> None:
    x, b = Var("x"), Builder()
    test, body = Builder(), Builder()
    v, out = Var("v"), Var("")
    b.add(While((out,), (v,), (x,), test.block(test.let(operator.gt, v, 0.5)),
                body.block(body.let(operator.mul, v, 0.5))))  # fmt: skip
    assert prune(_program(b, (x,), x)).body.stmts == ()


def test_a_value_carried_unchanged_is_not_carried() -> None:
    x, n, b = Var("x"), Var("n"), Builder()
    over, i, v, w = b.let(range, n), Var("i"), Var("v"), Var("w")
    outs = (Var(""), Var(""))
    body = Builder()
    block = body.block(v, body.let(operator.add, w, v))
    b.add(For(outs, i, over, (v, w), (x, Const(0.0)), block))
    pruned = prune(_program(b, (x, n), *outs))
    loop = pruned.body.stmts[-1]
    assert isinstance(loop, For)
    assert loop.carried == (w,)
    assert pruned.body.results[0] is x


@pytest.mark.timing
def test_is_fast_and_flat() -> None:
    x, b = Var("x"), Builder()
    y = x
    for _ in range(500):
        y = b.let(np.sin, y)
        b.let(np.cos, y)
    program = _program(b, (x,), y)
    start = time.perf_counter()
    pruned = prune(program)
    assert time.perf_counter() - start < 0.25
    assert sum(isinstance(stmt, Let) for stmt in pruned.body.stmts) == 500

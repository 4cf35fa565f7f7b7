"""Lifting rules for one shape of call, and the size of what can be lifted."""

from __future__ import annotations

import linecache
import time
from typing import Any

import numpy as np
import pytest

from srcgrad.errors import SrcgradError
from srcgrad.program.check import check
from srcgrad.program.evaluate import evaluate, evaluate_all
from srcgrad.program.nodes import Const, If, Let
from srcgrad.program.walk import statements
from srcgrad.read.lift import lift, lift_call
from srcgrad.rules.table import all_rules
from tests.read import lift_rules as rules


def test_tuples_become_several_results() -> None:
    program = lift_call(rules.product, [None, None, None])
    assert evaluate_all(program, 6.0, 2.0, 3.0) == (3.0, 2.0)
    assert [var.hint for var in program.params] == ["z", "x", "y"]
    assert not any(var.user for var in program.params)


def test_tuples_in_all_arms() -> None:
    program = lift_call(rules.by_rank, [None, None])
    assert len(program.body.results) == 2
    assert evaluate_all(program, 2.0, 5.0) == (10.0, None)
    assert len(evaluate_all(program, np.ones(2), 5.0)) == 2


def test_other_results_are_one() -> None:
    assert len(lift_call(rules.single, [None, None]).body.results) == 1


def test_constants_are_built_in() -> None:
    program = lift_call(rules.numbered, [Const(1), None, None, None, None])
    assert len(program.params) == 4
    assert not any(isinstance(stmt, If) for stmt in statements(program.body))
    assert evaluate(program, 2.0, None, 5.0, 7.0) == 14.0


def test_loops_over_arguments_are_written_out() -> None:
    program = lift_call(rules.each, [None, None, None])
    assert all(isinstance(stmt, Let) for stmt in statements(program.body))
    assert evaluate(program, 2.0, 3.0, 4.0) == [6.0, 8.0]


def test_keywords_become_parameters() -> None:
    program = lift_call(rules.summed, [None, None, None], ("axis",))
    assert [var.hint for var in program.params] == ["g", "y", "x", "axis"]
    assert evaluate(program, np.ones(3), None, np.ones((2, 3)), 0).shape == (2, 3)
    without = lift_call(rules.summed, [None, None, None])
    assert evaluate(without, 1.0, None, np.ones((2, 3))).shape == (2, 3)


def test_the_same_shape_is_lifted_once() -> None:
    one = lift_call(rules.numbered, [Const(0), None, None, None])
    assert lift_call(rules.numbered, [Const(0), None, None, None]) is one
    assert lift_call(rules.numbered, [Const(1), None, None, None]) is not one
    assert lift_call(rules.numbered, [Const(False), None, None, None]) is not one


def test_a_call_that_does_not_fit_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        lift_call(rules.product, [None])


def test_functions_without_source_are_called() -> None:
    assert evaluate(lift_call(np.add, [None, None]), 1.0, 2.0) == 3.0


def test_every_rule_can_be_lifted() -> None:
    for fn, rule in all_rules().items():
        if rule.function is None:
            continue
        code = rule.function.__code__
        n = code.co_argcount - len(rule.function.__defaults__ or ())
        many = bool(code.co_flags & 4)
        args: list[Any] = [None] * (n + 3 * many)
        if rule.kind == "pull_each":
            args[0] = Const(0)
        try:
            check(lift_call(rule.function, args))
        except SrcgradError as error:
            raise AssertionError(f"the rule of {fn}") from error


def made(body: str) -> Any:
    """Return the function f(x) with this body."""
    text = "def f(x):\n" + body
    file = f"<made {len(text)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    namespace: dict[str, Any] = {}
    exec(compile(text, file, "exec"), namespace)
    return namespace["f"]


def test_two_hundred_early_returns() -> None:
    body = "".join(
        f"    if x < {i}:\n        return x * {i}\n    x = x - 0.5\n" for i in range(200)
    )
    function = made(body + "    return x\n")
    program = lift(function)
    for x in (-1.0, 1.0, 3.0, 99.5, 1e4):
        assert evaluate(program, x) == function(x)


@pytest.mark.timing
def test_long_functions_take_linear_time() -> None:
    seconds = []
    for n in (250, 1000):
        lines = [f"    y{i} = x * {i}.5 + y{i - 1}\n" for i in range(1, n)]
        function = made("    y0 = x\n" + "".join(lines) + f"    return y{n - 1}\n")
        start = time.perf_counter()
        program = lift(function)
        seconds.append(time.perf_counter() - start)
        assert evaluate(program, 2.0) == function(2.0)
    assert seconds[1] < 12 * seconds[0]


def test_many_branches() -> None:
    body = "".join(f"    if x > {i}:\n        y += x\n" for i in range(600))
    function = made("    y = 0.0\n" + body + "    return y\n")
    assert evaluate(lift(function), 20.5) == function(20.5)

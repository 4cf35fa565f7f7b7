"""What lifting refuses, and what it records of the names that it looked up early."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcgrad.errors import Aliased, SrcgradError, Unreadable
from srcgrad.program import ops
from srcgrad.program.nodes import Const, Let, Program
from srcgrad.program.walk import statements
from srcgrad.read.guards import holds
from srcgrad.read.lift import lift
from tests.read import lift_refused as refused

ALIASED = [
    "append_to_parameter",
    "append_after_escape",
    "append_while_iterating",
    "append_escaping_in_loop",
    "updates",
    "shuffles",
    "appends_in_comprehension",
]
UNREADABLE = [
    "evaluates",
    "reads_locals",
    "opens",
    "keeps_generator",
    "bare_raise",
    "stores_function",
    "function_changes_in_loop",
    "returns_function",
]


@pytest.mark.parametrize("name", ALIASED)
def test_in_place_changes_are_refused(name: str) -> None:
    with pytest.raises(Aliased) as caught:
        lift(getattr(refused, name))
    (problem,) = caught.value.problems
    assert problem.origin is not None and problem.instead


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_refused(name: str) -> None:
    with pytest.raises(Unreadable) as caught:
        lift(getattr(refused, name))
    assert all(p.origin is not None and p.instead for p in caught.value.problems)


def test_all_problems_come_at_once() -> None:
    with pytest.raises(SrcgradError) as caught:
        lift(refused.several)
    assert [type(p.kind) for p in caught.value.problems] == [type] * 2
    lines = [p.origin.line for p in caught.value.problems if p.origin]
    assert lines == sorted(lines)


def calls(program: Program) -> list[Any]:
    return [s.fn for s in statements(program.body) if isinstance(s, Let)]


def test_guards_hold_until_a_name_changes() -> None:
    guards = lift(refused.uses_helper).notes["guards"]
    assert all(map(holds, guards))
    before = refused.helper
    try:
        refused.helper = lambda x: x  # type: ignore[assignment]
        assert not all(map(holds, guards))
    finally:
        refused.helper = before
    assert all(map(holds, guards))
    before.__defaults__ = (5.0,)
    try:
        assert not all(map(holds, guards))
    finally:
        before.__defaults__ = (2.0,)


def test_guards_notice_a_shadowed_builtin() -> None:
    guards = lift(refused.uses_builtin).notes["guards"]
    assert all(map(holds, guards))
    try:
        refused.__dict__["abs"] = lambda x: x
        assert not all(map(holds, guards))
    finally:
        del refused.__dict__["abs"]


def test_data_is_read_late() -> None:
    program = lift(refused.uses_helper)
    assert ops.read_global in calls(program)
    kinds = [(kind, name) for kind, _, name in program.notes["reads"]]
    assert kinds == [("global", "RATE")]


def test_statics_are_known() -> None:
    program = lift(refused.takes_function, {"f": np.tanh})
    assert calls(program) == [np.tanh]
    assert [var.hint for var in program.params] == ["f", "x"]
    assert ops.call in calls(lift(refused.takes_function))


def test_constants_keep_their_spelling() -> None:
    program = lift(refused.takes_pi)
    (let,) = [s for s in statements(program.body) if isinstance(s, Let)]
    (pi,) = [a for a in let.args if isinstance(a, Const)]
    assert pi.spelled == "np.pi" and pi.value is np.pi


def test_recursive_function_refers_to_itself() -> None:
    program = lift(refused.countdown)
    assert program in calls(program)


def test_helper_without_source_stays_a_call() -> None:
    assert refused.no_source in calls(lift(refused.calls_no_source))


def function_of_a_loop(x: float, n: int) -> float:
    for k in range(n):

        def f(z: float) -> float:
            return z * x + k  # noqa: B023

    return f(x)


def test_functions_that_a_loop_makes_are_not_known_behind_it() -> None:
    with pytest.raises(Unreadable, match="cannot tell which function 'f' is here") as caught:
        lift(function_of_a_loop)
    (problem,) = caught.value.problems
    assert problem.instead == "Define it after the loop, or put the functions into a list."

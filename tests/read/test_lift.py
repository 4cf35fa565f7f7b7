"""Lifting agrees with Python: the program of a function gives what the function gives."""

from __future__ import annotations

import copy
import inspect
from typing import Any

import pytest

from srcgrad.program.check import check
from srcgrad.program.evaluate import evaluate
from srcgrad.read.lift import lift
from tests.oracle import same
from tests.read.lift_cases import CASES
from tests.zoo import CASES as ZOO

OTHER_TEXT = {"star_to_fixed", "double_stars_missing"}
"""The exception is the same, in other words: how many arguments there are is not known before."""

CALLS = [
    pytest.param(function, args, id=f"{function.__name__}-{i}")
    for function, calls in CASES
    for i, args in enumerate(calls)
]


def run(function: Any, args: tuple[Any, ...]) -> tuple[str, Any]:
    """Return what a call gives: a result, or an exception with its text."""
    try:
        return "result", function(*copy.deepcopy(args))
    except Exception as error:
        text = "" if isinstance(error, UnboundLocalError) else str(error)
        return "error", (type(error), text)


def as_arguments(function: Any, args: tuple[Any, ...]) -> list[Any]:
    """Return one argument for each parameter, as the wrapper binds them."""
    bound = inspect.signature(function).bind(*args)
    bound.apply_defaults()
    return list(bound.arguments.values())


@pytest.mark.parametrize(("function", "args"), CALLS)
def test_lifted_function_gives_the_same(function: Any, args: tuple[Any, ...], capsys: Any) -> None:
    wanted = run(function, args)
    printed = capsys.readouterr().out
    program = check(lift(function))
    found = run(lambda *a: evaluate(program, *a), tuple(as_arguments(function, args)))
    assert capsys.readouterr().out == printed
    assert found[0] == wanted[0], (found, wanted)
    if function.__name__ in OTHER_TEXT and wanted[0] == "error":
        found, wanted = (found[0], found[1][0]), (wanted[0], wanted[1][0])
    assert same(found[1], wanted[1]), (found, wanted)


@pytest.mark.parametrize(
    "case", [c for c in ZOO if "may_refuse" not in c.tags], ids=lambda c: c.name
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_zoo_gives_the_same(case: Any) -> None:
    wanted = case.function(*case.args())
    names = inspect.signature(case.function).parameters if "objects" in case.tags else ()
    program = check(lift(case.function, dict(zip(names, case.args(), strict=False))))
    assert same(evaluate(program, *as_arguments(case.function, case.args())), wanted)

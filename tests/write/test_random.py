"""What is written runs like the program: over random programs, with and without types."""

from __future__ import annotations

import ast
from random import Random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from srcgrad.facts.typed import type_of
from srcgrad.facts.types import infer
from srcgrad.program import walk
from srcgrad.program.check import check
from srcgrad.program.evaluate import evaluate
from srcgrad.program.nodes import Program
from srcgrad.write import load, write
from tests.strategies import arguments, programs

NAMES = ("h", "a", "b", "x", "np", "range", "_", "d_x", "len", "diff", "zip", "h_2")


def renamed(program: Program, seed: int) -> Program:
    """Give many variables the same few names, as a user with bad luck would."""
    random = Random(seed)
    share = random.choice((0.0, 0.3, 0.8))
    for stmt in walk.statements(program.body):
        for var in (*walk.targets(stmt), *walk.inner(stmt)):
            if random.random() < share:
                var.hint, var.user = random.choice(NAMES), random.random() < 0.7
    return program


def same(one: Any, other: Any) -> bool:
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(same, one, other))
    return np.array_equal(np.asarray(one), np.asarray(other), equal_nan=True)


def outcome(function: Any, *args: Any) -> Any:
    try:
        return function(*args)
    except (ArithmeticError, ValueError, UnboundLocalError) as error:
        return type(error)


def agrees(program: Program, types: Any) -> None:
    written = write(program, types)
    args = arguments()
    kept = [np.copy(arg) for arg in args]
    with np.errstate(all="ignore"):
        want = outcome(evaluate, program, *args)
        got = outcome(load(written), *args)
    assert got is want if isinstance(want, type) else same(want, got), written.source
    assert all(map(same, kept, args)), "an argument was written to"
    assert write(program, types).source == written.source


@settings(max_examples=150, deadline=None)
@given(programs(), st.integers(0, 10**6))
def test_random_programs(program: Program, seed: int) -> None:
    agrees(check(renamed(program, seed)), None)


@settings(max_examples=150, deadline=None)
@given(programs(), st.integers(0, 10**6))
def test_random_programs_with_types(program: Program, seed: int) -> None:
    program = check(renamed(program, seed))
    agrees(program, infer(program, [type_of(arg) for arg in arguments()]))


@settings(max_examples=60, deadline=None)
@given(programs())
def test_lines_are_not_too_long(program: Program) -> None:
    source = write(program).source
    ast.parse(source)
    assert all(len(line) <= 100 and line == line.rstrip() for line in source.splitlines())

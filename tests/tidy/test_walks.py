"""Backward loops walk along what they read, and no more."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Const, For, Let, Program, Var
from srcgrad.tidy.prune import prune
from tests.tidy.util import assert_keeps


def _program(pack: bool, used: tuple[int, ...]) -> Program:
    """Collect three values, one of them the same in every turn, and use some of them."""
    x, y, b = Var("x"), Var("y"), Builder()
    over, i, v = b.let(range, 3), Var("i"), Var("v")
    body = Builder()
    sin = body.let(np.sin, v)
    values: list[Any] = [v, sin, y]
    if pack:
        values = [body.let(ops.make_tuple, *values)]
    outs = tuple(Var("") for _ in range(1 + len(values)))
    b.add(For(outs, i, over, (v,), (x,), body.block(sin, *values)))
    b.do(ops.mark, "backward")
    sources = [b.let(reversed, saved) for saved in outs[1:]]
    along = sources[0] if pack else b.let(zip, *sources)
    item, d, back, total = Var(""), Var("d"), Builder(), Var("")
    names = back.lets(("v", "sin", "y"), ops.unpack, item, 3)
    result: Any = d
    for place in used:
        result = back.let(operator.mul, result, names[place])
    b.add(For((total,), item, along, (d,), (Const(1.0),), back.block(result)))
    return Program("f", (x, y), b.block(total))


def _loops(program: Program) -> tuple[For, For]:
    first, second = (stmt for stmt in program.body.stmts if isinstance(stmt, For))
    return first, second


def test_one_of_three() -> None:
    for pack in (False, True):
        new = assert_keeps(_program(pack, (1,)), prune, 0.3, 2.0)
        first, second = _loops(new)
        assert len(first.targets) == 2
        assert second.each.hint == "sin"
        assert not any(isinstance(s, Let) and s.fn is ops.unpack for s in second.body.stmts)
        assert not any(isinstance(s, Let) and s.fn is zip for s in new.body.stmts)


def test_two_of_three() -> None:
    for pack in (False, True):
        new = assert_keeps(_program(pack, (0, 1)), prune, 0.3, 2.0)
        first, second = _loops(new)
        assert len(first.targets) == (2 if pack else 3)
        (opened,) = (s for s in second.body.stmts if isinstance(s, Let) and s.fn is ops.unpack)
        assert [var.hint for var in opened.targets] == ["v", "sin"]


def test_the_same_in_every_turn() -> None:
    for pack in (False, True):
        new = assert_keeps(_program(pack, (1, 2)), prune, 0.3, 2.0)
        _, second = _loops(new)
        product = second.body.stmts[-1]
        assert isinstance(product, Let)
        assert product.args[1] is new.params[1]


def test_none_of_three_still_turns() -> None:
    for pack in (False, True):
        new = assert_keeps(_program(pack, (2,)), prune, 0.3, 2.0)
        first, _ = _loops(new)
        assert len(first.targets) == 2

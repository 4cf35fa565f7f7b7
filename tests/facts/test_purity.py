"""The tables of effects agree with what the functions do."""

from __future__ import annotations

import math
import operator
from collections import namedtuple
from typing import Any

import numpy as np
import pytest

from srcgrad import runtime
from srcgrad.facts.kinds import Arr, Known, Map, Other, Py, Seq, Sym, Type
from srcgrad.facts.purity import CHANGES, can_raise, is_cheap, is_pure, mutates, returns
from srcgrad.facts.purity import FRESH as FRESH_TABLE
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Const, Let, Program, Var

Point = namedtuple("Point", "x y")
F8 = np.dtype(float)
N, M = Sym("n"), Sym("m")


@pytest.mark.parametrize(
    "fn",
    [np.sin, np.mean, operator.add, operator.iadd, math.log, len, range, ops.make_tuple,
     ops.method("sum"), ops.attribute("T"), runtime.unbroadcast, np.linalg.solve, np.fft.rfft,
     ops.read_global, ValueError, Point, np.float64, zip],
)  # fmt: skip
def test_pure(fn: Any) -> None:
    assert is_pure(fn)
    assert not mutates(fn)


@pytest.mark.parametrize(
    "fn",
    [np.random.normal, np.random.default_rng(0).normal, print, input, open, ops.method("sort"),
     ops.method("append"), np.copyto, np.put, np.fill_diagonal, np.random.shuffle, next, eval,
     ops.call, lambda x: x, ops.method("normal"), setattr, []],
)  # fmt: skip
def test_impure(fn: Any) -> None:
    assert not is_pure(fn)


@pytest.mark.parametrize("fn", [np.copyto, np.put, ops.method("fill"), ops.method("sort"),
                                ops.method("append"), np.random.shuffle, np.add.at])  # fmt: skip
def test_mutates(fn: Any) -> None:
    assert mutates(fn)


def test_a_program_is_as_pure_as_its_calls() -> None:
    x, b = Var("x"), Builder()
    quiet = Program("f", (x,), b.block(b.let(np.sin, x)))
    b.do(print, x)
    loud = Program("g", (x,), b.block(x))
    assert is_pure(quiet)
    assert not is_pure(loud)


def test_recursion_is_no_obstacle() -> None:
    x, b = Var("x"), Builder()
    program = Program("f", (x,), b.block(x))
    b.add(Let((Var(""),), program, (x,)))
    program.body = b.block(x)
    assert is_pure(program)


VIEWS = [
    (np.transpose, ()), (ops.attribute("T"), ()), (np.expand_dims, (0,)), (np.squeeze, ()),
    (np.swapaxes, (0, 1)), (np.broadcast_to, ((2, 3, 3),)),
]  # fmt: skip
FRESH = [
    (np.sin, ()), (operator.add, (1.0,)), (operator.iadd, (1.0,)), (np.copy, ()),
    (operator.pos, ()), (np.abs, ()), (np.where, (1.0, 2.0)), (np.clip, (0.0, 1.0)),
    (np.repeat, (2,)), (np.take, ([0, 1],)), (np.tile, (1,)),
]  # fmt: skip


@pytest.mark.parametrize(("fn", "rest"), VIEWS)
def test_views_share_memory(fn: Any, rest: tuple[Any, ...]) -> None:
    x = np.ones((3, 3))
    assert returns(fn) == "view"
    assert np.shares_memory(fn(x, *rest), x)


@pytest.mark.parametrize(("fn", "rest"), FRESH)
def test_fresh_results_do_not(fn: Any, rest: tuple[Any, ...]) -> None:
    x = np.ones((3, 3))
    assert returns(fn) == "fresh"
    out = ops.PLAIN.get(fn, fn)(x, *rest)
    assert not np.shares_memory(out, x)


_OPTIONS: list[tuple[Any, ...]] = [
    (), (0,), (1,), ((0, 1),), (0, 1), ((3, 3),), (None,), (np.arange(3.0),), (np.ones((3, 3)),),
]  # fmt: skip
_OPERANDS = [np.ones((3, 3)), np.arange(3.0), np.ones((1, 3)), np.ones(()), np.ones((2, 3, 3))]


@pytest.mark.filterwarnings("ignore")
def test_nothing_called_fresh_is_a_view() -> None:
    containers = {
        ops.make_list,
        ops.make_dict,
        ops.list_append,
        zip,
        enumerate,
        reversed,
        list,
        sorted,
        *CHANGES,
    }
    for fn in sorted(FRESH_TABLE - containers, key=str):
        if isinstance(fn, np.ufunc) or getattr(fn, "__module__", "") == "itertools":
            continue
        for x in _OPERANDS:
            for rest in _OPTIONS:
                try:
                    out = fn(x, *rest)
                except Exception:
                    continue
                parts = out if isinstance(out, (tuple, list)) else (out,)
                shared = [p for p in parts if isinstance(p, np.ndarray) and np.shares_memory(p, x)]
                assert not shared, (fn, rest)


def test_other_kinds_of_result() -> None:
    assert returns(np.shape) == returns(len) == returns(math.sin) == "immutable"
    assert returns(operator.getitem) == returns(np.reshape) == returns(ops.read_global) == "maybe"
    assert returns(lambda x: x) == "maybe"


def test_cheap() -> None:
    cheap = (np.shape, np.size, ops.attribute("T"), len, np.transpose, operator.getitem, slice)
    assert all(map(is_cheap, cheap))
    assert not any(map(is_cheap, (np.sin, operator.add, np.matmul, np.sum)))


X, Y, OUT = Var("x"), Var("y"), Var("")
VECTOR, OTHER, FLOAT = Arr(F8, (N,)), Arr(F8, (M,)), Py(float)


@pytest.mark.parametrize(
    ("fn", "args", "types", "raises"),
    [
        (np.sin, (X,), {}, False),
        (operator.pow, (X, 2), {}, False),
        (operator.pow, (X, 0.5), {X: FLOAT}, True),
        (np.mean, (X,), {}, False),
        (operator.add, (X, Y), {}, True),
        (operator.add, (X, Y), {X: VECTOR, Y: VECTOR}, False),
        (operator.add, (X, Y), {X: VECTOR, Y: OTHER}, True),
        (operator.add, (X, Y), {X: VECTOR, Y: FLOAT}, False),
        (operator.add, (X, Y), {X: Arr(F8, (N, 1)), Y: VECTOR}, False),
        (operator.truediv, (X, 2.0), {X: FLOAT}, False),
        (operator.truediv, (X, 0), {X: FLOAT}, True),
        (operator.truediv, (X, Y), {X: FLOAT, Y: FLOAT}, True),
        (operator.truediv, (X, Y), {X: VECTOR, Y: VECTOR}, False),
        (operator.getitem, (X, 0), {X: VECTOR}, True),
        (operator.getitem, (X, 0), {X: Arr(F8, (3,))}, False),
        (operator.getitem, (X, 1), {X: Seq(tuple, (FLOAT, FLOAT))}, False),
        (operator.getitem, (X, 2), {X: Seq(tuple, (FLOAT, FLOAT))}, True),
        (operator.getitem, (X, "k"), {X: Map(dict, ("k",), (FLOAT,))}, False),
        (operator.getitem, (X, Y), {X: VECTOR, Y: Other(slice)}, False),
        (operator.matmul, (X, Y), {}, True),
        (operator.matmul, (X, Y), {X: Arr(F8, (M, N)), Y: VECTOR}, False),
        (math.log, (X,), {X: FLOAT}, True),
        (math.sqrt, (X,), {X: FLOAT}, True),
        (math.sin, (X,), {X: FLOAT}, False),
        (int, (X,), {}, True),
        (len, (X,), {}, True),
        (len, (X,), {X: VECTOR}, False),
        (np.max, (X,), {X: VECTOR}, True),
        (np.sum, (X, 0), {X: VECTOR}, False),
        (np.sum, (X, 1), {X: VECTOR}, True),
        (ops.attribute("T"), (X,), {X: VECTOR}, False),
        (ops.attribute("T"), (X,), {X: FLOAT}, True),
        (ops.make_tuple, (X, Y), {}, False),
        (ops.read_global, (X, "n"), {}, False),
        (np.linalg.solve, (X, Y), {}, True),
        (range, (X,), {X: Py(int)}, False),
        (range, (X,), {X: FLOAT}, True),
    ],
)
def test_can_raise(fn: Any, args: Any, types: dict[Var, Type], raises: bool) -> None:
    atoms = tuple(arg if isinstance(arg, Var) else Const(arg) for arg in args)
    assert can_raise(Let((OUT,), fn, atoms), types) is raises
    assert not isinstance(types.get(X), Known)

"""With types, branches and the runtime's helpers are decided; the program computes the same."""

from __future__ import annotations

import itertools
import operator
from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from srcgrad import runtime
from srcgrad.facts.kinds import Py
from srcgrad.facts.typed import type_of
from srcgrad.facts.types import infer
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.check import check
from srcgrad.program.evaluate import evaluate_all
from srcgrad.program.nodes import UNDEFINED, Const, For, If, Let, Program, Var
from srcgrad.program.show import show
from srcgrad.program.walk import statements
from srcgrad.tidy.fresh import freshen
from srcgrad.tidy.specialise import specialise

Pair = namedtuple("Pair", "a b")


@dataclass
class Point:
    """A record."""

    x: Any
    y: Any


def run(program: Program, args: tuple[Any, ...], last: bool = False) -> Program:
    """Specialise a program for these arguments, check it and compare the results."""
    kinds = [type_of(arg, (i,)) for i, arg in enumerate(args)]
    new = check(specialise(program, infer(program, kinds)), "specialise")
    if last:
        new = check(freshen(new, infer(new, kinds)), "freshen")
    for found, wanted in zip(evaluate_all(new, *args), evaluate_all(program, *args), strict=True):
        same(found, wanted)
    return new


def same(a: Any, b: Any) -> None:
    """Compare values and structure; a NumPy number for a Python one will do."""
    if isinstance(b, np.ndarray):
        assert isinstance(a, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape
        np.testing.assert_array_equal(a, b)
    elif isinstance(b, dict):
        assert list(a) == list(b)
        for key, item in b.items():
            same(a[key], item)
    elif isinstance(b, (list, tuple)):
        assert type(a) is type(b) and len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            same(x, y)
    elif isinstance(b, Point):
        same((a.x, a.y), (b.x, b.y))
    else:
        assert a == b


def made(fn: Any, *params: str, **kwargs: Any) -> Program:
    """One call on parameters."""
    variables, b = tuple(map(Var, params)), Builder()
    return Program("f", variables, b.block(b.let(fn, *variables, hint="out", **kwargs)))


def calls(program: Program) -> list[Any]:
    """The functions that a program calls."""
    return [stmt.fn for stmt in statements(program.body) if isinstance(stmt, Let)]


def arr(*shape: int, dtype: Any = float) -> np.ndarray:
    """Some numbers."""
    return np.arange(1, 1 + int(np.prod(shape)), dtype=dtype).reshape(shape)


SHAPES = [(), (1,), (3,), (2, 3), (1, 3), (2, 1), (1, 1), (4, 2, 3), (4, 1, 3), (4, 2, 1)]
VALUES = [1.5, 2, np.float32(2), np.float64(3), *(arr(*shape) for shape in SHAPES)]


def test_unbroadcast_of_all_pairs() -> None:
    """Whatever shapes, the same result."""
    for g, like in itertools.product(VALUES, VALUES):
        try:
            runtime.unbroadcast(g, like)
        except (ValueError, IndexError):
            continue
        run(made(runtime.unbroadcast, "g", "like"), (g, like))


@pytest.mark.parametrize(
    ("g", "like", "text"),
    [
        (arr(2, 3), arr(3), "method('sum')(g, axis=0)"),
        (arr(2, 3), 1.0, "method('sum')(g)"),
        (arr(4, 2, 3), arr(3), "method('sum')(g, axis=<tuple>)"),
        (arr(2, 3), arr(2, 1), "method('sum')(g, axis=1, keepdims=True)"),
        (arr(2, 3), arr(1, 1), "method('sum')(g, axis=<tuple>, keepdims=True)"),
        (1.0, arr(3), "numpy.broadcast_to(g, attribute('shape'))"),
    ],
)
def test_unbroadcast_is_written_as_a_person_would(g: Any, like: Any, text: str) -> None:
    """The sums of the gallery."""
    assert f"out = {text}" in show(run(made(runtime.unbroadcast, "g", "like"), (g, like)))


def test_unbroadcast_of_equal_shapes_is_nothing() -> None:
    """``x * y`` of two rows of the same length: the statement that multiplies knows."""
    x, y, b = Var("x"), Var("y"), Builder()
    z = b.let(operator.mul, x, y)
    program = Program("f", (x, y), b.block(b.let(runtime.unbroadcast, z, y)))
    assert calls(run(program, (arr(3), arr(3)))) == [operator.mul]
    assert calls(run(program, (arr(3), arr(1))))[1] is ops.method("sum")


def test_unbroadcast_stays_where_a_size_may_be_one() -> None:
    """A slice may be one long."""
    x, y, b = Var("x"), Var("y"), Builder()
    v = b.let(operator.getitem, x, b.let(slice, 1, None, None))
    z = b.let(operator.mul, v, y)
    program = Program("f", (x, y), b.block(b.let(runtime.unbroadcast, z, v)))
    assert runtime.unbroadcast in calls(run(program, (arr(2), arr(3))))


TREES: list[Any] = [
    1.0, 2, True, np.float32(2), np.int64(3), arr(2, 3), arr(3, dtype=int), arr(3, dtype="f"),
    arr(), None, "s", {"a": arr(3), "b": [1.0, (arr(2), None)]}, [1.0, arr(2)], (1, 2.0), [],
    Pair(1.0, arr(2)), Point(arr(3), {"k": 1.0}), {}, {1: 2.0}, [1.0] * 100, 1j,
]  # fmt: skip


@pytest.mark.parametrize("tree", TREES, ids=repr)
def test_zeros_like(tree: Any) -> None:
    """Zeros of every structure."""
    new = run(made(runtime.zeros_like, "x"), (tree,))
    assert runtime.zeros_like not in calls(new) or isinstance(tree, list)


@pytest.mark.parametrize("tree", TREES[:9], ids=repr)
def test_add(tree: Any) -> None:
    """Sums of numbers and arrays are sums."""
    new = run(made(runtime.add, "x", "y"), (tree, tree))
    assert calls(new) == [operator.add]


@pytest.mark.parametrize("tree", TREES[9:], ids=repr)
def test_add_of_containers(tree: Any) -> None:
    """Leaf by leaf."""
    if not isinstance(tree, str):
        run(made(runtime.add, "x", "y"), (tree, tree))


@pytest.mark.parametrize("like", TREES, ids=repr)
def test_fresh_of_its_own_kind(like: Any) -> None:
    """A cotangent with the structure of the argument; nothing is shared with it."""
    if isinstance(like, str) or like is None:
        return
    g = runtime.zeros_like(like)
    told = (True,) if isinstance(like, complex) else ()  # that there are complex numbers
    program = made(runtime.fresh, "g", "like", *("told" for _ in told))
    new = run(program, (g, like, *told), last=True)
    (found,) = evaluate_all(new, g, like, *told)
    for a, b in itertools.product(arrays(found), arrays((g, like))):
        assert not np.shares_memory(a, b) and a.flags.writeable


def arrays(tree: Any) -> list[np.ndarray]:
    """The arrays in a structure."""
    if isinstance(tree, np.ndarray):
        return [tree]
    if isinstance(tree, Point):
        return arrays((tree.x, tree.y))
    items = tree.values() if isinstance(tree, dict) else tree
    return [a for i in items for a in arrays(i)] if isinstance(items, (list, tuple)) else []


def test_fresh_of_all_pairs() -> None:
    """Any cotangent that broadcasts, any leaf."""
    leaves = [*VALUES, arr(3, dtype="f"), arr(3, dtype=int), arr(dtype="f"), np.int64(3), 1]
    for g, like in itertools.product(leaves, leaves):
        try:
            runtime.fresh(g, like)
        except (ValueError, TypeError):
            continue
        if not isinstance(like, np.ndarray) and np.ndim(g):
            continue
        run(made(runtime.fresh, "g", "like"), (g, like), last=True)


def test_fresh_of_a_new_array_is_nothing() -> None:
    """What was made here is nobody else's."""
    x, y, b = Var("x"), Var("y"), Builder()
    g = b.let(operator.mul, x, y)
    d = b.let(runtime.fresh, g, x)
    program = Program("f", (x, y), b.block(d))
    assert calls(run(program, (arr(3), arr(3)), last=True)) == [operator.mul]
    twice = Program("f", (x, y), Builder().block())
    c = Builder()
    h = c.let(operator.mul, x, y)
    one, two = c.let(runtime.fresh, h, x), c.let(runtime.fresh, h, y)
    twice = Program("f", (x, y), c.block(one, two))
    new = run(twice, (arr(3), arr(3)), last=True)
    a, d2 = evaluate_all(new, arr(3), arr(3))
    assert not np.shares_memory(a, d2) and len(calls(new)) == 2


def test_fresh_of_what_is_returned_as_well_is_a_copy() -> None:
    """Also through a view or in a tuple."""
    for view in (ops.attribute("T"), np.ravel, np.reshape, ops.make_tuple, None):
        x, b = Var("x"), Builder()
        g = b.let(operator.mul, x, 2.0)
        other = g if view is None else b.let(view, g, *([(2, 3)] if view is np.reshape else []))
        program = Program("f", (x,), b.block(b.let(runtime.fresh, g, x), other))
        one, two = evaluate_all(run(program, (arr(2, 3),), last=True), arr(2, 3))
        assert not np.shares_memory(one, two[0] if isinstance(two, tuple) else two)


def test_fresh_of_views_and_arguments_is_a_copy() -> None:
    """Transposes, broadcasts, slices, the argument itself."""
    x, b = Var("x"), Builder()
    v = b.let(ops.attribute("T"), x)
    w = b.let(np.broadcast_to, 1.0, b.let(ops.attribute("shape"), x))
    results = [b.let(runtime.fresh, a, x) for a in (x, v, w)]
    program = Program("f", (x,), b.block(*results))
    value = arr(3, 3)
    new = run(program, (value,), last=True)
    for found in evaluate_all(new, value):
        assert not np.shares_memory(found, value) and found.flags.writeable


def branch(test: Any, *args: Any) -> Program:
    """``if test: sum else: negative``."""
    x, b, out = Var("x"), Builder(), Var("out", True)
    then, orelse = Builder(), Builder()
    s, n = then.let(np.sum, x), orelse.let(operator.neg, x)
    cond = b.let(test[0], x, *test[1:])
    b.add(If((out,), cond, then.block(s), orelse.block(n)))
    return Program("f", (x,), b.block(out))


@pytest.mark.parametrize(
    ("test", "value", "left"),
    [
        ((isinstance, np.ndarray), arr(3), np.sum),
        ((isinstance, np.ndarray), 1.0, operator.neg),
        ((isinstance, float), np.float64(1), np.sum),
        ((isinstance, (int, float)), 1.0, np.sum),
        ((operator.is_, None), arr(3), operator.neg),
        ((operator.is_not, None), 1.0, np.sum),
    ],
)
def test_branches_that_types_decide(test: Any, value: Any, left: Any) -> None:
    """Only the arm that is taken is left."""
    new = run(branch(test), (value,))
    assert calls(new) == [left]
    assert not any(isinstance(stmt, If) for stmt in new.body.stmts)


def test_ranks_decide() -> None:
    """``if np.ndim(x) == 1`` and ``x.ndim``, ``len(x.shape)``."""
    for way in (np.ndim, ops.attribute("ndim"), None):
        x, b, out = Var("x"), Builder(), Var("out", True)
        if way is None:
            rank = b.let(len, b.let(ops.attribute("shape"), x))
        else:
            rank = b.let(way, x)
        then, orelse = Builder(), Builder()
        s, n = then.let(np.sum, x), orelse.let(operator.neg, x)
        b.add(If((out,), b.let(operator.eq, rank, 1), then.block(s), orelse.block(n)))
        program = Program("f", (x,), b.block(out))
        assert np.sum in calls(run(program, (arr(3),)))
        assert operator.neg in calls(run(program, (arr(2, 2),)))


def test_strings_decide() -> None:
    """``if act == "relu"`` and ``key in p``."""
    a, p, b, out = Var("a"), Var("p"), Builder(), Var("o")
    cond = b.let(operator.eq, a, "relu")
    b.add(If((out,), cond, Builder().block(Const(1)), Builder().block(Const(2))))
    inside = b.let(ops.contained, "b", p)
    program = Program("f", (a, p), b.block(out, inside))
    new = run(program, ("relu", {"w": 1.0}))
    assert new.body.stmts == () and [r.value for r in new.body.results] == [1, False]


def test_unknown_and_undefined_are_left_alone() -> None:
    """No types, no change; an unbound variable stays one."""
    program = made(runtime.unbroadcast, "g", "like")
    assert show(specialise(program, {})) == show(program)
    x, b, out = Var("x"), Builder(), Var("o")
    b.add(If((out,), x, Builder().block(Const(UNDEFINED)), Builder().block(Const(1.0))))
    z = b.let(runtime.zeros_like, out)
    program = Program("f", (x,), b.block(z))
    new = check(specialise(program, infer(program, [Py(bool)])), "specialise")
    assert evaluate_all(new, False) == (0.0,)


def test_containers_made_here_are_seen_through() -> None:
    """put_add on zeros of a dict becomes the dict of what was added."""
    p, g, b = Var("p"), Var("g"), Builder()
    zero = b.let(runtime.zeros_like, p)
    one = b.let(runtime.put_add, zero, "a", g)
    program = Program("f", (p, g), b.block(b.let(runtime.fresh, one, p)))
    new = run(program, ({"a": 1.0, "b": arr(3)}, 2.0), last=True)
    assert runtime.put_add not in calls(new) and runtime.fresh not in calls(new)


def test_the_names_of_the_user_stay() -> None:
    """``d_x = unbroadcast(t, x)`` that becomes nothing names ``t`` ``d_x``."""
    x, b = Var("x"), Builder()
    b.do(ops.mark, "backward")
    t = b.let(operator.mul, x, 2.0)
    d_x = Var("d_x", True)
    b.add(Let((d_x,), runtime.unbroadcast, (t, x)))
    program = Program("f", (x,), b.block(d_x))
    assert "d_x = operator.mul(x, 2.0)" in show(run(program, (arr(3),)))


def test_fresh_of_what_a_loop_carries() -> None:
    """New in every turn: no copy at the end; begun with an argument: a copy."""
    for init in (None, "x"):
        x, n, i, d, out = (Var(name) for name in ("x", "n", "i", "d", "out"))
        b, body = Builder(), Builder()
        over = b.let(range, n)
        first = b.let(operator.mul, x, 2.0) if init is None else x
        body_block = body.block(body.let(np.sin, d))
        b.add(For((out,), i, over, (d,), (first,), body_block))
        program = Program("f", (x, n), b.block(b.let(runtime.fresh, out, x)))
        for turns in (0, 2):
            new = run(program, (arr(3), turns), last=True)
            value = arr(3)
            assert not np.shares_memory(evaluate_all(new, value, turns)[0], value)
        assert (ops.method("copy") in calls(new)) is (init is not None)


def test_fresh_of_one_array_by_two_names() -> None:
    """Both targets of a branch may be one array."""
    x, c, b = Var("x"), Var("c"), Builder()
    one, two = Var("one"), Var("two")
    g = b.let(operator.mul, x, 2.0)
    b.add(If((one, two), c, Builder().block(g, g), Builder().block(g, g)))
    results = [b.let(runtime.fresh, v, x) for v in (one, two)]
    new = run(Program("f", (x, c), b.block(*results)), (arr(3), True), last=True)
    assert not np.shares_memory(*evaluate_all(new, arr(3), True))

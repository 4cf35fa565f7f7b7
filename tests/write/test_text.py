"""The exact text of programs made by hand."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcgrad.facts.typed import type_of
from srcgrad.facts.types import infer
from srcgrad.program import ops
from srcgrad.program.check import check
from srcgrad.program.evaluate import evaluate
from srcgrad.program.nodes import UNDEFINED, Const, Let, Program, Var
from srcgrad.write import load, write
from tests.write.hand import Hand, backward, origin, params, program
from tests.write.test_random import same


def text(made: Program, *args: Any) -> str:
    """Return the text, after comparing what it computes."""
    check(made)
    written = write(made, infer(made, [type_of(arg) for arg in args]))
    assert same(evaluate(made, *args), load(written)(*args)), written.source
    assert write(made, infer(made, [type_of(arg) for arg in args])).source == written.source
    return "\n" + written.source


def test_straight_line_and_comments() -> None:
    w, c, X, y = params("w b X y")
    b = Hand(origin("err = X @ w + b - y"))
    err = b.user("err", operator.sub, b.let(operator.add, b.let(operator.matmul, X, w), c), y)
    backward(b)
    b.origin = origin("return np.mean(err ** 2)", 2)
    ratio = b.let(operator.truediv, 2.0, b.let(ops.attribute("size"), err))
    d_err = b.user("d_err", operator.mul, ratio, err)
    b.origin = origin("err = X @ w + b - y")
    d_w = b.user("d_w", operator.matmul, b.let(ops.attribute("T"), X), d_err)
    d_b = b.user("d_b", ops.method("sum"), d_err)
    args = (np.ones(2), 0.5, np.arange(6.0).reshape(3, 2), np.ones(3))
    assert (
        text(program("mse_grad", (w, c, X, y), b, d_w, d_b), *args)
        == """
def mse_grad(w, b, X, y):
    err = X @ w + b - y
    # backward
    d_err = 2.0 / err.size * err        # return np.mean(err ** 2)
    d_w = X.T @ d_err                   # err = X @ w + b - y
    d_b = d_err.sum()
    return d_w, d_b
"""
    )


def branch_and_while() -> Program:
    (x,) = params("x")
    b = Hand(origin("if x > 1.0:"))
    test = b.let(operator.gt, x, 1.0)
    y, carried = Var("y", True), Var("y", True)
    b.choose(
        (y,),
        test,
        lambda a: a.user("y", operator.mul, x, x),
        lambda a: a.user("y", operator.neg, x),
    )
    c = b.let(np.cos, x, hint="c")

    def body(a: Hand) -> Any:
        half = a.let(operator.mul, carried, 0.5)
        return a.user("y", operator.mul, half, a.let(operator.pow, c, 2)), carried

    _, saved = b.repeat((carried,), (y,), lambda a: a.let(operator.gt, carried, 0.5), body)
    backward(b)
    d_y, d_c, prev = Var("d_y", True), Var("d_c"), Var("y_prev")

    def back(a: Hand) -> Any:
        a.origin = origin("y = y * 0.5 * np.cos(x) ** 2", 6)
        part = a.let(operator.mul, a.let(operator.mul, d_y, prev), c)
        grown = a.let(operator.add, d_c, part, hint="d_c")
        scale = a.let(operator.mul, 0.5, a.let(operator.pow, c, 2))
        return a.user("d_y", operator.mul, d_y, scale), grown

    over = b.let(reversed, saved)
    d_y_last, d_c_last = b.loop(prev, over, (d_y, d_c), (1.0, 0.0), back)
    b.origin = origin("y = y * 0.5 * np.cos(x) ** 2", 6)
    d_x = b.user("d_x", operator.mul, b.let(operator.neg, b.let(np.sin, x)), d_c_last)
    total = Var("d_x", True)

    def then(a: Hand) -> Any:
        a.origin = origin("y = x * x", 3)
        double = a.let(operator.mul, a.let(operator.mul, d_y_last, 2.0), x)
        return a.user("d_x", operator.add, d_x, double)

    def orelse(a: Hand) -> Any:
        a.origin = origin("y = -x", 5)
        return a.user("d_x", operator.sub, d_x, d_y_last)

    b.choose((total,), b.let(operator.gt, x, 1.0), then, orelse)
    return program("f_grad", (x,), b, total)


def test_branch_and_while() -> None:
    assert (
        text(branch_and_while(), 1.5)
        == """
def f_grad(x):
    if x > 1.0:
        y = x * x
    else:
        y = -x
    c = np.cos(x)
    y_saved = []
    while y > 0.5:
        y_saved.append(y)
        y = y * 0.5 * c ** 2
    # backward
    d_y, d_c = 1.0, 0.0
    for y_prev in reversed(y_saved):
        d_c += d_y * y_prev * c         # y = y * 0.5 * np.cos(x) ** 2
        d_y *= 0.5 * c ** 2
    d_x = -np.sin(x) * d_c
    if x > 1.0:
        d_x += d_y * 2.0 * x            # y = x * x
    else:
        d_x -= d_y                      # y = -x
    return d_x
"""
    )


def test_early_return() -> None:
    x, y = params("x y")
    b = Hand()
    outer, inner = Var(""), Var("")

    def rest(a: Hand) -> Any:
        small = a.let(operator.lt, x, 1.0)
        a.choose(
            (inner,), small, lambda h: h.let(operator.mul, x, 3.0),
            lambda h: h.user("z", operator.mul, x, y),
        )  # fmt: skip
        return inner

    negative = b.let(operator.lt, x, 0.0)
    b.choose((outer,), negative, lambda a: a.let(operator.mul, 2.0, x), rest)
    made = program("early", (x, y), b, outer)
    for given in (-1.0, 0.5, 3.0):
        assert (
            text(made, given, 2.0)
            == """
def early(x, y):
    if x < 0.0:
        return 2.0 * x
    if x < 1.0:
        return x * 3.0
    z = x * y
    return z
"""
        )


def summing(orelse: bool) -> Program:
    """A loop with a break and a continue, and perhaps an else clause."""
    (xs,) = params("xs")
    b = Hand()
    start = b.user("s", ops.same, 0.0)
    s, x, final = Var("s", True), Var("x", True), Var("s", True)

    def body(a: Hand) -> Any:
        code, out = Var("code"), Var("s", True)

        def rest(h: Hand) -> Any:
            deeper, made = Var("code"), Var("s", True)
            h.choose(
                (deeper, made), h.let(operator.lt, x, 0.0), lambda k: (0, s),
                lambda k: (0, k.user("s", operator.iadd, s, x)),
            )  # fmt: skip
            return deeper, made

        a.choose((code, out), a.let(operator.gt, x, 3.0), lambda h: (1, s), rest)
        return code, out

    code = Var("code")
    b.loop(x, xs, (s,), (start,), body, targets=(code, final), exits=True)
    if not orelse:
        return program("f", (xs,), b, final)
    out = Var("s", True)
    b.choose((out,), code, lambda a: final, lambda a: a.user("s", operator.mul, final, 2.0))
    return program("f", (xs,), b, out)


def test_break_and_continue() -> None:
    assert (
        text(summing(False), [1.0, -2.0, 2.0, 5.0, 1.0])
        == """
def f(xs):
    s = 0.0
    for x in xs:
        if x > 3.0:
            break
        if x < 0.0:
            continue
        s += x
    return s
"""
    )


def test_else_clause_of_a_loop() -> None:
    made = summing(True)
    for given in ([1.0, -2.0, 2.0, 5.0, 1.0], [1.0, 2.0]):
        assert (
            text(made, given)
            == """
def f(xs):
    s = 0.0
    for x in xs:
        if x > 3.0:
            break
        if x < 0.0:
            continue
        s += x
    else:
        s = s * 2.0
    return s
"""
        )


def test_return_inside_a_loop() -> None:
    xs, w = params("xs w")
    b = Hand()
    x, result, out, code = Var("x", True), Var("result"), Var(""), Var("code")

    def body(a: Hand) -> Any:
        leaf = (Var("code"), Var("result"))
        big = a.let(operator.gt, x, 2.0)
        a.choose(leaf, big, lambda h: (2, h.let(operator.mul, x, w)), lambda h: (0, UNDEFINED))
        return leaf

    final = Var("result")
    b.loop(x, xs, (result,), (UNDEFINED,), body, targets=(code, final), exits=True)
    b.choose((out,), code, lambda a: final, lambda a: a.let(operator.neg, w))
    made = program("f", (xs, w), b, out)
    for given in ([1.0, 5.0], [1.0]):
        assert (
            text(made, given, 2.0)
            == """
def f(xs, w):
    for x in xs:
        if x > 2.0:
            return x * w
    return -w
"""
        )


def test_swap() -> None:
    (n,) = params("n")
    b = Hand()
    first, second = b.user("a", ops.same, 0), b.user("b", ops.same, 1)
    one, other = params("a b")
    made = b.loop(
        Var("i", True), b.let(range, n), (one, other), (first, second),
        lambda h: (other, h.user("b", operator.add, one, other)),
    )  # fmt: skip
    assert (
        text(program("fib", (n,), b, *made), 10)
        == """
def fib(n):
    a = 0
    b = 1
    for i in range(n):
        a, b = b, a + b
    return a, b
"""
    )


def test_expressions() -> None:
    x, y = params("x y")
    b = Hand()
    middle = b.let(operator.mul, x, 2)
    first, chain = b.let(operator.lt, 0, middle), Var("")
    b.choose((chain,), first, lambda a: a.let(operator.lt, middle, y), lambda a: first, "and")
    ok, z = Var("ok", True), Var("z", True)
    b.choose((ok,), chain, lambda a: chain, lambda a: a.let(operator.eq, x, y), "or")
    b.choose(
        (z,),
        ok,
        lambda a: a.let(operator.mul, x, y),
        lambda a: a.let(operator.add, x, y),
        "ternary",
    )
    v, listed, pairs = Var("v", True), Var(""), Var("pairs", True)
    b.loop(
        v, b.let(range, 3), (), (), lambda a: a.let(operator.mul, v, z), (listed,),
        form="comprehension",
    )  # fmt: skip
    total = b.let(sum, listed)
    i, j = params("i j")
    each = Var("")

    def product(a: Hand) -> Any:
        a.add(Let((i, j), ops.unpack, (each, Const(2))))
        return a.let(operator.mul, i, j)

    over = b.let(enumerate, b.let(ops.make_list, x, y))
    b.loop(each, over, (), (), product, (pairs,), form="comprehension")
    assert (
        text(program("f", (x, y), b, total, pairs, z), 1.0, 3.0)
        == """
def f(x, y):
    ok = 0 < x * 2 < y or x == y
    z = x * y if ok else x + y
    pairs = [i * j for i, j in enumerate([x, y])]
    return sum(v * z for v in range(3)), pairs, z
"""
    )


def test_hostile_names() -> None:
    np_, range_, d_x, under = params("np range d_x _")
    b = Hand()
    made = b.user("lambda", np.add, np_, b.let(np.tanh, range_))
    made = b.user("\ufb01", operator.mul, made, d_x)
    total = Var("len", True)
    each, carried = Var("math", True), Var("len", True)
    b.loop(
        each, b.let(range, 3), (carried,), (under,),
        lambda a: a.user("len", operator.add, carried, each),
        (total,),
    )  # fmt: skip
    made = program("def", (np_, range_, d_x, under), b, made, total)
    assert (
        text(made, 1.0, 2.0, 3.0, 4.0)
        == """
def def_(np, range, d_x, _):
    lambda_ = np_2.add(np, np_2.tanh(range))
    fi = lambda_ * d_x
    len = _
    for math in range_2(3):
        len = len + math
    return fi, len
"""
    )


def test_impure_calls_stay_in_order() -> None:
    calls: list[int] = []

    def note(value: int) -> int:
        calls.append(value)
        return value

    b = Hand()
    first, second, third = b.let(note, 1), b.let(note, 2), b.let(note, 3)
    made = program("f", (), b, b.let(operator.sub, b.let(operator.mul, second, first), third))
    load(write(check(made)))()
    assert calls == [1, 2, 3]


def test_global_is_not_read_across_a_call() -> None:
    space: dict[str, Any] = {"scale": 1.0}

    def change() -> None:
        space["scale"] = 2.0

    b = Hand()
    (x,) = params("x")
    before = b.let(ops.read_global, Const(space), Const("scale"))
    b.do(change)
    after = b.let(ops.read_global, Const(space), Const("scale"))
    made = program("f", (x,), b, b.let(operator.mul, x, before), b.let(operator.mul, x, after))
    assert load(write(check(made)))(3.0) == (3.0, 6.0)
    assert "__builtins__" not in space or space.keys() == {"scale", "__builtins__"}

"""The function made of a text: where it reads, what debuggers see, when it goes away."""

from __future__ import annotations

import gc
import inspect
import linecache
import math
import operator
import threading
import traceback
import weakref
from types import CellType
from typing import Any

import numpy as np
import pytest

from srcgrad.program import ops
from srcgrad.program.check import check
from srcgrad.program.nodes import Const, Program, Var
from srcgrad.write import load, write
from srcgrad.write.standalone import standalone
from tests.write.hand import Hand, params, program


def scaled(space: dict[str, Any]) -> Program:
    b = Hand()
    (x,) = params("x")
    scale = b.let(ops.read_global, Const(space), Const("scale"))
    return check(program("f", (x,), b, b.let(operator.mul, scale, b.let(np.sin, x))))


def test_source_is_found() -> None:
    written = write(scaled({"scale": 2.0}))
    function = load(written)
    linecache.checkcache()
    assert inspect.getsource(function) == written.source
    try:
        function("x")
    except TypeError:
        assert "return scale * np.sin(x)" in traceback.format_exc()


def test_globals_are_live_and_never_written() -> None:
    space: dict[str, Any] = {"scale": 2.0, "__builtins__": {}}
    function = load(write(scaled(space)), space)
    assert function(1.0) == 2.0 * np.sin(1.0)
    space["scale"] = 3.0
    assert function(1.0) == 3.0 * np.sin(1.0)
    assert space.keys() == {"scale", "__builtins__"} and function.__globals__ is space


def test_cells_are_live() -> None:
    cell = CellType(2.0)
    b = Hand()
    (x,) = params("x")
    scale = b.let(ops.read_cell, Const(cell), Const("x"))
    function = load(write(check(program("f", (x,), b, b.let(operator.mul, scale, x)))))
    assert function(5.0) == 10.0
    cell.cell_contents = 4.0
    assert function(5.0) == 20.0


def test_local_and_global_of_one_name() -> None:
    space: dict[str, Any] = {"x": 10.0}
    b = Hand()
    (x,) = params("x")
    other = b.let(ops.read_global, Const(space), Const("x"))
    assert load(write(check(program("f", (x,), b, b.let(operator.sub, other, x)))))(1.0) == 9.0


def test_function_named_like_a_global_that_it_reads() -> None:
    space: dict[str, Any] = {"f": 10.0}
    b = Hand()
    (x,) = params("x")
    other = b.let(ops.read_global, Const(space), Const("f"))
    function = load(write(check(program("f", (x,), b, b.let(operator.sub, other, x)))))
    assert function(1.0) == 9.0 and function.__name__ == "f"


def recursive() -> Program:
    (n,) = params("n")
    helper = Program("fact", (n,), Hand().block())
    b = Hand()
    out = Var("")
    b.choose(
        (out,), b.let(operator.lt, n, 2), lambda a: 1,
        lambda a: a.let(operator.mul, n, a.let(helper, a.let(operator.sub, n, 1))),
    )  # fmt: skip
    helper.body = b.block(out)
    (m,) = params("m")
    outer = Hand()
    return check(program("f", (m,), outer, outer.let(helper, m)))


def test_recursive_helper() -> None:
    written = write(recursive())
    assert written.source == (
        "def fact(n):\n"
        "    if n < 2:\n"
        "        return 1\n"
        "    return n * fact(n - 1)\n"
        "\n\n"
        "def f(m):\n"
        "    return fact(m)\n"
    )
    assert load(written)(5) == 120
    assert inspect.getsource(load(written)).startswith("def f(m)")


def test_functions_are_collected() -> None:
    function = load(write(scaled({"scale": 2.0})))
    name, gone = function.__code__.co_filename, weakref.ref(function)
    assert name in linecache.cache
    del function
    gc.collect()
    assert gone() is None and name not in linecache.cache


def test_recursive_functions_are_collected() -> None:
    function = load(write(recursive()))
    gone = weakref.ref(function)
    del function
    gc.collect()
    assert gone() is None


def test_threads() -> None:
    made = scaled({"scale": 2.0})
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(load(write(made)).__code__.co_filename))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 16


CONSTANTS = [
    1, -1, 0, True, None, 1.5, -0.0, math.inf, -math.inf, 1e-320, 2j, 1 - 2j, complex(-0.0, 1.0),
    "a'b\"c\n", b"x", (1, (2.0, "z")), (), (1,), ..., np.float32(0.1), np.float64(-2.5), np.int8(3),
    np.bool_(True), slice(1, None), 10**400, float, np.float64, np.sin, np.linalg.norm, math.sin,
    np.pi, range, "\ud800", frozenset({1}), object(), [1, 2], {"a": 1}, np.ones(2),
]  # fmt: skip


@pytest.mark.parametrize("value", CONSTANTS, ids=lambda v: type(v).__name__)
def test_constants_come_back_exactly(value: Any) -> None:
    made = check(Program("f", (), Hand().block(Const(value))))
    got = load(write(made))()
    if isinstance(value, (int, float, complex, str, bytes, tuple, slice)):
        assert type(got) is type(value) and repr(got) == repr(value)
    elif isinstance(value, np.generic):
        assert type(got) is type(value) and got == value
    else:
        assert got is value


class Hostile:
    """Would run code if its repr or its name were ever executed."""

    def __repr__(self) -> str:
        return "__import__('os').abort()"

    @property
    def __name__(self) -> str:
        raise AssertionError("the name of a constant was asked for")


def test_nothing_is_executed() -> None:
    value = Hostile()
    assert load(write(check(Program("f", (), Hand().block(Const(value))))))() is value

    def evil() -> int:
        return 7

    evil.__name__ = evil.__qualname__ = "x): import os; os.abort("
    b = Hand()
    assert load(write(check(program("f", (), b, b.let(evil)))))() == 7


def test_spelled_constants() -> None:
    b = Hand()
    (x,) = params("x")
    pi = b.let(operator.mul, x, Const(np.pi, "np.pi"))
    wrong = b.let(operator.mul, pi, Const(2.0, "np.e"))
    small = b.let(operator.mul, wrong, Const(1e-3, "1e-3"))
    written = write(check(program("f", (x,), b, small)))
    assert "return x * np.pi * 2.0 * 1e-3" in written.source
    assert load(written)(1.0) == np.pi * 2.0 * 1e-3


def test_standalone_module() -> None:
    space: dict[str, Any] = {"scale": np.array([1.0, 2.0]), "__name__": "nowhere"}
    made = scaled(space)
    text = standalone(write(made))
    module: dict[str, Any] = {}
    exec(text, module)
    assert text.startswith("import numpy as np\n")
    np.testing.assert_array_equal(module["f"](1.0), np.sin(1.0) * space["scale"])


def test_standalone_refuses_what_it_cannot_say() -> None:
    from srcgrad.errors import Unreadable

    space: dict[str, Any] = {"scale": object(), "__name__": "nowhere"}
    with pytest.raises(Unreadable, match="'scale' is an object that no text can say"):
        standalone(write(scaled(space)))


def test_long_programs_are_linear() -> None:
    b = Hand()
    (x,) = params("x")
    h: Any = x
    for _ in range(3000):
        h = b.user("h", operator.add, b.let(np.sin, b.let(operator.mul, h, x)), h)
    made = program("f", (x,), b, h)
    written = write(check(made))
    assert written.source.count("\n") == 3002
    assert np.isfinite(load(written)(0.1))

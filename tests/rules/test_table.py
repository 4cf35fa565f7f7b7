from __future__ import annotations

import operator
import subprocess
import sys
import threading

import numpy as np
import pytest

from srcgrad.checks import check_rule
from srcgrad.program import ops
from srcgrad.rules import table
from srcgrad.rules.table import (
    elementwise,
    linear,
    multilinear,
    pull,
    pull_each,
    push,
    rule_for,
    zero,
)


def test_same_object_same_rule():
    assert np.abs is np.absolute
    assert rule_for(np.abs) is rule_for(np.absolute)
    assert rule_for(np.asin if hasattr(np, "asin") else np.arcsin) is rule_for(np.arcsin)
    assert rule_for(np.linalg.norm) is not None
    assert rule_for("no function") is None
    assert rule_for(len).kind == "zero"


def test_operators_share_rules():
    assert rule_for(operator.mul) == rule_for(np.multiply)
    for inplace, plain in ops.PLAIN.items():
        assert rule_for(inplace) == rule_for(plain), inplace


def test_methods_share_rules():
    assert rule_for(ops.method("sum")) == rule_for(np.sum)
    assert rule_for(ops.attribute("shape")).kind == "zero"
    assert rule_for(ops.method("no_such")) is None


def test_own_rules():
    def cube(x):
        return x**3

    elementwise(cube, lambda y, x: 3.0 * x * x)
    check_rule(cube, np.array([1.0, 2.0]))

    @pull(cube)
    def _(g, y, x):
        return g * 3.0 * x * x

    assert rule_for(cube).kind == "pull"
    check_rule(cube, np.array([1.0, 2.0]))

    @push(cube)
    def _(t, y, x):
        return t * 3.0 * x * x

    assert rule_for(cube).kind == "pull"
    check_rule(cube, np.array([1.0, 2.0]))

    def double(x):
        return 2.0 * x

    linear(double, lambda g, y, x: 2.0 * g)
    check_rule(double, np.ones(2))

    def product(x, y):
        return x * y

    @multilinear(product)
    def _(g, y, a, b):
        return g * b, g * a

    check_rule(product, np.ones((2, 1)), np.ones(3))

    def total(*xs):
        return sum(xs)

    pull_each(total, lambda i, g, y, *xs: g)
    check_rule(total, 1.0, 2.0, 3.0)

    @zero
    def steps(x):
        return np.floor(x)

    assert rule_for(steps).kind == "zero"
    check_rule(steps, np.array([0.5, 1.5]))


def test_push_alone_then_pull():
    def twice(x):
        return 2.0 * x

    push(twice, lambda t, y, x: 2.0 * t)
    assert rule_for(twice).kind == "push"
    pull(twice, lambda g, y, x: 2.0 * g)
    assert rule_for(twice).kind == "pull"
    assert rule_for(twice).push is not None
    check_rule(twice, 1.5)


def test_wrong_rules_are_found():
    def wrong(x):
        return x * x

    pull(wrong, lambda g, y, x: g * x)
    with pytest.raises(AssertionError, match=r"wrong, argument 0, element \[0\]: the pull part"):
        check_rule(wrong, np.array([1.0, 2.0]))
    pull(wrong, lambda g, y, x: np.sum(g * 2.0 * x))
    with pytest.raises(AssertionError, match=r"its cotangent has shape \(\), not \(2,\)"):
        check_rule(wrong, np.array([1.0, 2.0]))
    pull(wrong, lambda g, y, x: g * (np.float64(2.0) * x))
    with pytest.raises(AssertionError, match="is float64, not float32"):
        check_rule(wrong, np.array([1.0, 2.0], np.float32))

    @pull(wrong)
    def _(g, y, x):
        x += 1.0
        return g * 2.0 * (x - 1.0)

    with pytest.raises(AssertionError, match="changed an argument in place"):
        check_rule(wrong, np.array([1.0, 2.0]))
    pull(wrong, lambda g, y, x: g * 2.0 * x)
    push(wrong, lambda t, y, x: t * x)
    with pytest.raises(AssertionError, match="push and pull disagree"):
        check_rule(wrong, np.array([1.0, 2.0]))
    with pytest.raises(AssertionError, match="has no derivative rule"):
        check_rule(np.unique, np.array([1.0, 2.0]))
    zero(wrong)
    with pytest.raises(AssertionError, match="wrong, argument 0"):
        check_rule(wrong, np.array([1.0, 2.0]))


def test_unhashable_callables():
    class Scale:
        __hash__ = None

        def __eq__(self, other):
            return True

        def __call__(self, x):
            return 3.0 * x

    scale, other = Scale(), Scale()
    linear(scale, lambda g, y, x: 3.0 * g)
    assert rule_for(scale).kind == "linear"
    assert rule_for(other) is None
    check_rule(scale, np.ones(2))


def test_not_a_function():
    with pytest.raises(TypeError, match="a rule is for a function"):
        elementwise(3, lambda y, x: x)


def test_an_own_rule_given_first_is_kept():
    """The table is read before a rule is entered, so that the user's is the last word."""
    code = (
        "import numpy as np\n"
        "from srcgrad.rules.table import elementwise, rule_for\n"
        "mine = elementwise(np.tanh, lambda y, x: 0.0)\n"
        "assert rule_for(np.tanh).function is mine\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_many_threads_read_the_table():
    code = (
        "import threading, numpy as np\n"
        "from srcgrad.rules.table import rule_for\n"
        "found = []\n"
        "def look():\n"
        "    found.append(rule_for(np.linalg.norm) is not None and rule_for(np.sort) is not None)\n"
        "threads = [threading.Thread(target=look) for _ in range(16)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n"
        "assert found == [True] * 16, found\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_threads_enter_rules():
    fns = [(lambda x, k=k: k * x) for k in range(64)]

    def enter(k):
        linear(fns[k], lambda g, y, x: k * g)

    threads = [threading.Thread(target=enter, args=(k,)) for k in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(rule_for(fn).kind == "linear" for fn in fns)


def test_every_file_of_rules_is_read():
    import pathlib

    folder = pathlib.Path(table.__file__).parent
    files = {path.stem for path in folder.glob("*.py")}
    files -= {"table", "__init__", "matrix"}
    assert files == set(table.TOPICS) | ({"special"} if "special" in files else set())


@pytest.mark.parametrize("topic", table.TOPICS)
def test_a_file_of_rules_can_be_imported_first(topic):
    code = (
        f"import srcgrad.rules.{topic}\n"
        "import math, numpy as np, operator\n"
        "from srcgrad.rules.table import rule_for\n"
        "for fn in (np.add, operator.iadd, pow, math.sin, np.sort, np.linalg.inv, np.floor):\n"
        "    assert rule_for(fn) is not None, fn\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

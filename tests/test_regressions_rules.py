"""What was once wrong in the rules and types: one test for each mistake."""

from __future__ import annotations

import collections
import linecache
from itertools import count
from typing import Any

import numpy as np
import pytest

from srcgrad import grad, value_and_grad
from srcgrad.building import saved
from srcgrad.errors import NoRule
from srcgrad.options import Options
from tests import oracle

_files = count()
x = np.array([0.5, -1.0, 2.0, 0.25])
y = np.array([1.5, 0.5, -0.5])
hole = np.array([-1.0, 0.0, 2.0, -3.0, 0.5])


def loss_of(text: str, params: str = "x", **names: Any) -> Any:
    """The function that returns an expression."""
    file = f"<regression {next(_files)}>"
    source = f"def loss({params}):\n    return {text}\n"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    space: dict[str, Any] = {"np": np, **names}
    exec(compile(source, file, "exec"), space)
    return space["loss"]


UNKNOWN_ARGUMENTS = {
    "np.sum(np.exp(x, where=x > 0))": "'where'",
    "np.sum(np.exp(x, dtype=np.float32))": "'dtype'",
    "np.sum(np.exp(x, casting='no'))": "'casting'",
    "np.array([x[0], x[1]], dtype=object).sum()": "this dtype",
}


@pytest.mark.parametrize("text", UNKNOWN_ARGUMENTS)
def test_an_argument_that_a_rule_lacks_is_refused(text):
    with pytest.raises(NoRule) as caught:
        grad(loss_of(text))(x)
    message = str(caught.value)
    assert "^" in message
    assert f"has no derivative rule for {UNKNOWN_ARGUMENTS[text]} and " in message


REFUSED = [
    "np.sum(np.ravel(x, order='K') * x)",
    "np.sum(np.reshape(x, 4, order='A') * x)",
]


@pytest.mark.parametrize("text", REFUSED)
def test_refused_and_not_wrong(text):
    with pytest.raises(NoRule, match=r"\^"):
        grad(loss_of(text))(x)


REFUSED_AT_RUN = [
    "np.sum(np.vectorize(lambda a: a * a if a < 0 else 1)(x))",
    "np.sum(np.vectorize(lambda a, b: a * b)(x, b=2.0))",
    "np.sum(np.pad(x, 9, 'reflect', reflect_type='odd'))",
    "np.sum(np.linalg.qr(np.outer(x, x[:2]), 'complete')[0])",
    "np.sum(np.polyfit(np.arange(4), x, 1, full=True)[0])",
    "np.sum(np.polymul(x * np.array([0, 1, 1, 1]), x))",
    "np.sum(np.quantile(x, [0.3], weights=[1, 2, 1, 1], method='inverted_cdf'))",
]


@pytest.mark.parametrize("text", REFUSED_AT_RUN)
def test_refused_when_it_runs(text):
    loss_of(text)(x)
    with pytest.raises(NoRule):
        grad(loss_of(text))(x)


KEYWORDS = [
    "np.sum(x, initial=3.0)",
    "np.sum(x, 0, None, None, False, 5.0)",
    "np.sum(np.take(x, [9], mode='wrap'))",
    "np.sum(np.diff(x, prepend=0.0) ** 2)",
    "np.sum(np.r_[x, 1.0] ** 2)",
    "np.sum(np.tril(x))",
    "np.sum(np.median(np.outer(x, x), axis=(0, 1)))",
    "np.sum(np.pad(np.outer(x, x), {-1: 1}))",
    "x.item(1) * x.item(2)",
    "np.outer(x, x).item(1, 2) + np.outer(x, x).item((0, 3))",
    "np.sum(a=x)",
    "np.mean(a=x)",
    "np.prod(a=x)",
    "np.var(a=x, ddof=1)",
    "np.sum(np.cumsum(a=x) ** 2)",
    "np.sum(np.sort(a=x) ** 2)",
    "np.sum(np.roll(a=x, shift=1) * x)",
    "np.sum(np.roll(x, np.int64(1)) * x)",
    "np.sum(np.repeat(a=x, repeats=2) ** 2)",
    "np.sum(np.broadcast_to(array=x, shape=(2, 4)) ** 2)",
    "np.sum(np.broadcast_to(x, shape=(0, 4))) + x[0]",
    "np.sum(np.split(x, indices_or_sections=2)[0] ** 2)",
    "np.sum(np.take(a=x, indices=[1, 1]) ** 2)",
    "np.take(x, np.argmax(x))",
    "np.sum(np.flip(m=x) * x)",
    "np.amax(x)",
    "np.sum(np.conj(x) * x)",
    "np.sum(np.take_along_axis(np.outer(x, x), np.array([[0, 1, 2, 1]]), axis=0))",
    "np.sum(np.take_along_axis(np.ones((2, 3, 4)) * x, np.array([[[0, 1, 1, 0]]]), 1))",
]


@pytest.mark.parametrize("text", KEYWORDS)
def test_every_spelling_of_a_call(text):
    loss = loss_of(text)
    oracle.assert_close(grad(loss)(x), oracle.numeric_gradient(loss, (x,), 0))
    space: dict[str, Any] = {}
    exec(saved(loss, Options((0,), False)), space)
    assert np.allclose(space["loss_grad"](x), grad(loss)(x))


@pytest.mark.parametrize(
    "text", ["x ** y", "x ** 0.5 + y", "abs(x ** y)", "(x ** 0.5).real * y", "(x ** y + x) ** 2"]
)
def test_a_power_that_turns_complex_is_refused(text):
    gradient = grad(loss_of(text, "x, y"), wrt=(0, 1))
    assert all(type(g) is float for g in gradient(2.0, 0.5))
    with pytest.raises(NoRule, match="complex"):
        gradient(-2.0, 0.5)


def test_whole_numbers_carry_nothing():
    for text in ("np.sum(np.cumsum(x, dtype=int) * x)", "np.sum(x.astype(int) * x)"):
        loss = loss_of(text)
        whole = np.cumsum(x, dtype=int) if "cumsum" in text else x.astype(int)
        assert np.array_equal(grad(loss)(x), whole)
        space: dict[str, Any] = {}
        exec(saved(loss, Options((0,), False)), space)
        assert np.array_equal(space["loss_grad"](x), whole)


GUARDED = [
    ("np.sum(x * y)", (4,), (3,)),
    ("np.sum(x + y)", (4,), (3,)),
    ("np.sum(x + y)", (0,), (3,)),
    ("np.sum(x - 2.0 * y)", (4,), (3,)),
    ("np.dot(x, y)", (4,), (3,)),
    ("np.vdot(x, y)", (4,), (3,)),
    ("np.inner(x, y)", (4,), (3,)),
    ("x @ y", (4,), (3,)),
    ("np.sum(x + y)", (2, 4), (3,)),
    ("np.sum(x[0] + y)", (2, 4), (3,)),
    ("np.sum(x.T + y)", (2, 4), (3,)),
    ("np.sum(x.sum(axis=0) + y)", (2, 4), (3,)),
    ("np.sum(x[1:] * y)", (5,), (3,)),
    ("np.sum(x[x > 0] * y)", (5,), (3,)),
    ("np.sum(np.where(np.arange(4) > 2, x, y))", (3,), (4,)),
    ("np.trace(x @ y)", (2, 3), (2, 2)),
    ("sum([np.sum(a + y) for a in x])", (2, 4), (3,)),
]


@pytest.mark.parametrize(("text", "one", "two"), GUARDED)
def test_sizes_that_do_not_fit_raise_as_the_primal_does(text, one, two):
    loss = loss_of(text, "x, y")
    a, b = np.ones(one), np.ones(two)
    with pytest.raises(ValueError):
        loss(a, b)
    gradient = grad(loss, wrt=(0, 1))
    with pytest.raises(ValueError):
        gradient(a, b)
    with pytest.raises(ValueError):
        value_and_grad(loss, wrt=(0, 1))(a, b)


def test_the_guard_is_one_line_and_only_where_needed():
    guarded = grad(loss_of("np.sum(x * y)", "x, y"), wrt=(0, 1)).source_for(x, x)
    assert "    np.broadcast_shapes(x.shape, y.shape)\n" in guarded
    one_size = grad(loss_of("np.sum(x[:, 0] * y)", "x, y")).source_for(np.ones((4, 3)), x)
    assert "broadcast_shapes" not in one_size or "x.shape[0], y.shape[0]" in one_size
    unneeded = grad(loss_of("np.sum((x - y) ** 2)", "x, y"), wrt=(0, 1)).source_for(x, x)
    assert "broadcast_shapes" not in unneeded


def test_the_guard_stays_at_second_order():
    loss = loss_of("np.sum(x * y) ** 2", "x, y")
    slope = loss_of("np.sum(gradient(x, y))", "x, y", gradient=grad(loss))
    assert np.allclose(grad(slope)(x, x), 2.0 * np.sum(x) * x)
    with pytest.raises(ValueError):
        grad(
            loss_of(
                "np.sum(gradient(x, y))", "x, y", gradient=grad(loss_of("np.sum(x * y)", "x, y"))
            )
        )(x, y)


SAFE = "np.where(x > 0, x, 1.0)"
UNTAKEN = [
    ("np.where(x > 0, np.sqrt(x), 0.0)", f"np.where(x > 0, np.sqrt({SAFE}), 0.0)"),
    ("np.where(x > 0, x * np.log(x), 0.0)", f"np.where(x > 0, {SAFE} * np.log({SAFE}), 0.0)"),
    ("np.where(x > 0, 1.0 / x, x)", f"np.where(x > 0, 1.0 / {SAFE}, x)"),
    ("np.where(x > 0, x ** 0.5, x ** 2)", f"np.where(x > 0, {SAFE} ** 0.5, x ** 2)"),
    (
        "np.where(x > 0, np.where(x > 1, np.log(x), np.sqrt(x)), x)",
        f"np.where(x > 0, np.where(x > 1, np.log({SAFE}), np.sqrt({SAFE})), x)",
    ),
    (
        "np.select([x > 1, x > 0], [np.log(x), np.sqrt(x)], 0.0)",
        f"np.select([x > 1, x > 0], [np.log({SAFE}), np.sqrt({SAFE})], 0.0)",
    ),
    (
        "np.where(x > 0, np.log(np.maximum(x, 0.0)), 0.0)",
        f"np.where(x > 0, np.log({SAFE}), 0.0)",
    ),
]


@pytest.mark.parametrize(("text", "safe"), UNTAKEN)
def test_promise_6_untaken_branches_at_first_and_second_order(text, safe):
    v = np.cos(np.arange(5.0))
    slopes = []
    with np.errstate(all="ignore"):
        for form in (text, safe):
            first = grad(loss_of(f"np.sum({form})"))
            second = grad(loss_of("np.sum(v * first(x))", v=v, first=first))
            slopes.append((first(hole), second(hole)))
    assert np.allclose(slopes[0], slopes[1])


def test_promise_5_numbers_keep_their_class_beside_narrow_arrays():
    narrow = x.astype(np.float32)
    for text in (
        "np.sum(np.sin(x * y))",
        "np.sum(np.sin(x[1:] * y))",
        "np.sum(np.clip(x, y, 1.0))",
    ):
        d_y = grad(loss_of(text, "x, y"), wrt="y")(narrow, 0.5)
        assert isinstance(d_y, float)
    Pair = collections.namedtuple("Pair", "a b")
    for given in ({"a": narrow, "b": np.float32(1.0)}, Pair(narrow, [np.float32(1.0)])):
        read = 'p["a"]' if isinstance(given, dict) else "p.a"
        found = grad(loss_of(f"np.sum({read} ** 2)", "p"))(given)
        oracle.assert_like(found, given)


def test_unbroadcast_at_second_order_where_an_axis_was_summed_away():
    loss = loss_of("np.sum(np.sin(np.einsum('i...->...', x)))")
    slope = grad(loss_of("np.sum(first(x) ** 2)", first=grad(loss)))
    at = np.arange(6.0).reshape(2, 3) / 5.0
    total = at.sum(axis=0)
    assert np.allclose(slope(at), np.tile(-4.0 * np.cos(total) * np.sin(total), (2, 1)))


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.uint64, bool])
@pytest.mark.parametrize("text", ["np.sum(np.arctan2(n, x))", "np.sum(np.arctan2(x, n))"])
def test_narrow_whole_numbers_do_not_wrap(kind, text):
    loss = loss_of(text, "x, n")
    n = np.array([100, 0, 1, 20]).astype(kind)
    wide = grad(loss)(x, n.astype(float))
    assert np.allclose(grad(loss)(x, n), wide)


@pytest.mark.parametrize(
    "text", ["np.sum(x ** [1, 2, 3, 4])", "x @ [1, 2, 3, 4]", "np.dot([1, 2, 3, 4], x)"]
)
def test_lists_of_constants_are_arrays(text):
    loss = loss_of(text)
    oracle.assert_close(grad(loss)(x), oracle.numeric_gradient(loss, (x,), 0))


def test_interp_with_values_outside_of_the_nodes():
    loss = loss_of("np.sum(np.interp(x, [0.0, 1.0], f, left=5.0) ** 2)", "x, f")
    for place in (0, 1):
        wanted = oracle.numeric_gradient(loss, (x, np.array([1.0, 3.0])), place)
        oracle.assert_close(grad(loss, wrt=place)(x, np.array([1.0, 3.0])), wanted)

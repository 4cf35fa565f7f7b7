"""Promises 3, 4 and 5: the primal runs once and in order, and your data is yours."""

from __future__ import annotations

import copy
import math
import sys
import traceback

import numpy as np
import pytest

import srcgrad
from srcgrad import grad, value_and_grad, vjp
from tests import losses


class TestPromise4ThePrimalRunsOnceAndInOrder:
    def test_prints_once(self, capsys):
        grad(losses.chatty)(3.0)
        assert capsys.readouterr().out == "once 3.0\n"
        value_and_grad(losses.chatty)(3.0)
        assert capsys.readouterr().out == "once 3.0\n"

    def test_compiling_prints_nothing(self, capsys):
        assert "print" in grad(losses.chatty).source
        assert "print" in grad(losses.chatty).source_for(3.0)
        assert capsys.readouterr().out == ""

    def test_random_draws_are_not_replayed(self):
        x = np.arange(3.0)
        found = grad(losses.noisy)(x, np.random.default_rng(7))
        np.testing.assert_array_equal(found, np.random.default_rng(7).normal(size=3))
        rng = np.random.default_rng(7)
        value, found = value_and_grad(losses.noisy)(x, rng)
        np.testing.assert_allclose(value, np.sum(x * found))
        other = np.random.default_rng(7)
        other.normal(size=3)
        assert rng.bit_generator.state == other.bit_generator.state

    def test_global_random_state(self):
        np.random.seed(3)
        found = grad(losses.global_noise)(np.ones(3))
        np.random.seed(3)
        np.testing.assert_array_equal(found, np.random.normal(size=3))

    def test_iterators_are_consumed_once(self):
        def f(x, items):
            total = 0.0
            for item in items:
                total = total + x * item
            return total

        items = iter([1.0, 2.0, 3.0])
        try:
            found = grad(f)(2.0, items)
        except srcgrad.SrcgradError:
            return
        assert found == 6.0
        assert list(items) == []

    def test_exceptions_pass_unchanged(self):
        with pytest.raises(LookupError) as error:
            grad(losses.failing)(1.5)
        assert type(error.value) is LookupError
        assert error.value.args == ("no 1.5",)
        assert error.value.__cause__ is None
        assert grad(losses.failing)(-3.0) == -6.0

    def test_the_traceback_shows_the_generated_line(self):
        try:
            grad(losses.failing)(1.5)
        except LookupError:
            text = "".join(traceback.format_exception(*sys.exc_info()))
        assert "raise LookupError(f'no {x}')" in text.replace('"', "'")

    def test_asserts_stay(self):
        with pytest.raises(AssertionError, match="x must be positive"):
            grad(losses.guarded)(-1.0)
        assert grad(losses.guarded)(2.0) == 0.5

    def test_errors_of_the_primal_stay(self):
        with pytest.raises(IndexError):
            grad(losses.indexed)(np.ones(3), 5)
        with pytest.raises(ValueError, match=r"math domain error|positive"):
            grad(lambda x: math.log(x))(-1.0)
        with pytest.raises(KeyError):
            grad(losses.in_dict)({"W": np.ones((2, 2))}, np.ones((3, 2)))
        with pytest.raises(ValueError):
            grad(losses.mse)(np.ones(3), 0.0, np.ones((4, 3)), np.ones(5))
        with pytest.raises(ZeroDivisionError):
            grad(lambda x, y: x / y)(1.0, 0.0)

    def test_bounds_are_checked_where_the_value_is_not_used(self):
        def f(x, i):
            y = x[i]  # noqa: F841
            return np.sum(x * x)

        with pytest.raises(IndexError):
            grad(f)(np.ones(3), 5)


CASES = [
    (losses.square, (3.0,), 0),
    (losses.mse, (np.ones(3), 0.5, np.ones((5, 3)), np.ones(5)), (0, 1, 2, 3)),
    (losses.in_dict, ({"W": np.ones((3, 2)), "b": np.zeros(2)}, np.ones((5, 3))), (0, 1)),
    (losses.in_list, ([np.eye(2), np.ones((2, 2))], np.ones((4, 2))), (0, 1)),
    (losses.in_pair, (losses.Pair(np.ones(3), 2.0), np.arange(3.0)), (0, 1)),
    (losses.in_weights, (losses.Weights(np.ones(3), 2.0), np.arange(3.0)), (0, 1)),
    (lambda x: np.sum(x), (np.ones((2, 3)),), 0),
    (lambda x, y: np.sum(x + y), (np.ones((2, 3)), np.ones((2, 3))), (0, 1)),
    (lambda x: np.sum(x.T.reshape(-1)[1:]), (np.ones((2, 3)),), 0),
    (lambda x, y: np.sum(x * y), (np.ones(3), np.ones(3)), (0, 1)),
    (lambda x: x, (np.array(2.0),), 0),
    (lambda x, y: 0.0 * np.sum(y), (np.ones(3), np.ones(3)), (0, 1)),
]


class TestPromise5YourDataIsYours:
    @pytest.mark.parametrize(("f", "args", "wrt"), CASES)
    def test_arguments_are_as_they_were(self, f, args, wrt):
        before = copy.deepcopy(args)
        grad(f, wrt)(*args)
        assert repr(args) == repr(before)

    @pytest.mark.parametrize(("f", "args", "wrt"), CASES)
    def test_read_only_input_is_accepted(self, f, args, wrt):
        args = copy.deepcopy(args)
        for array in arrays(args):
            array.flags.writeable = False
        grad(f, wrt)(*args)

    @pytest.mark.parametrize(("f", "args", "wrt"), CASES)
    def test_results_are_fresh_and_writable(self, f, args, wrt):
        found = arrays(grad(f, wrt)(*args))
        given = arrays(args)
        for i, array in enumerate(found):
            assert array.flags.writeable
            assert array.flags.owndata or array.base is None or array.base.flags.writeable
            for other in (*given, *found[:i]):
                assert not np.shares_memory(array, other)

    @pytest.mark.parametrize(("f", "args", "wrt"), CASES)
    def test_pullbacks_do_not_share_either(self, f, args, wrt):
        value, pullback = vjp(f, *args, wrt=wrt)
        one = np.ones(np.shape(value)) if isinstance(value, np.ndarray) else 1.0
        found = arrays(pullback(one)) + arrays(pullback(one))
        for i, array in enumerate(found):
            for other in (*arrays(args), *arrays(value), *arrays(one), *found[:i]):
                assert not np.shares_memory(array, other)

    def test_results_of_two_calls_are_apart(self):
        g = grad(lambda x: np.sum(3.0 * x))
        first = g(np.ones(3))
        first[:] = 0.0
        np.testing.assert_array_equal(g(np.ones(3)), 3.0 * np.ones(3))

    def test_non_contiguous_input(self):
        x = np.arange(24.0).reshape(4, 6)[::2, ::3]
        np.testing.assert_array_equal(grad(lambda x: np.sum(x * x))(x), 2.0 * x)


def arrays(value):
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, dict):
        return [a for item in value.values() for a in arrays(item)]
    if isinstance(value, (list, tuple)):
        return [a for item in value for a in arrays(item)]
    if isinstance(value, losses.Weights):
        return arrays([value.w, value.b])
    return []


class TestPromise3NumpysSemantics:
    def test_0d_arrays_and_scalars(self):
        g = grad(losses.square)
        assert type(g(2.0)) is float
        assert type(g(np.float64(2.0))) is np.float64
        found = g(np.array(2.0))
        assert type(found) is np.ndarray
        assert found.shape == ()

    def test_broadcasting(self):
        a, b = np.ones((3, 1)), np.ones((1, 4))
        d_a, d_b = grad(lambda a, b: np.sum(a * b), (0, 1))(a, b)
        np.testing.assert_array_equal(d_a, 4.0 * a)
        np.testing.assert_array_equal(d_b, 3.0 * b)

    def test_repeated_indices_add_up(self):
        found = grad(lambda x: np.sum(x[np.array([0, 0, 2])]))(np.ones(3))
        np.testing.assert_array_equal(found, [2.0, 0.0, 1.0])

    def test_size_one_and_empty(self):
        g = grad(lambda x: np.sum(x * x))
        for shape in [(1,), (1, 1), (0,), (2, 0), (3, 1)]:
            found = g(np.ones(shape))
            assert found.shape == shape
            np.testing.assert_array_equal(found, 2.0 * np.ones(shape))

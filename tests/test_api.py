"""What the user has: `grad`, `value_and_grad`, `vjp` and the object they return."""

from __future__ import annotations

import copy
import importlib
import inspect
import io
import pickle
import weakref

import numpy as np
import pytest

import srcgrad
from srcgrad import grad, value_and_grad, vjp
from tests import losses


def data():
    rng = np.random.default_rng(0)
    return rng.normal(size=3), 0.5, rng.normal(size=(5, 3)), rng.normal(size=5)


def mse_by_hand(w, b, X, y):
    err = X @ w + b - y
    return X.T @ (2.0 / err.size * err), float(np.sum(2.0 / err.size * err))


class TestGrad:
    def test_function_form(self):
        assert grad(losses.square)(3.0) == 6.0

    def test_decorator_without_arguments(self):
        @grad
        def f(x):
            return x * x

        assert f(3.0) == 6.0

    def test_decorator_with_arguments(self):
        @grad(wrt="y")
        def f(x, y):
            return x * y

        assert f(3.0, 4.0) == 3.0

    def test_decorator_with_empty_arguments(self):
        @grad()
        def f(x):
            return x * x

        assert f(3.0) == 6.0

    @pytest.mark.parametrize("wrt", ["w", 0, -4, np.int64(0)])
    def test_one_gives_a_gradient(self, wrt):
        args = data()
        np.testing.assert_allclose(grad(losses.mse, wrt)(*args), mse_by_hand(*args)[0])

    @pytest.mark.parametrize("wrt", [("w", "b"), (0, 1), ("w", -3), ["w", "b"]])
    def test_a_tuple_gives_a_tuple(self, wrt):
        args = data()
        found = grad(losses.mse, wrt)(*args)
        assert type(found) is tuple
        for mine, hand in zip(found, mse_by_hand(*args), strict=True):
            np.testing.assert_allclose(mine, hand)

    def test_a_tuple_of_one_gives_a_tuple_of_one(self):
        assert grad(losses.square, (0,))(3.0) == (6.0,)

    def test_order_is_that_of_wrt(self):
        assert grad(losses.plane, ("y", "x"))(0.0, 2.0) == (0.0, 3.0)

    def test_keywords_and_defaults(self):
        g = grad(losses.defaults)
        assert g(2.0) == 12.0
        assert g(x=2.0) == 12.0
        assert g(2.0, 1.0) == 4.0
        assert g(2.0, scale=1.0) == 4.0
        assert g(2.0, shift=8.0) == 12.0
        assert grad(losses.defaults, "shift")(2.0) == 1.0

    def test_star_parameters(self):
        assert grad(losses.star, "xs")(1.0, 2.0, 3.0) == (2.0, 4.0, 6.0)
        assert grad(losses.keywords)(3.0, a=2.0, b=1.0) == 2.0
        assert grad(losses.keywords, "options")(3.0, a=2.0, b=1.0) == {"a": 3.0, "b": 1.0}

    def test_twice(self):
        assert grad(grad(losses.square))(3.0) == 2.0


class TestWrongCalls:
    def test_unknown_name(self):
        with pytest.raises(ValueError) as error:
            grad(losses.mse, "v")
        assert (
            str(error.value) == "wrt='v' is not a parameter: the parameters of 'mse' are w, b, X, y"
        )

    def test_position_out_of_range(self):
        with pytest.raises(ValueError) as error:
            grad(losses.mse, 4)
        assert str(error.value) == "wrt=4 is out of range: the parameters of 'mse' are w, b, X, y"

    @pytest.mark.parametrize("wrt", [True, 1.5, None, {"w"}])
    def test_neither_name_nor_position(self, wrt):
        with pytest.raises(TypeError, match="wrt takes the name or position of a parameter"):
            grad(losses.mse, wrt)

    def test_twice_the_same(self):
        with pytest.raises(ValueError, match="twice"):
            grad(losses.mse, ("w", 0))

    def test_none_at_all(self):
        with pytest.raises(ValueError, match="empty"):
            grad(losses.mse, ())

    def test_no_function(self):
        with pytest.raises(TypeError, match="expected a function, not float"):
            grad(1.5)

    def test_missing_argument(self):
        with pytest.raises(TypeError, match=r"mse\(\) missing a required argument: 'y'"):
            grad(losses.mse)(*data()[:3])

    def test_too_many_arguments(self):
        with pytest.raises(TypeError, match=r"square\(\) too many positional arguments"):
            grad(losses.square)(1.0, 2.0)

    def test_unknown_keyword(self):
        with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
            grad(losses.square)(1.0, z=1.0)

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (np.arange(3), "x is an array of int64: convert it to floats, x.astype(float)"),
            (np.int32(3), "x is a scalar of int32: convert it to floats, float(x)"),
            (True, "x is a bool, which has no derivative"),
            (np.array([True]), "x is an array of bool: convert it to floats, x.astype(float)"),
            ("a", "x is a str: give floats, float arrays, or containers of these"),
            (None, "x is None: give floats, float arrays, or containers of these"),
            (np.array([None]), "x is an array of object, which has no derivative"),
            ([1.0, {"a": np.arange(2)}], "x[1]['a'] is an array of int64: convert it to floats, "
             "x[1]['a'].astype(float)"),
            (np.ma.masked_array([1.0]), "x is a MaskedArray: give a plain array, np.asarray(x)"),
            (losses.Weights(1.0, "b"), "x.b is a str: give floats, float arrays, or containers of "
             "these"),
        ],
    )  # fmt: skip
    def test_values_without_a_derivative(self, value, message):
        with pytest.raises(TypeError) as error:
            grad(losses.square)(value)
        assert str(error.value) == f"no gradient of 'square': {message}"


class TestNotScalar:
    def test_an_array(self):
        with pytest.raises(srcgrad.NotScalar) as error:
            grad(losses.vector)(np.ones(3))
        line = inspect.getsourcelines(losses.vector)[1] + 1
        assert str(error.value) == (
            f"losses.py:{line}: the result of 'vector' is not one real number\n"
            "    return np.sin(x)\n"
            "           ^~~~~~~~~\n"
            "It returns an array of 1 dimension, and a gradient is that of one real number.\n"
            "Reduce it to one number, as np.sum or np.mean do; for any other result use vjp."
        )

    @pytest.mark.parametrize("shape", [(1,), (1, 1), (2, 3), (0,)])
    def test_any_shape_but_none(self, shape):
        with pytest.raises(srcgrad.NotScalar):
            grad(losses.vector)(np.ones(shape))

    def test_a_0d_array_is_a_scalar(self):
        found = grad(losses.vector)(np.array(0.0))
        assert found == 1.0
        assert np.shape(found) == ()

    def test_a_tuple(self):
        with pytest.raises(srcgrad.NotScalar, match="has_aux=True"):
            grad(losses.two)(1.0)

    def test_nothing(self):
        with pytest.raises(srcgrad.NotScalar, match="Add a return statement"):
            grad(losses.nothing)(1.0)


class TestStructures:
    def test_python_int_is_a_float(self):
        found = grad(losses.square)(3)
        assert found == 6.0
        assert type(found) is float

    def test_python_ints_in_containers_are_floats(self):
        found = grad(losses.star, "xs")(1, 2.0)
        assert found == (2.0, 4.0)
        assert {type(item) for item in found} == {float}

    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
    def test_dtype_and_shape_are_kept(self, dtype):
        x = np.ones((2, 1, 3), dtype)
        found = grad(lambda x: np.sum(x * x))(x)
        assert found.dtype == dtype
        assert found.shape == x.shape
        scalar = grad(losses.square)(dtype(3.0))
        assert isinstance(scalar, np.generic)
        assert scalar.dtype == dtype
        assert scalar == 6.0

    def test_dict(self):
        p = {"W": np.ones((3, 2)), "b": np.zeros(2), "unused": np.ones(4, np.float32)}
        found = grad(losses.in_dict)(p, np.ones((5, 3)))
        assert list(found) == ["W", "b", "unused"]
        assert found["W"].shape == (3, 2)
        assert found["b"].shape == (2,)
        assert found["unused"].dtype == np.float32
        assert not found["unused"].any()

    def test_list(self):
        ws = [np.eye(2), np.eye(2), np.ones((2, 3))]
        found = grad(losses.in_list)(ws, np.ones((4, 2)))
        assert type(found) is list
        assert [w.shape for w in found] == [(2, 2), (2, 2), (2, 3)]

    def test_namedtuple(self):
        found = grad(losses.in_pair)(losses.Pair(np.ones(3), 2.0), np.arange(3.0))
        assert type(found) is losses.Pair
        np.testing.assert_array_equal(found.first, [0.0, 1.0, 2.0])
        assert found.second == 1.0

    def test_dataclass(self):
        found = grad(losses.in_weights)(losses.Weights(np.ones(3), 2.0), np.arange(3.0))
        assert type(found) is losses.Weights
        np.testing.assert_array_equal(found.w, [0.0, 1.0, 2.0])
        assert found.b == 2.0

    def test_nested(self):
        p = {"layers": [{"w": np.ones(2)}, {"w": 3.0}], "scale": 2.0}
        found = grad(losses.in_nest)(p)
        np.testing.assert_array_equal(found["layers"][0]["w"], [2.0, 2.0])
        assert found["layers"][1]["w"] == 2.0
        assert found["scale"] == 3.0

    def test_memmap(self, tmp_path):
        x = np.memmap(tmp_path / "x", np.float64, "w+", shape=(3,))
        x[:] = 2.0
        found = grad(lambda x: np.sum(x * x))(x)
        assert type(found) is np.ndarray
        np.testing.assert_array_equal(found, [4.0, 4.0, 4.0])


class TestSignatures:
    def test_a_new_size_does_not_compile_again(self, monkeypatch):
        g = grad(lambda x: np.sum(x * x))
        g(np.ones(3))
        monkeypatch.setattr("srcgrad.gradient.compiled", None)
        np.testing.assert_array_equal(g(np.ones(7)), 2.0 * np.ones(7))

    def test_other_kinds_do(self):
        g = grad(lambda x, b: np.sum(x * b), "b")
        x = np.arange(1.0, 4.0)
        assert g(x, 2.0) == 6.0
        np.testing.assert_array_equal(g(x, np.ones(3)), x)
        np.testing.assert_array_equal(g(x, np.ones(1)), [6.0])
        np.testing.assert_array_equal(g(x, np.ones((1, 3))), [x])
        assert g(x, np.float32(2.0)).dtype == np.float32

    def test_functions_as_arguments(self):
        g = grad(losses.apply, "x")
        np.testing.assert_allclose(g(np.sin, np.zeros(2)), [1.0, 1.0])
        np.testing.assert_allclose(g(np.cos, np.zeros(2)), [0.0, 0.0])
        np.testing.assert_allclose(g(lambda x: 3.0 * x, np.zeros(2)), [3.0, 3.0])
        np.testing.assert_allclose(g(losses.helper, np.ones(2)), [2.0, 2.0])

    def test_one_cache_for_all_gradients_of_a_function(self, monkeypatch):
        def f(x):
            return x * x

        grad(f)(1.0)
        monkeypatch.setattr("srcgrad.gradient.compiled", None)
        assert grad(f)(2.0) == 4.0


class TestValueAndGrad:
    def test_both(self):
        assert value_and_grad(losses.square)(3.0) == (9.0, 6.0)

    def test_tuple(self):
        assert value_and_grad(losses.plane, ("x", "y"))(0.0, 2.0) == (0.0, (3.0, 0.0))

    def test_method(self):
        assert grad(losses.square).value_and_grad(3.0) == (9.0, 6.0)
        assert losses.valued.value_and_grad(3.0) == (9.0, 6.0)

    def test_decorator(self):
        assert losses.decorated_pair(2.0, 3.0) == (6.0, (3.0, 2.0))


class TestAux:
    def test_grad(self):
        found, aux = grad(losses.with_aux, has_aux=True)(1.0, np.ones(2))
        np.testing.assert_allclose(found, 2.0 * (1.0 - np.tanh(1.0) ** 2))
        np.testing.assert_allclose(aux["h"], np.tanh(np.ones(2)))

    def test_value_and_grad(self):
        (value, aux), found = value_and_grad(losses.with_aux, has_aux=True)(1.0, np.ones(2))
        np.testing.assert_allclose(value, 2.0 * np.tanh(1.0))
        np.testing.assert_allclose(found, 2.0 * (1.0 - np.tanh(1.0) ** 2))
        assert list(aux) == ["h"]

    def test_in_branches(self):
        g = grad(losses.aux_branch, has_aux=True)
        assert g(2.0) == (4.0, "positive")
        assert g(-2.0) == (-1.0, "negative")

    def test_loss_of_an_array_is_refused(self):
        with pytest.raises(srcgrad.NotScalar):
            grad(lambda x: (x, 1), has_aux=True)(np.ones(2))


class TestVjp:
    def test_scalar(self):
        value, pullback = vjp(losses.square, 3.0)
        assert value == 9.0
        assert pullback(2.0) == (12.0,)
        assert pullback(1.0) == (6.0,)

    def test_array(self):
        x = np.linspace(0.0, 1.0, 4)
        value, pullback = vjp(losses.vector, x)
        np.testing.assert_allclose(value, np.sin(x))
        (found,) = pullback(np.arange(4.0))
        np.testing.assert_allclose(found, np.arange(4.0) * np.cos(x))

    def test_wrt(self):
        _, pullback = vjp(losses.plane, 0.0, 2.0, wrt="y")
        assert pullback(1.0) == 0.0
        _, pullback = vjp(losses.plane, 0.0, 2.0, wrt=("y", "x"))
        assert pullback(1.0) == (0.0, 3.0)

    def test_arguments_without_a_derivative_get_none(self):
        _, pullback = vjp(losses.indexed, np.ones(3), 1)
        found, nothing = pullback(1.0)
        np.testing.assert_array_equal(found, [0.0, 2.0, 0.0])
        assert nothing is None

    def test_aux(self):
        value, pullback, aux = vjp(losses.with_aux, 1.0, np.ones(2), has_aux=True)
        np.testing.assert_allclose(value, 2.0 * np.tanh(1.0))
        np.testing.assert_allclose(pullback(1.0)[0], 2.0 * (1.0 - np.tanh(1.0) ** 2))
        assert list(aux) == ["h"]

    def test_containers_as_result(self):
        value, pullback = vjp(lambda x, y: {"a": x * y, "b": (x, 2.0 * y)}, 2.0, 3.0)
        assert value == {"a": 6.0, "b": (2.0, 6.0)}
        assert pullback({"a": 1.0, "b": (1.0, 1.0)}) == (4.0, 4.0)

    def test_cotangent_of_another_shape_is_refused(self):
        _, pullback = vjp(losses.vector, np.ones(3))
        with pytest.raises(ValueError, match=r"the cotangent has the shape \(\), the result has"):
            pullback(1.0)

    def test_changes_after_the_run_do_not_count(self):
        x, y = np.ones(3), 2.0 * np.ones(3)
        value, pullback = vjp(lambda x, y: np.exp(x) * y, x, y)
        hand = value.copy(), np.exp(x)
        x[:] = y[:] = value[:] = 0.0
        for mine, other in zip(pullback(np.ones(3)), hand, strict=True):
            np.testing.assert_allclose(mine, other)

    def test_branches(self):
        def f(x, c):
            if c:
                h = np.sin(x)
                y = h * h
            else:
                y = x * x
            for _ in range(2):
                if c:
                    y = np.sin(y) * h
            return y

        value, pullback = vjp(f, 3.0, False, wrt="x")
        assert (value, pullback(1.0)) == (9.0, 6.0)
        _, pullback = vjp(f, 0.3, True, wrt="x")
        np.testing.assert_allclose(pullback(2.0), 2.0 * grad(f)(0.3, True))

    def test_compiles_once(self, monkeypatch):
        vjp(losses.plane, 1.0, 2.0)
        monkeypatch.setattr("srcgrad.pullback.compiled_pair", None)
        assert vjp(losses.plane, 0.0, 2.0)[1](1.0) == (3.0, 0.0)


class TestStopGradient:
    def test_nothing_flows(self):
        assert grad(losses.stopped)(3.0) == 3.0


class TestObject:
    def test_wraps(self):
        g = grad(losses.mse)
        assert g.__name__ == "mse"
        assert g.__doc__ == "Mean squared error."
        assert g.__module__ == "tests.losses"
        assert g.__wrapped__ is g.primal is losses.mse
        assert inspect.signature(g) == inspect.signature(losses.mse)
        assert repr(g) == "<gradient of mse(w, b, X, y) in w>"

    def test_source_is_generic_and_runs(self):
        source = grad(losses.mse, ("w", "b")).source
        assert source.startswith("def mse_grad(w, b, X, y):\n")

    def test_source_for_is_specialised(self):
        source = grad(losses.mse, ("w", "b")).source_for(*data())
        assert source.startswith("def mse_grad(w, b, X, y):\n")
        assert "unbroadcast" not in source
        assert "# backward" in source

    def test_source_does_not_change_by_calls(self):
        g = grad(losses.mse)
        before = g.source
        g(*data())
        assert g.source == before

    def test_save(self, tmp_path, monkeypatch):
        g = grad(losses.mse, ("w", "b"))
        g.save(tmp_path / "mse_saved.py")
        monkeypatch.syspath_prepend(tmp_path)
        module = importlib.import_module("mse_saved")
        for mine, other in zip(module.mse_grad(*data()), g(*data()), strict=True):
            np.testing.assert_allclose(mine, other)

    def test_save_specialised(self, tmp_path, monkeypatch):
        g = grad(losses.mse, ("w", "b"))
        g.save(tmp_path / "mse_saved_for.py", *data())
        text = (tmp_path / "mse_saved_for.py").read_text()
        assert "srcgrad.runtime" not in text
        monkeypatch.syspath_prepend(tmp_path)
        module = importlib.import_module("mse_saved_for")
        for mine, other in zip(module.mse_grad(*data()), g(*data()), strict=True):
            np.testing.assert_allclose(mine, other)

    def test_notebook(self):
        assert "mse_grad" in grad(losses.mse)._repr_html_()

    def test_notebook_never_fails(self):
        assert "&lt;gradient of abs(x) in x&gt;" in grad(abs)._repr_html_()

    def test_rich(self):
        console = pytest.importorskip("rich.console")
        shown = console.Console(width=100, record=True, file=io.StringIO())
        shown.print(grad(losses.mse))
        assert "def mse_grad" in shown.export_text()

    def test_pickle_by_reference(self):
        g = grad(losses.mse, ("w", "b"))
        again = pickle.loads(pickle.dumps(g))
        assert again.primal is losses.mse
        np.testing.assert_allclose(again(*data())[0], g(*data())[0])

    def test_pickle_of_a_decorated_function(self):
        assert pickle.loads(pickle.dumps(losses.decorated)) is losses.decorated

    def test_pickle_beside_a_decorated_function(self):
        valued = losses.decorated._with_value()
        assert pickle.loads(pickle.dumps(valued))(2.0) == (8.0, 12.0)

    def test_pickle_of_a_local_function_fails_as_for_functions(self):
        with pytest.raises((pickle.PicklingError, AttributeError)):
            pickle.dumps(grad(lambda x: x))

    def test_copies_are_the_same(self):
        g = grad(losses.mse)
        assert copy.copy(g) is g
        assert copy.deepcopy(g) is g

    def test_weak_references(self):
        assert weakref.ref(losses.decorated)() is losses.decorated

    def test_method(self):
        assert losses.Model(2.0).loss(3.0) == 12.0
        assert losses.Model.loss(losses.Model(2.0), 3.0) == 12.0

    def test_bound_method(self):
        class Model:
            def loss(self, w):
                return w * w

        assert grad(Model().loss)(2.0) == 4.0

    def test_method_of_an_array_is_refused(self):
        class Array(np.ndarray):
            def loss(self, w):
                return w * w

        with pytest.raises(srcgrad.NoSource, match="bound to an object"):
            grad(np.zeros(2).view(Array).loss)(2.0)

    def test_attributes_of_the_function_are_kept(self):
        def f(x):
            return x * x

        f.tag = "mine"
        assert grad(f).tag == "mine"

"""Types of random numbers and grids are those that NumPy gives."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from srcgrad.facts.kinds import Arr, Cut, Known, Other, Py, Seq, Unknown
from srcgrad.facts.shapes import result_type
from srcgrad.facts.shapes_random import _PARAMETERS
from srcgrad.facts.sizes import Sizes
from srcgrad.facts.typed import type_of
from srcgrad.program import ops

GENERATOR = Other(np.random.Generator)
CALLS = {
    "binomial": (5, 0.3), "gamma": (2.0, 1.0), "beta": (2.0, 1.0), "uniform": (0.0, 1.0),
    "normal": (0.0, 1.0), "laplace": (0.0, 1.0), "logistic": (0.0, 1.0), "lognormal": (0.0, 1.0),
    "gumbel": (0.0, 1.0),
}  # fmt: skip


def as_type(value):
    """Return a type with sizes."""
    if isinstance(value, np.ndarray):
        return Arr(value.dtype, value.shape)
    return Seq(tuple, tuple(map(as_type, value))) if isinstance(value, tuple) else type_of(value)


@pytest.mark.parametrize("size", [None, (), 3, (2, 3)])
@pytest.mark.parametrize("name", sorted(_PARAMETERS))
def test_distributions(name, size):
    rng = np.random.default_rng(0)
    if not hasattr(rng, name):
        pytest.skip("a method of RandomState alone")
    args = CALLS.get(name, (0.5,) * _PARAMETERS[name])
    value = getattr(rng, name)(*args, size=size)
    kinds = [GENERATOR, *map(type_of, args)]
    given = type_of(size) if size is None else as_type(size)
    if isinstance(size, int):
        given = Known(size)
    elif size is not None:
        given = Seq(tuple, tuple(map(Known, size)))
    found = result_type(Sizes(), ops.method(name), kinds, {"size": given})
    if not isinstance(found, Unknown):
        assert found == as_type(value)
    else:
        assert size is None and isinstance(value, int)


def test_parameters_that_are_arrays():
    found = result_type(
        Sizes(), ops.method("normal"), [GENERATOR, Arr(np.dtype(float), (4, 1))], {}
    )
    assert found == Arr(np.dtype(float), (4, 1))


@pytest.mark.parametrize("grid", [np.mgrid, np.ogrid])
@pytest.mark.parametrize(
    "index",
    [(slice(0, 3), slice(0, 2)), slice(0, 4), (slice(None, 3),), (slice(1, 3), slice(2, 5))],
)
def test_grids(grid, index):
    def cut(part):
        return Cut(Known(part.start), Known(part.stop), Known(part.step))

    kind = Seq(tuple, tuple(map(cut, index))) if isinstance(index, tuple) else cut(index)
    found = result_type(Sizes(), operator.getitem, [Known(grid), kind], {})
    assert found == as_type(grid[index])


def test_a_generator_and_its_numbers():
    assert result_type(Sizes(), ops.call, [Known(np.random.default_rng), Py(int)], {}) == GENERATOR

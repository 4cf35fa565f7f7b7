"""Types of random numbers, and of grids of coordinates.

rng = np.random.default_rng(seed)             a Generator
z = rng.normal(size=(n, 3))                   float64, (n, 3)
ii, jj = np.mgrid[0:n, 0:m]                   int64, (2, n, m)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.facts import shapes_creation as creation
from srcgrad.facts.dtypes import array_of
from srcgrad.facts.kinds import NONE, UNKNOWN, Arr, Cut, Known, Other, Py, Seq, Size, Type
from srcgrad.facts.sizes import Dims, Sizes

_PARAMETERS = {
    "normal": 2, "uniform": 2, "laplace": 2, "logistic": 2, "lognormal": 2, "gumbel": 2,
    "gamma": 2, "beta": 2, "exponential": 1, "chisquare": 1, "standard_gamma": 1, "rayleigh": 1,
    "standard_t": 1, "pareto": 1, "weibull": 1, "poisson": 1, "geometric": 1, "binomial": 2,
    "standard_normal": 0, "standard_exponential": 0, "standard_cauchy": 0, "random": 0,
    "random_sample": 0,
}  # fmt: skip
"""The distributions, and how many parameters they have ahead of the size."""

_WHOLE = frozenset({"poisson", "geometric", "binomial"})
_NAMES = frozenset({"loc", "scale", "low", "high", "mean", "sigma", "shape", "a", "b", "n", "p"})
GENERATORS = (np.random.Generator, np.random.RandomState)
GRIDS = (type(np.mgrid), type(np.ogrid))
MODULE = {getattr(np.random, name): name for name in _PARAMETERS if hasattr(np.random, name)}
"""The functions of the module ``np.random``."""


def called(sizes: Sizes, fn: Type, *args: Type, **named: Type) -> Type:
    """A call of a value: ``np.random.default_rng(seed)``."""
    made = isinstance(fn, Known) and fn.value in (np.random.default_rng, np.random.Generator)
    return Other(np.random.Generator) if made else UNKNOWN


def drawn(sizes: Sizes, name: str, args: list[Type], named: dict[str, Type]) -> Type:
    """Return the type of random numbers of a distribution."""
    count = _PARAMETERS.get(name)
    if count is None or len(args) > count + 1 or named.keys() - _NAMES - {"size"}:
        return UNKNOWN
    size = named.get("size", args[count] if len(args) > count else NONE)
    given = [*args[:count], *(kind for key, kind in named.items() if key != "size")]
    whole = name in _WHOLE
    if size != NONE:
        made = creation.full(sizes, size, Py(float))
        dtype = np.dtype(np.int64 if whole else np.float64)
        return Arr(dtype, made.dims) if isinstance(made, Arr) else UNKNOWN
    shapes: list[Dims] = []
    for kind in given:
        one = array_of(kind)
        if one is None:
            return UNKNOWN
        shapes.append(one.dims)
    dims = sizes.broadcast(shapes) if shapes else ()
    if dims is None or whole:
        return UNKNOWN
    return Arr(np.dtype(np.float64), dims) if dims else Py(float)


def grid(sizes: Sizes, which: Any, index: Type) -> Type:
    """``np.mgrid[0:n, 0:m]`` and ``np.ogrid``."""
    cuts = index.items if isinstance(index, Seq) else (index,)
    lines = [_line(sizes, cut) for cut in cuts]
    made = [line for line in lines if isinstance(line, Arr)]
    if len(made) < len(lines) or not made:
        return UNKNOWN
    if not isinstance(index, Seq):
        return made[0]
    dtype = np.result_type(*(line.dtype for line in made))
    dims = tuple(line.dims[0] for line in made)
    if which is np.mgrid:
        return Arr(dtype, (len(dims), *dims))
    ones = [tuple(n if i == k else 1 for i, n in enumerate(dims)) for k in range(len(dims))]
    return Seq(tuple, tuple(Arr(dtype, one) for one in ones))


def _line(sizes: Sizes, cut: Type) -> Type:
    if not isinstance(cut, Cut) or cut.step != NONE:
        return UNKNOWN
    start = Known(0) if cut.start == NONE else cut.start
    if start == Known(0) and isinstance(cut.stop, Size):
        return Arr(np.dtype(np.int64), (cut.stop.dim,))
    return creation.arange(sizes, start, cut.stop)

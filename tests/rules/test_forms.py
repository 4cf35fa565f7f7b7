"""The forms of call that NumPy documents, function by function: on numbers, and compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcgrad import checks
from srcgrad.program.ops import method
from tests.rules.arrays import rand, single, strided
from tests.rules.compiled import check_compiled

x5, x6, m23, m34, s234 = rand(5), rand(6), rand(2, 3), rand(3, 4), rand(2, 3, 4)
back = strided(2, 3)
turned = np.asfortranarray(rand(3, 4, seed=2))
mask = np.array([[True, False, True], [False, True, True]])
Form = tuple[Any, tuple[Any, ...], dict[str, Any]]
FORMS: list[Form] = []


def forms(fn: Any, *calls: tuple[Any, ...]) -> None:
    """Note calls; a dict at the end of one holds its keyword arguments."""
    for call in calls:
        named = call[-1] if call and isinstance(call[-1], dict) else {}
        FORMS.append((fn, call[:-1] if named else call, named))


def pos(*shape: int, seed: int = 0) -> Any:
    return rand(*shape, seed=seed, low=0.3, high=2.0)


def square(n: int, *stack: int, seed: int = 0) -> Any:
    return rand(*stack, n, n, seed=seed) + 3.0 * np.eye(n)


with_zeros = np.array([[1.5, 0.0, 2.0], [0.0, -1.0, 0.0]])
holes = np.where(mask, m23, np.nan)

for total in (np.sum, np.prod):
    forms(
        total,
        (m23, {"initial": 2.5}),
        (m23, {"axis": 1, "initial": 2.5, "keepdims": True}),
        (m23, 0, None, None, False, 0.5, mask),
        (m23, {"where": mask}),
        (m23, {"axis": -1, "where": mask, "initial": 1.5}),
        (s234, {"axis": (0, -1), "where": rand(3, 1) > 0}),
        (m23, {"dtype": np.float64}),
        ([[1.0, 2.0], [3.0, 4.0]], {"axis": 1}),
        (back,),
        (turned, {"axis": 0}),
    )
for extreme in (np.max, np.min):
    low = -9.0 if extreme is np.max else 9.0
    forms(
        extreme,
        (m23, {"axis": 1, "where": mask, "initial": low}),
        (m23, {"initial": 0.123}),
        (m23, {"axis": 0, "initial": 0.123, "keepdims": True}),
        (s234, {"axis": (1, 2)}),
    )
for moment in (np.var, np.std):
    forms(
        moment,
        (m23, {"mean": np.full((2, 1), 0.1), "axis": 1}),
        (m23, {"mean": np.full((1, 1), 0.1)}),
        (m23, {"mean": np.full((2, 1), 0.1), "axis": 1, "where": mask, "keepdims": True}),
        (m23, {"correction": 1}),
        (s234, {"axis": (0, 2), "correction": 0.5}),
        (s234, {"axis": (0, 2), "ddof": 1, "keepdims": True}),
        (m23, {"where": mask, "axis": 1}),
        (m23, 1, None, None, 1),
    )
forms(np.mean, (m23, {"where": mask}), (m23, {"axis": 1, "where": mask, "keepdims": True}))
forms(np.ptp, (m23, (0, 1)), (m23, {"axis": 0, "keepdims": True}))

for running in (np.cumsum, np.cumprod, np.nancumsum, np.nancumprod):
    forms(running, (m23,), (m23, 0), (back, -1), (with_zeros,), (with_zeros, 1), (single(x5),))
for running in (np.cumulative_sum, np.cumulative_prod):
    forms(
        running,
        (x5,),
        (x5, {"include_initial": True}),
        (s234, {"axis": 1}),
        (s234, {"axis": -1, "include_initial": True}),
        (with_zeros, {"axis": 0, "include_initial": True}),
    )
for running in (
    np.add.accumulate,
    np.multiply.accumulate,
    np.maximum.accumulate,
    np.minimum.accumulate,
):
    forms(running, (x6,), (m34,), (m34, 1), (s234, -1), (back, {"axis": 1}))

for nan in (np.nansum, np.nanprod, np.nanmean, np.nanmax, np.nanmin, np.nanvar, np.nanstd):
    forms(
        nan,
        (m23,),
        (m23, 0),
        (s234, (0, -1)),
        (s234, {"axis": 1, "keepdims": True}),
        (single(m23), {"axis": 1}),
        (m23, {"axis": 1, "where": mask, **({"initial": 0.1} if nan in (np.nanmax, np.nanmin)
                                            else {})}),
    )  # fmt: skip
forms(np.nansum, (m23, {"initial": 2.0}))
forms(np.nanprod, (m23, {"axis": 0, "initial": 2.0}), (with_zeros,), (with_zeros, 1))
forms(np.nanvar, (m23, {"ddof": 1}), (m23, {"axis": 1, "mean": np.full((2, 1), 0.1)}))
forms(np.nanstd, (m23, {"correction": 1}), (m23, {"axis": 1, "mean": np.full((2, 1), 0.1)}))

for middle in (np.median, np.nanmedian):
    forms(
        middle,
        (x5,),
        (x6,),
        (m34, 1),
        (m34, {"axis": 0, "keepdims": True}),
        (s234, (0, 2)),
        (s234, {"axis": (-1, 1), "keepdims": True}),
        (s234, {"keepdims": True}),
        (single(x6),),
        (back, -1),
    )
METHODS = (
    "inverted_cdf averaged_inverted_cdf closest_observation interpolated_inverted_cdf hazen "
    "weibull linear median_unbiased normal_unbiased lower higher midpoint nearest"
).split()
for name in METHODS:
    forms(np.quantile, (x5, 0.33, {"method": name}), (m34, 0.71, {"axis": 1, "method": name}))
    forms(np.percentile, (x6, 33.0, {"method": name}))
    forms(np.nanquantile, (m34, 0.33, {"axis": 1, "method": name}))
for quantile in (np.quantile, np.nanquantile):
    forms(
        quantile,
        (x5, 0.33),
        (x5, np.array([0.1, 0.45, 0.77])),
        (m34, [0.2, 0.9], 0),
        (s234, 0.4, (0, 2)),
        (s234, np.array([[0.4, 0.3]]), (0, 2)),
        (s234, 0.4, {"axis": 1, "keepdims": True}),
        (s234, np.array([0.4, 0.9]), {"axis": -1, "keepdims": True}),
        (single(x5), 0.33),
        (x5, 0),
        (x5, 1),
    )
forms(np.percentile, (m34, 40, 1), (m34, np.array([20.0, 70.0]), {"axis": 0}))
forms(np.nanpercentile, (m34, 40, 1), (m34, np.array([20.0, 70.0]), {"axis": 0}))
forms(
    np.quantile,
    (x5, 0.4, {"weights": np.array([1, 2, 1, 0, 3]), "method": "inverted_cdf"}),
    (m23, 0.4, {"weights": np.array([[1, 2, 1], [2, 1, 1]]), "method": "inverted_cdf", "axis": 1}),
)

forms(
    np.average,
    (m23,),
    (m23, 1),
    (m23, None, pos(2, 3)),
    (m23, 1, pos(3, seed=1)),
    (m23, 0, pos(2, seed=1)),
    (m23, {"axis": 1, "weights": pos(3), "returned": True}),
    (m23, {"axis": 1, "weights": pos(2, 3), "returned": True, "keepdims": True}),
    (m23, {"axis": (0, 1), "keepdims": True}),
    (s234, {"axis": (0, 2), "weights": pos(2, 4)}),
)
forms(
    np.cov,
    (m34,),
    (x5,),
    (m34, rand(2, 4, seed=3)),
    (x5, rand(5, seed=3)),
    (m34, None, False),
    (m34, {"bias": True}),
    (m34, {"ddof": 0}),
    (m34, {"fweights": np.array([1, 2, 1, 3])}),
    (m34, {"aweights": pos(4)}),
    (m34, {"aweights": pos(4), "fweights": np.array([1, 2, 1, 3]), "ddof": 2}),
    (m34, {"aweights": pos(4), "bias": True}),
)
forms(np.corrcoef, (m34,), (x5, rand(5, seed=3)), (m34, {"rowvar": False}), (m34, rand(1, 4)))
forms(np.bincount, (np.array([0, 2, 2, 5]), pos(4)), (np.array([0, 1]), pos(2), 6))
forms(
    np.histogram,
    (x6, 3, None, None, pos(6)),
    (x6, {"bins": 4, "range": (-1.0, 1.0), "weights": pos(6), "density": True}),
    (x6, np.array([-1.5, 0.1, 1.3]), {"weights": pos(6)}),
    (x6, {"bins": np.array([-1.5, 0.1, 1.3]), "weights": pos(6), "density": True}),
    (x6, 3),
    (x6, {"bins": 3, "density": True}),
)
forms(np.histogram_bin_edges, (x6, 3), (x6, np.array([-1.5, 0.1, 1.3])), (x6, 2, (-1.0, 1.0)))

forms(np.sort, (x6,), (m34, 0), (m34, None), (m34, {"kind": "stable"}), (s234, {"axis": 1}))
forms(
    np.partition,
    (x6, 2),
    (x6, (1, 3)),
    (m34, 1, 0),
    (m34, 1, {"axis": -1}),
    (m34, 2, None),
    (single(x6), 2),
)

order = np.array([0.0, 1.0, 2.5, 4.0])
at = np.array([0.3, 1.7, 3.9, -1.0, 5.0])
forms(
    np.interp,
    (at, order, rand(4)),
    (at, order, rand(4), -0.5, 0.7),
    (0.3, order, rand(4)),
    (rand(2, 3), order, rand(4)),
    (at + 0.05, order, rand(4), {"period": 5.0}),
    (at + 0.05, order[::-1].copy(), rand(4), {"period": 4.3}),
    (at, np.array([1.0]), np.array([2.0])),
)

forms(
    np.diff,
    (x5, {"prepend": 0.5}),
    (x5, {"append": 0.5, "n": 2}),
    (x5, {"prepend": np.array([0.5, 0.2]), "append": np.array([1.0])}),
    (m34, {"axis": 0, "prepend": 1.5}),
    (m34, {"axis": 1, "prepend": rand(3, 2, seed=5), "append": rand(3, 1, seed=6), "n": 3}),
    (m34, 2, 0),
)
forms(
    np.ediff1d,
    (x5,),
    (m23,),
    (x5, np.array([1.0, 2.0])),
    (x5, 1.5, 2.5),
    (x5, {"to_begin": np.array([[1.0, 2.0]])}),
    (np.array([1.5]),),
)
for edge in (1, 2):
    forms(
        np.gradient,
        (x5, {"edge_order": edge}),
        (x5, 0.5, {"edge_order": edge}),
        (x5, np.array([0.0, 1.0, 2.5, 3.0, 4.5]), {"edge_order": edge}),
        (rand(3, 4), {"edge_order": edge}),
        (rand(3, 4), 0.5, {"edge_order": edge}),
        (rand(3, 4), 0.5, 2.0, {"edge_order": edge}),
        (rand(3, 4), np.array([0.0, 1.0, 1.5]), 2.0, {"edge_order": edge}),
        (rand(3, 4), {"axis": 0, "edge_order": edge}),
        (rand(3, 4), np.array([0.0, 1.0, 2.5, 3.0]), {"axis": -1, "edge_order": edge}),
        (rand(3, 4, 3), 0.5, {"axis": (2, 0), "edge_order": edge}),
    )
forms(np.gradient, (np.array([1.0, 3.0]),), (single(x5),))
forms(
    np.trapezoid,
    (m34, {"dx": 0.5}),
    (m34, {"dx": np.array([0.5, 1.0, 2.0])}),
    (m34, None, np.array([[0.5, 1.0, 2.0, 0.3], [0.2, 0.1, 0.3, 0.4]]), 0),
    (m34, np.sort(rand(3)), {"axis": 0}),
    (s234, np.sort(rand(4))),
)

for mode in ("full", "same", "valid"):
    for n, k in ((5, 3), (3, 5), (4, 4), (5, 2), (2, 5), (1, 3), (6, 3)):
        forms(np.correlate, (rand(n), rand(k, seed=1), mode))
        forms(np.convolve, (rand(n), rand(k, seed=1), {"mode": mode}))
forms(np.correlate, (x5, rand(3)), (single(x5), single(rand(3)), "full"))

for mode in ("edge", "reflect", "symmetric", "wrap", "mean", "maximum", "minimum", "median",
             "linear_ramp", "constant", "empty"):  # fmt: skip
    if mode == "empty":
        continue
    forms(
        np.pad,
        (x5, 2, mode),
        (x5, (1, 3), mode),
        (m34, 1, mode),
        (m34, ((1, 0), (2, 1)), mode),
        (x5, (7, 9), mode),
        (m34, [(0, 2), (3, 3)], {"mode": mode}),
        (s234, ((1, 1), (0, 0), (2, 0)), mode),
        (single(x5), 2, mode),
        (np.array([1.5]), 2, mode) if mode not in ("reflect",) else (x5, 1, mode),
    )
for mode in ("mean", "maximum", "minimum", "median"):
    forms(
        np.pad,
        (x5, 2, mode, {"stat_length": 2}),
        (m34, 2, mode, {"stat_length": ((2, 1), (3, 2))}),
        (m34, 1, mode, {"stat_length": 9}),
    )
forms(
    np.pad,
    (x5, 2, "linear_ramp", {"end_values": 1.5}),
    (m34, 2, "linear_ramp", {"end_values": ((1.0, 2.0), (3.0, 4.0))}),
    (x5, 2, "constant", {"constant_values": 1.5}),
    (m34, ((1, 2), (0, 1)), {"constant_values": 0.5}),
    (m34, 2, "constant", {"constant_values": ((1.0, 2.0), (3.0, 4.0))}),
    (x5, 2, "reflect", {"reflect_type": "odd"}),
    (x5, (3, 5), "symmetric", {"reflect_type": "odd"}),
    (m34, ((2, 0), (1, 2)), "reflect", {"reflect_type": "odd"}),
    (m34, {"pad_width": {1: (1, 2)}}),
    (m34, {"pad_width": {-2: 1, -1: (0, 2)}, "mode": "edge"}),
)

forms(
    np.insert,
    (x5, 2, 1.5),
    (x5, 2, np.array([1.5, 2.5])),
    (x5, [1, 3], np.array([1.5, 2.5])),
    (x5, [1, 3, 3], 1.5),
    (x5, -1, 1.5),
    (m34, 1, 1.5),
    (m34, 1, rand(4, seed=3), 0),
    (m34, 1, rand(3, seed=3), 1),
    (m34, [1], rand(3, 1, seed=3), 1),
    (m34, [0, 2], rand(3, 2, seed=3), 1),
    (m34, [0, 2], 1.5, {"axis": 0}),
    (x5, slice(1, 4, 2), np.array([1.5, 2.5])),
)
forms(
    np.append,
    (x5, 1.5),
    (m23, rand(1, 3, seed=4), 0),
    (m23, [[1.0], [2.0]], {"axis": 1}),
)
forms(np.delete, (x5, slice(1, 4, 2)), (m34, 1, 0), (m34, [0, -1], 1), (m34, 5))
forms(
    np.compress,
    ([True, False, True], m34, 0),
    (np.array([True, False]), m34),
    ([False, True, True, False], m34, {"axis": 1}),
)
forms(method("compress"), (m34, [True, False, True], 0), (x5, np.array([True, False, True])))
forms(np.extract, (mask, m23), (x5 > 0, x5))
which = np.array([0, 1, 2, 1])
forms(
    np.choose,
    (which, [rand(4), rand(4, seed=1), rand(4, seed=2)]),
    (which, [rand(4), rand(3, 4, seed=1), 2.5]),
    (np.array([0, 3, -1, 5]), [rand(4), rand(4, seed=1)], {"mode": "wrap"}),
    (np.array([0, 3, -1, 5]), [rand(4), rand(4, seed=1)], {"mode": "clip"}),
)
forms(method("choose"), (which, [rand(4), rand(4, seed=1), rand(4, seed=2)]))
forms(
    np.take,
    (x5, [9, -7, 1], {"mode": "wrap"}),
    (m34, np.array([[9, 1], [-2, 0]]), {"axis": 1, "mode": "clip"}),
    (m34, 2),
    (m34, [[0, 1], [2, 5]]),
    (m34, -1, 0),
)
forms(
    np.repeat,
    (m23, 2),
    (m23, [1, 3], 0),
    (m23, np.array([1, 0, 2]), 1),
    (m23, np.arange(6)),
    (m23, 3, {"axis": -1}),
)
forms(np.tile, (m23, 2), (m23, (2, 1)), (x5, (2, 1, 3)), (m23, (2, 1, 1, 2)), (rand(), 3))
forms(
    np.roll,
    (m34, (1, 2), (0, 1)),
    (m34, 2, (0, 1)),
    (m34, -3),
    (m34, (1, 1), (1, 1)),
)
forms(np.rot90, (m34,), (m34, 2), (m34, -1), (s234, 1, (1, 2)), (s234, 3, (2, 0)))
forms(np.flip, (s234,), (s234, (0, 2)), (s234, -1))
forms(np.rollaxis, (s234, 2), (s234, 0, 2), (s234, 1, 3), (s234, -1, 1), (s234, 2, 2))
forms(np.moveaxis, (s234, 0, -1), (s234, [0, 1], [2, 0]), (s234, (-1, 0), (0, 1)))
for triangle in (np.tril, np.triu):
    forms(triangle, (m34,), (m34, 1), (m34, -1), (s234, 1), (rand(3),), (rand(3), 1))
forms(np.diagflat, (x5,), (m23, 1), (x5, -2))
forms(np.trace, (m34, 1), (s234, -1, 1, 2), (s234, {"axis1": -1, "axis2": 0}))
forms(np.linalg.trace, (s234,), (s234, {"offset": 1}), (s234, {"offset": -1}))
forms(np.linalg.diagonal, (s234,), (s234, {"offset": 1}), (m34, {"offset": -1}))
forms(np.linalg.matrix_transpose, (s234,))
for at_least in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
    forms(at_least, (rand(),), (x5, m23), (2.5, x5, rand()))
forms(np.broadcast_arrays, (x5, rand(2, 1)), (2.5, m23), (m23,))
forms(
    np.meshgrid,
    (x5,),
    (x5, rand(2), {"indexing": "ij", "sparse": True}),
    (x5, rand(2), rand(3), {"copy": False}),
    (2.5, x5),
)
forms(np.ix_, (rand(3), rand(2)))
forms(np.unstack, (m23,), (s234, {"axis": 1}), (s234, {"axis": -1}))
forms(np.array_split, (x5, 3), (m34, [1, 2], 1), (m34, 3, {"axis": 1}))
forms(np.split, (x6, [2, 3]), (m34, 2, 1))
forms(np.stack, ([m23, m23], -1), ([m23, rand(2, 3, seed=1)], {"axis": 1}))
forms(
    np.block,
    ([[m23, rand(2, 1)], [rand(1, 3), rand(1, 1)]],),
    ([x5, rand(2)],),
    ([[x5], [rand(5, seed=1)]],),
    ([2.5, 1.5],),
    ([[m23, m23], [rand(1, 6)]],),
)
forms(np.squeeze, (rand(1, 3, 1),), (rand(1, 3, 1), 0), (rand(1, 3, 1), (0, 2)))
forms(np.expand_dims, (m23, 1), (m23, (0, -1)))
forms(np.reshape, (m34, (2, 6), {"order": "F"}), (m34, -1), (turned, (4, 3)))
forms(np.resize, (x5, (2, 4)), (m34, 5), (m34, (0,)))

for first, last in ((0.5, 2.5), (np.array([0.5, 1.0]), 3.0), (2.0, np.array([[3.0], [4.0]]))):
    forms(
        np.linspace,
        (first, last, 4),
        (first, last, 4, False),
        (first, last, 5, True, True),
        (first, last, {"num": 3, "axis": -1}),
        (first, last, 1),
    )
    forms(np.geomspace, (first, last, 4), (first, last, {"num": 4, "endpoint": False, "axis": -1}))
    forms(
        np.logspace, (first, last, 3), (first, last, 3, False, 2.0), (first, last, 3, {"axis": -1})
    )
forms(np.logspace, (0.5, 1.5, 3, True, 2.5), (0.5, 1.5, 3, True, np.array([2.0, 3.0])))
forms(np.full, ((2, 3), 1.5), (3, np.array([1.0, 2.0, 3.0])), ((2, 3), rand(3), float, "F"))
forms(np.full_like, (m23, 1.5), (m23, rand(3)), (m23, rand(5), {"shape": (2, 5)}))
forms(np.arange, (3.5,), (0.5, 3.1), (0.5, 4.1, 0.7))
for as_array in (np.asarray, np.array, np.asarray_chkfinite, np.ascontiguousarray, np.require):
    forms(as_array, (m23,), (m23, np.float64), (back,), ([1.0, 2.0],), (single(x5),))
forms(np.array, (x5, {"ndmin": 3}), (m23, {"copy": True}), ([x5, rand(5, seed=1)],))
forms(np.astype, (m23, np.float64), (x5, float))
forms(np.ascontiguousarray, (rand(),), (2.5,))
forms(np.asarray, (x5, {"order": "F"}))
forms(np.fromiter, ([1.0, 2.0, 3.0], float))

forms(
    np.cross,
    (rand(3, 4), rand(3, 4, seed=1), {"axisa": 0, "axisb": 0}),
    (rand(3, 4), rand(4, 3, seed=1), {"axisa": 0}),
    (rand(3, 4), rand(4, 3, seed=1), 0, 1, 0),
    (rand(3, 4), rand(3, 4, seed=1), {"axis": 0}),
    (rand(2, 1, 3), rand(4, 3, seed=1)),
    (rand(3), [1.0, 2.0, 3.0]),
)
forms(np.linalg.cross, (m23, rand(2, 3, seed=1)), (rand(3, 2), rand(3, 2, seed=1), {"axis": 0}))
forms(np.vecdot, (m23, rand(3)), (m23, rand(2, 3, seed=1), {"axis": 0}))
forms(np.linalg.vecdot, (m23, rand(3)), (m23, rand(2, 3, seed=1), {"axis": 0}))
forms(np.linalg.outer, (x5, rand(2)))
forms(np.linalg.matmul, (m23, m34))
forms(np.linalg.tensordot, (m23, m34, {"axes": 1}))
if hasattr(np, "matvec"):
    forms(np.matvec, (m23, rand(3)), (s234, rand(4)), (s234, rand(2, 4)), (m23, rand(5, 1, 3)))
    forms(np.vecmat, (rand(2), m23), (rand(3), s234), (rand(2, 3), s234), (rand(5, 1, 2), m23))
forms(np.kron, (rand(2, 3), rand(2)), (rand(2, 1, 2), rand(2, 2)), ([1.0, 2.0], [3.0, 4.0]))

a, b, c = rand(2, 3), rand(3, 4, seed=1), rand(4, 2, seed=2)
forms(
    np.einsum,
    (a, [0, 1], b, [1, 2], [0, 2]),
    (a, [0, 1], b, [1, 2]),
    (square(3), [0, 0]),
    (square(3), [0, 0], [0]),
    (s234, [Ellipsis, 1], rand(4), [1], [Ellipsis]),
    (a, [0, 1], b, [1, 2], c, [2, 3], [0, 3]),
    ("ij,jk,ki->", a, b, c),
    ("ij,jk,kl,lm,mn->in", a, b, c, a, b),
    ("ij,jk,kl->il", a, b, c, {"optimize": "greedy"}),
    ("ii,ij->j", square(3), m34),
    ("iij,ij->j", rand(3, 3, 2), rand(3, 2)),
    ("...ij->...ji", s234),
    ("i...,i...", rand(3, 2), rand(3, 2, seed=1)),
    ("...,...", m23, rand(3)),
    ("i,->i", x5, 2.5),
    ("ij->", m23),
    ("bij,bij->b", s234, rand(2, 3, 4, seed=1)),
    ("ij,ij->ij", m23, rand(1, 3)),
)

forms(np.linalg.matrix_power, *((square(3), n) for n in (0, 1, 2, 3, 5, 8, 13, -1, -3)))
forms(np.linalg.matrix_power, (square(2, 2), 3), (square(2, 2), -2))
forms(
    np.linalg.multi_dot,
    ([a, b],),
    ([a, b, c],),
    ([rand(2), a, b, c, rand(2, seed=4)],),
    ([rand(2), a, rand(3, seed=3)],),
    ([rand(2), a],),
)
for shape in ((3, 3), (4, 3), (3, 4), (2, 4, 3), (2, 3, 3)):
    forms(np.linalg.svd, (rand(*shape), {"full_matrices": False}))
    forms(np.linalg.svd, (rand(*shape), True, False), (rand(*shape), {"compute_uv": False}))
    forms(np.linalg.pinv, (rand(*shape),))
    forms(np.linalg.qr, (rand(*shape),), (rand(*shape), "r"))
    forms(np.linalg.cond, (rand(*shape),), (rand(*shape), 2), (rand(*shape), -2))
    if hasattr(np.linalg, "svdvals"):
        forms(np.linalg.svdvals, (rand(*shape),))
forms(np.linalg.svd, (square(3),), (square(3, 2),))
forms(np.linalg.qr, (rand(3, 4), "complete"))
forms(np.linalg.pinv, (single(rand(4, 3)),), (rand(4, 3), 1e-10))
for p in (1, -1, np.inf, -np.inf, "fro", "nuc"):
    forms(np.linalg.cond, (square(3), p), (square(3, 2), p))
forms(
    np.linalg.lstsq,
    (rand(5, 3), rand(5, seed=1)),
    (rand(5, 3), rand(5, 2, seed=1)),
    (rand(3, 5), rand(3, 2, seed=1)),
    (rand(3, 3), rand(3, seed=1)),
    (rand(5, 3), rand(5, seed=1), {"rcond": None}),
)
real = np.diag([1.0, 2.0, 4.0]) + 0.1 * rand(3, 3)
if not np.iscomplexobj(np.linalg.eigvals(real)):  # since NumPy 2.5 they always are
    forms(np.linalg.eig, (real,))
    forms(np.linalg.eigvals, (real,), (np.stack([real, real.T + 1.0]),))
forms(np.linalg.tensorinv, (square(6).reshape(2, 3, 6),), (square(4).reshape(4, 2, 2), 1))
forms(
    np.linalg.tensorsolve,
    (square(6).reshape(2, 3, 6), rand(2, 3)),
    (square(6).reshape(2, 3, 3, 2), rand(2, 3)),
    (np.moveaxis(square(6).reshape(2, 3, 6), 2, 0), rand(2, 3), (0,)),
)
forms(np.linalg.det, (np.array([[1.0, 2.0], [2.0, 4.0]]),), (np.ones((3, 3)),), (np.zeros((2, 2)),))
forms(np.linalg.det, (np.stack([square(3), np.ones((3, 3))]),))

forms(np.polyval, (x5, rand(3)), (x5, 0.7), (np.array([2.5]), rand(3)), (x5, m23))
forms(np.polyadd, (x5, rand(3)), (rand(3), x5), (x5, 2.5))
forms(np.polysub, (x5, rand(3)), (rand(3), x5))
forms(np.polymul, (x5, rand(3)), (rand(2), rand(2, seed=1)), (2.5, x5))
forms(np.polyder, (x5,), (x5, 2), (x5, 4), (x5, 0))
forms(np.polyint, (x5,), (x5, 2), (x5, 1, 0.5), (x5, 2, [0.5, 1.5]), (x5, 2, 1.5))
forms(np.polydiv, (x6, rand(3)), (x6, rand(2)), (rand(4), rand(4, seed=1)), (x6, np.array([2.0])))
forms(np.poly, (x5,), (rand(2),))
forms(np.roots, (np.array([1.0, -3.0, 2.0]),), (np.array([2.0, -12.0, 22.0, -12.0]),))
forms(np.vander, (x5,), (x5, 3), (x5, 4, True), (x5, {"N": 1}))
forms(
    np.polyfit,
    (x6, rand(6, seed=1), 2),
    (x6, rand(6, 2, seed=1), 1),
    (x6, rand(6, seed=1), 2, {"w": pos(6)}),
    (x6, rand(6, seed=1), 0),
)

forms(
    np.add.reduce,
    (m34,),
    (m34, 1),
    (m34, None),
    (s234, (0, 2)),
    (m34, {"axis": 1, "keepdims": True, "initial": 2.0}),
    (m23, {"where": mask}),
)
forms(np.multiply.reduce, (m34,), (m34, 1), (m34, None), (with_zeros, 1), (m34, {"initial": 2.0}))
for extreme in (np.maximum, np.minimum, np.fmax, np.fmin):
    forms(extreme.reduce, (m34,), (m34, -1), (m34, None), (m34, {"axis": 1, "initial": 0.1}))
    forms(extreme.outer, (x5, rand(3, seed=1)))
forms(np.subtract.reduce, (m34,), (m34, 1), (x5,), (s234, {"axis": 1, "keepdims": True}))
forms(np.logaddexp.reduce, (m34,), (m34, 1), (x5,), (m34, {"axis": 1, "keepdims": True}))
forms(np.logaddexp2.reduce, (m34,), (m34, 1))
forms(np.hypot.reduce, (m34,), (m34, 1))
forms(
    np.add.reduceat,
    (x6, [0, 2, 3]),
    (x6, [2, 4]),
    (x6, [0, 4, 1, 5]),
    (m34, [0, 2], 1),
    (m34, np.array([0, 1])),
)
for two in (np.add, np.subtract, np.multiply, np.hypot, np.arctan2, np.logaddexp):
    forms(two.outer, (x5, rand(3, seed=1)), (m23, rand(2, seed=1)), (x5, 2.5))
for two in (np.divide, np.power):
    forms(two.outer, (pos(5), pos(3, seed=1)), (pos(2, 3), pos(2, seed=1)))


def named(form: Form) -> str:
    fn, args, kwargs = form
    name = getattr(fn, "__qualname__", None) or getattr(fn, "name", repr(fn))
    shown = [str(np.shape(a)) if isinstance(a, np.ndarray) else str(a)[:20] for a in args]
    return f"{name}-{','.join(shown)}-{','.join(f'{k}={str(v)[:12]}' for k, v in kwargs.items())}"


def first_of_each() -> list[Form]:
    """The first form with each function: in the short run only these are compiled."""
    found: list[Form] = []
    for form in FORMS:
        if not any(form[0] is other[0] or form[0] == other[0] for other in found):
            found.append(form)
    return found


FIRST = first_of_each()
REST = [form for form in FORMS if not any(form is other for other in FIRST)]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("form", FORMS, ids=named)
def test_form(form: Form) -> None:
    fn, args, kwargs = form
    checks.check_rule(fn, *args, **kwargs)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("form", FIRST, ids=named)
def test_form_compiled(form: Form) -> None:
    fn, args, kwargs = form
    check_compiled(fn, *args, **kwargs)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("form", REST, ids=named)
def test_other_form_compiled(form: Form) -> None:
    fn, args, kwargs = form
    check_compiled(fn, *args, **kwargs)

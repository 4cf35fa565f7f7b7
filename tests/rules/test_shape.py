from __future__ import annotations

import operator

import numpy as np
import pytest

from srcgrad.program.ops import attribute, method
from tests.rules.arrays import rand, single, strided
from tests.rules.compiled import check_rule


@pytest.mark.parametrize(
    ("fn", "args", "kwargs"),
    [
        (np.reshape, ((3, 2),), {}),
        (np.reshape, (-1,), {}),
        (np.reshape, ((3, 2),), {"order": "F"}),
        (method("reshape"), (3, 2), {}),
        (method("reshape"), ((3, 2),), {}),
        (method("reshape"), (-1, 1), {}),
        (np.ravel, (), {}),
        (np.ravel, ("F",), {}),
        (method("ravel"), (), {}),
        (method("flatten"), (), {}),
        (np.transpose, (), {}),
        (np.transpose, ((1, 0),), {}),
        (method("transpose"), (), {}),
        (method("transpose"), (1, 0), {}),
        (method("transpose"), ((1, 0),), {}),
        (attribute("T"), (), {}),
        (attribute("mT"), (), {}),
        (np.swapaxes, (0, 1), {}),
        (method("swapaxes"), (0, -1), {}),
        (np.moveaxis, (0, -1), {}),
        (np.expand_dims, (0,), {}),
        (np.expand_dims, ((0, -1),), {}),
        (np.atleast_1d, (), {}),
        (np.atleast_2d, (), {}),
        (np.atleast_3d, (), {}),
        (np.broadcast_to, ((4, 2, 3),), {}),
        (np.flip, (), {}),
        (np.flip, (1,), {}),
        (np.flip, ((0, 1),), {}),
        (np.fliplr, (), {}),
        (np.flipud, (), {}),
        (np.rot90, (), {}),
        (np.rot90, (3,), {}),
        (np.roll, (2,), {}),
        (np.roll, (1, 1), {}),
        (np.roll, ((1, 2), (0, 1)), {}),
        (np.tril, (), {}),
        (np.tril, (1,), {}),
        (np.triu, (-1,), {}),
        (np.repeat, (3,), {}),
        (np.repeat, (3,), {"axis": 1}),
        (np.repeat, (np.array([1, 0, 2]),), {"axis": -1}),
        (np.repeat, ([2, 1],), {"axis": 0}),
        (np.repeat, (np.arange(6),), {}),
        (method("repeat"), (2,), {"axis": 0}),
        (np.tile, (2,), {}),
        (np.tile, ((2, 3),), {}),
        (np.tile, ((2, 1, 3),), {}),
        (np.pad, (1,), {}),
        (np.pad, ((1, 2),), {}),
        (np.pad, (((1, 0), (0, 2)),), {}),
        (np.pad, (1,), {"mode": "constant", "constant_values": 3}),
        (np.diff, (), {}),
        (np.diff, (), {"axis": 0}),
        (np.diff, (2,), {"axis": 1}),
        (np.take, ([0, 2, 2, 5],), {}),
        (np.take, (1,), {"axis": 1}),
        (np.take, ([1, 1, 0],), {"axis": 1}),
        (np.take, (np.array([[1, 1], [0, -1]]),), {"axis": -1}),
        (np.take, (np.array([[1, 1], [0, -1]]),), {"axis": 0}),
        (method("take"), ([0, 1, 1],), {}),
        (np.copy, (), {}),
        (np.array, (), {}),
        (np.asarray, (), {}),
        (method("copy"), (), {}),
        (method("astype"), (np.float64,), {}),
        (method("astype"), (float,), {}),
        (method("tolist"), (), {}),
        (attribute("real"), (), {}),
    ],
)
def test_rearrangements(fn, args, kwargs):
    check_rule(fn, rand(2, 3), *args, **kwargs)
    check_rule(fn, strided(2, 3), *args, **kwargs)
    if fn not in (method("astype"), method("tolist")):
        check_rule(fn, single(rand(2, 3)), *args, **kwargs)


def test_other_ranks():
    check_rule(np.squeeze, rand(1, 3, 1))
    check_rule(np.squeeze, rand(1, 3, 1), axis=0)
    check_rule(method("squeeze"), rand(1, 3, 1), axis=(0, -1))
    check_rule(np.expand_dims, rand(), 0)
    check_rule(np.atleast_2d, rand())
    check_rule(np.atleast_1d, 1.5)
    check_rule(np.atleast_3d, rand(4))
    check_rule(np.broadcast_to, rand(), (2, 3))
    check_rule(np.broadcast_to, rand(2, 1), (3, 2, 3))
    check_rule(np.broadcast_to, 1.5, (3,))
    check_rule(np.transpose, rand(2, 3, 4), (2, 0, 1))
    check_rule(method("transpose"), rand(2, 3, 4), 2, 0, 1)
    check_rule(np.transpose, rand(2, 3, 4), (-1, 0, 1))
    check_rule(np.moveaxis, rand(2, 3, 4), (0, 1), (-1, 0))
    check_rule(np.moveaxis, rand(2, 3, 4), 0, 2)
    check_rule(np.matrix_transpose, rand(2, 3, 4))
    check_rule(np.tile, rand(3), 2)
    check_rule(np.tile, rand(3), (2, 2))
    check_rule(np.tile, rand(), 3)
    check_rule(np.tile, np.zeros((0, 2)), 2)
    check_rule(np.repeat, rand(), 3)
    check_rule(np.repeat, 1.5, 3)
    check_rule(np.repeat, rand(3), 0)
    check_rule(np.pad, rand(3), 2)
    check_rule(np.pad, rand(3), (2, 0))
    check_rule(np.diff, rand(5))
    check_rule(np.diff, rand(5), 2)
    check_rule(np.diff, rand(5), 3)
    check_rule(np.diff, rand(2, 5, 3), 2, 1)
    check_rule(np.roll, rand(5), -2)
    check_rule(np.reshape, rand(), (1, 1))
    check_rule(np.reshape, np.zeros((0, 3)), (3, 0))
    check_rule(method("item"), rand())
    check_rule(method("item"), rand(1))


INDICES = [
    0,
    -1,
    slice(None),
    slice(1, None),
    slice(None, None, -1),
    slice(None, None, 2),
    (slice(None), 1),
    (slice(1, 2), slice(None, 2)),
    (1, 2),
    None,
    (None, slice(None), None),
    Ellipsis,
    (Ellipsis, 0),
    (Ellipsis, None),
    [0, 1, 1],
    np.array([0, 0, 0]),
    np.array([[0, 1], [1, 1]]),
    ([0, 1, 1], [2, 2, 2]),
    (np.array([[0], [1]]), np.array([2, 2])),
    (slice(None), [0, 0, 2]),
    (0, [0, 0, 2]),
    np.array([True, False]),
    np.array([[True, False, True], [False, False, True]]),
    (slice(None), np.array([True, False, True])),
    (np.array([True, False]), [0]),
    np.array([], dtype=int),
    np.int64(1),
]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_getitem(index):
    check_rule(operator.getitem, rand(2, 3), index)
    check_rule(operator.getitem, strided(2, 3), index)
    check_rule(operator.getitem, single(rand(2, 3)), index)


def test_getitem_of_containers():
    check_rule(operator.getitem, [1.0, 2.0, rand(2)], 1)
    check_rule(operator.getitem, [1.0, 2.0, rand(2)], -1)
    check_rule(operator.getitem, [1.0, 2.0, rand(2)], slice(1, None))
    check_rule(operator.getitem, {"a": 1.0, "b": rand(2)}, "b")


JOINS = [
    (np.concatenate, [(2, 3), (4, 3)], {}),
    (np.concatenate, [(2, 3), (2, 1)], {"axis": 1}),
    (np.concatenate, [(2, 3), (2, 1), (2, 0)], {"axis": -1}),
    (np.concatenate, [(2, 3), (4,)], {"axis": None}),
    (np.concatenate, [(3,)], {}),
    (np.stack, [(2, 3), (2, 3)], {}),
    (np.stack, [(2, 3), (2, 3), (2, 3)], {"axis": 1}),
    (np.stack, [(2, 3), (2, 3)], {"axis": -1}),
    (np.stack, [(), ()], {}),
    (np.vstack, [(3,), (3,)], {}),
    (np.vstack, [(3,), (2, 3)], {}),
    (np.hstack, [(3,), (2,)], {}),
    (np.hstack, [(2, 3), (2, 1)], {}),
    (np.hstack, [(), (2,)], {}),
    (np.column_stack, [(3,), (3,)], {}),
    (np.column_stack, [(3,), (3, 2)], {}),
    (np.dstack, [(3,), (3,)], {}),
    (np.dstack, [(2, 3), (2, 3, 4)], {}),
    (np.array, [(2, 3), (2, 3)], {}),
    (np.array, [(), (), ()], {}),
]


@pytest.mark.parametrize(("fn", "shapes", "kwargs"), JOINS)
def test_joins(fn, shapes, kwargs):
    arrays = [rand(*shape, seed=i) for i, shape in enumerate(shapes)]
    check_rule(fn, arrays, **kwargs)
    check_rule(fn, tuple(arrays), **kwargs)
    check_rule(fn, [single(a) for a in arrays], **kwargs)


def test_append():
    check_rule(np.append, rand(3), rand(2))
    check_rule(np.append, rand(2, 3), rand(2))
    check_rule(np.append, rand(2, 3), rand(1, 3), axis=0)
    check_rule(np.append, rand(3), 1.5)


def test_splits():
    check_rule(np.split, rand(6), 3)
    check_rule(np.split, rand(6), [1, 4])
    check_rule(np.split, rand(2, 6), 2, axis=1)
    check_rule(np.array_split, rand(7), 3)
    check_rule(np.vsplit, rand(4, 3), 2)
    check_rule(np.hsplit, rand(4, 4), 2)
    check_rule(np.hsplit, rand(4), 2)
    check_rule(np.dsplit, rand(2, 3, 4), 2)


def test_creation():
    check_rule(np.full, (2, 3), 1.5)
    check_rule(np.full, (2, 3), rand(3))
    check_rule(np.full_like, rand(2, 3), 1.5)
    check_rule(np.zeros_like, rand(2, 3))
    check_rule(np.ones_like, rand(2, 3))
    check_rule(np.linspace, 1.0, 2.5, 5)
    check_rule(np.linspace, 1.0, 2.5, 5, endpoint=False)
    check_rule(np.linspace, rand(2), rand(2, seed=1), 4)
    check_rule(np.arange, 2.6)
    check_rule(np.arange, 1.5, 4.1)
    check_rule(np.arange, 1.5, 4.1, 0.7)
    check_rule(np.float64, 1.5)
    check_rule(np.array, [[1.0, 2.0], [3.0, 4.0]])
    check_rule(method("get"), {"a": 1.0, "b": rand(2)}, "b")

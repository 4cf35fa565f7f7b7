"""Inferred types against real results: never wrong, and known where they should be."""

from __future__ import annotations

import itertools
import math
import operator
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srcgrad import runtime
from srcgrad.facts.joins import join
from srcgrad.facts.kinds import (
    UNKNOWN,
    Arr,
    Known,
    ListOf,
    Map,
    Num,
    Other,
    Py,
    Rec,
    Seq,
    Size,
    Sym,
    Type,
)
from srcgrad.facts.shapes import result_type
from srcgrad.facts.sizes import Sizes, varies
from srcgrad.facts.typed import type_of
from srcgrad.facts.types import infer
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.evaluate import evaluate
from srcgrad.program.nodes import Const, For, If, Program, Var, While

Pair = namedtuple("Pair", "a b")


@dataclass
class Point:
    """A record."""

    x: Any
    y: Any


def agree(kind: Type, value: Any, sizes: dict[Any, int]) -> None:
    """Check a type against a value; ``sizes`` collects what the symbols stand for."""

    def dim(d: Any, n: int) -> None:
        if isinstance(d, int):
            assert d == n, f"size {n}, claimed {d}"
            return
        assert not (d.not_one and n == 1), f"claimed not one: {d}"
        if not varies(d.key):
            assert sizes.setdefault(d.key, n) == n, f"{d} is {n} and {sizes[d.key]}"

    match kind:
        case Arr(dtype, dims, scalar):
            assert isinstance(value, np.generic if scalar else np.ndarray), type(value)
            assert value.dtype == dtype and value.ndim == len(dims), (value.dtype, value.shape)
            for d, n in zip(dims, value.shape, strict=True):
                dim(d, n)
        case Num(options):
            assert any(agrees(option, value) for option in options), (options, value)
        case Size(_, d):
            assert type(value) is int
            dim(d, value)
        case Py(cls):
            assert type(value) is cls, type(value)
        case Known(known):
            assert type(value) is type(known) and (value is known or value == known)
        case Seq(cls, items):
            if cls is tuple and not isinstance(value, (tuple, list)):
                value = tuple(value)
            assert isinstance(value, cls) and len(value) == len(items)
            for item, v in zip(items, value, strict=True):
                agree(item, v, sizes)
        case ListOf(cls, item):
            for v in value:
                agree(item, v, sizes)
        case Map(_, keys, items):
            assert tuple(value) == keys
            for item, v in zip(items, value.values(), strict=True):
                agree(item, v, sizes)
        case Rec(_, fields, items):
            for name, item in zip(fields, items, strict=True):
                agree(item, getattr(value, name), sizes)
        case Other(cls):
            assert type(value) is cls


def agrees(kind: Type, value: Any) -> bool:
    """Tell whether a value is of a type."""
    try:
        agree(kind, value, {})
    except AssertionError:
        return False
    return True


def inferred(fn: Any, args: tuple[Any, ...], constants: tuple[Any, ...], kwargs: Any) -> Any:
    """Infer one call on values and on constants, and check it against the real call."""
    params = tuple(Var(f"x{i}") for i in range(len(args)))
    b = Builder()
    out = b.let(fn, *params, *map(Const, constants), **kwargs)
    program = Program("f", params, b.block(out))
    types = infer(program, [type_of(arg, (i,)) for i, arg in enumerate(args)])
    sizes: dict[Any, int] = {}
    try:
        with np.errstate(all="ignore"):
            value = fn(*args, *constants, **kwargs)
    except Exception:
        return None
    for param, arg in zip(params, args, strict=True):
        agree(types[param], arg, sizes)
    agree(types[out], value, sizes)
    return types[out]


def arr(*shape: int, dtype: Any = float) -> np.ndarray:
    """Some positive numbers."""
    return (np.arange(1, 1 + math.prod(shape)) / 7).reshape(shape).astype(dtype)


SHAPES = [(), (1,), (3,), (0,), (1, 1), (2, 3), (3, 1), (1, 3), (2, 1, 3), (2, 3, 3)]
METHOD_SUM = ops.method("sum")
UNARY: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
    (fn, (), {})
    for fn in (
        np.sin, np.exp, np.abs, np.isfinite, np.sqrt, operator.neg, np.sum, np.mean, np.prod,
        np.max, np.std, np.var, np.argmax, np.cumsum, np.ravel, np.transpose, np.squeeze, np.copy,
        np.zeros_like, np.ones_like, np.shape, np.ndim, np.size, np.sort, np.linalg.norm,
        np.array, np.asarray, np.atleast_1d, np.atleast_2d, np.flip, np.trace, np.any, np.all,
        runtime.zeros_like, np.floor, np.sign, np.square, np.round, np.diff, np.logaddexp.reduce,
        np.vstack, np.stack, ops.attribute("T"), ops.attribute("shape"), ops.attribute("size"),
        ops.attribute("ndim"), ops.attribute("dtype"), METHOD_SUM, ops.method("copy"),
        ops.method("ravel"), ops.method("mean"), ops.method("item"), len, abs, list, tuple, float,
        reversed, enumerate, ops.method("max"), ops.method("flatten"), np.linalg.inv, np.tril,
        np.linalg.det, np.real, np.modf, np.argsort, sum, max, type,
    )
]  # fmt: skip
UNARY += [
    (fn, args, kwargs)
    for fn in (np.sum, np.mean, np.max, np.prod, np.std, np.any, METHOD_SUM, np.median)
    for args, kwargs in [
        ((0,), {}), ((-1,), {}), ((), {"axis": (0, 1)}), ((), {"axis": 1, "keepdims": True}),
        ((), {"keepdims": True}), ((None,), {}), ((), {"axis": ()}),
    ]
]  # fmt: skip
UNARY += [
    (np.sum, (), {"dtype": np.float32}),
    (np.cumsum, (0,), {}),
    (np.argmax, (0,), {}),
    (np.reshape, ((-1,),), {}),
    (np.reshape, (-1,), {}),
    (np.reshape, ((3, -1),), {}),
    (np.reshape, ((1, 3),), {}),
    (ops.method("reshape"), (3, 1), {}),
    (ops.method("reshape"), (-1, 3), {}),
    (ops.method("transpose"), (1, 0), {}),
    (np.transpose, ((1, 0, 2),), {}),
    (np.swapaxes, (0, -1), {}),
    (np.moveaxis, (0, -1), {}),
    (np.moveaxis, ((0, 1), (1, 0)), {}),
    (np.squeeze, (0,), {}),
    (np.squeeze, (), {"axis": -1}),
    (np.expand_dims, (0,), {}),
    (np.expand_dims, (-1,), {}),
    (np.expand_dims, ((0, 1),), {}),
    (np.broadcast_to, ((2, 3, 3),), {}),
    (np.broadcast_to, ((3,),), {}),
    (np.clip, (0.5, 1.0), {}),
    (np.clip, (None, 1.0), {}),
    (ops.method("clip"), (0.5, 1.0), {}),
    (ops.method("astype"), (np.float32,), {}),
    (ops.method("astype"), (int,), {}),
    (np.full_like, (2.0,), {}),
    (np.zeros_like, (), {"dtype": float}),
    (np.split, (2,), {}),
    (np.split, (1, -1), {}),
    (np.repeat, (2,), {}),
    (np.repeat, (2,), {"axis": 0}),
    (np.roll, (1,), {}),
    (np.diff, (), {"axis": 0}),
    (np.sort, (0,), {}),
    (np.linalg.norm, (), {"axis": -1}),
    (np.linalg.norm, (), {"axis": 0, "keepdims": True}),
    (np.linalg.norm, (1,), {}),
    (np.einsum, (), {}),
    (operator.pow, (2,), {}),
    (operator.pow, (0.5,), {}),
    (operator.pow, (-1,), {}),
    (operator.mul, (2.0,), {}),
    (operator.add, (1,), {}),
    (operator.gt, (0.5,), {}),
    (operator.eq, (1,), {}),
    (np.maximum, (0,), {}),
    (np.take, ([0, 0],), {"axis": 0}),
    (isinstance, (np.ndarray,), {}),
    (isinstance, (float,), {}),
    (isinstance, ((int, np.generic),), {}),
    (operator.is_, (None,), {}),
]
NAMES = [f"{getattr(c[0], '__name__', c[0])}{c[1:]}" for c in UNARY]
CUTS: list[Any] = [
    slice(2, None), slice(None, -2), slice(1, -1), slice(None, 1), slice(None, 2), slice(-1, None),
    slice(-2, None), slice(None, None, -1), slice(None, None, 2), slice(1, 3), slice(5, 1),
    slice(-3, -1), slice(0, 0), slice(2, -2, 2), slice(None), slice(-2, 2), slice(3, None, -1),
]  # fmt: skip
INDICES: list[Any] = [
    0, -1, None, Ellipsis, (0, None), (None, 0), (0, Ellipsis), (Ellipsis, 0), (Ellipsis, None),
    (slice(None), 0), (slice(None), None), (0, slice(1, None)), (0, 0), (), (Ellipsis,), (0, 0, 0),
    (slice(1, None), slice(None, -1)), (Ellipsis, slice(1, None)), (0, Ellipsis, 0),
]  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.bool_])
@pytest.mark.parametrize("case", range(len(UNARY)), ids=NAMES)
def test_calls_on_one_array(case: int, dtype: Any) -> None:
    """Every shape, one array."""
    fn, constants, kwargs = UNARY[case]
    for shape in SHAPES:
        if fn is np.einsum:
            continue
        inferred(fn, (arr(*shape, dtype=dtype),), constants, kwargs)


@pytest.mark.parametrize("value", [1.5, 2, True, 1j, np.float64(2), np.float32(2), np.int32(2)])
@pytest.mark.parametrize("case", range(len(UNARY)), ids=NAMES)
def test_calls_on_one_number(case: int, value: Any) -> None:
    """Python numbers and NumPy scalars."""
    fn, constants, kwargs = UNARY[case]
    if fn is not np.einsum:
        inferred(fn, (value,), constants, kwargs)


NUMBERS: list[Any] = [1.5, 2, True, 1j, np.float64(2), np.float32(2), np.int32(2), np.bool_(True)]
OPERANDS: list[Any] = NUMBERS + [
    arr(*shape, dtype=dtype)
    for shape in [(), (1,), (3,), (2, 3), (3, 1), (2, 1, 3), (0,)]
    for dtype in (float, np.float32, int)
]
BINARY: list[Any] = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod,
    operator.pow, operator.lt, operator.eq, operator.matmul, np.add, np.multiply, np.maximum,
    np.power, np.arctan2, np.logaddexp, np.greater, np.dot, np.inner, np.outer, np.vdot,
    np.tensordot, runtime.unbroadcast, runtime.add, np.hypot, operator.and_, runtime.fresh,
    np.divmod, math.atan2, max, np.where,
]  # fmt: skip


@pytest.mark.parametrize("fn", BINARY)
def test_calls_on_two_operands(fn: Any) -> None:
    """Promotion and broadcasting, all pairs of kinds."""
    for a, b in itertools.product(OPERANDS, OPERANDS):
        inferred(fn, (a, b), (), {})


@pytest.mark.parametrize("index", [*CUTS, *INDICES], ids=repr)
def test_indexing(index: Any) -> None:
    """Slices and ints on every shape."""

    def made(b: Builder, item: Any) -> Any:
        if isinstance(item, slice):
            return b.let(slice, item.start, item.stop, item.step)
        return Const(item)

    for shape in [*SHAPES, (4,), (5,), (6, 7), (2,)]:
        x, b = Var("x"), Builder()
        items = index if isinstance(index, tuple) else (index,)
        atoms = [made(b, item) for item in items]
        at = b.let(ops.make_tuple, *atoms) if isinstance(index, tuple) else atoms[0]
        out = b.let(operator.getitem, x, at)
        value = arr(*shape)
        types = infer(Program("f", (x,), b.block(out)), [type_of(value)])
        sizes: dict[Any, int] = {}
        agree(types[x], value, sizes)
        try:
            wanted = value[index]
        except IndexError:
            continue
        assert types[out] != UNKNOWN
        agree(types[out], wanted, sizes)


ARRAYS = [
    np.array([0, 1]), np.array([[0, 1], [1, 0]]), np.array([True, False]), np.array([0]), [0, 1],
    np.array(1), np.ones((2, 3), bool),
]  # fmt: skip


@pytest.mark.parametrize("shape", [(2,), (2, 3), (2, 3, 2), (2, 3, 3, 2)])
def test_indexing_with_arrays(shape: tuple[int, ...]) -> None:
    """Integer and boolean arrays, mixed with the rest."""
    rest: list[Any] = [None, 0, slice(None), slice(1, None), Ellipsis]
    for one in ARRAYS:
        cases: list[tuple[Any, ...]] = [(one,)]
        cases += [(one, r) for r in rest] + [(r, one) for r in rest]
        cases += [(one, r, two) for r in rest for two in ARRAYS]
        for case in cases:
            x, b = Var("x"), Builder()
            params, args, atoms = [x], [arr(*shape)], []
            for item in case:
                if isinstance(item, slice):
                    atoms.append(b.let(slice, item.start, item.stop, item.step))
                elif isinstance(item, (np.ndarray, list)):
                    params.append(Var("i"))
                    args.append(item)
                    atoms.append(params[-1])
                else:
                    atoms.append(Const(item))
            out = b.let(operator.getitem, x, b.let(ops.make_tuple, *atoms))
            program = Program("f", tuple(params), b.block(out))
            try:
                wanted = args[0][case]
            except IndexError:
                continue
            kinds = [type_of(arg, (i,)) for i, arg in enumerate(args)]
            types = infer(program, kinds)
            sizes: dict[Any, int] = {}
            for param, arg in zip(params, args, strict=True):
                agree(types[param], arg, sizes)
            agree(types[out], wanted, sizes)


def known(fn: Any, *args: Any, **kwargs: Any) -> Type:
    """Infer a call where every array is an argument and the rest is constant."""
    params = tuple(Var("x") for _ in args)
    b = Builder()
    atoms = [p if isinstance(a, np.ndarray) else Const(a) for p, a in zip(params, args)]
    out = b.let(fn, *atoms, **kwargs)
    return infer(Program("f", params, b.block(out)), [type_of(a) for a in args])[out]


@pytest.mark.parametrize(
    "call",
    [
        lambda: known(np.sum, arr(2, 3), axis=0),
        lambda: known(operator.matmul, arr(2, 3), arr(3)),
        lambda: known(np.einsum, "ij,jk->ik", arr(2, 3), arr(3, 4)),
        lambda: known(np.tensordot, arr(2, 3), arr(3, 4), 1),
        lambda: known(np.concatenate, arr(2, 3)) if False else known(np.ravel, arr(2, 3)),
        lambda: known(np.zeros, (3, 4)),
        lambda: known(np.zeros, 3),
        lambda: known(np.full, 3, 1.0),
        lambda: known(np.eye, 3),
        lambda: known(np.arange, 3),
        lambda: known(np.arange, 0.0, 1.0, 0.1),
        lambda: known(np.linspace, 0.0, 1.0, 5),
        lambda: known(np.where, arr(3) > 0, arr(3), 0.0),
        lambda: known(np.linalg.norm, arr(3)),
        lambda: known(math.sqrt, 2.0),
        lambda: known(np.linalg.solve, arr(3, 3), arr(3)),
    ],
)
def test_what_should_be_known(call: Callable[[], Type]) -> None:
    """These are not given up."""
    assert call() != UNKNOWN


def test_creation_agrees() -> None:
    """Arrays made from constants."""
    for fn, args in [
        (np.zeros, ((3, 4),)), (np.ones, (3,)), (np.full, (3, 2)), (np.full, ((2, 1), 2.5)),
        (np.eye, (3,)), (np.arange, (3,)), (np.arange, (1, 7, 2)), (np.arange, (1.0,)),
        (np.linspace, (0, 1, 5)), (np.linspace, (0.0, 1.0)), (np.empty, ((),)),
        (np.einsum, ("ij->ji", arr(2, 3))), (np.einsum, ("ij->", arr(2, 3))),
        (np.einsum, ("ii", arr(3, 3))), (np.einsum, ("ij,j", arr(2, 3), arr(3))),
        (np.einsum, ("i,i->", arr(3), arr(3))), (np.einsum, ("i,j->ij", arr(2), arr(3))),
    ]:  # fmt: skip
        agree(known(fn, *args), fn(*args), {})


def test_joining_arrays() -> None:
    """stack and concatenate of lists of arguments."""
    for fn, kwargs, shapes in [
        (np.stack, {}, [(3,), (3,)]),
        (np.stack, {"axis": -1}, [(2, 3), (2, 3)]),
        (np.concatenate, {}, [(3,), (2,), (1,)]),
        (np.concatenate, {"axis": 1}, [(2, 3), (2, 1)]),
        (np.vstack, {}, [(3,), (2, 3)]),
        (np.hstack, {}, [(3,), (1,)]),
        (np.hstack, {}, [(2, 3), (2, 1)]),
        (np.array, {}, [(3,), (3,)]),
        (np.array, {}, [(), ()]),
    ]:
        args = [arr(*shape) for shape in shapes]
        params, b = tuple(Var("x") for _ in args), Builder()
        out = b.let(fn, b.let(ops.make_list, *params), **kwargs)
        program = Program("f", params, b.block(out))
        types = infer(program, [type_of(arg) for arg in args])
        sizes: dict[Any, int] = {}
        for param, arg in zip(params, args, strict=True):
            agree(types[param], arg, sizes)
        agree(types[out], fn(args, **kwargs), sizes)
        assert isinstance(types[out], Arr) or fn is np.array


def test_stencil_slices_have_one_size() -> None:
    """``u[2:]``, ``u[1:-1]`` and ``u[:-2]`` are equally long."""
    u, b = Var("u"), Builder()
    parts = [
        b.let(operator.getitem, u, b.let(slice, *bounds, None))
        for bounds in [(2, None), (1, -1), (None, -2)]
    ]
    types = infer(Program("f", (u,), b.block(*parts)), [type_of(arr(9))])
    dims = {types[part].dims[0].key for part in parts}
    assert len(dims) == 1 and not types[parts[0]].dims[0].not_one


def test_broadcasting_teaches_equal_sizes_and_guards_are_known() -> None:
    """After ``x + y`` the sizes are the same, and that statement guards it."""
    x, y, b = Var("x"), Var("y"), Builder()
    z, w = b.let(operator.add, x, y), b.let(np.sin, y)
    types = infer(Program("f", (x, y), b.block(z, w)), [type_of(arr(3)), type_of(arr(3))])
    assert types[x] == types[y] == types[w]
    assert types.guards == {z}


def test_what_an_arm_teaches_stays_in_the_arm() -> None:
    """If only one arm adds, the sizes may differ after it."""
    x, y, c = Var("x"), Var("y"), Var("c")
    b, inner = Builder(), Builder()
    s = inner.let(np.sum, inner.let(operator.add, x, y))
    out = Var("out")
    b.add(If((out,), c, inner.block(s), Builder().block(Const(0.0))))
    program = Program("f", (x, y, c), b.block(out))
    types = infer(program, [type_of(arr(3)), type_of(arr(3)), type_of(True)])
    assert types[x].dims[0].key != types[y].dims[0].key


def test_loops_join_what_turns_make() -> None:
    """A carried array that shrinks has a size of its own in every turn."""
    x, n, i, u, out = (Var(name) for name in ("x", "n", "i", "u", "out"))
    lists = Var("all")
    body, b = Builder(), Builder()
    v = body.let(operator.getitem, u, body.let(slice, 1, None, None))
    over = b.let(range, n)
    b.add(For((out, lists), i, over, (u,), (x,), body.block(v, u)))
    program = Program("f", (x, n), b.block(out, lists))
    types = infer(program, [type_of(arr(9)), type_of(3)])
    assert types[out].dims[0].key != types[x].dims[0].key
    assert not types[out].dims[0].not_one
    assert varies(types[lists].item.dims[0].key)
    agree(types[out], evaluate(program, arr(9), 3)[0], {})
    keep = For((Var("o"),), Var("i"), over, (Var("w"),), (x,), Builder().block(x))
    assert infer(Program("f", (x, over), Builder().block()), [UNKNOWN, UNKNOWN])[x] == UNKNOWN
    del keep


def test_while_loops_end() -> None:
    """A number that becomes an array."""
    s, out, x = Var("s"), Var("out"), Var("x")
    test, body, b = Builder(), Builder(), Builder()
    cond = test.let(operator.lt, test.let(np.sum, s), 10.0)
    new = body.let(operator.add, s, x)
    b.add(While((out,), (s,), (Const(0),), test.block(cond), body.block(new)))
    types = infer(Program("f", (x,), b.block(out)), [type_of(arr(3))])
    assert types[out] == UNKNOWN


def test_join() -> None:
    """What both are."""
    a, c = type_of(arr(3), (0,)), type_of(arr(3), (1,))
    both = join(a, c)
    assert isinstance(both, Arr) and both.dims[0].not_one
    assert both.dims[0].key not in (a.dims[0].key, c.dims[0].key)
    assert join(a, c) != both
    assert join(Known(1), Known(2)) == Py(int)
    assert join(Known(1), Known(1)) == Known(1)
    assert join(Py(int), Py(float)) == Num((Py(float), Py(int)))
    assert join(Py(int), a) == UNKNOWN
    assert join(a, type_of(arr(1))).dims[0].not_one is False


def test_type_of_containers() -> None:
    """Structure is kept; sizes are not."""
    value = {"a": [arr(3), 1.0], "p": Pair(None, "relu"), "q": Point(arr(1), np.float32(2))}
    kind = type_of(value)
    agree(kind, value, {})
    assert type_of({"a": [arr(5), 1.0], "p": value["p"], "q": value["q"]}) == kind
    assert isinstance(type_of([1.0] * 1000), ListOf)
    assert type_of([1.0] * 1000) == type_of([1.0] * 999)
    assert isinstance(kind, Map) and isinstance(kind.items[1], Seq)
    assert isinstance(type_of(range(3)), Other) and isinstance(type_of(True), Py)
    assert isinstance(type_of(arr(3)).dims[0], Sym) and type_of(arr(1)).dims == (1,)


def test_two_arguments_never_share_sizes_by_accident() -> None:
    """The default path is told apart."""
    x, y = Var("x"), Var("y")
    types = infer(Program("f", (x, y), Builder().block()), [type_of(arr(3)), type_of(arr(4))])
    assert types[x] != types[y]


STEPS: list[Any] = [
    (np.sin, 1), (operator.add, 2), (operator.mul, 2), (operator.matmul, 2), (np.sum, 1),
    (np.cumsum, 1), (ops.attribute("T"), 1), (ops.attribute("shape"), 1), (np.zeros, 1),
    (np.ravel, 1), (np.outer, 2), (np.dot, 2), (np.maximum, 2), (np.squeeze, 1), (len, 1),
    (np.atleast_2d, 1), (runtime.unbroadcast, 2), (np.broadcast_to, 2), (np.reshape, 2),
    (operator.getitem, 2), (operator.truediv, 2), (np.arange, 1), (runtime.zeros_like, 1),
    ("tail", 1), ("head", 1), ("keep", 1), (ops.make_list, 2), (np.concatenate, 1), (np.stack, 1),
    (np.mean, 1), (np.where, 3), (np.diff, 1), (ops.attribute("size"), 1), (operator.sub, 2),
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_random_programs(data: st.DataObject) -> None:
    """Straight-line programs: run, and compare every variable that got a value."""
    shapes = st.lists(st.sampled_from([0, 1, 2, 3]), max_size=2)
    args: list[Any] = [arr(*data.draw(shapes)) for _ in range(2)]
    args += [data.draw(st.sampled_from([1.5, 2, np.float32(2), arr(3, dtype=np.float32)]))]
    params = tuple(Var("p") for _ in args)
    env: dict[Var, Any] = dict(zip(params, args, strict=True))
    b = Builder()
    variables = list(params)
    for _ in range(data.draw(st.integers(1, 12))):
        fn, count = data.draw(st.sampled_from(STEPS))
        chosen = [data.draw(st.sampled_from(variables)) for _ in range(count)]
        mark = len(b.stmts)
        if fn == "keep":
            out = b.let(np.sum, chosen[0], axis=0, keepdims=True)
        elif fn in ("tail", "head"):
            cut = b.let(slice, 1, None, None) if fn == "tail" else b.let(slice, None, -1, None)
            out = b.let(operator.getitem, chosen[0], cut)
        else:
            out = b.let(fn, *chosen)
        try:
            with np.errstate(all="ignore"):
                for stmt in b.stmts[mark:]:
                    call = [env[a] if isinstance(a, Var) else a.value for a in stmt.args]
                    given_ = {name: atom.value for name, atom in stmt.kwargs}
                    env[stmt.targets[0]] = stmt.fn(*call, **given_)
        except Exception:
            del b.stmts[mark:]
            continue
        variables.append(out)
    program = Program("f", params, b.block(*variables))
    types = infer(program, [type_of(arg) for arg in args])
    sizes: dict[Any, int] = {}
    for var in variables:
        agree(types[var], env[var], sizes)


def test_sizes_of_what_is_tried_out() -> None:
    n, k = Sym("n"), Sym("k")
    x, v = Arr(np.dtype(float), (n,)), Arr(np.dtype(float), (k,))
    m = Arr(np.dtype(np.float32), (n, k))
    sizes = Sizes()
    for mode in ("valid", "full", "same"):
        (dim,) = result_type(sizes, np.correlate, [x, v, Known(mode)], {}).dims
        assert isinstance(dim, Sym) and dim.key not in ("n", "k")
    assert result_type(sizes, np.quantile, [m, Known(0.3), Known(0)], {}) == Arr(m.dtype, (k,))
    u, s, vh = result_type(sizes, np.linalg.svd, [m], {"full_matrices": Known(False)}).items
    assert u.dims[0] == n and vh.dims[1] == k
    assert u.dims[1].key not in ("n", "k") and s.dims[0].key not in ("n", "k")
    assert result_type(sizes, np.vander, [x, Known(3)], {}) == Arr(np.dtype(float), (n, 3))
    assert result_type(sizes, np.unstack, [m], {}) == UNKNOWN
    assert result_type(sizes, np.quantile, [m, Known("no")], {}) == UNKNOWN
    assert result_type(sizes, np.add.reduce, [m], {}) == Arr(m.dtype, (k,))
    assert result_type(sizes, np.linalg.slogdet, [m], {}).items[1] == Arr(m.dtype, (), True)

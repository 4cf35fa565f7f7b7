"""Forward mode over the whole zoo: tangents against the gradient, and the meaning after passes."""

from __future__ import annotations

import dataclasses
import os
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad.building import built_push
from srcgrad.errors import InternalError, SrcgradError
from srcgrad.options import PushOptions, signature_of
from srcgrad.pipeline import Stages
from srcgrad.program.evaluate import evaluate_all
from tests import oracle
from tests.test_stages import examples, flat, full_arguments
from tests.test_zoo import as_tuple, refused
from tests.test_zoo import call as gradient_of
from tests.zoo import BY_NAME
from tests.zoo_case import Case

KNOWN = frozenset({"swung"})
"""The cases that have a gradient and whose tangent is refused."""


def random_like(x: Any, rng: np.random.Generator) -> Any:
    """Return random numbers of the structure, shapes and kinds of a value."""

    def draw(leaf: Any) -> Any:
        if isinstance(leaf, (np.ndarray, np.generic)):
            kind = leaf.dtype if leaf.dtype.kind in "fc" else np.dtype(float)
            found = rng.normal(size=leaf.shape)
            if kind.kind == "c":
                found = found + 1j * rng.normal(size=leaf.shape)
            return np.asarray(found, kind) if isinstance(leaf, np.ndarray) else kind.type(found)
        if isinstance(leaf, complex):
            return complex(rng.normal(), rng.normal())
        return float(rng.normal()) if isinstance(leaf, (int, float)) else leaf

    return oracle.mapped(draw, x)


def paired(a: Any, b: Any) -> float:
    """Return what a cotangent and a tangent give: Re(g * t) summed over all numbers."""
    total = 0.0
    for (_, x), (_, y) in zip(oracle.leaves(a), oracle.leaves(b), strict=True):
        if oracle.is_float_leaf(y):
            total += float(np.sum(np.real(np.asarray(x) * np.asarray(y))))
    return total


def directions(case: Case, args: tuple[Any, ...], seed: int = 0) -> tuple[Any, ...]:
    """Random tangents for what a case is differentiated in, None for the rest."""
    rng = np.random.default_rng(seed)
    places = case.positions()
    return tuple(random_like(arg, rng) if i in places else None for i, arg in enumerate(args))


@pytest.mark.parametrize("name", list(BY_NAME))
def test_the_tangent_agrees_with_the_gradient(name: str) -> None:
    case = BY_NAME[name]
    if refused(name):
        return
    args = case.args()
    tangents = directions(case, args)
    given = directions(case, args)
    with np.errstate(all="ignore"):
        if name in KNOWN:
            with pytest.raises(SrcgradError) as error:
                srcgrad.jvp(case.function, args, tangents)
            assert "^" in str(error.value) and not isinstance(error.value, InternalError)
            return
        value, tangent = srcgrad.jvp(case.function, args, tangents)
        wanted = case.function(*case.args())
    assert oracle.same(args, case.args()), "an argument was changed"
    assert oracle.same(tangents, given), "a tangent was changed"
    oracle.assert_close(value, wanted, rtol=1e-14, atol=1e-15)
    gradients = as_tuple(case, gradient_of(name, *case.args()))
    slope = sum(paired(g, tangents[i]) for g, i in zip(gradients, case.positions(), strict=True))
    size = sum(
        float(np.sum(np.abs(np.asarray(x) * np.asarray(y))))
        for g, i in zip(gradients, case.positions(), strict=True)
        for (_, x), (_, y) in zip(oracle.leaves(g), oracle.leaves(tangents[i]), strict=True)
        if oracle.is_float_leaf(y)
    )
    exact = 1e-3 if "float32" in case.tags else 1e-8
    np.testing.assert_allclose(tangent, slope, rtol=exact, atol=exact * max(size, 1e-2))
    assert type(tangent) is float or isinstance(tangent, (np.floating, np.ndarray))


FOLLOWED = [name for name in BY_NAME if name not in KNOWN]
SMALL = os.environ.get("SRCGRAD_SMALL", "") not in ("", "0")


@pytest.mark.parametrize("place", range(0, len(FOLLOWED), 4), ids=FOLLOWED[::4])
def test_every_pass_keeps_the_meaning(place: int) -> None:
    """Every fourth case, with types or without; the slow test takes the others."""
    keeps_the_meaning(FOLLOWED[place], place % 8 == 0)


@pytest.mark.slow
@pytest.mark.skipif(SMALL, reason="the short tests take an eighth of these")
@pytest.mark.parametrize("typed", [True, False], ids=["typed", "generic"])
@pytest.mark.parametrize("name", FOLLOWED)
def test_each_pass_keeps_the_meaning(name: str, typed: bool) -> None:
    keeps_the_meaning(name, typed)


def keeps_the_meaning(name: str, typed: bool) -> None:
    case = BY_NAME[name]
    if any(map(callable, case.args())):
        return
    try:
        args = full_arguments(case, len(case.args()))
    except AssertionError:
        if typed:
            return
        args = case.args()
    signature = signature_of(args, examples(case, args)) if typed else None
    stages: Stages = []
    try:
        built_push(case.function, PushOptions(case.positions()), signature, stages)
    except SrcgradError:
        if "may_refuse" in case.tags or (case.tags & {"typed", "objects"} and not typed):
            return
        raise
    if not typed and case.tags & {"typed", "lists"}:
        return
    try:
        check_stages(case, stages, 3e-4 if "float32" in case.tags else 1e-8)
    except SrcgradError:  # made without types, for real numbers, and told so when it runs
        assert not typed


def check_stages(case: Case, stages: Stages, rtol: float) -> None:
    """Evaluate after each pass from ``forward`` on."""
    names = [name for name, _ in stages]
    value: list[Any] | None = None
    for number, (name, program) in enumerate(stages):
        if number < names.index("forward"):
            continue
        args = full_arguments(case, len(program.params) - len(case.positions()))
        rng = np.random.default_rng(0)
        moves = [random_like(args[i], rng) for i in case.positions()]
        with np.errstate(all="ignore"):
            result = flat(evaluate_all(program, *args, *moves))
        value = value or result
        assert len(result) == len(value), f"after {name} (pass {number})"
        for r, w in zip(result, value, strict=True):
            np.testing.assert_allclose(
                r, w, rtol=rtol, atol=1e-9, err_msg=f"after {name} (pass {number})"
            )


@dataclasses.dataclass
class Pair:
    a: Any
    b: Any


def test_tangents_of_containers() -> None:
    def f(p: Any, q: Any) -> Any:
        return {"s": p["x"] * q.a, "n": 3, "t": (q.b, [p["y"] ** 2])}

    x, y = np.array([1.0, 2.0]), 3.0
    value, tangent = srcgrad.jvp(
        f, ({"x": x, "y": y}, Pair(2.0, x)), ({"x": x, "y": 0.5}, Pair(1.0, 2 * x))
    )
    assert oracle.same(value, {"s": x * 2.0, "n": 3, "t": (x, [9.0])})
    oracle.assert_close(tangent, {"s": 3.0 * x, "n": 0.0, "t": (2 * x, [3.0])})


def test_an_auxiliary_result_comes_last() -> None:
    def f(x: Any) -> Any:
        return x * x, "aux"

    assert srcgrad.jvp(f, (3.0,), (2.0,), has_aux=True) == (9.0, 12.0, "aux")


def test_wrong_tangents_are_refused() -> None:
    def f(x: Any, y: Any = 1.0) -> Any:
        return np.sum(x * y)

    x = np.ones(3)
    with pytest.raises(ValueError, match=r"the tangent of x has the shape \(2,\)"):
        srcgrad.jvp(f, (x,), (np.ones(2),))
    with pytest.raises(TypeError, match="give one for each"):
        srcgrad.jvp(f, (x, 2.0), (x,))
    with pytest.raises(TypeError, match="nothing moves"):
        srcgrad.jvp(f, (x,), (None,))
    with pytest.raises(TypeError, match="must be a tuple"):
        srcgrad.jvp(f, x, x)
    with pytest.raises(TypeError, match="complex128"):
        srcgrad.jvp(f, (x,), (1j * x,))
    with pytest.raises(TypeError, match="is a list"):
        srcgrad.jvp(f, (x,), ([1.0, 2.0, 3.0],))


def test_the_source_is_at_hand(tmp_path: Any) -> None:
    def f(x: Any, y: Any) -> Any:
        h = np.tanh(x)
        return h * y

    pushed = srcgrad.jvp(f)
    assert "t_h = (1.0 - h * h) * t_x" in pushed.source_for((1.0, 2.0), (1.0, None))
    assert "t_y" in pushed.source
    pushed.save(tmp_path / "f_jvp.py", (1.0, 2.0), (1.0, None))
    space: dict[str, Any] = {}
    exec((tmp_path / "f_jvp.py").read_text(), space)
    assert space["f_jvp"](1.0, 2.0, 0.5) == srcgrad.jvp(f, (1.0, 2.0), (0.5, None))

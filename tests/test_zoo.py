"""Every function of the zoo: right or refused, and the promises about arguments and results."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad.errors import InternalError, SrcgradError
from tests import oracle
from tests.zoo import BY_NAME, CASES
from tests.zoo_case import Case

every_case = pytest.mark.parametrize("name", list(BY_NAME))


@cache
def built(name: str) -> Any:
    case = BY_NAME[name]
    return srcgrad.grad(case.function, wrt=case.wrt)


@cache
def refused(name: str) -> bool:
    """Tell whether a case that may be refused is, with an error as promised."""
    case = BY_NAME[name]
    if "may_refuse" not in case.tags:
        return False
    try:
        with np.errstate(all="ignore"):
            built(name)(*case.args())
    except InternalError:
        raise
    except SrcgradError as error:
        assert "^" in str(error), "a refusal shows where"
        return True
    return False


def call(name: str, *args: Any) -> Any:
    with np.errstate(all="ignore"):
        return built(name)(*args)


def as_tuple(case: Case, gradient: Any) -> tuple[Any, ...]:
    return gradient if isinstance(case.wrt, tuple) else (gradient,)


def tolerances(case: Case) -> dict[str, float]:
    if "float32" in case.tags:
        return {"rtol": 3e-4, "atol": 1e-5}
    return {"rtol": 1e-6, "atol": 1e-7}


def wanted(case: Case) -> tuple[Any, ...]:
    """The gradient by hand where there is one, else by differences."""
    if case.hand is not None:
        with np.errstate(all="ignore"):
            return as_tuple(case, case.hand(*case.args()))
    return tuple(oracle.numeric_gradient(case.function, case.args(), p) for p in case.positions())


def frozen(x: Any) -> Any:
    """The same structure with arrays that cannot be written."""

    def freeze(leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray):
            leaf = leaf.view()
            leaf.flags.writeable = False
        return leaf

    return oracle.mapped(freeze, x)


@every_case
def test_gradient_is_right(name: str) -> None:
    case = BY_NAME[name]
    if refused(name):
        return
    found = as_tuple(case, call(name, *case.args()))
    want = wanted(case)
    assert len(found) == len(want)
    for f, w in zip(found, want, strict=True):
        oracle.assert_close(f, w, **tolerances(case))


@every_case
def test_gradient_is_like_its_argument(name: str) -> None:
    case = BY_NAME[name]
    if refused(name):
        return
    args = case.args()
    found = call(name, *args)
    for g, position in zip(as_tuple(case, found), case.positions(), strict=True):
        oracle.assert_like(g, args[position])
    oracle.assert_unshared(found)
    for _, leaf in oracle.leaves(found):
        if isinstance(leaf, np.ndarray):
            for _, other in oracle.leaves(args):
                if isinstance(other, np.ndarray):
                    assert not np.shares_memory(leaf, other)


@every_case
def test_your_data_is_yours(name: str) -> None:
    case = BY_NAME[name]
    if refused(name):
        return
    args = case.args()
    first = call(name, *args)
    assert oracle.same(args, case.args()), "an argument was changed"
    second = call(name, *frozen(case.args()))
    assert oracle.same(first, second), "a second call with read-only input differs"


@every_case
def test_value_is_that_of_the_primal(name: str) -> None:
    case = BY_NAME[name]
    if refused(name):
        return
    with np.errstate(all="ignore"):
        value, gradient = built(name).value_and_grad(*case.args())
        wanted = case.function(*case.args())
    if "rounds" in case.tags:  # a gradient inside is written another way than by itself
        oracle.assert_close(value, wanted, rtol=1e-14, atol=1e-15)
    else:
        assert oracle.same(value, wanted)
    if "float32" not in case.tags:
        oracle.assert_close(gradient, call(name, *case.args()), rtol=1e-12, atol=1e-14)


@every_case
def test_same_source_same_text(name: str) -> None:
    case = BY_NAME[name]
    if refused(name):
        return
    again = srcgrad.grad(case.function, wrt=case.wrt)
    text = built(name).source_for(*case.args())
    assert text == again.source_for(*case.args())
    compile(text, "<generated>", "exec")
    assert all(len(line) <= 120 and line == line.rstrip() for line in text.splitlines())


@every_case
def test_generic_source_is_code(name: str) -> None:
    case = BY_NAME[name]
    if refused(name) or any(callable(a) for a in case.args()):
        return
    try:
        text = built(name).source
    except SrcgradError:
        assert case.tags & {"may_refuse", "typed", "objects"}
        return
    assert "typed" not in case.tags
    compile(text, "<generated>", "exec")


def test_the_zoo_is_large() -> None:
    assert len({case.function for case in CASES}) >= 120
    assert len(BY_NAME) == len(CASES), "names are unique"


@pytest.mark.parametrize(
    "name", [c.name for c in CASES if c.hand and not c.tags & {"kink", "nan", "float32"}]
)
def test_gradients_by_hand_agree_with_differences(name: str) -> None:
    case = BY_NAME[name]
    assert case.hand is not None
    hand = as_tuple(case, case.hand(*case.args()))
    for h, position in zip(hand, case.positions(), strict=True):
        oracle.assert_close(h, oracle.numeric_gradient(case.function, case.args(), position))

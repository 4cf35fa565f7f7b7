"""Every program: a right gradient, and the promises about its arguments, values and text."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

import srcgrad
from tests.oracle import assert_like, leaves, mapped
from tests.programs import oracle
from tests.programs.case import Case
from tests.programs.cases import BY_NAME, CASES, PENDING


@pytest.fixture(scope="module", params=list(BY_NAME))
def case(request: pytest.FixtureRequest) -> Case:
    """One program; its tests run one after the other, so that what is compiled is used again."""
    return BY_NAME[request.param]


@pytest.fixture
def expected(case: Case, request: pytest.FixtureRequest) -> Case:
    """The program, where what the test asks is expected to hold; marked where it is pending."""
    test = request.function.__name__.removeprefix("test_")
    reason = PENDING.get(f"{case.name}/{test}")
    if test == "gradient_is_right":
        reason = PENDING.get(case.name)
    elif case.name in PENDING:
        pytest.skip(PENDING[case.name])
    if reason is not None:
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    return case


@cache
def built(name: str) -> Any:
    case = BY_NAME[name]
    return srcgrad.value_and_grad(case.loss, wrt=case.wrt)


def call(case: Case, args: Any) -> tuple[float, tuple[Any, ...]]:
    with np.errstate(all="ignore"):
        value, gradient = built(case.name)(*args)
    return value, gradient


def distance(a: tuple[Any, ...], b: tuple[Any, ...]) -> float:
    """How far two gradients are apart, in terms of the length of the second."""
    pairs = zip(leaves(a), leaves(b), strict=True)
    gaps = [np.sum((np.asarray(x, float) - np.asarray(y, float)) ** 2) for (_, x), (_, y) in pairs]
    return float(np.sqrt(sum(gaps)) / oracle.size_of(b))


def test_programs_are_many() -> None:
    assert len(CASES) >= 80
    assert {key.partition("/")[0] for key in PENDING} <= set(BY_NAME)
    assert all(case.loss.__doc__ for case in CASES)


def test_differences_are_trustworthy(case: Case) -> None:
    """Two steps agree, and a complex step with them: the oracle stands away from kinks."""
    args = case.args()
    assert np.isfinite(oracle.value(case, oracle.copied(args)))
    ways = list(oracle.directions(case, args, 2, 1))
    slopes = [oracle.slope(case, args, way) for way in ways]
    size = max(abs(slope) for slope, _ in slopes)
    assert max(gap for _, gap in slopes) < 1e-4 * size
    if "complex" in case.tags:
        for way, (slope, _) in zip(ways, slopes, strict=True):
            assert abs(oracle.complex_slope(case, args, way) - slope) < 1e-8 * size


def test_gradient_is_right(expected: Case) -> None:
    case = expected
    args = case.args()
    before = oracle.snapshot(args)
    value, gradient = call(case, args)
    assert oracle.snapshot(args) == before, "arguments changed"
    np.testing.assert_allclose(value, oracle.value(case, case.args()), rtol=1e-12)
    for p, d in zip(case.wrt, gradient, strict=True):
        assert_like(d, args[p])
    size = oracle.size_of(gradient)
    for way in oracle.directions(case, args, 3, 4):
        promised = oracle.along(gradient, way)
        slope, _ = oracle.slope(case, args, way)
        assert abs(promised - slope) < 1e-7 * size, (promised, slope, way)
        if "complex" in case.tags:
            exact = oracle.complex_slope(case, args, way)
            assert abs(promised - exact) < 1e-11 * size, (promised, exact, way)


def spread(x: Any) -> Any:
    """The same numbers in memory with gaps, not to be written."""

    def spreading(leaf: Any) -> Any:
        if not isinstance(leaf, np.ndarray):
            return leaf
        room = np.zeros(tuple(2 * n for n in leaf.shape[::-1]), leaf.dtype).T
        view = room[tuple(slice(None, None, 2) for _ in leaf.shape)]
        view[...] = leaf
        view.flags.writeable = False
        return view

    return mapped(spreading, x)


def test_memory_layout_does_not_matter(expected: Case) -> None:
    """Read-only arguments with gaps in them give the same value and gradient."""
    args = expected.args()
    value, gradient = call(expected, args)
    other_value, other = call(expected, spread(args))
    np.testing.assert_allclose(other_value, value, rtol=1e-9)
    assert distance(other, gradient) < 1e-8


def test_single_precision(expected: Case) -> None:
    """In single precision the gradient is close, and of single precision itself."""
    if "float64" in expected.tags:
        pytest.skip("too sensitive for single precision")

    def narrow(leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray) and leaf.dtype == np.float64:
            return leaf.astype(np.float32)
        return leaf

    def wide(leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray) and leaf.dtype == np.float32:
            return leaf.astype(np.float64)
        return leaf

    args = mapped(narrow, expected.args())
    value, gradient = call(expected, args)
    for p, d in zip(expected.wrt, gradient, strict=True):
        assert_like(d, args[p])
    wide_value, wanted = call(expected, mapped(wide, args))
    np.testing.assert_allclose(value, wide_value, rtol=1e-3, atol=1e-3)
    assert distance(gradient, wanted) < 5e-3


def test_same_text_twice(expected: Case) -> None:
    """Compiling again gives the same characters."""
    again = srcgrad.value_and_grad(expected.loss, wrt=expected.wrt)
    args = expected.args()
    text = built(expected.name).source_for(*args)
    assert again.source_for(*args) == text


def test_lines_are_short(expected: Case) -> None:
    """No line of the generated source is wider than a screen."""
    text = built(expected.name).source_for(*expected.args())
    assert not [line for line in text.splitlines() if len(line) > 100]

"""Judge one program: its gradient against differences, its exceptions and prints, every stage."""

from __future__ import annotations

import contextlib
import copy
import io
import linecache
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import srcgrad
from srcgrad.errors import InternalError, SrcgradError
from srcgrad.pipeline import stages
from srcgrad.program.evaluate import evaluate
from tests import oracle

WRT = (0, 1, 2, 3)
Numbers = dict[Any, float]


@dataclass(frozen=True)
class Outcome:
    """How a call ended, with what, and what it printed."""

    kind: str
    value: Any
    printed: str


def loaded(text: str, file: str) -> Callable[..., Any]:
    """Compile the text of a program so that its source can be found."""
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    namespace: dict[str, Any] = {"__name__": "fuzzed"}
    exec(compile(text, file, "exec"), namespace)
    function: Callable[..., Any] = namespace["f"]
    return function


def arguments(seed: int) -> tuple[Any, ...]:
    """Arguments ``x, v, d, xs, n`` for a random program."""
    r = np.random.default_rng(seed)

    def number() -> float:
        return float(r.uniform(-0.9, 1.4))

    d = {"a": number(), "b": r.uniform(-0.9, 1.4, 3), "c": [number(), number()]}
    v = r.uniform(-0.9, 1.4, 3)
    return number(), v, d, [number(), number(), number()], int(r.integers(0, 4))


def outcome(function: Callable[..., Any], args: tuple[Any, ...]) -> Outcome:
    """Call a function and note how it ends."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), np.errstate(all="ignore"):
        try:
            return Outcome("ok", function(*args), out.getvalue())
        except InternalError as error:
            return Outcome("internal", error, "")
        except SrcgradError as error:
            return Outcome("refused", error, "")
        except Exception as error:
            return Outcome("raised", error, out.getvalue())


def verdict(text: str, seeds: tuple[int, ...] = (1, 2, 3), *, deep: bool = True) -> str | None:
    """Return what is wrong with the gradient of a program, or None."""
    file = f"<fuzzed {hash(text)}>"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        function = loaded(text, file)
        gradient = srcgrad.value_and_grad(function, wrt=WRT)
        try:
            wrongs = (judged(function, gradient, arguments(seed), deep) for seed in seeds)
            return next((wrong for wrong in wrongs if wrong is not None), None)
        finally:
            linecache.cache.pop(file, None)


def judged(
    function: Callable[..., Any], gradient: Callable[..., Any], args: tuple[Any, ...], deep: bool
) -> str | None:
    """Compare one call of the gradient with one of the function."""
    primal, mine = outcome(function, copy.deepcopy(args)), copy.deepcopy(args)
    found = outcome(gradient, mine)
    if found.kind == "internal":
        return f"internal: {found.value}"
    if found.kind == "refused":
        return None
    if "raised" in (primal.kind, found.kind):
        return _exceptions(primal, found)
    if primal.printed != found.printed:
        return f"prints: {found.printed!r} instead of {primal.printed!r}"
    if not oracle.same(mine, args):
        return "the arguments were changed"
    value, gradients = found.value
    if not np.isclose(float(value), float(primal.value), rtol=1e-12, atol=1e-13, equal_nan=True):
        return f"value: {value} instead of {primal.value}"
    if not abs(float(value)) < 1e6:
        return None
    wanted = _differences(function, args)
    if wanted is None:
        return None
    return _compare(gradients, *wanted) or (_stages(function, args, wanted) if deep else None)


def _exceptions(primal: Outcome, found: Outcome) -> str | None:
    wanted, have = primal.value, found.value
    if primal.kind != found.kind:
        return f"ends with {have!r} instead of {wanted!r}"
    if isinstance(wanted, NameError) and isinstance(have, NameError):
        return None
    if type(wanted) is not type(have) or str(wanted) != str(have):
        return f"raises {have!r} instead of {wanted!r}"
    return None if primal.printed == found.printed else f"prints: {found.printed!r}"


def _stages(
    function: Callable[..., Any], args: tuple[Any, ...], wanted: tuple[Numbers, Numbers]
) -> str | None:
    for name, program in stages(function, WRT, copy.deepcopy(args)):

        def run(*given: Any, program: Any = program) -> Any:
            return evaluate(program, *given)

        found = outcome(run, copy.deepcopy(args))
        if found.kind != "ok":
            return f"after {name}: {found.value!r}"
        is_gradient = isinstance(found.value, tuple) and len(found.value) == len(WRT)
        wrong = _compare(found.value, *wanted) if is_gradient else None
        if wrong:
            return f"after {name}: {wrong}"
    return None


def _numbers(structure: Any) -> Iterator[tuple[Any, float]]:
    for path, leaf in oracle.leaves(structure):
        for index in np.ndindex(np.shape(leaf)):
            yield (path, index), float(np.asarray(leaf)[index])


def _compare(found: Any, wanted: Numbers, again: Numbers) -> str | None:
    have = dict(_numbers(found))
    if have.keys() != wanted.keys():
        return f"structure: {found}"
    for key, want in wanted.items():
        if not np.isfinite(want) or abs(want - again[key]) > 1e-4 * (1.0 + abs(want)):
            return None  # a kink or a jump is near
    for key, want in wanted.items():
        if not abs(have[key] - want) <= 2e-4 * (1.0 + abs(want)):
            return f"{key}: {have[key]} instead of {want}"
    return None


def _differences(
    function: Callable[..., Any], args: tuple[Any, ...]
) -> tuple[Numbers, Numbers] | None:
    """Return central differences with two steps, or None where a step leads to an exception."""
    try:
        return _difference(function, args, 1e-6), _difference(function, args, 3e-7)
    except Exception:
        return None


def _difference(function: Callable[..., Any], args: tuple[Any, ...], step: float) -> Numbers:
    active = args[: len(WRT)]

    def value(path: Any, index: Any, h: float) -> float:
        changed = oracle.moved(copy.deepcopy(active), path, index, h)
        with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
            return float(function(*changed, *args[len(WRT) :]))

    return {
        (path, index): (value(path, index, step) - value(path, index, -step)) / (2.0 * step)
        for path, leaf in oracle.leaves(active)
        for index in np.ndindex(np.shape(leaf))
    }

"""Judge one program: its gradient against differences, its exceptions and prints, every stage."""

from __future__ import annotations

import contextlib
import copy
import io
import linecache
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import srcgrad
from srcgrad.building import built
from srcgrad.cache import Compiled
from srcgrad.errors import InternalError, SrcgradError
from srcgrad.pipeline import Stages
from srcgrad.program.evaluate import evaluate_all
from srcgrad.write.load import load
from tests import oracle
from tests.fuzz.arguments import active, arguments
from tests.fuzz.slopes import Slopes
from tests.fuzz.verdicts import RIGHT, Verdict


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
    exec(compile(text, file, "exec", dont_inherit=True), namespace)
    function: Callable[..., Any] = namespace["f"]
    return function


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


def runs(text: str) -> bool:
    """Tell whether the function of a text gives a value."""
    function = loaded(text, "<fuzzed>")
    return outcome(function, arguments(function, 1)).kind == "ok"


def verdict(
    text: str, seeds: tuple[int, ...] = (1, 2), *, deep: bool = True, twice: bool = False
) -> Verdict:
    """Say what is wrong with the gradient of the function of a text, if anything is."""
    file = f"<fuzzed {hash(text)}>"
    try:
        function = loaded(text, file)
        wide = loaded(text.replace("float32", "float64"), "<wide>") if "float32" in text else None
        return verdict_of(function, seeds, deep=deep, twice=twice, wide=wide)
    finally:
        linecache.cache.pop(file, None)


def verdict_of(
    function: Callable[..., Any],
    seeds: tuple[int, ...] = (1, 2),
    *,
    deep: bool = True,
    twice: bool = False,
    wide: Callable[..., Any] | None = None,
) -> Verdict:
    """Say what is wrong with the gradient of a function, if anything is.

    ``deep`` looks at the program after every pass, for the first arguments; ``twice`` compiles it
    a second time; ``wide`` is the same function in double precision.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wrt = active(function)
        gradient = srcgrad.value_and_grad(function, wrt=wrt)
        stages: Stages | None = [] if deep else None
        failed = _built(gradient, arguments(function, seeds[0]), stages, twice)
        if failed is not None:
            return failed
        found = RIGHT
        for seed in seeds:
            now = _one(function, gradient, arguments(function, seed), wrt, stages or [], wide)
            stages = None
            if now.bad or now.kind == "refused":
                return now
            found = now if found.kind == "right" else found
        return found


def _built(
    gradient: Any, args: tuple[Any, ...], stages: Stages | None, twice: bool
) -> Verdict | None:
    """Compile a gradient; returns what became of it where that is no gradient."""
    try:
        source = _compiled(gradient, args, stages)
        if twice and _compiled(gradient, args, None) != source:
            return Verdict("wrong", "text: another one the second time")
    except InternalError as error:
        return Verdict("crashed", f"internal: {error}")
    except SrcgradError as error:
        return Verdict("refused", reason_of(error))
    except Exception as error:
        return Verdict("crashed", f"compiling: {error!r}")
    return None


def _compiled(gradient: Any, args: tuple[Any, ...], stages: Stages | None) -> str:
    """Compile a gradient for such arguments, once; returns its text."""
    signature, plan = gradient._signature(args)
    with np.errstate(all="ignore"):
        written, program = built(gradient.primal, gradient._options, signature, stages)
        plan.keep(args, Compiled(load(written), program, gradient.primal))
    return written.source


def reason_of(error: SrcgradError) -> str:
    """Return why a program was refused, without its names."""
    what = error.problems[0].what if error.problems else str(error).splitlines()[0]
    plain = re.sub(r"line \d+", "line", re.sub(r"'[^']*'", "'…'", what))
    return f"{type(error).__name__}: {plain}"


def _one(
    function: Callable[..., Any],
    gradient: Callable[..., Any],
    args: tuple[Any, ...],
    wrt: tuple[int, ...],
    stages: Stages,
    wide: Callable[..., Any] | None,
) -> Verdict:
    """Compare one call of the gradient with one of the function."""
    primal, mine = outcome(function, copy.deepcopy(args)), copy.deepcopy(args)
    found = outcome(gradient, mine)
    if found.kind == "internal":
        return Verdict("crashed", f"internal: {found.value}")
    if found.kind == "refused":
        return Verdict("refused", reason_of(found.value))
    if "raised" in (primal.kind, found.kind):
        wrong = _exceptions(primal, found)
        return Verdict("raised") if wrong is None else Verdict("crashed", wrong)
    if primal.printed != found.printed:
        return Verdict("wrong", f"prints: {found.printed!r} instead of {primal.printed!r}")
    if not oracle.same(mine, args):
        return Verdict("wrong", "arguments: they were changed")
    value, gradients = found.value
    if not close(value, primal.value, single=wide is not None):
        return Verdict("wrong", f"value: {value} instead of {primal.value}")
    if len(wrt) == 1:
        gradients = (gradients,)
    asked = tuple(args[i] for i in wrt)
    if (wrong := unlike(gradients, asked)) is not None:
        return Verdict("wrong", f"structure: {wrong}")
    if not abs(float(value)) < 1e4:
        return Verdict("huge")
    inside = _stages(stages, args, primal.value, gradients, single=wide is not None)
    if inside.bad:
        return inside
    return Slopes(wide or function, args, wrt, single=wide is not None).judged(gradients)


def close(found: Any, wanted: Any, *, single: bool = False) -> bool:
    """Tell whether two numbers agree but for rounding."""
    rtol, atol = (1e-4, 1e-5) if single else (1e-11, 1e-12)
    return bool(np.isclose(float(found), float(wanted), rtol=rtol, atol=atol, equal_nan=True))


def unlike(found: Any, wanted: Any) -> str | None:
    """Say in what gradients are unlike their arguments, if they are."""
    try:
        oracle.assert_like(tuple(found), tuple(wanted))
        oracle.assert_unshared(found)
    except AssertionError as error:
        return str(error) or "another kind of container"
    return None


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
    stages: Stages, args: tuple[Any, ...], value: Any, gradients: Any, *, single: bool
) -> Verdict:
    """Evaluate the program after every pass; what a pass left alone is not looked at again."""
    wanted = list(_numbers(gradients))
    seen: Any = None
    for name, program in stages:
        if program.body is seen:
            continue
        seen = program.body
        found = outcome(lambda *given: evaluate_all(program, *given), copy.deepcopy(args))  # noqa: B023
        if found.kind != "ok":
            return Verdict("wrong", f"after {name}: {found.value!r}")
        head, *rest = _numbers(found.value)
        if not close(head, value, single=single):
            return Verdict("wrong", f"after {name}: value {head} instead of {value}")
        have = rest[len(rest) - len(wanted) :] if rest else wanted
        rtol, atol = (1e-3, 1e-4) if single else (1e-8, 1e-9)
        if not np.allclose(have, wanted, rtol=rtol, atol=atol, equal_nan=True):
            return Verdict("wrong", f"after {name}: {have} instead of {wanted}")
    return RIGHT


def _numbers(structure: Any) -> Iterator[float]:
    for _, leaf in oracle.leaves(structure):
        yield from map(float, np.ravel(leaf))

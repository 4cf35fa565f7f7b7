"""Check a rule twice: on numbers, and as it comes out of the compiler.

The second part writes a small loss function around the call, with constants as literals, and
compares its gradient with what the rule says of numbers.
"""

from __future__ import annotations

import itertools
import linecache
import math
from typing import Any

import numpy as np
import pytest

from srcgrad import checks
from srcgrad.errors import NoRule
from srcgrad.program import ops
from srcgrad.rules.table import rule_for

_count = itertools.count()
budget: list[None] = []
"""One entry for each check that is still to be compiled in this test."""

UNPUSHED_PADS = ("'maximum'", "'minimum'", "'median'")
"""Modes whose tangents are refused: which number is repeated is a choice among all of an axis."""

OPERATORS = {
    "add": "{} + {}",
    "sub": "{} - {}",
    "mul": "{} * {}",
    "truediv": "{} / {}",
    "pow": "{} ** {}",
    "mod": "{} % {}",
    "matmul": "{} @ {}",
    "neg": "-{}",
    "pos": "+{}",
    "getitem": "{}[{}]",
}


def check_rule(fn: Any, /, *args: Any, **kwargs: Any) -> None:
    """Check a rule on numbers, and the first few of each test compiled as well."""
    checks.check_rule(fn, *args, **kwargs)
    if budget:
        budget.pop()
        check_compiled(fn, *args, **kwargs)


def check_compiled(fn: Any, /, *args: Any, **kwargs: Any) -> None:
    rule = rule_for(fn)
    if rule is None or rule.kind == "zero":
        return
    y = fn(*args, **kwargs)
    g = checks._random(y, np.random.default_rng(0))
    if isinstance(y, (list, tuple)) and any(isinstance(one, (list, tuple)) for one in y):
        return
    if isinstance(y, (list, tuple)):
        g = [part if moves(one) else 0.0 * part for part, one in zip(g, y, strict=True)]
    expected = checks._pulled(rule, g, y, args, kwargs)
    names: dict[str, Any] = {"np": np, "g": g, "math": math}
    wrt = [
        i
        for i, arg in enumerate(args)
        if checks._moves(arg) and i < len(expected) and expected[i] is not None
    ]
    if not wrt:
        return
    texts = [f"x{i}" if i in wrt else spelled(arg, names) for i, arg in enumerate(args)]
    texts_kw = [f"{key}={spelled(value, names)}" for key, value in kwargs.items()]
    call = called(fn, texts, texts_kw, names)
    params = ", ".join(f"x{i}" for i in wrt)
    source = f"def loss({params}):\n    return np.sum(g * {call})\n"
    if isinstance(y, (list, tuple)):
        terms = [f"np.sum(g{k} * y[{k}])" for k, one in enumerate(y) if moves(one)]
        names.update({f"g{k}": part for k, part in enumerate(g)})
        source = f"def loss({params}):\n    y = {call}\n    return {' + '.join(terms)}\n"
    loss = defined(source, names)
    from srcgrad import grad

    found = grad(loss, wrt=tuple(range(len(wrt))))(*(args[i] for i in wrt))
    for i, part in zip(wrt, found):
        want = expected[i]
        checks._same_structure(part, args[i], f"{source}, argument {i}")
        for path, leaf in checks._leaves(args[i]):
            a, b = checks._read(part, path), checks._read(want, path)
            close = np.allclose(a, b, rtol=1e-4 if np.asarray(leaf).dtype == np.float32 else 1e-9)
            assert close, f"{source}, argument {i}{path}: {a} is not {b}"
    check_forward(source, loss, [args[i] for i in wrt], found)


def check_forward(source: str, loss: Any, args: list[Any], gradients: Any) -> None:
    """Compare the slope of a loss along random tangents with its gradient: all move, then each."""
    from srcgrad import jvp

    rng = np.random.default_rng(3)
    along = [checks._random(arg, rng) for arg in args]
    several = [[k] for k in range(len(args))] if len(args) > 1 else []
    single = any(np.asarray(x).dtype == np.float32 for a in args for _, x in checks._leaves(a))
    for moving in [list(range(len(args))), *several]:
        tangents = [t if k in moving else None for k, t in enumerate(along)]
        if any(mode in source for mode in UNPUSHED_PADS):
            with pytest.raises(NoRule, match=r"\^"):
                jvp(loss, tuple(args), tuple(tangents))
            return
        _, slope = jvp(loss, tuple(args), tuple(tangents))
        want = sum(checks._dot(gradients[k], along[k]) for k in moving)
        size = sum(checks._dot(_sizes(gradients[k]), _sizes(along[k])) for k in moving)
        exact = 1e-4 if single else 1e-9
        close = abs(slope - want) <= exact * (abs(want) + size + 1e-3)
        assert close, f"{source}, moving {moving}: the slope is {slope}, by the gradient {want}"


def _sizes(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_sizes(item) for item in value]
    return np.abs(value)


def moves(y: Any) -> bool:
    return bool(np.issubdtype(np.asarray(y).dtype, np.inexact))


def spelled(value: Any, names: dict[str, Any]) -> str:
    """Spell a constant as a literal where there is one."""
    if value is None or isinstance(value, (bool, int, str)):
        return repr(value)
    if value is Ellipsis:
        return "..."
    if isinstance(value, float) and math.isfinite(value):
        return repr(float(value))
    if isinstance(value, slice):
        return f"slice({value.start}, {value.stop}, {value.step})"
    if isinstance(value, tuple):
        return "(" + "".join(spelled(item, names) + ", " for item in value) + ")"
    if isinstance(value, list):
        return "[" + ", ".join(spelled(item, names) for item in value) + "]"
    name = f"c{len(names)}"
    names[name] = value
    return name


def called(fn: Any, texts: list[str], texts_kw: list[str], names: dict[str, Any]) -> str:
    if isinstance(fn, ops.Attribute):
        return f"{texts[0]}.{fn.name}"
    if isinstance(fn, ops.Method):
        return f"{texts[0]}.{fn.name}({', '.join([*texts[1:], *texts_kw])})"
    if getattr(fn, "__module__", "") == "_operator" and fn.__name__ in OPERATORS:
        return "(" + OPERATORS[fn.__name__].format(*texts) + ")"
    names["fn"] = fn
    return f"fn({', '.join([*texts, *texts_kw])})"


def defined(source: str, names: dict[str, Any]) -> Any:
    file = f"<loss {next(_count)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), names)
    return names["loss"]

"""Print what is differentiated: ``python -m srcgrad.rules.matrix > docs/coverage.md``."""

from __future__ import annotations

import platform
import sys

import numpy as np

from srcgrad.rules.classes import class_of, modules, names_of, thing
from srcgrad.rules.complexes import of_complex
from srcgrad.rules.functionals import definition_of
from srcgrad.rules.table import rule_for

_HEADS = {"ndarray": "Methods and attributes of arrays"}
_WORDS = {
    "zero": "nothing flows: its result has steps, or is made of none of its arguments",
    "constant": "a constant",
}
_KINDS = {
    "elementwise": "a partial derivative for each argument",
    "linear": "the transpose",
    "multilinear": "linear in each argument",
    "pull": "a pullback",
    "pull_each": "a pullback for each argument",
}


def versions() -> str:
    """Return of which versions of NumPy, SciPy and Python the names are."""
    packages = [f"NumPy {np.__version__}"]
    if "scipy.special" in modules():
        packages.append(f"SciPy {sys.modules['scipy'].__version__}")
    return f"{', '.join(packages)}, Python {'.'.join(platform.python_version_tuple()[:2])}"


def matrix() -> str:
    """Return the whole page."""
    lines = [
        "# What is differentiated",
        "",
        f"Every public name of {versions()}. Made by `python -m srcgrad.rules.matrix`.",
    ]
    for module in modules():
        rows = [(name, *_said(module, name)) for name in names_of(module)]
        counts = {
            kind: sum(row[1] == kind for row in rows)
            for kind in dict.fromkeys(sorted(row[1] for row in rows))
        }
        summary = ", ".join(f"{n} {kind}" for kind, n in counts.items())
        lines += [
            "",
            f"## {_HEADS.get(module, f'`{module}`')}",
            "",
            f"{len(rows)} names: {summary}.",
        ]
        lines += ["", "| name | class | how, or why not |", "|---|---|---|"]
        lines += [f"| `{name}` | {kind} | {text} |" for name, kind, text in rows]
    return "\n".join(lines) + "\n"


def _said(module: str, name: str) -> tuple[str, str]:
    found = class_of(module, name)
    assert found is not None, (module, name)
    kind, text = found
    if kind != "differentiable" or text:
        return kind, text or _WORDS[kind]
    one = thing(module, name)
    rule = None if one in (np.r_, np.c_) or definition_of(one) else rule_for(one)
    if rule is None or rule.function is None:
        return kind, "read in its place"
    topic = rule.function.__module__.removeprefix("srcgrad.rules.").replace(".", "/")
    of_both = of_complex(one)
    more = "" if of_both is None else "; of complex numbers too"
    if of_both is not None and of_both is not rule:
        more = "; complex numbers have their own"
    return kind, f"{_KINDS[rule.kind]}, in `rules/{topic}.py`{more}"


if __name__ == "__main__":
    sys.stdout.write(matrix())

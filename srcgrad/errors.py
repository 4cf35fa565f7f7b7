"""The errors: what was met and where (with a caret), why it cannot be, what to write instead."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from srcgrad.origin import Origin


@dataclass(frozen=True)
class Problem:
    """One reason to refuse a function.

    ``what`` follows "file:line: ", ``why`` and ``instead`` are the sentences below the caret.
    """

    kind: type[SrcgradError]
    origin: Origin | None
    what: str
    why: str
    instead: str = ""


class SrcgradError(Exception):
    """The base of all refusals; ``problems`` lists every reason found, in source order."""

    problems: tuple[Problem, ...] = ()

    @classmethod
    def at(cls, origin: Origin | None, what: str, why: str, instead: str = "") -> Self:
        """Make an error of this kind for one place."""
        problem = Problem(cls, origin, what, why, instead)
        error = cls(text(problem))
        error.problems = (problem,)
        return error


class Unreadable(SrcgradError):
    """Syntax outside the accepted language."""


class NoRule(SrcgradError):
    """A call on something active that has no derivative rule."""


class NotScalar(SrcgradError):
    """The function to differentiate does not return one real number."""


class Aliased(SrcgradError):
    """A write to an array that something else may look at."""


class NoSource(SrcgradError):
    """The source of the function cannot be found, or is not what runs."""


class InternalError(SrcgradError):
    """A program failed its own check: a bug of srcgrad."""


def refusal(problems: Iterable[Problem]) -> SrcgradError:
    """Make one error of several problems: its kind is that of the first."""
    found = tuple(dict.fromkeys(problems))
    error = found[0].kind("\n\n".join(text(problem) for problem in found))
    error.problems = found
    return error


def text(problem: Problem) -> str:
    """Return a problem as its three sentences, with the line and a caret.

    losses.py:14: cannot differentiate through 'np.unique'
        labels = np.unique(y)
                 ^~~~~~~~~~~~
    np.unique has no derivative rule and 'labels' depends on 'w'.
    """
    origin = problem.origin
    head = problem.what
    shown: tuple[str, ...] = ()
    if origin is not None:
        file = origin.stmt.file
        name = file if file.startswith("<") else os.path.basename(file)
        head = f"{name}:{origin.line}: {head}"
        shown = _pointed(origin)
    sentences = (head, *shown, problem.why, problem.instead)
    return "\n".join(sentence for sentence in sentences if sentence)


def _pointed(origin: Origin) -> tuple[str, ...]:
    """Return the line of an origin and the caret below it; nothing where the line is unknown."""
    index = origin.line - origin.stmt.line
    if not 0 <= index < len(origin.stmt.lines):
        return ()
    # One character, one column: a tab would move the caret.
    line = re.sub(r"\s", " ", origin.stmt.lines[index].rstrip())
    code = line.lstrip()
    end = origin.end_col if origin.end_line == origin.line else len(line)
    before = line[len(line) - len(code) : origin.col]
    spot = line[origin.col : end].rstrip()
    caret = " " * _width(before) + "^" + "~" * (_width(spot) - 1)
    return f"    {code}", f"    {caret}"


def _width(string: str) -> int:
    """Return how many columns a string takes on a terminal."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in string)
    return len(string) + wide - sum(map(bool, map(unicodedata.combining, string)))

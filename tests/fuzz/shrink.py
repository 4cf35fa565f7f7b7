"""Make a failing program smaller, as long as it fails in the same way."""

from __future__ import annotations

import ast
import copy
import signal
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any


class TooSlow(BaseException):
    """A program ran for too long."""


def limited(seconds: int, work: Callable[[], Any]) -> Any:
    """Call something, and raise `TooSlow` if it takes longer."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        return work()
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def shrunk(text: str, fails: Callable[[str], bool], seconds: float = 30.0) -> str:
    """Return a smaller program that still fails."""
    end, progress = time.monotonic() + seconds, True
    while progress and time.monotonic() < end:
        progress = False
        for smaller in _smaller(ast.parse(text)):
            if time.monotonic() > end:
                break
            if len(smaller) < len(text) and fails(smaller):
                text, progress = smaller, True
                break
    return text


def _smaller(tree: ast.Module) -> Iterator[str]:
    for place, node in enumerate(ast.walk(tree)):
        for name, value in ast.iter_fields(node):
            for change in _changes(value):
                new = copy.deepcopy(tree)
                setattr(list(ast.walk(new))[place], name, copy.deepcopy(change))
                try:
                    yield ast.unparse(ast.fix_missing_locations(new))
                except (ValueError, AttributeError):
                    continue


def _changes(value: Any) -> Iterator[Any]:
    """What may stand in place of a field: fewer statements, a part of an expression."""
    if isinstance(value, list):
        for i, item in enumerate(value):
            rest = value[:i], value[i + 1 :]
            if isinstance(item, ast.stmt):
                yield [*rest[0], *rest[1]] or [ast.Pass()]
                if not isinstance(item, ast.FunctionDef):
                    for name in ("body", "orelse"):
                        inside = getattr(item, name, None)
                        if isinstance(inside, list) and inside:
                            yield [*rest[0], *inside, *rest[1]]
            elif isinstance(item, ast.expr):
                yield [*rest[0], *rest[1]]
                for part in ast.iter_child_nodes(item):
                    if isinstance(part, ast.expr):
                        yield [*rest[0], part, *rest[1]]
    elif isinstance(value, ast.expr) and isinstance(getattr(value, "ctx", ast.Load()), ast.Load):
        yield from (part for part in ast.iter_child_nodes(value) if isinstance(part, ast.expr))
        if not isinstance(value, (ast.Constant, ast.Name)):
            yield ast.Constant(0.5)
            yield ast.Name("x", ast.Load())

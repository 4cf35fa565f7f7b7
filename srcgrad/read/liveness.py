"""Which names are live at the loops of a function, found on its syntax, last statement first.

for i in range(n):        turn: {s, x}     (read at the next turn before being bound)
    t = s * x       ->    after: {s}       (read when the loop has ended)
    s = s + t
return s
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gast

from srcgrad.read.structure import FUNCTIONS, NONE, Names, parts, target_names, walk


@dataclass(frozen=True, slots=True)
class Live:
    """The names live at the start of a turn of a loop, and when the loop has run out or broken."""

    turn: Names
    after: Names


def live_at_loops(node: Any) -> dict[Any, Live]:
    """Return what is live at each loop of a function, by the node of the loop.

    For an attempt it is what is live where its handlers begin.
    """
    if isinstance(node, gast.Lambda) or not _has_loop(node.body):
        return {}
    found: dict[Any, Live] = {}
    kept = _captured(node.body)
    _block(node.body, kept, _Exits(NONE, NONE, kept), found)
    return found


def _has_loop(body: Sequence[Any]) -> bool:
    """Tell whether there is a loop among some statements or in their blocks."""
    waiting = list(body)
    while waiting:
        stmt = waiting.pop()
        if isinstance(stmt, (gast.For, gast.While, gast.Try, gast.With)):
            return True
        for inside in parts(stmt):
            waiting += inside
    return False


@dataclass(frozen=True, slots=True)
class _Exits:
    """What is live where ``break`` and ``continue`` lead to; ``always`` may be read any time."""

    on_break: Names
    on_continue: Names
    always: Names


def _captured(body: Sequence[Any]) -> Names:
    """Return the names that nested functions read, at whatever time they are called."""
    names: set[str] = set()
    for stmt in body:
        for node in walk(stmt):
            if isinstance(node, FUNCTIONS):
                inside = node.body if isinstance(node.body, list) else [node.body]
                names.update(name for part in inside for name in reads(part))
    return frozenset(names)


def reads(node: Any) -> Iterator[str]:
    """Yield the names an expression or statement may read, its nested functions included."""
    for below in walk(node):
        if isinstance(below, gast.Name) and isinstance(below.ctx, gast.Load):
            yield below.id


def _block(stmts: Sequence[Any], out: Names, exits: _Exits, found: dict[Any, Live]) -> Names:
    live = out
    for stmt in reversed(stmts):
        live = _statement(stmt, live, exits, found)
    return live


def _statement(stmt: Any, out: Names, exits: _Exits, found: dict[Any, Live]) -> Names:
    match stmt:
        case gast.Return():
            return exits.always | _reads(stmt)
        case gast.Raise():
            return exits.always | _reads(stmt)
        case gast.Break():
            return exits.on_break
        case gast.Continue():
            return exits.on_continue
        case gast.If():
            then = _block(stmt.body, out, exits, found)
            orelse = _block(stmt.orelse, out, exits, found)
            return _expr(stmt.test, then | orelse)
        case gast.For() | gast.While():
            return _loop(stmt, out, exits, found)
        case gast.Assign():
            return _expr(stmt.value, out - target_names(stmt.targets)) | _places(stmt.targets)
        case gast.AnnAssign() if stmt.value is not None:
            return _expr(stmt.value, out - target_names([stmt.target]))
        case gast.AugAssign():
            kept = out | target_names([stmt.target]) | _places([stmt.target])
            return _expr(stmt.value, kept)
        case gast.FunctionDef():
            return out - {stmt.name} | _reads(stmt)
        case gast.Delete():
            return out | target_names(stmt.targets, gast.Del)
        case gast.Match():
            return _match(stmt, out, exits, found)
        case gast.With():
            found[stmt] = Live(out, out)  # it may swallow an exception
            inside = _block(stmt.body, out, exits, found) | out
            given = frozenset(name for item in stmt.items for name in reads(item))
            return inside | given
        case gast.Try():
            return _attempt(stmt, out, exits, found)
    return out | _reads(stmt)


def _match(stmt: Any, out: Names, exits: _Exits, found: dict[Any, Live]) -> Names:
    live = out | _reads(stmt.subject)
    for case in stmt.cases:
        live |= _block(case.body, out, exits, found) | _reads(case.pattern)
        live |= NONE if case.guard is None else _reads(case.guard)
    return live


def _attempt(stmt: Any, out: Names, exits: _Exits, found: dict[Any, Live]) -> Names:
    """An exception may lead from anywhere in the body to the handlers, or out of the function."""
    final = frozenset(name for part in stmt.finalbody for name in reads(part))
    after = _block(stmt.finalbody, out, exits, found)
    on = _Exits(exits.on_break | final, exits.on_continue | final, exits.always | final)
    start = final
    for handler in stmt.handlers:
        start |= _block(handler.body, after, on, found)
        start |= NONE if handler.type is None else _reads(handler.type)
    found[stmt] = Live(start, after)
    return _block(stmt.body, _block(stmt.orelse, after, on, found), on, found) | start


def _places(targets: Sequence[Any]) -> Names:
    """Return the names that targets such as ``x[i]`` read."""
    return frozenset(name for target in targets for name in reads(target))


def _expr(node: Any, out: Names) -> Names:
    return out | _reads(node)


def _reads(node: Any) -> Names:
    return frozenset(reads(node))


def _loop(loop: Any, out: Names, exits: _Exits, found: dict[Any, Live]) -> Names:
    after = _block(loop.orelse, out, exits, found)
    head = after
    if isinstance(loop, gast.While):
        head |= _reads(loop.test)
        bound = NONE
    else:
        bound = target_names([loop.target])
    scratch: dict[Any, Live] = {}
    while True:
        inside = _Exits(out, head, exits.always)
        turn = _block(loop.body, head, inside, scratch) - bound
        if turn <= head:
            break
        head |= turn
    found.update(scratch)
    found[loop] = Live(head, after | out)
    return head | (_reads(loop.iter) if isinstance(loop, gast.For) else NONE)

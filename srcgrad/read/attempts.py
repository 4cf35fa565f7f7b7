"""Lift ``try`` statements: a body and one handler, for all the classes that are caught.

try:                              y = try:
    y = f(x)                          -> f(x)
except (A, B):            ->      except (A, B, C) as error:
    y = g(x)                          if isinstance(error, (A, B)): -> g(x)
except C:                             else: -> 0.0
    y = 0.0

A ``finally`` clause is said twice: after what leaves the block, and in a handler that raises again.
What a name means in a handler is what it meant before the body; where that could differ, the body
is taken in parts, each with the handlers.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Container, Sequence
from functools import partial
from typing import Any

import gast

from srcgrad.errors import Aliased, SrcgradError, Unreadable
from srcgrad.facts.effects import is_made_in, is_write, only_raises, writing
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, Const, Do, Stmt, Try, Var
from srcgrad.read.assignments import assign_name
from srcgrad.read.blocks import (
    HANDLED,
    Flow,
    arm_of,
    branch,
    lifts_statement,
    meet,
    meet_with_code,
)
from srcgrad.read.dispatch import expr
from srcgrad.read.lifter import Lifter
from srcgrad.read.names import find_slot, function_scope
from srcgrad.read.partial import partly_bound
from srcgrad.read.structure import assigned, exits
from srcgrad.read.trees import FALL, RAISED, Fork, Leaf, Tree
from srcgrad.read.values import Fields, Pack, Slot, State, Value, now, same_value

Classes = tuple[type[BaseException], ...]
Handler = tuple[Classes, Any]
Lost = tuple[type[SrcgradError], str, str, str]
"""A refusal of what would be lost: its kind, what was met, why not, and what to write instead."""


@lifts_statement(gast.Try)
def _try(at: Lifter, stmt: Any, flow: Flow) -> None:
    if not stmt.finalbody:
        _attempt(at, stmt, flow)
        return
    if exits(stmt.finalbody):
        at.refuse(
            Unreadable,
            stmt,
            "cannot leave a 'finally' clause early",
            "It would swallow the exception, or change what is returned.",
            "Leave after the 'try' statement.",
        )
        return

    def inside(at: Lifter, flow: Flow) -> None:
        at.frame.stmt = stmt
        if stmt.handlers:
            _attempt(at, stmt, flow)
        else:
            flow.push(stmt.body)

    def handle(at: Lifter, flow: Flow) -> None:
        flow.push([*stmt.finalbody, partial(_again, error=at.caught[-1])])

    live = frozenset(name for name in assigned([stmt]) if _reads_any(stmt.finalbody, name))
    guard = [_without_final(stmt)] if stmt.handlers else stmt.body
    tree, lost = attempted(at, stmt, [inside], (BaseException,), [handle], guard, live)
    refuse_lost(at, stmt, lost)
    meet_with_code(at, tree, flow, stmt.finalbody)


def _without_final(stmt: Any) -> Any:
    """Return a ``try`` statement without its ``finally`` clause."""
    inner = copy.copy(stmt)
    inner.finalbody = []
    return inner


def _again(at: Lifter, flow: Flow, error: Var) -> None:
    at.do(ops.raise_, error, node=None)
    at.raised = True


def _reads_any(stmts: Sequence[Any], name: str) -> bool:
    nodes = (node for stmt in stmts for node in gast.walk(stmt))
    return any(name in _asked(node) for node in nodes)


def _asked(node: Any) -> tuple[str, ...]:
    """Return the name that a part of a statement reads, if it reads one."""
    match node:
        case gast.Name(id=name, ctx=gast.Load()) | gast.AugAssign(target=gast.Name(id=name)):
            return (name,)
        case gast.Delete(targets=targets):
            return tuple(target.id for target in targets if isinstance(target, gast.Name))
    return ()


def _attempt(at: Lifter, stmt: Any, flow: Flow) -> None:
    """Lift a ``try`` statement without its ``finally`` clause."""
    handlers = [(classes_of(at, h), h) for h in stmt.handlers]
    at.frame.stmt = stmt
    if any(classes is None for classes, _ in handlers):
        return
    known: list[Handler] = [(classes or (), h) for classes, h in handlers]
    caught = tuple(dict.fromkeys(cls for classes, _ in known for cls in classes))
    steps = [partial(_handle, handlers=known, stmt=stmt)]
    tree, size = _first_part(at, stmt, caught, steps)
    orelse = [_rest_of(at, stmt, size)] if size < len(stmt.body) else stmt.orelse
    if not orelse:
        meet(at, _fork_of(tree), flow)
        return
    fork = _fork_of(tree)
    for _, leaf in fork.orelse.leaves():
        leaf.kind = HANDLED if leaf.kind == FALL else leaf.kind
    meet_with_code(at, tree, flow, (), orelse)


def _first_part(
    at: Lifter, stmt: Any, caught: Classes, steps: Sequence[Callable[..., None]]
) -> tuple[Tree, int]:
    """Lift as much of a body as can be left by an exception without losing what it has done.

    Returns how many statements these are; all of them where there are none.
    """
    live = at.frame.live[stmt].turn
    sizes = [*range(len(stmt.body), 0, -1), len(stmt.body)]
    for k, size in enumerate(sizes):
        kept, wrote, body = at.mark(), len(at.wrote), stmt.body[:size]
        tree, lost = attempted(at, stmt, body, caught, steps, body, live)
        if not lost or k + 1 == len(sizes):
            break
        at.back(kept)
        del at.wrote[wrote:]
    refuse_lost(at, stmt, lost)
    return tree, size


def _rest_of(at: Lifter, stmt: Any, size: int) -> Any:
    """Return a ``try`` statement for the rest of a body, which runs where nothing was raised."""
    rest = copy.copy(stmt)
    rest.body, rest.finalbody = stmt.body[size:], []
    at.frame.live[rest] = at.frame.live[stmt]
    return rest


def _fork_of(tree: Tree) -> Fork:
    assert isinstance(tree.end, Fork)
    return tree.end


def _handle(at: Lifter, flow: Flow, handlers: Sequence[Handler], stmt: Any) -> None:
    """Lift the handlers as a chain of branches; the last one needs no test."""
    (classes, handler), *others = handlers
    at.frame.stmt = handler
    error = at.caught[-1]
    steps = [partial(_bind, handler=handler), *handler.body, partial(_forget, handler=handler)]
    if not others:
        flow.push(steps)
        return
    test = at.let(isinstance, error, Const(classes[0] if len(classes) == 1 else classes), node=None)
    branch(at, test, steps, [partial(_handle, handlers=others, stmt=stmt)], stmt, flow)


def _bind(at: Lifter, flow: Flow, handler: Any) -> None:
    if handler.name is None:
        return
    name, scope = handler.name.id, function_scope(at.frame.scope)
    if name not in scope.local:
        assign_name(at, name, at.caught[-1], handler)  # which refuses what is not the function's
        return
    at.caught[-1].hint = name
    at.state[(scope, name)] = at.caught[-1]


def _forget(at: Lifter, flow: Flow, handler: Any) -> None:
    """Python forgets the name of the exception at the end of its handler."""
    if handler.name is not None:
        slot = find_slot(at.frame.scope, handler.name.id)
        if slot is not None:
            at.state.pop(slot, None)


def attempted(
    at: Lifter,
    stmt: Any,
    body: Sequence[Any],
    caught: Classes,
    handle: Sequence[Callable[..., None]],
    text: Sequence[Any],
    live: frozenset[str],
) -> tuple[Tree, list[Lost]]:
    """Return the present piece with a body and a handler as its end, and what that would lose.

    ``text`` is the syntax of the body, ``live`` are the names that are read once an exception has
    been caught.
    """
    where, before, error = at.origin(stmt), dict(at.state), Var("error")
    count, began, ahead = len(at.wrote), now(), list[int]()
    name = _last_attribute(body)
    if name is not None:
        body = [*body[:-1], lambda at, flow: ahead.append(len(at.wrote)), body[-1]]
    tried = arm_of(at, body)
    last = ahead[0] if len(ahead) == 1 else -1
    safe = {slot for slot in at.wrote[last:] if slot[1] == name and last + 1 == len(at.wrote)}
    safe -= set(at.wrote[count:last])
    wrote = [slot for slot in at.wrote[count:] if slot[0].born < began and slot not in safe]
    at.caught.append(error)
    handler = arm_of(at, handle)
    at.caught.pop()
    at.frame.stmt = stmt
    ends = any(leaf.kind != RAISED for _, leaf in handler.leaves())
    changed = _changed(at, before, tried, text, safe) if ends else []
    lost: list[Lost] = [WRITES] if ends and _writes(tried) else []
    if ends or _looks(handler):
        changed += [name for _, name in wrote]
    names = [n for n in partly_bound(text) & live if find_slot(at.frame.scope, n) is not None]
    lost += [_name(name) for name in sorted({*changed, *names})]
    for _, leaf in handler.leaves():
        kept = leaf.state.items()
        leaf.state = {s: v for s, v in kept if v is not error or isinstance(s[0], Fields)}

    def made(targets: tuple[Var, ...], then: Block, orelse: Block) -> Stmt:
        return Try(targets, caught, error, then, orelse, where)

    fork = Fork(Const(True), tried, handler, where, "try", made, (error,))
    return Tree(at.out, fork), lost


def _looks(handler: Tree) -> bool:
    """Tell whether a handler that raises does more than that, so that it may look at things."""
    stmts = tuple(stmt for stmt in handler.stmts if not _says(stmt))
    return isinstance(handler.end, Fork) or not only_raises(Block(stmts, ()))


def _says(stmt: Stmt) -> bool:
    """Tell whether a statement only prints what is known beforehand."""
    if not isinstance(stmt, Do) or stmt.fn is not print or stmt.kwargs:
        return False
    return all(isinstance(arg, Const) and isinstance(arg.value, str) for arg in stmt.args)


def _last_attribute(body: Sequence[Any]) -> str | None:
    """Return the attribute that a body ends with an assignment to: after it nothing raises."""
    match body[-1] if body else None:
        case gast.Assign(targets=[gast.Attribute(value=gast.Name(), attr=name)]):
            return str(name)
        case gast.AugAssign(target=gast.Attribute(value=gast.Name(), attr=name)):
            return str(name)
    return None


def _changed(
    at: Lifter, before: State, tried: Tree, text: Sequence[Any], safe: Container[Slot]
) -> list[str]:
    """Return the names that a body has changed by more than what its text says."""
    own, found = set(assigned(text)), dict[str, None]()
    for _, leaf in tried.leaves():
        for slot, value in leaf.state.items():
            ours = slot[1] in own and slot[0] is at.frame.scope
            ours |= slot in safe
            if slot in before and not ours and not same_value(before[slot], value):
                found[slot[1]] = None
    return list(found)


def refuse_lost(at: Lifter, stmt: Any, lost: Sequence[Lost]) -> None:
    """Refuse an attempt that would lose what its body has done before the exception."""
    for kind, what, why, instead in lost:
        at.refuse(kind, stmt, what, why, instead)


def _name(name: str) -> Lost:
    """A name that may have changed before the exception, and is read after it."""
    return (
        Unreadable,
        f"cannot tell what {name!r} is once the exception has been caught",
        f"The body of this 'try' binds {name!r} before something else that may raise, and"
        f" {name!r} is read afterwards.",
        "Keep in the body only the statement that may raise, or bind the name in every"
        " handler first.",
    )


WRITES: Lost = (
    Aliased,
    "cannot follow a write inside 'try'",
    "How much had been written when the exception was raised would be lost.",
    "Compute the value inside the 'try' and write it after it.",
)


def _writes(tried: Tree) -> bool:
    """Tell whether a body writes into memory: how far it came would be lost.

    Where the last statement of all writes, nothing was written yet.
    """
    stmts: list[Stmt] = []
    waiting = [tried]
    if isinstance(tried.end, Leaf) and tried.stmts and is_write(tried.stmts[-1]):
        waiting = [Tree(tried.stmts[:-1], tried.end)]
    while waiting:
        piece = waiting.pop(0)
        stmts += piece.stmts
        if isinstance(piece.end, Fork):
            waiting += [piece.end.then, piece.end.orelse]
    body = Block(tuple(stmts), ())
    return any(is_write(one) and not is_made_in(body, var) for one, var in writing(body))


def classes_of(at: Lifter, handler: Any) -> Classes | None:
    """Return the classes that an ``except`` clause names, if they are known."""
    node = handler.type
    if node is None:
        return (BaseException,)
    at.frame.stmt = handler
    found = exception_classes(expr(at, node))
    if found is None:
        at.refuse(
            Unreadable,
            node,
            "cannot read this 'except' clause",
            "Which exceptions it catches is not known before the function runs.",
            "Name the exception classes.",
        )
    return found


def exception_classes(value: Value | Atom) -> Classes | None:
    """Return a value as a tuple of exception classes."""
    if isinstance(value, Pack):
        parts = [exception_classes(item) for item in value.items]
        if any(part is None for part in parts):
            return None
        return tuple(cls for part in parts for cls in part or ())
    thing = value.value if isinstance(value, Const) else None
    if isinstance(thing, type) and issubclass(thing, BaseException):
        return (thing,)
    if isinstance(thing, tuple):
        return exception_classes(Pack(tuple(map(Const, thing))))
    return None

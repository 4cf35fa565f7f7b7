"""Lift ``with`` statements, for the context managers that are known to do no more than they seem.

with np.errstate(divide="ignore"):        y = with errstate(divide="ignore"):
    y = np.log(x)                  ->         -> log(x)

``contextlib.nullcontext`` is left out, ``contextlib.suppress`` is a ``try``, and of a function
decorated with ``contextlib.contextmanager`` the body comes around the user's statements.
"""

from __future__ import annotations

import contextlib
import warnings
from functools import partial
from types import FunctionType
from typing import Any

import gast
import numpy as np

from srcgrad.errors import NoSource, Unreadable
from srcgrad.program import ops
from srcgrad.program.nodes import Block, Const, Do, Let, Stmt, Var, With
from srcgrad.program.walk import among
from srcgrad.read.assignments import assign
from srcgrad.read.attempts import attempted, exception_classes, refuse_lost
from srcgrad.read.blocks import Flow, arm_of, lifts_statement, meet
from srcgrad.read.calls import arguments, callee
from srcgrad.read.dispatch import expr
from srcgrad.read.inline import Target, body_tree, bound_arguments, of_function
from srcgrad.read.lifter import Lifter
from srcgrad.read.spreads import spread_out
from srcgrad.read.structure import exits
from srcgrad.read.trees import RAISED, Fork, Leaf, Tree
from srcgrad.read.values import Value

_KNOWN = (
    np.errstate,
    np.printoptions,
    warnings.catch_warnings,
    contextlib.redirect_stdout,
    contextlib.redirect_stderr,
)


@lifts_statement(gast.With)
def _with(at: Lifter, stmt: Any, flow: Flow) -> None:
    _enter(at, flow, stmt, 0)


def _enter(at: Lifter, flow: Flow, stmt: Any, k: int) -> None:
    """Lift the managers from number k on, each around what follows."""
    at.frame.stmt = stmt
    if k == len(stmt.items):
        flow.push(stmt.body)
        return
    item = stmt.items[k]
    inside = partial(_enter, stmt=stmt, k=k + 1)
    if _inlined(at, stmt, item, inside, flow):
        return
    value = expr(at, item.context_expr)
    made = at.out[-1] if at.out else None
    fn = made.fn if isinstance(made, Let) and made.targets == (value,) else None
    assert fn is None or isinstance(made, Let)
    if among(fn, _KNOWN):
        _context(at, stmt, item, value, inside, flow)
    elif fn is contextlib.nullcontext and isinstance(made, Let):
        del at.out[-1]
        given = dict(made.kwargs).get("enter_result", Const(None))
        _bind(at, item, made.args[0] if made.args else given)
        flow.push([inside])
    elif fn is contextlib.suppress and isinstance(made, Let):
        _suppress(at, stmt, item, made, inside, flow)
    else:
        _refuse(at, item.context_expr)


def _refuse(at: Lifter, node: Any) -> None:
    at.refuse(
        Unreadable,
        node,
        "cannot read this 'with': a context manager that does more than it seems",
        "It may do anything on entry and exit, also swallow exceptions.",
        "Enter it around the call of the gradient, outside the function.",
    )


def _bind(at: Lifter, item: Any, value: Value) -> None:
    if item.optional_vars is not None:
        assign(at, item.optional_vars, value, item.context_expr)


def _context(at: Lifter, stmt: Any, item: Any, value: Value, inside: Any, flow: Flow) -> None:
    where, entered = at.origin(stmt), Var("")
    manager = at.atom(value, stmt)

    def start(at: Lifter, flow: Flow) -> None:
        _bind(at, item, entered)
        flow.push([inside])

    body, never = arm_of(at, [start]), Tree([], Leaf(RAISED, dict(at.state)))
    never.stmts.append(Do(ops.raise_, (Const(None),), (), where))

    def made(targets: tuple[Var, ...], then: Block, orelse: Block) -> Stmt:
        return With(targets, manager, entered, then, where)

    at.frame.stmt = stmt
    meet(at, Fork(Const(True), body, never, where, "with", made, (entered,)), flow)


def _suppress(at: Lifter, stmt: Any, item: Any, made: Let, inside: Any, flow: Flow) -> None:
    del at.out[-1]
    classes = [exception_classes(atom) for atom in made.args]
    if made.kwargs or any(found is None for found in classes):
        _refuse(at, item.context_expr)
        return
    caught = tuple(dict.fromkeys(cls for found in classes for cls in found or ()))
    _bind(at, item, Const(None))
    live = at.frame.live[stmt].turn
    tree, lost = attempted(at, stmt, [inside], caught, [_nothing], stmt.body, live)
    refuse_lost(at, stmt, lost)
    assert isinstance(tree.end, Fork)
    meet(at, tree.end, flow)


def _nothing(at: Lifter, flow: Flow) -> None:
    """The handler of what is suppressed."""


def _inlined(at: Lifter, stmt: Any, item: Any, inside: Any, flow: Flow) -> bool:
    """Put the body of a ``contextmanager`` function around what follows, if it is one."""
    call = item.context_expr
    fn = callee(at, call.func) if isinstance(call, gast.Call) else None
    function = fn.value if isinstance(fn, Const) else None
    if not isinstance(function, FunctionType) or function.__code__ is not _CODE:
        return False
    plain = getattr(function, "__wrapped__", None)
    if not isinstance(plain, FunctionType):
        return False
    try:
        target = of_function(at, plain, at.frame.user)
    except NoSource:
        return False
    if exits(stmt.body) or not _yields_once(target.node):
        _refuse(at, call)
        return True
    given = spread_out(at, target, arguments(at, call, ""), call)
    bound = None if given is None else bound_arguments(at, target, given, call)
    if bound is not None:
        _around(at, stmt, item, target, bound, inside)
    return True


_CODE = contextlib.contextmanager(lambda: iter(())).__code__


def _yields_once(node: Any) -> bool:
    """Tell whether a function yields once, whatever happens before."""
    count = 0
    waiting = list(node.body)
    while waiting:
        part = waiting.pop()
        if isinstance(part, (gast.Try, gast.With)):
            waiting += part.body
        elif isinstance(part, gast.Expr) and isinstance(part.value, gast.Yield):
            count += 1
    yields = [inner for inner in gast.walk(node) if isinstance(inner, (gast.Yield, gast.YieldFrom))]
    return count == len(yields) == 1


def _around(
    at: Lifter, stmt: Any, item: Any, target: Target, bound: dict[str, Value], inside: Any
) -> None:
    scope, outer = target.scope(), at.frame

    def enter(at: Lifter, node: Any, flow: Flow) -> None:
        value = Const(None) if node.value is None else expr(at, node.value)
        inner = at.frame

        def start(at: Lifter, flow: Flow) -> None:
            at.frame = outer
            at.frame.stmt = stmt
            _bind(at, item, value)

        def leave(at: Lifter, flow: Flow) -> None:
            at.frame = inner

        flow.push([start, inside, leave])

    scope.on_yield = enter
    at.join(body_tree(at, target, scope, bound))
    scope.done = True

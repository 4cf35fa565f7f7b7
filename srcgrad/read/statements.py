"""Lift the remaining statements: branches, exits, exceptions, calls for their effect."""

from __future__ import annotations

from typing import Any

import gast

from srcgrad.errors import Unreadable
from srcgrad.program import ops
from srcgrad.program.nodes import Const, Var
from srcgrad.read.assignments import read
from srcgrad.read.blocks import Flow, branch, lifts_statement
from srcgrad.read.dispatch import atom, expr
from srcgrad.read.expressions import tested, truth
from srcgrad.read.generators import yields
from srcgrad.read.lifter import Lifter
from srcgrad.read.trees import BREAK, CONTINUE, RAISED, RETURN, Leaf
from srcgrad.read.values import holds_function


@lifts_statement(gast.If)
def _if(at: Lifter, stmt: Any, flow: Flow) -> None:
    value = tested(at, stmt.test)
    known = truth(at, value)
    if known is not None:
        flow.push(stmt.body if known else stmt.orelse)
        return
    branch(at, at.atom(value, stmt.test), stmt.body, stmt.orelse, stmt, flow)


@lifts_statement(gast.Pass, gast.Global, gast.Nonlocal)
def _pass(at: Lifter, stmt: Any, flow: Flow) -> None:
    pass


@lifts_statement(gast.Expr)
def _expression(at: Lifter, stmt: Any, flow: Flow) -> None:
    if isinstance(stmt.value, gast.Constant):
        return
    if isinstance(stmt.value, (gast.Yield, gast.YieldFrom)):
        yields(at, stmt.value, flow)
    elif isinstance(stmt.value, gast.Call):
        from srcgrad.read.calls import call_for_effect

        call_for_effect(at, stmt.value)
    else:
        expr(at, stmt.value)


@lifts_statement(gast.Return)
def _return(at: Lifter, stmt: Any, flow: Flow) -> None:
    value = Const(None) if stmt.value is None else expr(at, stmt.value)
    read(at, value, stmt)
    handed = [item for item in (value, *(at.items(value) or ())) if isinstance(item, Var)]
    at.fresh(handed, stmt, _return if len(at.stack) < 2 else None)
    if len(at.stack) == 1:
        at.handed_on(at.items(value) or [value], stmt)
    flow.here.end = Leaf(RAISED if at.raised else RETURN, at.state, value)


@lifts_statement(gast.Break)
def _break(at: Lifter, stmt: Any, flow: Flow) -> None:
    flow.here.end = Leaf(BREAK, at.state)


@lifts_statement(gast.Continue)
def _continue(at: Lifter, stmt: Any, flow: Flow) -> None:
    flow.here.end = Leaf(CONTINUE, at.state)


@lifts_statement(gast.Raise)
def _raise(at: Lifter, stmt: Any, flow: Flow) -> None:
    if stmt.exc is None and at.caught:
        at.do(ops.raise_, at.caught[-1], node=stmt)
    elif stmt.exc is None:
        at.refuse(
            Unreadable,
            stmt,
            "cannot read a bare 'raise'",
            "There is no exception here that it could raise again.",
            "Name the exception.",
        )
    else:
        error = atom(at, stmt.exc)
        cause = [] if stmt.cause is None else [atom(at, stmt.cause)]
        at.do(ops.raise_, error, *cause, node=stmt)
    at.raised = True


@lifts_statement(gast.Assert)
def _assert(at: Lifter, stmt: Any, flow: Flow) -> None:
    value = tested(at, stmt.test)
    test = Const(True) if holds_function(value) else at.atom(value, stmt.test)
    if stmt.msg is None:
        at.do(ops.assert_, test, node=stmt)
        return
    fine, failed = at.arm(lambda: None), at.arm(lambda: _message(at, stmt))
    made = failed.end
    assert isinstance(made, Leaf)
    if len(failed.stmts) == 2 and isinstance(stmt.msg, gast.Constant):
        at.do(ops.assert_, test, Const(stmt.msg.value), node=stmt)
    else:
        at.fork(test, fine, failed, stmt, "if")


def _message(at: Lifter, stmt: Any) -> None:
    error = at.let(AssertionError, expr(at, stmt.msg), node=stmt)
    at.do(ops.raise_, error, node=stmt)
    at.raised = True

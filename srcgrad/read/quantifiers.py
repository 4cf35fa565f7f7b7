"""Lift ``any(... for ...)`` and ``all(...)``, which stop at the first item that decides."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Atom, Block, Const, For, If, Let, Stmt, Var
from srcgrad.program.walk import statements
from srcgrad.read.comprehensions import (
    assign_target,
    begin_carrying,
    collected,
    conditional,
    ends,
    left,
    walrus_slots,
)
from srcgrad.read.dispatch import expr
from srcgrad.read.lifter import Lifter
from srcgrad.read.structure import target_names
from srcgrad.read.values import Pack, Scope, Slot, Value


def quantified(at: Lifter, node: Any, is_any: bool) -> Value:
    """Lift ``any(... for ...)`` or ``all(...)``: they stop at the first item that decides."""
    size, state = len(at.out), dict(at.state)
    (made,) = collected(at, node, [node.elt])
    fn = any if is_any else all
    if not walrus_slots(at, node) and all(_cannot_fail(stmt) for stmt in at.out[size:]):
        return at.let(fn, made, node=node)
    if isinstance(made, Pack):
        return at.let(fn, made, node=node)
    del at.out[size:]
    at.state = state
    return _searching(at, node, is_any)


_SAFE = {
    operator.eq,
    operator.ne,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
    operator.is_,
    operator.is_not,
    operator.not_,
    operator.neg,
    operator.add,
    operator.sub,
    operator.mul,
    ops.make_list,
    ops.make_tuple,
    ops.list_append,
    ops.unpack,
    abs,
    isinstance,
}


def _cannot_fail(stmt: Stmt) -> bool:
    match stmt:
        case Let():
            return stmt.fn in _SAFE or isinstance(stmt.fn, np.ufunc)
        case For():
            return all(_cannot_fail(inner) for inner in statements(stmt.body))
        case If():
            return True
    return False


def _searching(at: Lifter, node: Any, is_any: bool) -> Value:
    """Build the loops that stop at the first item that decides."""
    outer = at.frame.scope
    names = target_names([generator.target for generator in node.generators])
    scope = Scope("<genexpr>", names, outer, outer.namespace, {}, comprehension=True)
    first = expr(at, node.generators[0].iter)
    at.frame.scope = scope
    found = _search(at, node, 0, first, is_any, walrus_slots(at, node))
    at.frame.scope = outer
    for slot in [slot for slot in at.state if slot[0] is scope]:
        del at.state[slot]
    then, orelse = at.arm(lambda: Const(is_any)), at.arm(lambda: Const(not is_any))
    return at.fork(found, then, orelse, node, "if")


def _search(at: Lifter, node: Any, k: int, over: Value, is_any: bool, slots: list[Slot]) -> Var:
    """Build the loop of the ``for`` number k; return its exit code, 1 where an item decides.

    Names that the items bind by walrus are handed on from turn to turn.
    """
    generator, code = node.generators[k], (at.frame.scope, "<code>")
    source, each = at.atom(over, node), Var("")
    init, carried = begin_carrying(at, slots, node)

    def decide() -> None:
        if k + 1 < len(node.generators):
            more = expr(at, node.generators[k + 1].iter)
            at.state[code] = _search(at, node, k + 1, more, is_any, slots)
            return
        value = at.atom(expr(at, node.elt), node.elt)
        arms = [at.arm(lambda: Const(1)), at.arm(lambda: Const(0))]
        if not is_any:
            arms.reverse()
        at.state[code] = at.fork(value, arms[0], arms[1], node, "if")

    def run() -> None:
        at.state.update(zip(slots, carried, strict=True))
        assign_target(at, generator.target, each, node)
        at.state[code] = Const(0)
        conditional(at, generator.ifs, decide)

    before = at.state
    tree = at.arm(run)
    nothing: list[Atom] = [Const(0), *(Const(UNDEFINED) for _ in slots)]
    results = ends(at, tree, [code, *slots], node) or nothing
    at.unchanged(before, tree, [code, *slots], node)
    at.state = before
    found, body = Var("code"), Block(tuple(tree.stmts), tuple(results))
    targets = (found, *left(at, slots, init, ()))
    where = at.origin(node)
    at.out.append(For(targets, each, source, carried, tuple(init), body, where, exits=True))
    return found

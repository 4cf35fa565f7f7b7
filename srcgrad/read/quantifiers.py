"""Lift ``any(... for ...)`` and ``all(...)``, which stop at the first item that decides."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcgrad.program import ops
from srcgrad.program.nodes import Block, Const, For, If, Let, Stmt, Var
from srcgrad.program.walk import statements
from srcgrad.read.comprehensions import assign_target, collected, conditional, walrus_slots
from srcgrad.read.dispatch import expr
from srcgrad.read.lifter import Lifter
from srcgrad.read.structure import target_names
from srcgrad.read.trees import Leaf
from srcgrad.read.values import Pack, Scope, Value


def quantified(at: Lifter, node: Any, is_any: bool) -> Value:
    """Lift ``any(... for ...)`` or ``all(...)``: they stop at the first item that decides."""
    size, state = len(at.out), dict(at.state)
    (made,) = collected(at, node, [node.elt])
    fn = any if is_any else all
    if all(_cannot_fail(stmt) for stmt in at.out[size:]):
        return at.let(fn, made, node=node)
    if len(node.generators) > 1 or isinstance(made, Pack) or walrus_slots(at, node):
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
    """Build the loop that stops at the first item that decides."""
    generator = node.generators[0]
    outer = at.frame.scope
    names = target_names([generator.target])
    scope = Scope("<comprehension>", names, outer, outer.namespace, {}, comprehension=True)
    source = at.atom(expr(at, generator.iter), node)
    at.frame.scope = scope
    each = Var("")

    def decide() -> Value:
        value = at.atom(expr(at, node.elt), node.elt)
        arms = [at.arm(lambda: Const(1)), at.arm(lambda: Const(0))]
        if not is_any:
            arms.reverse()
        return at.fork(value, arms[0], arms[1], node, "if")

    slot = (scope, "<code>")

    def store() -> None:
        at.state[slot] = decide()

    def run() -> Value:
        assign_target(at, generator.target, each, node)
        at.state[slot] = Const(0)
        conditional(at, generator.ifs, store)
        return at.state[slot]

    tree = at.arm(run)
    at.frame.scope = outer
    end = tree.end
    assert isinstance(end, Leaf)
    code = end.value if isinstance(end.value, Var) else Const(0)
    found = Var("code")
    body = Block(tuple(tree.stmts), (code,))
    at.out.append(For((found,), each, source, (), (), body, at.origin(node), exits=True))
    then, orelse = at.arm(lambda: Const(is_any)), at.arm(lambda: Const(not is_any))
    return at.fork(found, then, orelse, node, "if")

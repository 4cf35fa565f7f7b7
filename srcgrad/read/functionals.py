"""Lift ``map``, ``filter`` and ``reduce`` with functions that are read: they become loops."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Atom, Block, Const, For, Let, Var
from srcgrad.read.lifter import Lifter
from srcgrad.read.trees import RAISED, Leaf
from srcgrad.read.values import Value, is_kept

Call = Callable[[Value, Sequence[Value]], Value]


def consumed(at: Lifter, fn: Value, args: list[Value], node: Any, call: Call) -> Value | None:
    """Return the list of what ``map`` or ``filter`` yields, or None for any other function."""
    if not isinstance(fn, Const) or len(args) < 2:
        return None
    if fn.value is map:
        return mapped(at, args, node, call)
    if fn.value is filter and len(args) == 2:
        return _filtered(at, args[0], args[1], node, call)
    return None


def mapped(at: Lifter, args: list[Value], node: Any, call: Call) -> Value:
    """Return the list of what ``map`` yields."""
    over = args[1] if len(args) == 2 else at.let(zip, *args[1:], node=node)

    def turn(each: Var) -> Value:
        if len(args) == 2:
            return call(args[0], [each])
        made = tuple(Var("") for _ in args[1:])
        at.out.append(Let(made, ops.unpack, (each, Const(len(made))), (), at.origin(node)))
        return call(args[0], made)

    return _scan(at, over, None, lambda each, _: turn(each), node)


def _filtered(at: Lifter, fn: Value, over: Value, node: Any, call: Call) -> Value:
    def turn(each: Var, items: Var) -> Value:
        plain = isinstance(fn, Const) and fn.value is None
        test = at.atom(each if plain else call(fn, [each]), node)
        taken = at.arm(lambda: at.let(ops.list_append, items, each, node=node))
        return at.fork(test, taken, at.arm(lambda: items), node, "if")

    start = at.let(ops.make_list, node=node)
    return _scan(at, over, start, turn, node)


def reduced(at: Lifter, fn: Value, args: list[Value], node: Any, call: Call) -> Value | None:
    """Return the result of ``functools.reduce``, or None for any other function."""
    if not isinstance(fn, Const) or fn.value is not functools.reduce or len(args) not in (2, 3):
        return None
    known = at.items(args[1])
    if len(args) == 3 and known is not None and any(map(is_kept, known)):
        total = args[2]
        for item in known:
            total = call(args[0], [total, item])
        return total
    if len(args) == 3:
        return _scan(at, args[1], args[2], lambda e, a: call(args[0], [a, e]), node, "for")
    items = at.items(args[1])
    if items:
        total = items[0]
        for item in items[1:]:
            total = call(args[0], [total, item])
        return total
    whole = at.let(list, args[1], node=node)
    empty = at.let(ops.OPERATORS["Not"], whole, node=node)
    text = "reduce() of empty iterable with no initial value"
    failed = at.arm(lambda: at.fail(TypeError, text, node))
    at.fork(empty, failed, at.arm(lambda: None), node, "if")
    first = at.let(operator.getitem, whole, Const(0), node=node)
    index = at.let(slice, Const(1), Const(None), Const(None), node=node)
    rest = at.let(operator.getitem, whole, index, node=node)
    return _scan(at, rest, first, lambda e, a: call(args[0], [a, e]), node, "for")


def _scan(
    at: Lifter,
    over: Value,
    start: Value | None,
    turn: Callable[[Var, Var], Value],
    node: Any,
    form: str = "comprehension",
) -> Value:
    """Build a loop that collects a value each turn, or hands one on."""
    source = at.atom(over, node)
    init: tuple[Atom, ...] = () if start is None else (at.atom(start, node),)
    each, total, result = Var(""), Var("total"), Var("")
    before = at.state
    tree = at.arm(lambda: turn(each, total))
    at.unchanged(before, tree, (), node)
    at.state = before
    end = tree.end
    assert isinstance(end, Leaf)
    atom: Atom = Const(UNDEFINED)
    if end.kind != RAISED:
        atom = at.atom_at(tree, end.value or Const(None), node)
    carried = () if start is None else (total,)
    body = Block(tuple(tree.stmts), (atom,))
    where = at.origin(node)
    at.out.append(For((result,), each, source, carried, init, body, where, form=form))
    return result

"""Lift generator functions whose items are all taken: the list of what they yield.

def halves(x, n):                 items = []
    for i in range(n):            for i in range(n):
        x = x / 2          ->         x = x / 2
        yield x                       items.append(x)
total = sum(halves(x, n))         total = sum(items)

The list is made before anything looks at its items.  Where the items are taken one by one, that
is the same only for a generator without effects, and if nobody stops half way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast

from srcgrad.errors import Unreadable
from srcgrad.facts.purity import is_pure_call
from srcgrad.program import ops
from srcgrad.program.nodes import Block, Const, Do, Let, Stmt, Var
from srcgrad.program.walk import among, statements
from srcgrad.read.blocks import Flow
from srcgrad.read.dispatch import expr, lifts
from srcgrad.read.lifter import Lifter
from srcgrad.read.names import function_scope
from srcgrad.read.structure import YIELDED, own_nodes
from srcgrad.read.values import Pack, Scope, Value

if TYPE_CHECKING:
    from srcgrad.read.inline import Target

ALL, WALK = "all", "walk"
"""Items are taken all at once, or one by one to the end."""

_WHY = "Code after 'yield' runs when the caller asks for it, perhaps never."
_INSTEAD = "Collect the values in a list and return that, or write a generator expression."
_HARMLESS = frozenset({ops.mark, ops.raise_, ops.assert_})


def is_generator(node: Any) -> bool:
    """Tell whether a function yields."""
    body = node.body if isinstance(node.body, list) else [node.body]
    return any(isinstance(inner, (gast.Yield, gast.YieldFrom)) for inner in own_nodes(body))


def taken(at: Lifter, node: Any, how: str = ALL) -> None:
    """Note that all items of what an expression gives are taken, here."""
    if isinstance(node, (gast.Call, gast.GeneratorExp)):
        at.taken[node] = how


def generated(at: Lifter, target: Target, bound: dict[str, Value], node: Any) -> Value:
    """Return the list of what a generator function yields."""
    from srcgrad.read.inline import body_tree

    if node not in at.taken:
        return refuse_generator(at, node, target.name)
    scope, size = target.scope(), len(at.out)
    at.state[(scope, YIELDED)] = Pack((), list)
    scope.on_yield = _append
    tree = body_tree(at, target, scope, bound)
    made = at.join(tree)
    scope.done = True
    if isinstance(made, Var):
        at.whole.add(made)
    return eager(at, node, size, made)


def eager(at: Lifter, node: Any, size: int, made: Value) -> Value:
    """Return a list that was made beforehand, unless somebody could tell when it was made."""
    whole = Block(tuple(at.out[size:]), ())
    if at.taken.get(node) == WALK and any(map(_has_effect, statements(whole))):
        return at.refuse(
            Unreadable,
            node,
            "cannot read this generator: it has effects, and its items are taken one by one",
            "Its effects come between those of the code that takes the items.",
            "Take all items at once, with list(...), and loop over the list.",
        )
    return made


def _has_effect(stmt: Stmt) -> bool:
    if isinstance(stmt, Do):
        return not among(stmt.fn, _HARMLESS)
    return isinstance(stmt, Let) and not is_pure_call(stmt)


def refuse_generator(at: Lifter, node: Any, name: str) -> Const:
    """Refuse a generator of which it is not to be seen who takes the items, and how many."""
    what = f"cannot read the generator {name!r} where not all of its items are taken at once"
    instead = "Loop over the call to the end, or give it to list(...), sum(...) or the like."
    return at.refuse(Unreadable, node, what, _WHY, instead)


def _append(at: Lifter, node: Any, flow: Flow | None) -> None:
    slot = (function_scope(at.frame.scope), YIELDED)
    if isinstance(node, gast.YieldFrom):
        taken(at, node.value)
        _extend(at, node, expr(at, node.value))
        return
    value = Const(None) if node.value is None else expr(at, node.value)
    items = at.state[slot]
    if isinstance(items, Pack):
        at.state[slot] = Pack((*items.items, value), list)
    else:
        at.state[slot] = at.let(ops.list_append, items, value, node=node)


def _extend(at: Lifter, node: Any, more: Value) -> None:
    slot = (function_scope(at.frame.scope), YIELDED)
    items, known = at.state[slot], at.items(more)
    if isinstance(items, Pack) and known is not None:
        at.state[slot] = Pack((*items.items, *known), list)
        return
    rest = more if more in at.whole else at.let(list, more, node=node)
    at.state[slot] = at.let(ops.OPERATORS["Add"], items, rest, node=node)


def yields(at: Lifter, node: Any, flow: Flow) -> None:
    """Lift a statement that only yields."""
    scope: Scope = function_scope(at.frame.scope)
    if scope.on_yield is None:
        _yield(at, node)
    else:
        scope.on_yield(at, node, flow)


@lifts(gast.Yield, gast.YieldFrom)
def _yield(at: Lifter, node: Any) -> Value:
    return at.refuse(Unreadable, node, "cannot read a generator function", _WHY, _INSTEAD)

"""Lift what is computed again on the way back into a region of its own.

y = block(x, w)      ->      y = with <region block>:
                                 z = x @ w
                                 -> tanh(z)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srcgrad.errors import Unreadable
from srcgrad.program import ops
from srcgrad.program.nodes import Block, Const, Do, Stmt, Var, With
from srcgrad.program.regions import Region
from srcgrad.read.lifter import Lifter
from srcgrad.read.trees import RAISED, Fork, Leaf, Tree
from srcgrad.read.values import Value


def in_region(at: Lifter, name: str, run: Callable[[], Value], node: Any) -> Value:
    """Lift something into a region; return its value."""
    where, entered = at.origin(node), Var("")
    manager = Const(Region(name))
    body, never = at.arm(run), Tree([], Leaf(RAISED, dict(at.state)))
    never.stmts.append(Do(ops.raise_, (Const(None),), (), where))

    def made(targets: tuple[Var, ...], then: Block, orelse: Block) -> Stmt:
        return With(targets, manager, entered, then, where)

    fork = Fork(Const(True), body, never, where, "with", made, (entered,))
    return at.join(Tree(at.out, fork))


def refuse_generator(at: Lifter, name: str, node: Any) -> Value:
    """Refuse to compute again what is taken item by item."""
    return at.refuse(
        Unreadable,
        node,
        f"cannot checkpoint the generator {name!r}",
        "Its items are taken one by one, and between them the caller goes on.",
        "Return a list of the items instead.",
    )

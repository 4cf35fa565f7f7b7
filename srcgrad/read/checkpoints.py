"""Lift what is computed again on the way back into a region of its own.

y = block(x, w)      ->      y = with <region block>:
                                 z = x @ w
                                 -> tanh(z)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gast

from srcgrad.errors import Unreadable
from srcgrad.program import ops
from srcgrad.program.nodes import Block, Const, Do, Stmt, Var, With
from srcgrad.program.regions import Region
from srcgrad.read.dispatch import expr
from srcgrad.read.lifter import Lifter
from srcgrad.read.names import read_attribute, read_name
from srcgrad.read.trees import RAISED, Fork, Leaf, Tree
from srcgrad.read.values import Value
from srcgrad.runtime.checkpoints import asked_for, checkpointed


def in_region(
    at: Lifter,
    name: str,
    run: Callable[[], Value],
    node: Any,
    given: Mapping[str, Value] = {},
) -> Value:
    """Lift something into a region; return its value.  What it is ``given`` is by parameter."""
    where, entered = at.origin(node), Var("")
    names = {value: param for param, value in given.items() if isinstance(value, Var)}
    manager = Const(Region(name, names))
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


def asked(at: Lifter, node: Any) -> tuple[Any, Any]:
    """Return how many snapshots the header of a loop asks for, and what the loop goes along.

    ``for t in checkpointed(range(n), 100)`` asks for 100 of a loop along ``range(n)``.
    """
    if not isinstance(node, gast.Call) or not is_checkpointed(at, node.func):
        return None, node
    given = dict(zip(("items", "count"), node.args))
    given.update((keyword.arg, keyword.value) for keyword in node.keywords)
    spread = any(isinstance(arg, gast.Starred) for arg in node.args) or None in given
    if spread or len(node.args) > 2 or given.keys() != {"items", "count"}:
        return None, node
    count = expr(at, given["count"])
    try:
        if not isinstance(count, Const) or count.value is None:
            raise TypeError("It is known only when the function runs.")
        return asked_for(count.value), given["items"]
    except (TypeError, ValueError) as error:
        why = str(error)[:1].upper() + str(error)[1:].rstrip(".") + "."
    at.refuse(
        Unreadable,
        given["count"],
        "cannot tell how many snapshots this loop may keep",
        why,
        "Write the number itself, 'sqrt', or a size as '64 MB'.",
    )
    return None, given["items"]


def is_checkpointed(at: Lifter, node: Any) -> bool:
    """Tell whether an expression names `srcgrad.checkpointed`."""
    if isinstance(node, gast.Attribute) and isinstance(node.value, gast.Name):
        owner = read_name(at, node.value)
        if not isinstance(owner, Const) or node.attr != checkpointed.__name__:
            return False
        found = read_attribute(at, owner, node.attr, node)
    elif isinstance(node, gast.Name):
        found = read_name(at, node)
    else:
        return False
    return isinstance(found, Const) and found.value is checkpointed


def refuse_elsewhere(at: Lifter, node: Any) -> Value:
    """Refuse `srcgrad.checkpointed` where there is no loop."""
    return at.refuse(
        Unreadable,
        node,
        "cannot read 'checkpointed' here",
        "It says how a loop is differentiated, and there is none.",
        "Write it in the header of a loop: for t in checkpointed(range(n), 100).",
    )

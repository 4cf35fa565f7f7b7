"""The tables from node classes to the functions that lift them; the siblings fill them in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srcgrad.errors import Unreadable
from srcgrad.program.nodes import UNDEFINED, Atom, Const
from srcgrad.read.lifter import Lifter
from srcgrad.read.values import Value

Expression = Callable[[Lifter, Any], Value]
EXPRESSIONS: dict[type, Expression] = {}


def lifts(*kinds: type) -> Callable[[Expression], Expression]:
    """Register the function that lifts expressions of some kinds."""

    def register(function: Expression) -> Expression:
        EXPRESSIONS.update((kind, function) for kind in kinds)
        return function

    return register


def expr(at: Lifter, node: Any) -> Value:
    """Lift an expression."""
    function = EXPRESSIONS.get(type(node))
    if function is None:
        return unknown(at, node)
    return function(at, node)


def atom(at: Lifter, node: Any) -> Atom:
    """Lift an expression to an atom."""
    return at.atom(expr(at, node), node)


def unknown(at: Lifter, node: Any) -> Value:
    """Refuse syntax that has no meaning here, unless the fence has already."""
    where = at.origin(node)
    for problem in at.known.problems:
        place = problem.origin
        if place is not None and place.stmt == where.stmt:
            return Const(UNDEFINED)
    return at.refuse(
        Unreadable,
        node,
        f"cannot read this syntax ({type(node).__name__})",
        "It is outside the language that srcgrad reads.",
        "Write it in another way.",
    )

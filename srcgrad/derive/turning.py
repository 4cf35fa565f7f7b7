"""Loops over several things at once go along their tangents beside them.

for x, y in zip(xs, ys):        ->      for x, y, t_x in zip(xs, ys, t_xs):
for i, x in enumerate(xs):      ->      for i, (x, t_x) in enumerate(zip(xs, t_xs)):
for k, v in d.items():          ->      for (k, v), t_v in zip(d.items(), t_d.values()):
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from srcgrad.derive.carried import walk_along
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Atom, Const, For, Let, Stmt, Var
from srcgrad.program.walk import uses

if TYPE_CHECKING:
    from srcgrad.derive.forward import Walker


@dataclass(frozen=True)
class Opened:
    """What a loop goes along with tangents, and how its body begins."""

    each: Var
    over: Atom
    first: tuple[Stmt, ...]
    tangents: dict[Var, Atom]


def named(var: Var) -> Var:
    """Return a new variable named as the tangent of another."""
    return Var(f"t_{var.hint}" if var.hint else "", var.user)


def opened(walker: Walker, loop: For, b: Builder) -> Opened | None:
    """Return how a loop that takes its items apart at once goes along their tangents."""
    made = walker.defs.get(loop.over) if isinstance(loop.over, Var) else None
    first = loop.body.stmts[0] if loop.body.stmts else None
    if made is None or not isinstance(first, Let) or first.fn is not ops.unpack:
        return None
    if first.args[0] is not loop.each or uses(loop.body)[loop.each] != 1:
        return None
    if made.fn is zip and len(made.args) == len(first.targets):
        return _zipped(walker, made, first, b)
    if len(first.targets) != 2 or first.targets[0] in walker.tangents:
        return None
    if made.fn is enumerate:
        return _enumerated(walker, made, first, b)
    return _items(walker, made, first, b) if made.fn is ops.method("items") else None


def _zipped(walker: Walker, made: Let, first: Let, b: Builder) -> Opened:
    moving = [
        (var, atom)
        for var, atom in zip(first.targets, made.args, strict=True)
        if var in walker.live and walker.tangent(atom) is not None
    ]
    tangents = {var: named(var) for var, _ in moving}
    along = [walk_along(walker, atom, b) for _, atom in moving]
    options: dict[str, Any] = dict(made.kwargs)
    over = b.let(zip, *made.args, *along, **options)
    each, targets = Var(""), (*first.targets, *tangents.values())
    start = Let(targets, ops.unpack, (each, Const(len(targets))), (), first.origin)
    return Opened(each, over, (start,), dict(tangents))


def _enumerated(walker: Walker, made: Let, first: Let, b: Builder) -> Opened:
    index, var = first.targets
    each, pair, tangent = Var(""), Var(""), named(var)
    both = b.let(zip, made.args[0], walk_along(walker, made.args[0], b))
    options: dict[str, Any] = dict(made.kwargs)
    over = b.let(enumerate, both, *made.args[1:], **options)
    start = Let((index, pair), ops.unpack, (each, Const(2)), (), first.origin)
    second = Let((var, tangent), ops.unpack, (pair, Const(2)), (), first.origin)
    return Opened(each, over, (start, second), {var: tangent})


def _items(walker: Walker, made: Let, first: Let, b: Builder) -> Opened:
    var = first.targets[1]
    each, pair, tangent = Var(""), Var(""), named(var)
    values = b.let(ops.method("values"), walker.tangent(made.args[0]))
    over = b.let(zip, made.targets[0], values)
    start = Let((pair, tangent), ops.unpack, (each, Const(2)), (), first.origin)
    second = Let(first.targets, ops.unpack, (pair, Const(2)), (), first.origin)
    return Opened(each, over, (start, second), {var: tangent})

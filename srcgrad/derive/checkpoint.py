"""Regions: keep nothing of what is inside, and compute it again on the way back.

y = with <region block>:          y = with <region block>:      # of variables of its own
    z = x @ w                         z' = x @ w
    -> tanh(z)            ->          -> tanh(z')
                                  # backward
                                  d_x, d_w = with <region block_vjp>:
                                      z = x @ w
                                      y = tanh(z)
                                      ... d_z, d_w ...
                                      -> d_z @ w.T, d_w
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from srcgrad.derive.attempts import AGAIN, FILTERS
from srcgrad.derive.frames import Frame, adjoint
from srcgrad.errors import Unreadable
from srcgrad.facts.purity import is_pure, is_pure_call, is_read, leaves_data
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Block, Const, Do, Let, Program, Stmt, Try, Var, With
from srcgrad.program.regions import Region, region_of
from srcgrad.program.show import fn_name
from srcgrad.program.walk import among, blocks, bound, copied, statements, with_blocks

if TYPE_CHECKING:
    from srcgrad.derive.reverse import _Reverser

_KEEPS = frozenset({ops.mark, ops.raise_, *FILTERS})
_CALM = _KEEPS | {print, ops.assert_}


def computed_again(walker: _Reverser, stmt: With, frame: Frame, b: Builder) -> With:
    """Pay back a region; return it with variables that the way back does not know."""
    owed = [frame.take(var) for var in stmt.targets]
    if all(g is None for g in owed):
        return stmt
    region = region_of(stmt)
    assert region is not None
    refuse_effects(walker, stmt.body, f"{region.name!r}")
    inner, back = Frame(bound(stmt.body), frame), Builder(stmt.origin)
    for var, atom, g in zip(stmt.targets, stmt.body.results, owed, strict=True):
        if g is not None:
            seed = walker.payer.given(g, var, atom, back)
            walker.payer.pay(inner, atom, seed, back, source=var)
    stmts = inside(walker, stmt.body, inner, back)
    paid = [var for var in inner.owed if var not in inner.local]
    results = tuple(inner.owed[var] for var in paid)
    outs = tuple(map(adjoint, paid))
    body = Block(once_more(stmts, back.stmts), results)
    names = dict(region.names)
    for atom, g in zip(stmt.body.results, owed, strict=True):
        if isinstance(g, Var) and not g.hint:
            names[g] = f"d_{(isinstance(atom, Var) and atom.hint) or 'out'}"
    manager = Const(Region(f"{region.name}_vjp", names))
    b.origin = stmt.origin
    b.add(With(outs, manager, Var(""), body, stmt.origin))
    frame.owed.update(zip(paid, outs, strict=True))
    return replace(stmt, body=copied(stmt.body, {}))


def inside(walker: _Reverser, body: Block, inner: Frame, back: Builder) -> list[Stmt]:
    """Reverse a block for which nothing around it keeps anything."""
    insides, walker.insides = walker.insides, []
    depth, walker.depth = walker.depth, 0
    stmts = walker.block(body.stmts, inner, back)
    back.stmts[:] = walker.rewinder.scan(back.stmts, {}, set(), body)
    walker.insides, walker.depth = insides, depth
    back.origin = None
    return stmts


def once_more(again: Iterable[Stmt], back: Iterable[Stmt]) -> tuple[Stmt, ...]:
    """Return what is computed again, and the way back behind it."""
    marks = Do(ops.mark, (Const("again"),)), Do(ops.mark, (Const("backward"),))
    return (marks[0], *quiet(again), marks[1], *back)


def quiet(stmts: Iterable[Stmt], tried: bool = False) -> list[Stmt]:
    """Return statements without prints and assertions: that was done on the way there.

    What is ``tried`` may raise, and decides what happens: only prints are left out of it.
    """
    kept: list[Stmt] = []
    for stmt in stmts:
        if isinstance(stmt, Do) and (stmt.fn is print or not (tried or among(stmt.fn, _KEEPS))):
            continue
        body = stmt.body if isinstance(stmt, Try) else None
        children = [
            Block(tuple(quiet(child.stmts, tried or child is body)), child.results)
            for child in blocks(stmt)
        ]
        kept.append(with_blocks(stmt, children) if children else stmt)
    return kept


def refuse_effects(walker: _Reverser, body: Block, name: str) -> None:
    """Note what would not be the same the second time."""
    begun = name[:1].upper() + name[1:]
    for stmt in effects(body.stmts):
        assert isinstance(stmt, (Let, Do))
        drawn = isinstance(stmt.fn, ops.Method)
        fn = stmt.fn.name if drawn else fn_name(stmt.fn).replace("numpy.", "np.")  # type: ignore[union-attr]
        walker.payer.refuse(
            stmt.origin,
            f"cannot compute {fn!r} again",
            f"{begun} is computed once more on the way back, and there is no telling that this"
            " gives the same a second time.",
            "Do it outside, and hand the result in as an argument.",
            Unreadable,
        )
    if walker.disturbs:
        for stmt in statements(body):
            if isinstance(stmt, Let) and is_read(stmt.fn):
                walker.payer.refuse(
                    stmt.origin,
                    f"cannot read {stmt.targets[0].hint!r} again",
                    f"{begun} is computed once more on the way back, and by then something that"
                    " is not read may have changed it.",
                    "Hand it in as an argument.",
                    Unreadable,
                )


def effects(stmts: Sequence[Stmt]) -> Iterable[Stmt]:
    """Yield the calls that may not do or give the same a second time."""
    for stmt in statements(Block(tuple(stmts), ())):
        if isinstance(stmt, Do):
            calm = is_pure(stmt.fn) or among(stmt.fn, _CALM)
        else:
            calm = not isinstance(stmt, Let) or is_pure_call(stmt) or among(stmt.fn, AGAIN)
        if not calm:
            yield stmt


def disturbs(program: Program) -> bool:
    """Tell whether a program may change data that it reads late."""
    calls = (stmt for stmt in statements(program.body) if isinstance(stmt, (Let, Do)))
    return not all(leaves_data(stmt.fn) for stmt in calls)

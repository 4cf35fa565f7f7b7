"""What loops hand on of an array that they look into: the place, not what is seen there.

for _ in range(n):                for _ in range(n) carrying [i=0]:
    v = u[k:]              ->         v = u[k:]
                                      -> slice(k, None)
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from srcgrad.facts.kinds import Py
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import (
    Atom,
    Block,
    Const,
    For,
    Let,
    Stmt,
    Var,
    While,
)
from srcgrad.program.walk import (
    inner,
    substitute,
)
from srcgrad.read.later_growing import growing_lists
from srcgrad.read.later_guesses import guessed
from srcgrad.read.later_nouns import LAZY, WHOLE, Unclear, Views, has_rank

if TYPE_CHECKING:
    from srcgrad.read.later import Later


def loop(work: Later, stmt: For | While, scope: frozenset[Var], b: Builder) -> None:
    """Go through a loop: it hands on where its variables look into an array."""
    start: list[Stmt] = []
    stmt = walk(work, stmt, b, start) if isinstance(stmt, For) else stmt
    skip, n = int(stmt.exits), len(stmt.carried)
    carried, made = list(stmt.carried), list(stmt.targets)
    init = list(stmt.init)
    kinds: dict[int, Any] = {}
    growing = growing_lists(work, stmt, scope, b, kinds)
    for k, (parent, places) in growing.items():
        inside, outside = Var(places.hint), Var(places.hint)
        before = work.views.get(stmt.init[k])  # type: ignore[arg-type]
        if before is not None:
            work.note(stmt.carried[k], replace(before, places=inside))
        else:
            work.note(stmt.carried[k], Views(parent, inside, kinds[k]))
        carried[k], init[k], made[skip + k] = inside, places, outside
    guess = guessed(work, stmt, scope, b)
    looks: dict[int, Let] = {}
    for k, parent in guess.items():
        carried[k] = Var("i")
        first = work.firsts.get(stmt.carried[k]) or work.place_in(init[k], parent) or WHOLE
        init[k] = first
        work.types[carried[k]] = work.kind_of(first)
        let = Let((stmt.carried[k],), operator.getitem, (parent, carried[k]), (), stmt.origin)
        looks[k] = work.defined[stmt.carried[k]] = let
    inside_scope = scope | set(inner(stmt)) | set(carried)
    lists = {skip + k for k in growing}
    body = work.block(stmt.body, inside_scope, [*start, *looks.values()], lists)
    results = list(body.results)
    raw = stmt.body.results
    for k in growing:
        views = work.views.get(raw[skip + k])  # type: ignore[arg-type]
        if views is None:
            raise Unclear
        results[skip + k] = views.places
        work.note(stmt.targets[skip + k], replace(views, places=made[skip + k]))
    after: list[Stmt] = []
    for k, parent in guess.items():
        place = work.place_in(raw[skip + k], parent)
        if place is None:
            raise Unclear
        results[skip + k] = place
        target, made[skip + k] = stmt.targets[skip + k], Var("i")
        work.types[made[skip + k]] = work.kind_of(place)
        let = Let((target,), operator.getitem, (parent, made[skip + k]), (), stmt.origin)
        work.defined[target] = let
        after.append(let)
        work.changed = True
    for k in range(skip + n, len(made)):
        collected(work, stmt, k, scope, results, made)
    b.add(work.read(rebuilt(work, stmt, made, carried, init, body, results, looks), b), *after)


def rebuilt(
    work: Later,
    stmt: For | While,
    made: list[Var],
    carried: list[Var],
    init: list[Atom],
    body: Block,
    results: list[Atom],
    looks: Mapping[int, Let],
) -> For | While:
    """Return the loop with what it carries instead."""
    known = dict(
        targets=tuple(made),
        carried=tuple(carried),
        init=tuple(init),
        body=Block(body.stmts, tuple(results)),
    )
    if isinstance(stmt, For):
        return replace(stmt, **known)  # type: ignore[arg-type]
    again = {k: Var(let.targets[0].hint, let.targets[0].user) for k, let in looks.items()}
    first = tuple(replace(looks[k], targets=(var,)) for k, var in again.items())
    new = {stmt.carried[k]: var for k, var in again.items()}
    test = substitute(stmt.test, new)
    test = Block((*first, *test.stmts), test.results)
    return replace(stmt, test=test, **known)  # type: ignore[arg-type]


def collected(
    work: Later,
    stmt: For | While,
    k: int,
    scope: frozenset[Var],
    results: list[Atom],
    made: list[Var],
) -> None:
    """Let a loop collect where it looks, instead of what it sees."""
    for parent, place in work.places(stmt.body.results[k]).items():
        if parent in scope and place is not WHOLE:
            results[k], made[k] = place, Var("places")
            work.note(stmt.targets[k], Views(parent, made[k], work.kind_of(place)))
            return


def walk(work: Later, stmt: For, b: Builder, start: list[Stmt]) -> For:
    """Walk along where a list of views looks."""
    views = work.views.get(stmt.over) if isinstance(stmt.over, Var) else None
    inside = Builder(stmt.origin)
    if views is not None and views.table:
        return replace(stmt, over=views.places)
    hands_on = any(has_rank(work.types.get(var), 1) for var in stmt.carried)
    if views is None and hands_on and has_rank(work.types.get(stmt.over), 2):  # type: ignore[arg-type]
        assert isinstance(stmt.over, Var)
        views = Views(stmt.over, b.let(range, b.let(len, stmt.over)), Py(int))
        work.changed = True
    if views is not None:
        each = Var("i")
        work.named(stmt.each, views, each, inside)
        start += inside.stmts
        return replace(stmt, each=each, over=views.places)
    let = work.defined.get(stmt.over) if isinstance(stmt.over, Var) else None
    if let is None or let.fn not in LAZY or not any(a in work.views for a in let.args):
        return stmt
    if any(work.views[a].table for a in let.args if a in work.views):  # type: ignore[index]
        raise Unclear
    args = [work.views[a].places if a in work.views else a for a in let.args]  # type: ignore[index]
    over = b.let(let.fn, *args)
    each = Var("t")
    columns: list[Views | None] = [work.views.get(a) for a in let.args]  # type: ignore[arg-type]
    if let.fn is enumerate:
        columns = [None, columns[0]]
    found = inside.lets(("",) * len(columns), ops.unpack, each, Const(len(columns)))
    items = [
        var if views is None else work.part(views, var, inside, "")
        for var, views in zip(found, columns, strict=True)
    ]
    pair = Let((stmt.each,), ops.make_tuple, tuple(items), (), stmt.origin)
    for made in inside.stmts:
        if isinstance(made, Let) and made.fn is operator.getitem:
            work.defined[made.targets[0]] = made
    start += [*inside.stmts, pair]
    return replace(stmt, each=each, over=over)

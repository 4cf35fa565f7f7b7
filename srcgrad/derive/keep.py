"""Make available to the backward body what it reads of the forward one.

Nothing decides beforehand what to keep: the backward body is there, and each of the values that
it reads of one turn of the loop is either implied by the turn, or computed again if that costs
no more than remembering, or collected in a list by the forward loop.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from srcgrad.facts.kinds import Arr, Known, ListOf, Map, Other, Seq, Type
from srcgrad.facts.purity import is_cheap
from srcgrad.program.build import Builder
from srcgrad.program.nodes import (
    UNDEFINED,
    Atom,
    Block,
    Const,
    For,
    If,
    Let,
    Stmt,
    Var,
    While,
    n_collected,
)
from srcgrad.program.ops import unpack
from srcgrad.program.walk import among, free, inner, substitute, swap, targets

TESTS = frozenset(
    {
        operator.lt,
        operator.le,
        operator.gt,
        operator.ge,
        operator.eq,
        operator.ne,
        operator.is_,
        operator.is_not,
        operator.not_,
    }
)


@dataclass(eq=False)
class Kept:
    """What the backward loop walks along, and how its body finds the values of a turn."""

    loop: For | While
    sources: list[tuple[Var, Atom]] = field(default_factory=list)
    before: list[Stmt] = field(default_factory=list)
    mapping: dict[Var, Atom] = field(default_factory=dict)


def keep_for_loop(
    loop: For | While,
    backward: Block,
    known: Mapping[Var, Let],
    types: Mapping[Var, Type],
    outside: Builder,
) -> Kept:
    """Return the forward loop with what it has to collect, and how to read it backwards.

    ``loop`` has its forward body already, ``known`` maps variables to the statement that binds
    them; what walks along the items again is added to ``outside``.
    """
    kept = Kept(loop)
    inside = _definitions(loop)
    again = isinstance(loop, For) and not loop.exits and walks_again(loop.over, known, types)
    each = loop.each if isinstance(loop, For) else None
    collected: list[Var] = []
    needed = free(backward)
    for var in inside:
        if var not in needed or var in kept.mapping:
            continue
        if _recomputable(var, inside, kept, each if again else None):
            _recompute(var, inside, kept)
        elif var is each and again:
            kept.mapping[var] = Var(var.hint, var.user)
        else:
            kept.mapping[var] = Var(var.hint, var.user)
            collected.append(var)
    if again and each in kept.mapping:
        assert isinstance(loop, For)
        item = kept.mapping[each]
        assert isinstance(item, Var)
        kept.sources.append((item, outside.let(reversed, _afresh(loop.over, known, outside))))
    lists = tuple(Var(f"{var.hint or 'item'}_saved") for var in collected)
    for var, saved in zip(collected, lists, strict=True):
        item = kept.mapping[var]
        assert isinstance(item, Var)
        kept.sources.append((item, outside.let(reversed, saved)))
    if collected:
        body = Block(loop.body.stmts, (*loop.body.results, *collected))
        kept.loop = replace(loop, targets=(*loop.targets, *lists), body=body)
        if isinstance(kept.loop, For):
            kept.loop = replace(kept.loop, form="for")
    return kept


def turns(kept: Kept, known: Mapping[Var, Let], types: Mapping[Var, Type], b: Builder) -> None:
    """Give a backward loop that reads nothing of the forward one as many turns as that had."""
    loop = kept.loop
    if isinstance(loop, For) and not loop.exits and walks_again(loop.over, known, types):
        over = b.let(reversed, _afresh(loop.over, known, b))
        kept.sources.append((Var(loop.each.hint, loop.each.user), over))
        return
    first = len(loop.targets) - n_collected(loop)
    if n_collected(loop):
        kept.sources.append((Var("_"), b.let(reversed, loop.targets[first])))
        return
    count, after, total = Var("turn"), Var("turn"), Var("turns")
    step = Let((after,), operator.add, (count, Const(1)), (), loop.origin)
    body = Block((*loop.body.stmts, step), (*loop.body.results, after))
    kept.loop = replace(
        loop,
        targets=(*loop.targets, total),
        carried=(*loop.carried, count),
        init=(*loop.init, Const(0)),
        body=body,
    )
    kept.sources.append((Var("_"), b.let(range, total)))


def walk_along(kept: Kept, b: Builder) -> tuple[Var, Atom, list[Stmt]]:
    """Return the loop variable, what it runs over, and the statements that open an item."""
    if len(kept.sources) == 1:
        item, over = kept.sources[0]
        return item, over, []
    over = b.let(zip, *(source for _, source in kept.sources))
    item = Var("")
    names = tuple(var for var, _ in kept.sources)
    return item, over, [Let(names, unpack, (item, Const(len(names))), (), b.origin)]


def keep_for_branch(stmt: If, then: Block, orelse: Block, nested: bool) -> tuple[If, Block, Block]:
    """Return the forward branch handing out what the backward arms read, and those arms.

    A value of one arm is ``None`` after the other where a loop may have to collect it.
    """
    forward = stmt
    arms = []
    for side, arm in enumerate((then, orelse)):
        own = (forward.then, forward.orelse)[side]
        inside = {var: None for s in own.stmts for var in targets(s)}
        mapping: dict[Var, Atom] = {}
        for var in free(arm):
            if var not in inside:
                continue
            handed = [i for i, atom in enumerate(own.results) if atom is var]
            if handed:
                mapping[var] = forward.targets[handed[0]]
                continue
            out = Var(var.hint, var.user)
            mapping[var] = out
            forward = _hand_out(forward, side, var, out, nested)
            own = (forward.then, forward.orelse)[side]
        arms.append(substitute(arm, mapping))
    return forward, arms[0], arms[1]


def _hand_out(stmt: If, side: int, var: Var, out: Var, nested: bool) -> If:
    nothing = Const(None if nested else UNDEFINED)
    extra = (var, nothing) if side == 0 else (nothing, var)
    return replace(
        stmt,
        targets=(*stmt.targets, out),
        then=Block(stmt.then.stmts, (*stmt.then.results, extra[0])),
        orelse=Block(stmt.orelse.stmts, (*stmt.orelse.results, extra[1])),
    )


def _definitions(loop: For | While) -> dict[Var, Let | None]:
    inside: dict[Var, Let | None] = dict.fromkeys(inner(loop))
    for stmt in loop.body.stmts:
        for var in targets(stmt):
            single = isinstance(stmt, Let) and len(stmt.targets) == 1
            inside[var] = stmt if single else None  # type: ignore[assignment]
    return inside


def _recomputable(var: Var, inside: Mapping[Var, Let | None], kept: Kept, each: Var | None) -> bool:
    if var is each:
        return False
    let = inside[var]
    if let is None or not (is_cheap(let.fn) or among(let.fn, TESTS)):
        return False
    for atom in (*let.args, *(value for _, value in let.kwargs)):
        ready = not isinstance(atom, Var) or atom not in inside or atom in kept.mapping
        if not ready and atom is not each and not _recomputable(atom, inside, kept, each):
            return False
    return True


def _recompute(var: Var, inside: Mapping[Var, Let | None], kept: Kept) -> None:
    let = inside[var]
    if let is None:  # the loop variable
        kept.mapping[var] = Var(var.hint, var.user)
        return
    for atom in (*let.args, *(value for _, value in let.kwargs)):
        if isinstance(atom, Var) and atom in inside and atom not in kept.mapping:
            _recompute(atom, inside, kept)
    again = Var(var.hint, var.user)
    args = tuple(swap(atom, kept.mapping) for atom in let.args)
    kwargs = tuple((name, swap(atom, kept.mapping)) for name, atom in let.kwargs)
    kept.before.append(Let((again,), let.fn, args, kwargs, let.origin))
    kept.mapping[var] = again


def walks_again(over: Atom, known: Mapping[Var, Let], types: Mapping[Var, Type]) -> bool:
    """Tell whether something can be walked along once more, and backwards, for the same items."""
    if isinstance(over, Const):
        return isinstance(over.value, (list, tuple, str, range))
    if over in known and known[over].fn is range:
        return True
    match types.get(over):
        case Arr() | Seq() | ListOf() | Map():
            return True
        case Known(value):
            return isinstance(value, (str, tuple, range))
        case Other(cls):
            return issubclass(cls, range)
    return False


def _afresh(over: Atom, known: Mapping[Var, Let], b: Builder) -> Atom:
    """Return the range of a loop made anew, so that it can stand in the loop's header."""
    if isinstance(over, Var) and over in known and known[over].fn is range:
        return b.let(range, *known[over].args, hint=over.hint)
    return over

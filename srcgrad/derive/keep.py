"""Make available to the backward body what it reads of the forward one.

Nothing decides beforehand what to keep: the backward body is there, and each of the values that
it reads of one turn of the loop is either implied by the turn, or computed again if that costs
no more than remembering, or collected in a list by the forward loop.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from srcgrad.facts.kinds import Arr, Known, ListOf, Map, Num, Other, Py, Seq, Type
from srcgrad.facts.purity import can_raise, is_cheap, is_pure
from srcgrad.program.build import Builder
from srcgrad.program.nodes import (
    STAND_IN,
    UNDEFINED,
    Atom,
    Block,
    Const,
    For,
    If,
    Let,
    Program,
    Stmt,
    Var,
    While,
    n_collected,
)
from srcgrad.program.ops import attribute, make_tuple, unpack
from srcgrad.program.walk import among, atoms, free, inner, substitute, swap, targets
from srcgrad.program.words import word

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


ARITHMETIC = frozenset(
    {
        operator.add,
        operator.sub,
        operator.mul,
        operator.neg,
        operator.mod,
        operator.floordiv,
    }
)
"""What costs no more to compute again for two numbers than to remember."""


@dataclass(eq=False)
class Kept:
    """What a backward loop (or arm) walks along, and how its body finds the values of a turn."""

    loop: Any
    sources: list[tuple[Var, Atom]] = field(default_factory=list)
    before: list[Stmt] = field(default_factory=list)
    mapping: dict[Var, Atom] = field(default_factory=dict)
    ahead: list[Stmt] = field(default_factory=list)


def keep_for_loop(
    loop: For | While,
    backward: Block,
    known: Mapping[Var, Let],
    types: Mapping[Var, Type],
    outside: Builder,
    unbound: Collection[Var] = (),
    written: Collection[Var] = (),
) -> Kept:
    """Return the forward loop with what it has to collect, and how to read it backwards.

    ``loop`` has its forward body already, ``known`` maps variables to the statement that binds
    them; what walks along the items again is added to ``outside``.  Variables that may be
    ``unbound`` before the loop are remembered in it: where it has a turn, they are bound.
    What is read of a buffer that is ``written`` later cannot be read again.
    """
    kept = Kept(loop)
    needed = free(backward)
    _hoist(kept, needed, types)
    inside = _definitions(kept.loop.body.stmts, inner(loop))
    inside.update((var, None) for var in needed if var in unbound and var not in inside)
    again = isinstance(loop, For) and not loop.exits and walks_again(loop.over, known, types)
    each = loop.each if isinstance(loop, For) else None
    collected: list[Var] = []
    for var in inside:
        if var not in needed or var in kept.mapping:
            continue
        if _recomputable(var, inside, kept, each if again else None, types, written):
            _recompute(var, inside, kept)
            continue
        kept.mapping[var] = Var(var.hint, var.user)
        if var is not each or not again:
            collected.append(var)
    if again and each in kept.mapping:
        assert isinstance(loop, For)
        over = outside.let(reversed, _afresh(loop.over, known, outside))
        kept.sources.append((_item(each, kept), over))
    if collected:
        _collect(kept, collected, inside, outside)
    return kept


def _item(var: Var, kept: Kept) -> Var:
    item = kept.mapping[var]
    assert isinstance(item, Var)
    return item


def _hoist(kept: Kept, needed: Mapping[Var, None], types: Mapping[Var, Type]) -> None:
    """Move what is the same in every turn, and is needed again, before the loop."""
    loop = kept.loop
    inside = {var for stmt in loop.body.stmts for var in targets(stmt)} | {*inner(loop)}
    stay: list[Stmt] = []
    for stmt in loop.body.stmts:
        if (
            isinstance(stmt, Let)
            and len(stmt.targets) == 1
            and not stmt.targets[0].user
            and stmt.targets[0] in needed
            and not any(atom in inside for atom in atoms(stmt))
            and is_pure(stmt.fn)
            and not is_cheap(stmt.fn)
            and not can_raise(stmt, types)
        ):
            stmt.targets[0].hint = stmt.targets[0].hint or word(stmt)
            kept.ahead.append(stmt)
            inside.discard(stmt.targets[0])
        else:
            stay.append(stmt)
    kept.loop = replace(loop, body=Block(tuple(stay), loop.body.results))


def _collect(
    kept: Kept, collected: list[Var], inside: Mapping[Var, Let | None], outside: Builder
) -> None:
    """Let the forward loop remember values: one list, of tuples if there are several."""
    loop = kept.loop
    for var in collected:
        let = inside[var]
        if not var.hint and let is not None:
            var.hint = _item(var, kept).hint = word(let)
    value, hint = collected[0], f"{(collected[0].hint or 'item').removesuffix('_before')}_saved"
    stmts = list(loop.body.stmts)
    if len(collected) > 1:
        value, hint = Var(""), "saved"
        last = max((i for i, s in enumerate(stmts) if set(targets(s)) & {*collected}), default=-1)
        origin = stmts[last].origin if last >= 0 else loop.origin
        stmts.insert(last + 1, Let((value,), make_tuple, tuple(collected), (), origin))
    saved = Var(hint)
    init = tuple(
        Const(None) if var in collected and _missing(start) else start
        for var, start in zip(loop.carried, loop.init, strict=True)
    )
    body = Block(tuple(stmts), (*loop.body.results, value))
    kept.loop = replace(loop, targets=(*loop.targets, saved), init=init, body=body)
    if isinstance(kept.loop, For):
        kept.loop = replace(kept.loop, form="for")
    item = _item(value, kept) if len(collected) == 1 else Var("")
    if len(collected) > 1:
        names = tuple(_item(var, kept) for var in collected)
        kept.before.insert(0, Let(names, unpack, (item, Const(len(names))), (), outside.origin))
    kept.sources.append((item, outside.let(reversed, saved)))


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


def keep_for_branch(
    stmt: If,
    then: Block,
    orelse: Block,
    nothing: Callable[[Var], Const] | None,
    unbound: Collection[Var] = (),
    types: Mapping[Var, Type] = {},
    written: Collection[Var] = (),
) -> tuple[If, Block, Block]:
    """Return the forward branch handing out what the backward arms read, and those arms.

    A value of one arm is unbound after the other, or ``nothing`` of it where a loop may have to
    collect it.  Then what may be ``unbound`` is handed out too, from the arm where it is bound.
    """
    forward = stmt
    arms = []
    for side, arm in enumerate((then, orelse)):
        own = (forward.then, forward.orelse)[side]
        inside = _definitions(own.stmts)
        kept = Kept(stmt)
        mapping = kept.mapping
        for var in free(arm):
            if var not in inside and (not nothing or var not in unbound or var in stmt.targets):
                continue
            hidden = {*written, *unbound}
            if var in inside and _recomputable(var, inside, kept, None, types, hidden):
                _recompute(var, inside, kept)
                continue
            other = (forward.orelse, forward.then)[side].results
            handed = [
                i
                for i, atom in enumerate(own.results)
                if atom is var
                and not (nothing and (_missing(other[i]) or forward.targets[i] in unbound))
            ]
            if handed:
                mapping[var] = forward.targets[handed[0]]
                continue
            out = Var(var.hint, var.user)
            mapping[var] = out
            instead = nothing(var) if nothing else Const(UNDEFINED)
            forward = _hand_out(forward, side, var, out, instead)
            own = (forward.then, forward.orelse)[side]
        arm = substitute(arm, mapping)
        arms.append(Block((*kept.before, *arm.stmts), arm.results))
    return forward, arms[0], arms[1]


def _missing(atom: Atom) -> bool:
    return isinstance(atom, Const) and atom.value is UNDEFINED


def stand_in(kind: Type | None) -> Const:
    """Return what a list holds for a value that was not made: a number among numbers."""
    match kind:
        case Py(cls):
            return Const(cls(0))
        case Num():
            return Const(0.0)
        case Arr(dtype=dtype, scalar=True) if dtype.kind == "f":
            return Const(0.0)
    return STAND_IN


def _hand_out(stmt: If, side: int, var: Var, out: Var, nothing: Const) -> If:
    extra = (var, nothing) if side == 0 else (nothing, var)
    return replace(
        stmt,
        targets=(*stmt.targets, out),
        then=Block(stmt.then.stmts, (*stmt.then.results, extra[0])),
        orelse=Block(stmt.orelse.stmts, (*stmt.orelse.results, extra[1])),
    )


def _definitions(stmts: Iterable[Stmt], inner: Iterable[Var] = ()) -> dict[Var, Let | None]:
    inside: dict[Var, Let | None] = dict.fromkeys(inner)
    for stmt in stmts:
        for var in targets(stmt):
            single = isinstance(stmt, Let) and len(stmt.targets) == 1
            inside[var] = stmt if single else None  # type: ignore[assignment]
    return inside


def _recomputable(
    var: Var,
    inside: Mapping[Var, Let | None],
    kept: Kept,
    each: Var | None,
    types: Mapping[Var, Type],
    written: Collection[Var],
) -> bool:
    if var is each:
        return False
    let = inside[var]
    if let is None or isinstance(let.fn, Program):
        return False
    number = among(let.fn, ARITHMETIC) and _is_number(types.get(var))
    if not (number or is_cheap(let.fn) or among(let.fn, TESTS)):
        return False
    for atom in (*let.args, *(value for _, value in let.kwargs)):
        if atom in written and not is_inert(let):
            return False
        ready = not isinstance(atom, Var) or atom not in inside or atom in kept.mapping
        if ready or atom is each:
            continue
        assert isinstance(atom, Var)
        if not _recomputable(atom, inside, kept, each, types, written):
            return False
    return True


def is_inert(let: Let) -> bool:
    """Tell whether a call asks for nothing that a write changes: a shape or a dtype."""
    asks = (len, np.shape, np.ndim, np.size, *map(attribute, ("shape", "ndim", "size", "dtype")))
    return among(let.fn, asks)


def _is_number(kind: Type | None) -> bool:
    return isinstance(kind, (Py, Num)) or (isinstance(kind, Arr) and kind.scalar)


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
        case Arr() | Map():
            return True
        case Seq(cls=cls) | ListOf(cls=cls):
            return issubclass(cls, (list, tuple))
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

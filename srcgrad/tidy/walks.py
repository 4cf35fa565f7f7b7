"""Let a backward loop walk along no more than it reads.

Before::

    for item in zip(reversed(y_saved), reversed(c_saved)):
        y, c = item
        d = d * y

After::

    for y in reversed(y_saved):
        d = d * y

A value that was the same in every turn is read directly, not from a list of copies.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Atom, Block, Const, For, Let, Stmt, Var, While
from srcgrad.program.walk import (
    blocks,
    bound,
    inner,
    is_const,
    substitute,
    targets,
    uses,
    with_blocks,
)
from srcgrad.tidy.sides import mark_at


@dataclass(slots=True)
class _Walks:
    """What is known of a program, and what is to be done to it."""

    uses: dict[Var, int]
    lets: dict[Var, Let] = field(default_factory=dict)
    steady: dict[Var, Atom] = field(default_factory=dict)
    mapping: dict[Var, Atom] = field(default_factory=dict)
    loops: dict[Stmt, For] = field(default_factory=dict)
    zips: dict[Stmt, Let] = field(default_factory=dict)


def narrowed(body: Block) -> Block:
    """Return the body with narrower backward loops, the same object if there are none."""
    work = _Walks(uses(body))
    _look(body, False, work)
    if not work.mapping and not work.loops:
        return body
    return substitute(_rebuilt(body, work), work.mapping)


def _look(block: Block, derived: bool, work: _Walks) -> None:
    border = mark_at(block, derived)
    for place, stmt in enumerate(block.stmts):
        if isinstance(stmt, Let):
            work.lets.update((var, stmt) for var in stmt.targets)
        elif isinstance(stmt, (For, While)):
            _note_steady(stmt, work)
        ours = derived or place > border
        for child in blocks(stmt):
            _look(child, ours, work)
        if ours and isinstance(stmt, For):
            _loop(stmt, work)


def _note_steady(loop: For | While, work: _Walks) -> None:
    """Note the lists that a loop fills with one and the same value."""
    first = len(loop.carried) + int(loop.exits)
    lists = loop.targets[first:]
    if not lists:
        return
    own = {*inner(loop), *(var for stmt in loop.body.stmts for var in targets(stmt))}
    for var, atom in zip(lists, loop.body.results[first:], strict=True):
        if atom not in own and not is_const(atom, UNDEFINED):
            work.steady[var] = atom


def _loop(loop: For, work: _Walks) -> None:
    over = work.lets.get(loop.over) if isinstance(loop.over, Var) else None
    if over is None or over.fn is not zip:
        same = _same_in_every_turn(loop.over, work)
        if same is not None:
            work.mapping[loop.each] = same
        return
    opened = _opened(loop)
    alone = over.targets[0] in work.uses and work.uses[over.targets[0]] == 1
    if opened is None or not alone or over.kwargs or len(over.args) != len(opened.targets):
        return
    kept = [
        (name, source)
        for name, source in zip(opened.targets, over.args, strict=True)
        if not _is_idle(name, source, work)
    ]
    if len(kept) == len(over.args):
        return
    if len(kept) < 2:
        name, source = kept[0] if kept else (opened.targets[0], over.args[0])
        work.loops[loop] = replace(loop, each=name, over=source)
        return
    names = tuple(name for name, _ in kept)
    work.zips[over] = replace(over, args=tuple(source for _, source in kept))
    work.zips[opened] = replace(opened, targets=names, args=(loop.each, Const(len(names))))
    work.loops[loop] = loop


def _opened(loop: For) -> Let | None:
    """Return the statement that opens the items of a loop over zip."""
    for stmt in loop.body.stmts:
        if isinstance(stmt, Let) and stmt.fn is ops.unpack and stmt.args[0] is loop.each:
            others = sum(atom is loop.each for atom in _all_reads(loop))
            return stmt if others == 1 else None
    return None


def _all_reads(loop: For) -> list[Atom]:
    return [var for var, count in uses(loop.body).items() for _ in range(count)]


def _is_idle(name: Var, source: Atom, work: _Walks) -> bool:
    if not work.uses.get(name):
        return True
    same = _same_in_every_turn(source, work)
    if same is not None:
        work.mapping[name] = same
    return same is not None


def _same_in_every_turn(source: Atom, work: _Walks) -> Atom | None:
    let = work.lets.get(source) if isinstance(source, Var) else None
    if let is not None and let.fn is reversed:
        source = let.args[0]
    return work.steady.get(source) if isinstance(source, Var) else None


def _rebuilt(block: Block, work: _Walks) -> Block:
    stmts: list[Stmt] = []
    for stmt in block.stmts:
        if isinstance(stmt, Let):
            stmts.append(work.zips.get(stmt, stmt))
            continue
        new = with_blocks(stmt, [_rebuilt(child, work) for child in blocks(stmt)])
        loop = work.loops.get(stmt)
        if loop is not None and isinstance(new, For):
            new = replace(new, each=loop.each, over=loop.over)
            if loop.each in bound(new.body):
                new = replace(new, body=_without(new.body, loop.each))
        stmts.append(new)
    return Block(tuple(stmts), block.results)


def _without(body: Block, var: Var) -> Block:
    """Leave out the statement that binds a variable."""
    return Block(tuple(stmt for stmt in body.stmts if var not in targets(stmt)), body.results)

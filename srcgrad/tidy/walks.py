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

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeGuard

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
from srcgrad.tidy.rename import renamed
from srcgrad.tidy.sides import mark_at


@dataclass(slots=True)
class _Walks:
    """What is known of a program, and what is to be done to it."""

    uses: dict[Var, int]
    lets: dict[Var, Let] = field(default_factory=dict)
    steady: dict[Var, Atom] = field(default_factory=dict)
    mapping: dict[Var, Atom] = field(default_factory=dict)
    loops: dict[Stmt, For] = field(default_factory=dict)
    zips: dict[Stmt, Let | None] = field(default_factory=dict)
    packs: dict[Var, Let] = field(default_factory=dict)
    constant: dict[Let, set[Atom]] = field(default_factory=dict)
    renames: dict[Var, Var] = field(default_factory=dict)


def narrowed(body: Block) -> Block:
    """Return the body with narrower backward loops, the same object if there are none."""
    work = _Walks(uses(body))
    _look(body, False, work)
    if not work.mapping and not work.loops and not work.zips:
        return body
    mapping = {var: _end(atom, work.mapping) for var, atom in work.mapping.items()}
    return renamed(substitute(_rebuilt(body, work), mapping), work.renames)


def _end(atom: Atom, mapping: Mapping[Var, Atom]) -> Atom:
    """Follow a variable to what stands for it in the end."""
    while isinstance(atom, Var) and atom in mapping:
        atom = mapping[atom]
    return atom


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
    made = {stmt.targets[0]: stmt for stmt in loop.body.stmts if _is_pack(stmt)}
    for var, atom in zip(lists, loop.body.results[first:], strict=True):
        if atom in made and work.uses.get(var) == work.uses.get(atom) == 1:
            work.packs[var] = made[atom]
            _note_steady_parts(made[atom], own, work)
        if atom not in own and not is_const(atom, UNDEFINED):
            work.steady[var] = atom


def _loop(loop: For, work: _Walks) -> None:
    over = work.lets.get(loop.over) if isinstance(loop.over, Var) else None
    _parts(loop, loop.each, loop.over, work)
    if over is None or over.fn is not zip:
        same = _same_in_every_turn(loop.over, work)
        if same is not None and work.uses.get(loop.each):
            work.mapping[loop.each] = same
        return
    opened = _opened(loop, loop.each)
    for name, source in zip(opened.targets if opened else (), over.args, strict=False):
        _parts(loop, name, source, work)
    alone = work.uses.get(over.targets[0]) == work.uses.get(loop.each) == 1
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


def _parts(loop: For, item: Var, source: Atom, work: _Walks) -> None:
    """Look at the parts of the tuples that a list holds."""
    whole = _list(source, work)
    pack = work.packs.get(whole) if whole is not None else None
    opened = _opened(loop, item)
    if pack is None or opened is None or work.uses.get(item) != 1 or pack in work.zips:
        return
    if len(pack.args) != len(opened.targets):
        return
    kept = []
    for name, atom in zip(opened.targets, pack.args, strict=True):
        if atom in work.constant[pack]:
            work.mapping[name] = atom
        elif work.uses.get(name):
            kept.append((name, atom))
    if len(kept) == len(pack.args):
        return
    if len(kept) > 1:
        names = tuple(name for name, _ in kept)
        work.zips[pack] = replace(pack, args=tuple(atom for _, atom in kept))
        work.zips[opened] = replace(opened, targets=names, args=(item, Const(len(names))))
        return
    work.zips[pack] = work.zips[opened] = None
    work.mapping[pack.targets[0]] = kept[0][1] if kept else pack.args[0]
    if kept:
        work.renames[item] = kept[0][0]


def _list(source: Atom, work: _Walks) -> Var | None:
    let = work.lets.get(source) if isinstance(source, Var) else None
    if let is not None and let.fn is reversed and work.uses.get(let.targets[0]) == 1:
        source = let.args[0]
    return source if isinstance(source, Var) else None


def _is_pack(stmt: Stmt) -> TypeGuard[Let]:
    return isinstance(stmt, Let) and stmt.fn is ops.make_tuple


def _note_steady_parts(pack: Let, own: set[Var], work: _Walks) -> None:
    steady = (a for a in pack.args if a not in own and not is_const(a, UNDEFINED))
    work.constant[pack] = set(steady)


def _opened(loop: For, item: Var) -> Let | None:
    """Return the statement that opens the items of a loop."""
    for stmt in loop.body.stmts:
        if isinstance(stmt, Let) and stmt.fn is ops.unpack and stmt.args[0] is item:
            return stmt
    return None


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
            let = work.zips.get(stmt, stmt)
            stmts += [] if let is None else [let]
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

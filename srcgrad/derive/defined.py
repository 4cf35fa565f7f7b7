"""Variables that are kept although they may be unbound: ``None`` stands for those.

    if c:                       if c:
        h = sin(x)                  h = sin(x)
    else:               ->      else:
        h = UNDEFINED               h = None
    -> h                        -> h

The way back looks at them only where it took the same branch as the way there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from srcgrad.program.nodes import (
    UNDEFINED,
    Atom,
    Block,
    Const,
    For,
    If,
    Stmt,
    Try,
    Var,
    While,
    With,
)
from srcgrad.program.walk import arms, targets, with_blocks


def defined(block: Block, wanted: Iterable[Var]) -> Block:
    """Return a block in which these of its variables are always bound."""
    want = set(wanted)
    stmts: list[Stmt] = []
    for stmt in reversed(block.stmts):
        if want.intersection(targets(stmt)):
            if isinstance(stmt, (If, Try, With)):
                stmt = _branch(stmt, want)
            elif isinstance(stmt, (For, While)):
                stmt = _loop(stmt, want)
        stmts.append(stmt)
    return Block(tuple(reversed(stmts)), block.results)


def _branch(stmt: If | Try | With, want: set[Var]) -> Stmt:
    places = [i for i, var in enumerate(stmt.targets) if var in want]
    return with_blocks(stmt, [_arm(arm, places) for arm in arms(stmt)])


def _loop(loop: For | While, want: set[Var]) -> For | While:
    skip = int(loop.exits)
    places = [k for k in range(len(loop.carried)) if loop.targets[skip + k] in want]
    init = tuple(_bound(a) if k in places else a for k, a in enumerate(loop.init))
    want.update(atom for k, atom in enumerate(init) if k in places and isinstance(atom, Var))
    return replace(loop, init=init, body=_arm(loop.body, [skip + k for k in places]))


def _arm(block: Block, places: list[int]) -> Block:
    results = tuple(_bound(a) if i in places else a for i, a in enumerate(block.results))
    inner = [results[i] for i in places]
    filled = defined(Block(block.stmts, results), (a for a in inner if isinstance(a, Var)))
    return Block(filled.stmts, results)


def _bound(atom: Atom) -> Atom:
    undefined = isinstance(atom, Const) and atom.value is UNDEFINED
    return Const(None) if undefined else atom

"""Put neighbouring branches on one condition together: a gradient returns where the value did.

Before::

    f(x):
        y = if c:
            a = numpy.sin(x)
            -> a
        else:
            -> x
        mark('backward')
        d_x = if c:
            cos = numpy.cos(x)
            -> cos
        else:
            -> 1.0
        -> y, d_x

After::

    f(x):
        y, d_x = if c:
            a = numpy.sin(x)
            mark('backward')
            cos = numpy.cos(x)
            -> a, cos
        else:
            -> x, 1.0
        -> y, d_x

Forward and backward branch are merged only if nothing but the mark stands between them, and at
most a few small statements follow, which then go into both arms.
"""

from __future__ import annotations

from dataclasses import replace

from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, Const, Do, If, Let, Program, Stmt, Try, Var
from srcgrad.program.walk import blocks, copied, substitute, substitute_in, swap, with_blocks
from srcgrad.tidy.sides import is_mark, mark_at

_TAIL = 2
"""How many statements after the branches may be said in both arms."""


def merge(program: Program) -> Program:
    """Return the program with neighbouring branches on the same condition as one."""
    return replace(program, body=_block(program.body, False))


def _block(block: Block, derived: bool) -> Block:
    block = _joined(_spliced(block), derived)
    border = mark_at(block, derived)
    stmts = []
    for place, stmt in enumerate(block.stmts):
        ours = derived or place > border
        stmts.append(with_blocks(stmt, [_block(child, ours) for child in blocks(stmt)]))
    return Block(tuple(stmts), block.results)


def _spliced(block: Block) -> Block:
    """Put the statements of a branch whose condition is a constant in its place."""
    if not any(_decided(stmt) is not None for stmt in block.stmts):
        return block
    mapping: dict[Var, Atom] = {}
    stmts: list[Stmt] = []
    todo = list(reversed(block.stmts))
    while todo:
        stmt = substitute_in(todo.pop(), mapping)
        arm = _decided(stmt)
        if arm is None or not isinstance(stmt, (If, Try)):
            stmts.append(stmt)
            continue
        inner = [inside for inside in arm.stmts if not is_mark(inside)]
        stmts += [substitute_in(inside, mapping) for inside in inner]
        results = (swap(atom, mapping) for atom in arm.results)
        mapping.update(zip(stmt.targets, results, strict=True))
    return Block(tuple(stmts), tuple(swap(atom, mapping) for atom in block.results))


def _decided(stmt: Stmt) -> Block | None:
    if isinstance(stmt, Try) and _only_raises_again(stmt):
        return stmt.body
    if not isinstance(stmt, If) or not isinstance(stmt.test, Const):
        return None
    if not isinstance(stmt.test.value, (bool, int, float, type(None))):
        return None
    return stmt.then if stmt.test.value else stmt.orelse


def _only_raises_again(stmt: Try) -> bool:
    (final, *others) = stmt.handler.stmts or (None,)
    raises = isinstance(final, Do) and final.fn is ops.raise_ and not others
    return raises and isinstance(final, Do) and final.args == (stmt.error,)


def _joined(block: Block, derived: bool) -> Block:
    stmts: list[Stmt] = []
    border = mark_at(block, derived)
    for place, stmt in enumerate(block.stmts):
        before = stmts[-1] if stmts else None
        ours = derived or place > border + 1
        if ours and _are_twins(before, stmt):
            assert isinstance(before, If) and isinstance(stmt, If)
            stmts[-1] = _merged(before, stmt, None)
            continue
        if isinstance(stmt, If) and place == border + 1 and len(stmts) > 1:
            whole = _whole(stmts, stmt, block, place)
            if whole is not None:
                return whole
        stmts.append(stmt)
    return Block(tuple(stmts), block.results)


def _are_twins(first: Stmt | None, second: Stmt) -> bool:
    return isinstance(first, If) and isinstance(second, If) and first.test is second.test


def _whole(stmts: list[Stmt], second: If, block: Block, place: int) -> Block | None:
    """Merge the forward and the backward branch around the mark, if all that follows is small."""
    mark, first = stmts[-1], stmts[-2]
    tail = block.stmts[place + 1 :]
    same = isinstance(first, If) and first.test is second.test and first.form == second.form
    if not same or not is_mark(mark) or len(tail) > _TAIL:
        return None
    if not all(isinstance(stmt, Let) for stmt in tail):
        return None
    assert isinstance(first, If)
    one = _merged(first, second, mark)
    if tail:
        one = _with_tail(one, Block(tail, block.results), mark)
        return Block((*stmts[:-2], one), one.targets)
    return Block((*stmts[:-2], one), block.results)


def _merged(first: If, second: If, mark: Stmt | None) -> If:
    then = _chained(first, first.then, second.then, mark)
    orelse = _chained(first, first.orelse, second.orelse, mark)
    return replace(first, targets=(*first.targets, *second.targets), then=then, orelse=orelse)


def _chained(stmt: If, first: Block, second: Block, mark: Stmt | None) -> Block:
    known = dict(zip(stmt.targets, first.results, strict=True))
    second = substitute(second, known)
    middle = (mark,) if mark is not None and second.stmts else ()
    return Block((*first.stmts, *middle, *second.stmts), (*first.results, *second.results))


def _with_tail(stmt: If, tail: Block, mark: Stmt) -> If:
    """Say the statements after a branch in both of its arms."""
    arms = []
    for arm in (stmt.then, stmt.orelse):
        known: dict[Var, Atom] = dict(zip(stmt.targets, arm.results, strict=True))
        rest = copied(tail, known)
        middle = () if any(map(is_mark, arm.stmts)) else (mark,)
        arms.append(Block((*arm.stmts, *middle, *rest.stmts), rest.results))
    names = [
        Var(atom.hint, atom.user) if isinstance(atom, Var) else Var("") for atom in tail.results
    ]
    return replace(stmt, targets=tuple(names), then=arms[0], orelse=arms[1])

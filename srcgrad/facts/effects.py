"""Which statements write into what they are given, before writes have been turned into values.

x[i] = v         Do(operator.setitem, (x, i, v))      writes x
x += v           x2 = iadd(x, v)                      writes x, if that is an array
np.add(a, b, out=c)                                   writes c
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from srcgrad.facts.purity import mutates, returns
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, Const, Do, If, Let, Program, Stmt, Var
from srcgrad.program.walk import among, blocks, statements, with_blocks

MUTABLE = (np.ndarray, list, dict, set)


def written(stmt: Stmt) -> Atom | None:
    """Return what a statement writes into, or None.

    >>> x, v = Var("x"), Var("v")
    >>> written(Do(operator.setitem, (x, Const(0), v))) is x
    True
    """
    if not isinstance(stmt, (Let, Do)) or not callable(stmt.fn):
        return None
    if stmt.fn is ops.augment:
        return stmt.args[1]
    if stmt.fn is operator.setitem or among(stmt.fn, ops.PLAIN):
        return stmt.args[0]
    out = out_of(stmt)
    if out is not None:
        return out
    return stmt.args[0] if mutates(stmt.fn) and stmt.args else None


def out_of(stmt: Let | Do) -> Atom | None:
    """Return the array that a call is given for its result."""
    for name, atom in stmt.kwargs:
        if name == "out" and not (isinstance(atom, Const) and atom.value is None):
            return atom
    if isinstance(stmt.fn, np.ufunc):
        for atom in stmt.args[stmt.fn.nin :]:
            if not (isinstance(atom, Const) and atom.value is None):
                return atom
    return None


def is_write(stmt: Stmt) -> bool:
    """Tell whether a statement certainly writes: an augmented name may only be bound anew."""
    return written(stmt) is not None and not (isinstance(stmt, Let) and among(stmt.fn, ops.PLAIN))


def only_raises(block: Block) -> bool:
    """Tell whether a block does nothing but raise, and looks at nothing that may be written.

    >>> only_raises(Block((Do(ops.raise_, (Var("error"),)),), ()))
    True
    """
    *before, last = block.stmts or (None,)
    if not isinstance(last, Do) or last.fn is not ops.raise_:
        return False
    return all(
        isinstance(stmt, Let)
        and not stmt.kwargs
        and all(isinstance(arg, Const) for arg in stmt.args)
        for stmt in before
    )


def at_end(block: Block) -> set[Stmt]:
    """Return the statements after which nothing else of a block is done, one for each path."""
    last = block.stmts[-1] if block.stmts else None
    if isinstance(last, If):
        return at_end(last.then) | at_end(last.orelse)
    return set() if last is None else {last}


def writing(block: Block) -> Iterator[tuple[Stmt, Var]]:
    """Yield the statements that write, or may, with what they write into."""
    for stmt in statements(block):
        target = written(stmt)
        if isinstance(target, Var):
            yield stmt, target


def writes_constant(block: Block) -> bool:
    """Tell whether a block writes into an object that is the same in all calls."""
    found = (written(stmt) for stmt in statements(block))
    return any(isinstance(a, Const) and isinstance(a.value, MUTABLE) for a in found)


def is_made_in(block: Block, var: Var) -> bool:
    """Tell whether memory is new in a block, so that nobody sees it who leaves by an exception.

    >>> x, y = Var("x"), Var("y")
    >>> copy = Let((y,), ops.method("copy"), (x,))
    >>> is_made_in(Block((copy,), ()), y), is_made_in(Block((copy,), ()), x)
    (True, False)
    """
    made = {v: stmt for stmt in statements(block) if isinstance(stmt, Let) for v in stmt.targets}
    while var in made:
        let = made[var]
        if returns(let.fn) == "fresh":
            return True
        if len(let.targets) > 1 or not let.args or not isinstance(let.args[0], Var):
            return False
        if let.fn is not operator.getitem and returns(let.fn) != "view":
            return False
        var = let.args[0]
    return False


def recursive(block: Block) -> list[Program]:
    """Return the recursive functions that a block calls, also through one another."""
    found: list[Program] = []
    work = [block]
    while work:
        for stmt in statements(work.pop()):
            if isinstance(stmt, Let) and isinstance(stmt.fn, Program) and stmt.fn not in found:
                found.append(stmt.fn)
                work.append(stmt.fn.body)
    return found


def writes_inside(program: Program) -> bool:
    """Tell whether a recursive function certainly writes into something."""
    return any(
        is_write(stmt)
        for one in (program, *recursive(program.body))
        for stmt in statements(one.body)
    )


def augmented(program: Program) -> set[int]:
    """Return the positions of the parameters that a recursive function may augment by name."""
    others = [one for one in recursive(program.body) if one is not program]
    if any(augmented_here(one) for one in others):
        return set(range(len(program.params)))
    return augmented_here(program)


def augmented_here(program: Program) -> set[int]:
    """Return the positions of the parameters that a function itself augments by name."""
    places = {var: i for i, var in enumerate(program.params)}
    found = (written(stmt) for stmt in statements(program.body))
    return {places[var] for var in found if isinstance(var, Var) and var in places}


def as_values(program: Program, seen: dict[Program, Program] | None = None) -> Program:
    """Return a program of values as one that may stand among statements that write.

    In a program of values ``x += v`` binds anew; to those that are lifted it writes into x.
    """
    seen = {} if seen is None else seen
    if program not in seen:
        made = seen[program] = replace(program)
        made.body = _as_values(program.body, seen)
    return seen[program]


def _as_values(block: Block, seen: dict[Program, Program]) -> Block:
    stmts = []
    for stmt in block.stmts:
        new = with_blocks(stmt, [_as_values(child, seen) for child in blocks(stmt)])
        if isinstance(new, Let) and isinstance(new.fn, Program):
            new = replace(new, fn=as_values(new.fn, seen))
        elif isinstance(new, Let) and among(new.fn, ops.PLAIN):
            new = replace(new, fn=ops.PLAIN[new.fn])  # type: ignore[index]
        stmts.append(new)
    return Block(tuple(stmts), block.results)

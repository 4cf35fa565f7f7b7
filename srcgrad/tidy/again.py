"""Ask a cheap condition again where it is tested, rather than give it a name.

t = x > 1.0                     t = x > 1.0
y = if t: ...                   y = if t: ...
# backward              ->      # backward
d_x = if t: ...                 u = x > 1.0
                                d_x = if u: ...
"""

from __future__ import annotations

import operator
from dataclasses import replace

from srcgrad.program.nodes import Block, Const, If, Let, Program, Stmt, Var
from srcgrad.program.walk import blocks, calls, statements, uses, with_blocks

CONDITIONS = frozenset(
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


def again(program: Program) -> Program:
    """Return the program with conditions of their own for the branches that share one."""
    if not calls(program.body, CONDITIONS):
        return program
    count = uses(program.body)
    shared: dict[Var, Let] = {}
    for stmt in statements(program.body):
        if isinstance(stmt, Let) and stmt.fn in CONDITIONS and _is_plain(stmt):
            (target,) = stmt.targets
            if not target.user and count.get(target, 0) > 1:
                shared[target] = stmt
    if not shared:
        return program
    return replace(program, body=_block(program.body, shared, set()))


def _is_plain(let: Let) -> bool:
    """Tell whether the operands are names and constants, so that the text stays short."""
    return not let.kwargs and all(isinstance(a, Const) or a.hint for a in let.args)


def _block(block: Block, shared: dict[Var, Let], asked: set[Var]) -> Block:
    stmts: list[Stmt] = []
    for stmt in block.stmts:
        stmt = with_blocks(stmt, [_block(child, shared, asked) for child in blocks(stmt)])
        test = stmt.test if isinstance(stmt, If) else None
        if isinstance(stmt, If) and isinstance(test, Var) and test in shared:
            let = shared[test]
            if test in asked:
                fresh = Var(test.hint)
                stmts.append(replace(let, targets=(fresh,)))
                stmt = replace(stmt, test=fresh)
            else:
                asked.add(test)
        stmts.append(stmt)
    return Block(tuple(stmts), block.results)

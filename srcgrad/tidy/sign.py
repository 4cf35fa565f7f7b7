"""Take a minus to where it costs nothing: ``x -= a * b`` instead of ``x += -a * b``.

m = -g                          p = g * a
d_x += m * a            ->      d_x -= p
d_y += m * b                    d_y -= g * b

Only where every product of the negated value ends in a sum, so that no minus is left.
"""

from __future__ import annotations

import operator
from dataclasses import replace

import numpy as np

from srcgrad import runtime
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, Let, Program, Stmt, Var
from srcgrad.program.walk import (
    among,
    blocks,
    calls,
    statements,
    substitute_in,
    uses,
    with_blocks,
)
from srcgrad.tidy.sides import is_tangent, mark_at
from srcgrad.tidy.sight import MUL, NEG

_PRODUCTS = MUL | {operator.matmul, np.matmul, np.dot, np.outer}
_ALONG = frozenset({np.sum, ops.method("sum")})
_FLIPS = {
    operator.add: operator.sub,
    operator.iadd: operator.isub,
    np.add: operator.sub,
    operator.sub: operator.add,
    operator.isub: operator.iadd,
    np.subtract: operator.add,
}


def sign(program: Program) -> Program:
    """Return the program with fewer negations of arrays in its backward part."""
    if not calls(program.body, NEG):
        return program
    work = _Signs(program)
    body = work.block(program.body, False)
    return program if not work.flipped else replace(program, body=body)


class _Signs:
    def __init__(self, program: Program) -> None:
        self.counts = uses(program.body)
        self.readers: dict[Var, list[Let]] = {}
        self.flipped: dict[Stmt, Stmt | None] = {}
        for stmt in statements(program.body):
            if isinstance(stmt, Let):
                for atom in (*stmt.args, *(value for _, value in stmt.kwargs)):
                    if isinstance(atom, Var):
                        self.readers.setdefault(atom, []).append(stmt)

    def block(self, block: Block, derived: bool) -> Block:
        border = mark_at(block, derived)
        for place, stmt in enumerate(block.stmts):
            ours = derived or place > border or is_tangent(stmt)
            if ours and isinstance(stmt, Let):
                self.minus(stmt)
        stmts: list[Stmt] = []
        for place, stmt in enumerate(block.stmts):
            ours = derived or place > border or is_tangent(stmt)
            if stmt in self.flipped:
                stmts += self.made(stmt)
                continue
            stmts.append(with_blocks(stmt, [self.block(child, ours) for child in blocks(stmt)]))
        return Block(tuple(stmts), block.results)

    def minus(self, let: Let) -> None:
        """Note what becomes of a negation and of all that reads it."""
        (value, *rest), target = let.args or (None,), let.targets[0]
        if not among(let.fn, NEG) or rest or target.user or not isinstance(value, Var):
            return
        found: dict[Stmt, Stmt | None] = {let: None}
        if self.absorbed(target, value, found) and not any(s in self.flipped for s in found):
            self.flipped.update(found)

    def absorbed(self, old: Var, new: Atom, found: dict[Stmt, Stmt | None]) -> bool:
        """Tell whether all that reads a value can as well read its opposite."""
        readers = self.readers.get(old, [])
        if not readers or len(readers) != self.counts[old]:
            return False
        for let in readers:
            if let in found or len(let.targets) != 1 or let.args.count(old) != 1:
                return False
            changed = substitute_in(let, {old: new})
            assert isinstance(changed, Let)
            if among(let.fn, _PRODUCTS) or (among(let.fn, _ALONG) and let.args[0] is old):
                if let.targets[0].user:
                    return False
                found[let] = changed
                if not self.absorbed(let.targets[0], let.targets[0], found):
                    return False
            elif among(let.fn, _FLIPS) and len(let.args) == 2 and let.args[1] is old:
                found[let] = replace(changed, fn=_FLIPS[let.fn])
            elif let.fn is runtime.put_add and let.args[2] is old:
                found[let] = changed
            else:
                return False
        return True

    def made(self, stmt: Stmt) -> list[Stmt]:
        new = self.flipped[stmt]
        if new is None:
            return []
        if isinstance(new, Let) and new.fn is runtime.put_add:
            negative = Var("")
            minus = Let((negative,), operator.neg, (new.args[2],), (), new.origin)
            return [minus, replace(new, args=(*new.args[:2], negative))]
        return [new]

"""Hand tuples on item by item: which array is which is to be seen then.

for t in ts carrying [pair=(u, v)]:          for t in ts carrying [a=u, b=v]:
    a, b = pair                        ->        ...
    -> (b, a)                                    -> b, a
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, For, If, Let, Program, Stmt, Var, While
from srcgrad.program.walk import blocks, statements, substitute, with_blocks


def unbundled(program: Program) -> Program:
    """Return the program with tuples handed on item by item; the same one if there are none."""
    work = _Work(program)
    while True:
        body = work.block(program.body)
        if body is program.body:
            return program
        program = replace(program, body=body)


class _Work:
    def __init__(self, program: Program) -> None:
        self.tuples: dict[Var, tuple[Atom, ...]] = {
            stmt.targets[0]: stmt.args
            for stmt in statements(program.body)
            if isinstance(stmt, Let) and stmt.fn is ops.make_tuple
        }
        self.made: dict[Var, tuple[Atom, ...]] = {}

    def block(self, block: Block) -> Block:
        made: list[Stmt] = []
        for stmt in block.stmts:
            inside = [self.block(one) for one in blocks(stmt)]
            if any(new is not old for new, old in zip(inside, blocks(stmt), strict=True)):
                stmt = with_blocks(stmt, inside)
            match stmt:
                case If():
                    made += self.branch(stmt)
                case For() | While():
                    made += self.loop(stmt)
                case Let():
                    made += self.named_items(stmt)
                case _:
                    made.append(stmt)
        same = len(made) == len(block.stmts) and all(map(_is, made, block.stmts))
        return block if same else Block(tuple(made), block.results)

    def items(self, *atoms: Atom) -> list[tuple[Atom, ...]] | None:
        """Return the items of tuples of one length."""
        found = [self.tuples.get(atom) for atom in atoms]  # type: ignore[arg-type]
        known = [one for one in found if one]
        return known if len(known) == len(found) and len(set(map(len, known))) == 1 else None

    def named(self, target: Var, count: int, origin: Any) -> Let:
        """Make a tuple of new variables."""
        parts = tuple(Var("", False) for _ in range(count))
        self.tuples[target] = self.made[target] = parts
        return Let((target,), ops.make_tuple, parts, (), origin)

    def named_items(self, stmt: Let) -> list[Stmt]:
        """Take the items of a tuple that was handed on item by item."""
        items = self.made.get(stmt.args[0]) if stmt.args else None  # type: ignore[arg-type]
        if items is None or stmt.fn is not ops.unpack or len(items) != len(stmt.targets):
            return [stmt]
        pairs = zip(stmt.targets, items, strict=True)
        return [Let((var,), ops.same, (item,), (), stmt.origin) for var, item in pairs]

    def branch(self, stmt: If) -> list[Stmt]:
        made: list[Var] = []
        arms: tuple[list[Atom], list[Atom]] = ([], [])
        after: list[Stmt] = []
        for target, one, other in zip(
            stmt.targets, stmt.then.results, stmt.orelse.results, strict=True
        ):
            rows = self.items(one, other)
            if rows is None:
                rows = [(one,), (other,)]
                made.append(target)
            else:
                let = self.named(target, len(rows[0]), stmt.origin)
                after.append(let)
                made += let.args  # type: ignore[arg-type]
            for arm, row in zip(arms, rows, strict=True):
                arm += row
        if not after:
            return [stmt]
        then, orelse = (
            Block(old.stmts, tuple(new))
            for old, new in zip((stmt.then, stmt.orelse), arms, strict=True)
        )
        return [replace(stmt, targets=tuple(made), then=then, orelse=orelse), *after]

    def loop(self, stmt: For | While) -> list[Stmt]:
        skip, n = int(stmt.exits), len(stmt.carried)
        made = list(stmt.targets[:skip])
        results = list(stmt.body.results[:skip])
        carried: list[Var] = []
        init: list[Atom] = []
        start: list[Let] = []
        after: list[Stmt] = []
        for k, var in enumerate(stmt.carried):
            first, result = stmt.init[k], stmt.body.results[skip + k]
            target = stmt.targets[skip + k]
            rows = self.items(first, result)
            if rows is None:
                carried.append(var)
                init.append(first)
                results.append(result)
                made.append(target)
                continue
            start.append(self.named(var, len(rows[0]), stmt.origin))
            let = self.named(target, len(rows[0]), stmt.origin)
            after.append(let)
            carried += start[-1].args  # type: ignore[arg-type]
            made += let.args  # type: ignore[arg-type]
            init += rows[0]
            results += rows[1]
        if not start:
            return [stmt]
        body = Block((*start, *stmt.body.stmts), (*results, *stmt.body.results[skip + n :]))
        targets = (*made, *stmt.targets[skip + n :])
        known = dict(targets=targets, carried=tuple(carried), init=tuple(init), body=body)
        if isinstance(stmt, While):
            again = [replace(let, targets=(Var(let.targets[0].hint),)) for let in start]
            names: dict[Var, Atom] = {
                let.targets[0]: copy.targets[0] for let, copy in zip(start, again, strict=True)
            }
            test = substitute(stmt.test, names)
            known["test"] = Block((*again, *test.stmts), test.results)
        return [replace(stmt, **known), *after]  # type: ignore[arg-type]


def _is(one: Stmt, other: Stmt) -> bool:
    return one is other

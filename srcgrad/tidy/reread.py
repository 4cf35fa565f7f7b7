"""Do not read from an array what was just written there: the value is still at hand.

u.1 = put(u, i, v)                      u.1 = put(u, i, v)
part = getitem(u.1, i)          ->
d_a = d_b * part                        d_a = d_b * v

So it is done in the backward part, and for what the forward part keeps of an array, which then
needs no copy.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace

from srcgrad import runtime
from srcgrad.facts.kinds import Arr, Type
from srcgrad.facts.sizes import key_of, varies
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, Const, Let, Program, Stmt, Var
from srcgrad.program.walk import among, blocks, calls, statements, substitute, uses, with_blocks
from srcgrad.tidy.sides import mark_at

_PLAIN = frozenset({
    slice, ops.make_tuple, operator.add, operator.sub, operator.mul, operator.neg,
})  # fmt: skip
"""What an index is made of: the same for the same parts."""


_PUTS = frozenset({runtime.put})


def reread(program: Program, types: Mapping[Var, Type]) -> Program:
    """Return the program with values in the place of what is read where they were written."""
    if not calls(program.body, _PUTS):
        return program
    work = _Reading(program, types)
    body = work.block(program.body, False)
    if work.mapping:
        program = replace(program, body=substitute(body, work.mapping))
    overwritten = _Reading(program, types).overwritten(program.body, False)
    return program if overwritten is program.body else replace(program, body=overwritten)


class _Reading:
    def __init__(self, program: Program, types: Mapping[Var, Type]) -> None:
        self.types = types
        self.lets: dict[Var, Let] = {}
        for stmt in statements(program.body):
            if isinstance(stmt, Let):
                self.lets.update((var, stmt) for var in stmt.targets)
        self.counts = uses(program.body)
        self.mapping: dict[Var, Atom] = {}
        self.gone: set[Stmt] = set()

    def block(self, block: Block, derived: bool) -> Block:
        border = mark_at(block, derived)
        stmts: list[Stmt] = []
        for place, stmt in enumerate(block.stmts):
            ours = derived or place > border
            if isinstance(stmt, Let) and self.is_spared(stmt, ours):
                continue
            stmts.append(with_blocks(stmt, [self.block(child, ours) for child in blocks(stmt)]))
        return Block(tuple(s for s in stmts if s not in self.gone), block.results)

    def is_spared(self, let: Let, derived: bool) -> bool:
        """Tell whether a statement is not needed, since another value stands for its target."""
        if len(let.targets) != 1 or let.targets[0].user:
            return False
        look: Let | None = let
        if not derived:
            if let.fn is not ops.method("copy") or len(let.args) != 1:
                return False
            look = self.lets.get(let.args[0])  # type: ignore[arg-type]
            if look is None or look.targets[0].user or self.counts[look.targets[0]] != 1:
                return False
        value = self.written(look) if look is not None else None
        if value is None:
            return False
        self.mapping[let.targets[0]] = self.mapping.get(value, value)
        if look is not None and look is not let:
            self.gone.add(look)
        return True

    def overwritten(self, block: Block, derived: bool) -> Block:
        """Drop a write of the backward part that nothing reads before it is overwritten."""
        border = mark_at(block, derived)
        stmts: list[Stmt] = []
        for place, stmt in enumerate(block.stmts):
            ours = derived or place > border
            stmt = with_blocks(stmt, [self.overwritten(child, ours) for child in blocks(stmt)])
            while ours and isinstance(stmt, Let) and stmt.fn is runtime.put:
                before = self.lets.get(stmt.args[0])  # type: ignore[arg-type]
                if before is None or before not in stmts or before.fn is not runtime.put:
                    break
                once = self.counts[before.targets[0]] == 1
                if not once or not self.same(before.args[1], stmt.args[1]):
                    break
                stmts.remove(before)
                stmt = replace(stmt, args=(before.args[0], *stmt.args[1:]))
            stmts.append(stmt)
        changed = any(a is not b for a, b in zip(stmts, block.stmts, strict=False))
        return Block(tuple(stmts), block.results) if changed else block

    def written(self, look: Let) -> Var | None:
        """Return what was written last where a statement reads, if it is just that."""
        if look.fn is not operator.getitem or not isinstance(look.args[0], Var):
            return None
        base = self.lets.get(look.args[0])
        if base is None or base.fn is not runtime.put or not isinstance(base.args[2], Var):
            return None
        value = base.args[2]
        alike = _same_type(self.types.get(look.targets[0]), self.types.get(value))
        return value if alike and self.same(base.args[1], look.args[1]) else None

    def same(self, a: Atom, b: Atom) -> bool:
        """Tell whether two indices are certainly one."""
        if a is b:
            return True
        if isinstance(a, Const) or isinstance(b, Const):
            if not isinstance(a, Const) or not isinstance(b, Const):
                return False
            plain = type(a.value) in (int, type(None), slice, type(...))
            return plain and type(a.value) is type(b.value) and a.value == b.value
        one, two = self.lets.get(a), self.lets.get(b)
        if one is None or two is None or one.fn is not two.fn or not among(one.fn, _PLAIN):
            return False
        return (
            not one.kwargs
            and not two.kwargs
            and len(one.args) == len(two.args)
            and all(map(self.same, one.args, two.args))
        )


def _same_type(one: Type | None, two: Type | None) -> bool:
    if not isinstance(one, Arr) or not isinstance(two, Arr):
        return False
    if one.dtype != two.dtype or one.scalar != two.scalar or len(one.dims) != len(two.dims):
        return False
    keys = [(key_of(a), key_of(b)) for a, b in zip(one.dims, two.dims, strict=True)]
    return all(a == b and not varies(a) for a, b in keys)

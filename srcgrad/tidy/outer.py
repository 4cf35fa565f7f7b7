"""Collect the vectors of outer products that a loop adds up, to add many at once afterwards.

for ... carrying [d_A]:                     for ...:
    d_A += np.outer(u, v)           ->          us.append(u); vs.append(v)
                                            d_A = add_outers(np.zeros_like(A), us, vs)

Each turn then goes over two vectors in place of a matrix.  Only what the backward part adds up,
and reads nowhere else in the loop, is collected.  Where the loop is one of segments between
snapshots, what a segment leaves over goes on to the next, so that the sums are the same to the
last bit however many there are.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import UNKNOWN, Arr, ListOf, Type
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, For, Let, Program, Stmt, Var, While
from srcgrad.program.walk import among, blocks, calls, statements, uses, with_blocks
from srcgrad.tidy.sides import mark_at

_SUMS = frozenset({operator.add, operator.iadd, np.add, runtime.add})
_DIFFERENCES = frozenset({operator.sub, operator.isub, np.subtract})
_PLANS = frozenset({runtime.backwards, runtime.backwards_from, runtime.segments, runtime.sweep})


@dataclass(frozen=True)
class _Sum:
    """A sum of outer products: which carried value it is, the two statements, and its sign."""

    place: int
    step: Let
    product: Let
    minus: bool


@dataclass(frozen=True)
class _Rest:
    """Lists that go from segment to segment with the total ``place`` of the loop of segments."""

    place: int
    carried: tuple[Var, Var]
    left: tuple[Var, Var]
    origin: Any


_PRODUCTS = frozenset({np.outer})


def outer(program: Program, types: dict[Var, Type]) -> Program:
    """Return the program with outer products added up at once; ``types`` gets the new variables."""
    if not calls(program.body, _PRODUCTS):
        return program
    body = _Collecting(program, types).block(program.body, False)
    return program if body is program.body else replace(program, body=body)


class _Collecting:
    def __init__(self, program: Program, types: dict[Var, Type]) -> None:
        self.types = types
        self.counts = uses(program.body)
        lets = [stmt for stmt in statements(program.body) if isinstance(stmt, Let)]
        self.lets = {var: let for let in lets for var in let.targets}

    def block(self, block: Block, derived: bool) -> Block:
        border = mark_at(block, derived)
        stmts: list[Stmt] = []
        for place, stmt in enumerate(block.stmts):
            ours = derived or place > border
            if ours and isinstance(stmt, For) and self.is_plan(stmt.over):
                stmts += self.segments(stmt)
                continue
            children = blocks(stmt)
            made = [self.block(child, ours) for child in children]
            if any(a is not b for a, b in zip(children, made, strict=True)):
                stmt = with_blocks(stmt, made)
            found = self.sums(stmt) if ours and isinstance(stmt, (For, While)) else []
            if found and isinstance(stmt, (For, While)):
                new, lists = self.collected(stmt, found)
                stmts += [new, *(self.total(stmt, one, lists) for one in found)]
            else:
                stmts.append(stmt)
        if len(stmts) == len(block.stmts) and all(map(operator.is_, stmts, block.stmts)):
            return block
        return Block(tuple(stmts), block.results)

    def is_plan(self, over: Atom) -> bool:
        """Tell whether a loop goes along the segments between snapshots, backwards."""
        made = self.lets.get(over)  # type: ignore[arg-type]
        if made is not None and made.fn is reversed:
            made = self.lets.get(made.args[0])  # type: ignore[arg-type]
        return made is not None and among(made.fn, _PLANS)

    def sums(self, loop: For | While) -> list[_Sum]:
        stmts = loop.body.stmts
        lets = {s.targets[0]: s for s in stmts if isinstance(s, Let) and len(s.targets) == 1}
        found: list[_Sum] = []
        for place, var in enumerate(loop.carried):
            step = lets.get(loop.body.results[int(loop.exits) + place])  # type: ignore[arg-type]
            if step is None or len(step.args) != 2 or step.kwargs or step.args[0] is not var:
                continue
            minus = among(step.fn, _DIFFERENCES)
            product = lets.get(step.args[1])  # type: ignore[arg-type]
            if product is None or not (minus or among(step.fn, _SUMS)):
                continue
            read = [self.counts[one] for one in (var, step.targets[0], product.targets[0])]
            if read == [1, 1, 1] and _is_plain(product, self.types.get(var), self.types):
                found.append(_Sum(place, step, product, minus))
        return found

    def collected(
        self, loop: For | While, found: list[_Sum]
    ) -> tuple[For | While, dict[_Sum, tuple[Var, Var]]]:
        """Return the loop without its sums, and the lists of the vectors of each."""
        skip = int(loop.exits)
        gone = {one.place for one in found}
        dropped = {stmt for one in found for stmt in (one.step, one.product)}
        stmts = [stmt for stmt in loop.body.stmts if stmt not in dropped]
        lists: dict[Atom, Var] = {}
        sides: dict[_Sum, tuple[Var, Var]] = {}
        for one in found:
            u, v = one.product.args
            if one.minus:
                u = self.opposite(u, one, stmts)
            sides[one] = (self.listed(u, lists), self.listed(v, lists))
        kept = [k for k in range(len(loop.targets)) if k - skip not in gone or k < skip]
        results = (*(loop.body.results[k] for k in kept), *lists)
        new = replace(
            loop,
            targets=(*(loop.targets[k] for k in kept), *lists.values()),
            carried=tuple(v for k, v in enumerate(loop.carried) if k not in gone),
            init=tuple(v for k, v in enumerate(loop.init) if k not in gone),
            body=Block(tuple(stmts), results),
        )
        return (replace(new, form="for") if isinstance(new, For) else new), sides

    def opposite(self, u: Atom, one: _Sum, stmts: list[Stmt]) -> Var:
        minus = Var("")
        self.types[minus] = self.types.get(u, UNKNOWN)  # type: ignore[arg-type]
        stmts.append(Let((minus,), operator.neg, (u,), (), one.step.origin))
        return minus

    def listed(self, atom: Atom, lists: dict[Atom, Var]) -> Var:
        assert isinstance(atom, Var)
        if atom not in lists:
            many = f"{atom.hint}_rows" if atom.hint.endswith("s") else f"{atom.hint}s"
            lists[atom] = self.like(Var(many if atom.hint else ""), atom)
        return lists[atom]

    def like(self, many: Var, atom: Var) -> Var:
        """Return a variable for a list of such values."""
        self.types[many] = ListOf(list, self.types.get(atom, UNKNOWN))
        return many

    def total(self, loop: For | While, one: _Sum, lists: Mapping[_Sum, tuple[Var, Var]]) -> Let:
        out, start = loop.targets[int(loop.exits) + one.place], loop.init[one.place]
        self.types[out] = self.types.get(one.step.targets[0], UNKNOWN)
        return Let((out,), runtime.add_outers, (start, *lists[one]), (), one.step.origin)

    def segments(self, loop: For) -> list[Stmt]:
        """Let each segment add up whole blocks, and hand the rest of its vectors to the next."""
        ends = {atom: k for k, atom in enumerate(loop.body.results[int(loop.exits) :])}
        stmts: list[Stmt] = []
        rests: list[_Rest] = []
        for stmt in loop.body.stmts:
            stmt = with_blocks(stmt, [self.block(child, True) for child in blocks(stmt)])
            found = self.sums(stmt) if isinstance(stmt, (For, While)) else []
            if not found or not isinstance(stmt, (For, While)):
                stmts.append(stmt)
                continue
            new, lists = self.collected(stmt, found)
            stmts.append(new)
            for one in found:
                place = ends.get(stmt.targets[int(stmt.exits) + one.place], len(loop.carried))
                if place < len(loop.carried) and stmt.init[one.place] is loop.carried[place]:
                    rests.append(self.rest(stmt, one, lists[one], place, stmts))
                else:
                    stmts.append(self.total(stmt, one, lists))
        return self.carrying(replace(loop, body=Block(tuple(stmts), loop.body.results)), rests)

    def rest(
        self, loop: For | While, one: _Sum, lists: tuple[Var, Var], place: int, stmts: list[Stmt]
    ) -> _Rest:
        """Add the statements that take the vectors of a segment to those that were left over."""
        where = one.step.origin
        out = loop.targets[int(loop.exits) + one.place]
        self.types[out] = self.types.get(one.step.targets[0], UNKNOWN)
        hints = [many.hint or hint for many, hint in zip(lists, ("us", "vs"), strict=True)]
        carried, left, whole = ([Var(hint) for hint in hints] for _ in range(3))
        for many, *others in zip(lists, carried, left, whole, strict=True):
            self.types.update((other, self.types[many]) for other in others)
        for new, old, more in zip(whole, carried, lists, strict=True):
            stmts.append(Let((new,), operator.add, (old, more), (), where))
        total = (out, left[0], left[1])
        given = (loop.init[one.place], *whole)
        stmts.append(Let(total, runtime.add_blocks, given, (), where))
        return _Rest(place, (carried[0], carried[1]), (left[0], left[1]), where)

    def carrying(self, loop: For, rests: list[_Rest]) -> list[Stmt]:
        """Return a loop of segments that carries the lists, and what adds up the last of them."""
        before: list[Stmt] = []
        after: list[Stmt] = []
        skip, n = int(loop.exits), len(loop.carried)
        targets = list(loop.targets)
        carried, init, results, ends = [], [], [], []
        for rest in rests:
            old = targets[skip + rest.place]
            so_far = targets[skip + rest.place] = Var(old.hint, old.user)
            self.types[so_far] = self.types.get(old, UNKNOWN)
            given: list[Atom] = [so_far]
            for one, left in zip(rest.carried, rest.left, strict=True):
                empty, end = Var(one.hint), Var(one.hint)
                self.types[empty] = self.types[end] = self.types[one]
                before.append(Let((empty,), ops.make_list, (), (), rest.origin))
                carried.append(one)
                init.append(empty)
                results.append(left)
                ends.append(end)
                given.append(end)
            after.append(Let((old,), runtime.add_outers, tuple(given), (), rest.origin))
        body = loop.body
        new = replace(
            loop,
            targets=(*targets[: skip + n], *ends, *targets[skip + n :]),
            carried=(*loop.carried, *carried),
            init=(*loop.init, *init),
            body=Block(
                body.stmts, (*body.results[: skip + n], *results, *body.results[skip + n :])
            ),
        )
        return [*before, new, *after]


def _is_plain(product: Let, total: Type | None, types: Mapping[Var, Type]) -> bool:
    """Tell whether a call is the outer product of two vectors of one dtype, that of the sum."""
    if not among(product.fn, _PRODUCTS) or product.kwargs or len(product.args) != 2:
        return False
    kinds = [types.get(atom) if isinstance(atom, Var) else None for atom in product.args]
    if not isinstance(total, Arr) or len(total.dims) != 2 or total.dtype.kind != "f":
        return False
    return all(
        isinstance(kind, Arr) and len(kind.dims) == 1 and kind.dtype == total.dtype
        for kind in kinds
    )

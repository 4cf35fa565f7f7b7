"""Collect the vectors of outer products that a loop adds up: one product of matrices afterwards.

for ... carrying [d_A]:                     for ...:
    d_A += np.outer(u, v)           ->          us.append(u); vs.append(v)
                                            d_A = np.array(us).T @ np.array(vs) if us else zeros

Each turn then goes over two vectors in place of a matrix.  Only what the backward part adds up,
and reads nowhere else in the loop, is collected.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import UNKNOWN, Arr, ListOf, Type
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Atom, Block, For, If, Let, Program, Stmt, Var, While
from srcgrad.program.walk import among, blocks, calls, uses, with_blocks
from srcgrad.tidy.sides import mark_at

_SUMS = frozenset({operator.add, operator.iadd, np.add, runtime.add})
_DIFFERENCES = frozenset({operator.sub, operator.isub, np.subtract})


@dataclass(frozen=True)
class _Sum:
    """A carried variable to which a turn adds (or from which it takes) an outer product."""

    place: int
    step: Let
    product: Let
    minus: bool


_PRODUCTS = frozenset({np.outer})


def outer(program: Program, types: dict[Var, Type]) -> Program:
    """Return the program with outer products added up at once; ``types`` gets the new variables."""
    if not calls(program.body, _PRODUCTS):
        return program
    counts = uses(program.body)
    body = _block(program.body, types, counts, False)
    return program if body is program.body else replace(program, body=body)


def _block(block: Block, types: dict[Var, Type], counts: Mapping[Var, int], derived: bool) -> Block:
    border = mark_at(block, derived)
    stmts: list[Stmt] = []
    for place, stmt in enumerate(block.stmts):
        ours = derived or place > border
        children = blocks(stmt)
        made = [_block(child, types, counts, ours) for child in children]
        if any(a is not b for a, b in zip(children, made, strict=True)):
            stmt = with_blocks(stmt, made)
        found = _sums(stmt, types, counts) if ours and isinstance(stmt, (For, While)) else []
        if found and isinstance(stmt, (For, While)):
            stmts += _collected(stmt, found, types, stmts, counts)
        else:
            stmts.append(stmt)
    if len(stmts) == len(block.stmts) and all(map(operator.is_, stmts, block.stmts)):
        return block
    return Block(tuple(stmts), block.results)


def _sums(loop: For | While, types: Mapping[Var, Type], counts: Mapping[Var, int]) -> list[_Sum]:
    lets = {s.targets[0]: s for s in loop.body.stmts if isinstance(s, Let) and len(s.targets) == 1}
    found: list[_Sum] = []
    for place, var in enumerate(loop.carried):
        step = lets.get(loop.body.results[int(loop.exits) + place])  # type: ignore[arg-type]
        if step is None or len(step.args) != 2 or step.kwargs or step.args[0] is not var:
            continue
        minus = among(step.fn, _DIFFERENCES)
        product = lets.get(step.args[1])  # type: ignore[arg-type]
        if product is None or not (minus or among(step.fn, _SUMS)):
            continue
        once = counts[var] == counts[step.targets[0]] == counts[product.targets[0]] == 1
        if once and _is_plain(product, types.get(var), types):
            found.append(_Sum(place, step, product, minus))
    return found


def _is_plain(product: Let, total: Type | None, types: Mapping[Var, Type]) -> bool:
    """Tell whether a call is the outer product of two vectors of one dtype, that of the sum."""
    if product.fn not in _PRODUCTS or product.kwargs or len(product.args) != 2:
        return False
    kinds = [types.get(atom) if isinstance(atom, Var) else None for atom in product.args]
    if not isinstance(total, Arr) or len(total.dims) != 2 or total.dtype.kind != "f":
        return False
    return all(
        isinstance(kind, Arr) and len(kind.dims) == 1 and kind.dtype == total.dtype
        for kind in kinds
    )


def _collected(
    loop: For | While,
    found: list[_Sum],
    types: dict[Var, Type],
    before: list[Stmt],
    counts: Mapping[Var, int],
) -> list[Stmt]:
    """Return the loop without its sums, and the statements that make these of its vectors."""
    skip = int(loop.exits)
    gone = {one.place for one in found}
    dropped = {stmt for one in found for stmt in (one.step, one.product)}
    lists: dict[Atom, Var] = {}
    after: list[Stmt] = []
    for one in found:
        for atom in one.product.args:
            assert isinstance(atom, Var)
            if atom not in lists:
                many = f"{atom.hint}_rows" if atom.hint.endswith("s") else f"{atom.hint}s"
                lists[atom] = Var(many if atom.hint else "")
                types[lists[atom]] = ListOf(list, types.get(atom, UNKNOWN))
        sides = [lists[atom] for atom in one.product.args]
        out, start = loop.targets[skip + one.place], loop.init[one.place]
        after.append(_product(out, start, sides, one, types, before, counts))
    carried = [v for k, v in enumerate(loop.carried) if k not in gone]
    init = [v for k, v in enumerate(loop.init) if k not in gone]
    kept = [k for k in range(len(loop.targets)) if k - skip not in gone or k < skip]
    body = Block(
        tuple(stmt for stmt in loop.body.stmts if stmt not in dropped),
        (*(loop.body.results[k] for k in kept), *lists),
    )
    targets = (*(loop.targets[k] for k in kept), *lists.values())
    new = replace(loop, targets=targets, carried=tuple(carried), init=tuple(init), body=body)
    if isinstance(new, For):
        new = replace(new, form="for")
    return [new, *after]


def _product(
    out: Var,
    start: Atom,
    sides: list[Var],
    one: _Sum,
    types: dict[Var, Type],
    before: list[Stmt],
    counts: Mapping[Var, int],
) -> If:
    """``out = start + np.array(us).T @ np.array(vs)``, if there was a turn."""
    kind = types[out] = types.get(one.step.targets[0], UNKNOWN)
    b = Builder(one.step.origin)
    rows = [b.let(np.array, side) for side in sides]
    total = b.let(operator.matmul, b.let(ops.attribute("T"), rows[0]), rows[1])
    zeros = next((s for s in before if _makes_zeros(s, start)), None)
    other: tuple[Stmt, ...] = ()
    last: Atom = start
    if zeros is not None and isinstance(start, Var) and counts[start] == 1:
        before.remove(zeros)
        other, form = (zeros,), "ternary"
        if one.minus:
            total = b.let(operator.neg, total)
    else:
        form = "if"
        fn = operator.sub if one.minus else operator.add
        total = b.let(fn, start, total)
        total.hint = out.hint
    types.update((stmt.targets[0], kind) for stmt in b.stmts if isinstance(stmt, Let))
    return If((out,), sides[0], b.block(total), Block(other, (last,)), one.step.origin, form)


def _makes_zeros(stmt: Stmt, var: Atom) -> bool:
    return isinstance(stmt, Let) and stmt.targets[0] is var and stmt.fn is np.zeros_like

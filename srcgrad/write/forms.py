"""What is printed as one expression: chains of comparisons, comprehensions, folded blocks."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field

from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, Do, For, If, Let, Stmt, Var
from srcgrad.write.shape import is_short, unpacks


@dataclass(slots=True)
class Folds:
    """The variables that are expressions inside their use, and what these read."""

    exprs: dict[Var, Stmt] = field(default_factory=dict)
    reads: dict[Var, tuple[Var, ...]] = field(default_factory=dict)
    count: dict[Var, int] = field(default_factory=dict)

    def block_is_expression(self, block: Block) -> bool:
        """Tell whether nothing of a block is left but its one result."""
        return len(block.results) == 1 and all(
            not isinstance(stmt, Do) and len(stmt.targets) == 1 and stmt.targets[0] in self.exprs
            for stmt in block.stmts
        )


COMPARES = frozenset(
    {
        operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
        operator.is_, operator.is_not, ops.contained, ops.not_contained,
    }
)  # fmt: skip


def compare_head(atom: Atom, exprs: dict[Var, Stmt]) -> Let | None:
    """Return the first comparison of an atom that is printed as one comparison or a chain."""
    stmt = exprs.get(atom) if isinstance(atom, Var) else None
    if isinstance(stmt, If) and is_chain(stmt, exprs):
        return compare_head(stmt.test, exprs)
    return stmt if isinstance(stmt, Let) and stmt.fn in COMPARES and not stmt.kwargs else None


def is_chain(stmt: If, exprs: dict[Var, Stmt]) -> bool:
    """Tell whether ``a < b and b < c`` is printed as ``a < b < c``."""
    first = exprs.get(stmt.test) if isinstance(stmt.test, Var) else None
    if not is_short(stmt) or stmt.form != "and" or not isinstance(first, Let):
        return False
    last = compare_head(stmt.then.results[0], exprs)
    return first.fn in COMPARES and last is not None and first.args[1] is last.args[0]


@dataclass(frozen=True, slots=True)
class Comprehension:
    """``[element for ... in over if test]``; ``first`` unpacks the items."""

    first: Let | None
    element: Atom
    test: Atom | None = None
    opposite: bool = False


def comprehension(stmt: For, folds: Folds) -> Comprehension | None:
    """Return the parts of a loop that is printed as a comprehension, or None."""
    if stmt.form != "comprehension" or stmt.exits or len(stmt.targets) != 1:
        return None
    body = stmt.body
    first = unpacks(body, stmt.each, folds.count)
    rest = body.stmts[1:] if first is not None else body.stmts
    left = [s for s in rest if isinstance(s, Do) or not all(t in folds.exprs for t in s.targets)]
    if not stmt.carried:
        return None if left else Comprehension(first, body.results[0])
    start = folds.exprs.get(stmt.init[0]) if isinstance(stmt.init[0], Var) else None
    if len(left) != 1 or not isinstance(left[0], If) or not isinstance(start, Let):
        return None
    if start.fn is not ops.make_list or start.args or left[0].targets != body.results:
        return None
    return _filtered(first, left[0], stmt.carried[0], folds)


def _filtered(first: Let | None, stmt: If, items: Var, folds: Folds) -> Comprehension | None:
    """An If whose one arm appends an element and whose other arm does not."""
    for arm, other, opposite in ((stmt.then, stmt.orelse, False), (stmt.orelse, stmt.then, True)):
        if other.stmts or other.results != (items,) or not arm.stmts:
            continue
        final = arm.stmts[-1]
        if not isinstance(final, Let) or final.fn is not ops.list_append:
            return None
        before = all(not isinstance(s, Do) and s.targets[0] in folds.exprs for s in arm.stmts[:-1])
        if before and final.args[0] is items and arm.results == final.targets:
            return Comprehension(first, final.args[1], stmt.test, opposite)
    return None

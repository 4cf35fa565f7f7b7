"""How the blocks of a program will be printed: decided once, asked by folding and printing alike.

The If that a block ends with passes on what its block's results are for: its arms return, break
or assign themselves, and its own targets need no names.

    t = if c: -> a          if c:
        else: -> b      ->      return a
    return t                return b
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass, field

from srcgrad.facts.purity import is_pure
from srcgrad.program import ops, walk
from srcgrad.program.nodes import (
    UNDEFINED,
    Atom,
    Block,
    Const,
    Do,
    For,
    If,
    Let,
    Program,
    Stmt,
    Try,
    Var,
    While,
    With,
    n_collected,
)

Loop = For | While


@dataclass(slots=True)
class Plan:
    """The decisions.

    ``count`` says how often a variable is read, ``finals`` which If a block ends with (and how
    many statements follow that only feed lists), ``virtual`` which variables need no name,
    ``returning`` which loops return from inside, ``orelse`` which have an ``else`` clause.
    """

    count: dict[Var, int]
    early: bool = False
    finals: dict[Block, tuple[If, int]] = field(default_factory=dict)
    virtual: set[Var] = field(default_factory=set)
    returning: dict[Loop, If] = field(default_factory=dict)
    orelse: dict[Loop, If] = field(default_factory=dict)
    returned: set[Var] = field(default_factory=set)
    dropped: set[Var] = field(default_factory=set)

    def final(self, block: Block) -> If | None:
        """Return the If that passes on what its block is for."""
        found = self.finals.get(block)
        return found[0] if found else None

    def leaves(self, block: Block) -> Iterator[tuple[Atom, ...]]:
        """Yield the results of a block for each of its ends."""
        final = self.final(block)
        if final is None:
            yield block.results
            return
        for arm in (final.then, final.orelse):
            if not stops(arm):
                for results in self.leaves(arm):
                    yield through(block, final, results)


def planned(program: Program) -> Plan:
    """Decide how the blocks of a program are printed."""
    plan = Plan(_counted(program))
    plan.early = _returns_early(program, plan)
    _Planner(plan).block(program.body, "leaves" if plan.early else "value", None)
    return plan


def through(block: Block, final: If, results: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """Return a block's results, with an arm's results for the targets of its last If."""
    inside: dict[Atom, Atom] = dict(zip(final.targets, results, strict=True))
    return tuple(inside.get(atom, atom) for atom in block.results)


def _counted(program: Program) -> dict[Var, int]:
    """Count the readings of every variable; ``a and b`` reads ``a`` once."""
    count = walk.uses(program.body)
    for stmt in walk.statements(program.body):
        if isinstance(stmt, If) and is_short(stmt) and isinstance(stmt.test, Var):
            count[stmt.test] -= 1
    return count


def is_short(stmt: If) -> bool:
    """Tell whether an If is ``test and other`` or ``test or other``."""
    if stmt.form not in ("and", "or") or len(stmt.targets) != 1:
        return False
    arm = stmt.orelse if stmt.form == "and" else stmt.then
    return not arm.stmts and arm.results[0] is stmt.test


def _tail(block: Block, count: dict[Var, int], kept: int = 0) -> tuple[If, int] | None:
    """Return the If that a block ends with, if nothing but the end of the block needs it.

    After it there may be calls that only feed the lists of a loop, the last ``kept`` results.
    """
    index, feeding = len(block.stmts), set(block.results[len(block.results) - kept :])
    read = list(block.results)
    while index and _only_feeds(block.stmts[index - 1], feeding, count):
        index -= 1
        atoms = tuple(walk.atoms(block.stmts[index]))
        feeding.update(atoms)
        read += atoms
    final = block.stmts[index - 1] if index else None
    if not isinstance(final, If) or not final.targets or final.form != "if":
        return None
    used = [var for var in final.targets if count.get(var, 0)]
    if not used or any(read.count(var) != count[var] for var in used):
        return None
    return final, len(block.stmts) - index


def _only_feeds(stmt: Stmt, feeding: set[Atom], count: dict[Var, int]) -> bool:
    if not isinstance(stmt, Let) or len(stmt.targets) != 1 or not is_pure(stmt.fn):
        return False
    target = stmt.targets[0]
    return not target.user and count.get(target) == 1 and target in feeding


def stops(block: Block) -> bool:
    """Tell whether a block always raises."""
    if not block.stmts:
        return False
    final = block.stmts[-1]
    if isinstance(final, Do):
        return final.fn is ops.raise_
    if isinstance(final, With):
        return stops(final.body)
    return isinstance(final, If) and stops(final.then) and stops(final.orelse)


def is_undefined(atom: object) -> bool:
    """Tell whether an atom is the value of an unbound variable."""
    return isinstance(atom, Const) and atom.value is UNDEFINED


def _returns_early(program: Program, plan: Plan) -> bool:
    """Tell whether the arms of the last If read better with a ``return`` each."""
    found = _tail(program.body, plan.count)
    if found is None:
        return False
    final = found[0]
    named = [var for var in final.targets if var.user and plan.count.get(var, 0)]
    return not named or any(map(_has_mark, (final.then, final.orelse))) or stops(final.then)


def _has_mark(block: Block) -> bool:
    if any(isinstance(stmt, Do) and stmt.fn is ops.mark for stmt in block.stmts):
        return True
    final = block.stmts[-1] if block.stmts else None
    return isinstance(final, If) and (_has_mark(final.then) or _has_mark(final.orelse))


def unpacks(block: Block, each: Var, count: dict[Var, int]) -> Let | None:
    """Return the statement ``a, b = each`` that a loop body starts with, if nothing else reads."""
    first = block.stmts[0] if block.stmts else None
    if isinstance(first, Let) and first.fn in (ops.unpack, ops.unpack_star):
        if first.args[0] is each and count.get(each) == 1:
            return first
    return None


def unpacking(block: Block, each: Var, count: dict[Var, int]) -> list[Let]:
    """Return the first statements of a loop body that take apart its item, and items of that."""
    found: list[Let] = []
    items: set[Atom] = {each}
    for stmt in block.stmts:
        if not isinstance(stmt, Let) or stmt.fn not in (ops.unpack, ops.unpack_star):
            break
        item = stmt.args[0]
        if item not in items or not isinstance(item, Var) or count.get(item) != 1:
            break
        found.append(stmt)
        items |= {var for var in stmt.targets if not var.user}
    return found


class _Planner:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def block(self, block: Block, ends: str, loop: Loop | None) -> None:
        """Plan a block whose end is for ``leaves`` (returns), a ``turn``, a ``copy``, a value."""
        plan = self.plan
        self.else_clauses(block)
        final = None
        if ends != "value":
            kept = n_collected(loop) if loop is not None and block is loop.body else 0
            found = _tail(block, plan.count, kept)
            if found is not None and found[0] not in plan.orelse.values():
                final = found[0]
                plan.finals[block] = found
                plan.virtual.update(final.targets)
                self.return_inside(block, final, len(block.stmts) - found[1] - 1, ends, loop)
        for stmt in block.stmts:
            match stmt:
                case If():
                    inner = ends if stmt is final else "copy" if stmt.form == "if" else "value"
                    for arm in (stmt.then, stmt.orelse):
                        self.block(arm, inner, loop if stmt is final else None)
                case Try() | With():
                    for arm in walk.arms(stmt):
                        self.block(arm, "copy", None)
                case For() | While():
                    if isinstance(stmt, While):
                        self.block(stmt.test, "value", None)
                    self.block(stmt.body, "turn", stmt)
                    self.returned(stmt)

    def else_clauses(self, block: Block) -> None:
        """Find ``for ...: else:``, which asks only whether the loop was broken."""
        for before, stmt in zip(block.stmts, block.stmts[1:], strict=False):
            if not isinstance(stmt, If) or stmt.then.stmts or not stmt.orelse.stmts:
                continue
            if not isinstance(before, (For, While)) or not before.exits:
                continue
            code = before.targets[0]
            if (
                stmt.test is code
                and self.plan.count.get(code) == 1
                and _codes(before.body) <= {0, 1}
            ):
                self.plan.orelse[before] = stmt

    def return_inside(
        self, block: Block, final: If, index: int, ends: str, loop: Loop | None
    ) -> None:
        """Find ``if ...: return`` inside a loop: what follows is only for other turns."""
        plan = self.plan
        test, code = final.test, 2
        before = block.stmts[index - 1] if index else None
        if isinstance(before, Let) and before.targets[0] is test and index > 1:
            if before.fn is not operator.eq or plan.count.get(before.targets[0]) != 1:
                return
            number = before.args[1]
            if not isinstance(number, Const) or number.value != code:
                return
            test, before = before.args[0], block.stmts[index - 2]
        if not isinstance(before, (For, While)) or not before.exits or final.then.stmts:
            return
        if test is final.test and not _codes(before.body) <= {0, code}:
            return
        if test is not before.targets[0] or plan.count.get(before.targets[0]) != 1:
            return
        if ends == "turn":
            leaf = through(block, final, final.then.results)[0]
            known = isinstance(leaf, Const) and leaf.value == code
            if loop is None or loop not in plan.returning or not known or n_collected(loop):
                return
        elif ends != "leaves":
            return
        plan.returning[before] = final
        plan.count[before.targets[0]] = 0
        if isinstance(final.test, Var) and final.test is not test:
            plan.dropped.add(final.test)
        for atom in final.then.results:
            if isinstance(atom, Var):
                plan.count[atom] -= 1

    def returned(self, loop: Loop) -> None:
        """Note what a loop returns from inside, so that it is printed after the ``return``."""
        final = self.plan.returning.get(loop)
        if final is None:
            return
        wanted = {i for i, var in enumerate(loop.targets) if var in final.then.results}
        for results in self.plan.leaves(loop.body):
            if isinstance(results[0], Const) and results[0].value:
                chosen = {results[i] for i in wanted}
                self.plan.returned |= {a for a in chosen if isinstance(a, Var) and not a.user}


def _codes(body: Block) -> set[object]:
    """Return the exit codes that a loop body ends with; None if one is not a constant."""
    found: set[object] = set()
    queue: list[tuple[Block, Atom]] = [(body, body.results[0])]
    while queue:
        block, atom = queue.pop()
        if isinstance(atom, Const):
            found.add(atom.value if atom.value is not UNDEFINED else 0)
            continue
        source = next((s for s in block.stmts if isinstance(s, If) and atom in s.targets), None)
        if source is None:
            return {None}
        position = source.targets.index(atom)
        queue += [(arm, arm.results[position]) for arm in (source.then, source.orelse)]
    return found

"""Put temporaries that are read once back into the expression that reads them.

    a = x @ W            #
    b = a + c            #  ->    h = np.tanh(x @ W + c)
    h = np.tanh(b)       #

Nothing moves across an effect, into a loop, or past a write into memory that it reads.
"""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from srcgrad.facts.owned import Owned
from srcgrad.facts.purity import is_pure
from srcgrad.program import ops, walk
from srcgrad.program.nodes import (
    Atom,
    Block,
    Const,
    Do,
    For,
    If,
    Let,
    Program,
    Stmt,
    Var,
    While,
    n_collected,
)
from srcgrad.write.shape import Plan, is_short, unpacks

WIDEST = 76
DEEPEST = 40
_TRIVIAL = frozenset(map(ops.attribute, ("T", "shape", "size", "ndim", "dtype")))
_READS = frozenset({ops.read_global, ops.read_cell})


@dataclass(frozen=True, slots=True)
class Tree:
    """An expression: where its earliest part stood, its effects, what it reads, how big it is."""

    low: int
    effects: tuple[int, ...]
    reads: tuple[Var, ...]
    size: int
    depth: int
    stmt: Stmt


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


def fold(program: Program, plan: Plan, owned: Owned, also: Iterable[Var] = ()) -> Folds:
    """Find what to put back into expressions.

    Parameters
    ----------
    program : Program
        A checked program.
    plan : Plan
        How its blocks are printed.
    owned : Owned
        What is written in place.
    also : iterable of Var
        User variables that may be folded into the copies at the end of their block.
    """
    folder = _Folder(program, plan, owned, frozenset(also) | plan.returned)
    folder.block(program.body, "leaves" if plan.early else "value")
    return folder.folds


class _Place:
    """What is known of the block at hand while its statements are visited in order."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.index: dict[Var, int] = {}
        self.trees: dict[Var, Tree] = {}
        self.effects: list[int] = []
        self.writes: dict[Any, list[int]] = {}


class _Folder:
    def __init__(self, program: Program, plan: Plan, owned: Owned, also: frozenset[Var]) -> None:
        self.plan = plan
        self.folds = Folds(count=dict(plan.count))
        self.owned = owned
        self.also = also
        self.copied = _copied(program)
        self.calls_out = any(
            isinstance(stmt, (Let, Do)) and not _keeps_globals(stmt)
            for stmt in walk.statements(program.body)
        )
        self.impure: dict[Stmt, bool] = {}
        self.trivial: dict[Var, Tree] = {}
        self.marked = False

    def block(self, block: Block, ends: str, kept: int = 0) -> None:
        """Fold inside a block.

        Its results are a ``"value"``, are returned at the ``"leaves"`` of its last If, or are
        the source of a ``"copy"``; the last ``kept`` of them are collected.
        """
        place = _Place(block)
        final, trailing = self.plan.finals.get(block, (None, 0))
        for index, stmt in enumerate(block.stmts):
            self.inside(stmt, ends if stmt is final else "copy")
            for var in walk.targets(stmt):
                place.index[var] = index
            self.statement(place, index, stmt)
        end = len(block.stmts)
        results = block.results
        if kept:
            before = end - trailing - 1 if final is not None else end
            self.operands(place, before, results[len(results) - kept :], None, pure=True)
            results = results[: len(results) - kept]
        for stmt in block.stmts[end - trailing :] if final is not None else ():
            target = walk.targets(stmt)[0]
            if target not in self.folds.exprs:
                self.accept(target, place.trees[target])
        if ends == "copy":
            results = tuple(atom for atom in results if atom in self.also)
        if final is None:
            pure = ends == "copy" or len(results) > 1
            self.operands(place, end, results, None, pure=pure, final=True)

    def inside(self, stmt: Stmt, ends: str) -> None:
        match stmt:
            case If():
                for arm in (stmt.then, stmt.orelse):
                    self.block(arm, ends if stmt.form == "if" else "value")
            case For() | While():
                if isinstance(stmt, While):
                    self.block(stmt.test, "value")
                self.block(stmt.body, "copy", n_collected(stmt))
            case Do(fn=ops.mark):
                self.marked = True

    def statement(self, place: _Place, index: int, stmt: Stmt) -> None:
        used = self.used(place, index, stmt)
        if self.is_impure(stmt):
            place.effects.append(index)
        for group in self.written(stmt):
            place.writes.setdefault(group, []).append(index)
        target = self.candidate(stmt)
        if target is None:
            return
        tree = self.tree(index, stmt, used)
        place.trees[target] = tree
        if self.is_trivial(stmt, tree) or target in self.plan.dropped:
            self.trivial[target] = tree
            self.accept(target, tree)

    def used(self, place: _Place, index: int, stmt: Stmt) -> list[Tree]:
        """Fold what the statement reads, and return those expressions."""
        match stmt:
            case Let() | Do():
                atoms = tuple(walk.atoms(stmt))
                if isinstance(stmt, Let) and stmt.targets[:1] and self.writes(stmt.targets[0]):
                    atoms = atoms[1:]  # what is written to needs its name
                return self.operands(place, index, atoms, stmt)
            case If():
                return self.choice(place, index, stmt)
            case For():
                self.operands(place, index, stmt.init, stmt, pure=True)
                return self.operands(place, index, (stmt.over,), stmt)
            case While():
                return self.operands(place, index, stmt.init, stmt, pure=True)

    def writes(self, target: Var) -> bool:
        return target in self.owned.inplace

    def choice(self, place: _Place, index: int, stmt: If) -> list[Tree]:
        if not is_short(stmt):
            return self.operands(place, index, (stmt.test,), stmt)
        other = stmt.then if stmt.form == "and" else stmt.orelse
        if not self.folds.block_is_expression(other):
            return []
        middle = self.chain(place, stmt, other)
        found = self.operands(place, index, (stmt.test,), stmt)
        if middle is not None and stmt.test not in self.folds.exprs:
            self.folds.count[middle] = 2
            del self.folds.exprs[middle], self.folds.reads[middle]
            at = place.index[stmt.test]  # type: ignore[index]
            first = place.block.stmts[at]
            place.trees[stmt.test] = self.tree(at, first, [])  # type: ignore[index]
        return found

    def chain(self, place: _Place, stmt: If, other: Block) -> Var | None:
        """``a < b < c``: let the middle be an expression, though two comparisons read it."""
        test = stmt.test
        first = self.definition(place, test)
        last = compare_head(other.results[0], self.folds.exprs)
        if not isinstance(first, Let) or last is None or not isinstance(test, Var):
            return None
        if stmt.form != "and" or first.fn not in COMPARES or self.folds.count.get(test) != 1:
            return None
        middle = first.args[1]
        if not isinstance(middle, Var) or middle is not last.args[0]:
            return None
        if self.folds.count.get(middle) != 2 or middle in self.folds.exprs:
            return None
        self.folds.count[middle] = 1
        at = place.index[test]
        used = self.operands(place, at, first.args, first)
        if middle not in self.folds.exprs:
            self.folds.count[middle] = 2
            return None
        place.trees[test] = self.tree(at, first, used)
        return middle

    def definition(self, place: _Place, atom: Atom) -> Stmt | None:
        if isinstance(atom, Var) and atom in place.index:
            return place.block.stmts[place.index[atom]]
        return None

    def operands(
        self,
        place: _Place,
        index: int,
        atoms: tuple[Atom, ...],
        stmt: Stmt | None,
        *,
        pure: bool = False,
        final: bool = False,
    ) -> list[Tree]:
        """Decide, from right to left, which operands of a statement become expressions."""
        horizon = index
        found: list[Tree] = []
        for atom in reversed(atoms):
            tree = place.trees.get(atom) if isinstance(atom, Var) else None
            if tree is None or not isinstance(atom, Var) or atom in self.folds.exprs:
                if isinstance(atom, Var) and atom in self.folds.exprs:
                    found.append(self.trivial.get(atom) or place.trees[atom])
                continue
            if self.folds.count.get(atom) != 1 or (atom.user and not (final and atom in self.also)):
                continue
            if pure and tree.effects or not self.may_move(place, tree, index, horizon):
                continue
            if not self.is_readable(tree, stmt, found):
                continue
            if tree.effects:
                horizon = tree.effects[0]
            self.accept(atom, tree)
            found.append(tree)
        return found[::-1]

    def accept(self, var: Var, tree: Tree) -> None:
        self.folds.exprs[var] = tree.stmt
        self.folds.reads[var] = tree.reads

    def may_move(self, place: _Place, tree: Tree, index: int, horizon: int) -> bool:
        start = tree.effects[0] if tree.effects else tree.low + 1
        low = bisect_left(place.effects, start)
        high = bisect_left(place.effects, horizon)
        if tuple(place.effects[low:high]) != tree.effects:
            return False
        for group in {self.owned.group.get(var) for var in tree.reads}:
            writes = place.writes.get(group, ())
            if bisect_right(writes, tree.low) < bisect_left(writes, index):
                return False
        return True

    def is_readable(self, tree: Tree, into: Stmt | None, others: list[Tree]) -> bool:
        if tree.depth >= DEEPEST:
            return False
        ours, theirs = tree.stmt.origin, into.origin if into else None
        if not self.marked and ours and theirs and ours.stmt is theirs.stmt:
            return True
        if isinstance(into, For):
            return tree.size <= WIDEST + 12
        size = tree.size + sum(other.size for other in others)
        return size + (_own_size(into) if isinstance(into, (Let, Do)) else 8) <= WIDEST

    def candidate(self, stmt: Stmt) -> Var | None:
        """Return the target of a statement that could be an expression."""
        if isinstance(stmt, Do) or len(stmt.targets) != 1:
            return None
        target = stmt.targets[0]
        if (target.user and target not in self.also) or target in self.owned.inplace:
            return None
        match stmt:
            case Let(fn=ops.unpack | ops.unpack_star):
                return None
            case Let():
                return target
            case If(form="if"):
                return None
            case If():
                arms = (stmt.then, stmt.orelse)
                return target if all(map(self.folds.block_is_expression, arms)) else None
            case For(form="comprehension"):
                return target if self.is_comprehension(stmt) else None
        return None

    def is_comprehension(self, stmt: For) -> bool:
        return comprehension(stmt, self.folds) is not None

    def tree(self, index: int, stmt: Stmt, used: list[Tree]) -> Tree:
        reads: dict[Var, None] = {}
        for atom in walk.free_in(stmt):
            for var in self.folds.reads.get(atom, (atom,)):
                reads[var] = None
        effects = [effect for tree in used for effect in tree.effects]
        if self.is_impure(stmt):
            effects.append(index)
        return Tree(
            low=min([index, *(tree.low for tree in used)]),
            effects=tuple(sorted(effects)),
            reads=tuple(reads),
            size=self.size(stmt),
            depth=1 + max((tree.depth for tree in used), default=0),
            stmt=stmt,
        )

    def size(self, stmt: Stmt) -> int:
        if isinstance(stmt, (Let, Do)):
            return _own_size(stmt) + sum(map(self.atom_size, walk.atoms(stmt)))
        total = 10
        for block in walk.blocks(stmt):
            total += sum(map(self.atom_size, block.results))
        return total + sum(map(self.atom_size, walk.atoms(stmt)))

    def atom_size(self, atom: Atom) -> int:
        if isinstance(atom, Const):
            return len(atom.spelled or repr(atom.value)) if _is_short_const(atom) else 6
        stmt = self.folds.exprs.get(atom)
        return self.size(stmt) if stmt is not None else len(atom.hint) or 6

    def is_trivial(self, stmt: Stmt, tree: Tree) -> bool:
        """Tell whether a person would rather write the expression twice than name it."""
        if not isinstance(stmt, Let) or tree.effects or not self.folds.count.get(stmt.targets[0]):
            return False
        if stmt.targets[0].user:
            return False
        if stmt.fn in _READS:
            return not self.calls_out
        if any(var in self.copied or var in self.owned.group for var in tree.reads):
            return False
        if stmt.fn is operator.getitem:
            inner = self.folds.exprs.get(stmt.args[0]) if isinstance(stmt.args[0], Var) else None
            shape = isinstance(inner, Let) and inner.fn is ops.attribute("shape")
            return shape and isinstance(stmt.args[1], Const)
        if stmt.fn in (slice, ops.make_tuple):
            return bool(stmt.args) and all(map(self.is_index, stmt.args))
        return stmt.fn in _TRIVIAL

    def is_index(self, atom: Atom) -> bool:
        """Tell whether an atom can be part of an index that is written more than once."""
        if isinstance(atom, Const) or atom in self.trivial:
            return True
        stmt = self.folds.exprs.get(atom)
        if stmt is None:
            return True
        item = isinstance(stmt, Let) and stmt.fn is operator.getitem
        return item and isinstance(stmt.args[1], Const)  # type: ignore[union-attr]

    def is_impure(self, stmt: Stmt) -> bool:
        if stmt not in self.impure:
            if isinstance(stmt, (Let, Do)):
                found = stmt.fn is not ops.mark and not is_pure(stmt.fn)
            else:
                inner = [child for block in walk.blocks(stmt) for child in block.stmts]
                found = isinstance(stmt, While) or any(map(self.is_impure, inner))
            self.impure[stmt] = found
        return self.impure[stmt]

    def written(self, stmt: Stmt) -> set[Any]:
        """The memory that a statement writes into."""
        if not self.owned.inplace:
            return set()
        if isinstance(stmt, Let):
            target = stmt.targets[0] if stmt.targets else None
            return {self.owned.group.get(target)} if target in self.owned.inplace else set()
        inner = (child for block in walk.blocks(stmt) for child in block.stmts)
        return {group for child in inner for group in self.written(child)}


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


def _own_size(stmt: Let | Do) -> int:
    fn = stmt.fn
    if isinstance(fn, (ops.Attribute, ops.Method)):
        return len(fn.name) + 3
    module = getattr(fn, "__module__", "")
    if module in ("_operator", "srcgrad.program.ops") or fn is slice:
        return 2 + 2 * len(stmt.args) // 2
    return len(getattr(fn, "__name__", "function")) + 2 * max(1, len(stmt.args))


def _is_short_const(atom: Const) -> bool:
    return atom.spelled is not None or isinstance(atom.value, (bool, int, float, type(None)))


def _keeps_globals(stmt: Let | Do) -> bool:
    return is_pure(stmt.fn) or stmt.fn in (print, ops.raise_, ops.assert_, ops.mark)


def _copied(program: Program) -> set[Var]:
    """The variables that start or end a version of another one."""
    found: set[Var] = set()

    def add(atoms: Iterable[Atom]) -> None:
        found.update(atom for atom in atoms if isinstance(atom, Var))

    for stmt in walk.statements(program.body):
        if isinstance(stmt, (For, While)):
            add(stmt.init)
            add(stmt.carried)
        for block in walk.blocks(stmt):
            add(block.results)
    return found

"""Put temporaries that are read once back into the expression that reads them.

    a = x @ W            #
    b = a + c            #  ->    h = np.tanh(x @ W + c)
    h = np.tanh(b)       #

Nothing moves across an effect, into a loop, or past a write into memory that it reads.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from srcgrad.facts.owned import Owned
from srcgrad.program import ops, walk
from srcgrad.program.nodes import (
    Atom,
    Block,
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
from srcgrad.write.cost import own_size, size
from srcgrad.write.effects import Effects
from srcgrad.write.forms import COMPARES, Folds, compare_head, comprehension
from srcgrad.write.shape import Plan, is_short
from srcgrad.write.trivial import Trivial

WIDEST = 76
DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Tree:
    """An expression: where its earliest part stood, its effects, what it reads, how big it is.

    ``reads`` tells for each variable where the earliest part stood that reads it.
    """

    low: int
    effects: tuple[int, ...]
    reads: dict[Var, int]
    size: int
    depth: int
    stmt: Stmt


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

    def definition(self, atom: Atom) -> Stmt | None:
        index = self.index.get(atom) if isinstance(atom, Var) else None
        return None if index is None else self.block.stmts[index]


class _Folder:
    def __init__(self, program: Program, plan: Plan, owned: Owned, also: frozenset[Var]) -> None:
        self.plan = plan
        self.folds = Folds(count=dict(plan.count))
        self.owned = owned
        self.also = also
        self.known = Trivial(program, self.folds, owned.group)
        self.effects = Effects(owned)
        self.trivial: dict[Var, Tree] = {}
        self.since: dict[Var, dict[Var, int]] = {}
        self.marked = False

    def block(self, block: Block, ends: str, kept: int = 0) -> None:
        """Fold inside a block.

        Its results are a ``"value"``, are returned at the ``"leaves"`` of its last If, or are
        the source of a ``"copy"``, which in a ``"guarded"`` block must not raise; the last
        ``kept`` of them are collected.
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
        if ends == "guarded":
            results = ()
        elif ends == "copy":
            results = tuple(atom for atom in results if atom in self.also)
        if final is None:
            pure = ends == "copy" or len(results) > 1
            self.operands(place, end, results, None, pure=pure, final=True)

    def inside(self, stmt: Stmt, ends: str) -> None:
        match stmt:
            case If():
                for arm in (stmt.then, stmt.orelse):
                    self.block(arm, ends if stmt.form == "if" else "value")
            case Try() | With():
                for arm in walk.arms(stmt):
                    self.block(arm, "guarded")
            case For() | While():
                if isinstance(stmt, While):
                    self.block(stmt.test, "value")
                self.block(stmt.body, "copy", n_collected(stmt))
            case Do(fn=ops.mark):
                self.marked = True

    def statement(self, place: _Place, index: int, stmt: Stmt) -> None:
        used = self.used(place, index, stmt)
        if self.effects.is_impure(stmt):
            place.effects.append(index)
        for group in self.effects.written(stmt):
            place.writes.setdefault(group, []).append(index)
        target = self.candidate(stmt)
        if target is None:
            return
        tree = self.tree(index, stmt, used)
        place.trees[target] = tree
        trivial = not tree.effects and self.known.is_trivial(stmt, tuple(tree.reads))
        if trivial or target in self.plan.dropped:
            self.known.accepted.add(target)
            self.trivial[target] = tree
            self.accept(target, tree)

    def used(self, place: _Place, index: int, stmt: Stmt) -> list[Tree]:
        """Fold what the statement reads, and return those expressions."""
        match stmt:
            case Let() | Do():
                atoms = tuple(walk.atoms(stmt))
                if self.owned.inplace.intersection(walk.targets(stmt)):
                    atoms = atoms[1:]  # what is written to needs its name
                return self.operands(place, index, atoms, stmt)
            case If():
                return self.choice(place, index, stmt)
            case Try():
                return []
            case With():
                return self.operands(place, index, (stmt.manager,), stmt)
            case For():
                self.operands(place, index, stmt.init, stmt, pure=True)
                return self.operands(place, index, (stmt.over,), stmt)
            case While():
                return self.operands(place, index, stmt.init, stmt, pure=True)

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
        elif middle is not None:
            self.read_in_place(middle, walk.bound(other))
        return found

    def read_in_place(self, middle: Var, users: set[Var]) -> None:
        """Let expressions that read the middle of a chain read what it reads."""
        for user in users.intersection(self.folds.reads):
            reads = self.folds.reads[user]
            if middle in reads:
                inner = self.folds.reads[middle]
                kept = [one for var in reads for one in (inner if var is middle else (var,))]
                self.folds.reads[user] = tuple(dict.fromkeys(kept))

    def chain(self, place: _Place, stmt: If, other: Block) -> Var | None:
        """``a < b < c``: let the middle be an expression, though two comparisons read it."""
        test = stmt.test
        first = place.definition(test)
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
        self.folds.reads[var] = tuple(tree.reads)
        self.since[var] = tree.reads

    def may_move(self, place: _Place, tree: Tree, index: int, horizon: int) -> bool:
        start = tree.effects[0] if tree.effects else tree.low + 1
        low = bisect_left(place.effects, start)
        high = bisect_left(place.effects, horizon)
        if tuple(place.effects[low:high]) != tree.effects:
            return False
        for var, since in tree.reads.items():
            writes = place.writes.get(self.owned.group.get(var), ())
            if bisect_right(writes, since) < bisect_left(writes, index):
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
        beside = own_size(into) if isinstance(into, (Let, Do)) else 8
        return tree.size + sum(other.size for other in others) + beside <= WIDEST

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
                return target if comprehension(stmt, self.folds) is not None else None
        return None

    def tree(self, index: int, stmt: Stmt, used: list[Tree]) -> Tree:
        low = min([index, *(tree.low for tree in used)])
        reads: dict[Var, int] = {}
        for atom in walk.free_in(stmt):
            since = self.since.get(atom, {})
            for var in self.folds.reads.get(atom, (atom,)):
                here = index if var is atom else since.get(var, low)
                reads[var] = min(here, reads.get(var, index))
        effects = [effect for tree in used for effect in tree.effects]
        if self.effects.is_impure(stmt):
            effects.append(index)
        return Tree(
            low=low,
            effects=tuple(sorted(effects)),
            reads=reads,
            size=size(stmt, self.folds.exprs),
            depth=1 + max((tree.depth for tree in used), default=0),
            stmt=stmt,
        )

"""Undo writes on the way back, so that the backward pass sees a buffer as it was.

for t in range(n):                      for t in reversed(range(n)):
    u.2 = put(u.1, i, f(u.1))     ->        u.1 = put(u.2, i, saved[t])     # as it was
                                            ... reads u.1 ...

Only what is overwritten is kept.  Invariant: a backward statement reads a version of a buffer
only after the writes that came after that version have been undone.
"""

from __future__ import annotations

import operator

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import Arr, Type
from srcgrad.facts.purity import CHANGES, is_cheap
from srcgrad.facts.sharing import depth_of
from srcgrad.program import ops
from srcgrad.program.build import Builder
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
)
from srcgrad.program.regions import is_region
from srcgrad.program.walk import (
    among,
    bound,
    free,
    free_in,
    inner,
    statements,
    substitute_in,
    targets,
)

PUTS = frozenset({runtime.put, runtime.put_add})
_AGAIN = frozenset({
    operator.add, operator.sub, operator.mul, operator.neg, operator.truediv,
    np.add, np.subtract, np.multiply, np.negative, np.divide,
    operator.iadd, operator.isub, operator.imul, operator.itruediv,
})  # fmt: skip
"""What is computed again, of parts of a buffer that is as it was, rather than kept."""

Ready = dict[Var, Atom]


class Chains:
    """The versions of buffers: which write makes which of which, through branches and loops."""

    def __init__(self, program: Program) -> None:
        self.before: dict[Var, Var] = {}
        self.turns: dict[For | While, list[int]] = {}
        self.arms: dict[Var, list[tuple[int, Var]]] = {}
        self.parent: dict[Var, Var] = {}
        self.over: set[Var] = set()
        self.gone: set[Var] = set()
        self.lists: dict[Var, int] = {}
        self.deep: set[Var] = set()
        self.defs: dict[Var, Let] = {}
        self.block(program.body)

    def of(self, var: Var) -> Var:
        """Return the variable that stands for all versions of one buffer."""
        root = var
        while self.parent.get(root, root) is not root:
            root = self.parent[root]
        return root

    @property
    def replaced(self) -> set[Var]:
        """The versions of buffers, lists and dicts of which a statement makes another."""
        if not self.deep:
            return self.over | self.gone
        deep = {self.of(var) for var in self.deep}
        rows = {
            var
            for var, let in self.defs.items()
            if let.fn is operator.getitem
            and isinstance(let.args[0], Var)
            and self.of(let.args[0]) in deep
        }
        return self.over | self.gone | rows

    def unite(self, one: Var, other: Var) -> None:
        a, b = self.of(one), self.of(other)
        if a is not b:
            self.parent[a] = b

    def block(self, block: Block) -> None:
        for stmt in block.stmts:
            match stmt:
                case Let():
                    self.defs.update((var, stmt) for var in stmt.targets)
                    if among(stmt.fn, PUTS) and isinstance(stmt.args[0], Var):
                        self.follow(stmt.targets[0], stmt.args[0])
                    if among(stmt.fn, CHANGES) and isinstance(stmt.args[0], Var):
                        self.gone.add(stmt.args[0])
                        depth = max(_depth(stmt), self.lists.get(stmt.args[0], 1))
                        self.lists[stmt.targets[0]] = depth
                        self.unite(stmt.targets[0], stmt.args[0])
                        if len(stmt.args) - 1 > depth_of(stmt):
                            self.deep.add(stmt.targets[0])
                case If():
                    self.branch(stmt.targets, (stmt.then, stmt.orelse))
                case With() if is_region(stmt):  # is undone inside, for itself alone
                    self.block(stmt.body)
                case With():
                    self.branch(stmt.targets, (stmt.body,))
                case Try():
                    self.branch(stmt.targets, (stmt.body, stmt.handler))
                case For() | While():
                    self.loop(stmt)

    def count(self, body: Block, chain: Var) -> int:
        """Return how many writes to a buffer stand in a block."""
        puts = (s for s in statements(body) if isinstance(s, Let) and among(s.fn, PUTS))
        return sum(self.of(let.targets[0]) is chain for let in puts)

    def follow(self, new: Var, old: Var) -> None:
        self.before[new] = old
        self.over.add(old)
        self.unite(new, old)

    def follow_list(self, var: Var, ends: list[Atom]) -> None:
        """Note that a variable may be a list or dict that a statement has changed."""
        depths = [self.lists[end] for end in ends if isinstance(end, Var) and end in self.lists]
        if depths:
            self.lists[var] = max(*depths, self.lists.get(var, 1))
            for end in ends:
                if isinstance(end, Var):
                    self.unite(var, end)

    def first(self, atom: Atom, inside: set[Var]) -> Var | None:
        """Return the version outside a block that a version in it was made of by writes."""
        while isinstance(atom, Var) and atom in inside and atom in self.before:
            atom = self.before[atom]
        return atom if isinstance(atom, Var) and atom not in inside else None

    def branch(self, targets: tuple[Var, ...], arms: tuple[Block, ...]) -> None:
        for arm in arms:
            self.block(arm)
        for target, *ends in zip(targets, *(arm.results for arm in arms), strict=True):
            self.follow_list(target, ends)
        insides = [bound(arm) for arm in arms]
        found: dict[Var, int] = {}
        for k in range(len(targets)):
            ends = [arm.results[k] for arm in arms]
            firsts = [
                None if _is_missing(end) else self.first(end, inside)
                for end, inside in zip(ends, insides, strict=True)
            ]
            if any(_is_missing(end) and not _raises(arm) for end, arm in zip(ends, arms)):
                continue  # another name, bound in one arm only
            known = [one for one, end in zip(firsts, ends, strict=True) if not _is_missing(end)]
            if not known or known[0] is None or any(one is not known[0] for one in known):
                continue
            if all(isinstance(end, Var) and end is known[0] for end in ends):
                continue
            if not any(isinstance(end, Var) and end in self.before for end in ends):
                continue
            found[known[0]] = k  # of several names of one buffer the last one goes on
        pairs = [(k, first) for first, k in found.items()]
        for k, first in pairs:
            self.follow(targets[k], first)
            for end in (arm.results[k] for arm in arms):
                if isinstance(end, Var):
                    self.unite(targets[k], end)
        if targets:
            self.arms[targets[0]] = pairs

    def pairs(self, stmt: If) -> list[tuple[int, Var]]:
        """Return which targets of a branch are versions of what, by their places."""
        return self.arms.get(stmt.targets[0], []) if stmt.targets else []

    def loop(self, loop: For | While) -> None:
        self.block(loop.body)
        for var, start in zip(loop.carried, loop.init, strict=True):
            if var in self.gone and isinstance(start, Var):
                self.gone.add(start)
                self.unite(var, start)
        outs = zip(loop.carried, loop.targets[int(loop.exits) :], strict=False)
        for (var, out), end in zip(outs, loop.body.results[int(loop.exits) :], strict=False):
            self.follow_list(var, [end])
            self.follow_list(out, [end])
        skip = int(loop.exits)
        inside = bound(loop.body)
        into: dict[int, int] = {}
        for k in range(len(loop.carried)):
            origin = self.first(loop.body.results[skip + k], inside)
            if origin in loop.carried:
                into[k] = loop.carried.index(origin)
        kept = set(into)
        while True:
            sources = [into[k] for k in kept]
            good = {k for k in kept if into[k] in kept and k in sources
                    and sources.count(into[k]) == 1}  # fmt: skip
            if good == kept:
                break
            kept = good
        ends = loop.body.results[skip:]
        if not any(e in self.before for k in kept if isinstance(e := ends[k], Var)):
            kept = set()
        moved = {k for k in kept if into[k] != k}
        written = {k for k in kept if isinstance(ends[k], Var) and ends[k] in self.before}
        found = sorted(written | moved if moved else written)
        self.turns[loop] = found
        for k in found:
            end = ends[k]
            assert isinstance(end, Var)
            self.over.update(
                (loop.carried[k], end)
            )  # the next turn writes into what this one leaves
            self.unite(loop.carried[k], end)
            self.unite(loop.carried[k], loop.targets[skip + k])
            start = loop.init[k]
            if isinstance(start, Var):
                self.over.add(start)
                self.unite(start, end)
                if into[k] == k:
                    self.before[loop.targets[skip + k]] = start


def _depth(change: Let) -> int:
    """Return how deep lists have to be lists for a change of them to be undone."""
    inside = len(change.args) - 1 - depth_of(change)
    grows = change.fn in (runtime.append_inside, runtime.pop_item)
    return 1 + inside if grows else 1


def _raises(arm: Block) -> bool:
    return any(isinstance(stmt, Do) and stmt.fn is ops.raise_ for stmt in arm.stmts)


def _is_missing(atom: Atom) -> bool:
    return isinstance(atom, Const) and atom.value is UNDEFINED


class Rewinder:
    """Writes the undoing of the chains that are ``wanted``; finds those that ought to be."""

    def __init__(self, chains: Chains, wanted: set[Var], types: dict[Var, Type]) -> None:
        self.chains = chains
        self.wanted = wanted
        self.types = types
        self.missed: set[Var] = set()
        self.undoes: dict[Var, Var] = {}

    def wants(self, var: Atom) -> bool:
        """Tell whether the writes to a buffer are undone."""
        return isinstance(var, Var) and self.chains.of(var) in self.wanted

    def undo(self, let: Let, b: Builder) -> list[Stmt]:
        """Undo one write; returns the statements that remember what it overwrites."""
        if not among(let.fn, PUTS) or not self.wants(let.args[0]):
            return []
        old, index = let.args[:2]
        assert isinstance(old, Var)
        (new,) = let.targets
        kind = self.part(old, index)
        look, saved = Var(""), Var(f"{old.hint or 'entry'}_before")
        whole = isinstance(kind, Arr) and not kind.scalar
        steps: list[Stmt] = []
        if whole or kind is None:
            steps.append(Let((look,), operator.getitem, (old, index), (), let.origin))
            steps.append(Let((saved,), ops.method("copy"), (look,), (), let.origin))
        else:
            steps.append(Let((saved,), operator.getitem, (old, index), (), let.origin))
        if kind is not None:
            self.types[look] = self.types[saved] = kind
        self.reread(let, kind, b)
        again = b.let(runtime.put, new, index, saved, hint=old.hint)
        again.user = old.user
        self.types[again] = self.types.get(old)  # type: ignore[assignment]
        self.undoes[again] = old
        return steps

    def reread(self, let: Let, kind: Type | None, b: Builder) -> None:
        """Read the number that was written again, while it is still there."""
        if let.fn is not runtime.put or not isinstance(kind, Arr) or not kind.scalar:
            return
        (new,), index, value = let.targets, *let.args[1:]
        if isinstance(value, Var) and not value.user and self.types.get(value) == kind:
            again = b.let(operator.getitem, new, index)
            self.types[again] = kind
            self.undoes[again] = value

    def part(self, old: Var, index: Atom) -> Type | None:
        """Return the type of a part of a buffer."""
        from srcgrad.facts.shapes_index import getitem
        from srcgrad.facts.sizes import Sizes
        from srcgrad.facts.typed import const_type

        kind = const_type(index.value) if isinstance(index, Const) else self.types.get(index)
        whole = self.types.get(old)
        if kind is None or not isinstance(whole, Arr):
            return None
        made = getitem(Sizes(), whole, kind)
        return made if isinstance(made, Arr) else None

    def scan(self, stmts: list[Stmt], ready: Ready, inside: set[Var], block: Block) -> list[Stmt]:
        """Let backward statements read buffers as they were; ``ready`` says what is at hand.

        What was bound ``inside`` a turn is computed again of a buffer that is as it was, where
        that is cheap.  What the forward ``block`` does not overwrite is as it was all along.
        """
        found: list[Stmt] = []
        made = bound(block)
        here = {self.chains.before[var] for var in made if var in self.chains.before}
        here |= made & self.chains.over
        for stmt in stmts:
            for var in free_in(stmt):
                if var in inside and var not in ready and self.looks(var, inside):
                    self.again(var, ready, inside, here, found, stmt)
            found.append(substitute_in(stmt, ready))
            for target in targets(stmt):
                if target in self.undoes:
                    ready[self.undoes[target]] = target
        return found

    def looks(self, var: Var, inside: set[Var], wanted: bool = True) -> bool:
        """Tell whether a variable is cheaply computed of versions of a buffer that is written."""
        if var in self.chains.over:
            return self.wants(var) is wanted
        let = self.chains.defs.get(var)
        if let is None or var not in inside or len(let.targets) != 1 or among(let.fn, PUTS):
            return False
        if isinstance(let.fn, Program):
            return False
        if not is_cheap(let.fn) and not (wanted and among(let.fn, _AGAIN)):
            return False
        atoms = (*let.args, *(value for _, value in let.kwargs))
        return any(isinstance(a, Var) and self.looks(a, inside, wanted) for a in atoms)

    def again(
        self,
        var: Var,
        ready: Ready,
        inside: set[Var],
        here: set[Var],
        out: list[Stmt],
        user: Stmt,
    ) -> bool:
        """Compute a variable again, if all that it looks at is as it was."""
        if var in ready:
            return True
        if var in self.chains.over:
            return var not in here
        let = self.chains.defs[var]
        atoms = [a for a in (*let.args, *(v for _, v in let.kwargs)) if isinstance(a, Var)]
        if not all(
            self.again(atom, ready, inside, here, out, user)
            for atom in atoms
            if atom in self.chains.over or self.looks(atom, inside)
        ):
            return False
        made = Var(var.hint, var.user)
        self.types[made] = self.types.get(var)  # type: ignore[assignment]
        new = substitute_in(let, ready)
        assert isinstance(new, Let)
        out.append(Let((made,), new.fn, new.args, new.kwargs, user.origin))
        ready[var] = made
        return True

    def miss(self, body: Block, loop: For | While) -> None:
        """Note the buffers of which a turn's backward statements want earlier versions.

        New arrays that are cheaply computed of a buffer are kept, since that costs no copy, but
        not if they are more than the parts of it that a turn overwrites.
        """
        inside = loop_inside(loop)
        kept: dict[Var, set[Var]] = {}
        for var in free(body):
            if var not in inside:
                continue
            self.missed |= self.sources(var, inside)
            kind = self.types.get(var)
            if isinstance(kind, Arr) and not kind.scalar and var not in self.chains.over:
                for chain in self.reached(var, inside):
                    kept.setdefault(chain, set()).add(var)
        for chain, found in kept.items():
            if len(found) > self.chains.count(loop.body, chain):
                self.missed.add(chain)

    def reached(self, var: Var, inside: set[Var]) -> set[Var]:
        """Return the buffers that a variable is cheaply computed of, if they are not undone."""
        if var in self.chains.over:
            return set() if self.wants(var) else {self.chains.of(var)}
        let = self.chains.defs.get(var)
        if let is None or var not in inside or len(let.targets) != 1 or among(let.fn, PUTS):
            return set()
        if isinstance(let.fn, Program) or not (is_cheap(let.fn) or among(let.fn, _AGAIN)):
            return set()
        atoms = (*let.args, *(value for _, value in let.kwargs))
        return {b for a in atoms if isinstance(a, Var) for b in self.reached(a, inside)}

    def sources(self, var: Var, inside: set[Var]) -> set[Var]:
        """Return the buffers that are not undone, and that a variable cheaply looks at."""
        if var in self.chains.over:
            return set() if self.wants(var) else {self.chains.of(var)}
        if not self.looks(var, inside, False):
            return set()
        let = self.chains.defs[var]
        found: set[Var] = set()
        for atom in (*let.args, *(value for _, value in let.kwargs)):
            if isinstance(atom, Var):
                found |= self.sources(atom, inside)
        return found


def loop_inside(loop: For | While) -> set[Var]:
    """Return what a turn of a loop binds."""
    return bound(loop.body) | set(inner(loop))

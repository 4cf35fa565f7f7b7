"""Some turns of a loop on their own: computed again, and paid back."""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from srcgrad.derive.checkpoint import quiet
from srcgrad.derive.frames import Frame, adjoint
from srcgrad.facts.joins import Joiner
from srcgrad.facts.kinds import Arr, ListOf, Other, Seq, Sym
from srcgrad.facts.sizes import Sizes
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import (
    Atom,
    Block,
    Const,
    Do,
    For,
    Let,
    Program,
    Stmt,
    Var,
    While,
)
from srcgrad.program.walk import copied, free_in
from srcgrad.tidy.prune import prune

if TYPE_CHECKING:
    from srcgrad.derive.reverse import _Reverser


Loop = For | While


class Segment:
    """Some turns on their own: how they are computed again, and how they are paid back."""

    def __init__(self, walker: _Reverser, loop: Loop, frame: Frame) -> None:
        self.loop = loop
        self.skip, self.n = int(loop.exits), len(loop.carried)
        self.start = tuple(Var(var.hint, var.user) for var in loop.carried)
        self.ends = tuple(Var(var.hint, var.user) for var in loop.targets[self.skip :])
        self.piece, self.first, self.last = Var(""), Var("start"), Var("stop")
        each = loop.each if isinstance(loop, For) else Var("_")
        results = loop.body.results[self.skip :]
        turns = For(
            self.ends,
            each,
            self.piece,
            loop.carried,
            self.start,
            Block(loop.body.stmts, results),
            loop.origin,
        )
        self.known(walker, turns)
        live = walker.live
        owed = [frame.owed.get(var) for var in loop.targets[self.skip :]]
        self.carried = [
            k for k, var in enumerate(loop.carried) if var in live or owed[k] is not None
        ]
        self.forgotten = [k for k in self.carried if walker.forgets(loop, k)]
        self.seeds = {k: adjoint(loop.carried[k]) for k in self.carried}
        self.inner = Frame({*self.start, *self.ends, self.piece}, frame, is_loop=True)
        self.inner.owed.update((self.ends[k], seed) for k, seed in self.seeds.items())
        self.back = Builder(loop.origin)
        self.collect(owed[self.n :])
        insides, walker.insides = walker.insides, []
        depth, walker.depth = walker.depth, 0
        made = walker.loop(turns, self.inner, self.back)
        assert isinstance(made, For)
        self.again = made
        self.back.stmts[:] = walker.rewinder.scan(self.back.stmts, {}, set(), loop.body)
        walker.insides, walker.depth = insides, depth
        self.ahead = list(walker.ahead)
        walker.ahead.clear()
        self.keeps = len(made.targets) > len(turns.targets)

    def known(self, walker: _Reverser, turns: For) -> None:
        """Tell of the new variables what is known of those that they stand for."""
        loop, chains, types = self.loop, walker.rewinder.chains, walker.types
        pairs = [
            *zip(self.start, loop.carried, strict=True),
            *zip(self.ends, loop.targets[self.skip :], strict=True),
        ]
        for new, old in pairs:
            if old in types:
                types[new] = types[old]
            for group in (walker.live, walker.payer.unbound, walker.payer.guarded, chains.gone):
                if old in group and isinstance(group, set):
                    group.add(new)
            if old in chains.lists:
                chains.lists[new] = chains.lists[old]
        chains.turns[turns] = chains.turns.get(loop, [])
        for k in chains.turns[turns]:
            chains.over.add(self.start[k])
            chains.unite(self.start[k], loop.carried[k])
            chains.unite(self.ends[k], loop.carried[k])
        if not isinstance(loop, For):
            walker.known[self.piece] = Let((self.piece,), range, (self.first, self.last))
            return
        if loop.over in walker.live:
            walker.live.add(self.piece)
        kind = walker.payer.kind(loop.over)
        over = walker.known.get(loop.over) if isinstance(loop.over, Var) else None
        if over is not None and over.fn is range:
            types[self.piece] = Other(range)
        elif isinstance(kind, Arr):
            types[self.piece] = replace(kind, dims=(Sym(("piece", self.piece)), *kind.dims[1:]))
        elif isinstance(kind, Seq):
            types[self.piece] = ListOf(kind.cls, Joiner(Sizes()).item(kind))
        else:
            types[self.piece] = kind

    def collect(self, owed: list[Atom | None]) -> None:
        """Take the part that is owed to these turns of what is owed to what a loop collects."""
        for var, g in zip(self.ends[self.n :], owed, strict=True):
            if g is not None:
                span = self.back.let(slice, self.first, self.last, None)
                self.inner.owed[var] = self.back.let(operator.getitem, g, span)

    @property
    def read(self) -> set[Var]:
        """The variables that the way back over the segment reads."""
        return {var for stmt in self.back.stmts for var in free_in(stmt)}

    def narrowed(self) -> tuple[For, dict[Var, Atom]]:
        """Return the loop that computes the turns again, with no more than the way back needs."""
        made, read = self.again, self.read
        wanted = [
            k
            for k, end in enumerate(made.targets)
            if end in read or (k < self.n and self.start[k] in read)
        ]
        return narrowed_to(made, wanted)


def narrowed_to(loop: For, wanted: list[int]) -> tuple[For, dict[Var, Atom]]:
    """Return a loop that has these results alone, and carries only what they depend on.

    What is the same in every turn is not carried: it is told what stands for such a result.
    """
    (still,) = quiet([loop])
    results = tuple(loop.targets[k] for k in wanted)
    mark = Do(ops.mark, (Const("backward"),))
    params = tuple(free_in(still))
    made = prune(Program("turns", params, Block((mark, still), results)))
    found = next((stmt for stmt in made.body.stmts if isinstance(stmt, For)), None)
    if found is None:
        found = replace(loop, targets=(), carried=(), init=(), body=Block((), ()))
    stand = dict(zip(results, made.body.results, strict=True))
    return replace(found, form="for"), {var: a for var, a in stand.items() if a is not var}


def of_new_variables(loop: Stmt) -> Any:
    """Return a loop with other variables for all that it binds."""
    (new,) = copied(Block((loop,), ()), {}).stmts
    return new


def retargeted(stmt: Stmt, old: Var, new: Var) -> Stmt:
    """Return a call that binds another variable in the place of one."""
    assert isinstance(stmt, Let)
    return replace(stmt, targets=tuple(new if var is old else var for var in stmt.targets))

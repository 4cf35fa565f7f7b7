"""Loops of which only some states are kept: the turns between them are computed again.

for t in ts:                    for a, b in sweep(len(ts), 100):
    u = f(u)                        snapshots.append(u)
                                    for t in ts[a:b]:
                      ->                u = f(u)
                                # backward
                                for hops, a, b in backwards(len(ts), 100):
                                    ... run forward from the last snapshot, and put new ones on top
                                    u = snapshots.pop()
                                    for t in ts[a:b]:
                                        u_saved.append(u)
                                        u = f(u)
                                    for u in reversed(u_saved):
                                        d_u = d_u * df(u)

What is kept at a time are the snapshots, and of one segment of turns what the way back reads.
"""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from srcgrad import runtime
from srcgrad.derive.checkpoint import refuse_effects
from srcgrad.derive.frames import Frame
from srcgrad.derive.records import refuse_whole
from srcgrad.derive.segment import Loop, Segment, narrowed_to, of_new_variables, retargeted
from srcgrad.derive.structure import walked_through
from srcgrad.errors import Unreadable
from srcgrad.facts.kinds import Arr, DictOf, ListOf, Map, Seq
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
    Var,
    While,
)
from srcgrad.program.walk import copied, free_in, substitute_in, swap
from srcgrad.runtime.checkpoints import Budget

if TYPE_CHECKING:
    from srcgrad.derive.reverse import _Reverser


def sparing(walker: _Reverser, loop: Loop, frame: Frame, b: Builder) -> Loop:
    """Pay back a loop of which only snapshots are kept; return it as it takes them."""
    if not any(var in frame.owed for var in loop.targets):
        return walker.loop(loop, frame, b)
    segment = Segment(walker, loop, frame)
    if not segment.keeps:  # nothing of the turns is read: there is nothing to spare
        return walker.loop(loop, frame, b)
    refuse_effects(walker, loop.body, "the loop")
    return _Sparing(walker, loop, segment).paid(frame, b)


class _Sparing:
    """The two loops that take snapshots and go back from one to the next."""

    def __init__(self, walker: _Reverser, loop: Loop, segment: Segment) -> None:
        self.walker = walker
        self.loop = loop
        self.segment = segment
        self.skip, self.n = segment.skip, segment.n
        gone = set(segment.ahead)
        stmts = tuple(stmt for stmt in loop.body.stmts if stmt not in gone)
        self.body = Block(stmts, loop.body.results)
        self.again, self.same = segment.narrowed()
        read = {*free_in(self.again), *self.again.carried, *self.same.values()}
        read |= segment.read
        self.needed = [
            k for k in range(self.n) if not read.isdisjoint((segment.start[k], loop.carried[k]))
        ]
        self.open = not isinstance(loop, For)  # how long it is comes out at its end
        self.counts = self.open or loop.exits
        self.ahead = Builder(loop.origin)
        self.init = self.starts()
        self.count = self.how()
        self.snapshots, self.total = Var("snapshots"), Var("turn")
        self.segments: Var | None = None
        self.turns: Atom = self.total

    def starts(self) -> tuple[Atom, ...]:
        """Return what the loop starts with; what is in a snapshot has to be bound."""
        found = list(self.loop.init)
        for k in self.needed:
            atom = found[k]
            if isinstance(atom, Const) and atom.value is UNDEFINED:
                found[k] = Const(None)
            elif atom in self.walker.payer.unbound:
                self.walker.payer.refuse(
                    self.loop.origin,
                    f"cannot take snapshots of {self.loop.carried[k].hint!r}",
                    "It may be unbound where the loop begins.",
                    "Give it a value before the loop.",
                    Unreadable,
                )
        return tuple(found)

    def how(self) -> Atom:
        """Return how many snapshots there may be."""
        asked = self.loop.snapshots
        if not isinstance(asked, Budget):
            return Const(asked)
        if not self.needed:  # how large the values of a turn are is not known beforehand
            return Const("sqrt")
        state = [self.init[k] for k in self.needed]
        return self.ahead.let(runtime.snapshots_in, asked.size, *state, hint="count")

    @property
    def hops(self) -> bool:
        """Tell whether the way back may have to run forward between snapshots."""
        root = isinstance(self.count, Const) and self.count.value == "sqrt"
        return bool(self.needed) and not root

    def paid(self, frame: Frame, b: Builder) -> Loop:
        """Pay the loop back; return the one that takes the snapshots."""
        owed = [frame.take(var) for var in self.loop.targets]
        forward = self.forward()
        self.backward(owed, frame, b)
        self.walker.ahead += [*self.segment.ahead, *self.ahead.stmts]
        return forward

    # the way there

    def forward(self) -> Loop:
        """Return the loop with snapshots, of variables that the way back does not know."""
        loop = self.loop
        if isinstance(loop, For) and isinstance(loop.over, Var) and not loop.over.user:
            loop.over.hint = loop.over.hint or "turns"
        if isinstance(loop, For) and (self.needed or not self.counts):
            self.turns = self.ahead.let(len, loop.over)
        if not self.needed:
            return self.whole()
        if isinstance(loop, While):
            return self.forward_open(loop)
        self.segments = self.ahead.let(runtime.sweep, self.turns, self.count, hint="segments")
        b = Builder(loop.origin)
        item, first, last = Var(""), Var("start"), Var("stop")
        b.add(Let((first, last), ops.unpack, (item, Const(2)), (), loop.origin))
        outer = self.renamed(loop.carried)
        state = self.state(outer, b)
        if len(state) > 1:
            state = (b.let(ops.make_tuple, *state),)
        if isinstance(state[0], Var) and state[0] not in outer:
            state[0].hint = "state"
        piece = b.let(operator.getitem, loop.over, b.let(slice, first, last, None))
        turn = Var("turn")
        made = self.counted(replace(loop, over=piece, init=outer, body=self.body), turn)
        inner = of_new_variables(replace(made, snapshots=None))
        assert isinstance(inner, For)
        b.add(inner)
        carried, init, nexts, finals = self.more(outer, turn, inner, b)
        return For(
            (*finals, self.snapshots),
            item,
            self.segments,
            carried,
            init,
            b.block(*nexts, *state),
            loop.origin,
            exits=loop.exits,
        )

    def more(
        self, outer: tuple[Var, ...], turn: Var, inner: Loop, b: Builder
    ) -> tuple[tuple[Var, ...], tuple[Atom, ...], tuple[Atom, ...], tuple[Var, ...]]:
        """Return what the outer of two loops carries, starts with, hands on and ends with."""
        at, targets = self.skip + self.n, self.loop.targets
        nexts: list[Atom] = [*inner.targets[:at]]
        carried, init, finals = [*outer], [*self.init], [*targets[:at]]
        if self.counts:
            carried.append(turn)
            init.append(Const(0))
            nexts.append(inner.targets[at])
            finals.append(self.total)
        parts = inner.targets[at + int(self.counts) :]
        for target, part in zip(targets[at:], parts, strict=True):
            whole = Var(target.hint, target.user)
            carried.append(whole)
            init.append(self.ahead.let(ops.make_list))
            nexts.append(b.let(runtime.extended, whole, part, hint=target.hint))
            finals.append(target)
        return tuple(carried), tuple(init), tuple(nexts), tuple(finals)

    def whole(self) -> Loop:
        """Return the loop as it is: nothing of a turn depends on the turns before."""
        at = self.skip + self.n
        made = self.counted(replace(self.loop, body=self.body, snapshots=None), Const(0))
        total = (self.total,) if self.counts else ()
        targets = (*self.loop.targets[:at], *total, *self.loop.targets[at:])
        return replace(of_new_variables(made), targets=targets)

    def renamed(self, names: tuple[Var, ...]) -> tuple[Var, ...]:
        """Return new variables of the same names."""
        return tuple(Var(var.hint, var.user) for var in names)

    def state(self, values: tuple[Var, ...], b: Builder) -> tuple[Atom, ...]:
        """Return what a snapshot holds: copies of what the turns write into."""
        return tuple(
            b.let(ops.method("copy"), values[k]) if self.changes(k) else values[k]
            for k in self.needed
        )

    def changes(self, k: int) -> bool:
        """Tell whether the turns write into a carried value."""
        var, chains = self.loop.carried[k], self.walker.rewinder.chains
        kind = self.walker.types.get(var)
        if isinstance(kind, Arr):
            return not kind.scalar and var in chains.over
        return isinstance(kind, (Seq, ListOf, Map, DictOf)) and var in chains.gone

    def counted(self, loop: Any, turn: Atom) -> Any:
        """Let a loop count its turns, as the last of what it carries, if that is asked for."""
        if not self.counts:
            return loop
        at = self.skip + self.n
        count, after = Var("turn"), Var("turn")
        step = Let((after,), operator.add, (count, Const(1)), (), loop.origin)
        results = loop.body.results
        body = Block((step, *loop.body.stmts), (*results[:at], after, *results[at:]))
        return replace(
            loop,
            targets=(*loop.targets[:at], Var("turn"), *loop.targets[at:]),
            carried=(*loop.carried, count),
            init=(*loop.init, turn),
            body=body,
        )

    def forward_open(self, loop: While) -> While:
        """Return a loop whose end is not known; its snapshots have their turns in front."""
        b = Builder(loop.origin)
        held, turn, limit, both = Var("snapshots"), Var("turn"), Var(""), Var("")
        outer = self.renamed(loop.carried)
        now = b.let(ops.make_tuple, turn, *self.state(outer, b))
        more, stop = b.lets(("snapshots", "stop"), runtime.snapshot, held, now, self.count)
        made = self.counted(replace(loop, init=outer, body=self.body), turn)
        full = Let((limit,), operator.lt, (made.carried[-1], stop), (), loop.origin)
        never = Block((), (limit,))
        asked = If((both,), limit, loop.test, never, loop.origin, form="and")
        made = replace(made, test=Block((full, asked), (both,)), snapshots=None)
        inner = of_new_variables(made)
        b.add(inner)
        carried, init, nexts, finals = self.more(outer, turn, inner, b)
        return While(
            (*finals, self.snapshots),
            (*carried, held),
            (*init, self.ahead.let(ops.make_list)),
            copied(loop.test, dict(zip(loop.carried, outer, strict=True))),
            b.block(*nexts, more),
            loop.origin,
            exits=loop.exits,
        )

    # the way back

    def backward(self, owed: list[Atom | None], frame: Frame, b: Builder) -> None:
        """Add the loop that goes back over the segments, and pay what it started from."""
        segment, loop, walker = self.segment, self.loop, self.walker
        nexts, init = self.cotangents(owed, frame, b)
        totals = dict(segment.inner.totals)
        parts = segment.inner.take(segment.piece)
        item, held = Var(""), Var("snapshots")
        hops = Var("hops" if self.hops else "_")
        back = Builder(loop.origin)
        places = (segment.first, segment.last)
        names = places if not self.has_plan else (hops, *places)
        back.add(Let(names, ops.unpack, (item, Const(len(names))), (), loop.origin))
        now: Var = held
        if self.hops:
            now = self.run_forward(hops, held, back)
        if self.needed:
            now = self.take_snapshot(now, back)
        self.open_piece(segment.piece, *places, back)
        body = (
            *back.stmts[:1],
            Do(ops.mark, (Const("again"),)),
            *back.stmts[1:],
            self.again,
            Do(ops.mark, (Const("backward"),)),
            *(substitute_in(stmt, self.same) for stmt in segment.back.stmts),
        )
        kept = (now,) if self.needed else ()
        results = (*nexts, *kept, *([] if parts is None else [parts]))
        seeds = tuple(segment.seeds.values())
        outs = tuple(Var(var.hint, var.user) for var in (*seeds, *totals.values()))
        lists: tuple[Var, ...] = () if parts is None else (Var("d_parts"),)
        b.origin = loop.origin
        over = self.plan(b)
        b.add(
            For(
                (*outs, *(Var("snapshots") for _ in kept), *lists),
                item,
                over,
                (*seeds, *totals.values(), *((held,) if kept else ())),
                (*init, *((self.snapshots,) if kept else ())),
                Block(body, tuple(swap(atom, self.same) for atom in results)),
                loop.origin,
            )
        )
        for var, out in zip(totals, outs[len(seeds) :], strict=True):
            frame.owed[var] = out
        for k, out in zip(segment.carried, outs, strict=False):
            first = walker.payer.given(out, loop.carried[k], loop.init[k], b)
            if k in segment.forgotten and first is out:
                first = walker.payer.some(out, loop.init[k], b)
            walker.payer.pay(frame, loop.init[k], first, b, source=loop.carried[k])
        if parts is not None and isinstance(loop, For) and isinstance(loop.over, Var):
            if not refuse_whole(walker.payer, loop.over, loop.origin):
                items = b.let(runtime.chained, lists[0])
                whole = walked_through(walker.payer, items, loop.over, not loop.exits, b)
                walker.payer.pay(frame, loop.over, whole, b)

    def cotangents(
        self, owed: list[Atom | None], frame: Frame, b: Builder
    ) -> tuple[list[Atom], list[Atom]]:
        """Return what a segment hands on of what is owed, and what the first one begins with."""
        segment, loop, payer = self.segment, self.loop, self.walker.payer
        nexts: list[Atom] = []
        init: list[Atom] = []
        for k, seed in segment.seeds.items():
            g = segment.inner.take(segment.start[k])
            if g is None and loop.carried[k] in self.walker.live:
                g = payer.zeros(loop.carried[k], segment.back, seed)
            if g is None and k in segment.forgotten:
                g = Const(None)
            nexts.append(segment.back.let(runtime.zeros_like, seed) if g is None else g)
            final = owed[self.skip + k]
            init.append(payer.zeros(loop.targets[self.skip + k], b) if final is None else final)
        for var in segment.inner.totals:
            nexts.append(segment.inner.owed[var])
            g = frame.current(var)
            init.append(payer.zeros(var, b) if g is None else g)
        return nexts, init

    @property
    def has_plan(self) -> bool:
        """Tell whether the items of the way back say how to come to a segment."""
        return self.hops or (bool(self.needed) and self.counts)

    def plan(self, b: Builder) -> Atom:
        """Return what the way back goes along."""
        n = self.total if self.counts else self.turns
        if not self.needed:
            return b.let(reversed, b.let(runtime.segments, n, self.count))
        if self.open:
            return b.let(runtime.backwards_from, self.snapshots, n, self.count)
        if self.counts:
            return b.let(runtime.backwards, n, self.count, self.turns)
        if self.hops:
            return b.let(runtime.backwards, n, self.count)
        return b.let(reversed, self.segments)

    def run_forward(self, hops: Var, held: Var, back: Builder) -> Var:
        """Add the loop that comes to a segment, with a new snapshot after each run."""
        loop, segment = self.loop, self.segment
        b = Builder(loop.origin)
        hop, first, last, carried = Var("hop"), Var("begin"), Var("end"), Var("snapshots")
        b.add(Let((first, last), ops.unpack, (hop, Const(2)), (), loop.origin))
        top = b.let(operator.getitem, carried, -1)
        start = tuple(Var(var.hint, var.user) for var in segment.start)
        self.unpacked(top, start, b)
        piece = Var("")
        self.open_piece(piece, first, last, b)
        each = loop.each if isinstance(loop, For) else Var("_")
        plain = For(
            segment.ends[: self.n],
            each,
            piece,
            loop.carried,
            start,
            Block(self.body.stmts, self.body.results[self.skip : self.skip + self.n]),
            loop.origin,
        )
        run, same = narrowed_to(plain, self.needed)
        places = {var: i for i, var in enumerate(run.targets)}
        new = of_new_variables(run)
        b.add(new)
        found = [
            same[end] if end in same else new.targets[places[end]]
            for end in (plain.targets[k] for k in self.needed)
        ]
        lead = (last,) if self.open else ()
        ends = [
            b.let(ops.method("copy"), end) if self.changes(k) else end
            for k, end in zip(self.needed, found, strict=True)
        ]
        values: tuple[Atom, ...] = (*lead, *ends)
        state = values[0] if len(values) == 1 else b.let(ops.make_tuple, *values)
        more = b.let(ops.list_append, carried, state, hint="snapshots")
        after = Var("snapshots")
        back.add(For((after,), hop, hops, (carried,), (held,), b.block(more), loop.origin))
        return after

    def take_snapshot(self, held: Var, back: Builder) -> Var:
        """Take the last snapshot off the others; its parts are what the segment starts with."""
        rest, top = back.lets(("snapshots", ""), runtime.pop_item, held, -1)
        self.unpacked(top, self.segment.start, back)
        return rest

    def unpacked(self, top: Var, start: tuple[Var, ...], b: Builder) -> None:
        """Give the parts of a snapshot their names, those of copies where turns write into them."""
        parts = {k: Var(start[k].hint) if self.changes(k) else start[k] for k in self.needed}
        names = [*([Var("_")] if self.open else []), *parts.values()]
        if len(names) > 1:
            b.add(Let(tuple(names), ops.unpack, (top, Const(len(names))), (), self.loop.origin))
        else:
            b.stmts[-1] = retargeted(b.stmts[-1], top, names[0])
        for k, part in parts.items():
            if part is not start[k]:
                b.add(Let((start[k],), ops.method("copy"), (part,), (), self.loop.origin))

    def open_piece(self, piece: Var, first: Var, last: Var, b: Builder) -> None:
        """Add what a segment goes along."""
        loop = self.loop
        if not isinstance(loop, For):
            b.add(Let((piece,), range, (first, last), (), loop.origin))
            return
        span = b.let(slice, first, last, None)
        b.add(Let((piece,), operator.getitem, (loop.over, span), (), loop.origin))

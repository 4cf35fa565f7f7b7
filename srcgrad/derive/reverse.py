"""Reverse mode: pay cotangents back through a program, last statement to first.

f(x, w):                    f_grad(x, w):
    h = x * w                   h = x * w
    y = sin(h)          ->      # backward
    -> y                        d_h = cos(h)
                                d_w = d_h * x
                                -> d_w
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from srcgrad import runtime
from srcgrad.derive.apply import Payer, inert
from srcgrad.derive.attempts import attempt, within
from srcgrad.derive.calls import Calls
from srcgrad.derive.checkpoint import computed_again, disturbs
from srcgrad.derive.complexes import has_complex
from srcgrad.derive.defined import defined
from srcgrad.derive.fit import same_shape
from srcgrad.derive.frames import Frame, adjoint
from srcgrad.derive.keep import keep_for_branch, keep_for_loop, stand_in, turns, walk_along
from srcgrad.derive.leaves import Tree, open_containers
from srcgrad.derive.records import refuse_whole
from srcgrad.derive.rewind import Chains, Rewinder, loop_inside
from srcgrad.derive.sparing import sparing
from srcgrad.derive.structure import walked_through
from srcgrad.errors import refusal
from srcgrad.facts.absent import perhaps_absent
from srcgrad.facts.activity import active, guarded
from srcgrad.facts.bound import maybe_unbound
from srcgrad.facts.kinds import Arr, Map, Rec, Seq, Type
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
from srcgrad.program.walk import bound, statements, substitute


@dataclass(frozen=True)
class Halves:
    """A program and its way back, not yet joined: the second reads variables of the first."""

    params: tuple[Var, ...]
    forward: tuple[Stmt, ...]
    values: tuple[Atom, ...]
    backward: tuple[Stmt, ...]
    gradients: tuple[Atom, ...]
    seed: Var | None = None


def reverse(
    program: Program,
    wrt: Sequence[int],
    types: Mapping[Var, Type] | None = None,
    *,
    value: bool = False,
    aux: bool = False,
    told: bool = False,
) -> Program:
    """Return the program of the gradient.

    Parameters
    ----------
    program : Program
        With one result, or with two (the loss and what else it gives) where ``aux``.
    wrt : sequence of int
        The positions of the parameters to differentiate with respect to.
    types : mapping, optional
        What is known of the variables.
    value, aux : bool
        Whether the results begin with the loss, and with the auxiliary result.
    told : bool
        Whether there may be complex numbers, though nothing in the program tells of them.

    Raises
    ------
    NoRule
        If a call on something active has no derivative; all such calls are listed.
    """
    seeds = (Const(1.0), *(None for _ in program.body.results[1:]))
    halves = halve(program, wrt, types, seeds, told=told)
    results = [*halves.values[: int(value)]]
    if aux:
        results += halves.values[1:]
    stmts = list(halves.forward)
    if halves.backward:
        stmts += [Do(ops.mark, (Const("backward"),)), *halves.backward]
    body = Block(tuple(stmts), (*results, *halves.gradients))
    return Program(f"{program.name}_grad", halves.params, body, program.origin, program.notes)


def split(
    program: Program, wrt: Sequence[int], types: Mapping[Var, Type] | None = None
) -> tuple[Program, Program]:
    """Return the two halves of a vjp as programs.

    The first takes the parameters and gives the results and what the second needs; the second
    takes a cotangent and that, and gives the gradients.
    """
    seed = Var("d_value")
    halves = halve(program, wrt, types, (seed, *(None for _ in program.body.results[1:])))
    back = Block(halves.backward, halves.gradients)
    inside = bound(back)
    needed = [var for var in _free(back) if var is not seed and var not in inside]
    first = defined(Block(halves.forward, (*halves.values, *needed)), needed)
    stand_in = {var: Var(var.hint, var.user) for var in needed}
    second = substitute(back, stand_in)
    name = program.name
    return (
        Program(f"{name}_forward", halves.params, first, program.origin, program.notes),
        Program(f"{name}_vjp", (seed, *stand_in.values()), second, program.origin, program.notes),
    )


def _free(block: Block) -> list[Var]:
    from srcgrad.program.walk import free

    return list(free(block))


def halve(
    program: Program,
    wrt: Sequence[int],
    types: Mapping[Var, Type] | None,
    seeds: Sequence[Atom | None],
    calls: Calls | None = None,
    *,
    told: bool = False,
) -> Halves:
    """Return the forward and the backward half of a program, one seed for each result.

    With ``calls`` it is a helper: its seed is a new variable, its cotangents stay as they are.
    """
    known: Mapping[Var, Type] = types or {}
    seed = Var("d_out") if calls is not None else None
    seeds = (seed,) if seed is not None else seeds
    program, trees = open_containers(program, wrt, known)
    leaves = [leaf for tree in trees.values() for leaf in _leaves(tree)]
    seeded = [a for a, g in zip(program.body.results, seeds, strict=True) if g is not None]
    calls = Calls(complex=told) if calls is None else calls
    lets = [stmt for stmt in statements(program.body) if isinstance(stmt, Let)]
    calls.complex = calls.complex or has_complex(known, lets)
    live = active(program, leaves, inert, known, seeded, turning=calls.complex)
    chains, wanted = Chains(program), set[Var]()
    while True:
        walker = _Reverser(program, live, known, calls)
        walker.rewinder = Rewinder(chains, wanted, walker.types)
        walker.payer.lists, walker.payer.gone = chains.lists, chains.gone
        walker.entries.update(leaves)
        frame = Frame(bound(program.body) | set(program.params))
        back = Builder()
        for atom, g in zip(program.body.results, seeds, strict=True):
            if g is not None:
                walker.payer.pay(frame, atom, g, back)
        forward = walker.block(program.body.stmts, frame, back)
        # Only what the way back turns out to read tells which writes have to be undone.
        if walker.rewinder.missed <= wanted:
            break
        wanted |= walker.rewinder.missed
    back.stmts[:] = walker.rewinder.scan(back.stmts, {}, set(), program.body)
    if walker.payer.problems:
        raise refusal(walker.payer.problems)
    back.origin = None
    grads: list[Atom] = []
    for i in wrt:
        param = program.params[i]
        more = (Const(True),) if walker.payer.complex else ()
        grads.append(_assemble(trees[param], frame, back, more if seed is None else None))
    values = program.body.results
    return Halves(program.params, tuple(forward), values, tuple(back.stmts), tuple(grads), seed)


def _leaves(tree: Tree) -> Iterable[Var]:
    if not tree.entries:
        yield tree.var
    for child in tree.entries.values():
        yield from _leaves(child)


def _assemble(tree: Tree, frame: Frame, b: Builder, finish: tuple[Const, ...] | None) -> Atom:
    """Return the cotangent of a parameter, put together from those of its entries.

    To ``finish`` it is to make sure that it is like its argument and shares no memory; what is
    given is what `runtime.fresh` is told besides.
    """
    if not tree.entries:
        owed = frame.owed.get(tree.var)
        g = b.let(runtime.zeros_like, tree.var) if owed is None else owed
        if finish is None:
            return g
        return b.let(runtime.fresh, g, tree.var, *finish, hint=f"d_{tree.var.hint}")
    parts: list[Atom] = []
    kind = tree.kind
    assert isinstance(kind, (Map, Seq, Rec))
    keys: Sequence[Any] = kind.keys if isinstance(kind, Map) else range(len(kind.items))
    if isinstance(kind, Rec):
        keys = kind.fields
    for key in keys:
        if key in tree.entries:
            parts.append(_assemble(tree.entries[key], frame, b, finish))
        else:
            read = ops.attribute(key) if isinstance(kind, Rec) else operator.getitem
            args = (tree.var,) if isinstance(kind, Rec) else (tree.var, Const(key))
            parts.append(_nothing(b.let(read, *args), kind.items[len(parts)], b, finish))
    if isinstance(kind, Map):
        flat = [item for pair in zip(map(Const, keys), parts, strict=True) for item in pair]
        return b.let(ops.make_dict, *flat)
    if isinstance(kind, Rec):
        named: dict[str, Any] = dict(zip(kind.fields, parts, strict=True))
        return b.let(kind.cls, **named)
    if hasattr(kind.cls, "_fields"):
        return b.let(kind.cls, *parts)
    return b.let(ops.make_list if kind.cls is list else ops.make_tuple, *parts)


def _nothing(entry: Var, kind: Type, b: Builder, finish: tuple[Const, ...] | None) -> Var:
    """Return zeros like an entry; those of a NumPy scalar are Python's until they are finished."""
    zeros = b.let(runtime.zeros_like, entry)
    whole = isinstance(kind, Arr) and not kind.scalar
    if finish is None or whole:
        return zeros
    return b.let(runtime.fresh, zeros, entry, *finish)


class _Reverser:
    """Walks blocks backwards; returns their forward statements, builds their backward ones."""

    def __init__(
        self, program: Program, live: set[Var], types: Mapping[Var, Type], calls: Calls
    ) -> None:
        self.live = live
        self.calls = calls
        self.types: dict[Var, Type] = dict(types)
        self.rewinder = Rewinder(Chains(program), set(), self.types)
        self.insides: list[set[Var]] = []
        self.depth = 0
        self.disturbs = disturbs(program)
        self.ahead: list[Stmt] = []
        self.known: dict[Var, Let] = {
            var: stmt
            for stmt in statements(program.body)
            if isinstance(stmt, Let)
            for var in stmt.targets
        }
        self.inside = _bound_inside(program.body)
        self.entries: set[Var] = set()  # of parameters: what is owed to them stays theirs
        unbound = maybe_unbound(program.body) | perhaps_absent(program.body)
        self.payer = Payer(live, self.types, guarded(program, inert, types), unbound)
        self.payer.defs = self.known
        self.payer.complex = calls.complex
        self.payer.sizes = getattr(types, "sizes", self.payer.sizes)

    def block(self, stmts: Sequence[Stmt], frame: Frame, b: Builder) -> list[Stmt]:
        forward = []
        for stmt in reversed(stmts):
            b.origin = stmt.origin
            match stmt:
                case Let(fn=Program()):
                    stmt = self.call(stmt, frame, b)
                case Let() if not self.entries.issuperset(stmt.targets):
                    self.ahead += self.rewinder.undo(stmt, b)
                    self.payer.let(stmt, frame, b)
                    self.ahead += self.payer.ahead
                    self.payer.ahead.clear()
                case If():
                    stmt = self.branch(stmt, frame, b)
                case For() | While() if stmt.snapshots is not None:
                    stmt = sparing(self, stmt, frame, b)
                case For() | While():
                    stmt = self.loop(stmt, frame, b)
                case Try():
                    stmt = attempt(self, stmt, frame, b)
                case With() if is_region(stmt):
                    stmt = computed_again(self, stmt, frame, b)
                case With():
                    stmt = within(self, stmt, frame, b)
            forward.append(stmt)
            forward += reversed(self.ahead)
            self.ahead.clear()
        forward.reverse()
        return forward

    def call(self, let: Let, frame: Frame, b: Builder) -> Let:
        (value,) = let.targets
        g = frame.take(value)
        live = tuple(i for i, atom in enumerate(let.args) if atom in self.live)
        if g is None or not live:
            return let
        assert isinstance(let.fn, Program)
        helper = self.calls.derived(let.fn, live, halve)
        kept = Var(f"{value.hint or let.fn.name}_kept")
        hints = tuple(f"d_{let.fn.params[i].hint}" for i in helper.wrt)
        cots = b.lets(hints, helper.backward, g, kept)
        for i, cot in zip(helper.wrt, cots, strict=True):
            self.payer.pay(frame, let.args[i], cot, b)
        return Let((value, kept), helper.forward, let.args, let.kwargs, let.origin)

    def forgets(self, loop: For | While, k: int) -> bool:
        """Tell whether no turn reads a carried variable and what it is may change in the loop.

        Then what is owed to it from a turn is ``None``: zeros would have to be like the start.
        """
        if loop.carried[k] in self.live:
            return False
        skip = int(loop.exits)
        end = self.payer.kind(loop.targets[skip + k])
        sources = (loop.init[k], loop.body.results[skip + k])
        kinds = [self.payer.kind(atom) for atom in sources if atom in self.live]
        return not all(same_shape(kind, end) for kind in kinds)

    def nothing(self, var: Var) -> Const:
        return stand_in(self.types.get(var))

    def branch(self, stmt: If, frame: Frame, b: Builder) -> If:
        owed = [frame.take(var) for var in stmt.targets]
        undone = [(k, v) for k, v in self.rewinder.chains.pairs(stmt) if self.rewinder.wants(v)]
        if all(g is None for g in owed) and not undone:
            return stmt
        arms, builders, blocks, ready = [], [], [], []
        for side in (stmt.then, stmt.orelse):
            inner, back = Frame(bound(side), frame), Builder(stmt.origin)
            for var, atom, g in zip(stmt.targets, side.results, owed, strict=True):
                if g is not None:
                    seed = self.payer.given(g, var, atom, back)
                    self.payer.pay(inner, atom, seed, back, source=var)
            blocks.append(Block(tuple(self.block(side.stmts, inner, back)), side.results))
            known: dict[Var, Atom] = {
                end: stmt.targets[k] for k, _ in undone if isinstance(end := side.results[k], Var)
            }
            inside = set().union(*self.insides)
            back.stmts[:] = self.rewinder.scan(back.stmts, known, inside, side)
            ready.append(known)
            arms.append(inner)
            builders.append(back)
        paid = {v: None for arm in arms for v in arm.owed if v not in arm.local}
        results: list[list[Atom]] = [[], []]
        for place, (arm, back) in enumerate(zip(arms, builders, strict=True)):
            dead = _raises((stmt.then, stmt.orelse)[place])
            for var in paid:
                g = arm.owed.get(var) or frame.current(var)
                if dead:
                    g = Const(UNDEFINED)
                results[place].append(self.payer.zeros(var, back) if g is None else g)
            results[place] += [known_at(ready[place], v, dead) for _, v in undone]
        forward = replace(stmt, then=blocks[0], orelse=blocks[1])
        made = [back.block(*res) for back, res in zip(builders, results, strict=True)]
        forward, then, orelse = keep_for_branch(
            forward,
            made[0],
            made[1],
            self.nothing if self.depth else None,
            self.payer.unbound,
            self.types,
            self.rewinder.chains.replaced | self.inside,
        )
        again = [Var(v.hint, v.user) for _, v in undone]
        self.rewinder.undoes.update((var, v) for var, (_, v) in zip(again, undone, strict=True))
        self.types.update((var, self.types.get(v)) for var, (_, v) in zip(again, undone))  # type: ignore[misc]
        outs = (*(adjoint(var) for var in paid), *again)
        b.origin = stmt.origin
        b.add(If(outs, stmt.test, then, orelse, stmt.origin))
        frame.owed.update(zip(paid, outs, strict=False))
        return forward

    def loop(self, loop: For | While, frame: Frame, b: Builder) -> For | While:
        skip, n = int(loop.exits), len(loop.carried)
        finals = [frame.take(var) for var in loop.targets]
        turned = [
            k
            for k in self.rewinder.chains.turns.get(loop, ())
            if self.rewinder.wants(loop.carried[k])
        ]
        if all(g is None for g in finals) and not turned:
            return loop
        carried = [
            k
            for k, var in enumerate(loop.carried)
            if var in self.live or finals[skip + k] is not None
        ]
        inner = Frame(bound(loop.body) | {*loop.carried}, frame, is_loop=True)
        if isinstance(loop, For):
            inner.local.add(loop.each)
        back = Builder(loop.origin)
        forgotten = [k for k in carried if self.forgets(loop, k)]
        seeds = [adjoint(loop.carried[k]) for k in carried]
        for k, seed in zip(carried, seeds, strict=True):
            result = loop.body.results[skip + k]
            seed_now: Atom = self.payer.given(seed, loop.targets[skip + k], result, back)
            if k in forgotten and seed_now is seed:
                seed_now = self.payer.some(seed, result, back)
            self.payer.pay(inner, result, seed_now, back, source=loop.targets[skip + k])
        items: list[tuple[Var, Atom]] = []
        for i in range(skip + n, len(loop.targets)):
            g = finals[i]
            if g is not None:
                items.append((adjoint(loop.targets[i]), g))
                item = items[-1][0]
                if loop.body.results[i] in self.payer.lists:
                    self.payer.pay_item(inner, loop.body.results[i], item, back)
                else:
                    self.payer.pay(inner, loop.body.results[i], item, back)
        self.depth += 1
        self.insides.append(loop_inside(loop))
        stmts = self.block(loop.body.stmts, inner, back)
        again = {k: Var(loop.carried[k].hint, loop.carried[k].user) for k in turned}
        self.types.update((var, self.types.get(loop.carried[k])) for k, var in again.items())  # type: ignore[misc]
        ready: dict[Var, Atom] = {
            end: var
            for k, var in again.items()
            if isinstance(end := loop.body.results[skip + k], Var)
        }
        back.stmts[:] = self.rewinder.scan(back.stmts, ready, self.insides[-1], loop.body)
        self.insides.pop()
        self.depth -= 1
        back.origin = loop.origin
        forward = replace(loop, body=Block(tuple(stmts), loop.body.results))
        nexts: list[Atom] = []
        for k, seed in zip(carried, seeds, strict=True):
            g = inner.take(loop.carried[k])
            if g is None and loop.carried[k] in self.live:
                g = self.payer.zeros(loop.carried[k], back, seed)
            # What a turn does not read of the turn before owes nothing to it.
            if g is None and k in forgotten:
                g = Const(None)
            nexts.append(back.let(runtime.zeros_like, seed) if g is None else g)
        each = inner.take(loop.each) if isinstance(loop, For) else None
        totals = dict(inner.totals)
        nexts += [inner.owed[var] for var in totals]
        init: list[Atom] = []
        for k in carried:
            g = finals[skip + k]
            init.append(self.payer.zeros(loop.targets[skip + k], b) if g is None else g)
        for var in totals:
            g = frame.current(var)
            init.append(self.payer.zeros(var, b) if g is None else g)
        collected = [] if each is None else [each]
        rewound = [ready.get(loop.carried[k], loop.carried[k]) for k in turned]
        nexts += rewound
        init += [loop.targets[skip + k] for k in turned]
        body = back.block(*nexts, *collected)
        self.rewinder.miss(body, loop)
        unbound = self.payer.unbound if self.depth else ()
        kept = keep_for_loop(
            forward, body, self.known, self.types, b, unbound, self.rewinder.chains.replaced
        )
        for item, g in items:
            kept.sources.append((item, b.let(reversed, g)))
        if not kept.sources:
            turns(kept, self.known, self.types, b)
        item, over, opened = walk_along(kept, b)
        body = substitute(body, kept.mapping)
        body = Block((*opened, *kept.before, *body.stmts), body.results)
        params = (*seeds, *totals.values(), *again.values())
        outs = tuple(Var(seed.hint, seed.user) for seed in params)
        for k, out in zip(turned, outs[len(outs) - len(turned) :], strict=True):
            start = loop.init[k]
            if isinstance(start, Var):
                self.rewinder.undoes[out] = start
                self.types[out] = self.types.get(start)  # type: ignore[assignment]
        lists = tuple(Var(_plural(loop)) for _ in collected if isinstance(loop, For))
        b.add(For((*outs, *lists), item, over, params, tuple(init), body, loop.origin))
        # The totals took over what was owed so far: they come before what the start is owed.
        for var, out in zip(totals, outs[len(carried) :], strict=False):
            frame.owed[var] = out
        for k, out in zip(carried, outs, strict=False):
            first: Atom = self.payer.given(out, loop.carried[k], loop.init[k], b)
            if k in forgotten and first is out:
                first = self.payer.some(out, loop.init[k], b)
            self.payer.pay(frame, loop.init[k], first, b, source=loop.carried[k])
        if collected and isinstance(loop, For) and isinstance(loop.over, Var):
            in_order = b.let(operator.getitem, lists[0], b.let(slice, None, None, -1))
            if not refuse_whole(self.payer, loop.over, loop.origin):
                whole = walked_through(self.payer, in_order, loop.over, not loop.exits, b)
                self.payer.pay(frame, loop.over, whole, b)
        self.ahead += kept.ahead
        return kept.loop


def known_at(ready: Mapping[Var, Atom], var: Var, dead: bool) -> Atom:
    """Return a buffer as it was before an arm, which may have raised."""
    return Const(UNDEFINED) if dead else ready.get(var, var)


def _bound_inside(body: Block) -> set[Var]:
    """Return what is bound inside an attempt or a context only: there is no reading it later."""
    found = {stmt.error for stmt in statements(body) if isinstance(stmt, Try)}
    return found | {stmt.entered for stmt in statements(body) if isinstance(stmt, With)}


def _raises(block: Block) -> bool:
    return any(isinstance(stmt, Do) and stmt.fn is ops.raise_ for stmt in block.stmts)


def _plural(loop: For) -> str:
    """Return a name for the cotangents of all that a loop walks along."""
    one = adjoint(loop.each).hint
    whole = adjoint(loop.over).hint if isinstance(loop.over, Var) else ""
    return f"{one}s" if one else whole or "d_items"

"""Forward mode: tangents beside the values, statement by statement.

f(x, w):                    f_jvp(x, w, t_x):
    h = x * w                   h = x * w
    y = sin(h)          ->      t_h = t_x * w
    -> y                        y = sin(h)
                                t_y = cos(h) * t_h
                                -> y, t_y

A variable that does not move has no tangent: that is absence, never an array of zeros.  Where
arms of a branch differ, the one without gives zeros.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from srcgrad import runtime
from srcgrad.derive.apply import Payer, inert
from srcgrad.derive.carried import constructed, handler_of, walk_along
from srcgrad.derive.complexes import has_complex
from srcgrad.derive.pushing import pushed
from srcgrad.derive.records import is_record, is_record_class, taken_whole
from srcgrad.derive.side import side_by_side
from srcgrad.derive.turning import named, opened
from srcgrad.errors import refusal
from srcgrad.facts.activity import active
from srcgrad.facts.bound import maybe_unbound
from srcgrad.facts.kinds import Arr, Known, Num, Py, Type
from srcgrad.origin import Origin
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
from srcgrad.program.walk import statements


def forward(
    program: Program, wrt: Sequence[int], types: Mapping[Var, Type] | None = None
) -> Program:
    """Return the program that gives its results and the tangent of the first of them.

    Parameters
    ----------
    program : Program
        What to differentiate.
    wrt : sequence of int
        The positions of the parameters that move; for each there is one more parameter, its
        tangent.
    types : mapping, optional
        What is known of the variables.

    Raises
    ------
    NoRule
        If a call on something that moves has no derivative; all such calls are listed.
    """
    walker = Walker(program, wrt, types or {}, Helpers(), 1)
    return walker.program(f"{program.name}_jvp")


_ZEROS = (np.zeros, np.zeros_like, runtime.zeros_like)
"""What makes zeros: their tangent is made likewise."""


@dataclass(eq=False)
class Helpers:
    """The helpers with tangents made so far; one table for a whole program, for recursion."""

    complex: bool = False
    made: dict[tuple[Program, tuple[int, ...]], Program] = field(default_factory=dict)

    def derived(self, program: Program, wrt: tuple[int, ...]) -> Program:
        """Return the helper with tangents of these parameters, and of its result."""
        if (program, wrt) not in self.made:
            made = Program(f"{program.name}_pushed", (), Block((), ()), program.origin)
            self.made[program, wrt] = made
            whole = Walker(program, wrt, {}, self).helper(made.name)
            made.params, made.body = whole.params, whole.body
        return self.made[program, wrt]


class Walker:
    """Walks blocks forwards and puts what moves beside what is there."""

    def __init__(
        self,
        program: Program,
        wrt: Sequence[int],
        types: Mapping[Var, Type],
        helpers: Helpers,
        results: int | None = None,
    ) -> None:
        self.source = program
        self.helpers = helpers
        self.starts = [program.params[i] for i in wrt]
        self.tangents: dict[Var, Atom] = {}
        self.defs: dict[Var, Let] = {
            var: stmt
            for stmt in statements(program.body)
            if isinstance(stmt, Let)
            for var in stmt.targets
        }
        helpers.complex = helpers.complex or has_complex(types, self.defs.values())
        ends = program.body.results[:results]
        self.live = active(program, self.starts, inert, types, ends, turning=helpers.complex)
        unbound = maybe_unbound(program.body)
        self.payer = Payer(self.live, dict(types), (), unbound)
        self.payer.sizes = getattr(types, "sizes", self.payer.sizes)
        self.payer.complex = helpers.complex

    def program(self, name: str) -> Program:
        """Return the whole program with tangents, and that of its first result."""
        params, b = self.walked()
        first, *rest = self.source.body.results
        told = (Const(True),) if self.payer.complex else ()
        tangent = b.let(runtime.fresh, self.moving(first, b), first, *told, hint="t_value")
        return self.made(name, params, b.block(first, tangent, *rest))

    def helper(self, name: str) -> Program:
        """Return the program of a helper with the tangents of all its results."""
        params, b = self.walked()
        results = self.source.body.results
        tangents = [self.moving(atom, b) for atom in results]
        return self.made(name, params, b.block(*results, *tangents))

    def walked(self) -> tuple[list[Var], Builder]:
        """Walk the whole program; return the parameters for tangents and the statements."""
        source, b = self.source, Builder()
        params = [named(var) for var in self.starts]
        self.tangents.update(zip(self.starts, params, strict=True))
        self.block(source.body, b)
        if self.payer.problems:
            raise refusal(self.payer.problems)
        b.origin = beside(source.origin)
        return params, b

    def moving(self, atom: Atom, b: Builder) -> Atom:
        """Return the tangent of a result, zeros where it does not move."""
        return self.tangent(atom) or b.let(runtime.zeros_like, atom)

    def made(self, name: str, params: list[Var], body: Block) -> Program:
        source = self.source
        return Program(name, (*source.params, *params), body, source.origin, source.notes)

    def tangent(self, atom: Atom) -> Atom | None:
        """Return the tangent of an atom, or None where it does not move."""
        return self.tangents.get(atom) if isinstance(atom, Var) else None

    def zeros(self, atom: Atom, b: Builder) -> Atom:
        """Return the tangent of something that does not move."""
        if isinstance(atom, Const):
            value = atom.value
            if value is UNDEFINED or value is None:
                return atom
            number = isinstance(value, (bool, int, float, complex))
            return Const(0.0) if number else b.let(runtime.zeros_like, atom)
        kind = self.payer.kind(atom)
        number = isinstance(kind, (Py, Num)) or (isinstance(kind, Arr) and kind.scalar)
        if isinstance(kind, Known) and type(kind.value) in (bool, int, float, complex):
            number = True
        if number:
            return Const(0.0)
        if isinstance(kind, Known) and kind.value is None:
            return Const(None)
        if atom in self.payer.unbound:
            self.payer.refuse(
                self.source.origin,
                f"cannot tell how {atom.hint!r} moves",
                "It is not bound on every path, and where it is, it is constant on some.",
                "Bind it before.",
            )
            return Const(None)
        made = self.defs.get(atom)
        floats = isinstance(kind, Arr) and kind.dtype.kind in "fc"
        if floats and made is not None and made.fn in _ZEROS:
            return b.let(made.fn, *made.args, **dict(made.kwargs))  # type: ignore[arg-type]
        return b.let(runtime.zeros_like, atom)

    def given(self, atom: Atom, b: Builder) -> Atom:
        """Return the tangent of an atom, zeros where it does not move."""
        tangent = self.tangent(atom)
        return self.zeros(atom, b) if tangent is None else tangent

    def block(self, block: Block, b: Builder) -> None:
        """Add the statements of a block, and those of its tangents."""
        for stmt in block.stmts:
            self.statement(stmt, b)

    def statement(self, stmt: Stmt, b: Builder) -> None:
        b.origin = stmt.origin
        match stmt:
            case Let():
                self.let(stmt, b)
            case If():
                self.branch(stmt, b)
            case For() | While():
                self.loop(stmt, b)
            case Try() | With():
                self.attempt(stmt, b)
            case Do():
                b.add(stmt)

    def let(self, let: Let, b: Builder) -> None:
        atoms = (*let.args, *(atom for _, atom in let.kwargs))
        moves = not self.live.isdisjoint(let.targets)
        moves = moves and any(self.tangent(atom) is not None for atom in atoms)
        if moves and isinstance(let.fn, Program):
            self.call(let, b)
            return
        b.add(let)
        turns = self.payer.complex and let.fn is np.sign  # with a complex number, its sign turns
        if not moves or (inert(let.fn) and not turns):
            return
        before = len(b.stmts)
        b.origin = beside(let.origin)
        found = self.moved(replace(let, origin=b.origin), b)
        new = {v for s in b.stmts[before:] if not isinstance(s, Do) for v in s.targets}
        for var, tangent in zip(let.targets, found, strict=True):
            if tangent is None or var not in self.live:
                continue
            if tangent in new and isinstance(tangent, Var):
                name = named(var)
                tangent.hint, tangent.user = name.hint, name.user
            self.tangents[var] = tangent

    def moved(self, let: Let, b: Builder) -> tuple[Atom | None, ...]:
        """Return the tangents of what a call gives."""
        nothing = tuple(None for _ in let.targets)
        if taken_whole(self.payer, let):
            return nothing
        handler = handler_of(self, let)
        if handler is not None:
            return handler(self, let, b)
        if isinstance(let.fn, ops.Attribute) and is_record(self.payer, let):
            return (b.let(let.fn, self.tangent(let.args[0])),)
        if isinstance(let.fn, type) and is_record_class(let.fn):
            return (constructed(self, let, b)[0],)
        return (pushed(self, let, b),) if len(let.targets) == 1 else nothing

    def call(self, let: Let, b: Builder) -> None:
        """Call a helper with tangents, which gives that of its result."""
        assert isinstance(let.fn, Program)
        live = [i for i, atom in enumerate(let.args) if self.tangent(atom) is not None]
        wrt = closed(let.fn, tuple(live), self.helpers.complex)
        helper = self.helpers.derived(let.fn, wrt)
        b.origin = beside(let.origin)
        given = [self.given(let.args[i], b) for i in wrt]
        new = tuple(map(named, let.targets))
        targets = (*let.targets, *new)
        b.add(Let(targets, helper, (*let.args, *given), let.kwargs, let.origin))
        self.tangents.update(zip(let.targets, new, strict=True))

    def branch(self, stmt: If, b: Builder) -> None:
        if self.live.isdisjoint(stmt.targets):
            b.add(stmt)
            return
        places, then, orelse = self.arms(stmt, (stmt.then, stmt.orelse), b)
        if not places:
            b.add(replace(stmt, then=then, orelse=orelse))
            return
        new = tuple(named(stmt.targets[i]) for i in places)
        self.tangents.update((stmt.targets[i], t) for i, t in zip(places, new, strict=True))
        apart = side_by_side(stmt, then, orelse, new)
        b.add(*apart)

    def arms(
        self, stmt: If | Try | With, sides: Sequence[Block], b: Builder
    ) -> tuple[list[int], Block, Block]:
        """Walk the arms of a statement; return which targets move, and the arms with tangents."""
        builders = [Builder(stmt.origin) for _ in sides]
        for side, inner in zip(sides, builders, strict=True):
            self.block(side, inner)
        places = [
            i
            for i, var in enumerate(stmt.targets)
            if var in self.live and any(self.tangent(side.results[i]) is not None for side in sides)
        ]
        done = []
        for side, inner in zip(sides, builders, strict=True):
            inner.origin = beside(stmt.origin)
            dead = stops(side)
            more = [
                Const(UNDEFINED) if dead else self.given(side.results[i], inner) for i in places
            ]
            done.append(inner.block(*side.results, *more))
        return places, done[0], done[-1]

    def attempt(self, stmt: Try | With, b: Builder) -> None:
        """Put the tangents of an attempt, or of what runs in a context, beside its values."""
        if is_region(stmt):
            self.block(stmt.body, b)
            for var, atom in zip(stmt.targets, stmt.body.results, strict=True):
                b.add(Let((var,), ops.same, (atom,), (), stmt.origin))
                tangent = self.tangent(atom)
                if tangent is not None:
                    self.tangents[var] = tangent
            return
        sides = (stmt.body, stmt.handler) if isinstance(stmt, Try) else (stmt.body,)
        if isinstance(stmt, Try) and stmt.error in self.live:
            self.payer.refuse(
                stmt.origin,
                "cannot differentiate through an exception",
                "What it carries depends on what is differentiated.",
                "Compute it anew in the handler.",
            )
        places, body, handler = self.arms(stmt, sides, b)
        new = tuple(named(stmt.targets[i]) for i in places)
        self.tangents.update((stmt.targets[i], t) for i, t in zip(places, new, strict=True))
        targets = (*stmt.targets, *new)
        if isinstance(stmt, Try):
            b.add(replace(stmt, targets=targets, body=body, handler=handler))
        else:
            b.add(replace(stmt, targets=targets, body=body))

    def loop(self, loop: For | While, b: Builder) -> None:
        skip, n = int(loop.exits), len(loop.carried)
        ends = loop.targets[skip : skip + n]
        moving = [
            k for k, var in enumerate(loop.carried) if var in self.live or ends[k] in self.live
        ]
        each = isinstance(loop, For) and loop.each in self.live
        if not moving and not each and self.live.isdisjoint(loop.targets):
            b.add(loop)
            return
        params = tuple(named(loop.carried[k]) for k in moving)
        b.origin = beside(loop.origin)
        init = tuple(self.given(loop.init[k], b) for k in moving)
        self.tangents.update((loop.carried[k], t) for k, t in zip(moving, params, strict=True))
        inner = Builder(loop.origin)
        body = loop.body
        if isinstance(loop, For) and each and self.tangent(loop.over) is not None:
            loop, body = self.along(loop, inner, b)
        self.block(body, inner)
        inner.origin = beside(loop.origin)
        results = body.results
        nexts = [self.given(results[skip + k], inner) for k in moving]
        lists = [
            i
            for i in range(skip + n, len(loop.targets))
            if loop.targets[i] in self.live and self.tangent(results[i]) is not None
        ]
        collected = [self.given(results[i], inner) for i in lists]
        outs = tuple(named(ends[k]) for k in moving)
        more = tuple(named(loop.targets[i]) for i in lists)
        for var in more:
            var.hint = var.hint or "t_items"
        self.tangents.update((ends[k], t) for k, t in zip(moving, outs, strict=True))
        self.tangents.update((loop.targets[i], t) for i, t in zip(lists, more, strict=True))
        whole = inner.block(*results[: skip + n], *nexts, *results[skip + n :], *collected)
        b.add(
            replace(
                loop,
                targets=(*loop.targets[: skip + n], *outs, *loop.targets[skip + n :], *more),
                carried=(*loop.carried, *params),
                init=(*loop.init, *init),
                body=whole,
                snapshots=None,
            )
        )

    def along(self, loop: For, inner: Builder, b: Builder) -> tuple[For, Block]:
        """Let a loop go along tangents as well."""
        found = opened(self, loop, b)
        if found is not None:
            inner.add(*found.first)
            self.tangents.update(found.tangents)
            rest = Block(loop.body.stmts[1:], loop.body.results)
            return replace(loop, each=found.each, over=found.over), rest
        tangent = named(loop.each)
        pair, over = Var(""), b.let(zip, loop.over, walk_along(self, loop.over, b))
        inner.add(Let((loop.each, tangent), ops.unpack, (pair, Const(2)), (), loop.origin))
        self.tangents[loop.each] = tangent
        return replace(loop, each=pair, over=over), loop.body


def beside(origin: Origin | None) -> Origin | None:
    """Return the origin of what is put beside a statement."""
    return None if origin is None else replace(origin, derived=True)


def closed(program: Program, wrt: tuple[int, ...], turning: bool) -> tuple[int, ...]:
    """Add the parameters that move through the recursion itself."""
    while True:
        live = active(program, [program.params[i] for i in wrt], inert, turning=turning)
        more = set(wrt)
        for stmt in statements(program.body):
            if isinstance(stmt, Let) and stmt.fn is program:
                more |= {i for i, atom in enumerate(stmt.args) if atom in live}
        if len(more) == len(wrt):
            return wrt
        wrt = tuple(sorted(more))


def stops(block: Block) -> bool:
    """Tell whether a block always raises."""
    return any(isinstance(stmt, Do) and stmt.fn is ops.raise_ for stmt in block.stmts)

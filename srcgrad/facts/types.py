"""What type every variable of a program has, for arguments of given types.

    def f(x, b):             x: float64 (n,)   b: float64 scalar
        y = x * b            y: float64 (n,)
        return np.sum(y)     float64 scalar

Sizes are symbols, never numbers, unless the program itself says them: see `sizes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np

from srcgrad.facts.effects import out_of
from srcgrad.facts.joins import Joiner, items_of, truth
from srcgrad.facts.kinds import (
    UNKNOWN,
    Arr,
    Dim,
    Known,
    ListOf,
    Py,
    Seq,
    Size,
    Sym,
    Type,
)
from srcgrad.facts.linked import Linked, Span
from srcgrad.facts.purity import is_pure_call
from srcgrad.facts.shapes import result_type
from srcgrad.facts.sizes import Dims, Expr, New, Sizes, is_given, loosened, map_dims, newer
from srcgrad.facts.turns import Pairs, Steps, in_step
from srcgrad.facts.typed import ROOT, const_type
from srcgrad.program import ops
from srcgrad.program.nodes import (
    STAND_IN,
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

TURNS = 8
"""After so many rounds, what a loop still changes is given up."""

_NEVER = Known(UNDEFINED)


class Inferred(dict[Var, Type]):
    """The types of all variables, and the statements that taught an equality of two sizes.

    A statement in ``guards`` (by its first target) raises where the sizes differ: dropping it
    without a check in its place would make types that were derived from it wrong.  The sizes
    of those in ``hidden`` are none of arguments, or equal in a part of the program only, or
    something had happened before, so that no check may come ahead of it.
    """

    guards: set[Var]
    hidden: set[Var]
    sizes: Sizes
    count: int

    def of_argument(self, key: Any) -> bool:
        """Tell whether a size is that of an array in the arguments, or a number."""
        if isinstance(key, int):
            return True
        return is_given(key) and key[0][0] < self.count


Late = Mapping[tuple[int, str], Type]


def infer(program: Program, args: Sequence[Type], late: Late | None = None) -> Inferred:
    """Return the type of every variable, both arms of every branch joined.

    ``late`` gives types of globals and cells, by the identity of their container and the name.
    Sizes with equal keys are taken to be equal across arguments, unless the types come from
    `type_of` without a path.
    """
    run = _Inference(late or {}, in_step(program))
    run.types.count = len(program.params)
    for i, (param, kind) in enumerate(zip(program.params, args, strict=True)):
        run.bind(param, _named(kind, i))
    run.block(program.body)
    run.settle(list(run.types))
    return run.types


def _named(kind: Type, arg: Any) -> Type:
    """Tell apart the sizes of two arguments, and sizes of another analysis from those of this."""

    def key(old: Any) -> Any:
        if isinstance(old, Expr):
            return Expr(old.op, tuple(map(key, old.parts)))
        if isinstance(old, New):
            return ("given", old.serial)
        if isinstance(old, tuple) and old and isinstance(old[0], tuple) and old[0][:1] == ROOT:
            return (arg, old)
        return old

    def one(dim: Dim) -> Dim:
        return dim if isinstance(dim, int) else Sym(key(dim.key), dim.not_one)

    return map_dims(loosened(kind), one)


class _Inference:
    def __init__(self, late: Late, steps: Steps) -> None:
        self.steps = steps
        self.spans: dict[For | While, Span] = {}
        self.bases: list[int] = []
        self.types = Inferred()
        self.types.guards, self.types.hidden = set(), set()
        self.sizes = self.types.sizes = Sizes()
        self.linked = Linked(self.sizes)
        self.depth = 0
        self.acted = False
        self.bound: list[Var] = []
        self.late = late

    def bind(self, var: Var, kind: Type) -> None:
        if type(kind) is Py and kind.cls is int:
            kind = self.sizes.number()
        self.types[var] = kind
        self.bound.append(var)

    def atom(self, atom: Atom) -> Type:
        if isinstance(atom, Const):
            return const_type(atom.value)
        return self.types.get(atom, UNKNOWN)

    def block(self, block: Block) -> None:
        for stmt in block.stmts:
            self.statement(stmt)

    def arm(self, block: Block) -> list[Type]:
        """Infer a block that may not run: what it teaches about sizes holds inside it only."""
        start, mark = len(self.bound), self.sizes.mark()
        self.depth += 1
        self.block(block)
        self.depth -= 1
        results = [self.sizes.resolve(self.atom(atom)) for atom in block.results]
        if self.sizes.mark() > mark:
            self.settle(self.bound[start:])
        self.sizes.undo(mark)
        return results

    def settle(self, variables: Iterable[Var]) -> None:
        """Rename the sizes of variables by what was learned after they were bound."""
        if not self.sizes.parent:
            return
        resolve, types = self.sizes.resolve, self.types
        shapes: dict[int, tuple[Dims, Dims]] = {}  # by identity: many arrays share their sizes
        for var in variables:
            kind = types[var]
            if type(kind) is not Arr:
                types[var] = resolve(kind)
                continue
            _, new = shapes.get(id(kind.dims)) or (None, None)
            if new is None:
                new = resolve(kind).dims  # type: ignore[union-attr]
                shapes[id(kind.dims)] = (kind.dims, new)
            if new is not kind.dims:
                types[var] = Arr(kind.dtype, new, kind.scalar)

    def statement(self, stmt: Stmt) -> None:
        if type(stmt) is Let:
            self.let(stmt)
            return
        match stmt:
            case Do():
                self.check(stmt)
            case If():
                self.branch(stmt)
            case For() | While():
                self.loop(stmt)
            case Try():
                self.attempt(stmt)
            case With():
                self.bind(stmt.entered, UNKNOWN)
                self.block(stmt.body)
                for var, atom in zip(stmt.targets, stmt.body.results, strict=True):
                    self.bind(var, self.atom(atom))

    def attempt(self, stmt: Try) -> None:
        """Infer both blocks: how far the first one came is not known."""
        self.bind(stmt.error, UNKNOWN)
        joiner = Joiner(self.sizes)
        both = (self.arm(stmt.body), self.arm(stmt.handler))
        for var, a, b in zip(stmt.targets, *both, strict=True):
            self.bind(var, joiner(a, b))

    def check(self, stmt: Do) -> None:
        """Learn from a check of shapes, as `tidy.guard` writes them."""
        if stmt.fn is np.broadcast_shapes:
            shapes = shapes_given([self.atom(atom) for atom in stmt.args])
            if shapes is not None:
                self.sizes.broadcast(shapes)
        elif stmt.fn is not ops.mark:
            self.acted = True

    def let(self, let: Let) -> None:
        known = self.types
        kinds = [
            const_type(atom.value) if type(atom) is Const else known.get(atom, UNKNOWN)  # type: ignore[arg-type]
            for atom in let.args
        ]
        fn = let.fn
        if fn is ops.read_global or fn is ops.read_cell:
            self.bind(let.targets[0], self.read_late(let))
            return
        if self.late and isinstance(fn, ops.Attribute) and isinstance(let.args[0], Const):
            kind = self.of_object(let.args[0].value, fn.name)
            if kind is not UNKNOWN:
                self.bind(let.targets[0], kind)
                return
        if Known in map(type, kinds) and _NEVER in kinds:
            for var in let.targets:  # is never reached
                self.bind(var, Known(UNDEFINED))
            return
        if type(fn) is Program and "region" in fn.notes:
            self.region(let, fn, kinds)
            return
        mark = self.sizes.mark()
        if type(fn) is Program:
            out: Type = UNKNOWN
        elif (given := out_of(let)) is not None and isinstance(self.atom(given), Arr):
            out = self.atom(given)
        elif let.kwargs:
            kwargs = {name: self.atom(atom) for name, atom in let.kwargs}
            out = result_type(self.sizes, fn, kinds, kwargs)
        else:
            out = result_type(self.sizes, fn, kinds, {})
        if self.sizes.mark() > mark:
            self.types.guards.add(let.targets[0])
            learned = self.sizes.trail[mark:]
            pairs = [*learned, *(self.sizes.parent[key] for key in learned)]
            if self.depth or self.acted or not all(map(self.types.of_argument, pairs)):
                self.types.hidden.add(let.targets[0])
        self.acted = self.acted or not is_pure_call(let)
        if len(let.targets) == 1:
            self.bind(let.targets[0], out)
            return
        parts = items_of(self.sizes, out, len(let.targets))
        for var, kind in zip(let.targets, parts, strict=True):
            self.bind(var, kind)
        if let in self.steps.homes:
            self.in_step(self.steps.homes[let], self.steps.pairs.get(let, []))

    def region(self, let: Let, program: Program, kinds: list[Type]) -> None:
        """Infer the function of a region where it is called: nobody else calls it."""
        for param, kind in zip(program.params, kinds, strict=True):
            self.bind(param, kind)
        self.block(program.body)
        for var, atom in zip(let.targets, program.body.results, strict=True):
            self.bind(var, self.atom(atom))

    def in_step(self, home: For | While, pairs: Pairs) -> None:
        """Give what a loop back unpacks the types that it had in the turn that collected it."""
        if home not in self.spans:
            return
        span = self.spans[home]
        self.linked.enter(span)
        for var, atom in pairs:
            self.linked.link(self.atom(atom), self.atom(var))
        for var, atom in pairs:
            kind = self.types.get(atom) if isinstance(atom, Var) else None
            if isinstance(kind, (Arr, ListOf)):
                self.types[var] = self.sizes.resolve(self.linked.type(kind, span))

    def read_late(self, let: Let) -> Type:
        container, name = let.args
        if not isinstance(container, Const) or not isinstance(name, Const):
            return UNKNOWN
        kind = self.late.get((id(container.value), name.value), UNKNOWN)
        return _named(kind, ("late", id(container.value), name.value))

    def of_object(self, owner: Any, name: str) -> Type:
        """Return the type of an attribute of a known object or class, if it is a late read."""
        kind = self.late.get((id(owner), name), UNKNOWN)
        return _named(kind, ("late", id(owner), name))

    def branch(self, stmt: If) -> None:
        test = truth(self.atom(stmt.test))
        if test is not None:
            arm = stmt.then if test else stmt.orelse
            self.block(arm)
            kinds = [self.atom(atom) for atom in arm.results]
        else:
            joiner = Joiner(self.sizes)
            arms = (self.arm(stmt.then), self.arm(stmt.orelse))
            ends = zip(stmt.then.results, stmt.orelse.results, strict=True)
            kinds = [
                b if end is STAND_IN else a if other is STAND_IN else joiner(a, b)
                for (end, other), a, b in zip(ends, *arms, strict=True)
            ]
        for var, kind in zip(stmt.targets, kinds, strict=True):
            self.bind(var, kind)

    def loop(self, loop: For | While) -> None:
        since, start = self.sizes.serial, len(self.bound)
        self.bases.append(since)
        head = [self.atom(atom) for atom in loop.init]
        skip = int(loop.exits)
        for turn in count():
            del self.bound[start:]
            results = self.turn(loop, head)
            joiner = Joiner(self.sizes)
            new = [joiner(a, b) for a, b in zip(head, results[skip:], strict=False)]
            if _signature(new, since) == _signature(head, since):
                break
            if turn > TURNS:
                new = [a if a == b else UNKNOWN for a, b in zip(head, new, strict=True)]
            head = new
        self.spans[loop] = Span(self.bases[0], since, self.sizes.serial)
        self.bases.pop()
        outs: list[Type] = [Py(int)] * skip + self.final(head, since)
        for kind in results[skip + len(head) :]:
            outs.append(ListOf(list, self.sizes.as_item(kind, since)))
        for var, kind in zip(loop.targets, outs, strict=True):
            self.bind(var, kind)

    def final(self, head: list[Type], since: int) -> list[Type]:
        """Give the sizes after a loop names of their own: what is learned of them holds there."""
        names: dict[Any, Sym] = {}

        def one(dim: Dim) -> Dim:
            if isinstance(dim, int) or not newer(dim.key, since):
                return dim
            if dim.key not in names:
                names[dim.key] = self.sizes.fresh()
            return Sym(names[dim.key].key, dim.not_one)

        return [map_dims(kind, one) for kind in head]

    def turn(self, loop: For | While, head: list[Type]) -> list[Type]:
        for var, kind in zip(loop.carried, head, strict=True):
            self.bind(var, kind)
        if isinstance(loop, For):
            items = items_of(self.sizes, self.atom(loop.over), None)
            self.bind(loop.each, items[0])
            if loop in self.steps.each:
                home, atom = self.steps.each[loop]
                self.in_step(home, [(loop.each, atom)])
        else:
            self.arm(loop.test)
        return self.arm(loop.body)


def _signature(kinds: list[Type], since: int) -> list[Type]:
    """Name the sizes made inside a loop by their first occurrence, so that turns compare."""
    names: dict[Any, Sym] = {}

    def one(dim: Dim) -> Dim:
        if isinstance(dim, int) or not newer(dim.key, since):
            return dim
        name = names.setdefault(dim.key, Sym(New(-1 - len(names))))
        return Sym(name.key, dim.not_one)

    return [map_dims(kind, one) for kind in kinds]


def shapes_given(kinds: Sequence[Type]) -> list[tuple[Dim, ...]] | None:
    """Return the shapes that ``np.broadcast_shapes`` is called with, if they are known."""
    shapes = []
    for kind in kinds:
        dims = [_size(item) for item in (kind.items if isinstance(kind, Seq) else (kind,))]
        if any(dim is None for dim in dims):
            return None
        shapes.append(tuple(dim for dim in dims if dim is not None))
    return shapes


def _size(kind: Type) -> Dim | None:
    if isinstance(kind, Size):
        return kind.dim
    return kind.value if isinstance(kind, Known) and type(kind.value) is int else None

"""The passes in order, top to bottom: read a function, derive, tidy, write, load.

stages(loss, (0,), (w, X, y))  ->  [("lift", <Program>), ..., ("prune", <Program>)]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad.derive.forward import forward
from srcgrad.derive.marked import marked, unmarked
from srcgrad.derive.results import grouped, nested, one_number, one_tuple, two_results
from srcgrad.derive.reverse import reverse, split
from srcgrad.errors import Aliased, refusal
from srcgrad.facts.kinds import (
    UNKNOWN,
    Arr,
    DictOf,
    Known,
    ListOf,
    Map,
    Py,
    Rec,
    Seq,
    Type,
)
from srcgrad.facts.late import late_types
from srcgrad.facts.sizes import loosened
from srcgrad.facts.typed import const_type
from srcgrad.facts.types import Inferred, infer
from srcgrad.facts.writes import aliased_writes
from srcgrad.options import Options, PairOptions, PushOptions
from srcgrad.program.check import check
from srcgrad.program.nodes import Block, Const, Program
from srcgrad.program.walk import alike
from srcgrad.read.later import later
from srcgrad.read.lift import lift
from srcgrad.read.settle import settle
from srcgrad.read.unbundle import unbundled
from srcgrad.runtime.checkpoints import Snapshots
from srcgrad.tidy.again import again
from srcgrad.tidy.alike import united
from srcgrad.tidy.detach import detach
from srcgrad.tidy.finish import finish
from srcgrad.tidy.fresh import freshen
from srcgrad.tidy.guard import guard
from srcgrad.tidy.hoist import hoist
from srcgrad.tidy.merge import merge
from srcgrad.tidy.outer import outer
from srcgrad.tidy.outline import everywhere, inlined, outline
from srcgrad.tidy.peel import peeled
from srcgrad.tidy.prune import prune
from srcgrad.tidy.reread import reread
from srcgrad.tidy.share import share
from srcgrad.tidy.sign import sign
from srcgrad.tidy.simplify import simplify
from srcgrad.tidy.sink import sink
from srcgrad.tidy.specialise import specialise

Stages = list[tuple[str, Program]]
CHECKED = frozenset(
    "lift unbundle later settle reverse forward detach freshen nest outline".split()
)
"""The passes whose programs are checked in any case; the others are if the stages are asked for."""


def lifted(
    function: Callable[..., Any],
    statics: Mapping[str, Any],
    types: tuple[Type, ...] | None = None,
) -> Program:
    """Return the program of a function, or of a gradient that was made before."""
    make = getattr(function, "__srcgrad_program__", None)
    program = lift(function, statics) if make is None else make(statics, types)
    if program.name == "<lambda>":
        program = replace(program, name="lambda")
    return check(program, "lift")


def gradient(
    program: Program,
    options: Options,
    types: tuple[Type, ...] | None = None,
    stages: Stages | None = None,
    told: bool = False,
) -> tuple[Program, dict[Any, Type] | None]:
    """Return the tidy program of the gradient and the types of its variables.

    Parameters
    ----------
    program : Program
        What `lifted` returned.
    options : Options
        What is asked for.
    types : tuple of Type, optional
        The types of the arguments; without them the program works for all.
    stages : list, optional
        Gets the program after each pass.
    told : bool
        Whether there may be complex numbers of which the program does not tell.
    """
    work = _Work(program, types, stages)
    work.step("lift", inlined(program))
    if options.aux:
        work.step("two results", two_results(work.program))
    work.specialise()
    work.settle()
    work.step("one number", one_number(work.program, work.known))
    work.mark(options.checkpoint)
    before = work.known
    value, aux = options.value, options.aux
    work.step(
        "reverse",
        reverse(work.program, options.wrt, work.partly(), value=value, aux=aux, told=told),
    )
    work.tidy()
    work.guard(before)
    several, count = options.several, len(options.wrt)
    work.step("nest", nested(work.program, count, several=several, value=value, aux=aux))
    return work.program, work.known


def pair(
    program: Program, options: PairOptions, types: tuple[Type, ...]
) -> tuple[Program, Program, dict[Any, Type] | None, dict[Any, Type] | None]:
    """Return the two halves of a vjp and the types of their variables.

    The first takes the arguments and gives ``(results, kept)``; the second takes a cotangent
    of the first result and what was kept.
    """
    work = _Work(program, types, None)
    work.step("lift", inlined(program))
    if options.aux:
        work.step("two results", two_results(work.program))
    work.specialise()
    work.settle()
    work.mark(options.checkpoint)
    count = len(work.program.body.results)
    forward, backward = split(work.program, options.wrt, work.known)
    first = _Work(forward, types, None)
    first.tidy()
    first.guard(work.known)
    first.infer()
    assert first.known is not None
    results = (first.program.body.results[0], *first.program.body.results[count:])
    kinds = tuple(_outside(_kind(atom, first.known)) for atom in results)
    second = _Work(backward, (_cotangent(kinds[0]), *kinds[1:]), None)
    second.tidy()
    second.infer()
    forward = grouped(first.program, count)
    backward = nested(
        second.program, len(options.wrt), several=options.several, value=False, aux=False
    )
    return check(forward, "split"), check(backward, "split"), first.known, second.known


def pushforward(
    program: Program,
    options: PushOptions,
    types: tuple[Type, ...] | None = None,
    stages: Stages | None = None,
) -> tuple[Program, dict[Any, Type] | None]:
    """Return the tidy program of a jvp and the types of its variables.

    It takes the arguments and the tangents of those that move, and gives the value, its tangent
    and the auxiliary result.  The arguments are as for `gradient`.
    """
    work = _Work(program, types, stages)
    work.step("lift", unmarked(inlined(program)))
    if options.aux:
        work.step("two results", two_results(work.program))
    work.specialise()
    work.settle()
    before = work.known
    made = forward(work.program, options.wrt, work.partly())
    if types is not None:
        work.arguments = (*types, *(tangent_type(types[i]) for i in options.wrt))
    if not options.value:
        made = replace(made, body=Block(made.body.stmts, made.body.results[1:]))
    work.step("forward", made)
    work.tidy()
    work.guard(before)
    if len(work.program.body.results) > 1:
        work.step("nest", one_tuple(work.program))
    work.infer()
    return work.program, work.known


def tangent_type(kind: Type) -> Type:
    """Return the type of a tangent of a value: of its structure, floats for its numbers."""
    match kind:
        case Seq(cls, items):
            return Seq(cls, tuple(map(tangent_type, items)))
        case ListOf(cls, item):
            return ListOf(cls, tangent_type(item))
        case Map(cls, keys, items):
            return Map(cls, keys, tuple(map(tangent_type, items)))
        case DictOf(cls, key, item):
            return DictOf(cls, key, tangent_type(item))
        case Rec(cls, fields, items):
            return Rec(cls, fields, tuple(map(tangent_type, items)))
        case Arr(dtype, _, scalar) if scalar and dtype.kind not in "fc":
            return Py(float)
        case Known(None | str()):
            return Known(None)
    return _cotangent(kind)


def _kind(atom: Any, known: Mapping[Any, Type]) -> Type:
    return const_type(atom.value) if isinstance(atom, Const) else known.get(atom, UNKNOWN)


def _outside(kind: Type) -> Type:
    """Return a type without the whole numbers that only mean something in its own program."""
    match kind:
        case ListOf(cls, item):
            return ListOf(cls, _outside(item))
        case DictOf(cls, key, item):
            return DictOf(cls, _outside(key), _outside(item))
        case Seq(cls, items):
            return Seq(cls, tuple(map(_outside, items)))
        case Map(cls, keys, items):
            return Map(cls, keys, tuple(map(_outside, items)))
        case Rec(cls, fields, items):
            return Rec(cls, fields, tuple(map(_outside, items)))
    return loosened(kind)


def _cotangent(kind: Type) -> Type:
    """Return the type of a cotangent of a value: what `runtime.fresh` makes like its zeros."""
    match kind:
        case Arr(dtype, dims, scalar) if dtype.kind not in "fc":
            return Py(float) if scalar else Arr(np.dtype(float), dims)
        case Arr():
            return kind
        case Py(cls):
            return kind if cls is complex else Py(float)
        case Known(int() | float()):
            return Py(float)
    return UNKNOWN


class _Work:
    """A program on its way through the passes, with the types of its variables."""

    def __init__(
        self, program: Program, types: tuple[Type, ...] | None, stages: Stages | None
    ) -> None:
        self.program = program
        self.arguments = types
        self.known: dict[Any, Type] | None = None
        self.inferred: Block | None = None
        self.stages = stages
        self.late = late_types(program) if types is not None else {}

    def step(self, name: str, program: Program) -> None:
        """Go on with what a pass returned."""
        if alike(self.program.body, program.body) and self.program.params == program.params:
            program = replace(program, body=self.program.body)
        elif self.stages is not None or name in CHECKED:
            check(program, name)
        self.program = program
        if self.stages is not None:
            self.stages.append((name, program))

    def specialise(self) -> None:
        """Find the types of all variables and decide what they decide."""
        if self.arguments is None:
            return
        self.infer()
        assert self.known is not None
        self.step("specialise", specialise(self.program, self.known))

    def settle(self) -> None:
        """Turn writes into values; refuse those that another name would see."""
        self.infer()
        if self.program.notes.get("effects"):
            self.step("settle", self.settled())
            self.infer()
        if self.known is not None and (problems := aliased_writes(self.program, self.known)):
            raise refusal(problems)

    def settled(self) -> Program:
        """Turn writes into values; where it is not clear what they write, views are taken later."""
        try:
            return settle(self.program, self.partly())
        except Aliased as error:
            plain = self.program
            self.step("unbundle", unbundled(plain))
            self.infer()
            for _ in range(3):  # what is taken later may show what else is a view
                before = self.program
                self.step("later", later(before, self.partly()))
                self.infer()
                if self.program is before:
                    break
            if self.program is plain:
                raise
            try:
                return settle(self.program, self.partly())
            except Aliased:
                raise error from None

    def mark(self, checkpoint: Snapshots | None) -> None:
        """Choose the loops of which only snapshots are kept."""
        self.step("mark", marked(self.program, checkpoint, self.partly()))
        self.infer()

    def infer(self) -> None:
        """Find the types of all variables."""
        if self.arguments is not None and self.inferred is not self.program.body:
            self.known = infer(self.program, self.arguments, self.late)
            self.inferred = self.program.body

    def guard(self, before: dict[Any, Type] | None) -> None:
        """Check the sizes that the program it was made of found equal, where nothing else does."""
        self.infer()
        if isinstance(before, Inferred) and isinstance(self.known, Inferred):
            assert self.arguments is not None
            program, changed = guard(self.program, self.arguments, before, self.known)
            if changed:
                self.step("guard", program)
                self.infer()

    def partly(self) -> dict[Any, Type]:
        """Return what is known of the variables, also where nothing is known of the arguments."""
        if self.known is not None:
            return self.known
        return infer(self.program, (UNKNOWN,) * len(self.program.params), {})

    def tidy(self) -> None:
        """Make the program smaller; nothing here is needed for correctness."""
        for turn in range(3):
            before = self.program
            self.specialise()
            self.step("peel", peeled(self.program))
            self.infer()
            self.step("simplify", simplify(self.program, self.known))
            if turn and alike(before.body, self.program.body):
                break
            before = self.program
            self.step("merge", merge(self.program))
            merged = self.program.body is not before.body
            self.step("share", share(self.program))
            self.step("prune", prune(self.program, self.known))
            self.step("hoist", hoist(self.program, self.known))
            if turn and not merged:
                break
        self.step("again", again(self.program))
        self.infer()
        if self.known is not None:
            self.step("reread", reread(self.program, self.known))
            self.step("sign", sign(self.program))
            self.step("outer", outer(self.program, self.known))
            self.step("sink", sink(self.program))
        self.step("outline", outline(self.program, self.known))
        if (known := self.known) is not None:
            self.everywhere("detach", lambda p: detach(p, known))
            self.everywhere("freshen", lambda p: freshen(p, known))
            self.everywhere("finish", lambda p: finish(p, known))
            self.everywhere("prune", lambda p: prune(p, known, last=True))
            self.inferred = self.program.body
        self.step("unite", united(self.program, self.known))
        self.inferred = self.program.body

    def everywhere(self, name: str, work: Callable[[Program], Program]) -> None:
        """Let a pass work on the program and on the functions made of its regions."""
        self.step(name, everywhere(self.program, work))

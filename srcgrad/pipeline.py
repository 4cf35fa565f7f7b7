"""The passes in order, top to bottom: read a function, derive, tidy, write, load.

stages(loss, (0,), (w, X, y))  ->  [("lift", <Program>), ..., ("prune", <Program>)]
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from srcgrad.derive.complexes import speaks_of_complex
from srcgrad.derive.forward import forward
from srcgrad.derive.marked import marked, unmarked
from srcgrad.derive.results import grouped, nested, one_number, one_tuple, two_results
from srcgrad.derive.reverse import reverse, split
from srcgrad.errors import Aliased, refusal
from srcgrad.facts.kinds import (
    UNKNOWN,
    Arr,
    DictOf,
    Dim,
    Known,
    ListOf,
    Map,
    Py,
    Rec,
    Seq,
    Sym,
    Type,
)
from srcgrad.facts.late import late_types
from srcgrad.facts.objects import wanted
from srcgrad.facts.shapes_complex import is_complex, leaves
from srcgrad.facts.sizes import loosened, map_dims
from srcgrad.facts.typed import const_type, type_of
from srcgrad.facts.types import Inferred, infer
from srcgrad.facts.values import equal_sizes, small_sizes
from srcgrad.facts.writes import aliased_writes
from srcgrad.program.check import check
from srcgrad.program.nodes import Block, Const, Program
from srcgrad.program.walk import alike, substitute
from srcgrad.read.later import later
from srcgrad.read.lift import lift
from srcgrad.read.settle import settle
from srcgrad.read.unbundle import unbundled
from srcgrad.read.values import Root
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
from srcgrad.write.load import load
from srcgrad.write.source import Written, standalone, write

Stages = list[tuple[str, Program]]
CHECKED = frozenset(
    "lift unbundle later settle reverse forward detach freshen nest outline".split()
)
"""The passes whose programs are checked in any case; the others are if the stages are asked for."""


@dataclass(frozen=True)
class Options:
    """What to make of a function: positions of parameters, and what else to return."""

    wrt: tuple[int, ...] = (0,)
    several: bool = False
    value: bool = False
    aux: bool = False
    checkpoint: Snapshots | None = None


@dataclass(frozen=True)
class PairOptions:
    """What a vjp pays back to, and whether there is an auxiliary result."""

    wrt: tuple[int, ...]
    several: bool
    aux: bool
    checkpoint: Snapshots | None = None
    of: Options | None = None


@dataclass(frozen=True)
class PushOptions:
    """Which parameters move in a jvp, and what is returned besides the tangent.

    With ``of``, it is the gradient asked for there that moves, not the function itself.
    """

    wrt: tuple[int, ...]
    aux: bool = False
    value: bool = True
    of: Options | None = None


@dataclass(frozen=True)
class Signature:
    """What is known of the arguments: their types, and the functions and modules among them."""

    types: tuple[Type, ...] | None
    statics: Mapping[str, Any] = field(default_factory=dict)
    equal: Mapping[Any, Any] = field(default_factory=dict)
    small: Mapping[Any, int] = field(default_factory=dict)

    def types_for(self, program: Program) -> tuple[Type, ...]:
        """Return the types of the arguments; a program that writes is made for sizes that agree.

        Which parts of arrays are of one shape is hardly ever to be seen from slices alone.
        """
        types = asked_types(program, self)
        if program.notes.get("exact"):
            types = tuple(map_dims(kind, self._exact) for kind in types)
        if not program.notes.get("effects") or not self.equal:
            return types
        return tuple(map_dims(kind, self._shared) for kind in types)

    def _shared(self, dim: Dim) -> Dim:
        key = self.equal.get(dim.key) if isinstance(dim, Sym) else None
        return dim if key is None or isinstance(dim, int) else Sym(key, dim.not_one)

    def _exact(self, dim: Dim) -> Dim:
        return self.small.get(dim.key, dim) if isinstance(dim, Sym) else dim


def signature_of(args: Sequence[Any], statics: Mapping[str, Any]) -> Signature:
    """Return what is known of these arguments; ``statics`` are by name of the parameter."""
    types = tuple(type_of(arg, (i,)) for i, arg in enumerate(args))
    return Signature(types, statics, equal_sizes(args), small_sizes(args))


def asked_types(program: Program, signature: Signature) -> tuple[Type, ...]:
    """Return the types of the arguments, with those attributes of objects that are looked at."""
    assert signature.types is not None
    found = list(signature.types)
    for i, param in enumerate(program.params):
        paths = [s for root, s in program.notes.get("paths", ()) if _is_param(root, i)]
        if paths and param.hint in signature.statics:
            found[i] = type_of(signature.statics[param.hint], (i,), wanted(paths))
    return tuple(found)


def _is_param(root: Any, index: int) -> bool:
    return root.kind == "param" and root.name == str(index)


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


class _Asked(threading.local):
    """What gradients inside a program are made for, while it is lifted, and whether there are."""

    told = False
    used = False


_asked = _Asked()


def inner(program: Program, options: Options, types: tuple[Type, ...] | None) -> Program:
    """Return the program of a gradient that another program calls."""
    _asked.used = True
    return gradient(program, options, types, told=_asked.told)[0]


def lifted_for(function: Callable[..., Any], signature: Signature | None) -> Program:
    """Return the program of a function; gradients in it know if there are complex numbers."""
    types = signature.types if signature else None
    statics = signature.statics if signature else {}
    before = _asked.told, _asked.used
    _asked.told = _asked.used = False
    try:
        program = lifted(function, statics, types)
        if _asked.used and types is not None and _is_complex(program, types):
            _asked.told = True
            program = lifted(function, statics, types)
        return program
    finally:
        _asked.told, _asked.used = before


def _is_complex(program: Program, types: Sequence[Type]) -> bool:
    kinds = [*types, *late_types(program).values()]
    return speaks_of_complex(program) or any(is_complex(leaf) for k in kinds for leaf in leaves(k))


def built(
    function: Callable[..., Any],
    options: Options,
    signature: Signature | None = None,
    stages: Stages | None = None,
) -> tuple[Written, Program]:
    """Return the source of the gradient, and the program that the function was lifted to."""
    with np.errstate(all="ignore"):
        types = signature.types if signature else None
        program = lifted_for(function, signature)
        if signature is not None and types is not None:
            types = signature.types_for(program)
        made, known = gradient(program, options, types, stages)
        program = replace(program, notes={**program.notes, **_assumed(made)})
        return write(made, known, namespace=_namespace(function)), program


def compiled(
    function: Callable[..., Any], options: Options, signature: Signature
) -> tuple[Callable[..., Any], Program]:
    """Return the gradient for such arguments as a function, and the lifted program."""
    written, program = built(function, options, signature)
    return load(written), program


def derivative(
    program: Program, options: Options | None, types: tuple[Type, ...] | None
) -> Program:
    """Return the program of a gradient, to be differentiated again; the program itself for None."""
    return program if options is None else gradient(unmarked(program), options, types)[0]


def built_push(
    function: Callable[..., Any],
    options: PushOptions,
    signature: Signature | None = None,
    stages: Stages | None = None,
) -> tuple[Written, Program]:
    """Return the source of a jvp, and the program that the function was lifted to."""
    with np.errstate(all="ignore"):
        types = signature.types if signature else None
        program = lifted_for(function, signature)
        if signature is not None and types is not None:
            types = signature.types_for(program)
        moving = derivative(program, options.of, types)
        made, known = pushforward(moving, options, types, stages)
        program = replace(program, notes={**program.notes, **_assumed(made)})
        return write(made, known, namespace=_namespace(function)), program


def compiled_push(
    function: Callable[..., Any], options: PushOptions, signature: Signature
) -> tuple[Callable[..., Any], Program]:
    """Return the jvp for such arguments as a function, and the lifted program."""
    written, program = built_push(function, options, signature)
    return load(written), program


def compiled_pair(
    function: Callable[..., Any], options: PairOptions, signature: Signature
) -> tuple[Callable[..., Any], Callable[..., Any], Program]:
    """Return the two halves of a vjp for such arguments, and the lifted program."""
    with np.errstate(all="ignore"):
        program = lifted_for(function, signature)
        types = signature.types_for(program)
        paid = derivative(program, options.of, types)
        forward, backward, known, back_known = pair(paid, options, types)
        program = replace(program, notes={**program.notes, **_assumed(forward)})
        space = _namespace(function)
        first = load(write(forward, known, namespace=space))
        second = load(write(backward, back_known, namespace=space))
        return first, second, program


def _assumed(made: Program) -> dict[str, Any]:
    """Return what has to hold of the arguments in memory, where some of them are written."""
    return {name: made.notes[name] for name in ("written", "packed") if name in made.notes}


def saved(
    function: Callable[..., Any], options: Options, signature: Signature | None = None
) -> str:
    """Return the text of a module that holds the gradient."""
    return standalone(built(function, options, signature)[0])


def with_constant(program: Program, value: Any) -> Program:
    """Return a program with its first parameter, an object, built in."""
    first, *params = program.params
    notes = dict(program.notes)
    notes["paths"] = tuple(_shifted(root, value, s) for root, s in notes.get("paths", ()))
    constant = Const(value)
    body = substitute(program.body, {first: constant})
    return Program(program.name, tuple(params), body, program.origin, notes)


def _shifted(root: Root, value: Any, steps: Any) -> tuple[Root, Any]:
    if root.kind == "param":
        before = root.name == "0"
        root = Root("object", value, "") if before else replace(root, name=str(int(root.name) - 1))
    return root, steps


def stages_of(
    function: Callable[..., Any],
    options: Options,
    args: Sequence[Any] | None = None,
    statics: Mapping[str, Any] | None = None,
) -> Stages:
    """Return the program after each pass, without types or for example arguments."""
    found: Stages = []
    signature = None if args is None else signature_of(args, statics or {})
    built(function, options, signature, found)
    return found


def stages(
    function: Callable[..., Any], wrt: tuple[int, ...] = (0,), args: Sequence[Any] | None = None
) -> Stages:
    """Do as `stages_of`, for the gradient in the parameters at these positions."""
    return stages_of(function, Options(wrt, len(wrt) > 1), args)


def _namespace(function: Any) -> dict[str, Any] | None:
    while hasattr(function, "__srcgrad_program__"):
        function = function.primal
    return getattr(function, "__globals__", None)

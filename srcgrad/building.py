"""From a function to the source of its derivative, and to what runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad.derive.complexes import speaks_of_complex
from srcgrad.derive.marked import unmarked
from srcgrad.errors import NoRule
from srcgrad.facts.kinds import (
    UNKNOWN,
    Type,
)
from srcgrad.facts.late import late_types
from srcgrad.facts.shapes_complex import is_complex, leaves
from srcgrad.facts.types import infer
from srcgrad.options import Options, PairOptions, PushOptions, Signature, signature_of
from srcgrad.pipeline import Stages, gradient, lifted, pair, pushforward
from srcgrad.program.nodes import Const, Program
from srcgrad.program.walk import substitute
from srcgrad.read.values import Root
from srcgrad.write.load import load
from srcgrad.write.source import Written, standalone, write


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
    if options is None:
        return program
    told = _is_complex(program, types or ())
    return gradient(unmarked(program), options, types, told=told)[0]


def _refuse_unsure(program: Program, gradient_: Program, types: tuple[Type, ...] | None) -> None:
    """Refuse to push a gradient forward in which some numbers may be real or complex."""
    if not _is_complex(program, types or ()):
        return
    kinds = [UNKNOWN] if types is None else infer(gradient_, types).values()
    found = {is_complex(leaf) for kind in kinds for leaf in leaves(kind)}
    if None in found and (True in found or types is None):
        raise NoRule.at(
            program.origin,
            f"cannot differentiate the gradient of {program.name!r} once more",
            "Of some of its values it is not known whether they are complex.",
            "Compute with complex numbers from the start (0j in the place of 0.0).",
        )


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
        if options.of is not None or hasattr(function, "__srcgrad_program__"):
            _refuse_unsure(program, moving, types)
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

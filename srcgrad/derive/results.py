"""What a function to differentiate returns: one real number, and perhaps something else beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.errors import NotScalar
from srcgrad.facts.kinds import Arr, Known, ListOf, Map, Num, Other, Py, Rec, Seq, Type
from srcgrad.facts.shapes_complex import is_complex
from srcgrad.origin import Origin
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Atom, Block, Const, Do, If, Let, Program, Stmt, Var
from srcgrad.program.walk import statements, targets, uses


def two_results(program: Program) -> Program:
    """Return a program with the two items of its result as results of their own.

    -> (loss, aux)    ->    -> loss, aux
    """
    body = _opened(program.body, 0)
    return replace(program, body=body)


def _opened(block: Block, place: int) -> Block:
    """Replace the result at a place, a pair, by the two items of it."""
    pair = block.results[place]
    stmts = list(block.stmts)
    for i, stmt in enumerate(stmts):
        if pair not in targets(stmt):
            continue
        if isinstance(stmt, Let) and stmt.fn is ops.make_tuple and len(stmt.args) == 2:
            return _with(block, stmts, place, stmt.args)
        if isinstance(stmt, If) and uses(block).get(pair, 0) == 1:  # type: ignore[arg-type]
            at = stmt.targets.index(pair)  # type: ignore[arg-type]
            parts = (Var("loss"), Var("aux"))
            outs = (*stmt.targets[:at], *parts, *stmt.targets[at + 1 :])
            then, orelse = _opened(stmt.then, at), _opened(stmt.orelse, at)
            stmts[i] = replace(stmt, targets=outs, then=then, orelse=orelse)
            return _with(block, stmts, place, parts)
    if isinstance(pair, Const):
        return _with(block, stmts, place, (pair, pair))
    parts = (Var("loss"), Var("aux"))
    stmts.append(Let(parts, ops.unpack, (pair, Const(2)), (), _origin_of(block, pair)))
    return _with(block, stmts, place, parts)


def _with(block: Block, stmts: list[Stmt], place: int, parts: tuple[Atom, ...]) -> Block:
    results = (*block.results[:place], *parts, *block.results[place + 1 :])
    return Block(tuple(stmts), results)


def _origin_of(block: Block, atom: Atom) -> Origin | None:
    return next((s.origin for s in statements(block) if atom in targets(s)), None)


def one_number(program: Program, types: Mapping[Var, Type] | None) -> Program:
    """Return the program if its first result is one real number.

    Where that is not known, it looks when it runs.

    Raises
    ------
    NotScalar
        If it is something else.
    """
    result = program.body.results[0]
    if types is None:
        return program
    kind = types.get(result) if isinstance(result, Var) else Known(result.value)
    what = _not_a_number(kind)
    if what is not None:
        where = _origin_of(program.body, result) or program.origin
        raise NotScalar.at(where, *not_scalar(program.name, what))
    if kind is None or not isinstance(kind, (Py, Num, Arr, Known)) or _in_doubt(kind, types):
        stmts = (*program.body.stmts, Do(runtime.one_number, (result,)))
        return replace(program, body=Block(stmts, program.body.results))
    return program


def _in_doubt(kind: Type, types: Mapping[Var, Type]) -> bool:
    """Tell whether a number may be complex in a program that has complex numbers.

    Of real ones it is the root of a negative one, which is noticed where its derivative is.
    """
    if not isinstance(kind, Num) or is_complex(kind) is False:
        return False
    return any(map(is_complex, types.values()))


def not_scalar(name: str, what: str) -> tuple[str, str, str]:
    """Return the three sentences on a function that does not return one real number."""
    instead = "Reduce it to one number, as np.sum or np.mean do; for any other result use vjp."
    if what.startswith("a tuple of 2"):
        instead = "Return the number alone; or return (loss, aux) and ask for has_aux=True."
    if what == "None":
        instead = "Add a return statement on every path."
    if what == "a complex number":
        instead = "Return a real number of it, as abs(z) ** 2 or z.real."
    return (
        f"the result of {name!r} is not one real number",
        f"It returns {what}, and a gradient is that of one real number.",
        instead,
    )


def _not_a_number(kind: Type | None) -> str | None:
    match kind:
        case Known(value) if value is None or isinstance(value, (str, bool)):
            return repr(value)
        case Num(options):
            # A power of a float is a float or complex; which one, only the run can tell.
            found = [_not_a_number(option) for option in options]
            return found[0] if all(found) else None
        case Py(cls) if cls is bool:
            return "a bool"
        case Py(cls) if cls is complex:
            return "a complex number"
        case Known(complex()):
            return "a complex number"
        case Arr(dtype, dims) if dims:
            return f"an array of {len(dims)} dimension{'s' if len(dims) > 1 else ''}"
        case Arr(dtype) if np.issubdtype(dtype, np.complexfloating):
            return "a complex number"
        case Arr(dtype) if dtype.kind not in "fiu":
            return f"a value of {dtype}"
        case Seq(cls, items):
            return f"a {cls.__name__} of {len(items)}"
        case ListOf(cls) | Map(cls) | Rec(cls) | Other(cls):
            return f"a {cls.__name__}"
    return None


def nested(program: Program, count: int, *, several: bool, value: bool, aux: bool) -> Program:
    """Return a program with one result, built as the caller wants it.

    -> loss, d_w, d_b    ->    -> (loss, (d_w, d_b))
    """
    b = Builder()
    b.add(*program.body.stmts)
    results: tuple[Any, ...] = program.body.results
    head, gradients = results[: len(results) - count], results[len(results) - count :]
    gradient = b.let(ops.make_tuple, *gradients) if several else gradients[0]
    if value and aux:
        head = (b.let(ops.make_tuple, *head),)
    if value:
        return replace(program, body=b.block(b.let(ops.make_tuple, *head, gradient)))
    if aux:
        return replace(program, body=b.block(b.let(ops.make_tuple, gradient, *head)))
    return replace(program, body=b.block(gradient))


def one_tuple(program: Program) -> Program:
    """Return a program with one result: the tuple of its results.

    -> y, t_y    ->    -> (y, t_y)
    """
    b = Builder()
    b.add(*program.body.stmts)
    return replace(program, body=b.block(b.let(ops.make_tuple, *program.body.results)))


def grouped(program: Program, count: int) -> Program:
    """Return a program with its first results and the rest as the two items of one result.

    -> loss, aux, h, z    ->    -> ((loss, aux), (h, z))
    """
    b = Builder()
    b.add(*program.body.stmts)
    results = program.body.results
    first, rest = b.let(ops.make_tuple, *results[:count]), b.let(ops.make_tuple, *results[count:])
    return replace(program, body=b.block(b.let(ops.make_tuple, first, rest)))

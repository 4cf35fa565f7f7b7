"""A tangent by a rule that only says how to pull back: the pullback, pulled back itself.

What is owed to ``g`` by ``<pull(g), t>`` is the tangent of the result where the arguments move
along ``t``, since the pullback is linear in ``g``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from srcgrad import runtime
from srcgrad.derive.apply import at, place_in
from srcgrad.derive.fit import fitted
from srcgrad.errors import SrcgradError
from srcgrad.facts.kinds import UNKNOWN, Type
from srcgrad.facts.types import infer
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import UNDEFINED, Atom, Block, Const, Do, Let, Program, Var
from srcgrad.program.walk import inlined, is_const, statements, substitute
from srcgrad.rules.table import Rule

if TYPE_CHECKING:
    from srcgrad.derive.forward import Walker


def transposed(walker: Walker, rule: Rule, let: Let, b: Builder) -> Atom | None:
    """Return the tangent of the result of a call whose rule has no part for it."""
    named = [*enumerate(let.args), *let.kwargs]
    moving = [(p, walker.tangent(a)) for p, a in named if walker.tangent(a) is not None]
    if rule.kind != "pull_each":
        return _turned(walker, rule, let, [], dict(moving), b)  # type: ignore[arg-type]
    total: Atom | None = None
    for place, tangent in moving:
        part = _turned(walker, rule, let, [Const(place)], {place: tangent}, b)  # type: ignore[dict-item]
        if part is None:
            return None
        total = part if total is None else b.let(runtime.add, total, part)
    return total


def _turned(
    walker: Walker,
    rule: Rule,
    let: Let,
    lead: list[Atom],
    moving: dict[int | str, Atom],
    b: Builder,
) -> Atom | None:
    from srcgrad.derive.reverse import halve

    payer, target = walker.payer, let.targets[0]
    seen = payer.seen(let, rule, b)
    program, given, place = _fitted(walker, rule, seen, lead)
    seeds: list[Atom | None] = [None] * len(program.body.results)
    for key, tangent in moving.items():
        atom = let.args[key] if isinstance(key, int) else dict(let.kwargs)[key]
        spot = key if isinstance(key, int) else place_in(rule.function, key)  # type: ignore[arg-type]
        spot = 0 if lead else spot
        owed = at(program.body.results, spot)
        if owed is None or is_const(owed, None) or is_const(owed, UNDEFINED):
            payer.refuse_call(let, [atom])
            return None
        if isinstance(key, int) and seen.args[key] is not let.args[key]:
            tangent = b.let(np.asarray, tangent)
        seeds[spot] = tangent
    if any(isinstance(stmt, Do) and stmt.fn is ops.raise_ for stmt in program.body.stmts):
        payer.refuse_call(let, [let.args[k] for k in moving if isinstance(k, int)])
        return None
    kinds = [payer.kind(atom) for atom in given]
    try:
        halves = halve(program, (place,), infer(program, kinds), seeds)
    except SrcgradError:
        payer.refuse_call(let, [atom for atom in let.args if walker.tangent(atom) is not None])
        return None
    back = Block((*halves.forward, *halves.backward), halves.gradients)
    whole = _as_it_is(Program(program.name, halves.params, back))
    # Of ``g`` only the shape and the structure matter, and those are the result's.
    given[place] = target
    stmts, results = inlined(whole, given, let.origin)
    b.add(*stmts)
    return results[0]


def _fitted(
    walker: Walker, rule: Rule, let: Let, lead: list[Atom]
) -> tuple[Program, list[Atom], int]:
    """Return a pullback as a program, what it is given, and which of its parameters is ``g``."""
    assert rule.function is not None
    y, kind = let.targets[0], walker.payer.kind(let.targets[0])
    g = Var("g")
    atoms: list[Atom] = [*lead, g, y, *let.args]
    shape = [atom if isinstance(atom, Const) else None for atom in atoms]
    names = tuple(name for name, _ in let.kwargs)
    given: list[Atom] = [atom for atom in atoms if isinstance(atom, Var)]
    given += [atom for _, atom in let.kwargs]
    place = given.index(g)
    known: list[Type] = [kind if atom is g else walker.payer.kind(atom) for atom in given]
    given[place] = y
    return fitted(rule.function, shape, names, known or [UNKNOWN]), given, place


def _as_it_is(program: Program) -> Program:
    """Return the program without copies of its results: nobody else gets them."""
    mapping: dict[Var, Atom] = {}
    stmts = []
    for stmt in program.body.stmts:
        if isinstance(stmt, Let) and stmt.fn is runtime.fresh:
            first = stmt.args[0]
            mapping[stmt.targets[0]] = (
                mapping.get(first, first) if isinstance(first, Var) else first
            )
        else:
            stmts.append(stmt)
    body = substitute(Block(tuple(stmts), program.body.results), mapping)
    assert not any(isinstance(s, Let) and s.fn is runtime.fresh for s in statements(body))
    return Program(program.name, program.params, body)

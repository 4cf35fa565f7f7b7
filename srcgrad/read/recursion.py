"""Settle recursive functions that write into what they are given: they return what that is after.

def halve(u):                       def halve(u):
    if len(u) > 1:                      if len(u) > 1:
        u[0] *= 0.5           ->            u = put(u, 0, 0.5 * u[0])
        halve(u[1:])                        u = put(u, 1:, halve(u[1:]))
                                        return u
halve(x)                            x = halve(x)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from srcgrad.errors import Problem
from srcgrad.facts.effects import augmented, recursive, writes_inside, writing
from srcgrad.facts.joins import join
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
    Unknown,
)
from srcgrad.facts.sharing import Groups
from srcgrad.facts.sizes import map_dims
from srcgrad.facts.typed import const_type
from srcgrad.facts.types import infer
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, Const, Let, Program, Var
from srcgrad.program.walk import among, statements
from srcgrad.read import boxes
from srcgrad.read.settle_views import perhaps
from srcgrad.read.settle_writes import target_of, write

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler

ROUNDS = 6
"""How often the types of arguments of a recursive function are looked at anew, at most."""


FORMS = 8
"""For how many kinds of arguments a recursive function is read, at most."""


@dataclass(eq=False)
class Helper:
    """A recursive function for arguments of some types, and what it writes into.

    ``silent`` tells that it returns nothing but what it has written.
    """

    program: Program
    kinds: tuple[Type, ...]
    written: tuple[int, ...]
    silent: bool
    problems: list[Problem] = field(default_factory=list)


Helpers = dict[tuple[Program, tuple[Any, ...]], Helper]


def given_to_helpers(program: Program, types: Mapping[Var, Type]) -> list[Var]:
    """Return the arrays that are handed to recursive functions which write."""
    return [
        atom
        for stmt in statements(program.body)
        if isinstance(stmt, Let) and isinstance(stmt.fn, Program) and _may_write(stmt.fn)
        for atom in stmt.args
        if isinstance(atom, Var) and (_is_array(types.get(atom)) or types.get(atom) == UNKNOWN)
    ]


def _may_write(program: Program) -> bool:
    return writes_inside(program) or bool(augmented(program))


def calls_helper(s: Settler, stmt: Let) -> bool:
    """Settle a call of a recursive function, if it writes; tell whether it does."""
    assert isinstance(stmt.fn, Program)
    given = [stmt.args[i] for i in augmented(stmt.fn) if i < len(stmt.args)]
    arrays = [a for a in given if isinstance(s.kind(a), Unknown) or _is_array(s.kind(a))]
    if not arrays and not writes_inside(stmt.fn):
        return False
    kinds = tuple(general(s.kind(atom), i) for i, atom in enumerate(stmt.args))
    helper = helper_for(s, stmt.fn, kinds)
    unclear = helper is not None and not helper.written  # numbers or arrays: nobody knows
    if helper is None or unclear or not _apart(s, stmt, helper):
        _refuse(s, stmt)
        for target in stmt.targets:
            s.b.add(Let((target,), ops.same, (Const(None),), (), stmt.origin))
            if s.tracked(target):  # what it was another time through a loop is gone
                s.root(target)
        return True
    args = tuple(s.read(atom, stmt.origin) for atom in stmt.args)
    (target,) = stmt.targets
    into = [stmt.args[i] for i in helper.written]
    made = tuple(Var(atom.hint, atom.user) for atom in into if isinstance(atom, Var))
    if helper.silent and len(made) == 1:
        s.b.add(Let(made, helper.program, args, (), stmt.origin))
    else:
        whole = s.b.let(helper.program, *args, hint="results")
        parts = made if helper.silent else (target, *made)
        s.b.add(Let(parts, ops.unpack, (whole, Const(len(parts))), (), stmt.origin))
    if helper.silent:
        s.b.add(Let((target,), ops.same, (Const(None),), (), stmt.origin))
    for atom, new in zip(into, made, strict=True):
        assert isinstance(atom, Var)
        _written(s, atom, new)
    if not helper.silent and s.tracked(target):
        perhaps(s, target, stmt.args)
    return True


def _written(s: Settler, var: Var, new: Var) -> None:
    place = boxes.box_of(s, var)
    if place is not None:
        s.store(place, new)
    else:
        write(s, var, new)


def _is_array(kind: Any) -> bool:
    return isinstance(kind, Arr) and not kind.scalar


def general(kind: Type, place: Any) -> Type:
    """Return a type with sizes of which nothing is known: a recursion hands on smaller ones."""
    count = 0

    def one(dim: Dim) -> Dim:
        nonlocal count
        count += 1
        return Sym((("recursion", place), count))

    if isinstance(kind, Known) and isinstance(kind.value, (bool, int, float)):
        return Py(type(kind.value))
    return Py(kind.cls) if isinstance(kind, Py) else map_dims(kind, one)


def helper_for(s: Settler, program: Program, kinds: tuple[Type, ...]) -> Helper | None:
    """Return a recursive function, settled for arguments of these types; None after a refusal."""
    key = (program, kinds)
    for known, helper in s.helpers.items():
        if known[0] is program and _covers(helper.kinds, kinds):
            s.problems += [one for one in helper.problems if one not in s.problems]
            return helper
    forms = sum(known[0] is program for known in s.helpers)
    types = _types_inside(program, kinds) if forms < FORMS else None
    if types is None:
        return None
    inside = tuple(types[param] for param in program.params)
    result = program.body.results[0]
    silent = types.get(result) == Known(None) if isinstance(result, Var) else result.value is None
    if silent:
        types = {**types, **dict.fromkeys(_own_results(program), Known(None))}
    written = written_params(program, types)
    if written is None:
        return None
    params = tuple(Var(param.hint, param.user) for param in program.params)
    made = Program(program.name, params, Block((), ()), program.origin)
    s.helpers[key] = Helper(made, inside, written, silent)
    renamed, problems = s.helper(program, types, s.helpers[key])
    s.problems += problems
    s.helpers[key].problems += problems
    made.params, made.body = renamed.params, renamed.body
    made.notes["gives"] = None if silent and len(written) == 1 else len(written) + (not silent)
    return s.helpers[key]


def _own_results(program: Program) -> list[Var]:
    """Return the variables for what a function gets of itself."""
    return [
        var
        for stmt in statements(program.body)
        if isinstance(stmt, Let) and stmt.fn is program
        for var in stmt.targets
    ]


def _covers(kinds: tuple[Type, ...], others: tuple[Type, ...]) -> bool:
    """Tell whether a function for arguments of some types is one for those of others."""
    return all(_sort(a) == _sort(b) for a, b in zip(kinds, others, strict=True))


def _sort(kind: Type) -> Any:
    return general(kind, 0) if not isinstance(kind, Unknown) else None


def _types_inside(program: Program, kinds: tuple[Type, ...]) -> Mapping[Var, Type] | None:
    """Return the types of the variables of a recursive function, for all its calls of itself."""
    for _ in range(ROUNDS):
        types = infer(program, kinds)
        wider = kinds
        for stmt in statements(program.body):
            if isinstance(stmt, Let) and stmt.fn is program:
                given = (_kind(types, atom) for atom in stmt.args)
                wider = tuple(
                    _wider(a, b, i) for i, (a, b) in enumerate(zip(wider, given, strict=True))
                )
        if _covers(kinds, wider):
            return types
        kinds = wider
    return None


def _kind(types: Mapping[Var, Type], atom: Atom) -> Type:
    return const_type(atom.value) if isinstance(atom, Const) else types.get(atom, UNKNOWN)


def _wider(one: Type, other: Type, place: Any) -> Type:
    both = general(other, place)
    return one if _sort(one) == _sort(both) else general(join(one, both), place)


def written_params(program: Program, types: Mapping[Var, Type]) -> tuple[int, ...] | None:
    """Return the positions of the parameters that a recursive function writes into.

    None where that are arrays inside of a list, dict or object.
    """
    groups = Groups(program, types, frozenset())
    own: dict[Any, set[int]] = {}
    for i, param in enumerate(program.params):
        if _is_array(types.get(param)) or isinstance(types.get(param), Unknown):
            own.setdefault(groups.of(param), set()).add(i)
    hit = {
        groups.of(var)
        for stmt, var in writing(program.body)
        if not (isinstance(stmt, Let) and among(stmt.fn, ops.PLAIN)) or _is_array(types.get(var))
    }
    inside = {type(kind) for kind in types.values()} & {Seq, ListOf, Map, DictOf, Rec}
    for param in program.params if inside else ():
        if groups.of(param) not in own and hit & groups.regions.reached([param]):
            return None  # an array inside of what is given
    others = [one for one in recursive(program.body) if one is not program]
    for stmt in statements(program.body):
        if isinstance(stmt, Let) and stmt.fn in others:
            hit |= {groups.of(atom) for atom in stmt.args if isinstance(atom, Var)}
    found = {i for group, places in own.items() if group in hit for i in places}
    while True:
        more = set(found)
        for stmt in statements(program.body):
            if isinstance(stmt, Let) and stmt.fn is program:
                for i in found:
                    atom = stmt.args[i]
                    if isinstance(atom, Var) and groups.of(atom) in own:
                        more |= own[groups.of(atom)]
        if more == found:
            return tuple(sorted(found))
        found = more


def _apart(s: Settler, stmt: Let, helper: Helper) -> bool:
    """Tell whether what is written is followed, and nothing else is given that it may be."""
    for i in helper.written:
        atom = stmt.args[i]
        if not isinstance(atom, Var) or target_of(s, atom, stmt) is None:
            return False
        mine = set(s.places(atom))
        for j, other in enumerate(stmt.args):
            if i == j:
                continue
            for place in s.places(other):
                near = {*place.family(), *place.aliases, *place.inside()}
                if mine & near:
                    return False
    return True


def _refuse(s: Settler, stmt: Let) -> None:
    assert isinstance(stmt.fn, Program)
    if s.problems:
        return
    s.refuse(
        f"cannot follow the writes of the recursive function {stmt.fn.name!r}",
        "It writes into arrays that two of its arguments may share, that are inside of a list or"
        " dict, or whose kind changes from one call to the next.",
        "Hand the arrays in one by one, and copies where they share memory, or return new ones.",
        stmt.origin,
    )

"""Lists of parts of one array: what is handed on are the places, and the parts are taken from them.

parts = [u[:2], u[2:]]            places = [slice(2), slice(2, None)]
parts[0][0] = y            ->     u[places[0]][0] = y
"""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import Arr, ListOf, Py, Seq
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import (
    Atom,
    Block,
    Const,
    Let,
    Var,
)
from srcgrad.program.walk import (
    among,
    substitute,
)
from srcgrad.read.later_nouns import CUT, OF_TABLES, PUTS, SPLITS, WHOLE, Unclear, Views, has_rank

if TYPE_CHECKING:
    from srcgrad.read.later import Later


def of_views(work: Later, stmt: Let, views: Views, b: Builder) -> bool:
    """Read from a list of views, or put another one in."""
    if views.table and not among(stmt.fn, OF_TABLES):
        raise Unclear
    if stmt.fn is operator.getitem:
        (target,), (_, index) = stmt.targets, stmt.args
        place = b.let(operator.getitem, views.places, index)
        if isinstance(work.types.get(target), (Seq, ListOf)):
            work.note(target, replace(views, places=place))
        else:
            work.named(target, views, place, b)
    elif stmt.fn is len or (views.table and stmt.fn is ops.method("keys")):
        b.add(replace(stmt, args=(views.places,)))
    elif stmt.fn is ops.contained:
        b.add(substitute(Block((stmt,), ()), {stmt.args[1]: views.places}).stmts[0])  # type: ignore[dict-item]
    elif stmt.fn is ops.unpack:
        places = tuple(Var("") for _ in stmt.targets)
        b.add(Let(places, ops.unpack, (views.places, *stmt.args[1:]), (), stmt.origin))
        for target, place in zip(stmt.targets, places, strict=True):
            work.named(target, views, place, b)
    elif stmt.fn is reversed:
        work.note(stmt.targets[0], replace(views, places=b.let(reversed, views.places)))
    elif stmt.fn in (list, tuple):
        work.note(stmt.targets[0], replace(views, places=b.let(list, views.places)))
    elif stmt.fn is ops.list_append:
        where = work.place_in(stmt.args[1], views.parent)
        if where is None or views.axis:
            return False
        made = b.let(ops.list_append, views.places, where, hint=views.places.hint)
        work.note(stmt.targets[0], replace(views, places=made))
    elif among(stmt.fn, PUTS) and puts_back(work, stmt):
        work.note(stmt.targets[0], views)
    else:
        return False
    return True


def puts_back(work: Later, stmt: Let) -> bool:
    """Tell whether a list gets back the very item that was taken of it, and written."""
    if len(stmt.args) != 3:
        return False
    _, index, value = stmt.args
    taken = work.taken.get(named_first(work, value))
    if isinstance(taken, Const) and isinstance(index, Const):
        return bool(taken.value == index.value)
    return taken is not None and taken is index


def named_first(work: Later, atom: Atom) -> Atom:
    """Return the first name of an array that was written under several."""
    let = work.defined.get(atom) if isinstance(atom, Var) else None
    while let is not None and (among(let.fn, ops.PLAIN) or let.fn is ops.same):
        atom = let.args[0]
        let = work.defined.get(atom) if isinstance(atom, Var) else None
    return atom


def rows(work: Later, stmt: Let, b: Builder) -> bool:
    """``list(A)``: the rows of a matrix."""
    (whole,) = stmt.args
    if not has_rank(work.types.get(whole), 2) or not isinstance(whole, Var):  # type: ignore[arg-type]
        return False
    places = b.let(range, b.let(len, whole))
    work.note(stmt.targets[0], Views(whole, places, Py(int)))
    return True


def starred(work: Later, stmt: Let, b: Builder) -> bool:
    """``first, *rest = A``: the rows of a matrix."""
    whole, before, behind = stmt.args
    if not has_rank(work.types.get(whole), 2) or not isinstance(whole, Var):  # type: ignore[arg-type]
        return False
    assert isinstance(before, Const) and isinstance(behind, Const)
    rows = b.let(range, b.let(len, whole))
    places = tuple(Var("") for _ in stmt.targets)
    b.add(Let(places, ops.unpack_star, (rows, before, behind), (), stmt.origin))
    views = Views(whole, rows, Py(int))
    for k, (target, place) in enumerate(zip(stmt.targets, places, strict=True)):
        if k == before.value:
            work.note(target, replace(views, places=place))
        else:
            work.named(target, views, place, b)
    return True


def split(work: Later, stmt: Let, b: Builder) -> bool:
    """``np.split(u, n)``: parts of an array."""
    named = dict(stmt.kwargs)
    axis: Any = SPLITS[stmt.fn]
    whole, *rest = stmt.args
    kind = work.types.get(whole) if isinstance(whole, Var) else None
    if not isinstance(kind, Arr) or not isinstance(whole, Var) or not kind.dims:
        return False
    if axis is None:
        given = named.pop("axis", rest.pop() if len(rest) > 1 else Const(0))
        axis = given.value if isinstance(given, Const) else None
    elif stmt.fn is np.hsplit and len(kind.dims) == 1:
        axis = 0
    if named or len(rest) != 1 or type(axis) is not int or not 0 <= axis < len(kind.dims):
        return False
    size = b.let(operator.getitem, b.let(np.shape, whole), Const(axis))
    cuts = b.let(runtime.cuts, size, rest[0], Const(stmt.fn is np.array_split))
    work.note(stmt.targets[0], Views(whole, cuts, CUT, axis))
    return True


def display(work: Later, stmt: Let, b: Builder) -> bool:
    """``[u[:2], u[2:]]``: parts of one array."""
    found = [work.places(atom) for atom in stmt.args]
    shared = set.intersection(*map(set, found)) if found else set()
    parents = [var for var in (found[0] if found else ()) if var in shared]
    views = [one for one in found if any(place is not WHOLE for place in one.values())]
    if not parents or not views:
        return False
    parent = parents[0]
    where = [one[parent] for one in found]
    places = b.let(ops.make_list, *where)
    work.note(stmt.targets[0], Views(parent, places, work.kind_of(where[0])))
    return True

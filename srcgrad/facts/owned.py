"""Which statements may write into the memory of the value that they replace.

    d = zeros_like(x)            # made here
    d1 = put_add(d, i, g)        # d is not read again: printed as  d[i] += g

The invariant: a buffer is written only by its sole owner.  Variables that may share memory form
a group.  A write is allowed where all the memory of its group was made here and where, right
after it, the new version is the only variable of the group that is still alive.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.apart import Apart
from srcgrad.facts.earlier import Earlier
from srcgrad.facts.indices import is_basic
from srcgrad.facts.kinds import Arr, DictOf, Dim, ListOf, Map, Seq, Sym, Unknown
from srcgrad.facts.live import lives
from srcgrad.facts.numbers import is_number
from srcgrad.facts.purity import CHANGES, POPS
from srcgrad.facts.sharing import Groups, depth_of
from srcgrad.program import ops, walk
from srcgrad.program.nodes import Const, Let, Program, Var

_ARITHMETIC = frozenset(
    {operator.add, operator.sub, operator.mul, operator.truediv, np.add, runtime.add}
)


_ROUNDS = 16
"""How often one write of a group is given up for the sake of the others, before all are."""


@dataclass(frozen=True, slots=True)
class Owned:
    """``inplace``: targets written in place; ``group``: one name for all that share memory.

    Only groups that are written in place are listed.
    """

    inplace: frozenset[Var]
    group: Mapping[Var, Any]


def owned(program: Program, types: Mapping[Var, Any] | None = None) -> Owned:
    """Find the statements that write in place."""
    types = types or {}
    wanted = {let.targets[0]: let for let in _candidates(program, types)}
    if not wanted:
        return Owned(frozenset(), {})
    table = lives(program, held=True)
    wanted = {
        var: let for var, let in wanted.items() if not table.alive(_old(let), table.at[let] + 1)
    }
    rounds, groups = 0, None
    apart = Apart(program, types, frozenset(wanted))
    earlier = Earlier(program, table, apart)
    while wanted:
        groups = Groups(program, types, frozenset(wanted), groups)
        failed = [var for var, let in wanted.items() if not _is_sole(let, groups, earlier)]
        if not failed:
            written = dict.fromkeys(groups.of(var) for var in wanted)
            written.update((root, None) for let in wanted.values() for root in inside(let, groups))
            listed = {var: root for root in written for var in groups.members.get(root, ())}
            for root in written:
                for holder in groups.holders(root) - {root}:
                    listed.update((var, root) for var in groups.members.get(holder, ()))
            return Owned(frozenset(wanted), listed)
        # The first failure of a group may be the reason of the others: what is not written in
        # place makes a new buffer.
        first = {groups.of(var): var for var in sorted(failed, key=lambda v: -table.at[wanted[v]])}
        rounds += 1
        for var in failed if rounds > _ROUNDS else first.values():
            del wanted[var]
    return Owned(frozenset(), {})


def _old(let: Let) -> Var:
    old = let.args[0]
    assert isinstance(old, Var)
    return old


def _candidates(program: Program, types: Mapping[Var, Any]) -> Iterator[Let]:
    for stmt in walk.statements(program.body):
        if not isinstance(stmt, Let) or not stmt.args or stmt.kwargs:
            continue
        if len(stmt.targets) != 1 + walk.among(stmt.fn, POPS):
            continue
        old = stmt.args[0]
        if not isinstance(old, Var) or any(old is other for other in stmt.args[1:]):
            continue
        if can_write(stmt, types):
            yield stmt


def can_write(let: Let, types: Mapping[Var, Any]) -> bool:
    """Tell whether the statement, done in place, would give what it gives."""
    fn: Any = let.fn
    if not isinstance(let.args[0], Var):  # a number, of which there is no part
        return False
    old, new = _old(let), let.targets[0]
    kind, made = types.get(old), types.get(new)
    if walk.among(fn, CHANGES):
        return not isinstance(kind, Arr)
    if fn is runtime.put_add and isinstance(kind, (Seq, ListOf, Map, DictOf)):
        return adds_to_item(kind, made)
    array = isinstance(kind, Arr) and not kind.scalar
    if fn in (runtime.put_add, runtime.put):
        return array or (fn is runtime.put and (kind is None or isinstance(kind, Unknown)))
    try:
        augmented, arithmetic = fn in ops.PLAIN, fn in _ARITHMETIC
    except TypeError:
        return False
    if augmented and not (old.user or old.hint):
        return False  # a part that is written back as a whole
    if augmented and (kind is None or isinstance(kind, Unknown)):
        return True  # the user wrote it so: whatever it is, it may be changed in place
    if not augmented and not (arithmetic and old.hint == new.hint != ""):
        return False
    if not isinstance(kind, Arr) or not isinstance(made, Arr) or kind.scalar or len(let.args) != 2:
        return False
    other = let.args[1]
    given = types.get(other) if isinstance(other, Var) else None
    dims = given.dims if isinstance(given, Arr) else ()
    if given is not None and not isinstance(given, Arr) and not is_number(given):
        return False
    if isinstance(other, Var) and given is None:
        return False
    if isinstance(other, Const) and not isinstance(other.value, (int, float, complex, np.generic)):
        return False
    return kind.dtype == made.dtype and _covers(kind.dims, dims)


def adds_to_item(kind: Any, made: Any) -> bool:
    """Tell whether what is added to an item of a list or dict is a number or an array."""
    items = [item for whole in (kind, made) for item in items_in(whole)]
    plain = kind.cls in (list, dict) and getattr(made, "cls", None) is kind.cls
    return plain and all(is_number(item) or isinstance(item, Arr) for item in items)


def items_in(kind: Any) -> tuple[Any, ...]:
    """Return the types of the items of a list or dict."""
    match kind:
        case Seq(_, items) | Map(_, _, items):
            return items
        case ListOf(_, item) | DictOf(_, _, item):
            return (item,)
    return (None,)


def inside(let: Let, groups: Groups) -> list[Any]:
    """Return the groups of the inner containers that a change writes, outermost first."""
    found: list[Any] = []
    if walk.among(let.fn, CHANGES):
        root = groups.of(let.targets[0])
        for _ in let.args[1 + depth_of(let) :]:
            root = groups.content(root)
            found.append(root)
    return found


def _covers(old: tuple[Dim, ...], other: tuple[Dim, ...]) -> bool:
    """Tell whether a result of these shapes has the first one, or raises."""
    if len(other) > len(old):
        return False
    aligned = zip(old[::-1], other[::-1], strict=False)
    return all(a == b or b == 1 or _is_not_one(a) for a, b in aligned)


def _is_not_one(dim: Dim) -> bool:
    return dim.not_one if isinstance(dim, Sym) else dim != 1


def _is_sole(let: Let, groups: Groups, earlier: Earlier) -> bool:
    table, apart = earlier.table, earlier.apart
    target = let.targets[0]
    root = groups.of(target)
    if root in groups.foreign:
        return False
    point = table.at[let] + 1
    for deeper in inside(let, groups):
        if deeper in groups.foreign or any(
            table.alive(var, point) and var is not target
            for holder in groups.holders(deeper)
            for var in groups.members.get(holder, ())
        ):
            return False
    others = (var for holder in groups.holders(root) for var in groups.members.get(holder, ()))
    for var in others:
        if var is target or not table.alive(var, point):
            continue
        if not apart.of(var, target) and not earlier.of(var, target):
            return False
    if let.fn is runtime.put_add and not is_basic(let.args[1], groups.types):
        # np.add.at does not look for overlaps
        return not any(isinstance(a, Var) and groups.of(a) is root for a in let.args[1:])
    return True

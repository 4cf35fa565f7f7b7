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
from srcgrad.facts.kinds import Arr
from srcgrad.facts.live import Lives, lives
from srcgrad.facts.sharing import Groups
from srcgrad.program import ops, walk
from srcgrad.program.nodes import Let, Program, Var

_ARITHMETIC = frozenset(
    {operator.add, operator.sub, operator.mul, operator.truediv, np.add, runtime.add}
)


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
    while wanted:
        groups = Groups(program, types, frozenset(wanted))
        failed = [var for var, let in wanted.items() if not _is_sole(let, groups, table)]
        if not failed:
            written = {groups.of(var) for var in wanted}
            listed = {var: root for root in written for var in groups.members[root]}
            for root in written:
                for holder in groups.holders(root) - {root}:
                    listed.update((var, root) for var in groups.members.get(holder, ()))
            return Owned(frozenset(wanted), listed)
        for var in failed:
            del wanted[var]
    return Owned(frozenset(), {})


def _old(let: Let) -> Var:
    old = let.args[0]
    assert isinstance(old, Var)
    return old


def _candidates(program: Program, types: Mapping[Var, Any]) -> Iterator[Let]:
    for stmt in walk.statements(program.body):
        if not isinstance(stmt, Let) or len(stmt.targets) != 1 or not stmt.args or stmt.kwargs:
            continue
        old, target = stmt.args[0], stmt.targets[0]
        if not isinstance(old, Var) or any(old is other for other in stmt.args[1:]):
            continue
        named = old.hint == target.hint != ""
        if _can_write(stmt, types.get(old), types.get(target), named):
            yield stmt


def _can_write(let: Let, old: Any, new: Any, one_name: bool) -> bool:
    """Tell whether the statement, done in place, would give what it gives."""
    fn: Any = let.fn
    if fn is ops.list_append:
        return True
    array = isinstance(old, Arr) and not old.scalar
    if fn is runtime.put_add:
        return array
    try:
        augmented, arithmetic = fn in ops.PLAIN, fn in _ARITHMETIC
    except TypeError:
        return False
    if augmented:
        return array and isinstance(new, Arr) and (old.dtype, old.dims) == (new.dtype, new.dims)
    if not (arithmetic and one_name and array and len(let.args) == 2):
        return False
    return isinstance(new, Arr) and (old.dtype, old.dims) == (new.dtype, new.dims)


def _is_sole(let: Let, groups: Groups, table: Lives) -> bool:
    target = let.targets[0]
    root = groups.of(target)
    if root in groups.foreign:
        return False
    point = table.at[let] + 1
    others = (var for holder in groups.holders(root) for var in groups.members.get(holder, ()))
    if any(var is not target and table.alive(var, point) for var in others):
        return False
    if let.fn is runtime.put_add:  # np.add.at does not look for overlaps
        return not any(isinstance(a, Var) and groups.of(a) is root for a in let.args[1:])
    return True

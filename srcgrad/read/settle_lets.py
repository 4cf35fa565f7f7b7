"""Settle calls, for their values or their effects: say which of the rooms each one belongs to.

v = u[1:3]       v is a View of u
u[0] = y         u.1 = put(u, 0, y)
x += y           x.1 = iadd(x, y), and whoever looks at x's memory sees x.1
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from srcgrad.facts.effects import MUTABLE, out_of
from srcgrad.facts.kinds import DictOf, Map
from srcgrad.facts.purity import mutates
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Do, Let, Program, Var
from srcgrad.program.walk import among
from srcgrad.read import boxes
from srcgrad.read.arrays import is_array, may_be_array
from srcgrad.read.mutations import mutation
from srcgrad.read.opened import pack_again
from srcgrad.read.recursion import calls_helper
from srcgrad.read.repacked import repacked
from srcgrad.read.settle_augmented import augment_item, augmented, perhaps_augmented
from srcgrad.read.settle_reads import classify, flat, named_again, unpacked
from srcgrad.read.settle_views import perhaps
from srcgrad.read.settle_writes import entry_fn, in_turns, put, refuse_constant, target_of
from srcgrad.read.views import as_transposed

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


def let(s: Settler, stmt: Let) -> None:
    """Settle a call that gives a value."""
    if among(stmt.fn, ops.PLAIN):
        first = stmt.args[0]
        if isinstance(first, Const) and isinstance(first.value, MUTABLE):
            refuse_constant(s, stmt)
        if isinstance(first, Var) and is_array(s.types.get(first)):
            augmented(s, stmt, first)
            return
        if isinstance(first, Var) and may_be_array(s.types.get(first)):
            perhaps_augmented(s, stmt, first)
            return
    if not isinstance(stmt.fn, Program) and (out_of(stmt) is not None or mutates(stmt.fn)):
        mutation(s, stmt)
        return
    if isinstance(stmt.fn, Program) and calls_helper(s, stmt):
        return
    if stmt.fn is ops.attribute("flat") and is_array(s.types.get(stmt.args[0])):  # type: ignore[arg-type]
        flat(s, stmt)
        return
    if len(stmt.targets) == 1 and s.tracked(stmt.targets[0]):
        stmt = as_transposed(stmt)
        if named_again(s, stmt) or boxes.changed(s, stmt):
            return
        if pack_again(s, stmt):
            return
    if any(map(s.tracked, stmt.targets)) and repacked(s, stmt):
        return
    if stmt.fn is ops.unpack and unpacked(s, stmt):
        return
    args, kwargs = _beside(s, stmt) if _looks_beside(s, stmt) else s.mapped(stmt)
    s.b.add(Let(stmt.targets, stmt.fn, args, kwargs, stmt.origin))
    if len(stmt.targets) == 1:
        if s.tracked(stmt.targets[0]):
            classify(s, stmt)
        return
    for target in stmt.targets:
        if s.tracked(target):
            perhaps(s, target, stmt.args)


def _looks_beside(s: Settler, stmt: Let | Do) -> bool:
    """Tell whether a call asks a container for what writes into its arrays do not change."""
    fn, whole = stmt.fn, stmt.args[0] if stmt.args else None
    takes = fn is operator.getitem or isinstance(fn, ops.Attribute)
    if isinstance(stmt, Do):
        return takes  # and nobody looks at the answer
    if not isinstance(whole, Var) or stmt.kwargs or not s.is_container(whole):
        return False
    if fn is len or (fn is operator.contains and s.groups.is_table(whole)):
        return True
    return takes and s.groups.is_plain(stmt.targets[0])


def _beside(s: Settler, stmt: Let | Do) -> tuple[tuple[Atom, ...], tuple[tuple[str, Atom], ...]]:
    whole, *others = stmt.args
    now = s.current(whole) if isinstance(whole, Var) and s.tracked(whole) else whole
    return (now, *(s.read(atom, stmt.origin) for atom in others)), ()


def do(s: Settler, stmt: Do) -> None:
    """Settle a call for its effect."""
    if stmt.fn is operator.setitem:
        whole, index, value = stmt.args
        _set(s, whole, index, value, stmt)
    elif stmt.fn is ops.augment:
        augment_item(s, stmt)
    elif out_of(Let((), stmt.fn, stmt.args, stmt.kwargs)) is not None or mutates(stmt.fn):
        mutation(s, stmt)
    elif stmt.fn is ops.mark or stmt.fn is ops.same:
        s.b.add(stmt if stmt.fn is ops.mark else Do(stmt.fn, s.mapped(stmt)[0], (), stmt.origin))
    else:
        args, kwargs = _beside(s, stmt) if _looks_beside(s, stmt) else s.mapped(stmt)
        s.b.add(Do(stmt.fn, args, kwargs, stmt.origin))


def _set(s: Settler, whole: Atom, index: Atom, value: Atom, stmt: Let | Do) -> None:
    if boxes.is_box(s, whole):
        assert isinstance(whole, Var)
        if _has_entry(s, whole, index):
            boxes.replace(s, whole, entry_fn(s, whole), [index], value)
            return
    elif boxes.put_known(s, whole, index, value):
        return
    value, index = s.read(value, stmt.origin), s.read(index, stmt.origin)
    var = target_of(s, whole, stmt)
    if var is not None and s.base(var) in s.flats:
        value = in_turns(s, value, s.b.let(operator.getitem, s.current(var), index))
    if var is not None:
        put(s, var, index, value)


def _has_entry(s: Settler, whole: Var, index: Atom) -> bool:
    """Tell whether a dict has an entry: what it was said to be holds after the write, too."""
    kind = s.types.get(whole)
    if isinstance(kind, Map):
        return isinstance(index, Const) and index.value in kind.keys
    return not isinstance(kind, DictOf)

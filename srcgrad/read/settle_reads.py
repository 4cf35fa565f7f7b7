"""Settle calls for their values: say what of memory a new name is, or looks into.

v = u[1:3]             v is a View of u
w = d["u"]             w is another name of what d holds
a, b = pair            so are a and b of the items of the pair
"""

from __future__ import annotations

import copy
import operator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad.facts.kinds import Arr
from srcgrad.program import ops
from srcgrad.program.nodes import Const, Let, Var
from srcgrad.program.walk import among
from srcgrad.read import boxes
from srcgrad.read.opened import leaf_of
from srcgrad.read.places import Same
from srcgrad.read.repacked import item_of, name_item
from srcgrad.read.settle_packed import is_packed
from srcgrad.read.settle_views import perhaps, view
from srcgrad.read.views import relation

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


_HOLDERS = (ops.make_tuple, ops.make_list, ops.make_dict)


def named_again(s: Settler, stmt: Let) -> bool:
    """Settle what only gives another name to something: an item of what is known item by item."""
    target = stmt.targets[0]
    if stmt.fn is ops.same and isinstance(stmt.args[0], Var) and s.tracked(stmt.args[0]):
        s.refs[target] = Same(stmt.args[0])
        return True
    if isinstance(stmt.fn, ops.Attribute) and isinstance(stmt.args[0], Var):
        key = (s.base(stmt.args[0]), stmt.fn.name)
        if key in s.leaves:
            s.refs[target] = Same(s.leaves[key])
            return True
    if stmt.fn is not operator.getitem or not isinstance(stmt.args[0], Var):
        return False
    whole, index = stmt.args
    if not isinstance(index, Const) or type(index.value) not in (int, str):
        return False
    assert isinstance(whole, Var)
    if (leaf := leaf_of(s, whole, index.value)) is not None:
        s.refs[target] = Same(leaf)
        return True
    item = item_of(s.packs.get(s.base(whole)), index.value)
    if isinstance(item, Var):
        s.refs[target] = Same(item)
        return True
    return False


def unpacked(s: Settler, stmt: Let) -> bool:
    """Settle ``a, b = pair`` where the pair is known item by item, or the rows of an array."""
    whole = stmt.args[0]
    if not isinstance(whole, Var):
        return False
    pack = s.packs.get(s.base(whole))
    if pack is not None and pack.fn is not ops.make_dict and len(pack.args) == len(stmt.targets):
        for target, item in zip(stmt.targets, pack.args, strict=True):
            name_item(s, target, item, stmt)
        return True
    if isinstance(s.types.get(whole), Arr) and s.tracked(whole):
        for i, target in enumerate(stmt.targets):
            row = Let((target,), operator.getitem, (whole, Const(i)), (), stmt.origin)
            now = s.read(whole, stmt.origin)
            s.b.add(Let((target,), operator.getitem, (now, Const(i)), (), stmt.origin))
            if s.tracked(target):
                view(s, target, whole, row)
        return True
    leaves = [s.leaves.get((s.base(whole), i)) for i in range(len(stmt.targets))]
    if any(leaf is not None for leaf in leaves):
        for i, (target, leaf) in enumerate(zip(stmt.targets, leaves, strict=True)):
            if leaf is not None:
                s.refs[target] = Same(leaf)
            else:
                now = s.read(whole, stmt.origin)
                s.b.add(Let((target,), operator.getitem, (now, Const(i)), (), stmt.origin))
        return True
    return False


def flat(s: Settler, stmt: Let) -> None:
    """``a.flat`` looks at an array as if it were flat, however that lies in memory."""
    (target,), (whole,) = stmt.targets, stmt.args
    ravel = replace(stmt, fn=np.ravel)
    s.b.add(replace(ravel, args=(s.read(whole, stmt.origin),)))
    s.flats.add(target)
    if isinstance(whole, Var) and s.tracked(whole):
        s.tracks[target] = True
        view(s, target, whole, ravel)


def classify(s: Settler, stmt: Let) -> None:
    """Say what the value of a statement is a part of, or perhaps the same as."""
    target = stmt.targets[0]
    fn: Any = stmt.fn
    if boxes.item(s, stmt) or boxes.joined(s, stmt):
        return
    if fn in _HOLDERS and boxes.opened(s, stmt):
        return
    if fn in _HOLDERS:
        s.pack(target, stmt)
        now = tuple(s.current(a) if s.tracked(a) else a for a in stmt.args)  # type: ignore[arg-type]
        s.state.views[target] = (Const(now), target)
        return
    if fn in (ops.read_global, ops.read_cell):
        s.root(target, opaque=True)
        return
    if among(fn, boxes.WALKS) and any(boxes.is_box(s, atom) for atom in stmt.args):
        made = s.root(target)  # is no container of its own, and walked along at once
        for place in {place: None for atom in stmt.args for place in s.places(atom)}:
            made.hold(place)
            made.foreign |= place.foreign
            made.opaque |= place.opaque
        return
    how = "maybe" if s.is_container(target) else relation(stmt, s.types)
    first = stmt.args[0] if stmt.args else None
    if stmt.fn is operator.getitem and isinstance(first, Var) and s.base(first) in s.flats:
        how = "fresh"
    if how in ("same", "view", "reshaped") and not isinstance(first, Var):
        s.root(target, opaque=True)
        return
    if how == "fresh" or fn is copy.deepcopy:
        s.root(target).boxed = fn is copy.deepcopy and boxes.holds_arrays(s.types.get(target))
    elif how == "same" and isinstance(first, Var):
        s.refs[target] = Same(first)
        s.state.views[target] = (target, target)
    elif isinstance(first, Var) and _is_view(s, how, first, fn):
        view(s, target, first, stmt)
    else:
        perhaps(s, target, stmt.args, _from_outside(stmt))


def _from_outside(stmt: Let) -> bool:
    """Tell whether a call reads what belongs to an object that is the same in all calls."""
    first = stmt.args[0] if stmt.args else None
    reads = isinstance(stmt.fn, ops.Attribute) or stmt.fn in (operator.getitem, getattr)
    return reads and isinstance(first, Const)


def _is_view(s: Settler, how: str, first: Var, fn: Any) -> bool:
    """Tell whether what a call gives certainly looks into its first argument."""
    if s.place(first) is None:
        return False
    return how == "view" or (how == "reshaped" and (_splits(s, first, fn) or is_packed(s, first)))


def _splits(s: Settler, first: Var, fn: Any) -> bool:
    """Tell whether a single axis gets another shape, for which NumPy never needs a copy."""
    kind = s.types.get(first)
    reshapes = fn in (np.reshape, ops.method("reshape"))
    return reshapes and isinstance(kind, Arr) and len(kind.dims) == 1

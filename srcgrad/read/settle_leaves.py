"""Name the arrays in containers among the parameters ahead, where they are written.

def f(p):                     w = p["w"]
    p["w"][0] = y       ->    w.1 = put(w, 0, y)
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from srcgrad.facts.kinds import Arr, Map, Rec, Seq
from srcgrad.program import ops
from srcgrad.program.nodes import Const, Do, Let, Var
from srcgrad.program.walk import statements
from srcgrad.read import boxes
from srcgrad.read.opened import open_entry, take_apart
from srcgrad.read.settle_entries import entry_type

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


def open_leaves(s: Settler) -> None:
    """Give the arrays in containers among the parameters, where they are written, names ahead."""
    for owner in s.program.params:
        if owner in s.apart and owner not in s.packs and not boxes.is_box(s, owner):
            take_apart(s, owner)
    for stmt in statements(s.program.body):
        if isinstance(stmt, Do) and stmt.fn is ops.augment:
            _open_entry(s, stmt)
        if not isinstance(stmt, Let) or not stmt.args or not isinstance(stmt.args[0], Var):
            continue
        whole, (target, *more) = stmt.args[0], stmt.targets
        owner = s.base(whole)
        if more or owner not in s.refs or not s.tracked(target):
            if more and stmt.fn is ops.unpack and owner in s.refs:
                _open_items(s, stmt, owner)
            continue
        kind = s.types.get(owner)
        if isinstance(stmt.fn, ops.Attribute) and isinstance(kind, Rec):
            key: Any = stmt.fn.name
        elif stmt.fn is operator.getitem and isinstance(kind, (Map, Seq)):
            index = stmt.args[1]
            if not isinstance(index, Const) or type(index.value) not in (int, str):
                continue
            key = index.value
        else:
            continue
        open_entry(s, owner, key, target, stmt)


def _open_items(s: Settler, stmt: Let, owner: Var) -> None:
    kind = s.types.get(owner)
    if isinstance(kind, Seq) and len(kind.items) == len(stmt.targets):
        for i, target in enumerate(stmt.targets):
            if s.tracked(target):
                read = Let((target,), operator.getitem, (owner, Const(i)), (), stmt.origin)
                open_entry(s, owner, i, target, read)


def _open_entry(s: Settler, stmt: Do) -> None:
    """Give an array of a container a name that is written by ``p["w"] += v``."""
    whole, index = stmt.args[1:3]
    kind = entry_type(s, whole, index)
    if isinstance(whole, Var) and isinstance(index, Const) and isinstance(kind, Arr):
        owner, target = s.base(whole), Var(str(index.value))
        if owner in s.refs and not kind.scalar:
            s.types[target] = kind
            read = Let((target,), operator.getitem, (owner, index), (), stmt.origin)
            open_entry(s, owner, index.value, target, read)

"""Containers among the parameters that are known entry by entry.

def f(params):                   w, b = params["w"], params["b"]
    params["w"][0] = y     ->    w.1 = put(w, 0, y)
    g(params)                    g({"w": w.1, "b": b})
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from srcgrad.facts.kinds import Arr, Map, Seq
from srcgrad.facts.numbers import is_number
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let, Var
from srcgrad.program.walk import among

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler

_SEQUENCES: dict[Any, Any] = {list: ops.make_list, tuple: ops.make_tuple}

_AGAIN: dict[Any, Any] = {
    dict: ops.make_dict,
    list: ops.make_list,
    tuple: ops.make_tuple,
    ops.method("copy"): None,
}
"""What makes a new container of the same entries."""


def entry_key(s: Settler, owner: Var, key: Any) -> Any:
    """Return the one key of an entry: ``xs[-1]`` is the last of a known number of items."""
    kind = s.types.get(owner)
    if type(key) is int and key < 0 and isinstance(kind, Seq):
        return key + len(kind.items)
    return key


def entries(kind: Any) -> list[tuple[Any, Any]] | None:
    """Return the keys and types of the entries, if all of them are numbers or arrays."""
    if isinstance(kind, Map) and kind.cls is dict:
        found = list(zip(kind.keys, kind.items, strict=True))
    elif isinstance(kind, Seq) and kind.cls in _SEQUENCES:
        found = list(enumerate(kind.items))
    else:
        return None
    plain = all(isinstance(item, Arr) or is_number(item) for _, item in found)
    return found if plain and all(type(key) in (int, str) for key, _ in found) else None


def take_apart(s: Settler, owner: Var) -> None:
    """Let a container be a new one of its entries, wherever it is asked for as a whole."""
    from srcgrad.read.settle_lets import open_entry

    kind, args = s.types.get(owner), list[Atom]()
    for key, item in entries(kind) or ():
        var = Var(f"{owner.hint}_{key}")
        s.types[var] = item
        read = Let((var,), operator.getitem, (owner, Const(key)), ())
        if isinstance(item, Arr) and not item.scalar:
            s.tracks[var] = True
            open_entry(s, owner, key, var, read)
        else:
            s.b.add(read)
        args += [Const(key), var] if isinstance(kind, Map) else [var]
    fn: Any = ops.make_dict if isinstance(kind, Map) else _SEQUENCES[kind.cls]  # type: ignore[union-attr]
    s.packs[owner] = Let((owner,), fn, tuple(args), ())


def pack_again(s: Settler, stmt: Let) -> bool:
    """Settle ``dict(d)``, ``list(xs)`` and ``d.copy()`` of what is known entry by entry."""
    old = stmt.args[0] if len(stmt.args) == 1 and not stmt.kwargs else None
    pack = s.packs.get(s.base(old)) if isinstance(old, Var) else None
    if pack is None or not among(stmt.fn, _AGAIN):
        return False
    fn: Any = _AGAIN[stmt.fn] or pack.fn
    if (fn is ops.make_dict) != (pack.fn is ops.make_dict):
        return False
    s.pack(stmt.targets[0], Let(stmt.targets, fn, pack.args, (), stmt.origin))
    return True

"""Containers among the parameters that are known entry by entry.

def f(params):                   w, b = params["w"], params["b"]
    params["w"][0] = y     ->    w.1 = put(w, 0, y)
    g(params)                    g({"w": w.1, "b": b})
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from srcgrad.facts.kinds import Arr, Map, Seq, Unknown
from srcgrad.facts.numbers import is_number
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let, Var
from srcgrad.program.walk import among
from srcgrad.read.places import Same

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


def open_entry(s: Settler, owner: Var, key: Any, target: Var, stmt: Let) -> None:
    """Give an array in a container among the parameters a name ahead."""
    place, key = s.place(owner), entry_key(s, owner, key)
    if place is not None and place.boxed:
        return
    if (owner, key) in s.leaves:
        s.refs[target] = Same(s.leaves[owner, key])
        return
    if place is None or not place.foreign:
        return
    leaf = s.names.setdefault((owner, key), Var(target.hint or str(key), True))
    s.tracks[leaf] = True
    s.types[leaf] = s.types.get(target, Unknown())
    s.b.add(Let((leaf,), stmt.fn, stmt.args, stmt.kwargs, stmt.origin))
    if owner in s.owners:
        s.owners[leaf] = s.owners[owner]
    made = s.root(leaf, foreign={leaf})
    place.hold(made)
    s.leaves[owner, key] = leaf
    s.refs[target] = Same(leaf)


def leaf_of(s: Settler, whole: Var, key: Any) -> Var | None:
    """Return the name that was given to an entry of a parameter ahead."""
    owner = s.base(whole)
    return s.leaves.get((owner, entry_key(s, owner, key)))


def take_apart(s: Settler, owner: Var) -> None:
    """Let a container be a new one of its entries, wherever it is asked for as a whole."""
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

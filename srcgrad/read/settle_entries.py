"""What a container that is known entry by entry holds at an index.

p = {"w": u}
p["w"] += v            the array u is written
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from srcgrad.facts.kinds import Arr, Map, Seq
from srcgrad.program.nodes import Atom, Const, Var
from srcgrad.read.opened import leaf_of
from srcgrad.read.repacked import item_of

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


def entry_type(s: Settler, whole: Atom, index: Atom) -> Any:
    """Return the type of an entry of a dict or list of known entries."""
    kind = s.types.get(whole) if isinstance(whole, Var) else None
    if not isinstance(index, Const):
        return None
    if isinstance(kind, Map):
        return dict(zip(kind.keys, kind.items, strict=True)).get(index.value)
    if isinstance(kind, Seq) and type(index.value) is int:
        inside = -len(kind.items) <= index.value < len(kind.items)
        return kind.items[index.value] if inside and kind.cls is list else None
    return None


def array_at(s: Settler, whole: Atom, index: Atom) -> Var | None:
    """Return the array that is an entry of a container which is known entry by entry."""
    kind = entry_type(s, whole, index)
    if not isinstance(kind, Arr) or kind.scalar or not isinstance(whole, Var):
        return None
    assert isinstance(index, Const)
    leaf = leaf_of(s, whole, index.value)
    item = leaf or item_of(s.packs.get(s.base(whole)), index.value)
    return item if isinstance(item, Var) and s.tracked(item) else None

"""What a loop over containers runs through, where that is known item by item.

for k, (a, b) in enumerate(zip((u, v), ws)):      (0, (u, ws[0])), (1, (v, ws[1]))
for name, w in {"a": u, "b": v}.items():          ("a", u), ("b", v)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let, Var

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler

_ENTRIES: dict[Any, str] = {
    ops.method("keys"): "keys",
    ops.method("values"): "values",
    ops.method("items"): "items",
}


def known_items(s: Settler, over: Atom) -> list[Atom] | None:
    """Return the items one by one, or None where they are not known."""
    if not isinstance(over, Var):
        return None
    var = s.base(over)
    pack = s.packs.get(var)
    if pack is not None:
        return list(pack.args[::2] if pack.fn is ops.make_dict else pack.args)
    let = s.defined.get(var)
    if let is None or not let.args or let.kwargs:
        return None
    if let.fn in _ENTRIES:
        return _entries(s, let)
    if let.fn is enumerate:
        return _counted(s, let)
    if let.fn is zip:
        rows = [known_items(s, atom) for atom in let.args]
        known = [row for row in rows if row is not None]
        if len(known) < len(rows):
            return None
        return [_pair(s, items, let) for items in zip(*known, strict=False)]
    return None


def _entries(s: Settler, let: Let) -> list[Atom] | None:
    whole = let.args[0]
    pack = s.packs.get(s.base(whole)) if isinstance(whole, Var) else None
    if pack is None or pack.fn is not ops.make_dict or len(let.args) > 1:
        return None
    keys, values = pack.args[::2], pack.args[1::2]
    if not all(isinstance(key, Const) for key in keys):
        return None
    what = _ENTRIES[let.fn]
    if what == "items":
        return [_pair(s, pair, let) for pair in zip(keys, values, strict=True)]
    return list(keys if what == "keys" else values)


def _counted(s: Settler, let: Let) -> list[Atom] | None:
    items = known_items(s, let.args[0])
    start = let.args[1] if len(let.args) > 1 else Const(0)
    if items is None or not isinstance(start, Const) or type(start.value) is not int:
        return None
    first = start.value
    return [_pair(s, (Const(first + i), item), let) for i, item in enumerate(items)]


def _pair(s: Settler, items: tuple[Atom, ...], let: Let) -> Var:
    """Return a tuple of items that is known item by item."""
    made = Var("")
    s.tracks[made] = any(map(s.tracked, items))
    s.pack(made, Let((made,), ops.make_tuple, items, (), let.origin))
    return made

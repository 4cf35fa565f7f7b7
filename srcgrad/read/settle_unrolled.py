"""Write out a loop over arrays that are known one by one, turn by turn.

for u in (a, b):              a *= 2
    u *= 2             ->     b *= 2
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcgrad.facts.effects import is_write, writing
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, For, Let, Var
from srcgrad.program.walk import bound, copied, statements, uses
from srcgrad.read import boxes
from srcgrad.read.arrays import may_be_array
from srcgrad.read.known_items import known_items
from srcgrad.read.places import Same

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


def written_out(s: Settler, stmt: For) -> bool:
    """Go through a loop over arrays that are known one by one, and written, turn by turn."""
    if stmt.exits:
        return False
    items = known_items(s, stmt.over)
    if items is None or len(items) > boxes.MOST:
        return False
    n = len(stmt.carried)
    hot = any(map(s.tracked, (stmt.over, *items)))
    writes = any(is_write(w) or may_be_array(s.types.get(on)) for w, on in writing(stmt.body))
    collected = stmt.targets[n:]
    if not (hot and writes and not collected) and not any(map(boxes.by_items(s), collected)):
        return False
    lists: list[list[Atom]] = [[] for _ in collected]
    carried: tuple[Atom, ...] = stmt.init
    types = s.types
    for item in items:
        mapping: dict[Var, Atom] = {
            stmt.each: item,
            **dict(zip(stmt.carried, carried, strict=True)),
        }
        turn = copied(stmt.body, mapping)
        for old, new in mapping.items():
            if isinstance(new, Var) and new not in types and old in types:
                types[new] = types[old]
                s.groups.unite(new, old)
        for inner in statements(turn):
            if isinstance(inner, Let):
                s.defined.update((var, inner) for var in inner.targets)
        counts = uses(turn)
        s.uses.update((var, counts.get(var, 0)) for var in bound(turn))
        s.block(turn)
        carried = turn.results[:n]
        for found, atom in zip(lists, turn.results[n:], strict=True):
            found.append(s.constants.get(atom, atom))
    for target, found in zip(collected, lists, strict=True):
        whole = Let((target,), ops.make_list, tuple(found), (), stmt.origin)
        if s.tracked(target) or any(map(s.tracked, found)) or all(map(_is_key, found)):
            s.pack(target, whole)
            s.tracks[target] = True
        else:
            s.b.add(whole)
    for target, atom in zip(stmt.targets[:n], carried, strict=True):
        if isinstance(atom, Var) and s.tracked(atom):
            s.tracks[target] = True
            s.refs[target] = Same(atom)
        else:
            s.b.add(Let((target,), ops.same, (atom,), (), stmt.origin))
    return True


def _is_key(atom: Atom) -> bool:
    return isinstance(atom, Const)

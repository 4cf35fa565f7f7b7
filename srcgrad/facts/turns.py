"""What the items of a backward loop were in the turn of the loop that collected them.

for v in values:                        for v2, p2 in reversed(saved):
    p = v ** 2                              ...          # v2 was v, p2 was p, in one turn
    saved.append((v, p))
"""

from __future__ import annotations

from collections.abc import Iterator

from srcgrad.program import ops
from srcgrad.program.nodes import Atom, For, Let, Program, Var, While
from srcgrad.program.walk import statements

Pairs = list[tuple[Var, Atom]]


def same_turn(program: Program) -> dict[Let, Pairs]:
    """Map statements that unpack items to the variables and what these were in one turn.

    Only what goes backwards through what one loop collected, alone or along with what that loop
    went through, is in step with it for certain.
    """
    lets: dict[Var, Let] = {}
    made: dict[Var, tuple[For | While, Atom]] = {}
    loops: list[For] = []
    for stmt in statements(program.body):
        if isinstance(stmt, Let):
            lets.update((var, stmt) for var in stmt.targets)
        elif isinstance(stmt, (For, While)):
            first = len(stmt.carried) + int(stmt.exits)
            pairs = zip(stmt.targets[first:], stmt.body.results[first:], strict=True)
            made.update((var, (stmt, atom)) for var, atom in pairs)
            if isinstance(stmt, For):
                loops.append(stmt)
    found: dict[Let, Pairs] = {}
    for loop in loops:
        opened = loop.body.stmts[0] if loop.body.stmts else None
        if isinstance(opened, Let) and opened.fn is ops.unpack and opened.args[0] is loop.each:
            pairs_ = list(_pairs(loop, opened, lets, made))
            inner = loop.body.stmts[1] if len(loop.body.stmts) > 1 else None
            if isinstance(inner, Let) and inner.fn is ops.unpack:
                whole = dict(pairs_).get(inner.args[0])  # type: ignore[arg-type]
                pairs_ += _parts(inner, whole, lets)
                found[inner] = pairs_
            else:
                found[opened] = pairs_
    return found


def _pairs(
    loop: For, opened: Let, lets: dict[Var, Let], made: dict[Var, tuple[For | While, Atom]]
) -> Iterator[tuple[Var, Atom]]:
    over = lets.get(loop.over) if isinstance(loop.over, Var) else None
    if over is None:
        return
    if over.fn is reversed and over.args[0] in made:
        yield from _parts(opened, made[over.args[0]][1], lets)  # type: ignore[index]
        return
    if over.fn is not zip or over.kwargs or len(over.args) != len(opened.targets):
        return
    sources = [_turned(atom, lets) for atom in over.args]
    homes = [made.get(source) for source in sources]  # type: ignore[arg-type]
    first = next((home[0] for home in homes if home is not None), None)
    if first is None or first.exits or None in sources:
        return
    for var, source, home in zip(opened.targets, sources, homes, strict=True):
        if home is not None and home[0] is first:
            yield var, home[1]
        elif home is None and isinstance(first, For) and source is first.over:
            yield var, first.each


def _turned(atom: Atom, lets: dict[Var, Let]) -> Atom | None:
    let = lets.get(atom) if isinstance(atom, Var) else None
    return let.args[0] if let is not None and let.fn is reversed else None


def _parts(opened: Let, whole: Atom | None, lets: dict[Var, Let]) -> Pairs:
    pack = lets.get(whole) if isinstance(whole, Var) else None
    if pack is None or pack.fn is not ops.make_tuple or len(pack.args) != len(opened.targets):
        return []
    return list(zip(opened.targets, pack.args, strict=True))

"""Which variables may be unbound when they are handed on, as Python's names may be."""

from __future__ import annotations

from srcgrad.program.nodes import UNDEFINED, Atom, Block, For, If, Var, While
from srcgrad.program.walk import blocks


def maybe_unbound(body: Block) -> set[Var]:
    """Return the variables that have no value on some path: on a turn or in an arm not taken."""
    found: set[Var] = set()
    before = -1
    while len(found) != before:
        before = len(found)
        _block(body, found)
    return found


def _block(block: Block, found: set[Var]) -> None:
    def missing(atom: Atom) -> bool:
        return atom in found if isinstance(atom, Var) else atom.value is UNDEFINED

    for stmt in block.stmts:
        for child in blocks(stmt):
            _block(child, found)
        if isinstance(stmt, If):
            results = zip(stmt.then.results, stmt.orelse.results, stmt.targets, strict=True)
            found.update(var for a, b, var in results if missing(a) or missing(b))
        elif isinstance(stmt, (For, While)):
            skip = int(stmt.exits)
            for k, var in enumerate(stmt.carried):
                if missing(stmt.init[k]) or missing(stmt.body.results[skip + k]):
                    found.update((var, stmt.targets[skip + k]))

"""Which variables are bound to None where they would be unbound: those that are handed on.

if c:                     if c:
    y = f(x)                  y = f(x)
else:             ->      else:
    y = UNDEFINED             y = None
if d:                     if d:
    z = y                     z = y         # nobody asks for z if y is unbound

A name that is handed on under itself needs no statement, and may stay unbound.
"""

from __future__ import annotations

from collections.abc import Mapping

from srcgrad.program.nodes import Atom, For, If, Program, Try, Var, While, With
from srcgrad.program.walk import arms, statements
from srcgrad.write.shape import is_undefined


def none_where_unbound(program: Program, names: Mapping[Var, str]) -> set[Var]:
    """Return the variables that None stands for where they are unbound."""
    feeds = _feeds(program)
    unsure = _reaching(
        feeds, {var for var, atoms in feeds.items() if any(map(is_undefined, atoms))}
    )
    wanted = set()
    for var, atoms in feeds.items():
        for atom in unsure.intersection(atoms):
            if var in names and atom in names and names[var] != names[atom]:
                wanted.add(atom)
    queue = list(wanted)
    while queue:
        more = {
            a for a in feeds.get(queue.pop(), ()) if isinstance(a, Var) and a in unsure
        } - wanted
        wanted |= more
        queue += more
    return wanted


def _feeds(program: Program) -> dict[Var, list[Atom]]:
    """Return what the variables that branches and loops bind are bound to."""
    found: dict[Var, list[Atom]] = {}
    for stmt in statements(program.body):
        if isinstance(stmt, (If, Try, With)):
            for k, var in enumerate(stmt.targets):
                found[var] = [arm.results[k] for arm in arms(stmt)]
        elif isinstance(stmt, (For, While)):
            skip = int(stmt.exits)
            for k, var in enumerate(stmt.carried):
                found[var] = [stmt.init[k], stmt.body.results[skip + k]]
                found[stmt.targets[skip + k]] = list(found[var])
    return found


def _reaching(feeds: Mapping[Var, list[Atom]], start: set[Var]) -> set[Var]:
    """Return the variables that may be one of these."""
    found = set(start)
    if not found:
        return found
    while True:
        more = {v for v, atoms in feeds.items() if v not in found and not found.isdisjoint(atoms)}
        if not more:
            return found
        found |= more

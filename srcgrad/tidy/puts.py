"""Readings that raise just where something that is added later does.

picked = shifted[group]            # raises if an index is out of bounds
mark('backward')
d = put_add(zeros, group, g)       # raises then too, if zeros has the shape of shifted
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

from srcgrad import runtime
from srcgrad.facts.kinds import Arr, Type
from srcgrad.facts.purity import is_pure_call
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Do, Let, Stmt, Var
from srcgrad.program.walk import among

PUTS = frozenset({runtime.put_add, runtime.put})


def _place(index: Atom) -> Any:
    """Return what two indices that are one have in common."""
    whole = isinstance(index, Const) and type(index.value) is int
    return index.value if whole else index  # type: ignore[union-attr]


class Puts:
    """Finds, statement by statement, what may be left out: ``covers`` tells for which reason."""

    def __init__(self, types: Mapping[Var, Type] | None) -> None:
        self.types = types or {}
        self.hidden = getattr(types, "hidden", ())
        self.reads: dict[tuple[Stmt | None, Any], tuple[Let, Var]] = {}
        self.covers: dict[Stmt, Let] = {}

    def note(self, stmt: Stmt, parent: Stmt | None) -> None:
        """Go on to a statement inside another one; what acts in between would come too late."""
        match stmt:
            case Let(fn=operator.getitem, args=(Var() as owner, index)):
                if stmt.targets[0] not in self.hidden:
                    self.reads[parent, _place(index)] = (stmt, owner)
            case Let(args=(Var() as grown, index, _)) if among(stmt.fn, PUTS):
                read, owner = self.reads.get((parent, _place(index)), (None, grown))
                one, two = self.types.get(owner), self.types.get(grown)
                if read is not None and isinstance(one, Arr) and isinstance(two, Arr):
                    if one.dims == two.dims:
                        self.covers[read] = stmt
            case Do(fn=ops.mark):
                pass
            case Let() if is_pure_call(stmt):
                pass
            case _:
                self.reads.clear()

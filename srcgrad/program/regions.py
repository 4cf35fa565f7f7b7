"""Regions: statements that nothing is kept of, since the way back computes them again.

with <region block>:                a region is a `With` of this manager; it opens nothing
    z = x @ w
    y = tanh(z)                     -> y
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from srcgrad.program.nodes import Const, Stmt, Var, With


class Region:
    """The manager of a region, which does nothing; ``name`` is that of the user's function.

    ``names`` are what it calls the variables that it was called with.
    """

    __slots__ = ("name", "names")

    def __init__(self, name: str, names: Mapping[Var, str] | None = None) -> None:
        self.name = name
        self.names = dict(names or {})

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: object) -> None:
        return None

    def __repr__(self) -> str:
        return f"<region {self.name}>"


def region_of(stmt: Stmt) -> Region | None:
    """Return the region that a statement is, if it is one."""
    if isinstance(stmt, With) and isinstance(stmt.manager, Const):
        value = stmt.manager.value
        return value if isinstance(value, Region) else None
    return None


def is_region(stmt: Stmt) -> TypeGuard[With]:
    """Tell whether a statement is a region."""
    return region_of(stmt) is not None

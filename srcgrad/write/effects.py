"""What keeps statements in their order: effects, and writes into memory."""

from __future__ import annotations

from typing import Any

from srcgrad.facts.owned import Owned
from srcgrad.facts.purity import is_pure, is_pure_call
from srcgrad.program import walk
from srcgrad.program.nodes import Do, Let, Stmt, Try, While, With


class Effects:
    """Knows what the statements of a program do besides giving values."""

    def __init__(self, owned: Owned) -> None:
        self.owned = owned
        self.impure: dict[Stmt, bool] = {}

    def is_impure(self, stmt: Stmt) -> bool:
        """Tell whether a statement must stay where it is among the others of its kind."""
        if stmt not in self.impure:
            if isinstance(stmt, (Let, Do)):
                found = not (is_pure_call(stmt) if isinstance(stmt, Let) else is_pure(stmt.fn))
            else:
                inner = [child for block in walk.blocks(stmt) for child in block.stmts]
                found = isinstance(stmt, (While, Try, With)) or any(map(self.is_impure, inner))
            self.impure[stmt] = found
        return self.impure[stmt]

    def written(self, stmt: Stmt) -> set[Any]:
        """The memory that a statement writes into."""
        if not self.owned.inplace:
            return set()
        if isinstance(stmt, Let):
            target = stmt.targets[0] if stmt.targets else None
            return {self.owned.group.get(target)} if target in self.owned.inplace else set()
        inner = (child for block in walk.blocks(stmt) for child in block.stmts)
        return {group for child in inner for group in self.written(child)}

"""What writing gives: a text, and what it reaches outside itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import CellType
from typing import Any


@dataclass(frozen=True, slots=True)
class Written:
    """A program as text.

    ``source`` is the text of the function, after the functions it calls (``functions``);
    ``names`` are the objects that the text reaches by reference, ``cells`` the variables of
    enclosing functions, ``reads`` the global variables it reads from ``namespace``.
    """

    name: str
    source: str
    names: dict[str, Any]
    cells: dict[str, CellType] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    namespace: dict[str, Any] | None = None
    functions: tuple[str, ...] = ()

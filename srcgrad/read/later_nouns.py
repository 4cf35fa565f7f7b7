"""The nouns of `later`: lists of parts of one array, and what is asked of types."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import UNKNOWN, Arr, Cut
from srcgrad.program import ops
from srcgrad.program.nodes import (
    Const,
    Var,
)

WHOLE = Const(slice(None))
SPLITS: dict[Any, int | None] = {
    np.split: None,
    np.array_split: None,
    np.hsplit: 1,
    np.vsplit: 0,
    np.dsplit: 2,
}
CUT = Cut(UNKNOWN, UNKNOWN, UNKNOWN)
LAZY = (zip, enumerate)
PUTS = frozenset({runtime.put_item, runtime.put_entry})
OF_TABLES = frozenset({operator.getitem, len, ops.method("keys"), ops.contained}) | PUTS


@dataclass(frozen=True)
class Views:
    """A list of parts of one array: their indices, along an axis, each of a type.

    A ``table`` is a dict of them.
    """

    parent: Var
    places: Var
    kind: Any = UNKNOWN
    axis: int = 0
    table: bool = False


class Unclear(Exception):
    """What a loop hands on was no view in the end."""


def kind_key(kind: Any) -> Any:
    """Return what is equal for arrays of one dtype and as many axes."""
    return (kind.dtype, len(kind.dims)) if isinstance(kind, Arr) else None


def has_rank(kind: Any, least: int) -> bool:
    """Tell whether a type is that of an array of so many axes at least."""
    return isinstance(kind, Arr) and not kind.scalar and len(kind.dims) >= least

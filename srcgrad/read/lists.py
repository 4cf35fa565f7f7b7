"""Which lists belong to one name alone, so that appending to them can be seen by nobody else.

xs = []             owned by xs
xs.append(v)        owned still: a new version of the same list
pair = (xs, 1)      escaped: a later append is refused
"""

from __future__ import annotations

import builtins
import math
import operator
from dataclasses import dataclass
from typing import Any

from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Atom, Const, Var
from srcgrad.read.values import Slot

_HARMLESS = (
    frozenset(
        getattr(builtins, name)
        for name in (
            "len sum min max sorted list tuple set frozenset print any all range float int bool"
            " str repr abs"
        ).split()
    )
    | set(ops.OPERATORS.values())
    | {
        operator.getitem,
        ops.contained,
        ops.not_contained,
        ops.formatted,
        ops.list_append,
        ops.assert_,
    }
)


@dataclass(eq=False, slots=True)
class Identity:
    """One list of the user, through all its versions."""

    slot: Slot | None = None
    escaped: bool = False
    iterated: int = 0
    appends: int = 0


class Lists:
    """The lists made by the code being read, by the variables that hold their versions."""

    def __init__(self) -> None:
        self.of: dict[Var, Identity] = {}

    def made(self, var: Var) -> None:
        """Note a list that has just been made by a display or comprehension."""
        self.of[var] = Identity()

    def used(self, fn: Any, atoms: list[Atom]) -> None:
        """Note that a call gets some atoms: unless it is known not to, it may keep them."""
        if not self.of or _harmless(fn):
            return
        for atom in atoms:
            self.escape(atom)

    def escape(self, atom: Any) -> None:
        """Note that something else may look at a list from now on."""
        if isinstance(atom, Var) and atom in self.of:
            self.of[atom].escaped = True

    def assigned(self, slot: Slot, value: Any) -> None:
        """Note that a name is bound to a list."""
        if not isinstance(value, Var) or value not in self.of:
            return
        identity = self.of[value]
        if identity.slot is None or identity.slot[0].done:
            identity.slot = slot
        elif identity.slot != slot:
            identity.escaped = True

    def appended(self, old: Any, new: Var) -> None:
        """Note that a variable is the next version of a list."""
        identity = self.of[old]
        identity.appends += 1
        self.of[new] = identity

    def merged(self, var: Var, one: Any, other: Any) -> None:
        """Note that a variable is one of two values; where it has none nobody reads it."""
        if _is_absent(one) or _is_absent(other):
            one = other = other if _is_absent(one) else one
        a, b = (self.of.get(v) if isinstance(v, Var) else None for v in (one, other))
        if a is not None and b is not None:
            same = a if a is b else Identity(a.slot, a.escaped or b.escaped or a.slot != b.slot)
            self.of[var] = same

    def may_append(self, value: Any, slot: Slot) -> bool:
        """Tell whether a name is the only way to reach a list made here."""
        identity = self.of.get(value) if isinstance(value, Var) else None
        return (
            identity is not None
            and not identity.escaped
            and not identity.iterated
            and identity.slot == slot
        )


def _is_absent(value: Any) -> bool:
    return isinstance(value, Const) and value.value is UNDEFINED


def _harmless(fn: Any) -> bool:
    """Tell whether a function keeps no reference to its arguments."""
    module = getattr(fn, "__module__", None) or ""
    if module == "math" or getattr(math, getattr(fn, "__name__", ""), None) is fn:
        return True
    if module.partition(".")[0] == "numpy" or type(fn).__name__ == "ufunc":
        return True
    try:
        return fn in _HARMLESS
    except TypeError:
        return False

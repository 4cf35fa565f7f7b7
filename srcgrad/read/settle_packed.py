"""Tell which arrays are one C-contiguous block: what they are reshaped to is a view of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcgrad.facts.kinds import Arr
from srcgrad.program.nodes import Atom, Var
from srcgrad.read.layout import lies_packed
from srcgrad.read.places import Root

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


def is_packed(s: Settler, atom: Atom) -> bool:
    """Tell whether a variable is one C-contiguous block of memory."""
    if not isinstance(atom, Var):
        return False
    var = s.base(atom)
    ref = s.refs.get(var)
    if isinstance(ref, Root) and ref.place.packed:
        if ref.place.param is not None:
            s.assumed.add(ref.place.param)
        return True
    if ref is None and var in s.program.params and isinstance(s.types.get(var), Arr):
        s.assumed.add(var)
        return True
    if var in s.program.params or var not in s.defined:
        return False
    return lies_packed(s.defined[var], s.types, lambda one: is_packed(s, one))

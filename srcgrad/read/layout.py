"""Which arrays are certainly one C-contiguous block of memory: of these, a reshape is a view.

u = np.zeros((3, 4))      one block
v = u * 2.0               one block, since u is: NumPy keeps the order of what it is given
w = np.stack([u.T, u.T])  not certainly: the order of the transposes is kept too
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.facts.indices import is_picking
from srcgrad.facts.kinds import Arr, Cut, Known, ListOf, Seq, Unknown
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Let, Var
from srcgrad.program.walk import among
from srcgrad.read.views import Types, is_int, relation

_m = ops.method
_ROWS: dict[Any, int] = {
    np.zeros: 2, np.ones: 2, np.empty: 2, np.full: 3, np.eye: 4, np.identity: 2,
    _m("copy"): 1, _m("flatten"): 1, np.outer: 2, np.tile: 2, np.repeat: 3, _m("repeat"): 3,
}  # fmt: skip
"""What lies row by row, unless more arguments than these ask for another order."""
_KEEPING = frozenset({
    np.zeros_like, np.ones_like, np.empty_like, np.full_like, np.array, np.copy, np.where, np.clip,
    operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.neg,
    operator.pos, operator.mod, operator.floordiv, abs, _m("astype"), _m("clip"), np.sort,
    np.cumsum, np.cumprod, _m("cumsum"), _m("cumprod"),
})  # fmt: skip
"""What lies row by row where all arrays that it is given do."""


def lies_packed(let: Let, types: Types, is_packed: Callable[[Atom], bool]) -> bool:
    """Tell whether the array that a call gives is one C-contiguous block.

    Parameters
    ----------
    let : Let
        The call.
    types : mapping
        The types of variables.
    is_packed : function
        Tells the same of a variable.
    """
    kind = types.get(let.targets[0])
    if not isinstance(kind, Arr) or len(let.targets) != 1:
        return False
    how = relation(let, types)
    if how == "same":
        return is_packed(let.args[0])
    if how in ("view", "reshaped"):
        whole = how == "reshaped" or stays_packed(let, types)
        return whole and is_packed(let.args[0])
    if how != "fresh" or any(name not in ("dtype", "axis") for name, _ in let.kwargs):
        return False
    if len(kind.dims) < 2:
        return True
    if let.fn in (np.stack, np.vstack) and len(let.args) == 1 and not let.kwargs:
        rows = types.get(let.args[0]) if isinstance(let.args[0], Var) else None
        return isinstance(rows, Seq) and all(map(_is_row, rows.items))
    if among(let.fn, _ROWS):
        return len(let.args) <= _ROWS[let.fn]
    if among(let.fn, _KEEPING) or isinstance(let.fn, np.ufunc):
        return all(_is_plain(atom, types) or is_packed(atom) for atom in let.args)
    return False


def _is_plain(atom: Atom, types: Types) -> bool:
    """Tell whether an argument has no say in how a result lies in memory."""
    kind = types.get(atom) if isinstance(atom, Var) else Known(atom.value)
    return _is_row(kind) or not isinstance(kind, (Arr, Seq, ListOf, Unknown | None))


def _is_row(kind: Any) -> bool:
    return isinstance(kind, Arr) and len(kind.dims) < 2


def stays_packed(let: Let, types: Types) -> bool:
    """Tell whether a basic index takes one block out of a C-contiguous array."""
    if let.fn is not operator.getitem or is_picking(let.args[1], types):
        return False
    index = let.args[1]
    kind = types.get(index) if isinstance(index, Var) else Known(index.value)
    kinds = list(kind.items) if isinstance(kind, Seq) else [kind]
    while kinds and is_int(kinds[0]):
        kinds.pop(0)
    if not kinds:
        return True
    return _is_run(kinds[0]) and all(map(_is_all, kinds[1:]))


def _is_run(kind: Any) -> bool:
    """Tell whether an index is a slice without a step."""
    value = kind.value if isinstance(kind, Known) else None
    plain = isinstance(value, slice) and value.step in (None, 1)
    cut = isinstance(kind, Cut) and kind.step in (Known(None), Known(1))
    return plain or cut


def _is_all(kind: Any) -> bool:
    """Tell whether an index is ``:``."""
    if isinstance(kind, Known):
        return isinstance(kind.value, slice) and kind.value == slice(None)
    return isinstance(kind, Cut) and (kind.start, kind.stop, kind.step) == (Known(None),) * 3

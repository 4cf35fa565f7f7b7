"""What is added where zeros were is put there: ``d_x[i] += g`` is ``d_x[i] = g`` the first time."""

from __future__ import annotations

from types import EllipsisType
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.indices import is_basic, is_distinct
from srcgrad.facts.kinds import Arr
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let, Var

if TYPE_CHECKING:
    from srcgrad.tidy.finish import Finisher

_ZEROS: frozenset[Any] = frozenset({np.zeros_like, np.zeros})
_BEFORE = _ZEROS | {runtime.put}
_TUPLES = frozenset({ops.make_tuple})


def grown(s: Finisher, let: Let) -> Atom | None:
    """What is added to zeros is written there; to what must stay, it is added in a copy."""
    kind = s.type(let.args[0])
    if not isinstance(kind, Arr) or kind.scalar:
        return None
    if let.targets[0] in s.inplace:
        first = _is_zero(s, let.args[0], let.args[1])
        return s.let(runtime.put, *let.args) if first and _is_once(s, let.args[1]) else None
    hint, s.hint = s.hint, let.targets[0].hint
    whole = s.let(ops.method("copy"), let.args[0])
    s.hint = hint
    return s.let(runtime.put_add, whole, *let.args[1:])


def _is_zero(s: Finisher, whole: Atom, index: Atom) -> bool:
    """Tell whether there are only zeros at an index: nothing was put there yet."""
    made = s.made_by(whole, _BEFORE)
    while made is not None and made.fn is runtime.put:
        if not _are_apart(_parts(s, index), _parts(s, made.args[1])):
            return False
        made = s.made_by(made.args[0], _BEFORE)
    return made is not None


def _parts(s: Finisher, index: Atom) -> tuple[Any, ...]:
    """Return the parts of an index as far as they are constants; others are ``_TUPLES``."""
    made = s.made_by(index, _TUPLES)
    if made is not None:
        return tuple(atom.value if isinstance(atom, Const) else _TUPLES for atom in made.args)
    if not isinstance(index, Const):
        return (_TUPLES,)
    return index.value if isinstance(index.value, tuple) else (index.value,)


def _are_apart(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """Tell whether two indices, as ``0`` and ``1``, never address the same element."""
    if len(a) != len(b) or any(type(i) not in (int, slice, EllipsisType) for i in (*a, *b)):
        return False
    for i, j in zip(a, b, strict=True):
        if type(i) is not type(j):
            return False
        if isinstance(i, int) and i != j:
            return i >= 0 <= j or i < 0 > j
    return False


def zeros(s: Finisher, let: Let) -> Atom | None:
    """``np.zeros_like(v)`` of a vector, again and again, takes several times ``np.zeros``."""
    kind = s.type(let.args[0])
    if not s.turns or not isinstance(kind, Arr) or len(kind.dims) != 1 or len(let.args) != 1:
        return None
    if kind.dtype != np.float64 or s.type(let.targets[0]) != kind:
        return None
    hint, s.hint = s.hint, ""
    shape = s.let(ops.attribute("shape"), let.args[0])
    s.hint = hint or "zeros"
    return s.let(np.zeros, shape)


def _is_once(s: Finisher, index: Atom) -> bool:
    """Tell whether an index addresses no element twice."""
    kind = s.type(index)
    mask = isinstance(kind, Arr) and kind.dtype.kind == "b" and not kind.scalar
    made = s.calls.get(index) if isinstance(index, Var) else None
    return mask or is_basic(index, s.types) or is_distinct(made, s.calls, s.types)

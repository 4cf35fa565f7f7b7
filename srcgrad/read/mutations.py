"""Calls that write into an array, as values: each says what the array holds afterwards.

a.fill(c)                    a.1 = put(a, ..., c)
np.add(x, y, out=a)          a.1 = put(a, ..., add(x, y))
np.add.at(a, i, v)           a.1 = put_add(a, i, v)
a.sort()                     a.1 = sort(a)
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.dtypes import array_of
from srcgrad.facts.effects import out_of
from srcgrad.facts.kinds import UNKNOWN, Arr
from srcgrad.facts.types import const_type
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Do, Let, Var
from srcgrad.program.walk import among
from srcgrad.read.places import Same

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler

Change = Callable[["Settler", Var, tuple[Atom, ...], dict[str, Atom]], bool]
WHOLE = Const(Ellipsis)


def mutation(s: Settler, stmt: Let | Do) -> None:
    """Settle a call that writes into an array it is given."""
    from srcgrad.read.settle_lets import put, target_of

    out = out_of(stmt if isinstance(stmt, Let) else Let((), stmt.fn, stmt.args, stmt.kwargs))
    whole = stmt.args[0] if out is None else out
    rest = tuple(s.read(atom, stmt.origin) for atom in (stmt.args if out else stmt.args[1:]))
    named = {name: s.read(atom, stmt.origin) for name, atom in stmt.kwargs if name != "out"}
    if out is not None and isinstance(stmt.fn, np.ufunc):
        rest = rest[: stmt.fn.nin]
    var = target_of(s, whole, stmt)
    done = var is not None
    if var is not None and out is not None:
        where = named.pop("where", None)
        value: Atom = s.b.let(stmt.fn, *rest, hint="", **named)
        if where is not None:
            value = s.b.let(np.where, where, value, s.current(var))
        done = _fits(s, stmt, value, var)
        if done:
            put(s, var, WHOLE, value)
    elif var is not None:
        change = _change(stmt.fn)
        done = change is not None and change(s, var, rest, named)
    if var is not None and not done:
        _refuse(s, stmt)
    for target in stmt.targets if isinstance(stmt, Let) else ():
        if out is not None and isinstance(whole, Var):
            s.tracks[target] = True
            s.refs[target] = Same(whole)
        else:
            s.b.add(Let((target,), ops.same, (Const(None),), (), stmt.origin))


def _fits(s: Settler, stmt: Let | Do, value: Atom, var: Var) -> bool:
    """Tell whether NumPy would store such a result there; it refuses to lose a fraction."""
    kind = s.types.get(var)
    if not isinstance(kind, Arr) or kind.dtype.kind in "fc":
        return True
    ints = (np.add, np.subtract, np.multiply, np.negative, np.maximum, np.minimum, np.abs)
    made = s.types.get(stmt.targets[0]) if isinstance(stmt, Let) and stmt.targets else None
    return stmt.fn in ints or made == kind or kind.dtype.kind == "b"


def _refuse(s: Settler, stmt: Let | Do) -> None:
    from srcgrad.program.show import fn_name

    name = fn_name(stmt.fn).replace("numpy.", "np.")
    s.refuse(
        f"cannot follow what {name!r} writes here",
        "In this form it is not known what the array holds afterwards.",
        "Write the new entries by index, or use the function that returns a new array.",
        stmt.origin,
    )


def _change(fn: Any) -> Change | None:
    if among(fn, CHANGES):
        return CHANGES[fn]
    owner = getattr(fn, "__self__", None)
    if isinstance(owner, np.ufunc) and fn.__name__ == "at":
        return _AT.get(owner)
    return None


def _fill(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
    from srcgrad.read.settle_lets import put

    value = named.pop("value", None) or rest[0]
    put(s, var, WHOLE, value)
    return not named


def _copyto(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
    from srcgrad.read.settle_lets import put

    where = named.pop("where", None)
    if len(rest) != 1 or named or not _casts(s, rest[0], var):
        return False
    value = rest[0]
    if where is not None:
        value = s.b.let(np.where, where, value, s.current(var))
    put(s, var, WHOLE, value)
    return True


def _casts(s: Settler, value: Atom, var: Var) -> bool:
    """Tell whether NumPy copies such a value there; it refuses to cut off fractions."""
    kind, given = s.types.get(var), const_type(value.value) if isinstance(value, Const) else None
    given = array_of(given or s.types.get(value) or UNKNOWN)  # type: ignore[arg-type]
    if not isinstance(kind, Arr) or kind.dtype.kind in "fc":
        return True
    return given is not None and np.can_cast(given.dtype, kind.dtype, "same_kind")


def _sorted(fn: Any) -> Change:
    def change(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
        from srcgrad.read.settle_lets import write

        write(s, var, s.b.let(fn, s.current(var), *rest, hint=var.hint, **named))
        return True

    return change


def _put(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
    """``np.put(a, i, v)`` counts through the array as if it were flat."""
    from srcgrad.read.settle_lets import in_turns, write

    if named or len(rest) != 2:
        return False
    places = s.b.let(np.ravel, rest[0])
    flat = s.b.let(np.ravel, s.current(var))
    new = s.b.let(runtime.put, flat, places, in_turns(s, rest[1], places))
    write(s, var, s.b.let(np.reshape, new, s.b.let(np.shape, s.current(var)), hint=var.hint))
    return True


def _place(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
    """``np.place(a, mask, v)`` takes the entries of v in turns, for each place one."""
    from srcgrad.read.settle_lets import in_turns, put

    kind = s.types.get(rest[0]) if rest and isinstance(rest[0], Var) else None
    if named or len(rest) != 2 or not (isinstance(kind, Arr) and kind.dtype.kind == "b"):
        return False
    part = s.b.let(operator.getitem, s.current(var), rest[0])
    put(s, var, rest[0], in_turns(s, rest[1], part))
    return True


def _putmask(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
    """``np.putmask(a, mask, v)``: entry i of v, counted in turns, is for entry i of a."""
    from srcgrad.read.settle_lets import in_turns, put

    if named or len(rest) != 2:
        return False
    value = in_turns(s, rest[1], s.current(var))
    put(s, var, WHOLE, s.b.let(np.where, rest[0], value, s.current(var)))
    return True


def _put_along_axis(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
    from srcgrad.read.settle_lets import put

    if len(rest) == 2 and "axis" in named:
        rest = (*rest, named.pop("axis"))
    if named or len(rest) != 3 or not isinstance(rest[2], Const) or rest[2].value is None:
        return False
    places = s.b.let(runtime.along_axis, rest[0], rest[2], s.b.let(np.shape, s.current(var)))
    put(s, var, places, rest[1])
    return True


def _fill_diagonal(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
    from srcgrad.read.settle_lets import in_turns, put

    kind = s.types.get(var)
    if named or len(rest) != 1 or not isinstance(kind, Arr) or len(kind.dims) != 2:
        return False
    n = s.b.let(min, s.b.let(np.shape, s.current(var)))
    i = s.b.let(np.arange, n, hint="i")
    put(s, var, s.b.let(ops.make_tuple, i, i), in_turns(s, rest[0], i))
    return True


def _add_at(sign: int) -> Change:
    def change(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
        from srcgrad.read.settle_lets import put

        if named or len(rest) != 2:
            return False
        value = rest[1] if sign > 0 else s.b.let(operator.neg, rest[1])
        put(s, var, rest[0], value, runtime.put_add)
        return True

    return change


CHANGES: dict[Any, Change] = {
    ops.method("fill"): _fill,
    np.copyto: _copyto,
    ops.method("sort"): _sorted(np.sort),
    ops.method("partition"): _sorted(np.partition),
    np.put: _put,
    ops.method("put"): _put,
    np.place: _place,
    np.putmask: _putmask,
    np.put_along_axis: _put_along_axis,
    np.fill_diagonal: _fill_diagonal,
}
_AT: dict[Any, Change] = {np.add: _add_at(1), np.subtract: _add_at(-1)}

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
from srcgrad.facts.numbers import is_number
from srcgrad.facts.typed import const_type
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Atom, Const, Do, For, Let, Var
from srcgrad.program.show import fn_name
from srcgrad.program.walk import among
from srcgrad.read.places import Same
from srcgrad.read.settle_writes import in_turns, put, target_of, write
from srcgrad.read.views import part_written

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler

Change = Callable[["Settler", Var, tuple[Atom, ...], dict[str, Atom]], bool]
WHOLE = Const(Ellipsis)


def mutation(s: Settler, stmt: Let | Do) -> None:
    """Settle a call that writes into an array it is given."""
    out = out_of(stmt if isinstance(stmt, Let) else Let((), stmt.fn, stmt.args, stmt.kwargs))
    whole = stmt.args[0] if out is None else out
    rest = tuple(s.read(atom, stmt.origin) for atom in (stmt.args if out else stmt.args[1:]))
    named = {name: s.read(atom, stmt.origin) for name, atom in stmt.kwargs if name != "out"}
    if out is not None and isinstance(stmt.fn, np.ufunc):
        rest = rest[: stmt.fn.nin]
    if whole is out and _is_pair(s, whole):
        _into_each(s, stmt, whole, rest, named)
        return
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


def _is_pair(s: Settler, out: Atom | None) -> bool:
    """Tell whether the arrays for the results of a call are given one by one."""
    pack = s.packs.get(s.base(out)) if isinstance(out, Var) else None
    return pack is not None and pack.fn is ops.make_tuple


def _into_each(
    s: Settler, stmt: Let | Do, out: Atom, rest: tuple[Atom, ...], named: dict[str, Atom]
) -> None:
    """``np.modf(x, out=(f, i))``: every result goes into an array of its own."""
    assert isinstance(out, Var)
    items = s.packs[s.base(out)].args
    made = s.b.lets(("",) * len(items), stmt.fn, *rest, **named)
    for item, value in zip(items, made, strict=True):
        var = None
        if not (isinstance(item, Const) and item.value is None):
            var = target_of(s, item, stmt)
        if var is None:
            continue
        if "where" in named or not _casts(s, value, var):
            _refuse(s, stmt)
        put(s, var, WHOLE, value)
    for target in stmt.targets if isinstance(stmt, Let) else ():
        s.tracks[target] = True
        s.refs[target] = Same(out if len(items) > 1 else items[0])  # type: ignore[arg-type]


def _fits(s: Settler, stmt: Let | Do, value: Atom, var: Var) -> bool:
    """Tell whether NumPy would store such a result there; it refuses to lose a fraction."""
    kind = s.types.get(var)
    if not isinstance(kind, Arr) or kind.dtype.kind in "fc":
        return True
    ints = (np.add, np.subtract, np.multiply, np.negative, np.maximum, np.minimum, np.abs)
    made = s.types.get(stmt.targets[0]) if isinstance(stmt, Let) and stmt.targets else None
    return stmt.fn in ints or made == kind or kind.dtype.kind == "b"


def _refuse(s: Settler, stmt: Let | Do) -> None:
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
        return _AT.get(owner, _one_by_one(owner))
    return None


def _fill(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
    value = named.pop("value", None) or rest[0]
    put(s, var, WHOLE, value)
    return not named


def _copyto(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
    where = named.pop("where", None)
    if "src" in named:
        rest = (*rest, named.pop("src"))
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
        write(s, var, s.b.let(fn, s.current(var), *rest, hint=var.hint, **named))
        return True

    return change


def _put(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
    """``np.put(a, i, v)`` counts through the array as if it were flat."""
    mode = named.pop("mode", Const("raise"))
    if named or len(rest) != 2 or not isinstance(mode, Const) or mode.value not in _MODES:
        return False
    places = s.b.let(np.ravel, rest[0])
    size = s.b.let(np.size, s.current(var))
    if mode.value == "clip":
        places = s.b.let(np.clip, places, Const(0), s.b.let(operator.sub, size, Const(1)))
    elif mode.value == "wrap":
        places = s.b.let(operator.mod, places, size)
    _put_flat(s, var, places, rest[1], places)
    return True


_MODES = ("raise", "clip", "wrap")


def _put_flat(s: Settler, var: Var, index: Atom, value: Atom, part: Atom | None = None) -> None:
    """Write at places of an array that are counted as if it were flat."""
    flat = s.b.let(np.ravel, s.current(var))
    if part is None:
        part = s.b.let(operator.getitem, flat, index)
    new = s.b.let(runtime.put, flat, index, in_turns(s, value, part))
    write(s, var, s.b.let(np.reshape, new, s.b.let(np.shape, s.current(var)), hint=var.hint))


def _place(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
    """``np.place(a, mask, v)`` takes the entries of v in turns, for each place one."""
    kind = s.types.get(rest[0]) if rest and isinstance(rest[0], Var) else None
    if named or len(rest) != 2 or not (isinstance(kind, Arr) and kind.dtype.kind == "b"):
        return False
    part = s.b.let(operator.getitem, s.current(var), rest[0])
    put(s, var, rest[0], in_turns(s, rest[1], part))
    return True


def _putmask(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
    """``np.putmask(a, mask, v)``: entry i of v, counted in turns, is for entry i of a."""
    if named or len(rest) != 2:
        return False
    value = in_turns(s, rest[1], s.current(var))
    put(s, var, WHOLE, s.b.let(np.where, rest[0], value, s.current(var)))
    return True


def _put_along_axis(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
    if len(rest) == 2:
        rest = (*rest, named.pop("axis", Const(-1)))
    if named or len(rest) != 3 or not isinstance(rest[2], Const):
        return False
    if rest[2].value is None:
        _put_flat(s, var, rest[0], rest[1])
        return True
    places = s.b.let(runtime.along_axis, rest[0], rest[2], s.b.let(np.shape, s.current(var)))
    put(s, var, places, rest[1])
    return True


def _fill_diagonal(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
    kind = s.types.get(var)
    wrap = (*rest[1:], named.pop("wrap", Const(False)))[0]
    known = isinstance(kind, Arr) and len(kind.dims) >= 2 and isinstance(wrap, Const)
    if named or not 1 <= len(rest) <= 2 or not known:
        return False
    assert isinstance(kind, Arr) and isinstance(wrap, Const)
    shape = s.b.let(np.shape, s.current(var))
    if wrap.value and len(kind.dims) == 2:
        columns = s.b.let(operator.getitem, shape, Const(1))
        step = s.b.let(operator.add, columns, Const(1))
        _put_flat(s, var, s.b.let(slice, Const(None), Const(None), step), rest[0])
        return True
    i = s.b.let(np.arange, s.b.let(min, shape), hint="i")
    put(s, var, s.b.let(ops.make_tuple, *([i] * len(kind.dims))), in_turns(s, rest[0], i))
    return True


def _add_at(sign: int) -> Change:
    def change(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
        if named or len(rest) != 2:
            return False
        value = rest[1] if sign > 0 else s.b.let(operator.neg, rest[1])
        put(s, var, rest[0], value, runtime.put_add)
        return True

    return change


def _one_by_one(fn: np.ufunc) -> Change:
    """``np.multiply.at(a, i, v)``: one entry after another, of repeated ones every time.

    for j in range(len(i)):
        a[i[j]] = a[i[j]] * v[j]
    """

    def change(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
        kind = s.types.get(var)
        if named or len(rest) != fn.nin or not isinstance(kind, Arr) or fn.nout != 1:
            return False
        places, values = _places(s, var, kind, rest[0]), rest[1:]
        shape = None if _is_row(kind) else s.b.let(np.shape, s.current(var))
        old = s.current(var) if shape is None else s.b.let(np.ravel, s.current(var))
        given = _kind(s, values[0]) if values else None
        if values and not is_number(given) and not (_is_row(given) and _is_row_of_places(s, rest)):
            spread = s.b.let(np.broadcast_to, values[0], s.b.let(np.shape, places))
            values = (s.b.let(np.ravel, spread),)
            given = None
        if not _is_row_of_places(s, rest):
            places = s.b.let(np.ravel, places)
        each, before = Var("j"), Var(var.hint, var.user)
        b = Builder(s.b.origin)
        at = b.let(operator.getitem, places, each)
        entry = b.let(operator.getitem, before, at)
        if values and (given is None or not is_number(given)):
            values = (b.let(operator.getitem, values[0], each),)
        new = b.let(runtime.put, before, at, b.let(fn, entry, *values), hint=var.hint)
        after = Var(var.hint, var.user)
        turns = s.b.let(range, s.b.let(len, places))
        s.b.add(For((after,), each, turns, (before,), (old,), b.block(new), s.b.origin))
        if shape is not None:
            after = s.b.let(np.reshape, after, shape, hint=var.hint)
        write(s, var, after)
        return True

    return change


def _kind(s: Settler, atom: Atom) -> Any:
    return const_type(atom.value) if isinstance(atom, Const) else s.types.get(atom)


def _is_row(kind: Any) -> bool:
    return isinstance(kind, Arr) and len(kind.dims) == 1


def _is_row_of_places(s: Settler, rest: tuple[Atom, ...]) -> bool:
    """Tell whether the places are given as integers in one row."""
    kind = s.types.get(rest[0]) if isinstance(rest[0], Var) else None
    return isinstance(kind, Arr) and len(kind.dims) == 1 and kind.dtype.kind in "iu"


def _places(s: Settler, var: Var, kind: Arr, index: Atom) -> Atom:
    """Return the places of an index, counted as if the array were flat."""
    if _is_row(kind) and _is_row_of_places(s, (index,)):
        return index
    count = s.b.let(np.arange, s.b.let(np.size, s.current(var)))
    shaped = s.b.let(np.reshape, count, s.b.let(np.shape, s.current(var)))
    return s.b.let(operator.getitem, shaped, index)


def _set_part(s: Settler, var: Var, rest: tuple[Atom, ...], named: dict[str, Atom]) -> bool:
    """``a.flat = v``, ``a.real = v`` and ``a.imag = v``."""
    name, value = rest
    kind = s.types.get(var)
    if not isinstance(name, Const) or not isinstance(kind, Arr):
        return False
    if name.value == "real" and kind.dtype.kind == "f":
        put(s, var, WHOLE, value)
    elif name.value == "flat":
        put(s, var, WHOLE, in_turns(s, value, s.current(var)))
    elif kind.dtype.kind == "c":
        made = part_written(s.b, ops.attribute(name.value), s.current(var), value)
        assert made is not None
        put(s, var, WHOLE, made)
    else:
        s.refuse(
            f"cannot write the {name.value!r} part of {var.hint or 'this array'!r}",
            "An array of real numbers has no other part to write.",
            "Keep the two parts in two arrays of floats.",
        )
    return True


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
    setattr: _set_part,
}
_AT: dict[Any, Change] = {np.add: _add_at(1), np.subtract: _add_at(-1)}

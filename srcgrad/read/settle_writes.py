"""Write into memory: through views to the array behind them, through items to their container.

u[0] = y         u.1 = put(u, 0, y)
v = u[1:3]
v[0] = y         u.2 = put(u.1, 1, y)
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import DictOf, Known, ListOf, Map, Rec, Seq
from srcgrad.facts.numbers import is_number
from srcgrad.program.nodes import Atom, Const, Do, Let, Var
from srcgrad.read import boxes
from srcgrad.read.places import Root, View
from srcgrad.read.views import composed, undone

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


def target_of(s: Settler, whole: Atom, stmt: Let | Do) -> Var | None:
    """Return the array that is written into, or None after a refusal."""
    if not isinstance(whole, Var):
        refuse_constant(s, stmt)
        return None
    kind = s.types.get(whole)
    name = whole.hint or "this object"
    if s.state.gone:
        s.check_gone(whole, stmt.origin, writes=True)
    if isinstance(kind, (Seq, ListOf, Map, DictOf, Rec)) or whole in s.packs:
        s.refuse(
            f"cannot write to an entry of {name!r}",
            f"{name!r} is a container that something else may look at, and the write would be"
            " seen there.",
            f"Make a new one, for example list({name}) or dict({name}), and write into that.",
            stmt.origin,
        )
        return None
    place = s.place(whole)
    if isinstance(kind, Known) or place is None:
        s.refuse(
            f"cannot write into {name!r}",
            "It is no array of this function.",
            "Write into an array made in the function, or given to it.",
            stmt.origin,
        )
        return None
    if place.opaque:
        s.take_apart()
        s.refuse(
            f"cannot write into {name!r}",
            "It may be memory that others look at: a global, a part of a container that is not"
            " known entry by entry, or a view that NumPy does not let anyone write to.",
            f"Work on a copy: {name}.copy().",
            stmt.origin,
        )
        return None
    if place in s.state.stale:
        s.refuse_stale(whole, place, stmt.origin)
        return None
    return whole


def refuse_constant(s: Settler, stmt: Let | Do) -> None:
    """Refuse to write into what is the same object in all calls."""
    s.refuse(
        "cannot write into this object",
        "It is one and the same in all calls, as the default of a parameter is: what one call"
        " writes, the next would find.",
        "Write into an object made in the function, or given to it.",
        stmt.origin,
    )


def entry_fn(s: Settler, whole: Var) -> Any:
    """Return the function that puts another entry into a container."""
    table = isinstance(s.types.get(whole), (Map, DictOf))
    return runtime.put_entry if table else runtime.put_item


def in_turns(s: Settler, value: Atom, part: Atom) -> Atom:
    """Return as many entries of a value as there are places, again from the start where needed."""
    if is_number(Known(value.value) if isinstance(value, Const) else s.types.get(value)):
        return value
    return s.b.let(np.resize, value, s.b.let(np.shape, part))


def put(s: Settler, var: Var, index: Atom, value: Atom, fn: Any = runtime.put) -> None:
    """Write ``var[index] = value``, through views to the memory behind them."""
    var = s.base(var)
    ref = s.refs[var]
    if isinstance(ref, Root):
        if ref.place.boxed:
            boxes.check_moved(s, ref.place)
            fn = entry_fn(s, var)
        elif isinstance(index, Const) and isinstance(index.value, str):
            fn = runtime.put_entry  # whatever it is, it is a dict
        new = s.b.let(fn, s.state.values[ref.place], index, value, hint=var.hint)
        new.user = var.user
        s.store(ref.place, new)
        return
    assert isinstance(ref, View)
    through = None
    if not boxes.is_box(s, ref.parent):
        through = composed(ref.let, index, s.defined, s.types, s.b)
    if through is not None:
        _note_index(s, through)
        put(s, ref.parent, through, value, fn)
        return
    write(s, var, s.b.let(fn, s.current(var), index, value))


def _note_index(s: Settler, index: Atom) -> None:
    made = s.b.stmts[-1] if s.b.stmts else None
    if isinstance(made, Let) and isinstance(index, Var) and index in made.targets:
        s.defined[index] = made


def write(s: Settler, var: Var, new: Atom) -> None:
    """Let a variable's memory have other contents of the same shape and dtype."""
    var = s.base(var)
    ref = s.refs[var]
    if isinstance(ref, Root):
        s.store(ref.place, new)
        return
    assert isinstance(ref, View)
    parent = s.base(ref.parent)
    if ref.let.fn is operator.getitem:
        put(s, parent, ref.let.args[1], new)
    else:
        base = undone(ref.let, s.current(parent), new, s.b)
        if base is None:
            s.refuse(
                f"cannot write through {var.hint or 'this view'!r}",
                "How the write reaches the array behind this view is not known.",
                "Write into the array itself.",
            )
            return
        write(s, parent, base)
    place = s.place(var)
    assert place is not None
    s.state.views[var] = (s.state.values[place], new)

"""How tangents pass through the building, reading and walking of containers: the same is done.

pair = (x, y)           ->      t_pair = (t_x, t_y)
"""

from __future__ import annotations

import inspect
import itertools
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad import runtime
from srcgrad.derive.lists import is_sum_of_lists
from srcgrad.facts.kinds import UNKNOWN, Arr, DictOf, ListOf, Map, Py, Seq
from srcgrad.facts.kinds import Known as KnownType
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Atom, Const, Let, Var
from srcgrad.program.walk import among

if TYPE_CHECKING:
    from srcgrad.derive.forward import Walker

Tangents = tuple[Atom | None, ...]
Handler = Callable[["Walker", Let, Builder], Tangents]


def _together(*places: int) -> Handler:
    """Do to the tangents of some arguments what is done to those."""

    def handler(walker: Walker, let: Let, b: Builder) -> Tangents:
        chosen = [k % len(let.args) for k in places if k < len(let.args)]
        args = [walker.given(atom, b) if i in chosen else atom for i, atom in enumerate(let.args)]
        fn = ops.PLAIN.get(let.fn, let.fn)  # type: ignore[arg-type]
        named: dict[str, Any] = dict(let.kwargs)
        return b.lets(tuple("" for _ in let.targets), fn, *args, **named)

    return handler


def _same(walker: Walker, let: Let, b: Builder) -> Tangents:
    return (walker.tangent(let.args[0]),)


def _items(walker: Walker, let: Let, b: Builder) -> Tangents:
    return (b.let(let.fn, *[walker.given(a, b) for a in let.args]),)


def _dict(walker: Walker, let: Let, b: Builder) -> Tangents:
    args = [atom if i % 2 == 0 else walker.given(atom, b) for i, atom in enumerate(let.args)]
    return (b.let(ops.make_dict, *args),)


def _dict_call(walker: Walker, let: Let, b: Builder) -> Tangents:
    named: dict[str, Any] = {name: walker.given(a, b) for name, a in let.kwargs}
    if not let.args:
        return (b.let(dict, **named),)
    first = let.args[0]
    tangent = walker.given(first, b)
    if not isinstance(walker.payer.kind(first), (Map, DictOf)):
        kind = walker.payer.kind(first)
        if isinstance(kind, ListOf) and kind.cls not in (list, tuple):
            walker.payer.refuse(
                let.origin,
                "cannot differentiate through this 'dict'",
                f"It is made from a {kind.cls.__name__}, whose items are gone when it is made.",
                "Write a dict comprehension: {key: value for key, value in ...}.",
            )
            return (None,)
        tangent = b.let(runtime.keyed, first, tangent)
    return (b.let(dict, tangent, **named),)


def _getitem(walker: Walker, let: Let, b: Builder) -> Tangents:
    whole, index = let.args
    if walker.tangent(whole) is not None:
        return (b.let(operator.getitem, walker.tangent(whole), index),)
    if not isinstance(whole, Const) or (whole.value is not np.r_ and whole.value is not np.c_):
        walker.payer.refuse_call(let, [index])
        return (None,)
    made = walker.defs.get(index) if isinstance(index, Var) else None
    if made is None or made.fn is not ops.make_tuple:
        return (b.let(operator.getitem, whole, walker.tangent(index)),)
    parts = [_part(walker, whole, atom, b) for atom in made.args]
    return (b.let(operator.getitem, whole, b.let(ops.make_tuple, *parts)),)


def _part(walker: Walker, whole: Const, atom: Atom, b: Builder) -> Atom:
    """Return the tangent of what stands in the brackets of ``np.r_``."""
    tangent = walker.tangent(atom)
    if tangent is not None or (isinstance(atom, Const) and isinstance(atom.value, str)):
        return atom if tangent is None else tangent
    made = walker.defs.get(atom) if isinstance(atom, Var) else None
    if made is not None and made.fn is slice:
        return b.let(np.zeros_like, b.let(operator.getitem, whole, atom), dtype=float)
    return walker.zeros(atom, b)


def _unpack(walker: Walker, let: Let, b: Builder) -> Tangents:
    whole = walk_along(walker, let.args[0], b)
    return b.lets(tuple("" for _ in let.targets), let.fn, whole, *let.args[1:])


def walk_along(walker: Walker, atom: Atom, b: Builder) -> Atom:
    """Return what gives the tangents of the items of something, in order; those of keys are 0."""
    kind, tangent = walker.payer.kind(atom), walker.tangent(atom)
    if tangent is None:
        plain = isinstance(kind, (Arr, Seq, Map)) or _is_listed(kind)
        return walker.zeros(atom, b) if plain else b.let(runtime.walked, None, atom)
    if kind is UNKNOWN or isinstance(kind, (Map, DictOf)):
        return b.let(runtime.walked, tangent, atom)
    return tangent


def _is_listed(kind: Any) -> bool:
    return isinstance(kind, ListOf) and kind.cls in (list, tuple)


def _zipped(walker: Walker, let: Let, b: Builder) -> Tangents:
    named: dict[str, Any] = dict(let.kwargs)
    return (b.let(zip, *[walk_along(walker, atom, b) for atom in let.args], **named),)


def _enumerated(walker: Walker, let: Let, b: Builder) -> Tangents:
    nothing = b.let(itertools.repeat, 0.0)
    return (b.let(zip, nothing, walk_along(walker, let.args[0], b)),)


def _walked(walker: Walker, let: Let, b: Builder) -> Tangents:
    if not let.args:
        return (None,)
    return (b.let(let.fn, walk_along(walker, let.args[0], b)),)


def _pairs(walker: Walker, let: Let, b: Builder) -> Tangents:
    nothing = b.let(itertools.repeat, 0.0)
    values = b.let(ops.method("values"), walker.tangent(let.args[0]))
    return (b.let(list, b.let(zip, nothing, values)),)


def _sorted(walker: Walker, let: Let, b: Builder) -> Tangents:
    kind = walker.payer.kind(let.args[0])
    named = dict(let.kwargs)
    gone = isinstance(kind, (Seq, ListOf)) and kind.cls not in (list, tuple)
    if gone or named.keys() - {"reverse"}:
        walker.payer.refuse_call(let, list(let.args))
        return (None,)
    tangent = walk_along(walker, let.args[0], b)
    return (b.let(runtime.sorted_along, tangent, let.args[0], *named.values()),)


def _refused(walker: Walker, let: Let, b: Builder) -> Tangents:
    walker.payer.refuse_call(let, list(let.args))
    return (None,)


def constructed(walker: Walker, let: Let, b: Builder) -> Tangents:
    """Return the record of the tangents of what a record is made of."""
    fn: Any = let.fn
    count = len(inspect.signature(fn).parameters)
    assert len(let.args) <= count
    args = [walker.given(a, b) for a in let.args]
    named: dict[str, Any] = {name: walker.given(a, b) for name, a in let.kwargs}
    return (b.let(fn, *args, **named),)


def list_operation(walker: Walker, let: Let) -> Handler | None:
    """Return how ``+`` and ``*`` act on tangents where they join or repeat lists or tuples."""
    kinds = [walker.payer.kind(atom) for atom in let.args]
    if is_sum_of_lists(let, kinds):
        return _together(0, 1)
    lists = [isinstance(kind, (Seq, ListOf)) for kind in kinds]
    if let.fn in (operator.add, operator.iadd) and any(lists):
        return _together(0, 1) if all(lists) or UNKNOWN in kinds else None
    if let.fn in (operator.mul, operator.imul) and any(lists) and not all(lists):
        other = kinds[lists.index(False)]
        whole = isinstance(other, KnownType) and type(other.value) is int
        if whole or (isinstance(other, Py) and other.cls is int):
            return _together(lists.index(True))
    return None


def handler_of(walker: Walker, let: Let) -> Handler | None:
    """Return how a call of the structure of a program acts on tangents, if it is one."""
    if among(let.fn, HANDLERS):
        return HANDLERS[let.fn]
    return list_operation(walker, let)


_LAST = -1

HANDLERS: dict[Any, Handler] = {
    ops.same: _same,
    ops.make_tuple: _items,
    ops.make_list: _items,
    ops.make_dict: _dict,
    ops.dict_of: _together(1),
    dict: _dict_call,
    operator.or_: _together(0, 1),
    operator.ior: _together(0, 1),
    operator.getitem: _getitem,
    runtime.put: _together(0, 2),
    runtime.put_add: _together(0, 2),
    ops.unpack: _unpack,
    ops.unpack_star: _unpack,
    zip: _zipped,
    enumerate: _enumerated,
    reversed: _walked,
    iter: _walked,
    list: _walked,
    tuple: _walked,
    ops.method("values"): _together(0),
    ops.method("items"): _pairs,
    ops.list_append: _together(0, _LAST),
    runtime.append_inside: _together(0, _LAST),
    runtime.pop_item: _together(0),
    runtime.pop_entry: _together(0),
    runtime.updated: _together(0, 1),
    runtime.put_item: _together(0, _LAST),
    runtime.put_entry: _together(0, _LAST),
    runtime.insert_item: _together(0, 2),
    runtime.extended: _together(0, 1),
    runtime.put_items: _together(0, 2),
    runtime.add_member: _refused,
    runtime.drop_member: _refused,
    sorted: _sorted,
}
"""The structural operations of a program and how each acts on tangents."""

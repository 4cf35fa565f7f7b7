"""Lift displays of tuples, lists, sets and dicts, with stars where they have any."""

from __future__ import annotations

import operator
from typing import Any

import gast

from srcgrad.program import ops
from srcgrad.program.nodes import Const, Var
from srcgrad.read.dispatch import expr, lifts
from srcgrad.read.generators import taken
from srcgrad.read.lifter import Lifter
from srcgrad.read.values import Mapped, Pack, Value, is_kept


@lifts(gast.Tuple, gast.List)
def _sequence(at: Lifter, node: Any) -> Value:
    cls = tuple if isinstance(node, gast.Tuple) else list
    values = starred(at, node.elts)
    if values is None:
        whole = _joined(at, node.elts, node)
        return whole if cls is list else at.let(tuple, whole, node=node)
    pack = Pack(tuple(values), cls)
    if cls is tuple or is_kept(pack):
        return pack
    var = at.let(ops.make_list, *values, node=node)
    at.tuples[var] = tuple(values)
    return var


def starred(at: Lifter, nodes: list[Any]) -> list[Value] | None:
    """Lift the elements of a display; None where a star stands for unknown many.

    The values of elements before such a star are lifted again by `_joined`: only what has no
    statements is lifted twice, so the whole is tried on a copy.
    """
    if not any(isinstance(node, gast.Starred) for node in nodes):
        return [expr(at, node) for node in nodes]
    size, state = len(at.out), dict(at.state)
    values: list[Value] = []
    for node in nodes:
        if not isinstance(node, gast.Starred):
            values.append(expr(at, node))
            continue
        taken(at, node.value)
        items = at.items(expr(at, node.value))
        if items is None:
            del at.out[size:]
            at.state = state
            return None
        values += items
    return values


def _joined(at: Lifter, nodes: list[Any], node: Any) -> Var:
    """Lift a display with stars as a sum of lists."""
    total: Value | None = None
    run: list[Value] = []
    for element in nodes:
        if not isinstance(element, gast.Starred):
            run.append(expr(at, element))
            continue
        taken(at, element.value)
        part = at.let(list, expr(at, element.value), node=element)
        total = _plus(at, total, run, node)
        total = part if total is None else at.let(operator.add, total, part, node=node)
        run = []
    total = _plus(at, total, run, node)
    assert isinstance(total, Var)
    return total


def _plus(at: Lifter, total: Value | None, run: list[Value], node: Any) -> Value | None:
    if not run:
        return total
    part = at.let(ops.make_list, *run, node=node)
    return part if total is None else at.let(operator.add, total, part, node=node)


@lifts(gast.Set)
def _set(at: Lifter, node: Any) -> Value:
    values = starred(at, node.elts)
    if values is None:
        return at.let(set, _joined(at, node.elts, node), node=node)
    return at.let(ops.make_set, *values, node=node)


@lifts(gast.Dict)
def _dict(at: Lifter, node: Any) -> Value:
    total: Value | None = None
    pairs: list[Value] = []
    plain: dict[str, Value] | None = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None:
            k = expr(at, key)
            v = expr(at, value)
            pairs += [k, v]
            known = isinstance(k, Const) and isinstance(k.value, str)
            if plain is not None and known and isinstance(k, Const):
                plain[k.value] = v
            else:
                plain = None
            continue
        inner = expr(at, value)
        if isinstance(inner, Mapped):
            pairs += [part for k, v in inner.items.items() for part in (Const(k), v)]
            plain = None if plain is None else {**plain, **inner.items}
            continue
        plain = None
        total = _merged(at, total, pairs, node)
        total = at.let(dict, inner, node=node) if total is None else _or(at, total, inner, node)
        pairs = []
    if plain is not None and is_kept(Mapped(plain)):
        return Mapped(plain)
    if total is None:
        var = at.let(ops.make_dict, *_last_wins(pairs), node=node)
        if plain is not None:
            at.tables[var] = Mapped(plain)
        return var
    return _merged(at, total, pairs, node) or total


def _merged(at: Lifter, total: Value | None, pairs: list[Value], node: Any) -> Value | None:
    if not pairs:
        return total
    part = at.let(ops.make_dict, *_last_wins(pairs), node=node)
    return part if total is None else _or(at, total, part, node)


def _last_wins(pairs: list[Value]) -> list[Value]:
    """Leave out the values that a later entry with an equal constant key replaces."""
    last: dict[Any, tuple[Value, Value]] = {}
    for key, value in zip(pairs[::2], pairs[1::2], strict=True):
        name = key.value if isinstance(key, Const) else key
        try:
            first = last.get(name, (key, value))[0]
        except TypeError:  # unhashable, which the dict itself will say
            return pairs
        last[name] = (first, value)
    return [part for pair in last.values() for part in pair]


def _or(at: Lifter, total: Value, part: Value, node: Any) -> Var:
    return at.let(operator.or_, total, part, node=node)

"""Calls that make containers of containers, as loops and operations on lists.

deque(xs, maxlen=3)          a list, known to be a deque
accumulate(xs)               out = xs[:1]; for v in xs[1:]: out.append(out[-1] + v)
sorted(xs, key=f)            order = sorted(range(len(xs)), key=keys.__getitem__)
                             [xs[i] for i in order]
"""

from __future__ import annotations

import collections
import itertools
import operator
from collections.abc import Callable, Sequence
from typing import Any

from srcgrad import runtime
from srcgrad.errors import Unreadable
from srcgrad.program import ops
from srcgrad.program.nodes import Block, Const, For, Let, Var
from srcgrad.read.binding import Arguments, Spread
from srcgrad.read.functionals import mapped
from srcgrad.read.lifter import Lifter
from srcgrad.read.values import Value, holds_function

Call = Callable[[Value, Sequence[Value], Any], Value]
Make = Callable[[Lifter, list[Value], dict[str, Value], Any, Call], Value | None]

_ENDLESS = (itertools.count, itertools.cycle)


def collecting(at: Lifter, fn: Const, given: Arguments, node: Any, call: Call) -> Value | None:
    """Lift a call that makes a container or walks along some; None for any other."""
    try:
        make = _MAKES.get(fn.value)
    except TypeError:
        return None
    if make is None or not given.known():
        return None
    args = [a for a in given.args if not isinstance(a, Spread)]
    return make(at, args, dict(given.kwargs), node, call)


def as_list(at: Lifter, value: Value, node: Any) -> Var:
    """Return something iterable as a list, which is not changed."""
    if isinstance(value, Var) and value in at.lists.of and at.lists.of[value].cls is list:
        return value
    return at.let(list, value, node=node)


def _part(at: Lifter, items: Value, start: Value, stop: Value, step: Value, node: Any) -> Var:
    index = at.let(slice, start, stop, step, node=node)
    return at.let(operator.getitem, items, index, node=node)


def _deque(
    at: Lifter, args: list[Value], named: dict[str, Value], node: Any, call: Call
) -> Value | None:
    limit = named.pop("maxlen", args[1] if len(args) > 1 else Const(None))
    if named or len(args) > 2:
        return None
    made = at.let(list, args[0], node=node) if args else at.let(ops.make_list, node=node)
    if not isinstance(limit, Const) or limit.value is not None:
        whole = isinstance(limit, Const) and type(limit.value) is int and limit.value > 0
        if not whole:
            return at.refuse(
                Unreadable,
                node,
                "cannot read this deque",
                "Its maxlen is not a whole number that is known when the function is read.",
                "Write the number, or take the last items of a list: xs[-n:].",
            )
        if args:
            assert isinstance(limit, Const)
            first = Const(-limit.value)
            made = _part(at, made, first, Const(None), Const(None), node)
        at.lists.of[made].limit = limit
    at.lists.of[made].stands = "deque"
    return made


def _defaultdict(
    at: Lifter, args: list[Value], named: dict[str, Value], node: Any, call: Call
) -> Value | None:
    if len(args) > 2:
        return None
    factory = args[0] if args else Const(None)
    if len(args) > 1 or named:
        made = at.call(dict, args[1:], named, node)
    else:
        made = at.let(ops.make_dict, node=node)
    if holds_function(factory):
        at.lists.of[made].factory = factory
    elif not isinstance(factory, Const) or factory.value is not None:
        return None
    at.lists.of[made].stands = "defaultdict"
    return made


def _is_endless(at: Lifter, value: Value) -> bool:
    return any(
        isinstance(stmt, Let) and stmt.targets == (value,) and stmt.fn in _ENDLESS
        for stmt in at.out
    )


def _chain(
    at: Lifter, args: list[Value], named: dict[str, Value], node: Any, call: Call
) -> Value | None:
    if any(_is_endless(at, arg) for arg in args) or named or not args:
        return None
    total = at.let(list, args[0], node=node)
    for arg in args[1:]:
        total = at.let(operator.add, total, as_list(at, arg, node), node=node)
    return total


def _chain_inside(
    at: Lifter, args: list[Value], named: dict[str, Value], node: Any, call: Call
) -> Value | None:
    if len(args) != 1 or named:
        return None

    def turn(each: Var, total: Var) -> Var:
        return at.let(runtime.extended, total, at.let(list, each, node=node), node=node)

    return _gathered(at, args[0], at.let(ops.make_list, node=node), turn, node)


def _gathered(
    at: Lifter, over: Value, start: Var, turn: Callable[[Var, Var], Var], node: Any
) -> Var:
    """Build a loop that hands a list on from turn to turn."""
    source = at.atom(over, node)
    each, total, result = Var(""), Var("total"), Var("")
    out, at.out = at.out, []
    at.lists.walked(each, source)
    new = turn(each, total)
    body = Block(tuple(at.out), (new,))
    at.out = out
    where = at.origin(node)
    at.out.append(For((result,), each, source, (total,), (start,), body, where))
    at.lists.made(result).others.append(None)
    return result


def _islice(
    at: Lifter, args: list[Value], named: dict[str, Value], node: Any, call: Call
) -> Value | None:
    if not 2 <= len(args) <= 4 or named or _is_endless(at, args[0]):
        return None
    bounds = [Const(None), args[1]] if len(args) == 2 else args[1:]
    start, stop, step = [*bounds, Const(None)][:3]
    return _part(at, as_list(at, args[0], node), start, stop, step, node)


def _accumulate(
    at: Lifter, args: list[Value], named: dict[str, Value], node: Any, call: Call
) -> Value | None:
    fn = named.pop("func", args[1] if len(args) > 1 else Const(None))
    start = named.pop("initial", Const(None))
    if named or not 1 <= len(args) <= 2 or _is_endless(at, args[0]):
        return None
    none = isinstance(fn, Const) and fn.value is None
    items = as_list(at, args[0], node)
    if isinstance(start, Const) and start.value is None:
        first = _part(at, items, Const(None), Const(1), Const(None), node)
        items = _part(at, items, Const(1), Const(None), Const(None), node)
    else:
        first = at.let(ops.make_list, start, node=node)

    def turn(each: Var, total: Var) -> Var:
        last = at.let(operator.getitem, total, Const(-1), node=node)
        both = (last, each)
        new = at.let(operator.add, *both, node=node) if none else call(fn, both, node)
        return at.let(ops.list_append, total, new, node=node)

    return _gathered(at, items, first, turn, node)


def _pairwise(
    at: Lifter, args: list[Value], named: dict[str, Value], node: Any, call: Call
) -> Value | None:
    if len(args) != 1 or named or _is_endless(at, args[0]):
        return None
    items = as_list(at, args[0], node)
    rest = _part(at, items, Const(1), Const(None), Const(None), node)
    return at.let(zip, items, rest, node=node)


def _repeat(
    at: Lifter, args: list[Value], named: dict[str, Value], node: Any, call: Call
) -> Value | None:
    if len(args) != 2 or named:
        return None
    return at.let(operator.mul, at.let(ops.make_list, args[0], node=node), args[1], node=node)


def _collected(
    at: Lifter, over: Value, turn: Callable[[Var], Value], node: Any, hint: str = ""
) -> Var:
    """Build a comprehension."""
    source = at.atom(over, node)
    each, result = Var(hint), Var("")
    out, at.out = at.out, []
    item = at.atom(turn(each), node)
    body = Block(tuple(at.out), (item,))
    at.out = out
    where = at.origin(node)
    at.out.append(For((result,), each, source, (), (), body, where, form="comprehension"))
    at.lists.made(result).others.append(None)
    return result


def _product(
    at: Lifter, args: list[Value], named: dict[str, Value], node: Any, call: Call
) -> Value | None:
    repeat = named.pop("repeat", Const(1))
    if named or not args or not isinstance(repeat, Const) or type(repeat.value) is not int:
        return None
    lists = [as_list(at, arg, node) for arg in args] * repeat.value
    ranges = [at.let(range, at.let(len, items, node=node), node=node) for items in lists]
    places = at.let(itertools.product, *ranges, node=node)

    def turn(each: Var) -> Value:
        indices = tuple(Var("i") for _ in lists)
        count = Const(len(lists))
        at.out.append(Let(indices, ops.unpack, (each, count), (), at.origin(node)))
        items = [
            at.let(operator.getitem, one, i, node=node)
            for one, i in zip(lists, indices, strict=True)
        ]
        return at.let(ops.make_tuple, *items, node=node)

    return _collected(at, places, turn, node)


def _selections(function: Any) -> Make:
    def make(
        at: Lifter, args: list[Value], named: dict[str, Value], node: Any, call: Call
    ) -> Value | None:
        if named or not args:
            return None
        items = as_list(at, args[0], node)
        n = at.let(range, at.let(len, items, node=node), node=node)
        places = at.let(function, n, *args[1:], node=node)

        def turn(each: Var) -> Value:
            def inner(i: Var) -> Value:
                return at.let(operator.getitem, items, i, node=node)

            return at.let(tuple, _collected(at, each, inner, node, "i"), node=node)

        return _collected(at, places, turn, node)

    return make


def _ordered(function: Any) -> Make:
    """``sorted``, ``max`` and ``min`` with a key: the order is that of the keys."""

    def make(
        at: Lifter, args: list[Value], named: dict[str, Value], node: Any, call: Call
    ) -> Value | None:
        key = named.pop("key", Const(None))
        if isinstance(key, Const) and key.value is None or not args:
            return None
        default = named.pop("default", None)
        several = len(args) > 1
        items = at.let(ops.make_list, *args, node=node) if several else as_list(at, args[0], node)
        keys = mapped(at, [key, items], node, lambda fn, given: call(fn, given, node))
        look = at.let(ops.attribute("__getitem__"), keys, node=node)
        count = at.let(range, at.let(len, items, node=node), node=node)
        if function is sorted:
            order = at.call(sorted, [count], {"key": look, **named}, node)
            return _collected(
                at, order, lambda i: at.let(operator.getitem, items, i, node=node), node, "i"
            )

        def chosen() -> Value:
            index = at.call(function, [count], {"key": look, **named}, node, "best")
            return at.let(operator.getitem, items, index, node=node)

        if default is None:
            return chosen()
        return at.fork(items, at.arm(chosen), at.arm(lambda: default), node, "ternary")

    return make


_MAKES: dict[Any, Make] = {
    collections.deque: _deque,
    collections.defaultdict: _defaultdict,
    itertools.chain: _chain,
    itertools.chain.from_iterable: _chain_inside,
    itertools.islice: _islice,
    itertools.accumulate: _accumulate,
    itertools.pairwise: _pairwise,
    itertools.repeat: _repeat,
    itertools.product: _product,
    sorted: _ordered(sorted),
    max: _ordered(max),
    min: _ordered(min),
    **{
        function: _selections(function)
        for function in (
            itertools.combinations,
            itertools.permutations,
            itertools.combinations_with_replacement,
        )
    },
}

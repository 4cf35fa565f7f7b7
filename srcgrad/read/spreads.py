"""Calls of the user's functions with stars of unknown contents: spread over the parameters."""

from __future__ import annotations

import operator
from typing import Any

from srcgrad.errors import Unreadable
from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Const, Let, Var
from srcgrad.read.binding import Arguments, Spread
from srcgrad.read.lifter import Lifter
from srcgrad.read.values import Pack, Value

Plain = tuple[list[Value], dict[str, Value]]


def spread_out(at: Lifter, target: Any, given: Arguments, node: Any) -> Plain | None:
    """Return the arguments one by one; None if that is refused.

    How many items ``*xs`` has to have is what the signature leaves open.
    """
    if given.known():
        return [a for a in given.args if not isinstance(a, Spread)], given.kwargs
    signature = target.node.args
    names = [arg.id for arg in (*signature.posonlyargs, *signature.args)]
    kwargs = dict(given.kwargs)
    args = _positional(at, target, given, names, node)
    if args is None:
        return None
    if given.extra and not _keywords(at, target, given, len(args), kwargs, node):
        return None
    return args, kwargs


def _refuse(at: Lifter, node: Any) -> None:
    at.refuse(
        Unreadable,
        node,
        "cannot tell how this call binds its arguments",
        "How many a star stands for is known only when the function runs.",
        "Write the arguments out one by one.",
    )


def _positional(
    at: Lifter, target: Any, given: Arguments, names: list[str], node: Any
) -> list[Value] | None:
    spreads = [i for i, a in enumerate(given.args) if isinstance(a, Spread)]
    plain = [a for a in given.args if not isinstance(a, Spread)]
    if not spreads:
        return plain
    if len(spreads) > 1:
        _refuse(at, node)
        return None
    k = spreads[0]
    spread = given.args[k]
    assert isinstance(spread, Spread)
    after = len(given.args) - k - 1
    open_names = [n for n in names[len(plain) :] if n not in given.kwargs]
    n_default = len(target.defaults)
    optional = set(names[len(names) - n_default :]) if n_default else set()
    if target.node.args.vararg is not None or any(n in optional for n in open_names):
        _refuse(at, node)
        return None
    if given.extra:
        _refuse(at, node)
        return None
    items = _unpacked(at, spread.value, len(open_names), target, node)
    return [*plain[:k], *items, *plain[k : k + after]]


def _unpacked(at: Lifter, value: Value, count: int, target: Any, node: Any) -> list[Value]:
    """Return the items of a value that must have so many of them."""
    whole = at.let(tuple, value, node=node)
    n = at.let(len, whole, node=node)
    wrong = at.let(operator.ne, n, Const(count), node=node)

    def fail() -> Value:
        text = f"{target.qualname}() got a wrong number of positional arguments"
        return at.fail(TypeError, text, node)

    at.fork(wrong, at.arm(fail), at.arm(lambda: None), node, "if")
    if count == 1:
        return [at.let(operator.getitem, whole, Const(0), node=node)]
    made = tuple(Var("") for _ in range(count))
    if made:
        args = (whole, Const(count))
        at.out.append(Let(made, ops.unpack, args, (), at.origin(node)))
    return list(made)


def _keywords(
    at: Lifter, target: Any, given: Arguments, n_args: int, kwargs: dict[str, Value], node: Any
) -> bool:
    """Bind what ``**d`` stands for, and check at run time that nothing else is in it."""
    signature = target.node.args
    names = [arg.id for arg in signature.args]
    skip = max(0, n_args - len(signature.posonlyargs))
    open_names = [*names[skip:], *(arg.id for arg in signature.kwonlyargs)]
    open_names = [name for name in open_names if name not in kwargs]
    if len(given.extra) > 1 or signature.kwarg is not None:
        _refuse(at, node)
        return False
    extra = at.atom(given.extra[0], node)
    defaults = dict(
        zip(names[len(names) - len(target.defaults) :], target.defaults, strict=False)
    )
    if len(target.defaults) > len(names):
        _refuse(at, node)
        return False
    defaults.update(target.kwdefaults)
    keys = at.let(set, extra, node=node)
    fits = at.let(operator.le, keys, Const(frozenset(open_names)), node=node)

    def fail() -> Value:
        return at.fail(TypeError, f"{target.qualname}() got an unexpected keyword argument", node)

    at.fork(fits, at.arm(lambda: None), at.arm(fail), node, "if")
    for name in open_names:
        if name not in defaults:
            kwargs[name] = at.let(operator.getitem, extra, Const(name), node=node)
            continue
        there = at.let(ops.contained, Const(name), extra, node=node)

        def read(name: str = name) -> Value:
            return at.let(operator.getitem, extra, Const(name), node=node)

        def default(name: str = name) -> Value:
            return defaults[name]

        kwargs[name] = at.fork(there, at.arm(read), at.arm(default), node, "ternary")
    return True


__all__ = ["Pack", "UNDEFINED", "spread_out"]

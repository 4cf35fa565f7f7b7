"""Calls of the user's functions with stars of unknown contents: spread over the parameters."""

from __future__ import annotations

import operator
from typing import Any

from srcgrad.errors import Unreadable
from srcgrad.program import ops
from srcgrad.program.nodes import Const, Let, Var
from srcgrad.read.binding import Arguments, Plain, Spread
from srcgrad.read.lifter import Lifter
from srcgrad.read.values import Mapped, Pack, Value


def spread_out(at: Lifter, target: Any, given: Arguments, node: Any) -> Plain | None:
    """Return the arguments one by one; None if that is refused.

    How many items ``*xs`` has to have is what the signature leaves open.
    """
    if given.known():
        return Plain([a for a in given.args if not isinstance(a, Spread)], given.kwargs)
    signature = target.node.args
    names = [arg.id for arg in (*signature.posonlyargs, *signature.args)]
    plain = _positional(at, target, given, names, node)
    if plain is None or (given.extra and not _keywords(at, target, given, plain, node)):
        return None
    return plain


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
) -> Plain | None:
    spreads = [i for i, a in enumerate(given.args) if isinstance(a, Spread)]
    plain = [a for a in given.args if not isinstance(a, Spread)]
    kwargs = dict(given.kwargs)
    if not spreads:
        return Plain(plain, kwargs)
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
    if any(n in optional for n in open_names) or given.extra:
        _refuse(at, node)
        return None
    if target.node.args.vararg is None:
        items = _unpacked(at, spread.value, len(open_names), target, node)
        return Plain([*plain[:k], *items, *plain[k : k + after]], kwargs)
    head, tail = plain[:k], Pack(tuple(plain[k:]))
    if tail.items and any(n not in given.kwargs for n in names[len(head) :]):
        _refuse(at, node)
        return None
    before, beyond = head[: len(names)], Pack(tuple(head[len(names) :]))
    items, rest = _split(at, spread.value, len(open_names), target, node)
    if beyond.items:
        rest = at.let(operator.add, beyond, rest, node=node)
    if tail.items:
        rest = at.let(operator.add, rest, tail, node=node)
    return Plain([*before, *items], kwargs, rest)


def _split(
    at: Lifter, value: Value, count: int, target: Any, node: Any
) -> tuple[list[Value], Value]:
    """Return the first items of a value, and a tuple of the others."""
    whole = at.let(tuple, value, node=node)
    if not count:
        return [], whole
    n = at.let(len, whole, node=node)
    few = at.let(operator.lt, n, Const(count), node=node)
    _check(at, few, f"{target.qualname}() missing required positional arguments", node)
    made = tuple(Var("") for _ in range(count + 1))
    args = (whole, Const(count), Const(0))
    at.out.append(Let(made, ops.unpack_star, args, (), at.origin(node)))
    return list(made[:-1]), at.let(tuple, made[-1], node=node)


def _check(at: Lifter, wrong: Var, text: str, node: Any) -> None:
    """Raise a TypeError at run time if something holds."""
    failed = at.arm(lambda: at.fail(TypeError, text, node))
    at.fork(wrong, failed, at.arm(lambda: None), node, "if")


def _unpacked(at: Lifter, value: Value, count: int, target: Any, node: Any) -> list[Value]:
    """Return the items of a value that must have so many of them."""
    whole = at.let(tuple, value, node=node)
    n = at.let(len, whole, node=node)
    wrong = at.let(operator.ne, n, Const(count), node=node)
    _check(at, wrong, f"{target.qualname}() got a wrong number of positional arguments", node)
    if count == 1:
        return [at.let(operator.getitem, whole, Const(0), node=node)]
    made = tuple(Var("") for _ in range(count))
    if made:
        args = (whole, Const(count))
        at.out.append(Let(made, ops.unpack, args, (), at.origin(node)))
    return list(made)


def _keywords(at: Lifter, target: Any, given: Arguments, plain: Plain, node: Any) -> bool:
    """Bind what ``**d`` stands for, and check at run time that nothing else is in it."""
    signature = target.node.args
    names = [arg.id for arg in signature.args]
    kwargs = plain.kwargs
    skip = max(0, len(plain.args) - len(signature.posonlyargs))
    open_names = [*names[skip:], *(arg.id for arg in signature.kwonlyargs)]
    open_names = [name for name in open_names if name not in kwargs]
    if len(given.extra) > 1 or (signature.kwarg is not None and open_names):
        _refuse(at, node)
        return False
    extra = at.atom(given.extra[0], node)
    defaults = dict(zip(names[len(names) - len(target.defaults) :], target.defaults, strict=False))
    if len(target.defaults) > len(names):
        _refuse(at, node)
        return False
    defaults.update(target.kwdefaults)
    keys = at.let(set, extra, node=node)
    if signature.kwarg is not None:
        taken = frozenset([*names, *(arg.id for arg in signature.kwonlyargs), *kwargs])
        shared = at.let(operator.and_, keys, Const(taken), node=node)
        _check(at, shared, f"{target.qualname}() got multiple values for an argument", node)
        own = {k: v for k, v in kwargs.items() if k not in taken - kwargs.keys()}
        own = {k: v for k, v in own.items() if k not in names}
        plain.more = at.let(operator.or_, Mapped(own), extra, node=node) if own else extra
        return True
    required = frozenset(name for name in open_names if name not in defaults)
    if required:
        missing = at.let(operator.sub, Const(required), keys, node=node)
        _check(at, missing, f"{target.qualname}() missing required arguments", node)
    stray = at.let(operator.sub, keys, Const(frozenset(open_names)), node=node)
    _check(at, stray, f"{target.qualname}() got an unexpected keyword argument", node)
    for name in open_names:
        kwargs[name] = _entry(at, extra, name, defaults.get(name), node)
    return True


def _entry(at: Lifter, table: Value, name: str, default: Value | None, node: Any) -> Value:
    """Return the entry of a dict, or the default of the parameter where it has none."""

    def read() -> Value:
        return at.let(operator.getitem, table, Const(name), node=node)

    if default is None:
        return read()
    there = at.let(ops.contained, Const(name), table, node=node)
    return at.fork(there, at.arm(read), at.arm(lambda: default), node, "ternary")

"""Compute a value once: what the backward part asks for again is read where it already is.

Before::

    f(x):
        sin = numpy.sin(x)
        mark('backward')
        sin.2 = numpy.sin(x)
        -> sin.2

After::

    f(x):
        sin = numpy.sin(x)
        mark('backward')
        -> sin

The statements of the user stay as they are, and what costs no more than a name (a shape, a
transpose) is asked for again, as a person would.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.purity import (
    CHANGES,
    is_cheap,
    is_iterator,
    is_pure,
    is_pure_call,
    is_read,
    leaves_data,
)
from srcgrad.program import ops
from srcgrad.program.nodes import (
    Atom,
    Block,
    Const,
    Do,
    If,
    Let,
    Program,
    Stmt,
    Try,
    Var,
    While,
    With,
)
from srcgrad.program.walk import blocks, statements, substitute_in, swap, with_blocks
from srcgrad.tidy.rename import renamed
from srcgrad.tidy.sides import is_tangent, mark_at

Key = tuple[Hashable, ...]

_STARTS = frozenset({
    np.zeros, np.ones, np.empty, np.full, np.zeros_like, np.ones_like, np.empty_like, np.full_like,
    np.copy, np.array, ops.make_list, ops.make_dict, ops.make_set, ops.same,
    ops.method("copy"), runtime.zeros_like, runtime.put_add, runtime.put, runtime.put_attr,
    runtime.fresh, list, dict,
}) | CHANGES  # fmt: skip
"""What is made to be written to: two of them are two."""


def share(program: Program) -> Program:
    """Return the program with repeated derived computations replaced by the first.

    >>> from srcgrad.program.build import Builder
    >>> from srcgrad.program.show import show
    >>> b, x = Builder(), Var("x")
    >>> _ = b.let(np.sin, x), b.do(ops.mark, "backward")
    >>> print(show(share(Program("f", (x,), b.block(b.let(np.sin, x))))))
    f(x):
        sin = numpy.sin(x)
        mark('backward')
        -> sin
    """
    work = _Sharing()
    body = work.block(program.body, False)
    return replace(program, body=renamed(body, work.renames))


def constant_key(const: Const) -> Hashable:
    """Return a key that two constants have in common if they may stand for each other."""
    value = const.value
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        return (type(value), repr(value))
    return id(value)


def call_key(let: Let) -> Key:
    """Return a key that two calls have in common if they compute the same."""
    args = tuple(map(_atom_key, let.args))
    return (let.fn, args, tuple((name, _atom_key(atom)) for name, atom in sorted_kwargs(let)))


def sorted_kwargs(let: Let) -> list[tuple[str, Atom]]:
    """Return the keyword arguments by name."""
    return sorted(let.kwargs, key=lambda item: item[0])


def _atom_key(atom: Atom) -> Hashable:
    return atom if isinstance(atom, Var) else constant_key(atom)


def is_sharable(let: Let) -> bool:
    """Tell whether one result of a call may serve several readers."""
    return (
        len(let.targets) == 1
        and is_pure_call(let)
        and not is_cheap(let.fn)
        and not is_iterator(let.fn)
        and let.fn not in _STARTS
    )


class _Sharing:
    """The calls computed so far, innermost scope last, and what stands for what."""

    def __init__(self) -> None:
        self.known: dict[Key, Var] = {}
        self.added: list[Key] = []
        self.derived: set[Var] = set()
        self.renames: dict[Var, Var] = {}
        self.mapping: dict[Var, Atom] = {}

    def block(self, block: Block, derived: bool) -> Block:
        border = mark_at(block, derived)
        stmts: list[Stmt] = []
        for place, stmt in enumerate(block.stmts):
            new = self.statement(stmt, derived or place > border or is_tangent(stmt))
            if new is not None:
                stmts.append(new)
        return Block(tuple(stmts), tuple(swap(atom, self.mapping) for atom in block.results))

    def statement(self, stmt: Stmt, derived: bool) -> Stmt | None:
        if isinstance(stmt, (Let, Do)):
            stmt = substitute_in(stmt, self.mapping)  # type: ignore[assignment]
            assert isinstance(stmt, (Let, Do))
            self.disturb(stmt)
            if isinstance(stmt, Let) and is_sharable(stmt):
                return self.call(stmt, derived)
            return stmt
        self.disturb_all(stmt)
        children = [self.nested(child, derived) for child in blocks(stmt)]
        return self.heads(with_blocks(stmt, children))

    def call(self, let: Let, derived: bool) -> Let | None:
        key = call_key(let)
        earlier = self.known.setdefault(key, let.targets[0])
        if earlier is let.targets[0]:
            self.added.append(key)
            if derived:
                self.derived.add(earlier)
            return let
        if not derived:
            return let
        self.mapping[let.targets[0]] = earlier
        if let.targets[0].user and not earlier.user and earlier in self.derived:
            self.renames.setdefault(earlier, let.targets[0])
        return None

    def nested(self, block: Block, derived: bool) -> Block:
        """Go through a block, whose own values are out of sight afterwards."""
        height = len(self.added)
        new = self.block(block, derived)
        for key in self.added[height:]:
            self.known.pop(key, None)
        del self.added[height:]
        return new

    def heads(self, stmt: Stmt) -> Stmt:
        """Swap what a compound statement itself reads; its blocks are done."""
        match stmt:
            case Try():
                return stmt
            case With():
                return replace(stmt, manager=swap(stmt.manager, self.mapping))
            case If():
                return replace(stmt, test=swap(stmt.test, self.mapping))
            case While():
                return replace(stmt, init=tuple(swap(a, self.mapping) for a in stmt.init))
        assert not isinstance(stmt, (Let, Do))
        init = tuple(swap(atom, self.mapping) for atom in stmt.init)
        return replace(stmt, over=swap(stmt.over, self.mapping), init=init)

    def disturb(self, stmt: Let | Do) -> None:
        """Forget what an effect may have changed."""
        fn: Any = stmt.fn
        if isinstance(stmt, Let) and is_pure_call(stmt):
            return
        if isinstance(stmt, Do) and fn in (ops.mark, ops.assert_, ops.raise_):
            return
        writes = isinstance(stmt, Let) and is_pure(fn)
        if not writes and leaves_data(fn):
            self.known = {key: var for key, var in self.known.items() if not is_read(key[0])}
        else:
            self.known = {}

    def disturb_all(self, stmt: Stmt) -> None:
        """A loop may come round again: what it disturbs is disturbed at its start."""
        for child in blocks(stmt):
            for inside in statements(child):
                if isinstance(inside, (Let, Do)):
                    self.disturb(inside)

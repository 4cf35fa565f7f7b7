"""Write derived statements the short way: neutral factors, signs, spread and packed values.

Before::

    f(x):
        mark('backward')
        mul = mul(1.0, x)
        neg = neg(mul)
        add = add(x, neg)
        -> add

After (``x`` being an array of floats)::

    f(x):
        mark('backward')
        sub = sub(x, x)
        -> sub

The statements of the user stay as they are, except that what is packed into a tuple and
unpacked again is passed on directly.  Results change by rounding at most.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import Type
from srcgrad.facts.scalars import scalars
from srcgrad.facts.turns import Pairs, same_turn
from srcgrad.program import ops
from srcgrad.program.nodes import (
    Atom,
    Block,
    Const,
    Do,
    For,
    If,
    Let,
    Program,
    Stmt,
    Try,
    Var,
    While,
    With,
)
from srcgrad.program.walk import atoms, blocks, substitute_in, swap, uses, with_blocks
from srcgrad.tidy.algebra import item_of, rewritten
from srcgrad.tidy.rename import renamed
from srcgrad.tidy.sides import is_tangent, mark_at, of_user
from srcgrad.tidy.sight import NDIM, SHAPE, SIZE, Sight

_ASKING = SIZE | SHAPE | NDIM | {np.zeros_like, runtime.zeros_like}
_LIMIT = 30


def simplify(program: Program, types: Mapping[Var, Type] | None = None) -> Program:
    """Return the program with shorter derived statements; what became dead is left to prune.

    >>> import operator
    >>> from srcgrad.program.build import Builder
    >>> from srcgrad.program.show import show
    >>> b, x = Builder(), Var("x")
    >>> s = b.let(np.sin, x)
    >>> b.do(ops.mark, "backward")
    >>> d = b.let(operator.add, s, b.let(operator.neg, b.let(operator.mul, 1.0, s)))
    >>> print(show(simplify(Program("f", (x,), b.block(d)))))
    f(x):
        sin = numpy.sin(x)
        mark('backward')
        neg = operator.neg(sin)
        sub = operator.sub(sin, sin)
        -> sub
    """
    solid: set[Var] = set()
    _find_solid(program.body, False, solid)
    sight = Sight(types, uses(program.body), solid)
    single, floats = scalars(program, types)
    sight.scalars |= single
    sight.floats |= floats
    work = _Simplifying(sight, same_turn(program))
    body = work.block(program.body, False)
    return replace(program, body=renamed(body, work.renames))


def _find_solid(block: Block, derived: bool, solid: set[Var]) -> None:
    """Find what derived statements read for more than its shape."""
    border = mark_at(block, derived)
    for place, stmt in enumerate(block.stmts):
        ours = derived or place > border or is_tangent(stmt)
        if ours:
            read = list(atoms(stmt))
            if isinstance(stmt, Let) and stmt.fn in _ASKING:
                read = []
            elif isinstance(stmt, Let) and stmt.fn is runtime.unbroadcast:
                read = read[:1]
            solid.update(atom for atom in read if isinstance(atom, Var))
        for child in blocks(stmt):
            _find_solid(child, ours, solid)
    if border < len(block.stmts) or derived:
        solid.update(atom for atom in block.results if isinstance(atom, Var))


class _Simplifying:
    def __init__(self, sight: Sight, turns: dict[Let, Pairs]) -> None:
        self.sight = sight
        self.turns = turns
        self.mapping: dict[Var, Atom] = {}
        self.renames: dict[Var, Var] = {}
        self.out: list[Stmt] = []

    def block(self, block: Block, derived: bool) -> Block:
        outer, self.out = self.out, []
        derived, border = of_user(block, derived)
        quotients = dict(self.sight.quotients)
        for place, stmt in enumerate(block.stmts):
            self.statement(stmt, derived or place > border or is_tangent(stmt))
        results = tuple(swap(atom, self.mapping) for atom in block.results)
        stmts, self.out = tuple(self.out), outer
        self.sight.quotients = quotients
        return Block(stmts, results)

    def statement(self, stmt: Stmt, derived: bool) -> None:
        if isinstance(stmt, Let):
            self.call(substitute_in(stmt, self.mapping), derived)  # type: ignore[arg-type]
            if stmt in self.turns:
                self.sight.add_items(self.turns[stmt])
        elif isinstance(stmt, Do):
            self.out.append(substitute_in(stmt, self.mapping))
        else:
            head = self.heads(stmt)
            children = [self.block(child, derived) for child in blocks(stmt)]
            self.out.append(with_blocks(head, children))

    def heads(self, stmt: If | For | While | Try | With) -> Stmt:
        if isinstance(stmt, Try):
            return stmt
        if isinstance(stmt, With):
            return replace(stmt, manager=swap(stmt.manager, self.mapping))
        if isinstance(stmt, If):
            return replace(stmt, test=swap(stmt.test, self.mapping))
        init = tuple(swap(atom, self.mapping) for atom in stmt.init)
        if isinstance(stmt, While):
            return replace(stmt, init=init)
        return replace(stmt, init=init, over=swap(stmt.over, self.mapping))

    def call(self, let: Let, derived: bool) -> None:
        if let.fn is ops.unpack and self.unpacked(let, derived):
            return
        if len(let.targets) != 1:
            self.out.append(let)
            return
        if not derived:
            self.forward(let)
            return
        for _ in range(_LIMIT):
            found = rewritten(let, self.sight, self.emitter(let))
            if found is None:
                break
            if not isinstance(found, Let):
                self.stands_for(let, found)
                return
            self.exchange(let, found)
            let = found
        self.sight.add(let, True)
        self.out.append(let)

    def forward(self, let: Let) -> None:
        """A user's statement stays, but for an item taken out of what was just packed."""
        if let.fn is operator.getitem and not let.targets[0].user:
            item = item_of(let, self.sight)
            if item is not None:
                self.mapping[let.targets[0]] = item
                return
        self.sight.add(let, False)
        self.out.append(let)

    def stands_for(self, let: Let, atom: Atom) -> None:
        (var,) = let.targets
        for _ in range(self.sight.uses.get(var, 0)):
            self.sight.acquire(atom)
        for arg in atoms(let):
            self.sight.release(arg)
        self.mapping[var] = atom
        if isinstance(atom, Var) and atom in self.sight.derived and _is_better(var, atom):
            self.renames.setdefault(atom, var)

    def exchange(self, old: Let, new: Let) -> None:
        for atom in atoms(new):
            self.sight.acquire(atom)
        for atom in atoms(old):
            self.sight.release(atom)

    def emitter(self, let: Let) -> Any:
        def emit(fn: Any, *args: Any, **kwargs: Any) -> Atom:
            wrapped = tuple(a if isinstance(a, (Var, Const)) else Const(a) for a in args)
            made = Let((Var(""),), fn, wrapped, tuple(kwargs.items()), let.origin)
            for _ in range(_LIMIT):
                found = rewritten(made, self.sight, emit)
                if found is None:
                    break
                if not isinstance(found, Let):
                    return found
                made = found
            self.sight.add(made, True)
            self.out.append(made)
            return made.targets[0]

        return emit

    def unpacked(self, let: Let, derived: bool) -> bool:
        """``a, b = (x, y)`` passes x and y on."""
        made = self.sight.made_by(let.args[0], _PACKS)
        if made is None or len(made.args) != len(let.targets):
            return False
        for var, atom in zip(let.targets, made.args, strict=True):
            if isinstance(atom, Const) and not derived:
                self.out.append(Let((var,), ops.same, (atom,), (), let.origin))
                continue
            if isinstance(atom, Var) and var.user and not atom.user and atom in self.sight.defs:
                self.renames.setdefault(atom, var)
            self.mapping[var] = atom
        return True


def _is_better(name: Var, other: Var) -> bool:
    """Tell whether the name of the first says more."""
    return not other.user and (name.user or bool(name.hint and not other.hint))


_PACKS = frozenset({ops.make_tuple, ops.make_list})

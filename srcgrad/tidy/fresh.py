"""Leave out copies of gradients that are new arrays already: the last of the passes.

Before::

    d_w = numpy.matmul(xT, d_err)
    fresh = srcgrad.runtime.fresh(d_w, w)
    -> fresh

After::

    d_w = numpy.matmul(xT, d_err)
    -> d_w

It has to come last: a pass that finds two values to be the same would make one array of two
results that nobody may see to be one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import Arr, Known, Num, Py, Seq, Type
from srcgrad.facts.purity import is_product, returns
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
from srcgrad.program.walk import arms, atoms, blocks, statements, uses, with_blocks
from srcgrad.tidy.fresh_lists import Lists
from srcgrad.tidy.helpers import fresh_number, fresh_scalar, unfit
from srcgrad.tidy.prune import prune
from srcgrad.tidy.specialise import Specialiser

Types = Mapping[Var, Type]


def freshen(program: Program, types: dict[Var, Type]) -> Program:
    """Return the program with `runtime.fresh` only where types do not tell what it does.

    The types of new variables are added to ``types``.
    """
    memory = _Memory(program, types)
    walker = _Freshener(types, memory, Lists(program, memory))
    new = replace(program, body=_filled(walker.body(program.body), memory))
    types.update({var: walker.types[var] for var in walker.new})
    read = uses(new.body)
    lets = (stmt for stmt in statements(new.body) if isinstance(stmt, Let))
    dead = any(read.keys().isdisjoint(let.targets) for let in lets)
    return prune(new, types) if dead else new


def _filled(block: Block, memory: _Memory) -> Block:
    """Make new arrays of what would be a number spread over a shape, and would be written to."""
    if not memory.filled:
        return block
    stmts: list[Stmt] = []
    for stmt in block.stmts:
        if isinstance(stmt, Let) and stmt.targets[0] in memory.filled:
            stmt = memory.made(stmt)
        stmts.append(with_blocks(stmt, [_filled(child, memory) for child in blocks(stmt)]))
    return Block(tuple(stmts), block.results)


class _Memory:
    """Which arrays are made for one variable only, and which may live on elsewhere.

    Variables that a branch or a loop may make one array of (an arm's result and the target, what
    is carried and what it begins with) belong together: all must be new, and only one is given.
    """

    def __init__(self, program: Program, types: Types) -> None:
        self.types = types
        self.home: dict[Var, Let] = {}
        self.joined: set[Var] = set()
        self.linked: dict[Var, list[Atom]] = {}
        self.readers: dict[Var, list[Let | None]] = {}
        self.given: set[Var] = set()
        self.filled: set[Var] = set()
        for stmt in statements(program.body):
            if isinstance(stmt, (Let, Do)):
                for atom in atoms(stmt):
                    self.note(atom, stmt if isinstance(stmt, Let) else None)
            if isinstance(stmt, Let):
                self.home.update((var, stmt) for var in stmt.targets)
            elif isinstance(stmt, (If, Try, With)):
                for arm in arms(stmt):
                    for target, end in zip(stmt.targets, arm.results, strict=True):
                        self.link(target, end)
            elif isinstance(stmt, (For, While)):
                self.loop(stmt)
        for atom in program.body.results:
            self.note(atom, None)

    def note(self, atom: Atom, let: Let | None) -> None:
        if isinstance(atom, Var):
            self.readers.setdefault(atom, []).append(let)

    def link(self, var: Var, *others: Atom) -> None:
        self.joined.add(var)
        self.linked.setdefault(var, []).extend(others)
        for other in others:
            if isinstance(other, Var):
                self.linked.setdefault(other, []).append(var)

    def loop(self, loop: For | While) -> None:
        skip, count = int(loop.exits), len(loop.carried)
        results, targets = loop.body.results[skip:], loop.targets[skip:]
        for var, first, last, out in zip(loop.carried, loop.init, results, targets, strict=False):
            self.joined.add(var)
            self.link(out, var, first, last)
        for atom in results[count:]:
            self.note(atom, None)
        if isinstance(loop, For):
            self.note(loop.over, None)

    def together(self, var: Var) -> list[Atom]:
        """Return the variables that may be one array with this one, and constants."""
        found: dict[Atom, None] = {var: None}
        work: list[Atom] = [var]
        while work:
            atom = work.pop()
            for other in self.linked.get(atom, ()) if isinstance(atom, Var) else ():
                if other not in found:
                    found[other] = None
                    work.append(other)
        return list(found)

    def take(self, var: Var) -> bool:
        """Give the array of a variable away, if it is new and nobody else has it."""
        group = self.together(var)
        if any(isinstance(atom, Const) or atom in self.given for atom in group):
            return False
        members = [atom for atom in group if isinstance(atom, Var)]
        old = [member for member in members if not self.is_new(member)]
        if old and (len(members) == 1 or not all(map(self.is_number_spread, old))):
            return False
        if self.escapes(var, set()):
            return False
        self.given.update(members)
        self.filled.update(old)
        return True

    def is_number_spread(self, var: Var) -> bool:
        """Tell whether a variable is one number all over, of which an array can as well be made."""
        let, kind = self.home.get(var), self.types.get(var)
        if let is None or let.fn is not np.broadcast_to or len(let.args) != 2 or let.kwargs:
            return False
        shape = self.home.get(let.args[1]) if isinstance(let.args[1], Var) else None
        plain = isinstance(let.args[0], Const) and isinstance(kind, Arr)
        return plain and shape is not None and shape.fn == ops.attribute("shape")

    def is_new(self, var: Var) -> bool:
        """Tell whether a variable is bound to an array that was made for it, if bound here."""
        kind = self.types.get(var)
        if not isinstance(kind, Arr) or kind.scalar:
            return False
        let = self.home.get(var)
        if let is None:
            return var in self.joined
        if let.fn in (runtime.fresh, runtime.unbroadcast) or let.fn in ops.PLAIN:
            return False
        return len(let.targets) == 1 and (returns(let.fn) == "fresh" or is_product(let))

    def made(self, let: Let) -> Let:
        """Return the call that makes the array of a number that a call spreads."""
        value, shape = let.args
        like = self.home[shape].args[0]  # type: ignore[index]
        same = self.types.get(like) == self.types.get(let.targets[0])  # type: ignore[arg-type]
        if isinstance(value, Const) and value.value in (0.0, 1.0) and same:
            return replace(let, fn=np.ones_like if value.value else np.zeros_like, args=(like,))
        return replace(let, fn=np.full, args=(shape, value))

    def escapes(self, var: Var, seen: set[Var]) -> bool:
        """Tell whether anything but a copy of a variable may live on elsewhere."""
        for member in self.together(var):
            if isinstance(member, Var) and member not in seen:
                seen.add(member)
                if any(self.keeps(let, seen) for let in self.readers.get(member, ())):
                    return True
        return False

    def keeps(self, let: Let | None, seen: set[Var]) -> bool:
        if let is None:
            return True
        if let.fn is runtime.fresh:
            return False
        kinds = [self.types.get(var) for var in let.targets]
        if all(isinstance(k, (Py, Num)) or (isinstance(k, Arr) and k.scalar) for k in kinds):
            return False
        how = returns(let.fn)
        if how == "immutable" and let.fn is not ops.make_tuple:
            return False
        arrays = all(isinstance(kind, Arr) for kind in kinds)
        if arrays and (how == "fresh" or is_product(let)):
            return False
        return not arrays or any(self.escapes(var, seen) for var in let.targets)


class _Freshener(Specialiser):
    def __init__(self, types: Types, memory: _Memory, lists: Lists) -> None:
        super().__init__(types)
        self.memory = memory
        self.lists = lists

    def decided(self, let: Let) -> Atom | None:
        if let.fn is not runtime.fresh or let.kwargs:
            return None
        target = let.targets[0]
        self.origin, self.hint = let.origin, target.hint
        out = self.fresh(*let.args)
        return None if out is None else self.stands(target, out)

    def taken_apart(self, let: Let) -> bool | None:
        return None

    def fresh(self, g: Atom, like: Atom, *told: Atom) -> Atom | None:
        have, want = self.type(g), self.type(like)
        if unfit(have, want, told):
            return None
        if isinstance(want, Seq):
            return g if self.lists.take(g, want) else None
        if isinstance(want, (Py, Known)):
            return fresh_number(self, g, have)
        if isinstance(want, Arr) and want.scalar:
            return fresh_scalar(self, g, have, want.dtype)
        if not isinstance(want, Arr) or want.scalar or want.dtype.kind not in "biufc":
            return None
        dtype = want.dtype if want.dtype.kind in "fc" else np.dtype(np.float64)
        dims = self.dims(g)
        if dims is None:
            return None
        if not dims and want.dims:
            return self.filled(g, like, want.dtype == dtype)
        if not want.dims and not dims:
            return self.zero_d(g, have, dtype)
        if not isinstance(have, Arr) or len(dims) != len(want.dims):
            return None
        if not all(map(self.fits, dims, want.dims)):
            return None
        return self.owned(g, have, like, dtype)

    def owned(self, g: Atom, have: Arr, like: Atom, dtype: Any) -> Atom | None:
        if have.dtype != dtype:
            return self.let(ops.method("astype"), g, self.dtype(like, dtype))
        if self.is_owned(g):
            return g
        spread = self.memory.home.get(g) if isinstance(g, Var) else None
        if spread is not None and spread.fn is np.broadcast_to and self.dims(spread.args[0]) == ():
            return self.filled(spread.args[0], like, True)
        return self.let(ops.method("copy"), g)

    def is_owned(self, g: Atom) -> bool:
        return isinstance(g, Var) and self.memory.take(g)

    def dtype(self, like: Atom, dtype: Any) -> Atom:
        kind = self.type(like)
        if not isinstance(kind, Arr) or kind.dtype != dtype:
            return Const(float)
        hint, self.hint = self.hint, ""
        out = self.let(ops.attribute("dtype"), like)
        self.hint = hint
        return out

    def filled(self, g: Atom, like: Atom, floats: bool) -> Atom:
        given: dict[str, Any] = {} if floats else {"dtype": float}
        if isinstance(g, Const) and g.value in (0.0, 1.0):
            return self.let(np.ones_like if g.value else np.zeros_like, like, **given)
        return self.let(np.full_like, like, g, **given)

    def zero_d(self, g: Atom, have: Type, dtype: Any) -> Atom | None:
        if isinstance(have, Arr) and not have.scalar and have.dtype == dtype and self.is_owned(g):
            return g
        if dtype == np.float64 and (
            (isinstance(have, Arr) and have.dtype == dtype)
            or (isinstance(have, Py) and have.cls is float)
            or (isinstance(g, Const) and type(g.value) is float)
        ):
            return self.let(np.array, g)
        return self.let(np.array, g, dtype=dtype.type)

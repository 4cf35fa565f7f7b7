"""Copy what is looked at of a buffer before it is overwritten, so that it can be overwritten.

Before::

    v = u[1:3]                  # v is still read further down
    u.1 = put(u, 0, y)          # so this has to make a whole new array

After::

    part = u[1:3]
    v = part.copy()
    u.1 = put(u, 0, y)          # and this writes into u:  u[0] = y

The same is done with what a loop begins to write into, where that is memory of others.
Without this pass everything is as right, but an array is copied for each entry that is written.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.apart import Apart
from srcgrad.facts.earlier import Earlier
from srcgrad.facts.kinds import Arr
from srcgrad.facts.live import lives
from srcgrad.facts.owned import can_write, owned
from srcgrad.facts.purity import VIEW, returns
from srcgrad.facts.sharing import Groups
from srcgrad.facts.turns import same_turn
from srcgrad.program import ops
from srcgrad.program.nodes import (
    Atom,
    Block,
    Const,
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
from srcgrad.program.walk import among, arms, blocks, inner, statements, targets, uses, with_blocks

_PUTS = frozenset({runtime.put, runtime.put_add})
_LOOKS = VIEW | {
    operator.getitem, np.reshape, np.ravel, ops.method("reshape"), ops.method("ravel"), np.real,
    ops.attribute("real"), np.diag, np.asarray, np.atleast_1d, np.atleast_2d, runtime.unbroadcast,
}  # fmt: skip
_HOLDS = frozenset({ops.make_tuple, ops.make_list, reversed, zip, list, tuple, ops.same})
_ROUNDS = 10

Types = Mapping[Var, Any]


def detach(program: Program, types: dict[Var, Any]) -> Program:
    """Return the program with copies of parts of arrays that are written further down.

    The types of new variables are added to ``types``.
    """
    if not any(among(getattr(s, "fn", None), _PUTS) for s in statements(program.body)):
        return program
    for _ in range(_ROUNDS):
        copies, starts = _needed(program, types)
        if not copies and not starts:
            break
        program = replace(program, body=_copied(program.body, copies, starts, types))
    program = replace(program, body=_bound_anew(program, types))
    program = replace(program, body=_named_apart(program.body, types))
    return _copied_first(program, types)


def _copied_first(program: Program, types: dict[Var, Any]) -> Program:
    """Make a copy in a statement of its own where an array cannot be written in place."""
    lets = [s for s in statements(program.body) if isinstance(s, Let) and among(s.fn, _PUTS)]
    lets = [let for let in lets if isinstance(let.args[0], Var) and can_write(let, types)]
    lets = [let for let in lets if isinstance(types.get(let.args[0]), Arr)]  # type: ignore[arg-type]
    sole = owned(program, types).inplace
    wanted = {let.targets[0] for let in lets if let.targets[0] not in sole}
    while wanted:
        made = replace(program, body=_copies_ahead(program.body, wanted, types))
        now = owned(made, types).inplace
        if wanted <= now and sole <= now:
            return made
        wanted &= now
        if not sole <= now:
            break
    return program


def _copies_ahead(block: Block, wanted: set[Var], types: dict[Var, Any]) -> Block:
    stmts: list[Stmt] = []
    for stmt in block.stmts:
        new = with_blocks(stmt, [_copies_ahead(child, wanted, types) for child in blocks(stmt)])
        if isinstance(new, Let) and new.targets[0] in wanted:
            target, old = new.targets[0], new.args[0]
            copy = Var(target.hint, target.user)
            types[copy] = types.get(target)
            stmts.append(Let((copy,), ops.method("copy"), (old,), (), new.origin))
            new = replace(new, args=(copy, *new.args[1:]))
        stmts.append(new)
    return Block(tuple(stmts), block.results)


def _named_apart(block: Block, types: dict[Var, Any]) -> Block:
    """Begin an adjoint that takes over a buffer of the function by ``d_v = u``."""
    stmts: list[Stmt] = []
    for stmt in block.stmts:
        new = with_blocks(stmt, [_named_apart(child, types) for child in blocks(stmt)])
        if isinstance(new, Let) and among(new.fn, _PUTS) and isinstance(new.args[0], Var):
            old, target = new.args[0], new.targets[0]
            if target.hint.startswith("d_") and old.user and not old.hint.startswith("d_"):
                named = Var(target.hint, target.user)
                types[named] = types.get(old)
                stmts.append(Let((named,), ops.same, (old,), (), new.origin))
                new = replace(new, args=(named, *new.args[1:]))
        stmts.append(new)
    return Block(tuple(stmts), block.results)


def _name(let: Let) -> None:
    """Name a copy after what it is a part of."""
    (var,), base = let.targets, let.args[0]
    if not var.hint and isinstance(base, Var) and base.hint:
        var.hint = base.hint + ("_part" if base.hint.startswith("d_") else "_before")


def _bound_anew(program: Program, types: Types) -> Block:
    """``u[:] = v`` where u is still read is no write: ``u_2 = v``."""
    if not any(_fills(stmt, types) for stmt in statements(program.body)):
        return program.body
    sole = owned(program, types).inplace
    counts = uses(program.body)

    def block(old: Block) -> Block:
        stmts: list[Stmt] = []
        place: dict[Var, int] = {}
        for stmt in old.stmts:
            new = with_blocks(stmt, [block(child) for child in blocks(stmt)])
            if isinstance(new, Let) and new.targets and new.targets[0] not in sole:
                value = _whole(new, types, stmts)
                at = place.get(value) if value is not None else None
                if value is not None and at is not None and counts[value] == 1:
                    made = stmts[at]
                    assert isinstance(made, Let)
                    stmts[at] = replace(made, targets=new.targets)
                    place[new.targets[0]] = at
                    continue
            if isinstance(new, Let) and len(new.targets) == 1 and returns(new.fn) == "fresh":
                place[new.targets[0]] = len(stmts)
            stmts.append(new)
        return Block(tuple(stmts), old.results)

    return block(program.body)


def _fills(stmt: Stmt, types: Types) -> bool:
    """Tell whether an array is written into one of the same type."""
    if not isinstance(stmt, Let) or stmt.fn is not runtime.put:
        return False
    old, _, value = stmt.args
    kind = types.get(value) if isinstance(value, Var) else None
    return isinstance(kind, Arr) and isinstance(old, Var) and kind == types.get(old)


def _whole(let: Let, types: Types, before: list[Stmt]) -> Var | None:
    """Return what is written over all of an array, if it is an array of the same type."""
    if not _fills(let, types) or not isinstance(let.args[2], Var):
        return None
    index, value = let.args[1], let.args[2]
    full = isinstance(index, Const) and index.value is Ellipsis
    for stmt in before:
        if isinstance(stmt, Let) and stmt.targets[0] is index and stmt.fn is slice:
            full = all(isinstance(a, Const) and a.value is None for a in stmt.args)
    return value if full else None


def _needed(program: Program, types: Types) -> tuple[set[Var], set[tuple[For | While, int]]]:
    """Return the views to copy, and the variables that loops carry whose start to copy."""
    table = lives(program, held=True)
    lets = [
        stmt
        for stmt in statements(program.body)
        if isinstance(stmt, Let) and among(stmt.fn, _PUTS) and can_write(stmt, types)
    ]
    wanted = [let for let in lets if not table.alive(let.args[0], table.at[let] + 1)]  # type: ignore[arg-type]
    groups = Groups(program, types, frozenset(let.targets[0] for let in wanted))
    homes = _Homes(program, types)
    apart = Apart(program, types, frozenset(let.targets[0] for let in wanted))
    earlier = Earlier(program, table, apart)
    copies: set[Var] = set()
    starts: set[tuple[For | While, int]] = set()
    older: dict[Any, tuple[For | While, int]] = {}
    for let in wanted:
        others = list(_others(let, groups, earlier))
        root = groups.of(let.targets[0])
        if root in groups.foreign:
            starts.update(homes.foreign_starts(let.args[0], groups))
            continue
        looks = {var: homes.looks(var, root, groups) for var in others}
        copies.update(look for found in looks.values() for look in found)
        left = [var for var in others if not looks[var]]
        starts.update(homes.kept_starts(let.args[0], left))
        for start in homes.older_starts(let, left, earlier) if left else ():
            if root not in older or table.at[start[0]] < table.at[older[root][0]]:
                older[root] = start  # what comes after it may do with that copy
    return copies, starts | set(older.values())


def _others(let: Let, groups: Groups, earlier: Earlier) -> Iterator[Var]:
    """Yield what else is alive of the memory that a statement writes into, after it."""
    target = let.targets[0]
    table, apart = earlier.table, earlier.apart
    point = table.at[let] + 1
    for holder in groups.holders(groups.of(target)):
        for var in groups.members.get(holder, ()):
            if var is target or not table.alive(var, point) or apart.of(var, target):
                continue
            if not earlier.of(var, target):
                yield var


def _is_look(let: Let | None, types: Types) -> bool:
    """Tell whether a statement only looks at a part of an array."""
    if let is None or len(let.targets) != 1:
        return False
    kind = types.get(let.targets[0])
    array = isinstance(kind, Arr) and not kind.scalar
    look = among(let.fn, _LOOKS) or (isinstance(let.fn, ops.Attribute) and let.fn.name == "T")
    return array and look


class _Homes:
    """Where variables are bound: by which statement, in which place of a loop or branch."""

    def __init__(self, program: Program, types: Types) -> None:
        self.types = types
        self.lets: dict[Var, Let] = {}
        self.carried: dict[Var, tuple[For | While, int]] = {}
        self.ends: dict[Var, tuple[Stmt, int]] = {}
        self.lists: dict[Var, Atom] = {}
        self.steps = {var: atom for pairs in same_turn(program).values() for var, atom in pairs}
        for stmt in statements(program.body):
            if isinstance(stmt, Let):
                self.lets.update((var, stmt) for var in stmt.targets)
            elif isinstance(stmt, (For, While)):
                skip = int(stmt.exits)
                for k, var in enumerate(stmt.carried):
                    self.carried[var] = (stmt, k)
                    self.ends[stmt.targets[skip + k]] = (stmt, k)
                first = skip + len(stmt.carried)
                self.lists.update(zip(stmt.targets[first:], stmt.body.results[first:], strict=True))
            elif isinstance(stmt, (If, Try, With)):
                self.ends.update((var, (stmt, k)) for k, var in enumerate(stmt.targets))

    def looks(self, var: Var, root: Any, groups: Groups) -> set[Var]:
        """Return the views of a group of memory that a variable may hold."""
        found: set[Var] = set()
        seen: set[Any] = set()
        work: list[Any] = [var]
        while work:
            at = work.pop()
            if not isinstance(at, Var) or at in seen:
                continue
            seen.add(at)
            let = self.lets.get(at)
            if _is_look(let, self.types) and groups.of(at) is root:
                found.add(at)
            elif at in self.steps:
                work.append(self.steps[at])
            elif let is not None and among(let.fn, _HOLDS):
                work += let.args
            elif at in self.lists:
                work.append(self.lists[at])
            elif at in self.ends:
                stmt, k = self.ends[at]
                if isinstance(stmt, (If, Try, With)):
                    work += [arm.results[k] for arm in arms(stmt)]
        return found

    def older_starts(
        self, let: Let, others: list[Var], earlier: Earlier
    ) -> Iterator[tuple[For | While, int]]:
        """Yield the outermost start whose copy would be newer than all else that is alive."""
        through: list[For | While] = []
        earlier.source(let.args[0], through)
        found = {loop: k for loop, k in self.starts(let.args[0])}
        for loop in reversed(through):
            if all(earlier.before_loop(var, loop, let.targets[0]) for var in others):
                if isinstance(loop.init[found[loop]], Var):
                    yield loop, found[loop]
                return

    def starts(self, var: Any) -> list[tuple[For | While, int]]:
        """Return the starts of loops from which the memory of a variable may come."""
        found: list[tuple[For | While, int]] = []
        seen: set[Any] = set()
        work = [var]
        while work:
            at = work.pop()
            if not isinstance(at, Var) or at in seen:
                continue
            seen.add(at)
            if at in self.carried:
                loop, k = self.carried[at]
                found.append((loop, k))
                work += [loop.init[k], loop.body.results[int(loop.exits) + k]]
            elif at in self.ends:
                stmt, k = self.ends[at]
                if isinstance(stmt, (If, Try, With)):
                    work += [arm.results[k] for arm in arms(stmt)]
                elif isinstance(stmt, (For, While)):
                    work.append(stmt.carried[k])
            elif at in self.lets and among(self.lets[at].fn, _PUTS):
                work.append(self.lets[at].args[0])
        return found

    def foreign_starts(self, var: Any, groups: Groups) -> Iterator[tuple[For | While, int]]:
        """Yield the starts that are memory of others, none of the chain of writes itself."""
        for loop, k in self.starts(var):
            start = loop.init[k]
            if isinstance(start, Var) and start not in self.carried and not self._is_own(start):
                yield loop, k

    def kept_starts(self, var: Any, alive: list[Var]) -> Iterator[tuple[For | While, int]]:
        """Yield the starts that are read again after the loop, or begin something else in it."""
        for loop, k in self.starts(var):
            same = [j for j, start in enumerate(loop.init) if start is loop.init[k]]
            keeper = min(same, key=lambda j: loop.carried[j].hint.startswith("d_"))
            if loop.init[k] in alive or k != keeper:
                yield loop, k

    def _is_own(self, var: Var) -> bool:
        let = self.lets.get(var)
        if let is not None and let.fn is ops.method("copy"):
            return True
        return var in self.ends or (let is not None and among(let.fn, _PUTS))


def _copied(
    block: Block, copies: set[Var], starts: set[tuple[For | While, int]], types: dict[Var, Any]
) -> Block:
    """Return a block with copies made where they are needed."""
    made: list[Stmt] = []
    for stmt in block.stmts:
        for var in (*targets(stmt), *inner(stmt)):
            types.setdefault(var, types.get(var))
        if isinstance(stmt, Let) and stmt.targets[0] in copies:
            look = Var("")
            _name(stmt)
            types[look] = types[stmt.targets[0]]
            made.append(replace(stmt, targets=(look,)))
            made.append(Let(stmt.targets, ops.method("copy"), (look,), (), stmt.origin))
            continue
        children = [_copied(child, copies, starts, types) for child in blocks(stmt)]
        new = with_blocks(stmt, children)
        if isinstance(stmt, (For, While)) and isinstance(new, (For, While)):
            init = list(new.init)
            for k, start in enumerate(init):
                if (stmt, k) in starts and isinstance(start, Var):
                    carried = stmt.carried[k]
                    copy = init[k] = Var(carried.hint, carried.user)
                    types[copy] = types.get(start)
                    made.append(Let((copy,), ops.method("copy"), (start,), (), stmt.origin))
            new = replace(new, init=tuple(init))
        made.append(new)
    return Block(tuple(made), block.results)

"""Augmented assignments to arrays and lists: only those that no alias can see.

``x += v`` writes into the array that ``x`` names, and whoever else holds that array sees it.  A
program works on values, so the statement is accepted where the two cannot be told apart: the
array was made by this function, and nothing else looks at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from srcgrad.errors import Aliased, Problem
from srcgrad.facts.kinds import Arr, Known, ListOf, Num, Other, Py, Seq, Type, Unknown
from srcgrad.facts.purity import is_pure, returns
from srcgrad.program import walk
from srcgrad.program.nodes import Block, Const, Do, For, If, Let, Program, Stmt, Var, While
from srcgrad.program.ops import PLAIN, same
from srcgrad.program.walk import among, atoms, blocks, inner, targets


def aliased_writes(program: Program, types: Mapping[Var, Type]) -> list[Problem]:
    """Return a problem for each augmented assignment that something else might see."""
    sites = _Sites(types)  # arrays have been settled; what is left may be a list
    sites.block(program.body, (), 0)
    problems = []
    for let in sites.writes:
        kind = types.get(let.args[0]) if isinstance(let.args[0], Var) else None
        settled = _immutable(kind) or isinstance(kind, Arr | Unknown | None)
        mutable = isinstance(let.args[0], Var) and not settled
        if mutable and not _sole_owner(let, sites):
            problems.append(_problem(let))
    return problems


def _immutable(kind: Type | None) -> bool:
    match kind:
        case Py() | Num() | Known():
            return True
        case Arr(scalar=scalar):
            return scalar
        case Seq(cls=cls) | ListOf(cls=cls):
            return issubclass(cls, tuple)
        case Other(cls):
            return issubclass(cls, (str, bytes, range))
    return False


def _problem(let: Let) -> Problem:
    name = let.args[0].hint if isinstance(let.args[0], Var) else "it"
    return Problem(
        Aliased,
        let.origin,
        f"cannot write into {name!r} in place",
        f"{name!r} is an array that something else may look at, and the write would be seen there.",
        f"Write {name} = {name} + ... to make a new array, or work on {name}.copy().",
    )


Arm = tuple[int, int]


@dataclass(frozen=True)
class _Use:
    place: int
    stmt: Stmt | None
    arms: tuple[Arm, ...]


@dataclass(eq=False)
class _Sites:
    """Where everything is bound and read: a running number, the arms around it, the loop depth."""

    types: Mapping[Var, Type]
    uses: dict[Var, list[_Use]] = field(default_factory=dict)
    bound: dict[Var, tuple[Stmt | None, int]] = field(default_factory=dict)
    feeds: dict[Var, list[Var | Const]] = field(default_factory=dict)
    writes: list[Let] = field(default_factory=list)
    where: dict[int, tuple[int, tuple[Arm, ...], int]] = field(default_factory=dict)
    place: int = 0

    def block(self, block: Block, arms: tuple[Arm, ...], depth: int) -> None:
        for stmt in block.stmts:
            self.place += 1
            self.where[id(stmt)] = (self.place, arms, depth)
            for atom in atoms(stmt):
                if isinstance(atom, Var):
                    keeps = stmt if isinstance(stmt, (Let, Do)) else None
                    self.uses.setdefault(atom, []).append(_Use(self.place, keeps, arms))
            if isinstance(stmt, Let) and among(stmt.fn, PLAIN):
                self.writes.append(stmt)
            self.children(stmt, arms, depth)
            for var in targets(stmt):
                self.bound[var] = (stmt, depth)
        self.place += 1
        for atom in block.results:
            if isinstance(atom, Var):
                self.uses.setdefault(atom, []).append(_Use(self.place, None, arms))

    def children(self, stmt: Stmt, arms: tuple[Arm, ...], depth: int) -> None:
        loop = isinstance(stmt, (For, While))
        for var in inner(stmt):
            self.bound[var] = (stmt, depth + 1)
        number = self.place
        for side, child in enumerate(blocks(stmt)):
            # A handler runs after a part of the body: only one arm of a branch excludes the other.
            mine = (number, side) if isinstance(stmt, If) else (number, 0)
            self.block(child, (*arms, mine), depth + int(loop))
        if isinstance(stmt, (For, While)):
            skip = int(stmt.exits)
            for k, var in enumerate(stmt.carried):
                self.feeds[var] = [stmt.init[k], stmt.body.results[skip + k]]
                self.feeds[stmt.targets[skip + k]] = list(self.feeds[var])
        else:
            for arm in walk.arms(stmt):
                for var, atom in zip(targets(stmt), arm.results, strict=True):
                    self.feeds.setdefault(var, []).append(atom)


def _sole_owner(let: Let, sites: _Sites) -> bool:
    var = let.args[0]
    assert isinstance(var, Var)
    place, arms, depth = sites.where[id(let)]
    stmt, level = sites.bound.get(var, (None, -1))
    if stmt is None or level != depth or not _made_here(var, sites, set()):
        return False
    for use in sites.uses.get(var, []):
        if use.place == place:
            if sum(atom is var for atom in atoms(let)) > 1:
                return False
        elif _other_arm(use.arms, arms):
            continue
        elif use.place > place or not _looks_only(use.stmt, sites.types):
            return False
    return True


def _other_arm(a: tuple[Arm, ...], b: tuple[Arm, ...]) -> bool:
    return any(x[0] == y[0] and x[1] != y[1] for x, y in zip(a, b, strict=False))


def _looks_only(stmt: Stmt | None, types: Mapping[Var, Type]) -> bool:
    if isinstance(stmt, Do):
        return True
    if not isinstance(stmt, Let) or isinstance(stmt.fn, Program):
        return False
    if not is_pure(stmt.fn):
        return False
    numbers = all(_immutable(types.get(var)) for var in stmt.targets)
    if numbers or returns(stmt.fn) == "immutable":
        return True
    # A new list, tuple or iterator holds the very array that it was made of.
    holds = isinstance(stmt.fn, type) or getattr(stmt.fn, "__module__", "") == "srcgrad.program.ops"
    kinds = [types.get(var) for var in stmt.targets]
    arrays = all(kind is None or isinstance(kind, (Arr, Unknown)) for kind in kinds)
    return returns(stmt.fn) == "fresh" and arrays and not holds


def _made_here(var: Var, sites: _Sites, seen: set[Var]) -> bool:
    """Tell whether the buffer of a variable was made by this function, and by nobody else."""
    if var in seen:
        return True
    seen.add(var)
    if var in sites.feeds:
        for atom in sites.feeds[var]:
            if isinstance(atom, Var) and not _handed_on(atom, sites, seen):
                return False
        return True
    stmt, _ = sites.bound.get(var, (None, 0))
    if not isinstance(stmt, Let) or isinstance(stmt.fn, Program):
        return False
    if stmt.fn is same and isinstance(stmt.args[0], Const):
        return isinstance(stmt.args[0].value, (bool, int, float, complex, str))
    if among(stmt.fn, PLAIN):
        return isinstance(stmt.args[0], Var) and _made_here(stmt.args[0], sites, seen)
    return is_pure(stmt.fn) and returns(stmt.fn) == "fresh"


def _handed_on(var: Var, sites: _Sites, seen: set[Var]) -> bool:
    """Tell whether a made value goes into a loop or out of an arm, and is not kept elsewhere."""
    handing = [use for use in sites.uses.get(var, []) if use.stmt is None]
    return (
        len(handing) <= 1
        and all(
            _looks_only(use.stmt, sites.types)
            for use in sites.uses.get(var, [])
            if use.stmt is not None
        )
        and _made_here(var, sites, seen)
    )

"""Where every variable is alive: exact spans over a linear numbering of the program.

    x1 = f(x)        # x is read at 2, x1 is written at 3
    y = g(x1)        # x1 is alive from 3 to 4

A statement reads at an even position and writes at the odd one after it, so that a value may
take the place of one that is read for the last time.  A span reaches through a loop where the
next turn reads the variable again, and into one arm of an If without the other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from srcgrad.facts.raising import is_quiet
from srcgrad.program import ops, walk
from srcgrad.program.nodes import (
    Atom,
    Block,
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
    n_collected,
)

Span = tuple[int, int]
Folded = Mapping[Var, Any]
Finals = Mapping[Block, tuple[If, int]]


@dataclass(eq=False, slots=True)
class _Scope:
    """A stretch of positions: a block, or a whole loop."""

    start: int
    parent: _Scope | None = None
    at: int = 0
    last: dict[Var, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lives:
    """The spans of every variable, sorted, and the position of every statement."""

    spans: dict[Var, list[Span]]
    at: dict[Stmt, int]

    def alive(self, var: Var, point: int) -> bool:
        """Tell whether the variable is alive at a position."""
        return covers(self.spans.get(var, ()), point)


def covers(spans: Iterable[Span], point: int) -> bool:
    """Tell whether sorted spans contain a position."""
    spans = spans if isinstance(spans, list) else list(spans)
    index = bisect_right(spans, (point, 1 << 60)) - 1
    return index >= 0 and spans[index][1] >= point


def merged(spans: Collection[Span]) -> list[Span]:
    """Sort spans and join those that touch.

    >>> merged([(5, 6), (1, 2), (2, 4)])
    [(1, 4), (5, 6)]
    """
    if len(spans) == 1:
        return list(spans)
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def lives(
    program: Program,
    folded: Folded | None = None,
    finals: Finals | None = None,
    *,
    held: bool = False,
) -> Lives:
    """Find where every variable of a program is alive.

    Parameters
    ----------
    program : Program
        A checked program.
    folded : mapping, optional
        Variables that are no statements of their own but expressions inside their use, with
        the variables that such an expression reads.
    finals : mapping, optional
        The If that ends a block and appends to the lists of a loop in its own arms.
    held : bool
        Whether what a loop runs over counts as alive until the loop ends.
    """
    return _Finder(folded or {}, finals or {}, held).program(program)


def slots(loop: For | While, folded: Folded, finals: Finals) -> list[int | None]:
    """Return, for each collected value, the statement of the body before which it is appended.

    None means at the ends of the body, in the arms of the If that it ends with.
    """
    body = loop.body
    where: dict[Var, int] = {}
    for index, stmt in enumerate(body.stmts):
        for var in walk.targets(stmt):
            where[var] = index
    after = len(body.stmts)
    end = after - finals[body][1] - 1 if body in finals else after
    first = 0
    while first < end and _unpacks(body.stmts[first]):
        first += 1
    found: list[int | None] = []
    for atom in body.results[len(body.results) - n_collected(loop) :]:
        if not isinstance(atom, Var) or atom not in where:
            found.append(first)
        elif where[atom] >= end:
            found.append(None)
        elif atom in folded and not _has_loop(body.stmts[where[atom] + 1 : end]):
            found.append(max(end, where[atom] + 1))
        else:
            found.append(max(first, where[atom] + 1))
    return found


def _has_loop(stmts: Iterable[Stmt]) -> bool:
    """Tell whether there is a loop ahead, which is not to find what is collected still in use."""
    return any(isinstance(stmt, (For, While)) for stmt in stmts)


def _unpacks(stmt: Stmt) -> bool:
    """``for a, b in pairs``: the loop's own assignment, before anything can be appended."""
    return isinstance(stmt, Let) and stmt.fn in (ops.unpack, ops.unpack_star)


class _Finder:
    def __init__(self, folded: Folded, finals: Finals, held: bool) -> None:
        self.folded = folded
        self.finals = finals
        self.held = held
        self.clock = 0
        self.home: dict[Var, _Scope] = {}
        self.born: dict[Var, int] = {}
        self.extra: dict[Var, list[Span]] = {}
        self.scopes: list[_Scope] = []
        self.at: dict[Stmt, int] = {}
        self.reads: list[tuple[Var, int, _Scope]] = []
        self.loop_ends: dict[int, int] = {}

    def program(self, program: Program) -> Lives:
        root = self.scope(0, None, 0)
        for var in program.params:
            self.bind(var, root, 0)
        self.block(program.body, root)
        self.read_all(program.body.results, 2 * self.tick(), root)
        self.settle()
        spans: dict[Var, list[Span]] = {}
        for var, born in self.born.items():
            home = self.home[var]
            found = [(born, max(born, home.last.get(var, born)))]
            found.extend(self.extra.get(var, ()))
            spans[var] = found
        for scope in self.scopes:
            for var, end in scope.last.items():
                if scope is not self.home[var]:
                    spans[var].append((scope.start, end))
        return Lives({var: merged(found) for var, found in spans.items()}, self.at)

    def settle(self) -> None:
        """Carry every reading outwards, from where it happens to where its variable is bound."""
        for var, position, scope in self.reads:
            home = self.home[var]
            while scope.last.get(var, -1) < position:
                scope.last[var] = position
                if scope is home:
                    break
                assert scope.parent is not None
                position = self.loop_ends.get(scope.at, scope.at)
                scope = scope.parent

    def tick(self) -> int:
        self.clock += 1
        return self.clock

    def scope(self, start: int, parent: _Scope | None, at: int) -> _Scope:
        made = _Scope(start, parent, at)
        self.scopes.append(made)
        return made

    def bind(self, var: Var, scope: _Scope, position: int) -> None:
        self.home[var] = scope
        self.born[var] = position

    def read_all(self, atoms: Iterable[Atom], position: int, scope: _Scope) -> None:
        folded, reads = self.folded, self.reads
        for atom in atoms:
            if type(atom) is Var:
                if atom in folded:
                    reads += [(var, position, scope) for var in folded[atom]]
                else:
                    reads.append((atom, position, scope))

    def also(self, var: Var, start: int, end: int) -> None:
        self.extra.setdefault(var, []).append((start, end))

    def block(self, block: Block, scope: _Scope) -> None:
        for stmt in block.stmts:
            self.statement(stmt, scope)

    def statement(self, stmt: Stmt, scope: _Scope) -> None:
        if not isinstance(stmt, Do) and stmt.targets and stmt.targets[0] in self.folded:
            return
        self.clock += 1
        at = self.at[stmt] = 2 * self.clock
        if isinstance(stmt, (Let, Do)):
            self.read_all(walk.atoms(stmt), at, scope)
            for var in walk.targets(stmt):
                self.bind(var, scope, at + 1)
            return
        match stmt:
            case If():
                self.choice(stmt, scope)
            case For() | While():
                self.loop(stmt, scope)
            case Try():
                self.attempt(stmt, scope)
            case With():
                self.read_all((stmt.manager,), 2 * self.clock, scope)
                self.bind(stmt.entered, scope, 2 * self.clock + 1)
                self.arms(stmt, scope, 2 * self.clock)

    def attempt(self, stmt: Try, scope: _Scope) -> None:
        """What the handler reads is alive as long as the body may still raise."""
        head = 2 * self.clock
        inside = self.scope(2 * self.clock + 2, scope, head)
        last = -1
        for inner in stmt.body.stmts:
            self.statement(inner, inside)
            if not is_quiet(inner) and (isinstance(inner, Do) or inner.targets[:1] != ()):
                last = 2 * self.clock
        handler = (var for var in walk.free(stmt.handler) if var is not stmt.error)
        if last >= 0:
            self.read_all(handler, last, inside)
        end = self.end_of(stmt.body, inside)
        other = self.scope(2 * self.clock + 2, scope, head)
        self.bind(stmt.error, other, 2 * self.clock + 1)
        self.block(stmt.handler, other)
        self.bind_all(stmt.targets, scope, [end, self.end_of(stmt.handler, other)])

    def choice(self, stmt: If, scope: _Scope) -> None:
        self.read_all((stmt.test,), 2 * self.clock, scope)
        self.arms(stmt, scope, 2 * self.clock)

    def arms(self, stmt: If | With, scope: _Scope, head: int) -> None:
        ends = []
        for arm in walk.arms(stmt):
            inside = self.scope(2 * self.clock + 2, scope, head)
            self.block(arm, inside)
            ends.append(self.end_of(arm, inside))
        self.bind_all(stmt.targets, scope, ends)

    def end_of(self, arm: Block, inside: _Scope) -> int:
        """Read the results of an arm; return where."""
        end = 2 * self.tick()
        self.read_all(arm.results, end, inside)
        return end

    def bind_all(self, targets: Iterable[Var], scope: _Scope, ends: list[int]) -> None:
        """Bind targets that are assigned at the ends of the arms."""
        self.tick()
        for var in targets:
            self.bind(var, scope, 2 * self.clock + 1)
            for end in ends[:-1]:
                self.also(var, end + 1, end + 1)
            self.also(var, ends[-1] + 1, 2 * self.clock + 1)

    def loop(self, stmt: For | While, scope: _Scope) -> None:
        head = 2 * self.clock
        self.read_all(stmt.init, head, scope)
        whole = self.scope(head + 1, scope, -head)
        for var in stmt.carried:
            self.bind(var, whole, head + 1)
        if isinstance(stmt, For):
            self.read_all((stmt.over,), head, scope)
            start = self.tick()
            inside = self.scope(2 * start, whole, 2 * start)
            self.bind(stmt.each, inside, 2 * start + 1)
        else:
            testing = self.scope(head + 1, whole, head + 1)
            self.block(stmt.test, testing)
            start = self.tick()
            self.read_all(stmt.test.results, 2 * start, testing)
            testing.at = 2 * start
            inside = self.scope(2 * start, whole, 2 * start)
        self.loop_body(stmt, inside)
        turn = 2 * self.tick()
        direct = stmt.body.results[: len(stmt.carried) + int(stmt.exits)]
        self.read_all(direct, turn, inside)
        end = 2 * self.tick()
        self.loop_ends[-head] = end
        if isinstance(stmt, For) and self.held:
            self.read_all((stmt.over,), end, scope)
        for var in stmt.carried:
            self.also(var, head + 1, 2 * start)
            self.also(var, turn + 1, end)
        for var in stmt.targets:
            self.bind(var, scope, end + 1)
        first = len(stmt.carried) + int(stmt.exits)
        for var in (*stmt.targets[: int(stmt.exits)], *stmt.targets[first:]):
            self.also(var, head + 1, end + 1)

    def loop_body(self, stmt: For | While, inside: _Scope) -> None:
        places = slots(stmt, self.folded, self.finals)
        kept = stmt.body.results[len(stmt.body.results) - len(places) :]
        self.collect(kept, places, 0, inside)
        for index, inner in enumerate(stmt.body.stmts):
            self.statement(inner, inside)
            self.collect(kept, places, index + 1, inside)
        self.collect(kept, places, None, inside)

    def collect(
        self, kept: tuple[Atom, ...], places: list[int | None], index: int | None, inside: _Scope
    ) -> None:
        here = [atom for atom, place in zip(kept, places, strict=True) if place == index]
        if here:
            self.read_all(here, 2 * self.tick(), inside)

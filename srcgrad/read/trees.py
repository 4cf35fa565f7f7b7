"""Code with branches, lifted piece by piece before it is known what the pieces have to agree on.

A tree is a straight piece of code that ends by a leaf, which says how Python goes on, or by a
fork into two more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from srcgrad.origin import Origin
from srcgrad.program.nodes import (
    Atom,
    Block,
    Stmt,
    Var,
)
from srcgrad.program.walk import targets
from srcgrad.read.values import (
    State,
    Value,
    now,
)

FALL, BREAK, RETURN, CONTINUE, RAISED, DONE = (
    "fall",
    "break",
    "return",
    "continue",
    "raised",
    "done",
)
CODES = {FALL: 0, CONTINUE: 0, RAISED: 0, BREAK: 1, RETURN: 2, DONE: 3}


@dataclass(eq=False, slots=True)
class Leaf:
    """How a straight piece of code ends, and what names mean there."""

    kind: str
    state: State
    value: Value | None = None


@dataclass(eq=False, slots=True)
class Fork:
    """A piece of code ends with a branch; what follows is in the arms.

    ``made`` makes another statement of it than an If, which binds ``own`` for its blocks.
    """

    test: Atom
    then: Tree
    orelse: Tree
    origin: Origin | None
    form: str = "if"
    made: Callable[[tuple[Var, ...], Block, Block], Stmt] | None = None
    own: tuple[Var, ...] = ()


@dataclass(eq=False, slots=True)
class Tree:
    """A straight piece of code and its end."""

    stmts: list[Stmt] = field(default_factory=list)
    end: Leaf | Fork | None = None
    born: int = field(default_factory=now)

    def leaves(self) -> Iterator[tuple[Tree, Leaf]]:
        """Yield the straight pieces at the ends, in order."""
        waiting = [self]
        while waiting:
            tree = waiting.pop()
            if isinstance(tree.end, Fork):
                waiting += [tree.end.orelse, tree.end.then]
            else:
                assert tree.end is not None
                yield tree, tree.end


def below(tree: Tree) -> set[Var]:
    """Return the variables bound in the pieces of a tree, apart from the first."""
    found: set[Var] = set()
    waiting = [tree]
    while waiting:
        piece = waiting.pop()
        for stmt in piece.stmts if piece is not tree else ():
            found.update(targets(stmt))
        if isinstance(piece.end, Fork):
            found.update(piece.end.own)
            waiting += [piece.end.then, piece.end.orelse]
    return found


def since(tree: Tree) -> int:
    """Return when the first of the pieces below a tree was begun."""
    end = tree.end
    return min(end.then.born, end.orelse.born) if isinstance(end, Fork) else now()


def within(tree: Tree) -> set[Var]:
    """Return the variables bound in the pieces of a tree."""
    return below(tree) | {var for stmt in tree.stmts for var in targets(stmt)}

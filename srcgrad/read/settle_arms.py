"""Go through a piece of code of its own: an arm, whose state is joined with that behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Atom, Block, Do, Var
from srcgrad.read.places import Place, State

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


@dataclass(eq=False, slots=True)
class Arm:
    """What an arm of a branch has come to."""

    b: Builder
    state: State
    results: tuple[Atom, ...]
    raises: bool


def into(s: Settler, state: State) -> tuple[Builder, State]:
    """Begin a piece of its own; returns what to go back to."""
    before = (s.b, s.state)
    s.b, s.state = Builder(s.b.origin), state
    return before


def arm_of(s: Settler, block: Block) -> Arm:
    """Go through an arm of its own."""
    before = into(s, s.state.copy())
    s.block(block)
    results = tuple(peek(s, atom) for atom in block.results)
    raises = any(isinstance(stmt, Do) and stmt.fn is ops.raise_ for stmt in block.stmts)
    made = Arm(s.b, s.state, results, raises)
    s.b, s.state = before
    return made


def peek(s: Settler, atom: Atom) -> Atom:
    """Return the present value of what is only handed on: nobody looks at it yet."""
    return s.current(atom) if isinstance(atom, Var) and s.tracked(atom) else atom


def version(place: Place) -> Var:
    """Return a new variable for other contents of a place."""
    return Var(place.root.hint, place.root.user)

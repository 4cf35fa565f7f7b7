"""The nouns: a small, structured, single-assignment program.

A program is a list of statements that bind variables once each.  Loops are scans: what a turn
hands to the next is spelled out, and what it wants remembered is collected in lists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from srcgrad.origin import Origin


class Var:
    """A variable: identity is the object, ``hint`` is how the user would spell it.

    ``user`` tells that the name is one the user wrote, so that it is kept where possible.
    """

    __slots__ = ("hint", "user", "__weakref__")

    def __init__(self, hint: str, user: bool = False) -> None:
        self.hint = hint
        self.user = user

    def __repr__(self) -> str:
        return f"Var({self.hint!r})"


@dataclass(frozen=True, slots=True, eq=False)
class Const:
    """A constant, held by reference; ``spelled`` is the user's text for it, as ``np.pi``."""

    value: Any
    spelled: str | None = None


class _Undefined:
    """The value of a variable that Python would call unbound."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNDEFINED"


UNDEFINED = _Undefined()

STAND_IN = Const(None)
"""What is handed out for a value that one arm of a branch has not made: nobody reads it."""

Atom = Var | Const


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Statements in order, and the atoms that they were made for."""

    stmts: tuple[Stmt, ...]
    results: tuple[Atom, ...]


@dataclass(slots=True, eq=False)
class Program:
    """A function: parameters and a body, whose results are what it returns.

    Mutable only so that a recursive program can be referred to before its body is known.
    """

    name: str
    params: tuple[Var, ...]
    body: Block
    origin: Origin | None = None
    notes: dict[str, Any] = field(default_factory=dict)


Fn = Callable[..., Any] | Program


@dataclass(frozen=True, slots=True, eq=False)
class Let:
    """``targets = fn(*args, **kwargs)``; with several targets, ``fn`` gives as many values."""

    targets: tuple[Var, ...]
    fn: Fn
    args: tuple[Atom, ...]
    kwargs: tuple[tuple[str, Atom], ...] = ()
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Do:
    """A call for its effect (print, assert, raise): kept in order, never differentiated."""

    fn: Callable[..., Any]
    args: tuple[Atom, ...]
    kwargs: tuple[tuple[str, Atom], ...] = ()
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, eq=False)
class If:
    """One of two blocks; the results of the one taken become the targets.

    ``form`` says how the user wrote it: ``"if"``, ``"ternary"``, ``"and"`` or ``"or"``.
    """

    targets: tuple[Var, ...]
    test: Atom
    then: Block
    orelse: Block
    origin: Origin | None = None
    form: str = "if"


@dataclass(frozen=True, slots=True, eq=False)
class For:
    """A scan over the items of ``over``.

    The body's results are, in order: an exit code if ``exits``, the next value of each carried
    variable, then the values to collect.  The targets are the same: the last exit code if
    ``exits`` (0 when the loop ran out), the final carried values, and one list per collected
    value, with an entry for every turn that was started.  A turn whose exit code is not 0 is
    the last.  ``form`` is ``"for"`` or ``"comprehension"``.  With ``snapshots``, the way back has
    no more than so many states, and computes the turns between them again.
    """

    targets: tuple[Var, ...]
    each: Var
    over: Atom
    carried: tuple[Var, ...]
    init: tuple[Atom, ...]
    body: Block
    origin: Origin | None = None
    exits: bool = False
    form: str = "for"
    snapshots: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class While:
    """A scan as long as ``test`` holds; the rest is as in `For`.

    ``test`` is a block over the carried variables with one result.  Its variables are not in
    scope in the body.
    """

    targets: tuple[Var, ...]
    carried: tuple[Var, ...]
    init: tuple[Atom, ...]
    test: Block
    body: Block
    origin: Origin | None = None
    exits: bool = False
    snapshots: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Try:
    """The body, or the handler where the body raises one of the classes ``caught``.

    The results of the block that came to its end become the targets.  ``error`` is the exception,
    in scope in the handler, where nothing of the body is.
    """

    targets: tuple[Var, ...]
    caught: tuple[type[BaseException], ...]
    error: Var
    body: Block
    handler: Block
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, eq=False)
class With:
    """A block inside a context manager, which gives ``entered`` and lets every exception pass."""

    targets: tuple[Var, ...]
    manager: Atom
    entered: Var
    body: Block
    origin: Origin | None = None


Stmt = Let | Do | If | For | While | Try | With


def n_collected(loop: For | While) -> int:
    """How many lists a loop collects."""
    return len(loop.targets) - len(loop.carried) - int(loop.exits)

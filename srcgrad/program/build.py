"""Building programs by hand: what passes use to write new statements."""

from __future__ import annotations

from typing import Any

from srcgrad.origin import Origin
from srcgrad.program.nodes import Atom, Block, Const, Do, Fn, Let, Stmt, Var


def atom(value: Any) -> Atom:
    """Return an atom as it is and wrap anything else as a constant."""
    return value if isinstance(value, (Var, Const)) else Const(value)


class Builder:
    """Collects statements.

    >>> import numpy as np
    >>> from srcgrad.program.nodes import Program
    >>> b = Builder()
    >>> x = Var("x")
    >>> y = b.let(np.sin, x, hint="y")
    >>> Program("f", (x,), b.block(y)).params
    (Var('x'),)
    """

    def __init__(self, origin: Origin | None = None) -> None:
        self.stmts: list[Stmt] = []
        self.origin = origin

    def let(self, fn: Fn, *args: Any, hint: str = "", **kwargs: Any) -> Var:
        """Bind one new variable to a call."""
        return self.lets((hint,), fn, *args, **kwargs)[0]

    def lets(self, hints: tuple[str, ...], fn: Fn, *args: Any, **kwargs: Any) -> tuple[Var, ...]:
        """Bind several new variables to a call that gives as many values."""
        made = tuple(Var(hint) for hint in hints)
        given = tuple((name, atom(value)) for name, value in kwargs.items())
        self.stmts.append(Let(made, fn, tuple(map(atom, args)), given, self.origin))
        return made

    def do(self, fn: Any, *args: Any, **kwargs: Any) -> None:
        """Add a call for its effect."""
        given = tuple((name, atom(value)) for name, value in kwargs.items())
        self.stmts.append(Do(fn, tuple(map(atom, args)), given, self.origin))

    def add(self, *stmts: Stmt) -> None:
        """Add finished statements."""
        self.stmts.extend(stmts)

    def block(self, *results: Any) -> Block:
        """Return the statements so far as a block with these results."""
        return Block(tuple(self.stmts), tuple(map(atom, results)))

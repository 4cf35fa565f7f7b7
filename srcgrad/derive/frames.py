"""What is owed to each variable while a block is paid back, last statement to first.

Nothing owed is absence, never an array of zeros.  Invariant: an entry of a frame is the whole
cotangent collected so far, so that the next contribution is added to it where it is born.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from srcgrad.program.nodes import Atom, Var


@dataclass(eq=False)
class Frame:
    """The cotangents owed inside one block.

    ``local`` are the variables bound in the block.  What is owed to others is found in
    ``outer``: an arm of a branch takes it over from there, a loop carries it as ``totals``.
    """

    local: set[Var]
    outer: Frame | None = None
    is_loop: bool = False
    owed: dict[Var, Atom] = field(default_factory=dict)
    totals: dict[Var, Var] = field(default_factory=dict)

    def current(self, var: Var) -> Atom | None:
        """Return what is owed to a variable so far, or None."""
        if var in self.owed:
            return self.owed[var]
        if var in self.local or self.outer is None:
            return None
        if not self.is_loop:
            return self.outer.current(var)
        if var not in self.totals:
            self.totals[var] = adjoint(var)
            self.owed[var] = self.totals[var]
        return self.owed[var]

    def take(self, var: Var) -> Atom | None:
        """Return what is owed to a variable and owe it nothing any more."""
        return self.owed.pop(var, None)


def adjoint(var: Var) -> Var:
    """Return a new variable named as the adjoint of another."""
    return Var(f"d_{var.hint}" if var.hint else "", var.user)

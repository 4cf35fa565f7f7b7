"""Recursive helpers: a forward program that keeps what its way back needs, and the way back.

y = f(x)        ->      y, y_kept = f_forward(x)
                        ...
                        d_x = f_vjp(d_y, y_kept)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from srcgrad.derive.apply import inert
from srcgrad.derive.defined import defined
from srcgrad.facts.activity import active
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Atom, Block, Const, Let, Program, Var
from srcgrad.program.walk import bound, free, statements, substitute


@dataclass(frozen=True)
class Derived:
    """The two halves of a helper, and the parameters that it gives cotangents for."""

    forward: Program
    backward: Program
    wrt: tuple[int, ...]


@dataclass(eq=False)
class Calls:
    """The helpers derived so far; one table for a whole program, so that recursion closes.

    Where there are complex numbers in the program, there may be in each of them.
    """

    complex: bool = False
    made: dict[tuple[Program, tuple[int, ...]], Derived] = field(default_factory=dict)

    def derived(self, program: Program, wrt: tuple[int, ...], halve: Callable) -> Derived:  # type: ignore[type-arg]
        """Return the halves of a helper with respect to these of its parameters."""
        wrt = _closed(program, wrt, self.complex)
        if (program, wrt) not in self.made:
            nothing = Block((), ())
            derived = Derived(
                Program(f"{program.name}_forward", (), nothing, program.origin),
                Program(f"{program.name}_vjp", (), nothing, program.origin),
                wrt,
            )
            self.made[program, wrt] = derived
            _fill(derived, halve(program, wrt, None, (), self))
        return self.made[program, wrt]


def _closed(program: Program, wrt: tuple[int, ...], turning: bool) -> tuple[int, ...]:
    """Add the parameters that become active through the recursion itself."""
    while True:
        live = active(program, [program.params[i] for i in wrt], inert, turning=turning)
        more = set(wrt)
        for stmt in statements(program.body):
            if isinstance(stmt, Let) and stmt.fn is program:
                more |= {i for i, atom in enumerate(stmt.args) if atom in live}
        if len(more) == len(wrt):
            return wrt
        wrt = tuple(sorted(more))


def _fill(derived: Derived, halves) -> None:  # type: ignore[no-untyped-def]
    back = Block(halves.backward, halves.gradients)
    inside = bound(back) | {halves.seed}
    needed = [var for var in free(back) if var not in inside]
    b = Builder()
    kept = b.let(ops.make_tuple, *needed, hint="kept")
    values: tuple[Atom, ...] = (*halves.values[:1], kept)
    derived.forward.params = halves.params
    derived.forward.body = defined(Block((*halves.forward, *b.stmts), values), needed)
    stand_in = {var: Var(var.hint, var.user) for var in needed}
    given = Var("kept")
    opened = Let(tuple(stand_in.values()), ops.unpack, (given, Const(len(needed))))
    second = substitute(back, stand_in)
    stmts = (opened, *second.stmts) if needed else second.stmts
    derived.backward.params = (halves.seed, given)
    derived.backward.body = Block(stmts, second.results)

"""Programs made by hand, so that writing is tested without reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srcgrad.origin import Origin, Statement
from srcgrad.program import ops
from srcgrad.program.build import Builder, atom
from srcgrad.program.nodes import Block, For, If, Let, Program, Var, While


def origin(text: str, line: int = 1) -> Origin:
    """Return an origin whose statement has this text."""
    return Origin(Statement("losses.py", line, text), line, 0, line, 1)


class Hand(Builder):
    """A builder that also makes the user's own variables and compound statements."""

    def user(self, name: str, fn: Any, *args: Any, **kwargs: Any) -> Var:
        """Bind a variable that the user named."""
        var = Var(name, True)
        given = tuple((key, atom(value)) for key, value in kwargs.items())
        self.add(Let((var,), fn, tuple(map(atom, args)), given, self.origin))
        return var

    def arm(self, work: Callable[[Hand], Any] | None, results: Any = ()) -> Block:
        """Return a block; the work gives its results."""
        inner = Hand(self.origin)
        found = work(inner) if work is not None else results
        found = found if isinstance(found, tuple) else (found,)
        return inner.block(*found)

    def choose(
        self, targets: tuple[Var, ...], test: Any, then: Any, orelse: Any, form: str = "if"
    ) -> tuple[Var, ...]:
        """Add an If."""
        arms = (self.arm(then), self.arm(orelse))
        self.add(If(targets, atom(test), *arms, self.origin, form))
        return targets

    def loop(
        self,
        each: Var,
        over: Any,
        carried: tuple[Var, ...],
        init: tuple[Any, ...],
        body: Callable[[Hand], Any],
        targets: tuple[Var, ...] | None = None,
        **more: Any,
    ) -> tuple[Var, ...]:
        """Add a For."""
        block = self.arm(body)
        made = targets or tuple(Var(v.hint, v.user) for v in carried)
        made += tuple(Var("") for _ in range(len(block.results) - len(made)))
        start = tuple(map(atom, init))
        self.add(For(made, each, atom(over), carried, start, block, self.origin, **more))
        return made

    def repeat(
        self,
        carried: tuple[Var, ...],
        init: tuple[Any, ...],
        test: Callable[[Hand], Any],
        body: Callable[[Hand], Any],
        targets: tuple[Var, ...] | None = None,
        **more: Any,
    ) -> tuple[Var, ...]:
        """Add a While."""
        block = self.arm(body)
        made = targets or tuple(Var(v.hint, v.user) for v in carried)
        made += tuple(Var("") for _ in range(len(block.results) - len(made)))
        start = tuple(map(atom, init))
        self.add(While(made, carried, start, self.arm(test), block, self.origin, **more))
        return made


def params(names: str) -> tuple[Var, ...]:
    """Return parameters."""
    return tuple(Var(name, True) for name in names.split())


def backward(b: Hand) -> None:
    """Add the mark between the sweeps."""
    b.do(ops.mark, "backward")


def program(name: str, given: tuple[Var, ...], b: Hand, *results: Any) -> Program:
    """Return the finished program."""
    return Program(name, given, b.block(*results))

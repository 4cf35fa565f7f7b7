"""The noun of the zoo: one small loss function, its arguments and what is known about it."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

MakeArgs = Callable[[np.random.Generator], tuple[Any, ...]]
Wrt = int | str | tuple[int | str, ...]


@dataclass(frozen=True)
class Case:
    """A function to differentiate.

    Tags: ``golden`` (its source is kept under tests/golden), ``kink`` (checked by ``hand`` only),
    ``float32``, ``lists`` (lists stand where NumPy expects arrays, which needs types), ``nan``
    (an untaken branch is not finite), ``typed`` (without types it is not to be seen what is
    written: the generic source is refused), ``may_refuse`` (a refusal is right too), ``objects``
    (what the methods of the arguments are has to be known), ``untold`` (nothing in the text tells
    that numbers are complex: what is made without types refuses them when it runs).
    ``hand`` takes the arguments and returns the gradient in the form that ``grad`` gives.
    """

    name: str
    function: Callable[..., Any]
    make_args: MakeArgs
    wrt: Wrt = 0
    tags: frozenset[str] = frozenset()
    hand: Callable[..., Any] | None = None

    def args(self) -> tuple[Any, ...]:
        """New arguments, the same ones every time."""
        return self.make_args(np.random.default_rng(zlib.crc32(self.name.encode())))

    def positions(self) -> tuple[int, ...]:
        """The positions of what is differentiated."""
        names = self.function.__code__.co_varnames
        given = self.wrt if isinstance(self.wrt, tuple) else (self.wrt,)
        return tuple(names.index(w) if isinstance(w, str) else w for w in given)


def collector(cases: list[Case]) -> Callable[..., None]:
    """Return the function that adds cases to a list: what each file of the zoo starts with."""

    def case(
        function: Callable[..., Any],
        make_args: MakeArgs,
        *tags: str,
        wrt: Wrt = 0,
        hand: Callable[..., Any] | None = None,
        name: str | None = None,
    ) -> None:
        cases.append(
            Case(name or function.__name__, function, make_args, wrt, frozenset(tags), hand)
        )

    return case


def normal(rng: np.random.Generator, *shape: int) -> Any:
    """Standard normal numbers; without a shape a Python float."""
    return rng.normal(size=shape) if shape else float(rng.normal())


def positive(rng: np.random.Generator, *shape: int) -> Any:
    """Numbers between 0.5 and 2; without a shape a Python float."""
    return rng.uniform(0.5, 2.0, size=shape) if shape else float(rng.uniform(0.5, 2.0))

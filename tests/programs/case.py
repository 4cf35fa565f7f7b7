"""The noun of the programs: one kernel wrapped in a scalar loss, and its arguments at two sizes."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

MakeArgs = Callable[[np.random.Generator, str], tuple[Any, ...]]
SCALES = ("small", "bench")


@dataclass(frozen=True)
class Case:
    """A program to differentiate.

    ``args(rng, scale)`` makes the arguments: "small" is for comparing gradients with differences,
    "bench" takes 1 to 200 ms in the primal.  ``wrt`` holds positions.  ``bar`` is how many times
    as long as the primal the gradient may take.

    Tags: ``complex`` (the code works on complex numbers as it stands, so that complex steps check
    it), ``golden`` (short enough for its source to be kept), ``float64`` (too sensitive for
    comparing single precision with double).
    """

    name: str
    loss: Callable[..., Any]
    make_args: MakeArgs
    wrt: tuple[int, ...] = (0,)
    bar: float = 4.0
    tags: frozenset[str] = frozenset()
    step: float = 1e-3

    def args(self, scale: str = "small") -> tuple[Any, ...]:
        """New arguments, the same ones every time."""
        assert scale in SCALES
        return self.make_args(np.random.default_rng(zlib.crc32(self.name.encode())), scale)


def collector(cases: list[Case]) -> Callable[..., None]:
    """Return the function that adds cases to a list: what each file of programs starts with."""

    def case(
        loss: Callable[..., Any],
        make_args: MakeArgs,
        *tags: str,
        wrt: tuple[int, ...] = (0,),
        bar: float = 4.0,
        step: float = 1e-3,
        name: str | None = None,
    ) -> None:
        name = name or loss.__name__.removesuffix("_loss")
        cases.append(Case(name, loss, make_args, wrt, bar, frozenset(tags), step))

    return case


def pick(scale: str, small: Any, bench: Any) -> Any:
    """Return what belongs to a scale."""
    return small if scale == "small" else bench

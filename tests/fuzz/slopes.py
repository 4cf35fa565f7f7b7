"""The oracle: slopes of a program in random directions, by differences with two steps.

A gradient is compared with the slopes along a few directions through all arguments at once.  Where
the slopes of the two steps differ, or those to the left and to the right, there is a kink.
"""

from __future__ import annotations

import contextlib
import copy
import io
from collections.abc import Callable
from typing import Any

import numpy as np

from tests import oracle
from tests.fuzz.verdicts import RIGHT, Verdict

STEP = 2e-5


class Slopes:
    """Slopes of a function at some arguments.

    Where the gradient was computed in single precision the function is its twin in double
    precision, and the two agree less.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        wrt: tuple[int, ...],
        *,
        single: bool = False,
    ) -> None:
        self.function = function
        self.rough = 2e-3 if single else 2e-4
        self.single = single
        self.args = args
        self.wrt = wrt
        self.r = np.random.default_rng(7)

    def along(self, direction: list[Any], step: float) -> float:
        """Return the value a step away."""
        pieces = iter(direction)

        def moved(leaf: Any) -> Any:
            new = leaf + step * next(pieces)
            return float(new) if type(leaf) is float else new  # which divides in another way

        args = list(copy.deepcopy(self.args))
        for i in self.wrt:
            args[i] = oracle.mapped(moved, args[i])
        with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
            return float(self.function(*args))

    def directions(self) -> list[list[Any]]:
        """Return two random directions: one piece for each number or array."""
        leaves = [leaf for i in self.wrt for _, leaf in oracle.leaves(self.args[i])]
        return [[self.r.uniform(-1.0, 1.0, np.shape(leaf))[()] for leaf in leaves] for _ in "12"]

    def judged(self, gradients: Any) -> Verdict:
        """Compare a gradient with the slopes."""
        have = [leaf for _, leaf in oracle.leaves(tuple(gradients))]
        for direction in self.directions():
            try:
                near = self.slope(direction, STEP)
                found = float(sum(np.sum(g * d) for g, d in zip(have, direction, strict=True)))
                size = 1.0 + sum(float(np.sum(np.abs(g * d))) for g, d in zip(have, direction))
                if abs(found - near) <= 1e-6 * size:
                    continue
                if not self.smooth(direction):
                    return Verdict("kink")
                if self.single and abs(near) > 1e3:  # rounding may have grown
                    return Verdict("huge")
            except Exception:
                return Verdict("kink", "a step leads to an exception")
            if not np.isfinite(found) and self.overflows():
                return Verdict("huge")
            if not abs(found - near) <= self.rough * size:
                return Verdict("wrong", f"slope: {found} instead of {near}")
        return RIGHT

    def overflows(self) -> bool:
        """Tell whether a number on the way is too large, although the value is none."""
        try:
            with np.errstate(over="raise", invalid="raise", under="ignore"):
                self.function(*copy.deepcopy(self.args))
        except FloatingPointError:
            return True
        return False

    def slope(self, direction: list[Any], step: float) -> float:
        """Return a central difference."""
        ahead, behind = self.along(direction, step), self.along(direction, -step)
        return (ahead - behind) / (2.0 * step)

    def smooth(self, direction: list[Any]) -> bool:
        """Tell whether slopes to both sides, with long and short steps, are about the same."""
        here = self.along(direction, 0.0)
        slopes = [
            (self.along(direction, step) - here) / step
            for step in (STEP, -STEP, STEP / 3, -STEP / 3)
        ]
        spread = max(slopes) - min(slopes)
        return bool(spread <= 1e-3 * (1.0 + abs(slopes[0])))

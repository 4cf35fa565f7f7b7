"""Time the gradients of the programs: ``python benchmarks/programs.py [names]``.

Prints one line for each program of tests/programs: what the primal takes, what the gradient takes
(a call of what ``grad`` returns, compiled beforehand), their ratio and the bar on it; then how
many keep it.  Both run in this process, interleaved; the numbers are medians of processor time, on
one thread, so that a busy machine does little to them.  Where a program is refused, the first line
of the refusal stands in the place of its numbers.
"""

from __future__ import annotations

import argparse
import copy
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.timing import first_call, interleaved
from tests.programs.case import SCALES, Case
from tests.programs.cases import CASES

SETTINGS = 3


@dataclass(frozen=True)
class Row:
    """What was measured of one program, in seconds; or why there is nothing to measure."""

    case: Case
    primal: float = 0.0
    gradient: float = 0.0
    compiling: float = 0.0
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.gradient / self.primal if self.primal else float("nan")

    @property
    def holds(self) -> bool:
        return not self.note and self.ratio <= self.case.bar


def primal_of(case: Case, args: tuple[Any, ...]) -> Callable[[], Any]:
    """The primal as a function without arguments, on copies where it writes into them."""
    before = copy.deepcopy(args)
    case.loss(*before)
    if _same(before, args):
        return lambda: case.loss(*args)
    return lambda: case.loss(*copy.deepcopy(args))


def _same(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    arrays = [(x, y) for x, y in zip(a, b, strict=True) if isinstance(x, np.ndarray)]
    return all(np.array_equal(x, y) for x, y in arrays)


def measured(case: Case, scale: str, rounds: int) -> Row:
    """Time one program."""
    from srcgrad import grad

    args = case.args(scale)
    gradient = grad(case.loss, wrt=case.wrt)
    found: dict[str, list[float]] = {"primal": [], "gradient": []}
    try:
        with np.errstate(all="ignore"):
            compiling = first_call(lambda: gradient(*args))
            for setting in range(SETTINGS):
                # Where arrays lie in memory makes a difference of some tens of percent.
                moved = np.empty(5_000 * setting + 1), case.args(scale)
                thunks = {
                    "primal": primal_of(case, moved[1]),
                    "gradient": lambda: gradient(*moved[1]),  # noqa: B023
                }
                times = interleaved(thunks, rounds, clock=time.process_time)
                for name, seconds in times.items():
                    found[name].append(seconds)
    except Exception as error:
        return Row(case, note=f"{type(error).__name__}: {error}".splitlines()[0])
    return Row(case, median(found["primal"]), median(found["gradient"]), compiling)


def shown(row: Row) -> str:
    """One line of the table."""
    name = f"{row.case.name:22}"
    if row.note:
        return f"{name} {row.note}"
    return (
        f"{name}{row.primal * 1e3:10.2f}{row.gradient * 1e3:11.2f}{row.ratio:8.2f}x"
        f"{row.case.bar:6.0f}x  {'ok' if row.holds else 'MISS'}"
    )


def settle_memory() -> None:
    """Bring the C library's allocator where a process ends up that has run for a while.

    It takes large arrays from the system and gives them back, until it has seen one of that size
    given back; so what a program costs would hang on the programs measured before.
    """
    for megabytes in (1, 8, 31):
        block = np.ones(megabytes * 2**17)
        del block


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="parts of the names of programs; all by default")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", choices=SCALES, default="bench")
    options = parser.parse_args()
    print(f"{'program':22}{'primal/ms':>10}{'gradient/ms':>11}{'ratio':>9}{'bar':>7}")
    settle_memory()
    rows = []
    for case in CASES:
        if options.names and not any(name in case.name for name in options.names):
            continue
        rows.append(measured(case, options.scale, options.rounds))
        print(shown(rows[-1]), flush=True)
    kept = sum(row.holds for row in rows)
    refused = sum(bool(row.note) for row in rows)
    print(f"{kept} of {len(rows)} keep their bar, {refused} have no gradient yet")
    return 0 if kept == len(rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""What gradients keep: ``python benchmarks/memory.py``.

Peaks of memory as tracemalloc sees them, NumPy's arrays included.  What is kept for each step of a
loop is the growth of the peak over the growth of the number of steps.  Prints one line for each
check, with its bar; the exit code is 1 where one does not hold.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.timing import first_call
from srcgrad import grad
from tests.programs.cases import BY_NAME
from tests.programs.linear_algebra import dominant, positive_definite

CELLS = 2_000
OBJECT = 32 + 9
"""What a number costs in a list: the object, and a place in a list that grows."""


@dataclass(frozen=True)
class Check:
    """One measurement: what it is of, what was found, and the bar; None where it cannot be made."""

    name: str
    found: str
    bar: str
    holds: bool | None


def peak(thunk: Callable[[], Any]) -> int:
    """The most bytes in use at a time during a call, over what was in use before."""
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        thunk()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def peak_of(gradient: Any, args: tuple[Any, ...]) -> int:
    """The peak of a gradient that is compiled already."""
    gradient(*args)
    return peak(lambda: gradient(*args))


def per_step(
    loss: Callable[..., Any], wrt: Any, args_of: Callable[[int], tuple[Any, ...]]
) -> float:
    """Bytes that are kept for one step of a loop."""
    gradient = grad(loss, wrt=wrt)
    few, many = 50, 250
    growth = peak_of(gradient, args_of(many)) - peak_of(gradient, args_of(few))
    return growth / (many - few)


def start() -> Any:
    """A state with some structure in it."""
    return 1.0 + 0.1 * np.sin(np.arange(CELLS))


def heat() -> Check:
    """The heat recurrence is linear in its start: nothing is kept."""
    found = per_step(BY_NAME["heat_1d"].loss, 0, lambda steps: (start(), 0.2, steps))
    return Check("heat, by its start", f"{found:.1f} bytes a step", "0", found < 1.0)


def nonlinear_stencil() -> Check:
    """Only the slice that is overwritten is kept."""
    found = per_step(BY_NAME["nonlinear_stencil"].loss, 0, lambda steps: (start(), 0.01, steps))
    bar = (CELLS - 2) * 8 * 1.1 + 200
    return Check("nonlinear stencil", f"{found:.0f} bytes a step", f"{bar:.0f}", found <= bar)


def heat_by_rate() -> Check:
    """The bracket is kept by reference, since it is new in each step."""
    found = per_step(BY_NAME["heat_1d"].loss, (0, 1), lambda steps: (start(), 0.2, steps))
    bar = (CELLS - 2) * 8 * 1.1 + 200
    return Check("heat, by its rate", f"{found:.0f} bytes a step", f"{bar:.0f}", found <= bar)


def tanh_chain(h, W, steps):
    for _ in range(steps):
        h = np.tanh(W * h)
    return np.sum(h)


def chain_by_reference() -> Check:
    """A state that no one overwrites is kept as it is: one array a step, not two."""
    found = per_step(tanh_chain, (0, 1), lambda steps: (start(), start(), steps))
    bar = CELLS * 8 * 1.1 + 200
    return Check("chain of new arrays", f"{found:.0f} bytes a step", f"{bar:.0f}", found <= bar)


def driven(u0, forcing):
    u = u0.copy()
    for t in range(len(forcing)):
        u[1:-1] += forcing[t, 1:-1] * (u[2:] - u[:-2])
    return np.sum(u**2)


def argument_not_copied() -> Check:
    """An array that no one writes to is never copied, however much is written beside it."""
    forcing = np.full((400, CELLS), 0.1)
    found = peak_of(grad(driven), (start(), forcing))
    return Check(
        "large input beside writes",
        f"peak {found / 1e6:.2f} MB",
        f"an eighth of the input, {forcing.nbytes / 8e6:.2f} MB",
        found < forcing.nbytes / 8,
    )


def row_sums(x, scale):
    out = np.zeros(len(x))
    for i in range(len(x)):
        row = x[i]
        out[i] = np.sum(row * row * scale)
    return np.sum(out)


def views_not_copied() -> Check:
    """Views of what no one overwrites are taken again; neither they nor their base are copied."""
    x = np.full((400, CELLS), 0.5)
    found = peak_of(grad(row_sums), (x, 2.0))
    return Check(
        "views of an input",
        f"peak {found / 1e6:.2f} MB",
        f"the gradient and a tenth, {1.1 * x.nbytes / 1e6:.2f} MB",
        found < 1.1 * x.nbytes,
    )


def overwritten(name: str, n: int) -> tuple[int, int]:
    """How often elements of the matrix are written: one by one, and in slices."""
    below = [n - 1 - k for k in range(n)]
    if name == "lu":
        return sum(2 * i + n - i for i in range(n)), 0
    if name == "lu_outer":
        return 0, sum(m + m * m for m in below)
    if name == "cholesky":
        return sum(2 * i + 2 for i in range(n)), 0
    assert name == "cholesky_columns"
    return n, sum(m + m * (m + 1) // 2 for m in below)


def slices(name: str, n: int) -> int:
    """How many slices are written."""
    return {"lu_outer": 2 * n, "cholesky_columns": n * (n + 1) // 2}.get(name, 0)


def factorisation(name: str) -> Check:
    """No more is kept than the elements that are overwritten."""
    n = 60
    make = positive_definite if name.startswith("cholesky") else dominant
    A = make(np.random.default_rng(0), n)
    args = (A, np.ones(n)) if name == "cholesky" else (A,)
    found = peak_of(grad(BY_NAME[name].loss, wrt=0), args)
    single, sliced = overwritten(name, n)
    # The working copy, the adjoint, what the loss needs; numbers are objects in lists.
    bar = single * OBJECT + sliced * 8 + slices(name, n) * 200 + 6 * A.nbytes
    return Check(name, f"peak {found / 1e3:.0f} kB", f"{bar / 1e3:.0f} kB", found <= bar)


def recurrence(u0, c, steps):
    u = u0
    for _ in range(steps):
        u = u + c * u * (1.0 - u)
    return np.sum(u**2)


def checkpointing(steps: int = 100_000, cells: int = 1_000, snapshots: int = 100) -> Check:
    """Snapshots instead of all states, within three times the time and to the last bit the same."""
    name = f"{snapshots} snapshots of {steps} steps"
    args = (np.linspace(0.1, 0.9, cells), 1e-4, steps)
    full, sparing = grad(recurrence), grad(recurrence, checkpoint=snapshots)
    short = (args[0], args[1], 10)
    assert np.array_equal(full(*short), sparing(*short))
    everything = first_call(lambda: full(*args))
    spared = first_call(lambda: sparing(*args))
    same = np.array_equal(full(*args), sparing(*args))
    used = peak(lambda: sparing(*args))
    limit = 3 * snapshots * cells * 8 + 10_000_000
    return Check(
        name,
        f"{spared / everything:.2f}x the time, peak {used / 1e6:.1f} MB, same bits: {same}",
        f"3x the time of keeping everything, {limit / 1e6:.1f} MB",
        spared <= 3.0 * everything and same and used <= limit,
    )


CHECKS: dict[str, Callable[[], Check]] = {
    "heat": heat,
    "heat_by_rate": heat_by_rate,
    "nonlinear_stencil": nonlinear_stencil,
    "chain_by_reference": chain_by_reference,
    "argument_not_copied": argument_not_copied,
    "views_not_copied": views_not_copied,
    "lu": lambda: factorisation("lu"),
    "lu_outer": lambda: factorisation("lu_outer"),
    "cholesky": lambda: factorisation("cholesky"),
    "cholesky_columns": lambda: factorisation("cholesky_columns"),
}


def checks(steps: int) -> Iterator[Check]:
    """All checks, one after the other."""
    for check in CHECKS.values():
        yield check()
    yield checkpointing(steps)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000, help="of the recurrence")
    holding = True
    for check in checks(parser.parse_args().steps):
        verdict = {None: "    ", True: "ok  ", False: "MISS"}[check.holds]
        print(f"{verdict} {check.name:28} {check.found:30} bar: {check.bar}", flush=True)
        holding = holding and check.holds is not False
    return 0 if holding else 1


if __name__ == "__main__":
    raise SystemExit(main())

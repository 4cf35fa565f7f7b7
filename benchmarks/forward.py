"""What forward mode costs: ``python -m benchmarks.forward``.

For each loss, in one run: a jvp over the function itself, and a product with the Hessian over the
gradient, as ratios of medians.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.cases import CASES, Bench
from benchmarks.timing import interleaved
from srcgrad import grad, hvp, jvp


def ratios(case: Bench, rounds: int) -> tuple[float, float]:
    """Return the time of a jvp over that of the loss, and of an hvp over that of the gradient."""
    args = case.args()
    moves = tuple(arg if i in case.wrt else None for i, arg in enumerate(args))
    pushed = jvp(case.loss)
    gradient = grad(case.loss, wrt=case.wrt if len(case.wrt) > 1 else case.wrt[0])
    pushed(args, moves), gradient(*args), hvp(case.loss, args, moves)
    times = interleaved(
        {
            "loss": lambda: case.loss(*args),
            "jvp": lambda: pushed(args, moves),
            "gradient": lambda: gradient(*args),
            "hvp": lambda: hvp(case.loss, args, moves),
        },
        rounds,
    )
    return times["jvp"] / times["loss"], times["hvp"] / times["gradient"]


def main(rounds: int = 15) -> None:
    """Print the ratios of all losses, and their medians."""
    found: list[Any] = []
    print(f"{'loss':24} jvp/loss  hvp/gradient")
    for case in CASES:
        try:
            found.append(ratios(case, rounds))
        except Exception as error:
            print(f"{case.name:24} {type(error).__name__}: {error}".splitlines()[0])
            continue
        print(f"{case.name:24} {found[-1][0]:8.2f}  {found[-1][1]:12.2f}", flush=True)
    one, two = np.median(np.array(found), axis=0)
    print(f"{'median':24} {one:8.2f}  {two:12.2f}")


if __name__ == "__main__":
    main()

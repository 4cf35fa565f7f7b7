"""All programs, and those that do not work yet."""

from __future__ import annotations

from tests import zoo_case
from tests.programs import (
    dynamic_programming,
    filters,
    finance_graphs,
    fluids,
    learning,
    linear_algebra,
    ode,
    stencils,
    vision,
)
from tests.programs.case import Case

CASES: tuple[Case, ...] = (
    *stencils.CASES,
    *fluids.CASES,
    *linear_algebra.CASES,
    *ode.CASES,
    *filters.CASES,
    *dynamic_programming.CASES,
    *learning.CASES,
    *vision.CASES,
    *finance_graphs.CASES,
)
BY_NAME: dict[str, Case] = {case.name: case for case in CASES}
assert len(BY_NAME) == len(CASES), "two programs have one name"

PENDING: dict[str, str] = {}
"""What does not hold yet, by program, or by program and test; the test fails once it does hold."""


def golden() -> tuple[zoo_case.Case, ...]:
    """The short programs as cases whose source is kept, named ``program_...``."""

    def kept(case: Case) -> zoo_case.Case:
        wrt = case.wrt[0] if len(case.wrt) == 1 else case.wrt
        tags = frozenset({"golden"})
        return zoo_case.Case(f"program_{case.name}", case.loss, lambda _: case.args(), wrt, tags)

    return tuple(kept(case) for case in CASES if "golden" in case.tags)

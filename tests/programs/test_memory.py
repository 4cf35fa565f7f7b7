"""What gradients keep, by the measurements of benchmarks/memory.py."""

from __future__ import annotations

import pytest

from benchmarks.memory import CHECKS

PENDING: dict[str, str] = {}
"""Checks that do not hold yet, and why."""


@pytest.mark.parametrize("name", list(CHECKS))
def test_no_more_is_kept_than_needed(name: str, request: pytest.FixtureRequest) -> None:
    if name in PENDING:
        request.applymarker(pytest.mark.xfail(reason=PENDING[name], strict=True))
    check = CHECKS[name]()
    assert check.holds, f"{check.name}: {check.found}, bar {check.bar}"

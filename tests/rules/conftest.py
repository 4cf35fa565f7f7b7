"""Every test of a rule compiles its first checks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rules import compiled


@pytest.fixture(autouse=True)
def _compile_the_first_checks() -> Iterator[None]:
    compiled.budget[:] = [None, None]
    yield
    compiled.budget.clear()

"""A few random programs; ``python -m tests.fuzz 0 1000`` judges many."""

from __future__ import annotations

import pytest

from tests.fuzz.judge import verdict
from tests.fuzz.programs import Writer


@pytest.mark.parametrize("seed", range(12))
def test_random_programs(seed: int) -> None:
    text = Writer(seed).text()
    wrong = verdict(text, (1, 2), deep=seed % 3 == 0)
    assert wrong is None, f"{text}\n{wrong}"

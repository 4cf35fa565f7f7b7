"""A few random programs; ``python -m tests.fuzz 0 1000`` judges many."""

from __future__ import annotations

import pytest

from tests.fuzz.judge import verdict
from tests.fuzz.programs import program


@pytest.mark.parametrize("seed", range(30))
def test_random_programs(seed: int) -> None:
    text = program(seed)
    found = verdict(text, deep=seed % 3 == 0, twice=seed % 6 == 0)
    assert not found.bad, f"{text}\n{found.reason}"


@pytest.mark.parametrize("seed", [0, 9])
def test_a_seed_gives_one_program(seed: int) -> None:
    assert program(seed) == program(seed) != program(seed + 10)

"""The random program of a seed: of one of the writers of programs."""

from __future__ import annotations

from tests.fuzz.arrays import ArrayWriter
from tests.fuzz.language import Writer


def program(seed: int) -> str:
    """Return the text of a module with a loss ``f``: one in ten does not write into arrays."""
    return Writer(seed).text() if seed % 10 == 9 else ArrayWriter(seed).text()

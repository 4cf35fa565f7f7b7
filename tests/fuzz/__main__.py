"""Run many random programs: ``python -m tests.fuzz FIRST_SEED COUNT [SECONDS]``."""

from __future__ import annotations

import sys
import time

from tests.fuzz.judge import verdict
from tests.fuzz.programs import Writer
from tests.fuzz.shrink import TooSlow, limited, shrunk


def wrong_with(text: str, seconds: int = 30) -> str | None:
    """Return what is wrong with a program, also if it takes too long."""
    try:
        found: str | None = limited(seconds, lambda: verdict(text))
        return found
    except TooSlow:
        return "too slow"


def kind(wrong: str | None) -> str:
    """Return the first words of a verdict, which tell how a program fails."""
    return (wrong or "").split("(")[0].split(":")[0]


def fails_alike(text: str, wrong: str) -> bool:
    """Tell whether a program fails in the same way; one that is no program does not."""
    try:
        return kind(wrong_with(text, 3)) == kind(wrong)
    except Exception:
        return False


def main(first: int, count: int, seconds: float) -> int:
    """Judge programs until time is up; print what fails, made small."""
    end, done, failed = time.monotonic() + seconds, 0, 0
    for seed in range(first, first + count):
        if time.monotonic() > end:
            break
        done += 1
        text = Writer(seed).text()
        wrong = wrong_with(text)
        if wrong is not None:
            failed += 1
            small = shrunk(text, lambda smaller, wrong=wrong: fails_alike(smaller, wrong))
            print(f"seed {seed}: {wrong}\n{small}\n", flush=True)
    print(f"{done} programs, {failed} failures")
    return min(failed, 1)


if __name__ == "__main__":
    given = [float(arg) for arg in sys.argv[1:]]
    defaults = [0.0, 1000.0, float("inf")]
    start, number, limit = [*given, *defaults[len(given) :]]
    sys.exit(main(int(start), int(number), limit))

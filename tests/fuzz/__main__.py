"""Run many random programs: ``python -m tests.fuzz FIRST_SEED COUNT [SECONDS] [--jobs N]``.

Programs that fail are printed as they are found, made small.  A run goes on where another one
ended: with the seed after its last one.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import resource
import sys
import time
from collections.abc import Iterator

from tests.fuzz.judge import runs, verdict
from tests.fuzz.programs import program
from tests.fuzz.report import Report
from tests.fuzz.shrink import TooSlow, limited, shrunk
from tests.fuzz.verdicts import Verdict

MEMORY = 2**32
"""How many bytes a process may take: what a program is made into may go on without end."""
CHUNK = 25
"""How many programs a process judges before it reports."""
TWICE = 10
"""One program of so many is compiled a second time."""


def judged(text: str, seconds: int = 60, *, twice: bool = False) -> Verdict:
    """Judge a program; one that takes too long has failed."""
    try:
        found: Verdict = limited(seconds, lambda: verdict(text, twice=twice))
        return found
    except TooSlow:
        return Verdict("crashed", "too slow")


def cause(found: Verdict) -> tuple[str, str]:
    """Return how a program fails, without its numbers."""
    return found.kind, found.reason.split("(")[0].split(":")[0]


def fails_alike(text: str, wanted: Verdict) -> bool:
    """Tell whether a program fails in the same way; one that does not run itself does not."""
    try:
        if not limited(2, lambda: runs(text)):
            return False
        return cause(judged(text, 5, twice=wanted.reason.startswith("text"))) == cause(wanted)
    except (Exception, TooSlow):
        return False


def bounded() -> None:
    """Bound what this process may take."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def chunk(job: tuple[int, int, float]) -> Report:
    """Judge the programs of some seeds."""
    first, count, shrinking = job
    report, began = Report(), time.process_time()
    for seed in range(first, first + count):
        text = program(seed)
        found = judged(text, twice=seed % TWICE == 0)
        report.note(seed, found)
        report.seconds, began = report.seconds + time.process_time() - began, time.process_time()
        if found.bad:
            small = shrunk(
                text, lambda smaller, found=found: fails_alike(smaller, found), shrinking
            )
            report.failures.append(f"seed {seed}: {found.kind}: {found.reason}\n{small}\n")
            began = time.process_time()
    gc.collect()
    return report


def chunks(
    first: int, count: int, end: float, shrinking: float
) -> Iterator[tuple[int, int, float]]:
    """Yield jobs until time is up."""
    for start in range(first, first + count, CHUNK):
        if time.monotonic() > end:
            return
        yield start, min(CHUNK, first + count - start), shrinking


def main(first: int, count: int, seconds: float, jobs: int, shrinking: float) -> int:
    """Judge programs until time is up; print what fails, and a report."""
    began, report, done = time.monotonic(), Report(), 0
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    todo = chunks(first, count, began + seconds, shrinking)
    with multiprocessing.get_context("fork").Pool(jobs, bounded, maxtasksperchild=40) as pool:
        running: list[multiprocessing.pool.AsyncResult[Report]] = []
        for job in todo:
            running.append(pool.apply_async(chunk, (job,)))
            while len(running) >= jobs + 1:
                done = _finish(running.pop(0).get(), report)
        for result in running:
            done = _finish(result.get(), report)
    print(report.text(time.monotonic() - began))
    print(f"seeds {first} to {first + done - 1}")
    return min(report.kinds["wrong"] + report.kinds["crashed"], 1)


def _finish(part: Report, report: Report) -> int:
    """Print the failures of a chunk, now and then how far it came; returns what is done."""
    for failure in part.failures:
        print(failure, flush=True)
    report.add(part)
    done = sum(report.kinds.values())
    if done % (100 * CHUNK) == 0:
        print(f"{done} programs, {report.kinds['refused']} refused", flush=True)
    return done


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("first", type=int, nargs="?", default=0, help="the first seed")
    parser.add_argument("count", type=int, nargs="?", default=1000, help="how many programs")
    parser.add_argument("seconds", type=float, nargs="?", default=float("inf"))
    parser.add_argument("--jobs", type=int, default=1, help="processes to share the work")
    parser.add_argument("--shrink", type=float, default=60.0, help="seconds to make one small")
    given = parser.parse_args()
    sys.exit(main(given.first, given.count, given.seconds, given.jobs, given.shrink))

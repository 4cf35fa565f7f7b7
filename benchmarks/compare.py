"""Compare gradients side by side: ``python benchmarks/compare.py``.

Prints a table of ratios to the hand-written NumPy gradient, then the bars and whether they hold;
the exit code is 1 where one does not.  Each library runs in a process of its own, always together
with the hand-written gradient, interleaved with it; ratios are of medians within one process.

``srcgrad`` is a call of what ``grad`` returns, ``generated`` the generated function without that.
Below 100 microseconds the bar is on the generated function, and what a call adds to it, which is
the same for all functions, has a bar of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.cases import CASES  # noqa: E402
from benchmarks.libraries import LIBRARIES, candidates  # noqa: E402
from benchmarks.overhead import call_overhead  # noqa: E402
from benchmarks.timing import first_call, interleaved  # noqa: E402

COLUMNS = ("srcgrad", "generated", "autograd", "jax", "torch")
SMALL = 100e-6
Rows = dict[str, dict[str, Any]]


def worker(library: str, rounds: int, names: list[str]) -> None:
    """Measure one library in this process; print one line of JSON for each case."""
    for bench in CASES:
        if names and not any(name in bench.name for name in names):
            continue
        row: dict[str, Any] = {"case": bench.name, "first": {}, "times": {}}
        try:
            thunks = candidates(library, bench)
            if len(thunks) == 1:
                row["note"] = "not installed"
            else:
                row["first"] = {name: first_call(thunk) for name, thunk in thunks.items()}
                row["times"] = interleaved(thunks, rounds)
        except Exception as error:
            row["note"] = f"{type(error).__name__}: {error}".splitlines()[0]
        print(json.dumps(row), flush=True)
    if library == "numpy" and not names:
        print(json.dumps({"case": "overhead", **call_overhead(rounds)}), flush=True)


def measured(rounds: int, names: list[str], libraries: list[str]) -> tuple[Rows, dict[str, Any]]:
    """Run one process for each library; return what each found, by case, and the overhead."""
    rows: Rows = {}
    overhead: dict[str, Any] = {}
    for library in libraries:
        command = [sys.executable, __file__, "--worker", library, "--rounds", str(rounds), *names]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{library}: failed\n{done.stderr[-2000:]}", file=sys.stderr)
        for line in done.stdout.splitlines():
            found = json.loads(line)
            if found["case"] == "overhead":
                overhead = found
            else:
                take(rows.setdefault(found["case"], {"notes": {}}), library, found)
    return rows, overhead


def take(row: dict[str, Any], library: str, found: dict[str, Any]) -> None:
    """Put what one process found for one case into the row of the case."""
    if "note" in found:
        row["notes"][library] = found["note"]
    times = found["times"]
    for name, seconds in times.items():
        if name == "hand":
            row.setdefault("hand", seconds)
        else:
            row[name] = seconds / times["hand"]
            row[f"{name} first"] = found["first"][name]


def table(rows: Rows) -> str:
    """The table: microseconds by hand, ratios to that, and the first call of the compilers."""
    lines = [
        f"{'':26}{'by hand':>12}"
        + "".join(f"{name:>10}" for name in COLUMNS)
        + "   first call, ms",
        f"{'':26}{'us':>12}" + f"{'ratio':>10}" * len(COLUMNS) + f"{'srcgrad':>10}{'jax':>8}",
    ]
    for name, row in rows.items():
        cells = [f"{row['hand'] * 1e6:12.2f}" if "hand" in row else f"{'-':>12}"]
        cells += [f"{row[c]:10.2f}" if c in row else f"{'-':>10}" for c in COLUMNS]
        for library, width in (("srcgrad", 10), ("jax", 8)):
            first = row.get(f"{library} first")
            cells.append(f"{'-':>{width}}" if first is None else f"{first * 1e3:{width}.1f}")
        lines.append(f"{name:26}" + "".join(cells))
    notes = {f"{lib}: {note}" for row in rows.values() for lib, note in row["notes"].items()}
    return "\n".join([*lines, *sorted(notes)])


def bars(rows: Rows, overhead: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """The bars: what is asked, what was measured, whether it holds."""
    found = []
    for name, row in rows.items():
        if "srcgrad" not in row:
            found.append((f"{name}: srcgrad runs", row["notes"].get("numpy", "no result"), False))
            continue
        large = row["hand"] > SMALL
        what, bar = ("srcgrad", 1.1) if large else ("generated", 1.3)
        ratio = row.get(what, float("inf"))
        found.append((f"{name}: {what} within {bar}x of by hand", f"{ratio:.2f}x", ratio <= bar))
        if "autograd" in row:
            ahead = row["autograd"] / row["srcgrad"]
            bar = 1.0 if large else 5.0
            found.append((f"{name}: {bar:g}x faster than autograd", f"{ahead:.1f}x", ahead >= bar))
    if "error" in overhead:
        found.append(("a warm call costs at most 3 us", overhead["error"], False))
    elif overhead:
        extra = overhead["overhead"] * 1e6
        found.append(("a warm call costs at most 3 us", f"{extra:.2f} us", extra <= 3.0))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only cases whose name contains one of these")
    parser.add_argument("--rounds", type=int, default=41, help="batches per candidate")
    parser.add_argument("--libraries", default=",".join(LIBRARIES))
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        worker(arguments.worker, arguments.rounds, arguments.names)
        return 0
    libraries = arguments.libraries.split(",")
    rows, overhead = measured(arguments.rounds, arguments.names, libraries)
    print(table(rows))
    print()
    results = bars(rows, overhead)
    for what, value, holds in results:
        print(f"{'ok  ' if holds else 'MISS'} {what}: {value}")
    return 0 if all(holds for _, _, holds in results) else 1


if __name__ == "__main__":
    raise SystemExit(main())

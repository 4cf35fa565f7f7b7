"""The benchmarks: hand-written gradients are right, and the commands run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.cases import CASES, Bench

ROOT = Path(__file__).parent.parent
NAMES = [case.name for case in CASES]


def bench(name: str) -> Bench:
    return CASES[NAMES.index(name)]


@pytest.mark.parametrize("name", NAMES)
def test_hand_written_gradient_is_that_of_srcgrad(name: str) -> None:
    from srcgrad import grad

    case = bench(name)
    args = case.args()
    found = grad(case.loss, wrt=case.wrt)(*args)
    rtol = 1e-3 if "float32" in name else 1e-9
    for f, h in zip(found, case.hand(*args), strict=True):
        scale = float(np.max(np.abs(h)))
        np.testing.assert_allclose(f, h, rtol=rtol, atol=rtol * scale)
        assert np.asarray(f).dtype == np.asarray(h).dtype


@pytest.mark.parametrize("name", [name for name in NAMES if "MLP" not in name])
def test_hand_written_gradient_agrees_with_differences(name: str) -> None:
    """Along random directions, which costs little whatever the size."""
    case = bench(name)
    args = case.args()
    rng = np.random.default_rng(1)
    for position, d in zip(case.wrt, case.hand(*args), strict=True):
        direction = rng.normal(size=np.shape(d))

        def value(step: float, position: int = position, direction: object = direction) -> float:
            moved = list(args)
            moved[position] = args[position] + step * direction  # type: ignore[operator]
            return float(case.loss(*moved))

        coarse = (value(1e-3) - value(-1e-3)) / 2e-3
        fine = (value(5e-4) - value(-5e-4)) / 1e-3
        np.testing.assert_allclose(
            np.sum(d * direction), (4.0 * fine - coarse) / 3.0, rtol=1e-6, atol=1e-6
        )


def run(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


@pytest.mark.slow
def test_compare_prints_a_row_for_every_case(small: bool) -> None:
    rounds = "3" if small else "15"
    out = run("benchmarks/compare.py", "--rounds", rounds, "--libraries", "numpy")
    rows = [line for line in out.splitlines() if line[:26].strip() in NAMES]
    assert len(rows) == len(NAMES), out
    for row in rows:
        # The generated function; what a call adds to it is a bar of its own.
        ratio = float(row[26:].split()[2])
        assert ratio < 3.0, f"far above the bar, even on a busy machine: {row}"


@pytest.mark.slow
def test_compile_time_is_printed() -> None:
    out = run("benchmarks/compile_time.py")
    assert "1000 statements take" in out, out


def test_snapshots_spare_memory() -> None:
    """A small form of the measurement, whose time says little."""
    from benchmarks.memory import checkpointing

    found = checkpointing(steps=2_000, cells=500, snapshots=20).found
    assert found.endswith("same bits: True")
    assert float(found.split("peak ")[1].split()[0]) < 2.0

"""Every example runs, in seconds, and its printed check holds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NAMES = sorted(path.name for path in (ROOT / "examples").glob("*.py"))


def run(*command: str) -> str:
    pytest.importorskip("sklearn")
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_there_are_examples() -> None:
    assert {"linear_regression.py", "layers.py", "recurrent.py", "batch_sum.py"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_example(name: str) -> None:
    last = run(f"examples/{name}").splitlines()[-1]
    assert last.startswith("check: ") and last.endswith(" OK")


@pytest.mark.parametrize("options", [("--depth", "2", "--no-skip"), ("--depth", "7", "--skip")])
def test_chain_of_layers_of_any_depth(options: tuple[str, ...]) -> None:
    assert run("examples/layers.py", *options).splitlines()[-1].endswith(" OK")

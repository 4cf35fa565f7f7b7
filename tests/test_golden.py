"""The exact generated source of the golden cases, and rules about how it reads."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.update_golden import NO_TANGENT, generated, path_of, pushed, pushed_path, update
from tests.zoo import BY_NAME, GOLDEN

ROOT = Path(__file__).parent.parent
golden_case = pytest.mark.parametrize("name", [case.name for case in GOLDEN])

LINES_IN_THE_GALLERY = {
    "gallery_1_mse": 7,
    "gallery_2_mlp": 14,
    "gallery_4_f": 22,
    "gallery_5_loss": 16,
}


@golden_case
def test_source_is_as_kept(name: str, update_golden: bool) -> None:
    case = BY_NAME[name]
    if update_golden:
        update(case)
        return
    path = path_of(case)
    assert path.exists(), f"no tests/golden/{path.name}; run python -m tests.update_golden"
    assert generated(case) == path.read_text(encoding="utf-8")


@golden_case
def test_source_of_the_tangent_is_as_kept(name: str, update_golden: bool) -> None:
    case = BY_NAME[name]
    if not update_golden and name not in NO_TANGENT:
        assert pushed(case) == pushed_path(case).read_text(encoding="utf-8")


@golden_case
def test_source_reads_well(name: str) -> None:
    text = generated(BY_NAME[name])
    tree = ast.parse(text)
    assert all(len(line) <= 100 for line in text.splitlines())
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    mine = set(BY_NAME[name].function.__code__.co_varnames)
    numbered = {n for n in names if re.fullmatch(r"_?(t|tmp|temp|var|v)_?\d+", n)}
    numbered -= {n for n in numbered if n.rstrip("_0123456789") in mine}
    assert not numbered, f"numbered temporaries: {sorted(numbered)}"
    bare_none = [n for n in ast.walk(tree) if isinstance(n, ast.Assign) and _is_none(n.value)]
    assert not bare_none or "None" in _source(name), "a preamble of None"


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _source(name: str) -> str:
    import inspect

    return inspect.getsource(BY_NAME[name].function)


@pytest.mark.parametrize("name", list(LINES_IN_THE_GALLERY))
def test_gallery_is_as_short_as_by_hand(name: str) -> None:
    lines = [line for line in generated(BY_NAME[name]).splitlines() if line.strip()]
    assert len(lines) <= 1.3 * LINES_IN_THE_GALLERY[name], "\n".join(lines)


def test_golden_cases_are_many() -> None:
    assert len(GOLDEN) >= 45


DIGEST = """
import hashlib
from tests.update_golden import generated
from tests.zoo import GOLDEN
for case in GOLDEN[::{step}]:
    text = generated(case)
    print(case.name, hashlib.sha256(text.encode()).hexdigest())
"""


@pytest.mark.parametrize(("seed", "flags"), [("1", []), ("2", ["-O"]), ("3", ["-OO"])])
def test_same_characters_in_another_process(seed: str, flags: list[str]) -> None:
    """Neither the hash seed nor -O changes a character."""
    step = 8
    found = subprocess.run(
        [sys.executable, *flags, "-c", DIGEST.format(step=step)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    here = []
    for case in GOLDEN[::step]:
        here += [case.name, hashlib.sha256(generated(case).encode()).hexdigest()]
    assert found == here

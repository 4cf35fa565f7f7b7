"""The README's Python blocks run, in order, and print what stands below them."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"(<!-- prints -->\n)?```(python|text)\n(.*?)```", re.DOTALL)


def blocks() -> list[tuple[str, str | None]]:
    """Each block of code and what it is said to print."""
    found: list[tuple[str, str | None]] = []
    for printed, _, text in FENCE.findall(README):
        if printed:
            found[-1] = (found[-1][0], text)
        else:
            found.append((text, None))
    return found


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each block prints; all run in one namespace, each from a file of its own."""
    folder = tmp_path_factory.mktemp("readme")
    space: dict[str, Any] = {"__name__": "readme"}
    printed = []
    for number, (code, _) in enumerate(blocks()):
        path = folder / f"block_{number}.py"
        path.write_text(code, encoding="utf-8")
        out = io.StringIO()
        with contextlib.redirect_stdout(out), np.errstate(all="ignore"):
            exec(compile(code, str(path), "exec"), space)
        printed.append(out.getvalue())
    return printed


@pytest.mark.parametrize("number", range(len(blocks())))
def test_block_prints_what_it_says(number: int, outputs: list[str], update_golden: bool) -> None:
    said = blocks()[number][1]
    printed = outputs[number].strip()
    if update_golden and said is not None:
        path = ROOT / "README.md"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(said, printed + "\n"), encoding="utf-8")
        return
    assert printed == (said or "").strip()


def test_readme_starts_with_code_and_its_gradient() -> None:
    code, said = blocks()[0]
    assert "@grad" in code
    assert said is not None
    assert "def loss_grad(" in said
    assert README.split("\n", 3)[2] == "```python"


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#]+)\)", README))
def test_links_lead_somewhere(path: str) -> None:
    assert path.startswith("https://") or os.path.exists(ROOT / path)

"""The pages of the documentation: their Python blocks run and print what stands below them."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.test_readme import FENCE, ROOT

PAGES = ("docs/complex.md", "docs/scipy.md")


@pytest.mark.parametrize("page", PAGES)
def test_blocks_print_what_they_say(page: str, update_golden: bool, tmp_path: Path) -> None:
    path = ROOT / page
    text = path.read_text(encoding="utf-8")
    space: dict[str, Any] = {"__name__": "page"}
    printed, new = "", text
    for number, found in enumerate(FENCE.finditer(text)):
        says, kind, code = found.groups()
        if kind == "python":
            own = tmp_path / f"block_{number}.py"
            own.write_text(code, encoding="utf-8")
            out = io.StringIO()
            with contextlib.redirect_stdout(out), np.errstate(all="ignore"):
                exec(compile(code, str(own), "exec"), space)
            printed = out.getvalue().strip()
        elif says and not update_golden:
            assert printed == code.strip()
        elif says:
            new = new.replace(found.group(0), f"{says}```text\n{printed}\n```", 1)
    if update_golden:
        path.write_text(new, encoding="utf-8")

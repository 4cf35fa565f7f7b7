"""Write the generated source of every golden case: ``python -m tests.update_golden [names]``."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import srcgrad
from tests.zoo import GOLDEN
from tests.zoo_case import Case

FOLDER = Path(__file__).parent / "golden"


NO_TANGENT = frozenset({"sparse_weights", "at_balance", "swung"})
"""Golden cases that have a gradient and whose tangent is refused."""


def generated(case: Case) -> str:
    """The gradient of a case, specialised to its arguments, with one newline at the end."""
    text: str = srcgrad.grad(case.function, wrt=case.wrt).source_for(*case.args())
    return text.rstrip("\n") + "\n"


def pushed(case: Case) -> str:
    """The value and tangent of a case, where all that its gradient is of moves."""
    args, places = case.args(), case.positions()
    moves = tuple(arg if i in places else None for i, arg in enumerate(args))
    text: str = srcgrad.jvp(case.function).source_for(args, moves)
    return text.rstrip("\n") + "\n"


def path_of(case: Case) -> Path:
    return FOLDER / f"{case.name}.txt"


def pushed_path(case: Case) -> Path:
    return FOLDER / "forward" / f"{case.name}.txt"


def update(case: Case) -> str:
    """Write the files of one case; return what changed in them."""
    changed = written(case, path_of(case), generated(case))
    if case.name in NO_TANGENT:
        return changed
    return changed + written(case, pushed_path(case), pushed(case))


def written(case: Case, path: Path, new: str) -> str:
    """Write one file; return what changed in it."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    if new != old:
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(new, encoding="utf-8")
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "was", case.name, lineterm="")
    return "\n".join(lines)


def main(names: list[str]) -> int:
    failed = 0
    for case in GOLDEN:
        if names and case.name not in names:
            continue
        try:
            changed = update(case)
        except Exception as error:
            failed += 1
            changed = f"{case.name}: {type(error).__name__}: {error}"
        if changed:
            print(changed)
    if not names:
        for path in sorted(FOLDER.glob("*.txt")):
            if path.stem not in {case.name for case in GOLDEN}:
                print(f"{path.name}: no such case any more, removed")
                path.unlink()
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

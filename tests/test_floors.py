"""The floors of the house: imports point downwards, and each tool is known in one place."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "srcgrad"
FLOORS = [
    {"origin", "chapters"},
    {"errors"},
    {"runtime"},
    {"program"},
    {"facts", "rules"},
    {"read", "tidy"},
    {"derive", "write"},
    {"native"},
    {"pipeline"},
    {"api"},
    {"cli", "checks"},
]
"""From the ground up."""
UPPER = FLOORS.index({"pipeline"})
"""Where the files beside the rooms stand that the list does not name."""
ROOMS = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
FILES = sorted(ROOT.rglob("*.py"))


def _room(path: Path) -> str:
    """Return the room of a file: its folder, or its own name on the top level."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[0]


def _height(room: str) -> int | None:
    """Return the floor of a room; the package itself stands above all."""
    if room.startswith("__"):
        return None
    return ROOMS.get(room, UPPER)


def _below(target: str, room: str) -> bool:
    beside = target not in ROOMS or room not in ROOMS
    low, high = _height(target), _height(room)
    assert low is not None and high is not None
    return low < high or (beside and low == high)


def _imported(tree: ast.AST) -> set[str]:
    """Return the full names of all that a file imports, wherever it does."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            assert node.level == 0, "imports are absolute"
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_downwards(path: Path) -> None:
    room = _room(path)
    for name in sorted(_imported(_parsed(path))):
        head, _, rest = name.partition(".")
        target = rest.split(".")[0]
        if head != "srcgrad" or not target or target == room or _height(room) is None:
            continue
        allowed = _height(target) is not None and _below(target, room)
        assert allowed, f"{room} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_reading_and_writing_know_syntax(path: Path) -> None:
    heads = {name.split(".")[0] for name in _imported(_parsed(path))}
    if _room(path) not in ("read", "write"):
        assert not heads & {"gast", "ast", "astor"}


def test_one_function_knows_astor() -> None:
    knowing = []
    for path in FILES:
        for node in ast.walk(_parsed(path)):
            if isinstance(node, ast.FunctionDef):
                names = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
                names |= {name.split(".")[0] for name in _imported(node)}
                knowing += [f"{path.name}:{node.name}"] * ("astor" in names)
    assert len(knowing) <= 1, knowing


def test_rules_know_neither_programs_nor_syntax() -> None:
    for path in sorted((ROOT / "rules").rglob("*.py")):
        for name in _imported(_parsed(path)):
            if name.startswith("srcgrad.program"):
                assert name.startswith("srcgrad.program.ops") or name == "srcgrad.program.ops"

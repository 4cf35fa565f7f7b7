"""Attempts and contexts as lines: what they give is assigned at the ends of their blocks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from srcgrad.program.nodes import Block, Try, With
from srcgrad.write.constants import value_or_path
from srcgrad.write.lines import Group, Item
from srcgrad.write.print import text_of

if TYPE_CHECKING:
    from srcgrad.write.emit import Emitter


def attempt(at: Emitter, stmt: Try) -> None:
    """Add ``try: ... except ...: ...``."""
    body = _arm(at, stmt, stmt.body)
    at.caught.append(stmt.error)
    handler = _arm(at, stmt, stmt.handler)
    at.caught.pop()
    if not body:
        return
    named = at.count.get(stmt.error, 0) > at.again.count(stmt.error)
    name = f" as {at.names[stmt.error]}" if named else ""
    at.out.append(Group("try:", body))
    at.out.append(Group(f"except {_classes(at, stmt)}{name}:", handler))


def _classes(at: Emitter, stmt: Try) -> str:
    texts = [text_of(value_or_path(cls, at.expressions.injected)) for cls in stmt.caught]
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def within(at: Emitter, stmt: With) -> None:
    """Add ``with ...: ...``."""
    manager = at.text(stmt.manager)
    body = _arm(at, stmt, stmt.body)
    name = f" as {at.names[stmt.entered]}" if at.count.get(stmt.entered) else ""
    at.out.append(Group(f"with {manager}{name}:", body))


def _arm(at: Emitter, stmt: Try | With, block: Block) -> list[Item]:
    return at.arm(block, partial(at.copy, stmt.targets), False)

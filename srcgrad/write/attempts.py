"""Attempts and contexts as lines: what they give is assigned at the ends of their blocks.

A handler that asks for the class of what it caught is printed as several ``except`` clauses, and
one that raises again after doing what follows anyway as a ``finally`` clause.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from srcgrad.program import walk
from srcgrad.program.nodes import Block, Const, Let, Try, With
from srcgrad.write.constants import value_or_path
from srcgrad.write.lines import Group, Item, leaves
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
    at.out.append(Group("try:", body))
    reads = at.count.get(stmt.error, 0) - at.again.count(stmt.error)
    clauses = _clauses(at, stmt, handler)
    reads -= len(clauses) - 1
    name = f" as {at.names[stmt.error]}" if reads else ""
    at.out += [Group(f"except {classes}{name}:", items) for classes, items in clauses]


def _clauses(at: Emitter, stmt: Try, handler: list[Item]) -> list[tuple[str, list[Item]]]:
    """Take a handler apart that is a chain of branches on the class of the exception."""
    tests = {
        f"if {text_of(at.expressions.call(let))}:": let.args[1]
        for let in walk.statements(stmt.handler)
        if isinstance(let, Let) and let.fn is isinstance and let.args[0] is stmt.error
        if at.count.get(let.targets[0]) == 1 and let.targets[0] in at.folds.exprs
    }
    found: list[tuple[str, list[Item]]] = []
    caught, rest = list(stmt.caught), handler
    while rest and isinstance(first := rest[0], Group) and first.head in tests:
        if len(rest) > 1 and (first.orelse or not leaves(first.body)):
            break
        wanted = tests.pop(first.head)
        assert isinstance(wanted, Const)
        classes = wanted.value if isinstance(wanted.value, tuple) else (wanted.value,)
        found.append((_classes(at, classes), first.body))
        caught = [cls for cls in caught if cls not in classes]
        rest = first.orelse or rest[1:]
    if not caught:
        return [(_classes(at, stmt.caught), handler)]
    return [*found, (_classes(at, tuple(caught)), rest)]


def _classes(at: Emitter, classes: tuple[type, ...]) -> str:
    texts = [text_of(value_or_path(cls, at.expressions.injected)) for cls in classes]
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def within(at: Emitter, stmt: With) -> None:
    """Add ``with ...: ...``."""
    manager = at.text(stmt.manager)
    body = _arm(at, stmt, stmt.body)
    name = f" as {at.names[stmt.entered]}" if at.count.get(stmt.entered) else ""
    head = f"with {manager}{name}"
    inner = body[0] if len(body) == 1 else None
    if isinstance(inner, Group) and inner.head.startswith("with "):
        joined = f"{head}, {inner.head.removeprefix('with ')}"
        if len(joined) <= 80:
            at.out.append(Group(joined, inner.body))
            return
    at.out.append(Group(head + ":", body))


def _arm(at: Emitter, stmt: Try | With, block: Block) -> list[Item]:
    return at.arm(block, partial(at.copy, stmt.targets), False)

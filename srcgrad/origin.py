"""Where something came from in the user's source."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of the user's source, shared by the origins of all that it lifts to.

    ``text`` is the statement (or the header of a compound one) on a single line, ``lines`` are
    its lines as they stand in the file, beginning with line number ``line``.
    """

    file: str
    line: int
    text: str
    function: str = ""
    lines: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Origin:
    """A statement and the span of an expression inside it (columns count characters from 0).

    ``derived`` tells that what has this origin was put beside the user's statement, as a tangent.
    """

    stmt: Statement
    line: int
    col: int
    end_line: int
    end_col: int
    derived: bool = False

"""Statements as lines: a small tree of lines, laid out with its comments."""

from __future__ import annotations

from dataclasses import dataclass, field

from srcgrad.origin import Origin, Statement
from srcgrad.write.wrap import WIDTH, broken

COLUMN = 40
INDENT = "    "


@dataclass(slots=True)
class Line:
    """One simple statement; ``jumps`` tells that nothing after it in its block is reached."""

    text: str
    origin: Origin | None = None
    backward: bool = False
    jumps: bool = False


@dataclass(slots=True)
class Group:
    """A compound statement; ``orelse`` is printed after ``else:``."""

    head: str
    body: list[Line | Group]
    orelse: list[Line | Group] = field(default_factory=list)

    @property
    def jumps(self) -> bool:
        """Whether nothing after it in its block is reached."""
        return self.head.startswith("if ") and leaves(self.body) and leaves(self.orelse)


Item = Line | Group


def leaves(items: list[Item]) -> bool:
    """Tell whether the end of these lines is never reached."""
    return bool(items) and items[-1].jumps


def choice(test: str, opposite: str, then: list[Item], orelse: list[Item]) -> list[Item]:
    """Return an ``if`` over two lists of lines, printed as flat as it goes."""
    if not then and not orelse:
        return []
    if not then:
        return [Group(f"if {opposite}:", orelse)]
    if orelse and leaves(then):
        return [Group(f"if {test}:", then), *orelse]
    return [Group(f"if {test}:", then, orelse)]


def flattened(then: list[Item], orelse: list[Item]) -> list[Item]:
    """Let a short arm of a loop's last If end with ``continue``, so that the other stays flat."""
    if orelse and not then:
        return [Line("continue", jumps=True)]
    short = len(then) == 1 and all(isinstance(item, Line) for item in then)
    if short and len(orelse) > 1 and not leaves(then):
        return [*then, Line("continue", jumps=True)]
    return then


def laid_out(items: list[Item], depth: int) -> str:
    """Return the lines as text."""
    layout = _Layout()
    layout.items(items, depth)
    return "".join(line + "\n" for line in layout.lines)


class _Layout:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.last: Statement | None = None

    def items(self, items: list[Item], depth: int) -> None:
        if not items:
            self.lines.append(INDENT * depth + "pass")
        items = closed(items)
        for item in items:
            if isinstance(item, Line):
                self.line(item, depth)
            else:
                self.group(item, depth)

    def group(self, group: Group, depth: int, word: str = "") -> None:
        self.lines += broken(INDENT * depth + word + group.head)
        self.items(group.body, depth + 1)
        if not group.orelse:
            return
        first = group.orelse[0]
        if len(group.orelse) == 1 and isinstance(first, Group) and first.head.startswith("if "):
            if group.head.startswith("if "):
                self.group(first, depth, "el")
                return
        self.lines.append(INDENT * depth + "else:")
        self.items(group.orelse, depth + 1)

    def line(self, line: Line, depth: int) -> None:
        texts = broken(INDENT * depth + line.text)
        statement = line.origin.stmt if line.origin is not None else None
        if not line.backward or statement is None:
            self.lines += texts
            return
        if statement == self.last:
            self.lines += texts
            return
        self.last = statement
        if " ".join(statement.text.split()) == line.text:
            self.lines += texts  # the line says it itself
            return
        comment = "# " + " ".join(statement.text.split())
        width = max(COLUMN, len(texts[0]) + 2)
        if len(texts) == 1 and width + len(comment) <= WIDTH:
            self.lines.append(texts[0].ljust(width) + comment)
        else:
            self.lines += [shortened(INDENT * depth + comment), *texts]


def shortened(text: str) -> str:
    """Return a comment cut to the width of the page."""
    return text if len(text) <= WIDTH else text[: WIDTH - 3].rstrip() + "..."


def closed(items: list[Item]) -> list[Item]:
    """Say once what a handler does before it raises again and the code after it does as well."""
    found: list[Item] = []
    waiting = list(items)
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, Group) and item.head.startswith("except BaseException"):
            size = len(item.body) - 1
            again = isinstance(item.body[-1], Line) and item.body[-1].text == "raise"
            if again and size and _same(item.body[:-1], waiting[:size]):
                found.append(Group("finally:", waiting[:size]))
                del waiting[:size]
                continue
        found.append(item)
    return found


def _same(one: list[Item], other: list[Item]) -> bool:
    return len(one) == len(other) and all(map(_alike, one, other))


def _alike(one: Item, other: Item) -> bool:
    if isinstance(one, Line) or isinstance(other, Line):
        return isinstance(one, Line) and isinstance(other, Line) and one.text == other.text
    return (
        one.head == other.head and _same(one.body, other.body) and _same(one.orelse, other.orelse)
    )

"""Break lines that are too long for the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

WIDTH = 100
INDENT = "    "
_HEAD = re.compile(
    r"(return |(?:el)?if |while |assert |"
    r"(?:[^=()\[\]{}\"']+|[\w.]+\[[^=()\[\]{}\"']*\]) [-+*/@%&|^<>]{0,2}= )"
)
_UNPACK = re.compile(r"([\w, ]{60,}) = (\w+)")
_FOR = re.compile(r"for ([^()]{40,}) in (.*)")


def broken(text: str) -> list[str]:
    """Break a line that is too long inside its outermost brackets.

    Elements go on lines of their own, as many on each as fit.

    >>> broken("x = 1")
    ['x = 1']
    """
    if len(text) <= WIDTH or "\n" in text:
        return text.split("\n")
    indent = text[: len(text) - len(text.lstrip())]
    ways = (_pieces(text), _pieces(_in_brackets(text, indent)), _pieces(text, 100))
    found = [way for way in ways if way is not None]
    if not found:
        return [text]
    pieces = next((way for way in found if _fits(way, indent)), found[0])
    head, parts, tail = pieces
    inner = indent + INDENT
    lines, row = [head], ""
    for part in parts:
        if row and len(inner) + len(row) + 1 + len(part) > WIDTH:
            lines += broken(inner + row)
            row = part
        else:
            row = f"{row} {part}" if row else part
    return [*lines, *broken(inner + row), indent + tail]


def _fits(way: tuple[str, list[str], str], indent: str) -> bool:
    """Tell whether what stays outside of the brackets is short enough."""
    return len(way[0]) <= WIDTH and len(indent + way[2]) <= WIDTH


def _in_brackets(text: str, indent: str) -> str:
    """Put what may be broken into brackets of its own."""
    bare = text[len(indent) :]
    loop = _FOR.fullmatch(bare)
    if loop is not None:
        return f"{indent}for ({loop[1]}) in {loop[2]}"
    names = _UNPACK.fullmatch(bare)
    if names is not None and ", " in names[1]:
        return f"{indent}({names[1]}) = {names[2]}"
    head = _HEAD.match(bare)
    if head is None:
        return text
    rest, end = bare[head.end() :], ""
    if rest.endswith(":") and not head[0].endswith("= "):
        rest, end = rest[:-1], ":"
    return f"{indent}{head[0]}({rest}){end}"


def _pieces(text: str, least: int = 2) -> tuple[str, list[str], str] | None:
    """Split a line at the spaces just inside its widest brackets, if most of it is there."""
    spans = _brackets(text)
    if not spans:
        return None
    start, end = max(spans, key=lambda span: span[1] - span[0])
    parts = list(_split(text[start + 1 : end]))
    if len(parts) == 1:  # brackets around brackets
        inner = _pieces(text[start + 1 : end], 100)
        if inner is not None and least * (end - start) >= len(text.strip()):
            return text[: start + 1] + inner[0], inner[1], inner[2] + text[end:]
    if len(parts) < 2 or least * (end - start) < len(text.strip()):
        return None
    return text[: start + 1], parts, text[end:]


def _brackets(text: str) -> list[tuple[int, int]]:
    found, depth, start = [], 0, 0
    for index, char in _code(text):
        if char in "([{":
            if depth == 0:
                start = index
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth == 0:
                found.append((start, index))
    return found


def _split(text: str) -> Iterator[str]:
    depth, begin = 0, 0
    for index, char in _code(text):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == " " and depth == 0:
            if text[begin:index].strip():
                yield text[begin:index].strip()
            begin = index + 1
    if text[begin:].strip():
        yield text[begin:].strip()


def _code(text: str) -> Iterator[tuple[int, str]]:
    """Yield the characters of a line that are not inside a string."""
    quote, index = "", 0
    while index < len(text):
        char = text[index]
        if quote:
            if char == "\\":
                index += 1
            elif text.startswith(quote, index):
                index += len(quote) - 1
                quote = ""
        elif char in "'\"":
            quote = char * 3 if text.startswith(char * 3, index) else char
            index += len(quote) - 1
        else:
            yield index, char
        index += 1

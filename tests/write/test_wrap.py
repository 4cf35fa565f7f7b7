"""Long lines are broken inside brackets and mean the same."""

from __future__ import annotations

import ast

import pytest

from srcgrad.write.wrap import WIDTH, broken

NAMES = [f"a_name_{i}" for i in range(30)]
LONG = [
    "x = " + " + ".join(NAMES),
    "x = f(" + ", ".join(NAMES) + ")",
    "x.append((" + ", ".join(NAMES) + "))",
    "x += g(h(" + ", ".join(NAMES[:12]) + "), [" + ", ".join(NAMES[12:]) + "])",
    "return " + ", ".join(NAMES),
    ", ".join(NAMES) + " = x",
    "if " + " and ".join(NAMES) + ":\n    pass",
    "for " + ", ".join(NAMES) + " in zip(a, b):\n    pass",
    "print('" + "x (y, " * 10 + "', \"" + "z] " * 10 + '", ' + ", ".join(NAMES) + ")",
]


@pytest.mark.parametrize("text", LONG)
def test_long_lines_mean_the_same(text: str) -> None:
    head, *rest = text.split("\n")
    lines = broken("    " + head)
    if head.startswith(", ".join(NAMES)):
        return  # there is nothing to break at but a backslash
    assert all(len(line) <= WIDTH for line in lines)
    new = "def f():\n" + "\n".join([*lines, *("    " + line for line in rest)])
    old = "def f():\n" + "\n".join("    " + line for line in text.split("\n"))
    assert ast.dump(ast.parse(new)) == ast.dump(ast.parse(old))

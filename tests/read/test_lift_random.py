"""Random nests of loops, branches and exits: the lifted program gives what Python gives."""

from __future__ import annotations

import linecache
import random
from typing import Any

import pytest

from srcgrad.program.check import check
from srcgrad.program.evaluate import evaluate
from srcgrad.read.lift import lift

NAMES = ["a", "b", "c", "d"]


class Writer:
    """Writes the text of one random function; all its loops end."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.loops = 0

    def expression(self) -> str:
        r = self.random
        one, other = r.choice([*NAMES, "x"]), r.choice([*NAMES, "x", "2", "3"])
        forms = [f"{one} + {other}", f"{one} - {other}", f"({one} * {other}) % 7", one, other]
        forms.append(f"{one} if {self.test()} else {other}")
        return r.choice(forms)

    def test(self) -> str:
        r = self.random
        one, other = r.choice([*NAMES, "x"]), r.choice([*NAMES, "1", "4"])
        plain = f"{one} {r.choice(['<', '>', '==', '<='])} {other}"
        forms = [plain] * 4 + [f"{one} % 3 == 1", f"0 < {one} < 5", f"{plain} and x > {other}"]
        return r.choice([*forms, f"not {plain} or {one}", f"(d := {one}) > {other}"])

    def block(self, depth: int, inside: bool, pad: str) -> None:
        for _ in range(self.random.randint(1, 4)):
            self.statement(depth, inside, pad)

    def add(self, text: str) -> None:
        self.lines.append(text)

    def statement(self, depth: int, inside: bool, pad: str) -> None:
        r = self.random
        kind = r.random()
        if depth <= 0 or kind < 0.4:
            self.simple(pad)
        elif kind < 0.55:
            self.branch(depth, inside, pad)
        elif kind < 0.7:
            self.loop(depth, pad)
        elif kind < 0.85:
            exits = ["return " + self.expression()] + ["break", "continue"] * (2 * inside)
            self.add(f"{pad}if {self.test()}:")
            self.simple(pad + "    ")
            self.add(f"{pad}    {r.choice(exits)}")
        else:
            self.branch(depth, inside, pad)

    def simple(self, pad: str) -> None:
        r = self.random
        name = r.choice(NAMES)
        forms = [f"{name} = {self.expression()}", f"{name} += {self.expression()}"]
        forms.append(f"{name}, {r.choice(NAMES)} = {self.expression()}, {self.expression()}")
        forms.append(f"log.append({name})")
        self.add(pad + r.choice(forms))

    def branch(self, depth: int, inside: bool, pad: str) -> None:
        r = self.random
        self.add(f"{pad}if {self.test()}:")
        self.block(depth - 1, inside, pad + "    ")
        if r.random() < 0.3:
            self.add(f"{pad}elif {self.test()}:")
            self.block(depth - 1, inside, pad + "    ")
        if r.random() < 0.6:
            self.add(f"{pad}else:")
            self.block(depth - 1, inside, pad + "    ")
        if inside and r.random() < 0.1:
            self.add(f"{pad}    {r.choice(['break', 'continue'])}")

    def loop(self, depth: int, pad: str) -> None:
        r = self.random
        self.loops += 1
        k = f"k{self.loops}"
        kind = r.random()
        if kind < 0.6:
            self.add(f"{pad}for {r.choice([k, *NAMES])} in range({r.randint(0, 4)}):")
        else:
            self.add(f"{pad}{k} = 0")
            test = f"{k} < {r.randint(0, 4)}" if kind < 0.8 else f"{k} < 5 and ({self.test()})"
            self.add(f"{pad}while {'True' if kind > 0.93 else test}:")
            self.add(f"{pad}    {k} += 1")
            if kind > 0.93:
                self.add(f"{pad}    if {k} > 4:")
                self.add(f"{pad}        {r.choice(['break', 'return c'])}")
        self.block(depth - 1, True, pad + "    ")
        if r.random() < 0.3:
            self.add(f"{pad}else:")
            self.block(depth - 1, False, pad + "    ")

    def text(self) -> str:
        self.add("def f(x, a):")
        self.add("    b, log = x + 1, []")
        if self.random.random() < 0.7:
            self.add("    c = d = 2")
        self.block(3, False, "    ")
        self.block(3, False, "    ")
        self.add("    return a, b, c, log")
        return "\n".join(self.lines) + "\n"


def made(seed: int) -> tuple[str, Any]:
    text = Writer(seed).text()
    file = f"<random {seed}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    namespace: dict[str, Any] = {}
    exec(compile(text, file, "exec"), namespace)
    return text, namespace["f"]


def outcome(function: Any, *args: Any) -> Any:
    try:
        return function(*args)
    except NameError:
        return NameError


@pytest.mark.parametrize("start", range(0, 300, 20))
def test_random_functions_give_the_same(start: int) -> None:
    for seed in range(start, start + 20):
        text, function = made(seed)
        program = check(lift(function))
        for x, a in ((0, 1), (3, 2), (5, -1), (-2, 4)):
            wanted = outcome(function, x, a)
            found = outcome(lambda *args, p=program: evaluate(p, *args), x, a)
            assert found == wanted, f"{text}\nf({x}, {a})"
        del linecache.cache[f"<random {seed}>"]

"""Random programs that change lists and dicts, under several names, in loops and helpers."""

from __future__ import annotations

import linecache
import random
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad.errors import InternalError, SrcgradError
from srcgrad.program.evaluate import evaluate
from srcgrad.read.lift import lift

HELPERS = """
import numpy as np


def push(items, v):
    items.append(v)
    return v


def shift(items):
    first = items.pop(0)
    items.append(first * 0.5)
    return first


def bump(table, key, v):
    table[key] = table[key] + v
    return table


def last(items):
    return items[-1]
"""
LISTS = ["xs", "ys", "zs"]


class Writer:
    """Writes the text of one random function of a number; lists grow by little only."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.loops: list[str] = []
        self.count = 0

    def number(self) -> str:
        r = self.random
        forms = ["x", "v", f"{r.choice(LISTS)}[{r.choice(['0', '-1'])}]", "d['a']", "T[0][0]"]
        forms += [f"T[{r.choice('01')}][-1]", "np.sin(v)", "w", "d.get('q', 0.5)"]
        forms += [f"sum({r.choice(LISTS)})", f"last({r.choice(LISTS)})", "row[0]", "1.5"]
        forms += ["len(T[0]) * 0.1", *(f"{name} * 0.1" for name in self.loops)]
        return r.choice(forms)

    def value(self) -> str:
        r = self.random
        one, other = self.number(), self.number()
        forms = [one, f"{one} * 0.5 + {other} * 0.3", f"np.tanh({one})", f"np.sin({one} - {other})"]
        return r.choice(forms)

    def add(self, pad: str, text: str) -> None:
        self.lines.append(pad + text)

    def simple(self, pad: str) -> None:
        r, xs, v = self.random, self.random.choice(LISTS), self.value()
        ys = r.choice(LISTS)
        forms = [
            f"v = {v}",
            f"{xs}.append({v})",
            f"{xs}[{r.choice(['0', '-1'])}] = {v}",
            f"{xs}[0] += {v}",
            f"{xs}.insert({r.choice(['0', '1', '-1'])}, {v})",
            f"if len({xs}) > 1:\n{pad}    w = {xs}.pop({r.choice(['', '0', '-1'])})",
            f"if len({xs}) > 2:\n{pad}    del {xs}[{r.choice(['0', '1', '-1'])}]",
            f"{xs}.extend([{v}, {self.value()}])",
            f"{xs} += [{v}]",
            f"{xs}[1:] = [{v}]",
            f"{xs} = {ys}",
            f"{xs} = list({ys})",
            f"{xs} = [{v}, {self.value()}]",
            f"{xs} = [e * 0.5 for e in {ys}]",
            f"{xs}.reverse()",
            f"d['{r.choice('abq')}'] = {v}",
            f"d['a'] += {v}",
            f"d.update({{'b': {v}}})",
            f"w = d.pop('q', {v})",
            f"w = d.setdefault('q', {v})",
            f"T[{r.choice('01')}][0] = {v}",
            f"T[{r.choice('01')}].append({v})",
            f"T[0][-1] *= 0.5 + {v} * 0.1",
            f"T[{r.choice('01')}] = [{v}, {self.value()}]",
            f"T.append({xs})",
            f"T.append([{v}])",
            f"row = T[{r.choice(['0', '1', '-1'])}]",
            f"row = {xs}",
            f"w = push({xs}, {v})",
            f"w = shift({xs})",
            f"d = bump(d, 'a', {v})",
            f"note({v})",
            f"w = {xs}[-1] + push({xs}, {v})",
            f"{xs}.append({ys}.pop() * 0.7 if len({ys}) > 1 else {v})",
            f"T, U = [[{v}], [x]], T",
            "T = [r[:] for r in T]",
        ]
        self.add(pad, r.choice(forms))

    def statement(self, depth: int, pad: str) -> None:
        r = self.random
        kind = r.random()
        if depth <= 0 or kind < 0.65:
            self.simple(pad)
        elif kind < 0.8:
            self.add(pad, f"if {self.number()} > {r.choice(['0.3', '0.8', '-0.2'])}:")
            self.block(depth - 1, pad + "    ")
            if r.random() < 0.5:
                self.add(pad, "else:")
                self.block(depth - 1, pad + "    ")
        else:
            self.loop(depth, pad)

    def loop(self, depth: int, pad: str) -> None:
        r = self.random
        self.count += 1
        name = f"i{self.count}"
        if r.random() < 0.7:
            self.loops.append(name)
            self.add(pad, f"for {name} in range({r.randint(0, 3)}):")
            self.block(depth - 1, pad + "    ")
            self.loops.pop()
        else:
            self.add(pad, f"for e in {r.choice(LISTS)}[:3]:")
            self.add(pad, "    v = e * 0.5 + v * 0.1")
            self.block(depth - 1, pad + "    ")
        if r.random() < 0.2:
            self.add(pad, f"    if {self.number()} > 1.1:")
            self.add(pad, f"        {r.choice(['break', 'continue'])}")

    def block(self, depth: int, pad: str) -> None:
        for _ in range(self.random.randint(1, 3)):
            self.statement(depth, pad)

    def text(self) -> str:
        self.lines = ["def f(x):", "    xs, ys, zs, log = [x, 2.0 * x], [x * x], [0.5], []"]
        self.lines += ["    d = {'a': x, 'b': 1.0}", "    T = [[x, 0.2], [0.3]]"]
        self.lines += ["    U, v, w, row = T, x, 0.1, [0.7]", "    def note(z):"]
        self.lines += ["        log.append(z * 0.9)"]
        for _ in range(self.random.randint(3, 7)):
            self.statement(2, "    ")
        self.lines += ["    total = v + 0.3 * w + sum(log) + 0.7 * row[0] + U[0][0]"]
        self.lines += ["    for k, items in enumerate([xs, ys, zs, *T]):"]
        self.lines += ["        for j, e in enumerate(items):"]
        self.lines += ["            total += (0.1 * k + 0.2 * j + 0.3) * e"]
        self.lines += ["    return total + d['a'] * 0.4 + d['b'] * 0.6 + d.get('q', 0.0)"]
        return "\n".join(self.lines) + "\n"


def made(seed: int) -> tuple[str, Any]:
    text = HELPERS + "\n\n" + Writer(seed).text()
    file = f"<random lists {seed}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    namespace: dict[str, Any] = {"__name__": "random_lists"}
    exec(compile(text, file, "exec"), namespace)
    return text, namespace["f"]


def outcome(seed: int) -> str:
    """Return ``"right"``, ``"refused"`` or ``"raises"``; fail where a number is wrong."""
    text, function = made(seed)
    with np.errstate(all="ignore"):
        try:
            wanted = function(0.6)
        except (IndexError, KeyError, TypeError):
            return "raises"
        step = 1e-6
        slope = (function(0.6 + step) - function(0.6 - step)) / (2 * step)
        try:
            program = lift(function)
            if not program.notes.get("effects"):
                assert np.allclose(evaluate(program, 0.6), wanted), text
            gradient = srcgrad.grad(function)
            value, found = gradient.value_and_grad(0.6)
        except InternalError as error:
            raise AssertionError(f"{text}\n{error}") from None
        except SrcgradError as error:
            assert "^" in str(error), text
            return "refused"
    if not np.isfinite(slope) or abs(slope) > 1e6:
        return "raises"
    assert np.allclose(value, wanted, rtol=1e-12), text + gradient.source_for(0.6)
    close = np.isclose(found, slope, rtol=1e-4, atol=1e-4)
    assert close, f"{text}\n{gradient.source_for(0.6)}\n{found} is not {slope}"
    return "right"


@pytest.mark.parametrize("start", range(0, 120, 20))
def test_random_lists(start: int) -> None:
    found = [outcome(seed) for seed in range(start, start + 20)]
    assert found.count("right") >= 4

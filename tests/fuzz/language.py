"""Random loss functions: straight lines, branches, loops with exits, containers and helpers."""

from __future__ import annotations

import random

PRELUDE = """
import math
import numpy as np
from collections import namedtuple

Point = namedtuple("Point", "p q")
K = 0.7


def early(x, n=3):
    for i in range(n):
        x = x * 1.1
        if x > 1.0:
            return x + i
    return x * 0.5


def pair(x, y=0.5):
    return x * y, x - y


def many(*terms, scale=1.0, **named):
    s = 0
    for term in terms:
        s = s + term * scale
    for name, value in named.items():
        s = s - value * len(name)
    return s


def rec(x, n):
    if n <= 0:
        return x
    return math.sin(rec(x * 0.9, n - 1)) + x * 0.1


def tree(x, n):
    if n <= 1:
        return x * K, x
    a, b = tree(x * 0.5, n - 1)
    c, d = tree(b * 0.7, n - 2)
    return a + c, b - d


def even(x, n):
    return x if n == 0 else odd(x * 0.9, n - 1)


def odd(x, n):
    return x * x if n == 0 else even(math.sin(x), n - 1)


def apply(g, *args, **named):
    return g(*args, **named)


def total(t):
    return np.sum(t) * 1.0


def tame(x):
    return math.tanh(x)
"""


class Writer:
    """Writes the text of one random function; all its loops end."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.lines: list[str] = []
        self.count = 0
        self.ints: list[str] = ["n"]
        self.locals: list[str] = []
        self.helper = False

    # --- expressions -------------------------------------------------------------------------
    def pick(self, *forms: str) -> str:
        return self.r.choice(forms)

    def name(self) -> str:
        return self.r.choice(["a", "b", "c", "x"])

    def vname(self) -> str:
        return self.r.choice(["u", "w", "v"])

    def integer(self) -> str:
        return self.r.choice([*self.ints, "0", "1", "2"])

    def number(self, depth: int = 2) -> str:
        r = self.r
        if depth <= 0:
            return self.r.choice([self.name(), self.name(), "0.5", "1.5", "2"])
        k = r.random()

        def n() -> str:
            return self.number(depth - 1)

        if k < 0.30:
            return f"({n()} {r.choice(['+', '-', '*'])} {n()})"
        if k < 0.36:
            return f"({n()} / (1.5 + {self.name()} * {self.name()}))"
        if k < 0.44:
            return self.pick(f"math.sin({n()})", f"np.cos({n()})", f"tame({n()})", f"abs({n()})")
        if k < 0.50:
            return self.pick(
                f"np.sum({self.vector(depth - 1)})",
                f"({self.vector(depth - 1)} @ {self.vname()})",
                f"np.max({self.vector(depth - 1)})",
                f"{self.vname()}.mean()",
            )
        if k < 0.55:
            return self.pick(
                f"{self.vname()}[{self.integer()} % 3]",
                "d['a']",
                "d['c'][0]",
                f"d['c'][{self.integer()} % 2]",
                "d['b'][1]",
            )
        if k < 0.60:
            return f"({n()} if {self.test()} else {n()})"
        if k < 0.63:
            return self.pick(
                f"({n()} or {n()})", f"({n()} and {n()})", f"({n()} or {n()} and {n()})"
            )
        if k < 0.66:
            return f"({self.name_w()} := {n()})"
        if k < 0.72:
            return self.pick(
                f"sum(z * {self.name()} for z in {self.sequence()})",
                f"max({n()}, {n()})",
                f"min({n()}, {n()}, 0.3)",
                f"sum([z for z in {self.sequence()} if z > {self.name()}])",
                f"sum([p * q for p in {self.sequence()} for q in xs if p != q])",
                f"sum([p * q for p, q in zip({self.sequence()}, {self.sequence()})])",
                f"max({self.sequence()}, default=0.1)",
                f"sum(k * z for k, z in enumerate({self.sequence()}, start=1))",
                f"len({self.sequence()})",
                f"sum({self.sequence()}, {n()})",
                f"max([z * z for z in {self.sequence()}] + [0.1])",
            )
        if k < 0.82:
            i = self.integer()
            return self.pick(
                f"early({n()})",
                f"early({n()}, n={i})",
                f"pair({n()})[{r.randint(0, 1)}]",
                f"many({n()}, {n()})",
                f"many({n()}, scale={n()})",
                f"many(*{self.sequence()})",
                f"many(*{self.sequence()}, {n()}, zz={n()})",
                f"many({n()}, **{{'q': {n()}}})",
                f"rec({n()}, {r.randint(0, 3)})",
                f"rec({n()}, {i} % 3)",
                f"tree({n()}, {r.randint(0, 3)})[{r.randint(0, 1)}]",
                f"even({n()}, {r.randint(0, 4)})",
                f"odd({n()}, {i} % 3)",
                f"apply(early, {n()})",
                f"apply(lambda z: z * {self.name()}, {n()})",
                f"apply(pair, {n()}, y={n()})[1]",
                "total(t)",
                "total(t)",
                *([f"g({n()}, {self.vname()})"] * 3 if not self.helper else []),
                *[f"{g}({n()})" for g in self.locals[-2:]] * 2,
            )
        if k < 0.88:
            return self.pick(
                f"{self.seqname()}[-1]",
                f"{self.seqname()}[{self.integer()} % 2]",
                "d2['p']",
                f"d2.get('q', {n()})",
                "pt.p",
                "pt[1]",
                f"d2[{self.key()}]",
            )
        if k < 0.9:
            return f"({self.name()} ** {self.pick('2', '3', '2.0')})"
        if k < 0.92:
            return f"({self.name()} % 2.5)" if r.random() < 0.3 else f"-{n()}"
        return self.name()

    def key(self) -> str:
        return self.pick("'p'", "'p'", "'q'")

    def name_w(self) -> str:
        return self.r.choice(["a", "b", "c"])

    def seqname(self) -> str:
        return self.r.choice(["xs", "ls"])

    def sequence(self) -> str:
        return self.pick(
            "xs",
            "ls[:]",
            "ls[:]",
            "v",
            f"[{self.name()}, {self.name()}]",
            f"({self.name()}, 0.5)",
            "ls[1:]",
            "xs[::-1]",
            "xs",
            "list(d2.values())",
            f"[z * {self.name()} for z in xs]",
        )

    def vector(self, depth: int = 2) -> str:
        r = self.r
        if depth <= 0:
            return self.vname()

        def v() -> str:
            return self.vector(depth - 1)

        k = r.random()
        if k < 0.35:
            other = r.choice([v(), self.number(depth - 1)])
            return f"({v()} {r.choice(['+', '-', '*'])} {other})"
        if k < 0.5:
            return self.pick(
                f"np.sin({v()})",
                f"np.tanh({v()})",
                f"{v()}[::-1]",
                f"np.cumsum({v()})",
                f"np.where({self.vname()} > {self.name()}, {v()}, {v()})",
                f"np.maximum({v()}, {self.name()})",
                f"np.abs({v()})",
            )
        if k < 0.6:
            return self.pick(
                "d['b']",
                f"np.array([{self.name()}, {self.name()}, 0.3])",
                f"np.stack([{self.name()}, {self.name()}, {self.name()}])",
                f"np.full(3, {self.name()})",
                f"np.outer({self.vname()}, {self.vname()})[{self.integer()} % 3]",
            )
        if k < 0.68:
            return f"({v()} if {self.test()} else {v()})"
        return self.vname()

    def test(self, depth: int = 1) -> str:
        r = self.r
        sign, limit = r.choice(["<", ">", "<=", ">="]), r.choice([self.name(), "0.3", "0.0", "1.0"])
        forms = [
            f"{self.name()} {sign} {limit}",
            f"{self.name()} > 0.2",
            f"{self.integer()} {r.choice(['<', '==', '!=', '>'])} {self.integer()}",
            f"{self.integer()} % 2 == {r.randint(0, 1)}",
            f"-0.5 < {self.name()} < {self.name()}",
            f"np.sum({self.vname()}) > 0.5",
            f"any(z > {self.name()} for z in {self.sequence()})",
            f"all([z < 1.0 for z in {self.sequence()}])",
            f"({self.name_w()} := {self.number(1)}) > 0.1",
            f"len(ls) > {r.randint(0, 3)}",
            "'q' in d2",
            self.name(),
        ]
        if depth > 0 and r.random() < 0.3:
            a, b = self.test(depth - 1), self.test(depth - 1)
            return self.pick(f"({a} and {b})", f"({a} or {b})", f"not ({a})")
        return r.choice(forms)

    # --- statements --------------------------------------------------------------------------
    def add(self, pad: str, text: str) -> None:
        self.lines.append(pad + text)

    def block(self, depth: int, inside: bool, pad: str) -> None:
        ints = list(self.ints)
        locs = list(self.locals)
        for _ in range(self.r.randint(1, 3)):
            self.statement(depth, inside, pad)
        self.ints, self.locals = ints, locs

    def statement(self, depth: int, inside: bool, pad: str) -> None:
        r = self.r
        k = r.random()
        if depth <= 0 or k < 0.42:
            self.simple(pad)
        elif k < 0.58:
            self.branch(depth, inside, pad)
        elif k < 0.80:
            self.loop(depth, pad)
        elif k < 0.95:
            self.add(pad, f"if {self.test()}:")
            if r.random() < 0.6:
                self.simple(pad + "    ")
            exits = [f"return {self.number()}"] + ["break", "continue"] * (2 * inside)
            if r.random() < 0.06:
                exits = [f"raise ValueError({self.name()})"]
            self.add(pad + "    ", r.choice(exits))
        else:
            self.function(pad)

    def function(self, pad: str) -> None:
        self.count += 1
        name = f"fn{self.count}"
        if self.r.random() < 0.5:
            self.add(pad, f"{name} = lambda z, k=0.5: {self.number()} * z + k")
        else:
            self.add(pad, f"def {name}(z, k={self.name()}):")
            self.add(pad + "    ", f"if z > {self.name()}:")
            self.add(pad + "        ", f"return z * {self.number(1)}")
            self.add(pad + "    ", f"return {self.number(1)} + z * k")
        self.locals.append(name)

    def simple(self, pad: str) -> None:
        r = self.r
        s, n = self.name_w(), self.number
        forms = [
            f"{s} = {n()}",
            f"{s} = tame({n(3)})",
            f"{s} = tame({n(3)})",
            f"{s} = {n()}",
            f"{s} += {n()}",
            f"{s} -= {n(1)} * 0.5",
            f"{s} *= 0.9",
            f"{s} = 1",
            f"{s} = {self.integer()}",
            f"{s}, {self.name_w()} = {n()}, {n()}",
            f"{s}, {self.name_w()} = pair({n()})",
            f"({s}, {self.name_w()}), x = pair({n()}), {n(1)}",
            f"{s}, *rest = {self.sequence()}"
            if r.random() < 0.3
            else f"{s}, *rest = [{n()}, {n()}, {n(1)}]",
            f"{s} = {self.name_w()} = {n()}",
            f"x = tame({n()})",
            f"w = {self.vector()}",
            f"u = np.tanh({self.vector()})",
            f"w = np.tanh({self.vector()})",
            f"u = {self.vector()}",
            f"t = t + {self.vector(1)}",
            f"t = t + {n(1)}",
            f"t = {self.vname()}",
            "t = 0",
            f"t = np.tanh(t) + {n(1)}",
            f"t = t * {n(1)}",
            f"ls = [{n(1)}, {n(1)}]",
            f"ls = ls + [{n(1)}]",
            "ls = [z * 0.5 for z in ls]",
            f"ls.append({n(1)})" if r.random() < 0.2 else f"ls += [{n(1)}]",
            f"ls = [z * {self.name()} for z in xs if z > 0.1 if z < 2] + [0.3]",
            f"d2 = {{'p': {n(1)}}}",
            f"d2 = {{**d2, 'q': {n(1)}}}",
            "d2 = {k: z * 0.5 for k, z in d2.items()}",
            f"d2 = {{'p': {n(1)}, **d2}}",
            f"d2 = d2 | {{'p': {n(1)}}}",
            f"pt = Point({n(1)}, {n(1)})",
            f"pt = Point(q=pt.p, p={n(1)})",
            f"pt = ({n(1)}, {n(1)})" if r.random() < 0.1 else "a, b = pt",
            f"print({s})",
            f"print('s', {self.integer()})",
            f"assert {self.name()} < 50.0, 'big'",
            f"y{r.randint(0, 2)} = {n()}",
            f"{s} = {n(1)} + y{r.randint(0, 2)}",
            f"ls = [{n(1)}] + ls[1:]",
            f"ls = [{n(1)}, *ls]",
            f"for {s} in xs: pass",
            f"{s} = tame({s} + {n()})",
        ]
        self.add(pad, r.choice(forms))

    def branch(self, depth: int, inside: bool, pad: str) -> None:
        r = self.r
        self.add(pad, f"if {self.test()}:")
        self.block(depth - 1, inside, pad + "    ")
        if r.random() < 0.3:
            self.add(pad, f"elif {self.test()}:")
            self.block(depth - 1, inside, pad + "    ")
        if r.random() < 0.6:
            self.add(pad, "else:")
            self.block(depth - 1, inside, pad + "    ")

    def loop(self, depth: int, pad: str) -> None:
        r = self.r
        self.count += 1
        i, z = f"i{self.count}", r.choice([f"z{self.count}", f"z{self.count}", "a", "c"])
        ints = list(self.ints)
        heads = [
            (f"for {i} in range({r.randint(0, 4)}):", i),
            (f"for {i} in range(n):", i),
            (f"for {i} in range(3, {r.randint(0, 3)}, -1):", i),
            (f"for {z} in {self.sequence()}:", None),
            (f"for {z} in xs:", None),
            (f"for {i}, {z} in enumerate({self.sequence()}):", i),
            (f"for {i}, {z} in enumerate({self.sequence()}, start={r.randint(0, 3)}):", i),
            (f"for {z}, b in zip(xs, {self.sequence()}):", None),
            (f"for {i}, ({z}, b) in enumerate(zip({self.sequence()}, v)):", i),
            (f"for {z} in reversed(xs):", None),
            (f"for {z} in v[::-1]:", None),
            (f"for key, {z} in d2.items():", None),
            (f"for {z} in d2.values():", None),
            (f"for {z} in (a, b, x):", None),
            (f"for {z} in [*ls, {self.name()}]:", None),
            (f"for {z}, b in [(a, b), (b, x)]:", None),
            (f"for {z}, *b2 in [(a, b, c)]:", None),
        ]
        if r.random() < 0.7:
            head, new = r.choice(heads)
            self.add(pad, head)
            if new:
                self.ints.append(new)
            if z.startswith("z") and z in head and r.random() < 0.8:
                self.add(pad + "    ", f"{self.name_w()} = {self.number(1)} + {z}")
        else:
            k = r.random()
            self.add(pad, f"{i} = 0")
            limit = r.randint(0, 4)
            test = self.test() if k > 0.4 else f"{i} < {limit}"
            if k < 0.9:
                self.add(pad, f"while {i} < {limit} and {test}:")
                self.add(pad + "    ", f"{i} += 1")
            else:
                self.add(pad, "while True:")
                self.add(pad + "    ", f"{i} += 1")
                self.add(pad + "    ", f"if {i} > {limit}:")
                self.add(pad + "        ", r.choice(["break", f"return {self.number()}"]))
            self.ints.append(i)
        self.block(depth - 1, True, pad + "    ")
        self.ints = ints
        if r.random() < 0.25:
            self.add(pad, "else:")
            self.block(depth - 1, False, pad + "    ")

    def text(self) -> str:
        """Return the text of a module with a helper ``g`` and the loss ``f``."""
        r = self.r
        self.helper = True
        self.lines += [
            "def g(x, v):",
            "    a, b, c, u, w, t, n = x, 0.3, x * v[0], v, v * x, 0, 2",
            "    xs, d, ls = [x, 0.4], {'a': x, 'b': v, 'c': (0.3, x)}, [x]",
            "    d2, pt = {'p': x}, Point(x, 0.2)",
        ]
        self.block(r.choice([0, 1, 1, 2]), False, "    ")
        self.add("    ", f"return {self.number()}")
        self.lines += ["", ""]
        self.helper = False
        self.lines += [
            "def f(x, v, d, xs, n):",
            "    a, b, c = x, 0.5, xs[0] * x",
            "    u, w = v, v * 0.5",
        ]
        self.lines += [
            f"    t = {r.choice(['0', '0.0', 'x', 'v'])}",
            "    ls = [x, 0.2]",
            "    d2 = {'p': x * 0.5}",
            "    pt = Point(x, v[0])",
        ]
        self.ints = ["n"]
        for depth in r.choice([(3,), (2, 2), (1, 2), (3, 1), (2,), (3, 2)]):
            self.block(depth, False, "    ")
        self.add(
            "    ",
            "return a + b * c + np.sum(u * w) + total(t) * 0.1 + ls[-1] + d2['p'] + pt.p * pt[1]"
            f" + {self.number()}",
        )
        return PRELUDE + "\n\n" + "\n".join(self.lines) + "\n"

"""What a random program has at hand: names with kinds and shapes, and expressions of them.

Sizes are numbers that are known while the text is written, so that most programs run.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Thing:
    """A name of the program.

    ``kind`` is array, number, int, mask, index, arrays (a list of arrays of one shape), numbers
    (a list), pair (a tuple of two arrays) or table (a dict of arrays).  ``top`` is the bound of an
    int or of the entries of an index.  A ``root`` is certainly no view.
    """

    name: str
    kind: str
    shape: Shape = ()
    top: int = 0
    writable: bool = True
    root: bool = False


class Scope:
    """Names at hand, and expressions of them; every choice is made by ``r``."""

    def __init__(self, r: random.Random) -> None:
        self.r = r
        self.things: list[Thing] = []
        self.count = 0
        self.loops = 0

    def new(self, stem: str) -> str:
        """Return a name that was not used before."""
        self.count += 1
        return f"{stem}{self.count}"

    def put(self, thing: Thing) -> Thing:
        """Add a name, in place of one of the same name."""
        self.things = [old for old in self.things if old.name != thing.name] + [thing]
        return thing

    def all(self, kind: str, shape: Shape | None = None) -> list[Thing]:
        """Return the names of one kind."""
        return [t for t in self.things if t.kind == kind and shape in (None, t.shape)]

    def some(self, kind: str, shape: Shape | None = None) -> Thing | None:
        """Return a name of one kind, mostly one of the latest."""
        found = self.all(kind, shape)
        if not found:
            return None
        return self.r.choice(found[-4:] if self.r.random() < 0.5 else found)

    def pick(self, *forms: str) -> str:
        return self.r.choice(forms)

    def copied(self, place: str, text: str) -> str:
        """Return a value that NumPy stores rightly, also if it overlaps with the place.

        Where both have one axis and unlike strides, NumPy may read what it has just written.
        """
        if not re.fullmatch(r"[\w.]+(\[.*\])*(\.T)?", text) or re.fullmatch(r"[\d.]+", text):
            return text
        both = [re.fullmatch(r"(\w+)(\[-?\d*:-?\d*\])?", one) for one in (place, text)]
        names = {one[1] for one in both if one}
        plain = {t.name for t in self.things if t.root and len(t.shape) == 1}
        return text if all(both) and names <= plain else f"{text} * 1.0"

    # --- indices -----------------------------------------------------------------------------
    def index(self, dim: int) -> str:
        """Return an index of one entry."""
        ints = [t for t in self.all("int") if t.top > 0]
        if ints and self.r.random() < 0.55:
            i = self.r.choice(ints)
            if i.top <= dim:
                forms = [i.name] * 4 + [
                    f"-1 - {i.name}",
                    f"({i.name} + 1) % {dim}",
                    f"{i.name} - 1",
                ]
                return self.r.choice(forms)
            return f"{i.name} % {dim}"
        at = self.r.randrange(dim)
        return str(at if self.r.random() < 0.7 else at - dim)

    def cut(self, dim: int, size: int) -> str | None:
        """Return a slice that takes so many entries."""
        r = self.r
        if size > dim:
            return None
        if size == dim:
            return r.choice([":", ":", ":", "::-1"])
        forms = []
        for start in range(dim - size + 1):
            stop = start + size
            forms.append(f"{start or ''}:{stop if stop < dim else ''}")
            forms.append(f"{start or ''}:{stop - dim if stop < dim else ''}")
        for step in (2, 3):
            for start in range(step):
                if len(range(start, dim, step)) == size:
                    forms.append(f"{start or ''}::{step}")
            if len(range(dim - 1, -1, -step)) == size:
                forms.append(f"::-{step}")
        return r.choice(forms)

    def length(self, dim: int) -> int:
        """Return a number of entries of a slice."""
        return self.r.randint(1, dim) if self.r.random() < 0.8 else dim

    def basic(self, shape: Shape) -> tuple[str, Shape]:
        """Return a basic index, between brackets, and the shape of what it takes."""
        r, places, left = self.r, [], []
        for axis, dim in enumerate(shape):
            if r.random() < 0.4:
                places.append(self.index(dim))
            else:
                size = self.length(dim)
                places.append(self.cut(dim, size) or ":")
                left.append((axis, size))
        while len(places) > 1 and places[-1] == ":" and r.random() < 0.7:
            places.pop()
        if r.random() < 0.04:
            return "...", shape
        return ", ".join(places), tuple(size for _, size in left)

    def many(self, dim: int) -> tuple[str, int]:
        """Return an index array or a list of indices, and how many there are; repeats are few."""
        r = self.r
        known = [t for t in self.all("index") if t.top <= dim]
        if known and r.random() < 0.5:
            t = r.choice(known)
            return t.name, t.shape[0]
        size = r.randint(1, min(dim, 3))
        places = [r.randrange(dim) for _ in range(size)]
        if r.random() < 0.7:
            places = r.sample(range(dim), size)
        text = "[" + ", ".join(map(str, places)) + "]"
        return (text if r.random() < 0.6 else f"np.array({text})"), size

    # --- expressions -------------------------------------------------------------------------
    def leaf(self, shape: Shape) -> str:
        """Return a name or a part of one that has a shape."""
        r = self.r
        whole = self.all("array", shape)
        if whole and r.random() < 0.6:
            return r.choice(whole).name
        parts = [part for t in self.all("array") if (part := self.part(t, shape))]
        if parts:
            return r.choice(parts)
        return f"np.full({shape}, {self.number(0)})"

    def part(self, thing: Thing, shape: Shape) -> str | None:
        """Return a part of an array that has a shape."""
        r, have = self.r, thing.shape
        if len(have) == len(shape):
            if len(have) == 2 and have == shape[::-1] and r.random() < 0.5:
                return f"{thing.name}.T"
            cuts = [self.cut(*pair) for pair in zip(have, shape)]
            if None in cuts:
                return None
            return f"{thing.name}[{', '.join(map(str, cuts))}]"
        if (len(have), len(shape)) != (2, 1):
            return None
        axis = r.randrange(2)
        cut = self.cut(have[1 - axis], shape[0])
        if cut is None:
            return None
        i = self.index(have[axis])
        if axis == 0:
            return f"{thing.name}[{i}]" if cut == ":" else f"{thing.name}[{i}, {cut}]"
        return f"{thing.name}[{cut}, {i}]"

    def array(self, shape: Shape, depth: int = 2) -> str:
        """Return an expression of an array; one that is no leaf is a new array."""
        r = self.r
        if depth <= 0 or r.random() < 0.2:
            return self.leaf(shape)

        def a() -> str:
            return self.array(shape, depth - 1)

        k = r.random()
        if k < 0.38:
            other = r.choice([a, a, lambda: self.number(depth - 1), lambda: self.spread(shape)])()
            return f"({a()} {r.choice('+-*')} {other})"
        if k < 0.62:
            return self.pick(
                f"np.tanh({a()})", f"np.sin({a()})", f"np.cos({a()})", f"-{a()}",
                f"np.maximum({a()}, {self.number(0)})", f"np.abs({a()})",
                f"np.sqrt(1.0 + {self.leaf(shape)} ** 2)",
                f"{a()} / (1.5 + {self.leaf(shape)} ** 2)",
                f"np.exp(-np.abs({a()}))", f"np.clip({a()}, -0.9, 0.9)",
            )  # fmt: skip
        if k < 0.72:
            return f"np.where({self.mask(shape)}, {a()}, {self.pick(a(), self.number(0))})"
        if k < 0.8:
            return self.pick(f"{self.leaf(shape)}.copy()", f"np.array({self.leaf(shape)})")
        return self.shaped(shape, depth)

    def spread(self, shape: Shape) -> str:
        """Return what broadcasts to a shape."""
        if len(shape) == 2:
            return self.pick(self.leaf(shape[1:]), f"({self.leaf(shape[:1])})[:, None]")
        return self.number(0)

    def shaped(self, shape: Shape, depth: int) -> str:
        """Return what has a shape for reasons of its own."""
        if len(shape) == 1:
            (n,) = shape
            matrices = [t for t in self.all("array") if len(t.shape) == 2]
            forms = [
                f"np.cumsum({self.leaf(shape)})",
                f"np.roll({self.leaf(shape)}, {self.r.randint(-2, 2)})",
                "np.array([" + ", ".join(self.number(0) for _ in range(n)) + "])",
                f"np.full({n}, {self.number(1)})",
                f"{self.leaf(shape)}[::-1]",
            ]
            forms += [f"{t.name} @ {self.leaf(t.shape[1:])}" for t in matrices if t.shape[0] == n]
            forms += [f"{self.leaf(t.shape[:1])} @ {t.name}" for t in matrices if t.shape[1] == n]
            forms += [f"{t.name}.sum(axis=0)" for t in matrices if t.shape[1] == n]
            forms += [f"np.diag({t.name})" for t in matrices if t.shape == (n, n)]
            if n > 1:
                head, tail = self.leaf((1,)), self.leaf((n - 1,))
                forms.append(f"np.concatenate([{head}, {tail}])")
            return self.r.choice(forms)
        m, n = shape
        rows = ", ".join(self.leaf((n,)) for _ in range(m))
        return self.pick(
            f"np.outer({self.leaf((m,))}, {self.leaf((n,))})",
            f"np.stack([{rows}])",
            f"{self.leaf((m,))}[:, None] * {self.leaf((n,))}",
            f"({self.leaf((n, m))}).T",
        )

    def number(self, depth: int = 1) -> str:
        """Return an expression of a number."""
        r = self.r
        k = r.random()
        if depth <= 0:
            names = [t.name for t in self.all("number")]
            return r.choice(names) if names and k < 0.75 else r.choice(["0.5", "0.3", "1.2", "2.0"])

        def n() -> str:
            return self.number(depth - 1)

        t = self.some("array")
        if k < 0.25 or t is None:
            return f"({n()} {r.choice('+-*')} {n()})"
        if k < 0.6:
            return f"{t.name}[{', '.join(self.index(dim) for dim in t.shape)}]"
        if k < 0.75:
            return self.pick(f"np.sum({t.name})", f"{t.name}.mean()", f"np.max({t.name})",
                             f"{t.name}.sum()", f"np.vdot({t.name}, {t.name}) * 0.1")  # fmt: skip
        if k < 0.92:
            return self.pick(f"np.tanh({n()})", f"np.sin({n()})", f"abs({n()})",
                             f"max({n()}, {n()})", f"{n()} / (1.5 + {n()} ** 2)")  # fmt: skip
        return f"({n()} if {self.test()} else {n()})"

    def mask(self, shape: Shape) -> str:
        """Return an expression of booleans."""
        known = self.some("mask", shape)
        if known is not None and self.r.random() < 0.5:
            return known.name
        return f"{self.leaf(shape)} {self.r.choice('<>')} {self.number(0)}"

    def test(self, depth: int = 1) -> str:
        """Return a condition."""
        r = self.r
        ints = [t.name for t in self.all("int")]
        if depth > 0 and r.random() < 0.15:
            a, b = self.test(0), self.test(0)
            return self.pick(f"({a} and {b})", f"({a} or {b})", f"not {a}")
        if ints and r.random() < 0.35:
            i = r.choice(ints)
            return self.pick(
                f"{i} > {r.randint(0, 2)}", f"{i} % 2 == 0", f"{i} == {r.randint(0, 2)}"
            )
        bound = self.pick("0.2", "0.6", self.number(0))
        return f"{self.number(r.randint(0, 1))} {r.choice('<>')} {bound}"

"""Random losses that write into arrays: through views, aliases, containers and helpers.

Everything that may have been written is part of the result, so that a lost write is noticed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from tests.fuzz import attempts, closures, containers, lists, objects, special
from tests.fuzz.helpers import module
from tests.fuzz.scope import Scope, Shape, Thing
from tests.fuzz.targets import called, looked, target, updated, value

SIZES = [(4, 3), (4, 3), (4, 3), (5, 2), (3, 3), (3, 2), (3, 2), (4, 1), (6, 4), (2, 2), (1, 2)]


class ArrayWriter:
    """Writes the text of one random function; all its loops end."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.s = Scope(self.r)
        self.lines: list[str] = []
        self.depth = 0
        self.fixed: set[str] = set()
        self.grown: set[str] = set()
        self.closed = False
        self.forms: list[tuple[float, Callable[[], None]]] = [
            (3.0, self.fresh), (3.0, self.view), (0.7, self.alias), (5.0, self.set_item),
            (4.0, self.augment_item), (3.0, self.augment), (2.5, self.call), (1.2, self.helper),
            (1.0, self.number), (0.4, self.swap), (0.5, self.again), (0.4, self.inactive),
            (0.8, lambda: containers.made(self)), (1.6, lambda: containers.used(self)),
            (0.5, self.several), (0.5, self.counted),
            (0.5, lambda: objects.made(self)), (0.9, lambda: objects.used(self)),
            (0.3, lambda: closures.made(self)), (0.5, lambda: closures.used(self)),
            (0.3, lambda: closures.mapped(self)), (0.3, lambda: lists.nest(self)),
            (0.5, lambda: special.dot(self)), (0.4, lambda: special.kept(self)),
            (0.04, lambda: special.single(self)),
        ]  # fmt: skip
        self.nests: list[tuple[float, Callable[[int], None]]] = [
            (1.6, self.branch), (1.6, self.count), (0.6, self.walk), (0.5, self.wait),
            (0.6, self.leave), (0.6, lambda depth: attempts.attempt(self, depth)),
            (0.1, lambda depth: attempts.within(self, depth)),
            (0.4, lambda depth: special.turns(self, depth)),
            (0.4, lambda depth: lists.history(self, depth)),
        ]  # fmt: skip

        if self.r.random() < 0.5:
            self.lean()

    def lean(self) -> None:
        """Write much of some things and nothing of others, so that those meet more often."""
        self.forms = [(w * self.r.choice([0.0, 0.5, 1.0, 4.0]), form) for w, form in self.forms]
        self.forms[0] = (1.0, self.fresh)
        self.nests = [(w * self.r.choice([0.1, 1.0, 3.0]), nest) for w, nest in self.nests]

    # --- blocks ------------------------------------------------------------------------------
    def add(self, text: str) -> None:
        self.lines.append("    " * (self.depth + 1) + text)

    def block(self, depth: int, low: int = 1, high: int = 3) -> None:
        """Write a block; the names it makes are not to be had after it."""
        before = list(self.s.things)
        self.depth += 1
        start = len(self.lines)
        self.some(depth, self.r.randint(low, high))
        if len(self.lines) == start:
            self.add("pass")
        self.depth -= 1
        self.s.things = [self.unsized(t) for t in before]

    def unsized(self, thing: Thing) -> Thing:
        """Forget the length of a list that grew in a block."""
        return replace(thing, top=0) if thing.name in self.grown else thing

    def some(self, depth: int, count: int) -> None:
        """Write so many statements."""
        for _ in range(count):
            if depth > 0 and self.r.random() < 0.3:
                nest = self.r.choices([n for _, n in self.nests], [w for w, _ in self.nests])[0]
                nest(depth - 1)
            else:
                self.r.choices([f for _, f in self.forms], [w for w, _ in self.forms])[0]()

    def array(self, shape: Shape | None = None) -> Thing:
        """Return an array that can be written to."""
        found = [t for t in self.s.all("array", shape) if t.writable]
        return self.r.choice(found[-5:] if self.r.random() < 0.6 else found)

    # --- statements --------------------------------------------------------------------------
    def fresh(self) -> None:
        shape = self.array().shape
        text = self.s.pick(
            f"{self.s.leaf(shape)}.copy()", f"np.zeros({shape})", f"np.empty({shape})",
            f"np.tanh({self.s.array(shape)})", f"np.array({self.s.leaf(shape)})",
            f"{self.s.leaf(shape)} * {self.s.number(0)}", f"np.ones_like({self.s.leaf(shape)})",
            self.s.array(shape, 2) + " * 1.0",
        )  # fmt: skip
        name = self.s.new("u")
        self.add(f"{name} = {text}")
        if "np.empty" in text:
            self.add(f"{name}[...] = {value(self.s, shape)}")
        self.s.put(Thing(name, "array", shape, root=True))

    def again(self) -> None:
        """Bind a name anew, to a new array of its shape."""
        t = self.array()
        if t.name in self.fixed:
            return
        self.add(f"{t.name} = {self.s.pick('np.tanh', '0.5 +', '0.9 *')} ({self.s.array(t.shape)})")
        self.s.put(replace(t, writable=True, root=True))

    def view(self) -> None:
        t = self.array()
        text, shape, writable = looked(self.s, t)
        self.add(f"{(name := self.s.new('v'))} = {text}")
        self.s.put(Thing(name, "array", shape, writable=writable))

    def alias(self) -> None:
        t = self.array()
        self.add(f"{(name := self.s.new('w'))} = {t.name}")
        self.s.put(replace(t, name=name))

    def set_item(self) -> None:
        t = self.array()
        place, shape = target(self.s, t)
        if shape == (-1,) and self.r.random() < 0.5:
            inside = place[len(t.name) + 1 : -1]
            self.add(f"{place} = {self.s.leaf(t.shape)}[{inside}] * {self.s.number(0)}")
            return
        self.add(f"{place} = {self.s.copied(place, value(self.s, shape))}")

    def augment_item(self) -> None:
        place, shape = target(self.s, self.array())
        self.add(updated(self.s, place, shape))

    def augment(self) -> None:
        t = self.array()
        if t.name not in self.fixed:
            self.add(updated(self.s, t.name, t.shape))

    def call(self) -> None:
        self.add(called(self.s, self.array()))

    def helper(self) -> None:
        s, t = self.s, self.array()
        (*_, n), c = t.shape, self.s.number()
        if len(t.shape) == 2 and self.r.random() < 0.5:
            name = s.new("v")
            self.add(f"{name} = rows({t.name}, {c})")
            s.put(Thing(name, "array", (n,)))
            return
        whole = t.name if len(t.shape) == 1 else f"{t.name}[{s.index(t.shape[0])}]"
        name = s.new("v")
        forms = [
            (f"bump({whole}, {c})", None),
            (f"damp({whole}, {c})", None),
            (f"{name} = damp({whole}, {c})", (n,)),
            (f"smooth({whole}, {self.r.randint(0, 2)})", None),
            (f"{name} = bent({whole}, {c})", (n,)),
            (f"{name} = total({whole}, {self.r.randint(0, 3)})", ()),
        ]
        if n > 1:
            forms.append((f"{name} = tail({whole})", (n - 1,)))
        if n == self.sizes[0]:
            forms += [(f"{name} = own({whole}, {c})", (n,))] * 2
        others = [o for o in s.all("array", (n,)) if o.writable and o.name != t.name]
        if others:
            forms.append((f"swap({whole}, {self.r.choice(others).name})", None))
            forms.append((f"_, {name} = both({whole})", (n,)))
            o = self.r.choice(others).name
            forms += [
                (f"added({whole}, {o}, {s.leaf((n,))})", None),
                (f"added({whole}, {o}, scale={c})", None),
            ]
            forms += [(f"{name} = first({whole}, {o}, {s.pick('0.2', '0.9')})", (n,))]
        if n > 1:
            forms.append((f"{name}, _ = cut({whole}, 1)", (1,)))
            forms.append((f"_, {name} = cut({whole}, -1)", (1,)))
        if self.r.random() < 0.003:  # refused: a recursive function that writes
            forms = [(f"{name} = deep({whole}, {self.r.randint(0, 2)})", (n,))]
        numbers = s.some("numbers")
        if numbers is not None:
            lists.unsure(self, numbers)
            forms.append((f"{name} = grown({numbers.name}, {c})[-1]", ()))
        text, shape = self.r.choice(forms)
        self.add(text)
        if shape is not None:
            s.put(Thing(name, "array" if shape else "number", shape))

    def number(self) -> None:
        known = [t for t in self.s.all("number") if t.name not in self.fixed]
        if known and self.r.random() < 0.6:
            name = self.r.choice(known).name
            form = self.s.pick("{} = {}", "{} += {}", "{} = np.tanh({})", "{} *= {} * 0.5")
            self.add(form.format(name, self.s.number(2)))
            return
        self.add(f"{(name := self.s.new('x'))} = {self.s.number(2)}")
        self.s.put(Thing(name, "number"))

    def swap(self) -> None:
        """Exchange entries, rows or names."""
        t = self.array()
        if self.r.random() < 0.5:
            i, j = self.s.index(t.shape[0]), self.s.index(t.shape[0])
            copy = ".copy()" if len(t.shape) == 2 and self.r.random() < 0.5 else ""
            a, b = f"{t.name}[{i}]", f"{t.name}[{j}]"
            self.add(f"{a}, {b} = {b}{copy}, {a}{copy}")
            return
        others = [o for o in self.s.all("array", t.shape)
                  if o.writable and o.name != t.name and o.name not in self.fixed]  # fmt: skip
        if others and t.name not in self.fixed:
            o = self.r.choice(others)
            self.add(f"{t.name}, {o.name} = {o.name}, {t.name}")

    def inactive(self) -> None:
        """Make or change a mask or an index array."""
        s, known = self.s, self.s.some("index")
        if known is not None and self.r.random() < 0.5:
            self.add(f"{known.name}[{s.index(known.shape[0])}] = {self.r.randrange(known.top)}")
            return
        t = self.array()
        if self.r.random() < 0.5:
            places = [self.r.randrange(t.shape[0]) for _ in range(self.r.randint(1, 3))]
            self.add(f"{(name := s.new('k'))} = np.array({places})")
            s.put(Thing(name, "index", (len(places),), t.shape[0]))
            return
        self.add(f"{(name := s.new('m'))} = {s.mask(t.shape)}")
        s.put(Thing(name, "mask", t.shape))
        if self.r.random() < 0.4:
            self.add(f"{name}[{s.index(t.shape[0])}] = {self.s.pick('True', 'False')}")

    def several(self) -> None:
        """Assign to several targets at once, or one value to several."""
        (a, left), (b, right) = target(self.s, self.array()), target(self.s, self.array())
        if self.r.random() < 0.5:
            one = self.s.copied(a, value(self.s, left))
            self.add(f"{a}, {b} = {one}, {self.s.copied(b, value(self.s, right))}")
        else:
            self.add(f"{a} = {b} = {self.s.number(2)}")

    def counted(self) -> None:
        """Make, change or use an array of whole numbers."""
        s, known = self.s, self.s.some("whole")
        if known is None or self.r.random() < 0.3:
            n = self.array().shape[0]
            self.add(f"{(name := s.new('k'))} = np.zeros({n}, dtype=int)")
            s.put(Thing(name, "whole", (n,)))
            return
        (n,), name = known.shape, known.name
        t = s.some("array", (n,))
        forms = [
            f"{name}[{s.index(n)}] += 1", f"{name}[{s.index(n)}] = {self.r.randint(0, 2)}",
            f"{name} += 1", f"{name}[{s.index(n)}] = {s.number(0)} * 3",
            f"np.add.at({name}, [0, 0], 1)",
        ]  # fmt: skip
        if t is not None and t.writable:
            forms += [f"{t.name}[{s.index(n)}] *= {name}[{s.index(n)}]", f"{t.name} *= {name}"]
        self.add(self.r.choice(forms))

    # --- control -----------------------------------------------------------------------------
    def branch(self, depth: int) -> None:
        self.add(f"if {self.s.test()}:")
        self.block(depth)
        if self.r.random() < 0.2:
            self.add(f"elif {self.s.test()}:")
            self.block(depth)
        if self.r.random() < 0.5:
            self.add("else:")
            self.block(depth)

    def turns(self, depth: int, *names: Thing) -> None:
        """Write the body of a loop, in which these names are known."""
        before, fixed = list(self.s.things), set(self.fixed)
        for thing in names:
            self.s.put(thing)
            self.fixed.add(thing.name)
        self.s.loops += 1
        self.block(depth)
        self.s.loops -= 1
        self.s.things, self.fixed = [self.unsized(t) for t in before], fixed
        if self.r.random() < 0.1:
            self.add("else:")
            self.block(0, 1, 1)

    def count(self, depth: int) -> None:
        s, r, i = self.s, self.r, self.s.new("i")
        t = self.array()
        axis = r.randrange(len(t.shape))
        n = t.shape[axis]
        size = f"len({t.name})" if axis == 0 else f"{t.name}.shape[{axis}]"
        top, text = r.choice([
            (n, f"range({size})"), (n, f"range({size})"), (n, f"range(1, {size})"),
            (max(n - 1, 1), f"range({size} - 1)"), (n, f"range({size} - 1, -1, -1)"),
            (2, "range(2)"), (3, "range(3)"), (n, f"range(0, {size}, 2)"),
            *[(max(o.top - 1, 1), f"range({o.name})") for o in s.all("int")],
        ])  # fmt: skip
        self.add(f"for {i} in {text}:")
        self.turns(depth, Thing(i, "int", (), top))

    def walk(self, depth: int) -> None:
        """Loop over the rows or entries of arrays."""
        s, t = self.s, self.array()
        name, i = s.new("row"), s.new("i")
        kind = "array" if len(t.shape) == 2 else "number"
        row = Thing(name, kind, t.shape[1:])
        others = [o for o in s.all("array") if o.shape[0] == t.shape[0] and len(o.shape) == 1]
        k = self.r.random()
        if k < 0.5:
            self.add(f"for {name} in {t.name}:")
            self.turns(depth, row)
        elif k < 0.75 or not others:
            self.add(f"for {i}, {name} in enumerate({t.name}):")
            self.turns(depth, row, Thing(i, "int", (), t.shape[0]))
        else:
            other = s.new("z")
            self.add(f"for {name}, {other} in zip({t.name}, {self.r.choice(others).name}):")
            self.turns(depth, row, Thing(other, "number"))

    def wait(self, depth: int) -> None:
        """Loop while something holds, a few times at most."""
        i, top = self.s.new("i"), self.r.randint(1, 3)
        self.add(f"{i} = 0")
        self.add(f"while {i} < {top} and {self.s.test()}:")
        at = len(self.lines)
        self.turns(depth, Thing(i, "int", (), top + 1))
        self.lines.insert(at, "    " * (self.depth + 2) + f"{i} += 1")
        self.s.put(Thing(i, "int", (), top + 1))

    def leave(self, depth: int) -> None:
        """Leave a loop or the function early."""
        if self.closed and not self.s.loops:
            self.number()
            return
        self.add(f"if {self.s.test()}:")
        if self.r.random() < 0.4:
            self.block(0, 1, 1)
        ways = [] if self.closed else [f"return {self.result(2)}"]
        ways += ["break", "continue"] * 3 * (self.s.loops > 0)
        self.depth += 1
        self.add(self.r.choice(ways))
        self.depth -= 1

    # --- the whole ---------------------------------------------------------------------------
    def result(self, count: int) -> str:
        """Return a number made of what is at hand."""
        arrays = self.s.all("array")
        chosen = [t for t in arrays if self.r.random() < count / len(arrays)] or arrays[-1:]
        terms = []
        for t in chosen:
            weight = self.s.pick("", "", "0.5 * ", "1.3 * ")
            terms.append(weight + self.s.pick(
                f"np.sum({t.name} * {t.name})", f"np.sum({t.name})", f"np.sin({t.name}).sum()",
                f"np.sum({t.name} * {self.s.leaf(t.shape)})",
            ))  # fmt: skip
        terms += [t.name for t in self.s.all("number") if self.r.random() < 0.4]
        return " + ".join(terms)

    def own_helper(self) -> None:
        """Write a helper that works on a vector it is given."""
        s, n = self.s, self.sizes[0]
        self.lines.append("def own(p, s):")
        s.things = [Thing("p", "array", (n,)), Thing("s", "number")]
        self.closed = True
        self.some(1, self.r.randint(1, 2))
        self.closed = False
        found = [t.name for t in s.all("array", (n,)) if t.writable]
        self.add(f"return {self.r.choice(found)}")
        s.things = []

    def text(self) -> str:
        """Return the text of a module with the loss ``f``."""
        r = self.r
        n, m = self.sizes = r.choice(SIZES)
        self.lines = []
        shapes = {"p": (n,), "q": (n,), "r": (m,), "A": (m, n), "B": (m, n), "S": (n, n)}
        names = ["p", *r.sample(["q", "r", "A", "B", "S", "t"], r.randint(1, 3)), "s", "n"]
        names += [one for one in ("D", "L", "m") if r.random() < 0.08]
        forms, self.forms = self.forms, self.forms[:7] + self.forms[8:]
        self.own_helper()
        self.forms = forms
        header = ", ".join("m: Weights" if name == "m" else name for name in names)
        self.lines += ["", "", f"def f({header}):"]
        self.fixed = {"n"}
        for name in names:
            self.given(name, shapes.get(name, ()))
        self.add(f"u = {r.choice(['p.copy()', 'np.tanh(p)', 'p * s', 'np.zeros(len(p))', 'p'])}")
        self.s.put(Thing("u", "array", (n,), root=True))
        self.some(2, r.choice([1, 2, 2, 3, 3, 4, 5, 8]))
        self.add(f"return {self.result(4)}")
        # Only the last lines know what the helper is called with.
        used = any("own(" in line for line in self.lines if not line.startswith("def"))
        if not used:
            start = self.lines.index("")
            del self.lines[: start + 2]
        return module(self.sizes, "\n".join(self.lines) + "\n")

    def given(self, name: str, shape: Shape) -> None:
        """Add a parameter to the names at hand."""
        put, (n, _) = self.s.put, self.sizes
        if name in ("D", "L"):
            put(Thing(name, "table" if name == "D" else "arrays", (n,), 2))
            for key in ('"a"', '"b"') if name == "D" else ("0", "-1"):
                put(Thing(f"{name}[{key}]", "array", (n,)))
                if self.r.random() < 0.95:  # the caller would see another array there
                    self.fixed.add(f"{name}[{key}]")
            self.fixed.add(name)
        elif name == "m":
            objects.put(self, name, (n,), "Weights")
        else:
            kind = "array" if shape else "int" if name == "n" else "number"
            put(Thing(name, kind, shape, 4 * (name == "n"), root=True))

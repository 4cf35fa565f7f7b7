"""Objects of classes of the program: made, aliased, changed by attributes and by methods.

The attributes of an object are names of the program like others: ``o1.w`` is an array, ``o1.s`` a
number.  So they are read, written, viewed and bound anew like all arrays and numbers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.fuzz.scope import Shape, Thing

if TYPE_CHECKING:
    from tests.fuzz.arrays import ArrayWriter

CLASSES = """
class Cell:
    rate = 0.5

    def __init__(self, w, s):
        self.w = w
        self.s = s

    def bump(self, c):
        self.w[0] += c
        self.s += self.rate * np.sum(self.w[-1])

    def damp(self, c=0.9):
        self.w *= c
        return self

    def trade(self, other):
        self.w, other.w = other.w, self.w

    def take(self, v, k=1.0):
        self.w = v
        self.s = self.s * k

    def rest(self):
        return self.w[1:]

    def twin(self):
        return Cell(self.w.copy(), self.s)

    def near(self, other):
        return other if self.s > other.s else self

    @property
    def size(self):
        return np.sum(self.w * self.w) * self.rate

    @staticmethod
    def mean(v):
        return np.mean(v)

    def __call__(self, x):
        return np.tanh(x * self.s) + np.sum(self.w[0])


class Leaky(Cell):
    def __init__(self, w, s, rate=0.3):
        super().__init__(w, s)
        self.rate = rate

    def bump(self, c):
        super().bump(c * 0.5)
        self.w[-1] = self.w[0] * self.s


@dataclass
class Weights:
    w: np.ndarray
    s: float = 0.5

    def fold(self, v):
        self.s = self.s * 0.5 + np.sum(v * self.w)
        return self.w


@dataclass(frozen=True)
class Fixed:
    w: np.ndarray
    s: float
"""


def put(w: ArrayWriter, name: str, shape: Shape, cls: str) -> None:
    """Add an object and its attributes to the names at hand."""
    w.s.put(Thing(name, f"object {cls}", shape))
    w.s.put(Thing(f"{name}.w", "array", shape))
    w.s.put(Thing(f"{name}.s", "number"))
    if cls == "Fixed":
        w.fixed |= {f"{name}.w", f"{name}.s"}


def known(w: ArrayWriter) -> list[Thing]:
    """Return the objects at hand."""
    return [t for t in w.s.things if t.kind.startswith("object ")]


def made(w: ArrayWriter) -> None:
    """Make an object, or another name of one."""
    s, r, t = w.s, w.r, w.array()
    name, have = s.new("o"), known(w)
    if have and r.random() < 0.3:
        old = r.choice(have)
        cls = old.kind.split()[1]
        if cls in ("Cell", "Leaky") and r.random() < 0.5:
            w.add(f"{name} = {old.name}.twin()")
            cls = "Cell"
        elif cls != "Fixed" and r.random() < 0.3:
            w.add(f"{name} = copy.copy({old.name})")
        else:
            w.add(f"{name} = {old.name}")
        put(w, name, old.shape, cls)
        return
    cls = s.pick("Cell", "Cell", "Leaky", "Weights", "Fixed")
    whole = s.pick(t.name, f"{t.name}.copy()", s.array(t.shape, 1) + " * 1.0")
    more = [f", {s.number(0)}"] if cls == "Leaky" else []
    more += [f", rate={s.number(0)}"] if cls == "Leaky" else []
    w.add(f"{name} = {cls}({whole}, {s.number()}{r.choice([*more, '', ''])})")
    put(w, name, t.shape, cls)


def used(w: ArrayWriter) -> None:
    """Call a method of an object, or read a property; make an object if there is none."""
    if not (have := known(w)):
        made(w)
        return
    s, r = w.s, w.r
    t = r.choice(have)
    name, cls = t.name, t.kind.split()[1]
    if cls == "Fixed":
        w.add(f"{(x := s.new('x'))} = np.sum({name}.w * {s.leaf(t.shape)}) * {name}.s")
        s.put(Thing(x, "number"))
        return
    new = s.new("x")
    if cls == "Weights":
        forms = [
            (f"{name}.fold({s.leaf(t.shape)})", ""),
            (f"{new} = {name}.fold({s.leaf(t.shape)})", "array"),
        ]
    else:
        forms = [
            (f"{name}.bump({s.number()})", ""),
            (f"{name}.damp({s.number(0)})", ""),
            (f"{name}.damp().bump({s.number(0)})", ""),
            (f"{new} = {name}.size", "number"),
            (f"{new} = {name}({s.number()})", "number"),
            (f"{new} = {name}.mean({s.leaf(t.shape)})", "number"),
            (f"{name}.take({s.array(t.shape, 1)})", ""),
            (f"{name}.take({w.array(t.shape).name}, k={s.number(0)})", ""),
            (f"{name}.take(v={name}.w * {s.number(0)})", ""),
        ]
        forms += [(f"{new} = {name}.rest()", "rest")] * (t.shape[0] > 1)
        others = [o for o in have if o.kind == t.kind and o.shape == t.shape and o is not t]
        if others:
            other = r.choice(others).name
            forms += [(f"{name}.trade({other})", "")] * 2
            forms += [(f"{name}, {other} = {other}, {name}", "")] * (name not in w.fixed)
            forms += [(f"{new} = {name}.near({other}).size", "number")]
            forms += [(f"for {new} in [{name}, {other}]:", "walk")]
    text, kind = r.choice(forms)
    w.add(text)
    if kind == "number":
        s.put(Thing(new, "number"))
    elif kind == "array":
        s.put(Thing(new, "array", t.shape))
    elif kind == "rest":
        s.put(Thing(new, "array", (t.shape[0] - 1, *t.shape[1:])))
    elif kind == "walk":
        w.turns(
            0,
            replace(t, name=new),
            Thing(f"{new}.w", "array", t.shape),
            Thing(f"{new}.s", "number"),
        )

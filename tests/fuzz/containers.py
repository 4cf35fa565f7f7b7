"""Lists, tuples and dicts of arrays: made, read, written through and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fuzz.scope import Thing
from tests.fuzz.targets import target, updated, value

if TYPE_CHECKING:
    from tests.fuzz.arrays import ArrayWriter


def made(w: ArrayWriter) -> None:
    """Make a container of arrays."""
    s, r, t = w.s, w.r, w.array()
    same = [o.name for o in s.all("array", t.shape) if o.writable]
    items = [r.choice(same) for _ in range(2)]
    if r.random() < 0.4:
        items = [f"{items[0]}.copy()", s.array(t.shape, 1) + " * 1.0"]
    k = r.random()
    if k < 0.35:
        w.add(f"{(name := s.new('ls'))} = [{', '.join(items)}]")
        s.put(Thing(name, "arrays", t.shape, 2))
    elif k < 0.6:
        w.add(f"{(name := s.new('pair'))} = ({', '.join(items)})")
        s.put(Thing(name, "pair", t.shape, 2))
    elif k < 0.8:
        w.add(f'{(name := s.new("d"))} = {{"a": {items[0]}, "b": {items[1]}}}')
        s.put(Thing(name, "table", t.shape))
    else:
        w.add(f"{(name := s.new('xs'))} = [{s.number()}, {s.number()}]")
        s.put(Thing(name, "numbers", (), 2))


def used(w: ArrayWriter) -> None:
    """Read or write through a container; make one if there is none."""
    kinds = [k for k in ("arrays", "pair", "table", "numbers") if w.s.all(k)]
    if not kinds:
        made(w)
        return
    t = w.s.some(w.r.choice(kinds))
    assert t is not None
    if t.kind == "numbers":
        _numbers(w, t)
        return
    key = f'"{w.s.pick("a", "b")}"' if t.kind == "table" else str(w.r.randint(-1, 1))
    item = f"{t.name}[{key}]"
    inner = Thing(item, "array", t.shape)
    k = w.r.random()
    if k < 0.3:
        place, shape = target(w.s, inner)
        w.add(f"{place} = {value(w.s, shape)}")
    elif k < 0.45:
        place, shape = target(w.s, inner)
        w.add(updated(w.s, place, shape))
    elif k < 0.65:
        w.add(f"{(name := w.s.new('u'))} = {item}")
        w.s.put(Thing(name, "array", t.shape))
    elif k < 0.75:
        _taken_apart(w, t)
    elif k < 0.85:
        w.add(f"{(name := w.s.new('x'))} = np.sum({item} * {w.s.leaf(t.shape)})")
        w.s.put(Thing(name, "number"))
    elif k < 0.93:
        _walked(w, t)
    else:
        _changed(w, t, item)


def _taken_apart(w: ArrayWriter, t: Thing) -> None:
    if t.kind == "table" or t.top != 2:
        return
    a, b = w.s.new("u"), w.s.new("u")
    w.add(f"{a}, {b} = {t.name}")
    w.s.put(Thing(a, "array", t.shape))
    w.s.put(Thing(b, "array", t.shape))


def _walked(w: ArrayWriter, t: Thing) -> None:
    """Loop over the arrays of a container."""
    name = w.s.new("row")
    over = f"{t.name}.values()" if t.kind == "table" else t.name
    w.add(f"for {name} in {over}:")
    w.turns(0, Thing(name, "array", t.shape))


def _changed(w: ArrayWriter, t: Thing, item: str) -> None:
    """Change what a container holds."""
    if t.kind == "pair" or w.loops or w.depth:
        return
    new = w.s.pick(f"{w.s.leaf(t.shape)}.copy()", w.s.array(t.shape, 1), w.array(t.shape).name)
    if t.kind == "arrays" and w.r.random() < 0.6:
        w.add(f"{t.name}.append({new})")
        w.s.put(Thing(t.name, "arrays", t.shape, t.top + 1))
    else:
        w.add(f"{item} = {new}")


def _numbers(w: ArrayWriter, t: Thing) -> None:
    """Work on a list of numbers."""
    k = w.r.random()
    if k < 0.3 and not w.depth:
        w.add(f"{t.name}.append({w.s.number()})")
        w.s.put(Thing(t.name, "numbers", (), t.top + 1))
    elif k < 0.5:
        w.add(f"{t.name}[{w.r.randint(-1, 1)}] = {w.s.number()}")
    elif k < 0.6:
        w.add(f"{t.name}[{w.r.randint(-1, 1)}] {w.s.pick('+=', '*=')} {w.s.number(0)}")
    elif k < 0.8:
        w.add(f"{(name := w.s.new('u'))} = np.array({t.name})")
        w.s.put(Thing(name, "array", (t.top,)))
    else:
        w.add(f"{(name := w.s.new('x'))} = {w.s.pick('sum', 'max')}({t.name})")
        w.s.put(Thing(name, "number"))

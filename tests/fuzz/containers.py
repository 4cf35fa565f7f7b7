"""Lists, tuples and dicts of arrays and of numbers: made, read, written through and changed.

Containers that grow in a loop have an unknown length: ``top`` is 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.fuzz import lists
from tests.fuzz.scope import Thing
from tests.fuzz.targets import target, updated, value

if TYPE_CHECKING:
    from tests.fuzz.arrays import ArrayWriter

KINDS = ("arrays", "pair", "table", "numbers", "sums")


def made(w: ArrayWriter) -> None:
    """Make a container."""
    s, r, t = w.s, w.r, w.array()
    same = [o.name for o in s.all("array", t.shape) if o.writable]
    items = [r.choice(same) for _ in range(2)]
    if r.random() < 0.4:
        items = [f"{items[0]}.copy()", s.array(t.shape, 1) + " * 1.0"]
    name, k = s.new("c"), r.random()
    if k < 0.3:
        w.add(f"{name} = [{', '.join(items)}]")
        s.put(Thing(name, "arrays", t.shape, 2))
    elif k < 0.5:
        w.add(f"{name} = ({', '.join(items)})")
        s.put(Thing(name, "pair", t.shape, 2))
    elif k < 0.7:
        w.add(f'{name} = {{"a": {items[0]}, "b": {items[1]}}}')
        s.put(Thing(name, "table", t.shape, 2))
    elif k < 0.85:
        w.add(f"{name} = [{s.number()}, {s.number()}]")
        s.put(Thing(name, "numbers", (), 2))
    elif k < 0.92:
        w.add(f'{name} = {{"a": {s.number()}, "b": {s.number(0)}}}')
        s.put(Thing(name, "sums", (), 2))
    else:
        _grown(w, name)


def _grown(w: ArrayWriter, name: str) -> None:
    """Fill a list in a loop."""
    s, t, i = w.s, w.array(), w.s.new("i")
    w.add(f"{name} = []")
    w.add(f"for {i} in range({t.shape[0]}):")
    before = list(s.things)
    s.put(Thing(i, "int", (), t.shape[0]))
    w.depth += 1
    w.add(f"{name}.append({s.number(2)})")
    w.depth -= 1
    s.things = before
    s.put(Thing(name, "numbers", (), t.shape[0]))


def used(w: ArrayWriter) -> None:
    """Read or write through a container; make one if there is none."""
    kinds = [k for k in KINDS if w.s.all(k)]
    if not kinds:
        made(w)
        return
    t = w.s.some(w.r.choice(kinds))
    assert t is not None
    k = w.r.random()
    if k < 0.08 and t.kind != "pair":
        lists.renamed(w, t)
        return
    if t.kind in ("numbers", "sums"):
        if k < 0.2:
            lists.swept(w, t)
            return
        if k < 0.35 and t.kind == "numbers":
            lists.changed(w, t)
            return
        (_numbers if t.kind == "numbers" else _sums)(w, t)
        return
    item = f"{t.name}[{_key(w, t)}]"
    inner = Thing(item, "array", t.shape)
    k = w.r.random()
    if k < 0.25:
        place, shape = target(w.s, inner)
        w.add(f"{place} = {w.s.copied(place, value(w.s, shape))}")
    elif k < 0.4:
        place, shape = target(w.s, inner)
        w.add(updated(w.s, place, shape))
    elif k < 0.55:
        w.add(f"{(name := w.s.new('u'))} = {item}")
        w.s.put(Thing(name, "array", t.shape))
    elif k < 0.62:
        _taken_apart(w, t)
    elif k < 0.70:
        w.add(f"{(name := w.s.new('x'))} = np.sum({item} * {w.s.leaf(t.shape)})")
        w.s.put(Thing(name, "number"))
    elif k < 0.78:
        _walked(w, t)
    else:
        _changed(w, t, item)


def _key(w: ArrayWriter, t: Thing) -> str:
    return f'"{w.s.pick("a", "b")}"' if t.kind in ("table", "sums") else str(w.r.randint(-1, 0))


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
    head = f"for {name} in {t.name}:"
    if t.kind == "table":
        head = w.s.pick(f"for {name} in {t.name}.values():", f"for _, {name} in {t.name}.items():")
    elif w.r.random() < 0.3:
        head = f"for _, {name} in enumerate({t.name}):"
    w.add(head)
    w.turns(0, Thing(name, "array", t.shape))


def _changed(w: ArrayWriter, t: Thing, item: str) -> None:
    """Change what a container holds."""
    if t.kind == "pair" or (t.name in ("D", "L") and w.r.random() < 0.95):
        return
    s, name = w.s, t.name
    new = s.pick(f"{s.leaf(t.shape)}.copy()", s.array(t.shape, 1) + " * 1.0", w.array(t.shape).name)
    forms: list[tuple[str, int]] = [(f"{item} = {new}", 0)]
    if t.kind == "arrays":
        forms += [(f"{name}.append({new})", 1), (f"{name} += [{new}]", 1),
                  (f"{name}.insert(0, {new})", 1), (f"{name}.extend([{new}])", 1),
                  (f"{name}[0], {name}[-1] = {name}[-1], {name}[0]", 0),
                  (f"{name} = [{s.new('a')} * 0.5 for a{s.count} in {name}]", 0),
                  (f"{name} = {name}[::-1]", 0), (f"{name}.reverse()", 0)]  # fmt: skip
        if t.top > 2:
            forms += [(f"{name}.pop()", -1), (f"{s.new('u')} = {name}.pop()", -1)]
    else:
        forms += [(f'{name}["c"] = {new}', 0), (f'{name}.update({{"b": {new}}})', 0),
                  (f"{name} = dict({name})", 0)]  # fmt: skip
    text, more = w.r.choice(forms)
    if more and (s.loops or w.depth):
        text, more = forms[0]
    w.add(text)
    s.put(Thing(name, t.kind, t.shape, t.top + more))
    if "= " in text and ".pop()" in text:
        s.put(Thing(text.split(" ")[0], "array", t.shape))


def _numbers(w: ArrayWriter, t: Thing) -> None:
    """Work on a list of numbers."""
    s, name, at = w.s, t.name, w.r.randint(-1, 0)
    number = s.number()
    known: list[Callable[[], None]] = [lambda: _new_array(w, t)] if t.top else []

    def grow(text: str, top: int) -> Callable[[], None]:
        def write() -> None:
            w.add(text)
            # In a loop or an arm it is not known how often it grows.
            s.put(Thing(name, "numbers", (), 0 if w.depth or not t.top else top))
            if w.depth:
                w.grown.add(name)

        return write

    def new(text: str) -> Callable[[], None]:
        def write() -> None:
            w.add(f"{(made := s.new('x'))} = {text}")
            s.put(Thing(made, "number"))

        return write

    w.r.choice([
        grow(f"{name}.append({number})", t.top + 1), grow(f"{name}.append({number})", t.top + 1),
        lambda: w.add(f"{name}[{at}] = {number}"),
        lambda: w.add(f"{name}[{at}] {s.pick('+=', '*=')} {number}"),
        new(f"sum({name})"), new(f"max({name})"), new(f"{name}[{at}]"),
        new(f"np.sum(np.array({name}))"), new(f"sum([z * z for z in {name}])"),
        *known,
    ])()  # fmt: skip


def _new_array(w: ArrayWriter, t: Thing) -> None:
    w.add(f"{(name := w.s.new('u'))} = np.array({t.name})")
    w.s.put(Thing(name, "array", (t.top,)))


def _sums(w: ArrayWriter, t: Thing) -> None:
    """Work on a dict of numbers."""
    s, item = w.s, f"{t.name}[{_key(w, t)}]"
    k = w.r.random()
    if k < 0.3:
        w.add(s.pick(
            f"{item} = {s.number()}", f"{item} = {s.number()}", f'{t.name}["c"] = {s.number()}',
            f"{t.name}.update(a={s.number()})", f'{t.name}.pop("c", {s.number(0)})',
            f'{t.name}.setdefault("c", {s.number(0)})',
        ))  # fmt: skip
    elif k < 0.65:
        w.add(f"{item} {s.pick('+=', '-=', '*=')} {s.number()}")
    else:
        text = s.pick(item, f"sum({t.name}.values())", f'{t.name}.get("a", 0.0)')
        w.add(f"{(name := s.new('x'))} = {text}")
        s.put(Thing(name, "number"))

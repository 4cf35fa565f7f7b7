"""Functions inside the function: they read, write and bind anew what is around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fuzz.scope import Thing

if TYPE_CHECKING:
    from tests.fuzz.arrays import ArrayWriter


def made(w: ArrayWriter) -> None:
    """Write a function that works on the names at hand."""
    s, r = w.s, w.r
    if w.closed:
        return
    name = s.new("fn")
    things, fixed, loops = list(s.things), set(w.fixed), s.loops
    w.add(f"def {name}(c{'=0.5' if r.random() < 0.3 else ''}):")
    bare = [t.name for t in things if t.name.isidentifier()]
    free = [n for n in bare if n not in w.fixed]
    bound = r.sample(free, min(len(free), r.choice([0, 0, 1, 2])))
    w.fixed |= set(bare) - set(bound)
    s.things = [t for t in things if t.kind in ("array", "number", "int")]
    s.put(Thing("c", "number"))
    w.depth, s.loops, w.closed = w.depth + 1, 0, True
    if bound:
        w.add("nonlocal " + ", ".join(bound))
    w.some(1, r.randint(1, 2))
    arrays = [t for t in s.all("array") if t.writable]
    back = r.choice(arrays) if arrays and r.random() < 0.5 else None
    w.add(f"return {s.number() if back is None else back.name}")
    w.depth, s.loops, w.closed = w.depth - 1, loops, False
    s.things, w.fixed = things, fixed
    s.put(Thing(name, "closure", () if back is None else back.shape))


def used(w: ArrayWriter) -> None:
    """Call such a function; write one if there is none."""
    s = w.s
    t = s.some("closure")
    if t is None or w.closed:
        made(w)
        return
    if w.r.random() < 0.4:
        w.add(f"{t.name}({s.number()})")
        return
    w.add(f"{(new := s.new('x'))} = {t.name}({s.number()})")
    s.put(Thing(new, "array" if t.shape else "number", t.shape))


def mapped(w: ArrayWriter) -> None:
    """Apply a function to the items of a list or the entries of an array."""
    s, t = w.s, w.array()
    if len(t.shape) != 1:
        return
    new, n = s.new("u"), t.shape[0]
    own = s.pick(f"lambda c: c * {s.number(0)}", f"lambda c, k={s.number(0)}: np.tanh(c) + k")
    w.add(s.pick(
        f"{new} = np.array([{s.number(0)} * c for c in {t.name}])",
        f"{new} = np.array(list(map({own}, {t.name})))",
        f"{new} = np.array([{t.name}[k] * {t.name}[-k] for k in range({n})])",
        f"{new} = np.array(sorted({t.name}))",
        f"{new} = np.array([c if c > {s.number(0)} else {s.number(0)} for c in {t.name}])",
        f"{new} = np.array([c + k for k, c in enumerate({t.name})])",
        f"{new} = np.array([{t.name}[: k + 1].sum() for k in range({n})])",
    ))  # fmt: skip
    s.put(Thing(new, "array", (n,), root=True))

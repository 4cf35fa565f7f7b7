"""Lists and dicts of numbers and of lists, and lists of arrays that a loop fills."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.fuzz.scope import Thing

if TYPE_CHECKING:
    from tests.fuzz.arrays import ArrayWriter


def unsure(w: ArrayWriter, t: Thing) -> Thing:
    """Forget how long a list is."""
    w.grown.add(t.name)
    return w.s.put(replace(t, top=0))


def renamed(w: ArrayWriter, t: Thing) -> None:
    """Give a list or dict another name, or copy it."""
    s, name = w.s, w.s.new("c")
    if t.kind in ("table", "sums"):
        copies = [f"dict({t.name})", f"{t.name}.copy()", f'{{**{t.name}, "a": {t.name}["b"]}}']
    else:
        copies = [f"list({t.name})", f"{t.name}[:]", f"{t.name}.copy()", f"[*{t.name}]"]
    if w.r.random() < 0.5:
        w.add(f"{name} = {w.r.choice(copies)}")
        s.put(replace(t, name=name))
        return
    w.add(f"{name} = {t.name}")
    s.put(replace(unsure(w, t), name=name))


def changed(w: ArrayWriter, t: Thing) -> None:
    """Change a list of numbers in one of the rarer ways."""
    s, r, name, n = w.s, w.r, t.name, w.s.number()
    forms = [
        f"{name}.insert({r.randint(0, 1)}, {n})", f"{name}.extend([{n}, {s.number(0)}])",
        f"{name} += [{n}]", f"{name}[0:1] = [{n}, {s.number(0)}]", f"{name}.sort()",
        f"{name}.reverse()", f"{name}[0], {name}[-1] = {name}[-1], {name}[0]",
        f"{name}[-2:] = [{n}, {s.number(0)}]", f"{name}[1] *= {n}",
    ]  # fmt: skip
    if name not in w.fixed:
        forms += [f"{name} = {name} + [{n}]", f"{name} = sorted({name})", f"{name} = {name}[::-1]",
                  f"{name} = [c * {s.number(0)} for c in {name}]"]  # fmt: skip
    text, x = r.choice(forms), s.new("x")
    if t.top > 2 and w.depth == 0 and r.random() < 0.6:
        text = s.pick(f"{x} = {name}.pop()", f"{x} = {name}.pop(0)", f"del {name}[0]",
                      f"{x} = {name}.pop(1)", f"{name}.pop()")  # fmt: skip
        w.add(text)
        s.put(replace(t, top=t.top - 1))
        if text.startswith(x):
            s.put(Thing(x, "number"))
        return
    w.add(text)
    unsure(w, t)


def swept(w: ArrayWriter, t: Thing) -> None:
    """Change all items of a list or dict in a loop, or take items until few are left."""
    s, name, i, x = w.s, t.name, w.s.new("i"), w.s.new("x")
    pad = "    " * (w.depth + 2)
    if t.kind == "sums":
        w.add(s.pick(f"for {i} in {name}:", f'for {i} in ("a", "b"):', f"for {i} in list({name}):"))
        w.lines.append(f"{pad}{name}[{i}] {s.pick('*=', '+=', '=')} {s.number()}")
        return
    k = w.r.random()
    if k < 0.5:
        w.add(f"for {i} in range(len({name})):")
        w.lines.append(pad + s.pick(
            f"{name}[{i}] {s.pick('*=', '+=')} {s.number()}",
            f"{name}[{i}] = {name}[{i} - 1] * {s.number(0)}", f"{name}[{i}] = {name}[-1 - {i}]",
        ))  # fmt: skip
        return
    w.add(f"{x} = {s.number(0)}")
    w.add(f"while len({name}) > 2:")
    w.lines.append(f"{pad}{x} = np.tanh({x} + {name}.pop())")
    unsure(w, t)
    s.put(Thing(x, "number"))


def nest(w: ArrayWriter) -> None:
    """Make, change or read a list or dict of lists."""
    s, r, t = w.s, w.r, w.s.some("nest")
    if t is None or r.random() < 0.25:
        name, keyed = s.new("g"), r.random() < 0.5
        a, b = f"[{s.number()}, {s.number(0)}]", f"[{s.number(0)}]"
        w.add(f"{name} = " + (f'{{"a": {a}, "b": {b}}}' if keyed else f"[{a}, {b}]"))
        s.put(Thing(name, "nest", top=int(keyed)))
        return
    key = s.pick('"a"', '"b"') if t.top else s.pick("0", "1", "-1")
    one, x = f"{t.name}[{key}]", s.new("x")
    if r.random() < 0.4:
        w.add(
            f"{x} = "
            + s.pick(f"sum({one})", f"{one}[0]", f"{one}[-1]", f"max({one})", f"np.mean({one})")
        )
        s.put(Thing(x, "number"))
        return
    w.add(s.pick(
        f"{one}.append({s.number()})", f"{one}[0] {s.pick('=', '+=', '*=')} {s.number()}",
        f"{one} = [{s.number()}]", f"{one} += [{s.number(0)}]", f"{one}[-1] = {s.number()}",
        f"{one} = {one} + [{s.number(0)}]",
    ))  # fmt: skip


def history(w: ArrayWriter, depth: int) -> None:
    """Fill a list with arrays in a loop, and use it."""
    s, r, t = w.s, w.r, w.array()
    name, i, n = s.new("h"), s.new("i"), r.randint(2, 3)
    start = s.pick("[]", f"[{t.name}.copy()]")
    w.add(f"{name} = {start}")
    w.add(f"for {i} in range({n}):")
    before, fixed = list(s.things), set(w.fixed)
    s.put(Thing(i, "int", (), n))
    w.fixed |= {i, t.name, name}
    s.loops, w.depth = s.loops + 1, w.depth + 1
    w.some(depth, r.randint(0, 2))
    item = s.pick(f"{t.name}.copy()", f"{t.name} * {s.number(0)}", f"np.tanh({t.name})")
    if r.random() < 0.04:  # refused if the array is written afterwards
        item = t.name
    if start != "[]" and r.random() < 0.5:
        item = f"{name}[-1] * {s.number(0)}"
    w.add(f"{name}.append({item})")
    s.loops, w.depth = s.loops - 1, w.depth - 1
    s.things, w.fixed = [w.unsized(one) for one in before], fixed
    leaves = any("break" in line or "continue" in line for line in w.lines[-8:])
    s.put(Thing(name, "arrays", t.shape))
    if leaves:
        s.things.pop()
        return
    x = s.new("u")
    w.add(f"{x} = " + s.pick(
        f"sum({name})", f"{name}[-1]", f"{name}[0] * {s.number(0)}", f"np.sum({name}, axis=0)",
        f"np.stack({name})[-1]", f"np.array({name}).mean(axis=0)",
        f"{name}[-1] - {name}[0]",
    ))  # fmt: skip
    unsure = ".mean(" in w.lines[-1] or "np.sum(" in w.lines[-1]  # no array for an empty list
    s.put(Thing(x, "array", t.shape, writable=not unsure))

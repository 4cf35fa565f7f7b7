"""Arrays of no axis, of single precision, and buffers that take turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fuzz.scope import Thing
from tests.fuzz.targets import looked, value

if TYPE_CHECKING:
    from tests.fuzz.arrays import ArrayWriter


def dot(w: ArrayWriter) -> None:
    """Make, change or read an array without axes."""
    s, r, have = w.s, w.r, w.s.some("dot")
    if have is None or r.random() < 0.3:
        t, name = w.array(), s.new("z")
        at = ", ".join(s.index(dim) for dim in t.shape)
        w.add(s.pick(
            f"{name} = np.array({s.number()})", f"{name} = np.zeros(())",
            f"{name} = {t.name}[{at}, ...]", f"{name} = np.asarray({s.number()})",
            f"{name} = np.sum({t.name}, keepdims=True).reshape(())",
        ))  # fmt: skip
        s.put(Thing(name, "dot"))
        return
    name = have.name
    forms = [
        f"{name}[...] = {s.number()}", f"{name}[()] += {s.number()}", f"{name} += {s.number(0)}",
        f"{name} *= {s.number(0)}", f"{name}.fill({s.number(0)})",
        f"np.add({name}, {s.number(0)}, out={name})", f"np.tanh({name}, out={name})",
    ]  # fmt: skip
    if name in w.fixed:
        forms = [form for form in forms if "= " not in form or "] " in form or "out=" in form]
    if r.random() < 0.55:
        w.add(r.choice(forms))
        return
    new = s.new("x")
    w.add(
        f"{new} = "
        + s.pick(
            f"{name} * {s.number(0)}",
            f"{name}[()]",
            f"np.sin({name}) + 0.5",
            f"{name}.copy() * 1.0",
        )
    )
    s.put(Thing(new, "number"))


def single(w: ArrayWriter) -> None:
    """Make an array of single precision."""
    s, t = w.s, w.array()
    name = s.new("u")
    w.add(f"{name} = " + s.pick(
        f"{t.name}.astype(np.float32)", f"np.array({s.leaf(t.shape)}, dtype=np.float32)",
        f"np.zeros({t.shape}, dtype=np.float32)",
        f"np.full({t.shape}, {s.number(0)}, dtype=np.float32)",
    ))  # fmt: skip
    s.put(Thing(name, "array", t.shape, root=True))


def turns(w: ArrayWriter, depth: int) -> None:
    """Let two buffers take turns in a loop."""
    s, r = w.s, w.r
    t = w.array()
    a, b, i = s.new("a"), s.new("b"), s.new("i")
    w.add(f"{a} = " + s.pick(f"{t.name}.copy()", f"np.tanh({s.array(t.shape, 1)})"))
    w.add(f"{b} = " + s.pick(f"np.zeros_like({t.name})", f"{t.name} * 1.0", f"np.empty_like({a})"))
    if "empty" in w.lines[-1]:
        w.add(f"{b}[:] = {value(s, t.shape)}")
    for name in (a, b):
        s.put(Thing(name, "array", t.shape, root=True))
    w.add(f"for {i} in range({r.randint(1, 3)}):")
    before, fixed = list(s.things), set(w.fixed)
    s.put(Thing(i, "int", (), 3))
    w.fixed |= {i, a, b}
    s.loops += 1
    w.depth += 1
    n = t.shape[0]
    if len(t.shape) == 1 and n > 2:
        w.add(f"{b}[1:-1] = {a}[1:-1] + {s.number(0)} * ({a}[2:] - {a}[:-2])")
        w.add(f"{b}[0], {b}[-1] = {a}[0], {s.number(0)}")
    else:
        w.add(f"{b}[{s.pick(':', '...')}] = {s.pick('np.tanh', 'np.sin')}({a}) * {s.number(0)}")
    w.some(depth, r.randint(0, 2))
    if r.random() < 0.25:
        w.add(f"if {s.test()}:")
        w.lines.append("    " * (w.depth + 2) + f"{a}, {b} = {b}, {a}")
    else:
        w.add(f"{a}, {b} = {b}, {a}")
    w.depth -= 1
    s.loops -= 1
    s.things, w.fixed = [w.unsized(one) for one in before], fixed


def kept(w: ArrayWriter) -> None:
    """Take a view, write into its array, and read the view; or the other way round."""
    s, t = w.s, w.array()
    text, shape, writable = looked(s, t)
    v, x = s.new("v"), s.new("x")
    w.add(f"{v} = {text}")
    place, value_ = t.name, s.number()
    if writable and w.r.random() < 0.4:
        place = v
    at = s.index((shape if place == v else t.shape)[0])
    w.add(f"{place}[{at}] {s.pick('=', '+=', '*=')} {value_}")
    other = t.name if place == v else v
    w.add(f"{x} = np.sum({other} * {other})")
    s.put(Thing(x, "number"))
    s.put(Thing(v, "array", shape, writable=writable))

"""Statements that catch exceptions, and other contexts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.arrays import ArrayWriter


def attempt(w: ArrayWriter, depth: int) -> None:
    """Try a block in which an exception may be raised."""
    s, r = w.s, w.r
    w.add("try:")
    before = list(s.things)
    w.depth += 1
    if writes := r.random() < 0.04:  # most writes in here are refused
        w.some(depth, r.randint(0, 2))
    text, kind = risk(w)
    w.add(text)
    if writes:
        w.some(0, r.randint(0, 2))
    elif r.random() < 0.5:
        w.number()
    w.depth -= 1
    s.things = [w.unsized(t) for t in before]
    w.add(s.pick(
        f"except {kind}:", f"except {kind}:", f"except (TypeError, {kind}):",
        "except Exception:", f"except {kind} as error:",
    ))  # fmt: skip
    w.block(depth, 1, 2)
    k = r.random()
    if k < 0.15:
        w.add("else:")
        w.block(0, 1, 1)
    if 0.1 < k < 0.25:
        w.add("finally:")
        w.depth += 1
        if (known := s.some("number")) and r.random() < 0.2:
            w.add(f"{known.name} = {known.name} * 0.5")
        w.add("print('done')")
        w.depth -= 1
        s.things = before


def risk(w: ArrayWriter) -> tuple[str, str]:
    """Return a statement that may raise, and the exception."""
    s, test = w.s, w.s.test()
    x = s.new("y")
    flat = s.some("array")
    name, size = (flat.name, flat.shape[0]) if flat is not None else ("[0.5]", 1)
    return w.r.choice([
        (f"if {test}:\n{'    ' * (w.depth + 2)}raise ValueError('no')", "ValueError"),
        (f"{x} = {s.number(0)} / (0 if {test} else 2)", "ZeroDivisionError"),
        (f"{x} = {name}[{size} if {test} else 0]", "IndexError"),
        (f'{x} = {{"a": {s.number(0)}}}["b" if {test} else "a"]', "KeyError"),
        (f"{x} = math.sqrt({s.number(0)})", "ValueError"),
        (f"assert {test}, 'no'", "AssertionError"),
        (f"{x} = [{s.number(0)}][1 if {test} else 0]", "LookupError"),
    ])  # fmt: skip


def within(w: ArrayWriter, depth: int) -> None:
    """Work in a context."""
    w.add("with np.errstate(all='ignore'):")
    w.block(depth)

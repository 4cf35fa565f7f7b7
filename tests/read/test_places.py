"""What is known of memory that only places hold together which nothing names any more."""

from __future__ import annotations

from srcgrad.program.nodes import Var
from srcgrad.read.places import Place, let_go


def test_what_dead_places_tie_together_stays_tied() -> None:
    outer, item, inner = (Place(Var(name)) for name in ("outer", "item", "inner"))
    outer.sort, item.sort, inner.sort = "container", "array", "array"
    outer.hold(inner)
    inner.entangle(item)
    assert outer.inside() == {inner, item}
    let_go([outer, item])
    assert outer.inside() == {item}
    assert item.seen_by() == {outer}


def test_dead_places_are_looked_through_to_others() -> None:
    outer, middle, item = (Place(Var(name)) for name in ("outer", "middle", "item"))
    outer.sort, middle.sort, item.sort = "container", "container", "array"
    outer.hold(middle)
    middle.hold(item)
    let_go([outer, item])
    assert outer.held == {item}
    assert item.seen_by() == {outer}

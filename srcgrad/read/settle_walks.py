"""How the turns of a loop begin: along an array that is written, by index.

for row in A:                 for i in range(len(A)):
    row *= 2           ->         row = A[i]; row *= 2
"""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from srcgrad.facts.effects import is_write, writing
from srcgrad.facts.kinds import Arr, DictOf, ListOf, Map, Other, Py, Seq, Unknown
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, Const, For, Let, Var, While
from srcgrad.program.walk import uses
from srcgrad.read import boxes
from srcgrad.read.arrays import is_array
from srcgrad.read.places import Place, State
from srcgrad.read.settle_plans import Plan
from srcgrad.read.settle_views import view

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


def walked(s: Settler, stmt: For | While, outer: dict[Place, None]) -> tuple[Any, Any]:
    """Return what a loop runs over, and how its turns begin.

    An array that is written while a loop walks along it is walked along by index.
    """
    if isinstance(stmt, While):
        return None, None
    source = _iterator(s, stmt)
    walked: tuple[Atom, ...] = (stmt.over,)
    if source is not None:
        walked = source.args if source.fn is zip else source.args[:1]
    hot = [a for a in walked if isinstance(a, Var) and s.tracked(a) and s.base(a) in s.refs]
    if any(boxes.tail_of(s, a) for a in hot) and not _writes_tracked(s, stmt.body):
        hot = []
    if not hot or not all(_is_indexed(s, atom) for atom in walked):
        return (stmt.each, s.read(stmt.over, stmt.origin)), lambda s: _each(s, stmt)
    if source is not None and source.fn in _ENTRIES or _is_table(s, walked[0]):
        return _along_table(s, stmt, walked[0], source)
    each = Var("i")
    s.types[each] = Py(int)
    sizes = [s.b.let(len, s.current(a)) for a in walked if isinstance(a, Var)]
    size = sizes[0] if len(sizes) == 1 else s.b.let(min, *sizes)
    steps = s.b.let(range, size)
    if source is not None and source.fn is reversed:
        steps = s.b.let(reversed, steps)
    return (each, steps), lambda s: _rows(s, stmt, each, walked, source)


def _iterator(s: Settler, stmt: For) -> Let | None:
    """Return the call of zip, enumerate or reversed that a loop, and nothing else, runs over."""
    source = s.defined.get(stmt.over) if isinstance(stmt.over, Var) else None
    if source is None or source.kwargs:
        return None
    if source.fn in _ENTRIES and len(source.args) == 1:
        table = boxes.is_box(s, source.args[0]) and _writes_tracked(s, stmt.body)
        return source if table else None
    if source.fn not in (zip, enumerate, reversed):
        return None
    assert isinstance(stmt.over, Var)
    return source if s.uses[stmt.over] == 1 else None


_ENTRIES = (ops.method("keys"), ops.method("values"), ops.method("items"))


def _writes_tracked(s: Settler, block: Block) -> bool:
    """Tell whether a block writes into memory that is followed."""
    return any(
        s.tracked(on) and (is_write(stmt) or is_array(s.types.get(on)))
        for stmt, on in writing(block)
    )


def _is_table(s: Settler, atom: Atom) -> bool:
    return isinstance(atom, Var) and isinstance(s.types.get(atom), (Map, DictOf))


def _along_table(s: Settler, stmt: For, table: Atom, source: Let | None) -> tuple[Any, Any]:
    """Walk along a dict by its keys: the entries are looked up, and may be written."""
    assert isinstance(table, Var)
    if source is None or source.fn is ops.method("keys"):
        return (stmt.each, s.read(stmt.over, stmt.origin)), lambda s: None
    each = Var("key")
    kind = s.types.get(table)
    s.types[each] = kind.key if isinstance(kind, DictOf) else Unknown()
    keys = s.b.let(list, s.read(table, stmt.origin))

    def begin(s: Settler) -> None:
        pair = source.fn is ops.method("items")
        row = Var("") if pair else stmt.each
        _boxed_row(s, row, table, each, stmt)
        if pair:
            s.tracks[stmt.each] = True
            s.pack(stmt.each, Let((stmt.each,), ops.make_tuple, (each, row), (), stmt.origin))
            s.state.views.pop(stmt.each, None)

    return (each, keys), begin


def _boxed_row(s: Settler, row: Var, whole: Var, index: Atom, stmt: For) -> None:
    """Begin a turn with an item of a container that alone holds its arrays."""
    let = Let((row,), operator.getitem, (whole, index), (), stmt.origin)
    s.b.add(replace(let, args=(s.read(whole, stmt.origin), index)))
    found = boxes.item_kind(s, whole, index)
    if found is not None and row not in s.types:
        s.types[row] = found
    kind = s.types.get(row)
    s.tracks[row] = isinstance(kind, Arr) and not kind.scalar
    if s.tracks[row]:
        view(s, row, whole, let)


def _is_indexed(s: Settler, atom: Atom) -> bool:
    """Tell whether something can be walked along by index."""
    if boxes.tail_of(s, atom) is not None:
        return True
    kind = s.types.get(atom) if isinstance(atom, Var) else None
    if isinstance(kind, (Seq, ListOf)):
        return kind.cls in (list, tuple) and not s.tracked(atom)
    return isinstance(kind, Arr) or kind == Other(range)


def check_walk(s: Settler, stmt: For, plan: Plan, start: State, end: State) -> None:
    """Refuse a loop that walks along numbers of an array while it is written."""
    if s.tracked(stmt.each) or not isinstance(stmt.over, Var):
        return
    kind = s.types.get(stmt.over)
    if isinstance(kind, (Seq, ListOf, Map)) and kind.cls in (list, tuple, dict):
        return
    for place in s.places(stmt.over):
        if place.root in plan.written or (place in end.stale and place not in start.stale):
            s.state.stale.setdefault(place, end.stale.get(place, stmt.origin))
            s.refuse_stale(stmt.over, place, stmt.origin)


def _rows(s: Settler, stmt: For, each: Var, walked: tuple[Atom, ...], source: Let | None) -> None:
    """Begin a turn with the rows at an index."""
    counts = uses(stmt.body)
    rows: list[Atom] = []
    for atom in walked:
        assert isinstance(atom, Var)
        row = stmt.each if source is None or source.fn is reversed else Var("")
        if row is stmt.each and row not in counts:
            return
        if (tail := boxes.tail_of(s, atom)) is not None:
            whole, first = tail
            at = s.b.let(operator.add, each, Const(first)) if first else each
            _boxed_row(s, row, whole, at, stmt)
            rows.append(row)
            continue
        let = Let((row,), operator.getitem, (atom, each), (), stmt.origin)
        s.b.add(replace(let, args=(s.read(atom, stmt.origin), each)))
        kind = s.types.get(atom)
        if s.tracked(atom) and isinstance(kind, Arr):
            s.tracks[row] = len(kind.dims) > 1
            if s.tracks[row]:
                view(s, row, atom, let)
        rows.append(row)
    if source is None or source.fn is reversed:
        return
    if source.fn is enumerate:
        start = source.args[1] if len(source.args) > 1 else None
        count = each if start is None else s.b.let(operator.add, each, start)
        rows.insert(0, count)
    pack = Let((stmt.each,), ops.make_tuple, tuple(rows), (), stmt.origin)
    s.tracks[stmt.each] = True
    s.pack(stmt.each, pack)
    s.state.views.pop(stmt.each, None)


def _each(s: Settler, stmt: For) -> None:
    """Begin a turn with an item of something that is not followed entry by entry."""
    if not s.tracked(stmt.each):
        return
    over = stmt.over
    sources = s.places(over)
    opaque = not sources or any(place.opaque or place.foreign for place in sources)
    made = s.root(stmt.each, opaque=opaque)
    for place in sources:
        made.come_from(place)
        if place in s.state.stale:
            s.state.stale[made] = s.state.stale[place]

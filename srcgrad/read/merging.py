"""Make the ends of a tree agree: a column of atoms for each value that differs between them.

if c: y = a           the ends have y = a and y = b
else: y = b     ->    one column [a, b], which becomes a target of the If
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from srcgrad.program.nodes import (
    UNDEFINED,
    Atom,
    Const,
    Var,
)
from srcgrad.read.trees import (
    Fork,
    Leaf,
    Tree,
    below,
    since,
)
from srcgrad.read.values import (
    Bound,
    Choice,
    Fields,
    Mapped,
    Pack,
    Partial,
    Slot,
    State,
    Thing,
    Value,
    fields_of,
    holds_function,
    is_stale,
    same_value,
)

if TYPE_CHECKING:
    from srcgrad.read.lifter import Lifter

Plan = Callable[[list[Atom]], Value]

_ABSENT = Const(UNDEFINED)


class Merger:
    """Finds the columns of atoms by which the ends of a tree can agree on values.

    What is bound in a piece below the first (for a loop: in any) is not known behind the tree.
    """

    def __init__(self, lifter: Lifter, tree: Tree, inside: set[Var] | None = None) -> None:
        self.lifter = lifter
        self.tree = tree
        self.columns: dict[Tree, list[Atom]] = {}
        self.hints: list[str] = []
        self.inside = below(tree) if inside is None else inside
        self.born = since(tree)
        self.fields: State = {}
        self.met: dict[tuple[Any, ...], tuple[Fields, list[tuple[str, Plan]]]] = {}
        self.parts: dict[Fields, set[Fields]] = {}

    def merge_all(
        self, pieces: list[Tree], values: list[list[Value]], hints: Sequence[str]
    ) -> Callable[[list[Atom]], list[Value]]:
        """Plan several values; the result makes them of the atoms that the columns turn into."""
        for piece in pieces:
            if piece not in self.columns:
                self.columns[piece] = [Const(UNDEFINED)] * len(self.hints)
        plans = [self.merge(pieces, row, hint) for row, hint in zip(values, hints, strict=True)]
        return lambda atoms: [plan(atoms) for plan in plans]

    def merge(self, pieces: list[Tree], values: list[Value], hint: str) -> Plan:
        """Plan one value of which each end has its own."""
        first = values[0]
        for value in values:
            if is_stale(value):
                return lambda atoms: value
        if all(same_value(first, value) for value in values[1:]):
            if not self.depends(first):
                return lambda atoms: first
        packs = [value for value in values if isinstance(value, Pack)]
        if len(packs) == len(values) and len({(len(p.items), p.cls) for p in packs}) == 1:
            rows = [[pack.items[i] for pack in packs] for i in range(len(packs[0].items))]
            plans = [self.merge(pieces, row, "") for row in rows]
            cls, unrolled = packs[0].cls, packs[0].unrolled
            return lambda atoms: Pack(tuple(plan(atoms) for plan in plans), cls, unrolled)
        absent = [isinstance(v, Const) and v.value is UNDEFINED for v in values]
        objects = [v for v in values if isinstance(v, Thing)]
        if objects and len(objects) + sum(absent) == len(values):
            if len({thing.cls for thing in objects}) == 1:
                return self.thing(pieces, values, objects)
        if all(gone or holds_function(v) for v, gone in zip(values, absent, strict=True)):
            if not all(absent):
                return self.choice(pieces, values)
        return self.column(pieces, values, hint)

    def thing(self, pieces: list[Tree], values: list[Value], objects: list[Thing]) -> Plan:
        """Plan an object of which each end has its own, attribute by attribute."""
        first = objects[0]
        key = (*map(id, pieces), *(id(v.fields) if isinstance(v, Thing) else 0 for v in values))
        if key not in self.met:
            made = fields_of(first.cls)
            self.met[key] = (made, [])
            self.twice(objects, made)
            for name in self.names(pieces, values):
                row = [self.stored(p, v, name) for p, v in zip(pieces, values, strict=True)]
                self.met[key][1].append((name, self.merge(pieces, row, name)))
        fields, plans = self.met[key]

        def rebuild(atoms: list[Atom]) -> Value:
            for name, plan in plans:
                self.fields[(fields, name)] = plan(atoms)
            return Thing(first.cls, fields)

        return rebuild

    def twice(self, objects: list[Thing], made: Fields) -> None:
        """Fix objects that can be reached by two ways from here on."""
        others = [fields for fields, _ in self.met.values() if fields is not made]
        for thing in objects:
            before = [f for f in others if thing.fields in self.parts.get(f, ())]
            self.parts.setdefault(made, set()).add(thing.fields)
            if thing.fields.born < self.born or before:
                why = "is one of two objects, by the branch that was taken"
                for fields in (made, thing.fields, *before):
                    fields.fixed = fields.fixed or why

    def names(self, pieces: list[Tree], values: list[Value]) -> dict[str, None]:
        """Return the attributes that the objects have at any of the ends."""
        found: dict[str, None] = {}
        for piece, value in zip(pieces, values, strict=True):
            if isinstance(value, Thing) and isinstance(piece.end, Leaf):
                own = (name for scope, name in piece.end.state if scope is value.fields)
                found.update((name, None) for name in own)
        return found

    def stored(self, piece: Tree, value: Value, name: str) -> Value:
        """Return an attribute of an object at an end."""
        assert isinstance(piece.end, Leaf)
        if not isinstance(value, Thing):
            return _ABSENT
        return piece.end.state.get((value.fields, name), _ABSENT)

    def column(
        self, pieces: list[Tree], values: list[Value], hint: str, other: Atom = _ABSENT
    ) -> Plan:
        """Plan a value that is an atom at every end; at ends of another kind it is ``other``."""
        lifter = self.lifter
        index = len(self.hints)
        self.hints.append(hint)
        closing, lifter.closing = lifter.closing, True
        for piece, value in zip(pieces, values, strict=True):
            self.columns[piece].append(lifter.atom_at(piece, value))
        lifter.closing = closing
        for piece, column in self.columns.items():
            if piece not in pieces:
                column.append(other)
        return lambda atoms: atoms[index]

    def choice(self, pieces: list[Tree], values: list[Value]) -> Plan:
        """Plan a function: which one it is decides itself where it is called."""
        parts = [self.local(p, v) for p, v in zip(pieces, values, strict=True)]
        end = self.tree.end
        if len(parts) == 1:
            return parts[0]
        if isinstance(end, Fork) and not end.made and [end.then, end.orelse] == pieces:
            return lambda atoms: Choice(end.test, parts[0](atoms), parts[1](atoms))
        # The tests below are made wherever the tree ends.
        which = self.column(pieces, [Const(i) for i in range(len(values))], "which", Const(0))

        def rebuild(atoms: list[Atom]) -> Value:
            made = parts[-1](atoms)
            for i in reversed(range(len(parts) - 1)):
                test = self.lifter.let(operator.eq, which(atoms), Const(i), node=None)
                made = Choice(test, parts[i](atoms), made)
            return made

        return rebuild

    def local(self, piece: Tree, value: Value) -> Plan:
        """Plan a value of one end alone."""
        if not self.depends(value):
            return lambda atoms: value
        match value:
            case Var():
                return self.column([piece], [value], "")
            case Thing():
                return self.thing([piece], [value], [value])
            case Pack():
                cls, items = value.cls, [self.local(piece, item) for item in value.items]
                unrolled = value.unrolled
                return lambda atoms: Pack(tuple(i(atoms) for i in items), cls, unrolled)
            case Mapped():
                table = {k: self.local(piece, v) for k, v in value.items.items()}
                return lambda atoms: Mapped({k: v(atoms) for k, v in table.items()})
            case Bound():
                name, receiver = value.name, self.local(piece, value.receiver)
                return lambda atoms: Bound(receiver(atoms), name)
            case Choice():
                test = self.local(piece, value.test)
                arms = [self.local(piece, arm) for arm in arms_of(value)]
                return lambda atoms: Choice(
                    self.lifter.atom(test(atoms), None), arms[0](atoms), arms[1](atoms)
                )
            case Partial():
                fn = self.local(piece, value.fn)
                args = self.local(piece, Pack(value.args))
                kwargs = self.local(piece, Mapped(value.kwargs))

                def rebuild(atoms: list[Atom]) -> Value:
                    given, named = args(atoms), kwargs(atoms)
                    assert isinstance(given, Pack) and isinstance(named, Mapped)
                    return Partial(fn(atoms), given.items, named.items)

                return rebuild
        return lambda atoms: value

    def depends(self, value: Value) -> bool:
        """Tell whether a value refers to something that is not known behind the tree."""
        match value:
            case Var():
                return value in self.inside
            case Thing():
                return value.fields.born >= self.born
            case Pack():
                return any(map(self.depends, value.items))
            case Mapped():
                return any(map(self.depends, value.items.values()))
            case Bound():
                return self.depends(value.receiver)
            case Choice():
                return any(map(self.depends, (value.test, value.then, value.orelse)))
            case Partial():
                return any(map(self.depends, (value.fn, *value.args, *value.kwargs.values())))
        return False

    def changed(self, states: Sequence[State]) -> list[Slot]:
        """Return the names that do not mean the same at all ends and before, in order."""
        first, *others = states
        found = {
            slot: None
            for slot, value in first.items()
            if self.depends(value) and not self.new(slot)
        }
        for state in others:
            if state is first:
                continue
            for slot, value in first.items():
                if self.new(slot):
                    continue
                other = state.get(slot)
                if other is not value and (other is None or not same_value(other, value)):
                    found[slot] = None
            found.update((slot, None) for slot in state if slot not in first and not self.new(slot))
        return list(found)

    def new(self, slot: Slot) -> bool:
        """Tell whether a slot is an attribute of an object made in the pieces."""
        return isinstance(slot[0], Fields) and slot[0].born >= self.born


def distinct(rows: Sequence[list[Value]]) -> tuple[list[int], list[int]]:
    """Find rows of the same values: which come first, and which of those each one is like.

    Two names of one thing are two names of one thing behind a branch, too.
    """
    seen: dict[tuple[int, ...], int] = {}
    first: list[int] = []
    which: list[int] = []
    for i, row in enumerate(rows):
        key = tuple(map(id, row))
        if key not in seen or not all(isinstance(value, Var) for value in row):
            seen[key] = len(first)
            first.append(i)
        which.append(seen[key])
    return first, which


def same_atom(one: Atom, other: Atom) -> bool:
    """Tell whether two atoms are the same variable or the same constant."""
    return same_value(one, other)


def arms_of(choice: Choice) -> tuple[Value, Value]:
    """Return the two functions of a choice."""
    return choice.then, choice.orelse

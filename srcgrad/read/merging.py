"""Make the ends of a tree agree: a column of atoms for each value that differs between them.

if c: y = a           the ends have y = a and y = b
else: y = b     ->    one column [a, b], which becomes a target of the If
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from srcgrad.program.nodes import (
    UNDEFINED,
    Atom,
    Const,
    Var,
)
from srcgrad.read.trees import (
    Fork,
    Tree,
    below,
)
from srcgrad.read.values import (
    Bound,
    Choice,
    Mapped,
    Pack,
    Partial,
    Slot,
    State,
    Value,
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
        if all(gone or holds_function(v) for v, gone in zip(values, absent, strict=True)):
            if not all(absent):
                return self.choice(pieces, values)
        return self.column(pieces, values, hint)

    def column(
        self, pieces: list[Tree], values: list[Value], hint: str, other: Atom = _ABSENT
    ) -> Plan:
        """Plan a value that is an atom at every end; at ends of another kind it is ``other``."""
        lifter = self.lifter
        index = len(self.hints)
        self.hints.append(hint)
        closing, lifter.closing = lifter.closing, True
        for piece, value in zip(pieces, values, strict=True):
            out, lifter.out = lifter.out, piece.stmts
            self.columns[piece].append(lifter.atom(value, None))
            lifter.out = out
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
        found = {slot: None for slot, value in first.items() if self.depends(value)}
        for state in others:
            if state is first:
                continue
            for slot, value in first.items():
                other = state.get(slot)
                if other is not value and (other is None or not same_value(other, value)):
                    found[slot] = None
            found.update((slot, None) for slot in state if slot not in first)
        return list(found)


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

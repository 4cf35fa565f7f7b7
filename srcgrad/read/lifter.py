"""The state of a lifting: what names mean at the moment, and the statements made so far."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import gast

from srcgrad.errors import Aliased, Problem, SrcgradError, Unreadable
from srcgrad.facts.objects import Steps
from srcgrad.facts.purity import leaves_data, mutates
from srcgrad.origin import Origin
from srcgrad.program import ops
from srcgrad.program.nodes import (
    UNDEFINED,
    Atom,
    Block,
    Const,
    Do,
    Fn,
    If,
    Let,
    Program,
    Stmt,
    Var,
)
from srcgrad.program.walk import among
from srcgrad.read.data import kind_of_result, kind_of_value
from srcgrad.read.guards import Guard
from srcgrad.read.lists import Lists, harmless
from srcgrad.read.liveness import Live, live_at_loops
from srcgrad.read.merging import Merger, arms_of, distinct, same_atom
from srcgrad.read.origins import origin
from srcgrad.read.source import Found
from srcgrad.read.trees import (
    FALL,
    RAISED,
    Fork,
    Leaf,
    Tree,
)
from srcgrad.read.values import (
    Bound,
    Choice,
    Closure,
    Fields,
    Mapped,
    Pack,
    Partial,
    Root,
    Scope,
    Seen,
    Slot,
    Stale,
    State,
    Thing,
    Value,
)

_LOOKS = frozenset({operator.getitem, operator.is_, operator.is_not, isinstance, len, type})
"""Operations that look at an object without handing it to anybody."""


@dataclass(eq=False, slots=True)
class Frame:
    """The function that is being read, and the statement in it."""

    found: Found
    scope: Scope
    stmt: gast.AST
    user: bool
    live: dict[Any, Live]


@dataclass(eq=False, slots=True)
class Known:
    """What one lifting has gathered, shared with the recursive programs lifted on the way."""

    problems: list[Problem] = field(default_factory=list)
    guards: dict[tuple[Any, ...], Guard] = field(default_factory=dict)
    reads: dict[tuple[Any, ...], tuple[str, Any, str]] = field(default_factory=dict)
    programs: dict[tuple[Any, ...], tuple[Program, Any]] = field(default_factory=dict)
    lives: dict[Any, dict[Any, Live]] = field(default_factory=dict)
    fenced: set[Any] = field(default_factory=set)
    paths: dict[tuple[Any, ...], tuple[Root, Steps]] = field(default_factory=dict)
    kinds: dict[Var, str] = field(default_factory=dict)
    outside: dict[tuple[Any, ...], Fields] = field(default_factory=dict)
    spaces: dict[int, Fields] = field(default_factory=dict)
    roots: dict[tuple[Any, ...], Atom] = field(default_factory=dict)
    changed: dict[str, dict[Fields, type]] = field(default_factory=dict)
    absent: dict[Fields, set[str]] = field(default_factory=dict)
    handed: dict[tuple[Root, Steps], None] = field(default_factory=dict)
    asked: dict[str, dict[Any, type]] = field(default_factory=dict)


class Lifter:
    """Builds statements; ``state`` is the environment, ``out`` the piece of code being built."""

    def __init__(self, frame: Frame, known: Known) -> None:
        self.frame = frame
        self.known = known
        self.state: State = {}
        self.out: list[Stmt] = []
        self.stack: list[Any] = []
        self.tuples: dict[Var, tuple[Value, ...]] = {}
        self.tables: dict[Var, Mapped] = {}
        self.maybe: set[Var] = set()
        self.named: set[Var] = set()
        self.lists = Lists()
        self.caught: list[Var] = []
        self.taken: dict[Any, str] = {}
        self.whole: set[Value] = set()
        self.wrote: list[Slot] = []
        self.seen: dict[Var, Seen] = {}
        self.data: dict[Var, str] = {}
        self.raised = False
        self.closing = False

    # statements

    def origin(self, node: gast.AST | None) -> Origin:
        """Return the origin of an expression in the current statement."""
        return origin(self.frame.found, self.frame.stmt, node)

    def let(self, fn: Fn, *args: Value, node: gast.AST | None, hint: str = "") -> Var:
        """Bind one new variable to a call."""
        return self.call(fn, args, {}, node, hint)

    def call(
        self,
        fn: Fn,
        args: Sequence[Value],
        kwargs: dict[str, Value],
        node: gast.AST | None,
        hint: str = "",
    ) -> Var:
        """Bind one new variable to a call with keywords."""
        atoms = [self.atom(value, node) for value in args]
        pairs = tuple((name, self.atom(value, node)) for name, value in kwargs.items())
        var = Var(hint)
        every = [*atoms, *(atom for _, atom in pairs)]
        if self.seen and not isinstance(fn, ops.Attribute) and not among(fn, _LOOKS):
            self.handed_on(every, node)
        self.fresh(every, node, fn)
        self.lists.used(fn, every)
        self.lose(fn, every, node)
        self.out.append(Let((var,), fn, tuple(atoms), pairs, self.origin(node)))
        self.lists.called(fn, every, var, self.out)
        kind = kind_of_result(fn, [self.kind_of(atom) for atom in atoms])
        if kind:
            self.data[var] = kind
        return var

    def handed_on(self, atoms: Sequence[Value], node: gast.AST | None) -> None:
        """Note that somebody else may look at objects from outside from here on."""
        for atom in atoms:
            if isinstance(atom, Var) and atom in self.seen:
                from srcgrad.read.writing import escapes

                escapes(self, self.seen[atom], node)

    def kind_of(self, atom: Value) -> str:
        """Tell whether a value is certainly a ``"number"``, or one or an array: ``"data"``."""
        if isinstance(atom, Var):
            return self.data.get(atom, "")
        return kind_of_value(atom.value) if isinstance(atom, Const) else ""

    def do(self, fn: Callable[..., Any], *args: Value, node: gast.AST | None, **kw: Value) -> None:
        """Add a call for its effect."""
        atoms = [self.atom(value, node) for value in args]
        pairs = tuple((name, self.atom(value, node)) for name, value in kw.items())
        every = [*atoms, *(atom for _, atom in pairs)]
        if self.seen:
            self.handed_on(every, node)
        self.fresh(every, node, fn)
        self.lists.used(fn, every)
        self.lose(fn, every, node)
        self.out.append(Do(fn, tuple(atoms), pairs, self.origin(node)))

    def lose(self, fn: Fn, atoms: Sequence[Atom], node: gast.AST | None) -> None:
        """Forget what containers hold that are handed to a function which may change them."""
        if not self.lists.of or isinstance(fn, Program) or harmless(fn) or leaves_data(fn):
            return
        if fn is ops.augment or mutates(fn):  # a write, which is followed or refused as such
            return
        owners = {owner for atom in atoms for owner in self.lists.owners(atom)}
        name = getattr(fn, "__name__", "a function") if fn is not ops.call else "a function"
        for slot, value in self.state.items():
            if isinstance(value, Var) and not owners.isdisjoint(self.lists.owners(value)):
                self.state[slot] = Const(Stale(slot[1], self.origin(node).line, name))

    def fresh(self, atoms: Sequence[Atom], node: gast.AST | None, fn: Any = None) -> None:
        """Refuse to read what an expression took before the same expression changed it.

        A deque, which is a list here, is refused where that would show.
        """
        for atom in atoms:
            if fn is not None and (stands := self.lists.stands_for(fn, atom)):
                self.refuse(
                    Unreadable,
                    node,
                    f"cannot hand a {stands} on",
                    "It is read as a plain list or dict, and here the difference may be seen.",
                    "Hand on list(...) or dict(...) of it.",
                )
            if self.closing or not isinstance(atom, Var) or not self.lists.is_old(atom):
                continue
            if not any(value is atom for value in self.state.values()):
                self.refuse(
                    Aliased,
                    node,
                    f"cannot use {atom.hint or 'a container'!r} here",
                    "The same expression changes it after it was taken, and so it is not clear"
                    " which of its items are meant.",
                    "Write the change as a statement of its own, before or after.",
                )

    def fail(self, error: type[Exception], text: str, node: gast.AST | None) -> Const:
        """Add the raising of an exception that Python would raise here."""
        made = self.let(error, Const(text), node=node)
        self.do(ops.raise_, made, node=node)
        self.raised = True
        return Const(UNDEFINED)

    def refuse(
        self,
        kind: type[SrcgradError],
        node: gast.AST | None,
        what: str,
        why: str,
        instead: str = "",
    ) -> Const:
        """Note a problem and go on, so that all problems are found at once."""
        problem = Problem(kind, self.origin(node), what, why, instead)
        if problem not in self.known.problems:
            self.known.problems.append(problem)
        return Const(UNDEFINED)

    # values

    def atom(self, value: Value, node: gast.AST | None) -> Atom:
        """Return a value as an atom; what is known item by item is put together."""
        match value:
            case Var() | Const():
                return value
            case Pack():
                fn = ops.make_list if value.cls is list else ops.make_tuple
                var = self.let(fn, *value.items, node=node)
                if value.cls is tuple:
                    self.tuples[var] = value.items
                return var
            case Mapped():
                flat = [part for k, v in value.items.items() for part in (Const(k), v)]
                table = self.let(ops.make_dict, *flat, node=node)
                self.tables[table] = value
                return table
            case Bound():
                return self.let(ops.attribute(value.name), value.receiver, node=node)
            case Thing():
                from srcgrad.read.making import put_together

                return put_together(self, value, node)
            case Choice():
                arms = [self.arm(partial(self.atom, v, node)) for v in arms_of(value)]
                made = self.fork(value.test, arms[0], arms[1], node, "ternary")
                assert isinstance(made, (Var, Const))
                return made
        return self.refuse_function(value, node)

    def atom_at(self, piece: Tree, value: Value, node: gast.AST | None = None) -> Atom:
        """Return a value as an atom at the end of a piece of code."""
        out, state = self.out, self.state
        self.out = piece.stmts
        if isinstance(piece.end, Leaf):
            self.state = piece.end.state
        made = self.atom(value, node)
        self.handed_on([made], node)
        self.out, self.state = out, state
        return made

    def refuse_function(self, value: Closure | Partial, node: gast.AST | None) -> Const:
        """Note that a function made here is used otherwise than by calling it."""
        name = value.name if isinstance(value, Closure) else "functools.partial"
        name = "lambda" if name == "<lambda>" else name
        return self.refuse(
            Unreadable,
            node,
            f"cannot use the function {name!r} as a value",
            "A function made inside the function is read where it is called, and here it is"
            " handed to something that is not read.",
            "Call it directly, or write the loop that calls it.",
        )

    def items(self, value: Value) -> tuple[Value, ...] | None:
        """Return the items of a value that is known item by item."""
        match value:
            case Pack():
                return value.items
            case Var():
                return self.tuples.get(value)
            case Const(value=tuple() as items):
                return tuple(map(Const, items))
            case Mapped():
                return tuple(map(Const, value.items))
            case Thing() if hasattr(value.cls, "_fields"):
                return tuple(self.state[(value.fields, name)] for name in value.cls._fields)
        return None

    # branches

    def arm(self, run: Callable[[], Value | None]) -> Tree:
        """Lift something into a piece of its own, beginning with the present state."""
        out, state, raised = self.out, self.state, self.raised
        tree = Tree()
        self.out, self.state, self.raised = tree.stmts, dict(state), False
        value = run()
        tree.end = Leaf(RAISED if self.raised else FALL, self.state, value)
        self.out, self.state, self.raised = out, state, raised
        return tree

    def fork(self, test: Atom, then: Tree, orelse: Tree, node: gast.AST | None, form: str) -> Value:
        """Add a branch between two finished pieces, both of which go on here."""
        end = Fork(test, then, orelse, self.origin(node), form)
        return self.join(Tree(self.out, end))

    def join(self, tree: Tree) -> Value:
        """Close a tree whose ends all go on here; return the value that they agree on.

        The tree's first piece must be the current one, or is appended to it.
        """
        if tree.stmts is not self.out:
            self.out.extend(tree.stmts)
            tree.stmts = self.out
        ends = [(t, leaf) for t, leaf in tree.leaves() if leaf.kind != RAISED]
        if not ends:
            self.close(tree, {}, [])
            self.raised = True
            return Const(UNDEFINED)
        if ends[0][0] is tree:
            self.state = ends[0][1].state
            return ends[0][1].value or Const(None)
        merger = Merger(self, tree)
        states = [leaf.state for _, leaf in ends]
        slots = merger.changed(states)
        rows = [[self.present(t, leaf.state, slot) for t, leaf in ends] for slot in slots]
        first, which = distinct(rows)
        values = [[leaf.value or Const(None) for _, leaf in ends], *(rows[i] for i in first)]
        hints = ["", *(slots[i][1] for i in first)]
        pieces = [t for t, _ in ends]
        rebuilt = merger.merge_all(pieces, values, hints)
        made = rebuilt(self.close(tree, merger.columns, merger.hints))
        state = dict(ends[0][1].state)
        for slot, place, row in zip(slots, which, rows, strict=True):
            state[slot] = self.bound(slot, made[1 + place], row)
        state.update(merger.fields)
        self.state = state
        self.lists.met(states, state, slots)
        self.lists.chosen(made[0], [(leaf.value, leaf.state) for _, leaf in ends])
        return made[0]

    def present(self, tree: Tree, state: State, slot: Slot) -> Value:
        """Return what a name means at the end of a piece; of an object outside, it is asked."""
        value = state.get(slot)
        if value is not None:
            return value
        if isinstance(slot[0], Fields) and slot[0].root is not None:
            from srcgrad.read.writing import original

            out, self.out = self.out, tree.stmts
            value = original(self, slot)
            self.out = out
            return value
        return Const(UNDEFINED)

    def bound(self, slot: Slot, value: Value, row: Sequence[Value] = ()) -> Value:
        """Mark the variable that a name stands for after a branch or a loop."""
        if isinstance(value, Var) and any(map(self.absent, row)):
            self.maybe.add(value)
        if isinstance(value, Var) and value not in self.named:
            self.name(value, slot[1])
        return value

    def absent(self, value: Value) -> bool:
        """Tell whether a name with this value may be unbound."""
        if isinstance(value, Var):
            return value in self.maybe
        return isinstance(value, Const) and value.value is UNDEFINED

    def name(self, var: Var, name: str) -> None:
        """Give a variable the name that the user has for it; none that is not the user's."""
        hidden = name.startswith("<")
        var.hint, var.user = "" if hidden else name, self.frame.user and not hidden
        self.named.add(var)

    def unchanged(
        self, before: State, tree: Tree, slots: Sequence[Slot], node: gast.AST | None
    ) -> None:
        """Refuse a change of a container in an expression that is gone through many times."""
        end = tree.end
        assert isinstance(end, Leaf)
        if end.kind == RAISED:
            return
        for slot, new in end.state.items():
            value = before.get(slot, new)
            if isinstance(slot[0], Fields) and slot[0].born < tree.born:
                value = before.get(slot)  # type: ignore[assignment]
            if new is not value and slot not in slots:
                self.refuse(
                    Aliased,
                    node,
                    f"cannot change {slot[1]!r} inside this expression",
                    "It is gone through many times, and what a turn changes is handed to the"
                    " next by loops alone.",
                    "Write it as a 'for' loop.",
                )

    def mark(self) -> tuple[Any, ...]:
        """Return what `back` goes back to."""
        sizes = len(self.out), len(self.known.problems), len(self.stack)
        return (self.out, self.state, dict(self.state), self.raised, sizes, self.frame.stmt,
                self.frame.scope, self.lists.snapshot())  # fmt: skip

    def back(self, kept: tuple[Any, ...]) -> None:
        """Forget all that was read since a `mark`."""
        self.out, _, state, self.raised, sizes, self.frame.stmt, self.frame.scope, lists = kept
        del self.out[sizes[0] :], self.known.problems[sizes[1] :], self.stack[sizes[2] :]
        self.state = state
        self.lists.restore(lists)

    def close(
        self, tree: Tree, columns: dict[Tree, list[Atom]], hints: Sequence[str]
    ) -> list[Atom]:
        """Turn the branches of a tree into Ifs; each end gives one atom for each hint."""
        if isinstance(tree.end, Leaf):
            return columns.get(tree) or [Const(UNDEFINED)] * len(hints)
        fork = tree.end
        assert fork is not None
        then = self.close(fork.then, columns, hints)
        orelse = self.close(fork.orelse, columns, hints)
        results = list(then)
        kept = [i for i in range(len(hints)) if not same_atom(then[i], orelse[i])]
        made = []
        for i in kept:
            results[i] = var = Var(hints[i])
            made.append(var)
            self.lists.merged(var, then[i], orelse[i])
            self.merged(var, then[i], orelse[i])
        arms = [
            Block(tuple(arm.stmts), tuple(atoms[i] for i in kept))
            for arm, atoms in ((fork.then, then), (fork.orelse, orelse))
        ]
        if fork.made is not None:
            tree.stmts.append(fork.made(tuple(made), arms[0], arms[1]))
        else:
            stmt = If(tuple(made), fork.test, arms[0], arms[1], fork.origin, fork.form)
            tree.stmts.append(stmt)
        return results

    def merged(self, var: Var, one: Atom, other: Atom) -> None:
        """Note that a variable is one of two objects, or of two numbers or arrays."""
        kinds = {self.kind_of(one), self.kind_of(other)}
        if "" not in kinds:
            self.data[var] = kinds.pop() if len(kinds) == 1 else "data"
        a, b = (self.seen.get(v) if isinstance(v, Var) else None for v in (one, other))
        if a is None or b is None or a.cls is not b.cls or a.names != b.names:
            return
        if a.cls in (list, tuple, dict):  # which functions it holds may differ
            return
        places = dict.fromkeys((*a.places, *b.places))
        examples = (*a.examples, *b.examples)
        fields = a.fields if a.fields is b.fields else None
        self.seen[var] = Seen(a.cls, examples, tuple(places), fields, a.names)

    def live(self, node: Any) -> dict[Any, Live]:
        """Return what is live at the loops of a function."""
        if node not in self.known.lives:
            self.known.lives[node] = live_at_loops(node)
        return self.known.lives[node]

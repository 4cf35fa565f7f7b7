"""Turn writes into values: what a statement wrote into is another value from there on.

u = x.copy()                  u = x.copy()
v = u[1:3]                    v = u[1:3]
u[0] = y            ->        u.1 = put(u, 0, y)
v[0] = z                      u.2 = put(u.1, 1, z)
return u[2] + v[1]            u.2[2] + u.2[1:3][1]

Whoever looks at memory that is written looks at its present contents: a view is taken again,
another name is the same value.  Where it is not certain whether two names share memory, neither
is read after a write to the other.  Memory of the caller is copied before it is written.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from srcgrad.errors import Aliased, Problem, refusal
from srcgrad.facts.effects import (
    augmented,
    is_write,
    recursive,
    writes_constant,
    writes_inside,
    writing,
)
from srcgrad.facts.kinds import UNKNOWN, Arr, DictOf, ListOf, Map, Rec, Seq, Type, Unknown
from srcgrad.facts.shapes import result_type
from srcgrad.facts.sharing import Groups
from srcgrad.facts.sizes import Sizes
from srcgrad.facts.typed import const_type
from srcgrad.origin import Origin
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import (
    Atom,
    Block,
    Const,
    Do,
    For,
    If,
    Let,
    Program,
    Stmt,
    Try,
    Var,
    While,
    With,
)
from srcgrad.program.walk import among, copied, statements, targets, uses
from srcgrad.read import (
    boxes,
    settle_attempts,
    settle_branches,
    settle_leaves,
    settle_lets,
    settle_loops,
    twins,
)
from srcgrad.read.arrays import is_array, may_be_array
from srcgrad.read.opened import entries
from srcgrad.read.places import Place, Ref, Root, Same, Sort, State, View
from srcgrad.read.recursion import Helper, Helpers, given_to_helpers
from srcgrad.read.settle_plans import ROUNDS

Call = TypeVar("Call", Let, Do)


def settle(program: Program, types: Mapping[Var, Type]) -> Program:
    """Return the program without statements that write.

    Parameters
    ----------
    program : Program
        As it was lifted.
    types : mapping
        What is known of its variables.

    Raises
    ------
    Aliased
        If something is read of which it is not certain whether it was written before; all such
        places are listed.
    """
    notes = {name: note for name, note in program.notes.items() if name != "effects"}
    if not _writes(program, types):
        return replace(program, notes=notes)
    settler, body = _rounds(program, types, {}, None)
    if settler.unsure:
        asking, again = _rounds(program, types, {}, None, asks=True)
        if not asking.problems:
            settler, body = asking, again
    if settler.problems:
        raise refusal(list(dict.fromkeys(settler.problems)))
    for name, found in (("written", settler.touched), ("packed", settler.assumed)):
        notes[name] = tuple(i for i, var in enumerate(program.params) if var in found)
    return Program(program.name, program.params, body, program.origin, notes)


def _rounds(
    program: Program,
    types: Mapping[Var, Type],
    helpers: Helpers,
    helper: Helper | None,
    *,
    asks: bool = False,
) -> tuple[Settler, Block]:
    """Go through a program until it is known which memory of the caller is to be copied.

    Where a name is perhaps another name of an array, the program ``asks`` whether it is.
    """
    copies: set[Var] = set()
    apart: set[Var] = set()
    leaves: dict[tuple[Var, Any], Var] = {}
    for _ in range(ROUNDS):
        settler = Settler(
            program, types, frozenset(copies), leaves, helpers, frozenset(apart), asks
        )
        body = settler.whole(helper)
        if settler.wanted <= copies and settler.stuck <= apart:
            break
        copies |= settler.wanted
        apart |= settler.stuck
    return settler, body


def _writes(program: Program, types: Mapping[Var, Type]) -> bool:
    if any(writes_inside(one) or augmented(one) for one in recursive(program.body)):
        return True
    if writes_constant(program.body):
        return True
    return any(
        is_write(stmt) or may_be_array(types.get(target)) for stmt, target in writing(program.body)
    )


class Settler:
    """Goes through a program in order; ``state`` is what holds now, ``b`` gets the statements."""

    def __init__(
        self,
        program: Program,
        types: Mapping[Var, Type],
        copies: frozenset[Var],
        names: dict[tuple[Var, Any], Var],
        helpers: Helpers,
        apart: frozenset[Var] = frozenset(),
        asks: bool = False,
    ) -> None:
        self.program = program
        self.types: dict[Var, Type] = dict(types)
        self.copies = copies
        self.names = names
        self.helpers = helpers
        self.apart = apart
        self.asks = asks
        self.stuck: set[Var] = set()
        self.wanted: set[Var] = set()
        self.touched: set[Var] = set()
        self.assumed: set[Var] = set()
        self.owners: dict[Var, Var] = {var: var for var in program.params}
        self.problems: list[Problem] = []
        self.refs: dict[Var, Ref] = {}
        self.packs: dict[Var, Let] = {}
        self.leaves: dict[tuple[Var, Any], Var] = {}
        self.memo: dict[Any, Any] = {}
        self.state = State()
        self.b = Builder()
        self.defined: dict[Var, Let] = {
            var: stmt
            for stmt in statements(program.body)
            if isinstance(stmt, Let)
            for var in stmt.targets
        }
        # An array that was augmented is the same memory under a new name.
        same = [
            stmt.targets[0]
            for stmt, target in writing(program.body)
            if isinstance(stmt, Let)
            and among(stmt.fn, ops.PLAIN)
            and may_be_array(types.get(target))
        ]
        self.groups = Groups(program, types, frozenset(same))
        self.hot = {
            self.groups.of(target)
            for stmt, target in writing(program.body)
            if is_write(stmt) or may_be_array(types.get(target))
        }
        self.hot |= {self.groups.of(var) for var in given_to_helpers(program, types)}
        # What is written are the entries of a container, and what a.flat looks at.
        self.hot |= {
            self.groups.content(target)
            for stmt, target in writing(program.body)
            if (isinstance(stmt, Do) and isinstance(types.get(target), (Seq, Map)))
            or (target in self.defined and self.defined[target].fn is ops.attribute("flat"))
        }
        self.flats: set[Var] = set()
        self.constants: dict[Any, Const] = {}
        self.version = boxes.versions(self)
        self.own_packs: dict[Var, Builder] = {}
        self.asked, self.walked, self.placed = boxes.boxes(self)
        self.uses = uses(program.body)
        self.holding = self.groups.regions.holding()
        self.tracks: dict[Var, bool] = {}
        self.unsure = False
        self.spreading: list[Place] = []

    def whole(self, helper: Helper | None = None) -> Block:
        """Go through the whole program; a helper returns what it has written, too."""
        for param in self.program.params:
            if self.tracked(param) and not boxes.spread(self, param):
                self.root(param, foreign={param}).boxed = boxes.wanted(self, param)
        settle_leaves.open_leaves(self)
        self.block(self.program.body)
        results = tuple(self.read(atom, self.program.origin) for atom in self.program.body.results)
        if helper is None:
            return self.b.block(*results)
        params = [self.program.params[i] for i in helper.written]
        written = [self.read(param, self.program.origin) for param in params]
        given = written if helper.silent else [*results, *written]
        if len(given) == 1:
            return self.b.block(given[0])
        return self.b.block(self.b.let(ops.make_tuple, *given))

    def helper(
        self, program: Program, types: Mapping[Var, Type], helper: Helper
    ) -> tuple[Program, list[Problem]]:
        """Return a recursive function that returns what it writes, too, and what is not certain."""
        settler, body = _rounds(program, types, self.helpers, helper)
        new: dict[Var, Atom] = {param: Var(param.hint, param.user) for param in program.params}
        params = tuple(new[param] for param in program.params)
        made = Program(program.name, params, copied(body, new), program.origin)  # type: ignore[arg-type]
        return made, settler.problems

    def block(self, block: Block) -> None:
        """Go through the statements of a block."""
        for stmt in block.stmts:
            self.b.origin = stmt.origin
            self.statement(stmt)

    def statement(self, stmt: Stmt) -> None:
        for target in targets(stmt):  # of another time through a loop
            self.constants.pop(target, None)
        match stmt:
            case Let():
                settle_lets.let(self, self.learn(stmt))
            case Do():
                settle_lets.do(self, self.learn(stmt))
            case If():
                settle_branches.branch(self, stmt)
            case With():
                settle_branches.within(self, stmt)
            case Try():
                settle_attempts.attempt(self, stmt)
            case For() | While():
                settle_loops.loop(self, stmt)

    # what variables stand for

    def tracked(self, atom: Atom) -> bool:
        """Tell whether a variable is, or holds, memory that is written somewhere."""
        if not isinstance(atom, Var):
            return False
        known = self.tracks.get(atom)
        if known is None:
            known = self.tracks[atom] = self._is_tracked(atom)
        return known

    def _is_tracked(self, var: Var) -> bool:
        kind = self.types.get(var)
        if isinstance(kind, Arr) and kind.scalar or self.groups.is_plain(var):
            return False
        if not isinstance(kind, (Arr, Seq, DictOf, ListOf, Map, Rec, Unknown | None)):
            return False
        if self.groups.of(var) in self.hot:
            return True
        # An array holds others where it overlays them, as np.diagonal and np.broadcast_to do.
        return not self.groups.regions.reached([var]).isdisjoint(self.hot)

    def is_container(self, var: Var) -> bool:
        """Tell whether a variable is known to hold others."""
        return isinstance(self.types.get(var), (Seq, DictOf, ListOf, Map, Rec)) or var in self.packs

    def root(
        self,
        var: Var,
        *,
        foreign: set[Var] | frozenset[Var] = frozenset(),
        opaque: bool = False,
        packed: bool = False,
        value: Atom | None = None,
    ) -> Place:
        """Let a variable be memory of its own."""
        array = is_array(self.types.get(var))
        if var in self.copies and (array or boxes.wanted(self, var)):
            fn: Any = ops.method("copy") if array else copy.deepcopy
            copied = self.b.let(fn, value or var, hint=var.hint)
            copied.user = var.user
            value, foreign, packed = copied, frozenset(), True
            if var in self.owners:
                self.touched.add(self.owners[var])
        sort: Sort = "container" if self.is_container(var) else "any"
        if is_array(self.types.get(var)):
            sort = "array"
        place = Place(var, frozenset(foreign), opaque, packed, self.owners.get(var), sort)
        place.block = self.b
        self.refs[var] = Root(place)
        self.packs.pop(var, None)
        self.state.values[place] = value or var
        return place

    def pack(self, var: Var, let: Let) -> None:
        """Know a variable by the items that a call puts together."""
        self.refs.pop(var, None)  # of another time through a loop
        self.packs[var] = let

    def learn(self, stmt: Call) -> Call:
        """Know of another name what is known of what it names; use constants for theirs."""
        if any(var in self.constants for var in stmt.args):
            args = tuple(self.constants.get(a, a) for a in stmt.args)  # type: ignore[arg-type]
            stmt = replace(stmt, args=args)
        for var in stmt.args:
            if isinstance(var, Var) and isinstance(self.types.get(var), Unknown | None):
                known = self.types.get(self.named_by_call(var))
                if known is not None:
                    self.types[var] = known
        if not isinstance(stmt, Let) or len(stmt.targets) != 1 or isinstance(stmt.fn, Program):
            return stmt
        if isinstance(self.types.get(stmt.targets[0]), Unknown | None):
            kinds = [self.kind(atom) for atom in stmt.args]
            named = {name: self.kind(atom) for name, atom in stmt.kwargs}
            self.types[stmt.targets[0]] = result_type(Sizes(), stmt.fn, kinds, named)
        return stmt

    def named_by_call(self, var: Var) -> Var:
        """Return what a variable is another name of by a call; what loops carry may change."""
        ref = self.refs.get(var)
        while isinstance(ref, Same) and var in self.defined:
            var = ref.var
            ref = self.refs.get(var)
        return var

    def kind(self, atom: Atom) -> Type:
        """Return the type of an atom."""
        return const_type(atom.value) if isinstance(atom, Const) else self.types.get(atom, UNKNOWN)

    def base(self, var: Var) -> Var:
        """Return the first of several names of one thing."""
        ref = self.refs.get(var)
        while isinstance(ref, Same):
            var = ref.var
            ref = self.refs.get(var)
        return var

    def place(self, var: Var) -> Place | None:
        """Return the memory that a variable is or looks into."""
        ref = self.refs.get(var)
        while ref is not None and not isinstance(ref, Root):
            ref = self.refs.get(ref.var if isinstance(ref, Same) else ref.parent)
        return None if ref is None else ref.place

    def places(self, atom: Atom) -> list[Place]:
        """Return the memory that a variable is, looks into or holds."""
        if not isinstance(atom, Var):
            return []
        pack = self.packs.get(self.base(atom))
        if pack is not None:
            return [p for a in pack.args for p in self.places(a)]
        place = self.place(atom)
        return [] if place is None else [place]

    # reading

    def read(self, atom: Atom, origin: Origin | None = None) -> Atom:
        """Return the present value of an atom; refuse it where that is not certain."""
        if not isinstance(atom, Var) or not self.tracked(atom):
            return atom
        if self.state.gone:
            self.check_gone(atom, origin or self.b.origin)
        for place in self.places(atom):
            if place in self.state.stale:
                self.refuse_stale(atom, place, origin or self.b.origin)
        return self.current(atom)

    def check_gone(self, var: Var, origin: Origin | None, writes: bool = False) -> None:
        """Refuse to read an item of a container that another one has replaced."""
        ref: Ref | None = self.refs.get(self.base(var))
        looking = self.base(var)
        while isinstance(ref, View):
            if looking in self.state.kept and looking is self.base(var) and not writes:
                return
            if looking in self.state.gone:
                at = self.state.gone[looking]
                self.refuse_seen(var.hint or "this array", at, origin)
            looking = self.base(ref.parent)
            ref = self.refs.get(looking)

    def current(self, var: Var) -> Atom:
        """Return the present value of a variable, taking views again where it is needed."""
        var = self.base(var)
        if var in self.packs:
            return self._packed(var)
        ref = self.refs.get(var)
        if ref is None:
            return var
        if isinstance(ref, Root):
            return self.state.values[ref.place]
        assert isinstance(ref, View)
        if var in self.state.kept:
            return self.state.kept[var]
        place = self.place(var)
        assert place is not None
        basis = self.state.values[place]
        kept = self.state.views.get(var)
        if kept is not None and kept[0] is basis:
            return kept[1]
        args = (self.current(ref.parent), *ref.let.args[1:])
        again = Var(var.hint, var.user)
        origin = self.b.origin or ref.let.origin
        self.b.add(Let((again,), ref.let.fn, args, ref.let.kwargs, origin))
        self.state.views[var] = (basis, again)
        return again

    def _packed(self, var: Var) -> Atom:
        """Return a tuple, list or dict of the present values of its items."""
        let = self.packs[var]
        now = tuple(self.current(a) if self.tracked(a) else a for a in let.args)  # type: ignore[arg-type]
        kept = self.state.views.get(var)
        key = Const(now)
        if kept is not None and isinstance(kept[0], Const) and kept[0].value == now:
            return kept[1]
        again = Var(var.hint, var.user)
        self.b.add(Let((again,), let.fn, now, (), self.b.origin or let.origin))
        self.state.views[var] = (key, again)
        return again

    def mapped(self, stmt: Let | Do) -> tuple[tuple[Atom, ...], Any]:
        """Return the present values of what a statement reads."""
        args = tuple(self.read(atom, stmt.origin) for atom in stmt.args)
        return args, tuple((name, self.read(atom, stmt.origin)) for name, atom in stmt.kwargs)

    # writing

    def store(self, place: Place, value: Atom) -> None:
        """Give a place other contents; what may be the same memory is not known from now on."""
        self.state.values[place] = value
        for other in place.seen_by() | (place.held if place.boxed else set()):
            self.state.stale[other] = self.b.origin
        self.wanted |= place.foreign
        self.state.stale.pop(place, None)
        if place.links or place.watchers:
            twins.spread(self, place)

    # problems

    def refuse(self, what: str, why: str, instead: str, origin: Origin | None = None) -> None:
        """Note that something cannot be decided."""
        self.problems.append(Problem(Aliased, origin or self.b.origin, what, why, instead))

    def take_apart(self) -> None:
        """Ask for another attempt with the containers among the parameters taken apart."""
        self.stuck.update(p for p in self.program.params if entries(self.types.get(p)))

    def refuse_stale(self, var: Var, place: Place, origin: Origin | None) -> None:
        """Refuse to read what may or may not have been written by another name."""
        self.unsure = True
        self.take_apart()
        self.refuse_seen(
            var.hint or place.root.hint or "this array", self.state.stale[place], origin
        )

    def refuse_seen(self, name: str, at: Origin | None, origin: Origin | None) -> None:
        """Refuse to read what another name may have changed at a place in the source."""
        line = f" in line {at.line}" if at is not None else ""
        params = self.program.params
        blind = params and all(isinstance(self.types.get(p), Unknown | None) for p in params)
        self.refuse(
            f"cannot tell what {name!r} is here",
            f"A write{line} may have changed it: whether that was to the same memory is not"
            " to be seen in the source.",
            "Give example arguments, source_for(*args): their types tell arrays from numbers."
            if blind
            else "Work on a copy (x.copy()), so that the two are certainly apart.",
            origin,
        )

"""Settle branches and loops: what an arm or a turn writes is handed out and carried on.

for i in range(n):            for i in range(n) carrying [u.1=u]:
    u[i] = f(u[i - 1])   ->       u.2 = put(u.1, i, f(u.1[i - 1]))
                                  -> u.2
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from srcgrad.facts.effects import is_made_in, writing
from srcgrad.facts.kinds import Arr, DictOf, ListOf, Map, Other, Py, Seq, Unknown
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import (
    UNDEFINED,
    Atom,
    Block,
    Const,
    Do,
    For,
    If,
    Let,
    Try,
    Var,
    While,
    With,
)
from srcgrad.program.walk import arms as arms_of
from srcgrad.program.walk import bound, copied, free, statements, uses
from srcgrad.program.walk import inner as inner_of
from srcgrad.read import boxes, twins
from srcgrad.read.known_items import known_items
from srcgrad.read.outside import taken_out
from srcgrad.read.places import Place, Root, Same, State, let_go
from srcgrad.read.settle_lets import view
from srcgrad.read.trees import CODES, RETURN

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


@dataclass(eq=False, slots=True)
class _Arm:
    """What an arm of a branch has come to."""

    b: Builder
    state: State
    results: tuple[Atom, ...]
    raises: bool


def _into(s: Settler, state: State) -> tuple[Builder, State]:
    """Begin a piece of its own; returns what to go back to."""
    before = (s.b, s.state)
    s.b, s.state = Builder(s.b.origin), state
    return before


def _arm(s: Settler, block: Block) -> _Arm:
    before = _into(s, s.state.copy())
    s.block(block)
    results = tuple(_peek(s, atom) for atom in block.results)
    raises = any(isinstance(stmt, Do) and stmt.fn is ops.raise_ for stmt in block.stmts)
    made = _Arm(s.b, s.state, results, raises)
    s.b, s.state = before
    return made


def _peek(s: Settler, atom: Atom) -> Atom:
    """Return the present value of what is only handed on: nobody looks at it yet."""
    return s.current(atom) if isinstance(atom, Var) and s.tracked(atom) else atom


def branch(s: Settler, stmt: If) -> None:
    """Settle a branch."""
    test = s.read(stmt.test, stmt.origin)
    before = s.state
    arms = [_arm(s, block) for block in (stmt.then, stmt.orelse)]
    going = [arm for arm in arms if not arm.raises] or arms
    changed = [
        place
        for place in before.values
        if any(arm.state.values[place] is not before.values[place] for arm in going)
    ]
    outs = tuple(_version(place) for place in changed)
    asked = _asked(s, stmt, arms, going)
    sames = _sames(s, stmt, asked, [arm.b for arm in going], before.values)
    blocks = []
    for arm in arms:
        extra = tuple(
            Const(UNDEFINED) if arm.raises and len(going) < 2 else arm.state.values[place]
            for place in changed
        )
        flags = [
            made.flags[going.index(arm)] if arm in going else Const(UNDEFINED) for made in sames
        ]
        blocks.append(arm.b.block(*arm.results, *extra, *flags))
    then, orelse = blocks
    targets = (*stmt.targets, *outs, *(made.flag for made in sames))
    s.b.add(If(targets, test, then, orelse, stmt.origin, stmt.form))
    for place, out in zip(changed, outs, strict=True):
        s.state.values[place] = out
    for arm in going:
        twins.take(s.state, arm.state)
    ends = [(row, arm.state.stale) for row, arm in zip(asked, going, strict=True)]
    _merge(s, stmt.targets, ends, set(before.values), (stmt.then, stmt.orelse), sames)


def _asked(s: Settler, stmt: If, arms: Sequence[_Arm], going: Sequence[_Arm]) -> list[list[Atom]]:
    """Return what the targets may be at the ends of the arms that go on, where anybody asks."""
    both = zip((stmt.then, stmt.orelse), arms, strict=True)
    blocks = [block for block, arm in both if arm in going]
    rows = [_row(stmt, blocks, k) for k in range(len(stmt.targets))]
    return [
        [a if a in row else _NOT_ASKED for a, row in zip(block.results, rows, strict=True)]
        for block in blocks
    ]


@dataclass(frozen=True, slots=True)
class _Same:
    """Whether a target is another name of an array: at the ends of arms, and behind them."""

    target: Var
    var: Var
    flags: list[Atom]
    flag: Var


def _sames(
    s: Settler,
    stmt: If | With,
    ends: Sequence[Sequence[Atom]],
    builders: Sequence[Builder],
    scope: Collection[Place],
) -> list[_Same]:
    """Return what is to be asked of targets that are perhaps other names of arrays."""
    if not s.asks:
        return []
    inside = {var for block in arms_of(stmt) for var in bound(block)}
    return [
        _Same(target, var, flags, twins.flag_of(s))
        for target, *row in zip(stmt.targets, *ends, strict=True)
        if s.tracked(target)
        for var, flags in twins.rows(s, target, row, builders, scope)
        if var not in inside
    ]


def _row(stmt: If, ends: Sequence[Block], k: int) -> list[Atom]:
    """Return what a target may be; what it is after a ``return`` nobody asks."""
    user = stmt.targets[k].user
    row = [block.results[k] for block in ends]
    asked = [
        atom
        for atom, block in zip(row, ends, strict=True)
        if not (isinstance(atom, Const) and atom.value is UNDEFINED)
        or (user and not _returns(stmt, block))
    ]
    return asked or row


def _returns(stmt: If, block: Block) -> bool:
    """Tell whether an arm ends in a ``return``: a code says so."""
    return any(
        isinstance(atom, Const) and type(atom.value) is int and atom.value == CODES[RETURN]
        for target, atom in zip(stmt.targets, block.results, strict=True)
        if not target.user and target.hint == "code"
    )


def within(s: Settler, stmt: With) -> None:
    """Settle what runs inside a context."""
    manager, before = s.read(stmt.manager, stmt.origin), s.state
    arm = _arm(s, stmt.body)
    changed = [p for p in before.values if arm.state.values[p] is not before.values[p]]
    outs = tuple(_version(place) for place in changed)
    sames = _sames(s, stmt, [stmt.body.results], [arm.b], before.values)
    values = (arm.state.values[place] for place in changed)
    body = arm.b.block(*arm.results, *values, *(made.flags[0] for made in sames))
    targets = (*stmt.targets, *outs, *(made.flag for made in sames))
    s.b.add(With(targets, manager, stmt.entered, body, stmt.origin))
    s.state.values.update(zip(changed, outs, strict=True))
    twins.take(s.state, arm.state)
    ends = [(stmt.body.results, arm.state.stale)]
    _merge(s, stmt.targets, ends, set(before.values), (stmt.body,), sames)


def attempt(s: Settler, stmt: Try) -> None:
    """Settle an attempt: its handler begins with everything as it was before."""
    looked, last = _looked(s, stmt), stmt.body.stmts[-1] if stmt.body.stmts else None
    for inner, target in writing(stmt.body):
        if not s.tracked(target) or is_made_in(stmt.body, target) or inner is last:
            continue
        if looked is None or s.groups.of(target) in looked:
            s.refuse(
                "cannot follow a write inside 'try'",
                "How much had been written when the exception was raised would be lost.",
                "Compute the value inside the 'try' and write it after it.",
                inner.origin,
            )
            return
    place = len(s.b.stmts)
    branch(s, If(stmt.targets, Const(True), stmt.body, stmt.handler, stmt.origin))
    made = s.b.stmts[place]
    assert isinstance(made, If)
    s.b.stmts[place] = Try(
        made.targets, stmt.caught, stmt.error, made.then, made.orelse, stmt.origin
    )


def _looked(s: Settler, stmt: Try) -> Container[Any] | None:
    """Return what memory a handler looks at before it raises, or None where that may be any."""
    *_, last = stmt.handler.stmts or (None,)
    if not isinstance(last, Do) or last.fn is not ops.raise_:
        return None
    again = any(atom is stmt.error for atom in last.args)
    if uses(stmt.handler).get(stmt.error, 0) > again:
        return None  # an exception may carry arrays
    return s.groups.regions.reached(v for v in free(stmt.handler) if v is not stmt.error)


_NOT_ASKED = Const(UNDEFINED)
"""Stands for what a target would be after a ``return``."""


def _version(place: Place) -> Var:
    return Var(place.root.hint, place.root.user)


def _merge(
    s: Settler,
    targets: Sequence[Var],
    ends: Sequence[tuple[Sequence[Atom], Mapping[Place, Any]]],
    outer: set[Place],
    arms: Sequence[Block],
    sames: Sequence[_Same],
) -> None:
    """Say what the targets of a branch are, each one of several variables.

    ``ends`` are the results of the arms, each with what was stale at the end of its arm.
    """
    inner: dict[Place, list[Place]] = {}
    inside = {var for block in arms for var in bound(block)}
    for k, target in enumerate(targets):
        if not s.tracked(target):
            continue
        row = [results[k] for results, _ in ends if results[k] is not _NOT_ASKED]
        sources = {place: None for atom in row for place in s.places(atom)}
        first = row[0]
        known = isinstance(first, Var) and all(
            isinstance(a, Var) and s.base(a) is s.base(first) for a in row
        )
        if known and isinstance(first, Var) and sources and outer.issuperset(sources):
            if s.base(first) not in inside:
                s.refs[target] = Same(first)
                continue
            if taken_out(s, target, s.base(first), inside):
                continue
        foreign = frozenset(var for place in sources for var in place.foreign)
        opaque = any(place.opaque for place in sources)
        opaque |= any(isinstance(a, Const) and not _is_plain(a.value) for a in row)
        made = s.root(target, foreign=foreign, opaque=opaque)
        links = [(same.var, same.flag) for same in sames if same.target is target]
        twins.link(s, made, links)
        told = twins.linked(s, links)
        for place in sources:
            if place in told:
                continue
            if place in outer:
                made.come_from(place)
            above = set() if place in outer else twins.above(place, outer)
            for other in (place.aliases | place.inside()) & outer - told | above - told:
                made.come_from(other)
            for other in inner.get(place, ()):
                made.entangle(other)
            inner.setdefault(place, []).append(made)
            for holder in place.holders & outer:
                holder.hold(made)
        for results, stale in ends:
            for place in s.places(results[k]):
                if place in stale:
                    s.state.stale[made] = stale[place]


def _is_plain(value: Any) -> bool:
    return value is None or value is UNDEFINED or isinstance(value, (bool, int, float, str))


@dataclass(eq=False, slots=True)
class _Plan:
    """What a loop is taken to do, until going through it shows more.

    ``written`` are the roots of places that it writes, ``own`` the carried variables that are
    not the same memory in every turn, ``stale`` the roots that a turn may find stale, ``ties``
    the pairs of carried variables that may be the same memory, ``links`` the pairs of a carried
    variable and an array that it may be, with whether it can be asked if it is.
    """

    written: dict[Var, None] = field(default_factory=dict)
    own: dict[Var, None] = field(default_factory=dict)
    stale: dict[Var, Any] = field(default_factory=dict)
    gone: dict[Var, Any] = field(default_factory=dict)
    moved: dict[Var, None] = field(default_factory=dict)
    ties: dict[tuple[Var, Var], None] = field(default_factory=dict)
    reach: dict[Var, dict[Var, None]] = field(default_factory=dict)
    links: dict[tuple[Var, Var], bool] = field(default_factory=dict)

    def size(self) -> tuple[int, ...]:
        """Return numbers that change whenever something is learned."""
        sizes = (self.own, self.written, self.stale, self.gone, self.moved, self.ties)
        return (
            *(len(table) for table in sizes), sum(map(len, self.reach.values())), *self.asked()
        )  # fmt: skip

    def asked(self) -> tuple[int, ...]:
        """Return numbers that change whenever something else is asked."""
        return len(self.own), len(self.links), sum(self.links.values())

    def separate(self, var: Var) -> None:
        """Take a carried variable for memory of its own; what else was seen has to be anew."""
        self.own[var] = None
        self.links.clear()
        self.forget()

    def forget(self) -> None:
        """Forget what was seen of a loop that was taken to do something else."""
        for table in (self.written, self.stale, self.gone, self.moved, self.ties, self.reach):
            table.clear()

    def linked(self, var: Var) -> list[Var]:
        """Return the arrays of which it is asked whether a carried variable is one."""
        return [array for (one, array), told in self.links.items() if one is var and told]


def loop(s: Settler, stmt: For | While) -> None:
    """Settle a loop: go through it until nothing more is learned of what it writes."""
    from srcgrad.read.settle import ROUNDS

    if isinstance(stmt, For) and _written_out(s, stmt):
        return
    for var in stmt.carried:
        s.tracked(var)
    plan: _Plan = s.memo.setdefault(stmt, _Plan())
    state, out, problems = s.state, s.b, len(s.problems)
    if isinstance(stmt, While) and _writes(s, stmt.test):
        s.refuse(
            "cannot follow a write in the test of a loop",
            "The test is asked once more than the loop has turns.",
            "Write before the loop and at its end.",
            stmt.origin,
        )
        return
    let_go(state.values)
    ties = {place: place.ties() for place in state.values}
    for _ in range(ROUNDS):
        s.state, s.b = state.copy(), Builder(stmt.origin)
        for place, known in ties.items():
            place.tie(known)  # what the last time through was learned in vain
        del s.problems[problems:]
        size = plan.size()
        _turn(s, stmt, plan)
        if plan.size() == size:
            break
    else:
        s.refuse(
            "cannot follow the writes of this loop",
            "Which names mean which memory in which turn is too involved.",
            "Work on copies (x.copy()), so that the names are certainly apart.",
            stmt.origin,
        )
    made, after = s.b, s.state
    s.b, s.state = out, after
    s.b.add(*made.stmts)
    let_go(s.state.values)


def _written_out(s: Settler, stmt: For) -> bool:
    """Go through a loop over arrays that are known one by one, and written, turn by turn."""
    from srcgrad.facts.effects import is_write, writing
    from srcgrad.read.settle import may_be_array

    if stmt.exits:
        return False
    items = known_items(s, stmt.over)
    if items is None or len(items) > boxes.MOST:
        return False
    n = len(stmt.carried)
    hot = any(map(s.tracked, (stmt.over, *items)))
    writes = any(is_write(w) or may_be_array(s.types.get(on)) for w, on in writing(stmt.body))
    collected = stmt.targets[n:]
    if not (hot and writes and not collected) and not any(map(boxes.by_items(s), collected)):
        return False
    lists: list[list[Atom]] = [[] for _ in collected]
    carried: tuple[Atom, ...] = stmt.init
    types = s.types
    for item in items:
        mapping: dict[Var, Atom] = {
            stmt.each: item,
            **dict(zip(stmt.carried, carried, strict=True)),
        }
        turn = copied(stmt.body, mapping)
        for old, new in mapping.items():
            if isinstance(new, Var) and new not in types and old in types:
                types[new] = types[old]
                s.groups.unite(new, old)
        for inner in statements(turn):
            if isinstance(inner, Let):
                s.defined.update((var, inner) for var in inner.targets)
        counts = uses(turn)
        s.uses.update((var, counts.get(var, 0)) for var in bound(turn))
        s.block(turn)
        carried = turn.results[:n]
        for found, atom in zip(lists, turn.results[n:], strict=True):
            found.append(s.constants.get(atom, atom))
    for target, found in zip(collected, lists, strict=True):
        whole = Let((target,), ops.make_list, tuple(found), (), stmt.origin)
        if s.tracked(target) or any(map(s.tracked, found)) or all(map(_is_key, found)):
            s.packs[target] = whole
            s.tracks[target] = True
        else:
            s.b.add(whole)
    for target, atom in zip(stmt.targets[:n], carried, strict=True):
        if isinstance(atom, Var) and s.tracked(atom):
            s.tracks[target] = True
            s.refs[target] = Same(atom)
        else:
            s.b.add(Let((target,), ops.same, (atom,), (), stmt.origin))
    return True


def _is_key(atom: Atom) -> bool:
    return isinstance(atom, Const)


def _writes(s: Settler, block: Block) -> bool:
    """Tell whether a block writes into arrays."""
    from srcgrad.facts.effects import is_write, writing
    from srcgrad.read.settle import is_array

    return any(is_write(stmt) or is_array(s.types.get(var)) for stmt, var in writing(block))


def _carries(s: Settler, stmt: For | While, k: int) -> bool:
    """Tell whether a carried variable is memory that is written somewhere."""
    skip = int(stmt.exits)
    atoms = (stmt.carried[k], stmt.init[k], stmt.body.results[skip + k])
    return s.tracked(stmt.carried[k]) or any(map(s.tracked, atoms[1:]))


def _turn(s: Settler, stmt: For | While, plan: _Plan) -> None:
    """Go through a loop once, with what is known of it; learn what else it does."""
    skip, n, asked = int(stmt.exits), len(stmt.carried), plan.asked()
    outer = dict.fromkeys(s.state.values)
    over, first = _walked(s, stmt, outer)
    tracked = [k for k in range(n) if _carries(s, stmt, k)]
    init = {k: _peek(s, stmt.init[k]) for k in range(n)}
    held = [place for place in outer if place.root in plan.written]
    heads = {place: _version(place) for place in held}
    starts = [s.state.values[place] for place in held]
    names = _Names(s, stmt, plan, outer)
    before = (s.b, s.state)
    inside = s.state.copy()
    inside.stale.update((p, plan.stale[p.root]) for p in outer if p.root in plan.stale)
    inside.gone.update(plan.gone)
    inside.moved.update((p, None) for p in outer if p.root in plan.moved)
    s.b, s.state = Builder(stmt.origin), inside
    s.state.values.update(heads)
    for k in tracked:  # what no turn before the first has made is no memory of before
        start = stmt.init[k]
        if not isinstance(start, Var) or not _is_known(s, start):
            plan.own[stmt.carried[k]] = None
    own = [k for k in tracked if stmt.carried[k] in plan.own]
    for k in tracked:
        s.tracks[stmt.carried[k]] = True
        if k in own:
            _own(s, stmt, k, plan, list(outer), names)
        else:
            start = stmt.init[k]
            assert isinstance(start, Var)
            s.refs[stmt.carried[k]] = Same(start)
    _tie(s, stmt, own, plan)
    head = s.b.stmts
    s.b.stmts = []
    test = _tested(s, stmt)
    if isinstance(stmt, For):
        first(s)
    s.block(stmt.body)
    results = [_peek(s, atom) for atom in stmt.body.results]
    names.finish(s, stmt, plan)
    ends = [s.state.values[place] for place in held]
    body_b, end = s.b, s.state
    for place in outer:
        start = heads.get(place, before[1].values[place])
        if end.values[place] is not start:
            plan.written[place.root] = None
        if place in end.stale and place not in before[1].stale:
            plan.stale[place.root] = end.stale[place]
    if isinstance(stmt, For) and over[0] is stmt.each:
        _check_walk(s, stmt, plan, before[1], end)
    for k in tracked:
        _learn(s, stmt, k, plan, outer, before[1], end)
    _learn_ties(s, stmt, own, plan)
    plan.gone.update(end.gone)
    plan.moved.update((p.root, None) for p in outer if p in end.moved)
    if s.asks and asked != plan.asked():
        plan.forget()
        for within in statements(stmt.body):
            s.memo.pop(within, None)
    s.b, s.state = before
    s.state.gone.update(end.gone)
    s.state.moved.update(end.moved)
    dropped = [k for k in tracked if k not in own]
    keep = [k for k in range(n) if k not in dropped]
    body = Block(
        (*head, *body_b.stmts),
        (
            *results[:skip],
            *(results[skip + k] for k in keep),
            *ends,
            *names.ends,
            *results[skip + n :],
        ),
    )
    outs = tuple(_version(place) for place in held)
    targets = (
        *stmt.targets[:skip],
        *(stmt.targets[skip + k] for k in keep),
        *outs,
        *names.outs,
        *stmt.targets[skip + n :],
    )
    carried = (*(stmt.carried[k] for k in keep), *heads.values(), *names.heads)
    inits = (*(init[k] for k in keep), *starts, *names.starts)
    if isinstance(stmt, For):
        made: For | While = replace(
            stmt, targets=targets, each=over[0], over=over[1], carried=carried, init=inits,
            body=body, form="for" if held else stmt.form,
        )  # fmt: skip
    else:
        made = replace(
            stmt, targets=targets, carried=carried, init=inits, test=test, body=body
        )  # fmt: skip
    s.b.add(made)
    s.state.values.update(zip(held, outs, strict=True))
    s.state.stale.update((p, end.stale[p]) for p in outer if p in end.stale)
    _after(s, stmt, tracked, own, plan, outer, end, names)


class _Names:
    """Whether carried variables are other names of arrays: flags that a loop hands on."""

    def __init__(self, s: Settler, stmt: For | While, plan: _Plan, outer: Container[Place]) -> None:
        self.pairs: list[tuple[Var, Var]] = []
        self.starts: list[Atom] = []
        self.ends: list[Atom] = []
        for (var, array), told in plan.links.items():
            if not told or var not in plan.own or s.place(array) not in outer:
                continue
            start = twins.is_it(s, stmt.init[stmt.carried.index(var)], array)
            if start is None:
                plan.links[var, array] = False
            else:
                self.pairs.append((var, array))
                self.starts.append(start)
        self.heads = [twins.flag_of(s) for _ in self.pairs]
        self.outs = [twins.flag_of(s) for _ in self.pairs]

    def links(self, var: Var, flags: Sequence[Var]) -> list[tuple[Var, Var]]:
        """Return the arrays that a carried variable may be, with the flags that say so."""
        pairs = zip(self.pairs, flags, strict=True)
        return [(array, flag) for (one, array), flag in pairs if one is var]

    def finish(self, s: Settler, stmt: For | While, plan: _Plan) -> None:
        """Say at the end of a turn which is which."""
        for var, array in self.pairs:
            result = stmt.body.results[int(stmt.exits) + stmt.carried.index(var)]
            end = twins.is_it(s, result, array)
            if end is None:
                plan.links[var, array] = False
            self.ends.append(Const(False) if end is None else end)


def _is_known(s: Settler, var: Var) -> bool:
    """Tell whether a variable is memory that is followed, or known item by item."""
    base = s.base(var)
    return base in s.refs or base in s.packs


def _tested(s: Settler, stmt: For | While) -> Block:
    if isinstance(stmt, For):
        return Block((), ())
    before = _into(s, s.state.copy())
    s.block(stmt.test)
    results = tuple(s.read(atom, stmt.origin) for atom in stmt.test.results)
    block = s.b.block(*results)
    s.b, s.state = before
    return block


def _own(
    s: Settler, stmt: For | While, k: int, plan: _Plan, outer: list[Place], names: _Names
) -> None:
    """Let a carried variable be memory of its own, though perhaps that of others before it."""
    var = stmt.carried[k]
    near = [place for place in outer if place.root in plan.reach.get(var, ())]
    foreign = frozenset(v for place in near for v in place.foreign)
    opaque = any(place.opaque for place in near)
    made = s.root(var, foreign=foreign, opaque=opaque)
    links = names.links(var, names.heads)
    twins.link(s, made, links)
    for place in near:
        if place not in twins.linked(s, links):
            made.join(place)
    if var in plan.stale:
        s.state.stale[made] = plan.stale[var]


def _tie(s: Settler, stmt: For | While, own: list[int], plan: _Plan) -> None:
    for one, other in plan.ties:
        a, b = s.place(one), s.place(other)
        if a is not None and b is not None:
            a.entangle(b)
            b.entangle(a)


def _learn(
    s: Settler,
    stmt: For | While,
    k: int,
    plan: _Plan,
    outer: dict[Place, None],
    start: State,
    end: State,
) -> None:
    """Learn what memory a carried variable is in the next turn."""
    var, after = stmt.carried[k], stmt.body.results[int(stmt.exits) + k]
    if var not in plan.own:
        first = stmt.init[k]
        same = isinstance(after, Var) and isinstance(first, Var) and _is_known(s, first)
        if same and isinstance(first, Var) and isinstance(after, Var):
            same = s.base(after) is s.base(first)
        if not same:
            plan.separate(var)
    reach = plan.reach.setdefault(var, {})
    ends = [row[int(stmt.exits) + k] for row in paths(stmt.body)]
    if s.asks and var in plan.own:
        _learn_links(s, stmt, var, (stmt.init[k], after, *ends), plan, outer)
    for atom in (stmt.init[k], after, *ends):
        for place in s.places(atom):
            for near in (place, *place.aliases, *place.inside()):
                if near in outer:
                    reach[near.root] = None
            for j, other in enumerate(stmt.carried):
                if j != k and isinstance(s.refs.get(other), Root) and s.place(other) is place:
                    reach.update(plan.reach.get(other, {}))
            if place in end.stale and atom is after:
                plan.stale[var] = end.stale[place]
            if place in start.stale and atom is stmt.init[k]:
                plan.stale[var] = start.stale[place]


def _learn_links(
    s: Settler,
    stmt: For | While,
    var: Var,
    atoms: Sequence[Atom],
    plan: _Plan,
    outer: Mapping[Place, None],
) -> None:
    """Learn which arrays a carried variable may be."""
    inside = {*bound(stmt.body), *inner_of(stmt)}
    found = twins.candidates(s, atoms, outer)
    known = [array for one, array in plan.links if one is var]
    found = [array for array in (*known, *found) if array not in inside]
    alone = twins.one_each(s, list(dict.fromkeys(found)))
    for array in found:
        told = array in alone and twins.alike(s, var, array)
        if not told or ((var, array) not in plan.links and len(plan.linked(var)) >= twins.MOST):
            plan.links[var, array] = False
        plan.links.setdefault((var, array), True)


def _learn_ties(s: Settler, stmt: For | While, own: list[int], plan: _Plan) -> None:
    """Learn which carried variables may be the same memory at the start of a turn.

    In ``if done: break`` before ``a, b = b, a`` either may be either, but not on one path.
    """
    skip = int(stmt.exits)
    rows = [stmt.init, *(row[skip:] for row in paths(stmt.body))]
    for i, k in enumerate(own):
        for j in own[i + 1 :]:
            for a, b in ((row[k], row[j]) for row in rows):
                ones, others = s.places(a), s.places(b)
                told = twins.linked(s, [(v, a) for v in plan.linked(stmt.carried[k])])
                told &= twins.linked(s, [(v, a) for v in plan.linked(stmt.carried[j])])
                near = (p for p in ones for q in others if p is q or q in p.aliases)
                if any(p not in told for p in near):
                    plan.ties[stmt.carried[k], stmt.carried[j]] = None


def paths(block: Block) -> list[tuple[Atom, ...]]:
    """Return the results of a block for each path through the branch that it ends with."""
    last = block.stmts[-1] if block.stmts else None
    if not isinstance(last, If):
        return [block.results]
    place = {target: k for k, target in enumerate(last.targets)}
    return [
        tuple(row[place[a]] if isinstance(a, Var) and a in place else a for a in block.results)
        for arm in arms_of(last)
        for row in paths(arm)
    ]


def _after(
    s: Settler,
    stmt: For | While,
    tracked: list[int],
    own: list[int],
    plan: _Plan,
    outer: dict[Place, None],
    end: State,
    names: _Names,
) -> None:
    """Say what the targets of a loop are."""
    skip = int(stmt.exits)
    made: dict[Var, Place] = {}
    for k in tracked:
        target, var = stmt.targets[skip + k], stmt.carried[k]
        s.tracks[target] = True
        if k not in own:
            start = stmt.init[k]
            assert isinstance(start, Var)
            s.refs[target] = Same(start)
            continue
        near = [place for place in outer if place.root in plan.reach.get(var, ())]
        foreign = frozenset(v for place in near for v in place.foreign)
        opaque = any(place.opaque for place in near)
        place = made[var] = s.root(target, foreign=foreign, opaque=opaque)
        links = names.links(var, names.outs)
        twins.link(s, place, links)
        for other in near:
            if other not in twins.linked(s, links):
                place.join(other)
        if var in plan.stale:
            s.state.stale[place] = plan.stale[var]
    for a, b in plan.ties:
        if a in made and b in made:
            made[a].entangle(made[b])
    collected = stmt.targets[skip + len(stmt.carried) :]
    for target, atom in zip(collected, stmt.body.results[skip + len(stmt.carried) :], strict=True):
        if not s.tracked(target):
            continue
        seen = [p for q in s.places(atom) for p in (*q.family(), *q.aliases, *q.inside())]
        near = [p for p in seen if p in outer]
        foreign = frozenset(v for place in near for v in place.foreign)
        place = s.root(target, foreign=foreign)
        place.boxed = boxes.wanted(s, target) and _is_collected_alone(s, stmt, atom, outer)
        for other in near:
            place.hold(other)
            if other.root in plan.written:
                s.state.stale[place] = stmt.origin


def _is_collected_alone(
    s: Settler, stmt: For | While, atom: Atom, outer: dict[Place, None]
) -> bool:
    """Tell whether every turn gives a list an array that nobody else has."""
    if not isinstance(atom, Var) or not s.tracked(atom):
        return False
    ref = s.refs.get(s.base(atom))
    others = [p for other in stmt.body.results if other is not atom for p in s.places(other)]
    if not isinstance(ref, Root) or ref.place in outer or ref.place in others:
        return False
    place = ref.place
    alone = place.alone() and not place.foreign
    return alone and place.sort == "array" and stmt.body.results.count(atom) == 1


def _walked(s: Settler, stmt: For | While, outer: dict[Place, None]) -> tuple[Any, Any]:
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
    from srcgrad.facts.effects import is_write
    from srcgrad.read.settle import is_array

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
            s.packs[stmt.each] = Let((stmt.each,), ops.make_tuple, (each, row), (), stmt.origin)
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


def _check_walk(s: Settler, stmt: For, plan: _Plan, start: State, end: State) -> None:
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
    s.packs[stmt.each] = pack
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

"""Settle branches and contexts: what an arm writes is handed out.

if c:                       u.2 = if c:
    u[0] = y         ->         -> put(u, 0, y)
                            else: -> u
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from srcgrad.program.nodes import UNDEFINED, Atom, Block, Const, If, With
from srcgrad.read import twins
from srcgrad.read.settle_arms import Arm, arm_of, version
from srcgrad.read.settle_merges import NOT_ASKED, merge, sames_of
from srcgrad.read.trees import CODES, RETURN

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler


def branch(s: Settler, stmt: If) -> None:
    """Settle a branch."""
    test = s.read(stmt.test, stmt.origin)
    before = s.state
    arms = [arm_of(s, block) for block in (stmt.then, stmt.orelse)]
    going = [arm for arm in arms if not arm.raises] or arms
    changed = [
        place
        for place in before.values
        if any(arm.state.values[place] is not before.values[place] for arm in going)
    ]
    outs = tuple(version(place) for place in changed)
    asked = _asked(s, stmt, arms, going)
    sames = sames_of(s, stmt, asked, [arm.b for arm in going], before.values)
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
    merge(s, stmt.targets, ends, set(before.values), (stmt.then, stmt.orelse), sames)


def _asked(s: Settler, stmt: If, arms: Sequence[Arm], going: Sequence[Arm]) -> list[list[Atom]]:
    """Return what the targets may be at the ends of the arms that go on, where anybody asks."""
    both = zip((stmt.then, stmt.orelse), arms, strict=True)
    blocks = [block for block, arm in both if arm in going]
    rows = [_row(stmt, blocks, k) for k in range(len(stmt.targets))]
    return [
        [a if a in row else NOT_ASKED for a, row in zip(block.results, rows, strict=True)]
        for block in blocks
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
    arm = arm_of(s, stmt.body)
    changed = [p for p in before.values if arm.state.values[p] is not before.values[p]]
    outs = tuple(version(place) for place in changed)
    sames = sames_of(s, stmt, [stmt.body.results], [arm.b], before.values)
    values = (arm.state.values[place] for place in changed)
    body = arm.b.block(*arm.results, *values, *(made.flags[0] for made in sames))
    targets = (*stmt.targets, *outs, *(made.flag for made in sames))
    s.b.add(With(targets, manager, stmt.entered, body, stmt.origin))
    s.state.values.update(zip(changed, outs, strict=True))
    twins.take(s.state, arm.state)
    ends = [(stmt.body.results, arm.state.stale)]
    merge(s, stmt.targets, ends, set(before.values), (stmt.body,), sames)

"""Schedules of snapshots: they come by every segment, and no other ones run less forward."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from srcgrad.runtime import backwards, backwards_from, segments, snapshot, snapshots_in, sweep


@cache
def fewest(length: int, snapshots: int) -> int:
    """The fewest turns to run forward to reverse so many, from a snapshot of the first."""
    if length < 2:
        return 0
    if snapshots == 1:
        return length * (length - 1) // 2
    return min(
        at + fewest(length - at, snapshots - 1) + fewest(at, snapshots) for at in range(1, length)
    )


@cache
def fewest_behind(length: int, snapshots: int) -> int:
    """The same if the first run takes snapshots wherever it wants."""
    if length < 2:
        return 0
    if snapshots == 1:
        return fewest(length, 1)
    return min(
        fewest_behind(length - at, snapshots - 1) + fewest(at, snapshots) for at in range(1, length)
    )


def played(n: int, starts: list[int], plan: list[Any], count: int) -> int:
    """Go back as generated code does; return how many turns are run forward."""
    stack, run, end = list(starts), 0, n
    for hops, start, stop in plan:
        for begin, last in hops:
            assert begin == stack[-1] < last
            stack.append(last)
            run += last - begin
        assert len(stack) <= count + 1, "one more is in hand"
        assert stack.pop() == start < stop == end
        end = start
    assert end == 0 and not stack
    return run


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("n", [*range(1, 60), 99, 100, 101, 1000])
def test_every_segment_is_come_by(n: int, count: int) -> None:
    spans = sweep(n, count)
    assert len(spans) <= count
    assert [b for _, b in spans] == [*(a for a, _ in spans[1:]), n]
    plan = backwards(n, count)
    assert max(stop - start for _, start, stop in plan) <= count
    unit = plan[-1][2]
    run = played(n, [a for a, _ in spans], plan, count)
    units = -(-n // unit)
    if units < 80:
        assert run == unit * fewest_behind(units, count)


def test_a_loop_that_ended_early() -> None:
    for done in range(1, 40):
        for count in (1, 2, 4):
            starts = [a for a, _ in sweep(40, count) if a < done]
            played(done, starts, backwards(done, count, 40), count)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 16, "sqrt"])
@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 8, 13, 64, 65, 500])
def test_a_loop_whose_end_is_not_known(n: int, count: int | str) -> None:
    states: list[tuple[Any, ...]] = []
    turn = 0
    while turn < n:
        states, stop = snapshot(states, (turn, "state"), count)
        assert stop > turn
        turn = min(stop, n)
    most = count if isinstance(count, int) else int((2 * n) ** 0.5) + 1
    assert len(states) <= most
    played(n, [at for at, _ in states], backwards_from(states, n, count), most)


def test_the_root_runs_nothing_twice() -> None:
    for n in (0, 1, 2, 9, 10, 1000):
        assert sweep(n, "sqrt") == segments(n, "sqrt")
        assert all(not hops for hops, _, _ in backwards(n, "sqrt"))


def test_a_budget() -> None:
    assert snapshots_in(1000) == 500
    assert snapshots_in(10, [1.0] * 50, 2.0) == 1


def test_as_few_turns_as_the_known_schedules() -> None:
    known = pytest.importorskip("checkpoint_schedules")
    for n, count in ((10, 2), (30, 3), (60, 4)):
        schedule = known.Revolve(n, count)
        forward = sum(
            step.n1 - step.n0 for step in schedule if isinstance(step, known.schedule.Forward)
        )
        ours = n + fewest(n, count)  # with the one that is kept, of each turn
        assert ours <= forward

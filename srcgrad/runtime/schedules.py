"""Which states of a loop are kept as snapshots, and how the way back gets from one to the next.

A loop of n turns is cut into segments of a few turns.  On the way back the values of one segment
are kept at a time; the state at its beginning is a snapshot, or is computed forward from the
nearest one.  With s snapshots, where to put them is the binomial schedule of Griewank and Walther,
which needs the fewest turns forward.

    sweep(9, 3)       [(0, 3), (3, 6), (6, 9)]       three snapshots on the way there
    backwards(9, 3)   ([], 6, 9), ([], 3, 6), ([], 0, 3)
"""

from __future__ import annotations

from math import isqrt
from typing import Any

import numpy as np

Span = tuple[int, int]
Count = int | str
"""How many snapshots there may be; ``"sqrt"`` is the root of the number of turns."""


def sweep(n: int, count: Count) -> list[Span]:
    """Return the turns from each snapshot that is taken on the way there to the next.

    >>> sweep(10, "sqrt")
    [(0, 4), (4, 8), (8, 10)]
    >>> sweep(10, 2)
    [(0, 6), (6, 10)]

    Parameters
    ----------
    n : int
        The number of turns of the loop.
    count : int or "sqrt"
        How many snapshots there may be at a time.
    """
    unit, free = _unit(n, count)
    total = -(-n // unit)
    starts = []
    at = 0
    while at < total:
        starts.append(at)
        free -= 1
        if free < 1 or total - at < 2:
            break
        at += _advance(total - at, free + 1)
    ends = [*starts[1:], total]
    return [(a * unit, min(b * unit, n)) for a, b in zip(starts, ends, strict=False)]


def segments(n: int, count: Count) -> list[Span]:
    """Return all the segments that are kept one at a time.

    >>> segments(10, 2)
    [(0, 2), (2, 4), (4, 6), (6, 8), (8, 10)]
    """
    unit, _ = _unit(n, count)
    return [(at, min(at + unit, n)) for at in range(0, n, unit)]


def chained(parts: list[Any]) -> list[Any]:
    """Return the items of all parts in order, of which the last one came first.

    >>> chained([[3, 4], [1, 2]])
    [1, 2, 3, 4]
    """
    return [item for part in reversed(parts) for item in part]


def backwards(n: int, count: Count, total: int | None = None) -> list[tuple[list[Span], int, int]]:
    """Return the way back: for each segment, last to first, how to come to it, and its turns.

    The first item are the turns to run forward from the last snapshot; after each of them a
    snapshot is put on top of the others.  Then the one on top is where the segment begins, and
    is not needed any more.

    >>> backwards(6, 1)[:2]
    [([(0, 5)], 5, 6), ([(0, 4)], 4, 5)]

    Parameters
    ----------
    n : int
        The number of turns that the loop had.
    count : int or "sqrt"
        How many snapshots there may be at a time, apart from the one in hand.
    total : int, optional
        The number of turns that `sweep` was given; ``n`` by default.
    """
    total = n if total is None else total
    unit, free = _unit(total, count)
    starts = [start // unit for start, _ in sweep(total, count) if start < n]
    return _back(n, unit, free, starts)


def snapshot(
    snapshots: list[tuple[Any, ...]], state: tuple[Any, ...], count: Count
) -> tuple[list[tuple[Any, ...]], int]:
    """Return the snapshots of a loop whose end is not known with one more, and when the next is.

    Where there are too many, every second one is given up.

    Parameters
    ----------
    snapshots : list of tuple
        States, each with the number of its turn in front.
    state : tuple
        The present one.
    count : int or "sqrt"
        How many snapshots there may be at a time.
    """
    turn = state[0]
    if count == "sqrt":
        return [*snapshots, state], turn + len(snapshots) + 1
    assert isinstance(count, int)
    if not snapshots:
        return [state], count
    if count == 1:
        return snapshots, 2 * turn
    if len(snapshots) < count:
        stride = snapshots[1][0] if len(snapshots) > 1 else turn
        return [*snapshots, state], turn + stride
    stride = 2 * snapshots[1][0]
    thinned = snapshots[::2]
    if turn % stride:
        return thinned, turn + stride // 2
    return [*thinned, state], turn + stride


def backwards_from(
    snapshots: list[tuple[Any, ...]], n: int, count: Count
) -> list[tuple[list[Span], int, int]]:
    """Return the way back as `backwards` does, from the snapshots of a loop of n turns."""
    starts = [state[0] for state in snapshots]
    if count == "sqrt":
        ends = [*starts[1:], n]
        return [([], a, b) for a, b in zip(reversed(starts), reversed(ends), strict=False)]
    assert isinstance(count, int)
    return _back(n, count, count, [start // count for start in starts])


def snapshots_in(size: int, *state: Any) -> int:
    """Return how many snapshots of a state go into half of so many bytes, at least one.

    The other half is for the values of the turns that are kept at a time.
    """
    return max(1, size // (2 * max(1, sum(map(_bytes, state)))))


def _bytes(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return value.nbytes + 128
    if isinstance(value, (list, tuple)):
        return 64 + sum(map(_bytes, value))
    if isinstance(value, dict):
        return 64 + sum(map(_bytes, value.values()))
    return 32


def _unit(n: int, count: Count) -> tuple[int, int]:
    """Return the turns of a segment, and the number of snapshots."""
    if count == "sqrt":
        root = isqrt(max(n - 1, 0)) + 1
        return root, root
    assert isinstance(count, int)
    return max(1, min(count, -(-n // count))), count


def _back(n: int, unit: int, count: int, starts: list[int]) -> list[tuple[list[Span], int, int]]:
    """Return the way back over segments of so many turns; snapshots stand at the ``starts``."""
    plan = []
    stack = list(starts)
    for place in reversed(range(-(-n // unit))):
        hops: list[Span] = []
        while stack[-1] < place:
            free = count - len(stack)
            at, length = stack[-1], place + 1 - stack[-1]
            # The last one is in hand only, if there is no room for it.
            step = _advance(length, free + 1) if free > 0 else length - 1
            stack.append(at + step)
            hops.append((at * unit, (at + step) * unit))
        stack.pop()
        plan.append((hops, place * unit, min((place + 1) * unit, n)))
    return plan


def _advance(length: int, slots: int) -> int:
    """Return where to put the next snapshot among so many segments; the first stands already.

    With ``slots`` snapshots, that one among them, ``choose(slots + r, r)`` segments can be reversed
    so that none is run forward more than r times.

    >>> _advance(10, 3)
    4
    """
    if slots < 2:
        return length - 1
    r, reach = 0, 1  # the segments within reach of r runs
    while reach < length:
        r += 1
        reach = reach * (slots + r) // r
    if r < 2:
        return 1
    # Of those to the right at least what r - 1 runs reach with one snapshot less, at most r.
    before = reach * r // (slots + r)  # r - 1 runs, all snapshots
    least_right = before * slots // (slots + r - 1)  # r - 1 runs, one less
    return max(1, min(before, length - least_right))

"""Timing of several functions against each other: interleaved, with medians."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

Thunk = Callable[[], Any]
Clock = Callable[[], float]


def batch_time(thunk: Thunk, count: int, clock: Clock = time.perf_counter) -> float:
    """Seconds per call over one batch of calls."""
    calls = range(count)
    start = clock()
    for _ in calls:
        thunk()
    return (clock() - start) / count


def batch_size(thunk: Thunk, target: float) -> int:
    """How many calls take about ``target`` seconds."""
    count = 1
    while True:
        spent = batch_time(thunk, count) * count
        if spent >= target or count >= 1_000_000:
            return max(1, round(count * target / max(spent, 1e-9)))
        count *= 2 if spent * 10 > target else 10


def interleaved(
    thunks: Mapping[str, Thunk],
    rounds: int = 41,
    target: float = 0.004,
    clock: Clock = time.perf_counter,
) -> dict[str, float]:
    """Median seconds per call of each function, measured A B C, C B A, A B C ..."""
    counts = {name: batch_size(thunk, target) for name, thunk in thunks.items()}
    times: dict[str, list[float]] = {name: [] for name in thunks}
    order = list(thunks)
    enabled = gc.isenabled()
    gc.disable()
    try:
        for turn in range(rounds):
            for name in order if turn % 2 == 0 else reversed(order):
                times[name].append(batch_time(thunks[name], counts[name], clock))
    finally:
        if enabled:
            gc.enable()
    return {name: median(values) for name, values in times.items()}


def first_call(thunk: Thunk) -> float:
    """Seconds that one call takes."""
    start = time.perf_counter()
    thunk()
    return time.perf_counter() - start

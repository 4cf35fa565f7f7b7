"""Filters of signals from their end to their start, for what `scipy.signal` has no function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.runtime.images import correlated_back
from srcgrad.runtime.padding import pad_back

Filter = Callable[..., Any]


def lagged(v: Any, x: Any, count: int, axis: int = -1) -> Any:
    """Return the sums of ``v`` times ``x`` moved on by 0, 1 ... ``count - 1`` samples.

    Parameters
    ----------
    v, x : array
        Signals along ``axis``; ``v`` may be the longer one.
    count : int
        How many sums.
    """
    v, x = np.moveaxis(v, axis, -1), np.moveaxis(x, axis, -1)
    n, m = v.shape[-1], x.shape[-1]
    sums = [np.sum(v[..., k : k + m] * x[..., : max(n - k, 0)]) for k in range(count)]
    return np.array(sums, v.dtype)


def alternating(x: Any, axis: int = 0) -> Any:
    """Return the part of a signal that changes sign from each sample to the next."""
    rows = np.moveaxis(x, axis, -1)
    signs = np.ones(rows.shape[-1], x.dtype)
    signs[1::2] = -1.0
    return np.moveaxis(signs * np.mean(signs * rows, axis=-1, keepdims=True), -1, axis)


def filtfilt_back(
    g: Any, b: Any, a: Any, x: Any, axis: int = -1, padtype: Any = "odd", padlen: Any = None
) -> Any:
    """Return the cotangent of ``x`` from that of ``scipy.signal.filtfilt(b, a, x, ...)``."""
    from scipy import signal

    edge = 3 * max(np.size(a), np.size(b)) if padlen is None else padlen
    state = signal.lfilter_zi(b, a)
    return _twice(lambda x, **zi: signal.lfilter(b, a, x, **zi), state, g, x, axis, padtype, edge)


def sosfiltfilt_back(
    g: Any, sos: Any, x: Any, axis: int = -1, padtype: Any = "odd", padlen: Any = None
) -> Any:
    """Return the cotangent of ``x`` from that of ``scipy.signal.sosfiltfilt(sos, x, ...)``."""
    from scipy import signal

    taps = 2 * len(sos) + 1 - min(np.sum(sos[:, 2] == 0), np.sum(sos[:, 5] == 0))
    edge = 3 * int(taps) if padlen is None else padlen
    state = signal.sosfilt_zi(sos)
    return _twice(lambda x, **zi: signal.sosfilt(sos, x, **zi), state, g, x, axis, padtype, edge)


def _twice(once: Filter, state: Any, g: Any, x: Any, axis: int, padtype: Any, edge: int) -> Any:
    """Go back through both runs of a filter.

    Each starts as if its first sample had been there for ever, and so that sample is owed what
    became of the start.
    """
    edge = 0 if padtype is None else edge
    g, x = np.moveaxis(g, axis, -1), np.moveaxis(x, axis, -1)
    widths = [*[(0, 0)] * (g.ndim - 1), (edge, edge)]
    owed = np.pad(g, widths)
    start = once(np.zeros(owed.shape[-1], g.dtype), zi=state)[0].astype(g.dtype)
    for _ in range(2):
        owed = np.flip(owed, -1)
        first = owed @ start
        owed = np.flip(once(np.flip(owed, -1)), -1).copy()
        owed[..., 0] += first
    if edge > 0:
        mode = {"odd": "reflect", "even": "reflect", "constant": "edge"}[padtype]
        wide = np.pad(x, widths, "edge")
        owed = pad_back(owed, wide, x, widths, mode, None, "odd" if padtype == "odd" else "even")
    return np.moveaxis(owed, -1, axis)


def savgol_back(
    g: Any, window_length: int, polyorder: int, deriv: int = 0, delta: float = 1.0,
    axis: int = -1, mode: str = "interp",
) -> Any:  # fmt: skip
    """Return the cotangent of a signal from that of ``scipy.signal.savgol_filter`` of it."""
    from scipy import signal

    taps = signal.savgol_coeffs(window_length, polyorder, deriv, delta)[::-1]
    start = -((window_length + 1) % 2)
    if mode != "interp":
        return correlated_back(g, taps, mode, start, axis)
    half = window_length // 2
    rows = np.moveaxis(g, axis, 0).reshape(g.shape[axis], -1)
    inner = rows.copy()
    inner[:half] = inner[len(inner) - half :] = 0.0
    back = correlated_back(inner, taps, "constant", start, 0)
    ends = signal.savgol_filter(np.eye(window_length), window_length, polyorder, deriv, delta, 0)
    ends = ends.astype(g.dtype)
    if half > 0:
        back[:window_length] += ends[:half].T @ rows[:half]
        back[-window_length:] += ends[-half:].T @ rows[-half:]
    return np.moveaxis(back.reshape(np.moveaxis(g, axis, 0).shape), 0, axis)

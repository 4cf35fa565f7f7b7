"""The margins of ``np.pad``, folded back onto the array that they were made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.runtime.ends import refused

_GATHERED = ("edge", "reflect", "symmetric", "wrap")
_STATISTICS = ("maximum", "minimum", "mean", "median")


def pad_back(
    g: Any,
    y: Any,
    x: Any,
    pad_width: Any,
    mode: str = "constant",
    stat_length: Any = None,
    reflect_type: str = "even",
) -> Any:
    """Return the cotangent of ``x`` from that of ``y = np.pad(x, pad_width, mode, ...)``.

    Parameters
    ----------
    g : array
        The cotangent of the padded array.
    y, x : array
        The padded array and the one that was padded.
    pad_width, mode, stat_length, reflect_type
        As given to ``np.pad``.
    """
    rank = np.ndim(x)
    widths = [[int(n) for n in pair] for pair in _pairs(pad_width, rank)]
    lengths = [[None, None]] * rank if stat_length is None else _pairs(stat_length, rank)
    if not isinstance(mode, str):
        raise refused()
    for axis in reversed(range(rank)):
        before, n = widths[axis][0], np.shape(x)[axis]
        inner = [
            slice(None) if k < axis else slice(w[0], w[0] + m)
            for k, (w, m) in enumerate(zip(widths, np.shape(x), strict=True))
        ]
        seen = np.moveaxis(y[tuple(inner)], axis, 0)
        g = np.moveaxis(
            _along(np.moveaxis(g, axis, 0), seen, before, n, mode, lengths[axis], reflect_type),
            0,
            axis,
        )
    return g


def _pairs(given: Any, rank: int) -> list[Any]:
    if isinstance(given, dict):
        pairs = [[0, 0] for _ in range(rank)]
        for axis, width in given.items():
            pairs[axis] = list(np.broadcast_to(width, 2))
        return pairs
    return [list(pair) for pair in np.broadcast_to(given, (rank, 2))]


def _along(g: Any, x: Any, before: int, n: int, mode: str, lengths: Any, reflect_type: str) -> Any:
    """Fold the margins of the first axis; ``x`` is what was padded along it."""
    ends = (before, len(g) - before - n)
    total = g[before : before + n].copy()
    margins = (g[:before], g[before + n :])
    if not any(ends) or mode in ("constant", "empty"):
        return total
    if mode in _STATISTICS:
        for end, margin in enumerate(margins):
            if ends[end]:
                count = n if lengths[end] is None else min(int(lengths[end]), n)
                part = slice(None, count) if end == 0 else slice(n - count, None)
                total[part] += _shares(x[part], mode) * np.sum(margin, axis=0)
    elif mode == "linear_ramp":
        for end, margin in enumerate(margins):
            slope = np.linspace(0.0, 1.0, ends[end], endpoint=False)
            slope = slope if end == 0 else slope[::-1]
            total[-end] += np.tensordot(slope, margin, 1)
    elif mode in _GATHERED:
        odd = reflect_type == "odd" and mode in ("reflect", "symmetric")
        if odd and max(ends) > n - (mode == "reflect"):
            raise refused()
        options = {"reflect_type": "even"} if mode in ("reflect", "symmetric") else {}
        places = np.pad(np.arange(n), ends, mode, **options)  # type: ignore[call-overload]
        for end, margin in enumerate(margins):
            own = places[:before] if end == 0 else places[before + n :]
            np.add.at(total, own, -margin if odd else margin)
            if odd:
                total[-end] += 2.0 * np.sum(margin, axis=0)
    else:
        raise refused()
    return total


def _shares(x: Any, mode: str) -> Any:
    """Return by how much a statistic of the first axis moves with each element."""
    n = len(x)
    if mode == "mean":
        return np.full_like(x, 1.0 / n)
    if mode == "median":
        ranked = np.sort(x, axis=0)
        return 0.5 * (_equal(x, ranked[(n - 1) // 2]) + _equal(x, ranked[n // 2]))
    return _equal(x, np.max(x, axis=0) if mode == "maximum" else np.min(x, axis=0))


def _equal(x: Any, best: Any) -> Any:
    hit = x == best
    return hit / np.sum(hit, axis=0, dtype=x.dtype)


def cut_or_fill(g: Any, like: Any) -> Any:
    """Return an array cut, or filled up with zeros, at the end of each axis.

    Parameters
    ----------
    g : array
        What to cut or to fill up.
    like : array
        An array of as many dimensions, whose shape the result has.
    """
    shape = np.shape(like)
    part = g[tuple(slice(0, n) for n in shape)]
    if part.shape == shape:
        return part
    out = np.zeros(shape, part.dtype)
    out[tuple(slice(0, n) for n in part.shape)] = part
    return out

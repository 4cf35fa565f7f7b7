"""``np.add.reduce``, ``np.multiply.outer`` and the other methods of NumPy's ufuncs."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.reductions import kept, only, others
from srcgrad.rules.table import linear, pull, rule_of


@linear(np.add.reduce)
def _add_reduce(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    to_x = only(where, np.broadcast_to(kept(g, axis, keepdims), np.shape(x)))
    return to_x, None, None, None, None, None if initial is None else np.sum(g)


@pull(np.multiply.reduce)
def _multiply_reduce(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = False,
    initial: Any = 1,
    where: Any = None,
) -> Any:
    factors = x if where is None else np.where(where, x, 1.0)
    to_x = only(where, kept(g, axis, keepdims) * others(factors, axis))
    product = np.prod(factors, axis=axis, keepdims=keepdims)
    return initial * to_x, None, None, None, None, np.sum(g * product)


def _extreme_reduce(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    best = x == kept(y, axis, keepdims)
    if where is not None:
        best = best & where
    ties = np.sum(best, axis=axis, keepdims=True, dtype=x.dtype)
    if initial is None:
        return best * (kept(g, axis, keepdims) / ties), None, None, None, None, None
    start = kept(y, axis, keepdims) == initial
    part = kept(g, axis, keepdims) / (ties + start)
    return best * part, None, None, None, None, np.sum(start * part)


for extreme in (np.maximum, np.minimum, np.fmax, np.fmin):
    pull(extreme.reduce, _extreme_reduce)


# The first element counts once, all others are subtracted.
@linear(np.subtract.reduce)
def _subtract_reduce(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = False,
) -> Any:
    back = np.moveaxis(-np.broadcast_to(kept(g, axis, keepdims), np.shape(x)), axis, 0)
    return np.moveaxis(np.concatenate([-back[:1], back[1:]]), 0, axis)


@pull(np.logaddexp.reduce)
def _logaddexp_reduce(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = False,
) -> Any:
    return kept(g, axis, keepdims) * np.exp(x - below(kept(y, axis, keepdims)))


@pull(np.logaddexp2.reduce)
def _logaddexp2_reduce(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = False,
) -> Any:
    return kept(g, axis, keepdims) * np.exp2(x - below(kept(y, axis, keepdims)))


def below(y: Any) -> Any:
    """Return a result to subtract; the share of minus infinities in one another is 0."""
    return np.where(np.isneginf(y), 0.0, y)


@pull(np.hypot.reduce)
def _hypot_reduce(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = False,
) -> Any:
    length = kept(y, axis, keepdims)
    return kept(g, axis, keepdims) * (x / np.where(length > 0, length, 1.0))


@linear(np.add.reduceat)
def _add_reduceat(
    g: Any, y: Any, x: Any, indices: Any, axis: Any = 0, dtype: Any = None, out: None = None
) -> Any:
    owed = np.moveaxis(g, axis, 0)
    starts, n = np.asarray(indices), np.shape(x)[axis]
    if np.all(starts[1:] > starts[:-1]):
        lengths = np.diff(np.append(starts, n))
        rest = np.zeros((starts[0], *np.shape(owed)[1:]), owed.dtype)
        whole = np.concatenate([rest, np.repeat(owed, lengths, axis=0)])
        return np.moveaxis(whole, 0, axis)
    total = np.moveaxis(runtime.zeros_like(x), axis, 0)
    for k in range(len(starts)):
        end = starts[k + 1] if k + 1 < len(starts) else n
        part = slice(starts[k], max(end, starts[k] + 1), None)
        total = runtime.put_add(total, part, owed[k])
    return np.moveaxis(total, 0, axis)


def outer_rule(partials: Any) -> Any:
    """Return the rule of the outer form of a function of two arguments."""

    def pulled(g: Any, y: Any, a: Any, b: Any) -> Any:
        wide = np.reshape(a, (*np.shape(a), *(1,) * np.ndim(b)))
        to_a, to_b = partials(y, wide, b)
        return (
            np.reshape(runtime.unbroadcast(g * to_a, wide), np.shape(a)),
            runtime.unbroadcast(g * to_b, b),
        )

    return pulled


for two in (
    np.add, np.subtract, np.multiply, np.divide, np.power, np.float_power, np.maximum, np.minimum,
    np.fmax, np.fmin, np.logaddexp, np.logaddexp2, np.arctan2, np.hypot, np.remainder, np.fmod,
    np.copysign, np.heaviside,
):  # fmt: skip
    pull(two.outer, outer_rule(rule_of(two)))

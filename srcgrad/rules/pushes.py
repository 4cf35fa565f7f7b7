"""The forward parts of rules: how results move, where the pull part alone would say it at length.

Functions that are linear in what moves are done to the tangents; the others have a few lines.
Where there is no word here, the pull part is pulled back itself.
"""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.program.ops import method
from srcgrad.rules.table import additive, multiplies, push, share

for total in (np.sum, np.add.reduce):
    additive(total, 0, "initial")
share(np.sum, method("sum"))
additive(builtins.sum, 0, 1)
additive(np.where, 1, 2)
additive(np.diff, 0, "prepend", "append")
additive(np.ediff1d, 0, "to_end", "to_begin")
additive(np.append, 0, 1)
additive(np.insert, 0, 2)
additive(np.select, 1, 2)
additive(np.choose, 1)
additive(method("choose"), 1)
additive(np.compress, 1)
additive(method("compress"), 0)
additive(np.extract, 1)
additive(np.full, 1)
additive(np.full_like, 1)
additive(np.linspace, 0, 1)
additive(np.polyadd, 0, 1)
additive(np.polysub, 0, 1)
additive(np.interp, 2, "left", "right")
additive(np.trapezoid, 0)
additive(np.gradient, 0)
additive(method("get"), 0, 2)
for together in (
    np.meshgrid, np.broadcast_arrays, np.ix_, np.atleast_1d, np.atleast_2d, np.atleast_3d,
):  # fmt: skip
    additive(together, "*")
for moved in (
    runtime.fresh, runtime.unbroadcast, runtime.as_kind, runtime.as_real, runtime.as_complex,
    runtime.given, runtime.unless_in, runtime.put_part, runtime.collect_like, runtime.turned_like,
    runtime.column, runtime.dict_like, runtime.share_ties, runtime.joined_parts, runtime.unblock,
):  # fmt: skip
    additive(moved, 0, only=True)
for undone in (
    runtime.listed, runtime.entries, runtime.fold_repeats, runtime.unjoined, runtime.unsummed,
    runtime.put_items_parts, runtime.unsorted, runtime.cleared, runtime.items_at,
    runtime.sorted_along, runtime.walked,
):  # fmt: skip
    additive(undone, 0, only=True)
multiplies(runtime.matmul_left, runtime.matmul_right)
additive(runtime.matmul_left, 0, 2, only=True)
additive(runtime.matmul_right, 0, 1, only=True)
additive(runtime.keyed, 1, only=True)
additive(runtime.put_attr, 0, 2)
additive(runtime.unpopped, 0, 2)
additive(runtime.add, 0, 1)
additive(runtime.of_parts, 0, 1)
push(np.unwrap, lambda t, y, p, *options, **named: t)


@push(method("astype"))
def _astype(t: Any, y: Any, x: Any, dtype: Any, **options: Any) -> Any:
    if np.issubdtype(dtype, np.inexact):
        return t.astype(dtype)
    return runtime.zeros_like(x)


@push(np.nancumsum)
def _nancumsum(
    t: Any, y: Any, x: Any, axis: Any = None, dtype: Any = None, out: None = None
) -> Any:
    return np.cumsum(np.where(np.isnan(x), 0.0, t), axis)


multiplies(np.dot, np.inner, np.convolve, np.correlate, np.cross, np.linalg.cross)
multiplies(np.polymul, np.einsum)
share(np.dot, method("dot"))


# Padding is linear, but for the choice of the largest, smallest or middle element.
@push(np.pad)
def _pad(
    t: Any,
    y: Any,
    x: Any,
    pad_width: Any,
    mode: Any = "constant",
    *,
    constant_values: Any = 0,
    end_values: Any = 0,
    stat_length: Any = None,
    reflect_type: Any = "even",
) -> Any:
    if mode == "constant" or mode == "linear_ramp":
        return np.pad(t, pad_width, mode)
    if mode == "mean":
        return np.pad(t, pad_width, mode, stat_length=stat_length)
    if mode == "reflect" or mode == "symmetric":
        return np.pad(t, pad_width, mode, reflect_type=reflect_type)
    if mode == "edge" or mode == "wrap":
        return np.pad(t, pad_width, mode)
    raise runtime.refused()

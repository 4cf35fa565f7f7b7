"""What generated code calls, so that it can be differentiated again."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import multilinear, pull, zero

zero(runtime.zeros_like, runtime.einsum_turned, runtime.einsum_lost, runtime.einsum_repeats)
zero(runtime.einsum_text, runtime.along_axis)
zero(runtime.is_sequence, runtime.is_mapping)
zero(runtime.einsum_diagonal, runtime.cuts)


@pull(runtime.fresh)
def _fresh(g: Any, y: Any, x: Any, like: Any, told: Any = False) -> Any:
    return g, runtime.zeros_like(like)


@pull(runtime.unbroadcast)
def _unbroadcast(g: Any, y: Any, x: Any, like: Any) -> Any:
    return runtime.unbroadcast(g, x), runtime.zeros_like(like)


@multilinear(runtime.matmul_left)
def _matmul_left(h: Any, y: Any, g: Any, a: Any, b: Any) -> Any:
    return np.matmul(h, b), None, runtime.matmul_right(g, h, b)


@multilinear(runtime.matmul_right)
def _matmul_right(h: Any, y: Any, g: Any, a: Any, b: Any) -> Any:
    return np.matmul(a, h), runtime.matmul_left(g, a, h), None


@pull(runtime.as_kind)
def _as_kind(g: Any, y: Any, x: Any, like: Any) -> Any:
    return g, runtime.zeros_like(like)


@pull(runtime.of_parts)
def _of_parts(g: Any, y: Any, real: Any, imag: Any) -> Any:
    return runtime.unbroadcast(g, real), runtime.unbroadcast(1j * g, imag)


for kind in (runtime.as_real, runtime.as_complex):
    pull(kind, lambda g, y, x: g)


@pull(runtime.add_outers)
def _add_outers(g: Any, y: Any, total: Any, us: Any, vs: Any) -> Any:
    return g, [g @ v for v in vs], [u @ g for u in us]


@pull(runtime.add_blocks)
def _add_blocks(g: Any, y: Any, total: Any, us: Any, vs: Any) -> Any:
    full = len(us) - len(y[1])
    to_us = [g[0] @ v for v in vs[:full]]
    to_vs = [u @ g[0] for u in us[:full]]
    return g[0], to_us + g[1], to_vs + g[2]


@pull(runtime.add)
def _add(g: Any, y: Any, a: Any, b: Any) -> Any:
    return g, g


@pull(runtime.given)
def _given(h: Any, y: Any, g: Any, like: Any) -> Any:
    return (None if g is None else h), runtime.zeros_like(like)


@pull(runtime.unless_in)
def _unless_in(h: Any, y: Any, g: Any, key: Any, later: Any) -> Any:
    return runtime.unless_in(h, key, later)


@pull(runtime.put_add)
def _put_add(g: Any, y: Any, x: Any, index: Any, v: Any) -> Any:
    return g, None, operator.getitem(g, index)


# Of an index that is there more than once the last place counts, there as here.
@pull(runtime.put_part)
def _put_part(h: Any, y: Any, g: Any, index: Any, value: Any) -> Any:
    return runtime.put(runtime.zeros_like(g), index, h), None, runtime.zeros_like(value)


# Where ``g`` is 0 a branch was not taken, and nothing goes to the partial.
@multilinear(runtime.times)
def _times(h: Any, y: Any, g: Any, partial: Any) -> Any:
    return h * partial, runtime.times(g, h)


@pull(runtime.collect_like)
def _collect_like(g: Any, y: Any, items: Any, like: Any) -> Any:
    return [g[i] for i in range(len(items))], runtime.zeros_like(like)


@pull(runtime.turned_like)
def _turned_like(g: Any, y: Any, items: Any, like: Any) -> Any:
    turned = g[::-1]
    return [turned[i] for i in range(len(items))], runtime.zeros_like(like)


@pull(runtime.column)
def _column(g: Any, y: Any, rows: Any, index: Any, like: Any) -> Any:
    back = [runtime.put_add(runtime.zeros_like(row), index, g[i]) for i, row in enumerate(rows)]
    return back, None, runtime.zeros_like(like)


@pull(runtime.dict_like)
def _dict_like(g: Any, y: Any, items: Any, like: Any) -> Any:
    return [g[key] for key in like][: len(items)], runtime.zeros_like(like)

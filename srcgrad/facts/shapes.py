"""The table: what type a call has, for every function that is known; everything else is unknown.

A rule of the table takes the `Sizes` and the types of the arguments.  What a rule does not accept
(an argument by a name it does not have) is unknown, never an error.
"""

from __future__ import annotations

import copy
import itertools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts import shapes_array as array
from srcgrad.facts import shapes_complex as complexes
from srcgrad.facts import shapes_containers as containers
from srcgrad.facts import shapes_creation as creation
from srcgrad.facts import shapes_elementwise as each
from srcgrad.facts import shapes_fourier as fourier
from srcgrad.facts import shapes_index as index
from srcgrad.facts import shapes_joining as joining
from srcgrad.facts import shapes_lists as lists
from srcgrad.facts import shapes_more as more
from srcgrad.facts import shapes_probed as probe
from srcgrad.facts import shapes_python as python
from srcgrad.facts import shapes_random as randoms
from srcgrad.facts import shapes_reduce as reduce
from srcgrad.facts import shapes_runtime as generated
from srcgrad.facts import shapes_schedules as schedules
from srcgrad.facts import sparse
from srcgrad.facts.foreign import entry_of
from srcgrad.facts.joins import Joiner
from srcgrad.facts.kinds import (
    UNKNOWN,
    Arr,
    DictOf,
    Known,
    ListOf,
    Map,
    Num,
    Other,
    Py,
    Seq,
    Sparse,
    Type,
)
from srcgrad.facts.sizes import Sizes
from srcgrad.program import ops

General = Callable[[Sizes, Any, list[Type], dict[str, Type]], Type]

GENERAL: dict[Any, General] = {
    **dict.fromkeys(each.FUNCTIONS | each.UFUNCS, each.elementwise),
    **dict.fromkeys(each.MATH, each.math_function),
    **dict.fromkeys(each.BINARY | each.UNARY | each.COMPARISONS, each.python_operator),
    **dict.fromkeys(ops.PLAIN, each.inplace),
    operator.is_: each.identity_test,
    operator.is_not: each.identity_test,
    operator.not_: each.negation,
    **dict.fromkeys(reduce.REDUCTIONS, reduce.reduction),
    **dict.fromkeys(reduce.POSITIONS, reduce.position),
    **dict.fromkeys(reduce.SCANS, reduce.scan),
    **dict.fromkeys((float, int, bool, complex), python.converted),
    **dict.fromkeys((max, min), python.extreme),
    **dict.fromkeys(each.CASTS, each.cast),
    runtime.einsum_turned: python.decided,
    runtime.einsum_lost: python.decided,
    runtime.einsum_repeats: python.decided,
    runtime.einsum_lost: python.decided,
    runtime.einsum_repeats: python.decided,
    np.issubdtype: python.decided,
    **dict.fromkeys(complexes.CMATH, complexes.of_cmath),
    **dict.fromkeys(fourier.WHOLE | fourier.HALF | fourier.DOUBLE, fourier.transform),
    **dict.fromkeys(probe.PROBED, probe.probed),
}
"""Rules that serve several functions and are told which."""

RULES: dict[Any, Callable[..., Type]] = {
    np.where: each.where,
    np.clip: each.clip,
    np.sort: reduce.sort,
    np.partition: reduce.partition,
    np.argsort: reduce.argsort,
    np.diff: reduce.diff,
    np.linalg.norm: reduce.norm,
    np.linalg.inv: reduce.inverse,
    np.linalg.cholesky: reduce.inverse,
    np.linalg.det: reduce.det,
    np.linalg.slogdet: reduce.slogdet,
    np.linalg.solve: reduce.solve,
    np.matmul: reduce.matmul,
    operator.matmul: reduce.matmul,
    np.dot: reduce.dot,
    np.inner: reduce.inner,
    np.vdot: reduce.vdot,
    np.outer: reduce.outer,
    np.tensordot: reduce.tensordot,
    np.einsum: reduce.einsum,
    np.trace: reduce.trace,
    np.array: creation.as_array,
    np.asarray: creation.as_array,
    np.asanyarray: creation.as_array,
    np.ascontiguousarray: array.atleast_1d,
    np.zeros: creation.filled,
    np.ones: creation.filled,
    np.empty: creation.filled,
    np.full: creation.full,
    np.zeros_like: creation.filled_like,
    np.ones_like: creation.filled_like,
    np.empty_like: creation.filled_like,
    np.full_like: creation.full_like,
    **dict.fromkeys((np.hanning, np.hamming, np.blackman, np.bartlett, np.kaiser), fourier.window),
    np.fft.fftfreq: fourier.window,
    np.eye: creation.eye,
    np.identity: creation.eye,
    np.arange: creation.arange,
    np.linspace: creation.linspace,
    np.reshape: array.reshape,
    np.ravel: array.ravel,
    np.transpose: array.transpose,
    np.swapaxes: array.swapaxes,
    np.moveaxis: array.moveaxis,
    np.rollaxis: array.rollaxis,
    np.squeeze: array.squeeze,
    np.expand_dims: array.expand_dims,
    np.broadcast_to: array.broadcast_to,
    np.concatenate: joining.concatenate,
    np.stack: joining.stack,
    np.vstack: joining.vstack,
    np.hstack: joining.hstack,
    np.split: joining.split,
    np.repeat: joining.repeated,
    np.flip: array.flip,
    np.flipud: array.flip,
    np.fliplr: array.flip,
    np.roll: array.roll,
    np.tril: array.triangle,
    np.triu: array.triangle,
    np.atleast_1d: array.atleast_1d,
    np.atleast_2d: array.atleast_2d,
    copy.deepcopy: lambda sizes, x: x,
    np.copy: lambda sizes, x: creation.as_array(sizes, x),
    np.take: index.take,
    np.nonzero: index.nonzero,
    np.flatnonzero: index.flatnonzero,
    np.ix_: index.ix,
    np.diag: array.diag,
    np.diagonal: array.diagonal,
    np.real: lambda sizes, x: python.attribute_of(sizes, "real", x),
    np.imag: lambda sizes, x: python.attribute_of(sizes, "imag", x),
    np.shape: python.shape,
    np.ndim: python.ndim,
    np.size: python.size,
    operator.getitem: index.getitem,
    ops.same: python.same,
    ops.make_tuple: containers.make_tuple,
    ops.make_list: containers.make_list,
    ops.make_dict: containers.make_dict,
    ops.dict_of: containers.dict_of,
    ops.call: randoms.called,
    ops.unpack: containers.unpack,
    ops.unpack_star: containers.unpack_star,
    ops.list_append: containers.list_append,
    ops.contained: python.contained,
    ops.not_contained: python.not_contained,
    ops.formatted: python.text,
    ops.fstring: python.text,
    slice: python.cut,
    len: python.length,
    range: python.range_,
    enumerate: containers.enumerate_,
    zip: containers.zip_,
    reversed: containers.reversed_,
    list: containers.list_,
    tuple: containers.tuple_,
    dict: containers.dict_,
    sorted: containers.sorted_,
    isinstance: python.isinstance_,
    runtime.is_sequence: python.is_sequence,
    runtime.is_mapping: python.is_mapping,
    callable: python.truth_value,
    type: python.type_,
    sum: python.sum_,
    str: python.text,
    repr: python.text,
    runtime.unbroadcast: generated.unbroadcast,
    runtime.matmul_left: generated.matmul_left,
    runtime.matmul_right: generated.matmul_right,
    runtime.add_outers: array.like_first,
    runtime.add_blocks: lambda sizes, total, us, vs: Seq(tuple, (total, us, vs)),
    runtime.zeros_like: generated.zeros_like,
    runtime.fresh: generated.fresh,
    runtime.as_real: complexes.as_real,
    runtime.as_complex: complexes.as_complex,
    runtime.as_kind: complexes.as_kind,
    runtime.of_parts: complexes.of_parts,
    np.iscomplexobj: complexes.tested,
    np.isrealobj: complexes.real_tested,
    runtime.add: generated.add,
    runtime.put_add: generated.put_add,
    runtime.put: generated.put,
    runtime.given: generated.given,
    np.searchsorted: more.searchsorted,
    np.delete: more.delete,
    np.pad: more.pad,
    np.meshgrid: more.meshgrid,
    np.cross: more.cross,
    runtime.share_ties: array.like_first,
    runtime.doubles: each.doubles,
    runtime.valid: each.valid,
    runtime.bessel_i1: array.like_first,
    runtime.cofactors: array.like_first,
    runtime.lower_inverse: array.like_first,
    runtime.cut_or_fill: complexes.cut_or_fill,
    runtime.pad_back: lambda sizes, g, y, x, *options: array.like_first(sizes, x),
    runtime.put_part: generated.put_part,
    runtime.cuts: generated.cuts,
    runtime.put_attr: generated.put_attr,
    runtime.put_item: lists.put_item,
    runtime.put_entry: lists.put_item,
    runtime.pop_item: lists.pop_item,
    runtime.pop_entry: lists.pop_item,
    runtime.updated: lists.updated,
    runtime.append_inside: lists.append_inside,
    runtime.insert_item: lists.insert_item,
    runtime.unpopped: lists.unpopped,
    runtime.extended: lists.extended,
    runtime.put_items: lists.put_items,
    runtime.inserted_at: lists.whole_number,
    runtime.place_of: lists.whole_number,
    runtime.cleared: lists.cleared,
    runtime.listed: lists.listed,
    runtime.collect_like: generated.collect_like,
    runtime.turned_like: generated.turned_like,
    runtime.times: each.times,
    runtime.product_of_others: array.like_first,
    runtime.column: generated.column,
    runtime.sweep: schedules.spans,
    runtime.segments: schedules.spans,
    runtime.backwards: schedules.plan,
    runtime.backwards_from: schedules.plan,
    runtime.snapshot: schedules.snapshot,
    runtime.snapshots_in: schedules.whole_number,
    runtime.chained: schedules.chained,
    runtime.stop_gradient: python.same,
    runtime.constant: python.same,
}
"""Rules that take the types of the arguments as the function takes its arguments."""

METHODS: dict[str, Any] = {
    **{fn.__name__: fn for fn in reduce.REDUCTIONS if hasattr(np.ndarray, fn.__name__)},
    "max": np.max,
    "min": np.min,
    "argmax": np.argmax,
    "argmin": np.argmin,
    "cumsum": np.cumsum,
    "cumprod": np.cumprod,
    "dot": np.dot,
    "round": np.round,
    "clip": np.clip,
    "ravel": np.ravel,
    "flatten": np.ravel,
    "reshape": np.reshape,
    "transpose": np.transpose,
    "swapaxes": np.swapaxes,
    "squeeze": np.squeeze,
    "repeat": np.repeat,
    "take": np.take,
    "trace": np.trace,
    "argsort": np.argsort,
}
"""Methods of arrays that do what a function does."""

OWN_METHODS: dict[str, Callable[..., Type]] = {
    "astype": creation.astype,
    "copy": creation.copied,
    "item": creation.item,
}
"""Methods of arrays that are no functions."""


MANY = 27
"""More combinations of kinds of number are not looked at."""

REARRANGE = {
    np.transpose, np.squeeze, np.swapaxes, np.moveaxis, np.flip, np.roll, np.copy, np.reshape,
    np.repeat, np.broadcast_to,
}  # fmt: skip
"""What gives a scalar or a 0-d array, depending on more than types tell."""


def _is_zero_d(kind: Type) -> bool:
    return isinstance(kind, Arr) and not kind.dims


def result_type(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """Return the type of a call; of a number of several kinds, what it is for each of them."""
    if Num in map(type, kinds):
        return _for_each(sizes, fn, kinds, kwargs)
    try:
        if Sparse in map(type, kinds):
            return sparse.result_type(sizes, fn, kinds, kwargs)
        special = RULES.get(fn)
        if special is not None:
            out = special(sizes, *kinds, **kwargs)
            return UNKNOWN if fn in REARRANGE and _is_zero_d(out) else out
        general = GENERAL.get(fn)
        if general is not None:
            return general(sizes, fn, kinds, kwargs)
        if isinstance(fn, ops.Attribute):
            return python.attribute_of(sizes, fn.name, kinds[0])
        if isinstance(fn, ops.Method):
            return _method(sizes, fn.name, kinds, kwargs)
        if fn in randoms.MODULE:
            return randoms.drawn(sizes, randoms.MODULE[fn], kinds, kwargs)
        entry = entry_of(fn)
        if entry is not None and entry.types is not None:
            return entry.types(sizes, fn, kinds, kwargs)
        if isinstance(fn, type):
            return python.constructed(fn, kinds, kwargs)
    except (TypeError, ValueError, IndexError):
        return UNKNOWN
    return UNKNOWN


def _for_each(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    choices = [kind.options if isinstance(kind, Num) else (kind,) for kind in kinds]
    if math.prod(map(len, choices)) > MANY:
        return UNKNOWN
    out: Type | None = None
    joiner = Joiner(sizes)
    for choice in itertools.product(*choices):
        one = result_type(sizes, fn, list(choice), kwargs)
        out = one if out is None else joiner(out, one)
        if out == UNKNOWN:
            break
    return UNKNOWN if out is None else out


def _method(sizes: Sizes, name: str, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    receiver = kinds[0]
    if isinstance(receiver, Map):
        return UNKNOWN if kwargs else containers.dict_method(sizes, name, receiver, kinds[1:])
    if isinstance(receiver, DictOf):
        return UNKNOWN if kwargs else containers.table_method(sizes, name, receiver, kinds[1:])
    if isinstance(receiver, Arr):
        if name in METHODS:
            return result_type(sizes, METHODS[name], kinds, kwargs)
        if name in OWN_METHODS:
            return OWN_METHODS[name](sizes, *kinds, **kwargs)
    if name == "copy" and isinstance(receiver, (Seq, ListOf)) and receiver.cls is list:
        return receiver
    if isinstance(receiver, Other) and issubclass(receiver.cls, randoms.GENERATORS):
        return randoms.drawn(sizes, name, kinds[1:], kwargs)
    if isinstance(receiver, (Py, Known)) and name == "conjugate":
        return receiver
    if isinstance(receiver, Arr) and name in ("conj", "conjugate") and len(kinds) == 1:
        return receiver if receiver.dtype.kind in "iufc" else UNKNOWN
    return UNKNOWN

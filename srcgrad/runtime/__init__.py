"""All that generated code may call besides NumPy: a handful of small functions on values.

Most of them disappear when the types of the arguments are known.
"""

from __future__ import annotations

from srcgrad.runtime.arrays import (
    product_of_others,
    share_ties,
    times,
    unbroadcast,
)
from srcgrad.runtime.containers import (
    add,
    collect_like,
    column,
    dict_like,
    entries,
    fold_repeats,
    given,
    put_add,
    put_attr,
    turned_like,
    unjoined,
    unless_in,
    zeros_like,
)
from srcgrad.runtime.ends import (
    constant,
    fresh,
    one_number,
    refused,
    stop_gradient,
)
from srcgrad.runtime.patterns import is_mapping, is_sequence, without
from srcgrad.runtime.products import matmul_left, matmul_right
from srcgrad.runtime.subscripts import (
    einsum_diagonal,
    einsum_lost,
    einsum_repeats,
    einsum_turned,
)
from srcgrad.runtime.writes import along_axis, put, put_part

__all__ = [
    "add",
    "along_axis",
    "collect_like",
    "column",
    "constant",
    "dict_like",
    "einsum_diagonal",
    "einsum_lost",
    "einsum_repeats",
    "einsum_turned",
    "entries",
    "fold_repeats",
    "fresh",
    "given",
    "is_mapping",
    "is_sequence",
    "matmul_left",
    "matmul_right",
    "one_number",
    "product_of_others",
    "put",
    "put_add",
    "put_attr",
    "put_part",
    "refused",
    "share_ties",
    "stop_gradient",
    "times",
    "turned_like",
    "unbroadcast",
    "unjoined",
    "unless_in",
    "without",
    "zeros_like",
]

for _name in __all__:
    # One name for saved modules, pickles and printed programs, wherever a function stands.
    globals()[_name].__module__ = __name__

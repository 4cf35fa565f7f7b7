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
from srcgrad.runtime.checked import Correlation, doubles, valid
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
from srcgrad.runtime.joined import joined_parts, unblock
from srcgrad.runtime.lists import (
    add_member,
    append_inside,
    cleared,
    drop_member,
    extended,
    insert_item,
    inserted_at,
    item_before,
    items_at,
    listed,
    place_of,
    pop_entry,
    pop_item,
    put_entry,
    put_item,
    put_items,
    put_items_parts,
    unpopped,
    unsorted,
    unsummed,
    updated,
)
from srcgrad.runtime.matrices import cofactors, lower_inverse
from srcgrad.runtime.padding import pad_back
from srcgrad.runtime.patterns import is_mapping, is_sequence, without
from srcgrad.runtime.products import matmul_left, matmul_right
from srcgrad.runtime.schedules import (
    backwards,
    backwards_from,
    chained,
    segments,
    snapshot,
    snapshots_in,
    sweep,
)
from srcgrad.runtime.special import bessel_i1, polygamma
from srcgrad.runtime.subscripts import (
    einsum_diagonal,
    einsum_lost,
    einsum_repeats,
    einsum_text,
    einsum_turned,
)
from srcgrad.runtime.writes import along_axis, cuts, put, put_part

__all__ = [
    "Correlation",
    "add",
    "add_member",
    "along_axis",
    "append_inside",
    "backwards",
    "backwards_from",
    "bessel_i1",
    "chained",
    "cleared",
    "cofactors",
    "collect_like",
    "column",
    "constant",
    "cuts",
    "dict_like",
    "doubles",
    "drop_member",
    "einsum_diagonal",
    "einsum_lost",
    "einsum_repeats",
    "einsum_text",
    "einsum_turned",
    "entries",
    "extended",
    "fold_repeats",
    "fresh",
    "given",
    "insert_item",
    "inserted_at",
    "is_mapping",
    "is_sequence",
    "item_before",
    "items_at",
    "joined_parts",
    "listed",
    "lower_inverse",
    "matmul_left",
    "matmul_right",
    "one_number",
    "pad_back",
    "place_of",
    "polygamma",
    "pop_entry",
    "pop_item",
    "product_of_others",
    "put",
    "put_add",
    "put_attr",
    "put_entry",
    "put_item",
    "put_items",
    "put_items_parts",
    "put_part",
    "refused",
    "segments",
    "share_ties",
    "snapshot",
    "snapshots_in",
    "stop_gradient",
    "sweep",
    "times",
    "turned_like",
    "unblock",
    "unbroadcast",
    "unjoined",
    "unless_in",
    "unpopped",
    "unsorted",
    "unsummed",
    "updated",
    "valid",
    "without",
    "zeros_like",
]

for _name in __all__:
    # One name for saved modules, pickles and printed programs, wherever a function stands.
    globals()[_name].__module__ = __name__

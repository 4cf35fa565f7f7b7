"""What a call does besides giving a value: effects, errors, shared memory, cost.

Tables over the function objects themselves.  What is not listed is taken to do anything.
"""

from __future__ import annotations

import builtins
import cmath
import copy
import functools
import itertools
import math
import operator
import time
from typing import Any, Literal

import numpy as np

from srcgrad import runtime
from srcgrad.facts.foreign import entry_of
from srcgrad.facts.raising import can_raise as can_raise
from srcgrad.program import ops
from srcgrad.program.nodes import Const, Do, Let, Program
from srcgrad.program.walk import is_const, statements

Returns = Literal["fresh", "view", "maybe", "immutable"]


def _named(module: Any, names: str) -> frozenset[Any]:
    found = (getattr(module, name, None) for name in names.split())
    return frozenset(fn for fn in found if fn is not None)


def _methods(names: str) -> frozenset[Any]:
    return frozenset(map(ops.method, names.split()))


def _attributes(names: str) -> frozenset[Any]:
    return frozenset(map(ops.attribute, names.split()))


UFUNCS = frozenset(value for value in vars(np).values() if isinstance(value, np.ufunc))
"""All elementwise functions of NumPy, and matmul."""
_UFUNC_METHODS = frozenset(
    getattr(ufunc, name)
    for ufunc in UFUNCS
    if ufunc.nin == 2 and ufunc.nout == 1
    for name in ("reduce", "accumulate", "reduceat", "outer")
)

_NP_FRESH = _named(
    np,
    "all any amax amin angle append arange argmax argmin argpartition argsort argwhere"
    " around array_equal array_equiv allclose average bartlett base_repr bincount blackman block"
    " choose clip column_stack compress concatenate convolve copy corrcoef correlate"
    " count_nonzero cov cross cumprod cumsum cumulative_prod cumulative_sum delete"
    " digitize dot dstack ediff1d empty empty_like eye extract flatnonzero full"
    " full_like geomspace gradient hamming hanning heaviside hstack"
    " i0 identity in1d indices inner insert interp intersect1d isclose iscomplex isfinite isin"
    " isreal kaiser kron lexsort linspace logspace max mean median min"
    " nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin"
    " nanpercentile nanprod nanquantile nanstd nansum nanvar nonzero ones ones_like outer packbits"
    " pad partition percentile poly polyadd polyfit polymul polyval"
    " prod ptp quantile ravel_multi_index repeat resize roll roots round row_stack"
    " searchsorted select setdiff1d setxor1d sinc sort sort_complex std stack sum take"
    " take_along_axis tensordot tile trace trapezoid trapz tri tril tril_indices triu triu_indices"
    " union1d unique unpackbits unravel_index unwrap vander var vdot vstack where zeros zeros_like",
)
_NP_VIEW = _named(
    np,
    "flip rot90 transpose swapaxes moveaxis rollaxis expand_dims squeeze broadcast_to diagonal"
    " flipud fliplr matrix_transpose permute_dims broadcast_arrays split array_split hsplit vsplit"
    " dsplit unstack",
) | {np.lib.stride_tricks.sliding_window_view}
_NP_MAYBE = _named(
    np,
    "reshape ravel asarray asanyarray ascontiguousarray asfortranarray atleast_1d atleast_2d"
    " atleast_3d real diag diff einsum array nan_to_num"
    " meshgrid polyint polyder histogram histogram2d histogramdd histogram_bin_edges frexp modf"
    " divmod polydiv polysub ix_ diagflat block fromiter astype fix isneginf isposinf imag"
    " real_if_close"
    " require asarray_chkfinite",
)
_NP_IMMUTABLE = _named(
    np,
    "shape ndim size isscalar iscomplexobj isrealobj result_type can_cast promote_types"
    " min_scalar_type broadcast_shapes finfo iinfo dtype issubdtype shares_memory"
    " may_share_memory common_type",
) | frozenset(
    value
    for value in vars(np).values()
    if isinstance(value, type) and issubclass(value, np.generic)
)
_LINALG = _named(
    np.linalg,
    "cholesky cond cross det eig eigh eigvals eigvalsh inv lstsq matmul matrix_norm"
    " matrix_rank multi_dot norm outer pinv qr slogdet solve svd svdvals tensordot"
    " tensorinv tensorsolve trace vecdot vector_norm",
)
_FFT = frozenset(
    fn
    for name, fn in vars(np.fft).items()
    if name.endswith(("fft", "shift", "freq", "fft2", "rfftn"))
)
_OPERATORS = frozenset(ops.OPERATORS.values()) | frozenset(ops.INPLACE.values())
_COMPARE = _named(operator, "is_ is_not not_ truth contains countOf indexOf index")
_MATH = frozenset(
    fn
    for module in (math, cmath)
    for name, fn in vars(module).items()
    if callable(fn) and not name.startswith("_")
)
_BUILTIN_IMMUTABLE = _named(
    builtins,
    "all any bool bytes callable chr complex float format frozenset hasattr hash hex"
    " id int isinstance issubclass len oct ord range repr slice str tuple type object",
)
_BUILTIN_FRESH = _named(builtins, "abs dict divmod list pow round set sorted")
_BUILTIN_MAYBE = _named(builtins, "getattr max min sum")
_ITERATORS = _named(builtins, "enumerate iter reversed zip") | _named(
    itertools,
    "chain combinations combinations_with_replacement compress count cycle"
    " islice pairwise permutations product repeat"
    " zip_longest batched",
)
_OPS_FRESH = frozenset({ops.make_list, ops.make_set, ops.make_dict, ops.dict_of, ops.list_append})
_OPS_IMMUTABLE = frozenset(
    {ops.make_tuple, ops.contained, ops.not_contained, ops.formatted, ops.fstring}
) | {runtime.is_sequence, runtime.is_mapping}
_OPS_MAYBE = frozenset({ops.same, ops.unpack, ops.unpack_star, ops.read_global, ops.read_cell})
_RUNTIME_FRESH = frozenset(
    {
        runtime.zeros_like,
        runtime.put_add,
        runtime.put,
        runtime.put_part,
        runtime.of_parts,
        runtime.fresh,
        runtime.product_of_others,
        runtime.without,
        runtime.add_outers,
        runtime.sweep,
        runtime.segments,
        runtime.backwards,
        runtime.backwards_from,
    }
)
_RUNTIME_MAYBE = (
    _named(
        runtime,
        "along_axis as_complex as_kind as_real cut_or_fill cuts matmul_left matmul_right"
        " add_blocks"
        " unbroadcast add given unless_in put_attr collect_like turned_like unjoined column"
        " dict_like einsum_turned stop_gradient einsum_lost einsum_repeats einsum_diagonal"
        " share_ties constant times snapshot snapshots_in chained walked keyed sorted_along",
    )
    | _named(
        runtime,
        "bessel_i1 polygamma pad_back unblock joined_parts cofactors einsum_text lower_inverse"
        " doubles valid",
    )
    | _named(np.fft, "fftn ifftn")
    | _named(np.linalg, "matrix_power diagonal")
)
CHANGES = frozenset(
    {
        ops.list_append, runtime.append_inside, runtime.put_item, runtime.put_entry,
        runtime.pop_item, runtime.pop_entry, runtime.updated, runtime.insert_item,
        runtime.extended, runtime.put_items,
        runtime.add_member, runtime.drop_member,
    }
)  # fmt: skip
"""What gives a new version of a list, dict or set; its first argument is the old one."""
POPS = (runtime.pop_item, runtime.pop_entry)
"""Those that give an item, too."""
_RUNTIME_LISTS = CHANGES | _named(
    runtime,
    "listed items_at cleared unpopped inserted_at put_items_parts place_of item_before"
    " unsummed unsorted",
)
_METHOD_FRESH = _methods(
    "all any argmax argmin argpartition argsort choose clip compress copy cumprod cumsum dot"
    " flatten max mean min nonzero prod ptp repeat round searchsorted std sum take tolist tobytes"
    " trace var union intersection difference symmetric_difference split rsplit splitlines"
    " _replace _asdict"
)
_METHOD_VIEW = _methods("flip rot90 transpose swapaxes squeeze diagonal view keys values items")
_METHOD_MAYBE = _methods("reshape ravel astype conj conjugate get __getitem__")
_METHOD_IMMUTABLE = _methods(
    "item bit_length bit_count is_integer as_integer_ratio hex index count startswith"
    " endswith format join lower upper strip lstrip rstrip replace title capitalize encode decode"
    " find rfind isdigit isalpha isnumeric isidentifier isspace zfill ljust rjust center"
    " removeprefix removesuffix issubset issuperset isdisjoint"
)
_OTHER_FRESH = frozenset({copy.copy, copy.deepcopy, functools.partial})
_READS = frozenset({ops.read_global, ops.read_cell})

FRESH = frozenset().union(
    UFUNCS, _UFUNC_METHODS, _NP_FRESH, _LINALG, _FFT, _BUILTIN_FRESH, _ITERATORS, _OPS_FRESH,
    _RUNTIME_FRESH, CHANGES, _METHOD_FRESH, _OTHER_FRESH,
)  # fmt: skip
VIEW = _NP_VIEW | _METHOD_VIEW
IMMUTABLE = frozenset().union(
    _NP_IMMUTABLE, _COMPARE, _MATH, _BUILTIN_IMMUTABLE, _OPS_IMMUTABLE, _METHOD_IMMUTABLE
)
MAYBE = frozenset().union(
    _NP_MAYBE, _BUILTIN_MAYBE, _OPS_MAYBE, _RUNTIME_MAYBE, _METHOD_MAYBE, {operator.getitem}
)
PURE = frozenset().union(_RUNTIME_LISTS, FRESH, VIEW, IMMUTABLE, MAYBE, _OPERATORS, {ops.mark})

MUTATES = frozenset().union(
    _named(
        np,
        "copyto put putmask place put_along_axis fill_diagonal save savez savetxt",
    ),
    {np.random.shuffle, operator.setitem, operator.delitem, setattr, delattr},
    _methods(
        "append extend insert remove pop clear sort reverse update setdefault popitem add discard"
        " fill put itemset resize partition setflags setfield byteswap __setitem__ __delitem__"
        " shuffle difference_update intersection_update symmetric_difference_update appendleft"
        " popleft rotate"
    ),
)
"""What changes its first argument."""

_CHEAP = frozenset().union(
    _NP_VIEW,
    _NP_IMMUTABLE,
    _METHOD_VIEW,
    _COMPARE,
    _ITERATORS,
    _READS,
    {ops.make_tuple, ops.same, ops.unpack, ops.contained, ops.not_contained, operator.getitem},
    _named(np, "reshape asarray real imag atleast_1d atleast_2d"),
    _named(builtins, "len range slice isinstance type bool float int getattr"),
    _methods("reshape view item get bit_length"),
) - _named(np, "broadcast_arrays split array_split hsplit vsplit dsplit unstack")


def _in(fn: Any, table: frozenset[Any]) -> bool:
    try:
        return fn in table
    except TypeError:  # unhashable
        return False


def is_pure(fn: Any) -> bool:
    """Tell whether a call may be dropped, moved or doubled: no effect, no draw, no write.

    >>> is_pure(np.sin), is_pure(np.random.normal), is_pure(ops.method("sort"))
    (True, False, False)

    `ops.read_global` and `ops.read_cell` count as pure, but do not move past `has_effect`.
    """
    if _in(fn, PURE) or isinstance(fn, ops.Attribute):
        return True
    if isinstance(fn, Program):
        return _program_is_pure(fn, set())
    return _is_plain_class(fn) or entry_of(fn) is not None


def is_pure_call(let: Let) -> bool:
    """Tell whether a call is pure and is given no array to write to.

    >>> from srcgrad.program.nodes import Var
    >>> x, y = Var("x"), Var("y")
    >>> is_pure_call(Let((y,), np.sin, (x,))), is_pure_call(Let((y,), np.sin, (x, x)))
    (True, False)
    """
    fn = let.fn
    for name, atom in let.kwargs:
        if name == "out" and not is_const(atom, None):
            return False
        if name.startswith("overwrite_") and not is_const(atom, False):
            return False
    if isinstance(fn, np.ufunc):
        return all(is_const(atom, None) for atom in let.args[fn.nin :]) and is_pure(fn)
    return is_pure(fn)


def _is_plain_class(fn: Any) -> bool:
    """An exception of Python, a namedtuple, or a dataclass that only stores what it is given."""
    if not isinstance(fn, type):
        return False
    if issubclass(fn, BaseException):
        return fn.__module__ == "builtins"
    if issubclass(fn, tuple) and hasattr(fn, "_fields"):
        return getattr(fn.__new__, "__module__", "").startswith("namedtuple_")
    made = getattr(fn, "__dataclass_params__", None)
    return made is not None and made.init and not hasattr(fn, "__post_init__")


def _program_is_pure(program: Program, seen: set[Program]) -> bool:
    if program in seen:
        return True
    seen.add(program)
    for stmt in statements(program.body):
        if isinstance(stmt, Let):
            if isinstance(stmt.fn, Program):
                if not _program_is_pure(stmt.fn, seen):
                    return False
            elif not is_pure_call(stmt):
                return False
        elif isinstance(stmt, Do) and stmt.fn not in (ops.mark, ops.assert_, ops.raise_):
            return False
    return True


def is_read(fn: Any) -> bool:
    """Tell whether a call reads data that an impure call may change between two reads."""
    return _in(fn, _READS)


def is_iterator(fn: Any) -> bool:
    """Tell whether a call gives something that can be gone through only once."""
    return _in(fn, _ITERATORS) or fn is map or fn is filter


def mutates(fn: Any) -> bool:
    """Tell whether a call is known to change its first argument in place.

    >>> mutates(np.copyto), mutates(ops.method("append")), mutates(np.sort)
    (True, True, False)
    """
    return _in(fn, MUTATES) or (
        isinstance(getattr(fn, "__self__", None), np.ufunc) and fn.__name__ == "at"
    )


_HARMLESS = frozenset({print, ops.mark, ops.assert_, ops.raise_, time.time, time.perf_counter})


def leaves_data(fn: Any) -> bool:
    """Tell whether a call changes no array, list or variable that the program can see.

    Draws of random numbers and prints do not; an unknown function may.
    """
    if is_pure(fn) or _in(fn, _HARMLESS):
        return True
    owner = getattr(fn, "__self__", None)
    drawn = isinstance(owner, (np.random.RandomState, np.random.Generator))
    return drawn and not mutates(fn) and getattr(fn, "__name__", "") != "shuffle"


def returns(fn: Any) -> Returns:
    """Tell what memory the result of a call lives in.

    ``"fresh"``: a new object (a new container may hold old items); ``"view"``: memory of an
    argument; ``"maybe"``: either, or the argument itself, or something from outside;
    ``"immutable"``: nothing that could be written to.

    >>> returns(np.sin), returns(np.transpose), returns(np.reshape), returns(len)
    ('fresh', 'view', 'maybe', 'immutable')
    """
    if isinstance(fn, ops.Attribute):
        return _ATTRIBUTE_RETURNS.get(fn.name, "maybe")
    if _in(fn, IMMUTABLE):
        return "immutable"
    if _in(fn, FRESH):
        return "fresh"
    if _in(fn, VIEW):
        return "view"
    if _in(fn, _OPERATORS) and fn is not operator.getitem:
        return "fresh"
    entry = entry_of(fn)
    return "maybe" if entry is None else entry.returns


_ATTRIBUTE_RETURNS: dict[str, Returns] = {
    **dict.fromkeys(("T", "mT", "flat", "base"), "view"),
    **dict.fromkeys(
        ("shape", "ndim", "size", "dtype", "itemsize", "nbytes", "strides"), "immutable"
    ),
}


def is_product(let: Let) -> bool:
    """Tell whether a call is an einsum of several arrays; of one, it may be a view of that."""
    texts = isinstance(let.args[0], Const) and type(let.args[0].value) is str if let.args else False
    return let.fn is np.einsum and texts and len(let.args) > 2


def is_cheap(fn: Any) -> bool:
    """Tell whether calling again costs no more than remembering: views, shapes, attributes.

    >>> is_cheap(np.shape), is_cheap(ops.attribute("T")), is_cheap(np.exp)
    (True, True, False)
    """
    return isinstance(fn, ops.Attribute) or _in(fn, _CHEAP)

"""What stands for a call of the runtime's helpers when types are known: nothing, or plain NumPy.

Each function takes the walker of `specialise`, which adds statements, and returns the atom that
stands for the result; None leaves the call as it is.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import UNKNOWN, Arr, Cut, Known, ListOf, Map, Num, Py, Rec, Seq, Type
from srcgrad.facts.shapes_complex import is_complex
from srcgrad.facts.sizes import is_one, never_one
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Var
from srcgrad.tidy.products import matmul_left, matmul_right

if TYPE_CHECKING:
    from srcgrad.tidy.specialise import Specialiser

TESTS: frozenset[Any] = frozenset({
    isinstance, callable, operator.is_, operator.is_not, operator.not_, operator.eq, operator.ne,
    operator.lt, operator.le, operator.gt, operator.ge, ops.contained, ops.not_contained, bool,
    np.issubdtype, np.iscomplexobj, np.isrealobj, runtime.einsum_repeats,
})  # fmt: skip
NUMBERS = (bool, int, float, complex)


def unbroadcast(s: Specialiser, g: Atom, like: Atom) -> Atom | None:
    """The cotangent of what was broadcast: a sum over the axes that were added or stretched."""
    have, want = s.dims(g), s.dims(like)
    if have is None or want is None:
        return None
    extra = len(have) - len(want)
    if extra < 0:
        return _grown(s, g, like) if _fits(s, have, want[-extra:]) else None
    ones: list[int] = []
    stretched = False
    for axis, (a, b) in enumerate(zip(have[extra:], want, strict=True)):
        if s.fits(a, b):
            continue
        if is_one(b) and never_one(a):
            ones.append(axis)
        elif is_one(a) and never_one(b):
            stretched = True
        else:
            return None
    if stretched:
        return None if extra or ones else _grown(s, g, like)
    return _summed(s, g, extra, ones, len(want))


def _fits(s: Specialiser, have: Any, want: Any) -> bool:
    return all(s.fits(a, b) or is_one(a) for a, b in zip(have, want, strict=True))


def _summed(s: Specialiser, g: Atom, extra: int, ones: list[int], rank: int) -> Atom:
    total = ops.method("sum")
    if extra and not rank:
        return s.let(total, g)
    if extra:
        g = s.let(total, g, axis=0 if extra == 1 else tuple(range(extra)))
    if ones:
        axes = ones[0] if len(ones) == 1 else tuple(ones)
        g = s.let(total, g, axis=axes, keepdims=True)
    return g


def _grown(s: Specialiser, g: Atom, like: Atom) -> Atom:
    hint, s.hint = s.hint, ""
    shape = s.let(ops.attribute("shape"), like)
    s.hint = hint
    return s.let(np.broadcast_to, g, shape)


def zeros_like(s: Specialiser, x: Atom) -> Atom | None:
    """Zeros of a known structure."""
    kind = s.type(x)
    match kind:
        case Num(options) if not any(_is_complex(option) for option in options):
            return Const(0.0)
        case Py(cls):
            return Const(0j if cls is complex else 0.0)
        case Known(value) if type(value) in NUMBERS:
            return Const(0j if type(value) is complex else 0.0)
        case Known(value):
            return Const(None)
        case Arr(dtype, _, True) if dtype.kind in "biufc":
            return Const(0j if dtype.kind == "c" else 0.0)
        case Arr(dtype, _, False) if dtype.kind in "fc":
            return s.let(np.zeros_like, x)
        case Arr(dtype, _, False) if dtype.kind in "biu":
            return s.let(np.zeros_like, x, dtype=float)
    if not _can_open(kind, zeroable):
        return None
    parts = s.parts(x) or []
    zeros = [zeros_like(s, part) for part in parts]
    assert None not in zeros
    return s.rebuilt(kind, [zero for zero in zeros if zero is not None])


def _is_complex(kind: Type) -> bool:
    return kind == Py(complex) or (isinstance(kind, Arr) and kind.dtype.kind == "c")


def as_real(s: Specialiser, g: Atom) -> Atom | None:
    """The cotangent of a real variable."""
    known = is_complex(s.type(g))
    return None if known is None else s.let(np.real, g) if known else g


def as_complex(s: Specialiser, g: Atom) -> Atom | None:
    """The cotangent of a complex variable."""
    known = is_complex(s.type(g))
    return None if known is None else g if known else s.let(operator.add, g, Const(0j))


def as_kind(s: Specialiser, g: Atom, like: Atom) -> Atom | None:
    """The cotangent of a variable or of a list of them."""
    wanted = is_complex(s.type(like))
    if wanted is not None:
        return as_complex(s, g) if wanted else as_real(s, g)
    kind, have = s.type(like), s.type(g)
    if not isinstance(kind, Seq) or not isinstance(have, Seq) or not _same_entries(have, kind):
        return None
    items = []
    for part, want in zip(s.parts(g) or [], kind.items, strict=True):
        wanted = is_complex(want)
        new = None if wanted is None else (as_complex if wanted else as_real)(s, part)
        if new is None:
            return None
        items.append(new)
    return s.rebuilt(have, items)


def zeroable(kind: Type) -> bool:
    """Tell whether zeros of a leaf can be written down."""
    return isinstance(kind, (Py, Known)) or (isinstance(kind, Arr) and kind.dtype.kind in "biufc")


def _can_open(kind: Type, leaf: Callable[[Type], bool]) -> bool:
    """Tell whether a container can be taken apart and made again from its entries."""
    match kind:
        case Map(keys=keys, items=items):
            return all(map(_is_plain, keys)) and all(_open_or(i, leaf) for i in items)
        case Seq(cls, items) if issubclass(cls, (list, tuple)):
            return all(_open_or(i, leaf) for i in items)
        case Rec(cls, _, items):
            return _is_plain_record(cls) and all(_open_or(i, leaf) for i in items)
    return False


def _open_or(kind: Type, leaf: Callable[[Type], bool]) -> bool:
    return leaf(kind) or _can_open(kind, leaf)


def _is_plain(key: Any) -> bool:
    return isinstance(key, (str, int)) and type(key) in (str, int, bool)


def _is_plain_record(cls: Any) -> bool:
    made = getattr(cls, "__dataclass_params__", None)
    plain = made is not None and made.init and not hasattr(cls, "__post_init__")
    return plain and all(f.init and not f.kw_only for f in dataclasses.fields(cls))


def add(s: Specialiser, a: Atom, b: Atom) -> Atom | None:
    """The sum of two cotangents: ``a + b`` for numbers and arrays."""
    one, two = s.type(a), s.type(b)
    for this, other, atom in ((one, two, b), (two, one, a)):
        if isinstance(this, Known) and this.value is None and other != UNKNOWN:
            return atom
        if isinstance(this, Known) and type(this.value) is float and this.value == 0.0:
            if isinstance(other, Arr) or (isinstance(other, Py) and other.cls is float):
                if not isinstance(other, Arr) or other.dtype.kind in "fc":
                    return atom
    if s.dims(a) is not None and s.dims(b) is not None:
        return s.let(operator.add, a, b)
    if _shape_of_tree(one) != _shape_of_tree(two) or not _can_open(one, _is_number):
        return None
    pairs = zip(s.parts(a) or [], s.parts(b) or [], strict=True)
    sums = [add(s, x, y) for x, y in pairs]
    return None if None in sums else s.rebuilt(one, [x for x in sums if x is not None])


def _is_number(kind: Type) -> bool:
    if isinstance(kind, Known):
        return type(kind.value) in NUMBERS
    return isinstance(kind, (Py, Num)) or (isinstance(kind, Arr) and kind.dtype.kind in "biufc")


def _shape_of_tree(kind: Type) -> Any:
    match kind:
        case Map(_, keys, items):
            return (dict, keys, tuple(map(_shape_of_tree, items)))
        case Seq(cls, items) | Rec(cls, _, items):
            return (cls, tuple(map(_shape_of_tree, items)))
    return None if _is_number(kind) else object()


def put_add(s: Specialiser, x: Atom, index: Atom, g: Atom) -> Atom | None:
    """One more cotangent at an entry of a container that was made here."""
    kind = s.type(x)
    if not isinstance(x, Var) or x not in s.made:
        return None
    if not isinstance(index, Const):
        return _joined(s, x, kind, s.type(index), g)
    if isinstance(kind, Map) and index.value in kind.keys:
        at = kind.keys.index(index.value)
    elif isinstance(kind, Seq) and type(index.value) is int and kind.cls in (list, tuple):
        if not -len(kind.items) <= index.value < len(kind.items):
            return None
        at = index.value % len(kind.items)
    else:
        return None
    parts = s.parts(x) or []
    total = add(s, parts[at], g)
    if total is None:
        total = s.let(runtime.add, parts[at], g)
    return s.rebuilt(kind, [*parts[:at], total, *parts[at + 1 :]])


def put_attr(s: Specialiser, x: Atom, name: Atom, g: Atom) -> Atom | None:
    """One more cotangent at an attribute of a record that was made here."""
    kind = s.type(x)
    if not isinstance(x, Var) or x not in s.made or not isinstance(kind, Rec):
        return None
    if not isinstance(name, Const) or not _is_plain_record(kind.cls):
        return None
    if name.value not in kind.fields:
        return None
    at = kind.fields.index(name.value)
    parts = s.parts(x) or []
    total = add(s, parts[at], g)
    if total is None:
        return None
    return s.rebuilt(kind, [*parts[:at], total, *parts[at + 1 :]])


def _joined(s: Specialiser, x: Var, kind: Type, index: Type, g: Atom) -> Atom | None:
    """A list of cotangents where there was nothing so far: ``d_ws[::-1] + [d_last]``."""
    if not isinstance(kind, Seq) or kind.cls is not list or not isinstance(s.type(g), ListOf):
        return None
    parts = s.parts(x) or []
    cut = slice_of(index)
    places = range(len(parts))[cut] if cut is not None else range(0, 0, 2)
    if places.step != 1 or not places or not all(s.is_zero(parts[i]) for i in places):
        return None
    hint, s.hint = s.hint, ""
    before, after = parts[: places.start], parts[places.stop :]
    sides = [s.let(ops.make_list, *side) if side else None for side in (before, after)]
    s.hint = hint
    out = g
    if sides[0] is not None:
        out = s.let(operator.add, sides[0], out)
    return s.let(operator.add, out, sides[1]) if sides[1] is not None else out


def slice_of(kind: Type) -> slice | None:
    """Return the slice of whole numbers that a type tells of."""
    parts = (kind.start, kind.stop, kind.step) if isinstance(kind, Cut) else ()
    values = [part.value for part in parts if isinstance(part, Known)]
    return slice(*values) if len(values) == 3 and values[2] != 0 else None


def fresh(s: Specialiser, g: Atom, like: Atom, *told: Atom) -> Atom | None:
    """A gradient like its argument: containers now, arrays and their scalars in `freshen`."""
    have, want = s.type(g), s.type(like)
    if unfit(have, want, told):
        return None
    if isinstance(want, (Py, Known)) and isinstance(have, (Py, Known)):
        return fresh_number(s, g, have)  # NumPy's may still become another kind: see `freshen`
    if not isinstance(want, (Map, Seq, Rec)) or not _same_entries(have, want):
        return None
    if not _can_open(want, lambda kind: True):
        return None
    keys = want.keys if isinstance(want, Map) else None
    pairs = list(zip(s.parts(g, keys) or [], s.parts(like) or [], strict=True))
    out = []
    for part, model in pairs:
        new = fresh(s, part, model, *told)
        out.append(s.let(runtime.fresh, part, model, *told) if new is None else new)
    return s.rebuilt(want, out)


def unfit(have: Type, want: Type, told: tuple[Atom, ...]) -> bool:
    """Tell whether there are complex numbers where none were expected: `runtime.fresh` says so."""
    kinds = is_complex(have), is_complex(want)
    return (kinds[1] is True and not told) or kinds == (True, False)


def _same_entries(a: Type, b: Type) -> bool:
    match a, b:
        case Map(_, one, _), Map(_, two, _):
            return set(one) == set(two)
        case Seq(_, one), Seq(_, two):
            return len(one) == len(two)
        case Rec(_, one, _), Rec(_, two, _):
            return one == two
    return False


def fresh_number(s: Specialiser, g: Atom, have: Type) -> Atom | None:
    """For a Python number."""
    match have:
        case Num(options):
            plain = all(isinstance(k, Py) or k.dtype == np.float64 for k in options)
            if any(map(_is_complex, options)):
                return None
            return g if plain else s.let(float, g)
        case Py() | Known():
            return g if _is_number(have) or have == Known(None) else None
        case Arr(dtype, (), True) if dtype in (np.float64, np.complex128):
            return g
        case Arr(dtype, ()) if dtype.kind in "biufc":
            return s.let(ops.method("item"), g)
    return None


def fresh_scalar(s: Specialiser, g: Atom, have: Type, dtype: Any) -> Atom | None:
    """For a NumPy scalar of this dtype."""
    wanted = dtype if dtype.kind in "fc" else np.dtype(np.float64)
    if isinstance(have, Arr) and have.scalar and have.dtype == wanted:
        return g
    if s.dims(g) == ():
        return s.let(wanted.type, g)
    return None


def doubles(s: Specialiser, x: Atom) -> Atom | None:
    """Numbers in double precision: arrays that are, as they are; Python's as NumPy's."""
    kind = s.type(x)
    if isinstance(kind, Arr) and kind.dtype == np.float64 and (kind.scalar or kind.dims):
        return x
    if isinstance(kind, Py) and kind.cls in (int, float) and not isinstance(x, Const):
        return s.let(np.float64, x)
    return None


def valid(s: Specialiser, x: Atom, test: Atom) -> Atom | None:
    """Numbers for which a test is known to hold."""
    kind = s.type(test)
    return x if isinstance(kind, Known) and kind.value is True else None


def where(s: Specialiser, test: Atom, *branches: Atom) -> Atom | None:
    """A choice that is known, where the branch has the shape of both."""
    if not isinstance(test, Const) or type(test.value) is not bool or len(branches) != 2:
        return None
    taken, other = branches if test.value else branches[::-1]
    kind = s.type(taken)
    plain = isinstance(other, Const) and type(other.value) in (int, float)
    whole = isinstance(kind, Arr) and kind.dims and kind.dtype == np.float64
    return taken if plain and whole else None


HELPERS: dict[Any, Callable[..., Atom | None]] = {
    runtime.unbroadcast: unbroadcast,
    runtime.zeros_like: zeros_like,
    runtime.add: add,
    runtime.as_real: as_real,
    runtime.as_complex: as_complex,
    runtime.as_kind: as_kind,
    runtime.put_add: put_add,
    runtime.put_attr: put_attr,
    runtime.fresh: fresh,
    runtime.matmul_left: matmul_left,
    runtime.matmul_right: matmul_right,
    runtime.doubles: doubles,
    runtime.valid: valid,
    np.where: where,
}
"""The helpers that types can replace."""

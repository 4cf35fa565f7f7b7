"""Settle single statements: new values, views, other names, and writes.

v = u[1:3]       v is a View of u
u[0] = y         u.1 = put(u, 0, y)
x += y           x.1 = iadd(x, y), and whoever looks at x's memory sees x.1
"""

from __future__ import annotations

import copy
import operator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.dtypes import call_dtype
from srcgrad.facts.effects import MUTABLE, out_of
from srcgrad.facts.indices import is_basic
from srcgrad.facts.kinds import Arr, DictOf, Known, ListOf, Map, Rec, Seq, Unknown
from srcgrad.facts.numbers import is_number
from srcgrad.facts.purity import mutates
from srcgrad.facts.shapes_index import getitem
from srcgrad.facts.sizes import Sizes, is_one, never_one
from srcgrad.facts.typed import const_type
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Do, Let, Program, Var
from srcgrad.program.walk import among, statements
from srcgrad.read import boxes
from srcgrad.read.layout import lies_packed
from srcgrad.read.mutations import mutation
from srcgrad.read.opened import entry_key, pack_again, take_apart
from srcgrad.read.places import Root, Same, View
from srcgrad.read.recursion import calls_helper
from srcgrad.read.views import as_transposed, composed, relation, undone

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler

_HOLDERS = (ops.make_tuple, ops.make_list, ops.make_dict)


def let(s: Settler, stmt: Let) -> None:
    """Settle a call that gives a value."""
    from srcgrad.read.settle import is_array, mapped, may_be_array

    if among(stmt.fn, ops.PLAIN):
        first = stmt.args[0]
        if isinstance(first, Const) and isinstance(first.value, MUTABLE):
            _refuse_constant(s, stmt)
        if isinstance(first, Var) and is_array(s.types.get(first)):
            _augmented(s, stmt, first)
            return
        if isinstance(first, Var) and may_be_array(s.types.get(first)):
            _perhaps_augmented(s, stmt, first)
            return
    if not isinstance(stmt.fn, Program) and (out_of(stmt) is not None or mutates(stmt.fn)):
        mutation(s, stmt)
        return
    if isinstance(stmt.fn, Program) and calls_helper(s, stmt):
        return
    if stmt.fn is ops.attribute("flat") and is_array(s.types.get(stmt.args[0])):  # type: ignore[arg-type]
        _flat(s, stmt)
        return
    if len(stmt.targets) == 1 and s.tracked(stmt.targets[0]):
        stmt = as_transposed(stmt)
        if _named_again(s, stmt) or boxes.changed(s, stmt) or _entry_put(s, stmt):
            return
        if pack_again(s, stmt):
            return
    if stmt.fn is ops.unpack and _unpacked(s, stmt):
        return
    args, kwargs = _beside(s, stmt) if _looks_beside(s, stmt) else mapped(s, stmt)
    s.b.add(Let(stmt.targets, stmt.fn, args, kwargs, stmt.origin))
    if len(stmt.targets) == 1:
        if s.tracked(stmt.targets[0]):
            _classify(s, stmt)
        return
    for target in stmt.targets:
        if s.tracked(target):
            perhaps(s, target, stmt.args)


def _looks_beside(s: Settler, stmt: Let | Do) -> bool:
    """Tell whether a call asks a container for what writes into its arrays do not change."""
    fn, whole = stmt.fn, stmt.args[0] if stmt.args else None
    takes = fn is operator.getitem or isinstance(fn, ops.Attribute)
    if isinstance(stmt, Do):
        return takes  # and nobody looks at the answer
    if not isinstance(whole, Var) or stmt.kwargs or not s.is_container(whole):
        return False
    if fn is len or (fn is operator.contains and s.groups.is_table(whole)):
        return True
    return takes and s.groups.is_plain(stmt.targets[0])


def _beside(s: Settler, stmt: Let | Do) -> tuple[tuple[Atom, ...], tuple[tuple[str, Atom], ...]]:
    whole, *others = stmt.args
    now = s.current(whole) if isinstance(whole, Var) and s.tracked(whole) else whole
    return (now, *(s.read(atom, stmt.origin) for atom in others)), ()


def _named_again(s: Settler, stmt: Let) -> bool:
    """Settle what only gives another name to something: an item of what is known item by item."""
    target = stmt.targets[0]
    if stmt.fn is ops.same and isinstance(stmt.args[0], Var) and s.tracked(stmt.args[0]):
        s.refs[target] = Same(stmt.args[0])
        return True
    if isinstance(stmt.fn, ops.Attribute) and isinstance(stmt.args[0], Var):
        key = (s.base(stmt.args[0]), stmt.fn.name)
        if key in s.leaves:
            s.refs[target] = Same(s.leaves[key])
            return True
    if stmt.fn is not operator.getitem or not isinstance(stmt.args[0], Var):
        return False
    whole, index = stmt.args
    if not isinstance(index, Const) or type(index.value) not in (int, str):
        return False
    assert isinstance(whole, Var)
    if (leaf := leaf_of(s, whole, index.value)) is not None:
        s.refs[target] = Same(leaf)
        return True
    item = _item(s.packs.get(s.base(whole)), index.value)
    if isinstance(item, Var):
        s.refs[target] = Same(item)
        return True
    return False


def _entry_put(s: Settler, stmt: Let) -> bool:
    """Settle another version of a list or dict that is known item by item.

    ``d["u"] += v`` puts back the very array that was written: nothing changes.
    """
    if stmt.fn not in (runtime.put_entry, runtime.put_item) or len(stmt.args) != 3:
        return False
    old, key, value = stmt.args
    pack = s.packs.get(s.base(old)) if isinstance(old, Var) else None
    if pack is None or not isinstance(key, Const) or type(key.value) not in (int, str):
        return False
    item, target = _item(pack, key.value), stmt.targets[0]
    s.tracks[target] = True
    if isinstance(item, Var) and isinstance(value, Var) and s.base(item) is s.base(value):
        assert isinstance(old, Var)
        s.refs[target] = Same(old)
        return True
    items = list(pack.args)
    if pack.fn is ops.make_dict:
        names = [name.value if isinstance(name, Const) else None for name in items[::2]]
        place = 2 * names.index(key.value) + 1 if key.value in names else len(items)
        items[place:] = [value, *items[place + 1 :]] if place < len(items) else [key, value]
    elif item is not None:
        items[key.value] = value
    else:
        return False
    made = Let((target,), pack.fn, tuple(items), (), stmt.origin)
    s.packs[target] = made
    return True


def leaf_of(s: Settler, whole: Var, key: Any) -> Var | None:
    """Return the name that was given to an entry of a parameter ahead."""
    owner = s.base(whole)
    return s.leaves.get((owner, entry_key(s, owner, key)))


def _item(pack: Let | None, key: Any) -> Atom | None:
    if pack is None:
        return None
    if pack.fn is ops.make_dict:
        found = None
        for name, value in zip(pack.args[::2], pack.args[1::2], strict=True):
            if not isinstance(name, Const):
                return None
            found = value if name.value == key else found
        return found
    inside = type(key) is int and -len(pack.args) <= key < len(pack.args)
    return pack.args[key] if inside else None


def _unpacked(s: Settler, stmt: Let) -> bool:
    """Settle ``a, b = pair`` where the pair is known item by item, or the rows of an array."""
    whole = stmt.args[0]
    if not isinstance(whole, Var):
        return False
    pack = s.packs.get(s.base(whole))
    if pack is not None and pack.fn is not ops.make_dict and len(pack.args) == len(stmt.targets):
        for target, item in zip(stmt.targets, pack.args, strict=True):
            if isinstance(item, Var) and (s.tracked(item) or s.tracked(target)):
                s.tracks[target] = True
                s.refs[target] = Same(item)
            else:
                s.b.add(Let((target,), ops.same, (item,), (), stmt.origin))
                if isinstance(item, Const) and isinstance(item.value, (int, str)):
                    s.constants[target] = item
        return True
    if isinstance(s.types.get(whole), Arr) and s.tracked(whole):
        for i, target in enumerate(stmt.targets):
            row = Let((target,), operator.getitem, (whole, Const(i)), (), stmt.origin)
            now = s.read(whole, stmt.origin)
            s.b.add(Let((target,), operator.getitem, (now, Const(i)), (), stmt.origin))
            if s.tracked(target):
                view(s, target, whole, row)
        return True
    leaves = [s.leaves.get((s.base(whole), i)) for i in range(len(stmt.targets))]
    if any(leaf is not None for leaf in leaves):
        for i, (target, leaf) in enumerate(zip(stmt.targets, leaves, strict=True)):
            if leaf is not None:
                s.refs[target] = Same(leaf)
            else:
                now = s.read(whole, stmt.origin)
                s.b.add(Let((target,), operator.getitem, (now, Const(i)), (), stmt.origin))
        return True
    return False


def _flat(s: Settler, stmt: Let) -> None:
    """``a.flat`` looks at an array as if it were flat, however that lies in memory."""
    (target,), (whole,) = stmt.targets, stmt.args
    ravel = replace(stmt, fn=np.ravel)
    s.b.add(replace(ravel, args=(s.read(whole, stmt.origin),)))
    s.flats.add(target)
    if isinstance(whole, Var) and s.tracked(whole):
        s.tracks[target] = True
        view(s, target, whole, ravel)


def view(s: Settler, target: Var, parent: Var, stmt: Let) -> None:
    """Let a variable be a part of another."""
    s.refs[target] = View(parent, stmt)
    s.state.gone.pop(target, None)
    s.state.kept.pop(target, None)
    place = s.place(parent)
    if place is None or place not in s.state.values:
        s.root(target, opaque=True)
        return
    s.state.views[target] = (s.state.values[place], target)


def perhaps(s: Settler, target: Var, atoms: tuple[Atom, ...], opaque: bool = False) -> None:
    """Let a variable perhaps be, or hold, the memory of others."""
    sources = {place: None for atom in atoms for place in s.places(atom)}
    foreign = frozenset(var for place in sources for var in place.foreign)
    made = s.root(target, foreign=foreign, opaque=opaque or any(p.opaque for p in sources))
    for place in sources:
        made.come_from(place)
        if place in s.state.stale:
            s.state.stale[made] = s.state.stale[place]


def _classify(s: Settler, stmt: Let) -> None:
    """Say what the value of a statement is a part of, or perhaps the same as."""
    target = stmt.targets[0]
    fn: Any = stmt.fn
    if boxes.item(s, stmt) or boxes.joined(s, stmt):
        return
    if fn in _HOLDERS and boxes.opened(s, stmt):
        return
    if fn in _HOLDERS:
        s.packs[target] = stmt
        now = tuple(s.current(a) if s.tracked(a) else a for a in stmt.args)  # type: ignore[arg-type]
        s.state.views[target] = (Const(now), target)
        return
    if fn in (ops.read_global, ops.read_cell):
        s.root(target, opaque=True)
        return
    if among(fn, boxes.WALKS) and any(boxes.is_box(s, atom) for atom in stmt.args):
        made = s.root(target)  # is no container of its own, and walked along at once
        for place in {place: None for atom in stmt.args for place in s.places(atom)}:
            made.hold(place)
            made.foreign |= place.foreign
            made.opaque |= place.opaque
        return
    how = "maybe" if s.is_container(target) else relation(stmt, s.types)
    first = stmt.args[0] if stmt.args else None
    if stmt.fn is operator.getitem and isinstance(first, Var) and s.base(first) in s.flats:
        how = "fresh"
    if how in ("same", "view", "reshaped") and not isinstance(first, Var):
        s.root(target, opaque=True)
        return
    if how == "fresh" or fn is copy.deepcopy:
        s.root(target).boxed = fn is copy.deepcopy and boxes.holds_arrays(s.types.get(target))
    elif how == "same" and isinstance(first, Var):
        s.refs[target] = Same(first)
        s.state.views[target] = (target, target)
    elif isinstance(first, Var) and _is_view(s, how, first, fn):
        view(s, target, first, stmt)
    else:
        perhaps(s, target, stmt.args, _from_outside(stmt))


def _from_outside(stmt: Let) -> bool:
    """Tell whether a call reads what belongs to an object that is the same in all calls."""
    first = stmt.args[0] if stmt.args else None
    reads = isinstance(stmt.fn, ops.Attribute) or stmt.fn in (operator.getitem, getattr)
    return reads and isinstance(first, Const)


def _is_view(s: Settler, how: str, first: Var, fn: Any) -> bool:
    """Tell whether what a call gives certainly looks into its first argument."""
    if s.place(first) is None:
        return False
    return how == "view" or (how == "reshaped" and (_splits(s, first, fn) or is_packed(s, first)))


def _splits(s: Settler, first: Var, fn: Any) -> bool:
    """Tell whether a single axis gets another shape, for which NumPy never needs a copy."""
    kind = s.types.get(first)
    reshapes = fn in (np.reshape, ops.method("reshape"))
    return reshapes and isinstance(kind, Arr) and len(kind.dims) == 1


def is_packed(s: Settler, atom: Atom) -> bool:
    """Tell whether a variable is one C-contiguous block of memory."""
    if not isinstance(atom, Var):
        return False
    var = s.base(atom)
    ref = s.refs.get(var)
    if isinstance(ref, Root) and ref.place.packed:
        if ref.place.param is not None:
            s.assumed.add(ref.place.param)
        return True
    if ref is None and var in s.program.params and isinstance(s.types.get(var), Arr):
        s.assumed.add(var)
        return True
    if var in s.program.params or var not in s.defined:
        return False
    return lies_packed(s.defined[var], s.types, lambda one: is_packed(s, one))


def open_leaves(s: Settler) -> None:
    """Give the arrays in containers among the parameters, where they are written, names ahead."""
    for owner in s.program.params:
        if owner in s.apart and owner not in s.packs and not boxes.is_box(s, owner):
            take_apart(s, owner)
    for stmt in statements(s.program.body):
        if isinstance(stmt, Do) and stmt.fn is ops.augment:
            _open_entry(s, stmt)
        if not isinstance(stmt, Let) or not stmt.args or not isinstance(stmt.args[0], Var):
            continue
        whole, (target, *more) = stmt.args[0], stmt.targets
        owner = s.base(whole)
        if more or owner not in s.refs or not s.tracked(target):
            if more and stmt.fn is ops.unpack and owner in s.refs:
                _open_items(s, stmt, owner)
            continue
        kind = s.types.get(owner)
        if isinstance(stmt.fn, ops.Attribute) and isinstance(kind, Rec):
            key: Any = stmt.fn.name
        elif stmt.fn is operator.getitem and isinstance(kind, (Map, Seq)):
            index = stmt.args[1]
            if not isinstance(index, Const) or type(index.value) not in (int, str):
                continue
            key = index.value
        else:
            continue
        open_entry(s, owner, key, target, stmt)


def _open_items(s: Settler, stmt: Let, owner: Var) -> None:
    kind = s.types.get(owner)
    if isinstance(kind, Seq) and len(kind.items) == len(stmt.targets):
        for i, target in enumerate(stmt.targets):
            if s.tracked(target):
                read = Let((target,), operator.getitem, (owner, Const(i)), (), stmt.origin)
                open_entry(s, owner, i, target, read)


def _open_entry(s: Settler, stmt: Do) -> None:
    """Give an array of a container a name that is written by ``p["w"] += v``."""
    whole, index = stmt.args[1:3]
    kind = entry_type(s, whole, index)
    if isinstance(whole, Var) and isinstance(index, Const) and isinstance(kind, Arr):
        owner, target = s.base(whole), Var(str(index.value))
        if owner in s.refs and not kind.scalar:
            s.types[target] = kind
            read = Let((target,), operator.getitem, (owner, index), (), stmt.origin)
            open_entry(s, owner, index.value, target, read)


def entry_type(s: Settler, whole: Atom, index: Atom) -> Any:
    """Return the type of an entry of a dict or list of known entries."""
    kind = s.types.get(whole) if isinstance(whole, Var) else None
    if not isinstance(index, Const):
        return None
    if isinstance(kind, Map):
        return dict(zip(kind.keys, kind.items, strict=True)).get(index.value)
    if isinstance(kind, Seq) and type(index.value) is int:
        inside = -len(kind.items) <= index.value < len(kind.items)
        return kind.items[index.value] if inside and kind.cls is list else None
    return None


def _entry(s: Settler, whole: Atom, index: Atom) -> Var | None:
    """Return the array that is an entry of a container which is known entry by entry."""
    kind = entry_type(s, whole, index)
    if not isinstance(kind, Arr) or kind.scalar or not isinstance(whole, Var):
        return None
    assert isinstance(index, Const)
    leaf = leaf_of(s, whole, index.value)
    item = leaf or _item(s.packs.get(s.base(whole)), index.value)
    return item if isinstance(item, Var) and s.tracked(item) else None


def open_entry(s: Settler, owner: Var, key: Any, target: Var, stmt: Let) -> None:
    """Give an array in a container among the parameters a name ahead."""
    place, key = s.place(owner), entry_key(s, owner, key)
    if place is not None and place.boxed:
        return
    if (owner, key) in s.leaves:
        s.refs[target] = Same(s.leaves[owner, key])
        return
    if place is None or not place.foreign:
        return
    leaf = s.names.setdefault((owner, key), Var(target.hint or str(key), True))
    s.tracks[leaf] = True
    s.types[leaf] = s.types.get(target, Unknown())
    s.b.add(Let((leaf,), stmt.fn, stmt.args, stmt.kwargs, stmt.origin))
    if owner in s.owners:
        s.owners[leaf] = s.owners[owner]
    made = s.root(leaf, foreign={leaf})
    place.hold(made)
    s.leaves[owner, key] = leaf
    s.refs[target] = Same(leaf)


def do(s: Settler, stmt: Do) -> None:
    """Settle a call for its effect."""
    from srcgrad.read.settle import mapped

    if stmt.fn is operator.setitem:
        whole, index, value = stmt.args
        _set(s, whole, index, value, stmt)
    elif stmt.fn is ops.augment:
        _augment_item(s, stmt)
    elif out_of(Let((), stmt.fn, stmt.args, stmt.kwargs)) is not None or mutates(stmt.fn):
        mutation(s, stmt)
    elif stmt.fn is ops.mark or stmt.fn is ops.same:
        s.b.add(stmt if stmt.fn is ops.mark else Do(stmt.fn, mapped(s, stmt)[0], (), stmt.origin))
    else:
        args, kwargs = _beside(s, stmt) if _looks_beside(s, stmt) else mapped(s, stmt)
        s.b.add(Do(stmt.fn, args, kwargs, stmt.origin))


def target_of(s: Settler, whole: Atom, stmt: Let | Do) -> Var | None:
    """Return the array that is written into, or None after a refusal."""
    if not isinstance(whole, Var):
        _refuse_constant(s, stmt)
        return None
    kind = s.types.get(whole)
    name = whole.hint or "this object"
    if s.state.gone:
        s.check_gone(whole, stmt.origin, writes=True)
    if isinstance(kind, (Seq, ListOf, Map, DictOf, Rec)) or whole in s.packs:
        s.refuse(
            f"cannot write to an entry of {name!r}",
            f"{name!r} is a container that something else may look at, and the write would be"
            " seen there.",
            f"Make a new one, for example list({name}) or dict({name}), and write into that.",
            stmt.origin,
        )
        return None
    place = s.place(whole)
    if isinstance(kind, Known) or place is None:
        s.refuse(
            f"cannot write into {name!r}",
            "It is no array of this function.",
            "Write into an array made in the function, or given to it.",
            stmt.origin,
        )
        return None
    if place.opaque:
        s.take_apart()
        s.refuse(
            f"cannot write into {name!r}",
            "It may be memory that others look at: a global, a part of a container that is not"
            " known entry by entry, or a view that NumPy does not let anyone write to.",
            f"Work on a copy: {name}.copy().",
            stmt.origin,
        )
        return None
    if place in s.state.stale:
        s.refuse_stale(whole, place, stmt.origin)
        return None
    return whole


def _refuse_constant(s: Settler, stmt: Let | Do) -> None:
    s.refuse(
        "cannot write into this object",
        "It is one and the same in all calls, as the default of a parameter is: what one call"
        " writes, the next would find.",
        "Write into an object made in the function, or given to it.",
        stmt.origin,
    )


def _set(s: Settler, whole: Atom, index: Atom, value: Atom, stmt: Let | Do) -> None:
    if boxes.is_box(s, whole):
        assert isinstance(whole, Var)
        if _has_entry(s, whole, index):
            boxes.replace(s, whole, entry_fn(s, whole), [index], value)
            return
    elif boxes.put_known(s, whole, index, value):
        return
    value, index = s.read(value, stmt.origin), s.read(index, stmt.origin)
    var = target_of(s, whole, stmt)
    if var is not None and s.base(var) in s.flats:
        value = in_turns(s, value, s.b.let(operator.getitem, s.current(var), index))
    if var is not None:
        put(s, var, index, value)


def _has_entry(s: Settler, whole: Var, index: Atom) -> bool:
    """Tell whether a dict has an entry: what it was said to be holds after the write, too."""
    kind = s.types.get(whole)
    if isinstance(kind, Map):
        return isinstance(index, Const) and index.value in kind.keys
    return not isinstance(kind, DictOf)


def entry_fn(s: Settler, whole: Var) -> Any:
    """Return the function that puts another entry into a container."""
    table = isinstance(s.types.get(whole), (Map, DictOf))
    return runtime.put_entry if table else runtime.put_item


def in_turns(s: Settler, value: Atom, part: Atom) -> Atom:
    """Return as many entries of a value as there are places, again from the start where needed."""
    if is_number(Known(value.value) if isinstance(value, Const) else s.types.get(value)):
        return value
    return s.b.let(np.resize, value, s.b.let(np.shape, part))


def put(s: Settler, var: Var, index: Atom, value: Atom, fn: Any = runtime.put) -> None:
    """Write ``var[index] = value``, through views to the memory behind them."""
    var = s.base(var)
    ref = s.refs[var]
    if isinstance(ref, Root):
        if ref.place.boxed:
            boxes.check_moved(s, ref.place)
            fn = entry_fn(s, var)
        elif isinstance(index, Const) and isinstance(index.value, str):
            fn = runtime.put_entry  # whatever it is, it is a dict
        new = s.b.let(fn, s.state.values[ref.place], index, value, hint=var.hint)
        new.user = var.user
        s.store(ref.place, new)
        return
    assert isinstance(ref, View)
    through = None
    if not boxes.is_box(s, ref.parent):
        through = composed(ref.let, index, s.defined, s.types, s.b)
    if through is not None:
        _note_index(s, through)
        put(s, ref.parent, through, value, fn)
        return
    write(s, var, s.b.let(fn, s.current(var), index, value))


def _note_index(s: Settler, index: Atom) -> None:
    made = s.b.stmts[-1] if s.b.stmts else None
    if isinstance(made, Let) and isinstance(index, Var) and index in made.targets:
        s.defined[index] = made


def write(s: Settler, var: Var, new: Atom) -> None:
    """Let a variable's memory have other contents of the same shape and dtype."""
    var = s.base(var)
    ref = s.refs[var]
    if isinstance(ref, Root):
        s.store(ref.place, new)
        return
    assert isinstance(ref, View)
    parent = s.base(ref.parent)
    if ref.let.fn is operator.getitem:
        put(s, parent, ref.let.args[1], new)
    else:
        base = undone(ref.let, s.current(parent), new, s.b)
        if base is None:
            s.refuse(
                f"cannot write through {var.hint or 'this view'!r}",
                "How the write reaches the array behind this view is not known.",
                "Write into the array itself.",
            )
            return
        write(s, parent, base)
    place = s.place(var)
    assert place is not None
    s.state.views[var] = (s.state.values[place], new)


def _augmented(s: Settler, stmt: Let, first: Var) -> None:
    """``x += v`` on an array."""
    value = s.read(stmt.args[1], stmt.origin)
    target = stmt.targets[0]
    s.tracks[target] = True
    var = target_of(s, first, stmt)
    if var is None:
        s.refs[target] = Same(first)
        return
    ref = s.refs[s.base(var)]
    part = ref if isinstance(ref, View) and not boxes.is_box(s, ref.parent) else None
    part = part if part is not None and part.let.fn is operator.getitem else None
    if not _fits(s, s.types.get(first), stmt.fn, value):
        _refuse_cut(s, first, stmt)
    elif _outgrows(s, s.types.get(first), value, stmt.fn):
        _refuse_growth(s, first, stmt)
    elif part is not None and _adds(stmt.fn):
        put(s, var, Const(Ellipsis), _signed(s, stmt.fn, value), runtime.put_add)
    elif part is not None:
        index = part.let.args[1]
        old = s.b.let(operator.getitem, s.current(part.parent), index)
        put(s, part.parent, index, s.b.let(stmt.fn, old, value))
    elif _dtype_of(s, s.types.get(first), stmt.fn, value) != _own_dtype(s, first):
        put(s, var, Const(Ellipsis), s.b.let(_plain(stmt.fn), s.current(var), value))
    else:
        new = target if isinstance(ref, Root) else Var(target.hint, target.user)
        inside = isinstance(ref, View) and boxes.is_box(s, ref.parent)  # is made anew there
        fn = _plain(stmt.fn) if inside else stmt.fn
        s.b.add(Let((new,), fn, (s.current(var), value), (), stmt.origin))
        write(s, var, new)
    s.refs[target] = Same(first)


def _perhaps_augmented(s: Settler, stmt: Let, first: Var) -> None:
    """``x += v`` on what may be an array, or may be a number that is bound anew.

    Nobody who looks at the memory of ``x`` under another name is certain what stands there.
    """
    from srcgrad.read.settle import mapped

    target = stmt.targets[0]
    s.b.add(Let((target,), stmt.fn, mapped(s, stmt)[0], (), stmt.origin))
    s.tracks[target] = True
    places = s.places(first)
    s.root(target, foreign=frozenset(var for place in places for var in place.foreign))
    for place in places:
        for other in (place, *place.seen_by()):
            s.state.stale[other] = stmt.origin


def _dtype_of(s: Settler, kind: Any, fn: Any, value: Atom) -> Any:
    """Return the dtype of ``array op value``, or that of the array where it is not known."""
    other = const_type(value.value) if isinstance(value, Const) else s.types.get(value)
    assert isinstance(kind, Arr)
    made = call_dtype(_plain(fn), (kind, other)) if other is not None else None
    return made if isinstance(made, np.dtype) else kind.dtype


def _own_dtype(s: Settler, array: Var) -> Any:
    kind = s.types.get(array)
    assert isinstance(kind, Arr)
    return kind.dtype


def _fits(s: Settler, kind: Any, fn: Any, value: Atom) -> bool:
    """Tell whether NumPy stores ``array op= value``: it refuses to cut off fractions."""
    if not isinstance(kind, Arr) or kind.scalar:
        return True
    return np.can_cast(_dtype_of(s, kind, fn, value), kind.dtype, "same_kind")


def _outgrows(s: Settler, kind: Any, value: Atom, fn: Any) -> bool:
    """Tell whether ``array op value`` has more entries than the array, for which NumPy raises."""
    given = s.types.get(value) if isinstance(value, Var) else None
    if not isinstance(kind, Arr) or not isinstance(given, Arr) or fn is operator.imatmul:
        return False
    pairs = zip(kind.dims[::-1], given.dims[::-1], strict=False)
    wider = any(is_one(own) and never_one(other) for own, other in pairs)
    return wider or len(given.dims) > len(kind.dims)


def _refuse_growth(s: Settler, array: Var, stmt: Let) -> None:
    name = array.hint or "this array"
    s.refuse(
        f"cannot store this result in {name!r}",
        "It has more entries than the array, and NumPy raises an error there.",
        f"Bind a new array: {name} = {name} + ...",
        stmt.origin,
    )


def _refuse_cut(s: Settler, array: Atom, stmt: Let | Do) -> None:
    name = array.hint if isinstance(array, Var) and array.hint else "this array"
    s.refuse(
        f"cannot store this result in {name!r}",
        "It holds whole numbers or truth values, and NumPy raises an error where an augmented"
        " assignment would cut off fractions.",
        f"Make it an array of floats, or bind a new array: {name} = {name} + ...",
        stmt.origin,
    )


def _plain(fn: Any) -> Any:
    return ops.PLAIN[fn]


def _adds(fn: Any) -> bool:
    return fn in (operator.iadd, operator.isub)


def _signed(s: Settler, fn: Any, value: Atom) -> Atom:
    return s.b.let(operator.neg, value) if fn is operator.isub else value


def _augment_item(s: Settler, stmt: Do) -> None:
    """``x[i] += v``: an addition where every entry is met once, else a value that is put."""
    fn, whole, index, value = stmt.args
    assert isinstance(fn, Const)
    entry = boxes.entry(s, whole, index) or _entry(s, whole, index)
    if entry is not None:  # the array is written, and put back where it was
        _augmented(s, Let((Var(entry.hint),), fn.value, (entry, value), (), stmt.origin), entry)
        return
    value, index = s.read(value, stmt.origin), s.read(index, stmt.origin)
    if boxes.is_box(s, whole):
        assert isinstance(whole, Var)
        old = s.b.let(operator.getitem, s.read(whole), index)
        new = s.b.let(fn.value, old, value)
        boxes.replace(s, whole, entry_fn(s, whole), [index], new)
        return
    var = target_of(s, whole, stmt)
    if var is None:
        return
    if not _fits(s, _part_type(s, var, index), fn.value, value):
        _refuse_cut(s, whole, stmt)
        return
    once = is_basic(index, s.types) or _is_mask(s, index)
    if _adds(fn.value) and once and not _is_whole(s.types.get(var)):
        put(s, var, index, _signed(s, fn.value, value), runtime.put_add)
        return
    old = s.b.let(operator.getitem, s.current(var), index)
    put(s, var, index, s.b.let(fn.value, old, value))


def _part_type(s: Settler, var: Var, index: Atom) -> Any:
    kind = s.types.get(var)
    place = const_type(index.value) if isinstance(index, Const) else s.types.get(index)
    return getitem(Sizes(), kind, place) if kind is not None and place is not None else None


def _is_whole(kind: Any) -> bool:
    """Tell whether an array holds whole numbers: adding a fraction to an entry cuts it off."""
    return isinstance(kind, Arr) and kind.dtype.kind not in "fc"


def _is_mask(s: Settler, index: Atom) -> bool:
    kind = s.types.get(index) if isinstance(index, Var) else None
    return isinstance(kind, Arr) and kind.dtype.kind == "b"

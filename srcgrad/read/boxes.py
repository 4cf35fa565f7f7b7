"""Containers that alone hold their arrays: an item is a part of them, as a slice is of an array.

us = [np.zeros(3) for _ in range(n)]
for k in range(1, n):
    us[k][:] = f(us[k - 1])         us.1 = put_item(us, k, put(us[k], :, f(us[k - 1])))

Which item an index means need not be known, since none is another, or known by another name.  The
arrays of a container that is given to the function are copied with it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from srcgrad import runtime
from srcgrad.facts.effects import is_write, writing
from srcgrad.facts.kinds import Arr, Cut, DictOf, Known, ListOf, Map, Seq
from srcgrad.facts.numbers import is_number
from srcgrad.facts.purity import CHANGES
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Do, For, Let, Stmt, Var, While
from srcgrad.program.walk import among, statements
from srcgrad.read.places import Place, Root, Same, View
from srcgrad.read.settle_views import view
from srcgrad.read.views import cut_of

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler

_PUTS = frozenset({runtime.put_item, runtime.put_entry})
_KEEPS = _PUTS | {ops.list_append}
"""Changes after which every index means what it meant before."""
WALKS = frozenset({zip, enumerate, reversed, *map(ops.method, ("keys", "values", "items"))})


def versions(s: Settler) -> Callable[[Var], Any]:
    """Return what gives one group for all versions of a container."""
    same: dict[Any, Any] = {}

    def group(var: Var) -> Any:
        found = s.groups.of(var)
        while found in same:
            found = same[found]
        return found

    for stmt in statements(s.program.body):
        if isinstance(stmt, Let) and among(stmt.fn, CHANGES) and isinstance(stmt.args[0], Var):
            one, other = group(stmt.targets[0]), group(stmt.args[0])
            if one is not other:
                same[one] = other
    return group


def boxes(s: Settler) -> tuple[set[Any], set[Any], set[Any]]:
    """Return the groups of containers of which some are asked for any item, some changed.

    The first are asked for an item by any index, the second also walked along, the last also given
    other items.
    """
    placed: set[Any] = set()
    asked: set[Any] = set()
    walked: set[Any] = set()
    shifted: set[Any] = set()
    again = {inner for stmt in statements(s.program.body) for inner in _repeated(stmt)}
    group = s.version
    grown = _grown(s) if s.asks else set()
    for stmt in statements(s.program.body):
        match stmt:
            case Let(fn=fn, args=(Var() as whole, *_)) if among(fn, CHANGES):
                if fn not in _KEEPS or (fn in _PUTS and len(stmt.args) > 3):
                    shifted.add(group(whole))
                elif fn in _PUTS and (isinstance(stmt.args[1], Var) or stmt in again):
                    asked.add(group(whole))
            case Let(fn=operator.getitem, args=(Var() as whole, index)):
                if not _is_cut(s, index) and (isinstance(index, Var) or group(whole) in grown):
                    asked.add(group(whole))
            case Do(fn=operator.setitem | ops.augment):
                first = 1 if stmt.fn is ops.augment else 0
                into, place = stmt.args[first : first + 2]
                if isinstance(into, Var) and isinstance(place, Var):
                    asked.add(group(into))
                elif isinstance(into, Var) and _puts(s, stmt, into, place):
                    placed.add(group(into))
            case For() if any(is_write(w) or _is_array(s, on) for w, on in writing(stmt.body)):
                walked.update(group(atom) for atom in _along(s, stmt.over))
    walked |= asked
    return asked - shifted, walked - shifted, (walked | placed) - shifted


def _grown(s: Settler) -> set[Any]:
    """Return the groups of lists that loops make, or add to: they are not known item by item."""
    found: set[Any] = set()
    for stmt in statements(s.program.body):
        if isinstance(stmt, (For, While)):
            found.update(map(s.version, stmt.targets[int(stmt.exits) + len(stmt.carried) :]))
            inside = (one for one in statements(stmt.body) if isinstance(one, Let))
            found.update(s.version(one.targets[0]) for one in inside if among(one.fn, CHANGES))
    return found


def _puts(s: Settler, stmt: Do, whole: Var, index: Atom) -> bool:
    """Tell whether something else is put into a container, and no array of it is written."""
    kind = item_kind(s, whole, index)
    return kind is not None and (stmt.fn is operator.setitem or is_number(kind))


def _repeated(stmt: Stmt) -> list[Stmt]:
    """Return the changes of containers inside of a loop."""
    if not isinstance(stmt, (For, While)):
        return []
    return [one for one in statements(stmt.body) if isinstance(one, Let) and among(one.fn, _PUTS)]


def _is_array(s: Settler, var: Var) -> bool:
    kind = s.types.get(var)
    return isinstance(kind, Arr) and not kind.scalar


def _along(s: Settler, over: Atom) -> list[Var]:
    """Return what a loop walks along."""
    if not isinstance(over, Var):
        return []
    let = s.defined.get(over)
    if let is None or not among(let.fn, WALKS):
        return [over]
    return [var for atom in let.args for var in _along(s, atom)]


def holds_arrays(kind: Any) -> bool:
    """Tell whether the items of a container are arrays and numbers, nothing deeper."""
    match kind:
        case Seq(cls=cls, items=items) if cls is list:
            return all(map(_is_plain, items))
        case Map(items=items):
            return all(map(_is_plain, items))
        case ListOf(cls=cls, item=item) if cls is list:
            return _is_plain(item)
        case DictOf(item=item):
            return _is_plain(item)
    return False


def _are_alike(kind: Any) -> bool:
    """Tell whether whichever item is asked for, it is an array of one rank."""
    if isinstance(kind, (ListOf, DictOf)):
        return isinstance(kind.item, Arr) or is_number(kind.item)
    if all(map(is_number, kind.items)):
        return True
    ranks = {(one.dtype, len(one.dims)) for one in kind.items if isinstance(one, Arr)}
    return len(ranks) == 1 and all(isinstance(one, Arr) for one in kind.items)


def spread(s: Settler, param: Var) -> bool:
    """Know a container that is given to the function by its items, which are not alike.

    def step(p):                w, b = p["w"], p["b"]
        for k in p:       ->    w *= 0.9
            p[k] *= 0.9         b *= 0.9
    """
    kind = s.types.get(param)
    if s.version(param) not in s.walked or not isinstance(kind, (Seq, Map)):
        return False
    if not holds_arrays(kind) or _are_alike(kind) or len(kind.items) > MOST:
        return False
    table = isinstance(kind, Map)
    keys = kind.keys if isinstance(kind, Map) else range(len(kind.items))
    atoms: list[Atom] = []
    for key, one in zip(keys, kind.items, strict=True):
        name = str(key) if table else f"{param.hint}_{key}"
        var = s.names.setdefault((param, key), Var(name, True))
        s.types[var] = one
        s.b.add(Let((var,), operator.getitem, (param, Const(key))))
        s.owners[var] = param
        s.tracks[var] = isinstance(one, Arr) and not one.scalar
        if s.tracks[var]:
            s.root(var, foreign={var})
        atoms += [Const(key), var] if table else [var]
    fn: Any = ops.make_dict if table else ops.make_list
    s.own_packs[param] = s.b
    s.packs[param] = Let((param,), fn, tuple(atoms))
    return True


MOST = 16
"""Containers of more items are not known item by item."""


def _is_plain(kind: Any) -> bool:
    return isinstance(kind, Arr) or is_number(kind)


def is_box(s: Settler, atom: Atom) -> bool:
    """Tell whether a variable is a container that alone holds its arrays."""
    return box_of(s, atom) is not None


def box_of(s: Settler, atom: Atom) -> Place | None:
    """Return the memory of a container that alone holds its arrays."""
    ref = s.refs.get(s.base(atom)) if isinstance(atom, Var) else None
    return ref.place if isinstance(ref, Root) and ref.place.boxed else None


def wanted(s: Settler, var: Var) -> bool:
    """Tell whether a container from outside, or made by a loop, is to be one of these."""
    kind, group = s.types.get(var), s.version(var)
    if group not in s.placed or not holds_arrays(kind):
        return False
    return group not in s.walked or _are_alike(kind)


def by_items(s: Settler) -> Callable[[Var], bool]:
    """Return what tells whether a list that a loop makes is to be known item by item."""

    def known(var: Var) -> bool:
        kind = s.types.get(var)
        alike = isinstance(kind, (Seq, ListOf)) and _are_alike(kind)
        return s.tracked(var) and not alike

    return known


def opened(s: Settler, stmt: Let) -> bool:
    """Make a display ``[u, v]`` or ``{"u": u}`` such a container, if it alone holds its arrays."""
    target = stmt.targets[0]
    if s.version(target) not in s.asked or not holds_arrays(s.types.get(target)):
        return False
    keys: list[Atom] = [Const(k) for k in range(len(stmt.args))]
    items = list(stmt.args)
    if stmt.fn is ops.make_dict:
        keys, items = list(stmt.args[::2]), list(stmt.args[1::2])
    elif stmt.fn is not ops.make_list:
        return False
    places: list[Place] = []
    for atom in items:
        if isinstance(atom, Var) and s.tracked(atom):
            ref = s.refs.get(s.base(atom))
            if not isinstance(ref, Root) or not _alone(ref.place) or ref.place in places:
                return False
            places.append(ref.place)
    foreign = frozenset(var for place in places for var in place.foreign)
    made = s.root(target, foreign=foreign)
    made.boxed = True
    for key, atom in zip(keys, items, strict=True):
        if not isinstance(atom, Var) or not s.tracked(atom):
            continue
        var = s.base(atom)
        ref = s.refs[var]
        assert isinstance(ref, Root)
        if ref.place.block is s.b:
            s.state.views[var] = (s.state.values[made], s.state.values[ref.place])
            s.refs[var] = View(target, Let((var,), operator.getitem, (target, key), ()))
        else:
            made.hold(ref.place)
    return True


def _alone(place: Place) -> bool:
    return place.sort == "array" and place.alone()


def joined(s: Settler, stmt: Let) -> bool:
    """Settle ``dict(zip(keys, arrays))`` where nobody else has the list of the arrays."""
    if stmt.fn is not ops.dict_of or not isinstance(stmt.args[1], Var):
        return False
    target, values = stmt.targets[0], stmt.args[1]
    keys = s.packs.get(s.base(stmt.args[0])) if isinstance(stmt.args[0], Var) else None
    items = s.packs.get(s.base(values))
    if keys is not None and items is not None and len(keys.args) == len(items.args):
        if all(isinstance(key, Const) for key in keys.args):
            pairs = tuple(a for pair in zip(keys.args, items.args, strict=True) for a in pair)
            s.pack(target, Let((target,), ops.make_dict, pairs, (), stmt.origin))
            return True
    if not wanted(s, target):
        return False
    if box_of(s, values) is None or s.uses[values] > 1:
        return False
    s.root(target).boxed = True
    return True


def put_known(s: Settler, whole: Atom, index: Atom, value: Atom) -> bool:
    """Put another item into a container that is known item by item, and to nobody else."""
    base = s.base(whole) if isinstance(whole, Var) else None
    if base is None or s.own_packs.get(base) is not s.b or not isinstance(index, Const):
        return False
    pack = s.packs[base]
    items = list(pack.args)
    if pack.fn is ops.make_dict:
        keys = [key.value for key in items[::2] if isinstance(key, Const)]
        if index.value not in keys:
            return False
        items[2 * keys.index(index.value) + 1] = s.base(value) if isinstance(value, Var) else value
    elif type(index.value) is int and -len(items) <= index.value < len(items):
        items[index.value] = s.base(value) if isinstance(value, Var) else value
    else:
        return False
    s.touched.add(s.owners.get(base, base))
    s.packs[base] = replace_args(pack, items)
    s.state.views.pop(base, None)
    return True


def replace_args(let: Let, args: list[Atom]) -> Let:
    """Return a call with other arguments."""
    return Let(let.targets, let.fn, tuple(args), let.kwargs, let.origin)


def item(s: Settler, stmt: Let) -> bool:
    """Settle ``us[k]``, a part of such a container."""
    if stmt.fn is not operator.getitem or not is_box(s, stmt.args[0]):
        return False
    (target,), (whole, index) = stmt.targets, stmt.args
    if not _is_cut(s, index) and not _is_array(s, target):
        return False
    assert isinstance(whole, Var)
    view(s, target, whole, stmt)
    return True


def _is_cut(s: Settler, index: Atom) -> bool:
    kind = s.types.get(index) if isinstance(index, Var) else Known(index.value)
    return isinstance(kind, Cut) or (isinstance(kind, Known) and isinstance(kind.value, slice))


def tail_of(s: Settler, atom: Atom) -> tuple[Var, int] | None:
    """Return the container and the first index where a variable is ``us[a:]``, or ``us`` itself."""
    if not isinstance(atom, Var):
        return None
    if is_box(s, atom):
        return atom, 0
    ref = s.refs.get(s.base(atom))
    if not isinstance(ref, View) or not is_box(s, ref.parent):
        return None
    cut = cut_of(ref.let.args[1], s.defined)
    values = [a.value if isinstance(a, Const) else -1 for a in cut or ()]
    start = values[0] or 0 if values else -1
    if type(start) is not int or start < 0 or values[2] not in (None, 1):
        return None
    return ref.parent, start


def entry(s: Settler, whole: Atom, index: Atom) -> Var | None:
    """Return an item of such a container that is an array, under a name of its own."""
    if not isinstance(whole, Var) or not is_box(s, whole):
        return None
    kind = item_kind(s, whole, index)
    if not isinstance(kind, Arr) or kind.scalar:
        return None
    made = Var("")
    s.types[made] = kind
    s.tracks[made] = True
    s.refs[made] = View(whole, Let((made,), operator.getitem, (whole, index)))
    return made


def item_kind(s: Settler, whole: Var, index: Atom) -> Any:
    """Return the type of an item of a container."""
    kind = s.types.get(whole)
    key = index.value if isinstance(index, Const) else None
    match kind:
        case ListOf(item=one) | DictOf(item=one):
            return one
        case Map(keys=keys, items=items) if key in keys:
            return items[keys.index(key)]
        case Seq(items=items) if type(key) is int and -len(items) <= key < len(items):
            return items[key]
        case Map(items=items) | Seq(items=items):
            arrays = [one for one in items if isinstance(one, Arr) and not one.scalar]
            return arrays[0] if len(arrays) == len(items) and items else None
    return None


def changed(s: Settler, stmt: Let) -> bool:
    """Settle another version of such a container: the very same one, with other items."""
    if not among(stmt.fn, _KEEPS) or not is_box(s, stmt.args[0]):
        return False
    (target,), (old, *path, value) = stmt.targets, stmt.args
    assert isinstance(old, Var)
    s.tracks[target] = True
    s.refs[target] = Same(old)
    if path and _is_there(s, old, path[0], value):
        return True
    replace(s, old, stmt.fn, path, value)
    return True


def replace(s: Settler, whole: Var, fn: Any, path: list[Atom], value: Atom) -> None:
    """Put something else into such a container."""
    place = box_of(s, whole)
    assert place is not None
    given = s.read(value)
    if isinstance(value, Var) and s.tracked(value):
        for other in s.places(value):
            place.hold(other)
            place.foreign |= other.foreign
            place.opaque |= other.opaque
        if path:
            _moved(s, place, path[0], value)
        elif place in s.places(value):
            s.state.moved[place] = None
    whole = s.base(whole)
    looking = [var for var, ref in s.refs.items() if _looks_into(s, ref, whole, not path)]
    seen = {var: s.state.views[var] for var in looking if var in s.state.views}
    keys = [s.read(atom) for atom in path]
    now = s.state.values[place]
    for var in looking:
        if var in seen and seen[var][0] is now:
            s.state.kept.setdefault(var, seen[var][1])
        s.state.gone[var] = s.b.origin
    s.store(place, s.b.let(fn, s.current(whole), *keys, given, hint=whole.hint))


def _moved(s: Settler, place: Place, index: Atom, value: Var) -> None:
    """Note that an item is put where another one stood: until that is put back, they are one."""
    ref = s.refs.get(s.base(value))
    if not isinstance(ref, View) or box_of(s, ref.parent) is not place:
        return
    came = ref.let.args[1]
    if place not in s.state.moved:
        s.state.moved[place] = (index, came)
        return
    before = s.state.moved[place]
    if before is not None and _is_one(before[0], came) and _is_one(before[1], index):
        del s.state.moved[place]  # the two have changed places
    else:
        s.state.moved[place] = None


def check_moved(s: Settler, place: Place) -> None:
    """Refuse to write to an item of a container of which two items may be one array."""
    for var in [var for var in s.state.kept if s.place(var) is place]:
        del s.state.kept[var]
    if place in s.state.moved:
        name = place.root.hint or "this list"
        s.refuse(
            f"cannot write to an item of {name!r}",
            "An item was put there twice, so that the write may be seen at another place.",
            "Put a copy there: x.copy().",
        )


def _is_one(a: Atom, b: Atom) -> bool:
    """Tell whether two indices are certainly one."""
    if isinstance(a, Const) and isinstance(b, Const):
        return type(a.value) is type(b.value) and bool(a.value == b.value)
    return a is b


def _looks_into(s: Settler, ref: Any, whole: Var, cuts_only: bool) -> bool:
    if not isinstance(ref, View) or s.base(ref.parent) is not whole:
        return False
    return not cuts_only or _is_cut(s, ref.let.args[1])


def _is_there(s: Settler, whole: Var, key: Atom, value: Atom) -> bool:
    """Tell whether a value is the very item that stands at a place: it was written where it is."""
    ref = s.refs.get(s.base(value)) if isinstance(value, Var) else None
    if not isinstance(ref, View) or s.base(ref.parent) is not s.base(whole):
        return False
    assert isinstance(value, Var)
    if s.base(value) in s.state.gone or ref.let.fn is not operator.getitem:
        return False
    return _is_one(ref.let.args[1], key)

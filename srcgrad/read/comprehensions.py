"""Lift comprehensions: a loop that collects, or one that appends where there are conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gast

from srcgrad.errors import Unreadable
from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Atom, Block, Const, For, Var
from srcgrad.read.assignments import assign, unpack_with
from srcgrad.read.dispatch import expr, lifts
from srcgrad.read.expressions import truth
from srcgrad.read.generators import WALK, eager, taken
from srcgrad.read.known_turns import known_turns, makes_kept
from srcgrad.read.lifter import Lifter
from srcgrad.read.names import find_slot, function_scope
from srcgrad.read.seen import of_each, unrolled
from srcgrad.read.structure import assigned, target_names
from srcgrad.read.trees import RAISED, Leaf, Tree
from srcgrad.read.values import Mapped, Pack, Scope, Seen, Slot, Value, is_kept


@lifts(gast.ListComp)
def _list(at: Lifter, node: Any) -> Value:
    (made,) = collected(at, node, [node.elt])
    return made


@lifts(gast.SetComp)
def _set(at: Lifter, node: Any) -> Value:
    return at.let(set, collected(at, node, [node.elt])[0], node=node)


@lifts(gast.DictComp)
def _dict(at: Lifter, node: Any) -> Value:
    keys, values = collected(at, node, [node.key, node.value])
    if isinstance(keys, Pack) and isinstance(values, Pack) and is_kept(values):
        names = [key.value for key in keys.items if isinstance(key, Const)]
        if len(names) == len(keys.items) and all(isinstance(name, str) for name in names):
            return Mapped(dict(zip(names, values.items, strict=True)))
    return at.let(ops.dict_of, keys, values, node=node)


@lifts(gast.GeneratorExp)
def _generator(at: Lifter, node: Any) -> Value:
    if node in at.taken:
        size = len(at.out)
        return eager(at, node, size, collected(at, node, [node.elt])[0])
    return at.refuse(
        Unreadable,
        node,
        "cannot read this generator expression",
        "Its items are computed when somebody asks for them, and who does is not to be seen here.",
        "Write a list comprehension: [...] instead of (...).",
    )


def collected(at: Lifter, node: Any, elements: Sequence[Any]) -> list[Value]:
    """Lift a comprehension; return one list for each of the elements."""
    names = target_names([g.target for g in node.generators])
    outer = at.frame.scope
    title = "<genexpr>" if isinstance(node, gast.GeneratorExp) else "<comprehension>"
    scope = Scope(title, names, outer, outer.namespace, {}, comprehension=True)
    taken(at, node.generators[0].iter, WALK)
    first = unrolled(at, expr(at, node.generators[0].iter), node)
    at.frame.scope = scope
    made: list[Value] = []
    try:
        if _unrolled(first):
            return _written_out(at, node, elements, first)
        if any(makes_kept(at, element) for element in elements):
            turns = known_turns(at, first)
            if turns is not None:
                made = _written_out(at, node, elements, turns)
                return made
        simple = len(node.generators) == 1 and not node.generators[0].ifs
        if simple:
            return list(_collecting(at, node, elements, first))
        start: list[Value] = []
        for _ in elements:
            start.append(at.let(ops.make_list, node=node))
        return _appending(at, node, elements, 0, first, start)
    finally:
        at.frame.scope = outer
        scope.captured = any(map(is_kept, made))
        for slot in [slot for slot in at.state if slot[0] is scope and not scope.captured]:
            del at.state[slot]


def _unrolled(value: Value) -> bool:
    return isinstance(value, Pack) and (value.unrolled or is_kept(value))


def walrus_slots(at: Lifter, node: Any) -> list[Slot]:
    """Return the names outside that a comprehension binds by walrus."""
    found: list[Slot] = []
    scope = function_scope(at.frame.scope)
    targets = target_names([g.target for g in node.generators])
    for name in assigned([node]):
        if name not in targets:
            slot = find_slot(scope, name)
            found += [slot] if slot is not None else []
    return found


def _collecting(at: Lifter, node: Any, elements: Sequence[Any], over: Value) -> tuple[Var, ...]:
    """Lift a comprehension with one ``for`` and no conditions: a loop that collects."""

    def turn() -> list[Value]:
        return [_element(at, element) for element in elements]

    return _loop(at, node, node.generators[0].target, over, [], turn, len(elements))


def _appending(
    at: Lifter, node: Any, elements: Sequence[Any], k: int, over: Value, lists: list[Value]
) -> list[Value]:
    """Lift the ``for`` number k of a comprehension: a loop that hands the lists on."""
    names = [f"<list {i}>" for i in range(len(lists))]
    slots: list[Slot] = [(at.frame.scope, name) for name in names]
    at.state.update(zip(slots, lists, strict=True))
    generator = node.generators[k]

    def inside() -> None:
        if k + 1 < len(node.generators):
            taken(at, node.generators[k + 1].iter, WALK)
            more = unrolled(at, expr(at, node.generators[k + 1].iter), node)
            now = [at.state[slot] for slot in slots]
            made = _appending(at, node, elements, k + 1, more, now)
        else:
            items = [_element(at, element) for element in elements]
            made = [
                _gathered(at, at.state[slot], item, node)
                for slot, item in zip(slots, items, strict=True)
            ]
        at.state.update(zip(slots, made, strict=True))

    def turn() -> list[Value]:
        conditional(at, generator.ifs, inside)
        return []

    if _unrolled(over):
        for item in at.items(over) or ():
            assign_target(at, generator.target, item, node)
            turn()
    else:
        _loop(at, node, generator.target, over, slots, turn, 0)
    return [at.state[slot] for slot in slots]


def _gathered(at: Lifter, items: Value, item: Value, node: Any) -> Var:
    new = at.let(ops.list_append, items, item, node=node)
    identity = at.lists.of.get(items)  # type: ignore[arg-type]
    if identity is not None:
        at.lists.of[new] = identity
        at.lists.enter(identity, None, item)
    return new


def conditional(at: Lifter, tests: Sequence[Any], run: Callable[[], None]) -> None:
    """Lift something under conditions."""
    if not tests:
        run()
        return
    value = expr(at, tests[0])
    known = truth(at, value)
    if known is not None:
        if known:
            conditional(at, tests[1:], run)
        return
    test = at.atom(value, tests[0])
    then = at.arm(lambda: conditional(at, tests[1:], run))
    at.fork(test, then, at.arm(lambda: None), tests[0], "if")


def _element(at: Lifter, node: Any) -> Value:
    value = expr(at, node)
    return value if is_kept(value) else at.atom(value, node)


def assign_target(at: Lifter, target: Any, value: Value, node: Any) -> None:
    """Bind the target of a comprehension in the scope of the comprehension."""
    match target:
        case gast.Name():
            if isinstance(value, Var) and value not in at.named:
                at.name(value, target.id)
            at.state[(at.frame.scope, target.id)] = value
        case gast.Tuple() | gast.List():
            _unpack(at, target.elts, value, node)
        case _:
            assign(at, target, value, node)


def _unpack(at: Lifter, targets: list[Any], value: Value, node: Any) -> None:
    unpack_with(at, targets, value, node, assign_target)


def _loop(
    at: Lifter,
    node: Any,
    target: Any,
    over: Value,
    slots: list[Slot],
    turn: Callable[[], list[Value]],
    n_items: int,
) -> tuple[Var, ...]:
    """Build the loop of one ``for``: carries some names, collects the values of each turn.

    A name that begins with ``<`` is a list being gathered.
    """
    source = at.atom(over, node)
    slots = [*slots, *(slot for slot in walrus_slots(at, node) if slot not in slots)]
    init, carried = begin_carrying(at, slots, node)
    each = Var("")
    items: list[Value] = []

    def run() -> None:
        at.state.update(zip(slots, carried, strict=True))
        at.lists.walked(each, source)
        assign_target(at, target, each, node)
        items.extend(turn())

    before = at.state
    owners = at.lists.owners(source)
    for owner in owners:
        owner.iterated += 1
    at.lists.loops.append(each)
    of_each(at, source, each)
    tree = at.arm(run)
    results = ends(at, tree, slots, node, items) or [Const(UNDEFINED)] * (len(slots) + n_items)
    at.unchanged(before, tree, slots, node)
    for slot, atom in zip(slots, results, strict=False):
        if not slot[1].startswith("<"):
            at.lists.escape(atom)
    inner = [at.lists.inside(value) for value in items]
    at.lists.loops.pop()
    for owner in owners:
        owner.iterated -= 1
    at.state = before
    lists = tuple(Var("") for _ in range(n_items))
    for made, item in zip(lists, results[len(slots) :], strict=False):
        if isinstance(item, Var) and item in at.seen and at.seen[item].names is not None:
            at.seen[made] = Seen(list, (), (), item=at.seen[item])
    finals = left(at, slots, init, lists)
    for var, found in zip(lists, inner, strict=False):
        at.lists.of[var].others += found
    targets, body = (*finals, *lists), Block(tuple(tree.stmts), tuple(results))
    start, where = tuple(init), at.origin(node)
    form = "comprehension"
    at.out.append(For(targets, each, source, carried, start, body, where, form=form))
    return lists


def begin_carrying(
    at: Lifter, slots: Sequence[Slot], node: Any
) -> tuple[list[Atom], tuple[Var, ...]]:
    """Return what names mean before a loop, and new variables for them inside it."""
    init = [at.atom(at.state.get(slot, Const(UNDEFINED)), node) for slot in slots]
    carried = tuple(Var("" if slot[1].startswith("<") else slot[1]) for slot in slots)
    at.maybe.update(var for var, atom in zip(carried, init, strict=True) if at.absent(atom))
    for var, atom in zip(carried, init, strict=True):
        at.lists.handed(atom, var)
    return init, carried


def left(
    at: Lifter, slots: Sequence[Slot], init: list[Atom], lists: tuple[Var, ...]
) -> tuple[Var, ...]:
    """Let names mean what the loop has left; note which of its targets are new lists."""
    for var in lists:
        at.lists.made(var)
    finals = []
    for slot, atom in zip(slots, init, strict=True):
        gathers = slot[1].startswith("<")
        final = Var("" if gathers else slot[1])
        at.state[slot] = final if gathers else at.bound(slot, final, [atom])
        if gathers:
            at.lists.handed(atom, final)
        finals.append(final)
    return tuple(finals)


def ends(
    at: Lifter, tree: Tree, slots: Sequence[Slot], node: Any, items: Sequence[Value] = ()
) -> list[Atom] | None:
    """Return what a turn hands on and collects; None where it always raises."""
    end = tree.end
    assert isinstance(end, Leaf)
    if end.kind == RAISED:
        return None
    values = [end.state.get(slot, Const(UNDEFINED)) for slot in slots]
    return [at.atom_at(tree, value, node) for value in (*values, *items)]


def _written_out(at: Lifter, node: Any, elements: Sequence[Any], over: Value) -> list[Value]:
    """Lift a comprehension over known items: write its turns out."""
    generator = node.generators[0]
    if len(node.generators) > 1 or generator.ifs:
        start: list[Value] = [at.let(ops.make_list, node=node) for _ in elements]
        return _appending(at, node, elements, 0, over, start)
    rows: list[list[Value]] = [[] for _ in elements]
    for item in at.items(over) or ():
        assign_target(at, generator.target, item, node)
        for row, element in zip(rows, elements, strict=True):
            row.append(_element(at, element))
    return [Pack(tuple(row), list, True) for row in rows]

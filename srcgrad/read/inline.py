"""Lift the call of a function whose source is at hand: its statements come in place of the call.

    h = layer(W, x)      ->      z = W @ x        (the body of layer, with its own names)
                                 h = tanh(z)

A function that calls itself becomes a program of its own, which is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import FunctionType
from typing import Any

import gast

from srcgrad.errors import Aliased, Unreadable
from srcgrad.program.nodes import Block, Const, Program, Var
from srcgrad.read.binding import Misfit, Plain, bind, complaint
from srcgrad.read.blocks import lift_block
from srcgrad.read.checkpoints import in_region, refuse_generator
from srcgrad.read.dispatch import expr
from srcgrad.read.fence import fence
from srcgrad.read.generators import generated, is_generator
from srcgrad.read.guards import Guard, code_of, contents
from srcgrad.read.lifter import Frame, Lifter
from srcgrad.read.liveness import reads
from srcgrad.read.names import find_slot, note_guard
from srcgrad.read.seen import class_of
from srcgrad.read.source import Found, find
from srcgrad.read.structure import YIELDED, local_names, parameters
from srcgrad.read.trees import RAISED, Leaf, Tree
from srcgrad.read.values import Closure, Fields, Scope, Slot, State, Value, closures, holds_function
from srcgrad.runtime.checkpoints import is_checkpointed

_DEEP = 60
"""How deep a recursion is read along the objects of an example."""

_DEPTH = 20
"""How many forms of one recursive function may be inside each other."""


@dataclass(frozen=True, eq=False, slots=True)
class Target:
    """A function to lift: its syntax and surroundings."""

    key: Any
    name: str
    qualname: str
    node: Any
    found: Found
    stmt: Any
    parent: Scope | None
    namespace: dict[str, Any]
    cells: dict[str, Any]
    defaults: tuple[Value, ...]
    kwdefaults: dict[str, Value]
    user: bool

    def scope(self) -> Scope:
        """Return a new scope for one call."""
        names = local_names(self.node)
        return Scope(self.name, names, self.parent, self.namespace, self.cells)


def of_function(at: Lifter, function: FunctionType, user: bool) -> Target:
    """Return what is needed to lift a function.

    Raises
    ------
    NoSource
        If its source cannot be found.
    """
    found = find(function)
    note_guard(at, Guard("code", function, function.__name__, code_of(function)))
    if found.node not in at.known.fenced:
        at.known.fenced.add(found.node)
        at.known.problems += fence(found)
    return Target(
        key=function,
        name=function.__name__,
        qualname=function.__qualname__,
        node=found.node,
        found=found,
        stmt=found.node,
        parent=None,
        namespace=function.__globals__,
        cells=dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)),
        defaults=tuple(map(Const, function.__defaults__ or ())),
        kwdefaults={k: Const(v) for k, v in (function.__kwdefaults__ or {}).items()},
        user=user,
    )


def of_closure(at: Lifter, closure: Closure) -> Target:
    """Return what is needed to lift a nested function or lambda."""
    outer = closure.found.function.__qualname__
    return Target(
        key=closure,
        name=closure.name,
        qualname=f"{outer}.<locals>.{closure.name}",
        node=closure.node,
        found=closure.found,
        stmt=closure.stmt,
        parent=closure.scope,
        namespace=closure.scope.namespace,
        cells={},
        defaults=closure.defaults,
        kwdefaults=closure.kwdefaults,
        user=closure.user,
    )


def bound_arguments(at: Lifter, target: Target, plain: Plain, node: Any) -> dict[str, Value] | None:
    """Bind arguments; a call that does not fit raises Python's own TypeError when it is run."""
    signature = target.node.args
    try:
        return bind(signature, plain, target.defaults, target.kwdefaults)
    except Misfit:
        names = [arg.id for arg in (*signature.posonlyargs, *signature.args)]
        given = set(names[len(names) - len(target.defaults) :]) | set(target.kwdefaults)
        text = complaint(signature, target.qualname, len(plain.args), list(plain.kwargs), given)
        at.fail(TypeError, text, node)
        return None


def call_target(at: Lifter, target: Target, plain: Plain, node: Any) -> Value:
    """Lift a call of a function."""
    bound = bound_arguments(at, target, plain, node)
    if bound is None:
        return Const(None)
    marked = target.key.again if isinstance(target.key, Closure) else is_checkpointed(target.key)
    if is_generator(target.node):
        if marked:
            return refuse_generator(at, target.name, node)
        return generated(at, target, bound, node)
    if marked:
        return in_region(at, target.name, lambda: _run(at, target, bound, node), node, bound)
    return _run(at, target, bound, node)


def _run(at: Lifter, target: Target, bound: dict[str, Value], node: Any) -> Value:
    if _recurs(at, target) and not _along(at, target, bound):
        return _call_program(at, target, bound, node)
    return in_place(at, target, bound)


def _recurs(at: Lifter, target: Target) -> bool:
    """Tell whether a function calls itself: an integral in an integral does not."""
    if (getattr(target.key, "__module__", None) or "").startswith("srcgrad.rules.scipy."):
        return False
    return target.key in at.stack or calls_itself(target)


def in_place(at: Lifter, target: Target, bound: dict[str, Value]) -> Value:
    """Lift the body of a function with its parameters bound."""
    scope = target.scope()
    tree = body_tree(at, target, scope, bound)
    value = at.join(tree)
    scope.done = True
    return value


def body_tree(at: Lifter, target: Target, scope: Scope, bound: dict[str, Value]) -> Tree:
    """Lift the body of a function to a tree whose ends have the values that it returns."""
    frame, size = at.frame, len(at.stack)
    at.frame = Frame(target.found, scope, target.stmt, target.user, at.live(target.node))
    at.stack.append(target.key)
    at.state.update({(scope, name): value for name, value in bound.items()})
    if isinstance(target.node, gast.Lambda):
        out, at.out, raised, at.raised = at.out, [], at.raised, False
        tree = Tree(at.out)
        value = expr(at, target.node.body)
        tree.end = Leaf(RAISED if at.raised else "return", at.state, value)
        at.out, at.raised = out, raised
    else:
        tree = lift_block(at, target.node.body)
    for _, leaf in tree.leaves():
        if (scope, YIELDED) in leaf.state:
            leaf.value = leaf.state[scope, YIELDED]
        _leave(leaf.state, scope)
    at.frame = frame
    del at.stack[size:]
    return tree


def _leave(state: State, scope: Scope) -> None:
    """Forget the names of a call that is over, unless a function made there may read them."""
    if not scope.captured:
        for slot in [slot for slot in state if slot[0] is scope]:
            del state[slot]


def _along(at: Lifter, target: Target, bound: dict[str, Value]) -> bool:
    """Tell whether a recursion is read along the objects of an example, call by call.

    That is where the class of an object has to be known: where there are methods to call.
    """
    values = list(bound.values())
    known = [value for value in values if needs_class(at, value)]
    ended = at.stack and target.key in at.stack and _is_none(values[0] if values else None)
    return bool(known or ended) and at.stack.count(target.key) < _DEEP


def _is_none(value: Value | None) -> bool:
    return isinstance(value, Const) and value.value is None


def needs_class(at: Lifter, value: Value) -> bool:
    """Tell whether a value is an object of a class with methods."""
    cls = class_of(at, value)
    if cls is None:
        return False
    for base in cls.__mro__:
        if base is object or base is tuple:
            continue
        for name, thing in vars(base).items():
            method = isinstance(thing, (FunctionType, property, staticmethod, classmethod))
            if method and not name.startswith("_"):
                return True
            if method and name in ("__call__", "__add__", "__mul__", "__matmul__", "__len__"):
                return True
    return False


def calls_itself(target: Target) -> bool:
    """Tell whether the body of a function names the function."""
    for name in reads(target.node):
        if name != target.name:
            continue
        if isinstance(target.key, Closure):
            return name not in local_names(target.node)
        cell = target.cells.get(name)
        if cell is not None:
            return contents(cell) is target.key
        return target.namespace.get(name) is target.key
    return False


def _call_program(at: Lifter, target: Target, bound: dict[str, Value], node: Any) -> Value:
    """Lift a call of a recursive function as a call of its program."""
    for slot in at.state:
        if is_outside(slot):
            refuse_change(at, slot[1], node)
            return Const(None)
    order = parameters(target.node.args)
    baked: dict[str, Value] = {n: bound[n] for n in order if holds_function(bound[n])}
    outer = _outer(at, [target.key, *baked.values()])
    baked_outer = {slot: value for slot, value in outer.items() if holds_function(value)}
    key = (target.key, *(_key(v) for v in baked.values()), *map(_key, baked_outer.values()), *baked)
    passed = [bound[n] for n in order if n not in baked]
    slots = [slot for slot in outer if slot not in baked_outer]
    found = at.known.programs.get(key)
    if found is not None and not _fits(at, found[0], passed):
        key = (*key, "any")
        found = at.known.programs.get(key)
    if found is None and at.stack.count(target.key) > _DEPTH:
        at.refuse(
            Unreadable,
            node,
            f"cannot read the recursion of {target.name!r}",
            "It hands a new function to itself each time, and so there is no end of its forms.",
            "Write it as a loop, or hand on numbers instead of functions.",
        )
        return Const(None)
    if found is None:
        variables = {n: Var(n, target.user) for n in order if n not in baked}
        captured = {slot: Var(slot[1], target.user) for slot in slots}
        program = Program(target.name, (*variables.values(), *captured.values()), Block((), ()))
        # The values of the key are kept alive with it, since it names them by identity.
        at.known.programs[key] = (program, (baked, baked_outer, slots))
        _fill(at, program, target, {**baked, **variables}, {**baked_outer, **captured})
    else:
        program, (_, _, slots) = found
    extra = [at.state.get(slot) or outer[slot] for slot in slots]
    return at.let(program, *passed, *extra, node=node)


def is_outside(slot: Slot) -> bool:
    """Tell whether a slot is an attribute that was written of an object from outside."""
    return isinstance(slot[0], Fields) and slot[0].root is not None


def refuse_change(at: Lifter, name: str, node: Any) -> None:
    """Refuse to change what a function that is called as a whole would have to see."""
    at.refuse(
        Aliased,
        node,
        f"cannot change {name!r} together with a recursive call",
        "The function is called as a whole, and what it changes outside itself is not handed on.",
        "Hand the value in as an argument, and return the new one.",
    )


def _fits(at: Lifter, program: Program, passed: list[Value]) -> bool:
    """Tell whether arguments are of the kinds for which a program was read."""
    wanted = [at.known.kinds.get(param, "") for param in program.params]
    pairs = zip(wanted, map(at.kind_of, passed), strict=False)
    return all(not kind or other in (kind, "number") for kind, other in pairs)


def _key(value: Value) -> Any:
    return ("const", id(value.value)) if isinstance(value, Const) else id(value)


def _outer(at: Lifter, functions: list[Any]) -> State:
    """Return the names of enclosing calls that closures may read, with their present values."""
    found: State = {}
    waiting = [closure for function in functions for closure in closures(function)]
    seen: set[Slot] = set()
    while waiting:
        closure = waiting.pop()
        for name in reads(closure.node):
            slot = find_slot(closure.scope, name)
            if slot is None or slot in seen or slot not in at.state:
                continue
            seen.add(slot)
            value = found[slot] = at.state[slot]
            waiting += closures(value)
    return found


def _fill(
    at: Lifter, program: Program, target: Target, bound: dict[str, Value], outer: State
) -> None:
    """Lift the body of a recursive function into its program."""
    inner = Lifter(at.frame, at.known)
    inner.state = dict(outer)
    inner.stack = [*at.stack, target.key]
    inner.named.update(program.params)
    scope = target.scope()
    tree = body_tree(inner, target, scope, bound)
    for _, leaf in tree.leaves():
        for slot, value in leaf.state.items():
            if is_outside(slot) or (slot in outer and value is not outer[slot]):
                refuse_change(at, slot[1], target.node)
    program.body = closed(inner, tree)


def closed(at: Lifter, tree: Tree) -> Block:
    """Close the tree of a whole function to a block with one result."""
    columns = {}
    at.closing = True
    for piece, leaf in tree.leaves():
        if leaf.kind != RAISED:
            columns[piece] = [at.atom_at(piece, leaf.value or Const(None))]
    atoms = at.close(tree, columns, [""])
    return Block(tuple(tree.stmts), tuple(atoms))

"""Lift statements: straight code, assignments and branches."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import gast

from srcgrad.errors import Aliased, Unreadable
from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Atom, Const, Let, Var
from srcgrad.read.dispatch import atom, expr, lifts, unknown
from srcgrad.read.expressions import closure, truth
from srcgrad.read.lifter import (
    BREAK,
    CODES,
    CONTINUE,
    DONE,
    FALL,
    RAISED,
    RETURN,
    Fork,
    Leaf,
    Lifter,
    Merger,
    Tree,
)
from srcgrad.read.names import find_slot, function_scope
from srcgrad.read.structure import appended, ending
from srcgrad.read.values import Scope, Value, holds_function

_CODE = {**CODES, CONTINUE: 3}

Step = Callable[["Lifter", "Flow"], None]


@dataclass(eq=False, slots=True)
class Flow:
    """Where the lifting of a block has come to: the present piece and what is still to do."""

    here: Tree
    work: list[Any] = field(default_factory=list)

    def push(self, stmts: Sequence[Any]) -> None:
        """Put statements before what is still to do."""
        self.work.extend(reversed(stmts))


Statement = Callable[[Lifter, Any, Flow], None]
STATEMENTS: dict[type, Statement] = {}


def lifts_statement(*kinds: type) -> Callable[[Statement], Statement]:
    """Register the function that lifts statements of some kinds."""

    def register(function: Statement) -> Statement:
        STATEMENTS.update((kind, function) for kind in kinds)
        return function

    return register


def lift_block(at: Lifter, stmts: Sequence[Any]) -> Tree:
    """Lift statements to a tree; early ends take the rest of the block into the other arm."""
    out, raised, stmt_before = at.out, at.raised, at.frame.stmt
    root = Tree()
    flow = Flow(root)
    flow.push(stmts)
    at.raised = False
    at.out = root.stmts
    while flow.here.end is None and flow.work:
        stmt = flow.work.pop()
        if callable(stmt):
            stmt(at, flow)
        else:
            at.frame.stmt = stmt
            lift = STATEMENTS.get(type(stmt))
            if lift is None:
                unknown(at, stmt)
            else:
                lift(at, stmt, flow)
        if at.raised and flow.here.end is None:
            flow.here.end = Leaf(RAISED, at.state)
    if flow.here.end is None:
        flow.here.end = Leaf(FALL, at.state)
    at.out, at.raised, at.frame.stmt = out, raised, stmt_before
    return root


def arm_of(at: Lifter, stmts: Sequence[Any]) -> Tree:
    """Lift statements as one arm, beginning with the present state."""
    state = at.state
    at.state = dict(state)
    tree = lift_block(at, stmts)
    at.state = state
    return tree


# branches


@lifts_statement(gast.If)
def _if(at: Lifter, stmt: Any, flow: Flow) -> None:
    value = expr(at, stmt.test)
    known = truth(at, value)
    if known is not None:
        flow.push(stmt.body if known else stmt.orelse)
        return
    branch(at, at.atom(value, stmt.test), stmt.body, stmt.orelse, stmt, flow)


def branch(
    at: Lifter, test: Atom, body: Sequence[Any], orelse: Sequence[Any], node: Any, flow: Flow
) -> None:
    """Lift a branch: nest the rest of the block in an arm, or let the arms meet again."""
    where = at.origin(node)
    ends = _ends(body), _ends(orelse)
    if ends[0] == "exits":
        then, rest = arm_of(at, body), Tree()
        _nest(at, flow, Fork(test, then, rest, where), rest, orelse)
    elif ends[1] == "exits":
        other, rest = arm_of(at, orelse), Tree()
        _nest(at, flow, Fork(test, rest, other, where), rest, body)
    else:
        fork = Fork(test, arm_of(at, body), arm_of(at, orelse), where)
        meet(at, fork, flow)


def _ends(stmts: Sequence[Any]) -> str:
    return "falls" if any(callable(stmt) for stmt in stmts) else ending(stmts)


def _nest(at: Lifter, flow: Flow, fork: Fork, rest: Tree, stmts: Sequence[Any]) -> None:
    flow.here.end = fork
    flow.here = rest
    flow.push(stmts)
    at.out, at.state = rest.stmts, dict(at.state)


def meet(at: Lifter, fork: Fork, flow: Flow) -> None:
    """Let the arms of a branch go on together, except where they leave the block for good."""
    tree = Tree(flow.here.stmts, fork)
    kinds = {leaf.kind for _, leaf in tree.leaves()}
    if kinds <= {FALL, RAISED}:
        at.join(tree)
    elif not flow.work:
        flow.here.end = fork
    else:
        _meet_with_code(at, tree, flow)


def _meet_with_code(at: Lifter, tree: Tree, flow: Flow) -> None:
    """Let the arms meet; a code says which of them want to leave the block."""
    ends = [(t, leaf) for t, leaf in tree.leaves() if leaf.kind != RAISED]
    merger = Merger(at, tree)
    pieces = [t for t, _ in ends]
    codes: list[Value] = [Const(_CODE[leaf.kind]) for _, leaf in ends]
    rebuilt_code = merger.merge_all(pieces, [codes], ["code"])
    going = [(t, leaf) for t, leaf in ends if leaf.kind != RETURN]
    slots = merger.changed([leaf.state for _, leaf in going])
    rows = [[leaf.state.get(slot, Const(UNDEFINED)) for _, leaf in going] for slot in slots]
    rebuilt = merger.merge_all([t for t, _ in going], rows, [name for _, name in slots])
    leaving = [(t, leaf.value or Const(None)) for t, leaf in ends if leaf.kind == RETURN]
    returned = None
    if leaving:
        row: list[list[Value]] = [[value for _, value in leaving]]
        returned = merger.merge_all([t for t, _ in leaving], row, ["result"])
    atoms = at.close(tree, merger.columns, merger.hints)
    code = at.atom(rebuilt_code(atoms)[0], None)
    state = dict(going[0][1].state) if going else dict(at.state)
    for slot, value, values in zip(slots, rebuilt(atoms), rows, strict=True):
        state[slot] = at.bound(slot, value, values)
    at.state = state
    result = returned(atoms)[0] if returned else None
    kinds = [k for k in (RETURN, BREAK, DONE, CONTINUE) if any(k == e.kind for _, e in ends)]
    leave(at, flow, code, kinds, result, _CODE)


def leave(
    at: Lifter,
    flow: Flow,
    code: Atom,
    kinds: Sequence[str],
    value: Value | None,
    codes: dict[str, int],
    others: bool = False,
) -> None:
    """Leave the block where a code says so; ``others`` tells of codes that do not leave it."""
    for k, kind in enumerate(kinds):
        last = k + 1 == len(kinds) and not others
        test: Atom = code
        if not last:
            test = at.let(operator.eq, code, Const(codes[kind]), node=None)
        done, rest = Tree(), Tree()
        done.end = Leaf(kind, dict(at.state), value if kind == RETURN else None)
        _nest(at, flow, Fork(test, done, rest, at.origin(None)), rest, [])


# assignments


@lifts_statement(gast.Assign)
def _assign(at: Lifter, stmt: Any, flow: Flow) -> None:
    value = expr(at, stmt.value)
    for target in stmt.targets:
        assign(at, target, value, stmt)


@lifts_statement(gast.AnnAssign)
def _annotated(at: Lifter, stmt: Any, flow: Flow) -> None:
    if stmt.value is not None:
        assign(at, stmt.target, expr(at, stmt.value), stmt)


@lifts(gast.NamedExpr)
def _walrus(at: Lifter, node: Any) -> Value:
    assign(at, node.target, expr(at, node.value), node)
    return expr(at, gast.Name(node.target.id, gast.Load(), None, None))


def assign(at: Lifter, target: Any, value: Value, node: Any) -> None:
    """Bind the names in a target."""
    match target:
        case gast.Name():
            assign_name(at, target.id, value, node)
        case gast.Tuple() | gast.List():
            unpack(at, target.elts, value, node)
        case _:
            refuse_write(at, target)


def assign_name(at: Lifter, name: str, value: Value, node: Any, scope: Scope | None = None) -> None:
    """Bind a name; the variable that an expression has just made takes the name over."""
    read(at, value, node)
    owner = scope or function_scope(at.frame.scope)
    slot = (owner, name)
    if not holds_function(value):
        value = at.atom(value, node)
    if isinstance(value, Const) and at.frame.user and not holds_function(value):
        value = at.let(ops.same, value, node=node)
    if isinstance(value, Var) and value not in at.named:
        at.name(value, name)
    at.lists.assigned(slot, value)
    at.state[slot] = value


def read(at: Lifter, value: Value, node: Any) -> None:
    """Read a name that may be unbound where its value is only handed on: Python raises there."""
    if isinstance(value, Var) and value in at.maybe:
        at.do(ops.same, value, node=node)


def refuse_write(at: Lifter, target: Any) -> None:
    """Refuse a write to an entry or attribute, unless the fence has done so."""
    if isinstance(target, (gast.Subscript, gast.Attribute)):
        unknown(at, target)


def unpack(at: Lifter, targets: list[Any], value: Value, node: Any) -> None:
    """Bind the targets of ``a, (b, *c) = value``."""
    unpack_with(at, targets, value, node, assign)


def unpack_with(
    at: Lifter,
    targets: list[Any],
    value: Value,
    node: Any,
    assign: Callable[[Lifter, Any, Value, Any], None],
) -> None:
    """Bind several targets by a function that binds one."""
    stars = [i for i, target in enumerate(targets) if isinstance(target, gast.Starred)]
    items = at.items(value)
    if items is not None and not stars and len(items) == len(targets):
        for target, item in zip(targets, items, strict=True):
            assign(at, target, item, node)
        return
    if stars:
        before, after = stars[0], len(targets) - stars[0] - 1
        fn, extra = ops.unpack_star, (Const(before), Const(after))
    else:
        fn, extra = ops.unpack, (Const(len(targets)),)  # type: ignore[assignment]
    plain = [t.value if isinstance(t, gast.Starred) else t for t in targets]
    made = tuple(Var("") for _ in targets)
    at.out.append(Let(made, fn, (at.atom(value, node), *extra), (), at.origin(node)))
    for i in stars:
        at.lists.made(made[i])
    for target, var in zip(plain, made, strict=True):
        assign(at, target, var, node)


@lifts_statement(gast.AugAssign)
def _augmented(at: Lifter, stmt: Any, flow: Flow) -> None:
    if not isinstance(stmt.target, gast.Name):
        refuse_write(at, stmt.target)
        return
    name = gast.Name(stmt.target.id, gast.Load(), None, None)
    old = at.atom(expr(at, gast.copy_location(name, stmt.target)), stmt.target)
    value = at.let(ops.INPLACE[type(stmt.op).__name__], old, expr(at, stmt.value), node=stmt)
    assign_name(at, stmt.target.id, value, stmt)


@lifts_statement(gast.FunctionDef)
def _def(at: Lifter, stmt: Any, flow: Flow) -> None:
    assign_name(at, stmt.name, closure(at, stmt, stmt.name), stmt)


# the rest


@lifts_statement(gast.Pass, gast.Global, gast.Nonlocal)
def _pass(at: Lifter, stmt: Any, flow: Flow) -> None:
    pass


@lifts_statement(gast.Expr)
def _expression(at: Lifter, stmt: Any, flow: Flow) -> None:
    if isinstance(stmt.value, gast.Constant):
        return
    name = appended(stmt)
    if name is not None and _append(at, name, stmt):
        return
    if isinstance(stmt.value, gast.Call):
        from srcgrad.read.calls import call_for_effect

        call_for_effect(at, stmt.value)
    else:
        expr(at, stmt.value)


def _append(at: Lifter, name: str, stmt: Any) -> bool:
    """Lift ``xs.append(v)`` where ``xs`` is a local name; tell whether it was one."""
    call = stmt.value
    slot = find_slot(at.frame.scope, name)
    if slot is None or len(call.args) != 1 or call.keywords:
        return False
    if isinstance(call.args[0], gast.Starred):
        return False
    old = at.state.get(slot)
    item = atom(at, call.args[0])
    if slot[0] is not function_scope(at.frame.scope) or not at.lists.may_append(old, slot):
        at.refuse(
            Aliased,
            call,
            f"cannot append to {name!r}",
            f"Something else may look at this list: {name!r} is not certainly a list made in this"
            " function and known by this name alone.",
            f"Make a new list: {name} = [*{name}, value].",
        )
        return True
    assert isinstance(old, Var)
    at.lists.escape(item)
    new = at.let(ops.list_append, old, item, node=stmt)
    at.name(new, name)
    at.lists.appended(old, new)
    at.state[slot] = new
    return True


@lifts_statement(gast.Return)
def _return(at: Lifter, stmt: Any, flow: Flow) -> None:
    value = Const(None) if stmt.value is None else expr(at, stmt.value)
    read(at, value, stmt)
    flow.here.end = Leaf(RAISED if at.raised else RETURN, at.state, value)


@lifts_statement(gast.Break)
def _break(at: Lifter, stmt: Any, flow: Flow) -> None:
    flow.here.end = Leaf(BREAK, at.state)


@lifts_statement(gast.Continue)
def _continue(at: Lifter, stmt: Any, flow: Flow) -> None:
    flow.here.end = Leaf(CONTINUE, at.state)


@lifts_statement(gast.Raise)
def _raise(at: Lifter, stmt: Any, flow: Flow) -> None:
    if stmt.exc is None:
        at.refuse(
            Unreadable,
            stmt,
            "cannot read a bare 'raise'",
            "There is no exception here that it could raise again.",
            "Name the exception.",
        )
    else:
        error = atom(at, stmt.exc)
        cause = [] if stmt.cause is None else [atom(at, stmt.cause)]
        at.do(ops.raise_, error, *cause, node=stmt)
    at.raised = True


@lifts_statement(gast.Assert)
def _assert(at: Lifter, stmt: Any, flow: Flow) -> None:
    value = expr(at, stmt.test)
    test = Const(True) if holds_function(value) else at.atom(value, stmt.test)
    if stmt.msg is None:
        at.do(ops.assert_, test, node=stmt)
        return
    fine, failed = at.arm(lambda: None), at.arm(lambda: _message(at, stmt))
    made = failed.end
    assert isinstance(made, Leaf)
    if len(failed.stmts) == 2 and isinstance(stmt.msg, gast.Constant):
        at.do(ops.assert_, test, Const(stmt.msg.value), node=stmt)
    else:
        at.fork(test, fine, failed, stmt, "if")


def _message(at: Lifter, stmt: Any) -> None:
    error = at.let(AssertionError, expr(at, stmt.msg), node=stmt)
    at.do(ops.raise_, error, node=stmt)
    at.raised = True

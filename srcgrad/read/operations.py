"""Add calls that stay calls: of operations, and of programs such as gradients."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from types import FunctionType, ModuleType
from typing import Any

from srcgrad.errors import Aliased, Unreadable
from srcgrad.facts.effects import as_values
from srcgrad.program import ops
from srcgrad.program.nodes import Const, Program, Var
from srcgrad.program.walk import inlined
from srcgrad.read.binding import Arguments, Spread
from srcgrad.read.lifter import Lifter
from srcgrad.read.names import LIBRARIES, top_module
from srcgrad.read.values import Fields, Mapped, Pack, Seen, Value, is_static


def is_operation(function: Any) -> bool:
    """Tell whether a function is kept as it is: it has a rule or belongs to a library."""
    if _has_rule(function):
        return True
    if isinstance(function, ModuleType):
        return True
    module = getattr(function, "__module__", None)
    if isinstance(module, str) and module.startswith("srcgrad.rules"):
        return not isinstance(function, FunctionType)
    return top_module(function) in LIBRARIES or top_module(function) in _KEPT


_KEPT = ("warnings", "contextlib")


def _has_rule(function: Any) -> bool:
    try:
        from srcgrad.rules.table import rule_for
    except ImportError:
        return False
    try:
        return rule_for(function) is not None
    except TypeError:
        return False


def operation(at: Lifter, fn: Any, before: Sequence[Value], given: Arguments, node: Any) -> Value:
    """Add a call that stays a call."""
    if given.known():
        plain = [a for a in given.args if not isinstance(a, Spread)]
        return at.call(fn, [*before, *plain], given.kwargs, node)
    if fn is ops.call:
        fn, before = before[0], []
    total: Value | None = None
    run: list[Value] = list(before)
    for arg in given.args:
        if not isinstance(arg, Spread):
            run.append(arg)
            continue
        if run:
            part: Value = Pack(tuple(run))
            total = part if total is None else _plus(at, total, part, node)
        part = at.let(tuple, arg.value, node=node)
        total = part if total is None else _plus(at, total, part, node)
        run = []
    if run or total is None:
        part = Pack(tuple(run))
        total = part if total is None else _plus(at, total, part, node)
    keywords: Value = Mapped(given.kwargs)
    for extra in given.extra:
        empty = isinstance(keywords, Mapped) and not keywords.items
        keywords = extra if empty else at.let(_OR, keywords, extra, node=node)
    callee = fn if isinstance(fn, (Var, Const)) else Const(fn)
    return at.let(ops.apply, callee, total, keywords, node=node)


def _plus(at: Lifter, total: Value, part: Value, node: Any) -> Var:
    return at.let(ops.OPERATORS["Add"], total, part, node=node)


_OR = ops.OPERATORS["BitOr"]


def call_program(at: Lifter, function: Any, program: Any, given: Arguments, node: Any) -> Value:
    """Inline the program of a function that is made of one, such as a gradient."""
    plain = [a for a in given.args if not isinstance(a, Spread)]
    try:
        if not given.known():
            raise TypeError("its arguments have to be written one by one")
        signature = inspect.signature(function)
        bound = signature.bind(*plain, **given.kwargs)
    except TypeError as error:
        if given.known():
            return at.fail(TypeError, str(error), node)
        return at.refuse(
            Unreadable,
            node,
            "cannot read this call of a gradient",
            "Its arguments are not to be seen one by one.",
            "Write the arguments out.",
        )
    values: list[Value] = []
    statics: dict[str, Any] = {}
    for name, parameter in signature.parameters.items():
        value: Any = bound.arguments.get(name, None)
        if value is None:
            value = Const(parameter.default)
        if parameter.kind is parameter.VAR_POSITIONAL:
            value = Pack(tuple(bound.arguments.get(name, ())))
        elif parameter.kind is parameter.VAR_KEYWORD:
            value = Mapped(dict(bound.arguments.get(name, {})))
        if isinstance(value, Const) and is_static(value.value):
            statics[name] = value.value
        example = _example(at, value)
        if example is not None:
            statics[name] = example.examples[0]
        values.append(value)
    made = as_values(program(statics))
    _note(at, made, values, node)
    at.handed_on(values, node)
    atoms = [at.atom(value, node) for value in values]
    stmts, results = inlined(made, atoms, at.origin(node))
    at.out.extend(stmts)
    return results[0] if len(results) == 1 else Pack(tuple(results))


def _example(at: Lifter, value: Value) -> Seen | None:
    """Return what is known of an argument by the one example of it."""
    seen = at.seen.get(value) if isinstance(value, Var) else None
    return seen if seen is not None and len(seen.examples) == len(seen.places) == 1 else None


def _check_unwritten(at: Lifter, root: Any, steps: Any, node: Any) -> None:
    """Refuse a program that reads an attribute which was written before."""
    for scope, name in at.state:
        if not isinstance(scope, Fields) or scope.root != root:
            continue
        if steps[: len(scope.steps)] == scope.steps:
            at.refuse(
                Aliased,
                node,
                f"cannot change {name!r} together with this call",
                "The function is read for itself, and what was changed outside it is not seen"
                " there.",
                "Hand the value in as an argument, and return the new one.",
            )
            return


def _note(at: Lifter, made: Program, values: list[Value], node: Any) -> None:
    """Note what was looked up for a program that is inlined."""
    at.known.guards.update(
        ((g.kind, id(g.container), g.name), g) for g in made.notes.get("guards", ())
    )
    at.known.reads.update(
        ((kind, id(container), name), (kind, container, name))
        for kind, container, name in made.notes.get("reads", ())
    )
    for root, steps in made.notes.get("paths", ()):
        if root.kind == "param":
            seen = _example(at, values[int(root.name)])
            if seen is None:
                continue
            root, before = seen.places[0]
            steps = (*before, *steps)
        _check_unwritten(at, root, steps, node)
        at.known.paths[(root.key, steps)] = (root, steps)

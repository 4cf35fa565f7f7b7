"""Lift calls: operations stay, functions of the user are lifted in place."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Sequence
from types import FunctionType, MethodDescriptorType, MethodType, WrapperDescriptorType
from typing import Any

import gast
import numpy as np

from srcgrad.errors import NoSource, Unreadable
from srcgrad.program import ops
from srcgrad.program.nodes import UNDEFINED, Const, Do, Let, Var
from srcgrad.program.walk import among
from srcgrad.read.binding import Arguments, Spread
from srcgrad.read.callbacks import gradient_at, with_callback
from srcgrad.read.checkpoints import in_region, refuse_elsewhere
from srcgrad.read.collecting import collecting
from srcgrad.read.container_methods import change_call
from srcgrad.read.dispatch import expr, lifts
from srcgrad.read.functionals import consumed, reduced
from srcgrad.read.generators import ALL, WALK, taken
from srcgrad.read.inline import call_target, of_closure, of_function
from srcgrad.read.known_turns import append_kept
from srcgrad.read.lifter import Lifter
from srcgrad.read.making import make, makes_objects
from srcgrad.read.mutators import refused_call, refused_method
from srcgrad.read.names import read_attribute, top_module
from srcgrad.read.object_calls import of_named, of_table, on_objects
from srcgrad.read.objects import method
from srcgrad.read.operations import call_program, is_operation, operation
from srcgrad.read.quantifiers import quantified
from srcgrad.read.seen import class_of
from srcgrad.read.spreads import spread_out
from srcgrad.read.static_calls import static_call, static_method
from srcgrad.read.upper import upper_attribute
from srcgrad.read.values import Bound, Choice, Closure, Mapped, Partial, Value, is_static
from srcgrad.rules.callbacks import FORMS
from srcgrad.rules.functionals import (
    argument_names,
    called_as,
    definition_of,
    over_elements,
    parameters_of,
)
from srcgrad.runtime.checkpoints import checkpointed, is_checkpointed

_CONSUMERS: set[Any] = {
    sum,
    min,
    max,
    list,
    tuple,
    set,
    dict,
    sorted,
    frozenset,
    math.fsum,
    math.prod,
    np.fromiter,
}

_LAZY = (zip, enumerate, reversed, map, filter)


@lifts(gast.Call)
def lift_call_node(at: Lifter, node: Any) -> Value:
    """Lift a call in an expression."""
    fn = callee(at, node.func)
    if isinstance(fn, Const) and fn.value is dict and (table := _as_display(at, node)) is not None:
        return expr(at, table)
    if isinstance(fn, Const) and len(node.args) == 1 and not node.keywords:
        if fn.value in (any, all) and isinstance(node.args[0], gast.GeneratorExp):
            return quantified(at, node.args[0], fn.value is any)
    return call_value(at, fn, arguments(at, node, _takes(at, fn, node)), node)


def _as_display(at: Lifter, node: Any) -> Any:
    """Return ``dict(zip(ks, vs))`` as ``{k: v for k, v in zip(ks, vs)}``; None for other calls."""
    if len(node.args) != 1 or node.keywords:
        return None
    given = node.args[0]
    if isinstance(given, gast.GeneratorExp):
        if not isinstance(given.elt, gast.Tuple) or len(given.elt.elts) != 2:
            return None
        made = gast.DictComp(*given.elt.elts, given.generators)
        return gast.copy_location(made, node)
    if not isinstance(given, gast.Call) or len(given.args) != 2 or given.keywords:
        return None
    fn = expr(at, given.func) if isinstance(given.func, gast.Name) else None
    if not isinstance(fn, Const) or fn.value is not zip:
        return None

    def name(text: str, context: Any) -> Any:
        return gast.copy_location(gast.Name(text, context, None, None), given)

    names = ("key", "value")
    target = gast.Tuple([name(text, gast.Store()) for text in names], gast.Store())
    turn = gast.comprehension(gast.copy_location(target, given), given, [], 0)
    made = gast.DictComp(*(name(text, gast.Load()) for text in names), [turn])
    return gast.copy_location(made, node)


def call_for_effect(at: Lifter, node: Any) -> None:
    """Lift a call that stands as a statement."""
    size = len(at.out)
    value = lift_call_node(at, node)
    last = at.out[-1] if len(at.out) > size else None
    if not isinstance(last, Let) or last.targets != (value,) or not callable(last.fn):
        return
    if among(last.fn, ops.PLAIN):  # a helper's  v *= c; return v  writes into what v names
        return
    at.out[-1] = Do(last.fn, last.args, last.kwargs, last.origin)


def callee(at: Lifter, node: Any) -> Value:
    """Return what is called; a method of a value stays bound to it."""
    if not isinstance(node, gast.Attribute):
        return expr(at, node)
    upper = upper_attribute(at, node)
    if upper is not None:
        return upper
    receiver = expr(at, node.value)
    frozen = _of_frozen(at, receiver, node)
    if frozen is not None:
        return frozen
    if class_of(at, receiver) is not None:
        return read_attribute(at, receiver, node.attr, node)
    if isinstance(receiver, Const) and is_static(receiver.value):
        return read_attribute(at, receiver, node.attr, node)
    return Bound(receiver, node.attr)


def _consumes(fn: Value) -> bool:
    """Tell whether a function takes all items of a generator before it returns."""
    if isinstance(fn, Bound):
        return fn.name in ("join", "extend")
    try:
        return isinstance(fn, Const) and fn.value in _CONSUMERS
    except TypeError:
        return False


def _takes(at: Lifter, fn: Value, node: Any) -> str:
    """Tell how a function takes the items of its arguments, if it takes all."""
    if _consumes(fn):
        return ALL
    lazy = isinstance(fn, Const) and any(fn.value is one for one in _LAZY)
    return at.taken.get(node, "") and WALK if lazy else ""


def arguments(at: Lifter, node: Any, takes: str) -> Arguments:
    """Lift the arguments of a call, in order; it may take all items of a generator."""
    given = Arguments()
    for arg in node.args:
        whole = arg.value if isinstance(arg, gast.Starred) else arg
        if takes or whole is not arg:
            taken(at, whole, takes if whole is arg else ALL)
        if not isinstance(arg, gast.Starred):
            given.args.append(_consumed(at, arg) if takes == ALL else expr(at, arg))
        else:
            value = expr(at, arg.value)
            items = at.items(value)
            given.args += [Spread(value)] if items is None else items
    for keyword in node.keywords:
        value = expr(at, keyword.value)
        if keyword.arg is not None:
            given.kwargs[keyword.arg] = value
        elif (table := _table(at, value)) is not None and not table.keys() & given.kwargs:
            given.kwargs.update(table)
        else:
            given.extra.append(value)
    return given


def _consumed(at: Lifter, node: Any) -> Value:
    """Lift an argument of which all items are taken at once: ``map(f, xs)`` becomes a list."""
    if not isinstance(node, gast.Call) or node.keywords:
        return expr(at, node)
    fn = callee(at, node.func)
    given = arguments(at, node, _takes(at, fn, node))
    plain = [a for a in given.args if not isinstance(a, Spread)]
    if given.known():
        made = consumed(at, fn, plain, node, lambda f, args: _again(at)(f, args, node))
        if made is not None:
            return made
    return call_value(at, fn, given, node)


def _table(at: Lifter, value: Value) -> dict[str, Value] | None:
    """Return the entries of a dict whose keys are known."""
    known = at.tables.get(value) if isinstance(value, Var) else value
    return known.items if isinstance(known, Mapped) else None


def call_value(at: Lifter, fn: Value, given: Arguments, node: Any) -> Value:
    """Lift a call of a value."""
    match fn:
        case Closure():
            return _call_target(at, of_closure(at, fn), given, node)
        case Bound():
            return _call_method(at, fn, given, node)
        case Partial():
            if (asked := _asked(fn)) is not None:
                return call_value(at, asked, given, node)
            merged = Arguments([*fn.args, *given.args], {**fn.kwargs, **given.kwargs}, given.extra)
            return call_value(at, fn.fn, merged, node)
        case Choice():
            return _call_choice(at, fn, given, node)
        case Const() if class_of(at, fn) is None:
            return call_known(at, fn, given, node)
    made = method(at, fn, "__call__", node)
    if made is not None:
        return call_value(at, made, given, node)
    return operation(at, ops.call, [at.atom(fn, node)], given, node)


def _call_choice(at: Lifter, fn: Choice, given: Arguments, node: Any) -> Value:
    then = at.arm(lambda: call_value(at, fn.then, given, node))
    orelse = at.arm(lambda: call_value(at, fn.orelse, given, node))
    return at.fork(fn.test, then, orelse, node, "ternary")


def _call_target(at: Lifter, target: Any, given: Arguments, node: Any) -> Value:
    plain = spread_out(at, target, given, node)
    if plain is None:
        return Const(UNDEFINED)
    return call_target(at, target, plain, node)


def _call_method(at: Lifter, fn: Bound, given: Arguments, node: Any) -> Value:
    named = of_named(at, fn.receiver, fn.name, given, node)
    if named is None:
        named = of_table(at, fn.receiver, fn.name, given, node)
    if named is not None:
        return named
    made = method(at, fn.receiver, fn.name, node)
    if made is not None:
        return call_value(at, made, given, node)
    if given.known():
        plain = [a for a in given.args if not isinstance(a, Spread)]
        known = static_method(at, fn, plain, given.kwargs, node)
        if known is not None:
            return known
    if fn.name == "append" and given.known() and len(given.args) == 1:
        (item,) = given.args
        if not isinstance(item, Spread) and append_kept(at, fn.receiver, item):
            return Const(None)
    changed = change_call(at, fn, given, node)
    if changed is not None:
        return changed
    if refused_method(at, fn.name, given, node):
        return Const(UNDEFINED)
    return operation(at, ops.method(fn.name), [fn.receiver], given, node)


def call_known(at: Lifter, fn: Const, given: Arguments, node: Any) -> Value:
    """Lift a call of a known object."""
    function = fn.value
    if function is UNDEFINED:
        name = getattr(getattr(node, "func", None), "id", "?")
        text = f"cannot access local variable {name!r} where it is not associated with a value"
        at.fail(UnboundLocalError, text, node)
        return Const(UNDEFINED)
    if function is checkpointed:
        return refuse_elsewhere(at, node)
    if is_checkpointed(function) and not isinstance(function, (FunctionType, MethodType)):
        name = getattr(function, "__name__", "block")
        return in_region(at, name, lambda: _call_plainly(at, fn, given, node), node)
    return _call_plainly(at, fn, given, node)


def _call_plainly(at: Lifter, fn: Const, given: Arguments, node: Any) -> Value:
    function = fn.value
    program = getattr(function, "__srcgrad_program__", None)
    if program is not None and not isinstance(function, type):
        return call_program(at, function, program, given, node)
    if isinstance(function, functools.partial):
        inner = Partial(
            Const(function.func),
            tuple(map(Const, function.args)),
            {name: Const(value) for name, value in function.keywords.items()},
        )
        return call_value(at, inner, given, node)
    if among(function, FORMS):
        standing = gradient_at(at, function, given, node)
        return call_value(at, *standing, node) if standing else _not_alone(at, node)
    if hasattr(function, "__srcgrad_callback__"):
        alone = with_callback(at, function, given, node)
        return operation(at, function, [], alone, node) if alone else _not_alone(at, node)
    made = _named_of(at, function, given, node)
    if made is not None:
        return made
    made = collecting(at, fn, given, node, _again(at))
    if made is not None:
        return made
    if given.known():
        plain = [a for a in given.args if not isinstance(a, Spread)]
        if function is sorted and plain and _is_of_table(at, plain[0]):
            given.args[0] = plain[0] = at.let(list, plain[0], node=node)
        known = on_objects(at, function, plain, given.kwargs, node)
        if known is None:
            known = static_call(at, fn, plain, given.kwargs)
        if known is None and not given.kwargs:
            known = reduced(at, fn, plain, node, lambda f, args: _again(at)(f, args, node))
        if known is not None:
            return known
    written = _written(function)
    if written is not None:
        return call_value(at, written, _in_order(function, given), node)
    if makes_objects(function):
        thing = make(at, function, given, node)
        if thing is not None:
            return thing
    frozen = _frozen(function, given)
    if frozen is not None:
        return frozen
    if is_operation(function):
        if isinstance(function, _METHOD_OF_CLASS) and given.args and _is_of_arrays(function):
            owner, *rest = given.args
            if not isinstance(owner, Spread):
                bound = Bound(owner, function.__name__)
                return _call_method(at, bound, Arguments(rest, given.kwargs, given.extra), node)
        if refused_call(at, function, given, node):
            return Const(UNDEFINED)
        return operation(at, function, [], _first_by_position(function, given), node)
    return _call_user(at, function, given, node)


def _not_alone(at: Lifter, node: Any) -> Value:
    """Refuse a function that is handed to a solver, and cannot be taken out of its place."""
    return at.refuse(
        Unreadable,
        node,
        "cannot hand this function on",
        "What it reads of the names round it is not all data, or it is no plain function.",
        "Define it outside, and hand on what it needs by args=(...).",
    )


def _is_of_table(at: Lifter, value: Value) -> bool:
    """Tell whether a value is what ``d.values()`` or the like gives."""
    views = (ops.method("values"), ops.method("items"), ops.method("keys"))
    made = (stmt for stmt in reversed(at.out) if isinstance(stmt, Let) and stmt.targets == (value,))
    let = next(made, None)
    return let is not None and among(let.fn, views)


def _named_of(at: Lifter, function: Any, given: Arguments, node: Any) -> Value | None:
    """Lift ``Point._make(items)`` as ``Point(*items)``; None for other calls."""
    if getattr(function, "__name__", "") != "_make" or not given.known():
        return None
    args = [a for a in given.args if not isinstance(a, Spread)]
    owner = getattr(function, "__self__", None)
    if isinstance(function, FunctionType) and len(args) == 2 and isinstance(args[0], Const):
        owner, args = args[0].value, args[1:]
    if not isinstance(owner, type) or not hasattr(owner, "_fields") or len(args) != 1:
        return None
    known = at.items(args[0])
    each: list[Any] = [Spread(args[0])] if known is None else list(known)
    return call_value(at, Const(owner), Arguments(each), node)


def _written(function: Any) -> Value | None:
    """Return what is read in the place of a function of NumPy or SciPy."""
    if isinstance(function, np.vectorize):
        plain = function.signature is None and not function.excluded
        given = (Const(function.pyfunc),)
        return Partial(Const(over_elements), given, {}) if plain else None
    called = called_as(function)
    if called is not None:
        return Partial(Const(called), (Const(function),), {})
    found = definition_of(function)
    return None if found is None else Const(found)


def _in_order(function: Any, given: Arguments) -> Arguments:
    """Hand arguments on by position where a definition has other names; None is left out."""
    names = argument_names(function)
    if names is None or not given.kwargs or not given.known() or given.kwargs.keys() - names:
        return given
    args, rest = list(given.args), dict(given.kwargs)
    for name in list(names)[len(args) :]:
        if rest:
            args.append(rest.pop(name, Const(None)))
    return Arguments(args, rest)


def _frozen(dist: Any, given: Arguments) -> Value | None:
    """Return ``stats.norm(mu, s)`` with its parameters by name: its methods take them, too."""
    names = parameters_of(dist)
    if names is None or not given.known() or len(given.args) > len(names):
        return None
    args = [arg for arg in given.args if not isinstance(arg, Spread)]
    kwargs = dict(zip(names, args, strict=False))
    if kwargs.keys() & given.kwargs or given.kwargs.keys() - set(names):
        return None
    return Partial(Const(dist), (), kwargs | given.kwargs)


def _of_frozen(at: Lifter, receiver: Value, node: Any) -> Value | None:
    """Return the method of a distribution that was called with its parameters before.

    One that is not read by its formula is that of the object, which is made here.
    """
    if not isinstance(receiver, Partial) or not isinstance(receiver.fn, Const) or receiver.args:
        return None
    dist = receiver.fn.value
    if parameters_of(dist) is None:
        return None
    method = getattr(dist, node.attr, None)
    if definition_of(method) is None:
        made = operation(at, dist, [], Arguments([], receiver.kwargs), node)
        return Bound(made, node.attr)
    return Partial(Const(method), (), receiver.kwargs)


def _asked(fn: Partial) -> Value | None:
    """Return what is called where an object, made with its parameters before, is called itself."""
    if fn.args or not isinstance(fn.fn, Const) or parameters_of(fn.fn.value) is None:
        return None
    method = getattr(fn.fn.value, "__call__", None)  # noqa: B004
    own = definition_of(method) is not None
    return Partial(Const(method), (), fn.kwargs) if own else None


_METHOD_OF_CLASS = (MethodDescriptorType, WrapperDescriptorType)


def _is_of_arrays(function: Any) -> bool:
    """Tell whether ``function(x)`` is ``x.function()`` for arrays."""
    return getattr(function, "__objclass__", None) is np.ndarray


def _first_by_position(function: Any, given: Arguments) -> Arguments:
    """``np.sum(a=x, axis=0)`` is ``np.sum(x, axis=0)``: what has rules has a first argument."""
    if given.args or not given.kwargs or isinstance(function, type):
        return given
    try:
        first = next(iter(inspect.signature(function).parameters.values()))
    except (ValueError, TypeError, StopIteration):
        return given
    if first.kind is not first.POSITIONAL_OR_KEYWORD or first.name not in given.kwargs:
        return given
    rest = {name: value for name, value in given.kwargs.items() if name != first.name}
    return Arguments([given.kwargs[first.name]], rest, given.extra)


def _again(at: Lifter) -> Callable[[Value, Sequence[Value], Any], Value]:
    return lambda fn, args, node: call_value(at, fn, Arguments(list(args)), node)


def _call_user(at: Lifter, function: Any, given: Arguments, node: Any) -> Value:
    """Lift a call of a function of the user, in place where its source can be read."""
    plain = function
    before: list[Value | Spread] = []
    if isinstance(function, MethodType) and isinstance(function.__func__, FunctionType):
        plain, before = function.__func__, [Const(function.__self__)]
    elif not isinstance(function, (type, FunctionType)):
        method = getattr(type(function), "__call__", None)  # noqa: B004
        if isinstance(method, FunctionType):
            plain, before = method, [Const(function)]
    if isinstance(plain, FunctionType):
        try:
            target = of_function(at, plain, at.frame.user and top_module(plain) != "srcgrad")
        except NoSource:
            return operation(at, function, [], given, node)
        whole = Arguments([*before, *given.args], given.kwargs, given.extra)
        return _call_target(at, target, whole, node)
    return operation(at, function, [], given, node)

"""Functions handed to functions of libraries: what is made inside becomes one that stands alone.

    quad(lambda x: np.exp(-k * x), 0, 1)      ->      quad(function, 0, 1, args=(k,))

where ``function(x, k)`` is compiled from the very syntax of the lambda.  What it reads of the
names round it becomes a parameter of it.
"""

from __future__ import annotations

import ast
import itertools
import linecache
from dataclasses import replace
from types import CellType, CodeType, FunctionType
from typing import Any

import gast

from srcgrad.program.nodes import Const, Var
from srcgrad.read.binding import Arguments, Spread
from srcgrad.read.lifter import Lifter
from srcgrad.read.liveness import reads
from srcgrad.read.names import find_slot, read_name
from srcgrad.read.structure import local_names
from srcgrad.read.values import Closure, Pack, Scope, Value, is_static
from srcgrad.rules.callbacks import ALONG, FORMS, MAKERS, PULLBACKS

_count = itertools.count()


def alone(at: Lifter, value: Value, node: Any) -> tuple[Const, list[Value]] | None:
    """Return a function that stands alone, and the values of its last parameters.

    None where it cannot.
    """
    if isinstance(value, Const) and callable(value.value):
        return value, []
    if not isinstance(value, Closure) or not _is_plain(value.node):
        return None
    captured: dict[str, Value] = {}
    fixed: dict[str, Any] = {}
    for name, thing in _outside(at, value, node).items():
        if isinstance(thing, Const) and is_static(thing.value):
            fixed[name] = thing.value
        elif isinstance(thing, (Var, Const, Pack)):
            captured[name] = thing
        else:
            return None
    names = [arg.id for arg in value.node.args.args]
    own = dict(zip(names[len(names) - len(value.defaults) :], value.defaults, strict=True))
    function = _compiled(value, [*captured], fixed)
    return Const(function), [*own.values(), *captured.values()]


def _is_plain(node: Any) -> bool:
    """Tell whether all parameters of a function may be given by position."""
    given = node.args
    return not (given.vararg or given.kwarg or given.kwonlyargs or given.posonlyargs)


def _outside(at: Lifter, closure: Closure, node: Any) -> dict[str, Value]:
    """Return the values of the names of enclosing functions that a closure reads."""
    found: dict[str, Value] = {}
    own = local_names(closure.node)
    frame = at.frame
    at.frame = replace(frame, scope=closure.scope)
    for name in dict.fromkeys(reads(closure.node)):
        if name in own or not _is_enclosed(closure.scope, name):
            continue
        found[name] = read_name(at, gast.copy_location(_name(name), node))
    at.frame = frame
    return found


def _name(name: str) -> Any:
    return gast.Name(name, gast.Load(), None, None)


def _is_enclosed(scope: Scope | None, name: str) -> bool:
    if scope is not None and find_slot(scope, name) is not None:
        return True
    while scope is not None:
        if name in scope.cells:
            return True
        scope = scope.parent
    return False


def _compiled(closure: Closure, captured: list[str], fixed: dict[str, Any]) -> FunctionType:
    """Compile a function with more parameters; the names of functions stay those round it."""
    name = "function" if closure.name == "<lambda>" else closure.name
    while name in captured or name in fixed:
        name += "_"
    node = closure.node
    arguments = [arg.id for arg in node.args.args] + captured
    body = node.body if isinstance(node, gast.FunctionDef) else [gast.Return(node.body)]
    plain = [gast.gast_to_ast(stmt) for stmt in body]
    inner = ast.FunctionDef(name, _parameters(arguments), plain, [], None)
    tree: list[ast.stmt] = [inner]
    if fixed:
        give = ast.Return(ast.Name(name, ast.Load()))
        tree = [ast.FunctionDef("around", _parameters([*fixed]), [inner, give], [], None)]
    for stmt in ast.walk(ast.Module(tree, [])):
        if isinstance(stmt, ast.FunctionDef) and not hasattr(stmt, "type_params"):
            vars(stmt)["type_params"] = []
    text = ast.unparse(ast.fix_missing_locations(ast.Module(tree, []))) + "\n"
    file = f"<{name} {next(_count)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    code = _code_of(compile(text, file, "exec"), name)
    cells = tuple(CellType(fixed[free]) for free in code.co_freevars)
    return FunctionType(code, closure.scope.namespace, name, None, cells)


def _parameters(names: list[str]) -> ast.arguments:
    return ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])


def _code_of(code: CodeType, name: str) -> CodeType:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            return inner if inner.co_name == name else _code_of(inner, name)
    raise AssertionError(name)


def with_callback(at: Lifter, function: Any, given: Arguments, node: Any) -> Arguments | None:
    """Return the arguments of a call with its function made to stand alone.

    ``function`` says where its function and the further arguments of that are.  None after a
    refusal.
    """
    place, more = function.__srcgrad_callback__
    args = [arg for arg in given.args if not isinstance(arg, Spread)]
    made = alone(at, args[place], node)
    further = at.items(args[more])
    if made is None or further is None:
        return None
    extra = (*further, *made[1])
    args[place] = made[0]
    args[more] = Pack(extra)
    pullbacks = getattr(function, "__srcgrad_pullbacks__", None)
    if pullbacks is not None:
        if len(extra) >= len(PULLBACKS):
            return None
        args[pullbacks] = Const(PULLBACKS[len(extra)])
    return Arguments([*args], given.kwargs, given.extra)


def gradient_at(
    at: Lifter, function: Any, given: Arguments, node: Any
) -> tuple[Value, Arguments] | None:
    """Return the gradient that a call such as ``runtime.pulled(f, g, x, args)`` stands for.

    With its arguments; None after a refusal.
    """
    callback, g, x, more = (arg for arg in given.args if not isinstance(arg, Spread))
    made = alone(at, callback, node)
    further = at.items(more)
    if made is None or further is None:
        return None
    forms, order = FORMS[function]
    extra = [*further, *made[1]]
    if len(extra) >= len(forms):
        return None
    gradient = MAKERS["grad"](forms[len(extra)], wrt=2)
    rest: list[Value | Spread] = [made[0], g, x, *extra]
    if order == 2:
        again = MAKERS["grad"](ALONG[len(extra)], wrt=3)
        return Const(again), Arguments([Const(gradient), *rest], {})
    return Const(gradient), Arguments(rest, {})

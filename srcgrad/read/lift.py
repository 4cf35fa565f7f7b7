"""Lift a function: from its source to a program.

def f(x, w):                    f(x, w):
    h = x * w                       h = mul(x, w)
    return np.sin(h)      ->        t = numpy.sin(h)
                                    -> t
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import Any

from srcgrad.errors import Problem, refusal
from srcgrad.facts.bound import surely_bound
from srcgrad.facts.effects import recursive, writes_constant, writing
from srcgrad.facts.values import asks_size
from srcgrad.program import ops, walk
from srcgrad.program.check import check
from srcgrad.program.nodes import Atom, Block, Const, Do, Let, Program, Var
from srcgrad.program.walk import blocks, with_blocks
from srcgrad.read import (
    assignments,
    attempts,
    calls,
    comprehensions,
    contexts,
    displays,
    expressions,
    imports,
    loops,
    patterns,
    statements,
    subscripts,
)
from srcgrad.read.binding import Plain
from srcgrad.read.fence import generator
from srcgrad.read.generators import is_generator
from srcgrad.read.guards import holds
from srcgrad.read.inline import (
    Target,
    body_tree,
    bound_arguments,
    calls_itself,
    closed,
    needs_class,
    of_function,
)
from srcgrad.read.lifter import Frame, Known, Lifter
from srcgrad.read.seen import look_at
from srcgrad.read.source import find
from srcgrad.read.structure import parameters
from srcgrad.read.trees import RAISED, Tree
from srcgrad.read.values import Pack, Root, Scope, Value, is_static

# Imported so that they fill the tables of what lifts which syntax.
_SIBLINGS = (
    assignments,
    attempts,
    calls,
    comprehensions,
    contexts,
    displays,
    expressions,
    imports,
    loops,
    patterns,
    statements,
    subscripts,
)

_rules: dict[tuple[Any, ...], tuple[Program, tuple[Any, ...]]] = {}


def lift(function: Callable[..., Any], statics: Mapping[str, object] = {}) -> Program:
    """Return the program of a function.

    Parameters
    ----------
    function : function
        A plain Python function whose source can be found.
    statics : mapping
        Known objects for some of the parameters: functions, classes and modules are resolved,
        objects and containers are examples of what will be given.

    Raises
    ------
    Unreadable, Aliased
        If it uses what is outside the accepted language; all such places are listed.
    NoSource
        If its source cannot be found.
    """
    at, target = _start(function, True)
    if is_generator(target.node):
        raise refusal([*at.known.problems, generator(target.found)])
    names = parameters(target.node.args)
    params = tuple(Var(name, True) for name in names)
    program = Program(target.name, params, Block((), ()), at.origin(target.node))
    bound: dict[str, Value] = dict(zip(names, params, strict=True))
    bound.update({n: Const(thing, n) for n, thing in statics.items() if is_static(thing)})
    at.named.update(params)
    for i, (name, param) in enumerate(zip(names, params, strict=True)):
        if name in statics and not is_static(statics[name]):
            look_at(at, param, statics[name], Root("param", None, str(i)))
            if calls_itself(target) and not needs_class(at, param):
                at.seen.pop(param, None)
                at.data.pop(param, None)
    at.known.kinds = dict(at.data)
    static_keys = [name for name in names if name in statics and is_static(statics[name])]
    key = (target.key, *(("const", id(statics[name])) for name in static_keys), *static_keys)
    if not static_keys and not any(param in at.seen for param in params):
        at.known.programs[key] = (program, ({}, {}, []))
    tree = body_tree(at, target, target.scope(), bound)
    program.body = closed(at, tree)
    bodies = (program.body, *(one.body for one in recursive(program.body)))
    program.notes["effects"] = any(
        writes_constant(body) or any(True for _ in writing(body)) for body in bodies
    )
    program.notes["exact"] = any(
        asks_size(stmt) for body in bodies for stmt in walk.statements(body)
    )
    return _finished(at, program)


def _start(function: Callable[..., Any], user: bool) -> tuple[Lifter, Target]:
    known = Known()
    found = find(function)
    node = found.node
    nowhere = Scope("<start>", frozenset(), None, {}, {})
    at = Lifter(Frame(found, nowhere, node, user, {}), known)
    assert isinstance(function, FunctionType)
    return at, of_function(at, function, user)


def _finished(at: Lifter, program: Program) -> Program:
    if at.known.problems:
        raise refusal(_in_order(at.known.problems))
    program.notes["guards"] = tuple(at.known.guards.values())
    program.notes["reads"] = tuple(at.known.reads.values())
    program.notes["paths"] = tuple(at.known.paths.values())
    sure = surely_bound(program.body, at.maybe)
    program.notes["unbound"] = frozenset(at.maybe - sure)
    if sure:
        program.body = _unread(program.body, sure)
    return check(program, "lift")


def _unread(block: Block, sure: set[Var]) -> Block:
    """Leave out the readings that would only have raised."""
    stmts = [
        with_blocks(stmt, [_unread(child, sure) for child in blocks(stmt)])
        for stmt in block.stmts
        if not (isinstance(stmt, Do) and stmt.fn is ops.same and stmt.args[0] in sure)
    ]
    return Block(tuple(stmts), block.results)


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Return problems as they stand in the text, function by function."""
    functions: dict[tuple[str, str] | None, int] = {}

    def place(problem: Problem) -> tuple[int, int, int]:
        where = problem.origin
        key = None if where is None else (where.stmt.file, where.stmt.function)
        first = functions.setdefault(key, len(functions))
        return (first, 0, 0) if where is None else (first, where.line, where.col)

    return sorted(dict.fromkeys(problems), key=place)


def lift_call(
    function: Callable[..., Any],
    positional: Sequence[Atom | None],
    keywords: tuple[str, ...] = (),
) -> Program:
    """Return the program of a function, such as a rule, for calls of one shape.

    Parameters
    ----------
    function : callable
        A plain Python function; anything else is called as it is.
    positional : sequence
        ``None`` for an argument that becomes a parameter, a constant for one that is built in.
    keywords : tuple of str
        The names of keyword arguments, which become parameters after the positional ones.
    """
    shape = tuple(None if a is None else _shape(a) for a in positional)
    key = (function, shape, keywords)
    kept = _rules.get(key)
    if kept is not None and all(map(holds, kept[0].notes["guards"])):
        return kept[0]
    program = _lifted_call(function, positional, keywords)
    _rules[key] = (program, tuple(positional))
    return program


def _shape(atom: Atom) -> tuple[Any, ...]:
    assert isinstance(atom, Const)
    value = atom.value
    if isinstance(value, (bool, int, float, complex, str, type(None))):
        return (type(value), repr(value))
    return (id(value),)


def _lifted_call(
    function: Callable[..., Any], positional: Sequence[Atom | None], keywords: tuple[str, ...]
) -> Program:
    if not isinstance(function, FunctionType):
        return _plain_call(function, positional, keywords)
    at, target = _start(function, False)
    names = _names(target, len(positional))
    args: list[Value] = []
    params: list[Var] = []
    for name, atom in zip(names, positional, strict=True):
        args.append(Var(name) if atom is None else atom)
        if atom is None:
            params.append(args[-1])  # type: ignore[arg-type]
    kwargs: dict[str, Value] = {name: Var(name) for name in keywords}
    params += kwargs.values()  # type: ignore[arg-type]
    at.named.update(params)
    bound = bound_arguments(at, target, Plain(args, kwargs), target.node)
    if bound is None:
        raise TypeError(f"the rule {target.qualname} does not take these arguments")
    tree = body_tree(at, target, target.scope(), bound)
    program = Program(target.name, tuple(params), Block((), ()))
    program.body = _with_results(at, tree)
    return _finished(at, program)


def _names(target: Target, count: int) -> list[str]:
    signature = target.node.args
    names = [arg.id for arg in (*signature.posonlyargs, *signature.args)]
    if signature.vararg is not None:
        more = range(count - len(names))
        names += [f"{signature.vararg.id}_{i}" for i in more]
    return (names + [""] * count)[:count]


def _with_results(at: Lifter, tree: Tree) -> Block:
    """Close a tree to a block with a result for each item of the tuples that it returns."""
    ends = [(piece, leaf) for piece, leaf in tree.leaves() if leaf.kind != RAISED]
    packs = [_tuple_items(leaf.value) for _, leaf in ends]
    sizes = {None if items is None else len(items) for items in packs}
    if len(sizes) != 1 or None in sizes:
        return closed(at, tree)
    columns = {}
    for (piece, _), items in zip(ends, packs, strict=True):
        columns[piece] = [at.atom_at(piece, item) for item in items or ()]
    (size,) = sizes
    atoms = at.close(tree, columns, [""] * (size or 0))
    return Block(tuple(tree.stmts), tuple(atoms))


def _tuple_items(value: Value | None) -> tuple[Value, ...] | None:
    return value.items if isinstance(value, Pack) and value.cls is tuple else None


def _plain_call(
    function: Callable[..., Any], positional: Sequence[Atom | None], keywords: tuple[str, ...]
) -> Program:
    params = [Var("") for atom in positional if atom is None]
    waiting = iter(params)
    args = tuple(next(waiting) if atom is None else atom for atom in positional)
    named = tuple((name, Var(name)) for name in keywords)
    result = Var("")
    body = Block((Let((result,), function, args, named),), (result,))
    name = getattr(function, "__name__", "rule")
    whole = (*params, *(var for _, var in named))
    return Program(name, whole, body, None, {"guards": (), "reads": ()})

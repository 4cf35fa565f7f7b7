"""What the syntax alone tells: which names a function binds, how statements end, what is live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import gast

FUNCTIONS = (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda)
COMPREHENSIONS = (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)
Names = frozenset[str]
NONE: Names = frozenset()
YIELDED = "<yielded>"
"""The list of what a generator has yielded so far, as if it were a name of the function."""


_WORDS = frozenset("ctx op ops id attr arg asname type_comment kind".split())
"""Fields whose values are text, or say which operator or context it is."""


@cache
def _fields(kind: type) -> tuple[str, ...]:
    """Return the fields of a kind of node in which there may be expressions or statements."""
    fields = tuple(name for name in getattr(kind, "_fields", ()) if name not in _WORDS)
    return () if kind is gast.Constant else fields


def children(node: Any) -> list[Any]:
    """Return the nodes just below a node in order, without those of operators and contexts."""
    found: list[Any] = []
    for name in _fields(type(node)):  # type: ignore[arg-type]
        part = getattr(node, name, None)
        if type(part) is list:
            found += [item for item in part if isinstance(item, gast.AST)]
        elif part is not None and isinstance(part, gast.AST):
            found.append(part)
    return found


def walk(node: Any) -> Iterator[Any]:
    """Yield a node and all below it, in no particular order; see `children`."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += children(node)


def parameters(args: gast.arguments) -> list[str]:
    """Return the parameter names in the order of the signature."""
    names = [arg.id for arg in (*args.posonlyargs, *args.args)]
    names += [args.vararg.id] if args.vararg else []
    names += [arg.id for arg in args.kwonlyargs]
    return names + ([args.kwarg.id] if args.kwarg else [])


def own_nodes(roots: Iterable[Any]) -> Iterator[Any]:
    """Yield the nodes below some nodes in order, not entering nested functions.

    Of a comprehension the nodes are included, since a walrus there binds outside.
    """
    stack = list(roots)[::-1]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, FUNCTIONS):
            continue
        stack += children(node)[::-1]


def assigned(roots: Iterable[Any]) -> dict[str, None]:
    """Return the names that statements bind or delete, in order."""
    found: dict[str, None] = {}
    stack = list(roots)[::-1]
    while stack:
        node = stack.pop()
        match node:
            case gast.Name() if not isinstance(node.ctx, gast.Load):
                found[node.id] = None
            case _:
                found.update((name, None) for name in _binds(node))
        stack.extend(_below(node)[::-1])
    return found


def _binds(node: Any) -> list[str]:
    """Return the names that a node binds, or unbinds, otherwise than by a name on the left."""
    if type(node) not in _BINDING:
        return []
    match node:
        case gast.FunctionDef() | gast.AsyncFunctionDef() | gast.ClassDef():
            return [node.name]
        case gast.Name() if isinstance(node.ctx, gast.Del):
            return [node.id]
        case gast.MatchAs() | gast.MatchStar():
            return [node.name] if node.name else []
        case gast.MatchMapping():
            return [node.rest] if node.rest else []
        case gast.Import() | gast.ImportFrom():
            return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        case gast.Yield() | gast.YieldFrom():
            return [YIELDED]
    return []


_BINDING = frozenset(
    {
        *(gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef, gast.Name),
        *(gast.MatchAs, gast.MatchStar, gast.MatchMapping),
        *(gast.Import, gast.ImportFrom, gast.Yield, gast.YieldFrom),
    }
)


def _below(node: Any) -> list[Any]:
    """Return the children, without nested functions and the targets of comprehensions."""
    if isinstance(node, FUNCTIONS):
        outside = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
        return outside + getattr(node, "decorator_list", [])
    if isinstance(node, gast.comprehension):
        return [node.iter, *node.ifs]
    return children(node)


def changed(roots: Iterable[Any]) -> dict[str, None]:
    """Return the names of what statements change in place: ``xs.append(v)``, ``xs[i] = v``."""
    found: dict[str, None] = {}
    stack = list(roots)[::-1]
    while stack:
        node = stack.pop()
        match node:
            case gast.Call(func=gast.Attribute(value=inner)):
                found.update((name, None) for name in _root(inner))
            case gast.Subscript(value=inner) if not isinstance(node.ctx, gast.Load):
                found.update((name, None) for name in _root(inner))
        stack.extend(_below(node)[::-1])
    return found


def _root(node: Any) -> Iterator[str]:
    """Yield ``xs`` for ``xs[i][j]``."""
    while isinstance(node, gast.Subscript):
        node = node.value
    if isinstance(node, gast.Name):
        yield node.id


def appended(node: Any) -> str | None:
    """Return ``xs`` for the statement ``xs.append(v)``."""
    match node:
        case gast.Expr(
            value=gast.Call(func=gast.Attribute(value=gast.Name(id=name), attr="append"))
        ):
            return str(name)
    return None


def local_names(node: Any) -> Names:
    """Return the names that belong to a function: its parameters and what it binds."""
    names = set(parameters(node.args))
    if isinstance(node, gast.Lambda):
        return frozenset(names | set(_bound([node.body])))
    return frozenset(names | set(_bound(node.body))) - declared(node.body)


def declared(body: Sequence[Any]) -> Names:
    """Return the names that a function declares to be those of an outer scope."""
    kinds = (gast.Global, gast.Nonlocal)
    return frozenset(
        name for node in own_nodes(body) if isinstance(node, kinds) for name in node.names
    )


def _bound(roots: Sequence[Any]) -> dict[str, None]:
    """Return the names bound by assignment, or deleted."""
    found: dict[str, None] = {}
    stack = list(roots)[::-1]
    while stack:
        node = stack.pop()
        if type(node) is gast.Name:
            if not isinstance(node.ctx, gast.Load):
                found[node.id] = None
            continue
        for name in _binds(node):
            found[name] = None
        stack += _below(node)[::-1]
    return found


def target_names(targets: Iterable[Any], context: type = gast.Store) -> Names:
    """Return the names in the targets of assignments, loops or comprehensions."""
    return frozenset(
        node.id
        for target in targets
        for node in walk(target)
        if isinstance(node, gast.Name) and isinstance(node.ctx, context)
    )


def ending(stmts: Sequence[Any]) -> str:
    """Tell how statements end: ``"falls"`` if they may, ``"raises"`` or ``"exits"`` if not."""
    for stmt in stmts:
        end = _ending(stmt)
        if end != "falls":
            return "exits" if exits(stmts) else end
    return "falls"


def _ending(stmt: Any) -> str:
    match stmt:
        case gast.Return() | gast.Break() | gast.Continue():
            return "exits"
        case gast.Raise():
            return "raises"
        case gast.If():
            ends = {ending(stmt.body), ending(stmt.orelse)}
            return "falls" if "falls" in ends else "exits" if "exits" in ends else "raises"
        case gast.While() if _is_true(stmt.test) and not _breaks(stmt.body):
            return "exits" if exits(stmt.body) else "raises"
    return "falls"


def parts(stmt: Any) -> list[list[Any]]:
    """Return the blocks inside a compound statement that is no loop and no function."""
    match stmt:
        case gast.If():
            return [stmt.body, stmt.orelse]
        case gast.With():
            return [stmt.body]
        case gast.Try():
            handlers = [handler.body for handler in stmt.handlers]
            return [stmt.body, *handlers, stmt.orelse, stmt.finalbody]
        case gast.Match():
            return [case.body for case in stmt.cases]
    return []


def _is_true(test: Any) -> bool:
    return isinstance(test, gast.Constant) and bool(test.value)


def _breaks(stmts: Sequence[Any]) -> bool:
    for stmt in stmts:
        match stmt:
            case gast.Break():
                return True
            case gast.For() | gast.While():
                if _breaks(stmt.orelse):
                    return True
            case _:
                if any(map(_breaks, parts(stmt))):
                    return True
    return False


def exits(stmts: Sequence[Any]) -> bool:
    """Tell whether a return, break or continue inside statements may leave them."""
    for stmt in stmts:
        match stmt:
            case gast.Return() | gast.Break() | gast.Continue():
                return True
            case gast.For() | gast.While():
                if exits(stmt.orelse) or _returns(stmt.body):
                    return True
            case _:
                if any(map(exits, parts(stmt))):
                    return True
    return False


def _returns(stmts: Sequence[Any]) -> bool:
    return any(isinstance(node, gast.Return) for node in own_nodes(stmts))

"""List all syntax of a function that is outside the accepted language, each with a way out.

    fence(find(loss))  ->  [Problem(Unreadable, <losses.py:14>, "cannot read a 'try' statement")]

What is not on the list of accepted nodes is refused: a new kind of syntax is never skipped.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import gast

from srcgrad.errors import Problem, Unreadable
from srcgrad.origin import Origin
from srcgrad.read.modules import names_of
from srcgrad.read.origins import origin
from srcgrad.read.source import Found
from srcgrad.read.structure import children, walk

_LANGUAGE = """
FunctionDef Lambda arguments Return Assign AugAssign AnnAssign For While If Raise Assert Expr Pass
Break Continue Delete BoolOp NamedExpr BinOp UnaryOp IfExp Dict Set ListComp DictComp GeneratorExp
comprehension Compare Call keyword FormattedValue JoinedStr Constant Attribute Subscript Starred
Name List Tuple Slice Try With Delete Match Import ImportFrom Yield YieldFrom Global Nonlocal
"""
_ACCEPTED = frozenset(_LANGUAGE.split())

_Refusal = tuple[str, str, str]

_GENERATOR = (
    "cannot read a generator function",
    "Code after 'yield' runs when the caller asks for it, perhaps never.",
    "Collect the values in a list and return that, or write a generator expression.",
)
_ASYNC = (
    "cannot read asynchronous code",
    "Other code may run in between, and change what it works on.",
    "Await the data first and give it to a plain function.",
)
_GROUPS = (
    "cannot read an 'except*' clause",
    "It may run several handlers for one exception group.",
    "Catch the exceptions one by one, with 'except'.",
)

_REFUSED: dict[str, _Refusal] = {
    "AsyncFunctionDef": _ASYNC,
    "AsyncFor": _ASYNC,
    "AsyncWith": _ASYNC,
    "Await": _ASYNC,
    "TryStar": _GROUPS,
    "ClassDef": (
        "cannot read a class definition inside a function",
        "Making a class runs code that is not a function of the arguments.",
        "Define the class at the top of the module.",
    ),
    "SetComp": (
        "cannot read a set comprehension",
        "A set keeps neither order nor repetitions, so that no gradient flows through it.",
        "Write a list comprehension.",
    ),
    "TypeAlias": (
        "cannot read a type alias inside a function",
        "It is no part of the computation.",
        "Define it at the top of the module.",
    ),
}

_UNKNOWN = (
    "It is outside the language that srcgrad reads.",
    "Write it in another way.",
)
_DELETED = (
    "Other names may look at the same object.",
    "Build a new container without the entry.",
)
_CLASS = (
    "Which class it refers to is not to be seen in the function.",
    "Name the class.",
)
_PRIVATE = (
    "Python renames it after the class that the function is defined in.",
    "Use a name with one underscore.",
)

_CLOSED = (gast.AsyncFunctionDef, gast.ClassDef)  # reported as a whole


def fence(found: Found) -> list[Problem]:
    """Return everything in a function that cannot be read, in source order."""
    root = found.node
    problems: list[Problem] = []
    if isinstance(root, gast.AsyncFunctionDef):
        problems.append(Problem(Unreadable, origin(found, root), *_ASYNC))
    mangled = _mangled(found)
    body = [root.body] if isinstance(root, gast.Lambda) else root.body
    # A stack rather than recursion: a long sum is as deep as it is long.
    waiting: list[tuple[gast.AST, gast.AST]] = [(node, root) for node in body]
    while waiting:
        node, stmt = waiting.pop()
        stmt = node if isinstance(node, ast.stmt) else stmt
        problems += _problems(found, node, stmt, mangled)
        if not isinstance(node, _CLOSED):
            waiting += [(child, stmt) for child in _children(node)]
    problems = list(dict.fromkeys(problems))
    return sorted(problems, key=lambda problem: _place(problem.origin))


def generator(found: Found) -> Problem:
    """Return the problem of differentiating a function that yields."""
    return Problem(Unreadable, origin(found, found.node), *_GENERATOR)


def _place(where: Origin | None) -> tuple[int, int]:
    return (where.line, where.col) if where is not None else (0, 0)


def _children(node: gast.AST) -> Iterator[gast.AST]:
    match node:
        case gast.FunctionDef():
            yield from (part for part in node.args.defaults if part is not None)
            yield from (part for part in node.args.kw_defaults if part is not None)
            yield from node.body
        case gast.Lambda():
            yield from (part for part in node.args.defaults if part is not None)
            yield from (part for part in node.args.kw_defaults if part is not None)
            yield node.body
        case gast.Attribute(value=gast.Call(func=gast.Name(id="super"))):
            yield from node.value.args  # as a method of the next class it is read
        case gast.AnnAssign():
            # Python does not evaluate the annotation of a local variable.
            yield node.target
            if node.value is not None:
                yield node.value
        case _:
            yield from children(node)


def _problems(found: Found, node: gast.AST, stmt: gast.AST, mangled: set[str]) -> Iterator[Problem]:
    kind = type(node).__name__
    refusal: _Refusal | None = _REFUSED.get(kind)
    if refusal is None and kind not in _ACCEPTED and isinstance(node, (ast.stmt, ast.expr)):
        refusal = (f"cannot read this syntax ({kind})", *_UNKNOWN)
    match node:
        case gast.Yield() | gast.YieldFrom() if getattr(stmt, "value", None) is not node:
            refusal = _GENERATOR
        case gast.Yield() | gast.YieldFrom() if not isinstance(stmt, gast.Expr):
            refusal = _GENERATOR
        case gast.Attribute(ctx=gast.Del()):
            refusal = (f"cannot delete {_spelled(node)!r}", *_DELETED)
        case gast.Name(id="super" | "__class__"):
            if "__class__" in found.function.__code__.co_freevars:
                refusal = (f"cannot read {node.id!r}", *_CLASS)
        case gast.Name() if node.id in mangled:
            refusal = (f"cannot read the private name {node.id!r}", *_PRIVATE)
    if refusal is not None:
        yield Problem(Unreadable, origin(found, stmt, node), *refusal)


def _mangled(found: Found) -> set[str]:
    """Return the names in the text that the compiler replaced by others."""
    names = {node.id for node in walk(found.node) if isinstance(node, gast.Name)}
    private = {name for name in names if name.startswith("__") and not name.endswith("__")}
    return private - names_of(found.function.__code__) if private else set()


def _spelled(node: gast.AST) -> str:
    """Return an expression as the user wrote it, or what it is made of where that is long."""
    tree = gast.gast_to_ast(node)
    text = ast.unparse(ast.fix_missing_locations(tree))
    return text if len(text) <= 40 else text[:37] + "..."

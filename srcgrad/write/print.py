"""Expressions as text: the one place that knows astor."""

from __future__ import annotations

import ast
import warnings
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for names of ast that are going away

    import astor

from srcgrad.errors import InternalError


def text_of(tree: ast.expr) -> str:
    """Return an expression as a person would type it.

    astor prints it as the value of a ``return`` (alone, it would get parentheses), and
    ``ast.unparse`` what astor does not know or would spell in another way.

    >>> text_of(ast.parse("(a+b)*c[1:,None], -2", mode="eval").body)
    '(a + b) * c[1:, None], -2'
    """
    if type(tree) is ast.Name:
        return tree.id
    if _is_foreign(tree):
        return _unparse(tree)
    statement = ast.Return(value=tree)
    try:
        text = astor.to_source(statement, pretty_string=_plain_string, pretty_source="".join)
    except (AttributeError, NotImplementedError, AssertionError, RecursionError, Warning):
        return _unparse(tree)
    return text.strip().removeprefix("return ").strip()


_FOREIGN = frozenset({ast.JoinedStr, ast.Lambda, ast.NamedExpr, ast.Starred, ast.comprehension})
_LEAVES = frozenset({ast.Name, ast.Constant})
_WORDS = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop)


def _is_foreign(tree: ast.AST) -> bool:
    """Tell whether any part of an expression is of a kind that is left to ``ast.unparse``."""
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind in _LEAVES:
            continue
        if kind in _FOREIGN:
            return True
        if kind is ast.BinOp:  # most of what is printed
            waiting += (node.left, node.right)
            continue
        for name in node._fields:
            part = getattr(node, name, None)
            if type(part) is list:
                waiting += [item for item in part if isinstance(item, ast.AST)]
            elif isinstance(part, ast.AST) and not isinstance(part, _WORDS):
                waiting.append(part)
    return False


def _plain_string(value: str, *_: Any, **__: Any) -> str:
    text = repr(value)
    plain = '"' not in value and text[0] == "'"
    return f'"{text[1:-1]}"' if plain else text


def _unparse(tree: ast.expr) -> str:
    try:
        text = ast.unparse(tree)
    except (RecursionError, ValueError) as error:
        raise InternalError(f"an expression cannot be printed: {error}") from error
    if isinstance(tree, ast.Tuple) and len(tree.elts) > 1 and text.startswith("("):
        return text[1:-1]
    return text


def argument_of(tree: ast.expr) -> str:
    """Return an expression as text that can stand among the arguments of a call.

    >>> argument_of(ast.parse("a, b", mode="eval").body)
    '(a, b)'
    """
    text = text_of(tree)
    return f"({text})" if isinstance(tree, ast.Tuple) and tree.elts else text


def target_of(names: list[str]) -> str:
    """Return the left side of an assignment.

    >>> target_of(["a", "b"]), target_of(["a"])
    ('a, b', 'a')
    """
    return ", ".join(names)

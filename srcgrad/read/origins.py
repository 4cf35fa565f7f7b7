"""Say where a node of the syntax tree stands in the user's source.

origin(found, stmt, stmt.value)  ->  Origin(Statement("losses.py", 14, "e = X @ w - y"), ...)
"""

from __future__ import annotations

import ast
import re

import gast

from srcgrad.origin import Origin, Statement
from srcgrad.read.source import Found

_COLON = re.compile(r"[\s)]*:")


def origin(found: Found, stmt_node: gast.AST, expr_node: gast.AST | None = None) -> Origin:
    """Return the origin of an expression inside a statement (of the statement, without one)."""
    stmt = statement(found, stmt_node)
    last = stmt.line + len(stmt.lines) - 1
    for node in (expr_node, stmt_node):
        # Positions inside f-strings can be wrong in Python 3.11: then the statement is shown.
        if node is None or not stmt.line <= getattr(node, "lineno", 0) <= last:
            continue
        line = node.lineno
        if line == stmt.line and node.col_offset < stmt_node.col_offset:
            continue
        end_line = node.end_lineno or line
        col = column(found.lines[line - 1], node.col_offset)
        end_col = column(found.lines[end_line - 1], node.end_col_offset or 0)
        if node is stmt_node and end_line > last:
            end_line, end_col = last, len(found.lines[last - 1].rstrip())
        if node is stmt_node and line == last and _header(stmt_node):
            end_col = min(end_col if end_line == last else 10**6, col + len(stmt.text))
        return Origin(stmt, line, col, end_line, end_col)
    return Origin(stmt, stmt.line, 0, stmt.line, 0)


def statement(found: Found, node: gast.AST) -> Statement:
    """Return the one `Statement` of a statement node."""
    kept = found.statements.get(id(node))
    if kept is not None and kept[0] is node:
        return kept[1]
    last = _last_line(node)
    made = Statement(
        found.file,
        node.lineno,
        _text(found.lines, node, last),
        getattr(found.node, "name", "<lambda>"),
        found.lines[node.lineno - 1 : last],
    )
    found.statements[id(node)] = (node, made)
    return made


def column(line: str, offset: int) -> int:
    """Turn a column in bytes, as Python counts, into one in characters."""
    if line.isascii():
        return offset
    return len(line.encode()[:offset].decode(errors="replace"))


def _header(node: gast.AST) -> list[gast.AST]:
    """Return the parts of a compound statement that stand before its body."""
    match node:
        case gast.If() | gast.While():
            return [node.test]
        case gast.For() | gast.AsyncFor():
            return [node.target, node.iter]
        case gast.With() | gast.AsyncWith():
            return [part for item in node.items for part in (item.context_expr, item.optional_vars)]
        case gast.FunctionDef() | gast.AsyncFunctionDef():
            return [*node.args.args, *node.args.defaults, node.returns, node]
        case gast.ClassDef():
            return [*node.bases, node]
        case gast.Match():
            return [node.subject]
        case gast.ExceptHandler():
            return [node]
        case gast.Try() | gast.TryStar():
            return [node]
    return []


def _last_line(node: gast.AST) -> int:
    header = _header(node)
    if not header:
        return int(node.end_lineno or node.lineno)
    ends = [part.end_lineno for part in header if part is not None and part is not node]
    return int(max([node.lineno, *ends]))


def _text(lines: tuple[str, ...], node: gast.AST, last: int) -> str:
    header = _header(node)
    if last == node.lineno:
        line = lines[last - 1]
        start = column(line, node.col_offset)
        if not header:
            return line[start : column(line, node.end_col_offset)]
        if header[-1] is node:
            code = line.rstrip()
            if code.endswith(":") and node.body[0].lineno > last:
                return code[start:]
        else:
            end = max(part.end_col_offset for part in header if part is not None)
            colon = _COLON.match(line, column(line, end))
            if colon:
                return line[start : colon.end()]
    is_elif = isinstance(node, gast.If) and lines[node.lineno - 1].lstrip().startswith("elif")
    return "el" * is_elif + _unparsed(node)


def _unparsed(node: gast.AST) -> str:
    tree = gast.gast_to_ast(node)
    if isinstance(tree, ast.Match):
        return f"match {ast.unparse(tree.subject)}:"
    if isinstance(tree, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        tree.decorator_list = []
    if isinstance(getattr(tree, "body", None), list):  # that of a lambda is an expression
        tree.body = []
        for part in ("orelse", "handlers", "finalbody"):
            if hasattr(tree, part):
                setattr(tree, part, [])
    text = ast.unparse(ast.fix_missing_locations(tree))
    return " ".join(part.strip() for part in text.splitlines())

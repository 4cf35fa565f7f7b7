"""Which names may have changed before an exception left some statements.

s = s + 1          # s: what follows may raise
y = f(s)           # y: bound when nothing raises any more
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gast

from srcgrad.read.structure import appended, assigned, parts

_CALM = (gast.Pass, gast.Break, gast.Continue, gast.Import, gast.ImportFrom, gast.FunctionDef)


def partly_bound(stmts: Sequence[Any], later: bool = False) -> set[str]:
    """Return the names that statements bind before something in them, or ``later``, raises."""
    found: set[str] = set()
    for stmt in reversed(stmts):
        match stmt:
            case gast.If() | gast.With() | gast.Match():
                for part in parts(stmt):
                    found |= partly_bound(part, later)
            case gast.Try():
                found |= _attempted(stmt, later)
            case gast.For() | gast.While():
                found |= set(assigned([stmt]))
            case _ if later or not _binds_last(stmt):
                found |= set(assigned([stmt]))
        later = later or not _is_calm(stmt)
    return found


def _attempted(stmt: Any, later: bool) -> set[str]:
    """What a body binds last is bound only where no handler runs."""
    body, *handlers, orelse, final = parts(stmt)
    later = later or _raises(final)
    found = partly_bound(body, later or _raises(orelse)) | partly_bound(orelse, later)
    return found.union(*(partly_bound(part, later) for part in (*handlers, final)))


def _raises(stmts: Sequence[Any]) -> bool:
    return not all(map(_is_calm, stmts))


def _binds_last(stmt: Any) -> bool:
    """Tell whether a statement binds names when nothing in it can raise any more."""
    match stmt:
        case gast.Assign(targets=targets):
            others = all(isinstance(target, gast.Name) for target in targets[1:])
            fine = _is_flat(targets[0]) and others
        case gast.AugAssign(target=target) | gast.AnnAssign(target=target):
            fine = isinstance(target, gast.Name)
        case gast.Delete(targets=targets):
            fine = len(targets) == 1
        case _:
            fine = appended(stmt) is not None
    walrus = any(isinstance(node, gast.NamedExpr) for node in gast.walk(stmt))
    return fine and not walrus


def _is_flat(target: Any) -> bool:
    items = target.elts if isinstance(target, (gast.Tuple, gast.List)) else [target]
    items = [item.value if isinstance(item, gast.Starred) else item for item in items]
    return all(isinstance(item, gast.Name) for item in items)


def _is_calm(stmt: Any) -> bool:
    """Tell whether a statement raises nothing."""
    match stmt:
        case gast.Assign(targets=[gast.Name()], value=value):
            return isinstance(value, gast.Constant)
        case gast.Return(value=value):
            return value is None or isinstance(value, gast.Constant)
        case gast.Expr(value=value):
            return isinstance(value, gast.Constant)
    return isinstance(stmt, _CALM)

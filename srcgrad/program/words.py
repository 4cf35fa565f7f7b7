"""A word for a value that has no name: what it holds, after the operation that made it."""

from __future__ import annotations

import operator
from typing import Any

from srcgrad.program import ops
from srcgrad.program.nodes import Let, Program, Var

WORDS: dict[Any, str] = {
    operator.add: "total",
    operator.sub: "diff",
    operator.mul: "product",
    operator.truediv: "ratio",
    operator.floordiv: "quotient",
    operator.mod: "remainder",
    operator.pow: "power",
    operator.matmul: "z",
    operator.neg: "minus",
    operator.getitem: "item",
}
COMPARES = frozenset({operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne})


def word(let: Let) -> str:
    """Return a word for the single target of a statement, as ``cos_x`` for ``np.cos(x)``.

    >>> import numpy as np
    >>> word(Let((Var(""),), np.cos, (Var("x"),)))
    'cos_x'
    """
    fn = let.fn
    if isinstance(fn, Program):
        return fn.name
    first = let.args[0] if let.args else None
    of = first.hint if isinstance(first, Var) else ""
    try:
        if fn in COMPARES:
            return "test"
        if fn in WORDS:
            return f"{of}_{WORDS[fn]}" if fn is operator.getitem and of else WORDS[fn]
    except TypeError:
        return "value"
    name = fn.name if isinstance(fn, (ops.Method, ops.Attribute)) else getattr(fn, "__name__", "")
    name = name if isinstance(name, str) and name.isidentifier() else "value"
    return f"{name}_{of}" if of and len(of) < 12 else name

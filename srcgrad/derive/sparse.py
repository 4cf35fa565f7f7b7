"""Products with sparse matrices that are not written as such, and what has no derivative.

A * x      ->      A @ x        for the classes of SciPy whose ``*`` is a product of matrices
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from srcgrad.facts.kinds import Known, Py, Sparse, Type
from srcgrad.facts.sparse import TIMES, is_product
from srcgrad.program import ops
from srcgrad.program.nodes import Let
from srcgrad.program.walk import among
from srcgrad.rules.table import rule_for

_SUMS = frozenset({operator.add, operator.sub, operator.iadd, operator.isub, operator.neg})


def dense_or_product(let: Let, kinds: Sequence[Type]) -> Let | None:
    """Return a call as its rule knows it; None if it is one of sparse matrices without a rule."""
    if not any(isinstance(kind, Sparse) for kind in kinds):
        return let
    if among(let.fn, TIMES) and is_product(let.fn, list(kinds)):
        return replace(let, fn=operator.matmul)
    if let.fn is ops.method("dot") or let.fn is np.dot:
        return replace(let, fn=operator.matmul) if len(kinds) == 2 and not let.kwargs else None
    rule = None if not callable(let.fn) else rule_for(let.fn)
    if rule is None or rule.kind != "elementwise":
        return let
    if among(let.fn, _SUMS):
        return let if all(isinstance(kind, Sparse) for kind in kinds) else None
    numbers = [kind for kind in kinds if isinstance(kind, (Py, Known))]
    return let if among(let.fn, TIMES) and len(numbers) == 1 else None

"""What generated code calls, so that it can be differentiated again."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import linear, pull, zero

linear(runtime.fresh, lambda g, y, x, like: g)
linear(runtime.unbroadcast, lambda g, y, x, like: np.broadcast_to(g, np.shape(x)))
zero(runtime.zeros_like)


@pull(runtime.add)
def _add(g: Any, y: Any, a: Any, b: Any) -> Any:
    return g, g


@pull(runtime.put_add)
def _put_add(g: Any, y: Any, x: Any, index: Any, v: Any) -> Any:
    return g, None, operator.getitem(g, index)

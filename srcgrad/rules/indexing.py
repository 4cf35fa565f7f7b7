"""Reading parts of arrays and containers."""

from __future__ import annotations

import operator
from typing import Any

from srcgrad import runtime
from srcgrad.rules.table import linear


@linear(operator.getitem)
def _getitem(g: Any, y: Any, x: Any, index: Any) -> Any:
    return runtime.put_add(runtime.zeros_like(x), index, g)

"""``np.pad``: what the margins owe to the elements that they are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import pull


@pull(np.pad)
def _pad(
    g: Any,
    y: Any,
    x: Any,
    pad_width: Any,
    mode: Any = "constant",
    *,
    constant_values: Any = 0,
    end_values: Any = 0,
    stat_length: Any = None,
    reflect_type: Any = "even",
) -> Any:
    if mode != "constant" and mode != "empty":
        to_x = runtime.pad_back(g, y, x, pad_width, mode, stat_length, reflect_type)
        if mode != "linear_ramp" or np.ndim(end_values) > 0:
            return to_x, None, None, None, None
        return to_x, None, None, None, np.sum(g) - np.sum(to_x)
    if np.ndim(x) == 1 and isinstance(pad_width, int):
        to_x = g[pad_width : pad_width + len(x)]
    else:
        to_x = runtime.pad_back(g, y, x, pad_width)
    if np.ndim(constant_values) > 0:
        return to_x, None, None, None, None
    return to_x, None, None, np.sum(g) - np.sum(to_x), None


# Padding is linear, but for the choice of the largest, smallest or middle element.
@pull(runtime.pad_back)
def _pad_back(
    h: Any,
    d: Any,
    g: Any,
    y: Any,
    x: Any,
    pad_width: Any,
    mode: Any = "constant",
    stat_length: Any = None,
    reflect_type: Any = "even",
) -> Any:
    if mode == "maximum" or mode == "minimum" or mode == "median":
        raise runtime.refused()
    if mode == "mean":
        to_g = np.pad(h, pad_width, mode, stat_length=stat_length)
    elif mode == "reflect" or mode == "symmetric":
        to_g = np.pad(h, pad_width, mode, reflect_type=reflect_type)
    else:
        to_g = np.pad(h, pad_width, mode)
    return to_g, runtime.zeros_like(y), runtime.zeros_like(x)

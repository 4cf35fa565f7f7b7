"""``np.einsum`` in all its forms: the subscripts turned round."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import pull_each


@pull_each(np.einsum)
def _einsum(
    i: int,
    g: Any,
    y: Any,
    subscripts: Any,
    *operands: Any,
    out: None = None,
    optimize: Any = False,
    dtype: Any = None,
    order: Any = "K",
    casting: Any = "safe",
) -> Any:
    if isinstance(subscripts, str):
        return None if i == 0 else einsum_pulled(i - 1, g, subscripts, operands, optimize)
    given = (subscripts, *operands)  # np.einsum(a, [0, 1], b, [1, 2], [0, 2])
    text = runtime.einsum_text(given[1::2], given[-1] if len(given) % 2 == 1 else None)
    return einsum_pulled(i // 2, g, text, given[: len(given) // 2 * 2 : 2], optimize)


def einsum_pulled(k: Any, g: Any, subscripts: Any, operands: Any, optimize: Any) -> Any:
    """Pull back to one operand; the others keep in order."""
    x = operands[k]
    back = turned_einsum(k, g, runtime.einsum_turned(subscripts, k), operands, optimize)
    lost = runtime.einsum_lost(subscripts, k)
    if len(lost) > 0:
        back = np.expand_dims(back, lost)
    if runtime.einsum_repeats(subscripts, k):
        back = back * runtime.einsum_diagonal(subscripts, k, x)
    return runtime.unbroadcast(back, x)


def turned_einsum(k: Any, g: Any, turned: Any, operands: Any, optimize: Any) -> Any:
    """Return the turned ``np.einsum``; its operands are written out, so that they can be read."""
    if len(operands) == 1:
        return np.einsum(turned, g)
    if len(operands) == 2:
        return np.einsum(turned, g, operands[1 - k])
    first, second = operands[1 if k == 0 else 0], operands[1 if k > 1 else 2]
    if len(operands) == 3 and optimize is False:
        return np.einsum(turned, g, first, second)
    if len(operands) == 3:
        if optimize is False:
            return np.einsum(turned, g, first, second)
        return np.einsum(turned, g, first, second, optimize=optimize)
    third = operands[2 if k > 2 else 3]
    if len(operands) == 4:
        return np.einsum(turned, g, first, second, third, optimize=True)
    return np.einsum(turned, g, *operands[:k], *operands[k + 1 :], optimize=True)

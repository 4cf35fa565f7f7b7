"""``scipy.signal`` of complex signals: a convolution conjugates nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal

from srcgrad.rules.complexes import pull
from srcgrad.rules.scipy.signal import whole


@pull(signal.convolve)
def _convolve(g: Any, y: Any, a: Any, b: Any, mode: Any = "full", method: Any = "auto") -> Any:
    if np.ndim(a) == 0:
        return g * b, g * a
    owed = whole(g, a, b, mode)
    return (
        signal.convolve(owed, np.flip(b), "valid", method=method),
        signal.convolve(owed, np.flip(a), "valid", method=method),
    )

"""The functions of ``numpy.fft`` that stay real."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.table import linear, pull

linear(np.fft.fftshift, lambda g, y, x, axes=None: np.fft.ifftshift(g, axes))
linear(np.fft.ifftshift, lambda g, y, x, axes=None: np.fft.fftshift(g, axes))


# The frequencies are as whole numbers over ``n d``.
@pull(np.fft.fftfreq)
def _frequencies(g: Any, y: Any, n: Any, d: Any = 1.0, device: Any = None) -> Any:
    return None, -np.dot(g, y) / d, None


pull(np.fft.rfftfreq, _frequencies)

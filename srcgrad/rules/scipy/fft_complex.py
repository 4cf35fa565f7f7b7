"""The Fourier transforms of ``scipy.fft``, which are those of ``numpy.fft``."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import fft

from srcgrad import runtime
from srcgrad.rules.table import linear, rule_of


def along_one(pulled: Any) -> Any:
    """Return the rule of a transform along an axis, with SciPy's arguments."""

    def back(
        g: Any,
        y: Any,
        x: Any,
        n: Any = None,
        axis: Any = -1,
        norm: Any = None,
        overwrite_x: Any = False,
        workers: Any = None,
        *,
        plan: Any = None,
    ) -> Any:
        if overwrite_x:
            raise runtime.refused()
        return pulled(g, y, x, n, axis, norm)

    return back


def along_two(pulled: Any) -> Any:
    """Return the rule of a transform along two axes."""

    def back(
        g: Any,
        y: Any,
        x: Any,
        s: Any = None,
        axes: Any = (-2, -1),
        norm: Any = None,
        overwrite_x: Any = False,
        workers: Any = None,
        *,
        plan: Any = None,
    ) -> Any:
        if overwrite_x:
            raise runtime.refused()
        return pulled(g, y, x, s, axes, norm)

    return back


def along_all(pulled: Any) -> Any:
    """Return the rule of a transform along any number of axes."""

    def back(
        g: Any,
        y: Any,
        x: Any,
        s: Any = None,
        axes: Any = None,
        norm: Any = None,
        overwrite_x: Any = False,
        workers: Any = None,
        *,
        plan: Any = None,
    ) -> Any:
        if overwrite_x:
            raise runtime.refused()
        return pulled(g, y, x, s, axes, norm)

    return back


for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"):
    linear(getattr(fft, name), along_one(rule_of(getattr(np.fft, name))))
for name in ("fft2", "ifft2", "rfft2", "irfft2"):
    linear(getattr(fft, name), along_two(rule_of(getattr(np.fft, name))))
for name in ("fftn", "ifftn", "rfftn", "irfftn"):
    linear(getattr(fft, name), along_all(rule_of(getattr(np.fft, name))))

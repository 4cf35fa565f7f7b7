"""The functions of ``scipy.fft``."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import fft

from srcgrad import runtime
from srcgrad.facts.foreign import enter, like, named
from srcgrad.facts.kinds import UNKNOWN, Type
from srcgrad.facts.shapes_fourier import DOUBLE, HALF, WHOLE, transform
from srcgrad.facts.shapes_probed import probed
from srcgrad.facts.sizes import Sizes

enter(named(fft, "dct idct dst idst dctn idctn dstn idstn fht ifht"), probed)


def _as_numpy(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """What NumPy's transform of this name gives."""
    like = getattr(np.fft, getattr(fn, "__name__", ""), None)
    if like is None or not kwargs.keys() <= {"n", "s", "axis", "axes", "norm"}:
        return UNKNOWN
    known = transform if like in WHOLE | HALF | DOUBLE else probed
    return known(sizes, like, kinds, kwargs)


enter(named(fft, "fft ifft rfft irfft hfft ihfft"), _as_numpy)
enter(named(fft, "fft2 ifft2 fftn ifftn rfft2 irfft2 rfftn irfftn"), _as_numpy)
enter(named(fft, "hfft2 ihfft2 hfftn ihfftn fftshift ifftshift fftfreq rfftfreq next_fast_len"))
enter(named(fft, "prev_fast_len fhtoffset"))
enter([runtime.transform_back], like(1), "maybe")

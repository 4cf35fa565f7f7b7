"""The functions of ``scipy.fft``."""

from __future__ import annotations

from scipy import fft

from srcgrad import runtime
from srcgrad.facts.foreign import enter, like, named
from srcgrad.facts.shapes_fourier import transform
from srcgrad.facts.shapes_probed import probed

enter(named(fft, "dct idct dst idst dctn idctn dstn idstn fht ifht"), probed)
enter(named(fft, "fft ifft rfft irfft hfft ihfft"), transform)
enter(named(fft, "fft2 ifft2 fftn ifftn rfft2 irfft2 rfftn irfftn"), probed)
enter(named(fft, "hfft2 ihfft2 hfftn ihfftn fftshift ifftshift fftfreq rfftfreq next_fast_len"))
enter(named(fft, "prev_fast_len fhtoffset"))
enter([runtime.transform_back], like(1), "maybe")
